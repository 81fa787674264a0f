/* Ops of windows: the positions that they make, and what is refused in which words. */
#include "nets.h"
#include "net/image.h"

static slt_model_spec model;
static slt_batch batch;

/* One op of x, which has these positions, with a weight [3, 2, 3, 4] for who takes it. */
static slt_op_spec *begin(const char *name, slt_positions positions, bool weighted)
{
    memset(&model, 0, sizeof model);
    slt_batch_free(&batch);
    batch = nets_batch(SLT_F64, 2, slt_positions_count(&positions) * 4, 3);
    batch.input_positions[0] = positions;
    slt_op_spec *op = nets_op(&model, name, "x", "y");
    if (weighted) {
        slt_weight_spec *weight = nets_weight(&model, "W", 3, 24);
        nets_axes(weight, &(slt_positions){3, {3, 2, 3}}, 4);
        nets_name(op->weight, "W");
    }
    nets_loss(&model, "y", true, true);
    return op;
}

static void set_pair(slt_op_pair *pair, size_t down, size_t right)
{
    *pair = (slt_op_pair){2, {down, right}};
}

/* The loss wants other positions, so its message names those of y. */
static void makes(const char *want)
{
    slt_net_fault fault;
    slt_error err = {0};
    char text[200];
    snprintf(text, sizeof text, "expected positions none like the target, found %s",
             want);
    const slt_status status = slt_net_check(&model, &batch, SLT_F64, &fault, &err);
    TAP_OK(status == SLT_FORMAT && strstr(err.text, text), "%s: %s", model.ops[0].op,
           err.text);
}

static void refuses(const char *want)
{
    slt_net_fault fault;
    slt_error err = {0};
    const slt_status status = slt_net_check(&model, &batch, SLT_F64, &fault, &err);
    TAP_OK(status == SLT_FORMAT && strstr(err.text, want), "%s", err.text);
}

static void test_positions(void)
{
    const slt_positions image = {2, {5, 7}};
    slt_op_spec *op = begin("conv2d", image, true);
    makes("[4, 5]");
    set_pair(&op->padding, 1, 0);
    set_pair(&op->dilation, 2, 3);
    makes("[5, 1]");
    op->stride = (slt_op_pair){0, {2, 0}}; /* one number for both */
    makes("[3, 1]");
    op = begin("maxpool", image, false);
    op->window = (slt_op_pair){0, {2, 0}};
    makes("[2, 3]");
    op->stride = (slt_op_pair){0, {1, 0}};
    makes("[4, 6]");
    op = begin("meanpool", image, false);
    set_pair(&op->window, 2, 3);
    set_pair(&op->padding, 1, 1);
    makes("[3, 3]");
}

static void test_refusals(void)
{
    const slt_positions image = {2, {5, 7}}, tokens = {1, {6}};
    slt_op_spec *op = begin("conv2d", tokens, true);
    refuses("input x: expected positions [height, width], found [6]");
    op = begin("conv2d", image, true);
    model.weights[0].axis[3] = 2;
    model.weights[0].axis[1] = 4;
    refuses("weight W: expected axes [outputs, height, width, 4] for the width of x");
    op = begin("conv2d", image, true);
    model.weights[0].dimensions = 2;
    refuses("weight W: expected axes [outputs, height, width, 4]");
    op = begin("conv2d", image, true);
    set_pair(&op->dilation, 5, 1);
    refuses("a window of [2, 3], its places [5, 1] apart, does not fit the positions "
            "[5, 7] of x with padding [0, 0]");
    op = begin("conv2d", image, true);
    nets_weight(&model, "b", 1, 4);
    nets_name(op->bias, "b");
    refuses("bias b: expected shape [3]");
    op = begin("conv2d", image, true);
    set_pair(&op->padding, 1 << 14, 1 << 14);
    refuses(
        "positions [32773, 32775] with padding, of 4 numbers each, are more than 2^28");
    op = begin("maxpool", image, false);
    set_pair(&op->window, 3, 2);
    set_pair(&op->padding, 1, 2);
    refuses("expected a padding of at most half of the window, found 2 for 2");
    op = begin("meanpool", image, false);
    set_pair(&op->window, 6, 2);
    refuses("does not fit the positions [5, 7]");
    op = begin("maxpool", image, true);
    op->window = (slt_op_pair){0, {2, 0}};
    refuses("takes no weight");
}

static uint64_t bytes_in(slt_arithmetic arithmetic, slt_net_rows rows)
{
    uint64_t bytes = 0;
    slt_error err = {0};
    if (slt_net_bytes_rows(&model, &batch, rows, arithmetic, &bytes, &err))
        tap_bail(err.text);
    return bytes;
}

/* In fixed point sums of a window have working memory, of a number as large as those of
 * f64: for each position that it makes, and on the way back for each that it sees. */
static void test_memory(void)
{
    const slt_net_rows forward = {0, 2}, both = {2, 2};
    slt_op_spec *op = begin("linear", (slt_positions){2, {5, 7}}, false);
    nets_weight(&model, "W", 4, 4);
    nets_name(op->weight, "W");
    op = nets_op(&model, "meanpool", "y", "z");
    set_pair(&op->window, 2, 3);
    nets_loss(&model, "z", true, true);
    slt_batch_free(&batch);
    batch = nets_batch(SLT_F64, 2, 5 * 7 * 4, 2 * 2 * 4);
    batch.input_positions[0] = (slt_positions){2, {5, 7}};
    batch.target_positions = (slt_positions){2, {2, 2}};
    TAP_EQ_U64(bytes_in(SLT_FIXED, forward) - bytes_in(SLT_F64, forward),
               2 * (2 * 2 * 4) * 8, "meanpool");
    TAP_EQ_U64(bytes_in(SLT_FIXED, both) - bytes_in(SLT_F64, both), 2 * (5 * 7 * 4) * 8,
               "meanpool and its gradient");
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT - 1);
    test_positions();
    test_refusals();
    test_memory();
    slt_batch_free(&batch);
    return tap_done();
}
