/* flow: gradient flow of a model that is linear in its one trainable weight, solved
 * exactly (learn/flow.h).  It takes no steps: checkpoints stand at times. */
#include "learn/optimizer.h"

#include "base/schema_rows.h"
#include "learn/flow.h"
#include "net/net.h"
#include "num/abreast.h"
#include "num/scalar.h"

static slt_status flow_make(const slt_run_spec *run, const slt_data *data,
                            const slt_params *first, void **path, slt_error *err)
{
    slt_flow *flow = *path;
    if (flow)
        return slt_flow_begin(flow, run, data, first, err);
    slt_status status = slt_flow_create(run, data, first, &flow, err);
    *path = flow;
    return status;
}

static void flow_drop(void *path)
{
    slt_flow_free(path);
}

static bool flow_reach(void *path, slt_real time, slt_params *weights)
{
    return slt_flow_reach(path, time, weights);
}

static slt_status flow_fit(const slt_run_spec *run, const char **field, slt_error *err)
{
    size_t weight;
    *field = "arithmetic";
    if (run->arithmetic == SLT_FIXED)
        return slt_fail(err, SLT_FORMAT,
                        "a flow is solved in binary64: expected f32 or f64, found fixed");
    *field = "train.batch";
    if (run->train.batch.order != SLT_BATCH_FULL)
        return slt_fail(err, SLT_FORMAT, "a flow takes all samples: expected full");
    *field = "model";
    return slt_net_affine(&run->model, &weight, err);
}

/* A bias moves beside a weight that stays, or a weight without a bias. */
static bool flow_ends_abreast(const slt_run_spec *run, const slt_net_plane *plane)
{
    const slt_optimizer_spec *optimizer = &run->train.optimizer;
    const slt_model_spec *model = &run->model;
    const bool has_bias = plane->bias < model->weight_count;
    return !(optimizer->l1.bits << 1) &&
           model->weights[plane->weight].trainable == !has_bias;
}

/* The one mode of a bias, whose features are all 1. */
static void flow_end_abreast(const slt_run_spec *run, const slt_net_plane *plane,
                             const slt_tensor *weight, const slt_tensor *x,
                             const slt_tensor *targets, slt_tensor *moved)
{
    const slt_real l2 = run->train.optimizer.l2;
    const slt_real rate =
        slt_real_fma(plane->curvature, slt_real_from_u64(targets->rows), l2);
    if (run->model.weights[plane->weight].trainable)
        slt_num_ridge_abreast(x, targets, plane->curvature, l2, moved);
    else
        slt_num_bias_abreast(x, weight, targets, plane->curvature, rate, moved);
}

static slt_function_set flow_functions(slt_arithmetic arithmetic)
{
    (void)arithmetic;
    return slt_flow_functions();
}

static const slt_schema field_l2 = {
    .key = "l2",
    .behind = true,
    .type = SLT_SCHEMA_REAL,
    AT(slt_optimizer_spec, l2),
    .range = SLT_RANGE_NOT_NEGATIVE,
    PRESET(REAL_VALUE(0x0)),
    .also = "ridge",
    .meaning = "the loss goes up by half this times the sum of the weight's squares"};

static const slt_schema field_tolerance = {
    .key = "tolerance",
    .behind = true,
    .type = SLT_SCHEMA_REAL,
    AT(slt_optimizer_spec, tolerance),
    .range = SLT_RANGE_POSITIVE,
    PRESET(REAL_VALUE(0x3f1a36e2eb1c432d)),
    .also = "accuracy|precision",
    .meaning = "with l1, of a weight of several numbers: how far from the flow its path "
               "may be, in the Euclidean distance; the end point is exact"};

const slt_optimizer_type slt_optimizer_flow = {
    .name = "flow",
    .meaning = "gradient flow, solved exactly, of a model that is linear in its one "
               "trainable weight under a sum of squares; it goes by times",
    .fields = FIELD_LIST(&slt_optimizer_field_l1, &field_l2, &field_tolerance),
    .make = flow_make,
    .drop = flow_drop,
    .reach = flow_reach,
    .bytes = slt_flow_bytes,
    .path_work = slt_flow_work,
    .ends_abreast = flow_ends_abreast,
    .end_abreast = flow_end_abreast,
    .fit = flow_fit,
    .functions = flow_functions,
};
