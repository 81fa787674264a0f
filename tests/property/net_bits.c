/* Bits of nets: a net equals the same operations called one by one; the room it was made
 * with, the batch's origin and other users of a value change nothing; contributions to a
 * gradient are added in the order the backward pass meets them. */
#include "nets.h"

#include "num/ops.h"

static slt_model_spec model;

/* y = relu(gelu(x W' + b)^2 V + c) U'. */
static void begin(void)
{
    memset(&model, 0, sizeof model);
    nets_weight(&model, "W", 17, 9);
    nets_weight(&model, "b", 1, 17);
    nets_weight(&model, "V", 17, 13);
    nets_weight(&model, "c", 1, 13);
    nets_weight(&model, "U", 5, 13);
    nets_linear(&model, "x", "W", "b", "h");
    nets_op(&model, "gelu", "h", "g");
    nets_op(&model, "square", "g", "q");
    nets_linear(&model, "q", "V", "c", "p")->transpose = true;
    nets_op(&model, "relu", "p", "r");
    nets_linear(&model, "r", "U", "", "y");
    nets_loss(&model, "y", true, true);
}

typedef struct layers {
    slt_tensor h, g, q, p, r, y;
} layers;

static layers layers_create(slt_arithmetic a, size_t rows)
{
    return (layers){nets_tensor(a, rows, 17), nets_tensor(a, rows, 17),
                    nets_tensor(a, rows, 17), nets_tensor(a, rows, 13),
                    nets_tensor(a, rows, 13), nets_tensor(a, rows, 5)};
}

static void layers_free(layers *l)
{
    slt_tensor *all[] = {&l->h, &l->g, &l->q, &l->p, &l->r, &l->y};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        slt_tensor_free(all[i]);
}

static void compose_forward(const slt_params *w, const slt_tensor *x, layers *l)
{
    slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, x, &w->tensor[0], &l->h);
    slt_num_add_bias(&l->h, &w->tensor[1]);
    slt_num_gelu(&l->h, &l->g);
    slt_num_square(&l->g, &l->q);
    slt_num_product(SLT_PLAIN, SLT_PLAIN, &l->q, &w->tensor[2], &l->p);
    slt_num_add_bias(&l->p, &w->tensor[3]);
    slt_num_relu(&l->p, &l->r);
    slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, &l->r, &w->tensor[4], &l->y);
}

static void compose_backward(const slt_params *w, const slt_tensor *x, const layers *l,
                             layers *d, slt_params *g)
{
    slt_num_product(SLT_PLAIN, SLT_PLAIN, &d->y, &w->tensor[4], &d->r);
    slt_num_product(SLT_TRANSPOSED, SLT_PLAIN, &d->y, &l->r, &g->tensor[4]);
    slt_num_relu_back(&l->p, &d->r, &d->p);
    slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, &d->p, &w->tensor[2], &d->q);
    slt_num_product(SLT_TRANSPOSED, SLT_PLAIN, &l->q, &d->p, &g->tensor[2]);
    slt_num_column_sums(&d->p, &g->tensor[3]);
    slt_num_square_back(&l->g, &d->q, &d->g);
    slt_num_gelu_back(&l->h, &d->g, &d->h);
    slt_num_product(SLT_TRANSPOSED, SLT_PLAIN, &d->h, x, &g->tensor[0]);
    slt_num_column_sums(&d->h, &g->tensor[1]);
}

/* The same network, operation by operation, from the numerics alone. */
static slt_real compose(const slt_params *w, const slt_batch *batch, slt_params *g)
{
    layers l = layers_create(batch->target.arithmetic, batch->rows);
    layers d = layers_create(batch->target.arithmetic, batch->rows);
    slt_real divisor = slt_real_from_u64(batch->rows * 5);
    slt_real scale = slt_real_div(slt_real_from_u64(2), divisor);
    compose_forward(w, &batch->input[0], &l);
    slt_real sum = slt_num_squared_error(&l.y, &batch->target, scale, &d.y);
    compose_backward(w, &batch->input[0], &l, &d, g);
    layers_free(&l);
    layers_free(&d);
    return slt_real_div(sum, divisor);
}

/* Weights and two sets of gradients to compare. */
typedef struct sets {
    slt_params w, g, want;
} sets;

static sets sets_create(slt_arithmetic arithmetic)
{
    return (sets){nets_params(&model, arithmetic), nets_params(&model, arithmetic),
                  nets_params(&model, arithmetic)};
}

static void sets_free(sets *s)
{
    slt_params_free(&s->w);
    slt_params_free(&s->g);
    slt_params_free(&s->want);
}

static void test_composition(slt_arithmetic arithmetic, size_t rows)
{
    begin();
    slt_batch batch = nets_batch(arithmetic, rows, 9, 5);
    sets s = sets_create(arithmetic);
    slt_net *net = nets_create(&model, &batch, rows, arithmetic);
    slt_real loss = slt_net_gradient(net, &s.w, &batch, &s.g);
    slt_real want = compose(&s.w, &batch, &s.want);
    TAP_EQ_U64(loss.bits, want.bits, "the loss of the composition");
    TAP_OK(nets_same_params(&s.g, &s.want), "and its gradients, %s, %zu rows",
           slt_arithmetic_name(arithmetic), rows);
    TAP_EQ_U64(slt_net_loss(net, &s.w, &batch).bits, loss.bits, "the loss alone");
    slt_net_free(net);
    sets_free(&s);
    slt_batch_free(&batch);
}

/* A net made for many rows, used on more rows before, against one made to measure. */
static void test_room(slt_arithmetic arithmetic)
{
    begin();
    slt_batch large = nets_batch(arithmetic, 40, 9, 5);
    slt_batch small = nets_batch(arithmetic, 7, 9, 5);
    sets s = sets_create(arithmetic);
    slt_net *roomy = nets_create(&model, &large, 40, arithmetic);
    slt_net *tight = nets_create(&model, &large, 7, arithmetic);
    slt_real other = slt_net_gradient(roomy, &s.w, &large, &s.g);
    slt_real a = slt_net_gradient(roomy, &s.w, &small, &s.g);
    slt_real b = slt_net_gradient(tight, &s.w, &small, &s.want);
    TAP_EQ_U64(a.bits, b.bits, "rows_max changes no bit of the loss");
    TAP_OK(nets_same_params(&s.g, &s.want), "nor of the gradients");
    TAP_OK(nets_same(slt_net_value(roomy, "y"), slt_net_value(tight, "y")),
           "nor of the values, which have the batch's rows");
    TAP_OK(other.bits != a.bits, "another batch has another loss");
    slt_net_free(roomy);
    slt_net_free(tight);
    sets_free(&s);
    slt_batch_free(&large);
    slt_batch_free(&small);
}

static void pick(const slt_tensor *from, const uint32_t index[6], slt_tensor *gathered,
                 slt_tensor *product)
{
    slt_tensor hot = nets_tensor(from->arithmetic, 6, from->rows);
    for (size_t i = 0; i < 6; i++)
        slt_tensor_set(&hot, i * from->rows + index[i], slt_real_from_u64(1));
    slt_num_gather_rows(from, index, gathered);
    slt_num_product(SLT_PLAIN, SLT_PLAIN, &hot, from, product);
    slt_tensor_free(&hot);
}

/* Rows picked from the whole set against the one-hot product that picking is. */
static void test_gather(slt_arithmetic arithmetic)
{
    static const uint32_t index[6] = {31, 2, 3, 17, 0, 2};
    begin();
    slt_batch all = nets_batch(arithmetic, 32, 9, 5);
    slt_batch picked = nets_batch(arithmetic, 6, 9, 5);
    slt_batch dense = nets_batch(arithmetic, 6, 9, 5);
    sets s = sets_create(arithmetic);
    pick(&all.input[0], index, &picked.input[0], &dense.input[0]);
    pick(&all.target, index, &picked.target, &dense.target);
    slt_net *net = nets_create(&model, &all, 32, arithmetic);
    slt_real a = slt_net_gradient(net, &s.w, &picked, &s.g);
    slt_real b = slt_net_gradient(net, &s.w, &dense, &s.want);
    TAP_EQ_U64(a.bits, b.bits, "gathered and one-hot batches: loss");
    TAP_OK(nets_same_params(&s.g, &s.want), "and gradients");
    slt_net_free(net);
    sets_free(&s);
    slt_batch_free(&all);
    slt_batch_free(&picked);
    slt_batch_free(&dense);
}

/* How three layers in a row hold their weight. */
typedef enum holding { APART, SHARED, TIED } holding;

static slt_params three_layers(slt_arithmetic arithmetic, holding how,
                               const slt_batch *batch)
{
    static const char *const names[] = {"A", "B", "C"};
    memset(&model, 0, sizeof model);
    nets_weight(&model, "A", 6, 6);
    for (int i = 1; i < 3 && how != SHARED; i++)
        if (how == TIED)
            nets_tied(&model, names[i], "A");
        else
            nets_weight(&model, names[i], 6, 6);
    nets_linear(&model, "x", "A", "", "h1");
    nets_linear(&model, "h1", how == SHARED ? "A" : "B", "", "h2")->transpose = true;
    nets_linear(&model, "h2", how == SHARED ? "A" : "C", "", "y");
    nets_loss(&model, "y", true, false);
    slt_params w = nets_params(&model, arithmetic), g = nets_params(&model, arithmetic);
    for (size_t i = 1; i < w.count && how == APART; i++)
        slt_tensor_copy(&w.tensor[i], &w.tensor[0]);
    slt_net *net = nets_create(&model, batch, batch->rows, arithmetic);
    slt_net_gradient(net, &w, batch, &g);
    slt_net_free(net);
    slt_params_free(&w);
    return g;
}

/* One weight used three times: dW = (last + middle) + first, the parts being those of
 * three weights that hold the same numbers. */
static void test_order(slt_arithmetic arithmetic)
{
    slt_batch batch = nets_batch(arithmetic, 11, 6, 6);
    slt_params apart = three_layers(arithmetic, APART, &batch);
    slt_params shared = three_layers(arithmetic, SHARED, &batch);
    slt_params tied = three_layers(arithmetic, TIED, &batch);
    slt_tensor sum = nets_tensor(arithmetic, 6, 6), other = nets_tensor(arithmetic, 6, 6);
    slt_num_add(&apart.tensor[2], &apart.tensor[1], &sum);
    slt_num_add(&sum, &apart.tensor[0], &sum);
    slt_num_add(&apart.tensor[0], &apart.tensor[1], &other);
    slt_num_add(&other, &apart.tensor[2], &other);
    TAP_OK(nets_same(&sum, &shared.tensor[0]), "shared: (last + middle) + first, %s",
           slt_arithmetic_name(arithmetic));
    TAP_OK(nets_same(&sum, &tied.tensor[0]) && nets_same(&sum, &tied.tensor[2]),
           "tied: the same, in the owner and its views");
    TAP_OK(arithmetic == SLT_FIXED || !nets_same(&sum, &other),
           "another order has other bits, in floats");
    slt_tensor_free(&sum);
    slt_tensor_free(&other);
    slt_params_free(&apart);
    slt_params_free(&shared);
    slt_params_free(&tied);
    slt_batch_free(&batch);
}

static slt_params one_layer(slt_arithmetic arithmetic, bool idle, const slt_batch *batch)
{
    memset(&model, 0, sizeof model);
    nets_weight(&model, "W", 3, 4);
    nets_linear(&model, "x", "W", "", "h");
    if (idle)
        nets_op(&model, "square", "h", "aside");
    nets_loss(&model, "h", false, false);
    slt_params w = nets_params(&model, arithmetic), g = nets_params(&model, arithmetic);
    slt_net *net = nets_create(&model, batch, batch->rows, arithmetic);
    slt_net_gradient(net, &w, batch, &g);
    slt_net_free(net);
    slt_params_free(&w);
    return g;
}

static void test_idle_use(slt_arithmetic arithmetic)
{
    slt_batch batch = nets_batch(arithmetic, 5, 4, 3);
    slt_params with = one_layer(arithmetic, true, &batch);
    slt_params without = one_layer(arithmetic, false, &batch);
    TAP_OK(nets_same_params(&with, &without), "an unused output changes no gradient");
    slt_params_free(&with);
    slt_params_free(&without);
    slt_batch_free(&batch);
}

/* A sum of a value that has another use and of one that has none: y = h + relu(h). */
static void test_sum(slt_arithmetic arithmetic)
{
    memset(&model, 0, sizeof model);
    nets_weight(&model, "A", 5, 6);
    nets_linear(&model, "x", "A", "", "h");
    nets_op(&model, "relu", "h", "r");
    nets_input(nets_op(&model, "add", "h", "y"), "r");
    nets_loss(&model, "y", true, true);
    slt_batch batch = nets_batch(arithmetic, 9, 6, 5);
    slt_params w = nets_params(&model, arithmetic), g = nets_params(&model, arithmetic);
    slt_net *net = nets_create(&model, &batch, 9, arithmetic);
    slt_net_gradient(net, &w, &batch, &g);
    slt_net_forward(net, &w, &batch);
    slt_real scale = slt_real_div(slt_real_from_u64(2), slt_real_from_u64(9 * 5));
    slt_tensor dy = nets_tensor(arithmetic, 9, 5), part = nets_tensor(arithmetic, 9, 5);
    slt_tensor want = nets_tensor(arithmetic, 5, 6);
    slt_num_squared_error(slt_net_value(net, "y"), &batch.target, scale, &dy);
    slt_num_relu_back(slt_net_value(net, "h"), &dy, &part);
    slt_num_add(&dy, &part, &dy);
    slt_num_product(SLT_TRANSPOSED, SLT_PLAIN, &dy, &batch.input[0], &want);
    TAP_OK(nets_same(&want, &g.tensor[0]), "h + relu(h): dh = dy, then what relu adds");
    slt_net_free(net);
    slt_tensor *all[] = {&dy, &part, &want};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        slt_tensor_free(all[i]);
    slt_params_free(&w);
    slt_params_free(&g);
    slt_batch_free(&batch);
}

/* y = relu(A x) + B x, then relu and a weight: what relu's backward pass looks at is not
 * written over. */
static void test_rectified_sum(slt_arithmetic arithmetic)
{
    memset(&model, 0, sizeof model);
    nets_weight(&model, "A", 5, 6);
    nets_weight(&model, "B", 5, 6);
    nets_weight(&model, "C", 4, 5);
    nets_linear(&model, "x", "A", "", "a");
    nets_linear(&model, "x", "B", "", "b");
    nets_op(&model, "relu", "a", "r");
    nets_input(nets_op(&model, "add", "r", "s"), "b");
    nets_op(&model, "relu", "s", "t");
    nets_linear(&model, "t", "C", "", "y");
    nets_loss(&model, "y", true, true);
    slt_batch batch = nets_batch(arithmetic, 9, 6, 4);
    slt_params w = nets_params(&model, arithmetic), g = nets_params(&model, arithmetic);
    slt_net *net = nets_create(&model, &batch, 9, arithmetic);
    slt_net_gradient(net, &w, &batch, &g);
    slt_tensor v[6], d[3], want[3];
    for (size_t i = 0; i < 6; i++)
        v[i] = nets_tensor(arithmetic, 9, i < 5 ? 5 : 4);
    for (size_t i = 0; i < 3; i++) {
        d[i] = nets_tensor(arithmetic, 9, i ? 5 : 4);
        want[i] = nets_tensor(arithmetic, i < 2 ? 5 : 4, i < 2 ? 6 : 5);
    }
    const slt_tensor *x = &batch.input[0];
    slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, x, &w.tensor[0], &v[0]);
    slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, x, &w.tensor[1], &v[1]);
    slt_num_relu(&v[0], &v[2]);
    slt_num_add(&v[2], &v[1], &v[3]);
    slt_num_relu(&v[3], &v[4]);
    slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, &v[4], &w.tensor[2], &v[5]);
    slt_num_squared_error(&v[5], &batch.target,
                          slt_real_div(slt_real_from_u64(2), slt_real_from_u64(36)),
                          &d[0]);
    slt_num_product(SLT_TRANSPOSED, SLT_PLAIN, &d[0], &v[4], &want[2]);
    slt_num_product(SLT_PLAIN, SLT_PLAIN, &d[0], &w.tensor[2], &d[1]);
    slt_num_relu_back(&v[3], &d[1], &d[1]);
    slt_num_product(SLT_TRANSPOSED, SLT_PLAIN, &d[1], x, &want[1]);
    slt_num_relu_back(&v[0], &d[1], &d[2]);
    slt_num_product(SLT_TRANSPOSED, SLT_PLAIN, &d[2], x, &want[0]);
    bool same = true;
    for (size_t i = 0; i < 3; i++)
        same = same && nets_same(&g.tensor[i], &want[i]);
    TAP_OK(same, "relu, a sum, relu: gradients of the composition, %s",
           slt_arithmetic_name(arithmetic));
    slt_net_free(net);
    for (size_t i = 0; i < 6; i++)
        slt_tensor_free(&v[i]);
    for (size_t i = 0; i < 3; i++) {
        slt_tensor_free(&d[i]);
        slt_tensor_free(&want[i]);
    }
    slt_params_free(&w);
    slt_params_free(&g);
    slt_batch_free(&batch);
}

/* ---- Indices against one-hot rows -------------------------------------------------- */

enum { CLASSES = 7 };

/* gelu(E[a] A' + c + E[b] B') C' with cross-entropy; E looked up, or multiplied. */
static void begin_classes(bool dense)
{
    memset(&model, 0, sizeof model);
    nets_weight(&model, "E", CLASSES, 5);
    nets_weight(&model, "A", 11, 5);
    nets_weight(&model, "B", 11, 5);
    nets_weight(&model, "c", 1, 11);
    nets_weight(&model, "C", CLASSES, 11);
    for (int i = 0; i < 2; i++) {
        const char *in = i ? "b" : "a", *out = i ? "eb" : "ea";
        slt_op_spec *op = nets_op(&model, dense ? "linear" : "embedding", in, out);
        nets_name(op->weight, "E");
        op->transpose = dense;
    }
    nets_linear(&model, "ea", "A", "c", "ha");
    nets_linear(&model, "eb", "B", "", "hb");
    nets_input(nets_op(&model, "add", "ha", "h"), "hb");
    nets_op(&model, "gelu", "h", "g");
    nets_linear(&model, "g", "C", "", "y");
    nets_loss(&model, "y", true, true);
    nets_name(model.loss.op, "cross-entropy");
}

static slt_batch class_batch(slt_arithmetic arithmetic, size_t rows, bool dense)
{
    slt_batch batch = {.rows = rows, .inputs = 2, .target_range = CLASSES};
    batch.target = nets_tensor(SLT_INDEX, rows, 1);
    for (size_t i = 0; i < 2; i++) {
        nets_name(batch.input_name[i], i ? "b" : "a");
        batch.input_range[i] = CLASSES;
        batch.input[i] = dense ? nets_tensor(arithmetic, rows, CLASSES)
                               : nets_tensor(SLT_INDEX, rows, 1);
    }
    for (size_t r = 0; r < rows; r++) {
        const size_t number[2] = {r * r % CLASSES, (3 * r + 1) % CLASSES};
        slt_tensor_set(&batch.target, r, slt_real_from_u64((number[0] + r) % CLASSES));
        for (size_t i = 0; i < 2; i++)
            slt_tensor_set(&batch.input[i], dense ? r * CLASSES + number[i] : r,
                           slt_real_from_u64(dense ? 1 : number[i]));
    }
    return batch;
}

/* A net that has room for the values of a few rows, whose loss of many comes block by
 * block. */
static void test_blocks(slt_arithmetic arithmetic, bool classes)
{
    enum { ROWS = 300, FEW = 7 };
    slt_batch batch = classes ? class_batch(arithmetic, ROWS, false)
                              : nets_batch(arithmetic, ROWS, 9, 5);
    if (classes)
        begin_classes(false);
    else
        begin();
    slt_params w = nets_params(&model, arithmetic);
    slt_net *whole = nets_create(&model, &batch, ROWS, arithmetic), *blocks = NULL;
    if (slt_net_create_rows(&model, &batch, (slt_net_rows){FEW, ROWS}, arithmetic,
                            &blocks, NULL))
        tap_bail("no net");
    TAP_EQ_U64(slt_net_loss(blocks, &w, &batch).bits,
               slt_net_loss(whole, &w, &batch).bits, "a loss in blocks");
    TAP_OK(nets_same(slt_net_value(blocks, "y"), slt_net_value(whole, "y")),
           "and its value");
    TAP_OK(!classes || slt_net_accuracy(blocks).bits == slt_net_accuracy(whole).bits,
           "and the accuracy");
    slt_net_free(whole);
    slt_net_free(blocks);
    slt_params_free(&w);
    slt_batch_free(&batch);
}

static slt_real class_gradient(slt_arithmetic arithmetic, size_t rows, bool dense,
                               slt_params *gradients)
{
    begin_classes(dense);
    slt_batch batch = class_batch(arithmetic, rows, dense);
    slt_params weights = nets_params(&model, arithmetic);
    slt_net *net = nets_create(&model, &batch, rows, arithmetic);
    *gradients = nets_params(&model, arithmetic);
    slt_real loss = slt_net_gradient(net, &weights, &batch, gradients);
    TAP_EQ_U64(slt_net_loss(net, &weights, &batch).bits, loss.bits, "the loss alone");
    slt_net_free(net);
    slt_params_free(&weights);
    slt_batch_free(&batch);
    return loss;
}

static void test_one_hot(slt_arithmetic arithmetic, size_t rows)
{
    slt_params sparse, dense;
    slt_real a = class_gradient(arithmetic, rows, false, &sparse);
    slt_real b = class_gradient(arithmetic, rows, true, &dense);
    TAP_EQ_U64(a.bits, b.bits, "indices and one-hot rows: one loss");
    TAP_OK(nets_same_params(&sparse, &dense), "and the same gradients, %s, %zu rows",
           slt_arithmetic_name(arithmetic), rows);
    slt_params_free(&sparse);
    slt_params_free(&dense);
}

/* ---- Rows that go through several ops together ------------------------------------- */

/* square(relu(E[a] + F[b])), so wide that few rows go together. */
static void begin_wide(void)
{
    memset(&model, 0, sizeof model);
    nets_weight(&model, "E", CLASSES, 900);
    nets_weight(&model, "F", CLASSES, 900);
    nets_weight(&model, "C", CLASSES, 900);
    nets_name(nets_op(&model, "embedding", "a", "ea")->weight, "E");
    nets_name(nets_op(&model, "embedding", "b", "eb")->weight, "F");
    nets_input(nets_op(&model, "add", "ea", "h"), "eb");
    nets_op(&model, "relu", "h", "r");
    nets_op(&model, "square", "r", "q");
    nets_linear(&model, "q", "C", "", "y");
    nets_loss(&model, "y", true, true);
    nets_name(model.loss.op, "cross-entropy");
}

static void compose_wide(const slt_params *w, const slt_batch *batch, slt_tensor *q)
{
    slt_tensor other = nets_tensor(q->arithmetic, q->rows, q->cols);
    slt_tensor sum = nets_tensor(q->arithmetic, q->rows, q->cols);
    slt_num_embedding(&w->tensor[0], &batch->input[0], &sum);
    slt_num_embedding(&w->tensor[1], &batch->input[1], &other);
    slt_num_add(&sum, &other, &sum);
    slt_num_relu(&sum, &sum);
    slt_num_square(&sum, q);
    slt_tensor_free(&other);
    slt_tensor_free(&sum);
}

static void test_together(slt_arithmetic arithmetic, size_t rows)
{
    begin_wide();
    slt_batch batch = class_batch(arithmetic, rows, false);
    slt_params w = nets_params(&model, arithmetic), g = nets_params(&model, arithmetic);
    slt_net *net = nets_create(&model, &batch, rows, arithmetic);
    slt_tensor want = nets_tensor(arithmetic, rows, 900);
    compose_wide(&w, &batch, &want);
    slt_net_forward(net, &w, &batch);
    TAP_OK(nets_same(slt_net_value(net, "q"), &want), "wide ops together, %s, %zu rows",
           slt_arithmetic_name(arithmetic), rows);
    slt_net_gradient(net, &w, &batch, &g);
    TAP_OK(nets_same(slt_net_value(net, "q"), &want), "in the gradient's pass too");
    slt_net_free(net);
    slt_tensor_free(&want);
    slt_params_free(&w);
    slt_params_free(&g);
    slt_batch_free(&batch);
}

int main(void)
{
    static const size_t rows[] = {1, 2, 31, 65};
    slt_num_start(SLT_ISA_COUNT - 1);
    for (slt_arithmetic a = SLT_F32; a <= SLT_FIXED; a++) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            test_composition(a, rows[i]);
            test_one_hot(a, rows[i]);
            test_together(a, rows[i]);
        }
        test_room(a);
        test_blocks(a, false);
        test_blocks(a, true);
        if (a != SLT_FIXED) /* whose products round their operands first */
            test_gather(a);
        test_order(a);
        test_idle_use(a);
        test_sum(a);
        test_rectified_sum(a);
    }
    return tap_done();
}
