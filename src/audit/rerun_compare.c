/* What the other arithmetic does to a run: its end and its learning coefficients. */
#include "audit/rerun.h"

#include <inttypes.h>
#include <math.h>

#include "audit/audit.h"
#include "figure/estimates.h"

/* The estimate of the same number and step, else of the same number (training may have
 * stopped at another step), NULL where there is none. */
static const slt_estimate *find(const slt_estimates *all, const slt_estimate *wanted)
{
    const slt_estimate *near = slt_estimates_find(all, wanted->llc, wanted->at_step);
    for (size_t i = 0; i < all->count && !near; i++)
        if (all->list[i].llc == wanted->llc)
            near = &all->list[i];
    return near;
}

static void print_side(FILE *out, const char *name, const slt_estimate *e)
{
    char llc[32], mcse[32], rhat[32];
    if (!e)
        fprintf(out, "  %-5s  no such estimate\n", name);
    else if (!e->whole)
        fprintf(out, "  %-5s  a chain did not end\n", name);
    else
        fprintf(out, "  %-5s  %s at step %" PRIu64 ", MCSE %s, R-hat %s\n", name,
                slt_audit_number(e->found.llc, "%.8g", llc), e->at_step,
                slt_audit_number(e->found.mcse, "%.2g", mcse),
                slt_audit_number(e->found.rhat, "%.4f", rhat));
}

static void print_pair(FILE *out, const slt_estimate *a, const slt_estimate *b,
                       const char *name, const char *name_again)
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
    slt_estimates ours, theirs = {0};
    slt_status status = slt_estimates_of_trace(trace, &ours, err);
    if (!status)
        status = slt_estimates_of_trace(again, &theirs, err);
    print_end(out, name, trace);
    print_end(out, name_again, again);
    for (size_t i = 0; i < ours.count && !status; i++)
        print_pair(out, &ours.list[i], find(&theirs, &ours.list[i]), name, name_again);
    slt_estimates_free(&ours);
    slt_estimates_free(&theirs);
    return status;
}
