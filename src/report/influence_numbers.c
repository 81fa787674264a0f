#include "report/influence_numbers.h"

#include <inttypes.h>
#include <stdio.h>

#include "num/scalar.h"

const char *const slt_influence_pair_names[SLT_INFLUENCE_PAIR] = {
    "covariance",      "covariance_error", "influence",
    "influence_error", "susceptibility",   "susceptibility_error"};
const char *const slt_influence_sample_names[SLT_INFLUENCE_SAMPLE] = {
    "elpd_waic", "p_waic", "elpd_loo", "p_loo", "pareto_k"};

slt_covariance slt_influence_change(const slt_influence *found, size_t at)
{
    const slt_covariance *c = &found->covariance[at];
    return (slt_covariance){slt_real_neg(slt_real_mul(found->temperature, c->value)),
                            slt_real_mul(found->temperature, c->error)};
}

size_t slt_influence_pairs(const slt_influence *found)
{
    return found->susceptibility ? SLT_INFLUENCE_PAIR : SLT_INFLUENCE_PAIR - 2;
}

void slt_influence_pair(const slt_influence *found, size_t at,
                        slt_real values[SLT_INFLUENCE_PAIR])
{
    const slt_covariance change = slt_influence_change(found, at);
    values[0] = found->covariance[at].value;
    values[1] = found->covariance[at].error;
    values[2] = change.value;
    values[3] = change.error;
    values[4] = values[5] = slt_real_absent();
    if (found->susceptibility) {
        values[4] = found->susceptibility[at].value;
        values[5] = found->susceptibility[at].error;
    }
}

void slt_influence_observable(const slt_influence *found, size_t number,
                              char text[SLT_INFLUENCE_OBSERVABLE_MAX])
{
    if (found->metrics)
        snprintf(text, SLT_INFLUENCE_OBSERVABLE_MAX, "metric/%s", found->metrics[number]);
    else if (found->first == SLT_OBSERVABLE_MEAN)
        snprintf(text, SLT_INFLUENCE_OBSERVABLE_MAX, "mean");
    else
        snprintf(text, SLT_INFLUENCE_OBSERVABLE_MAX, "%" PRIu64, found->first + number);
}

void slt_influence_sample(const slt_influence *found, size_t sample,
                          slt_real values[SLT_INFLUENCE_SAMPLE])
{
    for (size_t i = 0; i < SLT_INFLUENCE_SAMPLE; i++)
        values[i] = slt_real_absent();
    if (!found->sample)
        return;
    const slt_predictive *s = &found->sample[sample];
    values[0] = s->elpd_waic;
    values[1] = s->p_waic;
    values[2] = s->elpd_loo;
    values[3] = s->p_loo;
    values[4] = s->pareto_k;
}

slt_real slt_influence_number(const slt_influence *found, bool of_pair, size_t number,
                              size_t at)
{
    slt_real pair[SLT_INFLUENCE_PAIR], sample[SLT_INFLUENCE_SAMPLE];
    if (of_pair)
        slt_influence_pair(found, at, pair);
    else
        slt_influence_sample(found, at, sample);
    return of_pair ? pair[number] : sample[number];
}

const char *slt_influence_number_name(bool of_pair, size_t number)
{
    return of_pair ? slt_influence_pair_names[number]
                   : slt_influence_sample_names[number];
}

static bool is_before(const slt_covariance *values, size_t a, size_t b)
{
    const slt_real x = slt_real_mul(values[a].value, values[a].value);
    const slt_real y = slt_real_mul(values[b].value, values[b].value);
    return slt_real_less(y, x) || (!slt_real_less(x, y) && a < b);
}

size_t slt_influence_next(const slt_covariance *values, size_t count, size_t last)
{
    size_t next = count;
    for (size_t i = 0; i < count; i++)
        if ((last == count || is_before(values, last, i)) && i != last &&
            (next == count || is_before(values, i, next)))
            next = i;
    return next;
}
