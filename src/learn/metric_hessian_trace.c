/* hessian-trace: the trace of the Hessian of the loss, by exact products along random
 * signs. */
#include <stdlib.h>

#include "base/schema_rows.h"
#include "base/world.h"
#include "learn/hessian.h"
#include "learn/metric.h"
#include "net/second.h"
#include "num/scalar.h"

typedef struct hessian_room {
    slt_hessian_spec spec;
    slt_hessian *hessian;
    slt_real *values; /* of the probes */
} hessian_room;

static slt_status fit_hessian(const slt_metric_spec *metric, const slt_run_spec *run,
                              slt_error *err)
{
    (void)metric;
    return slt_second_check(&run->model, err);
}

static void drop_hessian(void *made)
{
    hessian_room *room = made;
    slt_hessian_free(room->hessian);
    free(room->values);
    free(room);
}

/* Estimates have chain 0 of the probes' counter. */
static slt_status make_hessian(const slt_metric_spec *metric, const slt_run_spec *run,
                               const slt_data *data, void **made, slt_error *err)
{
    const uint32_t chain = 1 + (uint32_t)(metric - run->train.metrics);
    hessian_room *room = slt_world.calloc(1, sizeof *room);
    slt_real *values = slt_world.calloc((size_t)metric->probes, sizeof *values);
    if (!room || !values) {
        free(room);
        free(values);
        return slt_fail(err, SLT_RESOURCE, "no memory for a metric");
    }
    *room = (hessian_room){.spec = slt_metric_probes(metric), .values = values};
    slt_status status =
        slt_hessian_create(run, &room->spec, NULL, data, chain, &room->hessian, err);
    if (status)
        drop_hessian(room);
    else
        *made = room;
    return status;
}

static slt_real measure_hessian(const slt_metric_spec *metric, const slt_params *weights,
                                uint64_t step, void *made)
{
    hessian_room *room = made;
    const size_t count = (size_t)metric->probes;
    slt_hessian_place(room->hessian, weights, step, (uint32_t)step);
    for (size_t i = 0; i < count; i++)
        room->values[i] = slt_hessian_probe(room->hessian, (uint32_t)i);
    return slt_real_mean(room->values, count);
}

static const slt_schema field_probes = {
    .key = "probes",
    .type = SLT_SCHEMA_INT,
    AT(slt_metric_spec, probes),
    .least = 1,
    .most = SLT_HESSIAN_PROBES_MAX,
    .also = "hessian_probes|num_probes",
    .meaning = "random vectors of signs whose products with the Hessian are averaged"};

static const slt_schema field_batch = {
    .key = "batch",
    .type = SLT_SCHEMA_WORD,
    AT(slt_metric_spec, last),
    WORDS("full", "last"),
    PRESET(TEXT_VALUE("full")),
    .also = "hessian_batch|samples",
    .meaning = "whose loss it is: all samples', or that of the batch of the last update "
               "before the checkpoint"};

const slt_metric_type slt_metric_kind_hessian_trace = {
    .name = "hessian-trace",
    .meaning = "the trace of the Hessian of the loss, by exact products with random "
               "vectors of signs",
    .fields = FIELD_LIST(&field_probes, &field_batch),
    .measure = measure_hessian,
    .make = make_hessian,
    .drop = drop_hessian,
    .fit = fit_hessian,
};
