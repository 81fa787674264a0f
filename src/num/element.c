#include "num/element.h"

#include "base/assert.h"
#include "num/convert.h"
#include "num/fixed/fixed.h"
#include "num/modular.h"
#include "num/scalar.h"

static int64_t mantissa(const slt_tensor *tensor, size_t element)
{
    SLT_ASSERT(element < slt_tensor_count(tensor));
    return ((const int64_t *)tensor->data)[element];
}

/* to[e] = factor m 2^-frac, rounded once. */
static void put_scaled(slt_scalar factor, int64_t m, int frac, slt_tensor *to, size_t e)
{
    SLT_ASSERT(e < slt_tensor_count(to));
    int64_t *at = (int64_t *)to->data + e;
    to->overflow |= !slt_fixed_scale(factor, m, frac, to->frac, at);
}

void slt_num_put(const slt_tensor *from, size_t i, slt_tensor *to, size_t e)
{
    SLT_ASSERT(from->arithmetic == to->arithmetic);
    if (to->arithmetic != SLT_FIXED) {
        slt_tensor_set(to, e, slt_tensor_get(from, i));
        return;
    }
    to->overflow |= from->overflow;
    put_scaled((slt_scalar){1, 0}, mantissa(from, i), from->frac, to, e);
}

/* The product of two binary32 numbers is exact in binary64, so that storing it rounds
 * once in both float arithmetics. */
void slt_num_put_product(const slt_tensor *a, size_t i, const slt_tensor *b, size_t j,
                         slt_tensor *to, size_t e)
{
    SLT_ASSERT(a->arithmetic == to->arithmetic && b->arithmetic == to->arithmetic);
    if (to->arithmetic != SLT_FIXED) {
        slt_tensor_set(to, e, slt_real_mul(slt_tensor_get(a, i), slt_tensor_get(b, j)));
        return;
    }
    to->overflow |= a->overflow || b->overflow;
    put_scaled((slt_scalar){mantissa(a, i), -a->frac}, mantissa(b, j), b->frac, to, e);
}

void slt_num_convert(const slt_tensor *from, slt_tensor *to)
{
    SLT_ASSERT(slt_tensor_count(from) == slt_tensor_count(to));
    SLT_ASSERT(from->arithmetic <= SLT_FIXED && to->arithmetic != SLT_FIXED);
    for (size_t e = 0; e < slt_tensor_count(from); e++)
        if (from->arithmetic == SLT_FIXED && to->arithmetic == SLT_MODULAR)
            ((uint64_t *)to->data)[e] =
                slt_modular_of_fixed(mantissa(from, e), from->frac);
        else
            slt_tensor_set(to, e, slt_tensor_get(from, e));
}
