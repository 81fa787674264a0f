/* Tensors of random numbers. */
#include "num/fixed/kernels/body.h"

void SLT_FIXED(fill_normals)(slt_stream stream, uint64_t first, slt_real std,
                             slt_tensor *z)
{
    slt_scalar scale = slt_scalar_of(std);
    int64_t *out = z->data;
    size_t count = slt_tensor_count(z);
    z->frac = SLT_FIXED_FRAC;
    slt_fixed_normals(stream, first, out, count);
    for (size_t e = 0; e < count; e++)
        if (!slt_fixed_scale(scale, out[e], SLT_NORMAL_FRAC, SLT_FIXED_FRAC, &out[e]))
            z->overflow = true;
}

void SLT_FIXED(uniforms)(slt_stream stream, slt_real lo, slt_real hi, slt_tensor *z)
{
    slt_scalar from = slt_scalar_of(lo), to = slt_scalar_of(hi);
    int64_t *out = z->data;
    size_t count = slt_tensor_count(z);
    uint32_t words[64];
    z->frac = SLT_FIXED_FRAC;
    for (size_t e = 0; e < count; e++) {
        if (e % 64 == 0)
            slt_draw_words(stream, e, words, count - e < 64 ? count - e : 64);
        /* lo (1 - u) + hi u with u = odd 2^-33: two products, each rounded. */
        int64_t odd = 2 * (int64_t)words[e % 64] + 1, a, b;
        bool fits =
            slt_fixed_scale(from, ((int64_t)1 << 33) - odd, 33, SLT_FIXED_FRAC, &a);
        fits = slt_fixed_scale(to, odd, 33, SLT_FIXED_FRAC, &b) && fits;
        fits = !__builtin_add_overflow(a, b, &out[e]) && fits;
        z->overflow |= !fits;
    }
}
