#include "num/members.h"

#include <string.h>

#include "base/assert.h"
#include "num/kernels.h"

/* For arithmetics that have members; the compiler knows that these are powers of two. */
static inline size_t members_of(slt_arithmetic arithmetic)
{
    return arithmetic == SLT_F32 ? SLT_MEMBERS_BYTES / 4 : SLT_MEMBERS_BYTES / 8;
}

size_t slt_members_count(slt_arithmetic arithmetic)
{
    if (arithmetic != SLT_F32 && arithmetic != SLT_F64)
        return 0;
    return slt_kernels_of(arithmetic)->members ? members_of(arithmetic) : 0;
}

static inline const slt_members_kernels *kernels_of(slt_arithmetic arithmetic)
{
    const slt_members_kernels *kernels = slt_kernels_of(arithmetic)->members;
    SLT_ASSERT(kernels);
    return kernels;
}

/* Columns of one member's tensor. */
static inline size_t cols_of(const slt_tensor *ensemble)
{
    const size_t members = members_of(ensemble->arithmetic);
    SLT_ASSERT(ensemble->cols % members == 0);
    return ensemble->cols / members;
}

static bool same_shape(const slt_tensor *a, const slt_tensor *b)
{
    return a->arithmetic == b->arithmetic && a->rows == b->rows && a->cols == b->cols;
}

void slt_members_put(const slt_tensor *from, size_t member, slt_tensor *to)
{
    const size_t size = slt_arithmetic_size(to->arithmetic);
    SLT_ASSERT(from->arithmetic == to->arithmetic && from->rows == to->rows);
    SLT_ASSERT(from->cols == cols_of(to));
    for (size_t e = 0; e < slt_tensor_count(from); e++)
        memcpy((char *)to->data + e * SLT_MEMBERS_BYTES + member * size,
               (const char *)from->data + e * size, size);
}

void slt_members_take(const slt_tensor *from, size_t member, slt_tensor *to)
{
    const size_t size = slt_arithmetic_size(to->arithmetic);
    SLT_ASSERT(from->arithmetic == to->arithmetic && from->rows == to->rows);
    SLT_ASSERT(to->cols == cols_of(from));
    for (size_t e = 0; e < slt_tensor_count(to); e++)
        memcpy((char *)to->data + e * size,
               (const char *)from->data + e * SLT_MEMBERS_BYTES + member * size, size);
}

bool slt_members_finite(const slt_tensor *tensor, size_t member)
{
    const size_t members = members_of(tensor->arithmetic);
    for (size_t e = member; e < slt_tensor_count(tensor); e += members)
        if (!slt_real_finite(slt_tensor_get(tensor, e)))
            return false;
    return true;
}

void slt_members_gather(const slt_tensor *const *from, const uint32_t *const *index,
                        slt_tensor *to)
{
    const size_t cols = cols_of(to), members = members_of(to->arithmetic);
    for (size_t m = 0; m < members; m++)
        SLT_ASSERT(from[m]->arithmetic == to->arithmetic && from[m]->cols == cols &&
                   slt_tensor_count(from[m]) <= UINT32_MAX);
    kernels_of(to->arithmetic)->members_gather(from, index, to);
}

void slt_members_spread(const slt_tensor *from, size_t first, slt_tensor *to)
{
    SLT_ASSERT(from->arithmetic == to->arithmetic && from->cols == cols_of(to));
    SLT_ASSERT(first <= from->rows && to->rows <= from->rows - first);
    kernels_of(to->arithmetic)->members_spread(from, first, to);
}

void slt_members_product(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                         const slt_tensor *b, const slt_tensor *bias, bool goes_on,
                         slt_tensor *c)
{
    SLT_ASSERT(!bias ||
               (bias->arithmetic == c->arithmetic && slt_tensor_count(bias) == c->cols));
    SLT_ASSERT(a->arithmetic == c->arithmetic && b->arithmetic == c->arithmetic);
    SLT_ASSERT((ta == SLT_PLAIN ? a->rows : cols_of(a)) == c->rows);
    SLT_ASSERT((tb == SLT_PLAIN ? cols_of(b) : b->rows) == cols_of(c));
    SLT_ASSERT((ta == SLT_PLAIN ? cols_of(a) : a->rows) ==
               (tb == SLT_PLAIN ? b->rows : cols_of(b)));
    kernels_of(c->arithmetic)->members_product(ta, tb, a, b, bias, goes_on, c);
}

void slt_members_column_sums(const slt_tensor *dy, bool goes_on, slt_tensor *out)
{
    SLT_ASSERT(dy->arithmetic == out->arithmetic && slt_tensor_count(out) == dy->cols);
    kernels_of(dy->arithmetic)->members_column_sums(dy, goes_on, out);
}

void slt_members_sum_begin(bool verdict, slt_members_sum *sum)
{
    memset(sum, 0, sizeof *sum);
    sum->verdict = verdict;
}

void slt_members_sum_add(bool relu, const slt_tensor *y, const slt_tensor *t,
                         slt_real scale, slt_tensor *dy, slt_members_sum *sum)
{
    SLT_ASSERT(same_shape(y, t) && (!dy || same_shape(y, dy)));
    kernels_of(y->arithmetic)->members_sum_add(relu, y, t, scale, dy, sum);
}

void slt_members_sum_end(slt_arithmetic arithmetic, slt_members_sum *sum, slt_real factor,
                         slt_real divisor, slt_real *losses)
{
    kernels_of(arithmetic)->members_sum_end(sum, factor, divisor, losses);
}

bool slt_members_sgld(const slt_sgld_step *step, const slt_stream *stream,
                      const slt_tensor *g, const slt_tensor *w0, slt_tensor *w)
{
    SLT_ASSERT(same_shape(g, w) && same_shape(w0, w));
    return kernels_of(w->arithmetic)->members_sgld(step, stream, g, w0, w);
}

bool slt_members_underdamped(const slt_underdamped_step *step, const slt_stream *stream,
                             const slt_tensor *g, const slt_tensor *w0, slt_tensor *p,
                             slt_tensor *w)
{
    SLT_ASSERT(same_shape(g, w) && same_shape(w0, w) && same_shape(p, w));
    return kernels_of(w->arithmetic)->members_underdamped(step, stream, g, w0, p, w);
}

bool slt_members_thermostat(const slt_underdamped_step *step, const slt_stream *stream,
                            const slt_tensor *g, const slt_tensor *w0, slt_tensor *p,
                            slt_tensor *x, slt_tensor *w)
{
    SLT_ASSERT(same_shape(g, w) && same_shape(w0, w) && same_shape(p, w) &&
               same_shape(x, w));
    return kernels_of(w->arithmetic)->members_thermostat(step, stream, g, w0, p, x, w);
}

bool slt_members_preconditioned(const slt_preconditioned_step *step,
                                const slt_stream *stream, const slt_tensor *g,
                                const slt_tensor *w0, slt_tensor *m, slt_tensor *v,
                                slt_tensor *w)
{
    SLT_ASSERT(same_shape(g, w) && same_shape(w0, w) && same_shape(v, w) &&
               (!m || same_shape(m, w)));
    return kernels_of(w->arithmetic)
        ->members_preconditioned(step, stream, g, w0, m, v, w);
}
