#include "learn/diagnostics.h"

#include <math.h>
#include <stdio.h>

const char *slt_settled_text(slt_settled settled)
{
    static const char *const words[] = {"no", "yes", "not known"};
    return words[settled];
}

const char *slt_ess_text(slt_real ess, char text[SLT_ESS_TEXT_MAX])
{
    if (slt_real_finite(ess))
        snprintf(text, SLT_ESS_TEXT_MAX, "%.0f", floor(slt_real_double(ess)));
    else
        snprintf(text, SLT_ESS_TEXT_MAX, "-");
    return text;
}

/* Reasons are joined by ", " after the first. */
static const char *next_joint(bool *begun)
{
    const char *text = *begun ? ", " : "";
    *begun = true;
    return text;
}

/* ---- What is known to fail --------------------------------------------------------- */

static void say_ess(slt_real ess, const char *which, slt_buffer *text, bool *begun)
{
    char number[SLT_ESS_TEXT_MAX];
    if (slt_real_double(ess) < SLT_SETTLED_ESS)
        slt_buffer_printf(text, "%sthe effective sample size%s %s is below %d",
                          next_joint(begun), which, slt_ess_text(ess, number),
                          SLT_SETTLED_ESS);
}

static void say_drift(const slt_diagnostics *found, slt_buffer *text, bool *begun)
{
    const double drift = slt_real_double(found->drift);
    const double bound = SLT_SETTLED_MCSE * slt_real_double(found->mcse_chains);
    if (!(fabs(drift) > bound))
        return;
    slt_buffer_printf(text,
                      "%sthe second half lies %.3g %s the first (%d Monte Carlo standard "
                      "errors are %.3g)",
                      next_joint(begun), fabs(drift), drift > 0 ? "above" : "below",
                      SLT_SETTLED_MCSE, bound);
}

static void say_unsettled(const slt_diagnostics *found, slt_buffer *text)
{
    bool begun = false;
    slt_buffer_printf(text, "The sampler has not settled: ");
    if (slt_real_double(found->rhat) > SLT_SETTLED_RHAT)
        slt_buffer_printf(text, "%sR-hat %.4f is above %.2f", next_joint(&begun),
                          slt_real_double(found->rhat), SLT_SETTLED_RHAT);
    say_ess(found->ess_bulk, "", text, &begun);
    say_ess(found->ess_tail, " of the tails", text, &begun);
    say_drift(found, text, &begun);
    slt_buffer_printf(text, ", so lambda_hat depends on the chain's length and start and "
                            "is not yet a property of the point.");
}

/* ---- What is not known ------------------------------------------------------------- */

/* Names chains that tell nothing; returns whether there are any. */
static bool say_chains(const slt_diagnostics *found, slt_buffer *text, bool *begun)
{
    if (found->nonfinite)
        slt_buffer_printf(text, "%s%zu of %zu chains %s losses that are not finite",
                          next_joint(begun), found->nonfinite, found->chains,
                          found->nonfinite == 1 ? "has" : "have");
    if (found->constant && found->draws == 1)
        slt_buffer_printf(text, "%sa chain is one draw long", next_joint(begun));
    else if (found->constant)
        slt_buffer_printf(text, "%s%zu of %zu chains %s constant", next_joint(begun),
                          found->constant, found->chains,
                          found->constant == 1 ? "is" : "are");
    return *begun;
}

static void say_error(const slt_diagnostics *found, slt_buffer *text, bool *begun)
{
    if (found->baseline == SLT_BASELINE_UNKNOWN ||
        (found->baseline == SLT_BASELINE_FIRST_DRAWS && found->no_losses))
        slt_buffer_printf(text,
                          "%sthe loss at w* is a mean over batches whose own losses "
                          "were not stored",
                          next_joint(begun));
    else if (found->chains == 1 && found->no_losses)
        slt_buffer_printf(text, "%sits only chain's losses were not stored",
                          next_joint(begun));
    else if (found->chains == 1 && found->baseline == SLT_BASELINE_FIRST_DRAWS)
        slt_buffer_printf(text, "%sthe loss at w* is that of one batch",
                          next_joint(begun));
    else if (found->chains == 1)
        slt_buffer_printf(text, "%sits only chain has too few draws", next_joint(begun));
    else
        slt_buffer_printf(text, "%sits chains agree in every bit", next_joint(begun));
}

void slt_diagnostics_unknown(const slt_diagnostics *found, slt_buffer *text)
{
    bool begun = false;
    if (!slt_real_finite(found->mcse) && !say_chains(found, text, &begun))
        say_error(found, text, &begun);
}

static void say_unknown(const slt_diagnostics *found, slt_buffer *text)
{
    bool begun = false;
    slt_buffer_printf(text, "Whether the sampler has settled is not known: ");
    if (found->no_losses)
        slt_buffer_printf(text,
                          "%sits losses were not stored, so there is no R-hat and no "
                          "effective sample size",
                          next_joint(&begun));
    else if (!say_chains(found, text, &begun) && !slt_real_finite(found->ess_tail))
        slt_buffer_printf(text, "%sthere are too few draws that differ",
                          next_joint(&begun));
    if (!begun || (found->no_losses && !slt_real_finite(found->mcse)))
        say_error(found, text, &begun);
    slt_buffer_printf(text, ".");
}

/* ---- The whole --------------------------------------------------------------------- */

static void say_settled(const slt_diagnostics *found, slt_buffer *text)
{
    char bulk[SLT_ESS_TEXT_MAX], tail[SLT_ESS_TEXT_MAX];
    slt_buffer_printf(text,
                      "The sampler has settled: R-hat %.3f, effective sample size %s, of "
                      "the tails %s, drift %.2g of at most %.2g.",
                      slt_real_double(found->rhat), slt_ess_text(found->ess_bulk, bulk),
                      slt_ess_text(found->ess_tail, tail), slt_real_double(found->drift),
                      SLT_SETTLED_MCSE * slt_real_double(found->mcse_chains));
}

void slt_diagnostics_words(const slt_diagnostics *diagnostics, slt_buffer *text)
{
    static void (*const say[])(const slt_diagnostics *,
                               slt_buffer *) = {[SLT_SETTLED_NO] = say_unsettled,
                                                [SLT_SETTLED_YES] = say_settled,
                                                [SLT_SETTLED_UNKNOWN] = say_unknown};
    say[diagnostics->settled](diagnostics, text);
    if (diagnostics->settled == SLT_SETTLED_NO && !slt_real_finite(diagnostics->mcse)) {
        slt_buffer_printf(text, " Its error is not known: ");
        slt_diagnostics_unknown(diagnostics, text);
        slt_buffer_byte(text, '.');
    }
    if (diagnostics->stein.asked)
        slt_buffer_byte(text, ' ');
    slt_diagnostics_stein_words(&diagnostics->stein, text);
    slt_diagnostics_ebfmi_words(&diagnostics->ebfmi, text);
    if (slt_real_double(diagnostics->llc) < 0)
        slt_buffer_printf(text,
                          " The estimate is negative: the chains found losses below "
                          "that of the starting point, which is no minimum.");
}
