/* Chains restricted to weights and blocks: bits against chains that are not, against
 * frozen weights and against a plain loop. */
#include "learn/refine.h"

#include <math.h>

#include "learn/hessian.h"
#include "learn/sampler.h"
#include "num/scalar.h"
#include "chain_sample.h"

/* ---- What is restricted to --------------------------------------------------------- */

/* Two layers, W1 [5, 4] and W2 [3, 5], and a bias of W2's. */
static slt_llc_spec *layers(slt_arithmetic arithmetic, uint64_t draws)
{
    system_begin(&run, arithmetic, 5);
    system_teacher_data(&run, 10, 4, 3, 0.5, 0.2);
    system_two_layers(&run, 4, 5, 3);
    system_normal(system_weight(&run, "b", 1, 3), 0.3);
    snprintf(run.model.ops[run.model.op_count - 1].bias, SLT_NAME_MAX, "b");
    slt_llc_spec *spec = system_llc(&run, 1e-3, 1, 30, 2, draws);
    spec->stein = true;
    return spec;
}

static void move_weight(slt_llc_spec *spec, const char *name)
{
    snprintf(spec->restricted.weights[spec->restricted.weight_count++], SLT_NAME_MAX,
             "%s", name);
}

/* Another part of a block of that name, which is made where it is new. */
static void add_part(const char *block, const char *weight, slt_range rows,
                     slt_range columns)
{
    const size_t at = slt_model_block(&run.model, block);
    slt_block_spec *to = &run.model.blocks[at];
    if (at == run.model.block_count) {
        *to = (slt_block_spec){0};
        snprintf(to->name, SLT_NAME_MAX, "%s", block);
        run.model.block_count++;
    }
    slt_block_part *part = &to->parts[to->part_count++];
    *part = (slt_block_part){.rows = rows, .columns = columns};
    snprintf(part->weight, SLT_NAME_MAX, "%s", weight);
}

static void move_block(slt_llc_spec *spec, const char *name)
{
    snprintf(spec->restricted.blocks[spec->restricted.block_count++], SLT_NAME_MAX, "%s",
             name);
}

#define ALL ((slt_range){0, 0})

/* Of W1 rows 1 and 2 by columns 1 to 3, and row 4 by column 0; of the bias its middle. */
static void move_corners(slt_llc_spec *spec)
{
    add_part("corners", "W1", (slt_range){1, 2}, (slt_range){1, 0});
    add_part("corners", "W1", (slt_range){4, 0}, (slt_range){0, 1});
    add_part("corners", "b", ALL, (slt_range){1, 1});
    move_block(spec, "corners");
}

/* Element e of a weight. */
static bool is_corner(size_t weight, size_t e)
{
    const size_t row = e / 4, column = e % 4;
    if (weight == 0)
        return ((row == 1 || row == 2) && column >= 1) || (row == 4 && column == 0);
    return weight == 2 && e == 1;
}

/* ---- Chains ------------------------------------------------------------------------ */

static slt_chain chain_of(const scene *open, uint32_t number, uint64_t updates)
{
    walk path = open_walk(open, number);
    slt_chain_advance(path.worker, &path.chain, updates);
    slt_chain_worker_free(path.worker);
    return path.chain;
}

static bool same_chain(const slt_chain *a, const slt_chain *b)
{
    return a->status == b->status && a->updates == b->updates && a->draws == b->draws &&
           !memcmp(a->losses, b->losses, a->draws * sizeof *a->losses) &&
           !memcmp(&a->stein, &b->stein, sizeof a->stein) &&
           a->acceptance_sum.bits == b->acceptance_sum.bits &&
           system_same_params(&a->weights, &b->weights);
}

/* The chain of the run, to its end. */
static slt_chain whole_chain(uint64_t *moving)
{
    scene open;
    open_scene(&open, 0);
    slt_chain made = chain_of(&open, 1, UINT64_MAX);
    *moving = slt_sampler_setup(open.sampler)->moving;
    close_scene(&open);
    return made;
}

/* Whether two ways to say what moves give the same bits. */
static bool are_same(void (*one)(slt_llc_spec *), void (*other)(slt_llc_spec *),
                     slt_arithmetic arithmetic, bool full, bool orthogonal, bool mala)
{
    slt_chain made[2];
    uint64_t moving[2];
    for (size_t i = 0; i < 2; i++) {
        slt_llc_spec *spec = layers(arithmetic, 20);
        if (!full)
            spec->batch = (slt_batch_spec){.order = SLT_BATCH_EPOCHS, .size = 4};
        spec->orthogonal = orthogonal;
        spec->mala_acceptance = mala;
        (i ? other : one)(spec);
        made[i] = whole_chain(&moving[i]);
    }
    const bool same = moving[0] == moving[1] && same_chain(&made[0], &made[1]);
    slt_chain_free(&made[0]);
    slt_chain_free(&made[1]);
    return same;
}

static void all_of_them(slt_llc_spec *spec)
{
    (void)spec;
}

static void all_listed(slt_llc_spec *spec)
{
    move_weight(spec, "b");
    move_weight(spec, "W1");
    move_weight(spec, "W2");
}

static void one_listed(slt_llc_spec *spec)
{
    move_weight(spec, "W1");
}

static void others_frozen(slt_llc_spec *spec)
{
    (void)spec;
    run.model.weights[1].trainable = run.model.weights[2].trainable = false;
}

static void one_block(slt_llc_spec *spec)
{
    add_part("whole", "W1", ALL, ALL);
    move_block(spec, "whole");
}

static void one_in_pieces(slt_llc_spec *spec)
{
    add_part("left", "W1", ALL, (slt_range){0, 2});
    add_part("right", "W1", (slt_range){0, 3}, (slt_range){2, 2});
    add_part("right", "W1", (slt_range){3, 0}, (slt_range){1, 3});
    move_block(spec, "left");
    move_block(spec, "right");
}

static void corners_and_more(slt_llc_spec *spec)
{
    move_corners(spec);
    move_weight(spec, "W1");
    add_part("bias", "b", ALL, (slt_range){0, 2});
    move_block(spec, "bias");
}

static void more_alone(slt_llc_spec *spec)
{
    move_weight(spec, "W1");
    add_part("bias", "b", ALL, (slt_range){0, 2});
    move_block(spec, "bias");
}

static void test_same(slt_arithmetic arithmetic)
{
    static const struct {
        void (*one)(slt_llc_spec *), (*other)(slt_llc_spec *);
        const char *name;
    } rows[] = {
        {all_of_them, all_listed, "all weights listed are no restriction"},
        {one_listed, others_frozen, "weights that are not listed are frozen"},
        {one_listed, one_block, "a block that is a weight"},
        {one_listed, one_in_pieces, "blocks that overlap and make up a weight"},
        {more_alone, corners_and_more, "numbers named twice"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool same = true;
        for (int k = 0; k < 4; k++)
            same &= are_same(rows[i].one, rows[i].other, arithmetic, k > 1 || k == 0,
                             k == 2, k == 3);
        TAP_OK(same, "%s: %s", slt_arithmetic_name(arithmetic), rows[i].name);
    }
}

/* ---- Parts of weights -------------------------------------------------------------- */

static void keep_corners(const slt_params *from, slt_params *to)
{
    for (size_t i = 0; i < to->count; i++) {
        const size_t size = slt_arithmetic_size(to->tensor[i].arithmetic);
        for (size_t e = 0; e < slt_tensor_count(&to->tensor[i]); e++)
            if (!is_corner(i, e) && from)
                memcpy((char *)to->tensor[i].data + e * size,
                       (const char *)from->tensor[i].data + e * size, size);
            else if (!is_corner(i, e))
                memset((char *)to->tensor[i].data + e * size, 0, size);
    }
}

/* The step of all numbers by a gradient without those that stay, and those put back. */
static void test_plain_loop(slt_arithmetic arithmetic)
{
    slt_llc_spec *spec = layers(arithmetic, 9);
    spec->batch = (slt_batch_spec){.order = SLT_BATCH_FRESH, .size = 4};
    move_corners(spec);
    scene open;
    open_scene(&open, 0);
    const slt_batch *all = &slt_trainer_data(open.trainer)->train;
    slt_params w, g;
    slt_net *net;
    slt_batcher *batcher;
    slt_error err;
    system_must(slt_params_create(&run.model, arithmetic, &w, &err), &err);
    system_must(slt_params_create(&run.model, arithmetic, &g, &err), &err);
    system_must(slt_net_create(&run.model, all, all->rows, arithmetic, &net, &err), &err);
    system_must(slt_batcher_create(&spec->batch, slt_trainer_data(open.trainer), run.seed,
                                   SLT_DRAW_SGLD_BATCH, 1, 1, &batcher, &err),
                &err);
    slt_params_copy(&w, &open.state.weights);
    for (uint32_t s = 0; s < 8; s++) {
        slt_net_gradient(net, &w, slt_batcher_at(batcher, s), &g);
        keep_corners(NULL, &g);
        for (uint32_t i = 0; i < w.count; i++)
            slt_num_sgld(&open.sampler->step,
                         slt_stream_of(run.seed, SLT_DRAW_SGLD, i, 1, s, 1), &g.tensor[i],
                         &open.state.weights.tensor[i], &w.tensor[i]);
        keep_corners(&open.state.weights, &w);
    }
    slt_chain made = chain_of(&open, 1, UINT64_MAX);
    TAP_OK(made.updates == 8 && system_same_params(&w, &made.weights),
           "%s: weights after 8 updates as by a plain loop",
           slt_arithmetic_name(arithmetic));
    TAP_EQ_U64(slt_sampler_setup(open.sampler)->moving, 8, "8 numbers move");
    slt_chain_free(&made);
    slt_batcher_free(batcher);
    slt_net_free(net);
    slt_params_free(&g);
    slt_params_free(&w);
    close_scene(&open);
}

/* Bits of elements that move are those of `free`, others those of `stay`. */
static bool is_mixture(const slt_params *w, const slt_params *moved,
                       const slt_params *stay)
{
    bool same = true;
    for (size_t i = 0; i < w->count; i++) {
        const size_t size = slt_arithmetic_size(w->tensor[i].arithmetic);
        for (size_t e = 0; e < slt_tensor_count(&w->tensor[i]); e++)
            same &= !memcmp(
                (const char *)w->tensor[i].data + e * size,
                (const char *)(is_corner(i, e) ? moved : stay)->tensor[i].data + e * size,
                size);
    }
    return same;
}

/* The first update of a number is that of a chain that is not restricted: the same
 * gradient, the same noise. */
static void test_noise(slt_arithmetic arithmetic)
{
    slt_llc_spec *spec = layers(arithmetic, 9);
    scene open;
    open_scene(&open, 0);
    slt_chain unbound = chain_of(&open, 1, 1);
    close_scene(&open);
    move_corners(spec);
    open_scene(&open, 0);
    slt_chain made = chain_of(&open, 1, 1);
    TAP_OK(is_mixture(&made.weights, &unbound.weights, &open.state.weights),
           "%s: a number's first step is that of a free chain, or none",
           slt_arithmetic_name(arithmetic));
    slt_chain_free(&made);
    slt_chain_free(&unbound);
    made = chain_of(&open, 0, UINT64_MAX);
    TAP_OK(is_mixture(&made.weights, &made.weights, &open.state.weights),
           "%s: what stays is w* at the end", slt_arithmetic_name(arithmetic));
    slt_chain_free(&made);
    close_scene(&open);
}

/* A plane among the numbers that move: one less, and the others stay to the bit, -0 too,
 * which the projection would make +0. */
static void test_plane(slt_arithmetic arithmetic)
{
    slt_llc_spec *spec = layers(arithmetic, 40);
    spec->orthogonal = true;
    move_corners(spec);
    scene open;
    open_scene(&open, 0);
    if (arithmetic != SLT_FIXED)
        slt_tensor_set(&open.state.weights.tensor[0], 0,
                       slt_real_neg(slt_real_from_u64(0)));
    slt_chain made = chain_of(&open, 0, UINT64_MAX);
    double along = 0, g = 0, d = 0;
    for (size_t i = 0; i < made.weights.count; i++)
        for (size_t e = 0; e < slt_tensor_count(&made.weights.tensor[i]); e++) {
            const double normal =
                slt_real_double(slt_tensor_get(&open.sampler->normal.tensor[i], e));
            const double far = slt_real_double(
                slt_real_sub(slt_tensor_get(&made.weights.tensor[i], e),
                             slt_tensor_get(&open.state.weights.tensor[i], e)));
            along += normal * far;
            g += normal * normal;
            d += far * far;
        }
    TAP_OK(is_mixture(&made.weights, &made.weights, &open.state.weights) && d > 0 &&
               fabs(along) < (arithmetic == SLT_F32 ? 1e-5 : 1e-12) * sqrt(g * d),
           "%s: in a plane among the numbers that move", slt_arithmetic_name(arithmetic));
    TAP_EQ_U64(slt_sampler_setup(open.sampler)->moving, 7, "one of 8 dimensions less");
    slt_chain_free(&made);
    close_scene(&open);
}

/* ---- What nobody looks at ---------------------------------------------------------- */

/* Two outputs of 3e38 times the second hidden number, which is 0: the gradient by the
 * weights that make it is infinite, all else is finite. */
static slt_llc_spec *steep(void)
{
    system_begin(&run, SLT_F32, 3);
    system_constant_data(&run, 4, 2, 1, 40);
    slt_weight_spec *in = system_weight(&run, "in", 2, 1);
    in->init = (slt_init_spec){.kind = SLT_INIT_VALUES, .value_count = 2};
    in->init.values[0] = slt_real_of(1);
    slt_weight_spec *out = system_weight(&run, "out", 2, 2);
    out->init = (slt_init_spec){.kind = SLT_INIT_VALUES, .value_count = 4};
    out->init.values[0] = out->init.values[2] = slt_real_of(1);
    out->init.values[1] = out->init.values[3] = slt_real_of(3e38);
    system_op(&run, "linear", "x", "in", "h");
    system_op(&run, "linear", "h", "out", "y");
    system_loss(&run, false);
    return system_llc(&run, 1e-4, 1, 1, 2, 5);
}

static slt_chain_status status_of_run(void)
{
    uint64_t moving;
    slt_chain made = whole_chain(&moving);
    const slt_chain_status status = made.status;
    slt_chain_free(&made);
    return status;
}

/* Chain 1 is the one that is looked at. */
static void test_infinite_gradient(void)
{
    slt_llc_spec *spec = steep();
    move_weight(spec, "in");
    TAP_EQ_U64(status_of_run(), SLT_CHAIN_DIVERGED, "an infinite gradient");
    spec = steep();
    add_part("first", "in", (slt_range){0, 1}, ALL);
    move_block(spec, "first");
    TAP_EQ_U64(status_of_run(), SLT_CHAIN_DONE, "nobody looks at where numbers stay");
}

/* A weight that nothing uses, whose noise does not fit in its first element. */
static void test_overflow(void)
{
    system_begin(&run, SLT_FIXED, 3);
    system_constant_data(&run, 4, 2, 1, 0.5);
    system_normal(system_weight(&run, "W", 2, 1), 0.5);
    slt_weight_spec *far = system_weight(&run, "far", 1, 8);
    far->init = (slt_init_spec){.kind = SLT_INIT_VALUES,
                                .value_count = 1,
                                .values = {slt_real_of(32767.99)},
                                .rest_given = true};
    system_op(&run, "linear", "x", "W", "y");
    system_loss(&run, false);
    slt_llc_spec *spec = system_llc(&run, 1e-2, 0, 1, 2, 12);
    add_part("others", "far", ALL, (slt_range){1, 0});
    move_block(spec, "others");
    TAP_EQ_U64(status_of_run(), SLT_CHAIN_OVERFLOW,
               "in fixed point an overflow in the weight is one wherever it stands");
}

/* ---- The Hessian ------------------------------------------------------------------- */

/* One output of three inputs: H = 2/n X'X.  v'Hv of the block, from the signs that a
 * probe of all numbers has. */
static void test_hessian(slt_hessian_method method)
{
    system_begin(&run, SLT_F64, 8);
    system_teacher_data(&run, 9, 3, 1, 1, 1);
    system_weight(&run, "W", 1, 3);
    system_op(&run, "linear", "x", "W", "y");
    system_loss(&run, false);
    slt_llc_spec *spec = system_llc(&run, 1e-3, 1, 1, 1, 1);
    spec->hessian = (slt_hessian_spec){.probes = 1, .method = method};
    add_part("ends", "W", ALL, (slt_range){0, 1});
    add_part("ends", "W", ALL, (slt_range){2, 1});
    move_block(spec, "ends");
    scene open;
    open_scene(&open, 0);
    const slt_data *data = slt_trainer_data(open.trainer);
    slt_hessian *hessian;
    slt_tensor v;
    slt_error err;
    double want = 0;
    system_must(slt_tensor_create(&v, SLT_F64, 1, 3, &err), &err);
    slt_draw_signs(slt_stream_of(run.seed, SLT_DRAW_HESSIAN, 0, 0, 6, 1), &v);
    for (size_t s = 0; s < 9; s++) {
        const slt_tensor *x = &data->train.input[0];
        const double along = slt_real_double(slt_tensor_get(&v, 0)) *
                                 slt_real_double(slt_tensor_get(x, 3 * s)) +
                             slt_real_double(slt_tensor_get(&v, 2)) *
                                 slt_real_double(slt_tensor_get(x, 3 * s + 2));
        want += 2.0 / 9 * along * along;
    }
    system_must(slt_hessian_create(&run, &spec->hessian, &open.sampler->refined, data, 0,
                                   &hessian, &err),
                &err);
    slt_hessian_place(hessian, &open.state.weights, 0, 1);
    const double found = slt_real_double(slt_hessian_probe(hessian, 6));
    TAP_OK(fabs(found - want) < 1e-7 * want, "%s: probes of the block alone: %g, %g",
           method ? "exact" : "difference", found, want);
    slt_hessian_free(hessian);
    slt_tensor_free(&v);
    close_scene(&open);
}

int main(void)
{
    system_start();
    test_same(SLT_F32);
    test_same(SLT_F64);
    test_same(SLT_FIXED);
    for (slt_arithmetic a = SLT_F32; a <= SLT_FIXED; a++) {
        test_plain_loop(a);
        test_noise(a);
        test_plane(a);
    }
    test_infinite_gradient();
    test_overflow();
    test_hessian(SLT_HESSIAN_DIFFERENCE);
    test_hessian(SLT_HESSIAN_EXACT);
    return tap_done();
}
