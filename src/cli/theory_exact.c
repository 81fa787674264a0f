/* sltrace theory rrr, dln, crossing: exact learning coefficients. */
#include "cli/cli.h"

#include <inttypes.h>

#include <sltrace/theory.h>

#include "cli/lists.h"

#define MULTIPLICITY_OPTION                                                              \
    {                                                                                    \
        "multiplicity", 'm', NULL,                                                       \
            "Print the multiplicity m on a second line: the order of the pole.", NULL    \
    }

static void print_lambda(const cli_call *call, const slt_lambda *result)
{
    char text[SLT_RATIONAL_TEXT_MAX];
    slt_rational_text(result->lambda, text);
    if (call->json) {
        double value =
            (double)result->lambda.numerator / (double)result->lambda.denominator;
        slt_json_begin(call->json, "sltrace.theory-lambda/1");
        slt_json_key_text(call->json, "lambda", text);
        slt_json_key_real(call->json, "value", slt_real_of(value));
        slt_json_key_int(call->json, "multiplicity", result->multiplicity);
        return;
    }
    puts(text);
    if (cli_given(call, "multiplicity"))
        printf("multiplicity %" PRId64 "\n", result->multiplicity);
}

static slt_status size_option(const cli_call *call, const char *name, int64_t *value,
                              slt_error *err)
{
    uint64_t number = 0;
    slt_status status = cli_required(call, name, err);
    if (status == SLT_OK)
        status = cli_number(call, name, 0, INT32_MAX, &number, err);
    *value = (int64_t)number;
    return status;
}

static slt_status run_rrr(const cli_call *call, slt_error *err)
{
    static const char *const names[] = {"in", "hidden", "out", "rank"};
    int64_t sizes[4];
    for (size_t i = 0; i < 4; i++) {
        slt_status status = size_option(call, names[i], &sizes[i], err);
        if (status)
            return status;
    }
    slt_lambda result;
    slt_status status =
        slt_theory_rrr(sizes[0], sizes[1], sizes[2], sizes[3], &result, err);
    if (status == SLT_OK)
        print_lambda(call, &result);
    return status;
}

static slt_status run_dln(const cli_call *call, slt_error *err)
{
    int64_t widths[CLI_LIST_MAX], rank;
    size_t count;
    slt_lambda result;
    slt_status status = cli_required(call, "widths", err);
    if (status == SLT_OK)
        status = cli_integers(call, "widths", widths, &count, err);
    if (status == SLT_OK)
        status = size_option(call, "rank", &rank, err);
    if (status == SLT_OK)
        status = slt_theory_dln(widths, count, rank, &result, err);
    if (status == SLT_OK)
        print_lambda(call, &result);
    return status;
}

static slt_status run_crossing(const cli_call *call, slt_error *err)
{
    int64_t k[CLI_LIST_MAX], h[CLI_LIST_MAX] = {0};
    size_t count, prior_count;
    slt_lambda result;
    slt_status status = cli_required(call, "k", err);
    if (status == SLT_OK)
        status = cli_integers(call, "k", k, &count, err);
    if (status == SLT_OK)
        status = cli_integers(call, "h", h, &prior_count, err);
    if (status == SLT_OK && prior_count && prior_count != count)
        status = slt_fail(err, SLT_USAGE,
                          "--h: expected as many numbers as --k has, %zu; "
                          "found %zu",
                          count, prior_count);
    if (status == SLT_OK)
        status = slt_theory_crossing(k, h, count, &result, err);
    if (status == SLT_OK)
        print_lambda(call, &result);
    return status;
}

static const cli_option rrr_options[] = {
    {"in", 0, "M", "Inputs, 1 to 2147483647.", NULL},
    {"hidden", 0, "H", "Width of the hidden layer, 1 to 2147483647.", NULL},
    {"out", 0, "N", "Outputs, 1 to 2147483647.", NULL},
    {"rank", 0, "R", "Rank of the true map, 0 to the smallest of M, H and N.", NULL},
    MULTIPLICITY_OPTION,
};

const cli_command cli_theory_rrr = {
    .name = "theory rrr",
    .operands = "",
    .summary = "reduced-rank regression y = B A x",
    .details =
        "Prints the learning coefficient lambda of reduced-rank regression y = B A x "
        "with "
        "M inputs, H hidden units, N outputs and a truth of rank r, as a fraction.\n\n"
        "  if N+r <= M+H, M+r <= N+H and H+r <= M+N:\n"
        "      lambda = [2 (H+r)(M+N) - (M-N)^2 - (H+r)^2] / 8,       m = 1,\n"
        "      plus 1/8 and m = 2 where M+H+N+r is odd\n"
        "  if M+H < N+r:  lambda = (H M - H r + N r) / 2,            m = 1\n"
        "  if N+H < M+r:  lambda = (H N - H r + M r) / 2,            m = 1\n"
        "  if M+N < H+r:  lambda = M N / 2,                          m = 1\n\n"
        "Source: M. Aoyagi and S. Watanabe, Stochastic complexities of reduced rank "
        "regression in Bayesian estimation, Neural Networks 18 (2005), main theorem. It "
        "is "
        "the least value over the zero set: at a trained point the local coefficient can "
        "be larger.",
    .examples = "sltrace theory rrr --in 5 --hidden 3 --out 5 --rank 2    # 19/2",
    CLI_OPTIONS(rrr_options),
    .json = true,
    .run = run_rrr,
};

static const cli_option dln_options[] = {
    {"widths", 0, "LIST",
     "Widths of all layers, input first: 2 to 1024 numbers from 1 to 2147483647; 5*4 is "
     "5,5,5,5.",
     NULL},
    {"rank", 0, "R", "Rank of the true map, 0 to the smallest width.", NULL},
    MULTIPLICITY_OPTION,
};

const cli_command cli_theory_dln = {
    .name = "theory dln",
    .operands = "",
    .summary = "deep linear network of any depth",
    .details =
        "Prints the learning coefficient lambda of a deep linear network of the given "
        "widths with a truth of rank r, as a fraction.\n\n"
        "  M_j = width_j - r;  S = the l+1 smallest M_j, l such that\n"
        "      max S < min of the rest,  sum S >= l max S,  sum S < l min of the rest\n"
        "  M = ceil(sum S / l),  a = sum S - (M-1) l\n"
        "  lambda = [-r^2 + r (in + out)] / 2 + a (l-a) / (4 l)\n"
        "           - (l (l-1) / 4) (sum S / l)^2 + 1/2 sum over i<j in S of M_i M_j\n"
        "  m = a (l-a) + 1\n\n"
        "Source: M. Aoyagi, Consideration on the learning efficiency of multiple-layered "
        "neural networks with linear units (2023), theorem 1. For three widths it equals "
        "sltrace theory rrr.",
    .examples = "sltrace theory dln --widths 5,5,5,5 --rank 2    # 11",
    CLI_OPTIONS(dln_options),
    .json = true,
    .run = run_dln,
};

static const cli_option crossing_options[] = {
    {"k", 0, "LIST", "Exponents k_j, 0 to 2147483647, at least one above 0.", NULL},
    {"h", 0, "LIST", "Exponents h_j of the prior, as many; all 0 by default.", NULL},
    MULTIPLICITY_OPTION,
};

const cli_command cli_theory_crossing = {
    .name = "theory crossing",
    .operands = "",
    .summary = "normal crossing prod w_j^(2 k_j)",
    .details =
        "Prints the learning coefficient lambda of the potential K = prod w_j^(2 k_j) "
        "under the prior prod |w_j|^(h_j), as a fraction.\n\n"
        "  lambda = min over k_j > 0 of (h_j + 1) / (2 k_j),  m = how many j attain "
        "it\n\n"
        "Source: S. Watanabe, Algebraic Geometry and Statistical Learning Theory (2009), "
        "chapter 6: the largest pole of the zeta function in normal-crossing form, and "
        "its "
        "order.",
    .examples = "sltrace theory crossing --k 1,1 --multiplicity    # 1/2, multiplicity 2",
    CLI_OPTIONS(crossing_options),
    .json = true,
    .run = run_crossing,
};
