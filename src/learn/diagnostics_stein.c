/* The Stein ratio of an estimate: its error, and what it says in words. */
#include <math.h>

#include "base/assert.h"
#include "learn/diagnostics.h"
#include "learn/stein.h"

/* ---- Numbers ----------------------------------------------------------------------- */

/* The error of the mean of `count` values by their spread, sums given. */
static slt_real error_of_mean(double sum, double squares, double count)
{
    const double variance = (squares - sum * sum / count) / (count - 1);
    return slt_real_of(count > 1 && variance > 0 ? sqrt(variance / count) : NAN);
}

/* Of a chain: by the means of its batches of draws, as if they were independent. */
static slt_real error_of_batches(const slt_llc_spec *spec, const slt_llc_setup *setup,
                                 const slt_stein *sums)
{
    const double nbeta = slt_real_double(setup->nbeta);
    const double gamma = slt_real_double(spec->localization);
    double sum = 0, squares = 0, count = 0;
    for (uint64_t b = 0; b < SLT_STEIN_BATCHES; b++) {
        const uint64_t draws = (b + 1) * spec->num_draws / SLT_STEIN_BATCHES -
                               b * spec->num_draws / SLT_STEIN_BATCHES;
        if (!draws)
            continue;
        const double value = (nbeta * slt_real_double(sums->drift[b]) +
                              gamma * slt_real_double(sums->pull[b])) /
                             ((double)draws * (double)setup->moving);
        sum += value;
        squares += value * value;
        count++;
    }
    return error_of_mean(sum, squares, count);
}

slt_stein_found slt_diagnose_stein_chain(const slt_llc_spec *spec,
                                         const slt_llc_setup *setup,
                                         const slt_stein *sums)
{
    const slt_stein_terms terms = slt_stein_of_chain(spec, setup, sums);
    return (slt_stein_found){.asked = true,
                             .biased = slt_sampler_of(spec)->biased,
                             .ratio = terms.ratio,
                             .drift = terms.drift,
                             .pull = terms.pull,
                             .step = terms.step,
                             .error = error_of_batches(spec, setup, sums)};
}

slt_stein_found slt_diagnose_stein(const slt_stein_found *chains, size_t count)
{
    SLT_ASSERT(count >= 1);
    double ratio = 0, drift = 0, pull = 0, step = 0, squares = 0;
    const double all = (double)count;
    for (size_t i = 0; i < count; i++) {
        const double value = slt_real_double(chains[i].ratio);
        ratio += value;
        squares += value * value;
        drift += slt_real_double(chains[i].drift);
        pull += slt_real_double(chains[i].pull);
        step += slt_real_double(chains[i].step);
    }
    return (slt_stein_found){.asked = true,
                             .biased = chains[0].biased,
                             .ratio = slt_real_of(ratio / all),
                             .drift = slt_real_of(drift / all),
                             .pull = slt_real_of(pull / all),
                             .step = slt_real_of(step / all),
                             .error = count > 1 ? error_of_mean(ratio, squares, all)
                                                : chains[0].error};
}

/* ---- Words ------------------------------------------------------------------------- */

/* What a ratio says that is `share` of what a settled chain has. */
static const char *spread_words(double share, bool near)
{
    if (near)
        return "the chains have spread as far as they do";
    if (share < 0)
        return "the loss falls away from w*, so w* is no minimum for these chains";
    if (share < .1)
        return "the chains have hardly begun to spread";
    if (share < .5)
        return "the chains have spread less than half of the way";
    if (share < 1)
        return "the chains still spread";
    return "the chains climb more than they spread: they draw together from further out, "
           "or so few independent draws tell it badly";
}

void slt_diagnostics_stein_words(const slt_stein_found *stein, slt_buffer *text)
{
    if (!stein->asked)
        return;
    const double ratio = slt_real_double(stein->ratio);
    const double error = slt_real_double(stein->error);
    const double step = slt_real_double(stein->step);
    const double settled = isfinite(step) ? 1 + step : 1;
    if (!isfinite(ratio)) {
        slt_buffer_printf(text,
                          "The Stein ratio is not known: it left the finite numbers.");
        return;
    }
    slt_buffer_printf(text, "Stein ratio %.3g", ratio);
    if (isfinite(error))
        slt_buffer_printf(text, " +- %.2g", error);
    if (stein->biased) {
        slt_buffer_printf(text, ", of settled chains not known: their law is not that of "
                                "the target.");
        return;
    }
    const bool near = fabs(ratio - settled) <= SLT_SETTLED_MCSE * error &&
                      error <= SLT_STEIN_SHARP * settled;
    if (isfinite(step))
        slt_buffer_printf(text, ", of settled chains %.3f: ", settled);
    else
        slt_buffer_printf(text, ", of settled chains 1 but for what the step adds: ");
    slt_buffer_printf(text, "%s.", spread_words(ratio / settled, near));
}
