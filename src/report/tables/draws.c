/* Draws as CSV: the run, the sweep's axes, and the loss. */
#include "report/tables/tables.h"

#include <inttypes.h>

#include "base/escape.h"

typedef struct draws_rows {
    const slt_tables_study *study;
    slt_io_output *to;
    slt_buffer head, lines;
    uint64_t count;
} draws_rows;

/* Writes the rows collected so far, so that a long chain is never held whole. */
static void draws_flush(draws_rows *rows)
{
    slt_io_write(rows->to, rows->lines.data, rows->lines.size);
    if (!rows->lines.failed)
        slt_buffer_clear(&rows->lines);
}

static void draws_put_chain(draws_rows *rows, const slt_record *chain)
{
    char text[SLT_REAL_TEXT_MAX];
    for (size_t i = 0; i < chain->loss_count; i++) {
        slt_real_text(slt_tables_loss(chain, i), text);
        slt_buffer_append(&rows->lines, rows->head.data, rows->head.size);
        slt_buffer_printf(&rows->lines, ",%" PRIu32 ",%" PRIu64 ",%" PRIu32 ",%zu,%s\n",
                          chain->llc + 1, chain->at_step, chain->chain, i, text);
        if (rows->lines.size > 1 << 16)
            draws_flush(rows);
    }
    rows->count += chain->loss_count;
}

static slt_status draws_put_run(void *context, const slt_tables_run *run, slt_error *err)
{
    draws_rows *rows = context;
    slt_buffer_clear(&rows->head);
    slt_buffer_printf(&rows->head, "%zu", run->run);
    for (size_t i = 0; i < rows->study->axis_count; i++) {
        slt_buffer_byte(&rows->head, ',');
        slt_escape_csv(&rows->head,
                       slt_manifest_value(rows->study->manifest, run->run, i));
    }
    for (size_t i = 0; i < slt_trace_records(run->trace); i++)
        if (slt_trace_record(run->trace, i)->kind == SLT_RECORD_CHAIN)
            draws_put_chain(rows, slt_trace_record(run->trace, i));
    draws_flush(rows);
    if (rows->head.failed || rows->lines.failed)
        return slt_fail(err, SLT_RESOURCE, "run %zu: no memory for its draws", run->run);
    return rows->to->failed ? slt_fail(err, SLT_FILE, "%s", rows->to->error.text)
                            : SLT_OK;
}

slt_status slt_tables_draws(slt_manifest *manifest, const slt_traces *traces,
                            slt_io_output *to, slt_error *err)
{
    static const char *const columns[] = {"run",  "estimate", "at_step", "chain",
                                          "draw", "loss",     NULL};
    slt_tables_study study;
    slt_status status = slt_tables_study_of(manifest, traces, &study, err);
    if (!status)
        status = slt_tables_name_axes(&study, columns, err);
    draws_rows rows = {.study = &study, .to = to};
    if (status)
        return status;
    slt_buffer_printf(&rows.lines, "run");
    for (size_t i = 0; i < study.axis_count; i++) {
        slt_buffer_byte(&rows.lines, ',');
        slt_escape_csv(&rows.lines, study.axes[i].name);
    }
    slt_buffer_printf(&rows.lines, ",estimate,at_step,chain,draw,loss\n");
    status = slt_tables_walk(&study, draws_put_run, &rows, err);
    if (!status && !rows.count)
        status = slt_fail(err, SLT_UNFIT, "%s: no chain has stored its losses",
                          slt_manifest_name(manifest));
    slt_buffer_free(&rows.head);
    slt_buffer_free(&rows.lines);
    return status;
}
