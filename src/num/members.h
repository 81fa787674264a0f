/* Members: one small computation done for several of them at once, each in a vector
 * lane of its own.
 *
 * The tensor of an ensemble, of all its members, has member-innermost elements: with
 * `members` = slt_members_count(arithmetic), a tensor of rows x cols for each member is
 * one of rows x (cols * members), and element (i, j) of member m is its element
 * (i, j * members + m).  What ops.h does element by element, or with a row for every row
 * (add, relu, square, gelu, add_bias, sgd, adam), it does for an ensemble as it stands.
 * Here is the rest: what mixes elements of one member.
 *
 * Every function does for each member exactly the operations of its namesake in ops.h or
 * update.h, in their order, on that member's numbers alone.  No bit tells whether there
 * were others, nor what they held: members that are of no use may hold anything. */
#ifndef SLT_NUM_MEMBERS_H
#define SLT_NUM_MEMBERS_H

#include "num/ops.h"
#include "num/update.h"

/* As many as numbers go into 64 bytes, whatever the instruction set. */
#define SLT_MEMBERS_BYTES 64
#define SLT_MEMBERS_MAX 16

/* 16 in f32, 8 in f64; 0 if there are no such kernels: in fixed point, and on
 * another back end. */
size_t slt_members_count(slt_arithmetic arithmetic);

/* One member's tensor in, and out again. */
void slt_members_put(const slt_tensor *from, size_t member, slt_tensor *to);
void slt_members_take(const slt_tensor *from, size_t member, slt_tensor *to);
/* Whether every element of the member is finite. */
bool slt_members_finite(const slt_tensor *tensor, size_t member);

/* to[r] = row index[m][r] of from[m], for each member m and r < to->rows; from[m] has
 * fewer than 2^32 elements. */
void slt_members_gather(const slt_tensor *const *from, const uint32_t *const *index,
                        slt_tensor *to);
/* to[r] = row first + r of from, for all members. */
void slt_members_spread(const slt_tensor *from, size_t first, slt_tensor *to);

/* slt_num_product, after it slt_num_add_bias where bias is not NULL; and
 * slt_num_column_sums.  Where `goes_on`, the chains start from what the result holds and
 * not from +0: rows of a batch may come in blocks. */
void slt_members_product(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                         const slt_tensor *b, const slt_tensor *bias, bool goes_on,
                         slt_tensor *c);
void slt_members_column_sums(const slt_tensor *dy, bool goes_on, slt_tensor *out);

/* slt_num_squared_error, in blocks of rows: begin; add every block, ascending (where dy
 * is not NULL, dy = scale * (y - t); it may be y); end gives the members' sums, each
 * times `factor` and divided by `divisor`, in binary64.  With `relu` y is x's
 * slt_num_relu, x given in its place, and dy becomes the derivative by x: what
 * slt_num_relu_back makes of it.  Who begins with `verdict` gets other numbers, of which
 * each is finite where the sum is. */
typedef struct slt_members_sum {
    bool verdict;
    size_t elements; /* of each member, so far */
    slt_real partial[64 * SLT_MEMBERS_MAX] __attribute__((aligned(64)));
} slt_members_sum;
void slt_members_sum_begin(bool verdict, slt_members_sum *sum);
void slt_members_sum_add(bool relu, const slt_tensor *y, const slt_tensor *t,
                         slt_real scale, slt_tensor *dy, slt_members_sum *sum);
void slt_members_sum_end(slt_arithmetic arithmetic, slt_members_sum *sum, slt_real factor,
                         slt_real divisor, slt_real *losses);

/* slt_num_sgld, member m with noise from stream[m].  Whether all elements of all members
 * are finite. */
bool slt_members_sgld(const slt_sgld_step *step, const slt_stream *stream,
                      const slt_tensor *g, const slt_tensor *w0, slt_tensor *w);

/* slt_num_underdamped likewise. */
bool slt_members_underdamped(const slt_underdamped_step *step, const slt_stream *stream,
                             const slt_tensor *g, const slt_tensor *w0, slt_tensor *p,
                             slt_tensor *w);

/* slt_num_thermostat likewise; all elements of x and w. */
bool slt_members_thermostat(const slt_underdamped_step *step, const slt_stream *stream,
                            const slt_tensor *g, const slt_tensor *w0, slt_tensor *p,
                            slt_tensor *x, slt_tensor *w);

/* slt_num_preconditioned likewise; all elements of v and w. */
bool slt_members_preconditioned(const slt_preconditioned_step *step,
                                const slt_stream *stream, const slt_tensor *g,
                                const slt_tensor *w0, slt_tensor *m, slt_tensor *v,
                                slt_tensor *w);

/* ---- The table of kernels (num/kernels.h) ------------------------------------------ */

#define SLT_MEMBERS_MAP(X)                                                               \
    X(void, members_gather,                                                              \
      (const slt_tensor *const *from, const uint32_t *const *index, slt_tensor *to))     \
    X(void, members_spread, (const slt_tensor *from, size_t first, slt_tensor *to))      \
    X(void, members_product,                                                             \
      (slt_transpose ta, slt_transpose tb, const slt_tensor *a, const slt_tensor *b,     \
       const slt_tensor *bias, bool goes_on, slt_tensor *c))                             \
    X(void, members_column_sums, (const slt_tensor *dy, bool goes_on, slt_tensor *out))  \
    X(void, members_sum_add,                                                             \
      (bool relu, const slt_tensor *y, const slt_tensor *t, slt_real scale,              \
       slt_tensor *dy, slt_members_sum *sum))                                            \
    X(void, members_sum_end,                                                             \
      (slt_members_sum * sum, slt_real factor, slt_real divisor, slt_real * losses))     \
    X(bool, members_sgld,                                                                \
      (const slt_sgld_step *step, const slt_stream *stream, const slt_tensor *g,         \
       const slt_tensor *w0, slt_tensor *w))                                             \
    X(bool, members_underdamped,                                                         \
      (const slt_underdamped_step *step, const slt_stream *stream, const slt_tensor *g,  \
       const slt_tensor *w0, slt_tensor *p, slt_tensor *w))                              \
    X(bool, members_thermostat,                                                          \
      (const slt_underdamped_step *step, const slt_stream *stream, const slt_tensor *g,  \
       const slt_tensor *w0, slt_tensor *p, slt_tensor *x, slt_tensor *w))               \
    X(bool, members_preconditioned,                                                      \
      (const slt_preconditioned_step *step, const slt_stream *stream,                    \
       const slt_tensor *g, const slt_tensor *w0, slt_tensor *m, slt_tensor *v,          \
       slt_tensor *w))

typedef struct slt_members_kernels {
#define SLT_MEMBERS_FIELD(result, name, parameters) result(*name) parameters;
    SLT_MEMBERS_MAP(SLT_MEMBERS_FIELD)
#undef SLT_MEMBERS_FIELD
} slt_members_kernels;

#endif
