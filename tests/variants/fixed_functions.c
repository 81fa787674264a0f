/* GELU and cross entropy in fixed point: every copy has the bits of the portable one, in
 * lanes and in every tail, at all exponents. Its own errors: unit/num/fixed/functions. */
#include "fixed_reference.h"

/* Blocks at exponents that lanes take and at others. */
static slt_tensor logits(size_t rows, size_t cols)
{
    fixed_mix mix = (fixed_mix)ref_below(FIXED_MIXES);
    slt_tensor t = fixed_filled(rows, cols, mix, 20 + (int)ref_below(60));
    if (ref_below(6) == 0)
        t.frac = (int)ref_below(400) - 200;
    int64_t *m = t.data;
    int down = (int)ref_below(3) * 6;
    for (size_t e = 0; e < rows * cols; e++)
        m[e] >>= down;
    t.overflow = ref_below(9) == 0;
    return t;
}

static slt_tensor targets(size_t rows, size_t cols)
{
    slt_tensor t = ref_tensor(SLT_INDEX, rows, 1);
    for (size_t r = 0; r < rows; r++)
        ((int32_t *)t.data)[r] = (int32_t)ref_below(cols);
    return t;
}

static size_t entropies_of(size_t rows, size_t cols)
{
    slt_tensor y = logits(rows, cols), t = targets(rows, cols);
    slt_tensor want = ref_tensor(SLT_FIXED, rows, cols);
    slt_tensor got = ref_tensor(SLT_FIXED, rows, cols);
    slt_real scale = slt_real_of(1 / (double)rows);
    slt_real loss = slt_fixed_cross_entropy(&y, &t, scale, &want);
    size_t wrong = slt_num_cross_entropy(&y, &t, scale, &got).bits != loss.bits;
    wrong += slt_num_cross_entropy(&y, &t, scale, NULL).bits != loss.bits;
    wrong += !fixed_same(&want, &got);
    slt_tensor change = logits(rows, cols);
    slt_fixed_cross_entropy_second(&y, &change, scale, &want);
    slt_num_cross_entropy_second(&y, &change, scale, &got);
    wrong += !fixed_same(&want, &got);
    slt_num_cross_entropy_second(&y, &change, scale, &change);
    change.overflow = got.overflow;
    wrong += !fixed_same(&change, &got);
    ref_free(&change);
    if (wrong)
        tap_note("cross entropy of %zu x %zu at exponent %d", rows, cols, y.frac);
    slt_tensor *all[] = {&y, &t, &want, &got};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        ref_free(all[i]);
    return wrong;
}

static size_t gelus_of(size_t rows, size_t cols)
{
    slt_tensor x = logits(rows, cols), dy = logits(rows, cols);
    slt_tensor want = ref_tensor(SLT_FIXED, rows, cols);
    slt_tensor got = ref_tensor(SLT_FIXED, rows, cols);
    slt_fixed_gelu(&x, &want);
    slt_num_gelu(&x, &got);
    size_t wrong = !fixed_same(&want, &got);
    slt_fixed_gelu_back(&x, &dy, &want);
    slt_num_gelu_back(&x, &dy, &got);
    wrong += !fixed_same(&want, &got);
    slt_tensor change = logits(rows, cols), over = ref_copy(&dy);
    over.frac = dy.frac;
    over.overflow = dy.overflow;
    slt_num_gelu_back(&x, &over, &over);
    over.overflow = got.overflow;
    wrong += !fixed_same(&over, &got);
    slt_fixed_gelu_second(&x, &dy, &change, &want);
    slt_num_gelu_second(&x, &dy, &change, &got);
    wrong += !fixed_same(&want, &got);
    slt_num_gelu_second(&x, &dy, &change, &dy);
    dy.overflow = got.overflow;
    wrong += !fixed_same(&dy, &got);
    ref_free(&over);
    ref_free(&change);
    if (wrong)
        tap_note("gelu of %zu x %zu at exponents %d, %d", rows, cols, x.frac, dy.frac);
    slt_tensor *all[] = {&x, &dy, &want, &got};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        ref_free(all[i]);
    return wrong;
}

static size_t every(size_t (*judge)(size_t rows, size_t cols))
{
    size_t wrong = 0;
    for (size_t cols = 1; cols <= 67; cols++)
        for (int i = 0; i < 20; i++)
            wrong += judge(1 + ref_below(4), cols);
    return wrong;
}

static size_t every_entropy(void)
{
    return every(entropies_of);
}

static size_t every_gelu(void)
{
    return every(gelus_of);
}

int main(void)
{
    fixed_each_copy("cross entropy", every_entropy);
    fixed_each_copy("gelu and its gradient", every_gelu);
    return tap_done();
}
