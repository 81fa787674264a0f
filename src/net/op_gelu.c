/* gelu: out = in Phi(in), Phi the normal distribution function, element by element; or,
 * in its form with tanh, what is near Phi: (1 + tanh(sqrt(2 / pi) (in + 0.044715 in^3)))
 * / 2. */
#include "base/schema_rows.h"
#include "net/curve.h"
#include "num/ops.h"

/* That of the form with tanh; the exact one has kernels of its own. */
static const slt_op_curve tanh_form = {slt_num_gelu_tanh, slt_num_gelu_tanh_bend};

static bool has_tanh(const slt_op_spec *spec)
{
    return spec->form == SLT_FORM_TANH;
}

static void forward_gelu(const slt_op_call *call, slt_tensor *out)
{
    if (has_tanh(call->spec))
        slt_op_curve_forward(call, out);
    else if (call->kept)
        slt_num_gelu_slope(call->in[0], out, call->kept);
    else
        slt_num_gelu(call->in[0], out);
}

static void backward_gelu(const slt_op_call *call, const slt_tensor *dout,
                          slt_op_argument argument, slt_tensor *gradient)
{
    if (has_tanh(call->spec))
        slt_op_curve_backward(call, dout, argument, gradient);
    else if (call->kept)
        slt_num_multiply(dout, call->kept, gradient);
    else
        slt_num_gelu_back(call->in[0], dout, gradient);
}

/* A number's slope is the same in both directions. */
static void tangent_gelu(const slt_op_call *call, slt_op_argument argument,
                         const slt_tensor *change, slt_tensor *out)
{
    backward_gelu(call, change, argument, out);
}

static bool second_gelu(const slt_op_call *call, const slt_tensor *dout,
                        slt_op_argument argument, slt_op_argument moved,
                        const slt_tensor *change, slt_tensor *gradient)
{
    if (has_tanh(call->spec))
        return slt_op_curve_second(call, dout, argument, moved, change, gradient);
    slt_num_gelu_second(call->in[0], dout, change, gradient);
    return true;
}

static void count_gelu(const slt_cost_site *site, slt_cost *cost)
{
    cost->functions += site->out * (site->gradient ? 2 : 1);
}

static slt_function_set functions_gelu(const slt_op_spec *spec, slt_arithmetic arithmetic)
{
    return has_tanh(spec) ? slt_functions_of_sigmoid(arithmetic)
                          : slt_functions_of_gelu(arithmetic);
}

_Static_assert(SLT_FORM_EXACT == 0 && SLT_FORM_TANH == 1, "words of form");
static const slt_schema field_form = {
    .key = "form",
    .type = SLT_SCHEMA_WORD,
    AT(slt_op_spec, form),
    WORDS("exact", "tanh"),
    PRESET(TEXT_VALUE("exact")),
    .also = "approximate",
    .meaning = "by the error function, or the approximation with tanh"};

const slt_op_type slt_op_gelu = {
    .name = "gelu",
    .fields = FIELD_LIST(&field_form),
    .inputs_min = 1,
    .inputs_max = 1,
    .in_place = true,
    .elementwise = true,
    .keeps = true,
    .curve = &tanh_form,
    .shape = slt_op_same_width,
    .forward = forward_gelu,
    .backward = backward_gelu,
    .tangent = tangent_gelu,
    .second = second_gelu,
    .cost = count_gelu,
    .functions = functions_gelu,
};
