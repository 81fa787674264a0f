/* Closed forms of singular learning theory: advisory numbers, which no hash contains.
 * Each function names the source of its equation.  Results are exact rationals where the
 * theory gives such. */
#ifndef SLTRACE_THEORY_H
#define SLTRACE_THEORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/status.h>

SLT_C_BEGIN

typedef struct slt_rational {
    int64_t numerator, denominator; /* lowest terms, denominator > 0 */
} slt_rational;

#define SLT_RATIONAL_TEXT_MAX 48
/* "19/2", or "11" where the denominator is 1. */
SLT_API void slt_rational_text(slt_rational value, char text[SLT_RATIONAL_TEXT_MAX]);

/* A learning coefficient and its multiplicity. */
typedef struct slt_lambda {
    slt_rational lambda;
    int64_t multiplicity;
} slt_lambda;

/* The three functions that follow are exact.  SLT_USAGE where an argument is out of
 * range, SLT_RESOURCE if a step of the formula leaves 64-bit integers; *result is
 * written only on SLT_OK. */

/* Reduced-rank regression y = B A x of true rank r (Aoyagi & Watanabe 2005, main
 * theorem): in inputs M, hidden H, out outputs N, 0 <= rank <= min(in, hidden, out). The
 * least value over the zero set: a trained point can lie higher. */
SLT_API slt_status slt_theory_rrr(int64_t in, int64_t hidden, int64_t out, int64_t rank,
                                  slt_lambda *result, slt_error *err);

/* Deep linear network of widths[0 .. count-1], input first (Aoyagi 2023, theorem 1). */
SLT_API slt_status slt_theory_dln(const int64_t *widths, size_t count, int64_t rank,
                                  slt_lambda *result, slt_error *err);

/* Normal crossing K = prod w_j^(2 k_j), prior prod |w_j|^(h_j): min (h_j + 1) / (2 k_j)
 * over k_j > 0, and the number of ties (Watanabe 2009, theorem 6.7 in normal form). */
SLT_API slt_status slt_theory_crossing(const int64_t *k, const int64_t *h, size_t count,
                                       slt_lambda *result, slt_error *err);

/* The expected LLC estimate of SGLD on a quadratic loss, sum_j h_j w_j^2 / 2 with the
 * curvatures h_j, at finite nbeta, step size lr and length: chains start at w*, make
 * `burnin` updates, then record `draws` losses, `between` updates apart, each before its
 * update.  *stationary, unless NULL, becomes the limit of long chains, infinite where the
 * step is unstable.  Computed by solving the recursion of the variance of the linear
 * update w' = w - (lr/2)(nbeta h + localization) w + sqrt(lr) N.  draws and between must
 * be at least 1. */
SLT_API double slt_theory_quadratic_sgld(const double *curvatures, size_t count,
                                         double nbeta, double localization, double lr,
                                         uint64_t draws, uint64_t burnin,
                                         uint64_t between, double *stationary);

/* A potential K on [-1,1]^count: the normal crossing prod w_j^(2 k_j) under the prior
 * prod |w_j|^(h_j), uniform where h is NULL; or, where k is NULL, sum curvatures_j w_j^2
 * / 2 under the uniform prior. */
typedef struct slt_potential {
    size_t count;
    const int64_t *k, *h;
    const double *curvatures;
} slt_potential;

/* lambda measured by the volume law V(e) ~ c e^lambda (-ln e)^(m-1) (Definition 3.1 of
 * Lakkapragada 2025), without any closed form.  V(e), the prior's mass of {w : K(w) < e},
 * comes from Monte Carlo with Philox draws at `levels` values of e, evenly spaced in ln
 * e; lambda is the least-squares slope of ln V - (m-1) ln(-ln e) on ln e.  `error` is the
 * slope's jackknife standard error over blocks of samples; it does not contain the error
 * of the law itself, whose next terms fall as 1/ln e. */
typedef struct slt_volume {
    double *epsilon, *fraction; /* `levels` of each, the caller's arrays */
    double lambda, error;
} slt_volume;

/* 0 < epsilon_min < epsilon_max < 1, levels >= 2, m >= 1; SLT_USAGE otherwise, and where
 * some block has fewer than 16 samples below epsilon_min. */
SLT_API slt_status slt_theory_volume(const slt_potential *potential, int64_t m,
                                     uint64_t samples, uint64_t seed, double epsilon_min,
                                     double epsilon_max, size_t levels,
                                     slt_volume *volume, slt_error *err);

/* ---- Quadratic networks on modular addition ---------------------------------------- */

/* f(a, b) = V (W'x)^2, x = [e_a; e_b], on n pairs (a, b) of Z_p x Z_p with the target
 * e_(a+b): p outputs, K neurons with v in R^p, u and w in R^p each (the columns of V, the
 * halves of those of W), so that neuron i gives v_i (u_ia + w_ib)^2.  J is the Jacobian
 * of the residual, centred over the samples, in all 3 p K weights. */
typedef struct slt_quadratic_net {
    int64_t p, width, samples;   /* p, K, n */
    int64_t symbols, components; /* how many of the 2 p inputs occur, and how many parts
                                    the bipartite graph of the pairs (a - b) has */
    int64_t absent;              /* classes that no pair has */
    int64_t phases;              /* M of a Fourier point's M x M phases */
} slt_quadratic_net;

#define SLT_QUADRATIC_P_MAX 1048576
#define SLT_QUADRATIC_WIDTH_MAX INT32_MAX
#define SLT_QUADRATIC_PHASES_MAX 1024

/* A full set: every pair of Z_p x Z_p, 3 x 3 phases. */
SLT_API slt_quadratic_net slt_quadratic_full(int64_t p, int64_t width);
/* floor(fraction p^2), the product in binary64, as the paper's program has it. */
SLT_API int64_t slt_quadratic_samples(int64_t p, double fraction);

/* What a formula says of: any point, points that memorise the samples, V alone with W
 * frozen, points that generalise, the data set. */
typedef enum slt_quadratic_regime {
    SLT_QUADRATIC_GENERIC,
    SLT_QUADRATIC_MEMORISING,
    SLT_QUADRATIC_LAZY,
    SLT_QUADRATIC_GENERALISING,
    SLT_QUADRATIC_DATA,
    SLT_QUADRATIC_REGIMES
} slt_quadratic_regime;
/* "generic" and so on; NULL past the last. */
SLT_API const char *slt_quadratic_regime_name(size_t regime);

typedef enum slt_formula_verdict {
    SLT_FORMULA_HOLDS,
    SLT_FORMULA_CONDITIONAL, /* where `why` is met, which these numbers do not tell */
    SLT_FORMULA_FAILS
} slt_formula_verdict;

/* One formula at one network. */
typedef struct slt_formula {
    slt_quadratic_regime regime;
    const char *name;     /* one word */
    bool printed;         /* by Cullen et al. 2026 (arXiv:2603.01192); else it is ours */
    const char *quantity; /* "lambda", "rank" of J, "directions", "neurons", "ratio" */
    const char *relation; /* "=", "<=" or ">=": of the quantity to the value */
    slt_rational value;   /* exact; denominator 0 where it is not rational */
    double real;          /* the same */
    const char *text;     /* the formula */
    slt_formula_verdict verdict;
    char why[256]; /* of the verdict, with this network's numbers; may be "" */
    const char *source;
} slt_formula;

#define SLT_QUADRATIC_FORMULAS_MAX 32

/* Whether formulas of that name give lambda at some network: they are of lambda itself,
 * or of a rank, half of which is lambda or a bound of it. */
SLT_API bool slt_quadratic_gives_lambda(const char *name);

/* All that is known of the network in closed form, by regime: what the paper prints, and
 * what holds.  The latter rests on
 *
 *     1/2 rank J <= lambda <= 1/2 codimension of the zero set
 *
 * at a point of loss 0, with equality where rank J is constant on the zero set nearby
 * (Watanabe 2009), and on rank J <= min(K (p + s - c - 1), r (n - 1) + (p - r) k), r =
 * rank V <= min(K, p), k = min(K, n - 1): a neuron has 2 p + 1 idle directions of its 3 p
 * less what s symbols and c components leave, and dV H + V dH lies within what the row
 * space of H (centred squares, K x n) and the column space of V span.  Ranks of Fourier
 * points are polynomials through exact ranks modulo a prime, computed for p = 3, 5, 7, 9,
 * 11.  `count` becomes the number of formulas.  SLT_USAGE where a number is out of its
 * range, or no set of pairs has these numbers. */
SLT_API slt_status slt_theory_quadratic_net(
    const slt_quadratic_net *net, slt_formula formulas[SLT_QUADRATIC_FORMULAS_MAX],
    size_t *count, slt_error *err);

/* ---- Solvable models of grokking --------------------------------------------------- */

/* What formulas of grokking read.  N samples of each sign lie at least eps (the gap) from
 * the border; the loss is the mean of (f - y)^2 / 2 + l1 |b| + l2 b^2 / 2, and training
 * is gradient flow. */
typedef enum slt_grokking_parameter {
    SLT_GROKKING_N,
    SLT_GROKKING_D, /* inputs of the ball */
    SLT_GROKKING_EPS,
    SLT_GROKKING_L1,
    SLT_GROKKING_L2,
    SLT_GROKKING_T,    /* time */
    SLT_GROKKING_TAU,  /* time before t_eps, where the test error becomes 0 */
    SLT_GROKKING_B0,   /* exp1d: b at time 0, above eps + x_min */
    SLT_GROKKING_MEAN, /* exp1d: xbar, the mean of all samples */
    SLT_GROKKING_XMIN, /* exp1d: how far beyond eps the least positive sample lies */
    SLT_GROKKING_H,    /* ball: eps w_1 / |w| */
    SLT_GROKKING_R,    /* ball: length of w(0) across the border's normal */
    SLT_GROKKING_XI,   /* ball: density (1 - radius)^-xi at the ball's surface */
    SLT_GROKKING_PARAMETERS
} slt_grokking_parameter;

typedef struct slt_grokking {
    double value[SLT_GROKKING_PARAMETERS]; /* NaN: not given */
} slt_grokking;

/* One formula.  Sets *value, to NaN where the formula does not apply; SLT_UNFIT where it
 * takes GSL and none is installed, SLT_RESOURCE where a quadrature does not converge. */
typedef struct slt_grokking_formula {
    const char *name; /* one word, which no other formula of the model has */
    bool printed;     /* by Zunkovic & Ilievski 2024; else it is ours */
    const char *text, *condition;
    unsigned reads; /* bit 1u << parameter */
    slt_status (*evaluate)(const slt_grokking *at, double *value, slt_error *err);
    /* NULL: it has no value as it is printed */
} slt_grokking_formula;

/* The formulas of one quantity of one model. */
typedef struct slt_grokking_group {
    const char *model;    /* "exp1d": f = x - b, x = +-(eps + Exp(1)); "ball": f = w.x, x
                             uniform in the unit ball about +-eps e_1 of D dimensions */
    const char *quantity; /* "p", "density", "time", "error" or "exponent" */
    const char *says;     /* what it is */
    const slt_grokking_formula *formulas;
    size_t count;
    unsigned asks;        /* what its formulas read that has no preset */
    slt_grokking presets; /* of the rest */
    /* Draws so many data sets, with Philox draws: what `drawn` says of them, and its
     * standard error.  SLT_USAGE where there are none of these parameters.  NULL: none.
     */
    slt_status (*trials)(const slt_grokking *at, uint64_t trials, uint64_t seed,
                         double *value, double *error, slt_error *err);
    const char *drawn;
    unsigned drawn_reads; /* bits of what they read */
    const char *chance;   /* the formula of them that is the chance of a grokking time up
                             to t; NULL: none */
} slt_grokking_group;

#define SLT_GROKKING_FORMULAS_MAX 8

/* Group number i; NULL past the last. */
SLT_API const slt_grokking_group *slt_grokking_group_at(size_t i);
/* The formula of a model by name, and its group; NULL if there is none. */
SLT_API const slt_grokking_formula *
slt_grokking_formula_of(const char *model, const char *name,
                        const slt_grokking_group **group);
/* "N", "D", "eps" and so on. */
SLT_API const char *slt_grokking_symbol(slt_grokking_parameter parameter);
/* All that a group's formulas read, as bits; and the presets among them, the rest NaN. */
SLT_API unsigned slt_grokking_reads(const slt_grokking_group *group);
SLT_API slt_grokking slt_grokking_presets(const slt_grokking_group *group);
/* Whether all that a formula reads is given. */
SLT_API bool slt_grokking_reads_given(const slt_grokking_formula *formula,
                                      const slt_grokking *at);
/* SLT_USAGE, with its name and range, where a parameter that is given is out of range. */
SLT_API slt_status slt_grokking_check(const slt_grokking *at, slt_error *err);

/* ---- Toy models of superposition --------------------------------------------------- */

/* A toy model of superposition, ReLU(W'W x + b): W has `hidden` rows and c = `features`
 * columns.  values holds the rows of W, then b: (hidden + 1) x features, row-major. */
typedef struct slt_tms {
    size_t features, hidden; /* both at least 1 */
    double *values;
} slt_tms;

/* The potential H(W, b) of inputs x = u e_i, i uniform over the features and u uniform on
 * [0,1]: the mean over inputs of |x - ReLU(W'W x + b)|^2 (summed over features) is
 * L = H / (3 c), so that an error that is a mean over features too is H / (3 c^2) (Chen
 * et al. 2023, arXiv:2310.06301). Exact but for rounding. */
SLT_API double slt_theory_tms_potential(const slt_tms *net);

/* The standard k-gon among c features in 2 hidden dimensions: k columns of one length on
 * a regular k-gon with one bias, the others 0 with biases below 0. */
typedef struct slt_tms_polygon {
    double length, bias; /* l*, b*: where the potential h_k of the k features is least */
    double potential;    /* h_k */
    double loss;         /* L = (h_k + c - k) / (3 c) */
    slt_rational lambda; /* (3 k - 1) / 2 for k >= 5; 0 if none is known */
} slt_tms_polygon;

#define SLT_TMS_CORNERS_MAX 8
#define SLT_TMS_SIZE_MAX 1024

/* 1 <= corners <= min(features, SLT_TMS_CORNERS_MAX), features at most SLT_TMS_SIZE_MAX;
 * else SLT_USAGE.  l* and b* to about 1e-14, by bisection of the derivatives. */
SLT_API slt_status slt_theory_tms_polygon(uint64_t corners, uint64_t features,
                                          slt_tms_polygon *polygon, slt_error *err);

/* Reads W and b from a text file: a line for each row of W, then one for b; numbers
 * separated by commas or blanks; empty lines and lines that begin with # are skipped.
 * SLT_FORMAT if a line has another count of numbers than the first, a number is
 * malformed or above 1e30 in size, or a dimension above SLT_TMS_SIZE_MAX.  Free *net with
 * slt_theory_tms_free. */
SLT_API slt_status slt_theory_tms_read(const char *path, slt_tms *net, slt_error *err);
SLT_API void slt_theory_tms_free(slt_tms *net);

SLT_C_END

#endif
