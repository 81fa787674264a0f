/* Reads estimates from CSV, from another golden, or from the traces of a study. */
#include "audit/estimates_internal.h"

#include <sltrace/system.h>

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/world.h"
#include "run/store.h"

/* ---- A study's folder -------------------------------------------------------------- */

/* Finds the trace of a run, in its own arithmetic or another. */
static slt_status read_find_trace(slt_estimates_audit *a, const slt_traces *traces,
                                  size_t run, slt_digest *experiment, bool *found,
                                  slt_error *err)
{
    slt_match_keys keys;
    *experiment = a->ours.golden->runs[run].experiment;
    *found = slt_traces_find(traces, *experiment) != NULL;
    if (*found)
        return SLT_OK;
    slt_status status = slt_match_keys_of(&a->ours, run, &keys, err);
    for (size_t i = 1; i < keys.count && !status && !*found; i++) {
        *experiment = keys.experiment[i];
        *found = slt_traces_find(traces, *experiment) != NULL;
        if (*found)
            slt_estimates_note_arithmetic(a, &keys, i);
    }
    return status;
}

static slt_status read_add_trace(slt_estimates_audit *a, size_t run, size_t source,
                                 const slt_traces *traces, slt_digest experiment,
                                 slt_error *err)
{
    slt_trace_estimate found;
    slt_trace *trace = NULL;
    char sha256[SLT_SHA256_TEXT_MAX];
    const char *path = slt_traces_find(traces, experiment);
    slt_status status = slt_traces_load(traces, experiment, &trace, err);
    if (status)
        return status;
    slt_trace_sha256(trace, sha256);
    slt_audit_add_subject(&a->audit, path, sha256);
    status = slt_estimates_of_run(trace, path, &a->ours, &found, err);
    slt_trace_free(trace);
    if (!status)
        status = slt_estimates_add_row(
            a, run, source, found.has ? SLT_ROW_ESTIMATE : SLT_ROW_NONE, &found, err);
    else
        free(found.note);
    return status;
}

/* If another run's trace is where this run's would be, describes how that run differs. */
static slt_status read_find_other(const slt_estimates_audit *a, size_t run,
                                  slt_buffer *what, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    const uint8_t *ours = NULL, *theirs;
    size_t ours_size, theirs_size;
    slt_trace *trace = NULL;
    slt_status status =
        slt_store_trace_path(a->path, (size_t)a->ours.golden->runs[run].run, path, err);
    bool there = false;
    if (!status)
        status = slt_files_look(path, &there, err);
    if (!status && there)
        status = slt_match_canonical(a->ours.golden, a->ours.manifest, run, &ours,
                                     &ours_size, err);
    if (status || !ours)
        return status;
    status = slt_trace_open(path, &trace, err);
    if (status)
        return status;
    theirs = slt_trace_run(trace, &theirs_size);
    status = slt_match_difference(ours, ours_size, theirs, theirs_size, what, err);
    slt_trace_free(trace);
    return status;
}

static slt_status read_add_from_folder(slt_estimates_audit *a, const slt_traces *traces,
                                       size_t run, size_t source, size_t *there,
                                       slt_error *err)
{
    slt_buffer what = {0};
    slt_status status = slt_audit_pause(&a->audit, "estimates", err);
    slt_digest experiment;
    bool found = false;
    if (!status)
        status = read_find_trace(a, traces, run, &experiment, &found, err);
    *there += found;
    if (found && !status)
        return read_add_trace(a, run, source, traces, experiment, err);
    if (!status)
        status = read_find_other(a, run, &what, err);
    *there += what.size > 0;
    if (!status)
        status = slt_estimates_add_absent(a, run, source, &what, err);
    slt_buffer_free(&what);
    return status;
}

static slt_status read_folder(slt_estimates_audit *a, slt_error *err)
{
    slt_traces *traces = NULL;
    size_t source, there = 0;
    slt_status status = slt_traces_open(NULL, &a->path, 1, &traces, err);
    if (!status)
        status = slt_rows_source(&a->rows, a->path, &source, err);
    for (size_t i = 0; i < a->ours.golden->run_count && !status; i++)
        if (a->ours.asked[i])
            status = read_add_from_folder(a, traces, i, source, &there, err);
    slt_traces_free(traces);
    if (!status && !there)
        status = slt_fail(err, SLT_FILE, "%s: expected traces of runs of %s, found none",
                          a->path, a->ours.golden->path);
    return status;
}

/* ---- Files ------------------------------------------------------------------------- */

static slt_status read_file(slt_estimates_audit *a, slt_error *err)
{
    static const char golden[] = "sltrace-golden";
    char sha256[SLT_SHA256_TEXT_MAX];
    slt_buffer bytes = {0};
    slt_status status = slt_io_read(a->path, SLT_ROWS_BYTES_MAX, &bytes, err);
    if (!status) {
        slt_sha256_of(bytes.data, bytes.size, sha256);
        slt_audit_add_subject(&a->audit, a->path, sha256);
        const char *text = slt_buffer_text(&bytes);
        status = strncmp(text, golden, strlen(golden)) == 0
                     ? slt_estimates_read_golden(a, err)
                     : slt_rows_parse(text, bytes.size, a->path, a->audit.options->cancel,
                                      &a->rows, err);
    }
    slt_buffer_free(&bytes);
    return status;
}

slt_status slt_estimates_read(slt_estimates_audit *a, slt_error *err)
{
    bool folder;
    slt_status status = slt_files_is_folder(a->path, &folder, err);
    if (status)
        return status;
    return folder ? read_folder(a, err) : read_file(a, err);
}
