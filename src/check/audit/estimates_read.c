/* Where estimates come from: CSV, another golden, the traces of a study. */
#include "check/audit/estimates_parts.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "record/digest.h"
#include "record/manifest.h"
#include "study/estimates.h"
#include "study/store.h"

static const slt_real none = {UINT64_C(0x7ff8000000000000)};

/* ---- Traces ------------------------------------------------------------------------ */

/* The last estimate `llc` of a trace; *found is false where it has none that is whole. */
static slt_status find_last(const slt_trace *trace, const char *path, uint32_t llc,
                            slt_diagnostics *last, bool *found, slt_error *err)
{
    slt_estimates all;
    slt_error wrong;
    slt_status status = slt_estimates_of_trace(trace, &all, &wrong);
    const slt_estimate *e = status ? NULL : slt_estimates_last(&all, llc);
    *found = e && e->whole;
    if (*found)
        *last = e->found;
    slt_estimates_free(&all);
    return status ? slt_fail(err, status, "%s: %s", path, wrong.text) : SLT_OK;
}

/* DIR/traces/000057.trace, or DIR/000057.trace. */
static slt_status trace_path(const char *folder, size_t run, char path[SLT_FILE_PATH_MAX],
                             slt_error *err)
{
    slt_status status = slt_store_trace_path(folder, run, path, err);
    if (!status && !slt_file_exists(path))
        status = slt_path_print(path, err, "%s/%06zu.trace", folder, run);
    return status;
}

/* ---- Elsewhere --------------------------------------------------------------------- */

static slt_status add_trace(slt_estimates_audit *a, size_t run, size_t source,
                            const char *path, slt_error *err)
{
    slt_diagnostics last = {0};
    bool found = false;
    slt_trace *trace = NULL;
    char sha256[SLT_SHA256_TEXT_MAX];
    slt_status status = slt_trace_open(path, &trace, err);
    if (!status)
        status = find_last(trace, path, a->llc, &last, &found, err);
    if (!status) {
        slt_trace_sha256(trace, sha256);
        slt_audit_add_subject(&a->audit, path, sha256);
    }
    const slt_row row = {.run = a->golden->runs[run].run,
                         .source = source,
                         .llc = last.llc,
                         .mcse = last.mcse};
    if (!status && found)
        status = slt_rows_add(&a->rows, &row, path, err);
    slt_trace_free(trace);
    return status;
}

static slt_status read_folder(slt_estimates_audit *a, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    size_t source;
    slt_status status = slt_rows_source(&a->rows, a->path, &source, err);
    for (size_t i = 0; i < a->golden->run_count && !status; i++) {
        status = trace_path(a->path, (size_t)a->golden->runs[i].run, path, err);
        if (!status && slt_file_exists(path))
            status = add_trace(a, i, source, path, err);
    }
    if (!status && !a->rows.count)
        status =
            slt_fail(err, SLT_FILE,
                     "%s: expected traces of runs with estimate %" PRIu32 ", found none",
                     a->path, a->llc);
    return status;
}

static size_t find_result(const slt_golden *golden, const char *name)
{
    size_t i = 0;
    while (i < golden->result_count && strcmp(golden->results[i], name) != 0)
        i++;
    return i;
}

/* Runs of two goldens are compared by their numbers, so these must mean the same. */
static slt_status check_sweep(const slt_estimates_audit *a, const slt_golden *other,
                              size_t i, slt_error *err)
{
    const slt_golden *ours = a->golden;
    bool same = ours->run_count == other->run_count &&
                ours->axis_count == other->axis_count &&
                ours->runs[i].run == other->runs[i].run;
    for (size_t x = 0; same && x < ours->axis_count; x++)
        same = !strcmp(ours->axes[x], other->axes[x]) &&
               !strcmp(ours->runs[i].values[x], other->runs[i].values[x]);
    if (same)
        return SLT_OK;
    return slt_fail(err, SLT_FORMAT, "%s: expected the sweep of %s, found another",
                    a->path, ours->path);
}

static slt_status read_golden(slt_estimates_audit *a, slt_error *err)
{
    slt_golden *other = NULL;
    size_t source, result = 0;
    slt_status status = slt_golden_open(a->path, &other, err);
    if (status)
        return status;
    const char *name = a->golden->results[a->result];
    result = find_result(other, name);
    if (result == other->result_count)
        status = slt_fail(err, SLT_FORMAT, "%s: expected a column %s, found none",
                          a->path, name);
    if (!status)
        status = slt_rows_source(&a->rows, other->name, &source, err);
    for (size_t i = 0; i < other->run_count && !status; i++) {
        slt_row row = {.run = other->runs[i].run, .source = source, .mcse = none};
        status = check_sweep(a, other, i < a->golden->run_count ? i : 0, err);
        row.llc = other->runs[i].results[result];
        if (!status && other->runs[i].has_result[result])
            status = slt_rows_add(&a->rows, &row, a->path, err);
    }
    slt_golden_free(other);
    return status;
}

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
                     ? read_golden(a, err)
                     : slt_rows_parse(text, bytes.size, a->path, &a->rows, err);
    }
    slt_buffer_free(&bytes);
    return status;
}

slt_status slt_estimates_read(slt_estimates_audit *a, slt_error *err)
{
    struct stat about;
    bool folder = stat(a->path, &about) == 0 && S_ISDIR(about.st_mode);
    return folder ? read_folder(a, err) : read_file(a, err);
}

/* ---- The errors of ours ------------------------------------------------------------ */

static slt_status error_from_trace(slt_estimates_audit *a, size_t i, slt_error *err)
{
    const slt_golden_run *run = &a->golden->runs[i];
    char path[SLT_FILE_PATH_MAX], sha256[SLT_SHA256_TEXT_MAX];
    slt_diagnostics last = {0};
    bool found = false;
    slt_trace *trace = NULL;
    slt_status status = trace_path(a->more->from, (size_t)run->run, path, err);
    if (status || !slt_file_exists(path))
        return status;
    status = slt_trace_open(path, &trace, err);
    if (!status) {
        slt_trace_sha256(trace, sha256);
        if (strcmp(sha256, run->sha256) != 0)
            status = slt_fail(err, SLT_FORMAT,
                              "%s: expected the trace of %s, found "
                              "another",
                              path, a->golden->path);
    }
    if (!status)
        status = find_last(trace, path, a->llc, &last, &found, err);
    if (!status && found)
        a->mcse[i] = last.mcse;
    slt_trace_free(trace);
    return status;
}

/* llc/std / sqrt(num_chains), of runs that are the manifest's. */
static slt_status errors_from_std(slt_estimates_audit *a, size_t column,
                                  slt_manifest *manifest, slt_error *err)
{
    const slt_golden *golden = a->golden;
    slt_run_spec *spec = calloc(1, sizeof *spec);
    slt_status status = spec ? SLT_OK : slt_fail(err, SLT_RESOURCE, "no memory");
    for (size_t i = 0; i < golden->run_count && !status; i++) {
        const slt_golden_run *run = &golden->runs[i];
        if (run->run >= slt_manifest_runs(manifest) || !run->has_result[column] ||
            !slt_digest_equal(slt_manifest_experiment(manifest, (size_t)run->run),
                              run->experiment))
            continue;
        status = slt_manifest_run(manifest, (size_t)run->run, spec, err);
        if (!status && a->llc < spec->llc_count)
            a->mcse[i] = slt_real_of(slt_real_double(run->results[column]) /
                                     sqrt((double)spec->llc[a->llc].num_chains));
    }
    free(spec);
    return status;
}

/* "llc/std" of "llc/mean". */
static size_t find_std(const slt_estimates_audit *a)
{
    char name[64];
    const char *mean = a->golden->results[a->result];
    snprintf(name, sizeof name, "%.*s/std", (int)strcspn(mean, "/"), mean);
    return find_result(a->golden, name);
}

slt_status slt_estimates_errors(slt_estimates_audit *a, slt_error *err)
{
    size_t runs = a->golden->run_count, column = find_std(a);
    slt_manifest *manifest = NULL;
    slt_status status = SLT_OK;
    a->mcse = calloc(runs + 1, sizeof *a->mcse);
    if (!a->mcse)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu runs", runs);
    for (size_t i = 0; i < runs; i++)
        a->mcse[i] = none;
    a->mcse_from = "not known here: --from has the golden's traces";
    for (size_t i = 0; a->more->from && i < runs && !status; i++)
        status = error_from_trace(a, i, err);
    if (a->more->from)
        a->mcse_from = a->more->from;
    else if (column < a->golden->result_count &&
             slt_golden_manifest(a->golden, &manifest, NULL) == SLT_OK) {
        status = errors_from_std(a, column, manifest, err);
        a->mcse_from = "the golden's standard deviation over chains";
    }
    slt_manifest_free(manifest);
    return status;
}
