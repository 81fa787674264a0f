/* norm: the root of the sum of a weight's squares. */
#include "base/schema_rows.h"
#include "learn/metric.h"
#include "num/ops.h"
#include "num/scalar.h"

static slt_real measure_norm(const slt_metric_spec *metric, const slt_params *weights,
                             uint64_t step, void *room)
{
    const slt_tensor *weight = &weights->tensor[metric->at];
    (void)step;
    (void)room;
    return slt_real_sqrt(slt_num_dot(weight, weight));
}

const slt_metric_type slt_metric_kind_norm = {
    .name = "norm",
    .meaning = "the Euclidean norm of a weight",
    .fields = FIELD_LIST(&slt_metric_weight),
    .measure = measure_norm,
};
