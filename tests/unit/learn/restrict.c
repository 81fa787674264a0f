/* Chains restricted to the hyperplane orthogonal to the gradient at w*: bits against a
 * plain loop, and the plane itself. */
#include "learn/restrict.h"

#include <math.h>

#include "num/scalar.h"
#include "chain_sample.h"

/* Two layers whose initial state is no minimum. */
static slt_llc_spec *two_layers(slt_arithmetic arithmetic, uint64_t draws)
{
    system_begin(&run, arithmetic, 5);
    system_teacher_data(&run, 10, 4, 3, 0.5, 0.2);
    system_two_layers(&run, 4, 2, 3);
    slt_llc_spec *spec = system_llc(&run, 1e-3, 1, 30, 2, draws);
    spec->orthogonal = true;
    return spec;
}

static double get(const slt_params *params, size_t tensor, size_t e)
{
    return slt_real_double(slt_tensor_get(&params->tensor[tensor], e));
}

/* ---- By plain loops --------------------------------------------------------------- */

/* The reduction of fewer than 64 numbers: each is a partial sum of its own. */
static double tree(const double *values, size_t count)
{
    double partial[64] = {0};
    memcpy(partial, values, count * sizeof *values);
    for (size_t width = 32; width; width /= 2)
        for (size_t j = 0; j < width; j++)
            partial[j] += partial[j + width];
    return partial[0];
}

/* g0.(w - w*) where w is given, else g0.g0. */
static double along(const slt_params *g, const slt_params *start, const slt_params *w)
{
    double sum = 0, products[64];
    for (size_t i = 0; i < g->count; i++) {
        const size_t count = slt_tensor_count(&g->tensor[i]);
        for (size_t e = 0; e < count; e++)
            products[e] =
                fma(get(g, i, e), w ? get(w, i, e) - get(start, i, e) : get(g, i, e), 0);
        sum += tree(products, count);
    }
    return sum;
}

static void plain_step(const slt_params *g, const slt_params *g0, const slt_params *start,
                       uint32_t update, slt_params *w)
{
    slt_tensor z;
    slt_error err;
    const double lr = slt_real_double(run.llc[0].lr);
    for (uint32_t i = 0; i < w->count; i++) {
        slt_tensor *to = &w->tensor[i];
        system_must(slt_tensor_create(&z, SLT_F64, to->rows, to->cols, &err), &err);
        slt_draw_normal(slt_stream_of(run.seed, SLT_DRAW_SGLD, i, 1, update, 1), &z,
                        slt_real_of(1));
        for (size_t e = 0; e < slt_tensor_count(to); e++) {
            double t = fma(30, get(g, i, e), 1 * (get(w, i, e) - get(start, i, e)));
            double u = fma(-(lr / 2), t, get(w, i, e));
            u = fma(sqrt(lr), slt_real_double(slt_tensor_get(&z, e)), u);
            slt_tensor_set(to, e, slt_real_of(u));
        }
        slt_tensor_free(&z);
    }
    const double c = along(g0, start, w) / along(g0, start, NULL);
    for (size_t i = 0; i < w->count; i++)
        for (size_t e = 0; e < slt_tensor_count(&w->tensor[i]); e++)
            slt_tensor_set(&w->tensor[i], e,
                           slt_real_of(fma(-c, get(g0, i, e), get(w, i, e))));
}

static void test_plain_loop(void)
{
    slt_llc_spec *spec = two_layers(SLT_F64, 9);
    spec->batch = (slt_batch_spec){.order = SLT_BATCH_FRESH, .size = 4};
    scene open;
    open_scene(&open, 0);
    const slt_batch *all = &slt_trainer_data(open.trainer)->train;
    const slt_params *start = &open.state.weights;
    slt_params w, g, g0;
    slt_net *net;
    slt_batcher *batcher;
    slt_error err;
    system_must(slt_params_create(&run.model, SLT_F64, &w, &err), &err);
    system_must(slt_params_create(&run.model, SLT_F64, &g, &err), &err);
    system_must(slt_params_create(&run.model, SLT_F64, &g0, &err), &err);
    system_must(slt_net_create(&run.model, all, all->rows, SLT_F64, &net, &err), &err);
    system_must(slt_batcher_create(&spec->batch, slt_trainer_data(open.trainer), run.seed,
                                   SLT_DRAW_SGLD_BATCH, 1, 1, &batcher, &err),
                &err);
    slt_params_copy(&w, start);
    slt_net_gradient(net, start, all, &g0);
    for (uint32_t s = 0; s < 8; s++) {
        slt_net_gradient(net, &w, slt_batcher_at(batcher, s), &g);
        plain_step(&g, &g0, start, s, &w);
    }
    walk path = open_walk(&open, 1);
    slt_chain_advance(path.worker, &path.chain, UINT64_MAX);
    TAP_OK(system_same_params(&w, &path.chain.weights),
           "weights after 8 updates as by plain loops, normal of the full data");
    close_walk(&path);
    slt_batcher_free(batcher);
    slt_net_free(net);
    slt_params_free(&g0);
    slt_params_free(&g);
    slt_params_free(&w);
    close_scene(&open);
}

/* ---- The plane -------------------------------------------------------------------- */

/* |g0.(w - w*)| / (|g0| |w - w*|). */
static double leaning(const scene *open, const slt_params *w)
{
    const slt_params *g0 = &open->sampler->normal, *start = &open->state.weights;
    double dot = 0, g_square = 0, d_square = 0;
    for (size_t i = 0; i < w->count; i++) {
        for (size_t e = 0; e < slt_tensor_count(&w->tensor[i]); e++) {
            double d = get(w, i, e) - get(start, i, e);
            dot += get(g0, i, e) * d;
            g_square += get(g0, i, e) * get(g0, i, e);
            d_square += d * d;
        }
    }
    return fabs(dot) / sqrt(g_square * d_square);
}

/* The largest leaning of a chain's states. */
static double worst_leaning(const scene *open)
{
    double worst = 0;
    walk path = open_walk(open, 0);
    while (path.chain.draws + 1 < run.llc[0].num_draws) {
        slt_chain_advance(path.worker, &path.chain, 1);
        worst = fmax(worst, leaning(open, &path.chain.weights));
    }
    close_walk(&path);
    return worst;
}

static void test_plane(slt_arithmetic arithmetic, double rounding)
{
    slt_llc_spec *spec = two_layers(arithmetic, 2000);
    scene open;
    open_scene(&open, 0);
    double worst = worst_leaning(&open);
    TAP_OK(worst <= rounding, "%s: every state lies in the plane: %g",
           slt_arithmetic_name(arithmetic), worst);
    close_scene(&open);
    spec->batch = (slt_batch_spec){.order = SLT_BATCH_EPOCHS, .size = 3};
    open_scene(&open, 0);
    worst = worst_leaning(&open);
    TAP_OK(worst <= rounding, "%s: on mini batches too: %g",
           slt_arithmetic_name(arithmetic), worst);
    close_scene(&open);
}

static void test_without(void)
{
    slt_llc_spec *spec = two_layers(SLT_F64, 200);
    scene open;
    open_scene(&open, 0);
    walk path = open_walk(&open, 0);
    slt_sampler *restricted = open.sampler;
    slt_error err;
    spec->orthogonal = false;
    system_must(slt_sampler_create(&run, 0, slt_trainer_data(open.trainer),
                                   &open.state.weights, &open.sampler, &err),
                &err);
    walk wanderer = open_walk(&open, 0);
    slt_chain_advance(wanderer.worker, &wanderer.chain, UINT64_MAX);
    close_walk(&wanderer);
    wanderer = open_walk(&open, 0);
    slt_chain_advance(wanderer.worker, &wanderer.chain, 100);
    scene with = {.state = open.state, .sampler = restricted};
    TAP_OK(leaning(&with, &wanderer.chain.weights) > 0.01,
           "a chain that is not restricted leaves the plane");
    close_walk(&wanderer);
    close_walk(&path);
    slt_sampler_free(restricted);
    close_scene(&open);
}

/* Frozen weights have no part in the normal. */
static void test_frozen(void)
{
    two_layers(SLT_F64, 50);
    run.model.weights[0].trainable = false;
    scene open;
    open_scene(&open, 0);
    walk path = open_walk(&open, 0);
    slt_chain_advance(path.worker, &path.chain, UINT64_MAX);
    TAP_OK(
        system_same_tensor(&path.chain.weights.tensor[0], &open.state.weights.tensor[0]),
        "a frozen weight stays");
    TAP_OK(leaning(&open, &path.chain.weights) < 1e-13, "the others keep to their plane");
    close_walk(&path);
    close_scene(&open);
}

/* All weights zero: the gradient of a product is exactly zero. */
static void test_zero_gradient(void)
{
    slt_llc_spec *spec = two_layers(SLT_F32, 40);
    run.model.weights[0].init = run.model.weights[1].init =
        (slt_init_spec){.kind = SLT_INIT_ZERO};
    scene open;
    open_scene(&open, 0);
    walk path = open_walk(&open, 0);
    slt_chain_advance(path.worker, &path.chain, UINT64_MAX);
    close_scene(&open);
    spec->orthogonal = false;
    open_scene(&open, 0);
    walk other = open_walk(&open, 0);
    slt_chain_advance(other.worker, &other.chain, UINT64_MAX);
    TAP_OK(system_same_params(&path.chain.weights, &other.chain.weights),
           "a gradient of zero restricts nothing");
    close_walk(&other);
    close_scene(&open);
    close_walk(&path);
}

static void test_divergence(void)
{
    slt_llc_spec *spec = two_layers(SLT_F32, 1000);
    spec->lr = slt_real_of(100);
    scene open;
    open_scene(&open, 0);
    walk path = open_walk(&open, 0);
    slt_chain_advance(path.worker, &path.chain, UINT64_MAX);
    TAP_OK(path.chain.ended && path.chain.status == SLT_CHAIN_DIVERGED,
           "a chain of too large a step diverges");
    close_walk(&path);
    close_scene(&open);
}

/* The slope overflows binary32 where the loss does not. */
static void test_not_finite(void)
{
    system_begin(&run, SLT_F32, 1);
    system_constant_data(&run, 2, 1, 1e10, 0);
    system_weight(&run, "W", 1, 1)->init =
        (slt_init_spec){.kind = SLT_INIT_CONSTANT, .value = slt_real_of(1e28)};
    system_op(&run, "linear", "x", "W", "y");
    system_loss(&run, false);
    system_llc(&run, 1e-3, 1, 1, 1, 1)->orthogonal = true;
    scene open;
    slt_error err;
    system_must(slt_trainer_create(&run, &open.trainer, &err), &err);
    system_must(slt_state_create(&run, &open.state, &err), &err);
    system_must(slt_state_init(open.trainer, &open.state, &err), &err);
    TAP_OK(slt_sampler_create(&run, 0, slt_trainer_data(open.trainer),
                              &open.state.weights, &open.sampler, &err) == SLT_FORMAT,
           "a gradient that is not finite is refused: %s", err.text);
    close_scene(&open);
}

int main(void)
{
    system_start();
    test_plain_loop();
    test_plane(SLT_F32, 3e-6);
    test_plane(SLT_F64, 3e-15);
    test_plane(SLT_FIXED, 1e-12);
    test_without();
    test_frozen();
    test_zero_gradient();
    test_divergence();
    test_not_finite();
    return tap_done();
}
