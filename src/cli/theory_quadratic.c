/* sltrace theory quadratic: closed forms of a quadratic network on modular addition. */
#include "cli/cli.h"

#include <inttypes.h>
#include <string.h>

#include <sltrace/theory.h>

#include "cli/lists.h"

static const char *const verdicts[] = {[SLT_FORMULA_HOLDS] = "holds",
                                       [SLT_FORMULA_CONDITIONAL] = "conditional",
                                       [SLT_FORMULA_FAILS] = "fails"};

static slt_status read_size(const cli_call *call, const char *name, int64_t least,
                            int64_t most, int64_t *value, slt_error *err)
{
    uint64_t number = (uint64_t)*value;
    slt_status status =
        cli_number(call, name, (uint64_t)least, (uint64_t)most, &number, err);
    *value = (int64_t)number;
    return status;
}

static slt_status read_samples(const cli_call *call, slt_quadratic_net *net,
                               slt_error *err)
{
    double fraction = 1;
    if (!cli_given(call, "fraction"))
        return read_size(call, "samples", 2, net->p * net->p, &net->samples, err);
    if (cli_given(call, "samples"))
        return slt_fail(err, SLT_USAGE,
                        "theory quadratic: give either --samples or --fraction");
    slt_status status = cli_real(call, "fraction", &fraction, err);
    if (!status && !(fraction > 0 && fraction <= 1))
        status = slt_fail(err, SLT_USAGE, "--fraction: expected above 0 and at most 1");
    net->samples = slt_quadratic_samples(net->p, fraction);
    return status;
}

static slt_status read_net(const cli_call *call, slt_quadratic_net *net, slt_error *err)
{
    int64_t p = 0, width = 0;
    slt_status status = cli_required(call, "p", err);
    if (!status)
        status = cli_required(call, "width", err);
    if (!status)
        status = read_size(call, "p", 2, SLT_QUADRATIC_P_MAX, &p, err);
    if (!status)
        status = read_size(call, "width", 1, SLT_QUADRATIC_WIDTH_MAX, &width, err);
    if (status)
        return status;
    *net = slt_quadratic_full(p, width);
    status = read_samples(call, net, err);
    if (!status)
        status = read_size(call, "symbols", 2, 2 * p, &net->symbols, err);
    if (!status)
        status = read_size(call, "components", 1, p, &net->components, err);
    if (!status)
        status = read_size(call, "absent", 0, p - 1, &net->absent, err);
    if (!status)
        status =
            read_size(call, "phases", 1, SLT_QUADRATIC_PHASES_MAX, &net->phases, err);
    return status;
}

/* SLT_QUADRATIC_REGIMES: all of them. */
static slt_status read_regime(const cli_call *call, size_t *regime, slt_error *err)
{
    const char *wanted = cli_value(call, "regime"), *name;
    *regime = SLT_QUADRATIC_REGIMES;
    for (size_t i = 0; wanted && (name = slt_quadratic_regime_name(i)); i++)
        if (!strcmp(name, wanted))
            *regime = i;
    if (!wanted || *regime < SLT_QUADRATIC_REGIMES || !strcmp(wanted, "all"))
        return SLT_OK;
    return slt_fail(err, SLT_USAGE,
                    "--regime: expected generic, memorising, lazy, generalising, data or "
                    "all, found '%s'",
                    wanted);
}

static void formula_value(const slt_formula *formula, char text[SLT_RATIONAL_TEXT_MAX])
{
    if (formula->value.denominator)
        slt_rational_text(formula->value, text);
    else
        snprintf(text, SLT_RATIONAL_TEXT_MAX, "%.4f", formula->real);
}

static void print_formula(const slt_formula *formula)
{
    char value[SLT_RATIONAL_TEXT_MAX];
    formula_value(formula, value);
    printf("  %-18s %-7s  %s %s %s\n", formula->name,
           formula->printed ? "printed" : "ours", formula->quantity, formula->relation,
           value);
    printf("      %s\n      %s%s%s\n", formula->text, verdicts[formula->verdict],
           *formula->why ? ": " : "", formula->why);
    printf("      source: %s\n", formula->source);
}

static void print_formulas(const slt_quadratic_net *net, const slt_formula *formulas,
                           size_t count, size_t regime)
{
    printf("p %" PRId64 "  K %" PRId64 "  n %" PRId64 "  s %" PRId64 "  c %" PRId64
           "  m %" PRId64 "  M %" PRId64 "\n",
           net->p, net->width, net->samples, net->symbols, net->components, net->absent,
           net->phases);
    for (size_t i = 0, last = SLT_QUADRATIC_REGIMES; i < count; i++) {
        if (regime < SLT_QUADRATIC_REGIMES && formulas[i].regime != regime)
            continue;
        if (formulas[i].regime != last)
            printf("\n%s\n", slt_quadratic_regime_name(formulas[i].regime));
        last = formulas[i].regime;
        print_formula(&formulas[i]);
    }
}

static void put_formula(slt_json *json, const slt_formula *formula)
{
    char text[SLT_RATIONAL_TEXT_MAX];
    slt_json_open(json, '{');
    slt_json_key_text(json, "regime", slt_quadratic_regime_name(formula->regime));
    slt_json_key_text(json, "name", formula->name);
    slt_json_key_bool(json, "printed", formula->printed);
    slt_json_key_text(json, "quantity", formula->quantity);
    slt_json_key_text(json, "relation", formula->relation);
    if (formula->value.denominator)
        slt_rational_text(formula->value, text);
    slt_json_key_text(json, "exact", formula->value.denominator ? text : NULL);
    slt_json_key_real(json, "value", slt_real_of(formula->real));
    slt_json_key_text(json, "formula", formula->text);
    slt_json_key_text(json, "verdict", verdicts[formula->verdict]);
    slt_json_key_text(json, "why", formula->why);
    slt_json_key_text(json, "source", formula->source);
    slt_json_close(json, '}');
}

static void put_formulas(slt_json *json, const slt_quadratic_net *net,
                         const slt_formula *formulas, size_t count, size_t regime)
{
    slt_json_begin(json, "sltrace.theory-quadratic/1");
    slt_json_key_int(json, "p", net->p);
    slt_json_key_int(json, "width", net->width);
    slt_json_key_int(json, "samples", net->samples);
    slt_json_key_int(json, "symbols", net->symbols);
    slt_json_key_int(json, "components", net->components);
    slt_json_key_int(json, "absent", net->absent);
    slt_json_key_int(json, "phases", net->phases);
    slt_json_key_open(json, "formulas", '[');
    for (size_t i = 0; i < count; i++)
        if (regime == SLT_QUADRATIC_REGIMES || formulas[i].regime == regime)
            put_formula(json, &formulas[i]);
    slt_json_close(json, ']');
}

static slt_status run_quadratic(const cli_call *call, slt_error *err)
{
    slt_quadratic_net net;
    slt_formula formulas[SLT_QUADRATIC_FORMULAS_MAX];
    size_t regime, count;
    slt_status status = read_net(call, &net, err);
    if (!status)
        status = read_regime(call, &regime, err);
    if (!status)
        status = slt_theory_quadratic_net(&net, formulas, &count, err);
    if (status)
        return status;
    if (call->json)
        put_formulas(call->json, &net, formulas, count, regime);
    else
        print_formulas(&net, formulas, count, regime);
    return SLT_OK;
}

static const cli_option quadratic_options[] = {
    {"p", 0, "P", "The modulus, 2 to 1048576: p outputs, 2 p inputs.", NULL},
    {"width", 0, "K", "Neurons, 1 to 2147483647.", NULL},
    {"samples", 0, "N", "Pairs of the training set, n; by default all p^2.", NULL},
    {"fraction", 0, "F", "Instead: n = floor(F p^2), the product in binary64.", NULL},
    {"regime", 0, "NAME", "One regime's formulas; by default all.",
     "generic memorising lazy generalising data all"},
    {"symbols", 0, "S", "How many of the 2 p inputs occur in the set, by default 2 p.",
     NULL},
    {"components", 0, "C",
     "Components of the graph that joins a to b for each pair, by default 1.", NULL},
    {"absent", 0, "M", "Classes a + b that the set lacks, by default 0.", NULL},
    {"phases", 0, "M", "Fourier points of M x M phases, 1 to 1024, by default 3.", NULL},
};

const cli_command cli_theory_quadratic = {
    .name = "theory quadratic",
    .operands = "",
    .summary = "quadratic networks on modular addition, printed and corrected",
    .details =
        "Prints what closed forms say of the network f(a, b) = V (W'x)^2, x = [e_a; "
        "e_b], "
        "trained on n pairs with the target e_(a+b) modulo p, its residual centred over "
        "the samples: those that the paper prints, those that hold, and of each whether "
        "it holds for these numbers and, where not, why.\n\n"
        "  holds        for these numbers\n"
        "  conditional  where what follows is met, which these numbers do not tell\n"
        "  fails        for the reason that follows\n\n"
        "rank is that of the Jacobian J of the centred residual in all 3 p K weights. At "
        "a "
        "point of loss 0, 1/2 rank J <= lambda <= 1/2 codimension of the zero set, and "
        "both "
        "are equal where rank J is constant on the zero set around the point. v is a "
        "column "
        "of V, u and w the halves of a column of W, H the centred squares (K x n), 1'V "
        "the "
        "sums of V's columns over the classes.\n\n"
        "  generic       a point of no special form\n"
        "  memorising    loss 0 on the samples alone: two strata, by whether 1'V = 0\n"
        "  lazy          W frozen\n"
        "  generalising  Fourier points, right on all pairs\n"
        "  data          how much of the table the set has\n\n"
        "Source: B. Cullen, S. Estan-Ruiz, R. Danait and J. Li, Grokking as a phase "
        "transition between competing basins (2026, arXiv:2603.01192v1; v3 is called A "
        "basin-selection perspective on grokking), for what is printed; for the rest "
        "each "
        "formula names its own.",
    .examples =
        "sltrace theory quadratic --p 53 --width 1024 --fraction .4\n"
        "sltrace theory quadratic --p 5 --width 32 --phases 4 --regime generalising",
    CLI_OPTIONS(quadratic_options),
    .json = true,
    .run = run_quadratic,
};
