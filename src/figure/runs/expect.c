/* Checks the table of runs against the manifest: which estimates each run must have, with
 * how many chains and draws.  Otherwise estimates that did not settle could be left
 * out. */
#include "figure/runs/runs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/world.h"
#include "codec/digest.h"
#include "manifest/manifest.h"

/* A run's estimates [from, to) in the table, and one of those that its spec asks for. */
typedef struct asked {
    const slt_runs *runs;
    const slt_run_spec *spec;
    const char *name;
    size_t run, from, to;
    uint32_t llc;
    slt_error *err;
} asked;

static slt_status fail_difference(const asked *a, const char *what, uint64_t expected,
                                  uint64_t found)
{
    return slt_fail(a->err, SLT_DIFFERS,
                    "%s: run %" PRIu64 ", estimate %" PRIu32 ": expected %s %" PRIu64
                    " by the manifest, found %" PRIu64,
                    a->name, a->runs->list[a->run].number, a->llc + 1, what, expected,
                    found);
}

/* ---- Which estimates --------------------------------------------------------------- */

/* Whether it depends on nothing but the run's end where an estimate is made. */
static bool is_unconditional(const slt_llc_spec *llc)
{
    return llc->made_at != SLT_LLC_AT_MARK && !*llc->when.mark;
}

/* At how many checkpoints an unconditional estimate is made in a run that finished at
 * `step`: exactly so many if *exact, otherwise at least so many. */
static uint64_t count_places(const slt_run_spec *run, const slt_llc_spec *llc,
                             uint64_t step, bool *exact)
{
    *exact = true;
    if (llc->made_at == SLT_LLC_AT_STEP)
        return llc->at <= step;
    if (llc->made_at == SLT_LLC_AT_STEPS)
        return slt_llc_steps_until(llc, step);
    if (llc->made_at == SLT_LLC_AT_LAST || step == run->train.steps)
        return slt_llc_checkpoints(run, llc);
    *exact = false; /* the stop rule ended training early */
    return llc->from <= step;
}

static slt_status check_count(const asked *a, uint64_t found)
{
    const slt_llc_spec *llc = &a->spec->llc[a->llc];
    const slt_runs_run *run = &a->runs->list[a->run];
    bool exact;
    uint64_t expected = count_places(a->spec, llc, run->step, &exact);
    if (run->status != SLT_RUN_DONE)
        return SLT_OK;
    if (!is_unconditional(llc))
        return found > slt_llc_checkpoints(a->spec, llc)
                   ? fail_difference(a, "rows at most", slt_llc_checkpoints(a->spec, llc),
                                     found)
                   : SLT_OK;
    if (found < expected || (exact && found > expected))
        return fail_difference(a, exact ? "rows" : "rows at least", expected, found);
    return SLT_OK;
}

/* ---- Of what ----------------------------------------------------------------------- */

/* place: which of the estimate's rows it is, from 0. */
static slt_status check_row(const asked *a, const slt_runs_estimate *e, uint64_t place,
                            bool last)
{
    const slt_llc_spec *llc = &a->spec->llc[a->llc];
    uint64_t step = a->runs->list[a->run].step;
    if (llc->made_at == SLT_LLC_AT_STEP && e->at_step != llc->at)
        return fail_difference(a, "at_step", llc->at, e->at_step);
    if (llc->made_at == SLT_LLC_AT_LAST && e->at_step != step)
        return fail_difference(a, "at_step", step, e->at_step);
    if (llc->made_at == SLT_LLC_AT_STEPS && is_unconditional(llc) &&
        e->at_step != slt_llc_step_of(llc, place, step))
        return fail_difference(a, "at_step", slt_llc_step_of(llc, place, step),
                               e->at_step);
    if (!e->whole)
        return SLT_OK;
    if (e->chains != llc->num_chains)
        return fail_difference(a, "chains", llc->num_chains, e->chains);
    if (e->found.draws != llc->num_draws)
        return fail_difference(a, "draws", llc->num_draws, e->found.draws);
    if (e->found.no_losses == slt_llc_stores_losses(llc, last))
        return fail_difference(a, "losses", e->found.no_losses, !e->found.no_losses);
    if (e->found.baseline != slt_baseline_of(llc))
        return fail_difference(a, "baseline", slt_baseline_of(llc), e->found.baseline);
    return SLT_OK;
}

static slt_status check_estimate(const asked *a)
{
    uint64_t found = 0, place = 0;
    const slt_runs_estimate *last = NULL;
    slt_status status = SLT_OK;
    for (size_t i = a->from; i < a->to; i++)
        if (a->runs->estimates[i].llc == a->llc) {
            last = &a->runs->estimates[i];
            found++;
        }
    for (size_t i = a->from; i < a->to && !status; i++)
        if (a->runs->estimates[i].llc == a->llc)
            status = check_row(a, &a->runs->estimates[i], place++,
                               &a->runs->estimates[i] == last);
    return status ? status : check_count(a, found);
}

/* ---- Run by run -------------------------------------------------------------------- */

static slt_status check_run(asked *a)
{
    slt_status status = SLT_OK;
    for (a->llc = 0; a->llc < a->spec->llc_count && !status; a->llc++)
        status = check_estimate(a);
    for (size_t i = a->from; i < a->to && !status; i++)
        if (a->runs->estimates[i].llc >= a->spec->llc_count) {
            a->llc = a->runs->estimates[i].llc;
            status =
                fail_difference(a, "estimates at most", a->spec->llc_count, a->llc + 1);
        }
    return status;
}

slt_status slt_runs_check(const slt_runs *runs, const slt_golden *golden,
                          slt_manifest *manifest, slt_error *err)
{
    char *name = slt_runs_path(golden->path);
    slt_run_spec *spec = slt_run_spec_create();
    asked a = {.runs = runs, .spec = spec, .name = name, .err = err};
    slt_status status =
        name && spec ? SLT_OK
                     : slt_fail(err, SLT_RESOURCE, "no memory for the table of runs");
    for (; a.run < runs->count && !status; a.run++) {
        for (a.from = a.to; a.to < runs->estimate_count; a.to++)
            if (runs->estimates[a.to].run != a.run)
                break;
        if (a.run >= slt_manifest_runs(manifest) ||
            !slt_digest_equal(slt_manifest_experiment(manifest, a.run),
                              golden->runs[a.run].experiment))
            continue; /* not the golden's manifest */
        status = slt_manifest_run(manifest, a.run, spec, err);
        if (!status)
            status = check_run(&a);
    }
    free(spec);
    free(name);
    return status;
}
