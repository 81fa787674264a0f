/* What to change in the settings of an estimate, in words. */
#include <inttypes.h>
#include <math.h>

#include "learn/diagnostics.h"
#include "learn/sampler.h"

/* Spread is within 5 % of its end after so many times 1 / (lr A). */
#define SPREAD_TIMES 3
/* A step that adds more than this share to the spread of settled chains is large. */
#define STEP_LARGE .05

/* Sentences are separated by blanks. */
static void advise(slt_buffer *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void advise(slt_buffer *text, const char *format, ...)
{
    va_list arguments;
    if (text->size)
        slt_buffer_byte(text, ' ');
    va_start(arguments, format);
    slt_buffer_vprintf(text, format, arguments);
    va_end(arguments);
}

/* Directions without curvature are the slowest; the pull alone holds them.  How long
 * chains take there is known of SGLD alone. */
static void advise_length(const slt_llc_spec *spec, slt_buffer *text)
{
    const double gamma = slt_real_double(spec->localization);
    const uint64_t made = slt_llc_updates(spec);
    const char *pull = spec->prior.given ? "precision of the prior" : "localization";
    if (gamma > 0 && !slt_sampler_of(spec)->langevin) {
        advise(text, "Make more draws, or more steps between them, and leave out more of "
                     "the first ones: a larger num_burnin_steps.");
    } else if (gamma > 0) {
        const double wanted = ceil(SPREAD_TIMES / (slt_real_double(spec->lr) * gamma));
        if ((double)made < wanted)
            advise(text,
                   "In directions without curvature chains take %d / (lr %s) = "
                   "%.4g updates to spread, and these made %" PRIu64
                   ": make more, or raise %s or lr.",
                   SPREAD_TIMES, pull, wanted, made, pull);
        else if ((double)spec->num_burnin_steps < wanted)
            advise(text,
                   "The first draws are those of chains that still spread: a "
                   "num_burnin_steps of %.4g, %d / (lr %s), leaves them out.",
                   wanted, SPREAD_TIMES, pull);
        else
            advise(text, "Make more draws, or more steps between them.");
    } else {
        advise(text, "Without localization chains never stop spreading in directions "
                     "without curvature: set one.");
    }
}

/* How chains stay in the plane: by one more word, where the estimate's other words allow
 * it. */
static const char *plane_words(const slt_llc_spec *spec)
{
    const slt_sampler_type *type = slt_sampler_of(spec);
    slt_llc_spec held = *spec;
    held.orthogonal = true;
    if (type->fit && type->fit(&held, SLT_F64, NULL))
        return "sampler: sgld with restrict: orthogonal, without mala_acceptance";
    return spec->restricted.weight_count || spec->restricted.block_count
               ? "orthogonal: true in restrict"
               : "restrict: orthogonal";
}

void slt_diagnostics_advice(const slt_diagnostics *found, const slt_llc_spec *spec,
                            slt_buffer *text)
{
    if (found->settled != SLT_SETTLED_YES)
        advise_length(spec, text);
    if (!slt_llc_noise_is_whole(spec))
        advise(text, "With a noise_level other than 1 chains do not sample the posterior "
                     "at nbeta.");
    if (slt_real_double(found->llc) < 0 ||
        (found->stein.asked && slt_real_double(found->stein.ratio) < 0))
        advise(text, "Train further, or stay where the loss does not fall at once: %s.",
               plane_words(spec));
    if (found->stein.asked && slt_real_double(found->stein.step) > STEP_LARGE)
        advise(text,
               "The step size adds %.0f %% to the spread of settled chains: half of lr "
               "halves that.",
               100 * slt_real_double(found->stein.step));
    if (found->ebfmi.asked && slt_real_double(found->ebfmi.least) < SLT_EBFMI_LOW)
        advise(text, "Where energies change little the law has a narrow and a wide part: "
                     "more localization, or a prior, holds it together.");
    if (found->chains == 1)
        advise(text, "One chain does not tell its own error well: make several.");
}
