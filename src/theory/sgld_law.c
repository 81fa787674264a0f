#include "theory/sgld_law.h"

#include <math.h>
#include <stdbool.h>

/* 1 - (1 - a)^n without cancellation for small a. */
static double lost(double a, double n)
{
    return a < 1 ? -expm1(n * log1p(-a)) : 1 - pow(1 - a, n);
}

/* The limit of long chains.  A flat direction adds nothing to the loss however far it is
 * walked. */
static double law_limit(const slt_curvature *c, const slt_sgld_chain *chain)
{
    const double pull = chain->nbeta * c->value + chain->localization;
    const double a = chain->lr * pull / 2, h = c->value;
    if (h == 0 && c->slope == 0)
        return 0;
    if (a <= 0 || a >= 2)
        return INFINITY;
    const double spread = chain->lr / (a * (2 - a)), drift = -chain->nbeta / pull;
    const double noise = chain->lr * chain->nbeta * chain->nbeta / 4 * c->noise;
    return chain->nbeta * (h * spread * (c->directions + noise) / 2 +
                           c->slope * (drift + h * drift * drift / 2));
}

/* Where the directions of one curvature stand at a recorded draw. */
typedef struct stand {
    double spread; /* v(t) */
    double drift;  /* m(t) / g */
} stand;

static stand stand_at(const slt_sgld_chain *chain, double a, double gone, double updates)
{
    const double loss = a * (2 - a); /* 1 - (1 - a)^2 */
    const double kick = -chain->lr * chain->nbeta / 2;
    return (stand){loss == 0 ? chain->lr * updates : chain->lr * gone * (2 - gone) / loss,
                   kick * (a == 0 ? updates : gone / a)};
}

/* Adds the means over the draws of the directions of one curvature. */
static void law_add(const slt_curvature *c, const slt_sgld_chain *chain,
                    slt_sgld_law *law, slt_sgld_draw *draws)
{
    const double h = c->value, between = (double)chain->between;
    const double pull = chain->nbeta * h + chain->localization, a = chain->lr * pull / 2;
    const double noise = chain->lr * chain->nbeta * chain->nbeta / 4 * c->noise;
    const double stride = lost(a, between);
    double updates = (double)chain->burnin, gone = lost(a, updates);
    double spreads = 0, drifts = 0, squares = 0; /* sums of v, m / g and its square */
    for (uint64_t i = 0; i < chain->draws; i++) {
        const stand at = stand_at(chain, a, gone, updates);
        const double steep = 1 + h * at.drift, bent = h * at.spread;
        spreads += at.spread;
        drifts += at.drift;
        squares += at.drift * at.drift;
        if (draws) {
            const double sloped = c->slope * steep * steep * at.spread;
            draws[i].mean +=
                c->directions * bent / 2 + c->slope * at.drift * (1 + h * at.drift / 2);
            draws[i].variance += sloped + c->directions * bent * bent / 2;
            draws[i].third += 3 * sloped * bent + c->directions * bent * bent * bent;
        }
        gone += (1 - gone) * stride;
        updates += between;
    }
    const double scale = chain->nbeta / (double)chain->draws;
    law->curved += scale * h * spreads * c->directions / 2;
    law->noisy += scale * h * spreads * noise / 2;
    law->sloped += scale * c->slope * (drifts + h * squares / 2);
    const double moved = spreads * (c->directions + noise) + c->slope * squares;
    law->stein_drift += scale * (h * moved + c->slope * drifts);
    law->stein_pull += chain->localization * moved / (double)chain->draws;
    law->stationary += law_limit(c, chain);
    law->directions += c->directions;
    law->growing += pull < 0 ? c->directions : 0;
    law->unstable += a > 2 ? c->directions : 0;
}

void slt_theory_sgld_law(const slt_curvature *spectrum, size_t count,
                         const slt_sgld_chain *chain, slt_sgld_law *law,
                         slt_sgld_draw *draws)
{
    *law = (slt_sgld_law){0};
    for (uint64_t i = 0; draws && i < chain->draws; i++)
        draws[i] = (slt_sgld_draw){0};
    for (size_t i = 0; i < count; i++)
        law_add(&spectrum[i], chain, law, draws);
    law->stein_drift /= law->directions;
    law->stein_pull /= law->directions;
}

double slt_theory_rarity(double x, double variance, double third)
{
    const double y = x / sqrt(variance), skewness = third / (variance * sqrt(variance));
    if (fabs(skewness) < 1e-3)
        return fabs(y);
    const double freedom = 8 / (skewness * skewness), width = 2 / (9 * freedom);
    const double share = 1 + (skewness < 0 ? -y : y) * sqrt(2 / freedom);
    return fabs(cbrt(share) - 1 + width) / sqrt(width);
}

static bool departs(double mean, const slt_sgld_draw *law, const slt_departing *rule)
{
    const double apart = mean - law->mean, chains = rule->chains;
    const double batch = rule->spread * law->mean, own = rule->error * law->mean;
    const double variance = (law->variance + batch * batch) / chains + own * own;
    return fabs(apart) > rule->rounding * (fabs(rule->start) + fabs(mean)) &&
           !(slt_theory_rarity(apart, variance, law->third / (chains * chains)) <=
             SLT_DEPARTURE_SIGMAS);
}

size_t slt_theory_departure(const double *mean, const slt_sgld_draw *law, size_t draws,
                            const slt_departing *rule)
{
    size_t row = 0;
    for (size_t i = 0; i < draws; i++) {
        row = departs(mean[i], &law[i], rule) ? row + 1 : 0;
        if (row == SLT_DEPARTURE_DRAWS)
            return i + 1 - row;
    }
    return draws;
}
