/* exponential: on a line two classes, the one above `gap` and the other below -gap, both
 * falling off as exp(-|x|).  |x| of sample s is element s of the exponentials of tensor 0
 * from gap + shift on; the first half of the samples has target 1, the rest, with x below
 * 0, -1.  signs: positive has the first class alone. */
#include "data/kinds_internal.h"

#include "num/element.h"
#include "num/ops.h"
#include "num/scalar.h"

/* Tensor numbers of the draws: part of the bits. */
enum { DRAW_SIZE = 0 };

typedef struct exponential {
    slt_real shift;
    bool positive; /* signs: positive */
} exponential;

static const exponential *exponential_of(const slt_data_spec *spec)
{
    return (const void *)spec->own;
}

static size_t positive_samples(const slt_data_spec *spec)
{
    return exponential_of(spec)->positive ? spec->samples : spec->samples / 2;
}

static slt_status exponential_fit(const slt_data_spec *spec, const char **field,
                                  slt_error *err)
{
    return exponential_of(spec)->positive ? SLT_OK : slt_data_halves(spec, field, err);
}

static slt_status exponential_check(const slt_data_spec *spec, slt_error *err)
{
    (void)spec, (void)err;
    return SLT_OK;
}

static void exponential_shape(const slt_data_spec *spec, slt_arithmetic arithmetic,
                              slt_batch *shape)
{
    (void)spec;
    slt_data_shape_numbers(shape, arithmetic, 1, 1);
}

static slt_status exponential_make(const slt_data_spec *spec, slt_seed seed,
                                   slt_data *data, slt_error *err)
{
    const size_t positive = positive_samples(spec);
    slt_tensor *x = &data->train.input[0], *y = &data->train.target;
    (void)err;
    slt_draw_exponential(slt_data_stream(seed, DRAW_SIZE), x,
                         slt_real_add(spec->gap, exponential_of(spec)->shift));
    slt_data_put_signs(y, positive);
    for (size_t s = positive; s < x->rows; s++)
        slt_num_put_product(x, s, y, s, x, s);
    return SLT_OK;
}

static slt_function_set exponential_functions(const slt_data_spec *spec,
                                              slt_arithmetic arithmetic)
{
    (void)spec;
    return slt_functions_of_exponentials(arithmetic);
}

/* ---- The error --------------------------------------------------------------------- */

/* The share of Exp(1) at most d: 1 - exp(-d), by Kahan's formula, of which neither a
 * small nor a large d takes the digits. */
static slt_real share_below(slt_real d)
{
    const slt_real one = slt_real_of(1);
    if (!slt_real_less(slt_real_of(0), d))
        return slt_real_of(0);
    const slt_real rest = slt_real_exp(slt_real_neg(d)), share = slt_real_sub(one, rest);
    if (!slt_real_less(rest, one))
        return d;
    if (!slt_real_less(slt_real_of(0), rest))
        return share;
    return slt_real_div(slt_real_mul(share, d), slt_real_neg(slt_real_log(rest)));
}

/* Of the class of that side: what lies between gap and the model's threshold, or, where
 * the model has the signs the wrong way round, all but that. */
static slt_real error_of_class(slt_real gap, slt_real threshold, bool turned)
{
    const slt_real d = slt_real_sub(threshold, gap);
    if (!turned)
        return share_below(d);
    return slt_real_less(slt_real_of(0), d) ? slt_real_exp(slt_real_neg(d))
                                            : slt_real_of(1);
}

static slt_real exponential_error(const slt_data_spec *spec, const slt_tensor *weight,
                                  slt_real bias)
{
    const slt_real zero = slt_real_of(0), slope = slt_tensor_get(weight, 0);
    const bool positive = exponential_of(spec)->positive;
    if (!(slope.bits << 1))
        return !positive                   ? slt_data_error_alike(bias)
               : slt_real_less(zero, bias) ? zero
                                           : slt_real_of(1);
    const slt_real threshold = slt_real_neg(slt_real_div(bias, slope));
    const bool turned = slt_real_less(slope, zero);
    const slt_real above = error_of_class(spec->gap, threshold, turned);
    if (positive)
        return above;
    const slt_real below = error_of_class(spec->gap, slt_real_neg(threshold), turned);
    return slt_real_mul(slt_real_of(0.5), slt_real_add(above, below));
}

/* ---- Trials side by side ----------------------------------------------------------- */

static slt_status exponential_make_abreast(const slt_data_spec *spec, slt_seed seed,
                                           slt_tensor *x, slt_error *err)
{
    const slt_real minus = slt_real_of(-1);
    const size_t positive = positive_samples(spec);
    slt_tensor rest = *x;
    (void)err;
    slt_draw_exponential_abreast(slt_data_stream(seed, DRAW_SIZE), x,
                                 slt_real_add(spec->gap, exponential_of(spec)->shift));
    rest.rows = x->rows - positive;
    rest.data = (slt_real *)x->data + positive * x->cols;
    slt_num_scale(minus, &rest, &rest);
    return SLT_OK;
}

static const slt_real slack_of_one = {(uint64_t)(1023 - 40) << 52}; /* 2^-40 */

/* A threshold, bias / weight, that lies well within the gap has no error, and one well
 * beyond it some. */
static void exponential_bound_errors(const slt_data_spec *spec, const slt_tensor *weight,
                                     const slt_tensor *bias, bool near, size_t count,
                                     slt_real *low, slt_real *high)
{
    const slt_real zero = slt_real_of(0), least = {1};
    const slt_real edge = slt_real_mul(spec->gap, slt_tensor_get(weight, 0));
    const slt_real slack = slt_real_mul(edge, slack_of_one);
    const slt_real within = slt_real_sub(edge, slack);
    const slt_real beyond = slt_real_add(edge, slack);
    if (near || !bias->data || weight->cols != 1 || !slt_real_less(zero, edge) ||
        exponential_of(spec)->positive)
        return;
    for (size_t t = 0; t < count; t++) {
        const slt_real size = {((const slt_real *)bias->data)[t].bits & INT64_MAX};
        if (slt_real_less(size, within))
            high[t] = zero;
        else if (slt_real_less(beyond, size) && slt_real_finite(size))
            low[t] = least;
    }
}

/* ---- Fields ------------------------------------------------------------------------ */

static const slt_schema field_shift = {
    .key = "shift",
    .type = SLT_SCHEMA_REAL,
    OWN(slt_data_spec, exponential, shift),
    .range = SLT_RANGE_NOT_NEGATIVE,
    PRESET(REAL_VALUE(0x0)),
    .also = "offset",
    .meaning =
        "how much further from 0 the samples lie than the law that they stand for"};

static const slt_schema field_signs = {
    .key = "signs",
    .type = SLT_SCHEMA_WORD,
    OWN(slt_data_spec, exponential, positive),
    WORDS("both", "positive"),
    PRESET(TEXT_VALUE("both")),
    .also = "classes|sign",
    .meaning = "both classes, half of the samples each, or the one with target 1 alone"};

const slt_data_type slt_data_exponential = {
    .name = "exponential",
    .meaning = "two classes on a line, gap + Exp(1) above 0 and the same below; target 1 "
               "and -1",
    .fields = FIELD_LIST(&slt_data_field_samples, &slt_data_field_gap, &field_shift,
                         &field_signs),
    .fit = exponential_fit,
    .signs = true,
    .check = exponential_check,
    .shape = exponential_shape,
    .make = exponential_make,
    .functions = exponential_functions,
    .error = exponential_error,
    .make_abreast = exponential_make_abreast,
    .bound_errors = exponential_bound_errors,
    .error_functions = (slt_function_set)1 << SLT_FN_exp | (slt_function_set)1
                                                               << SLT_FN_log,
};
