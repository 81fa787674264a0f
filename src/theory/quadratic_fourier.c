/* Quadratic networks at points that give a + b modulo p for every pair: neurons with
 * u_a = cos(2 pi k a / p + f1), w_b = cos(2 pi k b / p + f2), v_q proportional to
 * cos(2 pi k q / p + f1 + f2), for k = 1 .. (p-1)/2 and a set of phases f1, f2 (Gromov
 * 2023, arXiv:2301.02679). */
#include "theory/quadratic_internal.h"

#include <inttypes.h>

static int64_t grid_neurons(const slt_quadratic_net *net)
{
    return net->phases * net->phases * ((net->p - 1) / 2);
}

static int64_t grid_rank(const slt_quadratic_net *net)
{
    return 4 * (net->p - 1) * (2 * net->p - 3);
}

/* What 4 x 4 phases have instead. */
static int64_t grid_rank_four(const slt_quadratic_net *net)
{
    return (net->p - 1) * (8 * net->p - 13);
}

static int64_t family_neurons(const slt_quadratic_net *net)
{
    return 3 * (net->p - 1);
}

static int64_t family_rank(const slt_quadratic_net *net)
{
    return (net->p - 1) * (13 * net->p - 18) / 2;
}

/* 1'V = 0 at these points. */
static int64_t split_most(const slt_quadratic_net *net, int64_t neurons)
{
    return slt_quadratic_rank_most(net, neurons, net->p - 1);
}

/* Whether there is a point of so many neurons; says so where not. */
static bool check_point(const slt_quadratic_net *net, int64_t neurons,
                        slt_formula *formula)
{
    if (net->p % 2 == 0)
        slt_formula_say(formula, SLT_FORMULA_FAILS, "p must be odd");
    else if (neurons > net->width)
        slt_formula_say(formula, SLT_FORMULA_FAILS,
                        "the point has %" PRId64 " neurons, more than K = %" PRId64,
                        neurons, net->width);
    else
        return true;
    return false;
}

static bool check_grid(const slt_quadratic_net *net, slt_formula *formula)
{
    if (net->phases >= 3)
        return check_point(net, grid_neurons(net), formula);
    slt_formula_say(formula, SLT_FORMULA_FAILS,
                    "M = %" PRId64
                    " is no solution: below 3 phases the terms in 2 f1, 2 f2 "
                    "do not cancel",
                    net->phases);
    return false;
}

/* The largest p at which the polynomials were compared with ranks. */
enum { COMPUTED = 11 };

/* Of a rank on all p^2 pairs, or its half. */
static void judge_rank(const slt_quadratic_net *net, int64_t rank, int64_t neurons,
                       const char *idle, slt_formula *formula)
{
    const int64_t most = split_most(net, neurons);
    if (net->samples == net->p * net->p && net->p <= COMPUTED)
        slt_formula_say(formula, SLT_FORMULA_HOLDS, "%s", idle);
    else if (net->samples == net->p * net->p)
        slt_formula_say(
            formula, SLT_FORMULA_CONDITIONAL,
            "where the polynomial goes on as it begins: exact ranks are known "
            "up to p = %d; %s",
            COMPUTED, idle);
    else if (most < rank)
        slt_formula_say(formula, SLT_FORMULA_FAILS,
                        "it is of all %" PRId64 " pairs; %" PRId64
                        " samples leave at most rank %" PRId64,
                        net->p * net->p, net->samples, most);
    else
        slt_formula_say(formula, SLT_FORMULA_CONDITIONAL,
                        "where no direction is lost on the split: it is of all %" PRId64
                        " pairs, and no split has more",
                        net->p * net->p);
}

static void judge_grid(const slt_quadratic_net *net, const char *idle,
                       slt_formula *formula)
{
    if (!check_grid(net, formula))
        return;
    if (net->phases == 4)
        slt_formula_say(
            formula, SLT_FORMULA_FAILS,
            "at M = 4 the phases 2 f1 and -2 f1 are one: rank J is (p-1)(8 p-13) "
            "= %" PRId64,
            grid_rank_four(net));
    else
        judge_rank(net, grid_rank(net), grid_neurons(net), idle, formula);
}

#define IDLE "whatever K: neurons of weights 0 have none"
#define BOUND "a bound from below: no order of basins follows from it alone"

static void make_feature(const slt_quadratic_net *net, slt_formula *formula)
{
    slt_formula_set(formula, net->width * (3 * net->p - 1), 2);
    slt_formula_say(formula, SLT_FORMULA_FAILS,
                    "a neuron has at most %" PRId64 " directions, one of weights 0 has "
                    "none, and p (n-1) = %" PRId64 " are all; see grid-rank",
                    3 * net->p - 2, net->p * (net->samples - 1));
}

static void make_bracket(const slt_quadratic_net *net, slt_formula *formula)
{
    const int64_t least = net->p * (2 * net->p - 1), most = net->p * (net->samples - 1);
    slt_formula_set(formula, least, 2);
    if (most < least)
        slt_formula_say(formula, SLT_FORMULA_FAILS,
                        "where J has full rank lambda is 1/2 p (n-1) = %" PRId64 "%s",
                        most / 2, most % 2 ? ".5" : "");
    else
        slt_formula_say(formula, SLT_FORMULA_CONDITIONAL,
                        "at points whose rank J is %" PRId64 " or more; see grid-rank",
                        least);
}

static void make_grid_neurons(const slt_quadratic_net *net, slt_formula *formula)
{
    slt_formula_set(formula, grid_neurons(net), 1);
    if (check_grid(net, formula))
        slt_formula_say(formula, SLT_FORMULA_HOLDS, "v_q has the factor 4 / (p M^2)");
}

static void make_grid_rank(const slt_quadratic_net *net, slt_formula *formula)
{
    slt_formula_set(formula, grid_rank(net), 1);
    judge_grid(net, IDLE, formula);
}

static void make_grid_lambda(const slt_quadratic_net *net, slt_formula *formula)
{
    slt_formula_set(formula, grid_rank(net), 2);
    judge_grid(net, BOUND, formula);
}

static void make_split(const slt_quadratic_net *net, slt_formula *formula)
{
    const int64_t whole = net->phases == 4 ? grid_rank_four(net) : grid_rank(net);
    slt_formula_set(formula,
                    slt_quadratic_least(whole, split_most(net, grid_neurons(net))), 1);
    if (check_grid(net, formula))
        slt_formula_say(formula, SLT_FORMULA_HOLDS,
                        "of memorising points at this K, 1'V = 0: %" PRId64,
                        slt_quadratic_rank_most(net, net->width, net->p - 1));
}

static void make_dead(const slt_quadratic_net *net, slt_formula *formula)
{
    const int64_t dead = net->width - grid_neurons(net);
    slt_formula_set(formula, (dead > 0 ? dead : 0) * (net->symbols - net->components), 4);
    if (check_grid(net, formula))
        slt_formula_say(formula, SLT_FORMULA_HOLDS,
                        "for each of the %" PRId64 " beside the %" PRId64
                        " of M x M phases",
                        dead, grid_neurons(net));
}

static void make_family_neurons(const slt_quadratic_net *net, slt_formula *formula)
{
    slt_formula_set(formula, family_neurons(net), 1);
    if (check_point(net, family_neurons(net), formula))
        slt_formula_say(formula, SLT_FORMULA_HOLDS, "v_q has the factor 4 / (6 p)");
}

static void make_family_rank(const slt_quadratic_net *net, slt_formula *formula)
{
    slt_formula_set(formula, family_rank(net), 1);
    if (check_point(net, family_neurons(net), formula))
        judge_rank(net, family_rank(net), family_neurons(net), IDLE, formula);
}

static void make_family_lambda(const slt_quadratic_net *net, slt_formula *formula)
{
    slt_formula_set(formula, family_rank(net), 2);
    if (check_point(net, family_neurons(net), formula))
        judge_rank(net, family_rank(net), family_neurons(net), BOUND, formula);
}

#define GROMOV "A. Gromov 2023, arXiv:2301.02679"
#define EXACT "polynomial through exact ranks modulo a prime at p = 3, 5, 7, 9, 11"

const slt_quadratic_row slt_quadratic_generalising[] = {
    {"feature-learning", true, "lambda", "=", "1/2 K (3 p-1); in v3 a reference value",
     SLT_QUADRATIC_V1, make_feature},
    {"bracket-low", true, "lambda", ">=", "1/2 p (2 p-1)", SLT_QUADRATIC_V3,
     make_bracket},
    {"grid-neurons", false, "neurons", "=", "M^2 (p-1)/2", GROMOV, make_grid_neurons},
    {"grid-rank", false, "rank", "=", "4 (p-1)(2 p-3), M = 3 or M >= 5", EXACT,
     make_grid_rank},
    {"grid-lambda", false, "lambda", ">=", "2 (p-1)(2 p-3), M = 3 or M >= 5",
     "half of grid-rank", make_grid_lambda},
    {"grid-split", false, "rank",
     "<=", "min(grid-rank, (p-1)(n-1) + min(M^2 (p-1)/2, n-1)) on n pairs",
     "dV H + V dH with 1'V = 0", make_split},
    {"dead", false, "more lambda", "<=", "1/4 (s-c) for each neuron of weights 0",
     "min(p/2, (s-c)/4), lambda of |v|^2 |z|^4, z of s-c directions", make_dead},
    {"family-neurons", false, "neurons", "=",
     "3 (p-1): f1 = 2 pi j/6, f2 = -2 f1, j = 0..5", GROMOV, make_family_neurons},
    {"family-rank", false, "rank", "=", "1/2 (p-1)(13 p-18)", EXACT, make_family_rank},
    {"family-lambda", false, "lambda", ">=", "1/4 (p-1)(13 p-18)", "half of family-rank",
     make_family_lambda},
    {.name = NULL},
};
