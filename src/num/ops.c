#include "num/ops.h"

#include <string.h>

#include "base/assert.h"
#include "num/kernels.h"
#include "num/scalar.h"

static bool like(const slt_tensor *a, const slt_tensor *b)
{
    return a->arithmetic == b->arithmetic;
}

static bool same_shape(const slt_tensor *a, const slt_tensor *b)
{
    return like(a, b) && a->rows == b->rows && a->cols == b->cols;
}

static void check_product(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                          const slt_tensor *b, const slt_tensor *c)
{
    SLT_ASSERT(like(a, c) && like(b, c));
    SLT_ASSERT((ta == SLT_PLAIN ? a->rows : a->cols) == c->rows);
    SLT_ASSERT((tb == SLT_PLAIN ? b->cols : b->rows) == c->cols);
    SLT_ASSERT((ta == SLT_PLAIN ? a->cols : a->rows) ==
               (tb == SLT_PLAIN ? b->rows : b->cols));
}

void slt_num_product(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                     const slt_tensor *b, slt_tensor *c)
{
    check_product(ta, tb, a, b, c);
    slt_kernels_of(c->arithmetic)->product(ta, tb, a, b, c);
}

/* Kernels make as many rows as c has, and step by a's width. */
void slt_num_product_columns(const slt_tensor *a, size_t first, const slt_tensor *b,
                             slt_tensor *c)
{
    SLT_ASSERT(like(a, c) && like(b, c) && a->rows == b->rows && b->cols == c->cols);
    SLT_ASSERT(first <= a->cols && c->rows <= a->cols - first);
    slt_tensor from = *a;
    from.data = (char *)a->data + first * slt_arithmetic_size(a->arithmetic);
    slt_kernels_of(c->arithmetic)->product(SLT_TRANSPOSED, SLT_PLAIN, &from, b, c);
}

void slt_num_add_bias(slt_tensor *y, const slt_tensor *bias)
{
    SLT_ASSERT(like(y, bias) && slt_tensor_count(bias) == y->cols);
    slt_kernels_of(y->arithmetic)->add_bias(y, bias);
}

void slt_num_affine(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                    const slt_tensor *b, const slt_tensor *bias, slt_tensor *c)
{
    const slt_kernels *kernels = slt_kernels_of(c->arithmetic);
    check_product(ta, tb, a, b, c);
    SLT_ASSERT(like(c, bias) && slt_tensor_count(bias) == c->cols);
    if (kernels->affine) {
        kernels->affine(ta, tb, a, b, bias, c);
        return;
    }
    kernels->product(ta, tb, a, b, c);
    kernels->add_bias(c, bias);
}

void slt_num_column_sums(const slt_tensor *dy, slt_tensor *out)
{
    SLT_ASSERT(like(dy, out) && slt_tensor_count(out) == dy->cols);
    slt_kernels_of(dy->arithmetic)->column_sums(dy, out);
}

void slt_num_add(const slt_tensor *a, const slt_tensor *b, slt_tensor *out)
{
    SLT_ASSERT(same_shape(a, b) && same_shape(a, out));
    slt_kernels_of(a->arithmetic)->add(a, b, out);
}

void slt_num_subtract(const slt_tensor *a, const slt_tensor *b, slt_tensor *out)
{
    SLT_ASSERT(same_shape(a, b) && same_shape(a, out));
    slt_kernels_of(a->arithmetic)->subtract(a, b, out);
}

void slt_num_negate(const slt_tensor *x, slt_tensor *y)
{
    SLT_ASSERT(same_shape(x, y));
    slt_kernels_of(x->arithmetic)->negate(x, y);
}

void slt_num_relu(const slt_tensor *x, slt_tensor *y)
{
    SLT_ASSERT(same_shape(x, y));
    slt_kernels_of(x->arithmetic)->relu(x, y);
}

void slt_num_relu_back(const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx)
{
    SLT_ASSERT(same_shape(x, dy) && same_shape(x, dx));
    slt_kernels_of(x->arithmetic)->relu_back(x, dy, dx);
}

void slt_num_gelu(const slt_tensor *x, slt_tensor *y)
{
    SLT_ASSERT(same_shape(x, y));
    slt_kernels_of(x->arithmetic)->gelu(x, y);
}

void slt_num_gelu_back(const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx)
{
    SLT_ASSERT(same_shape(x, dy) && same_shape(x, dx));
    slt_kernels_of(x->arithmetic)->gelu_back(x, dy, dx);
}

void slt_num_gelu_slope(const slt_tensor *x, slt_tensor *y, slt_tensor *slope)
{
    SLT_ASSERT(x->arithmetic != SLT_FIXED && same_shape(x, y) && same_shape(x, slope));
    slt_kernels_of(x->arithmetic)->gelu_slope(x, y, slope);
}

void slt_num_gelu_second(const slt_tensor *x, const slt_tensor *dy,
                         const slt_tensor *change, slt_tensor *dx)
{
    SLT_ASSERT(same_shape(x, dy) && same_shape(x, change) && same_shape(x, dx));
    slt_kernels_of(x->arithmetic)->gelu_second(x, dy, change, dx);
}

void slt_num_sigmoid(const slt_tensor *x, slt_tensor *y, slt_tensor *slope)
{
    SLT_ASSERT((!y || same_shape(x, y)) && (!slope || same_shape(x, slope)));
    slt_kernels_of(x->arithmetic)->sigmoid(x, y, slope);
}

void slt_num_sigmoid_bend(const slt_tensor *x, slt_tensor *bend)
{
    SLT_ASSERT(same_shape(x, bend));
    slt_kernels_of(x->arithmetic)->sigmoid_bend(x, bend);
}

void slt_num_silu(const slt_tensor *x, slt_tensor *y, slt_tensor *slope)
{
    SLT_ASSERT((!y || same_shape(x, y)) && (!slope || same_shape(x, slope)));
    slt_kernels_of(x->arithmetic)->silu(x, y, slope);
}

void slt_num_silu_bend(const slt_tensor *x, slt_tensor *bend)
{
    SLT_ASSERT(same_shape(x, bend));
    slt_kernels_of(x->arithmetic)->silu_bend(x, bend);
}

void slt_num_gelu_tanh(const slt_tensor *x, slt_tensor *y, slt_tensor *slope)
{
    SLT_ASSERT((!y || same_shape(x, y)) && (!slope || same_shape(x, slope)));
    slt_kernels_of(x->arithmetic)->gelu_tanh(x, y, slope);
}

void slt_num_gelu_tanh_bend(const slt_tensor *x, slt_tensor *bend)
{
    SLT_ASSERT(same_shape(x, bend));
    slt_kernels_of(x->arithmetic)->gelu_tanh_bend(x, bend);
}

void slt_num_softplus(const slt_tensor *x, slt_tensor *y, slt_tensor *slope)
{
    SLT_ASSERT((!y || same_shape(x, y)) && (!slope || same_shape(x, slope)));
    slt_kernels_of(x->arithmetic)->softplus(x, y, slope);
}

void slt_num_tanh(const slt_tensor *x, slt_tensor *y)
{
    SLT_ASSERT(same_shape(x, y));
    slt_kernels_of(x->arithmetic)->tanh(x, y);
}

void slt_num_tanh_slope(const slt_tensor *y, slt_tensor *slope)
{
    SLT_ASSERT(same_shape(y, slope));
    slt_kernels_of(y->arithmetic)->tanh_slope(y, slope);
}

void slt_num_tanh_bend(const slt_tensor *y, slt_tensor *bend)
{
    SLT_ASSERT(same_shape(y, bend));
    slt_kernels_of(y->arithmetic)->tanh_bend(y, bend);
}

void slt_num_multiply(const slt_tensor *a, const slt_tensor *b, slt_tensor *out)
{
    SLT_ASSERT(same_shape(a, b) && same_shape(a, out));
    slt_kernels_of(a->arithmetic)->multiply(a, b, out);
}

void slt_num_square(const slt_tensor *x, slt_tensor *y)
{
    SLT_ASSERT(same_shape(x, y));
    slt_kernels_of(x->arithmetic)->square(x, y);
}

void slt_num_square_back(const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx)
{
    SLT_ASSERT(same_shape(x, dy) && same_shape(x, dx));
    slt_kernels_of(x->arithmetic)->square_back(x, dy, dx);
}

void slt_num_concat(const slt_tensor *const *parts, size_t count, slt_tensor *to)
{
    size_t cols = 0;
    for (size_t i = 0; i < count; i++) {
        SLT_ASSERT(like(parts[i], to) && parts[i]->rows == to->rows);
        cols += parts[i]->cols;
    }
    SLT_ASSERT(cols == to->cols);
    slt_kernels_of(to->arithmetic)->concat(parts, count, to);
}

/* The block of cols columns of a table that begins with column `first`. */
static char *columns_at(const slt_tensor *table, size_t row, size_t first)
{
    return (char *)table->data +
           (row * table->cols + first) * slt_arithmetic_size(table->arithmetic);
}

void slt_num_take_columns(const slt_tensor *from, size_t first, slt_tensor *to)
{
    SLT_ASSERT(like(from, to) && from->rows == to->rows && first <= from->cols &&
               to->cols <= from->cols - first);
    const size_t size = to->cols * slt_arithmetic_size(to->arithmetic);
    for (size_t i = 0; i < to->rows; i++)
        memcpy(columns_at(to, i, 0), columns_at(from, i, first), size);
    to->frac = from->frac;
    to->overflow |= from->overflow;
}

void slt_num_place_columns(const slt_tensor *from, size_t first, slt_tensor *to)
{
    SLT_ASSERT(like(from, to) && from->rows == to->rows && first <= to->cols &&
               from->cols <= to->cols - first);
    const size_t size = from->cols * slt_arithmetic_size(to->arithmetic);
    slt_tensor_zero(to);
    for (size_t i = 0; i < to->rows; i++)
        memcpy(columns_at(to, i, first), columns_at(from, i, 0), size);
    to->frac = from->frac;
    to->overflow |= from->overflow;
}

void slt_num_scale(slt_real scalar, const slt_tensor *x, slt_tensor *y)
{
    SLT_ASSERT(same_shape(x, y));
    slt_kernels_of(x->arithmetic)->scale(scalar, x, y);
}

void slt_num_add_sign(slt_real scalar, const slt_tensor *x, slt_tensor *y)
{
    SLT_ASSERT(like(x, y) && slt_tensor_count(x) == slt_tensor_count(y));
    slt_kernels_of(x->arithmetic)->add_sign(scalar, x, y);
}

void slt_num_sincospi(const slt_tensor *x, slt_tensor *sine, slt_tensor *cosine)
{
    SLT_ASSERT(same_shape(x, sine) && same_shape(x, cosine));
    slt_kernels_of(x->arithmetic)->sincospi(x, sine, cosine);
}

/* Whether index holds one number below `numbers` for each of `rows` rows. */
static bool indexes(const slt_tensor *index, size_t rows, size_t numbers)
{
    const int32_t *at = index->data;
    bool beyond = false;
    if (index->arithmetic != SLT_INDEX || slt_tensor_count(index) != rows)
        return false;
    for (size_t i = 0; i < rows; i++)
        beyond |= at[i] < 0 || (size_t)at[i] >= numbers;
    return !beyond;
}

void slt_num_embedding(const slt_tensor *weight, const slt_tensor *index, slt_tensor *y)
{
    SLT_ASSERT(like(weight, y) && weight->cols == y->cols);
    SLT_ASSERT(indexes(index, y->rows, weight->rows));
    slt_kernels_of(y->arithmetic)->embedding(weight, index, y);
}

void slt_num_embedding_added(const slt_tensor *weight, const slt_tensor *index,
                             slt_tensor *y)
{
    SLT_ASSERT(like(weight, y) && weight->cols == y->cols);
    SLT_ASSERT(indexes(index, y->rows, weight->rows));
    slt_kernels_of(y->arithmetic)->embedding_added(weight, index, y);
}

void slt_num_embedding_back(const slt_tensor *index, const slt_tensor *dy,
                            slt_tensor *dweight)
{
    SLT_ASSERT(like(dy, dweight) && dy->cols == dweight->cols);
    SLT_ASSERT(indexes(index, dy->rows, dweight->rows));
    slt_kernels_of(dy->arithmetic)->embedding_back(index, dy, dweight);
}

static void check_attention(const slt_attention *at, const slt_tensor *out)
{
    const size_t d = at->weight->cols;
    SLT_ASSERT(like(at->x, at->weight) && like(at->left, at->weight) &&
               like(at->right, at->weight) && like(out, at->weight) &&
               at->site->arithmetic == SLT_INDEX);
    SLT_ASSERT(at->x->cols <= SLT_ATTENTION_WIDTH_MAX && at->site->rows == at->x->rows);
    SLT_ASSERT(at->weight->rows == 2 * d && slt_tensor_count(at->left) == d &&
               slt_tensor_count(at->right) == d);
    SLT_ASSERT(out->rows == at->x->rows && out->cols == (at->readout    ? 1
                                                         : at->features ? d
                                                                        : 2 * d * d));
    SLT_ASSERT(at->readout ? same_shape(at->readout, at->weight) : !at->balanced);
    SLT_ASSERT(at->norm != SLT_ATTENTION_SPECTRAL || d == 2);
}

void slt_num_attention(const slt_attention *at, slt_tensor *out)
{
    check_attention(at, out);
    slt_kernels_of(out->arithmetic)->attention(at, out);
}

/* Whether a tensor has the shape of that weight, which is there and has a derivative. */
static bool goes_with(const slt_attention *at, slt_attention_part part,
                      const slt_tensor *tensor)
{
    const slt_tensor *const of[] = {at->weight, at->left, at->right, at->readout};
    return of[part] && same_shape(of[part], tensor) &&
           (at->norm == SLT_ATTENTION_VECTORS || part == SLT_ATTENTION_READOUT);
}

void slt_num_attention_back(const slt_attention *at, const slt_tensor *dout,
                            slt_attention_part part, slt_tensor *gradient)
{
    check_attention(at, dout);
    SLT_ASSERT(goes_with(at, part, gradient));
    slt_kernels_of(dout->arithmetic)->attention_back(at, dout, part, gradient);
}

void slt_num_attention_tangent(const slt_attention *at, slt_attention_part part,
                               const slt_tensor *change, slt_tensor *out)
{
    check_attention(at, out);
    SLT_ASSERT(goes_with(at, part, change));
    slt_kernels_of(out->arithmetic)->attention_tangent(at, part, change, out);
}

void slt_num_attention_second(const slt_attention *at, const slt_tensor *dout,
                              slt_attention_part part, slt_attention_part moving,
                              const slt_tensor *change, slt_tensor *gradient)
{
    check_attention(at, dout);
    SLT_ASSERT(goes_with(at, part, gradient) && goes_with(at, moving, change));
    SLT_ASSERT(at->norm == SLT_ATTENTION_VECTORS || at->balanced);
    SLT_ASSERT(at->balanced || part != SLT_ATTENTION_READOUT ||
               moving != SLT_ATTENTION_READOUT);
    slt_kernels_of(dout->arithmetic)
        ->attention_second(at, dout, part, moving, change, gradient);
}

slt_real slt_num_squared_error(const slt_tensor *y, const slt_tensor *t, slt_real scale,
                               slt_tensor *dy)
{
    SLT_ASSERT(same_shape(y, t) && (!dy || same_shape(y, dy)));
    return slt_kernels_of(y->arithmetic)->squared_error(y, t, scale, dy);
}

void slt_num_centre(slt_centre centre, slt_tensor *x)
{
    slt_kernels_of(x->arithmetic)->centre(centre, x);
}

slt_real slt_num_class_error(const slt_tensor *y, const slt_tensor *t, slt_centre centre,
                             slt_real scale, slt_tensor *dy)
{
    SLT_ASSERT(indexes(t, y->rows, y->cols) && (!dy || same_shape(y, dy)));
    return slt_kernels_of(y->arithmetic)->class_error(y, t, centre, scale, dy);
}

slt_real slt_num_cross_entropy(const slt_tensor *y, const slt_tensor *t, slt_real scale,
                               slt_tensor *dy)
{
    SLT_ASSERT(indexes(t, y->rows, y->cols) && (!dy || same_shape(y, dy)));
    return slt_kernels_of(y->arithmetic)->cross_entropy(y, t, scale, dy);
}

void slt_num_cross_entropy_second(const slt_tensor *y, const slt_tensor *change,
                                  slt_real scale, slt_tensor *dz)
{
    SLT_ASSERT(same_shape(y, change) && same_shape(y, dz));
    slt_kernels_of(y->arithmetic)->cross_entropy_second(y, change, scale, dz);
}

/* Whether rows are whole groups of which each row sees a column. */
static bool sees(const slt_tensor *x, size_t causal)
{
    return x->cols && (!causal || (causal <= x->cols && x->rows % causal == 0));
}

void slt_num_softmax(const slt_tensor *x, size_t causal, slt_tensor *y)
{
    SLT_ASSERT(same_shape(x, y) && sees(x, causal));
    slt_kernels_of(x->arithmetic)->softmax(x, causal, y);
}

void slt_num_softmax_along(const slt_tensor *y, size_t causal, const slt_tensor *change,
                           slt_tensor *out)
{
    SLT_ASSERT(same_shape(y, change) && same_shape(y, out) && sees(y, causal));
    slt_kernels_of(y->arithmetic)->softmax_along(y, causal, change, out);
}

void slt_num_softmax_bend(const slt_tensor *y, size_t causal, const slt_tensor *dy,
                          const slt_tensor *dshare, slt_tensor *dx)
{
    SLT_ASSERT(same_shape(y, dy) && same_shape(y, dshare) && same_shape(y, dx));
    SLT_ASSERT(sees(y, causal));
    slt_kernels_of(y->arithmetic)->softmax_bend(y, causal, dy, dshare, dx);
}

/* Whether rows and columns are those of samples and heads. */
static bool divides(const slt_dot_attention *at, const slt_tensor *tensor)
{
    return tensor->rows && tensor->rows % at->samples == 0 && tensor->cols &&
           tensor->cols % at->heads == 0;
}

static void check_dot(const slt_dot_attention *at, const slt_tensor *out)
{
    SLT_ASSERT(at->samples && at->heads && like(at->q, at->k) && like(at->q, at->v) &&
               like(at->q, out));
    SLT_ASSERT(divides(at, at->q) && divides(at, at->k) && divides(at, at->v));
    SLT_ASSERT(at->q->cols == at->k->cols && at->k->rows == at->v->rows);
    SLT_ASSERT(out->rows == at->q->rows && out->cols == at->v->cols);
    SLT_ASSERT(!at->causal || at->q->rows <= at->k->rows);
}

static bool goes_with_dot(const slt_dot_attention *at, slt_dot_part part,
                          const slt_tensor *tensor)
{
    const slt_tensor *const of[] = {at->q, at->k, at->v};
    return same_shape(of[part], tensor);
}

void slt_num_dot_attention(const slt_dot_attention *at, slt_tensor *out)
{
    check_dot(at, out);
    slt_kernels_of(out->arithmetic)->dot_attention(at, out);
}

void slt_num_dot_attention_back(const slt_dot_attention *at, const slt_tensor *dout,
                                slt_dot_part part, slt_tensor *gradient)
{
    check_dot(at, dout);
    SLT_ASSERT(goes_with_dot(at, part, gradient));
    slt_kernels_of(dout->arithmetic)->dot_attention_back(at, dout, part, gradient);
}

void slt_num_dot_attention_tangent(const slt_dot_attention *at, slt_dot_part part,
                                   const slt_tensor *change, slt_tensor *out)
{
    check_dot(at, out);
    SLT_ASSERT(goes_with_dot(at, part, change));
    slt_kernels_of(out->arithmetic)->dot_attention_tangent(at, part, change, out);
}

void slt_num_dot_attention_second(const slt_dot_attention *at, const slt_tensor *dout,
                                  slt_dot_part part, slt_dot_part moving,
                                  const slt_tensor *change, slt_tensor *gradient)
{
    check_dot(at, dout);
    SLT_ASSERT(goes_with_dot(at, part, gradient) && goes_with_dot(at, moving, change));
    SLT_ASSERT(part != SLT_DOT_V || moving != SLT_DOT_V);
    slt_kernels_of(dout->arithmetic)
        ->dot_attention_second(at, dout, part, moving, change, gradient);
}

slt_real slt_num_bce(const slt_tensor *y, const slt_tensor *t, slt_real scale,
                     slt_tensor *dy)
{
    SLT_ASSERT(t->arithmetic == SLT_INDEX ? y->cols == 1 && indexes(t, y->rows, 2)
                                          : same_shape(y, t));
    SLT_ASSERT(!dy || same_shape(y, dy));
    return slt_kernels_of(y->arithmetic)->bce(y, t, scale, dy);
}

uint64_t slt_num_count_logits(const slt_tensor *y, const slt_tensor *t)
{
    const int32_t *target = t->data;
    const slt_real zero = {0};
    uint64_t right = 0;
    SLT_ASSERT(y->cols == 1 && indexes(t, y->rows, 2));
    for (size_t e = 0; e < y->rows; e++)
        right += slt_real_less(zero, slt_tensor_get(y, e)) == (target[e] == 1);
    return right;
}

uint64_t slt_num_count_correct(const slt_tensor *y, const slt_tensor *t)
{
    SLT_ASSERT(indexes(t, y->rows, y->cols));
    return slt_kernels_of(y->arithmetic)->count_correct(y, t);
}

/* With a constant `size` copying a row is a few moves and not a call. */
static inline __attribute__((always_inline)) void
gather(const slt_tensor *from, const uint32_t *index, slt_tensor *to, size_t size)
{
    const char *source = from->data;
    char *target = to->data;
    for (size_t r = 0; r < to->rows; r++) {
        SLT_ASSERT(index[r] < from->rows);
        memcpy(target + r * size, source + index[r] * size, size);
    }
}

uint64_t slt_num_count_signs(const slt_tensor *y, const slt_tensor *t)
{
    const slt_real zero = {0};
    uint64_t same = 0;
    SLT_ASSERT(slt_tensor_count(y) == slt_tensor_count(t));
    for (size_t e = 0; e < slt_tensor_count(y); e++) {
        const slt_real a = slt_tensor_get(y, e), b = slt_tensor_get(t, e);
        same += (slt_real_less(zero, a) && slt_real_less(zero, b)) ||
                (slt_real_less(a, zero) && slt_real_less(b, zero));
    }
    return same;
}

void slt_num_gather_rows(const slt_tensor *from, const uint32_t *index, slt_tensor *to)
{
    SLT_ASSERT(like(from, to) && from->cols == to->cols);
    size_t size = from->cols * slt_arithmetic_size(from->arithmetic);
    if (size == 4)
        gather(from, index, to, 4);
    else if (size == 8)
        gather(from, index, to, 8);
    else if (size == 32)
        gather(from, index, to, 32);
    else if (size == 64)
        gather(from, index, to, 64);
    else if (size > 0)
        gather(from, index, to, size);
    to->frac = from->frac;
    to->overflow = from->overflow;
}

slt_real slt_num_dot(const slt_tensor *a, const slt_tensor *b)
{
    SLT_ASSERT(like(a, b) && slt_tensor_count(a) == slt_tensor_count(b));
    return slt_kernels_of(a->arithmetic)->dot(a, b);
}

bool slt_num_finite(const slt_tensor *tensor)
{
    return slt_kernels_of(tensor->arithmetic)->finite(tensor);
}
