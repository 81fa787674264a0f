/* Adds rows for runs of ours: what a trace has, or why there is nothing. */
#include "audit/estimates_internal.h"

#include "figure/estimates.h"
#include "learn/quantity.h"
#include "run/outcome.h"

static slt_status add_no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for estimates");
}

char *slt_estimates_reason(slt_run_status status, const char *column)
{
    slt_buffer text = {0};
    if (status != SLT_RUN_DONE)
        slt_buffer_printf(&text, "%s", slt_run_status_name(status));
    else
        slt_buffer_printf(&text, "it has no %s", column);
    return slt_buffer_take(&text);
}

slt_status slt_estimates_add_row(slt_estimates_audit *a, size_t run, size_t source,
                                 slt_row_kind kind, const slt_trace_estimate *found,
                                 slt_error *err)
{
    const slt_row row = {.run = a->ours.golden->runs[run].run,
                         .source = source,
                         .kind = kind,
                         .llc = found->llc,
                         .mcse = found->mcse,
                         .note = found->note};
    return slt_rows_add(&a->rows, &row, a->path, err);
}

slt_status slt_estimates_add_absent(slt_estimates_audit *a, size_t run, size_t source,
                                    slt_buffer *what, slt_error *err)
{
    slt_trace_estimate nothing = {.llc = slt_real_absent(), .mcse = slt_real_absent()};
    slt_row_kind kind = what->size ? SLT_ROW_OTHER : SLT_ROW_MISSING;
    if (what->size && !(nothing.note = slt_buffer_take(what)))
        return add_no_memory(err);
    return slt_estimates_add_row(a, run, source, kind, &nothing, err);
}

/* ---- One trace --------------------------------------------------------------------- */

static slt_status add_find_error(const slt_trace *trace, uint32_t llc,
                                 slt_trace_estimate *found, slt_error *err)
{
    slt_estimates all;
    slt_status status = slt_estimates_of_trace(trace, &all, err);
    const slt_estimate *e = status ? NULL : slt_estimates_last(&all, llc);
    if (e && e->whole) {
        slt_buffer why = {0};
        found->mcse = e->found.mcse;
        slt_diagnostics_unknown(&e->found, &why);
        if (why.size && !(found->note = slt_buffer_take(&why)))
            status = add_no_memory(err);
    }
    slt_estimates_free(&all);
    return status;
}

static slt_status add_find_result(const slt_trace *trace, const slt_ours *ours,
                                  slt_trace_estimate *found, slt_error *err)
{
    slt_outcome outcome;
    slt_status status = slt_outcome_of_trace(trace, NULL, 0, &outcome, err);
    if (status)
        return status;
    const slt_real *value = slt_outcome_find(&outcome, &ours->column);
    found->has = value && slt_real_finite(*value);
    if (found->has)
        found->llc = *value;
    else if (!(found->note = slt_estimates_reason(outcome.status, ours->column_name)))
        status = add_no_memory(err);
    slt_outcome_free(&outcome);
    return status;
}

slt_status slt_estimates_of_run(const slt_trace *trace, const char *path,
                                const slt_ours *ours, slt_trace_estimate *found,
                                slt_error *err)
{
    slt_error wrong;
    *found = (slt_trace_estimate){.llc = slt_real_absent(), .mcse = slt_real_absent()};
    slt_status status = add_find_result(trace, ours, found, &wrong);
    if (!status && found->has && slt_quantity_is_mean(&ours->column))
        status = add_find_error(trace, ours->column.estimate, found, &wrong);
    return status ? slt_fail(err, status, "%s: %s", path, wrong.text) : SLT_OK;
}

void slt_estimates_note_arithmetic(slt_estimates_audit *a, const slt_match_keys *keys,
                                   size_t which)
{
    if (which && !a->converted++)
        slt_buffer_printf(&a->arithmetic, "run.arithmetic is %s there, %s here",
                          slt_arithmetic_name(keys->arithmetic[which]),
                          slt_arithmetic_name(keys->arithmetic[0]));
}
