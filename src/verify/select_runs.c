#include "verify/select_runs.h"

#include <stdlib.h>

#include "base/world.h"
#include "num/draw.h"

/* Selects run floor(k (runs - 1) / (sample - 1)) for each k, so that the first and the
 * last run are among them. */
static void select_spread(size_t runs, size_t sample, bool *selected)
{
    if (sample == 1)
        selected[0] = true;
    for (size_t k = 0; k < sample && sample > 1; k++)
        selected[(uint64_t)k * (runs - 1) / (sample - 1)] = true;
}

/* Selects the first `sample` runs of a shuffle of all runs. */
static slt_status select_draw_sample(size_t runs, size_t sample, uint64_t key,
                                     bool *selected, slt_error *err)
{
    uint32_t *order = slt_world.calloc(runs, sizeof *order);
    if (!order)
        return slt_fail(err, SLT_RESOURCE, "no memory for a sample of %zu runs", runs);
    slt_draw_shuffle(slt_stream_of(key, SLT_DRAW_SAMPLE, 0, 0, 0, 0), runs, sample,
                     order);
    for (size_t i = 0; i < sample; i++)
        selected[order[i]] = true;
    free(order);
    return SLT_OK;
}

slt_status slt_select_runs(const slt_manifest *manifest, size_t runs,
                           const slt_verify_options *options, bool *selected,
                           slt_error *err)
{
    size_t sample = options->sample < runs ? options->sample : runs;
    if (options->only && options->sample)
        return slt_fail(err, SLT_USAGE, "expected --only or --sample, found both");
    if (options->only)
        return slt_manifest_select(manifest, options->only, selected, err);
    if (options->sample && options->keyed)
        return select_draw_sample(runs, sample, options->key, selected, err);
    if (options->sample) {
        select_spread(runs, sample, selected);
        return SLT_OK;
    }
    for (size_t run = 0; run < runs; run++)
        selected[run] = true;
    return SLT_OK;
}
