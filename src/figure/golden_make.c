#include "figure/golden_make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/numerics.h>

#include "base/assert.h"
#include "base/fpenv.h"
#include "base/sha256.h"
#include "base/world.h"
#include "codec/digest.h"
#include "figure/figure.h"
#include "manifest/manifest.h"
#include "num/math.h"
#include "run/store.h"
#include "run/traces.h"

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the golden");
}

/* ---- Paths ------------------------------------------------------------------------- */

/* The absolute form of a path whose last part need not exist. */
static char *absolute_path(const char *path)
{
    char *copy = slt_world.strdup(path), *full = NULL;
    if (!copy)
        return NULL;
    char *slash = strrchr(copy, '/');
    const char *folder = slash == copy ? "/" : slash ? copy : ".";
    const char *name = slash ? slash + 1 : copy;
    if (slash)
        *slash = 0;
    char *real = slt_world.realpath(folder, NULL);
    if (real) {
        slt_buffer text = {0};
        slt_buffer_printf(&text, "%s/%s", strcmp(real, "/") ? real : "", name);
        full = slt_buffer_take(&text);
    }
    free(real);
    free(copy);
    return full;
}

/* From the folder of `golden` to `manifest`, both absolute. */
static char *relative_path(const char *golden, const char *manifest)
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
    return slt_buffer_take(&path);
}

static slt_status set_manifest(slt_golden *golden, const slt_manifest *manifest,
                               slt_error *err)
{
    char *from = absolute_path(golden->path),
         *to = absolute_path(slt_manifest_path(manifest));
    slt_status status = SLT_OK;
    if (!from)
        status = slt_fail(err, SLT_FILE, "%s: its folder is not there", golden->path);
    else if (!to)
        status = slt_fail(err, SLT_FILE, "%s: its folder is not there",
                          slt_manifest_path(manifest));
    else if (!(golden->manifest = relative_path(from, to)))
        status = no_memory(err);
    free(from);
    free(to);
    return status;
}

/* ---- Columns ----------------------------------------------------------------------- */

/* Adds the column of a result.  Measures have none, as they are made from the traces, and
 * neither have results of one checkpoint among several. */
static void add_column(slt_golden *golden, const slt_figure_value *value)
{
    bool there = !value->is_quantity || value->quantity.at_step;
    for (size_t i = 0; i < golden->result_count; i++)
        there |= slt_quantity_equal(&golden->results[i], &value->quantity);
    if (there)
        return;
    SLT_ASSERT(golden->result_count < SLT_GOLDEN_RESULTS_MAX);
    golden->results[golden->result_count++] = value->quantity;
}

/* The columns are the results that the figure is made of; without a figure, the loss and
 * the mean of the first estimate. */
static slt_status set_columns(slt_golden *golden, slt_manifest *manifest, slt_error *err)
{
    const slt_figure_spec *spec = slt_manifest_figure(manifest);
    slt_status status = SLT_OK;
    for (size_t axis = 0; axis < slt_manifest_axes(manifest) && !status; axis++) {
        golden->axes[axis] = slt_world.strdup(slt_manifest_axis(manifest, axis));
        status = golden->axes[axis] ? SLT_OK : no_memory(err);
        golden->axis_count += !status;
    }
    for (size_t i = 0; spec && i < spec->row_count; i++)
        add_column(golden, &spec->rows[i].value);
    for (size_t i = 0; spec && i < spec->fit_count; i++)
        add_column(golden, &spec->fits[i].y);
    if (!golden->result_count) {
        golden->results[0] = (slt_quantity){.kind = SLT_QUANTITY_LOSS};
        golden->results[1] = (slt_quantity){.kind = SLT_QUANTITY_LLC_MEAN};
        golden->result_count = 2;
    }
    return status;
}

/* ---- What the manifest says of its runs -------------------------------------------- */

static slt_status begin_runs(slt_golden *golden, slt_manifest *manifest, slt_error *err)
{
    size_t runs = slt_manifest_runs(manifest);
    golden->runs = slt_world.calloc(runs, sizeof *golden->runs);
    if (!golden->runs)
        return no_memory(err);
    for (size_t index = 0; index < runs; index++) {
        slt_golden_run *run = &golden->runs[index];
        *run = (slt_golden_run){.run = index,
                                .experiment = slt_manifest_experiment(manifest, index)};
        golden->run_count = index + 1;
        for (size_t axis = 0; axis < golden->axis_count; axis++) {
            run->values[axis] =
                slt_world.strdup(slt_manifest_value(manifest, index, axis));
            if (!run->values[axis])
                return no_memory(err);
        }
    }
    return SLT_OK;
}

/* The functions that a run calls, and those that make the figure's data and claims. */
static slt_status set_functions(slt_golden *golden, slt_manifest *manifest,
                                slt_error *err)
{
    slt_function_set functions = slt_figure_functions(slt_manifest_figure(manifest));
    slt_run_spec *spec = slt_run_spec_create();
    slt_status status = spec ? SLT_OK : no_memory(err);
    for (size_t run = 0; run < golden->run_count && !status; run++) {
        status = slt_manifest_run(manifest, run, spec, err);
        functions |= status ? 0 : slt_run_functions(spec);
    }
    free(spec);
    golden->functions =
        status ? NULL : slt_world.calloc(SLT_FN_COUNT, sizeof *golden->functions);
    if (!status && !golden->functions)
        return no_memory(err);
    for (slt_function f = 0; f < SLT_FN_COUNT && !status; f++)
        if (functions >> f & 1) {
            slt_golden_function *at = &golden->functions[golden->function_count++];
            snprintf(at->name, sizeof at->name, "%s", slt_function_name(f));
            snprintf(at->fingerprint, sizeof at->fingerprint, "%s",
                     slt_fingerprint_expected(f));
        }
    return status;
}

/* Run 0's canonical bytes let a verifier name a field that differs. */
static slt_status set_base(slt_golden *golden, slt_manifest *manifest, slt_error *err)
{
    const uint8_t *canonical;
    slt_status status =
        slt_manifest_canonical(manifest, 0, &canonical, &golden->base_size, err);
    if (status)
        return status;
    golden->base = slt_world.malloc(golden->base_size + 1);
    if (!golden->base)
        return no_memory(err);
    memcpy(golden->base, canonical, golden->base_size);
    return SLT_OK;
}

/* ---- What a trace says of a run ---------------------------------------------------- */

static void set_trail(slt_golden_run *run, const slt_trace *trace)
{
    for (size_t i = 0; i < run->trail_count; i++)
        run->trail_hash[i] = slt_digest_prefix(
            slt_trace_record(trace, (size_t)run->trail_record[i])->hash);
}

static slt_status set_results(const slt_golden *golden, slt_golden_run *run,
                              const slt_trace *trace, slt_error *err)
{
    slt_outcome outcome;
    slt_status status = slt_outcome_of_trace(trace, NULL, 0, &outcome, err);
    for (size_t i = 0; i < golden->result_count && !status; i++) {
        const slt_real *value = slt_outcome_find(&outcome, &golden->results[i]);
        run->has_result[i] = value != NULL;
        if (value)
            run->results[i] = *value;
    }
    if (!status)
        slt_outcome_free(&outcome);
    return status;
}

slt_status slt_study_golden_set_run(slt_golden *golden, size_t index,
                                    const slt_trace *trace, const char *path,
                                    slt_error *err)
{
    slt_golden_run *run = &golden->runs[index];
    const slt_record *last = slt_trace_record(trace, slt_trace_records(trace) - 1);
    if (!slt_digest_equal(slt_trace_experiment(trace), run->experiment))
        return slt_fail(err, SLT_FORMAT, "%s: another experiment than that of run %zu",
                        path, index);
    slt_status status = slt_traces_require_ours(trace, path, err);
    if (status)
        return status;
    slt_golden_run point = {.run = run->run,
                            .status = last->status,
                            .experiment = run->experiment,
                            .chain = last->hash,
                            .results = run->results,
                            .has_result = run->has_result};
    memcpy(point.values, run->values, sizeof point.values);
    *run = point;
    slt_trace_sha256(trace, run->sha256);
    if (!slt_golden_run_make(golden, run, slt_trace_records(trace)))
        return no_memory(err);
    set_trail(run, trace);
    return set_results(golden, run, trace, err);
}

static slt_status set_runs(slt_golden *golden, const slt_traces *traces, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t run = 0; run < golden->run_count && !status; run++) {
        const slt_digest experiment = golden->runs[run].experiment;
        const char *path = slt_traces_find(traces, experiment);
        slt_trace *trace = NULL;
        status = slt_traces_load(traces, experiment, &trace, err);
        if (!status)
            status = slt_study_golden_set_run(golden, run, trace, path, err);
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
    slt_buffer text = {0};
    slt_buffer_printf(&text, "%.*s.csv", (int)size, name);
    return slt_buffer_take(&text);
}

slt_status slt_study_golden_set_figure(slt_golden *golden, const slt_figure *figure,
                                       slt_error *err)
{
    if (!figure->spec)
        return SLT_OK;
    slt_sha256_of(figure->csv.data, figure->csv.size, golden->data_sha256);
    golden->claims = slt_world.calloc(figure->claim_count + 1, sizeof *golden->claims);
    if (!golden->claims)
        return no_memory(err);
    for (size_t i = 0; i < figure->claim_count; i++) {
        const slt_claim *claim = &figure->claims[i];
        char value[SLT_REAL_TEXT_MAX], expect[SLT_REAL_TEXT_MAX];
        char tolerance[SLT_REAL_TEXT_MAX];
        slt_real_text(claim->value, value);
        slt_real_text(claim->expect, expect);
        slt_real_text(claim->tolerance, tolerance);
        golden->claims[i] = (slt_golden_claim){.id = slt_world.strdup(claim->id),
                                               .value = slt_world.strdup(value),
                                               .expect = slt_world.strdup(expect),
                                               .tolerance = slt_world.strdup(tolerance)};
        golden->claim_count++;
        if (!golden->claims[i].id || !golden->claims[i].value ||
            !golden->claims[i].expect || !golden->claims[i].tolerance)
            return no_memory(err);
    }
    return SLT_OK;
}

/* ---- The whole --------------------------------------------------------------------- */

slt_status slt_study_golden_begin(slt_manifest *manifest, const char *path,
                                  slt_golden **out, slt_error *err)
{
    const bool data = slt_manifest_figure(manifest) != NULL;
    slt_golden *golden = slt_world.calloc(1, sizeof *golden);
    if (!golden)
        return no_memory(err);
    golden->path = slt_world.strdup(path);
    golden->name = slt_world.strdup(slt_manifest_name(manifest));
    golden->numerics = SLT_NUMERICS_REVISION;
    golden->data = data ? data_name(path) : NULL;
    bool failed = !golden->path || !golden->name || (data && !golden->data);
    slt_status status = failed ? no_memory(err) : slt_manifest_spell(manifest, err);
    if (!status)
        status = set_columns(golden, manifest, err);
    if (!status)
        status = begin_runs(golden, manifest, err);
    if (!status)
        status = set_functions(golden, manifest, err);
    if (!status)
        status = set_base(golden, manifest, err);
    if (status)
        slt_golden_free(golden);
    *out = status ? NULL : golden;
    return status;
}

static slt_status make_golden(slt_manifest *manifest, const slt_traces *traces,
                              const char *path, const slt_figure *figure,
                              slt_golden **golden, slt_error *err)
{
    slt_status status = slt_study_golden_begin(manifest, path, golden, err);
    if (!status)
        status = set_manifest(*golden, manifest, err);
    if (!status)
        status = set_runs(*golden, traces, err);
    return status ? status : slt_study_golden_set_figure(*golden, figure, err);
}

slt_status slt_study_golden(slt_manifest *manifest, const slt_traces *traces,
                            const char *golden_path, slt_golden **golden,
                            slt_figure **figure, slt_error *err)
{
    SLT_FPENV_ENTERED;
    *golden = NULL;
    *figure = NULL;
    slt_status status = slt_figure_make(manifest, traces, figure, err);
    if (status)
        return status;
    status = make_golden(manifest, traces, golden_path, *figure, golden, err);
    if (!status)
        return SLT_OK;
    slt_golden_free(*golden);
    slt_figure_free(*figure);
    *golden = NULL;
    *figure = NULL;
    return status;
}
