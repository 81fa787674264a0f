/* The rank of a Jacobian by its singular values. */
#include "audit/rank_internal.h"

#include <math.h>
#include <stdlib.h>

#include "base/world.h"
#include "num/element.h"
#include "num/math.h"
#include "theory/singular.h"

slt_status slt_rank_check_values(const slt_rank_job *job, slt_error *err)
{
    (void)job;
    if (slt_num_available(SLT_F64, NULL))
        return slt_fail(err, SLT_UNFIT,
                        "singular values are computed in binary64, which this program "
                        "cannot do here; --modulo needs no floating point");
    return slt_theory_singular_here(err);
}

/* What the rounding of an arithmetic's numbers may move singular values by. */
static double noise_of(slt_arithmetic arithmetic, size_t longer, double largest)
{
    static const int digits[] = {[SLT_F32] = 23, [SLT_F64] = 52, [SLT_FIXED] = 48};
    return ldexp(sqrt((double)longer) * largest, -digits[arithmetic]);
}

/* Looks at the ratio behind each value above the noise of the weights; behind the last
 * one everything is 0.  least: the noise of binary64, which values are computed in. */
static void find_gaps(const double *values, size_t count, double noise, double least,
                      slt_rank_found *found)
{
    double largest = 0;
    size_t gaps = 0;
    found->rank = 0;
    for (size_t i = 0; i < count && values[i] > noise; i++) {
        double ratio = values[i] / (i + 1 < count ? fmax(values[i + 1], least) : least);
        if (ratio >= SLT_RANK_GAP && gaps++ < SLT_RANK_GAPS_MAX)
            found->gaps[found->gap_count++] = (slt_rank_gap){i + 1, slt_real_of(ratio)};
        if (ratio > largest) {
            largest = ratio;
            found->rank = i + 1;
        }
    }
    found->noise = slt_real_of(noise);
    found->ratio = found->rank ? slt_real_of(largest) : slt_real_absent();
    found->clear = gaps == 1 || found->rank == 0;
}

static slt_status find_values(slt_tensor *jacobian, slt_rank_found *found, slt_error *err)
{
    const size_t rows = jacobian->rows, cols = jacobian->cols;
    const size_t count = rows < cols ? rows : cols;
    double *values = slt_world.calloc(count, sizeof *values);
    found->values = slt_world.calloc(count, sizeof *found->values);
    slt_status status = SLT_OK;
    if (!values || !found->values)
        status = slt_fail(err, SLT_RESOURCE, "no memory for %zu singular values", count);
    if (!status)
        status = slt_theory_singular_values(jacobian->data, rows, cols, values, err);
    if (!status) {
        const size_t longer = rows > cols ? rows : cols;
        found->count = count;
        for (size_t i = 0; i < count; i++)
            found->values[i] = slt_real_of(values[i]);
        find_gaps(values, count, noise_of(found->spec->arithmetic, longer, values[0]),
                  noise_of(SLT_F64, longer, values[0]), found);
    }
    free(values);
    return status;
}

/* The run's own numbers, widened. */
static slt_status widen(const slt_params *from, const slt_run_spec *spec, slt_params *to,
                        slt_error *err)
{
    slt_status status = slt_params_create(&spec->model, SLT_F64, to, err);
    for (size_t i = 0; i < from->count && !status; i++)
        if (from->owned[i])
            slt_num_convert(&from->tensor[i], &to->tensor[i]);
    return status;
}

slt_status slt_rank_by_values(slt_rank_job *job, slt_error *err)
{
    slt_params weights = {0};
    slt_tensor jacobian = {0};
    slt_status status = widen(&job->state.weights, job->spec, &weights, err);
    if (!status)
        status = slt_jacobian_make(job->spec, &slt_trainer_data(job->trainer)->train,
                                   &weights, &jacobian, err);
    slt_params_free(&weights);
    if (!status)
        status = find_values(&jacobian, &job->found, err);
    slt_tensor_free(&jacobian);
    return status;
}
