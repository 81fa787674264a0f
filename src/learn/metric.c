/* The table of metrics, and what they have in common. */
#include "learn/metric.h"

#include "base/assert.h"
#include "base/schema_kinds.h"
#include "base/schema_rows.h"

#define DECLARE(constant, name) extern const slt_metric_type slt_metric_kind_##name;
SLT_METRIC_KINDS(DECLARE)

#define ROW(constant, name) [SLT_METRIC_##constant] = &slt_metric_kind_##name,
static const slt_metric_type *const types[] = {SLT_METRIC_KINDS(ROW)};
#define TYPES (sizeof types / sizeof *types)

const slt_metric_type *slt_metric_type_of(const slt_metric_spec *metric)
{
    SLT_ASSERT((size_t)metric->kind < TYPES);
    return types[metric->kind];
}

bool slt_metric_of_weights(const slt_metric_spec *metric)
{
    const slt_metric_type *type = slt_metric_type_of(metric);
    return type->measure && !type->cost && !slt_metric_probes(metric).probes;
}

SLT_SCHEMA_KINDS(slt_metric_kind, types)

slt_function_set slt_metric_functions(const slt_metric_spec *metric,
                                      const slt_run_spec *run)
{
    const slt_metric_type *type = slt_metric_type_of(metric);
    return type->functions ? type->functions(run) : 0;
}

slt_hessian_spec slt_metric_probes(const slt_metric_spec *metric)
{
    return (slt_hessian_spec){
        .probes = metric->probes, .method = SLT_HESSIAN_EXACT, .last = metric->last};
}

const slt_schema slt_metric_weight = {.key = "weight",
                                      .type = SLT_SCHEMA_TENSOR_NAME,
                                      AT(slt_metric_spec, weight),
                                      .also = "of|tensor|w",
                                      .meaning = "the weight that it is a number of"};
