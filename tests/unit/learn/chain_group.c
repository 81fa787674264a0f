/* Chains side by side: each in every bit as it is alone, whoever its neighbours are and
 * whatever becomes of them. */
#include "learn/chain_group.h"

#include "chain_sample.h"
#include "learn/observe.h"
#include "learn/sampler.h"

#define CHAINS 11

static slt_chain chains[CHAINS], alone[CHAINS];

/* ---- Systems ----------------------------------------------------------------------- */

/* Figure 4 but small: a weight used both ways, a bias, relu. */
static slt_llc_spec *toy_system(slt_arithmetic arithmetic)
{
    system_begin(&run, arithmetic, 5);
    run.data = (slt_data_spec){
        .kind = SLT_DATA_ONE_HOT, .samples = 37, .features = 5, .value_uniform = true};
    system_normal(system_weight(&run, "W", 2, 5), 0.6);
    system_normal(system_weight(&run, "b", 1, 5), 0.3);
    system_op(&run, "linear", "x", "W", "h");
    system_op(&run, "linear", "h", "W", "z");
    run.model.ops[1].transpose = true;
    snprintf(run.model.ops[1].bias, SLT_NAME_MAX, "b");
    system_op(&run, "relu", "z", "", "y");
    system_loss(&run, true);
    return system_llc(&run, 1e-3, 1, 20, CHAINS, 30);
}

static void system_pair(const char *op, const char *in, const char *other,
                        const char *out)
{
    system_op(&run, op, in, "", out);
    slt_op_spec *spec = &run.model.ops[run.model.op_count - 1];
    snprintf(spec->in[1], SLT_NAME_MAX, "%s", other);
    spec->inputs = 2;
}

/* The other ops: a value used twice, a tied weight, one that is frozen, one that nothing
 * uses. */
static slt_llc_spec *odd_system(slt_arithmetic arithmetic)
{
    system_begin(&run, arithmetic, 8);
    system_teacher_data(&run, 9, 3, 3, 0.5, 0.2);
    system_normal(system_weight(&run, "A", 3, 3), 0.5);
    system_normal(system_weight(&run, "B", 3, 3), 0.5);
    system_normal(system_weight(&run, "C", 3, 3), 0.5);
    system_normal(system_weight(&run, "D", 2, 2), 0.5);
    system_normal(system_weight(&run, "E", 3, 12), 0.5);
    run.model.weights[1].trainable = false;
    snprintf(run.model.weights[2].tied, SLT_NAME_MAX, "A");
    system_op(&run, "linear", "x", "A", "a");
    system_op(&run, "square", "a", "", "s");
    system_op(&run, "linear", "s", "B", "b");
    system_op(&run, "gelu", "a", "", "g");
    system_op(&run, "sigmoid", "a", "", "l");
    system_op(&run, "tanh", "b", "", "t");
    system_op(&run, "add", "t", "", "y1");
    snprintf(run.model.ops[6].in[1], SLT_NAME_MAX, "g");
    snprintf(run.model.ops[6].in[2], SLT_NAME_MAX, "l");
    run.model.ops[6].inputs = 3;
    system_op(&run, "linear", "y1", "C", "c");
    system_pair("multiply", "c", "l", "m");
    system_pair("subtract", "m", "x", "n");
    system_op(&run, "scale", "n", "", "o");
    run.model.ops[10].factor = slt_real_of(0.7);
    system_pair("concat", "c", "o", "j");
    snprintf(run.model.ops[11].in[2], SLT_NAME_MAX, "x");
    snprintf(run.model.ops[11].in[3], SLT_NAME_MAX, "o");
    run.model.ops[11].inputs = 4;
    system_op(&run, "silu", "j", "", "q");
    system_op(&run, "softplus", "q", "", "r");
    system_op(&run, "gelu", "r", "", "u");
    run.model.ops[14].form = SLT_FORM_TANH;
    system_op(&run, "linear", "u", "E", "y");
    system_loss(&run, false);
    return system_llc(&run, 1e-3, 1, 20, CHAINS, 30);
}

/* Some numbers of two weights, and one whole. */
static slt_llc_spec *refined_system(slt_arithmetic arithmetic)
{
    slt_llc_spec *spec = odd_system(arithmetic);
    slt_block_spec *block = &run.model.blocks[run.model.block_count++];
    *block = (slt_block_spec){.name = "some",
                              .parts = {{"A", {0, 2}, {1, 0}}, {"E", {0, 0}, {5, 3}}},
                              .part_count = 2};
    spec->restricted = (slt_restrict_spec){
        .weights = {"D"}, .blocks = {"some"}, .weight_count = 1, .block_count = 1};
    return spec;
}

/* ---- Chains alone and together ----------------------------------------------------- */

static void advance_alone(const scene *open, slt_chain *of, uint32_t number,
                          uint64_t updates)
{
    slt_chain_worker *worker;
    slt_error err;
    system_must(slt_chain_worker_create(open->sampler, number, &worker, &err), &err);
    slt_chain_advance(worker, of, updates);
    slt_chain_worker_free(worker);
}

static void begin_chains(const scene *open)
{
    slt_error err;
    for (uint32_t i = 0; i < CHAINS; i++) {
        system_must(slt_chain_create(open->sampler, &chains[i], &err), &err);
        system_must(slt_chain_create(open->sampler, &alone[i], &err), &err);
        advance_alone(open, &alone[i], i, UINT64_MAX);
    }
}

static void end_chains(void)
{
    for (size_t i = 0; i < CHAINS; i++) {
        slt_chain_free(&chains[i]);
        slt_chain_free(&alone[i]);
    }
}

/* All chains to their ends, in groups made anew for every `piece` updates. */
static void advance_groups(const scene *open, uint64_t piece)
{
    const size_t width = slt_chain_group_share(open->sampler, SIZE_MAX);
    slt_error err;
    for (size_t first = 0; first < CHAINS; first += width) {
        const size_t left = CHAINS - first, count = left < width ? left : width;
        for (bool more = true; more;) {
            slt_chain_group *group;
            system_must(slt_chain_group_create(open->sampler, (uint32_t)first, count,
                                               &group, &err),
                        &err);
            system_must(slt_chain_group_advance(group, chains + first, piece, &err),
                        &err);
            slt_chain_group_free(group);
            more = false;
            for (size_t i = first; i < first + count; i++)
                more |= !chains[i].ended;
        }
    }
}

static bool same_observed(const slt_chain *a, const slt_chain *b)
{
    const slt_llc_spec *spec = &run.llc[0];
    const uint64_t samples = slt_observed_samples(spec, &run.data);
    const uint64_t numbers = slt_observed_draws(spec, a->draws) * samples;
    return !numbers ||
           memcmp(a->observed, b->observed, numbers * sizeof *a->observed) == 0;
}

static bool same_chain(const slt_chain *a, const slt_chain *b)
{
    return same_observed(a, b) && a->updates == b->updates && a->draws == b->draws &&
           a->ended == b->ended && a->status == b->status &&
           memcmp(a->losses, b->losses, a->draws * sizeof *a->losses) == 0 &&
           (a->status == SLT_CHAIN_DIVERGED ||
            (system_same_params(&a->weights, &b->weights) &&
             a->slots.count == b->slots.count &&
             (!a->slots.count ||
              (system_same_params(&a->slots.slot[0], &b->slots.slot[0]) &&
               system_same_params(&a->slots.slot[a->slots.count - 1],
                                  &b->slots.slot[a->slots.count - 1]))) &&
             memcmp(&a->stein, &b->stein, sizeof a->stein) == 0));
}

static bool all_same(void)
{
    bool same = true;
    for (size_t i = 0; i < CHAINS; i++)
        same &= same_chain(&chains[i], &alone[i]);
    return same;
}

static void test_system(const char *name)
{
    scene open;
    open_scene(&open, 0);
    bool same = slt_chain_group_share(open.sampler, SIZE_MAX) > 1;
    const uint64_t pieces[] = {UINT64_MAX, 1, 7};
    for (size_t i = 0; i < 3 && same; i++) {
        begin_chains(&open);
        advance_groups(&open, pieces[i]);
        same &= all_same();
        end_chains();
    }
    TAP_OK(same, "%s, %s: as alone, in one go and in pieces", name,
           slt_arithmetic_name(run.arithmetic));
    close_scene(&open);
}

static void test_batches(slt_llc_spec *(*system)(slt_arithmetic), const char *name)
{
    static const slt_batch_spec batches[] = {
        {.order = SLT_BATCH_FULL},
        {.order = SLT_BATCH_EPOCHS, .size = 4, .keep_short = true},
        {.order = SLT_BATCH_EPOCHS, .size = 4},
        {.order = SLT_BATCH_FRESH, .size = 5},
        {.order = SLT_BATCH_REPLACEMENT, .size = 9},
    };
    for (size_t i = 0; i < 2 * sizeof batches / sizeof *batches; i++) {
        slt_llc_spec *spec = system(i % 2 ? SLT_F64 : SLT_F32);
        spec->batch = batches[i / 2];
        spec->losses_full = i / 2 % 2;
        spec->num_burnin_steps = i;
        spec->num_steps_bw_draws = 1 + i % 3;
        spec->stein = i % 4 > 1;
        spec->observables = (slt_observables_spec){
            .given = i % 3 > 0, .first = i % 3 == 1 ? 3 : 0, .every = 1 + i % 4};
        test_system(name);
    }
}

/* The samplers with tensors beside the weights, and their own fields. */
static const struct {
    slt_sampler_kind sampler;
    double fields[3];
} others[] = {{SLT_SAMPLER_BAOAB, {3}},
              {SLT_SAMPLER_SGHMC, {.2}},
              {SLT_SAMPLER_RMSPROP_SGLD, {.9, .1}},
              {SLT_SAMPLER_ADAM_SGLD, {.8, .9, .1}},
              {SLT_SAMPLER_SGNHT, {3}}};

static void set_sampler(slt_llc_spec *spec, size_t which)
{
    const double *from = others[which].fields;
    const slt_real fields[] = {slt_real_of(from[0]), slt_real_of(from[1]),
                               slt_real_of(from[2])};
    spec->sampler = others[which].sampler;
    memcpy(spec->own, fields, sizeof fields);
}

static void test_samplers(void)
{
    for (size_t i = 0; i < 2 * sizeof others / sizeof *others; i++) {
        slt_llc_spec *spec = odd_system(i % 2 ? SLT_F64 : SLT_F32);
        spec->batch = (slt_batch_spec){.order = SLT_BATCH_FRESH, .size = 5};
        set_sampler(spec, i / 2);
        test_system(slt_sampler_title(spec->sampler));
    }
}

/* Of the pull to 0 of a prior, by SGLD and by others. */
static void test_priors(void)
{
    for (size_t i = 0; i < 4; i++) {
        slt_llc_spec *spec = odd_system(i % 2 ? SLT_F64 : SLT_F32);
        spec->prior.given = spec->stein = true;
        if (i / 2)
            set_sampler(spec, 0);
        test_system("a prior");
    }
}

/* Within a box so small that most updates end at a side of it. */
static void test_boxes(void)
{
    for (size_t i = 0; i < 4; i++) {
        slt_llc_spec *spec = odd_system(i % 2 ? SLT_F64 : SLT_F32);
        spec->has_box = true;
        spec->box = slt_real_of(.02);
        if (i / 2)
            set_sampler(spec, 1);
        test_system("a box");
    }
}

/* ---- Chains that differ ------------------------------------------------------------ */

/* Where chains stand apart, as after an interruption, the last are brought up first. */
static void test_apart(void)
{
    toy_system(SLT_F32)->batch =
        (slt_batch_spec){.order = SLT_BATCH_EPOCHS, .size = 8, .keep_short = true};
    scene open;
    open_scene(&open, 0);
    begin_chains(&open);
    for (uint32_t i = 0; i < CHAINS; i++)
        advance_alone(&open, &chains[i], i, i == 4 ? UINT64_MAX : 3 * i);
    advance_groups(&open, 5);
    TAP_OK(all_same(), "chains that stood apart, one at its end already");
    end_chains();
    close_scene(&open);
}

/* Of steps so large that some chains leave the finite numbers: each at its own update,
 * and the others never know. */
static void test_divergence(slt_arithmetic arithmetic, bool other)
{
    bool same = true;
    size_t mixed = 0;
    for (double lr = 0.02; lr < 10; lr *= 1.3) {
        slt_llc_spec *spec = odd_system(arithmetic);
        if (other)
            set_sampler(spec, 0);
        spec->lr = slt_real_of(lr);
        spec->num_draws = 60;
        spec->stein = true;
        scene open;
        size_t diverged = 0;
        open_scene(&open, 0);
        begin_chains(&open);
        advance_groups(&open, 17);
        same &= all_same();
        for (size_t i = 0; i < CHAINS; i++)
            diverged += chains[i].status == SLT_CHAIN_DIVERGED;
        mixed += diverged > 0 && diverged < CHAINS;
        end_chains();
        close_scene(&open);
    }
    TAP_OK(same && mixed > 0,
           "%s: chains that diverge and those beside them, in %zu mixtures",
           slt_arithmetic_name(arithmetic), mixed);
}

/* ---- Which go together ------------------------------------------------------------- */

static size_t width_of_run(void)
{
    scene open;
    open_scene(&open, 0);
    const size_t width = slt_chain_group_share(open.sampler, SIZE_MAX);
    close_scene(&open);
    return width;
}

static void test_width(void)
{
    toy_system(SLT_F32);
    TAP_EQ_U64(width_of_run(), 16, "16 lanes in f32");
    toy_system(SLT_F64);
    TAP_EQ_U64(width_of_run(), 8, "8 in f64");
    toy_system(SLT_FIXED);
    TAP_EQ_U64(width_of_run(), 1, "one by one in fixed point");
    toy_system(SLT_F32)->mala_acceptance = true;
    TAP_EQ_U64(width_of_run(), 1, "and with MALA acceptance");
    toy_system(SLT_F32)->orthogonal = true;
    TAP_EQ_U64(width_of_run(), 1, "and where chains are restricted");
    system_begin(&run, SLT_F32, 1);
    system_teacher_data(&run, 10, 40, 30, 0.5, 0.2);
    system_two_layers(&run, 40, 20, 30);
    system_llc(&run, 1e-3, 1, 20, CHAINS, 3);
    TAP_EQ_U64(width_of_run(), 1, "and of a model that fills vectors by itself");
}

static void test_share(void)
{
    scene open;
    toy_system(SLT_F32);
    open_scene(&open, 0);
    TAP_OK(slt_chain_group_share(open.sampler, 33) == 16 &&
               slt_chain_group_share(open.sampler, 16) == 16 &&
               slt_chain_group_share(open.sampler, 10) == 10 &&
               slt_chain_group_share(open.sampler, 9) == 1,
           "groups are full, or not far from it");
    close_scene(&open);
}

int main(void)
{
    system_start();
    if (slt_num_available(SLT_F32, NULL) != SLT_OK || slt_num_isa() == SLT_ISA_SCALAR) {
        tap_skip("chains in lanes", "no fma on this CPU, or no vectors");
        return tap_done();
    }
    test_batches(toy_system, "a toy model of superposition");
    test_batches(odd_system, "other ops");
    test_batches(refined_system, "of some weights and blocks");
    test_apart();
    test_samplers();
    test_priors();
    test_boxes();
    test_divergence(SLT_F32, false);
    test_divergence(SLT_F32, true);
    test_divergence(SLT_F64, false);
    test_width();
    test_share();
    return tap_done();
}
