/* What the other arithmetic does to a run: its end and its learning coefficients. */
#include "check/rerun.h"

#include <inttypes.h>
#include <math.h>

#include "check/audit/audit.h"
#include "check/audit/collected.h"

/* The estimate of the same number and step, else of the same number (training may have
 * stopped at another step), NULL where there is none. */
static const slt_collected *find(const slt_collection *all, const slt_collected *wanted)
{
    const slt_collected *near = slt_collected_find(all, wanted->llc, wanted->at_step);
    for (size_t i = 0; i < all->count && !near; i++)
        if (all->list[i].llc == wanted->llc)
            near = &all->list[i];
    return near;
}

static void print_side(FILE *out, const char *name, const slt_collected *e)
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

static void print_pair(FILE *out, const slt_collected *a, const slt_collected *b,
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
    slt_collection ours, theirs = {0};
    slt_status status = slt_collect_estimates(trace, &ours, err);
    if (!status)
        status = slt_collect_estimates(again, &theirs, err);
    print_end(out, name, trace);
    print_end(out, name_again, again);
    for (size_t i = 0; i < ours.count && !status; i++)
        print_pair(out, &ours.list[i], find(&theirs, &ours.list[i]), name, name_again);
    slt_collection_free(&ours);
    slt_collection_free(&theirs);
    return status;
}
