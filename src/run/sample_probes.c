/* The trace of the Hessian of an estimate: its probes, with safe points between them. */
#include "run/execute_internal.h"

#include <stdlib.h>

#include "learn/hessian.h"
#include "num/scalar.h"

/* A snapshot does not hold the probes taken so far: a run that is stopped here takes
 * them again. */
static slt_status take_probes(slt_executor *executor, slt_hessian *hessian,
                              slt_real *values, size_t count, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < count && !status; i++) {
        values[i] = slt_hessian_probe(hessian, (uint32_t)i);
        if (slt_executor_wanted(executor))
            status = slt_executor_pause(executor, err);
    }
    return status;
}

static slt_status probe(slt_executor *executor, const slt_hessian_site *site,
                        slt_real *values, size_t count, slt_error *err)
{
    slt_hessian *hessian = NULL;
    slt_status status = slt_hessian_create(site, &hessian, err);
    if (!status)
        status = take_probes(executor, hessian, values, count, err);
    slt_hessian_free(hessian);
    return status;
}

slt_status slt_sample_trace(slt_executor *executor, const slt_llc_spec *spec,
                            const slt_params *start, uint64_t step, uint32_t ordinal,
                            slt_real *trace, slt_error *err)
{
    const slt_run_spec *run = executor->at->run;
    const slt_batch_spec all = {.order = SLT_BATCH_FULL};
    const size_t count = (size_t)spec->hessian_probes;
    slt_batcher *batcher = NULL;
    slt_real *values = calloc(count, sizeof *values);
    if (!values)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu probes", count);
    slt_status status = slt_batcher_create(spec->hessian_last ? &run->train.batch : &all,
                                           &executor->data->train, run->seed,
                                           SLT_DRAW_BATCH, 0, 0, &batcher, err);
    if (!status) {
        const slt_hessian_site site = {.run = run,
                                       .method = spec->hessian_method,
                                       .batch =
                                           slt_batcher_at(batcher, step - (step > 0)),
                                       .start = start,
                                       .ordinal = ordinal};
        status = probe(executor, &site, values, count, err);
    }
    if (!status)
        *trace = slt_real_mean(values, count);
    slt_batcher_free(batcher);
    free(values);
    return status;
}
