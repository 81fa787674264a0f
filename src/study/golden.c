/* The golden of a finished study. */
#include <sltrace/study.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/numerics.h>

#include "base/sha256.h"
#include "record/manifest.h"
#include "record/digest.h"
#include "study/figure/figure.h"
#include "study/store.h"

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the golden");
}

/* ---- Paths ------------------------------------------------------------------------- */

/* The absolute form of path, whose last part need not be there. */
static char *absolute(const char *path)
{
    char *copy = strdup(path), *full = NULL;
    if (!copy)
        return NULL;
    char *slash = strrchr(copy, '/');
    const char *folder = slash == copy ? "/" : slash ? copy : ".";
    const char *name = slash ? slash + 1 : copy;
    if (slash)
        *slash = 0;
    char *real = realpath(folder, NULL);
    if (real && asprintf(&full, "%s/%s", strcmp(real, "/") ? real : "", name) < 0)
        full = NULL;
    free(real);
    free(copy);
    return full;
}

/* From the folder of `golden` to `manifest`, both absolute. */
static char *relative(const char *golden, const char *manifest)
{
    size_t same = 0;
    for (size_t i = 0; golden[i] && golden[i] == manifest[i]; i++)
        if (golden[i] == '/')
            same = i + 1;
    slt_buffer path = {0};
    for (const char *at = golden + same; *at; at++)
        if (*at == '/')
            slt_buffer_printf(&path, "../");
    slt_buffer_printf(&path, "%s", manifest + same);
    slt_buffer_text(&path);
    return (char *)path.data;
}

static slt_status set_manifest(slt_golden *golden, const slt_manifest *manifest,
                               slt_error *err)
{
    char *from = absolute(golden->path), *to = absolute(slt_manifest_path(manifest));
    slt_status status = SLT_OK;
    if (!from)
        status = slt_fail(err, SLT_FILE, "%s: its folder is not there", golden->path);
    else if (!to)
        status = slt_fail(err, SLT_FILE, "%s: its folder is not there",
                          slt_manifest_path(manifest));
    else if (!(golden->manifest = relative(from, to)))
        status = no_memory(err);
    free(from);
    free(to);
    return status;
}

/* ---- Columns ----------------------------------------------------------------------- */

static slt_status add_column(slt_golden *golden, const char *name, slt_error *err)
{
    for (size_t i = 0; i < golden->result_count; i++)
        if (!strcmp(golden->results[i], name))
            return SLT_OK;
    if (strchr(name, '@')) /* of one checkpoint among many: no column */
        return SLT_OK;
    if (golden->result_count == SLT_GOLDEN_RESULTS_MAX)
        return SLT_OK;
    golden->results[golden->result_count] = strdup(name);
    if (!golden->results[golden->result_count])
        return no_memory(err);
    golden->result_count++;
    return SLT_OK;
}

/* A measure is no result: it can be made from the trace. */
static slt_status add_result(slt_golden *golden, const slt_value *part, const char *name,
                             slt_error *err)
{
    return slt_measures_has(part, name) ? SLT_OK : add_column(golden, name, err);
}

/* The results that the figure is made of; without a figure the loss and the first
 * estimate's mean. */
static slt_status set_columns(slt_golden *golden, slt_manifest *manifest, slt_error *err)
{
    const slt_value *part = slt_manifest_figure(manifest);
    const slt_value *rows;
    slt_fit_spec fit;
    slt_status status = SLT_OK;
    for (size_t axis = 0; axis < slt_manifest_axes(manifest) && !status; axis++) {
        golden->axes[axis] = strdup(slt_manifest_axis(manifest, axis));
        status = golden->axes[axis] ? SLT_OK : no_memory(err);
        golden->axis_count += !status;
    }
    for (size_t i = 0; !status && (rows = slt_figure_rows(part, i)); i++)
        status = add_result(golden, part, slt_figure_result(rows), err);
    for (size_t i = 0; !status && slt_fit_at(part, i, &fit); i++)
        if (slt_value_get(fit.curve, "y"))
            status = add_result(golden, part, slt_figure_text(fit.curve, "y", ""), err);
    if (!status && !golden->result_count) {
        status = add_column(golden, "loss", err);
        if (!status)
            status = add_column(golden, "llc/mean", err);
    }
    return status;
}

/* ---- Runs -------------------------------------------------------------------------- */

static void set_trail(slt_golden_run *run, const slt_trace *trace)
{
    run->trail_count = slt_trail_pick(slt_trace_records(trace), run->trail_record);
    for (size_t i = 0; i < run->trail_count; i++)
        run->trail_hash[i] = slt_digest_prefix(
            slt_trace_record(trace, (size_t)run->trail_record[i])->hash);
}

static slt_status set_results(const slt_golden *golden, slt_golden_run *run,
                              const slt_trace *trace, slt_error *err)
{
    slt_outcome outcome;
    slt_status status = slt_outcome_of_trace(trace, NULL, &outcome, err);
    for (size_t i = 0; i < golden->result_count && !status; i++) {
        const slt_real *value = slt_outcome_find(&outcome, golden->results[i]);
        run->has_result[i] = value != NULL;
        if (value)
            run->results[i] = *value;
    }
    if (!status)
        slt_outcome_free(&outcome);
    return status;
}

/* Adds a function in order of name; another fingerprint of the same is refused. */
static slt_status add_function(slt_golden *golden, const char *name,
                               const char *fingerprint, slt_error *err)
{
    size_t at = 0;
    while (at < golden->function_count && strcmp(golden->functions[at].name, name) < 0)
        at++;
    if (at < golden->function_count && !strcmp(golden->functions[at].name, name)) {
        if (!strcmp(golden->functions[at].fingerprint, fingerprint))
            return SLT_OK;
        return slt_fail(err, SLT_FORMAT,
                        "the traces were made with two versions of %s: %s and %s", name,
                        golden->functions[at].fingerprint, fingerprint);
    }
    size_t more = golden->function_count + 1;
    slt_golden_function *functions = realloc(golden->functions, more * sizeof *functions);
    if (!functions)
        return no_memory(err);
    memmove(functions + at + 1, functions + at,
            (golden->function_count - at) * sizeof *functions);
    snprintf(functions[at].name, sizeof functions[at].name, "%s", name);
    snprintf(functions[at].fingerprint, sizeof functions[at].fingerprint, "%s",
             fingerprint);
    golden->functions = functions;
    golden->function_count = more;
    return SLT_OK;
}

/* The functions that a run calls. */
static slt_status add_functions(slt_golden *golden, const slt_trace *trace,
                                slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < slt_trace_functions(trace) && !status; i++) {
        const char *fingerprint;
        const char *name = slt_trace_function(trace, i, &fingerprint);
        status = add_function(golden, name, fingerprint, err);
    }
    return status;
}

/* And those that make the figure's data and claims, all scalars'. */
static slt_status add_figure_functions(slt_golden *golden, const slt_value *part,
                                       slt_error *err)
{
    slt_function_set functions = slt_figure_functions(part);
    slt_status status = SLT_OK;
    for (int f = 0; f < SLT_FN_COUNT && !status; f++) {
        char fingerprint[SLT_FINGERPRINT_MAX];
        if (!(functions >> f & 1))
            continue;
        slt_fingerprint((slt_function)f, SLT_FIXED, fingerprint);
        status =
            add_function(golden, slt_function_name((slt_function)f), fingerprint, err);
    }
    return status;
}

/* Run 0's canonical bytes let a verifier name a field that differs. */
static slt_status set_base(slt_golden *golden, const slt_trace *trace, slt_error *err)
{
    const uint8_t *canonical = slt_trace_run(trace, &golden->base_size);
    golden->base = malloc(golden->base_size + 1);
    if (!golden->base)
        return no_memory(err);
    memcpy(golden->base, canonical, golden->base_size);
    return SLT_OK;
}

static slt_status set_run(slt_golden *golden, slt_manifest *manifest, size_t index,
                          const slt_trace *trace, slt_error *err)
{
    slt_golden_run *run = &golden->runs[index];
    const slt_record *last = slt_trace_record(trace, slt_trace_records(trace) - 1);
    *run = (slt_golden_run){.run = index,
                            .status = last->status,
                            .experiment = slt_trace_experiment(trace),
                            .chain = last->hash};
    golden->run_count = index + 1;
    for (size_t axis = 0; axis < golden->axis_count; axis++) {
        run->values[axis] = strdup(slt_manifest_value(manifest, index, axis));
        if (!run->values[axis])
            return no_memory(err);
    }
    slt_trace_sha256(trace, run->sha256);
    set_trail(run, trace);
    slt_status status = index ? SLT_OK : set_base(golden, trace, err);
    if (!status)
        status = set_results(golden, run, trace, err);
    return status ? status : add_functions(golden, trace, err);
}

static slt_status set_runs(slt_golden *golden, slt_manifest *manifest, const char *folder,
                           slt_error *err)
{
    size_t runs = slt_manifest_runs(manifest);
    slt_status status = SLT_OK;
    golden->runs = calloc(runs, sizeof *golden->runs);
    if (!golden->runs)
        return no_memory(err);
    for (size_t run = 0; run < runs && !status; run++) {
        char path[SLT_FILE_PATH_MAX];
        slt_trace *trace = NULL;
        status = slt_store_trace_path(folder, run, path, err);
        if (!status)
            status = slt_trace_open(path, &trace, err);
        if (!status && slt_trace_numerics(trace) != SLT_NUMERICS_REVISION)
            status = slt_fail(err, SLT_UNFIT,
                              "%s: made with numerics revision %u, this program has %d",
                              path, slt_trace_numerics(trace), SLT_NUMERICS_REVISION);
        if (!status)
            status = set_run(golden, manifest, run, trace, err);
        slt_trace_free(trace);
    }
    return status;
}

/* ---- The figure's part of it ------------------------------------------------------- */

/* "fig6.csv" of "golden/x/fig6.golden". */
static char *data_name(const char *golden_path)
{
    const char *slash = strrchr(golden_path, '/');
    const char *name = slash ? slash + 1 : golden_path;
    const char *dot = strrchr(name, '.');
    size_t size = dot && dot > name ? (size_t)(dot - name) : strlen(name);
    char *text;
    return asprintf(&text, "%.*s.csv", (int)size, name) < 0 ? NULL : text;
}

static slt_status set_data(slt_golden *golden, const slt_figure *figure, slt_error *err)
{
    if (!figure->part)
        return SLT_OK;
    golden->data = data_name(golden->path);
    slt_sha256_of(figure->csv.data, figure->csv.size, golden->data_sha256);
    golden->claims = calloc(figure->claim_count + 1, sizeof *golden->claims);
    if (!golden->data || !golden->claims)
        return no_memory(err);
    for (size_t i = 0; i < figure->claim_count; i++) {
        const slt_claim *claim = &figure->claims[i];
        char value[SLT_REAL_TEXT_MAX], expect[SLT_REAL_TEXT_MAX];
        char tolerance[SLT_REAL_TEXT_MAX];
        slt_real_text(claim->value, value);
        slt_real_text(claim->expect, expect);
        slt_real_text(claim->tolerance, tolerance);
        golden->claims[i] = (slt_golden_claim){.id = strdup(claim->id),
                                               .value = strdup(value),
                                               .expect = strdup(expect),
                                               .tolerance = strdup(tolerance)};
        golden->claim_count++;
        if (!golden->claims[i].id || !golden->claims[i].value ||
            !golden->claims[i].expect || !golden->claims[i].tolerance)
            return no_memory(err);
    }
    return SLT_OK;
}

static slt_status fill(slt_golden *golden, slt_manifest *manifest, const char *folder,
                       const char *golden_path, const slt_figure *figure, slt_error *err)
{
    golden->path = strdup(golden_path);
    golden->name = strdup(slt_manifest_name(manifest));
    golden->numerics = SLT_NUMERICS_REVISION;
    if (!golden->path || !golden->name)
        return no_memory(err);
    slt_status status = set_manifest(golden, manifest, err);
    if (!status)
        status = set_columns(golden, manifest, err);
    if (!status)
        status = set_runs(golden, manifest, folder, err);
    if (!status)
        status = add_figure_functions(golden, slt_manifest_figure(manifest), err);
    return status ? status : set_data(golden, figure, err);
}

slt_status slt_study_golden(slt_manifest *manifest, const char *from,
                            const char *golden_path, slt_golden **golden,
                            slt_figure **figure, slt_error *err)
{
    char folder[SLT_FILE_PATH_MAX];
    *golden = NULL;
    *figure = NULL;
    slt_status status = from ? slt_path_print(folder, err, "%s", from)
                             : slt_store_default(manifest, folder, err);
    if (!status)
        status = slt_figure_make(manifest, folder, figure, err);
    if (status)
        return status;
    *golden = calloc(1, sizeof **golden);
    status = *golden ? fill(*golden, manifest, folder, golden_path, *figure, err)
                     : no_memory(err);
    if (!status)
        return SLT_OK;
    slt_golden_free(*golden);
    slt_figure_free(*figure);
    *golden = NULL;
    *figure = NULL;
    return status;
}
