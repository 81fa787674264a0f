#include "report/tables/tables.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/endian.h"
#include "base/fpenv.h"
#include "manifest/manifest.h"

/* ---- Axes -------------------------------------------------------------------------- */

static bool read_whole(const char *text, int64_t *value)
{
    char *end;
    errno = 0;
    *value = strtoll(text, &end, 10);
    return *text && !*end && !errno;
}

/* What one value is; digits too many for an int64 are a text. */
static slt_tables_type type_of(const char *text)
{
    int64_t whole;
    slt_real real;
    if (read_whole(text, &whole))
        return SLT_TABLES_WHOLE;
    bool number = slt_real_parse(text, &real) && strpbrk(text, ".e");
    return number ? SLT_TABLES_REAL : SLT_TABLES_TEXT;
}

static slt_tables_type type_of_axis(const slt_tables_study *study, size_t axis)
{
    const slt_sweep_axis *of = &study->sweep->axes[axis];
    slt_tables_type type = SLT_TABLES_WHOLE;
    for (size_t i = 0; i < of->count; i++) {
        slt_tables_type one =
            type_of(slt_manifest_value(study->manifest, i * of->stride, axis));
        type = one > type ? one : type;
    }
    return type;
}

static bool is_taken(const slt_tables_study *study, const char *const *columns,
                     size_t axis, const char *name)
{
    for (size_t i = 0; columns[i]; i++)
        if (strcasecmp(columns[i], name) == 0)
            return true;
    for (size_t i = 0; i < study->axis_count; i++)
        if (i < axis ? strcasecmp(study->axes[i].name, name) == 0
                     : i > axis && strcasecmp(study->sweep->axes[i].name, name) == 0)
            return true;
    return false;
}

static slt_status name_axis(slt_tables_study *study, const char *const *columns,
                            size_t axis, slt_error *err)
{
    char *name = study->axes[axis].name;
    size_t size = strlen(study->sweep->axes[axis].name);
    if (size >= SLT_TABLES_NAME_MAX)
        return slt_fail(err, SLT_UNFIT, "sweep.%s: too long for a column's name",
                        study->sweep->axes[axis].name);
    memcpy(name, study->sweep->axes[axis].name, size + 1);
    while (is_taken(study, columns, axis, name)) {
        static const char before[] = "sweep_";
        size += sizeof before - 1;
        if (size >= SLT_TABLES_NAME_MAX)
            return slt_fail(err, SLT_UNFIT, "sweep.%s: no column's name is left for it",
                            study->sweep->axes[axis].name);
        memmove(name + sizeof before - 1, name, size - sizeof before + 2);
        memcpy(name, before, sizeof before - 1);
    }
    return SLT_OK;
}

slt_status slt_tables_name_axes(slt_tables_study *study, const char *const *columns,
                                slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < study->axis_count && !status; i++)
        status = name_axis(study, columns, i, err);
    return status;
}

slt_status slt_tables_study_of(slt_manifest *manifest, const slt_traces *traces,
                               slt_tables_study *study, slt_error *err)
{
    *study = (slt_tables_study){.manifest = manifest,
                                .traces = traces,
                                .sweep = slt_manifest_sweep(manifest),
                                .axis_count = slt_manifest_axes(manifest)};
    slt_status status = slt_manifest_spell(manifest, err);
    for (size_t i = 0; i < study->axis_count && !status; i++)
        study->axes[i].type = type_of_axis(study, i);
    return status;
}

int64_t slt_tables_whole(const slt_tables_study *study, size_t run, size_t axis)
{
    int64_t value = 0;
    read_whole(slt_manifest_value(study->manifest, run, axis), &value);
    return value;
}

slt_real slt_tables_real(const slt_tables_study *study, size_t run, size_t axis)
{
    slt_real value = slt_real_absent();
    slt_real_parse(slt_manifest_value(study->manifest, run, axis), &value);
    return value;
}

/* ---- Runs -------------------------------------------------------------------------- */

static slt_status hand_on(const slt_tables_study *study, size_t number,
                          slt_tables_call call, void *context, slt_error *err)
{
    const slt_digest experiment = slt_manifest_experiment(study->manifest, number);
    slt_trace *trace = NULL;
    slt_tables_run run = {.run = number};
    slt_status status = slt_traces_load(study->traces, experiment, &trace, err);
    if (status)
        return status;
    run.trace = trace;
    run.end = slt_trace_record(trace, slt_trace_records(trace) - 1);
    status = call(context, &run, err);
    slt_trace_free(trace);
    return status;
}

slt_status slt_tables_walk(const slt_tables_study *study, slt_tables_call call,
                           void *context, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t run = 0; run < slt_manifest_runs(study->manifest) && !status; run++)
        status = hand_on(study, run, call, context, err);
    return status;
}

slt_status slt_tables_estimates(const slt_tables_run *run, slt_estimates *estimates,
                                slt_error *err)
{
    slt_error wrong;
    slt_status status = slt_estimates_of_trace(run->trace, estimates, &wrong);
    return status ? slt_fail(err, status, "run %zu: %s", run->run, wrong.text) : SLT_OK;
}

const char *const slt_tables_numbers[SLT_TABLES_NUMBERS] = {
    "mean",     "sd",       "mcse",  "mcse_chains",   "rhat",
    "ess_bulk", "ess_tail", "drift", "negative_share"};

void slt_tables_number(const slt_estimate *e, slt_real values[SLT_TABLES_NUMBERS])
{
    const slt_diagnostics *found = &e->found;
    const slt_real known[SLT_TABLES_NUMBERS] = {
        e->mean,         e->sd,           found->mcse,  found->mcse_chains,   found->rhat,
        found->ess_bulk, found->ess_tail, found->drift, found->negative_share};
    for (size_t i = 0; i < SLT_TABLES_NUMBERS; i++)
        values[i] = e->whole ? known[i] : slt_real_absent();
}

const char *slt_tables_settled(const slt_estimate *e)
{
    return e->whole ? slt_settled_text(e->found.settled) : NULL;
}

slt_real slt_tables_loss(const slt_record *chain, size_t i)
{
    return (slt_real){slt_load_le64(chain->losses + 8 * i)};
}

slt_real slt_tables_observed(const slt_record *chain, size_t i)
{
    return (slt_real){slt_load_le64(chain->observed + 8 * i)};
}

/* ---- The file ---------------------------------------------------------------------- */

slt_status slt_tables_write(slt_manifest *manifest, const slt_traces *traces,
                            slt_tables_form form, const char *path, bool over,
                            slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_io_output to;
    slt_status status = slt_traces_complete(traces, manifest, err);
    if (status)
        return status;
    if (over)
        slt_io_begin(&to, path);
    else
        slt_io_begin_new(&to, path);
    if (!to.failed && form == SLT_TABLES_DRAWS)
        status = slt_tables_draws(manifest, traces, &to, err);
    else if (!to.failed && !to.temporary)
        status = slt_fail(err, SLT_USAGE, "%s: not an ordinary file", path);
    else if (!to.failed)
        status = form == SLT_TABLES_SQLITE
                     ? slt_tables_sqlite(manifest, traces, to.temporary, err)
                     : slt_tables_netcdf(manifest, traces, to.temporary, err);
    slt_status ended = slt_io_end(&to, status == SLT_OK, status ? NULL : err);
    return status ? status : ended;
}
