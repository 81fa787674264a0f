/* WAIC and LOO by log likelihoods whose numbers R's package loo has told
 * (tests/kat/loo.R). */
#include "learn/diagnostics_predictive.h"

#include <math.h>
#include <stdio.h>

#include "tap.h"

#define DRAWS_MAX 400
#define SAMPLES_MAX 16
#define TOLERANCE 1e-6

static slt_real logs[DRAWS_MAX];
static slt_predictive found[SAMPLES_MAX];
static slt_error err;

static double next_number(FILE *file)
{
    double value;
    if (fscanf(file, "%lf", &value) != 1)
        tap_bail("tests/kat/loo.txt ends too early");
    return value;
}

static bool is_near(slt_real ours, double theirs)
{
    const double value = slt_real_double(ours);
    return value == theirs || fabs(value - theirs) <= TOLERANCE * fmax(1, fabs(theirs));
}

/* A sample: as many of its numbers as are right. */
static size_t read_sample(FILE *file, slt_predictive *sample)
{
    const size_t draws = (size_t)next_number(file);
    const slt_real efficiency = slt_real_of(next_number(file));
    if (draws > DRAWS_MAX)
        tap_bail("too many draws");
    for (size_t i = 0; i < draws; i++)
        logs[i] = slt_real_of(next_number(file));
    if (slt_predictive_sample(logs, draws, efficiency, sample, &err))
        tap_bail(err.text);
    const slt_real ours[] = {sample->elpd_waic, sample->p_waic, sample->elpd_loo,
                             sample->p_loo, sample->pareto_k};
    size_t right = 0;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        right += is_near(ours[i], next_number(file));
    return right;
}

static void test_sum(FILE *file, const char *name, size_t samples, size_t member)
{
    slt_real values[SAMPLES_MAX];
    for (size_t i = 0; i < samples; i++) {
        const slt_real members[] = {found[i].elpd_waic, found[i].p_waic,
                                    found[i].elpd_loo, found[i].p_loo};
        values[i] = members[member];
    }
    const slt_predictive_sum sum = slt_predictive_sum_of(values, samples);
    const double theirs = next_number(file), error = next_number(file);
    TAP_OK(is_near(sum.sum, theirs) && is_near(sum.error, error), "%s: %.6f (se %.6f)",
           name, theirs, error);
}

static void test_samples(FILE *file)
{
    static const char *const names[] = {"elpd by WAIC", "p by WAIC", "elpd by LOO",
                                        "p by LOO"};
    size_t samples = 0;
    if (fscanf(file, "samples %zu", &samples) != 1 || samples > SAMPLES_MAX)
        tap_bail("tests/kat/loo.txt: expected samples");
    for (size_t i = 0; i < samples; i++) {
        const size_t right = read_sample(file, &found[i]);
        TAP_OK(right == 5, "sample %zu of a run, Pareto k %.3f", i,
               slt_real_double(found[i].pareto_k));
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        test_sum(file, names[i], samples, i);
}

/* Heavy tails, few draws, equal ones. */
static void test_more(FILE *file)
{
    size_t sets = 0;
    if (fscanf(file, " more %zu", &sets) != 1)
        tap_bail("tests/kat/loo.txt: expected more");
    for (size_t i = 0; i < sets; i++) {
        const size_t right = read_sample(file, &found[0]);
        TAP_OK(right == 5, "set %zu, Pareto k %.3f", i,
               slt_real_double(found[0].pareto_k));
    }
}

/* Of equal draws nothing is known of the efficiency, nor of a few. */
static void test_efficiency(void)
{
    const slt_real *chains[] = {logs, logs + 100};
    slt_real efficiency = slt_real_of(0);
    for (size_t i = 0; i < 200; i++)
        logs[i] = slt_real_of(-1);
    TAP_OK(!slt_predictive_efficiency(chains, 2, 100, &efficiency, &err) &&
               slt_real_double(efficiency) == 1,
           "of equal draws 1");
    TAP_OK(!slt_predictive_efficiency(chains, 2, 3, &efficiency, &err) &&
               slt_real_double(efficiency) == 1,
           "of few draws 1");
    for (size_t i = 0; i < 200; i++)
        logs[i] = slt_real_of(sin(.05 * (double)i) - 800);
    slt_predictive_efficiency(chains, 2, 100, &efficiency, &err);
    const double share = slt_real_double(efficiency);
    TAP_OK(share > 0 && share < .2, "of slow ones %.3f, however small the likelihoods",
           share);
}

int main(void)
{
    FILE *file = fopen(SLT_SOURCE_DIR "/tests/kat/loo.txt", "r");
    if (!file)
        tap_bail("tests/kat/loo.txt is missing");
    test_samples(file);
    test_more(file);
    fclose(file);
    test_efficiency();
    return tap_done();
}
