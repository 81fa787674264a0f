/* The trace of the Hessian of an estimate: its probes, with safe points between them. */
#include "run/execute_internal.h"

#include <stdlib.h>

#include "base/world.h"
#include "learn/hessian.h"
#include "learn/sampler.h"
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

slt_status slt_sample_trace(slt_executor *executor, const slt_sampler *sampler,
                            uint64_t step, slt_real *trace, slt_error *err)
{
    const slt_hessian_spec *spec = &sampler->spec->hessian;
    const size_t count = (size_t)spec->probes;
    const slt_data *data = spec->last ? executor->data : &sampler->data;
    slt_hessian *hessian = NULL;
    slt_real *values = slt_world.calloc(count, sizeof *values);
    if (!values)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu probes", count);
    slt_status status = slt_hessian_create(sampler->run, spec, &sampler->refined,
                                           data, 0, &hessian, err);
    if (!status) {
        slt_hessian_place(hessian, sampler->start, step, sampler->ordinal);
        status = take_probes(executor, hessian, values, count, err);
    }
    if (!status)
        *trace = slt_real_mean(values, count);
    slt_hessian_free(hessian);
    free(values);
    return status;
}
