/* The Monte Carlo errors of our estimates. */
#include "audit/estimates_internal.h"

#include <sltrace/system.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "codec/digest.h"
#include "learn/quantity.h"
#include "manifest/manifest.h"
#include "run/store.h"

/* ---- From traces ------------------------------------------------------------------- */

/* Reads the error from a trace, which must be the golden's in every byte. */
static slt_status errors_from_trace(slt_ours *ours, size_t i, const char *path,
                                    slt_error *err)
{
    char sha256[SLT_SHA256_TEXT_MAX];
    slt_trace_estimate found = {.mcse = slt_real_absent()};
    slt_trace *trace = NULL;
    slt_status status = slt_trace_open(path, &trace, err);
    if (status)
        return status;
    slt_trace_sha256(trace, sha256);
    if (strcmp(sha256, ours->golden->runs[i].sha256) != 0)
        status = slt_fail(err, SLT_FORMAT, "%s: expected the trace of %s, found another",
                          path, ours->golden->path);
    if (!status)
        status = slt_estimates_of_run(trace, path, ours, &found, err);
    slt_trace_free(trace);
    ours->mcse[i] = found.mcse;
    ours->note[i] = found.note;
    return status;
}

/* Refuses a file that has the run's number but is not its trace. */
static slt_status errors_refuse_other(const slt_ours *ours, const char *from, size_t i,
                                      slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    slt_status status =
        slt_store_trace_path(from, (size_t)ours->golden->runs[i].run, path, err);
    bool there = false;
    if (!status)
        status = slt_files_look(path, &there, err);
    if (there)
        status = slt_fail(err, SLT_FORMAT, "%s: expected the trace of %s, found another",
                          path, ours->golden->path);
    return status;
}

static slt_status errors_from_traces(slt_estimates_audit *a, slt_error *err)
{
    slt_traces *traces = NULL;
    slt_ours *ours = &a->ours;
    slt_status status = slt_traces_open(NULL, &a->more->from, 1, &traces, err);
    for (size_t i = 0; i < ours->golden->run_count && !status; i++) {
        const char *path = slt_traces_find(traces, ours->golden->runs[i].experiment);
        if (ours->asked[i])
            status = path ? errors_from_trace(ours, i, path, err)
                          : errors_refuse_other(ours, a->more->from, i, err);
        if (!status)
            status = slt_audit_pause(&a->audit, "estimates", err);
    }
    slt_traces_free(traces);
    ours->mcse_from = a->more->from;
    return status;
}

/* ---- From the golden --------------------------------------------------------------- */

/* The column with the standard deviation of the chains whose mean is compared. */
static size_t errors_find_std(const slt_ours *ours)
{
    const slt_golden *golden = ours->golden;
    slt_quantity wanted = ours->column;
    size_t i = 0;
    wanted.kind = SLT_QUANTITY_LLC_STD;
    while (i < golden->result_count && !slt_quantity_equal(&golden->results[i], &wanted))
        i++;
    return i;
}

/* The error is llc/std / sqrt(num_chains), which is what slt_diagnose finds if the
 * baseline has no error. */
static slt_real errors_of_std(const slt_llc_spec *llc, slt_real sd)
{
    double error = slt_real_double(sd) / sqrt((double)llc->num_chains);
    bool known = slt_baseline_of(llc) == SLT_BASELINE_EXACT && error > 0;
    return known ? slt_real_of(error) : slt_real_absent();
}

static slt_status errors_from_std(slt_estimates_audit *a, size_t column, slt_error *err)
{
    slt_ours *ours = &a->ours;
    slt_run_spec *spec = slt_run_spec_create();
    slt_status status = spec ? SLT_OK : slt_fail(err, SLT_RESOURCE, "no memory");
    for (size_t i = 0; i < ours->golden->run_count && !status; i++) {
        const slt_golden_run *run = &ours->golden->runs[i];
        const uint8_t *bytes;
        size_t size;
        if (!ours->asked[i] || !run->has_result[column])
            continue;
        status =
            slt_match_canonical(ours->golden, ours->manifest, i, &bytes, &size, err);
        if (status || !bytes)
            continue;
        status = slt_canonical_decode(bytes, size, spec, err);
        if (!status && ours->column.estimate < spec->llc_count)
            ours->mcse[i] =
                errors_of_std(&spec->llc[ours->column.estimate], run->results[column]);
        if (!status)
            status = slt_audit_pause(&a->audit, "estimates", err);
    }
    free(spec);
    ours->mcse_from = "the golden's standard deviation over chains";
    return status;
}

slt_status slt_estimates_errors(slt_estimates_audit *a, slt_error *err)
{
    slt_ours *ours = &a->ours;
    size_t runs = ours->golden->run_count, column = errors_find_std(ours);
    ours->mcse = slt_world.calloc(runs + 1, sizeof *ours->mcse);
    ours->note = slt_world.calloc(runs + 1, sizeof *ours->note);
    if (!ours->mcse || !ours->note)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu runs", runs);
    for (size_t i = 0; i < runs; i++)
        ours->mcse[i] = slt_real_absent();
    ours->mcse_from = "not known here: --from has the golden's traces";
    if (a->more->from)
        return errors_from_traces(a, err);
    return slt_quantity_is_mean(&ours->column) && column < ours->golden->result_count
               ? errors_from_std(a, column, err)
               : SLT_OK;
}
