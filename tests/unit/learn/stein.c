/* learn/stein.c: the sums of a chain against sums made draw by draw in another way, the
 * ratio against what it must be, and that asking for it changes nothing else. */
#include "learn/stein.h"

#include <math.h>

#include "chain_sample.h"
#include "learn/restrict.h"
#include "num/scalar.h"

static const slt_arithmetic all_kinds[] = {SLT_F32, SLT_F64, SLT_FIXED};

/* ---- Batches of draws -------------------------------------------------------------- */

static void test_batches(void)
{
    bool right = true;
    for (uint64_t draws = 1; draws < 200; draws++)
        for (uint64_t t = 0; t < draws; t++) {
            const size_t b = slt_stein_batch(t, draws);
            right &= b < SLT_STEIN_BATCHES && b * draws / SLT_STEIN_BATCHES <= t &&
                     t < (b + 1) * draws / SLT_STEIN_BATCHES;
        }
    TAP_OK(right, "each draw is in its batch, whatever their number");
    TAP_EQ_U64(slt_stein_batch(UINT32_MAX - 1, UINT32_MAX), SLT_STEIN_BATCHES - 1,
               "of as many draws as there may be");
}

/* ---- Sums -------------------------------------------------------------------------- */

/* A weight that is frozen and one that is tied beside those that move. */
static slt_llc_spec *system_of(slt_arithmetic arithmetic)
{
    system_begin(&run, arithmetic, 12);
    system_teacher_data(&run, 11, 3, 3, 0.5, 0.2);
    system_normal(system_weight(&run, "A", 3, 3), 0.5);
    system_normal(system_weight(&run, "B", 3, 3), 0.5);
    system_normal(system_weight(&run, "C", 3, 3), 0.5);
    system_normal(system_weight(&run, "D", 3, 3), 0.5);
    run.model.weights[1].trainable = false;
    snprintf(run.model.weights[2].tied, SLT_NAME_MAX, "A");
    system_op(&run, "linear", "x", "A", "a");
    system_op(&run, "linear", "a", "B", "b");
    system_op(&run, "linear", "b", "C", "c");
    system_op(&run, "linear", "c", "D", "y");
    system_loss(&run, false);
    slt_llc_spec *spec = system_llc(&run, 1e-3, 2, 20, 3, 21);
    spec->stein = true;
    return spec;
}

static double number(const slt_tensor *tensor, size_t e)
{
    return slt_real_double(slt_tensor_get(tensor, e));
}

/* What one draw adds, in the order of the elements. */
static void draw_terms(const scene *open, const slt_params *w, const slt_params *g,
                       double terms[3])
{
    double along = 0, normal = 0;
    terms[0] = terms[1] = terms[2] = 0;
    for (size_t i = 0; i < w->count; i += 3) /* A and D alone move */
        for (size_t e = 0; e < 9; e++) {
            double slope = number(&g->tensor[i], e);
            double away =
                number(&w->tensor[i], e) - number(&open->state.weights.tensor[i], e);
            terms[0] += slope * away;
            terms[1] += away * away;
            terms[2] += slope * slope;
            if (!run.llc[0].orthogonal)
                continue;
            double n = number(&open->sampler->normal.tensor[i], e);
            along += n * slope;
            normal += n * n;
        }
    if (run.llc[0].orthogonal)
        terms[2] -= along * along / normal;
}

static bool near(slt_real got, double want, double scale)
{
    return fabs(slt_real_double(got) - want) <= 1e-9 * (fabs(want) + scale);
}

/* The chain update by update; before each its gradient is taken by a net of the test's
 * own. */
static void sum_by_hand(const scene *open, walk *w, double sums[3][SLT_STEIN_BATCHES])
{
    const slt_llc_spec *spec = &run.llc[0];
    const slt_batch *all = &open->sampler->data.train;
    slt_net *net;
    slt_batcher *batcher;
    slt_params gradient;
    slt_error err;
    system_must(slt_net_create(&run.model, all, all->rows, run.arithmetic, &net, &err),
                &err);
    system_must(slt_sampler_batches(open->sampler, 1, &batcher, &err), &err);
    system_must(slt_params_create(&run.model, run.arithmetic, &gradient, &err), &err);
    for (uint64_t s = 0; !w->chain.ended; s++) {
        double terms[3];
        if (slt_draw_is_due(spec, s)) {
            const size_t batch = slt_stein_batch(w->chain.draws, spec->num_draws);
            slt_net_gradient(net, &w->chain.weights, slt_batcher_at(batcher, s),
                             &gradient);
            draw_terms(open, &w->chain.weights, &gradient, terms);
            for (size_t i = 0; i < 3; i++)
                sums[i][batch] += terms[i];
        }
        slt_chain_advance(w->worker, &w->chain, 1);
    }
    slt_params_free(&gradient);
    slt_batcher_free(batcher);
    slt_net_free(net);
}

static void test_sums(const char *name)
{
    scene open;
    double sums[3][SLT_STEIN_BATCHES] = {{0}};
    bool right = true;
    open_scene(&open, 0);
    walk w = open_walk(&open, 1);
    sum_by_hand(&open, &w, sums);
    for (size_t b = 0; b < SLT_STEIN_BATCHES; b++)
        right &= near(w.chain.stein.drift[b], sums[0][b], 1e-3) &&
                 near(w.chain.stein.pull[b], sums[1][b], 0) &&
                 near(w.chain.stein.square[b], sums[2][b], 0);
    TAP_OK(right && w.chain.status == SLT_CHAIN_DONE, "%s, %s: the sums of every batch",
           slt_arithmetic_name(run.arithmetic), name);
    TAP_EQ_U64(slt_sampler_setup(open.sampler)->moving, 18 - run.llc[0].orthogonal,
               "the numbers that move, less one in a plane");
    close_walk(&w);
    close_scene(&open);
}

/* ---- Nothing else changes ---------------------------------------------------------- */

static void run_chain(const scene *open, uint64_t piece, slt_chain *chain)
{
    slt_error err;
    system_must(slt_chain_create(open->sampler, chain, &err), &err);
    while (!chain->ended) {
        slt_chain_worker *worker;
        system_must(slt_chain_worker_create(open->sampler, 0, &worker, &err), &err);
        slt_chain_advance(worker, chain, piece);
        slt_chain_worker_free(worker);
    }
}

static bool same_chain(const slt_chain *a, const slt_chain *b)
{
    return a->updates == b->updates && a->draws == b->draws && a->status == b->status &&
           a->acceptance_sum.bits == b->acceptance_sum.bits &&
           !memcmp(a->losses, b->losses, a->draws * sizeof *a->losses) &&
           system_same_params(&a->weights, &b->weights);
}

static void test_beside(const char *name)
{
    slt_chain with, without, cut;
    scene open;
    open_scene(&open, 0);
    run_chain(&open, UINT64_MAX, &with);
    run_chain(&open, 2, &cut);
    run.llc[0].stein = false;
    run_chain(&open, UINT64_MAX, &without);
    run.llc[0].stein = true;
    TAP_OK(same_chain(&with, &without), "%s, %s: asking for it changes no other bit",
           slt_arithmetic_name(run.arithmetic), name);
    TAP_OK(same_chain(&with, &cut) && !memcmp(&with.stein, &cut.stein, sizeof cut.stein),
           "nor does a pause");
    slt_chain_free(&without);
    slt_chain_free(&cut);
    slt_chain_free(&with);
    close_scene(&open);
}

static void test_settings(slt_arithmetic arithmetic)
{
    const struct {
        const char *name;
        slt_batch_spec batch;
        bool full, orthogonal, mala;
        uint64_t burnin, between;
    } rows[] = {
        {"all samples", {.order = SLT_BATCH_FULL}, false, false, false, 3, 2},
        {"batches", {.order = SLT_BATCH_FRESH, .size = 4}, false, false, false, 0, 1},
        {"losses apart",
         {.order = SLT_BATCH_EPOCHS, .size = 4, .keep_short = true},
         true,
         false,
         false,
         0,
         3},
        {"in a plane",
         {.order = SLT_BATCH_REPLACEMENT, .size = 5},
         true,
         true,
         false,
         0,
         1},
        {"acceptance", {.order = SLT_BATCH_FULL}, false, false, true, 1, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        slt_llc_spec *spec = system_of(arithmetic);
        spec->batch = rows[i].batch;
        spec->losses_full = rows[i].full;
        spec->orthogonal = rows[i].orthogonal;
        spec->mala_acceptance = rows[i].mala;
        spec->num_burnin_steps = rows[i].burnin;
        spec->num_steps_bw_draws = rows[i].between;
        test_sums(rows[i].name);
        test_beside(rows[i].name);
    }
}

/* ---- The ratio --------------------------------------------------------------------- */

/* 1/2 h w^2 a copy, from w* = 0. */
static slt_llc_spec *quadratic(slt_arithmetic arithmetic, double h, double lr,
                               double gamma, uint64_t draws)
{
    system_begin(&run, arithmetic, 3);
    system_constant_data(&run, 1, 512, sqrt(h / 2), 0);
    system_weight(&run, "W", 512, 1);
    system_op(&run, "linear", "x", "W", "y");
    system_loss(&run, false);
    slt_llc_spec *spec = system_llc(&run, lr, gamma, 100, 16, draws);
    spec->stein = true;
    return spec;
}

static void sample_ratios(slt_stein_result *result, double *error)
{
    scene open;
    double squares = 0;
    const size_t chains = run.llc[0].num_chains;
    open_scene(&open, 0);
    for (size_t i = 0; i < chains; i++) {
        walk w = open_walk(&open, (uint32_t)i);
        slt_chain_advance(w.worker, &w.chain, UINT64_MAX);
        slt_stein_put(i,
                      slt_stein_of_chain(&run.llc[0], slt_sampler_setup(open.sampler),
                                         &w.chain.stein),
                      result);
        close_walk(&w);
    }
    slt_stein_combine(chains, result);
    for (size_t i = 0; i < chains; i++)
        squares += pow(
            slt_real_double(result->ratio[i]) - slt_real_double(result->mean.ratio), 2);
    *error = sqrt(squares / (double)(chains * (chains - 1)));
    close_scene(&open);
}

/* Of a chain from w* and of one that has settled, at a step that is not small. */
static void test_quadratic(slt_arithmetic arithmetic, double lr, uint64_t burnin,
                           uint64_t draws)
{
    static slt_stein_result result;
    const double h = 1, gamma = 20, force = 100 * h + gamma, a = 1 - lr * force / 2;
    const double settled = 1 / (1 - lr * force / 4);
    double want = 0, error;
    quadratic(arithmetic, h, lr, gamma, draws)->num_burnin_steps = burnin;
    for (uint64_t s = burnin; s < burnin + draws; s++)
        want += settled * (1 - pow(a, 2 * (double)s)) / (double)draws;
    sample_ratios(&result, &error);
    const double ratio = slt_real_double(result.mean.ratio);
    TAP_OK(fabs(ratio - want) <= 3 * error && error < 0.02 * want,
           "%s, lr %g: after %d updates %.4f +- %.2g, must be %.4f",
           slt_arithmetic_name(arithmetic), lr, (int)burnin, ratio, error, want);
    TAP_OK(fabs(slt_real_double(result.mean.pull) - ratio * gamma / force) < 1e-4 * ratio,
           "the pull's part of it is gamma / (nbeta h + gamma)");
    TAP_OK(fabs(slt_real_double(result.mean.step) - lr / 4 * force * ratio) <
               1e-4 * ratio,
           "and the step's is lr / 4 times the force times it");
}

static void test_ratio(slt_arithmetic arithmetic)
{
    test_quadratic(arithmetic, 1e-4, 0, 5);
    test_quadratic(arithmetic, 1e-4, 0, 200);
    test_quadratic(arithmetic, 1e-2, 40, 60);
}

/* One number, which the pull leaves where it is, has no dimension left in a plane. */
static void test_planes(void)
{
    static slt_stein_result result;
    double error;
    quadratic(SLT_F64, 1, 1e-3, 1, 3)->orthogonal = true;
    scene open;
    open_scene(&open, 0);
    TAP_EQ_U64(slt_sampler_setup(open.sampler)->moving, 512,
               "a gradient of zero restricts nothing");
    TAP_OK(!slt_restrict_holds(open.sampler), "and holds no chain");
    close_scene(&open);
    sample_ratios(&result, &error);
    TAP_OK(slt_real_double(result.mean.ratio) > 0, "so that the ratio is as without");
}

/* ---- What is not finite ------------------------------------------------------------ */

/* One sum that overflows takes all terms with it, those that it is no part of too. */
static void test_one_not_finite(void)
{
    const slt_llc_spec *spec = system_of(SLT_F64);
    const slt_llc_setup setup = {.nbeta = slt_real_of(2), .moving = 9};
    slt_stein sums = {0};
    TAP_OK(slt_real_finite(slt_stein_of_chain(spec, &setup, &sums).pull),
           "the pull of finite sums is a number");
    sums.drift[3] = slt_real_of(INFINITY);
    const slt_stein_terms terms = slt_stein_of_chain(spec, &setup, &sums);
    TAP_OK(!slt_real_finite(terms.pull) && !slt_real_finite(terms.ratio) &&
               !slt_real_finite(terms.drift) && !slt_real_finite(terms.step),
           "where another sum is infinite it is none");
}

static void test_not_finite(void)
{
    slt_llc_spec *spec = system_of(SLT_F64);
    scene open;
    slt_stein sums = {{{0}}, {{0}}, {{0}}};
    open_scene(&open, 0);
    TAP_OK(slt_stein_finite(&sums), "sums of nothing are finite");
    slt_stein_add(open.sampler, &open.state.weights, NULL, 20, &sums);
    TAP_OK(!slt_stein_finite(&sums), "those of a gradient that overflowed are not");
    TAP_OK(slt_real_finite(sums.pull[14]) && !slt_real_finite(sums.pull[15]),
           "in the draw's batch");
    slt_stein_terms terms =
        slt_stein_of_chain(spec, slt_sampler_setup(open.sampler), &sums);
    TAP_OK(!slt_real_finite(terms.ratio) && !slt_real_finite(terms.step),
           "and there is no ratio");
    close_scene(&open);
}

int main(void)
{
    system_start();
    test_batches();
    for (size_t i = 0; i < sizeof all_kinds / sizeof *all_kinds; i++) {
        if (slt_num_available(all_kinds[i], NULL) != SLT_OK)
            continue;
        test_settings(all_kinds[i]);
        test_ratio(all_kinds[i]);
    }
    if (slt_num_available(SLT_F64, NULL) == SLT_OK) {
        test_planes();
        test_one_not_finite();
        test_not_finite();
    }
    return tap_done();
}
