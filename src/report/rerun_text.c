/* Runs repeated in another arithmetic, as text. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "audit/rerun.h"
#include "base/escape.h"
#include "report/audit_text_internal.h"

static void print_path(FILE *out, const char *what, const char *path)
{
    slt_buffer line = {0};
    slt_escape_line(&line, path, strlen(path));
    fprintf(out, "%s%s\n", what, slt_buffer_text(&line));
    slt_buffer_free(&line);
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

static void print_llc(FILE *out, const slt_rerun_found *found, const slt_audit_llc *llc)
{
    const slt_estimate *a = llc->reference;
    fprintf(out, "LLC %" PRIu32 " at step %" PRIu64 ": %s", a->llc, a->at_step,
            slt_agreement_text(llc->agreement));
    if (slt_real_finite(llc->apart) && llc->agreement != SLT_AGREE_IDENTICAL)
        fprintf(out, ", %.2g MCSE apart", fabs(slt_real_double(llc->apart)));
    fputc('\n', out);
    print_side(out, found->arithmetic[0], a);
    print_side(out, found->arithmetic[1], llc->found);
}

static void print_end(FILE *out, const char *name, const slt_trace *trace)
{
    const slt_record *end = slt_trace_record(trace, slt_trace_records(trace) - 1);
    fprintf(out, "%s: %s after %" PRIu64 " updates%s%s\n", name,
            slt_run_status_name(end->status), end->step,
            end->status_tensor[0] ? ", in " : "", end->status_tensor);
}

static void text_found(void *context, const slt_rerun_found *found)
{
    print_path(context, "manifest ", found->manifest);
    print_path(context, "trace ", found->path);
    for (int i = 0; i < 2; i++)
        print_end(context, found->arithmetic[i], found->traces[i]);
    for (size_t i = 0; i < found->llc_count; i++)
        print_llc(context, found, &found->llc[i]);
}

slt_rerun_page slt_rerun_text(FILE *out)
{
    return (slt_rerun_page){.context = out, .found = text_found};
}
