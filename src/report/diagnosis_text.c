/* The estimates of a trace in words. */
#include <sltrace/page.h>

#include <inttypes.h>
#include <string.h>

#include "base/escape.h"
#include "figure/runs/runs.h"
#include "report/audit_text_internal.h"
#include "verify/diagnosis.h"

/* Chains that are shown one by one. */
#define CHAINS_SHOWN 64

static void text_begin(void *context, const char *path)
{
    slt_buffer line = {0};
    slt_escape_line(&line, path, strlen(path));
    fprintf(context, "%s\n", slt_buffer_text(&line));
    slt_buffer_free(&line);
}

static void print_numbers(FILE *out, const slt_estimate *e)
{
    const slt_diagnostics *found = &e->found;
    const slt_runs_estimate in_units = {.found = *found};
    char mean[32], mcse[32], rhat[32], drift[32], share[32];
    char bulk[SLT_ESS_TEXT_MAX], tail[SLT_ESS_TEXT_MAX];
    fprintf(out, "%s, MCSE %s; %zu chain%s of %" PRIu64 " draws\n",
            slt_audit_number(e->mean, "%.5g", mean),
            slt_audit_number(found->mcse, "%.2g", mcse), e->chains,
            e->chains == 1 ? "" : "s", found->draws);
    fprintf(
        out,
        "  R-hat %s, ESS %s, of the tails %s; drift %s MCSE; share of draws below the "
        "loss at w* %s\n",
        slt_audit_number(found->rhat, "%.4f", rhat), slt_ess_text(found->ess_bulk, bulk),
        slt_ess_text(found->ess_tail, tail),
        slt_audit_number(slt_runs_drift(&in_units), "%.1f", drift),
        slt_audit_number(found->negative_share, "%.3f", share));
}

static void print_stein(FILE *out, const slt_estimate *e)
{
    const char *const form = "  %9s  %8s %8s %8s %8s %8s\n";
    if (!e->stein)
        return;
    fprintf(out, form, "Stein", "ratio", "error", "drift", "pull", "step");
    for (size_t i = 0; i < e->chains && i < CHAINS_SHOWN; i++) {
        const slt_stein_found *c = &e->stein[i];
        char name[32], ratio[32], error[32], drift[32], pull[32], step[32];
        snprintf(name, sizeof name, "chain %zu", i);
        fprintf(out, form, name, slt_audit_number(c->ratio, "%.4f", ratio),
                slt_audit_number(c->error, "%.2g", error),
                slt_audit_number(c->drift, "%.4f", drift),
                slt_audit_number(c->pull, "%.4f", pull),
                slt_audit_number(c->step, "%.4f", step));
    }
    if (e->chains > CHAINS_SHOWN)
        fprintf(out, "  and %zu chains more\n", e->chains - CHAINS_SHOWN);
}

static void text_estimate(void *context, const slt_diagnosed_estimate *told)
{
    const slt_estimate *e = told->estimate;
    const slt_runs_estimate named = {.llc = e->llc, .at_step = e->at_step};
    slt_buffer name = {0}, words = {0}, advice = {0};
    FILE *out = context;
    slt_runs_name_estimate(&named, &name);
    fprintf(out, "%s: ", slt_buffer_text(&name));
    if (e->whole) {
        print_numbers(out, e);
        slt_diagnostics_words(&e->found, &words);
        slt_diagnostics_advice(&e->found, told->spec, &advice);
        fprintf(out, "  %s\n", slt_buffer_text(&words));
        print_stein(out, e);
        if (advice.size)
            fprintf(out, "  To change: %s\n", slt_buffer_text(&advice));
    } else {
        fprintf(out, "%zu of %zu chains diverged or overflowed\n", e->ended_early,
                e->chains);
    }
    slt_buffer_free(&advice);
    slt_buffer_free(&words);
    slt_buffer_free(&name);
}

slt_diagnosis_page slt_diagnosis_text(FILE *out)
{
    return (slt_diagnosis_page){
        .context = out, .begin = text_begin, .estimate = text_estimate};
}
