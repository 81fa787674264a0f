/* The field of a prime as an arithmetic: its numbers, and the kernels of the operations
 * that are polynomials. */
#include "num/modular_internal.h"

#include <inttypes.h>

#include "base/assert.h"
#include "num/kernels.h"

slt_modulus slt_modulus_here;

static uint64_t root_here, order_here;

slt_status slt_modular_start(uint64_t prime, uint64_t order, slt_error *err)
{
    SLT_ASSERT(order >= 1 && order <= SLT_MODULAR_ORDER_MAX);
    if (prime < SLT_MODULAR_MIN || prime >= SLT_MODULAR_END)
        return slt_fail(err, SLT_USAGE,
                        "expected a prime from 2^32 to 2^61, found %" PRIu64, prime);
    if (prime % 2 == 0 || !slt_modulus_is_prime(prime))
        return slt_fail(err, SLT_USAGE, "%" PRIu64 " is not a prime", prime);
    if (prime % order != 1 % order)
        return slt_fail(err, SLT_USAGE,
                        "%" PRIu64 " is not 1 modulo %" PRIu64
                        ", so that roots of unity of this order, which the weights are "
                        "made of, are missing modulo it; expected such as %" PRIu64,
                        prime, order, slt_modular_prime(SLT_MODULAR_END, order));
    slt_modulus_here = slt_modulus_of(prime);
    order_here = order;
    root_here = slt_modulus_root(&slt_modulus_here, order);
    return SLT_OK;
}

/* ---- Numbers ----------------------------------------------------------------------- */

static uint64_t *modular_at(const slt_tensor *tensor)
{
    return tensor->data;
}

/* value 2^exponent. */
static uint64_t modular_scaled(uint64_t value, bool negative, int exponent)
{
    const slt_modulus *m = &slt_modulus_here;
    const uint64_t two = slt_modulus_enter(m, 2);
    uint64_t element = slt_modulus_enter(m, value);
    uint64_t scale =
        slt_modulus_power(m, two, (uint64_t)(exponent < 0 ? -exponent : exponent));
    if (exponent < 0)
        scale = slt_modulus_invert(m, scale);
    element = slt_modulus_mul(m, element, scale);
    return negative ? slt_modulus_sub(m, 0, element) : element;
}

uint64_t slt_modular_of_fixed(int64_t value, int frac)
{
    return modular_scaled(value < 0 ? 0 - (uint64_t)value : (uint64_t)value, value < 0,
                          -frac);
}

uint64_t slt_modular_of_real(slt_real value)
{
    const uint64_t exponent = value.bits >> 52 & 0x7ff;
    uint64_t mantissa = value.bits & ((UINT64_C(1) << 52) - 1);
    SLT_ASSERT(exponent != 0x7ff);
    if (exponent)
        mantissa |= UINT64_C(1) << 52;
    if (!mantissa)
        return 0;
    const int zeros = __builtin_ctzll(mantissa);
    return modular_scaled(mantissa >> zeros, value.bits >> 63,
                          (int)(exponent ? exponent : 1) - 1075 + zeros);
}

uint64_t slt_modular_residue(uint64_t element)
{
    return slt_modulus_leave(&slt_modulus_here, element);
}

/* (root^turn + root^-turn) / 2, as cos x = (e^ix + e^-ix) / 2. */
static uint64_t modular_cosine(uint64_t turn)
{
    const slt_modulus *m = &slt_modulus_here;
    uint64_t ahead = slt_modulus_power(m, root_here, turn);
    uint64_t sum = slt_modulus_add(m, ahead, slt_modulus_invert(m, ahead));
    return slt_modulus_mul(m, sum, slt_modulus_invert(m, slt_modulus_enter(m, 2)));
}

void slt_modular_put(const slt_modular_number *number, slt_tensor *to, size_t e)
{
    const slt_modulus *m = &slt_modulus_here;
    SLT_ASSERT(to->arithmetic == SLT_MODULAR && e < slt_tensor_count(to));
    SLT_ASSERT(number->order >= 1 && order_here % number->order == 0);
    SLT_ASSERT(number->denominator % m->prime != 0);
    uint64_t value = slt_modular_of_fixed(number->numerator, 0);
    if (number->denominator != 1)
        value = slt_modulus_mul(
            m, value, slt_modulus_invert(m, slt_modulus_enter(m, number->denominator)));
    if (value && number->turn % number->order)
        value = slt_modulus_mul(
            m, value,
            modular_cosine(number->turn % number->order * (order_here / number->order)));
    modular_at(to)[e] = value;
}

/* ---- Kernels ----------------------------------------------------------------------- */

/* The sum over k < count of a[k step_a] b[k step_b]. */
static uint64_t modular_dot(const uint64_t *a, size_t step_a, const uint64_t *b,
                            size_t step_b, size_t count)
{
    const slt_modulus *m = &slt_modulus_here;
    uint64_t sum = 0;
    for (size_t k = 0; k < count;) {
        size_t end = count - k < SLT_MODULUS_SUMMED ? count : k + SLT_MODULUS_SUMMED;
        slt_wide part = {0, 0};
        for (; k < end; k++)
            part = slt_wide_add(part, slt_wide_mul_u64(a[k * step_a], b[k * step_b]));
        sum = slt_modulus_add(m, sum, slt_modulus_reduce(m, part));
    }
    return sum;
}

static void modular_product(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                            const slt_tensor *b, slt_tensor *c)
{
    const size_t row_a = ta == SLT_PLAIN ? a->cols : 1;
    const size_t step_a = ta == SLT_PLAIN ? 1 : a->cols;
    const size_t col_b = tb == SLT_PLAIN ? 1 : b->cols;
    const size_t step_b = tb == SLT_PLAIN ? b->cols : 1;
    const size_t count = ta == SLT_PLAIN ? a->cols : a->rows;
    for (size_t i = 0; i < c->rows; i++)
        for (size_t j = 0; j < c->cols; j++)
            modular_at(c)[i * c->cols + j] =
                modular_dot(modular_at(a) + i * row_a, step_a, modular_at(b) + j * col_b,
                            step_b, count);
}

static void modular_add(const slt_tensor *a, const slt_tensor *b, slt_tensor *out)
{
    for (size_t e = 0; e < slt_tensor_count(out); e++)
        modular_at(out)[e] =
            slt_modulus_add(&slt_modulus_here, modular_at(a)[e], modular_at(b)[e]);
}

static void modular_subtract(const slt_tensor *a, const slt_tensor *b, slt_tensor *out)
{
    for (size_t e = 0; e < slt_tensor_count(out); e++)
        modular_at(out)[e] =
            slt_modulus_sub(&slt_modulus_here, modular_at(a)[e], modular_at(b)[e]);
}

static void modular_negate(const slt_tensor *x, slt_tensor *y)
{
    for (size_t e = 0; e < slt_tensor_count(y); e++)
        modular_at(y)[e] = slt_modulus_sub(&slt_modulus_here, 0, modular_at(x)[e]);
}

static void modular_multiply(const slt_tensor *a, const slt_tensor *b, slt_tensor *out)
{
    for (size_t e = 0; e < slt_tensor_count(out); e++)
        modular_at(out)[e] =
            slt_modulus_mul(&slt_modulus_here, modular_at(a)[e], modular_at(b)[e]);
}

static void modular_multiply_columns(const slt_tensor *x, const slt_tensor *weight,
                                     slt_tensor *y)
{
    for (size_t e = 0; e < slt_tensor_count(y); e++)
        modular_at(y)[e] = slt_modulus_mul(&slt_modulus_here, modular_at(x)[e],
                                           modular_at(weight)[e % x->cols]);
}

static void modular_column_dots(const slt_tensor *a, const slt_tensor *b, slt_tensor *out)
{
    const slt_modulus *m = &slt_modulus_here;
    slt_tensor_zero(out);
    for (size_t e = 0; e < slt_tensor_count(a); e++) {
        uint64_t *sum = &modular_at(out)[e % a->cols];
        *sum = slt_modulus_add(m, *sum,
                               slt_modulus_mul(m, modular_at(a)[e], modular_at(b)[e]));
    }
}

static void modular_scale(slt_real scalar, const slt_tensor *x, slt_tensor *y)
{
    const uint64_t factor = slt_modular_of_real(scalar);
    for (size_t e = 0; e < slt_tensor_count(y); e++)
        modular_at(y)[e] = slt_modulus_mul(&slt_modulus_here, factor, modular_at(x)[e]);
}

static void modular_concat(const slt_tensor *const *parts, size_t count, slt_tensor *to)
{
    uint64_t *at = modular_at(to);
    for (size_t i = 0; i < to->rows; i++)
        for (size_t p = 0; p < count; p++)
            for (size_t j = 0; j < parts[p]->cols; j++)
                *at++ = modular_at(parts[p])[i * parts[p]->cols + j];
}

static void modular_add_bias(slt_tensor *y, const slt_tensor *bias)
{
    for (size_t e = 0; e < slt_tensor_count(y); e++)
        modular_at(y)[e] = slt_modulus_add(&slt_modulus_here, modular_at(y)[e],
                                           modular_at(bias)[e % y->cols]);
}

static void modular_column_sums(const slt_tensor *dy, slt_tensor *out)
{
    slt_tensor_zero(out);
    for (size_t e = 0; e < slt_tensor_count(dy); e++)
        modular_at(out)[e % dy->cols] = slt_modulus_add(
            &slt_modulus_here, modular_at(out)[e % dy->cols], modular_at(dy)[e]);
}

static void modular_square(const slt_tensor *x, slt_tensor *y)
{
    for (size_t e = 0; e < slt_tensor_count(y); e++)
        modular_at(y)[e] =
            slt_modulus_mul(&slt_modulus_here, modular_at(x)[e], modular_at(x)[e]);
}

static void modular_square_back(const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx)
{
    const slt_modulus *m = &slt_modulus_here;
    for (size_t e = 0; e < slt_tensor_count(dx); e++)
        modular_at(dx)[e] = slt_modulus_mul(
            m, slt_modulus_add(m, modular_at(x)[e], modular_at(x)[e]), modular_at(dy)[e]);
}

/* Numbers a step apart lose their mean. */
static void centre_numbers(uint64_t *x, size_t count, size_t step, uint64_t share)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum = slt_modulus_add(&slt_modulus_here, sum, x[i * step]);
    sum = slt_modulus_mul(&slt_modulus_here, sum, share);
    for (size_t i = 0; i < count; i++)
        x[i * step] = slt_modulus_sub(&slt_modulus_here, x[i * step], sum);
}

static void modular_centre(slt_centre centre, slt_tensor *x)
{
    const slt_modulus *m = &slt_modulus_here;
    const bool samples = centre == SLT_CENTRE_SAMPLES;
    const size_t count = samples ? x->rows : x->cols;
    const uint64_t share = slt_modulus_invert(m, slt_modulus_enter(m, count));
    for (size_t j = 0; samples && j < x->cols; j++)
        centre_numbers(modular_at(x) + j, count, x->cols, share);
    for (size_t i = 0; centre == SLT_CENTRE_OUTPUTS && i < x->rows; i++)
        centre_numbers(modular_at(x) + i * x->cols, count, 1, share);
}

static void modular_embedding(const slt_tensor *weight, const slt_tensor *index,
                              slt_tensor *y)
{
    const int32_t *row = index->data;
    for (size_t i = 0; i < y->rows; i++)
        for (size_t j = 0; j < y->cols; j++)
            modular_at(y)[i * y->cols + j] =
                modular_at(weight)[(size_t)row[i] * y->cols + j];
}

static void modular_embedding_back(const slt_tensor *index, const slt_tensor *dy,
                                   slt_tensor *dweight)
{
    const int32_t *row = index->data;
    slt_tensor_zero(dweight);
    for (size_t i = 0; i < dy->rows; i++)
        for (size_t j = 0; j < dy->cols; j++) {
            uint64_t *to = modular_at(dweight) + (size_t)row[i] * dy->cols + j;
            *to =
                slt_modulus_add(&slt_modulus_here, *to, modular_at(dy)[i * dy->cols + j]);
        }
}

const slt_kernels slt_kernels_modular = {
    .isa = "scalar",
    .product = modular_product,
    .add_bias = modular_add_bias,
    .column_sums = modular_column_sums,
    .add = modular_add,
    .subtract = modular_subtract,
    .negate = modular_negate,
    .multiply = modular_multiply,
    .multiply_columns = modular_multiply_columns,
    .column_dots = modular_column_dots,
    .scale = modular_scale,
    .concat = modular_concat,
    .square = modular_square,
    .square_back = modular_square_back,
    .centre = modular_centre,
    .embedding = modular_embedding,
    .embedding_back = modular_embedding_back,
};
