#include "study/outcome.h"

#include <stdlib.h>
#include <string.h>

static const slt_record *find_table(const slt_trace *trace)
{
    for (size_t i = slt_trace_records(trace); i-- > 0;)
        if (slt_trace_record(trace, i)->kind == SLT_RECORD_TABLE)
            return slt_trace_record(trace, i);
    return NULL;
}

slt_status slt_outcome_of_trace(const slt_trace *trace, slt_outcome *outcome,
                                slt_error *err)
{
    const slt_record *table = find_table(trace);
    size_t count = table ? table->result_count : 0;
    *outcome = (slt_outcome){
        .status = slt_trace_record(trace, slt_trace_records(trace) - 1)->status,
        .results = calloc(count + 1, sizeof *outcome->results),
        .result_count = count};
    if (!outcome->results)
        return slt_fail(err, SLT_RESOURCE, "no memory for the results of a run");
    if (count)
        memcpy(outcome->results, table->results, count * sizeof *outcome->results);
    return SLT_OK;
}

void slt_outcome_free(slt_outcome *outcome)
{
    free(outcome->results);
    *outcome = (slt_outcome){0};
}

const slt_real *slt_outcome_find(const slt_outcome *outcome, const char *name)
{
    for (size_t i = 0; i < outcome->result_count; i++)
        if (!strcmp(outcome->results[i].name, name) &&
            slt_real_finite(outcome->results[i].value))
            return &outcome->results[i].value;
    return NULL;
}
