#include "learn/diagnostics.h"

#include <math.h>

/* Reasons are joined by ", " after the first. */
static const char *joint(bool *begun)
{
    const char *text = *begun ? ", " : "";
    *begun = true;
    return text;
}

static void say_mixing(const slt_diagnostics *found, slt_buffer *text, bool *begun)
{
    const double rhat = slt_real_double(found->rhat), ess = slt_real_double(found->ess);
    if (isnan(rhat)) {
        slt_buffer_printf(text, "%sthere are too few draws, or they are all equal",
                          joint(begun));
        return;
    }
    if (rhat > 1.01)
        slt_buffer_printf(text, "%sR-hat %.4f is above 1.01", joint(begun), rhat);
    if (!(ess >= 100))
        slt_buffer_printf(text, "%sthe effective sample size %.0f is below 100",
                          joint(begun), floor(ess));
}

static void say_drift(const slt_diagnostics *found, slt_buffer *text, bool *begun)
{
    const double drift = slt_real_double(found->drift);
    const double bound = 3 * slt_real_double(found->mcse);
    if (fabs(drift) <= bound || isnan(drift) || isnan(bound))
        return;
    slt_buffer_printf(text,
                      "%sthe second half lies %.3g %s the first (3 Monte Carlo standard "
                      "errors are %.3g)",
                      joint(begun), fabs(drift), drift > 0 ? "above" : "below", bound);
}

static void say_settled(const slt_diagnostics *found, slt_buffer *text)
{
    slt_buffer_printf(text,
                      "The sampler has settled: R-hat %.3f, effective sample size %.0f, "
                      "drift %.2g of at most %.2g.",
                      slt_real_double(found->rhat), slt_real_double(found->ess),
                      slt_real_double(found->drift), 3 * slt_real_double(found->mcse));
}

static void say_unsettled(const slt_diagnostics *found, slt_buffer *text)
{
    bool begun = false;
    slt_buffer_printf(text, "The sampler has not settled: ");
    say_mixing(found, text, &begun);
    say_drift(found, text, &begun);
    slt_buffer_printf(text, ", so lambda_hat depends on the chain's length and start and "
                            "is not yet a property of the point.");
}

static void say_unknown(const slt_diagnostics *found, slt_buffer *text)
{
    bool begun = true;
    slt_buffer_printf(text,
                      "Whether the sampler has settled is not known: its losses were "
                      "not stored, so there is no R-hat and no effective sample "
                      "size");
    say_drift(found, text, &begun);
    slt_buffer_printf(text, ".");
}

void slt_diagnostics_words(const slt_diagnostics *diagnostics, slt_buffer *text)
{
    if (diagnostics->no_losses)
        say_unknown(diagnostics, text);
    else if (diagnostics->settled)
        say_settled(diagnostics, text);
    else
        say_unsettled(diagnostics, text);
    if (slt_real_double(diagnostics->llc) < 0)
        slt_buffer_printf(text,
                          " The estimate is negative: the chains found losses below "
                          "that of the starting point, which is no minimum.");
}
