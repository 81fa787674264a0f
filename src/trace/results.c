#include "trace/results.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "learn/sampler.h"
#include "num/scalar.h"

void slt_results_free(slt_results *results)
{
    free(results->list);
    *results = (slt_results){0};
}

void slt_results_add(slt_results *results, const char *name, slt_real value)
{
    if (results->failed)
        return;
    if (results->count == results->room) {
        size_t room = results->room ? 2 * results->room : 16;
        slt_trace_metric *list = realloc(results->list, room * sizeof *list);
        if (!list) {
            results->failed = true;
            return;
        }
        results->list = list;
        results->room = room;
    }
    slt_trace_metric *result = &results->list[results->count++];
    *result = (slt_trace_metric){.value = value};
    snprintf(result->name, sizeof result->name, "%s", name);
}

void slt_results_append(slt_results *results, const slt_results *more)
{
    for (size_t i = 0; i < more->count; i++)
        slt_results_add(results, more->list[i].name, more->list[i].value);
}

void slt_results_of_training(slt_results *results, const slt_run_spec *run,
                             const slt_metrics *last, uint64_t step,
                             const slt_marks *marks)
{
    for (size_t i = 0; i < last->count; i++)
        slt_results_add(results, last->name[i], last->value[i]);
    slt_results_add(results, "step", slt_real_from_u64(step));
    for (size_t i = 0; i < run->train.mark_count; i++) {
        char name[40];
        snprintf(name, sizeof name, "mark/%s", run->train.marks[i].name);
        if (marks->reached[i])
            slt_results_add(results, name, slt_real_from_u64(marks->step[i]));
    }
}

/* ---- Estimates --------------------------------------------------------------------- */

void slt_results_name(const char *what, size_t llc, char name[SLT_RESULTS_NAME_MAX])
{
    size_t slash = strcspn(what, "/-");
    if (llc)
        snprintf(name, SLT_RESULTS_NAME_MAX, "%.*s%zu%s", (int)slash, what, llc + 1,
                 what + slash);
    else
        snprintf(name, SLT_RESULTS_NAME_MAX, "%s", what);
}

bool slt_results_is_mean(const char *name, uint32_t *llc)
{
    for (*llc = 0; *llc < SLT_LLC_MAX; ++*llc) {
        char mean[SLT_RESULTS_NAME_MAX];
        slt_results_name("llc/mean", *llc, mean);
        if (strcmp(name, mean) == 0)
            return true;
    }
    return false;
}

typedef struct estimate {
    slt_results *results;
    const slt_llc_spec *spec;
    size_t llc;
    const slt_findings *found;
} estimate;

/* `behind` stands behind the name. */
static void add_result(const estimate *e, const char *what, const char *behind,
                       slt_real value)
{
    char full[SLT_RESULTS_NAME_MAX];
    slt_results_name(what, e->llc, full);
    size_t size = strlen(full);
    snprintf(full + size, sizeof full - size, "%s", behind);
    slt_results_add(e->results, full, value);
}

static void add_chains(const estimate *e)
{
    for (size_t i = 0; i < e->spec->num_chains; i++) {
        char number[24];
        snprintf(number, sizeof number, "%zu", i);
        add_result(e, "llc-chain/", number, e->found->llc->chain[i]);
    }
}

/* All results of one checkpoint, those of single chains where no step stands behind the
 * names.  Without one of its chains there is no mean. */
static void add_findings(const estimate *e, const char *behind)
{
    const slt_llc_result *llc = e->found->llc;
    add_result(e, "llc/mean", behind, llc ? llc->mean : slt_real_absent());
    if (llc && llc->has_sd)
        add_result(e, "llc/std", behind, llc->sd);
    if (llc && !*behind)
        add_chains(e);
    if (llc && slt_sampler_accepts(e->spec))
        add_result(e, "mala/acceptance", behind, e->found->acceptance);
    if (e->spec->hessian_probes)
        add_result(e, "hessian/trace", behind, e->found->trace);
}

void slt_results_of_estimate(slt_results *results, const slt_run_spec *run, size_t llc,
                             uint64_t step, bool last, const slt_findings *found)
{
    const estimate e = {results, &run->llc[llc], llc, found};
    char behind[24];
    snprintf(behind, sizeof behind, "@%" PRIu64, step);
    if (e.spec->place == SLT_LLC_AT_CHECKPOINTS)
        add_findings(&e, behind);
    if (last)
        add_findings(&e, "");
}
