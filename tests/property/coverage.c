/* The Monte Carlo error of an estimate covers what it says: over many seeds the true
 * value, what SGLD must give at this nbeta, step and length, lies within 2 errors in 90
 * to 98 % of the cases where the chains have settled.  On one full-data baseline, on one
 * over minibatches, on one chain alone and beside a potential that is no quadratic.
 *
 * SLT_LONG=1 takes more seeds. */
#include "tap.h"

#include <math.h>

#include "base/pool.h"
#include "learn/diagnostics.h"
#include "moments.h"
#include "systems.h"

#define SEEDS_MAX 1000

typedef struct oracle {
    const char *name;
    void (*build)(slt_run_spec *run, uint64_t seed);
    double (*predict)(const slt_run_spec *run, const slt_batch *all,
                      const slt_params *start);
} oracle;

/* One seed's estimate beside the truth. */
typedef struct one {
    slt_diagnostics found;
    double truth;
} one;

typedef struct work {
    const oracle *oracle;
    one *list;
} work;

/* ---- Oracles ----------------------------------------------------------------------- */

static double predict_linear(const slt_run_spec *run, const slt_batch *all,
                             const slt_params *start)
{
    double sum = 0;
    for (size_t column = 0; column < all->target.cols; column++) {
        moments m = moments_of(&run->llc[0], all, start, column);
        sum += predict_moments(&m, &run->llc[0], NULL);
    }
    return sum;
}

/* 1/2 w^2 in two directions, full batches. */
static void build_quadratic(slt_run_spec *run, uint64_t seed, size_t chains,
                            uint64_t draws)
{
    system_begin(run, SLT_F64, seed);
    system_constant_data(run, 1, 2, sqrt(.5), 0);
    system_weight(run, "W", 2, 1);
    system_op(run, "linear", "x", "W", "y");
    system_loss(run, false);
    system_llc(run, 8e-3, 1, 100, chains, draws);
}

static void build_several(slt_run_spec *run, uint64_t seed)
{
    build_quadratic(run, seed, 16, 600);
}

static void build_single(slt_run_spec *run, uint64_t seed)
{
    build_quadratic(run, seed, 1, 4000);
}

/* Gaussian inputs, noisy targets, fresh batches of 4 of 12 samples; L_n(w*) is the mean
 * of the chains' first batches. */
static void build_batches(slt_run_spec *run, uint64_t seed)
{
    system_begin(run, SLT_F64, seed);
    system_teacher_data(run, 12, 2, 1, 0, .5);
    system_weight(run, "W", 1, 2);
    system_op(run, "linear", "x", "W", "y");
    system_loss(run, false);
    slt_llc_spec *spec = system_llc(run, 4e-3, 1, 20, 16, 600);
    spec->batch.order = SLT_BATCH_FRESH;
    spec->batch.size = 4;
    spec->init_loss = SLT_INIT_LOSS_BATCHES;
}

/* 1/2 w^4, localised, after burn-in. */
static void build_quartic(slt_run_spec *run, uint64_t seed)
{
    system_begin(run, SLT_F64, seed);
    system_constant_data(run, 1, 1, pow(.5, .25), 0);
    system_weight(run, "W", 1, 1);
    system_op(run, "linear", "x", "W", "h");
    system_op(run, "square", "h", "", "y");
    system_loss(run, false);
    slt_llc_spec *spec = system_llc(run, 4e-3, 5, 1000 / log(1000), 16, 400);
    spec->num_burnin_steps = 100;
    spec->num_steps_bw_draws = 6;
}

/* The stationary density of a chain with this step: its transition applied to a density
 * on a grid until nothing changes. */
static double predict_quartic(const slt_run_spec *run, const slt_batch *all,
                              const slt_params *start)
{
    enum { POINTS = 401 };
    static double known = -1;
    static double density[POINTS], next[POINTS], kernel[POINTS][POINTS];
    const slt_llc_spec *spec = &run->llc[0];
    const double lr = slt_real_double(spec->lr), nbeta = slt_real_double(spec->nbeta);
    const double gamma = slt_real_double(spec->localization), width = 2. / (POINTS - 1);
    (void)all;
    (void)start;
    if (known >= 0)
        return known;
    for (size_t i = 0; i < POINTS; i++) {
        double w = (double)i * width - 1;
        double mean = w - lr / 2 * (nbeta * 2 * w * w * w + gamma * w), sum = 0;
        for (size_t j = 0; j < POINTS; j++) {
            double off = (double)j * width - 1 - mean;
            sum += kernel[i][j] = exp(-off * off / (2 * lr));
        }
        for (size_t j = 0; j < POINTS; j++)
            kernel[i][j] /= sum;
    }
    for (size_t i = 0; i < POINTS; i++)
        density[i] = 1. / POINTS;
    for (int step = 0; step < 600; step++) {
        memset(next, 0, sizeof next);
        for (size_t i = 0; i < POINTS; i++)
            for (size_t j = 0; j < POINTS; j++)
                next[j] += density[i] * kernel[i][j];
        memcpy(density, next, sizeof density);
    }
    known = 0;
    for (size_t i = 0; i < POINTS; i++) {
        double w = (double)i * width - 1;
        known += density[i] * nbeta * w * w * w * w / 2;
    }
    return known;
}

/* ---- One seed ---------------------------------------------------------------------- */

static void take_chain(slt_sampler *sampler, uint32_t number, slt_real *losses)
{
    slt_chain_worker *worker;
    slt_chain chain;
    slt_error err;
    system_must(slt_chain_worker_create(sampler, number, &worker, &err), &err);
    system_must(slt_chain_create(sampler, &chain, &err), &err);
    slt_chain_advance(worker, &chain, UINT64_MAX);
    if (chain.status != SLT_CHAIN_DONE)
        tap_bail("a chain of an oracle diverged");
    memcpy(losses, chain.losses, chain.draws * sizeof *losses);
    slt_chain_free(&chain);
    slt_chain_worker_free(worker);
}

static void diagnose(const slt_run_spec *run, slt_sampler *sampler,
                     slt_diagnostics *found)
{
    const slt_llc_spec *spec = &run->llc[0];
    const slt_llc_setup *setup = slt_sampler_setup(sampler);
    const slt_diagnosed of = {.chains = spec->num_chains,
                              .draws = spec->num_draws,
                              .nbeta = setup->nbeta,
                              .init_loss = setup->init_loss,
                              .baseline = slt_baseline_of(spec)};
    slt_real *losses = calloc(of.chains * of.draws, sizeof *losses);
    const slt_real **chains = calloc(of.chains, sizeof *chains);
    slt_error err;
    for (size_t i = 0; i < of.chains; i++) {
        chains[i] = losses + i * of.draws;
        take_chain(sampler, (uint32_t)i, losses + i * of.draws);
    }
    system_must(slt_diagnose(&of, chains, found, &err), &err);
    free(chains);
    free(losses);
}

static void take_seed(void *argument, size_t index)
{
    work *w = argument;
    slt_run_spec *run = calloc(1, sizeof *run);
    slt_trainer *trainer;
    slt_sampler *sampler;
    slt_state state;
    slt_error err;
    w->oracle->build(run, 1000 + index);
    system_must(slt_trainer_create(run, &trainer, &err), &err);
    system_must(slt_state_create(run, &state, &err), &err);
    system_must(slt_state_init(trainer, &state, &err), &err);
    const slt_data *data = slt_trainer_data(trainer);
    system_must(slt_sampler_create(run, 0, data, &state.weights, &sampler, &err), &err);
    diagnose(run, sampler, &w->list[index].found);
    w->list[index].truth = w->oracle->predict(run, &data->train, &state.weights);
    slt_sampler_free(sampler);
    slt_state_free(&state);
    slt_trainer_free(trainer);
    free(run);
}

/* ---- All seeds --------------------------------------------------------------------- */

static void cover(const oracle *of, size_t seeds, slt_pool *pool)
{
    static one list[SEEDS_MAX];
    work w = {of, list};
    size_t settled = 0, within = 0, alone = 0;
    take_seed(&w, 0);
    slt_pool_each(pool, seeds, take_seed, &w);
    for (size_t i = 0; i < seeds; i++) {
        const slt_diagnostics *found = &list[i].found;
        double off = fabs(slt_real_double(found->llc) - list[i].truth);
        if (found->settled != SLT_SETTLED_YES)
            continue;
        settled++;
        within += off <= 2 * slt_real_double(found->mcse);
        alone += off <= 2 * slt_real_double(found->mcse_chains);
    }
    double share = (double)within / (double)(settled ? settled : 1);
    tap_note("%s: %zu of %zu settled, %zu within 2 errors (%zu with those of the chains)",
             of->name, settled, seeds, within, alone);
    TAP_OK(settled >= seeds / 2, "%s: most have settled", of->name);
    TAP_OK(share >= .90 && share <= .98, "%s: %.1f %% within 2 errors", of->name,
           100 * share);
    if (list[0].found.baseline == SLT_BASELINE_FIRST_DRAWS)
        TAP_OK((double)alone < .8 * (double)settled,
               "%s: without the error of the baseline it would be %.1f %%", of->name,
               100 * (double)alone / (double)settled);
}

int main(void)
{
    static const oracle oracles[] = {
        {"quadratic, 16 chains", build_several, predict_linear},
        {"quadratic, one chain", build_single, predict_linear},
        {"regression, baseline over minibatches", build_batches, predict_linear},
        {"quartic, 16 chains after burn-in", build_quartic, predict_quartic}};
    slt_pool *pool;
    slt_error err;
    system_start();
    system_must(slt_pool_create(2, &pool, &err), &err);
    for (size_t i = 0; i < sizeof oracles / sizeof *oracles; i++)
        cover(&oracles[i], getenv("SLT_LONG") ? SEEDS_MAX : 200, pool);
    slt_pool_free(pool);
    return tap_done();
}
