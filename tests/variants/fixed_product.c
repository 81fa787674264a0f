/* Fixed-point products on every instruction set, against the sum written out. */
#include "fixed_reference.h"

/* The block rounded to `bits` bits, each element by itself; the exponent it gets. */
static int rounded(slt_tensor *t, int bits)
{
    int shift = fixed_bits(t) > bits ? fixed_bits(t) - bits : 0;
    int64_t *m = t->data;
    for (size_t e = 0; e < slt_tensor_count(t); e++)
        m[e] = fixed_round(m[e], shift);
    return t->frac - shift;
}

static int64_t element(slt_transpose transpose, const slt_tensor *t, size_t i, size_t k)
{
    return ((const int64_t *)
                t->data)[transpose == SLT_PLAIN ? i * t->cols + k : k * t->cols + i];
}

static void define(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                   const slt_tensor *b, slt_tensor *c)
{
    size_t inner = ta ? a->rows : a->cols;
    slt_tensor x = ref_copy(a), y = ref_copy(b);
    int bits = (62 - fixed_ceil_log2(inner ? inner : 1)) / 2;
    x.frac = a->frac, y.frac = b->frac;
    c->frac = rounded(&x, bits > 30 ? 30 : bits) + rounded(&y, bits > 30 ? 30 : bits);
    c->overflow = a->overflow || b->overflow;
    for (size_t i = 0; i < c->rows; i++)
        for (size_t j = 0; j < c->cols; j++) {
            int64_t sum = 0;
            for (size_t k = 0; k < inner; k++)
                sum += element(ta, &x, i, k) * element(tb, &y, k, j);
            ((int64_t *)c->data)[i * c->cols + j] = sum;
        }
    ref_free(&x);
    ref_free(&y);
}

static size_t judge(slt_transpose ta, slt_transpose tb, size_t m, size_t n, size_t inner,
                    fixed_mix mix_a, fixed_mix mix_b)
{
    slt_tensor a = fixed_filled(ta ? inner : m, ta ? m : inner, mix_a, 48);
    slt_tensor b = fixed_filled(tb ? n : inner, tb ? inner : n, mix_b, -7);
    slt_tensor c = fixed_filled(m, n, FIXED_RANGE, 5), want = ref_tensor(SLT_FIXED, m, n);
    a.overflow = ref_below(8) == 0;
    b.overflow = ref_below(8) == 0;
    define(ta, tb, &a, &b, &want);
    slt_num_product(ta, tb, &a, &b, &c);
    size_t wrong = !fixed_same(&c, &want);
    if (wrong)
        tap_note("%zux%zux%zu, transposed %d %d, mixes %d %d", m, n, inner, ta, tb, mix_a,
                 mix_b);
    ref_free(&a);
    ref_free(&b);
    ref_free(&c);
    ref_free(&want);
    return wrong;
}

static size_t judge_all(size_t m, size_t n, size_t inner)
{
    size_t wrong = 0;
    for (slt_transpose ta = SLT_PLAIN; ta <= SLT_TRANSPOSED; ta++)
        for (slt_transpose tb = SLT_PLAIN; tb <= SLT_TRANSPOSED; tb++)
            wrong += judge(ta, tb, m, n, inner, (fixed_mix)ref_below(FIXED_MIXES),
                           (fixed_mix)ref_below(FIXED_MIXES));
    return wrong;
}

static size_t every_mix(void)
{
    size_t wrong = 0;
    for (int x = 0; x < FIXED_MIXES; x++)
        for (int y = 0; y < FIXED_MIXES; y++)
            for (int i = 0; i < 6; i++)
                wrong += judge((slt_transpose)(i & 1), (slt_transpose)(i >> 1 & 1),
                               1 + ref_below(40), 1 + ref_below(40), ref_below(80),
                               (fixed_mix)x, (fixed_mix)y);
    return wrong;
}

/* Every number of rows and of columns that a tile can end with. */
static size_t every_tail(void)
{
    size_t wrong = 0;
    for (size_t m = 1; m <= 67; m++)
        wrong += judge_all(m, 17, 5) + judge_all(m, 2, 33);
    for (size_t n = 1; n <= 67; n++)
        wrong += judge_all(3, n, 4) + judge_all(40, n, 21);
    return wrong;
}

/* No inner dimension or one of 1, no outputs, depths around powers of two. */
static size_t edges(void)
{
    size_t wrong = judge_all(5, 37, 0) + judge_all(1, 1, 0) + judge_all(0, 3, 4) +
                   judge_all(3, 0, 4) + judge_all(0, 3, 40) + judge_all(3, 0, 40) +
                   judge_all(7, 19, 1) + judge_all(1, 1, 1);
    static const size_t depths[] = {3, 4, 5, 63, 64, 65, 511, 512, 513, 1025};
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++)
        wrong += judge_all(9, 21, depths[i]) + judge_all(67, 1, depths[i]) +
                 judge_all(1, 50, depths[i]);
    return wrong;
}

/* The largest sums there are: every element at the edge, all signs alike. */
static size_t fullest(void)
{
    size_t wrong = 0;
    for (size_t inner = 1; inner <= 4096; inner = inner * 2 + inner % 3) {
        slt_tensor a = ref_tensor(SLT_FIXED, 9, inner),
                   b = ref_tensor(SLT_FIXED, 9, inner);
        slt_tensor c = ref_tensor(SLT_FIXED, 9, 9), want = ref_tensor(SLT_FIXED, 9, 9);
        for (size_t e = 0; e < 9 * inner; e++) {
            ((int64_t *)a.data)[e] = INT64_MAX;
            ((int64_t *)b.data)[e] = inner % 2 ? INT64_MIN : INT64_MAX;
        }
        define(SLT_PLAIN, SLT_TRANSPOSED, &a, &b, &want);
        slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, &a, &b, &c);
        wrong += !fixed_same(&c, &want) || fixed_bits(&c) > 63;
        ref_free(&a);
        ref_free(&b);
        ref_free(&c);
        ref_free(&want);
    }
    return wrong;
}

int main(void)
{
    fixed_each_copy("products of all kinds of blocks", every_mix);
    fixed_each_copy("products with every tail of rows and columns", every_tail);
    fixed_each_copy("products at the edges of shapes", edges);
    fixed_each_copy("the largest sums of products", fullest);
    return tap_done();
}
