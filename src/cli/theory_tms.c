/* sltrace theory tms: the potential of toy models of superposition. */
#include "cli/cli.h"

#include <inttypes.h>

#include <sltrace/theory.h>

/* Rounded to five digits, never "-0.00000". */
static void print_row(const char *name, double value, const char *meaning)
{
    printf("%-7s %.5f   %s\n", name, value > -5e-6 && value < 0 ? 0 : value, meaning);
}

static void put_values(slt_json *json, const char *const *names, const double *values,
                       size_t count)
{
    for (size_t i = 0; i < count; i++)
        slt_json_key_real(json, names[i], slt_real_of(values[i]));
}

static void print_polygon(uint64_t corners, const slt_tms_polygon *p)
{
    char text[SLT_RATIONAL_TEXT_MAX];
    slt_rational_text(p->lambda, text);
    print_row("l", p->length, "length of the polygon's columns");
    print_row("b", p->bias, "their bias");
    print_row("h", p->potential, "potential of the polygon's features");
    print_row("L", p->loss, "(h + c - k) / (3 c)");
    if (p->lambda.numerator)
        printf("lambda  %s   (3 k - 1) / 2\n", text);
    else
        puts(corners == 4 ? "lambda  unknown   the potential is not C2 at a 4-gon"
                          : "lambda  unknown   no value is claimed below 5 corners");
}

static void put_polygon(slt_json *json, uint64_t corners, uint64_t features,
                        const slt_tms_polygon *p)
{
    static const char *const names[] = {"l", "b", "h", "L"};
    const double values[] = {p->length, p->bias, p->potential, p->loss};
    char text[SLT_RATIONAL_TEXT_MAX];
    slt_rational_text(p->lambda, text);
    slt_json_begin(json, "sltrace.theory-tms-polygon/1");
    slt_json_key_uint(json, "polygon", corners);
    slt_json_key_uint(json, "features", features);
    put_values(json, names, values, 4);
    slt_json_key_text(json, "lambda", p->lambda.numerator ? text : NULL);
}

static slt_status run_polygon(const cli_call *call, slt_error *err)
{
    uint64_t corners = 0, features;
    slt_tms_polygon polygon;
    slt_status status =
        cli_number(call, "polygon", 1, SLT_TMS_CORNERS_MAX, &corners, err);
    features = corners;
    if (status == SLT_OK)
        status = cli_number(call, "features", 1, SLT_TMS_SIZE_MAX, &features, err);
    if (status == SLT_OK)
        status = slt_theory_tms_polygon(corners, features, &polygon, err);
    if (status)
        return status;
    if (call->json)
        put_polygon(call->json, corners, features, &polygon);
    else
        print_polygon(corners, &polygon);
    return SLT_OK;
}

static slt_status run_weights(const cli_call *call, slt_error *err)
{
    static const char *const names[] = {"H", "L", "mse"};
    slt_tms net;
    slt_status status = slt_theory_tms_read(cli_value(call, "weights"), &net, err);
    if (status)
        return status;
    double c = (double)net.features, potential = slt_theory_tms_potential(&net);
    const double values[] = {potential, potential / (3 * c), potential / (3 * c * c)};
    if (call->json) {
        slt_json_begin(call->json, "sltrace.theory-tms-weights/1");
        slt_json_key_uint(call->json, "features", net.features);
        slt_json_key_uint(call->json, "hidden", net.hidden);
        put_values(call->json, names, values, 3);
    } else {
        printf("c       %zu   features; %zu hidden\n", net.features, net.hidden);
        print_row("H", values[0], "potential");
        print_row("L", values[1], "H / (3 c), the error summed over features");
        print_row("mse", values[2], "H / (3 c^2), its mean over features");
    }
    slt_theory_tms_free(&net);
    return SLT_OK;
}

static slt_status run_tms(const cli_call *call, slt_error *err)
{
    bool weights = cli_given(call, "weights");
    if (weights == cli_given(call, "polygon"))
        return slt_fail(err, SLT_USAGE, "theory tms: give either --polygon or --weights");
    if (weights && cli_given(call, "features"))
        return slt_fail(err, SLT_USAGE,
                        "theory tms: --features goes with --polygon; a file of weights "
                        "tells its own");
    return weights ? run_weights(call, err) : run_polygon(call, err);
}

static const cli_option tms_options[] = {
    {"polygon", 0, "K", "Corners of a standard polygon, 1 to 8.", NULL},
    {"features", 0, "C", "Features, K to 1024; by default K.", NULL},
    {"weights", 0, "FILE",
     "Instead: the potential at W and b of a text file. A line for each row of W, a last "
     "line for b; numbers separated by commas or blanks; lines that begin with # are "
     "skipped.",
     NULL},
};

const cli_command cli_theory_tms = {
    .name = "theory tms",
    .operands = "",
    .summary = "toy models of superposition: potential and polygons",
    .details =
        "Prints the population loss of ReLU(W'W x + b) on inputs with one feature on, "
        "its "
        "value uniform on [0,1]: at a standard polygon in two hidden dimensions, or at "
        "given weights, so that trained networks can be held against it.\n\n"
        "  L = H / (3 c),  H = sum over features i,  A = W'W,  l2 = A_ii,  b = b_i\n"
        "  N = (1-l2)^2 - 3 (1-l2) b + 3 b^2\n"
        "  b <= 0: sum over j != i with A_ij > 0 and -A_ij <= b of (A_ij+b)^3 / A_ij\n"
        "          + (b^3/l2^2 + b^3/l2 + N where l2 > 0 and -l2 <= b, else 1)\n"
        "  b > 0:  sum over j != i of (-b^3/A_ij where -A_ij > b,\n"
        "          else A_ij^2 + 3 A_ij b + 3 b^2) + N\n\n"
        "L is the error summed over features; a mean over features is L / c. Inputs that "
        "are exactly one-hot (value 1) have another loss.\n\n"
        "In a standard k-gon k of the c columns of W lie on a regular k-gon of length l "
        "with one bias b, the others are 0 with biases below 0. l and b minimise the "
        "potential h of the k features; L = (h + c - k) / (3 c). From 5 corners on the "
        "potential is curved in all of the polygon's 3 k parameters but its rotation, "
        "and "
        "flat in those of the other features: lambda = (3 k - 1) / 2. At a 4-gon the "
        "potential is not C2, so that no lambda is claimed there, nor below.\n\n"
        "Source: Z. Chen, E. Lau, J. Mendel, S. Wei and D. Murfet, Dynamical versus "
        "Bayesian phase transitions in a toy model of superposition (2023, "
        "arXiv:2310.06301).",
    .examples = "sltrace theory tms --polygon 5 --features 6    # L 0.06874, lambda 7\n"
                "sltrace theory tms --weights trained.csv",
    CLI_OPTIONS(tms_options),
    .json = true,
    .run = run_tms,
};
