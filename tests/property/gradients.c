/* Analytic gradients, and products with the Hessian, against finite differences in f64
 * and fixed on random graphs.
 *
 * A graph is made from a Philox seed (printed; SLT_GRAPH_SEED sets another): linear ops
 * plain, transposed, with and without bias; weights new, used again, tied, frozen; every
 * other op; values used several times, and with positions, some of them so many that sums
 * over them are long ones.  Each trainable number (up to a few per weight) is
 * moved by +-h and +-2h: the fourth-order difference has an error near 1e-11, far below
 * the one part in a thousand by which the build with SLT_FAULT_BACKWARD spoils each op
 * and loss in turn, which it must find.
 * Where a step crosses a ReLU's kink, or another number of a window becomes the largest,
 * there is no derivative to compare: such numbers are counted and left out.
 *
 * Every gradient of fixed point is also held against that of f64 at the same numbers: by
 * differences of losses a small one is not seen there.
 *
 * A product with the Hessian is held against the same differences of whole gradients,
 * along a random direction of all weights at once. */
#include <math.h>

#include "nets.h"
#include "net/image.h"
#include "net/second.h"

enum { NUMBERS_PER_WEIGHT = 6 };

/* Products in fixed point round their operands to 29 bits or so: its losses jump by 1e-9,
 * its differences by that over the step. */
static const struct way {
    slt_arithmetic arithmetic;
    uint32_t graphs;
    double step, tolerance, floor; /* beside |gradient|: this share of the loss */
    double second; /* tolerance of a product, as a share of its largest number */
} ways[] = {{SLT_F64, 1500, 0x1p-13, 1e-7, 1e-3, 1e-6},
            {SLT_FIXED, 600, 0x1p-9, 4e-5, 1, 1e-3}};
enum { WAYS = sizeof ways / sizeof *ways };

/* Of fixed point's gradients beside those of f64: off by this share, of so much at least.
 */
#define BESIDE_F64 1e-4
#define FLOOR_BESIDE_F64 1e-3

enum { SHARE = 6 }; /* of the graphs, where the test is to be brief */

static const struct way *way;
static slt_model_spec model;

#ifdef SLT_FAULT_BACKWARD
const char *slt_fault_backward = "";
static const bool faulty = true;
#else
static const char *slt_fault_backward;
static const bool faulty = false;
#endif

/* ---- Random graphs ----------------------------------------------------------------- */

typedef struct maker {
    slt_stream stream;
    uint64_t drawn;
    char value[SLT_OPS_MAX + 2][SLT_NAME_MAX];
    size_t width[SLT_OPS_MAX + 2];
    slt_positions positions[SLT_OPS_MAX + 2];
    int degree[SLT_OPS_MAX + 2]; /* of squares, to keep numbers moderate */
    size_t values;
    size_t range;         /* the index input's numbers are below it; 0: there is none */
    slt_positions placed; /* of it */
    bool strings;         /* there are inputs of strings and their sites */
} maker;

static size_t below(maker *make, size_t n)
{
    return (size_t)slt_draw_bounded(make->stream, make->drawn++, n);
}

static bool chance(maker *make, size_t percent)
{
    return below(make, 100) < percent;
}

/* What the graphs contain, so that a test with nothing in it is seen. */
static struct {
    size_t transposed, shared, tied, frozen, bias, again, skipped, compared, graphs_bad;
    size_t placed, grids, ranges, every, lasts, longs, classes, still, balanced, sides;
    size_t by_tanh, masked, over, alone, plain_rows, last_only, ignoring;
    size_t second_bad, second_compared[2], beside;
} seen;
static size_t op_seen[SLT_OPS_MAX];

static void count_op(const char *name)
{
    for (size_t i = 0; slt_net_op_name(i); i++)
        op_seen[i] += strcmp(slt_net_op_name(i), name) == 0;
}

/* A weight of that shape: one there already, one tied to it, or a new one. */
static const char *pick_weight(maker *make, size_t rows, size_t cols)
{
    char name[SLT_NAME_MAX];
    size_t first = below(make, model.weight_count + 1);
    snprintf(name, sizeof name, "w%zu", model.weight_count);
    for (size_t i = first; i < model.weight_count; i++) {
        slt_weight_spec *weight = &model.weights[i];
        if (weight->rows != rows || weight->cols != cols || weight->dimensions != 2)
            continue;
        if (chance(make, 60)) {
            seen.shared++;
            return weight->name;
        }
        seen.tied++;
        return nets_tied(&model, name, weight->name)->name;
    }
    slt_weight_spec *weight = nets_weight(&model, name, rows, cols);
    weight->trainable = !chance(make, 15);
    seen.frozen += !weight->trainable;
    return weight->name;
}

static bool alike(const maker *make, size_t a, size_t b)
{
    return slt_positions_equal(&make->positions[a], &make->positions[b]);
}

/* Mostly the newest values; sometimes any. */
static size_t pick_value(maker *make)
{
    size_t back = chance(make, 60) ? below(make, 2) : below(make, make->values);
    return back < make->values ? make->values - 1 - back : 0;
}

static void name_placed(maker *make, const slt_op_spec *op, slt_positions positions,
                        size_t width, int degree)
{
    snprintf(make->value[make->values], SLT_NAME_MAX, "%s", op->out);
    make->width[make->values] = width;
    make->positions[make->values] = positions;
    make->degree[make->values++] = degree;
    count_op(op->op);
}

/* Of an op whose output has the positions of its first input. */
static void name_value(maker *make, const slt_op_spec *op, size_t width, int degree)
{
    slt_positions positions = {0};
    for (size_t i = 0; i < make->values; i++)
        if (strcmp(make->value[i], op->in[0]) == 0)
            positions = make->positions[i];
    name_placed(make, op, positions, width, degree);
}

static void make_linear(maker *make, size_t in, size_t width, const char *out)
{
    bool transpose = chance(make, 40);
    size_t rows = transpose ? make->width[in] : width;
    size_t cols = transpose ? width : make->width[in];
    const char *weight = pick_weight(make, rows, cols);
    const char *bias = chance(make, 50) ? pick_weight(make, 1, width) : "";
    slt_op_spec *op = nets_linear(&model, make->value[in], weight, bias, out);
    op->transpose = transpose;
    seen.transposed += transpose;
    seen.bias += bias[0] != 0;
    name_value(make, op, width, make->degree[in]);
}

static void make_add(maker *make, size_t in, const char *out)
{
    slt_op_spec *op = nets_op(&model, "add", make->value[in], out);
    size_t count = 2 + below(make, SLT_OP_INPUTS_MAX - 1);
    int degree = make->degree[in];
    for (size_t i = 0; op->inputs < count; i++) {
        size_t other = i < 8 ? below(make, make->values) : in;
        if (make->width[other] != make->width[in] || !alike(make, other, in))
            continue;
        nets_input(op, make->value[other]);
        seen.again++;
        degree = make->degree[other] > degree ? make->degree[other] : degree;
    }
    name_value(make, op, make->width[in], degree);
}

/* A value of that width and those positions, another one where there is one. */
static size_t pick_like(maker *make, size_t in)
{
    for (size_t i = 0; i < 8; i++) {
        const size_t other = below(make, make->values);
        if (make->width[other] == make->width[in] && alike(make, other, in))
            return other;
    }
    return in;
}

static void make_pair(maker *make, size_t in, const char *out)
{
    const size_t other = pick_like(make, in);
    const int more =
        make->degree[other] > make->degree[in] ? make->degree[other] : make->degree[in];
    const bool product = more < 2 && chance(make, 60);
    slt_op_spec *op =
        nets_op(&model, product ? "multiply" : "subtract", make->value[in], out);
    nets_input(op, make->value[other]);
    seen.again += in == other;
    name_value(make, op, make->width[in], more + product);
}

static void make_scale(maker *make, size_t in, const char *out)
{
    slt_op_spec *op = nets_op(&model, "scale", make->value[in], out);
    op->factor = slt_real_of(((double)below(make, 31) - 15) / 10);
    name_value(make, op, make->width[in], make->degree[in]);
}

static void make_concat(maker *make, size_t in, const char *out)
{
    slt_op_spec *op = nets_op(&model, "concat", make->value[in], out);
    size_t width = make->width[in];
    int degree = make->degree[in];
    for (size_t count = 2 + below(make, SLT_OP_INPUTS_MAX - 1); op->inputs < count;) {
        const size_t any = pick_value(make), other = alike(make, any, in) ? any : in;
        nets_input(op, make->value[other]);
        width += make->width[other];
        degree = make->degree[other] > degree ? make->degree[other] : degree;
    }
    name_value(make, op, width, degree);
}

static void make_embedding(maker *make, const char *out)
{
    size_t width = 1 + below(make, 5);
    slt_op_spec *op = nets_op(&model, "embedding", "at", out);
    nets_name(op->weight, pick_weight(make, make->range, width));
    name_placed(make, op, make->placed, width, 0);
}

/* A weight that no other op has: its numbers are kept away from those where a string's
 * vector has no length, near which differences say nothing. */
static slt_weight_spec *make_apart(char letter, size_t rows, size_t d)
{
    char name[SLT_NAME_MAX];
    snprintf(name, sizeof name, "%c%zu", letter, model.weight_count);
    return nets_weight(&model, name, rows, d);
}

/* Matrices that stay, seen from their own eigenvectors, as vectors or divided. */
static void make_still(maker *make, slt_op_spec *op, slt_weight_spec *a)
{
    static const char *const words[] = {"dominant", "largest"};
    a->trainable = false;
    nets_name(op->further[SLT_OP_LEFT], words[below(make, 2)]);
    nets_name(op->further[SLT_OP_RIGHT], words[below(make, 2)]);
    op->norm = (slt_attention_norm)below(make, 1 + SLT_ATTENTION_SPECTRAL);
    if (op->norm == SLT_ATTENTION_SPECTRAL && a->cols != 2)
        op->norm = SLT_ATTENTION_FROBENIUS;
    seen.still++;
}

static void name_weight(char to[SLT_NAME_MAX], const char *name)
{
    memcpy(to, name, SLT_NAME_MAX);
}

static void make_attention(maker *make, const char *out)
{
    const size_t d = 2 + below(make, 2);
    slt_op_spec *op = nets_input(nets_op(&model, "attention", "strings", out), "sites");
    slt_weight_spec *a = make_apart('a', 2 * d, d), *left, *right;
    const bool readout = chance(make, 60);
    name_weight(op->weight, a->name);
    if (chance(make, 20)) {
        make_still(make, op, a);
    } else {
        left = make_apart('l', 1, d);
        right = chance(make, 20) ? left : make_apart('r', 1, d);
        name_weight(op->further[SLT_OP_LEFT], left->name);
        name_weight(op->further[SLT_OP_RIGHT], right->name);
    }
    if (readout)
        name_weight(op->further[SLT_OP_READOUT],
                    chance(make, 20) ? a->name : pick_weight(make, 2 * d, d));
    op->balanced = readout && chance(make, 40);
    op->features = readout ? SLT_FEATURES_BOTH
                           : (slt_attention_features)below(make, 1 + SLT_FEATURES_RIGHT);
    seen.balanced += op->balanced;
    seen.sides += op->features != SLT_FEATURES_BOTH;
    name_value(make, op, readout ? 1 : op->features ? d : 2 * d * d, 0);
}

static const char *next_name(const maker *make)
{
    static char name[SLT_NAME_MAX];
    snprintf(name, sizeof name, "v%zu", make->values);
    return name;
}

/* relu of a linear op, added to a value of that width: ops that may write over each
 * other's values where nothing else takes them. */
static void make_branch(maker *make)
{
    const size_t to = pick_value(make), from = pick_value(make), width = make->width[to];
    make_linear(make, alike(make, from, to) ? from : to, width, next_name(make));
    const size_t last = make->values - 1;
    name_value(make, nets_op(&model, "relu", make->value[last], next_name(make)), width,
               make->degree[last]);
    slt_op_spec *op =
        nets_op(&model, "add", make->value[make->values - 1], next_name(make));
    nets_input(op, make->value[to]);
    seen.again++;
    const int degree =
        make->degree[to] > make->degree[last] ? make->degree[to] : make->degree[last];
    name_value(make, op, width, degree);
}

/* Element by element; GELU in both forms. */
static void make_curve(maker *make, const char *name, size_t in, const char *out)
{
    const bool squares = strcmp(name, "square") == 0;
    slt_op_spec *op = nets_op(&model, name, make->value[in], out);
    if (strcmp(name, "gelu") == 0 && chance(make, 50))
        op->form = SLT_FORM_TANH;
    seen.by_tanh += op->form == SLT_FORM_TANH;
    name_value(make, op, make->width[in], make->degree[in] + squares);
}

static void make_softmax(maker *make, size_t in, const char *out)
{
    const slt_positions *positions = &make->positions[in];
    slt_op_spec *op = nets_op(&model, "softmax", make->value[in], out);
    if (positions->axes && positions->size[positions->axes - 1] <= make->width[in])
        op->mask = (slt_mask)below(make, 1 + SLT_MASK_CAUSAL);
    seen.masked += op->mask == SLT_MASK_CAUSAL;
    name_value(make, op, make->width[in], 0);
}

/* Columns by a number each, and rows by their size. */
static void make_norm(maker *make, size_t in, const char *out)
{
    static const char *const names[] = {"affine", "layernorm", "rmsnorm"};
    const size_t kind = below(make, 3), width = make->width[in];
    slt_op_spec *op = nets_op(&model, names[kind], make->value[in], out);
    if (kind == 0 || chance(make, 60))
        nets_name(op->weight, pick_weight(make, 1, width));
    if (chance(make, 40))
        nets_name(op->bias, pick_weight(make, 1, width));
    op->eps = slt_real_of(kind ? 0.2 + (double)below(make, 8) / 10 : 0);
    seen.plain_rows += kind && !op->weight[0];
    name_value(make, op, width, kind ? 0 : make->degree[in] + 1);
}

/* ---- Positions --------------------------------------------------------------------- */

/* Other axes of so many numbers: a divisor of them, and of what is left another. */
static void make_reshape(maker *make, size_t in, const char *out)
{
    slt_positions positions = {.axes = 1 + below(make, SLT_POSITION_AXES_MAX)};
    size_t left = slt_positions_count(&make->positions[in]) * make->width[in];
    slt_op_spec *op = nets_op(&model, "reshape", make->value[in], out);
    for (size_t i = 0; i < positions.axes; i++) {
        size_t size = 1 + below(make, 6);
        while (left % size)
            size--;
        op->shape[i] = positions.size[i] = size;
        left /= size;
    }
    op->shape[positions.axes] = left;
    op->shape_axes = positions.axes + 1;
    name_placed(make, op, positions, left, make->degree[in]);
}

static void make_select(maker *make, size_t in, const char *out)
{
    slt_positions positions = make->positions[in];
    const size_t size = positions.size[0];
    slt_op_spec *op = nets_op(&model, "select", make->value[in], out);
    if (chance(make, 50)) {
        op->selects_one = true;
        op->selects_last = chance(make, 40);
        op->at = op->selects_last ? 0 : below(make, size);
        seen.lasts += op->selects_last;
        positions.axes--;
        memmove(positions.size, positions.size + 1,
                positions.axes * sizeof *positions.size);
    } else if (size % 2 == 0 && chance(make, 50)) {
        op->every = 2;
        op->from = below(make, 2);
        positions.size[0] = size / 2;
        seen.every++;
    } else {
        op->from = below(make, size);
        positions.size[0] = size - op->from;
        if (chance(make, 60))
            op->count = positions.size[0] = 1 + below(make, size - op->from);
        seen.ranges++;
    }
    name_placed(make, op, positions, make->width[in], make->degree[in]);
}

static void make_position(maker *make, size_t in, const char *out)
{
    const slt_positions *positions = &make->positions[in];
    const size_t rows = positions->size[0], count = slt_positions_count(positions);
    slt_op_spec *op = nets_op(&model, "position", make->value[in], out);
    if (positions->axes == 1) {
        nets_name(op->weight, pick_weight(make, rows, make->width[in]));
    } else {
        slt_weight_spec *weight = make_apart('w', rows, count / rows * make->width[in]);
        nets_axes(weight, positions, make->width[in]);
        name_weight(op->weight, weight->name);
        seen.grids++;
    }
    name_value(make, op, make->width[in], make->degree[in]);
}

/* Of both axes, one number for both where they are equal. */
static void set_pair(slt_op_pair *pair, const size_t number[2])
{
    pair->count = number[0] == number[1] ? 0 : 2;
    memcpy(pair->number, number, sizeof pair->number);
}

/* A window that fits, over the edge or not. */
static slt_window draw_window(maker *make, const slt_positions *positions, bool pool)
{
    slt_window window = {.in = {positions->size[0], positions->size[1]}};
    do {
        for (int i = 0; i < 2; i++) {
            window.size[i] = 1 + below(make, 3);
            window.stride[i] = 1 + below(make, 3);
            window.padding[i] = below(make, pool ? window.size[i] / 2 + 1 : 3);
            window.dilation[i] = pool ? 1 : 1 + below(make, 2);
        }
    } while (!slt_window_fit(&window));
    return window;
}

/* A convolution or a pool of an image. */
static void make_image(maker *make, size_t in, const char *out)
{
    static const char *const names[] = {"conv2d", "maxpool", "meanpool"};
    const char *name = names[below(make, 3)];
    const bool pool = strcmp(name, "conv2d") != 0;
    const slt_window window = draw_window(make, &make->positions[in], pool);
    const slt_positions positions = {2, {window.out[0], window.out[1]}};
    slt_op_spec *op = nets_op(&model, name, make->value[in], out);
    size_t width = make->width[in];
    set_pair(&op->stride, window.stride);
    set_pair(&op->padding, window.padding);
    if (pool) {
        set_pair(&op->window, window.size);
    } else {
        const size_t outputs = 1 + below(make, 4);
        const slt_positions axes = {3, {outputs, window.size[0], window.size[1]}};
        slt_weight_spec *weight =
            make_apart('w', outputs, slt_window_places(&window) * width);
        nets_axes(weight, &axes, width);
        width = outputs;
        set_pair(&op->dilation, window.dilation);
        name_weight(op->weight, weight->name);
        if (chance(make, 50))
            nets_name(op->bias, pick_weight(make, 1, width));
        seen.bias += op->bias[0] != 0;
    }
    seen.over += window.padding[0] || window.padding[1];
    name_placed(make, op, positions, width, make->degree[in]);
}

static size_t make_rotary(maker *make, size_t in, size_t heads)
{
    slt_op_spec *op = nets_op(&model, "rotary", make->value[in], next_name(make));
    op->heads = heads;
    op->base = slt_real_of(1 + (double)below(make, 100));
    op->neighbours = chance(make, 50);
    name_value(make, op, make->width[in], make->degree[in]);
    return make->values - 1;
}

/* Attention of a value's own positions, or of its last one alone. */
static void make_dot_attention(maker *make, size_t in)
{
    const size_t heads = 1 + below(make, 2), first = make->values;
    const size_t width = 2 * heads, depth = heads * (1 + below(make, 2));
    const size_t widths[] = {width, width, depth};
    for (size_t i = 0; i < 3; i++)
        make_linear(make, in, widths[i], next_name(make));
    size_t q = first, k = first + 1;
    if (chance(make, 50)) {
        q = make_rotary(make, q, heads);
        k = make_rotary(make, k, heads);
    }
    if (chance(make, 30)) {
        slt_op_spec *last = nets_op(&model, "select", make->value[q], next_name(make));
        last->selects_one = last->selects_last = true;
        name_placed(make, last, (slt_positions){0}, width, 0);
        q = make->values - 1;
        seen.alone++;
    }
    slt_op_spec *op = nets_op(&model, "dot-attention", make->value[q], next_name(make));
    nets_input(nets_input(op, make->value[k]), make->value[first + 2]);
    op->heads = heads;
    op->mask = (slt_mask)below(make, 1 + SLT_MASK_CAUSAL);
    op->scale_given = chance(make, 50);
    op->scale = slt_real_of(op->scale_given ? (double)below(make, 9) / 4 - 1 : 0);
    name_value(make, op, depth, make->degree[in]);
}

/* An op of a value with positions. */
static void make_placed(maker *make, size_t in, const char *out)
{
    const size_t numbers = slt_positions_count(&make->positions[in]) * make->width[in];
    const size_t kind = below(make, 5);
    seen.placed++;
    if (make->positions[in].axes == 2 && chance(make, 70))
        make_image(make, in, out);
    else if (kind == 0 && numbers <= 64)
        make_reshape(make, in, out);
    else if (kind == 1)
        make_select(make, in, out);
    else if (kind == 2)
        make_position(make, in, out);
    else if (kind == 0 || kind == 3 || numbers > 64)
        name_placed(make, nets_op(&model, "mean", make->value[in], out),
                    (slt_positions){0}, make->width[in], make->degree[in]);
    else
        name_placed(make, nets_op(&model, "flatten", make->value[in], out),
                    (slt_positions){0}, numbers, make->degree[in]);
}

static void make_op(maker *make)
{
    static const char *const plain[] = {"square",   "relu",    "gelu", "silu",
                                        "softplus", "sigmoid", "tanh"};
    char out[SLT_NAME_MAX];
    snprintf(out, sizeof out, "v%zu", make->values);
    size_t in = pick_value(make), kind = below(make, 11);
    const size_t curve = below(make, sizeof plain / sizeof *plain);
    if (make->positions[in].axes == 1 && make->positions[in].size[0] <= 8 &&
        chance(make, 20))
        make_dot_attention(make, in);
    else if (make->positions[in].axes && chance(make, 50))
        make_placed(make, in, out);
    else if (chance(make, 10))
        make_branch(make);
    else if (make->width[in] > 1 && chance(make, 12))
        make_softmax(make, in, out);
    else if (chance(make, 12))
        make_norm(make, in, out);
    else if (make->range && chance(make, 15))
        make_embedding(make, out);
    else if (make->strings && chance(make, 30))
        make_attention(make, out);
    else if (kind >= 5 && kind < 7)
        make_add(make, in, out);
    else if (kind >= 7 && kind < 9)
        make_pair(make, in, out);
    else if (kind == 9)
        make_scale(make, in, out);
    else if (kind == 10 && make->width[in] < 12)
        make_concat(make, in, out);
    else if (kind >= 2 && kind < 5 && (curve || make->degree[in] < 2))
        make_curve(make, plain[curve], in, out);
    else
        make_linear(make, in, 1 + below(make, 5), out);
}

static void draw_indices(maker *make, slt_tensor *to, size_t range)
{
    for (size_t i = 0; i < slt_tensor_count(to); i++)
        ((int32_t *)to->data)[i] = (int32_t)below(make, range);
}

/* An input "at" of indices, behind the others. */
static void add_indices(maker *make, slt_batch *batch)
{
    size_t input = batch->inputs++;
    make->range = 1 + below(make, 6);
    nets_name(batch->input_name[input], "at");
    if (chance(make, 50))
        make->placed = batch->input_positions[input] = batch->input_positions[0];
    batch->input[input] =
        nets_tensor(SLT_INDEX, batch->rows, slt_positions_count(&make->placed));
    batch->input_range[input] = make->range;
    draw_indices(make, &batch->input[input], make->range);
}

/* Strings of -1 and +1 of several lengths, and a site of each or one behind its end. */
static void add_strings(maker *make, slt_batch *batch)
{
    const size_t width = 1 + below(make, 5), strings = batch->inputs++,
                 sites = batch->inputs++;
    make->strings = true;
    nets_name(batch->input_name[strings], "strings");
    nets_name(batch->input_name[sites], "sites");
    batch->input[strings] = nets_tensor(way->arithmetic, batch->rows, width);
    batch->input[sites] = nets_tensor(SLT_INDEX, batch->rows, 1);
    batch->input_range[sites] = width;
    draw_indices(make, &batch->input[sites], width);
}

static void fill_strings(maker *make, slt_tensor *strings)
{
    for (size_t i = 0; i < strings->rows; i++)
        for (size_t j = 0, length = 1 + below(make, strings->cols); j < length; j++)
            slt_tensor_set(strings, i * strings->cols + j,
                           slt_real_of(chance(make, 50) ? 1 : -1));
}

static void make_classes(maker *make, slt_batch *batch, size_t classes)
{
    nets_name(model.loss.op, chance(make, 50) ? "cross-entropy" : "mse-classes");
    model.loss.centre = (slt_centre)below(make, 3);
    if (classes == 1) {
        nets_name(model.loss.op, "bce-classes");
        classes = 2;
    }
    batch->target = nets_tensor(SLT_INDEX, batch->rows,
                                slt_positions_count(&batch->target_positions));
    batch->target_range = classes;
    draw_indices(make, &batch->target, classes);
    seen.classes += classes > 1;
}

/* Of an input: tokens or an image; a few times as many positions as make long sums. */
static slt_positions draw_positions(maker *make)
{
    slt_positions positions = {.axes = 1 + below(make, 2)};
    if (chance(make, 3)) {
        seen.longs++;
        return (slt_positions){2, {41, 50}};
    }
    for (size_t i = 0; i < positions.axes; i++)
        positions.size[i] = 1 + below(make, 4);
    return positions;
}

/* What the loss looks at. */
static void choose_rows(maker *make, const slt_batch *batch)
{
    slt_loss_spec *loss = &model.loss;
    loss->last = batch->target_positions.axes && chance(make, 40);
    loss->ignores = strcmp(loss->op, "cross-entropy") == 0 && chance(make, 40);
    loss->ignored = loss->ignores ? below(make, batch->target_range) : 0;
    seen.last_only += loss->last;
    seen.ignoring += loss->ignores;
}

static void make_graph(maker *make, slt_batch *batch)
{
    memset(&model, 0, sizeof model);
    size_t rows = 1 + below(make, 6);
    *batch = (slt_batch){.rows = rows, .inputs = 1 + below(make, 2)};
    for (size_t i = 0; i < batch->inputs; i++) {
        size_t width = 1 + below(make, 5);
        snprintf(batch->input_name[i], SLT_NAME_MAX, "x%zu", i);
        snprintf(make->value[i], SLT_NAME_MAX, "x%zu", i);
        make->width[i] = width;
        if (chance(make, 40))
            make->positions[i] = batch->input_positions[i] = draw_positions(make);
        batch->input[i] = nets_tensor(way->arithmetic, rows,
                                      width * slt_positions_count(&make->positions[i]));
    }
    make->values = batch->inputs;
    if (way->arithmetic != SLT_FIXED && batch->inputs == 1 && chance(make, 60))
        add_strings(make, batch);
    if (chance(make, 50))
        add_indices(make, batch);
    size_t ops = 2 + below(make, 9);
    make_linear(make, pick_value(make), 1 + below(make, 5), "first");
    for (size_t i = 0; i < ops; i++)
        make_op(make);
    size_t last = make->values - 1;
    nets_loss(&model, make->value[last], chance(make, 50), chance(make, 50));
    model.loss.factor = slt_real_of(ldexp(1 + (double)below(make, 8) / 8, -1));
    batch->target_positions = make->positions[last];
    if (chance(make, 40))
        make_classes(make, batch, make->width[last]);
    else {
        batch->target = nets_tensor(way->arithmetic, rows,
                                    slt_positions_count(&batch->target_positions) *
                                        make->width[last]);
        if (chance(make, 30))
            nets_name(model.loss.op, "bce");
    }
    choose_rows(make, batch);
}

/* ---- Differences ------------------------------------------------------------------- */

typedef struct trial {
    slt_net *net;
    slt_batch batch;
    slt_params weights, gradients;
    slt_positions positions[SLT_OPS_MAX]; /* of each op's first input */
} trial;

static uint64_t folded(uint64_t fold, uint64_t number)
{
    return (fold ^ number) * 1099511628211u;
}

/* Which number of x is the largest in each window: x's own numbers, by their places. */
static uint64_t fold_largest(const slt_op_spec *op, const slt_tensor *x,
                             const slt_positions *positions, uint64_t fold)
{
    const slt_window w = slt_image_pool_of(op, positions);
    const size_t rows = x->rows / (w.in[0] * w.in[1]) * slt_window_positions(&w);
    slt_tensor places = nets_tensor(x->arithmetic, x->rows, x->cols);
    slt_tensor found = nets_tensor(x->arithmetic, rows, x->cols);
    for (size_t e = 0; e < slt_tensor_count(x); e++)
        slt_tensor_set(&places, e, slt_real_of((double)e / 65536));
    slt_num_window_largest(&w, x, &places, &found);
    for (size_t e = 0; e < slt_tensor_count(&found); e++)
        fold = folded(fold, slt_tensor_get(&found, e).bits);
    slt_tensor_free(&places);
    slt_tensor_free(&found);
    return fold;
}

/* The signs of every ReLU's input, and which numbers windows found the largest, folded
 * into a number. */
static uint64_t kinks(const trial *t)
{
    uint64_t fold = 14695981039346656037u;
    for (size_t i = 0; i < model.op_count; i++) {
        const slt_op_spec *op = &model.ops[i];
        const slt_tensor *in = slt_net_value(t->net, op->in[0]);
        if (strcmp(op->op, "maxpool") == 0)
            fold = fold_largest(op, in, &t->positions[i], fold);
        for (size_t e = 0; !strcmp(op->op, "relu") && e < slt_tensor_count(in); e++)
            fold = folded(fold, slt_real_double(slt_tensor_get(in, e)) > 0);
    }
    return fold;
}

static double loss_at(trial *t, slt_tensor *weight, size_t element, double value,
                      uint64_t sides, bool *crossed)
{
    slt_tensor_set(weight, element, slt_real_of(value));
    double loss = slt_real_double(slt_net_loss(t->net, &t->weights, &t->batch));
    *crossed |= kinks(t) != sides;
    return loss;
}

/* The fourth-order central difference. */
static double difference(trial *t, slt_tensor *weight, size_t element, bool *crossed)
{
    double value = slt_real_double(slt_tensor_get(weight, element));
    slt_net_forward(t->net, &t->weights, &t->batch);
    uint64_t sides = kinks(t);
    double near = loss_at(t, weight, element, value + way->step, sides, crossed) -
                  loss_at(t, weight, element, value - way->step, sides, crossed);
    double far = loss_at(t, weight, element, value + 2 * way->step, sides, crossed) -
                 loss_at(t, weight, element, value - 2 * way->step, sides, crossed);
    slt_tensor_set(weight, element, slt_real_of(value));
    return (8 * near - far) / (12 * way->step);
}

static bool compare_weight(maker *make, trial *t, size_t index, double scale)
{
    slt_tensor *weight = &t->weights.tensor[index];
    size_t count = slt_tensor_count(weight);
    bool good = true;
    for (size_t i = 0; i < NUMBERS_PER_WEIGHT && i < count; i++) {
        size_t element = count > NUMBERS_PER_WEIGHT ? below(make, count) : i;
        bool crossed = false;
        double want = difference(t, weight, element, &crossed);
        double got =
            slt_real_double(slt_tensor_get(&t->gradients.tensor[index], element));
        seen.skipped += crossed;
        seen.compared += !crossed;
        if (crossed ||
            fabs(got - want) <= way->tolerance * (fabs(want) + way->floor * scale))
            continue;
        tap_note("%s[%zu]: gradient %.12g, difference %.12g", model.weights[index].name,
                 element, got, want);
        good = false;
    }
    return good;
}

static void fill(const maker *make, slt_tensor *tensor, uint32_t number)
{
    slt_stream stream = make->stream;
    stream.c3 = 1 + number;
    slt_draw_uniform(stream, tensor, slt_real_of(-1), slt_real_of(1));
}

/* Adds twice the identity to both matrices of a weight, or 3 to the first number of a
 * row. */
static void keep_away(const slt_weight_spec *spec, slt_tensor *weight)
{
    const size_t cols = weight->cols;
    for (size_t i = 0; i < weight->rows; i++) {
        const size_t e = spec->name[0] == 'a' ? i * cols + i % cols : i * cols;
        const double shift = spec->name[0] == 'a' ? 2 : spec->name[0] == 'w' ? 0 : 3;
        slt_tensor_set(weight, e,
                       slt_real_of(slt_real_double(slt_tensor_get(weight, e)) + shift));
    }
}

static void trial_create(maker *make, trial *t)
{
    make_graph(make, &t->batch);
    for (size_t i = 0; i < model.op_count; i++)
        for (size_t v = 0; v < make->values; v++)
            if (strcmp(make->value[v], model.ops[i].in[0]) == 0)
                t->positions[i] = make->positions[v];
    slt_params_create(&model, way->arithmetic, &t->weights, NULL);
    slt_params_create(&model, way->arithmetic, &t->gradients, NULL);
    for (size_t i = 0; i < t->batch.inputs; i++)
        if (strcmp(t->batch.input_name[i], "strings") == 0)
            fill_strings(make, &t->batch.input[i]);
        else if (t->batch.input[i].arithmetic != SLT_INDEX)
            fill(make, &t->batch.input[i], (uint32_t)i);
    if (t->batch.target.arithmetic != SLT_INDEX)
        fill(make, &t->batch.target, 9);
    for (size_t i = 0; i < t->weights.count; i++)
        if (t->weights.owned[i]) {
            fill(make, &t->weights.tensor[i], (uint32_t)(10 + i));
            keep_away(&model.weights[i], &t->weights.tensor[i]);
        }
    t->net =
        nets_create(&model, &t->batch, t->batch.rows + below(make, 3), way->arithmetic);
}

static void trial_free(trial *t)
{
    slt_net_free(t->net);
    slt_params_free(&t->weights);
    slt_params_free(&t->gradients);
    slt_batch_free(&t->batch);
}

/* What the loss's rounding errors are small against: that of classes is a difference of
 * numbers near 1, however small it is. */
static double scale_of(const trial *t, slt_real loss)
{
    const bool classes = t->batch.target.arithmetic == SLT_INDEX;
    return fabs(slt_real_double(loss)) + classes;
}

/* ---- Fixed point beside f64 -------------------------------------------------------- */

static double number_of(const slt_params *params, size_t weight, size_t element)
{
    return slt_real_double(slt_tensor_get(&params->tensor[weight], element));
}

static slt_tensor in_f64(const slt_tensor *of)
{
    const bool index = of->arithmetic == SLT_INDEX;
    slt_tensor to = nets_tensor(index ? SLT_INDEX : SLT_F64, of->rows, of->cols);
    if (index)
        memcpy(to.data, of->data, slt_tensor_count(of) * sizeof(int32_t));
    else
        for (size_t e = 0; e < slt_tensor_count(of); e++)
            slt_tensor_set(&to, e, slt_tensor_get(of, e));
    return to;
}

/* The same graph at the same numbers, all of which f64 has exactly. */
static void trial_create_f64(const trial *fixed, trial *t)
{
    *t = *fixed;
    for (size_t i = 0; i < t->batch.inputs; i++)
        t->batch.input[i] = in_f64(&fixed->batch.input[i]);
    t->batch.target = in_f64(&fixed->batch.target);
    slt_params_create(&model, SLT_F64, &t->weights, NULL);
    slt_params_create(&model, SLT_F64, &t->gradients, NULL);
    for (size_t i = 0; i < t->weights.count; i++)
        for (size_t e = 0;
             t->weights.owned[i] && e < slt_tensor_count(&t->weights.tensor[i]); e++)
            slt_tensor_set(&t->weights.tensor[i], e,
                           slt_tensor_get(&fixed->weights.tensor[i], e));
    slt_params_share(&t->weights);
    t->net = nets_create(&model, &t->batch, t->batch.rows, SLT_F64);
}

/* What is judged is the other arithmetic. */
static void gradient_without_fault(trial *t)
{
    const char *fault = slt_fault_backward;
    slt_fault_backward = "";
    slt_net_gradient(t->net, &t->weights, &t->batch, &t->gradients);
    slt_fault_backward = fault;
}

static uint64_t kinks_at(trial *t)
{
    slt_net_forward(t->net, &t->weights, &t->batch);
    return kinks(t);
}

/* The largest error of the numbers that move. */
static double worst_beside(const slt_params *got, const slt_params *want)
{
    double worst = 0;
    for (size_t i = 0; i < want->count; i++)
        for (size_t e = 0;
             slt_params_moves(want, i) && e < slt_tensor_count(&want->tensor[i]); e++) {
            const double number = number_of(want, i, e);
            worst = fmax(worst, fabs(number_of(got, i, e) - number) /
                                    (fabs(number) + FLOOR_BESIDE_F64));
        }
    return worst;
}

/* Of fixed point, beside f64, which its own differences judge. */
static bool compare_f64(trial *fixed)
{
    trial t;
    trial_create_f64(fixed, &t);
    gradient_without_fault(&t);
    const bool crossed = kinks_at(&t) != kinks_at(fixed);
    const double worst = worst_beside(&fixed->gradients, &t.gradients);
    seen.beside += !crossed;
    trial_free(&t);
    if (crossed || worst <= BESIDE_F64)
        return true;
    tap_note("a gradient of fixed point is off by %.3g from that of f64", worst);
    return false;
}

/* ---- Products with the Hessian ------------------------------------------------------
 */

static slt_params params_of(const maker *make, uint32_t number)
{
    slt_params params;
    slt_params_create(&model, way->arithmetic, &params, NULL);
    for (size_t i = 0; i < params.count; i++)
        if (params.owned[i])
            fill(make, &params.tensor[i], (uint32_t)(number + i));
    slt_params_share(&params);
    return params;
}

static double largest_of(const slt_params *params)
{
    double most = 0;
    for (size_t i = 0; i < params->count; i++)
        for (size_t e = 0;
             slt_params_moves(params, i) && e < slt_tensor_count(&params->tensor[i]); e++)
            most = fmax(most, fabs(number_of(params, i, e)));
    return most;
}

/* sum += factor g(weights + step direction). */
static void add_gradient(trial *t, const slt_params *direction, double step,
                         double factor, uint64_t sides, bool *crossed, double *sum)
{
    slt_params moved, gradient;
    slt_params_create(&model, way->arithmetic, &moved, NULL);
    slt_params_create(&model, way->arithmetic, &gradient, NULL);
    slt_params_copy(&moved, &t->weights);
    for (size_t i = 0; i < moved.count; i++)
        for (size_t e = 0;
             slt_params_moves(&moved, i) && e < slt_tensor_count(&moved.tensor[i]); e++)
            slt_tensor_set(&moved.tensor[i], e,
                           slt_real_of(number_of(&t->weights, i, e) +
                                       step * number_of(direction, i, e)));
    slt_net_forward(t->net, &moved, &t->batch);
    *crossed |= kinks(t) != sides;
    slt_net_gradient(t->net, &moved, &t->batch, &gradient);
    for (size_t i = 0, at = 0; i < moved.count; i++)
        for (size_t e = 0;
             slt_params_moves(&moved, i) && e < slt_tensor_count(&moved.tensor[i]); e++)
            sum[at++] += factor * number_of(&gradient, i, e);
    slt_params_free(&moved);
    slt_params_free(&gradient);
}

static bool compare_product(const slt_params *product, const double *want, double scale)
{
    double worst = 0;
    for (size_t i = 0, at = 0; i < product->count; i++)
        for (size_t e = 0;
             slt_params_moves(product, i) && e < slt_tensor_count(&product->tensor[i]);
             e++, at++)
            worst = fmax(worst, fabs(number_of(product, i, e) - want[at]));
    if (worst <= way->second * scale)
        return true;
    tap_note("a product is off by %.3g of %.3g", worst, scale);
    return false;
}

/* v'Hu = u'Hv, to the rounding of either. */
static bool is_symmetric(slt_second *second, const maker *make, const slt_params *u,
                         const slt_params *hu, double scale)
{
    slt_params v = params_of(make, 300), hv = params_of(make, 300);
    slt_second_product(second, &v, &hv);
    double one = slt_real_double(slt_second_along(&v, hu));
    double other = slt_real_double(slt_second_along(u, &hv));
    slt_params_free(&v);
    slt_params_free(&hv);
    return fabs(one - other) <= (way->arithmetic == SLT_F64 ? 1e-11 : 1e-4) * scale;
}

static void try_second(const maker *make, trial *t, uint32_t graph)
{
    static double want[1 << 17];
    if (slt_model_parameters(&model) > sizeof want / sizeof *want)
        tap_bail("a graph with more weights than its product has room for");
    slt_params u = params_of(make, 200), hu = params_of(make, 200);
    slt_second *second;
    slt_error err;
    if (slt_second_create(&model, &t->batch, t->batch.rows, way->arithmetic, &second,
                          &err))
        tap_bail(err.text);
    bool crossed = false, good;
    slt_net_forward(t->net, &t->weights, &t->batch);
    const uint64_t sides = kinks(t);
    memset(want, 0, sizeof want);
    for (int far = 1; far <= 2; far++)
        for (int side = -1; side <= 1; side += 2)
            add_gradient(t, &u, far * side * way->step,
                         side * (far == 1 ? 8 : -1) / (12 * way->step), sides, &crossed,
                         want);
    slt_params gradients;
    slt_params_create(&model, way->arithmetic, &gradients, NULL);
    slt_real loss = slt_second_place(second, &t->weights, &t->batch, &gradients);
    slt_second_product(second, &u, &hu);
    const double scale =
        largest_of(&hu) + largest_of(&gradients) + 1e-3 * scale_of(t, loss);
    good = crossed || compare_product(&hu, want, scale);
    good &= is_symmetric(second, make, &u, &hu, scale);
    good &= nets_same_params(&gradients, &t->gradients);
    good &= slt_real_finite(loss);
    seen.second_compared[way == ways] += !crossed;
    seen.second_bad += !good;
    if (!good)
        tap_note("%s, graph %" PRIu32 ": second order",
                 slt_arithmetic_name(way->arithmetic), graph);
    slt_second_free(second);
    slt_params_free(&gradients);
    slt_params_free(&u);
    slt_params_free(&hu);
}

static bool try_graph(uint64_t seed, uint32_t graph)
{
    maker make = {.stream = slt_stream_of(seed, SLT_DRAW_SAMPLE, 0, 0, graph, 0)};
    trial t;
    trial_create(&make, &t);
    slt_real loss = slt_net_gradient(t.net, &t.weights, &t.batch, &t.gradients);
    bool good = slt_real_finite(loss);
    if (way->arithmetic == SLT_FIXED)
        good &= compare_f64(&t);
    for (size_t i = 0; i < t.weights.count; i++)
        if (t.weights.owned[i] && t.weights.trainable[i])
            good &= compare_weight(&make, &t, i, scale_of(&t, loss));
    try_second(&make, &t, graph);
    trial_free(&t);
    return good;
}

/* ---- Verdicts ---------------------------------------------------------------------- */

/* Where an op is wrong on purpose the first graph that shows it is enough. */
static void check_graphs(uint64_t seed)
{
    const uint32_t graphs = way->graphs / (uint32_t)tap_times(1, SHARE);
    bool good = true;
    for (uint32_t graph = 0; graph < graphs && (good || !faulty); graph++) {
        good = try_graph(seed, graph);
        if (!good)
            tap_note("%s, seed %" PRIu64 ", graph %" PRIu32 " is wrong",
                     slt_arithmetic_name(way->arithmetic), seed, graph);
        seen.graphs_bad += !good;
    }
    tap_note("%s, seed %" PRIu64 ": %zu numbers compared, %zu at a kink, so far",
             slt_arithmetic_name(way->arithmetic), seed, seen.compared, seen.skipped);
    tap_note("transposed %zu, shared %zu, tied %zu, frozen %zu, bias %zu, add inputs %zu",
             seen.transposed, seen.shared, seen.tied, seen.frozen, seen.bias, seen.again);
}

static void check_ways(uint64_t seed, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        way = &ways[i];
        check_graphs(seed);
    }
}

#ifndef SLT_FAULT_BACKWARD
/* A sixth of the graphs is to have a sixth of what they all have. */
static bool enough(size_t found, size_t least)
{
    return found > least / tap_times(1, SHARE);
}

static void check_coverage(void)
{
    TAP_OK(enough(seen.transposed, 200) && enough(seen.bias, 200),
           "weights are transposed, biases");
    TAP_OK(enough(seen.shared, 100) && enough(seen.tied, 50),
           "weights are shared and tied");
    TAP_OK(enough(seen.frozen, 100) && enough(seen.again, 200),
           "frozen; values are used again");
    TAP_OK(enough(seen.placed, 500) && enough(seen.grids, 30) &&
               enough(seen.ranges, 50) && enough(seen.every, 8) && enough(seen.lasts, 20),
           "values with positions: %zu ops, %zu grids, %zu ranges, %zu with steps, %zu "
           "last ones",
           seen.placed, seen.grids, seen.ranges, seen.every, seen.lasts);
    TAP_OK(enough(seen.over, 100), "%zu windows go over the edge", seen.over);
    TAP_OK(enough(seen.longs, 10), "%zu times so many that sums are long", seen.longs);
    TAP_OK(enough(seen.classes, 100), "losses of classes");
    TAP_OK(enough(seen.still, 30), "attention of matrices that stay");
    TAP_OK(enough(seen.balanced, 30), "divided by what both tokens give");
    TAP_OK(enough(seen.sides, 30), "features of one side");
    TAP_OK(enough(seen.by_tanh, 100), "GELU in its form with tanh");
    TAP_OK(enough(seen.masked, 30), "softmax of what a row sees");
    TAP_OK(enough(seen.alone, 30), "attention of the last position alone");
    TAP_OK(enough(seen.last_only, 30) && enough(seen.ignoring, 30),
           "losses of some rows alone");
    TAP_OK(enough(seen.plain_rows, 30), "rows by their size, without a weight");
    TAP_OK(enough(seen.compared, 3000) && seen.skipped * 50 < seen.compared,
           "few numbers are left out");
    for (size_t i = 0; slt_net_op_name(i); i++)
        TAP_OK(enough(op_seen[i], 100), "op %s is in %zu places", slt_net_op_name(i),
               op_seen[i]);
}

static void check_verdict(void)
{
    TAP_EQ_U64(seen.graphs_bad, 0, "gradients are the derivatives");
    TAP_OK(enough(seen.beside, 590),
           "%zu gradients of fixed point are compared with those of f64", seen.beside);
    TAP_EQ_U64(seen.second_bad, 0, "products with the Hessian are theirs, symmetric");
    TAP_OK(enough(seen.second_compared[true], 699) &&
               enough(seen.second_compared[false], 199),
           "%zu and %zu products are compared", seen.second_compared[true],
           seen.second_compared[false]);
}
#else
/* Attention has no fixed point. */
static void check_fault(const char *name, uint64_t seed)
{
    const size_t seeing = strcmp(name, "attention") ? WAYS : 1;
    slt_fault_backward = name;
    seen.graphs_bad = 0;
    check_ways(seed, seeing);
    TAP_OK(seen.graphs_bad == seeing, "%s off by a thousandth is noticed", name);
}
#endif

int main(void)
{
    const char *text = getenv("SLT_GRAPH_SEED");
    uint64_t seed = text ? strtoull(text, NULL, 10) : 1;
    slt_num_start(SLT_ISA_COUNT - 1);
#ifdef SLT_FAULT_BACKWARD
    for (size_t i = 0; slt_net_op_name(i); i++)
        check_fault(slt_net_op_name(i), seed);
    for (size_t i = 0; slt_net_loss_name(i); i++)
        check_fault(slt_net_loss_name(i), seed);
#else
    check_ways(seed, WAYS);
    check_coverage();
    check_verdict();
#endif
    return tap_done();
}
