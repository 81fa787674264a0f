/* Chains and estimates: bits against a straightforward loop, what is recorded when, and
 * that no way of cutting the work changes a bit. */
#include "learn/adapt.h"
#include "learn/llc.h"

#include <math.h>
#include <stdio.h>

#include "learn/mala.h"
#include "num/scalar.h"
#include "num/update.h"
#include "chain_sample.h"

/* A sampler with all it borrows; w* is the initial state. */
static slt_chain_worker *new_worker(const scene *open, uint32_t number)
{
    slt_chain_worker *worker;
    slt_error err;
    system_must(slt_chain_worker_create(open->sampler, number, &worker, &err), &err);
    return worker;
}

static slt_chain new_chain(const scene *open)
{
    slt_chain chain;
    slt_error err;
    system_must(slt_chain_create(open->sampler, &chain, &err), &err);
    return chain;
}

/* Chain `number` of estimate `ordinal`, run in pieces of `piece` updates, each by a new
 * worker. */
static slt_chain run_chain(size_t ordinal, uint32_t number, uint64_t piece)
{
    scene open;
    open_scene(&open, ordinal);
    slt_chain chain = new_chain(&open);
    while (!chain.ended) {
        slt_chain_worker *worker = new_worker(&open, number);
        slt_chain_advance(worker, &chain, piece);
        slt_chain_worker_free(worker);
    }
    close_scene(&open);
    return chain;
}

static bool same_losses(const slt_chain *a, const slt_chain *b)
{
    return a->draws == b->draws &&
           memcmp(a->losses, b->losses, a->draws * sizeof *a->losses) == 0;
}

static bool same_slots(const slt_chain *a, const slt_chain *b)
{
    bool same = a->slots.count == b->slots.count;
    for (size_t i = 0; i < a->slots.count && same; i++)
        same = system_same_params(&a->slots.slot[i], &b->slots.slot[i]);
    return same;
}

static bool same_chain(const slt_chain *a, const slt_chain *b)
{
    return a->updates == b->updates && a->status == b->status && same_losses(a, b) &&
           a->acceptance_sum.bits == b->acceptance_sum.bits &&
           a->adapted.error.bits == b->adapted.error.bits &&
           a->adapted.log_step.bits == b->adapted.log_step.bits &&
           a->energy.bits == b->energy.bits && !a->energies == !b->energies &&
           (!a->energies ||
            !memcmp(a->energies, b->energies, a->draws * sizeof *a->energies)) &&
           !memcmp(a->exchange_sum, b->exchange_sum, sizeof a->exchange_sum) &&
           system_same_params(&a->weights, &b->weights) && same_slots(a, b);
}

/* Two layers, estimate 0 on full batches. */
static slt_llc_spec *small_system(slt_arithmetic arithmetic, size_t chains,
                                  uint64_t draws)
{
    system_begin(&run, arithmetic, 99);
    system_teacher_data(&run, 10, 4, 3, 0.5, 0.2);
    system_two_layers(&run, 4, 2, 3);
    return system_llc(&run, 1e-3, 1, 30, chains, draws);
}

/* ---- A chain by plain loops ----------------------------------------------------- */

/* The SGLD step of one tensor, element by element in binary64. */
static void naive_step(const slt_llc_spec *spec, uint32_t tensor, uint32_t chain,
                       uint64_t update, const slt_tensor *g, const slt_tensor *w0,
                       slt_tensor *w)
{
    slt_tensor z;
    slt_error err;
    system_must(slt_tensor_create(&z, SLT_F64, w->rows, w->cols, &err), &err);
    slt_draw_normal(
        slt_stream_of(run.seed, SLT_DRAW_SGLD, tensor, chain, (uint32_t)update, 1), &z,
        slt_real_of(1));
    const double lr = slt_real_double(spec->lr);
    for (size_t e = 0; e < slt_tensor_count(w); e++) {
        double we = slt_real_double(slt_tensor_get(w, e));
        double ge = slt_real_double(slt_tensor_get(g, e));
        double t = slt_real_double(spec->localization) *
                   (we - slt_real_double(slt_tensor_get(w0, e)));
        t = fma(slt_real_double(spec->nbeta), ge, t);
        double u = fma(-(lr / 2), t, we);
        slt_tensor_set(
            w, e, slt_real_of(fma(sqrt(lr), slt_real_double(slt_tensor_get(&z, e)), u)));
    }
    slt_tensor_free(&z);
}

static void test_plain_loop(slt_batch_order order)
{
    slt_llc_spec *spec = small_system(SLT_F64, 3, 6);
    spec->batch = (slt_batch_spec){.order = order, .size = 4, .keep_short = true};
    spec->num_burnin_steps = 3;
    spec->num_steps_bw_draws = 2;
    scene open;
    open_scene(&open, 0);
    const slt_batch *all = &slt_trainer_data(open.trainer)->train;
    slt_params w, g;
    slt_net *net;
    slt_batcher *batcher;
    slt_error err;
    system_must(slt_params_create(&run.model, SLT_F64, &w, &err), &err);
    system_must(slt_params_create(&run.model, SLT_F64, &g, &err), &err);
    system_must(slt_net_create(&run.model, all, all->rows, SLT_F64, &net, &err), &err);
    system_must(slt_batcher_create(&spec->batch, slt_trainer_data(open.trainer), run.seed,
                                   SLT_DRAW_SGLD_BATCH, 2, 1, &batcher, &err),
                &err);
    slt_params_copy(&w, &open.state.weights);
    slt_chain chain = run_chain(0, 2, UINT64_MAX);
    bool same = true;
    for (uint64_t s = 0; s <= 13; s++) {
        slt_real loss = slt_net_gradient(net, &w, slt_batcher_at(batcher, s), &g);
        if (s >= 3 && (s - 3) % 2 == 0)
            same = same && chain.losses[(s - 3) / 2].bits == loss.bits;
        if (s == 13)
            break;
        for (uint32_t i = 0; i < 2; i++)
            naive_step(spec, i, 2, s, &g.tensor[i], &open.state.weights.tensor[i],
                       &w.tensor[i]);
    }
    TAP_OK(same, "batch order %d: losses as by plain loops", (int)order);
    TAP_OK(chain.draws == 6 && chain.updates == 13 && chain.status == SLT_CHAIN_DONE,
           "burn-in 3, then 6 draws 2 apart: 13 updates, none after the last");
    TAP_OK(system_same_params(&w, &chain.weights), "and the last weights");
    slt_chain_free(&chain);
    slt_batcher_free(batcher);
    slt_net_free(net);
    slt_params_free(&g);
    slt_params_free(&w);
    close_scene(&open);
}

/* ---- Cutting --------------------------------------------------------------------- */

static void test_pieces(const char *name)
{
    slt_chain whole = run_chain(0, 1, UINT64_MAX);
    for (uint64_t piece = 1; piece <= 7; piece += 3) {
        slt_chain cut = run_chain(0, 1, piece);
        TAP_OK(same_chain(&whole, &cut), "%s: pieces of %d updates change no bit", name,
               (int)piece);
        slt_chain_free(&cut);
    }
    slt_chain_free(&whole);
}

static void test_all_pieces(void)
{
    small_system(SLT_F32, 2, 20);
    test_pieces("full batch");
    slt_llc_spec *spec = small_system(SLT_F32, 2, 9);
    spec->batch = (slt_batch_spec){.order = SLT_BATCH_EPOCHS, .size = 3};
    spec->num_steps_bw_draws = 4;
    spec->num_burnin_steps = 5;
    test_pieces("epochs");
    spec->losses_full = true;
    test_pieces("epochs, losses on the full data");
    spec = small_system(SLT_F64, 2, 9);
    spec->mala_acceptance = true;
    spec->num_steps_bw_draws = 2;
    test_pieces("MALA acceptance");
}

static void test_independence(void)
{
    slt_llc_spec *spec = small_system(SLT_F32, 2, 15);
    slt_chain of_two = run_chain(0, 1, UINT64_MAX), other = run_chain(0, 0, UINT64_MAX);
    TAP_OK(!same_losses(&of_two, &other), "two chains differ");
    spec->num_chains = 5;
    slt_chain of_five = run_chain(0, 1, UINT64_MAX);
    TAP_OK(same_chain(&of_two, &of_five), "a chain does not know how many others run");
    run.llc[run.llc_count++] = *spec;
    slt_chain second = run_chain(1, 1, UINT64_MAX);
    TAP_OK(!same_losses(&of_five, &second), "two estimates of a run draw apart");
    slt_chain_free(&second);
    slt_chain_free(&of_five);
    slt_chain_free(&other);
    slt_chain_free(&of_two);
}

/* ---- What is recorded ----------------------------------------------------------- */

static void test_spacing(void)
{
    slt_llc_spec *spec = small_system(SLT_F32, 1, 40);
    slt_chain every = run_chain(0, 0, UINT64_MAX);
    spec->num_draws = 7;
    spec->num_burnin_steps = 4;
    spec->num_steps_bw_draws = 5;
    slt_chain some = run_chain(0, 0, UINT64_MAX);
    bool same = some.draws == 7 && some.updates == 34;
    for (size_t i = 0; i < 7; i++)
        same = same && some.losses[i].bits == every.losses[4 + 5 * i].bits;
    TAP_OK(same, "draw i is the loss before update 4 + 5 i");
    slt_chain_free(&some);
    slt_chain_free(&every);
}

static void test_losses_full(void)
{
    slt_llc_spec *spec = small_system(SLT_F64, 1, 12);
    spec->batch = (slt_batch_spec){.order = SLT_BATCH_FRESH, .size = 3};
    slt_chain on_batches = run_chain(0, 0, UINT64_MAX);
    spec->losses_full = true;
    slt_chain on_all = run_chain(0, 0, UINT64_MAX);
    TAP_OK(system_same_params(&on_batches.weights, &on_all.weights),
           "losses on the full data leave the chain's path alone");
    scene open;
    open_scene(&open, 0);
    TAP_EQ_U64(on_all.losses[0].bits, slt_sampler_setup(open.sampler)->init_loss.bits,
               "the first is L_n(w*)");
    slt_net *net;
    slt_error err;
    const slt_batch *all = &slt_trainer_data(open.trainer)->train;
    system_must(slt_net_create(&run.model, all, all->rows, SLT_F64, &net, &err), &err);
    slt_real last = slt_net_loss(net, &on_all.weights, all);
    TAP_EQ_U64(on_all.losses[11].bits, last.bits, "the last that of the last weights");
    TAP_OK(!same_losses(&on_batches, &on_all), "on batches they differ");
    slt_net_free(net);
    close_scene(&open);
    slt_chain_free(&on_all);
    slt_chain_free(&on_batches);
}

static void test_setup(void)
{
    slt_llc_spec *spec = small_system(SLT_F64, 4, 3);
    spec->nbeta_of = SLT_NBETA_SAMPLES;
    spec->batch = (slt_batch_spec){.order = SLT_BATCH_FRESH, .size = 3};
    spec->init_loss = SLT_INIT_LOSS_BATCHES;
    scene open;
    open_scene(&open, 0);
    const slt_llc_setup *setup = slt_sampler_setup(open.sampler);
    TAP_OK(fabs(slt_real_double(setup->nbeta) - 10 / log(10)) < 1e-14, "nbeta n/ln(n)");
    slt_llc_spec of_batch = *spec;
    of_batch.nbeta_of = SLT_NBETA_BATCH;
    TAP_OK(fabs(slt_real_double(slt_llc_nbeta(&of_batch, 10)) - 3 / log(3)) < 1e-14,
           "nbeta batch/ln(batch) of batches of 3");
    of_batch.batch = (slt_batch_spec){.order = SLT_BATCH_FULL};
    TAP_OK(slt_llc_nbeta(&of_batch, 10).bits == setup->nbeta.bits,
           "and of all samples, where the batch is full");
    double sum = 0;
    for (uint32_t i = 0; i < 4; i++) {
        slt_chain chain = run_chain(0, i, UINT64_MAX);
        sum += slt_real_double(chain.losses[0]) / 4;
        slt_chain_free(&chain);
    }
    TAP_OK(fabs(slt_real_double(setup->init_loss) - sum) < 1e-15 * 10,
           "L_n(w*) over batches is the mean of the chains' first losses");
    close_scene(&open);
}

static void test_one_sample(void)
{
    slt_llc_spec *spec = small_system(SLT_F64, 1, 3);
    run.data.samples = 1;
    spec->nbeta_of = SLT_NBETA_SAMPLES;
    slt_trainer *trainer;
    slt_state state;
    slt_sampler *sampler;
    slt_error err;
    system_must(slt_trainer_create(&run, &trainer, &err), &err);
    system_must(slt_state_create(&run, &state, &err), &err);
    TAP_OK(slt_sampler_create(&run, 0, slt_trainer_data(trainer), &state.weights,
                              &sampler, &err) == SLT_FORMAT,
           "n/ln(n) of one sample is refused: %s", err.text);
    slt_state_free(&state);
    slt_trainer_free(trainer);
}

static void test_frozen(void)
{
    small_system(SLT_F32, 1, 10);
    slt_chain free_chain = run_chain(0, 0, UINT64_MAX);
    run.model.weights[0].trainable = false;
    slt_chain chain = run_chain(0, 0, UINT64_MAX);
    scene open;
    open_scene(&open, 0);
    TAP_OK(
        system_same_tensor(&chain.weights.tensor[0], &open.state.weights.tensor[0]) &&
            !system_same_tensor(&chain.weights.tensor[1], &open.state.weights.tensor[1]),
        "a frozen weight does not move in a chain");
    close_scene(&open);
    slt_chain_free(&chain);
    slt_chain_free(&free_chain);
}

static void test_divergence(void)
{
    slt_llc_spec *spec = small_system(SLT_F32, 1, 1000);
    spec->lr = slt_real_of(100);
    slt_chain chain = run_chain(0, 0, UINT64_MAX);
    TAP_OK(chain.ended && chain.status == SLT_CHAIN_DIVERGED && chain.draws < 100,
           "a chain of too large a step diverges");
    bool finite = true;
    for (size_t i = 0; i < chain.draws; i++)
        finite = finite && slt_real_finite(chain.losses[i]);
    TAP_OK(finite, "and has recorded finite losses only");
    spec->mala_acceptance = true;
    slt_chain judged = run_chain(0, 0, UINT64_MAX);
    TAP_OK(judged.status == SLT_CHAIN_DIVERGED && judged.updates == chain.updates &&
               judged.draws == chain.draws && slt_real_finite(judged.acceptance_sum),
           "at the same update when its acceptance is recorded");
    slt_chain_free(&judged);
    slt_chain_free(&chain);
}

/* ---- MALA acceptance ------------------------------------------------------------ */

typedef struct path_point {
    double w[14], g[14], loss;
} path_point;

/* Steps a chain once, noting weights, gradient and loss before. */
static path_point note_point(slt_net *net, const slt_batch *all, const slt_chain *chain,
                             slt_params *g)
{
    path_point point;
    size_t at = 0;
    point.loss = slt_real_double(slt_net_gradient(net, &chain->weights, all, g));
    for (size_t i = 0; i < 2; i++) {
        for (size_t e = 0; e < slt_tensor_count(&g->tensor[i]); e++, at++) {
            point.w[at] = slt_real_double(slt_tensor_get(&chain->weights.tensor[i], e));
            point.g[at] = slt_real_double(slt_tensor_get(&g->tensor[i], e));
        }
    }
    return point;
}

/* -ln q(to | from) up to a constant: |to - mean(from)|^2 / (2 lr). */
static double move_cost(const path_point *from, const path_point *to,
                        const path_point *start, double lr, double nbeta, double gamma)
{
    double sum = 0;
    for (size_t i = 0; i < 14; i++) {
        double drift = nbeta * from->g[i] + gamma * (from->w[i] - start->w[i]);
        double away = to->w[i] - (from->w[i] - lr / 2 * drift);
        sum += away * away;
    }
    return sum / (2 * lr);
}

static double potential(const path_point *at, const path_point *start, double nbeta,
                        double gamma)
{
    double sum = 0;
    for (size_t i = 0; i < 14; i++)
        sum += (at->w[i] - start->w[i]) * (at->w[i] - start->w[i]);
    return nbeta * at->loss + gamma / 2 * sum;
}

static void test_acceptance(double lr)
{
    slt_llc_spec *spec = small_system(SLT_F64, 1, 60);
    spec->lr = slt_real_of(lr);
    slt_chain plain = run_chain(0, 0, UINT64_MAX);
    spec->mala_acceptance = true;
    slt_chain whole = run_chain(0, 0, UINT64_MAX);
    TAP_OK(same_losses(&plain, &whole) &&
               system_same_params(&plain.weights, &whole.weights),
           "lr %g: recording the acceptance leaves the chain alone", lr);
    scene open;
    open_scene(&open, 0);
    const slt_batch *all = &slt_trainer_data(open.trainer)->train;
    slt_chain chain = new_chain(&open);
    slt_chain_worker *worker = new_worker(&open, 0);
    slt_net *net;
    slt_params g;
    slt_error err;
    system_must(slt_net_create(&run.model, all, all->rows, SLT_F64, &net, &err), &err);
    system_must(slt_params_create(&run.model, SLT_F64, &g, &err), &err);
    path_point start = note_point(net, all, &chain, &g), from = start;
    double sum = 0;
    while (chain.updates < 59) {
        slt_chain_advance(worker, &chain, 1);
        path_point to = note_point(net, all, &chain, &g);
        double log_alpha = potential(&from, &start, 30, 1) -
                           potential(&to, &start, 30, 1) +
                           move_cost(&from, &to, &start, lr, 30, 1) -
                           move_cost(&to, &from, &start, lr, 30, 1);
        sum += fmin(1, exp(log_alpha));
        from = to;
    }
    double got = slt_real_double(slt_chain_acceptance(spec, &whole));
    TAP_OK(fabs(got - sum / 59) < 1e-9, "lr %g: acceptance %.6f as by its definition", lr,
           got);
    slt_params_free(&g);
    slt_net_free(net);
    slt_chain_worker_free(worker);
    slt_chain_free(&chain);
    close_scene(&open);
    slt_chain_free(&whole);
    slt_chain_free(&plain);
}

static void test_acceptance_range(void)
{
    slt_llc_spec *spec = small_system(SLT_F64, 1, 200);
    spec->mala_acceptance = true;
    spec->lr = slt_real_of(1e-7);
    slt_chain small = run_chain(0, 0, UINT64_MAX);
    TAP_OK(slt_real_double(slt_chain_acceptance(spec, &small)) > 0.999,
           "tiny steps are accepted");
    spec->lr = slt_real_of(0.05);
    spec->num_draws = 60;
    slt_chain large = run_chain(0, 0, UINT64_MAX);
    TAP_OK(large.status == SLT_CHAIN_DONE &&
               slt_real_double(slt_chain_acceptance(spec, &large)) < 0.6,
           "large ones are not: %g", slt_real_double(slt_chain_acceptance(spec, &large)));
    spec->num_draws = 1;
    slt_chain none = run_chain(0, 0, UINT64_MAX);
    TAP_OK(none.updates == 0 && slt_real_double(slt_chain_acceptance(spec, &none)) == 1,
           "no update, nothing rejected");
    slt_chain_free(&none);
    slt_chain_free(&large);
    slt_chain_free(&small);
}

/* A proposal between two points that differ in their loss alone. */
static double acceptance_of_losses(const scene *open, double from, double to)
{
    const slt_params *w = &open->state.weights;
    const slt_chain_point before = {w, w, slt_real_of(from)};
    const slt_chain_point after = {w, w, slt_real_of(to)};
    return slt_real_double(slt_mala_acceptance(open->sampler, &before, &after));
}

static void test_acceptance_of_losses(void)
{
    small_system(SLT_F32, 1, 5);
    scene open;
    open_scene(&open, 0);
    TAP_OK(acceptance_of_losses(&open, 1, 0.5) == 1 &&
               acceptance_of_losses(&open, 1, 1) == 1,
           "a fall of the loss is accepted");
    TAP_OK(fabs(acceptance_of_losses(&open, 0, 0.1) - exp(-3)) < 1e-15,
           "a rise with exp(-nbeta rise)");
    TAP_OK(acceptance_of_losses(&open, 0, 1e10) == 0 &&
               acceptance_of_losses(&open, 0, INFINITY) == 0 &&
               acceptance_of_losses(&open, 0, NAN) == 0 &&
               acceptance_of_losses(&open, INFINITY, INFINITY) == 0 &&
               acceptance_of_losses(&open, NAN, 0) == 0,
           "one that leaves the finite numbers never");
    close_scene(&open);
}

/* ---- Proposals ------------------------------------------------------------------- */

/* A sampler whose proposals are taken or not; trajectories have 3 steps. */
static void correcting_system(slt_sampler_kind sampler, slt_arithmetic arithmetic,
                              double lr, uint64_t draws)
{
    slt_llc_spec *spec = small_system(arithmetic, 2, draws);
    spec->sampler = sampler;
    spec->lr = slt_real_of(lr);
    spec->own[0] = 3;
}

/* The uniform number of an update of chain 0. */
static double chance(uint64_t update)
{
    uint32_t word;
    slt_draw_words(slt_stream_of(run.seed, SLT_DRAW_ACCEPT, 0, 0, (uint32_t)update, 1), 0,
                   &word, 1);
    return (word + .5) / 4294967296.0;
}

static void test_proposals(double lr)
{
    correcting_system(SLT_SAMPLER_MALA, SLT_F64, lr, 80);
    slt_chain whole = run_chain(0, 0, UINT64_MAX);
    scene open;
    open_scene(&open, 0);
    const slt_batch *all = &slt_trainer_data(open.trainer)->train;
    slt_net *net;
    slt_params w, to, g, g1;
    slt_error err;
    slt_params *all_params[] = {&w, &to, &g, &g1};
    for (size_t i = 0; i < 4; i++)
        system_must(slt_params_create(&run.model, SLT_F64, all_params[i], &err), &err);
    system_must(slt_net_create(&run.model, all, all->rows, SLT_F64, &net, &err), &err);
    slt_params_copy(&w, &open.state.weights);
    bool same = true;
    double sum = 0;
    size_t taken = 0;
    for (uint64_t s = 0; s < 79; s++) {
        const slt_real loss = slt_net_gradient(net, &w, all, &g);
        same = same && whole.losses[s].bits == loss.bits;
        slt_params_copy(&to, &w);
        for (uint32_t i = 0; i < 2; i++)
            naive_step(&run.llc[0], i, 0, s, &g.tensor[i], &open.state.weights.tensor[i],
                       &to.tensor[i]);
        const slt_real loss1 = slt_net_gradient(net, &to, all, &g1);
        const slt_chain_point before = {&w, &g, loss}, after = {&to, &g1, loss1};
        const double alpha =
            slt_real_double(slt_mala_acceptance(open.sampler, &before, &after));
        sum += alpha;
        if (chance(s) < alpha) {
            slt_params_copy(&w, &to);
            taken++;
        }
    }
    TAP_OK(same && system_same_params(&w, &whole.weights),
           "lr %g: MALA's losses and weights as by plain loops", lr);
    TAP_OK(slt_real_double(whole.acceptance_sum) == sum && taken > 5 && taken < 75,
           "its acceptances add up, %zu of 79 proposals are taken", taken);
    slt_net_free(net);
    for (size_t i = 0; i < 4; i++)
        slt_params_free(all_params[i]);
    close_scene(&open);
    slt_chain_free(&whole);
}

/* Proposals that leave the finite numbers are refused. */
static void test_hopeless(slt_sampler_kind sampler, slt_arithmetic arithmetic, double lr)
{
    correcting_system(sampler, arithmetic, lr, 10);
    scene open;
    open_scene(&open, 0);
    slt_chain chain = run_chain(0, 0, UINT64_MAX);
    TAP_OK(chain.status == SLT_CHAIN_DONE && chain.updates == 9 &&
               chain.acceptance_sum.bits == 0 &&
               system_same_params(&chain.weights, &open.state.weights),
           "%s, %s, lr %g: no proposal is taken, none ends the chain",
           slt_sampler_name(sampler), slt_arithmetic_name(arithmetic), lr);
    slt_chain_free(&chain);
    close_scene(&open);
}

static void test_correcting(slt_sampler_kind sampler)
{
    char name[40];
    test_hopeless(sampler, SLT_F32, 1e30);
    test_hopeless(sampler, SLT_F64, 1e300);
    test_hopeless(sampler, SLT_FIXED, 1e12);
    correcting_system(sampler, SLT_F32, .02, 20);
    test_pieces(slt_sampler_name(sampler));
    correcting_system(sampler, SLT_FIXED, .02, 20);
    snprintf(name, sizeof name, "fixed, %s", slt_sampler_name(sampler));
    test_pieces(name);
}

/* Chains with replicas, each of which another lr moves at the nbeta of the base too. */
static void tempered_system(slt_sampler_kind sampler, slt_arithmetic arithmetic)
{
    correcting_system(sampler, arithmetic, .02, 20);
    slt_tempering_spec *ladder = &run.llc[0].tempering;
    *ladder = (slt_tempering_spec){.given = true, .rungs = 3, .lrs = 3, .every = 2};
    for (size_t i = 0; i < 3; i++) {
        ladder->nbeta[i] = slt_real_of(10. / (double)(i + 1));
        ladder->lr[i] = slt_real_of(.03 * (double)(i + 1));
    }
}

static void test_tempered(slt_sampler_kind sampler)
{
    static const slt_arithmetic arithmetics[] = {SLT_F32, SLT_F64, SLT_FIXED};
    char name[40];
    for (size_t i = 0; i < 3; i++) {
        tempered_system(sampler, arithmetics[i]);
        snprintf(name, sizeof name, "%s, %s, replicas",
                 slt_arithmetic_name(arithmetics[i]), slt_sampler_name(sampler));
        test_pieces(name);
    }
}

/* Replicas that are offered no exchange do not touch the chain; one that is exchanged
 * does. */
static void test_untouched(void)
{
    correcting_system(SLT_SAMPLER_MALA, SLT_F64, .02, 20);
    slt_chain alone = run_chain(0, 1, UINT64_MAX);
    tempered_system(SLT_SAMPLER_MALA, SLT_F64);
    slt_chain among = run_chain(0, 1, UINT64_MAX);
    run.llc[0].tempering.every = 1000;
    slt_chain aside = run_chain(0, 1, UINT64_MAX);
    TAP_OK(same_losses(&alone, &aside) &&
               system_same_params(&alone.weights, &aside.weights) &&
               !system_same_params(&alone.weights, &aside.slots.slot[0]),
           "without exchanges a chain is as it is alone");
    TAP_OK(!same_losses(&alone, &among), "with exchanges it is not");
    slt_chain_free(&alone);
    slt_chain_free(&among);
    slt_chain_free(&aside);
}

static void test_correctors(void)
{
    test_tempered(SLT_SAMPLER_MALA);
    test_tempered(SLT_SAMPLER_HMC);
    test_untouched();
    test_proposals(.01);
    test_proposals(.05);
    test_correcting(SLT_SAMPLER_MALA);
    test_correcting(SLT_SAMPLER_HMC);
}

/* ---- The estimate --------------------------------------------------------------- */

static void test_estimate(void)
{
    static slt_llc_result result;
    const slt_real a[] = {slt_real_of(1), slt_real_of(2), slt_real_of(6)};
    const slt_real b[] = {slt_real_of(2), slt_real_of(2), slt_real_of(2)};
    const slt_real *losses[] = {a, b};
    slt_llc_spec spec = {.num_chains = 2, .num_draws = 3};
    slt_llc_setup setup = {.nbeta = slt_real_of(4), .init_loss = slt_real_of(0.5)};
    slt_llc_estimate(&spec, &setup, losses, &result);
    TAP_OK(slt_real_double(result.chain[0]) == 10 &&
               slt_real_double(result.chain[1]) == 6 &&
               slt_real_double(result.mean) == 8 && result.has_sd &&
               fabs(slt_real_double(result.sd) - sqrt(8)) < 1e-15,
           "nbeta (mean - L_n(w*)) a chain, their mean and standard deviation");
    spec.num_chains = 1;
    slt_llc_estimate(&spec, &setup, losses, &result);
    TAP_OK(slt_real_double(result.mean) == 10 && !result.has_sd,
           "one chain has no standard deviation");
}

static void test_updates(void)
{
    slt_llc_spec spec = {.num_draws = 10, .num_burnin_steps = 7, .num_steps_bw_draws = 3};
    TAP_EQ_U64(slt_llc_updates(&spec), 34, "updates of a chain");
    spec.num_draws = UINT64_MAX;
    TAP_EQ_U64(slt_llc_updates(&spec), UINT64_MAX, "too many do not wrap");
}

/* A chain that is judged as MALA, whose step is large enough that some proposals fail. */
static void mala_system(slt_arithmetic arithmetic)
{
    slt_llc_spec *spec = small_system(arithmetic, 2, 20);
    spec->mala_acceptance = true;
    spec->lr = slt_real_of(0.02);
}

/* Chains with an lr of their own, cut in the burn-in and behind it: both numbers, and the
 * lr of the draws, are there again. */
static void test_adapted(slt_arithmetic arithmetic, slt_sampler_kind sampler)
{
    slt_llc_spec *spec = small_system(arithmetic, 2, 12);
    const uint64_t steps = 3;
    spec->sampler = sampler;
    memcpy(spec->own, &steps, sizeof steps);
    spec->num_burnin_steps = 9;
    spec->adapt.given = true;
    spec->observables.energies = sampler == SLT_SAMPLER_HMC;
    test_pieces(slt_sampler_name(sampler));
    slt_chain chain = run_chain(0, 0, UINT64_MAX), other = run_chain(0, 1, UINT64_MAX);
    const slt_real lr = slt_adapt_lr(spec, &chain);
    TAP_OK(chain.updates == 20 && lr.bits != spec->lr.bits &&
               lr.bits != slt_adapt_lr(spec, &other).bits,
           "each chain has an lr of its own");
    spec->num_draws = 1;
    slt_chain none = run_chain(0, 0, UINT64_MAX);
    TAP_OK(none.updates == 9 && slt_adapt_lr(spec, &none).bits == lr.bits &&
               none.acceptance_sum.bits == 0 &&
               slt_real_double(slt_chain_acceptance(spec, &none)) == 1,
           "updates of the burn-in have no share in the acceptance");
    slt_chain_free(&none);
    slt_chain_free(&other);
    slt_chain_free(&chain);
}

static void test_fixed(void)
{
    small_system(SLT_FIXED, 2, 20);
    test_pieces("fixed");
    mala_system(SLT_FIXED);
    test_pieces("fixed, acceptance");
    slt_chain fixed = run_chain(0, 0, UINT64_MAX);
    mala_system(SLT_F64);
    slt_chain floats = run_chain(0, 0, UINT64_MAX);
    double worst = 0;
    for (size_t i = 0; i < 20; i++)
        worst = fmax(worst, fabs(slt_real_double(fixed.losses[i]) /
                                     slt_real_double(floats.losses[i]) -
                                 1));
    TAP_OK(worst < 1e-6, "a fixed-point chain follows the f64 one (%.1e)", worst);
    double got = slt_real_double(slt_chain_acceptance(&run.llc[0], &fixed));
    double want = slt_real_double(slt_chain_acceptance(&run.llc[0], &floats));
    TAP_OK(fabs(got - want) < 1e-6 && want > 0.05 && want < 0.95,
           "so does its acceptance: %.6f for %.6f", got, want);
    slt_chain_free(&floats);
    slt_chain_free(&fixed);
}

int main(void)
{
    system_start();
    test_plain_loop(SLT_BATCH_FULL);
    test_plain_loop(SLT_BATCH_FRESH);
    test_plain_loop(SLT_BATCH_EPOCHS);
    test_plain_loop(SLT_BATCH_STREAM);
    test_all_pieces();
    test_independence();
    test_spacing();
    test_losses_full();
    test_setup();
    test_one_sample();
    test_frozen();
    test_divergence();
    test_acceptance(1e-3);
    test_acceptance(0.05);
    test_acceptance_range();
    test_adapted(SLT_F64, SLT_SAMPLER_MALA);
    test_adapted(SLT_F32, SLT_SAMPLER_HMC);
    test_adapted(SLT_FIXED, SLT_SAMPLER_HMC);
    test_acceptance_of_losses();
    test_correctors();
    test_estimate();
    test_updates();
    test_fixed();
    return tap_done();
}
