/* sltrace theory grokking: closed forms of two solvable models of grokking. */
#include "cli/cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/theory.h>

#include "base/world.h"
#include "cli/lists.h"

enum { POINTS_MAX = 65536 };

/* The options that give parameters stand first, in the order of slt_grokking_parameter.
 */
static const cli_option grokking_options[] = {
    [SLT_GROKKING_N] = {"n", 0, "LIST", "N, samples of each sign, 1 to 1000000.", NULL},
    [SLT_GROKKING_D] = {"d", 0, "LIST", "D, inputs of the ball, 2 to 10000.", NULL},
    [SLT_GROKKING_EPS] = {"eps", 0, "LIST", "The gap eps.", NULL},
    [SLT_GROKKING_L1] = {"l1", 0, "LIST", "Strength of l1 |b|, by default 0.", NULL},
    [SLT_GROKKING_L2] = {"l2", 0, "LIST", "Strength of l2 b^2 / 2.", NULL},
    [SLT_GROKKING_T] = {"t", 0, "LIST", "Time.", NULL},
    [SLT_GROKKING_TAU] = {"tau", 0, "LIST", "Time before t_eps.", NULL},
    [SLT_GROKKING_B0] = {"b0", 0, "LIST", "b at time 0.", NULL},
    [SLT_GROKKING_MEAN] = {"xbar", 0, "LIST", "Mean of all samples.", NULL},
    [SLT_GROKKING_XMIN] = {"x-min", 0, "LIST",
                           "How far beyond eps the least positive sample lies.", NULL},
    [SLT_GROKKING_H] = {"h", 0, "LIST", "h = eps w_1 / |w|.", NULL},
    [SLT_GROKKING_R] = {"r", 0, "LIST", "Length of w(0) across e_1.", NULL},
    [SLT_GROKKING_XI] = {"xi", 0, "LIST", "Exponent of a density at the ball's surface.",
                         NULL},
    {"model", 0, "NAME", "exp1d or ball.", "exp1d ball"},
    {"quantity", 0, "NAME", "p, density, time, error or exponent.",
     "p density time error exponent"},
    {"printed", 0, NULL, "Only what the paper prints.", NULL},
    {"formula", 0, "NAME", "Only this formula; may be given again.", NULL},
    {"trials", 0, "T",
     "Draw T data sets too, 2 to 4294967295 (p and time of the ball, l1 = 0): the share "
     "without error in the end, or the median time of those that grok; its standard "
     "error; and by how much the first formula is off.",
     NULL},
    {"seed", 0, "S", "Key of the data sets' random numbers, by default 0.", NULL},
};

/* Every combination of the values that were given. */
typedef struct grid {
    double *list[SLT_GROKKING_PARAMETERS];
    size_t count[SLT_GROKKING_PARAMETERS]; /* 0: not given */
    slt_grokking presets;
    size_t points;
    uint64_t trials, seed; /* trials: 0 for none */
} grid;

static slt_status find_group(const cli_call *call, const slt_grokking_group **group,
                             slt_error *err)
{
    slt_status status = cli_required(call, "model", err);
    if (!status)
        status = cli_required(call, "quantity", err);
    if (status)
        return status;
    const char *model = cli_value(call, "model");
    const char *quantity = cli_value(call, "quantity");
    for (size_t i = 0; (*group = slt_grokking_group_at(i)); i++)
        if (!strcmp((*group)->model, model) && !strcmp((*group)->quantity, quantity))
            return SLT_OK;
    if (strcmp(model, "exp1d") != 0 && strcmp(model, "ball") != 0)
        return slt_fail(err, SLT_USAGE, "--model: expected exp1d or ball, found '%s'",
                        model);
    return slt_fail(err, SLT_USAGE,
                    "--quantity: expected p, density, time, error or exponent, found "
                    "'%s'",
                    quantity);
}

static slt_status read_parameter(const cli_call *call, const slt_grokking_group *group,
                                 size_t i, grid *g, slt_error *err)
{
    const char *name = grokking_options[i].name;
    g->count[i] = 0;
    if (!cli_given(call, name))
        return SLT_OK;
    if (!(slt_grokking_reads(group) >> i & 1))
        return slt_fail(err, SLT_USAGE,
                        "theory grokking: --%s: no formula of %s of %s "
                        "reads it",
                        name, group->quantity, group->model);
    g->list[i] = slt_world.malloc(CLI_LIST_MAX * sizeof *g->list[i]);
    if (!g->list[i])
        return slt_fail(err, SLT_RESOURCE, "theory grokking: out of memory");
    const slt_status status = cli_reals(call, name, g->list[i], &g->count[i], err);
    if (!status && g->count[i] > POINTS_MAX / g->points)
        return slt_fail(err, SLT_USAGE,
                        "theory grokking: more than %d combinations of values",
                        POINTS_MAX);
    g->points *= status ? 1 : g->count[i];
    return status;
}

/* The last parameter runs fastest. */
static slt_grokking point_of(const grid *g, size_t point)
{
    slt_grokking at = g->presets;
    for (size_t i = SLT_GROKKING_PARAMETERS; i-- > 0;) {
        if (!g->count[i])
            continue;
        at.value[i] = g->list[i][point % g->count[i]];
        point /= g->count[i];
    }
    return at;
}

static slt_status read_grid(const cli_call *call, const slt_grokking_group *group,
                            grid *g, slt_error *err)
{
    slt_status status = SLT_OK;
    g->presets = slt_grokking_presets(group);
    g->points = 1;
    for (size_t i = 0; i < SLT_GROKKING_PARAMETERS && !status; i++)
        status = read_parameter(call, group, i, g, err);
    for (size_t point = 0; point < g->points && !status; point++) {
        const slt_grokking at = point_of(g, point);
        status = slt_grokking_check(&at, err);
    }
    if (!status)
        status = cli_number(call, "trials", 2, UINT32_MAX, &g->trials, err);
    if (!status)
        status = cli_number(call, "seed", 0, UINT64_MAX, &g->seed, err);
    if (!status && g->trials && !group->trials)
        return slt_fail(err, SLT_USAGE, "theory grokking: --trials: %s of %s has none",
                        group->quantity, group->model);
    return status;
}

/* ---- What is printed --------------------------------------------------------------- */

/* The formulas that are asked for, and those of them that have values. */
typedef struct columns {
    const slt_grokking_formula *shown[SLT_GROKKING_FORMULAS_MAX];
    const slt_grokking_formula *valued[SLT_GROKKING_FORMULAS_MAX];
    size_t shown_count, valued_count;
    unsigned parameters; /* that the valued ones read */
    bool trials;
} columns;

/* What is known of a point. */
typedef struct cells {
    double values[SLT_GROKKING_FORMULAS_MAX];
    double share, error; /* of trials */
} cells;

static bool is_asked_for(const cli_call *call, const slt_grokking_formula *formula)
{
    const char *name = cli_value_at(call, "formula", 0);
    if (cli_given(call, "printed") && !formula->printed)
        return false;
    for (size_t i = 0; name; name = cli_value_at(call, "formula", ++i))
        if (!strcmp(name, formula->name))
            return true;
    return !cli_given(call, "formula");
}

static slt_status check_formulas(const cli_call *call, const slt_grokking_group *group,
                                 slt_error *err)
{
    const char *name = cli_value_at(call, "formula", 0);
    for (size_t i = 0; name; name = cli_value_at(call, "formula", ++i)) {
        const slt_grokking_group *found;
        if (!slt_grokking_formula_of(group->model, name, &found) || found != group)
            return slt_fail(err, SLT_USAGE, "--formula: %s of %s has no '%s'",
                            group->quantity, group->model, name);
    }
    return SLT_OK;
}

/* Names what has no preset. */
static slt_status refuse_incomplete(const slt_grokking_group *group, slt_error *err)
{
    char names[64] = "";
    for (size_t i = 0; i < SLT_GROKKING_PARAMETERS; i++) {
        const size_t used = strlen(names);
        if (group->asks >> i & 1)
            snprintf(names + used, sizeof names - used, " --%s",
                     grokking_options[i].name);
    }
    return slt_fail(
        err, SLT_USAGE,
        "theory grokking: %s of %s takes%s; see sltrace theory grokking --help",
        group->quantity, group->model, names);
}

static slt_status choose_columns(const cli_call *call, const slt_grokking_group *group,
                                 const grid *g, columns *of, slt_error *err)
{
    const slt_grokking at = point_of(g, 0);
    *of = (columns){.shown_count = 0};
    for (size_t i = 0; i < group->count; i++) {
        const slt_grokking_formula *formula = &group->formulas[i];
        if (!is_asked_for(call, formula))
            continue;
        of->shown[of->shown_count++] = formula;
        if (!formula->evaluate || !slt_grokking_reads_given(formula, &at))
            continue;
        of->valued[of->valued_count++] = formula;
        of->parameters |= formula->reads;
    }
    of->trials = g->trials > 0;
    of->parameters |= of->trials ? group->drawn_reads : 0;
    if (!of->valued_count)
        return refuse_incomplete(group, err);
    for (size_t i = 0; i < SLT_GROKKING_PARAMETERS; i++)
        if (g->count[i] && !(of->parameters >> i & 1))
            return slt_fail(err, SLT_USAGE,
                            "theory grokking: no formula that is shown reads --%s; give "
                            "what they read beside it",
                            grokking_options[i].name);
    return SLT_OK;
}

/* Cells stand below each other.  *gap: blanks before the cell, then before the next. */
static void print_cell(const char *text, int width, int *gap)
{
    const int size = (int)strlen(text);
    printf("%*s%s", *gap, "", text);
    *gap = 2 + (size < width ? width - size : 0);
}

static void print_number(double value, int width, int *gap)
{
    char text[32] = "-";
    if (!isnan(value))
        snprintf(text, sizeof text, "%.6g", value);
    print_cell(text, width, gap);
}

enum { PARAMETER_WIDTH = 7, VALUE_WIDTH = 14 };

static void print_heading(const slt_grokking_group *group, const columns *of)
{
    static const char *const of_trials[] = {"data", "error"};
    int gap = 0;
    printf("%s, %s\n\n", group->model, group->says);
    for (size_t i = 0; i < SLT_GROKKING_PARAMETERS; i++)
        if (of->parameters >> i & 1)
            print_cell(slt_grokking_symbol((slt_grokking_parameter)i), PARAMETER_WIDTH,
                       &gap);
    for (size_t i = 0; i < of->valued_count; i++)
        print_cell(of->valued[i]->name, VALUE_WIDTH, &gap);
    for (size_t i = 0; i < 2 && of->trials; i++)
        print_cell(of_trials[i], VALUE_WIDTH, &gap);
    if (of->trials)
        printf("%*s%s-data", gap, "", of->valued[0]->name);
    puts("");
}

static void print_point(const columns *of, const slt_grokking *at, const cells *found)
{
    int gap = 0;
    for (size_t i = 0; i < SLT_GROKKING_PARAMETERS; i++)
        if (of->parameters >> i & 1)
            print_number(at->value[i], PARAMETER_WIDTH, &gap);
    for (size_t i = 0; i < of->valued_count; i++)
        print_number(found->values[i], VALUE_WIDTH, &gap);
    if (of->trials) {
        print_number(found->share, VALUE_WIDTH, &gap);
        print_number(found->error, VALUE_WIDTH, &gap);
        print_number(found->values[0] - found->share, 0, &gap);
    }
    puts("");
}

static void put_point(slt_json *json, const columns *of, const slt_grokking *at,
                      const cells *found)
{
    slt_json_open(json, '{');
    slt_json_key_open(json, "at", '{');
    for (size_t i = 0; i < SLT_GROKKING_PARAMETERS; i++)
        if (of->parameters >> i & 1)
            slt_json_key_real(json, slt_grokking_symbol((slt_grokking_parameter)i),
                              slt_real_of(at->value[i]));
    slt_json_close(json, '}');
    slt_json_key_open(json, "values", '{');
    for (size_t i = 0; i < of->valued_count; i++)
        slt_json_key_real(json, of->valued[i]->name, slt_real_of(found->values[i]));
    slt_json_close(json, '}');
    if (of->trials) {
        slt_json_key_real(json, "data", slt_real_of(found->share));
        slt_json_key_real(json, "error", slt_real_of(found->error));
    }
    slt_json_close(json, '}');
}

static slt_status show_points(const cli_call *call, const slt_grokking_group *group,
                              const grid *g, const columns *of, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t point = 0; point < g->points && !status; point++) {
        const slt_grokking at = point_of(g, point);
        cells found = {.share = NAN};
        for (size_t i = 0; i < of->valued_count && !status; i++)
            status = of->valued[i]->evaluate(&at, &found.values[i], err);
        if (!status && of->trials)
            status =
                group->trials(&at, g->trials, g->seed, &found.share, &found.error, err);
        if (!status && call->json)
            put_point(call->json, of, &at, &found);
        if (!status && !call->json && !point)
            print_heading(group, of);
        if (!status && !call->json)
            print_point(of, &at, &found);
        if (!status && !call->json && of->trials)
            slt_world.fflush(stdout); /* the next line takes a while */
    }
    return status;
}

static void print_formulas(const slt_grokking_group *group, const columns *of)
{
    for (size_t i = 0; i < of->shown_count; i++) {
        const slt_grokking_formula *formula = of->shown[i];
        printf("\n%s  %s\n", formula->name, formula->printed ? "printed" : "ours");
        cli_wrap(stdout, 4, formula->text);
        cli_wrap(stdout, 4, formula->condition);
    }
    if (of->trials) {
        puts("\ndata");
        cli_wrap(stdout, 4, group->drawn);
    }
}

static void put_formulas(slt_json *json, const columns *of)
{
    slt_json_key_open(json, "formulas", '[');
    for (size_t i = 0; i < of->shown_count; i++) {
        const slt_grokking_formula *formula = of->shown[i];
        slt_json_open(json, '{');
        slt_json_key_text(json, "name", formula->name);
        slt_json_key_bool(json, "printed", formula->printed);
        slt_json_key_text(json, "formula", formula->text);
        slt_json_key_text(json, "condition", formula->condition);
        slt_json_close(json, '}');
    }
    slt_json_close(json, ']');
}

static slt_status show(const cli_call *call, const slt_grokking_group *group,
                       const grid *g, const columns *of, slt_error *err)
{
    if (call->json) {
        slt_json_begin(call->json, "sltrace.theory-grokking/1");
        slt_json_key_text(call->json, "model", group->model);
        slt_json_key_text(call->json, "quantity", group->quantity);
        put_formulas(call->json, of);
        slt_json_key_open(call->json, "points", '[');
    }
    const slt_status status = show_points(call, group, g, of, err);
    if (call->json)
        slt_json_close(call->json, ']');
    else if (!status)
        print_formulas(group, of);
    return status;
}

static slt_status run_grokking(const cli_call *call, slt_error *err)
{
    const slt_grokking_group *group = NULL;
    grid g = {.points = 1};
    columns of;
    slt_status status = find_group(call, &group, err);
    if (!status)
        status = read_grid(call, group, &g, err);
    if (!status)
        status = check_formulas(call, group, err);
    if (!status)
        status = choose_columns(call, group, &g, &of, err);
    if (!status)
        status = show(call, group, &g, &of, err);
    for (size_t i = 0; i < SLT_GROKKING_PARAMETERS; i++)
        free(g.list[i]);
    return status;
}

const cli_command cli_theory_grokking = {
    .name = "theory grokking",
    .operands = "",
    .summary = "solvable models of grokking, printed and corrected",
    .details =
        "Prints what closed forms say of grokking in two models that are linear in their "
        "weights and trained by gradient flow on N samples of each sign with squared "
        "error: what the paper prints, and what holds. Of every formula it tells whose "
        "it "
        "is, the formula, and where it holds. A parameter takes a list; a line is "
        "printed "
        "for every combination, and - where a formula does not apply.\n\n"
        "  exp1d  f = x - b, x = +-(eps + Exp(1)); risk 1/(4N) sum (x - b - y)^2 +\n"
        "         l1 |b| + l2 b^2 / 2\n"
        "  ball   f = w.x, x uniform in the unit ball about +-eps e_1 in D dimensions\n\n"
        "  p         probability that the test error ends at 0\n"
        "  density   of the grokking time, at t\n"
        "  time      grokking time, from training error 0 to test error 0\n"
        "  error     test error, exact and near its zero\n"
        "  exponent  nu of E ~ (t_eps - t)^nu\n\n"
        "--trials draws data sets and takes the chance over the signs of groups of "
        "samples "
        "across e_1 exactly, so that fewer are needed than of whole runs; the numbers "
        "are "
        "Philox's, and the same for the same key.\n\n"
        "Special functions and quadratures are those of the GNU Scientific Library, "
        "loaded "
        "when they are asked for (Debian, Ubuntu: libgsl27 or libgsl28); without it the "
        "exit status is 3 where a formula takes it.\n\n"
        "Source: B. Zunkovic and E. Ilievski, Grokking phase transitions in learning "
        "local "
        "rules with gradient descent, JMLR 25(199), 2024, arXiv:2210.15435, for what is "
        "printed.",
    .examples = "sltrace theory grokking --model ball --quantity time\n"
                "sltrace theory grokking --model exp1d --quantity p --n 2,5,10 \\\n"
                "    --eps .05,.2,.5\n"
                "sltrace theory grokking --model ball --quantity p --n 10,50 \\\n"
                "    --eps 1.01,1.1\n"
                "sltrace theory grokking --model ball --quantity p --formula P \\\n"
                "    --d 2,5,10 --n 2,10,50 --eps 1.01,1.1 --trials 100000",
    CLI_OPTIONS(grokking_options),
    .repeats = " formula ",
    .json = true,
    .run = run_grokking,
};
