/* Grokking in D dimensions, f = sgn(w.x), x uniform in the unit ball about +-eps e_1. The
 * test error is 0 where h = eps w_1 / |w| >= 1. */
#include "base/fpenv.h"
#include "theory/grokking_internal.h"

#include <math.h>

#include "theory/gsl.h"

/* ---- Probability ------------------------------------------------------------------- */

/* w_1 is about N(mu, s2), each other component about N(0, v). */
typedef struct ball_law {
    double dims, eps, mu, deviation, v;
} ball_law;

static ball_law ball_law_of(const slt_grokking *at, bool printed)
{
    const double d = at->value[SLT_GROKKING_D], n = at->value[SLT_GROKKING_N];
    const double eps = at->value[SLT_GROKKING_EPS];
    const double l = at->value[SLT_GROKKING_L2] + 1 / (d + 2), g = l + eps * eps;
    const double a1 = 1 / g - 2 * eps * eps / (g * g), a2 = -eps / (g * g);
    const double a3 = (1 - (printed ? eps : eps * eps) / g) / l, a4 = -eps / (l * g);
    const double s2 = a1 * a1 / (2 * n * (d + 2)) +
                      a2 * a2 * (d + 1) / (n * (d + 2) * (d + 2) * (d + 4));
    return (ball_law){.dims = d,
                      .eps = eps,
                      .mu = eps / g + eps / (g * g * (d + 2)) + a2 / (d + 2),
                      .deviation = sqrt(s2),
                      .v = a3 * a3 / (2 * n * (d + 2)) +
                           a4 * a4 / (2 * n * (8 + 6 * d + d * d))};
}

typedef struct ball_integral {
    ball_law law;
    slt_status status;
    slt_error error;
} ball_integral;

static double ball_p_at(double w, void *context)
{
    ball_integral *of = context;
    const ball_law *law = &of->law;
    const double z = (w - law->mu) / law->deviation;
    double inside = 0;
    const slt_status status = slt_gsl_gamma_p(
        (law->dims - 1) / 2, (law->eps * law->eps - 1) * w * w / (2 * law->v), &inside,
        &of->error);
    if (status)
        of->status = status;
    return exp(-z * z / 2) / (law->deviation * sqrt(2 * M_PI)) * inside;
}

static slt_status ball_p_of(const slt_grokking *at, bool printed, double *value,
                            slt_error *err)
{
    ball_integral of = {.law = ball_law_of(at, printed)};
    const ball_law *law = &of.law;
    const slt_integrand f = {ball_p_at, &of};
    *value = NAN;
    if (at->value[SLT_GROKKING_L1] > 0)
        return SLT_OK;
    *value = 0;
    if (law->eps <= 1)
        return SLT_OK;
    slt_status status = slt_gsl_integrate(&f, fmax(0, law->mu - 12 * law->deviation),
                                          law->mu + 12 * law->deviation, value, err);
    if (!status && of.status) {
        if (err)
            *err = of.error;
        status = of.status;
    }
    return status;
}

static slt_status ball_p(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    return ball_p_of(at, false, value, err);
}

static slt_status ball_p_printed(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    return ball_p_of(at, true, value, err);
}

/* The mean of N(D+2) samples of y x has components of this precision: w is along e_1
 * where l1 exceeds all but the first. */
static double l1_bound(const slt_grokking *at, double l1)
{
    const double d = at->value[SLT_GROKKING_D];
    const double precision = sqrt(at->value[SLT_GROKKING_N] * (d + 2));
    return (1 + erf(precision * (at->value[SLT_GROKKING_EPS] - l1))) / 2 *
           pow(erf(precision * l1), d - 1);
}

static slt_status ball_l1(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    (void)err;
    *value = at->value[SLT_GROKKING_L1] > 0 && at->value[SLT_GROKKING_EPS] >= 1
                 ? l1_bound(at, at->value[SLT_GROKKING_L1])
                 : NAN;
    return SLT_OK;
}

/* The logarithm of the bound is concave in l1: its best is found by golden sections. */
static slt_status ball_l1_best(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    (void)err;
    const double golden = (sqrt(5) - 1) / 2;
    double low = 0, high = at->value[SLT_GROKKING_EPS];
    *value = NAN;
    if (high < 1)
        return SLT_OK;
    while (high - low > 1e-9) {
        const double a = high - golden * (high - low), b = low + golden * (high - low);
        if (l1_bound(at, a) < l1_bound(at, b))
            low = a;
        else
            high = b;
    }
    *value = l1_bound(at, (low + high) / 2);
    return SLT_OK;
}

#define BALL_BITS (SLT_GROKKING_BIT(D) | SLT_GROKKING_BIT(EPS) | SLT_GROKKING_BIT(L2))
#define P_BITS (BALL_BITS | SLT_GROKKING_BIT(N) | SLT_GROKKING_BIT(L1))

static const slt_grokking_formula ball_p_rows[] = {
    {"P", false,
     "int_(w>0) N(w; mu, s2) P((D-1)/2, (eps^2-1) w^2 / (2v)) dw, L = l2 + 1/(D+2), g = "
     "L "
     "+ eps^2, mu = eps/g + eps/(g^2 (D+2)) + a2/(D+2), a1 = 1/g - 2 eps^2/g^2, a2 = "
     "-eps/g^2, a3 = 1/g, a4 = -eps/(L g), s2 = a1^2/(2N(D+2)) + a2^2 (D+1)/(N (D+2)^2 "
     "(D+4)), v = a3^2/(2N(D+2)) + a4^2/(2N(8+6D+D^2))",
     "l1 = 0; a central-limit approximation in N", P_BITS, ball_p},
    {"P-printed", true, "the same with a3 = 1/L - eps/(L g)",
     "l1 = 0; a misprint: with eps^2 for eps a3 is 1/g, as in P; may lie nearer by "
     "chance",
     P_BITS, ball_p_printed},
    {"P-exact", false,
     "int (s^(D-1) over the |v_2| that end in the cone) d(x_1, |v_1|, x_2, cos(v_1, "
     "v_2))",
     "N = 1, l1 = 0: the law itself, by quadrature over both samples (x, v) to about "
     "1e-4",
     P_BITS, slt_grokking_pair},
    {"P-l1", true, "1/2 (1 + erf(q (eps - l1))) erf(q l1)^(D-1), q = sqrt(N (D+2))",
     "l1 > 0, eps >= 1; a lower bound, of all but the first component being 0, up to the "
     "mean sample's being taken as normal: .006 too high at N = D = 2, l1 = .8",
     P_BITS, ball_l1},
    {"P-l1-best", true, "the most of P-l1 over l1",
     "eps >= 1; printed as .915 always, which is false at N = 1 and true from N = 2",
     SLT_GROKKING_BIT(N) | SLT_GROKKING_BIT(D) | SLT_GROKKING_BIT(EPS), ball_l1_best},
};

/* ---- Time -------------------------------------------------------------------------- */

/* The chance that r^2 ~ chi2(D-1) is below `square`. */
static slt_status start_below(const slt_grokking *at, double square, double *value,
                              slt_error *err)
{
    return slt_gsl_gamma_p((at->value[SLT_GROKKING_D] - 1) / 2, square / 2, value, err);
}

static slt_status ball_fast(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    const double eps = at->value[SLT_GROKKING_EPS];
    return start_below(at, fmax(0, 1 - 1 / (eps * eps)), value, err);
}

static double slow_time(const slt_grokking *at, double power)
{
    const double l = at->value[SLT_GROKKING_L2] + 1 / (at->value[SLT_GROKKING_D] + 2);
    const double gap = pow(at->value[SLT_GROKKING_EPS], power);
    return gap > 1 ? log(gap / (gap - 1)) / (2 * l) : NAN;
}

static slt_status ball_slow(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    (void)err;
    *value = slow_time(at, 2);
    return SLT_OK;
}

static slt_status ball_slow_printed(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    (void)err;
    *value = slow_time(at, 4);
    return SLT_OK;
}

/* eps / sqrt(eps^2 - 1): 1 over the largest r of fast data sets. */
static double fast_edge(double eps)
{
    return eps > 1 ? eps / sqrt(eps * eps - 1) : INFINITY;
}

static slt_status ball_fast_time(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    (void)err;
    const double eps = at->value[SLT_GROKKING_EPS], edge = fast_edge(eps);
    const double r = at->value[SLT_GROKKING_R];
    *value = isfinite(edge) && edge * r < 1 ? log((1 - r) / (1 - edge * r)) / (eps * eps)
                                            : NAN;
    return SLT_OK;
}

#define TIME_TEXT "w(0) ~ N(0, I), r its length across e_1; of zeroth order in N^-1/2"

static const slt_grokking_formula ball_time_rows[] = {
    {"t-slow", false, "1/(2L) ln(eps^2 / (eps^2 - 1)), L = l2 + 1/(D+2)",
     "the peak of slow starts, r > 1, with x_1 = 0 in the worst sample; no limit: as N "
     "grows the worst sample tends to the tangent, and t_G to 0",
     BALL_BITS, ball_slow},
    {"t-slow-printed", true, "1/(2L) ln(eps^4 / (eps^4 - 1))",
     "fails: it does not follow from the derivation, which gives t-slow", BALL_BITS,
     ball_slow_printed},
    {"p-fast", true, "F_chi2(D-1)(1 - 1/eps^2)", "the share of fast starts: " TIME_TEXT,
     SLT_GROKKING_BIT(D) | SLT_GROKKING_BIT(EPS), ball_fast},
    {"t-fast", true, "eps^-2 ln((1 - r) / (1 - eps r / sqrt(eps^2 - 1)))",
     "r^2 < 1 - 1/eps^2: " TIME_TEXT, SLT_GROKKING_BIT(EPS) | SLT_GROKKING_BIT(R),
     ball_fast_time},
};

/* A fast start of time t has r = (u - 1) / (c u - 1), u = e^(eps^2 t). */
static double fast_start(double eps, double t)
{
    const double less = -expm1(-eps * eps * t);
    return less / (fast_edge(eps) - 1 + less);
}

/* dr/dt = eps^2 u (c - 1) / (c u - 1)^2, and r^2 ~ chi2(D-1). */
static slt_status ball_density(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    (void)err;
    const double eps = at->value[SLT_GROKKING_EPS], c = fast_edge(eps);
    const double k = at->value[SLT_GROKKING_D] - 1, t = at->value[SLT_GROKKING_T];
    const double r = fast_start(eps, t), room = c - exp(-eps * eps * t);
    const double of_start = exp((1 - k / 2) * log(2) + (k > 1 ? (k - 1) * log(r) : 0) -
                                r * r / 2 - slt_grokking_log_gamma(k / 2));
    *value = isfinite(c)
                 ? of_start * eps * eps * exp(-eps * eps * t) * (c - 1) / (room * room)
                 : NAN;
    return SLT_OK;
}

static slt_status ball_chance(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    const double eps = at->value[SLT_GROKKING_EPS];
    *value = NAN;
    if (eps <= 1)
        return SLT_OK;
    const double r = fast_start(eps, at->value[SLT_GROKKING_T]);
    return start_below(at, r * r, value, err);
}

#define DENSITY_BITS (SLT_GROKKING_BIT(D) | SLT_GROKKING_BIT(EPS) | SLT_GROKKING_BIT(T))

static const slt_grokking_formula ball_density_rows[] = {
    {"f-fast", true,
     "chi_(D-1)(r) dr/dt, r = (u - 1) / (c u - 1), u = e^(eps^2 t), c = eps / sqrt(eps^2 "
     "- 1)",
     "eps > 1, of fast starts: its integral is p-fast; " TIME_TEXT, DENSITY_BITS,
     ball_density},
    {"F-fast", false, "int_0^t f-fast = F_chi2(D-1)(r^2)",
     "eps > 1: the chance of a fast start with a time up to t", DENSITY_BITS,
     ball_chance},
};

/* ---- Error ------------------------------------------------------------------------- */

static slt_status ball_error(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    const double h = at->value[SLT_GROKKING_H];
    double share = 0;
    slt_status status = SLT_OK;
    if (fabs(h) < 1)
        status = slt_gsl_beta_i((at->value[SLT_GROKKING_D] + 1) / 2, .5,
                                (1 - h) * (1 + h), &share, err);
    *value = h >= 0 ? share / 2 : 1 - share / 2;
    return status;
}

static slt_status ball_error_near(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    (void)err;
    const double d = at->value[SLT_GROKKING_D], h = at->value[SLT_GROKKING_H];
    *value = h > 1 ? 0
                   : exp(log(d) + (d - 3) / 2 * log(2) + slt_grokking_log_gamma(d / 2) -
                         slt_grokking_log_gamma((d + 3) / 2) + (d + 1) / 2 * log(1 - h)) /
                         sqrt(M_PI);
    return SLT_OK;
}

#define ERROR_BITS (SLT_GROKKING_BIT(D) | SLT_GROKKING_BIT(H))

static const slt_grokking_formula ball_error_rows[] = {
    {"E", true,
     "1/2 I_(1-h^2)((D+1)/2, 1/2) for 0 <= h < 1, 1 - 1/2 I for -1 < h < 0, 0 for h >= "
     "1, "
     "1 for h <= -1; h = eps w_1 / |w|",
     "exact, for any w", ERROR_BITS, ball_error},
    {"E-near", false,
     "D 2^((D-3)/2) Gamma(D/2) / (sqrt(pi) Gamma((D+3)/2)) (1 - h)^((D+1)/2)",
     "h near 1, the nearer the larger D is", ERROR_BITS, ball_error_near},
};

static slt_status ball_nu(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    (void)err;
    *value = (at->value[SLT_GROKKING_D] + 1) / 2;
    return SLT_OK;
}

static slt_status ball_nu_xi(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    (void)err;
    *value = (at->value[SLT_GROKKING_D] + 1 - 2 * at->value[SLT_GROKKING_XI]) / 2;
    return SLT_OK;
}

/* dE/dh = -(1 - h^2)^((D-1)/2) / B((D+1)/2, 1/2). */
static slt_status ball_slope(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    const double d = at->value[SLT_GROKKING_D], h = at->value[SLT_GROKKING_H];
    double error = 0;
    const slt_status status = ball_error(at, &error, err);
    const double log_beta = slt_grokking_log_gamma((d + 1) / 2) +
                            slt_grokking_log_gamma(.5) -
                            slt_grokking_log_gamma(d / 2 + 1);
    *value = fabs(h) < 1
                 ? (1 - h) / error * exp((d - 1) / 2 * log((1 - h) * (1 + h)) - log_beta)
                 : NAN;
    return status;
}

static const slt_grokking_formula ball_exponent_rows[] = {
    {"nu", true, "(D + 1) / 2", "E ~ (1 - h)^nu ~ (t_eps - t)^nu", SLT_GROKKING_BIT(D),
     ball_nu},
    {"nu-xi", true, "(D + 1 - 2 xi) / 2",
     "0 < xi < 1, a density (1 - radius)^-xi at the surface",
     SLT_GROKKING_BIT(D) | SLT_GROKKING_BIT(XI), ball_nu_xi},
    {"slope", false, "d ln E / d ln(1 - h)",
     "exact at h: what a fit near it sees, which tends to nu", ERROR_BITS, ball_slope},
};

/* ---- Groups ------------------------------------------------------------------------ */

const slt_grokking_group slt_grokking_ball[] = {
    {.model = "ball",
     .quantity = "p",
     .trials = slt_grokking_trials,
     .drawn = "the share whose end points have no error",
     .drawn_reads = P_BITS,
     .says = "probability that the test error ends at 0",
     SLT_GROKKING_ROWS(ball_p_rows),
     .presets.value = {[SLT_GROKKING_N] = 10,
                       [SLT_GROKKING_D] = 10,
                       [SLT_GROKKING_EPS] = 1.01,
                       [SLT_GROKKING_L2] = .1}},
    {.model = "ball",
     .quantity = "density",
     .chance = "F-fast",
     .says = "density of the grokking time of fast starts",
     SLT_GROKKING_ROWS(ball_density_rows),
     .asks = SLT_GROKKING_BIT(T),
     .presets.value = {[SLT_GROKKING_D] = 5, [SLT_GROKKING_EPS] = 2}},
    {.model = "ball",
     .quantity = "time",
     .trials = slt_grokking_times,
     .drawn = "the median t_G of those that grok",
     .drawn_reads = BALL_BITS | SLT_GROKKING_BIT(N),
     .says = "grokking time: fast starts, and where slow ones peak",
     SLT_GROKKING_ROWS(ball_time_rows),
     .asks = SLT_GROKKING_BIT(R),
     .presets.value = {[SLT_GROKKING_N] = 50,
                       [SLT_GROKKING_D] = 5,
                       [SLT_GROKKING_EPS] = 2,
                       [SLT_GROKKING_L2] = .01}},
    {.model = "ball",
     .quantity = "error",
     .says = "test error at h = eps w_1 / |w|",
     SLT_GROKKING_ROWS(ball_error_rows),
     .asks = SLT_GROKKING_BIT(H),
     .presets.value[SLT_GROKKING_D] = 10},
    {.model = "ball",
     .quantity = "exponent",
     .says = "exponent nu of the test error before it is 0",
     SLT_GROKKING_ROWS(ball_exponent_rows),
     .asks = SLT_GROKKING_BIT(H) | SLT_GROKKING_BIT(XI),
     .presets.value[SLT_GROKKING_D] = 10},
    {0},
};
