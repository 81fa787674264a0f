/* The exact probability of the ball for N = 1, two samples, by quadrature.
 *
 * y x of the samples is z_i = (u_i, v_i), u_i = eps + x_i, and w is proportional to
 * alpha_1 z_1 + alpha_2 z_2 with alpha_1 = |z_2|^2 + 2 l2 - z_1.z_2 and alpha_2 = |z_1|^2
 * + 2 l2 - z_1.z_2.  With x_1, |v_1|, x_2 and the cosine c of the angle of v_1 and v_2
 * given, w lies in the cone where a polynomial of degree 4 in |v_2| is not negative,
 * which is integrated exactly: |v_2| has the chance (|v_2| / sqrt(1 - x_2^2))^(D-1) to be
 * smaller.  Over the other four, whose integrand has kinks, the points of a sequence are
 * averaged that fills their cube evenly. */
#include "theory/grokking_internal.h"

#include <math.h>

enum { DEGREE = 4, BISECTIONS = 50, POINTS = 1 << 18 };

/* ---- Polynomials ------------------------------------------------------------------- */

typedef double polynomial[DEGREE + 1]; /* by rising power */

static void add_product(const polynomial a, const polynomial b, double scale,
                        polynomial sum)
{
    for (size_t i = 0; i <= DEGREE; i++)
        for (size_t j = 0; i + j <= DEGREE; j++)
            sum[i + j] += scale * a[i] * b[j];
}

static double polynomial_at(const polynomial p, size_t degree, double x)
{
    double value = p[degree];
    while (degree-- > 0)
        value = value * x + p[degree];
    return value;
}

/* The places in (from, to) where it changes its sign, ascending: one between neighbours
 * of those of its derivative, or none. */
static size_t sign_changes(const polynomial p, size_t degree, double from, double to,
                           double *places)
{
    polynomial slope = {0};
    double ends[DEGREE + 2];
    size_t count = 0, pieces = 0;
    if (!degree)
        return 0;
    for (size_t i = 1; i <= degree; i++)
        slope[i - 1] = (double)i * p[i];
    ends[0] = from;
    pieces = 1 + sign_changes(slope, degree - 1, from, to, ends + 1);
    ends[pieces] = to;
    for (size_t i = 0; i < pieces; i++) {
        double low = ends[i], high = ends[i + 1];
        const bool rises = polynomial_at(p, degree, low) < 0;
        if (rises == (polynomial_at(p, degree, high) < 0))
            continue;
        for (size_t k = 0; k < BISECTIONS; k++) {
            const double middle = (low + high) / 2;
            if ((polynomial_at(p, degree, middle) < 0) == rises)
                low = middle;
            else
                high = middle;
        }
        places[count++] = (low + high) / 2;
    }
    return count;
}

/* ---- The cone ---------------------------------------------------------------------- */

/* The chance that w lies in the cone over |v_2| = s |v_2|max, 0 < s < 1. */
static double cone_chance(const slt_grokking *at, double u1, double r1, double u2,
                          double most, double c)
{
    const double eps = at->value[SLT_GROKKING_EPS], m = 2 * at->value[SLT_GROKKING_L2];
    const double power = at->value[SLT_GROKKING_D] - 1;
    const polynomial second = {u2 * u2 + m - u1 * u2, -r1 * c, 1};       /* alpha_1 */
    const polynomial first = {u1 * u1 + r1 * r1 + m - u1 * u2, -r1 * c}; /* alpha_2 */
    const polynomial moved = {0, first[0], first[1]}; /* alpha_2 |v_2| */
    polynomial along, inside = {0};
    double ends[DEGREE + 2] = {0}, chance = 0;
    for (size_t i = 0; i <= DEGREE; i++)
        along[i] = u1 * second[i] + u2 * first[i];
    add_product(along, along, eps * eps - 1, inside);
    add_product(second, second, -r1 * r1, inside);
    add_product(moved, moved, -1, inside);
    add_product(second, moved, -2 * r1 * c, inside);
    const size_t pieces = 1 + sign_changes(inside, DEGREE, 0, most, ends + 1);
    ends[pieces] = most;
    for (size_t i = 0; i < pieces; i++) {
        const double middle = (ends[i] + ends[i + 1]) / 2;
        if (polynomial_at(inside, DEGREE, middle) >= 0 &&
            polynomial_at(along, DEGREE, middle) > 0)
            chance += pow(ends[i + 1] / most, power) - pow(ends[i] / most, power);
    }
    return chance;
}

/* ---- Sums -------------------------------------------------------------------------- */

/* Point i of a sequence that fills the unit cube of four dimensions evenly: multiples of
 * the powers of 1/g modulo 1, g^5 = g + 1. */
static double filling(size_t i, size_t dimension)
{
    static const double step[] = {0x1.b69e1722eb5c4p-1, 0x1.77c0ac660748cp-1,
                                  0x1.41e5d8eb43fc2p-1, 0x1.13c3050afb3dap-1};
    const double at = .5 + (double)i * step[dimension];
    return at - floor(at);
}

/* An angle a of density cos^power a; where the power is large nothing is left beyond a
 * few deviations.  Multiplies *weight by the density. */
static double angle_of(double share, double power, double *weight)
{
    const double reach = fmin(M_PI / 2, 8 / sqrt(power + 1));
    const double angle = (2 * share - 1) * reach;
    *weight *= pow(cos(angle), power);
    return angle;
}

static double sum_of_pairs(const slt_grokking *at, size_t points)
{
    const double eps = at->value[SLT_GROKKING_EPS], d = at->value[SLT_GROKKING_D];
    double sum = 0, weights = 0;
    for (size_t i = 0; i < points; i++) {
        double weight = 1, c = filling(i, 3) < .5 ? 1 : -1; /* D = 2: either sign */
        const double first = angle_of(filling(i, 0), d, &weight);
        const double second = angle_of(filling(i, 1), d, &weight);
        const double r = cos(first) * pow(filling(i, 2), 1 / (d - 1));
        if (d > 2)
            c = sin(angle_of(filling(i, 3), d - 3, &weight));
        sum += weight *
               cone_chance(at, eps + sin(first), r, eps + sin(second), cos(second), c);
        weights += weight;
    }
    return sum / weights;
}

slt_status slt_grokking_pair(const slt_grokking *at, double *value, slt_error *err)
{
    (void)err;
    *value = NAN;
    if (at->value[SLT_GROKKING_N] == 1 && !(at->value[SLT_GROKKING_L1] > 0))
        *value = at->value[SLT_GROKKING_EPS] > 1 ? sum_of_pairs(at, POINTS) : 0;
    return SLT_OK;
}
