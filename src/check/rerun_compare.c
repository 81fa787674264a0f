/* What the other arithmetic does to a run: its end and its learning coefficients. */
#include "check/rerun.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "check/audit/audit.h"
#include "study/figure/estimates.h"

/* One estimate of a trace. */
typedef struct estimate {
    uint32_t llc;
    uint64_t at_step;
    bool whole;
    slt_diagnostics found; /* where it is whole */
} estimate;

typedef struct estimates {
    estimate *list;
    size_t count;
} estimates;

static slt_status add_estimate(void *context, const slt_estimate *e, slt_error *err)
{
    estimates *all = context;
    estimate *list = realloc(all->list, (all->count + 1) * sizeof *list);
    if (!list)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu estimates", all->count + 1);
    all->list = list;
    estimate *added = &list[all->count++];
    *added = (estimate){
        .llc = e->chain[0]->llc, .at_step = e->chain[0]->at_step, .whole = e->whole};
    return e->whole ? slt_estimate_diagnose(e, &added->found, err) : SLT_OK;
}

/* The estimate of the same number and step, else of the same number (training may have
 * stopped at another step), NULL where there is none. */
static const estimate *find(const estimates *all, const estimate *wanted)
{
    const estimate *near = NULL;
    for (size_t i = 0; i < all->count; i++) {
        const estimate *e = &all->list[i];
        if (e->llc == wanted->llc && (!near || e->at_step == wanted->at_step))
            near = e;
    }
    return near;
}

static void print_side(FILE *out, const char *name, const estimate *e)
{
    if (!e)
        fprintf(out, "  %-5s  no such estimate\n", name);
    else if (!e->whole)
        fprintf(out, "  %-5s  a chain did not end\n", name);
    else
        fprintf(out, "  %-5s  %.8g at step %" PRIu64 ", MCSE %.2g, R-hat %.4f\n", name,
                slt_real_double(e->found.llc), e->at_step, slt_real_double(e->found.mcse),
                slt_real_double(e->found.rhat));
}

static void print_pair(FILE *out, const estimate *a, const estimate *b, const char *name,
                       const char *name_again)
{
    slt_real apart = slt_real_of(NAN);
    slt_agreement agreement = SLT_AGREE_NOT;
    if (b && a->whole && b->whole)
        agreement = slt_agreement_of(a->found.llc, a->found.mcse, b->found.llc,
                                     b->found.mcse, &apart);
    fprintf(out, "LLC %" PRIu32 " at step %" PRIu64 ": %s", a->llc, a->at_step,
            slt_agreement_text(agreement));
    if (slt_real_finite(apart) && agreement != SLT_AGREE_IDENTICAL)
        fprintf(out, ", %.2g MCSE apart", fabs(slt_real_double(apart)));
    fputc('\n', out);
    print_side(out, name, a);
    print_side(out, name_again, b);
}

static void print_end(FILE *out, const char *name, const slt_trace *trace)
{
    const slt_record *end = slt_trace_record(trace, slt_trace_records(trace) - 1);
    fprintf(out, "%s: %s after %" PRIu64 " updates%s%s\n", name,
            slt_run_status_name(end->status), end->step,
            end->status_tensor[0] ? ", in " : "", end->status_tensor);
}

slt_status slt_rerun_compare(const slt_trace *trace, const slt_trace *again,
                             const char *name, const char *name_again, FILE *out,
                             slt_error *err)
{
    estimates ours = {0}, theirs = {0};
    slt_status status = slt_estimate_walk(trace, add_estimate, &ours, err);
    if (!status)
        status = slt_estimate_walk(again, add_estimate, &theirs, err);
    print_end(out, name, trace);
    print_end(out, name_again, again);
    for (size_t i = 0; i < ours.count && !status; i++)
        print_pair(out, &ours.list[i], find(&theirs, &ours.list[i]), name, name_again);
    free(ours.list);
    free(theirs.list);
    return status;
}
