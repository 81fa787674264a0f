#include "figure/prediction.h"

#include <math.h>
#include <stdlib.h>

#include "base/endian.h"
#include "base/world.h"
#include "learn/sampler.h"

slt_status slt_prediction_check(const slt_run_spec *run, size_t llc, slt_error *err)
{
    if (llc >= run->llc_count)
        return slt_fail(err, SLT_FORMAT, "the run has no estimate %zu", llc + 1);
    const char *lawless = slt_sampler_lawless(&run->llc[llc]);
    return lawless ? slt_fail(err, SLT_FORMAT, "%s", lawless) : SLT_OK;
}

static slt_sgld_chain chain_of(const slt_llc_spec *spec, slt_real nbeta)
{
    return (slt_sgld_chain){.nbeta = slt_real_double(nbeta),
                            .localization = slt_real_double(spec->localization),
                            .lr = slt_real_double(spec->lr),
                            .draws = spec->num_draws,
                            .burnin = spec->num_burnin_steps,
                            .between = spec->num_steps_bw_draws};
}

/* The standard error over the probes of the part that they tell of. */
static slt_real error_of(const slt_spectrum *spectrum, const slt_sgld_chain *chain)
{
    const double probes = (double)spectrum->probes;
    double sum = 0, squares = 0;
    size_t begin = 0;
    if (!spectrum->probes)
        return slt_real_of(0);
    for (size_t p = 0; p < spectrum->probes; p++) {
        slt_sgld_law law;
        slt_theory_sgld_law(spectrum->list + begin, spectrum->ends[p] - begin, chain,
                            &law, NULL);
        sum += probes * law.curved;
        squares += probes * law.curved * probes * law.curved;
        begin = spectrum->ends[p];
    }
    const double mean = sum / probes;
    const double variance = fmax(squares / probes - mean * mean, 0);
    return spectrum->probes < 2 ? slt_real_absent()
                                : slt_real_of(sqrt(variance / (probes - 1)));
}

static void fill_curvatures(const slt_spectrum *spectrum, slt_prediction *out)
{
    double trace = 0, least = INFINITY, largest = -INFINITY;
    for (size_t i = 0; i < spectrum->count; i++) {
        trace += spectrum->list[i].value * spectrum->list[i].directions;
        least = fmin(least, spectrum->list[i].value);
        largest = fmax(largest, spectrum->list[i].value);
    }
    out->trace = slt_real_of(trace);
    out->least = slt_real_of(least);
    out->largest = slt_real_of(largest);
}

static slt_status fill_noise(slt_point *point, size_t llc, const slt_batch_spec *batch,
                             const slt_sgld_chain *chain, slt_prediction *out,
                             slt_error *err)
{
    static const slt_batch_noise noises[] = {[SLT_BATCH_FULL] = SLT_BATCH_NOISE_NONE,
                                             [SLT_BATCH_FRESH] = SLT_BATCH_NOISE_ADDED,
                                             [SLT_BATCH_EPOCHS] = SLT_BATCH_NOISE_BOUND,
                                             [SLT_BATCH_REPLACEMENT] =
                                                 SLT_BATCH_NOISE_ADDED,
                                             [SLT_BATCH_STREAM] = SLT_BATCH_NOISE_ADDED};
    slt_curvature *list = NULL;
    size_t count = 0;
    slt_sgld_law law;
    out->noise = noises[batch->order];
    slt_status status = slt_point_noise(point, llc, &list, &count, err);
    if (!status)
        slt_theory_sgld_law(list, count, chain, &law, NULL);
    if (!status)
        out->noisy = slt_real_of(law.noisy);
    free(list);
    return status;
}

/* draws: as slt_theory_sgld_law has them. */
static slt_status predict(slt_point *point, const slt_spectrum *spectrum, size_t llc,
                          slt_real nbeta, slt_prediction *out, slt_sgld_draw *draws,
                          slt_error *err)
{
    const slt_run_spec *run = slt_point_run(point);
    const slt_sgld_chain chain = chain_of(&run->llc[llc], nbeta);
    slt_sgld_law law;
    *out = (slt_prediction){.noise = SLT_BATCH_NOISE_NONE};
    slt_status status = slt_prediction_check(run, llc, err);
    if (status)
        return status;
    slt_theory_sgld_law(spectrum->half, spectrum->half_count, &chain, &law, NULL);
    out->coarse = slt_real_of(law.curved + law.sloped);
    slt_theory_sgld_law(spectrum->list, spectrum->count, &chain, &law, draws);
    out->llc = slt_real_of(law.curved + law.sloped);
    out->curved = slt_real_of(law.curved);
    out->sloped = slt_real_of(law.sloped);
    if (!spectrum->probes)
        out->coarse = out->llc;
    out->error = error_of(spectrum, &chain);
    out->stationary = slt_real_of(law.stationary);
    out->stein_drift = slt_real_of(law.stein_drift);
    out->stein_pull = slt_real_of(law.stein_pull);
    out->growing = slt_real_of(law.growing);
    out->unstable = slt_real_of(law.unstable);
    fill_curvatures(spectrum, out);
    return fill_noise(point, llc, &run->llc[llc].batch, &chain, out, err);
}

slt_status slt_prediction_make(slt_point *point, const slt_spectrum *spectrum, size_t llc,
                               slt_real nbeta, slt_prediction *prediction, slt_error *err)
{
    return predict(point, spectrum, llc, nbeta, prediction, NULL, err);
}

/* ---- Where chains leave ------------------------------------------------------------ */

/* Adds to `mean` what a chain's losses have beyond those of their batches at w*, over
 * the number of chains. */
static slt_status add_chain(slt_point *point, const slt_estimate *e, size_t place,
                            size_t c, slt_real *at_start, double *mean, slt_error *err)
{
    const slt_record *chain = e->chain[c];
    slt_status status =
        slt_point_draw_losses(point, e->llc, place, chain->chain, at_start, err);
    for (size_t i = 0; i < chain->loss_count && !status; i++) {
        const slt_real loss = {slt_load_le64(chain->losses + 8 * i)};
        mean[i] +=
            (slt_real_double(loss) - slt_real_double(at_start[i])) / (double)e->chains;
    }
    return status;
}

static slt_status mean_losses(slt_point *point, const slt_estimate *e, size_t place,
                              double *mean, slt_error *err)
{
    slt_real *at_start = slt_world.calloc(e->chain[0]->loss_count, sizeof *at_start);
    slt_status status =
        at_start ? SLT_OK : slt_fail(err, SLT_RESOURCE, "no memory for a chain's losses");
    for (size_t c = 0; c < e->chains && !status; c++)
        status = add_chain(point, e, place, c, at_start, mean, err);
    free(at_start);
    return status;
}

/* What binary32 may make of a loss. */
#define ROUNDING 1e-6

static void fill_departure(const double *mean, const slt_sgld_draw *law, size_t draws,
                           const slt_departing *rule, slt_departure *out)
{
    const size_t at = slt_theory_departure(mean, law, draws, rule);
    out->known = true;
    out->left = at < draws;
    out->draw = out->left ? at : 0;
    out->found = slt_real_of(mean[out->draw]);
    out->expected = slt_real_of(law[out->draw].mean);
    out->last_found = slt_real_of(mean[draws - 1]);
    out->last_expected = slt_real_of(law[draws - 1].mean);
}

static double relative_error(const slt_prediction *prediction)
{
    const double error = slt_real_double(prediction->error);
    const double llc = fabs(slt_real_double(prediction->llc));
    return isfinite(error) && llc > 0 ? error / llc : 0;
}

static slt_real apart_of(const slt_diagnostics *found, const slt_prediction *prediction)
{
    const double mcse = slt_real_double(found->mcse);
    const double error = slt_real_double(prediction->error);
    const double apart = slt_real_double(found->llc) - slt_real_double(prediction->llc);
    return slt_real_of(apart / sqrt(mcse * mcse + error * error));
}

slt_status slt_prediction_compare(slt_point *point, const slt_spectrum *spectrum,
                                  const slt_estimate *e, size_t place,
                                  slt_prediction *prediction, slt_departure *departure,
                                  slt_error *err)
{
    const size_t draws = (size_t)slt_point_run(point)->llc[e->llc].num_draws;
    double *mean = slt_world.calloc(draws, sizeof *mean);
    slt_sgld_draw *law = slt_world.calloc(draws, sizeof *law);
    slt_real spread;
    slt_status status = SLT_OK;
    *departure = (slt_departure){.apart = slt_real_absent()};
    if (!mean || !law)
        status = slt_fail(err, SLT_RESOURCE, "no memory for %zu draws", draws);
    if (!status)
        status =
            predict(point, spectrum, e->llc, e->chain[0]->nbeta, prediction, law, err);
    if (!status && e->whole)
        departure->apart = apart_of(&e->found, prediction);
    if (!status && e->whole && slt_estimate_has_losses(e)) {
        status = mean_losses(point, e, place, mean, err);
        if (!status)
            status = slt_point_batch_spread(point, e->llc, &spread, err);
        const slt_departing rule = {.chains = (double)e->chains,
                                    .spread = status ? 0 : slt_real_double(spread),
                                    .error = relative_error(prediction),
                                    .rounding = ROUNDING,
                                    .start = slt_real_double(slt_point_loss(point))};
        if (!status)
            fill_departure(mean, law, draws, &rule, departure);
    }
    free(law);
    free(mean);
    return status;
}
