/* Diagnostics against a slow second implementation, written from the definitions, and
 * against what theory says of series whose properties are known. */
#include <math.h>

#include "learn/diagnostics.h"
#include "learn/diagnostics_curves.h"
#include "learn/diagnostics_internal.h"
#include "tap.h"

/* A small generator for test input: splitmix64. */
static uint64_t seed_state;

static double uniform(void)
{
    uint64_t z = seed_state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return ((double)((z ^ z >> 31) >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(void)
{
    return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());
}

#define CHAINS_MAX 8
#define DRAWS_MAX 40000
static slt_real draws_of[CHAINS_MAX][DRAWS_MAX];
static const slt_real *chains_of[CHAINS_MAX];

/* Chain c: mean shift[c], scale[c] times an AR(1) series of unit variance. */
static void make_chains(uint64_t seed, size_t chains, size_t draws, double rho,
                        const double *shift, const double *scale)
{
    seed_state = seed;
    for (size_t c = 0; c < chains; c++) {
        double x = normal();
        chains_of[c] = draws_of[c];
        for (size_t i = 0; i < draws; i++) {
            double value = (shift ? shift[c] : 0) + (scale ? scale[c] : 1) * x;
            draws_of[c][i] = slt_real_of(value);
            x = rho * x + sqrt(1 - rho * rho) * normal();
        }
    }
}

static slt_diagnostics diagnose_with(slt_baseline baseline, size_t chains, size_t draws,
                                     double nbeta, double init)
{
    const slt_diagnosed of = {.chains = chains,
                              .draws = draws,
                              .nbeta = slt_real_of(nbeta),
                              .init_loss = slt_real_of(init),
                              .baseline = baseline};
    slt_diagnostics found;
    slt_error err;
    if (slt_diagnose(&of, chains_of, &found, &err))
        tap_bail(err.text);
    return found;
}

static slt_diagnostics diagnose(size_t chains, size_t draws, double nbeta, double init)
{
    return diagnose_with(SLT_BASELINE_EXACT, chains, draws, nbeta, init);
}

static bool near(slt_real got, double want, double tolerance)
{
    bool close = fabs(slt_real_double(got) - want) <= tolerance;
    if (!close)
        tap_note("got %.17g, want %.17g within %g", slt_real_double(got), want,
                 tolerance);
    return close;
}

/* ---- The second implementation: by definition, quadratic, no sorting, no FFT ---- */

#define SLOW_MAX 4096
static double slow_x[SLOW_MAX], slow_z[SLOW_MAX];

static double slow_quantile(double p)
{
    double low = -40, high = 40;
    for (int i = 0; i < 200; i++) {
        double middle = (low + high) / 2;
        if (erfc(-middle / sqrt(2.0)) / 2 < p)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

static void slow_scores(size_t total)
{
    for (size_t i = 0; i < total; i++) {
        size_t below = 0, equal = 0;
        for (size_t j = 0; j < total; j++) {
            below += slow_x[j] < slow_x[i];
            equal += slow_x[j] == slow_x[i];
        }
        double rank = (double)below + ((double)equal + 1) / 2;
        slow_z[i] = slow_quantile((rank - 3.0 / 8) / ((double)total + 1.0 / 4));
    }
}

static double slow_mean(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] / (double)n;
    return sum;
}

/* sum (x_i - mean)(x_(i+lag) - mean) / (n - 1). */
static double slow_covariance(const double *x, size_t n, size_t lag)
{
    double mean = slow_mean(x, n), sum = 0;
    for (size_t i = 0; i + lag < n; i++)
        sum += (x[i] - mean) * (x[i + lag] - mean);
    return sum / (double)(n - 1);
}

static double slow_within(size_t m, size_t n, size_t lag)
{
    double sum = 0;
    for (size_t i = 0; i < m; i++)
        sum += slow_covariance(slow_z + i * n, n, lag);
    return sum / (double)m;
}

static double slow_pooled(size_t m, size_t n)
{
    double means[64];
    for (size_t i = 0; i < m; i++)
        means[i] = slow_mean(slow_z + i * n, n);
    return slow_within(m, n, 0) * (double)(n - 1) / (double)n +
           slow_covariance(means, m, 0);
}

static double slow_rhat(size_t m, size_t n)
{
    return sqrt(slow_pooled(m, n) / slow_within(m, n, 0));
}

/* Pairs of lags while they are positive, up to 5 lags from the end; of the pair that ends
 * it half the even lag, unless that pair and it are negative. */
static double slow_ess(size_t m, size_t n)
{
    double pooled = slow_pooled(m, n), w = slow_within(m, n, 0), before = 1e300;
    double sum = 0, total = (double)(m * n);
    if (n < 6)
        return total / 2;
    for (size_t k = 0;; k++) {
        double share = (double)(n - 1) / (double)n; /* sums / n here, but for lag 0 */
        double even = 1 - (w - (k ? share * slow_within(m, n, 2 * k) : w)) / pooled;
        double odd = 1 - (w - share * slow_within(m, n, 2 * k + 1)) / pooled;
        if (k && (even + odd <= 0 || 2 * k + 5 >= n)) {
            sum += even + odd >= 0 || even > 0 ? even / 2 : 0;
            break;
        }
        before = fmin(before, even + odd);
        sum += before;
    }
    return total / fmax(2 * sum - 1, 1 / log10(total));
}

/* Splits the chains (folded about `centre` where asked) into slow_x. */
static void slow_split(size_t chains, size_t draws, bool folded, double centre)
{
    size_t half = draws / 2, at = 0;
    for (size_t c = 0; c < chains; c++) {
        for (size_t piece = 0; piece < 2; piece++) {
            for (size_t i = 0; i < half; i++) {
                size_t from = piece ? draws - half + i : i;
                double x = slt_real_double(draws_of[c][from]);
                slow_x[at++] = folded ? fabs(x - centre) : x;
            }
        }
    }
}

/* The value that half of the others lie below, by counting. */
static double slow_median(size_t chains, size_t draws)
{
    double low = NAN, high = NAN;
    size_t total = chains * draws;
    for (size_t i = 0; i < total; i++) {
        double x = slt_real_double(draws_of[i / draws][i % draws]);
        size_t below = 0, equal = 0;
        for (size_t j = 0; j < total; j++) {
            double y = slt_real_double(draws_of[j / draws][j % draws]);
            below += y < x;
            equal += y == x;
        }
        if (below <= (total - 1) / 2 && (total - 1) / 2 < below + equal)
            low = x;
        if (below <= total / 2 && total / 2 < below + equal)
            high = x;
    }
    return (low + high) / 2;
}

static void compare_with_slow(uint64_t seed, size_t chains, size_t draws, double rho,
                              double grain)
{
    double shift[CHAINS_MAX] = {0}, scale[CHAINS_MAX] = {0};
    seed_state = seed * 77;
    for (size_t c = 0; c < chains; c++) {
        shift[c] = normal() / 3;
        scale[c] = 0.5 + uniform();
    }
    make_chains(seed, chains, draws, rho, shift, scale);
    for (size_t i = 0; grain > 0 && i < chains * draws; i++) {
        slt_real *x = &draws_of[i / draws][i % draws];
        *x = slt_real_of(floor(slt_real_double(*x) / grain) * grain);
    }
    slt_diagnostics found = diagnose(chains, draws, 2, 0);
    size_t m = 2 * chains, n = draws / 2;
    slow_split(chains, draws, false, 0);
    slow_scores(m * n);
    double ess = slow_ess(m, n), rhat = slow_rhat(m, n);
    slow_split(chains, draws, true, slow_median(chains, draws));
    slow_scores(m * n);
    rhat = fmax(rhat, slow_rhat(m, n));
    TAP_OK(near(found.rhat, rhat, 1e-9), "R-hat, %zu x %zu, rho %g, grain %g", chains,
           draws, rho, grain);
    TAP_OK(near(found.ess_bulk, ess, 1e-8 * ess), "ESS, %zu x %zu, rho %g, grain %g",
           chains, draws, rho, grain);
}

/* ---- Known answers -------------------------------------------------------------- */

static void test_ar1(double rho)
{
    make_chains(11, 4, DRAWS_MAX, rho, NULL, NULL);
    slt_diagnostics found = diagnose(4, DRAWS_MAX, 1, 0);
    /* Ranks of an AR(1) series' normal scores are the series again. */
    double want = fmin((1 - rho) / (1 + rho), log10(4.0 * DRAWS_MAX)) * 4 * DRAWS_MAX;
    TAP_OK(near(found.ess_bulk, want, 0.08 * want), "ESS of AR(1), rho %g", rho);
    TAP_OK(slt_real_double(found.rhat) < 1.01, "R-hat of AR(1), rho %g, is near 1", rho);
}

static void test_scale(void)
{
    const double scale[] = {1, 1, 1, 4};
    make_chains(5, 4, 2000, 0, NULL, scale);
    slt_diagnostics found = diagnose(4, 2000, 1, 0);
    TAP_OK(slt_real_double(found.rhat) > 1.1, "folding shows a chain of another scale");
    TAP_OK(found.settled == SLT_SETTLED_NO, "so it has not settled");
}

static void test_shift(void)
{
    const double shift[] = {0, 0, 0, 3};
    make_chains(6, 4, 2000, 0, shift, NULL);
    slt_diagnostics found = diagnose(4, 2000, 1, 0);
    TAP_OK(slt_real_double(found.rhat) > 1.3, "R-hat shows a chain elsewhere");
    TAP_OK(slt_real_double(found.ess_bulk) < 50, "and ESS falls");
}

/* Two chains of eight draws, by hand: nbeta 2, L_n(w*) 1. */
static void test_by_hand(void)
{
    static const double a[] = {1, 2, 3, 4, 5, 6, 7, 8}, b[] = {0, 0, 2, 2, 4, 4, 6, 6};
    for (size_t i = 0; i < 8; i++) {
        draws_of[0][i] = slt_real_of(a[i]);
        draws_of[1][i] = slt_real_of(b[i]);
    }
    chains_of[0] = draws_of[0];
    chains_of[1] = draws_of[1];
    slt_diagnostics found = diagnose(2, 8, 2, 1);
    /* Chain LLCs 2 (4.5 - 1) = 7 and 2 (3 - 1) = 4. */
    TAP_OK(near(found.llc, 5.5, 1e-15), "LLC");
    TAP_OK(near(found.mcse, 1.5, 1e-15), "MCSE between two chains: |7 - 4| / 2");
    TAP_OK(near(found.negative_share, 2.0 / 16, 0), "draws below L_n(w*)");
    TAP_OK(near(found.drift, 8, 1e-14), "drift");
    TAP_OK(near(found.quarters[0], -0.5, 1e-15) && near(found.quarters[3], 11.5, 1e-14),
           "quarters");
    found = diagnose(2, 7, 2, 1);
    TAP_OK(near(found.drift, 2 * ((5.5 + 4) / 2 - (2 + 2.0 / 3) / 2), 1e-14),
           "an odd draw belongs to the second half");
}

static void test_one_chain(void)
{
    make_chains(8, 1, DRAWS_MAX, 0.5, NULL, NULL);
    slt_diagnostics found = diagnose(1, DRAWS_MAX, 3, 0);
    /* sd 1, ESS a third of the draws. */
    double want = 3 * sqrt(3.0 / DRAWS_MAX);
    TAP_OK(near(found.mcse, want, 0.08 * want), "MCSE of one chain from its ESS");
    TAP_OK(found.settled == SLT_SETTLED_YES, "a stationary chain has settled");
}

static void test_degenerate(void)
{
    for (size_t i = 0; i < 100; i++)
        draws_of[0][i] = draws_of[1][i] = slt_real_of(0.1);
    slt_diagnostics found = diagnose(2, 100, 1, 0);
    TAP_OK(isnan(slt_real_double(found.rhat)) && isnan(slt_real_double(found.ess_bulk)),
           "equal draws have no R-hat");
    TAP_OK(found.settled == SLT_SETTLED_UNKNOWN, "and never count as settled");
    TAP_OK(found.constant == 2 && isnan(slt_real_double(found.mcse)),
           "they are counted, and their error is not known, which is not 0");
    for (size_t draws = 1; draws <= 5; draws++) {
        make_chains(draws, 2, draws, 0, NULL, NULL);
        found = diagnose(2, draws, 1, 0);
        TAP_OK(isnan(slt_real_double(found.rhat)) == (draws < SLT_MIXING_DRAWS_MIN),
               "R-hat of %zu draws", draws);
    }
    for (size_t i = 0; i < 50; i++) {
        draws_of[0][i] = slt_real_of(1);
        draws_of[1][i] = slt_real_of(2);
        draws_of[2][i] = slt_real_of(4);
    }
    found = diagnose(3, 50, 1, 0);
    TAP_OK(slt_real_double(found.rhat) > 1e6 && found.settled == SLT_SETTLED_NO &&
               found.constant == 3 && isnan(slt_real_double(found.mcse)),
           "constant chains that differ: R-hat has no bound, their error is not known");
    found = diagnose(2, 50, 1, 0);
    TAP_OK(isnan(slt_real_double(found.rhat)) && found.settled == SLT_SETTLED_NO,
           "of two, folded, all draws are equal: no R-hat, and not settled");
}

/* L_n(w*) is the mean of the chains' draws 0. */
static void test_first_draws(void)
{
    static const double a[] = {1, 2, 3, 4, 5, 6, 7, 8}, b[] = {3, 0, 2, 2, 4, 4, 6, 6};
    for (size_t i = 0; i < 8; i++) {
        draws_of[0][i] = slt_real_of(a[i]);
        draws_of[1][i] = slt_real_of(b[i]);
    }
    slt_diagnostics found = diagnose_with(SLT_BASELINE_FIRST_DRAWS, 2, 8, 2, 2);
    /* Chains' own: 2 (4.5 - 1) = 7, 2 (3.375 - 3) = .75; without the baseline 5 and
     * 2.75. */
    TAP_OK(near(found.llc, 3.875, 1e-15), "LLC is the mean of the chains' own");
    TAP_OK(near(found.mcse, 6.25 / 2, 1e-15),
           "MCSE with what a baseline of draws 0 adds");
    TAP_OK(near(found.mcse_chains, 2.25 / 2, 1e-15), "and without it");
    found = diagnose_with(SLT_BASELINE_UNKNOWN, 2, 8, 2, 2);
    TAP_OK(isnan(slt_real_double(found.mcse)) && near(found.mcse_chains, 2.25 / 2, 1e-15),
           "MCSE is not known where the baseline's is not");
    make_chains(3, 4, 4000, 0, NULL, NULL);
    found = diagnose_with(SLT_BASELINE_UNKNOWN, 4, 4000, 2, 2);
    TAP_OK(found.settled == SLT_SETTLED_UNKNOWN,
           "then settled is not known either, whatever the chains are like");
    make_chains(3, 1, 4000, 0, NULL, NULL);
    found = diagnose_with(SLT_BASELINE_FIRST_DRAWS, 1, 4000, 2, 2);
    TAP_OK(isnan(slt_real_double(found.mcse)), "nor is the error of one batch");
}

/* One number that is not finite, one chain that stands still. */
static void test_broken_chains(void)
{
    make_chains(4, 3, 500, 0, NULL, NULL);
    draws_of[1][7] = slt_real_of(INFINITY);
    slt_diagnostics found = diagnose(3, 500, 1, 0);
    TAP_OK(found.nonfinite == 1 && found.constant == 0 &&
               found.settled == SLT_SETTLED_UNKNOWN &&
               isnan(slt_real_double(found.ess_tail)) &&
               isnan(slt_real_double(found.mcse)),
           "a chain that is not finite");
    draws_of[1][7] = slt_real_of(NAN);
    found = diagnose(3, 500, 1, 0);
    TAP_OK(found.nonfinite == 1 && isnan(slt_real_double(found.rhat)) &&
               isnan(slt_real_double(found.ess_bulk)),
           "has no R-hat where it is no number");
    make_chains(4, 3, 500, 0, NULL, NULL);
    for (size_t i = 0; i < 500; i++)
        draws_of[2][i] = slt_real_of(.25);
    found = diagnose(3, 500, 1, 0);
    TAP_OK(found.nonfinite == 0 && found.constant == 1 &&
               found.settled != SLT_SETTLED_YES && isnan(slt_real_double(found.mcse)),
           "a chain that stands still");
    for (size_t i = 0; i < 4; i++) {
        draws_of[0][i] = slt_real_of((double)i);
        draws_of[1][i] = slt_real_of((double)(3 - i));
    }
    found = diagnose(2, 4, 1, 0);
    TAP_OK(found.constant == 0 && isnan(slt_real_double(found.mcse)),
           "chains of one mean have no error of 0");
    make_chains(4, 3, 1, 0, NULL, NULL);
    found = diagnose(3, 1, 1, 0);
    TAP_OK(found.constant == 3 && isnan(slt_real_double(found.mcse)), "one draw a chain");
}

static const char *words_of(const slt_diagnostics *found, slt_buffer *text)
{
    slt_buffer_clear(text);
    slt_diagnostics_words(found, text);
    return slt_buffer_text(text);
}

static void test_words(void)
{
    const slt_real none = slt_real_of(NAN);
    slt_buffer text = {0};
    slt_diagnostics found = {.llc = slt_real_of(2),
                             .mcse = slt_real_of(1),
                             .mcse_chains = slt_real_of(1),
                             .rhat = slt_real_of(1.001),
                             .ess_bulk = slt_real_of(400),
                             .ess_tail = slt_real_of(300.9),
                             .drift = slt_real_of(0.5),
                             .chains = 4,
                             .draws = 100,
                             .settled = SLT_SETTLED_YES};
    TAP_EQ_TEXT(words_of(&found, &text),
                "The sampler has settled: R-hat 1.001, effective sample size 400, of the "
                "tails 300, drift 0.5 of at most 3.",
                "settled, in words");
    found.settled = SLT_SETTLED_NO;
    found.rhat = slt_real_of(1.5);
    found.ess_bulk = slt_real_of(7.9);
    found.ess_tail = slt_real_of(99.99);
    found.drift = slt_real_of(-20);
    TAP_EQ_TEXT(
        words_of(&found, &text),
        "The sampler has not settled: R-hat 1.5000 is above 1.01, the effective "
        "sample size 7 is below 100, the effective sample size of the tails 99 is below "
        "100, the second half lies 20 below the first (3 Monte Carlo standard errors are "
        "3), so lambda_hat depends on the chain's length and start and is not yet a "
        "property of the point.",
        "not settled, in words");
    found = (slt_diagnostics){.rhat = none,
                              .ess_bulk = none,
                              .ess_tail = none,
                              .mcse = none,
                              .mcse_chains = none,
                              .llc = slt_real_of(-1),
                              .chains = 4,
                              .draws = 3,
                              .settled = SLT_SETTLED_UNKNOWN};
    TAP_OK(strstr(words_of(&found, &text), "is not known: there are too few draws") &&
               strstr(slt_buffer_text(&text), "estimate is negative"),
           "too few draws and a negative estimate, in words");
    found.constant = 2;
    found.draws = 100;
    found.llc = slt_real_of(0);
    TAP_EQ_TEXT(words_of(&found, &text),
                "Whether the sampler has settled is not known: 2 of 4 chains are "
                "constant.",
                "constant chains, in words");
    found.constant = 0;
    found.rhat = slt_real_of(1);
    found.ess_bulk = found.ess_tail = slt_real_of(400);
    found.mcse_chains = slt_real_of(1);
    found.baseline = SLT_BASELINE_UNKNOWN;
    TAP_EQ_TEXT(words_of(&found, &text),
                "Whether the sampler has settled is not known: the loss at w* is a mean "
                "over batches whose own losses were not stored.",
                "a baseline of unknown error, in words");
    slt_buffer_free(&text);
}

static void test_ess_text(void)
{
    char text[SLT_ESS_TEXT_MAX];
    TAP_EQ_TEXT(slt_ess_text(slt_real_of(99.999), text), "99", "99.999 is no 100");
    TAP_EQ_TEXT(slt_ess_text(slt_real_of(100), text), "100", "100 is");
    TAP_EQ_TEXT(slt_ess_text(slt_real_of(NAN), text), "-", "not known");
}

/* ---- The Stein ratio --------------------------------------------------------------- */

static void test_stein_numbers(void)
{
    const slt_llc_spec spec = {
        .lr = slt_real_of(.5), .localization = slt_real_of(2), .num_draws = 8};
    const slt_llc_setup setup = {.nbeta = slt_real_of(10), .moving = 4};
    slt_stein sums = {{{0}}, {{0}}, {{0}}};
    for (size_t b = 1; b < SLT_STEIN_BATCHES; b += 2) { /* of 8 draws a batch has one */
        sums.drift[b] = slt_real_of(.125 * (double)(b / 2));
        sums.pull[b] = slt_real_of(.5);
        sums.square[b] = slt_real_of(.25);
    }
    const slt_stein_found one = slt_diagnose_stein_chain(&spec, &setup, &sums);
    /* x = .4375, y = .5, z = .25 */
    TAP_OK(slt_real_double(one.drift) == 10 * .4375 / 4, "drift");
    TAP_OK(slt_real_double(one.pull) == 2 * .5 / 4, "pull");
    TAP_OK(slt_real_double(one.ratio) == 10 * .4375 / 4 + .25, "ratio");
    TAP_OK(fabs(slt_real_double(one.step) -
                .125 * (100 * .25 + 2 * 10 * 2 * .4375 + 4 * .5) / 4) < 1e-14,
           "step");
    /* values .3125 i + .25, i = 0..7: variance .3125^2 * 6 */
    TAP_OK(fabs(slt_real_double(one.error) - .3125 * sqrt(6. / 8)) < 1e-14,
           "a chain's error, by its batches of draws: %g", slt_real_double(one.error));
    slt_stein_found chains[2] = {one, one};
    chains[1].ratio = slt_real_of(slt_real_double(one.ratio) + 2);
    const slt_stein_found both = slt_diagnose_stein(chains, 2);
    TAP_OK(both.asked && slt_real_double(both.ratio) == slt_real_double(one.ratio) + 1 &&
               slt_real_double(both.pull) == .25,
           "means over the chains");
    TAP_OK(fabs(slt_real_double(both.error) - 1) < 1e-12,
           "and their error, by the chains");
    TAP_OK(slt_diagnose_stein(chains, 1).error.bits == one.error.bits,
           "of one chain its own");
    slt_llc_spec other = spec;
    other.sampler = SLT_SAMPLER_RMSPROP_SGLD;
    const slt_stein_found biased = slt_diagnose_stein_chain(&other, &setup, &sums);
    TAP_OK(!both.biased && slt_diagnose_stein(&biased, 1).biased,
           "whether they settle to their target");
}

static const char *stein_words_of(double ratio, double error, double step,
                                  slt_buffer *text)
{
    const slt_stein_found found = {.asked = true,
                                   .ratio = slt_real_of(ratio),
                                   .error = slt_real_of(error),
                                   .step = slt_real_of(step)};
    slt_buffer_clear(text);
    slt_diagnostics_stein_words(&found, text);
    return slt_buffer_text(text);
}

static void test_stein_words(void)
{
    static const struct {
        double ratio, error, step;
        const char *words;
    } rows[] = {
        {.02, .003, 0,
         "Stein ratio 0.02 +- 0.003, of settled chains 1.000: the chains have hardly "
         "begun "
         "to spread."},
        {.3, NAN, .5,
         "Stein ratio 0.3, of settled chains 1.500: the chains have spread less than "
         "half "
         "of the way."},
        {.8, .01, 0, "the chains still spread."},
        {.95, .02, 0, "the chains have spread as far as they do."},
        {1.3, .05, .25, "the chains have spread as far as they do."},
        {.95, .3, 0, "the chains still spread."},
        {1.5, .05, 0, "the chains climb more than they spread"},
        {-2, .05, 0, "so w* is no minimum for these chains."},
        {NAN, NAN, NAN, "The Stein ratio is not known"},
        {.8, .01, NAN,
         "Stein ratio 0.8 +- 0.01, of settled chains 1 but for what the step adds: the "
         "chains still spread."},
    };
    slt_buffer text = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *words =
            stein_words_of(rows[i].ratio, rows[i].error, rows[i].step, &text);
        TAP_OK(strstr(words, rows[i].words), "%s", words);
    }
    const slt_stein_found biased = {.asked = true,
                                    .biased = true,
                                    .ratio = slt_real_of(.95),
                                    .error = slt_real_of(.02),
                                    .step = slt_real_absent()};
    slt_buffer_clear(&text);
    slt_diagnostics_stein_words(&biased, &text);
    TAP_EQ_TEXT(slt_buffer_text(&text),
                "Stein ratio 0.95 +- 0.02, of settled chains not known: their law is not "
                "that of the target.",
                "of chains that settle to another law");
    const slt_stein_found none = {0};
    slt_buffer_clear(&text);
    slt_diagnostics_stein_words(&none, &text);
    TAP_EQ_U64(text.size, 0, "where nothing is known nothing is said");
    slt_buffer_free(&text);
}

/* ---- What to change ---------------------------------------------------------------- */

static void test_advice(void)
{
    slt_llc_spec spec = {.lr = slt_real_of(1e-3),
                         .localization = slt_real_of(2),
                         .noise_level = slt_real_of(1),
                         .num_draws = 100,
                         .num_steps_bw_draws = 2};
    slt_diagnostics found = {.settled = SLT_SETTLED_NO, .chains = 4};
    slt_buffer text = {0};
    slt_diagnostics_advice(&found, &spec, &text);
    TAP_OK(
        strstr(slt_buffer_text(&text), "= 1500 updates to spread, and these made 198:"),
        "too short: %s", slt_buffer_text(&text));
    slt_buffer_clear(&text);
    spec.num_draws = 1000;
    slt_diagnostics_advice(&found, &spec, &text);
    TAP_OK(strstr(slt_buffer_text(&text), "a num_burnin_steps of 1500, 3 / (lr"),
           "long enough, with its beginning: %s", slt_buffer_text(&text));
    slt_buffer_clear(&text);
    spec.num_burnin_steps = 1500;
    slt_diagnostics_advice(&found, &spec, &text);
    TAP_EQ_TEXT(slt_buffer_text(&text), "Make more draws, or more steps between them.",
                "without it");
    slt_buffer_clear(&text);
    spec.noise_level = slt_real_of(.5);
    slt_diagnostics_advice(&found, &spec, &text);
    TAP_OK(strstr(slt_buffer_text(&text), "between them. With a noise_level other "),
           "of another noise: %s", slt_buffer_text(&text));
    slt_buffer_clear(&text);
    spec.noise_level = slt_real_of(1);
    spec.prior.given = true;
    spec.num_burnin_steps = 0;
    slt_diagnostics_advice(&found, &spec, &text);
    TAP_OK(strstr(slt_buffer_text(&text), "of 1500, 3 / (lr precision of the prior), "),
           "of a prior: %s", slt_buffer_text(&text));
    slt_buffer_clear(&text);
    spec.prior.given = false;
    spec.num_burnin_steps = 1500;
    spec.sampler = SLT_SAMPLER_BAOAB;
    slt_diagnostics_advice(&found, &spec, &text);
    TAP_OK(strstr(slt_buffer_text(&text), "leave out more of the first ones") &&
               !strstr(slt_buffer_text(&text), "lr localization"),
           "of a sampler whose speed is not known: %s", slt_buffer_text(&text));
    slt_buffer_clear(&text);
    spec.sampler = SLT_SAMPLER_SGLD;
    spec.localization = slt_real_of(0);
    found.llc = slt_real_of(-1);
    slt_diagnostics_advice(&found, &spec, &text);
    TAP_OK(strstr(slt_buffer_text(&text), "without curvature: set one. Train further,"),
           "no localization, no minimum: %s", slt_buffer_text(&text));
    TAP_OK(strstr(slt_buffer_text(&text), "at once: restrict: orthogonal."),
           "where all weights move");
    slt_buffer_clear(&text);
    spec.restricted.block_count = 1;
    slt_diagnostics_advice(&found, &spec, &text);
    TAP_OK(strstr(slt_buffer_text(&text), "at once: orthogonal: true in restrict."),
           "where some do");
    slt_buffer_clear(&text);
    spec.sampler = SLT_SAMPLER_RMSPROP_SGLD;
    slt_diagnostics_advice(&found, &spec, &text);
    TAP_OK(strstr(slt_buffer_text(&text),
                  "at once: sampler: sgld with restrict: orthogonal, without mala"),
           "where the sampler cannot: %s", slt_buffer_text(&text));
    slt_buffer_clear(&text);
    spec.sampler = SLT_SAMPLER_SGLD;
    found = (slt_diagnostics){.settled = SLT_SETTLED_YES, .chains = 1};
    found.stein = (slt_stein_found){
        .asked = true, .ratio = slt_real_of(1), .step = slt_real_of(.1)};
    slt_diagnostics_advice(&found, &spec, &text);
    TAP_EQ_TEXT(slt_buffer_text(&text),
                "The step size adds 10 % to the spread of settled chains: half of lr "
                "halves that. One chain does not tell its own error well: make several.",
                "a large step, one chain");
    slt_buffer_clear(&text);
    found.stein.step = slt_real_of(.01);
    found.chains = 2;
    slt_diagnostics_advice(&found, &spec, &text);
    TAP_EQ_U64(text.size, 0, "nothing to change");
    slt_buffer_free(&text);
}

/* ---- Curves ------------------------------------------------------------------------ */

static slt_chain_curves curves_of(size_t chains, size_t draws, uint64_t lags, bool loss)
{
    const slt_diagnosed of = {.chains = chains,
                              .draws = draws,
                              .nbeta = slt_real_of(2),
                              .init_loss = slt_real_of(1)};
    slt_chain_curves found;
    slt_error err;
    if (slt_chain_curves_find(&of, chains_of, (slt_chain_wanted){loss, lags}, &found,
                              &err))
        tap_bail(err.text);
    return found;
}

/* The mean of some draws of a chain, or of 2 (draw - 1). */
static bool course_is(const slt_chain_curves *c, bool loss, size_t chain, size_t point,
                      size_t from, size_t end)
{
    double sum = 0;
    for (size_t i = from; i < end; i++)
        sum += slt_real_double(draws_of[chain][i]) / (double)(end - from);
    return slt_chain_part(c, point) == end - from &&
           fabs(slt_real_double(c->course[chain * c->points + point]) -
                (loss ? sum : 2 * (sum - 1))) < 1e-12;
}

static void test_course(void)
{
    make_chains(17, 3, 1001, 0.5, NULL, NULL);
    slt_chain_curves c = curves_of(3, 1001, 10, false);
    TAP_OK(c.part == 5 && c.points == 201, "1001 draws: parts of %zu, %zu of them",
           (size_t)c.part, c.points);
    TAP_OK(course_is(&c, false, 0, 0, 0, 5) && course_is(&c, false, 2, 100, 500, 505),
           "each is the mean over its draws");
    TAP_OK(course_is(&c, false, 1, 200, 1000, 1001), "the last of one that is left");
    slt_chain_curves_free(&c);
    c = curves_of(3, 1001, 10, true);
    TAP_OK(course_is(&c, true, 2, 100, 500, 505), "of the loss itself");
    slt_chain_curves_free(&c);
    c = curves_of(3, 250, 10, false);
    TAP_OK(c.part == 1 && c.points == 250 && course_is(&c, false, 1, 249, 249, 250),
           "250 draws are shown one by one");
    slt_chain_curves_free(&c);
    c = curves_of(3, 251, 10, false);
    TAP_OK(c.part == 2 && c.points == 126, "251 are not");
    slt_chain_curves_free(&c);
}

static bool ranks_are(const slt_chain_curves *c, size_t chain, size_t from, size_t end,
                      uint64_t count)
{
    bool same = true;
    for (size_t i = 0; i < c->bins; i++)
        same &= c->ranks[chain * c->bins + i] == (i >= from && i < end ? count : 0);
    return same;
}

static void test_ranks(void)
{
    for (size_t i = 0; i < 100; i++) {
        draws_of[0][i] = slt_real_of((double)(i * 37 % 100));
        draws_of[1][i] = slt_real_of(1000 + (double)(i * 13 % 100));
    }
    slt_chain_curves c = curves_of(2, 100, 1, false);
    TAP_OK(ranks_are(&c, 0, 0, 10, 10) && ranks_are(&c, 1, 10, 20, 10),
           "a chain below the other has the lower ranks");
    TAP_OK(slt_real_double(slt_chain_share(&c, 10)) == 2, "twice its share");
    TAP_OK(slt_real_double(slt_chain_share_sd(&c)) == sqrt(19. / 199.),
           "what independent draws vary by");
    slt_chain_curves_free(&c);
    for (size_t i = 0; i < 100; i++)
        draws_of[1][i] = slt_real_of((double)(i * 37 % 100) + .5);
    c = curves_of(2, 100, 1, false);
    TAP_OK(ranks_are(&c, 0, 0, 20, 5) && ranks_are(&c, 1, 0, 20, 5),
           "chains that are alike share all ranks");
    slt_chain_curves_free(&c);
    for (size_t i = 0; i < 100; i++)
        draws_of[0][i] = draws_of[1][i] = slt_real_of(5);
    c = curves_of(2, 100, 1, false);
    TAP_OK(ranks_are(&c, 0, 10, 11, 100) && !slt_real_finite(c.rho[0]),
           "equal draws share the middle, and no autocorrelation is known");
    slt_chain_curves_free(&c);
    draws_of[1][7] = slt_real_of(NAN);
    c = curves_of(2, 100, 1, false);
    TAP_OK(ranks_are(&c, 0, 0, 0, 0), "nothing has a rank beside a NaN");
    slt_chain_curves_free(&c);
}

/* The spread of shares over chains of independent draws is the one that is told. */
static void test_band(void)
{
    double sum = 0;
    slt_real sd = {0};
    for (uint64_t seed = 0; seed < 50; seed++) {
        make_chains(100 + seed, 4, 200, 0, NULL, NULL);
        slt_chain_curves c = curves_of(4, 200, 1, false);
        sd = slt_chain_share_sd(&c);
        for (size_t i = 0; i < c.chains * c.bins; i++) {
            const double away = slt_real_double(slt_chain_share(&c, c.ranks[i])) - 1;
            sum += away * away / (double)(50 * c.chains * c.bins);
        }
        slt_chain_curves_free(&c);
    }
    const double ratio = sqrt(sum) / slt_real_double(sd);
    TAP_OK(ratio > .96 && ratio < 1.04, "shares vary by %.3f of what is told", ratio);
}

static void test_rho(void)
{
    const slt_diagnosed of = {.chains = 4, .draws = 40000};
    slt_error err;
    uint64_t lags;
    make_chains(19, 4, 40000, 0.9, NULL, NULL);
    TAP_OK(!slt_chain_lags(&of, chains_of, &lags, &err) && lags > 60 && lags < 120,
           "%d lags of an AR(1) of .9", (int)lags);
    slt_chain_curves c = curves_of(4, 40000, lags, false);
    bool near = c.lag == 1 && c.lags == lags + 1;
    for (size_t i = 0; i < 4 * c.lags && near; i++)
        near = fabs(slt_real_double(c.rho[i]) - pow(.9, (double)(i % c.lags))) < .06;
    TAP_OK(near, "each chain's is .9^t");
    const size_t fallen = (size_t)(lags - 10) / 3;
    TAP_OK((lags - 10) % 3 == 0 && pow(.9, (double)fallen) < .08 &&
               pow(.9, (double)fallen) > .03,
           "three times as many as it takes to fall below .05, and 10");
    slt_chain_curves_free(&c);
    c = curves_of(1, 40000, 1000, false);
    TAP_OK(c.lag == 4 && c.lags == 251 && c.rho[0].bits == slt_real_of(1).bits,
           "of many lags every fourth");
    slt_chain_curves_free(&c);
    c = curves_of(4, 12, 100, false);
    TAP_OK(c.lag == 1 && c.lags == 12, "no lag is as long as a chain");
    double mean = 0, sums[2] = {0};
    for (size_t i = 0; i < 12; i++)
        mean += slt_real_double(draws_of[2][i]) / 12;
    for (size_t i = 0; i < 12; i++) {
        const double d = slt_real_double(draws_of[2][i]) - mean;
        sums[0] += d * d;
        sums[1] += i >= 5 ? d * (slt_real_double(draws_of[2][i - 5]) - mean) : 0;
    }
    TAP_OK(fabs(slt_real_double(c.rho[2 * c.lags + 5]) - sums[1] / sums[0]) < 1e-12,
           "by its definition");
    slt_chain_curves_free(&c);
    c = curves_of(1, 1, 100, false);
    TAP_OK(c.points == 1 && c.lags == 1 && !slt_real_finite(c.rho[0]) &&
               !slt_real_finite(slt_chain_share_sd(&c)),
           "one draw");
    slt_chain_curves_free(&c);
}

int main(void)
{
    test_course();
    test_ranks();
    test_band();
    test_rho();
    compare_with_slow(1, 4, 100, 0, 0);
    compare_with_slow(2, 4, 101, 0.6, 0);
    compare_with_slow(3, 1, 200, 0.9, 0);
    compare_with_slow(4, 3, 64, 0.5, 0.5);
    compare_with_slow(5, 2, 150, -0.7, 0);
    compare_with_slow(6, 8, 9, 0.3, 0.1);
    compare_with_slow(7, 2, 1200, 0.99, 0); /* lags beyond those found by sums */
    test_ar1(0);
    test_ar1(0.5);
    test_ar1(0.9);
    test_ar1(-0.5);
    test_scale();
    test_shift();
    test_by_hand();
    test_one_chain();
    test_degenerate();
    test_first_draws();
    test_broken_chains();
    test_words();
    test_ess_text();
    test_stein_numbers();
    test_stein_words();
    test_advice();
    return tap_done();
}
