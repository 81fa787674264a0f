/* Quadratic networks at points of zero loss that fit their samples and nothing else, and
 * with W frozen. */
#include "theory/quadratic_internal.h"

#include <inttypes.h>

/* Whether the width has the directions that a rank wants; says so where not. */
static bool check_width(const slt_quadratic_net *net, int64_t rank, slt_formula *formula)
{
    const int64_t directions = net->width * slt_quadratic_directions(net);
    if (directions >= rank)
        return true;
    slt_formula_say(formula, SLT_FORMULA_FAILS,
                    "K = %" PRId64 " neurons have only %" PRId64
                    " directions: too few for %" PRId64,
                    net->width, directions, rank);
    return false;
}

/* 1'V = 0, and V has no row for an absent class: V has rank p - 1 - m. */
static void judge_memorising(const slt_quadratic_net *net, int64_t rank,
                             slt_formula *formula)
{
    if (!check_width(net, rank, formula))
        return;
    if (slt_quadratic_thick(net, net->width))
        slt_formula_say(formula, SLT_FORMULA_HOLDS,
                        "rank J is constant around the point");
    else
        slt_formula_say(
            formula, SLT_FORMULA_CONDITIONAL,
            "where the centred squares have rank min(K, n-1), and each symbol "
            "stands in at least ceil(K / p) = %" PRId64 " pairs",
            slt_quadratic_pairs_least(net, net->width));
}

static void make_rank(const slt_quadratic_net *net, slt_formula *formula)
{
    const int64_t rank = slt_quadratic_memorising_rank(net);
    slt_formula_set(formula, rank, 1);
    judge_memorising(net, rank, formula);
}

static void make_lambda(const slt_quadratic_net *net, slt_formula *formula)
{
    const int64_t rank = slt_quadratic_memorising_rank(net);
    slt_formula_set(formula, rank, 2);
    judge_memorising(net, rank, formula);
}

/* 1'V and the rows of absent classes, where not 0, annihilate the centred squares. */
static void judge_free(const slt_quadratic_net *net, int64_t rank, slt_formula *formula)
{
    const int64_t spare = 1 + net->absent;
    if (!check_width(net, rank, formula))
        return;
    if (net->width - spare >= net->samples - 1)
        slt_formula_say(formula, SLT_FORMULA_HOLDS, "J has full rank");
    else
        slt_formula_say(
            formula, SLT_FORMULA_CONDITIONAL,
            "where V has rank p, for which the centred squares must have rank "
            "K - %" PRId64 " or less",
            spare);
}

static void make_free_rank(const slt_quadratic_net *net, slt_formula *formula)
{
    const int64_t rank = net->p * (net->samples - 1);
    slt_formula_set(formula, rank, 1);
    judge_free(net, rank, formula);
}

static void make_free_lambda(const slt_quadratic_net *net, slt_formula *formula)
{
    const int64_t rank = net->p * (net->samples - 1);
    slt_formula_set(formula, rank, 2);
    judge_free(net, rank, formula);
}

/* (p-1)(n-1) + K > p K exactly where n - 1 > K. */
static void make_bracket(const slt_quadratic_net *net, slt_formula *formula)
{
    const int64_t rank = slt_quadratic_memorising_rank(net);
    slt_formula_set(formula, net->p * net->width, 2);
    if (net->width * slt_quadratic_directions(net) < rank)
        slt_formula_say(
            formula, SLT_FORMULA_CONDITIONAL,
            "there are too few neurons to memorise: nothing stands against it");
    else
        slt_formula_say(formula,
                        rank > net->p * net->width ? SLT_FORMULA_FAILS
                                                   : SLT_FORMULA_CONDITIONAL,
                        "memorising points have 1/2 rank J = %" PRId64 "%s, which is %s",
                        rank / 2, rank % 2 ? ".5" : "",
                        rank > net->p * net->width ? "above"
                                                   : "not above; of others it is "
                                                     "not known");
}

#define STRATUM "half the codimension: around the point J has constant rank"

const slt_quadratic_row slt_quadratic_memorising[] = {
    {"memorising-rank", false, "rank", "=",
     "(p-1-m)(n-1) + (1+m) min(K,n-1), where 1'V = 0", STRATUM, make_rank},
    {"memorising-lambda", false, "lambda", "=",
     "1/2 ((p-1-m)(n-1) + (1+m) min(K,n-1)), where 1'V = 0", STRATUM, make_lambda},
    {"free-rank", false, "rank", "=", "p (n-1), where 1'V is not 0", STRATUM,
     make_free_rank},
    {"free-lambda", false, "lambda", "=", "1/2 p (n-1), where 1'V is not 0", STRATUM,
     make_free_lambda},
    {"bracket-high", true, "lambda", "<=", "1/2 p K", SLT_QUADRATIC_V3, make_bracket},
    {.name = NULL},
};

/* ---- W frozen ---------------------------------------------------------------------- */

static void make_printed_lazy(const slt_quadratic_net *net, slt_formula *formula)
{
    slt_formula_set(formula, net->p * slt_quadratic_least(net->samples, net->width), 2);
    if (net->width < net->samples)
        slt_formula_say(formula, SLT_FORMULA_HOLDS, "l taken to be n");
    else
        slt_formula_say(formula, SLT_FORMULA_FAILS,
                        "l taken to be n: centring leaves n - 1 = %" PRId64 " samples",
                        net->samples - 1);
}

static void make_lazy(const slt_quadratic_net *net, slt_formula *formula)
{
    const int64_t pairs = net->samples - 1;
    slt_formula_set(formula, net->p * slt_quadratic_least(net->width, pairs), 2);
    slt_formula_say(formula, SLT_FORMULA_HOLDS, "for almost every W%s",
                    net->width < pairs
                        ? "; below n - 1 neurons at V of least squares, not of zero loss"
                        : "");
}

const slt_quadratic_row slt_quadratic_lazy[] = {
    {"printed-lazy", true, "lambda", "=", "1/2 p min(l, K)", SLT_QUADRATIC_V1,
     make_printed_lazy},
    {"lazy", false, "lambda", "=", "1/2 p min(K, n-1)",
     "linear regression of p outputs on K centred squares", make_lazy},
    {.name = NULL},
};
