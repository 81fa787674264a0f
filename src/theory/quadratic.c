#include "theory/quadratic_internal.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/fpenv.h"
#include "theory/rational.h"

static const struct {
    const char *name;
    const slt_quadratic_row *rows;
} regimes[SLT_QUADRATIC_REGIMES] = {
    [SLT_QUADRATIC_GENERIC] = {"generic", slt_quadratic_generic},
    [SLT_QUADRATIC_MEMORISING] = {"memorising", slt_quadratic_memorising},
    [SLT_QUADRATIC_LAZY] = {"lazy", slt_quadratic_lazy},
    [SLT_QUADRATIC_GENERALISING] = {"generalising", slt_quadratic_generalising},
    [SLT_QUADRATIC_DATA] = {"data", slt_quadratic_data},
};

const char *slt_quadratic_regime_name(size_t regime)
{
    return regime < SLT_QUADRATIC_REGIMES ? regimes[regime].name : NULL;
}

slt_quadratic_net slt_quadratic_full(int64_t p, int64_t width)
{
    return (slt_quadratic_net){.p = p,
                               .width = width,
                               .samples = p * p,
                               .symbols = 2 * p,
                               .components = 1,
                               .phases = 3};
}

int64_t slt_quadratic_samples(int64_t p, double fraction)
{
    SLT_FPENV_ENTERED;
    volatile double share = fraction; /* used once the environment is entered */
    return (int64_t)floor(share * (double)(p * p));
}

/* ---- What several formulas are made of --------------------------------------------- */

int64_t slt_quadratic_least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t slt_quadratic_directions(const slt_quadratic_net *net)
{
    return net->p + net->symbols - net->components - 1;
}

int64_t slt_quadratic_rank_most(const slt_quadratic_net *net, int64_t neurons, int64_t r)
{
    const int64_t pairs = net->samples - 1, k = slt_quadratic_least(neurons, pairs);
    return slt_quadratic_least(neurons * slt_quadratic_directions(net),
                               r * pairs + (net->p - r) * k);
}

int64_t slt_quadratic_pairs_least(const slt_quadratic_net *net, int64_t neurons)
{
    return (neurons + net->p - 1) / net->p;
}

/* dV H alone has all directions from n - 1 neurons on; below, a symbol of d pairs has at
 * most p d directions of its K. */
bool slt_quadratic_thick(const slt_quadratic_net *net, int64_t neurons)
{
    return neurons >= net->samples - 1 || neurons <= net->p ||
           net->samples == net->p * net->p;
}

int64_t slt_quadratic_memorising_rank(const slt_quadratic_net *net)
{
    const int64_t pairs = net->samples - 1, k = slt_quadratic_least(net->width, pairs);
    return (net->p - 1 - net->absent) * pairs + (1 + net->absent) * k;
}

void slt_formula_set(slt_formula *formula, int64_t numerator, int64_t divisor)
{
    const slt_exact value = slt_exact_div(slt_exact_of(numerator), divisor);
    SLT_ASSERT(!value.failed);
    formula->value = (slt_rational){value.numerator, value.denominator};
    formula->real = (double)value.numerator / (double)value.denominator;
}

void slt_formula_say(slt_formula *formula, slt_formula_verdict verdict,
                     const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int size = vsnprintf(formula->why, sizeof formula->why, format, arguments);
    va_end(arguments);
    SLT_ASSERT(size >= 0 && (size_t)size < sizeof formula->why);
    formula->verdict = verdict;
}

/* ---- The numbers of a network ------------------------------------------------------ */

static slt_status check_range(const char *name, int64_t value, int64_t least,
                              int64_t most, slt_error *err)
{
    if (value >= least && value <= most)
        return SLT_OK;
    return slt_fail(err, SLT_USAGE,
                    "theory quadratic: %s must lie between %" PRId64 " and %" PRId64
                    "; it is %" PRId64,
                    name, least, most, value);
}

/* The most pairs that leave the graph in so many components: all but one are single
 * pairs, and the last is full. */
static int64_t pairs_most(const slt_quadratic_net *net)
{
    const int64_t single = net->components - 1, rest = net->symbols - 2 * single;
    return single + (rest / 2) * (rest - rest / 2);
}

static slt_status check_net(const slt_quadratic_net *net, slt_error *err)
{
    slt_status status = check_range("p", net->p, 2, SLT_QUADRATIC_P_MAX, err);
    if (!status)
        status = check_range("width", net->width, 1, SLT_QUADRATIC_WIDTH_MAX, err);
    if (!status)
        status = check_range("samples", net->samples, 2, net->p * net->p, err);
    if (!status)
        status = check_range("symbols", net->symbols, 2, 2 * net->p, err);
    if (!status)
        status = check_range("components", net->components, 1, net->symbols / 2, err);
    if (!status)
        status = check_range("absent", net->absent, 0, net->p - 1, err);
    if (!status)
        status = check_range("phases", net->phases, 1, SLT_QUADRATIC_PHASES_MAX, err);
    if (status)
        return status;
    const int64_t least = net->symbols - net->components, most = pairs_most(net);
    if (net->samples < least || net->samples > most)
        return slt_fail(err, SLT_USAGE,
                        "theory quadratic: %" PRId64 " symbols in %" PRId64
                        " components have %" PRId64 " to %" PRId64
                        " pairs; there are %" PRId64 " samples",
                        net->symbols, net->components, least, most, net->samples);
    const int64_t classes = net->p - net->absent;
    if (net->samples < classes || net->samples > classes * net->p)
        return slt_fail(err, SLT_USAGE,
                        "theory quadratic: %" PRId64 " classes have %" PRId64
                        " to %" PRId64 " pairs; there are %" PRId64 " samples",
                        classes, classes, classes * net->p, net->samples);
    return SLT_OK;
}

slt_status slt_theory_quadratic_net(const slt_quadratic_net *net,
                                    slt_formula formulas[SLT_QUADRATIC_FORMULAS_MAX],
                                    size_t *count, slt_error *err)
{
    SLT_FPENV_ENTERED;
    const slt_status status = check_net(net, err);
    if (status)
        return status;
    *count = 0;
    for (size_t regime = 0; regime < SLT_QUADRATIC_REGIMES; regime++)
        for (const slt_quadratic_row *row = regimes[regime].rows; row->name; row++) {
            SLT_ASSERT(*count < SLT_QUADRATIC_FORMULAS_MAX);
            slt_formula *formula = &formulas[(*count)++];
            *formula = (slt_formula){.regime = (slt_quadratic_regime)regime,
                                     .name = row->name,
                                     .printed = row->printed,
                                     .quantity = row->quantity,
                                     .relation = row->relation,
                                     .text = row->text,
                                     .source = row->source};
            row->make(net, formula);
        }
    return SLT_OK;
}

bool slt_quadratic_gives_lambda(const char *name)
{
    for (size_t regime = 0; regime < SLT_QUADRATIC_REGIMES; regime++)
        for (const slt_quadratic_row *row = regimes[regime].rows; row->name; row++)
            if (!strcmp(row->name, name))
                return !strcmp(row->quantity, "lambda") || !strcmp(row->quantity, "rank");
    return false;
}
