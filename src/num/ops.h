/* Operations on tensors.  All operands of one call have the same arithmetic unless said
 * otherwise; shapes are checked by the caller (asserted here).  Outputs do not overlap
 * inputs unless said otherwise.  Each comment is the definition: "chain" is one fma chain
 * ascending from +0 per output, "reduction" the 64 partial sums and their tree
 * (docs/spec/05-products.md). Fixed-point definitions: docs/spec/11-fixed-point.md. */
#ifndef SLT_NUM_OPS_H
#define SLT_NUM_OPS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/pool.h"
#include "num/tensor.h"

typedef enum slt_transpose { SLT_PLAIN, SLT_TRANSPOSED } slt_transpose;

/* c = op(a) op(b): c[i][j] = chain over k of op(a)[i][k] op(b)[k][j].  c is written
 * whole. k = 0 gives +0. */
void slt_num_product(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                     const slt_tensor *b, slt_tensor *c);
/* The c->rows columns of a from `first` on, transposed, times b: these rows of the
 * product with all of them. */
void slt_num_product_columns(const slt_tensor *a, size_t first, const slt_tensor *b,
                             slt_tensor *c);

/* y[i][j] = y[i][j] + bias[j], in place. bias has cols elements. */
void slt_num_add_bias(slt_tensor *y, const slt_tensor *bias);
/* slt_num_product, then slt_num_add_bias, in one pass. */
void slt_num_affine(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                    const slt_tensor *b, const slt_tensor *bias, slt_tensor *c);
/* out[j] = chain over rows i of 1 * dy[i][j] (the product of a row of ones with dy). */
void slt_num_column_sums(const slt_tensor *dy, slt_tensor *out);

/* Long sums: over the rows of values that have positions, in blocks of whole samples.
 * Each block's sum is that of the kernel named above, its rows alone; the sums of blocks
 * are added in pairs of neighbours, those in pairs again, and so on, an odd last one
 * going on as it is: in floats in binary64, rounded once, in fixed point as slt_num_add
 * adds.
 * block = 0: all rows are one block.  docs/spec/05-products.md has the definition. */
#define SLT_LONG_SUM_ROWS ((size_t)4096)
/* Rows of a block of samples with so many positions each: 0 where that is 1. */
static inline size_t slt_num_long_sum_block(size_t positions)
{
    const size_t samples = positions ? SLT_LONG_SUM_ROWS / positions : 0;
    return positions <= 1 ? 0 : (samples ? samples : 1) * positions;
}
/* c = a' b, summed over the rows that both have.  Threads of the pool, which may be NULL,
 * take some of c's rows each where these are floats and many. */
void slt_num_product_long(const slt_tensor *a, const slt_tensor *b, size_t block,
                          slt_pool *pool, slt_tensor *c);
void slt_num_column_sums_long(const slt_tensor *dy, size_t block, slt_tensor *out);
/* As slt_num_embedding_back. */
void slt_num_embedding_back_long(const slt_tensor *index, const slt_tensor *dy,
                                 size_t block, slt_tensor *dweight);

/* Of so many samples, in rows that follow one another: a run of numbers of each.  to =
 * those of `from` that begin at the number `first` of a sample, as many as `to` has. */
void slt_num_take_part(const slt_tensor *from, size_t samples, size_t first,
                       slt_tensor *to);
/* The other way round: those numbers of `to` become those of `from`.  The others stay,
 * and in fixed point get its exponent: they are zeros or have it. */
void slt_num_put_part(const slt_tensor *from, size_t samples, size_t first,
                      slt_tensor *to);
/* The sum over positions, for each sample and column: s = x_0, then s = s + x_1 (the op
 * of slt_num_add, of the rows of a position of all samples), ... */
void slt_num_position_sums(const slt_tensor *x, slt_tensor *sums);
/* The row of each sample of x at every position. */
void slt_num_position_repeat(const slt_tensor *x, slt_tensor *out);

/* out = a + b.  out may be a. */
void slt_num_add(const slt_tensor *a, const slt_tensor *b, slt_tensor *out);
/* out = a - b.  out may be a. */
void slt_num_subtract(const slt_tensor *a, const slt_tensor *b, slt_tensor *out);
/* y = x with the other sign, zeros too.  y may be x. */
void slt_num_negate(const slt_tensor *x, slt_tensor *y);
/* y = x > 0 ? x : +0. y may be x. */
void slt_num_relu(const slt_tensor *x, slt_tensor *y);
/* dx = x > 0 ? dy : +0; the same with relu's y for x. dx may be dy. */
void slt_num_relu_back(const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx);
/* y = (x * h) with h = fma(1/2, erf(x * sqrt(1/2)), 1/2): GELU, erf form. */
void slt_num_gelu(const slt_tensor *x, slt_tensor *y);
/* dx = dy * d, d = fma(x, phi, h), phi = exp(-1/2 (x * x)) * (1 / sqrt(2 pi)): exact
 * order in docs/spec/06-operations.md. dx may be dy. */
void slt_num_gelu_back(const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx);
/* Floats only: y = GELU of x, and slope = d, so that slt_num_gelu_back is what is left to
 * do by slt_num_multiply: dx = dy * slope. */
void slt_num_gelu_slope(const slt_tensor *x, slt_tensor *y, slt_tensor *slope);
/* dx = (dy * change) * b, b = fma(-x, x * phi, phi + phi), phi as above: how
 * slt_num_gelu_back's dx changes along `change` of x.  dx may be dy or change. */
void slt_num_gelu_second(const slt_tensor *x, const slt_tensor *dy,
                         const slt_tensor *change, slt_tensor *dx);
/* Either may be NULL, with q = exp(-|x|) and r = 1 / (1 + q): y = r where x is not below
 * 0, else q * r, which is 1 / (1 + exp(-x)), and slope = (q * r) * r, its derivative. */
void slt_num_sigmoid(const slt_tensor *x, slt_tensor *y, slt_tensor *slope);
/* bend = slope * ((q - 1) * r), where x is below 0 slope * ((1 - q) * r): the second
 * derivative. */
void slt_num_sigmoid_bend(const slt_tensor *x, slt_tensor *bend);
/* SiLU and GELU in its form with tanh: y = x * s, s = slt_num_sigmoid's of v(x), with v =
 * x and v = x (B + A x^2); slope and bend are the first and the second derivative.  Exact
 * order in docs/spec/06-operations.md.  y or slope may be NULL. */
void slt_num_silu(const slt_tensor *x, slt_tensor *y, slt_tensor *slope);
void slt_num_silu_bend(const slt_tensor *x, slt_tensor *bend);
void slt_num_gelu_tanh(const slt_tensor *x, slt_tensor *y, slt_tensor *slope);
void slt_num_gelu_tanh_bend(const slt_tensor *x, slt_tensor *bend);
/* Softplus, ln(1 + e^x): with q as above and u = 1 + q, l = log(u) * (q / (u - 1)), or q
 * where u is 1, y = x + l where x > 0, else l, and slope = slt_num_sigmoid's y.  Either
 * may be NULL. */
void slt_num_softplus(const slt_tensor *x, slt_tensor *y, slt_tensor *slope);
/* y = tanh(x). */
void slt_num_tanh(const slt_tensor *x, slt_tensor *y);
/* Of a value y of tanh, d = fma(-y, y, 1): slope = d, the derivative, and bend =
 * -(y + y) * d, the second one.  Either may be y. */
void slt_num_tanh_slope(const slt_tensor *y, slt_tensor *slope);
void slt_num_tanh_bend(const slt_tensor *y, slt_tensor *bend);
/* out = a * b, element by element.  out may be a or b. */
void slt_num_multiply(const slt_tensor *a, const slt_tensor *b, slt_tensor *out);
/* y = x * x. */
void slt_num_square(const slt_tensor *x, slt_tensor *y);
/* dx = (x + x) * dy. dx may be dy. */
void slt_num_square_back(const slt_tensor *x, const slt_tensor *dy, slt_tensor *dx);

/* Columns.  to = parts[0], parts[1], ... side by side, all of the rows of to: their
 * columns together are those of to.  In fixed point the blocks meet. */
void slt_num_concat(const slt_tensor *const *parts, size_t count, slt_tensor *to);
/* to = columns first, first + 1, ... of from; and to = from in these columns, +0 in the
 * others.  Both in any arithmetic, copied. */
void slt_num_take_columns(const slt_tensor *from, size_t first, slt_tensor *to);
void slt_num_place_columns(const slt_tensor *from, size_t first, slt_tensor *to);

/* y = scalar * x, the scalar rounded once to the arithmetic.  y may be x. */
void slt_num_scale(slt_real scalar, const slt_tensor *x, slt_tensor *y);

/* y = y + scalar where x > 0, y - scalar where x < 0, elsewhere y, the scalar rounded
 * once to the arithmetic: y and the scalar times the sign of x. */
void slt_num_add_sign(slt_real scalar, const slt_tensor *x, slt_tensor *y);

/* sine = sin(pi x), cosine = cos(pi x), element by element. */
void slt_num_sincospi(const slt_tensor *x, slt_tensor *sine, slt_tensor *cosine);

/* The one-hot product without its zeros: y[i][j] = weight[index[i]][j] + 0, every index
 * (SLT_INDEX, one a row) below weight->rows.  Equal in every bit to the product of rows
 * that are 1 at index[i] and +0 elsewhere with a finite weight. */
void slt_num_embedding(const slt_tensor *weight, const slt_tensor *index, slt_tensor *y);
/* Floats only: y = y + that, element by element. */
void slt_num_embedding_added(const slt_tensor *weight, const slt_tensor *index,
                             slt_tensor *y);
/* The gradient of slt_num_embedding: dweight[c][j] = chain from +0 over the rows i with
 * index[i] = c, ascending, of dy[i][j]; equal in every bit to the product of the
 * transposed one-hot rows with a finite dy.  dweight is written whole. */
void slt_num_embedding_back(const slt_tensor *index, const slt_tensor *dy,
                            slt_tensor *dweight);

/* Attention over strings of -1 and +1, floats only: the vectors l and r by products of a
 * matrix for each token along what precedes and follows a site, and what is made of them
 * and the site's own token; docs/spec/06-operations.md has the order of every sum.  A row
 * of x is a string up to its first 0; what is below 0 counts as -1, other numbers as
 * +1. */
#define SLT_ATTENTION_WIDTH_MAX ((size_t)20) /* of x */
/* What is divided by its length: the vectors, at each step; or the product of matrices
 * that each is made by, by its Frobenius or its spectral norm. */
typedef enum slt_attention_norm {
    SLT_ATTENTION_VECTORS,
    SLT_ATTENTION_FROBENIUS,
    SLT_ATTENTION_SPECTRAL /* d = 2 alone */
} slt_attention_norm;
/* Without B: the products of l and r, or these themselves. */
typedef enum slt_attention_features {
    SLT_FEATURES_BOTH,
    SLT_FEATURES_LEFT,
    SLT_FEATURES_RIGHT
} slt_attention_features;
typedef struct slt_attention {
    const slt_tensor *x, *site;              /* [rows, width]; SLT_INDEX, one a row */
    const slt_tensor *weight, *left, *right; /* A [2 d, d], vL [1, d], vR [1, d] */
    const slt_tensor *readout;               /* B [2 d, d]; NULL: features */
    slt_attention_norm norm;
    slt_attention_features features;
    bool balanced; /* with B: y is divided by the length of what both tokens' B give */
} slt_attention;
typedef enum slt_attention_part {
    SLT_ATTENTION_WEIGHT,
    SLT_ATTENTION_LEFT,
    SLT_ATTENTION_RIGHT,
    SLT_ATTENTION_READOUT
} slt_attention_part;
/* out: with B one column, y = l' B_t r, t being the site's token, balanced divided by the
 * square root of the sum of its squares over both t; without it 2 d^2, the products l_a
 * r_b in the half of the token, +0 in the other, or d, one of l and r. */
void slt_num_attention(const slt_attention *at, slt_tensor *out);
/* The derivative by one of the weights, whose shape gradient has, from that by out; where
 * products are divided, by B alone. */
void slt_num_attention_back(const slt_attention *at, const slt_tensor *dout,
                            slt_attention_part part, slt_tensor *gradient);
/* How out changes, to first order, along `change` of that weight; where products are
 * divided, of B alone. */
void slt_num_attention_tangent(const slt_attention *at, slt_attention_part part,
                               const slt_tensor *change, slt_tensor *out);
/* How the derivative by `part` changes along `change` of `moving`, dout staying as it is;
 * not both of them B, and never where products are divided. */
void slt_num_attention_second(const slt_attention *at, const slt_tensor *dout,
                              slt_attention_part part, slt_attention_part moving,
                              const slt_tensor *change, slt_tensor *gradient);

/* Squared error.  e = y - t in the run's arithmetic; returns S = reduction over all
 * elements (row-major) of fma(e, e, partial) in binary64 (e widened exactly).  Where dy
 * is not NULL also dy = scale * e, scale rounded once to the arithmetic. dy may be y. */
slt_real slt_num_squared_error(const slt_tensor *y, const slt_tensor *t, slt_real scale,
                               slt_tensor *dy);

/* Takes means off x, in place.  Over samples each column loses its mean: the binary64
 * chain m[j] = x[i][j] + m[j] from +0, i ascending, divided by the rows and rounded to
 * the arithmetic once.  Over outputs each row loses its: the reduction over j of x[i][j],
 * divided by the columns and rounded. */
typedef enum slt_centre {
    SLT_CENTRE_NONE,
    SLT_CENTRE_SAMPLES,
    SLT_CENTRE_OUTPUTS
} slt_centre;
void slt_num_centre(slt_centre centre, slt_tensor *x);

/* Squared error against classes (t: SLT_INDEX, one a row, below y->cols): e[i][j] = y - 1
 * where j = t[i], else y, in the run's arithmetic, then slt_num_centre of it.  Returns
 * the sum and makes dy of e as slt_num_squared_error does.  dy may be y. */
slt_real slt_num_class_error(const slt_tensor *y, const slt_tensor *t, slt_centre centre,
                             slt_real scale, slt_tensor *dy);

/* Cross entropy with integer targets (t: SLT_INDEX, one a row, below y->cols).  Returns
 * the reduction over rows, in binary64, of log(s) - d[t]: d = y - m with m the row's
 * maximum and e = exp(d) in the run's arithmetic, s the reduction of the row's e in
 * binary64, log that of binary64.  Where dy is not NULL also dy[j] = (e[j] / s - [j = t])
 * * scale in the run's arithmetic, s and scale rounded to it once; dy may not be y. */
slt_real slt_num_cross_entropy(const slt_tensor *y, const slt_tensor *t, slt_real scale,
                               slt_tensor *dy);

/* How dy of slt_num_cross_entropy changes along `change` of y, which the targets have no
 * part in: dz[j] = (p[j] * (change[j] - mean)) * scale in the run's arithmetic, p[j] =
 * e[j] / s, mean the reduction over the row of fma(p, change, partial) in binary64,
 * rounded once.  dz may be change, not y. */
void slt_num_cross_entropy_second(const slt_tensor *y, const slt_tensor *change,
                                  slt_real scale, slt_tensor *dz);

/* Softmax of each row.  Where `causal` is not 0 rows come in groups of so many, at most
 * the columns, and row i of a group sees the first cols - causal + 1 + i columns alone:
 * the rows are the last of as many as there are columns.  Else each sees all. */
static inline size_t slt_num_softmax_seen(size_t cols, size_t causal, size_t row)
{
    return causal ? cols - causal + 1 + row % causal : cols;
}
/* y[j] = e[j] / s, as slt_num_cross_entropy's e and s over the columns that are seen; +0
 * in others, whatever x has there. */
void slt_num_softmax(const slt_tensor *x, size_t causal, slt_tensor *y);
/* How y changes along `change` of x, and what x gets of `change`, the derivative by y:
 * out[j] = y[j] * (change[j] - m), m the reduction over what is seen of fma(y, change,
 * partial) in binary64, rounded once; +0 elsewhere.  y is slt_num_softmax's.  out may be
 * y or change. */
void slt_num_softmax_along(const slt_tensor *y, size_t causal, const slt_tensor *change,
                           slt_tensor *out);
/* How slt_num_softmax_along of dy changes where y changes by dshare, which that function
 * made: dx[j] = fma(dshare[j], dy[j] - m, -(y[j] * b)), m as there for dy, b the
 * reduction of fma(dshare, dy, partial), rounded once.  dx may be dy or dshare. */
void slt_num_softmax_bend(const slt_tensor *y, size_t causal, const slt_tensor *dy,
                          const slt_tensor *dshare, slt_tensor *dx);

/* Scaled dot-product attention.  Rows are positions, those of a sample one after another;
 * columns are those of heads, side by side.  For each sample and head, with q [T, d],
 * k [S, d] and v [S, e] its parts, query i sees the keys that row i of slt_num_softmax
 * sees (causal: T for its `causal`), and with every chain over what is seen, ascending:
 * s_ij = scale * chain(q_ic k_jc), p = slt_num_softmax of s, out_ic = chain(p_ij v_jc).
 * docs/spec/06-operations.md has the order of all that follows from it. */
typedef struct slt_dot_attention {
    const slt_tensor *q, *k, *v; /* [samples T, heads d], [samples S, heads d], [samples
                                    S, heads e] */
    size_t samples, heads;
    bool causal;    /* then T <= S: queries are the last positions of the keys */
    slt_real scale; /* rounded once to the arithmetic */
    /* Floats only, or NULL: [samples T, heads S or more], the shares p of each query, of
     * those heads one behind the other.  The forward pass leaves them there, and the
     * derivatives of first order take them in place of making them anew. */
    slt_tensor *shares;
} slt_dot_attention;
typedef enum slt_dot_part { SLT_DOT_Q, SLT_DOT_K, SLT_DOT_V } slt_dot_part;
/* out is written whole, [samples T, heads e]. */
void slt_num_dot_attention(const slt_dot_attention *at, slt_tensor *out);
/* The derivative by one part, whose shape gradient has, from that by out. */
void slt_num_dot_attention_back(const slt_dot_attention *at, const slt_tensor *dout,
                                slt_dot_part part, slt_tensor *gradient);
/* How out changes along `change` of a part. */
void slt_num_dot_attention_tangent(const slt_dot_attention *at, slt_dot_part part,
                                   const slt_tensor *change, slt_tensor *out);
/* How the derivative by `part` changes along `change` of `moving`, dout staying as it is;
 * not both of them v. */
void slt_num_dot_attention_second(const slt_dot_attention *at, const slt_tensor *dout,
                                  slt_dot_part part, slt_dot_part moving,
                                  const slt_tensor *change, slt_tensor *gradient);

/* Pairs of columns of each head, rotated: of d columns pair i, from 0, is columns i and
 * i + d/2, or, neighbours, 2i and 2i + 1.  The rows of x are positions 0, 1, ... of each
 * sample.  In binary64 (num/scalar.h) w = exp(-((2i / d) * log(base))), and cosine and
 * sine are those of pi ((t * w) / pi) at position t, rounded once to the arithmetic; in
 * fixed point to SLT_ROTATION_FRAC. */
typedef struct slt_rotary {
    size_t positions, heads;
    slt_real base;
    bool neighbours;
} slt_rotary;
#define SLT_ROTATION_FRAC 60
/* Of a pair (a, b): (fma(a, cosine, -(b * sine)), fma(b, cosine, a * sine)); back, the
 * other way round, with -sine for sine.  y is not x. */
void slt_num_rotary(const slt_rotary *by, bool back, const slt_tensor *x, slt_tensor *y);
/* What the kernels have of it: [positions, pairs of a head]. */
typedef struct slt_rotation {
    const slt_tensor *cosine, *sine;
    size_t heads;
    bool back, neighbours;
} slt_rotation;

/* Binary cross entropy of logits y and numbers t from 0 to 1, or, of y of one column,
 * classes t (SLT_INDEX, below 2) as the numbers 0 and 1: ln(1 + e^y) - y t.  With q
 * and r as slt_num_sigmoid's, in the run's arithmetic, c = -t where y is below 0, else
 * 1 - t, and l = ln(1 + q) in binary64 as slt_num_softplus makes it: returns the
 * reduction of fma(y, c, l) over all elements.  Where dy is not NULL also dy = (w + c) *
 * scale, w = q * r where y is below 0, else -(q * r): scale times 1 / (1 + exp(-y)) - t.
 * dy may be y. */
slt_real slt_num_bce(const slt_tensor *y, const slt_tensor *t, slt_real scale,
                     slt_tensor *dy);

/* The number of rows whose argmax (the lowest index of equal ones) is t[row]; y must
 * hold no NaN. */
uint64_t slt_num_count_correct(const slt_tensor *y, const slt_tensor *t);

/* The number of rows of one logit y that is above 0 where the class t[row] is 1, and not
 * above 0 where it is 0. */
uint64_t slt_num_count_logits(const slt_tensor *y, const slt_tensor *t);

/* The number of elements of y that have the sign of t's; neither 0 nor NaN has one. */
uint64_t slt_num_count_signs(const slt_tensor *y, const slt_tensor *t);

/* Copies rows: to[r] = from[index[r]] for r < to->rows, in any arithmetic. */
void slt_num_gather_rows(const slt_tensor *from, const uint32_t *index, slt_tensor *to);

/* Reduction of squares / of products over all elements, binary64 (elements widened,
 * fma(a, b, partial)). */
slt_real slt_num_dot(const slt_tensor *a, const slt_tensor *b);

/* Whether every element is finite (fixed: whether overflow is not set). */
bool slt_num_finite(const slt_tensor *tensor);

#endif
