#include "cli/cli.h"

/* A row each: cli_theory_NAME of a file theory_*.c, in the order of --help. */
#define THEORIES(X)                                                                      \
    X(rrr)                                                                               \
    X(dln)                                                                               \
    X(crossing)                                                                          \
    X(quadratic)                                                                         \
    X(quadratic_sgld)                                                                    \
    X(grokking)                                                                          \
    X(volume)                                                                            \
    X(tms)

#define DECLARE(name) extern const cli_command cli_theory_##name;
THEORIES(DECLARE)

#define ROW(name) &cli_theory_##name,
static const cli_command *const children[] = {THEORIES(ROW)};

const cli_command cli_theory = {
    .name = "theory",
    .operands = "NAME",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "exact learning coefficients, and what an estimate should give",
    .details =
        "Computes what theory says: exact learning coefficients (as fractions), what "
        "SGLD must give on a quadratic at finite nbeta and step size, Monte Carlo "
        "volumes "
        "that know no formula, the potential of toy models of superposition, and what is "
        "printed and what holds of quadratic networks. These numbers are advisory: none "
        "reaches a hash.\n\n"
        "sltrace theory NAME --help tells the formula, its source and its ranges.",
    .examples = "sltrace theory rrr --in 5 --hidden 3 --out 5 --rank 2\n"
                "sltrace theory dln --widths 5,5,5,5 --rank 2",
    .json = true,
    .children = children,
    .child_count = sizeof children / sizeof *children,
};
