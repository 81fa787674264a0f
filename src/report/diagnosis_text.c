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

static void print_wbic(FILE *out, const slt_diagnosed_estimate *told)
{
    char wbic[32];
    if (slt_real_finite(told->wbic))
        fprintf(out, "  WBIC %s\n", slt_audit_number(told->wbic, "%.7g", wbic));
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

static void print_ebfmi(FILE *out, const slt_estimate *e)
{
    if (!e->ebfmi)
        return;
    fprintf(out, "  %9s\n", "E-BFMI");
    for (size_t i = 0; i < e->chains && i < CHAINS_SHOWN; i++) {
        char name[32], value[32];
        snprintf(name, sizeof name, "chain %zu", i);
        fprintf(out, "  %9s  %8s\n", name, slt_audit_number(e->ebfmi[i], "%.4f", value));
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
        print_wbic(out, told);
        print_stein(out, e);
        print_ebfmi(out, e);
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

/* ---- By nbeta ---------------------------------------------------------------------- */

static void print_law(FILE *out, const char *name, const slt_temperature_law *law,
                      bool bent)
{
    char lambda[32], error[32], m[32], m_error[32], loss[32], loss_error[32], misfit[32];
    fprintf(out, "  %-18s lambda %s +- %s", name,
            slt_audit_number(law->lambda, "%.5g", lambda),
            slt_audit_number(law->lambda_error, "%.2g", error));
    if (bent)
        fprintf(out, ", m %s +- %s", slt_audit_number(law->multiplicity, "%.3g", m),
                slt_audit_number(law->multiplicity_error, "%.2g", m_error));
    fprintf(out, ", loss %s +- %s; misfit %s\n",
            slt_audit_number(law->loss, "%.6g", loss),
            slt_audit_number(law->loss_error, "%.2g", loss_error),
            slt_audit_number(law->misfit, "%.3g", misfit));
}

static void print_unsettled(FILE *out, const slt_temperatures *found)
{
    size_t unsettled = 0;
    for (size_t i = 0; i < found->count; i++)
        unsettled += found->estimate[i]->found.settled != SLT_SETTLED_YES;
    if (unsettled)
        fprintf(out,
                "  %zu of these %zu have not settled: the law is of chains that have\n",
                unsettled, found->count);
}

static void print_group(FILE *out, const slt_temperatures *found)
{
    slt_buffer names = {0};
    for (size_t i = 0; i < found->count; i++) {
        char nbeta[32];
        slt_buffer_printf(&names, i ? ", " : " ");
        slt_runs_name_llc(found->estimate[i]->llc, &names);
        slt_buffer_printf(
            &names, " (%s)",
            slt_audit_number(found->estimate[i]->chain[0]->nbeta, "%.5g", nbeta));
    }
    fprintf(out, "by nbeta at step %" PRIu64 ":%s\n", found->at_step,
            slt_buffer_text(&names));
    slt_buffer_free(&names);
    print_law(out, "slope of the loss", &found->line, false);
    if (found->has_bent)
        print_law(out, "and multiplicity", &found->bent, true);
    print_unsettled(out, found);
}

static void text_temperatures(void *context, const slt_temperatures *found, size_t count)
{
    for (size_t i = 0; i < count; i++)
        print_group(context, &found[i]);
}

slt_diagnosis_page slt_diagnosis_text(FILE *out)
{
    return (slt_diagnosis_page){.context = out,
                                .begin = text_begin,
                                .estimate = text_estimate,
                                .temperatures = text_temperatures};
}
