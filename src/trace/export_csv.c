#include <sltrace/show.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "base/escape.h"
#include "base/fpenv.h"
#include "base/io.h"
#include "manifest/manifest.h"
#include "num/scalar.h"

/* The CSV output while records are written to it. */
typedef struct csv_rows {
    slt_io_output *output;
    slt_buffer line;   /* rows not yet handed to the output */
    slt_buffer head;   /* the first six cells, which all rows of a record share */
    slt_run_spec *run; /* of the trace at hand */
} csv_rows;

/* Writes the rows collected so far, so that a long chain is never held whole. */
static void csv_flush(csv_rows *to)
{
    slt_io_write(to->output, to->line.data, to->line.size);
    if (!to->line.failed)
        slt_buffer_clear(&to->line);
}

static void csv_put_row(csv_rows *to, const char *draw, const char *name, slt_real value)
{
    char text[SLT_REAL_TEXT_MAX] = "";
    if (slt_real_finite(value))
        slt_real_text(value, text);
    slt_buffer_append(&to->line, to->head.data, to->head.size);
    slt_buffer_printf(&to->line, ",%s,", draw);
    slt_escape_csv(&to->line, name);
    slt_buffer_printf(&to->line, ",%s\n", text);
    if (to->line.size > 1 << 16)
        csv_flush(to);
}

static void csv_put_results(csv_rows *to, const slt_result *results, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char name[SLT_QUANTITY_TEXT_MAX];
        slt_quantity_text(&results[i].quantity, name);
        csv_put_row(to, "", name, results[i].value);
    }
}

/* The sums for the Stein ratio, a row a batch of draws. */
static void csv_put_stein(csv_rows *to, const slt_record *record)
{
    static const char *const rows[] = {"drift", "pull", "gradient"};
    csv_put_row(to, "", "moving", slt_real_from_u64(record->moving));
    for (size_t i = 0; record->stein && i < SLT_TRACE_STEIN_SUMS; i++) {
        const size_t batches = SLT_TRACE_STEIN_SUMS / 3;
        char name[24];
        snprintf(name, sizeof name, "stein/%s/%zu", rows[i / batches], i % batches);
        csv_put_row(to, "", name, (slt_real){slt_load_le64(record->stein + 8 * i)});
    }
}

/* Losses of single samples, by the draws that they are taken at. */
static void csv_put_observed(csv_rows *to, const slt_record *record)
{
    const uint64_t every = to->run->llc[record->llc].observables.every;
    const uint64_t samples = record->observed_samples;
    for (size_t i = 0; i < record->observed_count; i++) {
        char draw[24], name[40];
        snprintf(draw, sizeof draw, "%" PRIu64, i / samples * every);
        snprintf(name, sizeof name, "loss/%" PRIu64, i % samples);
        csv_put_row(to, draw, name, (slt_real){slt_load_le64(record->observed + 8 * i)});
    }
}

/* Metrics, by the same draws. */
static void csv_put_measured(csv_rows *to, const slt_record *record)
{
    const slt_observables_spec *asked = &to->run->llc[record->llc].observables;
    const uint64_t metrics = record->measured_metrics;
    for (size_t i = 0; i < record->measured_count; i++) {
        char draw[24], name[SLT_QUANTITY_TEXT_MAX];
        const slt_quantity metric =
            slt_quantity_named(SLT_QUANTITY_METRIC, asked->metrics[i % metrics]);
        snprintf(draw, sizeof draw, "%" PRIu64, i / metrics * asked->every);
        slt_quantity_text(&metric, name);
        csv_put_row(to, draw, name, (slt_real){slt_load_le64(record->measured + 8 * i)});
    }
}

static void csv_put_chain(csv_rows *to, const slt_record *record)
{
    csv_put_row(to, "", "nbeta", record->nbeta);
    csv_put_row(to, "", "init_loss", record->init_loss);
    if (record->has_acceptance)
        csv_put_row(to, "", "acceptance", record->acceptance);
    if (record->has_adapted_lr)
        csv_put_row(to, "", "adapted_lr", record->adapted_lr);
    for (size_t i = 0; i < record->swap_count; i++) {
        char name[32];
        snprintf(name, sizeof name, "swap/%zu", i);
        csv_put_row(to, "", name, (slt_real){slt_load_le64(record->swaps + 8 * i)});
    }
    if (record->has_stein)
        csv_put_stein(to, record);
    for (size_t q = 0; q < 4 && !record->has_losses; q++) {
        char name[16];
        snprintf(name, sizeof name, "quarter/%zu", q);
        csv_put_row(to, "", name, record->quarters[q]);
    }
    for (size_t i = 0; i < record->loss_count; i++) {
        char draw[24];
        snprintf(draw, sizeof draw, "%zu", i);
        csv_put_row(to, draw, "loss", (slt_real){slt_load_le64(record->losses + 8 * i)});
    }
    csv_put_observed(to, record);
    csv_put_measured(to, record);
    for (size_t i = 0; i < record->energy_count; i++) {
        char draw[24];
        snprintf(draw, sizeof draw, "%zu", i);
        csv_put_row(to, draw, "energy",
                    (slt_real){slt_load_le64(record->energies + 8 * i)});
    }
}

static void csv_put_record(csv_rows *to, const char *trace, size_t index,
                           const slt_record *record)
{
    slt_buffer_clear(&to->head);
    slt_escape_csv(&to->head, trace);
    slt_buffer_printf(&to->head, ",%zu,%s,", index, slt_record_kind_name(record->kind));
    if (record->kind == SLT_RECORD_CHECKPOINT) {
        slt_buffer_printf(&to->head, "%llu,,", (unsigned long long)record->step);
        csv_put_results(to, record->metrics, record->metric_count);
    } else if (record->kind == SLT_RECORD_CHAIN) {
        slt_buffer_printf(&to->head, "%llu,%lu,%lu", (unsigned long long)record->at_step,
                          (unsigned long)record->llc, (unsigned long)record->chain);
        csv_put_chain(to, record);
    } else if (record->kind == SLT_RECORD_TABLE) {
        slt_buffer_printf(&to->head, ",,");
        csv_put_results(to, record->results, record->result_count);
    }
    to->line.failed |= to->head.failed;
}

static slt_status csv_put_trace(csv_rows *to, const char *path, slt_error *err)
{
    slt_trace *trace = NULL;
    size_t size;
    slt_status status = slt_trace_open(path, &trace, err);
    if (status)
        return status;
    const uint8_t *canonical = slt_trace_run(trace, &size);
    status = slt_canonical_decode(canonical, size, to->run, err);
    for (size_t i = 0; i < slt_trace_records(trace) && !status; i++) {
        csv_put_record(to, path, i, slt_trace_record(trace, i));
        slt_trace_forget(trace, i);
    }
    csv_flush(to);
    slt_trace_free(trace);
    if (!status && to->line.failed)
        return slt_fail(err, SLT_RESOURCE, "%s: no memory to export it", path);
    return status;
}

slt_status slt_export_csv(const char *const *traces, size_t count, const char *path,
                          bool over, slt_error *err)
{
    SLT_FPENV_ENTERED;
    static const char columns[] = "trace,record,kind,step,llc,chain,draw,name,value\n";
    slt_io_output output;
    csv_rows to = {.output = &output, .run = slt_run_spec_create()};
    slt_status status = SLT_OK;
    if (!to.run)
        return slt_fail(err, SLT_RESOURCE, "no memory for a run");
    if (over)
        slt_io_begin(&output, path);
    else
        slt_io_begin_new(&output, path);
    slt_io_write(&output, columns, sizeof columns - 1);
    for (size_t i = 0; i < count && !status && !output.failed; i++)
        status = csv_put_trace(&to, traces[i], err);
    slt_buffer_free(&to.line);
    slt_buffer_free(&to.head);
    free(to.run);
    slt_status ended = slt_io_end(&output, status == SLT_OK, status ? NULL : err);
    return status ? status : ended;
}
