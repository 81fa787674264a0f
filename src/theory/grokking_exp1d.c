/* Grokking in one dimension, f = sgn(x - b), x = +-(eps + Exp(1)).  b runs into xl =
 * (xbar - l1) / (1 + l2) from above at the rate 1 + l2, so that the test error ends at 0
 * where |xbar| < eps_l = eps (1 + l2) + l1. */
#include "base/fpenv.h"
#include "theory/grokking_internal.h"

#include <math.h>

#include "theory/gsl.h"

/* What formulas read, by the names they have there. */
typedef struct exp1d {
    double n, eps, eps_l, rate; /* N, eps, eps_l, 1 + l2 */
} exp1d;

static exp1d exp1d_of(const slt_grokking *at)
{
    const double eps = at->value[SLT_GROKKING_EPS];
    const double rate = 1 + at->value[SLT_GROKKING_L2];
    return (exp1d){at->value[SLT_GROKKING_N], eps,
                   eps * rate + at->value[SLT_GROKKING_L1], rate};
}

/* ---- Probability ------------------------------------------------------------------- */

/* 2 N xbar is a difference of two sums of N Exp(1), each: the sum over k of the Poisson
 * law of z up to k, times the negative binomial law at N - 1 - k. */
static double exp1d_probability(const exp1d *s)
{
    const double n = s->n, z = 2 * n * s->eps_l;
    double below = 0, sum = 0;
    for (double k = 0; k < n; k++) {
        const double m = n - 1 - k;
        below += exp(k * log(z) - z - slt_grokking_log_gamma(k + 1));
        sum += below * exp(slt_grokking_log_gamma(n + m) - slt_grokking_log_gamma(m + 1) -
                           slt_grokking_log_gamma(n) - (n + m) * log(2));
    }
    return 1 - 2 * sum;
}

static slt_status exp1d_p(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    (void)err;
    const exp1d s = exp1d_of(at);
    *value = exp1d_probability(&s);
    return SLT_OK;
}

static const slt_grokking_formula exp1d_p_rows[] = {
    {"P", false,
     "1 - 2 e^-z sum_(j<N) z^j/j! sum_(m<N-j) C(N+m-1, m) 2^-(N+m), z = 2 N eps_l, eps_l "
     "= eps (1 + l2) + l1",
     "exact: the share of data sets with |xbar| < eps_l, whose error ends at 0",
     SLT_GROKKING_BIT(N) | SLT_GROKKING_BIT(EPS) | SLT_GROKKING_BIT(L1) |
         SLT_GROKKING_BIT(L2),
     exp1d_p},
    {"P-printed", true, "Eq 14: P, with B for N and Gamma(N d) for Gamma(N)",
     "has no value: B and d are not defined; with N and Gamma(N) in their places it is P",
     SLT_GROKKING_BIT(N) | SLT_GROKKING_BIT(EPS) | SLT_GROKKING_BIT(L1) |
         SLT_GROKKING_BIT(L2),
     NULL},
};

/* ---- Law of the grokking time ------------------------------------------------------ */

/* Density at w >= 0 of the difference of two gamma variables of shapes p and q, p >= 1:
 * e^-w sum_k C(p-1, k) w^(p-1-k) Gamma(q+k) 2^-(q+k) / (Gamma(p) Gamma(q)). */
static double difference_density(double p, double q, double w)
{
    double sum = 0;
    if (q == 0)
        return exp((p > 1 ? (p - 1) * log(w) : 0) - w - slt_grokking_log_gamma(p));
    for (double k = 0; k < p; k++) {
        const double power = p - 1 - k > 0 ? (p - 1 - k) * log(w) : 0;
        sum += exp(power - w - slt_grokking_log_gamma(p - k) -
                   slt_grokking_log_gamma(k + 1) + slt_grokking_log_gamma(q + k) -
                   slt_grokking_log_gamma(q) - (q + k) * log(2));
    }
    return sum;
}

/* Joint density of m = x_min and x = xbar: m is Exp(1) / N, and N (2 x - m) is the
 * difference of gamma variables of shapes N - 1 and N. */
static double joint_density(double n, double m, double x)
{
    const double w = n * (2 * x - m);
    const double of_difference = w < 0    ? difference_density(n, n - 1, -w)
                                 : n == 1 ? 0
                                          : difference_density(n - 1, n, w);
    return 2 * n * n * exp(-n * m) * of_difference;
}

/* t_G = ln(1 + (1 + l2) m / (eps_l - x)) / (1 + l2); inversely m = growth (eps_l - x). */
static double growth_of(const exp1d *s, double t)
{
    return expm1(s->rate * t) / s->rate;
}

typedef struct exp1d_integral {
    exp1d model;
    double growth, x;
    slt_status status;
    slt_error error;
} exp1d_integral;

static double density_at(double x, void *context)
{
    const exp1d_integral *of = context;
    const double room = of->model.eps_l - x;
    return joint_density(of->model.n, of->growth * room, x) *
           (1 + of->growth * of->model.rate) * room;
}

/* The integral over -eps_l < x < eps_l, in two pieces. */
static slt_status integrate_data(exp1d_integral *of, double (*at)(double, void *),
                                 double kink, double *value, slt_error *err)
{
    const slt_integrand f = {at, of};
    double below = 0, above = 0;
    slt_status status = slt_gsl_integrate(&f, -of->model.eps_l, kink, &below, err);
    if (!status)
        status = slt_gsl_integrate(&f, kink, of->model.eps_l, &above, err);
    *value = below + above;
    if (!status && of->status) {
        if (err)
            *err = of->error;
        status = of->status;
    }
    return status;
}

/* Where 2 x = m. */
static double kink_of(const exp1d_integral *of)
{
    return of->growth * of->model.eps_l / (2 + of->growth);
}

static slt_status exp1d_density(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    exp1d_integral of = {.model = exp1d_of(at)};
    of.growth = growth_of(&of.model, at->value[SLT_GROKKING_T]);
    const slt_status status = integrate_data(&of, density_at, kink_of(&of), value, err);
    *value /= exp1d_probability(&of.model);
    return status;
}

/* The two pieces that the paper prints, each with its step. */
static double printed_density_at(double x, void *context)
{
    const exp1d_integral *of = context;
    const double e = of->model.eps_l, t = of->x;
    if (x >= e * tanh(t / 2))
        return 2 * exp(t - 4 * x) * (e - x);
    return 2 * (x - e) * exp(4 * (exp(t) * (x - e) + e) + t) *
           (4 * exp(t) * (x - e) + 4 * x + 4 * e - 1);
}

static slt_status exp1d_density_printed(const slt_grokking *at, double *value,
                                        slt_error *err)
{
    SLT_FPENV_ENTERED;
    exp1d_integral of = {.model = exp1d_of(at), .x = at->value[SLT_GROKKING_T]};
    *value = NAN;
    if (of.model.n != 2 || of.model.rate != 1)
        return SLT_OK;
    const slt_status status = integrate_data(&of, printed_density_at,
                                             of.model.eps_l * tanh(of.x / 2), value, err);
    *value /= exp1d_probability(&of.model);
    return status;
}

/* ---- Grokking time ----------------------------------------------------------------- */

static double inner_density_at(double m, void *context)
{
    const exp1d_integral *of = context;
    return joint_density(of->model.n, m, of->x);
}

static double inner_time_at(double m, void *context)
{
    const exp1d_integral *of = context;
    return joint_density(of->model.n, m, of->x) *
           log1p(of->model.rate * m / (of->model.eps_l - of->x)) / of->model.rate;
}

/* From m on; beyond 2 x the density falls as e^(-2 N m) times a polynomial of degree N -
 * 1, so that nothing is left 4 + 60 / N further on. */
static double integrate_inner(exp1d_integral *of, double x, double m,
                              double (*at)(double, void *))
{
    const slt_integrand f = {at, of};
    const double kink = fmax(m, 2 * x), end = kink + 4 + 60 / of->model.n;
    double below = 0, above = 0;
    of->x = x;
    slt_status status = slt_gsl_integrate(&f, m, kink, &below, &of->error);
    if (!status)
        status = slt_gsl_integrate(&f, kink, end, &above, &of->error);
    if (status && !of->status)
        of->status = status;
    return below + above;
}

static double later_at(double x, void *context)
{
    exp1d_integral *of = context;
    return integrate_inner(of, x, of->growth * (of->model.eps_l - x), inner_density_at);
}

static double mean_at(double x, void *context)
{
    return integrate_inner(context, x, 0, inner_time_at);
}

static slt_status exp1d_mean(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    exp1d_integral of = {.model = exp1d_of(at)};
    const slt_status status = integrate_data(&of, mean_at, 0, value, err);
    *value /= exp1d_probability(&of.model);
    return status;
}

/* The chance of a later time, of the data sets that grok. */
static slt_status chance_of_later(exp1d_integral *of, double t, double *chance,
                                  slt_error *err)
{
    of->growth = growth_of(&of->model, t);
    const slt_status status = integrate_data(of, later_at, kink_of(of), chance, err);
    *chance /= exp1d_probability(&of->model);
    return status;
}

static slt_status exp1d_chance(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    exp1d_integral of = {.model = exp1d_of(at)};
    const slt_status status = chance_of_later(&of, at->value[SLT_GROKKING_T], value, err);
    *value = 1 - *value;
    return status;
}

static const slt_grokking_formula exp1d_density_rows[] = {
    {"f", false,
     "1/P int_(|x|<eps_l) g(u (eps_l - x), x) e^((1+l2) t) (eps_l - x) dx, u = "
     "(e^((1+l2) "
     "t) - 1) / (1 + l2); g(m, x) = 2 N^2 e^(-N m) d(N (2 x - m)), d the density of "
     "Gamma(N-1) - Gamma(N)",
     "exact, of the data sets that grok: g is the joint density of x_min and xbar",
     SLT_GROKKING_BIT(N) | SLT_GROKKING_BIT(EPS) | SLT_GROKKING_BIT(L1) |
         SLT_GROKKING_BIT(L2) | SLT_GROKKING_BIT(T),
     exp1d_density},
    {"F", false, "int_0^t f",
     "exact: the chance of a time up to t, of the data sets that grok",
     SLT_GROKKING_BIT(N) | SLT_GROKKING_BIT(EPS) | SLT_GROKKING_BIT(L1) |
         SLT_GROKKING_BIT(L2) | SLT_GROKKING_BIT(T),
     exp1d_chance},
    {"f-printed", true,
     "1/P int_(|x|<e) 2 e^(t-4x) (e-x) H(x - e tanh(t/2)) + 2 (x-e) e^(4 (e^t (x-e) + e) "
     "+ t) (4 e^t (x-e) + 4x + 4e - 1) H(e tanh(t/2) - x) dx, e = eps_l",
     "N = 2 and l2 = 0: then it is f",
     SLT_GROKKING_BIT(N) | SLT_GROKKING_BIT(EPS) | SLT_GROKKING_BIT(L1) |
         SLT_GROKKING_BIT(L2) | SLT_GROKKING_BIT(T),
     exp1d_density_printed},
};

static slt_status exp1d_median(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    exp1d_integral of = {.model = exp1d_of(at)};
    double low = 0, high = 1, chance = 1;
    slt_status status = chance_of_later(&of, high, &chance, err);
    while (!status && chance > .5 && high < 512) {
        low = high;
        high *= 2;
        status = chance_of_later(&of, high, &chance, err);
    }
    while (!status && high - low > 1e-7 * high) {
        const double middle = (low + high) / 2;
        status = chance_of_later(&of, middle, &chance, err);
        if (chance > .5)
            low = middle;
        else
            high = middle;
    }
    *value = (low + high) / 2;
    return status;
}

static slt_status exp1d_time(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    (void)err;
    const exp1d s = exp1d_of(at);
    const double room = s.eps_l - at->value[SLT_GROKKING_MEAN];
    *value = room > 0 && -at->value[SLT_GROKKING_MEAN] < s.eps_l
                 ? log1p(s.rate * at->value[SLT_GROKKING_XMIN] / room) / s.rate
                 : NAN;
    return SLT_OK;
}

/* (1 + l2) t_eps: b - xl falls from b0 - xl to eps - xl. */
static double scaled_crossing(const slt_grokking *at)
{
    const exp1d s = exp1d_of(at);
    const double room = s.eps_l - at->value[SLT_GROKKING_MEAN];
    const double above = s.rate * (at->value[SLT_GROKKING_B0] - s.eps);
    return room > 0 && above >= 0 ? log1p(above / room) : NAN;
}

static slt_status exp1d_crossing(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    (void)err;
    *value = scaled_crossing(at) / (1 + at->value[SLT_GROKKING_L2]);
    return SLT_OK;
}

static slt_status exp1d_crossing_printed(const slt_grokking *at, double *value,
                                         slt_error *err)
{
    SLT_FPENV_ENTERED;
    (void)err;
    *value = scaled_crossing(at);
    return SLT_OK;
}

#define LOSS_BITS (SLT_GROKKING_BIT(EPS) | SLT_GROKKING_BIT(L1) | SLT_GROKKING_BIT(L2))

static const slt_grokking_formula exp1d_time_rows[] = {
    {"mean", false,
     "E[t_G] over the data sets that grok, by the density of x_min and xbar", "exact",
     LOSS_BITS | SLT_GROKKING_BIT(N), exp1d_mean},
    {"median", false, "the median of t_G, likewise", "exact",
     LOSS_BITS | SLT_GROKKING_BIT(N), exp1d_median},
    {"t_G", true, "1/(1+l2) ln((eps + x_min - xl) / (eps - xl)), xl = (xbar - l1)/(1+l2)",
     "|xbar| < eps_l, b0 above eps + x_min: from training error 0 to test error 0",
     LOSS_BITS | SLT_GROKKING_BIT(XMIN) | SLT_GROKKING_BIT(MEAN), exp1d_time},
    {"t_eps", false, "1/(1+l2) ln((b0 - xl) / (eps - xl))",
     "xbar < eps_l, b0 >= eps: when the test error becomes 0",
     LOSS_BITS | SLT_GROKKING_BIT(B0) | SLT_GROKKING_BIT(MEAN), exp1d_crossing},
    {"t_eps-printed", true, "Eq 8: ln((b0 - xl) / (eps - xl))",
     "l2 = 0: the factor 1/(1+l2) is missing",
     LOSS_BITS | SLT_GROKKING_BIT(B0) | SLT_GROKKING_BIT(MEAN), exp1d_crossing_printed},
};

/* ---- Error ------------------------------------------------------------------------- */

/* How much of one sign is beyond eps and below b. */
static double wrong_share(const slt_grokking *at)
{
    const exp1d s = exp1d_of(at);
    const double b0 = at->value[SLT_GROKKING_B0];
    const double xl =
        (at->value[SLT_GROKKING_MEAN] - at->value[SLT_GROKKING_L1]) / s.rate;
    const double b = xl + (b0 - xl) * exp(-s.rate * at->value[SLT_GROKKING_T]);
    return b < 0 ? NAN : b > s.eps ? -expm1(s.eps - b) : 0;
}

static slt_status exp1d_error(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    (void)err;
    *value = wrong_share(at) / 2;
    return SLT_OK;
}

static slt_status exp1d_error_positive(const slt_grokking *at, double *value,
                                       slt_error *err)
{
    SLT_FPENV_ENTERED;
    (void)err;
    *value = wrong_share(at);
    return SLT_OK;
}

static slt_status exp1d_error_near(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    (void)err;
    *value = exp1d_of(at).eps_l / 2 * at->value[SLT_GROKKING_TAU];
    return SLT_OK;
}

#define CURVE_BITS                                                                       \
    (LOSS_BITS | SLT_GROKKING_BIT(B0) | SLT_GROKKING_BIT(MEAN) | SLT_GROKKING_BIT(T))

static const slt_grokking_formula exp1d_error_rows[] = {
    {"E", true,
     "1/2 (1 - e^(eps - b)) for b > eps, else 0; b(t) = xl - (xl - b0) "
     "e^(-(1+l2) t), xl = (xbar - l1)/(1+l2)",
     "while b >= 0", CURVE_BITS, exp1d_error},
    {"E-positive", true, "1 - e^(eps - b) for b > eps, else 0",
     "while b >= 0, on positive samples alone", CURVE_BITS, exp1d_error_positive},
    {"E-near", true, "eps_l / 2 (t_eps - t), tau = t_eps - t",
     "tau small: the mean over data sets", LOSS_BITS | SLT_GROKKING_BIT(TAU),
     exp1d_error_near},
};

static slt_status exp1d_nu(const slt_grokking *at, double *value, slt_error *err)
{
    SLT_FPENV_ENTERED;
    (void)at;
    (void)err;
    *value = 1;
    return SLT_OK;
}

static const slt_grokking_formula exp1d_exponent_rows[] = {
    {"nu", true, "1", "E ~ (t_eps - t)^nu", 0, exp1d_nu},
};

/* ---- Groups ------------------------------------------------------------------------ */

const slt_grokking_group slt_grokking_exp1d[] = {
    {.model = "exp1d",
     .quantity = "p",
     .says = "probability that the test error ends at 0",
     SLT_GROKKING_ROWS(exp1d_p_rows),
     .asks = SLT_GROKKING_BIT(EPS),
     .presets.value[SLT_GROKKING_N] = 10},
    {.model = "exp1d",
     .quantity = "density",
     .chance = "F",
     .says = "density of the grokking time, of the data sets that grok",
     SLT_GROKKING_ROWS(exp1d_density_rows),
     .asks = SLT_GROKKING_BIT(EPS) | SLT_GROKKING_BIT(T),
     .presets.value[SLT_GROKKING_N] = 2},
    {.model = "exp1d",
     .quantity = "time",
     .says = "grokking time t_G, and the time t_eps of test error 0",
     SLT_GROKKING_ROWS(exp1d_time_rows),
     .asks = SLT_GROKKING_BIT(EPS) | SLT_GROKKING_BIT(XMIN) | SLT_GROKKING_BIT(MEAN) |
             SLT_GROKKING_BIT(B0),
     .presets.value[SLT_GROKKING_N] = 10},
    {.model = "exp1d",
     .quantity = "error",
     .says = "test error along training",
     SLT_GROKKING_ROWS(exp1d_error_rows),
     .asks = SLT_GROKKING_BIT(T) | SLT_GROKKING_BIT(TAU),
     .presets.value =
         {[SLT_GROKKING_EPS] = 1, [SLT_GROKKING_B0] = 21, [SLT_GROKKING_MEAN] = .7}},
    {.model = "exp1d",
     .quantity = "exponent",
     .says = "exponent nu of the test error before it is 0",
     SLT_GROKKING_ROWS(exp1d_exponent_rows)},
    {0},
};
