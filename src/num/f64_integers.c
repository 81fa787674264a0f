/* binary64 by integers: the kernels with which weights are planted (net/plant.h) for a
 * fixed-point run where floats are not available.  Each has the bits of the float kernel
 * of its name.  There is no other use for them: runs of f64 are refused there.  Rows of
 * functions that scalar.h does not have are left out. */
#include <string.h>

#include "num/kernels.h"
#include "num/scalar.h"
#include "num/scratch.h"

#define ZERO ((slt_real){0})
#define ONE ((slt_real){UINT64_C(0x3ff) << 52})

enum { PARTIALS = 64 };

static slt_real *numbers(const slt_tensor *tensor)
{
    return tensor->data;
}

/* ---- Products ---------------------------------------------------------------------- */

static void integers_product(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                             const slt_tensor *b, slt_tensor *c)
{
    const size_t depth = ta == SLT_PLAIN ? a->cols : a->rows;
    const size_t row = ta == SLT_PLAIN ? a->cols : 1,
                 down = ta == SLT_PLAIN ? 1 : a->cols;
    const size_t along = tb == SLT_PLAIN ? b->cols : 1,
                 col = tb == SLT_PLAIN ? 1 : b->cols;
    for (size_t i = 0; i < c->rows; i++)
        for (size_t j = 0; j < c->cols; j++) {
            slt_real sum = ZERO;
            for (size_t k = 0; k < depth; k++)
                sum = slt_real_fma(numbers(a)[i * row + k * down],
                                   numbers(b)[k * along + j * col], sum);
            numbers(c)[i * c->cols + j] = sum;
        }
}

static void integers_column_sums(const slt_tensor *dy, slt_tensor *out)
{
    for (size_t j = 0; j < dy->cols; j++) {
        slt_real sum = ZERO;
        for (size_t i = 0; i < dy->rows; i++)
            sum = slt_real_add(numbers(dy)[i * dy->cols + j], sum);
        numbers(out)[j] = sum;
    }
}

static void integers_embedding(const slt_tensor *weight, const slt_tensor *index,
                               slt_tensor *y)
{
    const int32_t *from = index->data;
    for (size_t e = 0; e < slt_tensor_count(y); e++) {
        size_t row = (size_t)from[e / y->cols];
        numbers(y)[e] = slt_real_add(numbers(weight)[row * y->cols + e % y->cols], ZERO);
    }
}

static void integers_embedding_added(const slt_tensor *weight, const slt_tensor *index,
                                     slt_tensor *y)
{
    const int32_t *from = index->data;
    for (size_t e = 0; e < slt_tensor_count(y); e++) {
        size_t row = (size_t)from[e / y->cols];
        slt_real element = numbers(weight)[row * y->cols + e % y->cols];
        numbers(y)[e] = slt_real_add(numbers(y)[e], slt_real_add(element, ZERO));
    }
}

static void integers_embedding_back(const slt_tensor *index, const slt_tensor *dy,
                                    slt_tensor *dweight)
{
    const int32_t *to = index->data;
    slt_tensor_zero(dweight);
    for (size_t e = 0; e < slt_tensor_count(dy); e++) {
        slt_real *sum =
            numbers(dweight) + (size_t)to[e / dy->cols] * dy->cols + e % dy->cols;
        *sum = slt_real_add(numbers(dy)[e], *sum);
    }
}

/* ---- Element by element ------------------------------------------------------------ */

static void integers_add_bias(slt_tensor *y, const slt_tensor *bias)
{
    for (size_t e = 0; e < slt_tensor_count(y); e++)
        numbers(y)[e] = slt_real_add(numbers(y)[e], numbers(bias)[e % y->cols]);
}

static void integers_add(const slt_tensor *a, const slt_tensor *b, slt_tensor *out)
{
    for (size_t e = 0; e < slt_tensor_count(out); e++)
        numbers(out)[e] = slt_real_add(numbers(a)[e], numbers(b)[e]);
}

static void integers_subtract(const slt_tensor *a, const slt_tensor *b, slt_tensor *out)
{
    for (size_t e = 0; e < slt_tensor_count(out); e++)
        numbers(out)[e] = slt_real_sub(numbers(a)[e], numbers(b)[e]);
}

static void integers_negate(const slt_tensor *x, slt_tensor *y)
{
    for (size_t e = 0; e < slt_tensor_count(x); e++)
        numbers(y)[e] = slt_real_neg(numbers(x)[e]);
}

static void integers_multiply(const slt_tensor *a, const slt_tensor *b, slt_tensor *out)
{
    for (size_t e = 0; e < slt_tensor_count(out); e++)
        numbers(out)[e] = slt_real_mul(numbers(a)[e], numbers(b)[e]);
}

static void integers_concat(const slt_tensor *const *parts, size_t count, slt_tensor *to)
{
    slt_real *at = numbers(to);
    for (size_t i = 0; i < to->rows; i++)
        for (size_t p = 0; p < count; p++)
            for (size_t j = 0; j < parts[p]->cols; j++)
                *at++ = numbers(parts[p])[i * parts[p]->cols + j];
}

static void integers_relu(const slt_tensor *x, slt_tensor *y)
{
    for (size_t e = 0; e < slt_tensor_count(x); e++)
        numbers(y)[e] = slt_real_less(ZERO, numbers(x)[e]) ? numbers(x)[e] : ZERO;
}

static void integers_relu_back(const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx)
{
    for (size_t e = 0; e < slt_tensor_count(x); e++)
        numbers(dx)[e] = slt_real_less(ZERO, numbers(x)[e]) ? numbers(dy)[e] : ZERO;
}

static void integers_square(const slt_tensor *x, slt_tensor *y)
{
    for (size_t e = 0; e < slt_tensor_count(x); e++)
        numbers(y)[e] = slt_real_mul(numbers(x)[e], numbers(x)[e]);
}

static void integers_square_back(const slt_tensor *x, const slt_tensor *dy,
                                 slt_tensor *dx)
{
    for (size_t e = 0; e < slt_tensor_count(x); e++)
        numbers(dx)[e] =
            slt_real_mul(slt_real_add(numbers(x)[e], numbers(x)[e]), numbers(dy)[e]);
}

static void integers_scale(slt_real scalar, const slt_tensor *x, slt_tensor *y)
{
    for (size_t e = 0; e < slt_tensor_count(x); e++)
        numbers(y)[e] = slt_real_mul(scalar, numbers(x)[e]);
}

static void integers_sincospi(const slt_tensor *x, slt_tensor *sine, slt_tensor *cosine)
{
    for (size_t e = 0; e < slt_tensor_count(x); e++) {
        slt_real_sincos both = slt_real_sincospi(numbers(x)[e]);
        numbers(sine)[e] = both.sine;
        numbers(cosine)[e] = both.cosine;
    }
}

static void integers_log(const slt_tensor *x, slt_tensor *y)
{
    for (size_t e = 0; e < slt_tensor_count(x); e++)
        numbers(y)[e] = slt_real_log(numbers(x)[e]);
}

static void integers_exp(const slt_tensor *x, slt_tensor *y)
{
    for (size_t e = 0; e < slt_tensor_count(x); e++)
        numbers(y)[e] = slt_real_exp(numbers(x)[e]);
}

/* ---- The logistic function, and what is made of it ----------------------------------
 */

/* A value, its slope and its bend; kernels/sigmoid.c and gate.c have the formulas. */
typedef struct logistic {
    slt_real s, d, k;
} logistic;

static slt_real minus_size(slt_real x)
{
    return slt_real_less(x, ZERO) ? x : slt_real_neg(x);
}

static logistic logistic_of(slt_real v)
{
    const bool below = slt_real_less(v, ZERO);
    const slt_real q = slt_real_exp(minus_size(v));
    const slt_real r = slt_real_div(ONE, slt_real_add(ONE, q));
    const slt_real qr = slt_real_mul(q, r), d = slt_real_mul(qr, r);
    const slt_real c = below ? slt_real_sub(ONE, q) : slt_real_sub(q, ONE);
    return (logistic){below ? qr : r, d, slt_real_mul(d, slt_real_mul(c, r))};
}

/* Where they go, element by element; any may be NULL. */
typedef struct places {
    const slt_tensor *value, *slope, *bend;
} places;

static void put(places to, size_t e, logistic found)
{
    if (to.value)
        numbers(to.value)[e] = found.s;
    if (to.slope)
        numbers(to.slope)[e] = found.d;
    if (to.bend)
        numbers(to.bend)[e] = found.k;
}

/* x s(v), g being the derivative of v by z and j = z v'' + 2 g. */
static logistic gated(slt_real x, slt_real z, slt_real v, slt_real g, slt_real j)
{
    const logistic at = logistic_of(v);
    const slt_real zg = slt_real_mul(z, g);
    return (logistic){slt_real_mul(x, at.s), slt_real_fma(zg, at.d, at.s),
                      slt_real_fma(zg, slt_real_mul(at.k, g), slt_real_mul(at.d, j))};
}

static logistic silu_of(slt_real x)
{
    return gated(x, x, x, ONE, slt_real_from_u64(2));
}

static logistic gelu_tanh_of(slt_real x)
{
    static const slt_real b = {UINT64_C(0x3ff9884533d43651)}, /* 2 sqrt(2 / pi) */
        a = {UINT64_C(0x3fb2444f2a4d8b4b)},                   /* 0.044715 b */
        e = {UINT64_C(0x3fcb6676bf7450f0)};                   /* 3 0.044715 b */
    const slt_real end = slt_real_from_u64(32), low = slt_real_neg(end);
    const slt_real z = slt_real_less(end, x) ? end : slt_real_less(x, low) ? low : x;
    const slt_real p = slt_real_mul(z, z);
    return gated(
        x, z, slt_real_mul(z, slt_real_fma(a, p, b)), slt_real_fma(e, p, b),
        slt_real_fma(slt_real_mul(slt_real_from_u64(4), e), p, slt_real_add(b, b)));
}

static logistic softplus_of(slt_real x)
{
    const logistic at = logistic_of(x);
    const slt_real q = slt_real_exp(minus_size(x)), u = slt_real_add(ONE, q);
    slt_real part = q;
    if (u.bits != ONE.bits)
        part = slt_real_mul(slt_real_log(u), slt_real_div(q, slt_real_sub(u, ONE)));
    return (logistic){slt_real_less(ZERO, x) ? slt_real_add(x, part) : part, at.s, at.d};
}

static void each(logistic (*of)(slt_real x), const slt_tensor *x, places to)
{
    for (size_t e = 0; e < slt_tensor_count(x); e++)
        put(to, e, of(numbers(x)[e]));
}

static void integers_sigmoid(const slt_tensor *x, slt_tensor *y, slt_tensor *slope)
{
    each(logistic_of, x, (places){y, slope, NULL});
}

static void integers_sigmoid_bend(const slt_tensor *x, slt_tensor *bend)
{
    each(logistic_of, x, (places){NULL, NULL, bend});
}

static void integers_silu(const slt_tensor *x, slt_tensor *y, slt_tensor *slope)
{
    each(silu_of, x, (places){y, slope, NULL});
}

static void integers_silu_bend(const slt_tensor *x, slt_tensor *bend)
{
    each(silu_of, x, (places){NULL, NULL, bend});
}

static void integers_gelu_tanh(const slt_tensor *x, slt_tensor *y, slt_tensor *slope)
{
    each(gelu_tanh_of, x, (places){y, slope, NULL});
}

static void integers_gelu_tanh_bend(const slt_tensor *x, slt_tensor *bend)
{
    each(gelu_tanh_of, x, (places){NULL, NULL, bend});
}

static void integers_softplus(const slt_tensor *x, slt_tensor *y, slt_tensor *slope)
{
    each(softplus_of, x, (places){y, slope, NULL});
}

/* ---- Reductions -------------------------------------------------------------------- */

static slt_real integers_tree(slt_real partial[PARTIALS])
{
    for (int width = PARTIALS / 2; width >= 1; width /= 2)
        for (int j = 0; j < width; j++)
            partial[j] = slt_real_add(partial[j], partial[j + width]);
    return partial[0];
}

static slt_real inner_product(const slt_real *a, const slt_real *b, size_t count)
{
    slt_real partial[PARTIALS] = {{0}};
    for (size_t e = 0; e < count; e++)
        partial[e % PARTIALS] = slt_real_fma(a[e], b[e], partial[e % PARTIALS]);
    return integers_tree(partial);
}

static slt_real integers_dot(const slt_tensor *a, const slt_tensor *b)
{
    return inner_product(numbers(a), numbers(b), slt_tensor_count(a));
}

static bool integers_finite(const slt_tensor *tensor)
{
    bool finite = true;
    for (size_t e = 0; e < slt_tensor_count(tensor); e++)
        finite &= slt_real_finite(numbers(tensor)[e]);
    return finite;
}

/* ---- Losses ------------------------------------------------------------------------ */

/* The sum of squares of count errors; dy, where there is one, is scale times them. */
static slt_real square_errors(const slt_real *error, size_t count, slt_real scale,
                              slt_tensor *dy)
{
    slt_real sum = inner_product(error, error, count);
    for (size_t e = 0; dy && e < count; e++)
        numbers(dy)[e] = slt_real_mul(scale, error[e]);
    return sum;
}

static slt_real integers_squared_error(const slt_tensor *y, const slt_tensor *t,
                                       slt_real scale, slt_tensor *dy)
{
    const size_t count = slt_tensor_count(y);
    slt_real *error = dy ? numbers(dy) : slt_kernel_scratch(count * sizeof *error);
    for (size_t e = 0; e < count; e++)
        error[e] = slt_real_sub(numbers(y)[e], numbers(t)[e]);
    return square_errors(error, count, scale, dy);
}

static void take_mean(slt_real mean, slt_real *x, size_t count, size_t stride)
{
    for (size_t i = 0; i < count; i++)
        x[i * stride] = slt_real_sub(x[i * stride], mean);
}

static void centre_numbers(slt_centre centre, slt_real *x, size_t rows, size_t cols)
{
    for (size_t j = 0; centre == SLT_CENTRE_SAMPLES && j < cols; j++) {
        slt_real sum = ZERO;
        for (size_t i = 0; i < rows; i++)
            sum = slt_real_add(x[i * cols + j], sum);
        take_mean(slt_real_div(sum, slt_real_from_u64(rows)), x + j, rows, cols);
    }
    for (size_t i = 0; centre == SLT_CENTRE_OUTPUTS && i < rows; i++)
        take_mean(slt_real_mean(x + i * cols, cols), x + i * cols, cols, 1);
}

static void integers_centre(slt_centre centre, slt_tensor *x)
{
    centre_numbers(centre, numbers(x), x->rows, x->cols);
}

static slt_real integers_class_error(const slt_tensor *y, const slt_tensor *t,
                                     slt_centre centre, slt_real scale, slt_tensor *dy)
{
    const int32_t *target = t->data;
    const size_t count = slt_tensor_count(y);
    slt_real *error = dy ? numbers(dy) : slt_kernel_scratch(count * sizeof *error);
    for (size_t e = 0; e < count; e++) {
        bool hit = e % y->cols == (size_t)target[e / y->cols];
        error[e] = hit ? slt_real_sub(numbers(y)[e], ONE) : numbers(y)[e];
    }
    centre_numbers(centre, error, y->rows, y->cols);
    return square_errors(error, count, scale, dy);
}

/* ---- Rows by their size -------------------------------------------------------------
 */

static void integers_multiply_columns(const slt_tensor *x, const slt_tensor *weight,
                                      slt_tensor *y)
{
    for (size_t e = 0; e < slt_tensor_count(x); e++)
        numbers(y)[e] = slt_real_mul(numbers(weight)[e % x->cols], numbers(x)[e]);
}

static void integers_column_dots(const slt_tensor *a, const slt_tensor *b,
                                 slt_tensor *out)
{
    slt_tensor_zero(out);
    for (size_t e = 0; e < slt_tensor_count(a); e++) {
        slt_real *sum = &numbers(out)[e % a->cols];
        *sum = slt_real_fma(numbers(a)[e], numbers(b)[e], *sum);
    }
}

static slt_real mean_product(const slt_real *a, const slt_real *b, size_t cols)
{
    return slt_real_div(inner_product(a, b, cols), slt_real_from_u64(cols));
}

static void centre_row(bool centred, const slt_real *x, size_t cols, slt_real *to)
{
    memmove(to, x, cols * sizeof *to);
    if (centred)
        take_mean(slt_real_mean(to, cols), to, cols, 1);
}

/* Leaves n in `to`; returns i. */
static slt_real normalize_row(slt_normalize how, const slt_real *x, size_t cols,
                              slt_real *to)
{
    centre_row(how.centred, x, cols, to);
    const slt_real square = slt_real_add(mean_product(to, to, cols), how.eps);
    const slt_real by = slt_real_div(ONE, slt_real_sqrt(square));
    for (size_t j = 0; j < cols; j++)
        to[j] = slt_real_mul(to[j], by);
    return by;
}

/* Leaves g - mean(g) - q n in `to`; returns q. */
static slt_real project_row(bool centred, const slt_real *g, const slt_real *n,
                            size_t cols, slt_real *to)
{
    const slt_real share = mean_product(g, n, cols);
    centre_row(centred, g, cols, to);
    for (size_t j = 0; j < cols; j++)
        to[j] = slt_real_fma(slt_real_neg(share), n[j], to[j]);
    return share;
}

static void integers_normalize(slt_normalize how, const slt_tensor *x, slt_tensor *y)
{
    for (size_t i = 0; i < x->rows; i++)
        normalize_row(how, numbers(x) + i * x->cols, x->cols, numbers(y) + i * x->cols);
}

static void integers_normalize_back(slt_normalize how, const slt_tensor *x,
                                    const slt_tensor *dy, slt_tensor *dx)
{
    const size_t cols = x->cols;
    slt_real *n = slt_kernel_scratch(cols * sizeof *n);
    for (size_t i = 0; i < x->rows; i++) {
        slt_real *to = numbers(dx) + i * cols;
        const slt_real by = normalize_row(how, numbers(x) + i * cols, cols, n);
        project_row(how.centred, numbers(dy) + i * cols, n, cols, to);
        for (size_t j = 0; j < cols; j++)
            to[j] = slt_real_mul(by, to[j]);
    }
}

static void integers_normalize_second(slt_normalize how, const slt_tensor *x,
                                      const slt_tensor *dy, const slt_tensor *change,
                                      slt_tensor *dx)
{
    const size_t cols = x->cols;
    slt_real *n = slt_kernel_scratch(3 * cols * sizeof *n), *slope = n + cols,
             *moved = slope + cols;
    for (size_t i = 0; i < x->rows; i++) {
        const slt_real *g = numbers(dy) + i * cols;
        const slt_real by = normalize_row(how, numbers(x) + i * cols, cols, n);
        const slt_real q = project_row(how.centred, g, n, cols, slope);
        const slt_real u =
            project_row(how.centred, numbers(change) + i * cols, n, cols, moved);
        const slt_real p = mean_product(g, moved, cols);
        const slt_real less = slt_real_neg(slt_real_mul(by, by));
        for (size_t j = 0; j < cols; j++) {
            const slt_real rest = slt_real_fma(p, n[j], slt_real_mul(q, moved[j]));
            numbers(dx)[i * cols + j] =
                slt_real_mul(less, slt_real_fma(u, slope[j], rest));
        }
    }
}

/* ---- Draws ------------------------------------------------------------------------- */

static uint32_t word_at(slt_stream stream, uint64_t index)
{
    uint32_t word;
    slt_draw_words(stream, index, &word, 1);
    return word;
}

/* (word + 1/2) 2^-32. */
static slt_real midpoint(uint32_t word)
{
    return slt_real_mul(slt_real_from_u64(2 * (uint64_t)word + 1),
                        (slt_real){(uint64_t)(1023 - 33) << 52});
}

static void integers_uniforms(slt_stream stream, slt_real lo, slt_real hi, slt_tensor *z)
{
    const slt_real width = slt_real_sub(hi, lo);
    for (size_t e = 0; e < slt_tensor_count(z); e++)
        numbers(z)[e] = slt_real_fma(width, midpoint(word_at(stream, e)), lo);
}

/* The word's two's complement, times 2^-31. */
static slt_real half_turns(uint32_t word)
{
    bool below = word >> 31;
    uint64_t size = below ? (UINT64_C(1) << 32) - word : word;
    slt_real x =
        slt_real_mul(slt_real_from_u64(size), (slt_real){(uint64_t)(1023 - 31) << 52});
    return below ? slt_real_neg(x) : x;
}

static void integers_normals(slt_stream stream, slt_real std, slt_tensor *z)
{
    const slt_real two = slt_real_from_u64(2);
    const bool plain = std.bits == ONE.bits;
    for (size_t e = 0; e < slt_tensor_count(z); e++) {
        uint64_t pair = e / 2;
        slt_real log = slt_real_log(midpoint(word_at(stream, 2 * pair)));
        slt_real radius = slt_real_sqrt(slt_real_mul(slt_real_neg(two), log));
        slt_real_sincos both =
            slt_real_sincospi(half_turns(word_at(stream, 2 * pair + 1)));
        slt_real normal = slt_real_mul(radius, e % 2 ? both.sine : both.cosine);
        numbers(z)[e] = plain ? normal : slt_real_mul(normal, std);
    }
}

static void integers_exponentials(slt_stream stream, slt_real from, slt_tensor *z)
{
    for (size_t e = 0; e < slt_tensor_count(z); e++)
        numbers(z)[e] = slt_real_sub(from, slt_real_log(midpoint(word_at(stream, e))));
}

extern const slt_kernels slt_kernels_f64_integers;
const slt_kernels slt_kernels_f64_integers = {
    .isa = "integers",
    .product = integers_product,
    .add_bias = integers_add_bias,
    .column_sums = integers_column_sums,
    .add = integers_add,
    .subtract = integers_subtract,
    .negate = integers_negate,
    .multiply = integers_multiply,
    .multiply_columns = integers_multiply_columns,
    .column_dots = integers_column_dots,
    .normalize = integers_normalize,
    .normalize_back = integers_normalize_back,
    .normalize_second = integers_normalize_second,
    .concat = integers_concat,
    .relu = integers_relu,
    .relu_back = integers_relu_back,
    .sigmoid = integers_sigmoid,
    .sigmoid_bend = integers_sigmoid_bend,
    .silu = integers_silu,
    .silu_bend = integers_silu_bend,
    .gelu_tanh = integers_gelu_tanh,
    .gelu_tanh_bend = integers_gelu_tanh_bend,
    .softplus = integers_softplus,
    .square = integers_square,
    .square_back = integers_square_back,
    .scale = integers_scale,
    .embedding = integers_embedding,
    .embedding_added = integers_embedding_added,
    .embedding_back = integers_embedding_back,
    .squared_error = integers_squared_error,
    .centre = integers_centre,
    .class_error = integers_class_error,
    .dot = integers_dot,
    .finite = integers_finite,
    .exp = integers_exp,
    .log = integers_log,
    .sincospi = integers_sincospi,
    .uniforms = integers_uniforms,
    .normals = integers_normals,
    .exponentials = integers_exponentials,
};
