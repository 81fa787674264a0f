/* sltrace theory quadratic-sgld, volume: what an estimator must give. */
#include "cli/cli.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include <sltrace/theory.h>

#include "base/world.h"
#include "cli/lists.h"

typedef struct sgld_settings {
    double curvatures[CLI_LIST_MAX], nbeta, localization, lr;
    size_t count;
    uint64_t draws, burnin, between;
} sgld_settings;

static slt_status check_sgld(const sgld_settings *s, slt_error *err)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->curvatures[i] < 0)
            return slt_fail(err, SLT_USAGE, "--curvatures: expected none below 0");
    if (!(s->lr > 0) || !(s->nbeta > 0) || s->localization < 0)
        return slt_fail(err, SLT_USAGE,
                        "--lr and --nbeta must be above 0, --localization not below 0");
    return SLT_OK;
}

static slt_status read_sgld(const cli_call *call, sgld_settings *s, slt_error *err)
{
    slt_status status = cli_required(call, "curvatures", err);
    if (status == SLT_OK)
        status = cli_required(call, "nbeta", err);
    if (status == SLT_OK)
        status = cli_required(call, "lr", err);
    if (status == SLT_OK)
        status = cli_reals(call, "curvatures", s->curvatures, &s->count, err);
    if (status == SLT_OK)
        status = cli_real(call, "nbeta", &s->nbeta, err);
    if (status == SLT_OK)
        status = cli_real(call, "localization", &s->localization, err);
    if (status == SLT_OK)
        status = cli_real(call, "lr", &s->lr, err);
    if (status == SLT_OK)
        status = cli_number(call, "draws", 1, UINT32_MAX, &s->draws, err);
    if (status == SLT_OK)
        status = cli_number(call, "burnin", 0, UINT32_MAX, &s->burnin, err);
    if (status == SLT_OK)
        status = cli_number(call, "between", 1, UINT32_MAX, &s->between, err);
    return status ? status : check_sgld(s, err);
}

static slt_status run_quadratic_sgld(const cli_call *call, slt_error *err)
{
    sgld_settings s = {.localization = 0, .draws = 2000, .burnin = 0, .between = 1};
    slt_status status = read_sgld(call, &s, err);
    if (status)
        return status;
    size_t curved = 0;
    for (size_t i = 0; i < s.count; i++)
        curved += s.curvatures[i] > 0;
    double limit, expected = slt_theory_quadratic_sgld(s.curvatures, s.count, s.nbeta,
                                                       s.localization, s.lr, s.draws,
                                                       s.burnin, s.between, &limit);
    if (call->json) {
        slt_json_begin(call->json, "sltrace.theory-quadratic-sgld/1");
        slt_json_key_real(call->json, "expected", slt_real_of(expected));
        slt_json_key_real(call->json, "stationary", slt_real_of(limit));
        slt_json_key_real(call->json, "lambda", slt_real_of((double)curved / 2));
        return SLT_OK;
    }
    printf("expected    %.6f   what %" PRIu64 " draws must give\n", expected, s.draws);
    if (isinf(limit))
        puts("stationary  none       the step is unstable: lr A is 4 or more");
    else
        printf("stationary  %.6f   the limit of long chains\n", limit);
    printf("lambda      %.6f   half the curved directions\n", (double)curved / 2);
    return SLT_OK;
}

static const cli_option quadratic_options[] = {
    {"curvatures", 0, "LIST", "Curvatures h_i of the directions; 1*20,0.5 repeats 1.",
     NULL},
    {"nbeta", 0, "X", "Inverse temperature times the number of samples, above 0.", NULL},
    {"localization", 0, "X", "Strength gamma of the pull to w*, by default 0.", NULL},
    {"lr", 0, "X", "Step size, above 0.", NULL},
    {"draws", 0, "N", "Recorded losses, by default 2000.", NULL},
    {"burnin", 0, "N", "Updates before the first recorded loss, by default 0.", NULL},
    {"between", 0, "N", "Updates from one recorded loss to the next, by default 1.",
     NULL},
};

const cli_command cli_theory_quadratic_sgld = {
    .name = "theory quadratic-sgld",
    .operands = "",
    .summary = "what SGLD must give on a quadratic at finite nbeta and step",
    .details =
        "Prints what SGLD must give, in expectation, for the loss sum_i h_i w_i^2 / 2 "
        "with "
        "exact gradients from w* = 0. Compare an estimate with this, not with lambda.\n\n"
        "  A_i = nbeta h_i + gamma,  a_i = lr A_i / 2\n"
        "  v_i(t) = v_i (1 - (1-a_i)^(2t)),  v_i = lr / (1 - (1-a_i)^2)\n"
        "  expected = nbeta mean over recorded t of sum_i h_i v_i(t) / 2\n"
        "  stationary = sum_i (1/2) nbeta h_i / (A_i (1 - lr A_i / 4))\n"
        "  recorded t = burnin + j between, j = 0 .. draws-1; t = 0 is w* itself\n\n"
        "Source: the variance of the linear recursion w' = w - a w + sqrt(lr) N(0,1), "
        "solved here. All options take finite numbers; there are at most 4096 "
        "curvatures.",
    .examples = "sltrace theory quadratic-sgld --curvatures 1 --nbeta 144.76 \\\n"
                "    --localization 1 --lr 1e-3",
    CLI_OPTIONS(quadratic_options),
    .json = true,
    .run = run_quadratic_sgld,
};

enum { LEVELS_MAX = 64 };

typedef struct volume_settings {
    int64_t k[CLI_LIST_MAX], h[CLI_LIST_MAX];
    double curvatures[CLI_LIST_MAX], from, to;
    slt_potential potential;
    uint64_t samples, seed, levels;
} volume_settings;

static slt_status read_potential(const cli_call *call, volume_settings *s, slt_error *err)
{
    size_t k_count, h_count, curvature_count;
    slt_status status = cli_integers(call, "k", s->k, &k_count, err);
    if (status == SLT_OK)
        status = cli_integers(call, "h", s->h, &h_count, err);
    if (status == SLT_OK)
        status = cli_reals(call, "curvatures", s->curvatures, &curvature_count, err);
    if (status)
        return status;
    if (!k_count == !curvature_count)
        return slt_fail(err, SLT_USAGE, "theory volume: give either --k or --curvatures");
    if (h_count && h_count != k_count)
        return slt_fail(err, SLT_USAGE,
                        "--h: expected as many numbers as --k has, %zu; found %zu",
                        k_count, h_count);
    s->potential = (slt_potential){.count = k_count ? k_count : curvature_count,
                                   .k = k_count ? s->k : NULL,
                                   .h = h_count ? s->h : NULL,
                                   .curvatures = s->curvatures};
    return SLT_OK;
}

/* What theory says of the potential; a quadratic is regular in its curved directions. */
static slt_status exact_lambda(volume_settings *s, slt_lambda *exact, slt_error *err)
{
    if (s->potential.k)
        return slt_theory_crossing(s->k, s->h, s->potential.count, exact, err);
    int64_t curved = 0;
    for (size_t i = 0; i < s->potential.count; i++)
        curved += s->curvatures[i] > 0;
    *exact = (slt_lambda){{curved % 2 ? curved : curved / 2, curved % 2 ? 2 : 1}, 1};
    return SLT_OK;
}

static void print_volume(const slt_volume *volume, size_t levels, const slt_lambda *exact)
{
    char text[SLT_RATIONAL_TEXT_MAX];
    slt_rational_text(exact->lambda, text);
    puts("epsilon       V(epsilon)");
    for (size_t i = 0; i < levels; i++)
        printf("%.5e   %.5e\n", volume->epsilon[i], volume->fraction[i]);
    printf("lambda %.4f, standard error %.4f; theory %s, m %" PRId64 "\n", volume->lambda,
           volume->error, text, exact->multiplicity);
}

static void put_volume(slt_json *json, const slt_volume *volume, size_t levels,
                       const slt_lambda *exact)
{
    char text[SLT_RATIONAL_TEXT_MAX];
    slt_rational_text(exact->lambda, text);
    slt_json_begin(json, "sltrace.theory-volume/1");
    slt_json_key_open(json, "levels", '[');
    for (size_t i = 0; i < levels; i++) {
        slt_json_open(json, '{');
        slt_json_key_real(json, "epsilon", slt_real_of(volume->epsilon[i]));
        slt_json_key_real(json, "fraction", slt_real_of(volume->fraction[i]));
        slt_json_close(json, '}');
    }
    slt_json_close(json, ']');
    slt_json_key_real(json, "lambda", slt_real_of(volume->lambda));
    slt_json_key_real(json, "error", slt_real_of(volume->error));
    slt_json_key_text(json, "theory", text);
    slt_json_key_int(json, "multiplicity", exact->multiplicity);
}

static slt_status measure_volume(const cli_call *call, volume_settings *s, slt_error *err)
{
    slt_lambda exact;
    double epsilon[LEVELS_MAX], fraction[LEVELS_MAX];
    slt_volume volume = {epsilon, fraction, 0, 0};
    slt_status status = exact_lambda(s, &exact, err);
    if (status == SLT_OK)
        status = slt_theory_volume(&s->potential, exact.multiplicity, s->samples, s->seed,
                                   s->from, s->to, (size_t)s->levels, &volume, err);
    if (status)
        return status;
    if (call->json)
        put_volume(call->json, &volume, (size_t)s->levels, &exact);
    else
        print_volume(&volume, (size_t)s->levels, &exact);
    return SLT_OK;
}

static slt_status run_volume(const cli_call *call, slt_error *err)
{
    volume_settings *s = slt_world.calloc(1, sizeof *s);
    if (!s)
        return slt_fail(err, SLT_RESOURCE, "theory volume: out of memory");
    s->from = 1e-5;
    s->to = 1e-2;
    s->samples = 1000000;
    s->levels = 7;
    slt_status status = read_potential(call, s, err);
    if (status == SLT_OK)
        status = cli_real(call, "from", &s->from, err);
    if (status == SLT_OK)
        status = cli_real(call, "to", &s->to, err);
    if (status == SLT_OK)
        status = cli_number(call, "samples", 1000, UINT32_MAX, &s->samples, err);
    if (status == SLT_OK)
        status = cli_number(call, "seed", 0, UINT64_MAX, &s->seed, err);
    if (status == SLT_OK)
        status = cli_number(call, "levels", 2, LEVELS_MAX, &s->levels, err);
    if (status == SLT_OK)
        status = measure_volume(call, s, err);
    free(s);
    return status;
}

static const cli_option volume_options[] = {
    {"k", 0, "LIST", "A normal crossing prod w_j^(2 k_j) with these k_j.", NULL},
    {"h", 0, "LIST", "Exponents h_j of its prior prod |w_j|^(h_j); all 0 by default.",
     NULL},
    {"curvatures", 0, "LIST", "Instead: the quadratic sum h_j w_j^2 / 2, h_j >= 0.",
     NULL},
    {"samples", 0, "N", "Monte Carlo samples, 1000 to 4294967295; by default 1000000.",
     NULL},
    {"seed", 0, "N", "Key of the random numbers, by default 0.", NULL},
    {"from", 0, "X", "Smallest epsilon, above 0; by default 1e-5.", NULL},
    {"to", 0, "X", "Largest epsilon, below 1; by default 1e-2.", NULL},
    {"levels", 0, "N", "Values of epsilon, 2 to 64, evenly spaced in ln; by default 7.",
     NULL},
};

const cli_command cli_theory_volume = {
    .name = "theory volume",
    .operands = "",
    .summary = "lambda from the volume of small potentials, by Monte Carlo",
    .details =
        "Measures the share V(epsilon) of [-1,1]^d on which a potential K lies below "
        "epsilon, and fits lambda to it: an oracle that knows no formula.\n\n"
        "  V(epsilon) ~ c epsilon^lambda (-ln epsilon)^(m-1)\n"
        "  lambda = least-squares slope of ln V - (m-1) ln(-ln epsilon) on ln epsilon\n\n"
        "m is taken from theory. The standard error is a jackknife over blocks of "
        "samples "
        "and knows nothing of the law's next terms, which fall off as 1/ln epsilon where "
        "m "
        "is above 1. At most 64 dimensions.\n\n"
        "Source: definition 3.1 of Lakkapragada 2025 (arXiv:2512.00686).",
    .examples = "sltrace theory volume --k 1,1 --samples 4000000\n"
                "sltrace theory volume --curvatures 1,1,1",
    CLI_OPTIONS(volume_options),
    .json = true,
    .run = run_volume,
};
