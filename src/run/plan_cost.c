#include "run/plan_cost.h"

#include <string.h>

#include "net/net.h"

/* Measured with one processor on the figures here, and good for a factor of 2: a call of
 * an op; a row in an op; a number that an op makes or a batch holds, and one of those
 * that take a function. */
enum { CALL_PS = 80000, ROW_PS = 800, NUMBER_PS = 70, FUNCTION_PS = 1200 };

/* Widths of the values so far, by name. */
typedef struct widths {
    const char *name[SLT_OPS_MAX + SLT_INPUTS_MAX];
    size_t width[SLT_OPS_MAX + SLT_INPUTS_MAX];
    size_t count, inputs; /* the first are the data's */
} widths;

static size_t find(const widths *w, const char *name)
{
    size_t i = 0;
    while (i < w->count && strcmp(w->name[i], name) != 0)
        i++;
    return i;
}

static void add(widths *w, const char *name, size_t width)
{
    w->name[w->count] = name;
    w->width[w->count++] = width;
}

static uint64_t padded(const slt_run_spec *run, size_t width)
{
    size_t lanes = run->arithmetic == SLT_F32 ? 16 : 8;
    return (width + lanes - 1) / lanes * lanes;
}

/* Of one row; a gradient, or a loss alone. */
typedef struct row_cost {
    uint64_t madds, rows, numbers, functions;
} row_cost;

static void add_linear(const slt_run_spec *run, size_t in, size_t out, bool first,
                       bool gradient, row_cost *cost)
{
    cost->madds += in * padded(run, out);
    cost->rows += gradient ? 3 : 1;
    cost->numbers += out * (gradient ? 3 : 1);
    if (gradient) /* of the weight and, unless it reads data, of what it reads */
        cost->madds += (first ? 1 : 2) * out * padded(run, in);
}

static void add_op(const slt_run_spec *run, const slt_op_spec *op, bool gradient,
                   widths *w, row_cost *cost)
{
    const slt_model_spec *model = &run->model;
    size_t from = find(w, op->in[0]), at = slt_model_weight(model, op->weight);
    size_t width = from < w->count ? w->width[from] : 1;
    bool embedding = strcmp(op->op, "embedding") == 0;
    if (at < model->weight_count) {
        const slt_weight_spec *weight = &model->weights[at];
        size_t out = op->transpose || embedding ? weight->cols : weight->rows;
        if (!embedding)
            add_linear(run, width, out, from < w->inputs, gradient, cost);
        width = out;
    }
    cost->rows += gradient ? 2 : 1;
    cost->numbers += width * (gradient ? 2 : 1);
    if (strcmp(op->op, "gelu") == 0)
        cost->functions += width * (gradient ? 2 : 1);
    add(w, op->out, width);
}

static uint64_t scaled(uint64_t each, uint64_t rows)
{
    uint64_t all;
    return __builtin_mul_overflow(each, rows, &all) ? UINT64_MAX : all;
}

static slt_plan_cost sum(const slt_run_spec *run, const row_cost *cost, uint64_t rows)
{
    uint64_t calls = (run->model.op_count + 2) * CALL_PS;
    uint64_t row =
        cost->rows * ROW_PS + cost->numbers * NUMBER_PS + cost->functions * FUNCTION_PS;
    uint64_t ps = scaled(row, rows);
    return (slt_plan_cost){.madds = scaled(cost->madds, rows),
                           .ps = ps > UINT64_MAX - calls ? UINT64_MAX : ps + calls};
}

static row_cost cost_of(const slt_run_spec *run, bool gradient, bool picked)
{
    slt_batch shape;
    widths w = {0};
    row_cost cost = {0};
    slt_data_shape(&run->data, run->arithmetic, &shape);
    for (size_t i = 0; i < shape.inputs; i++)
        add(&w, shape.input_name[i], shape.input[i].cols);
    w.inputs = w.count;
    for (size_t i = 0; i < shape.inputs && picked; i++)
        cost.numbers += 4 * shape.input[i].cols;
    for (size_t i = 0; i < run->model.op_count; i++)
        add_op(run, &run->model.ops[i], gradient, &w, &cost);
    size_t out = find(&w, run->model.loss.in);
    uint64_t width = out < w.count ? w.width[out] : 1;
    cost.rows += picked ? 8 : 2;
    cost.numbers += (picked ? 8 : 4) * width;
    if (slt_net_loss_classifies(run->model.loss.op))
        cost.functions += (gradient ? 2 : 1) * width;
    return cost;
}

slt_plan_cost slt_plan_gradient(const slt_run_spec *run, uint64_t rows, bool picked)
{
    row_cost cost = cost_of(run, true, picked);
    return sum(run, &cost, rows);
}

slt_plan_cost slt_plan_loss(const slt_run_spec *run, uint64_t rows)
{
    row_cost cost = cost_of(run, false, false);
    return sum(run, &cost, rows);
}
