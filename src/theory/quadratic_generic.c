/* Quadratic networks at a point of no special form, and of what regime a data set is. */
#include "theory/quadratic_internal.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static int64_t generic_rank(const slt_quadratic_net *net)
{
    return slt_quadratic_rank_most(net, net->width,
                                   slt_quadratic_least(net->width, net->p));
}

/* The least width at which generic_rank is p (n - 1). */
static int64_t saturation(const slt_quadratic_net *net)
{
    const int64_t each = slt_quadratic_directions(net), pairs = net->samples - 1;
    const int64_t filled = (net->p * pairs + each - 1) / each;
    const int64_t spanned = slt_quadratic_least(net->p, pairs);
    return filled > spanned ? filled : spanned;
}

/* d (d + 1) / 2 squares and products of inputs are more than one-hot pairs can tell
 * apart, and d + p - 1 directions more than a neuron has; so it never holds. */
static void make_printed(const slt_quadratic_net *net, slt_formula *formula)
{
    const int64_t p = net->p, each = 3 * p - 1, full = saturation(net);
    slt_formula_set(formula, slt_quadratic_least(net->width * each, p * p * (2 * p + 1)),
                    2);
    if (net->width >= full)
        slt_formula_say(formula, SLT_FORMULA_FAILS,
                        "rank J is at most p (n - 1) = %" PRId64 ", from %" PRId64
                        " neurons on",
                        p * (net->samples - 1), full);
    else
        slt_formula_say(formula, SLT_FORMULA_FAILS,
                        "a neuron has %" PRId64
                        " directions here, not d + p - 1 = %" PRId64
                        ": u + c, w - c changes nothing",
                        slt_quadratic_directions(net), each);
}

static void make_linearised(const slt_quadratic_net *net, slt_formula *formula)
{
    slt_formula_set(formula, generic_rank(net), 2);
    slt_formula_say(formula, SLT_FORMULA_CONDITIONAL,
                    "where rank J is constant on the zero set around the point, else it "
                    "is a lower bound; this is its value at a generic point");
}

static void make_neuron(const slt_quadratic_net *net, slt_formula *formula)
{
    slt_formula_set(formula, slt_quadratic_directions(net), 1);
    slt_formula_say(formula, SLT_FORMULA_HOLDS,
                    "of %" PRId64
                    " weights: scaling v against u and w, the shift u + c, w - c "
                    "of each component, and unseen symbols change nothing",
                    3 * net->p);
}

static void judge_thickness(const slt_quadratic_net *net, int64_t neurons,
                            const char *beside, slt_formula *formula)
{
    if (slt_quadratic_thick(net, neurons))
        slt_formula_say(formula, SLT_FORMULA_HOLDS, "%s", beside);
    else
        slt_formula_say(formula, SLT_FORMULA_CONDITIONAL,
                        "where each symbol stands in at least ceil(%" PRId64
                        " / p) = %" PRId64 " pairs, else rank J is less; %s",
                        neurons, slt_quadratic_pairs_least(net, neurons), beside);
}

static void make_rank(const slt_quadratic_net *net, slt_formula *formula)
{
    slt_formula_set(formula, generic_rank(net), 1);
    judge_thickness(net, net->width, "at almost every point", formula);
}

static void make_small(const slt_quadratic_net *net, slt_formula *formula)
{
    const int64_t p = net->p, pairs = net->samples - 1;
    const int64_t r = slt_quadratic_least(net->width, p);
    slt_formula_set(formula, r * pairs + (p - r) * slt_quadratic_least(net->width, pairs),
                    1);
    slt_formula_say(formula, SLT_FORMULA_HOLDS, "%s",
                    formula->value.numerator < net->width * slt_quadratic_directions(net)
                        ? "and binds"
                        : "but the neurons' directions are no more");
}

static void make_saturation(const slt_quadratic_net *net, slt_formula *formula)
{
    const int64_t full = saturation(net), each = slt_quadratic_directions(net);
    char ratio[64];
    snprintf(ratio, sizeof ratio, "p (n-1) / (p+s-c-1) = %.2f",
             (double)(net->p * (net->samples - 1)) / (double)each);
    slt_formula_set(formula, full, 1);
    judge_thickness(net, full, ratio, formula);
}

#define RANKS                                                                            \
    "the rank of dV H + V dH; equal at random weights by exact ranks modulo a prime, p " \
    "= "                                                                                 \
    "3, 5, 7"

const slt_quadratic_row slt_quadratic_generic[] = {
    {"printed", true, "lambda", "=", "1/2 min(K (d+p-1), p d (d+1)/2), d = 2 p",
     SLT_QUADRATIC_V1, make_printed},
    {"linearised", true, "lambda", "=", "1/2 rank of the Fisher information",
     SLT_QUADRATIC_V1, make_linearised},
    {"neuron", false, "directions", "=", "p + s - c - 1; 3 p - 2 on a connected full set",
     RANKS, make_neuron},
    {"generic-rank", false, "rank", "=",
     "min(K (p+s-c-1), r (n-1) + (p-r) k), r = min(K,p), k = min(K,n-1)", RANKS,
     make_rank},
    {"small-n", false, "rank", "<=", "r (n-1) + (p-r) k, r = min(K,p), k = min(K,n-1)",
     "dV H + V dH lies within the row space of H and the column space of V", make_small},
    {"saturation", false, "neurons", "=",
     "K_sat = max(ceil(p (n-1) / (p+s-c-1)), min(p, n-1))",
     "the least K at which generic-rank is p (n-1)", make_saturation},
    {.name = NULL},
};

/* ---- The data ---------------------------------------------------------------------- */

#define BORDER_LOW 2.5
#define BORDER_HIGH 3.0

static void make_ratio(const slt_quadratic_net *net, slt_formula *formula)
{
    const double p = (double)net->p, ratio = (double)net->samples / (p * log(p));
    formula->real = ratio;
    slt_formula_say(formula, SLT_FORMULA_HOLDS,
                    "%s the printed border of about %g to %g: %s",
                    ratio < BORDER_LOW    ? "below"
                    : ratio > BORDER_HIGH ? "above"
                                          : "on",
                    BORDER_LOW, BORDER_HIGH,
                    ratio < BORDER_LOW    ? "expected to memorise"
                    : ratio > BORDER_HIGH ? "expected to generalise"
                                          : "either is expected");
}

const slt_quadratic_row slt_quadratic_data[] = {
    {"regime", true, "ratio", "=", "n / (p ln p)", SLT_QUADRATIC_V1, make_ratio},
    {.name = NULL},
};
