#include "run/parts.h"

#include <stdlib.h>

#include "base/endian.h"
#include "base/world.h"
#include "num/scalar.h"

#define QUARTERS 4

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the losses of a chain");
}

/* The canonical mean of the losses first to end - 1; end > first. */
static slt_status mean_loss(const slt_record *chain, size_t first, size_t end,
                            slt_real *mean, slt_error *err)
{
    slt_real *losses = slt_world.calloc(end - first, sizeof *losses);
    if (!losses)
        return no_memory(err);
    for (size_t i = first; i < end; i++)
        losses[i - first].bits = slt_load_le64(chain->losses + 8 * i);
    *mean = slt_real_mean(losses, end - first);
    free(losses);
    return SLT_OK;
}

/* floor(index count / of). */
static uint64_t edge(const slt_part *part, uint64_t index, uint64_t count)
{
    return index * (count / part->of) + index * (count % part->of) / part->of;
}

/* The record of a chain without losses has the means of its four quarters. */
static slt_status stored_quarter(const slt_record *chain, const slt_part *part,
                                 slt_real *mean, slt_error *err)
{
    if (part->of != QUARTERS)
        return slt_fail(err, SLT_FORMAT,
                        "estimate %lu: its trace holds no losses, only their quarters: "
                        "expected `of: 4`, found %llu",
                        (unsigned long)part->llc + 1, (unsigned long long)part->of);
    *mean = chain->quarters[part->part - 1];
    return SLT_OK;
}

/* nbeta (mean loss - loss at w*) of one chain; *has becomes false if it has no draw
 * in the part. */
static slt_status chain_part(const slt_record *chain, const slt_part *part,
                             slt_real *value, bool *has, slt_error *err)
{
    uint64_t first = edge(part, part->part - 1, chain->draws);
    uint64_t end = edge(part, part->part, chain->draws);
    slt_real mean;
    *has = chain->chain_status == SLT_RUN_DONE && first < end;
    if (!*has)
        return SLT_OK;
    slt_status status = chain->has_losses
                            ? mean_loss(chain, (size_t)first, (size_t)end, &mean, err)
                            : stored_quarter(chain, part, &mean, err);
    if (!status)
        *value = slt_real_mul(chain->nbeta, slt_real_sub(mean, chain->init_loss));
    return status;
}

/* The chains of an estimate at the last step that it was made at: the index of the first
 * in *first, and their number. */
static size_t last_chains(const slt_trace *trace, uint32_t llc, size_t *first)
{
    size_t count = 0;
    for (size_t i = 0; i < slt_trace_records(trace); i++) {
        const slt_record *record = slt_trace_record(trace, i);
        if (record->kind != SLT_RECORD_CHAIN || record->llc != llc)
            continue;
        if (!count || record->at_step != slt_trace_record(trace, *first)->at_step) {
            *first = i;
            count = 0;
        }
        count++;
    }
    return count;
}

slt_status slt_part_of_trace(const slt_trace *trace, slt_part *part, slt_error *err)
{
    size_t first = 0, count = last_chains(trace, part->llc, &first);
    slt_real *values = slt_world.calloc(count + 1, sizeof *values);
    slt_status status = values ? SLT_OK : no_memory(err);
    bool all = count > 0;
    for (size_t i = 0; i < count && !status && all; i++)
        status =
            chain_part(slt_trace_record(trace, first + i), part, &values[i], &all, err);
    part->value = !status && all ? slt_real_mean(values, count) : slt_real_absent();
    free(values);
    return status;
}
