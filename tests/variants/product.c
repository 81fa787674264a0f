/* Products on every instruction set, against one fma chain an output. */
#include "reference.h"

/* Element (i, k) of op(t). */
static double operand(slt_transpose transpose, const slt_tensor *t, size_t i, size_t k)
{
    return ref_get(t, transpose == SLT_PLAIN ? i * t->cols + k : k * t->cols + i);
}

/* c and what a bias makes of it are those of the definition, `want` without the bias. */
static size_t results_wrong(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                            const slt_tensor *b, slt_tensor *c, slt_tensor *want)
{
    slt_tensor bias = ref_filled(c->arithmetic, 1, c->cols, REF_CORNERS);
    slt_num_product(ta, tb, a, b, c);
    size_t wrong = ref_differing(c, want);
    slt_num_affine(ta, tb, a, b, &bias, c);
    for (size_t e = 0; e < slt_tensor_count(want); e++)
        ref_set(want, e,
                ref_add(c->arithmetic, ref_get(want, e), ref_get(&bias, e % c->cols)));
    wrong += ref_differing(c, want);
    ref_free(&bias);
    return wrong;
}

static size_t judge(slt_arithmetic arithmetic, slt_transpose ta, slt_transpose tb,
                    size_t m, size_t n, size_t inner, ref_mix mix)
{
    slt_tensor a = ref_filled(arithmetic, ta ? inner : m, ta ? m : inner, mix);
    slt_tensor b = ref_filled(arithmetic, tb ? n : inner, tb ? inner : n, mix);
    slt_tensor c = ref_filled(arithmetic, m, n, REF_INFINITE);
    slt_tensor want = ref_tensor(arithmetic, m, n);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            double chain = 0;
            for (size_t k = 0; k < inner; k++)
                chain = ref_fma(arithmetic, operand(ta, &a, i, k), operand(tb, &b, k, j),
                                chain);
            ref_set(&want, i * n + j, chain);
        }
    size_t wrong = results_wrong(ta, tb, &a, &b, &c, &want);
    if (wrong)
        tap_note("%zux%zux%zu, transposed %d %d: %zu differ", m, n, inner, ta, tb, wrong);
    ref_free(&a);
    ref_free(&b);
    ref_free(&c);
    ref_free(&want);
    return wrong;
}

static size_t judge_all(slt_arithmetic arithmetic, size_t m, size_t n, size_t inner,
                        ref_mix mix)
{
    size_t wrong = 0;
    for (slt_transpose ta = SLT_PLAIN; ta <= SLT_TRANSPOSED; ta++)
        for (slt_transpose tb = SLT_PLAIN; tb <= SLT_TRANSPOSED; tb++)
            wrong += judge(arithmetic, ta, tb, m, n, inner, mix);
    return wrong;
}

static size_t random_shapes(slt_arithmetic arithmetic)
{
    size_t wrong = 0;
    for (size_t i = 0; i < tap_times(60, 24); i++)
        wrong += judge_all(arithmetic, 1 + ref_below(i % 3 ? 40 : 130),
                           1 + ref_below(i % 2 ? 130 : 50), ref_below(i % 4 ? 40 : 130),
                           (ref_mix)(i % REF_MIXES));
    return wrong;
}

/* Every number of rows and of columns that a tile can end with. */
static size_t every_tail(slt_arithmetic arithmetic)
{
    size_t wrong = 0;
    for (size_t m = 1; m <= 18; m++)
        wrong += judge_all(arithmetic, m, 17, 5, REF_CORNERS);
    for (size_t n = 1; n <= 100; n++)
        wrong += judge_all(arithmetic, 3, n, 4, REF_CORNERS);
    return wrong;
}

/* Columns left over beside whole vectors, and results of one or two rows: around every
 * number of lanes, and depths around the blocks that are turned in registers. */
static size_t left_over(slt_arithmetic arithmetic)
{
    static const size_t rows[] = {1, 2, 3, 8, 15, 16, 17, 32, 33, 70};
    static const size_t cols[] = {1,  2,  3,  4,  5,  6,  7,  8,   9,   11,
                                  15, 17, 20, 24, 25, 40, 53, 128, 131, 145};
    static const size_t depths[] = {2, 7, 8, 15, 16, 17, 20};
    const size_t one_in = tap_times(1, 3); /* each rows and cols all the same */
    size_t wrong = 0, turn = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t j = 0; j < sizeof cols / sizeof *cols; j++)
            for (size_t k = 0; k < sizeof depths / sizeof *depths; k++, turn++)
                if (turn % one_in == 0)
                    wrong += judge_all(arithmetic, rows[i], cols[j], depths[k],
                                       (ref_mix)(turn / one_in % REF_MIXES));
    return wrong;
}

/* One and two rows of as many vectors as go side by side, and more. */
static size_t few_rows(slt_arithmetic arithmetic)
{
    static const size_t cols[] = {127, 128, 161, 239, 255, 256, 257, 300, 513};
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof cols / sizeof *cols; i++)
        for (size_t rows = 1; rows <= 2; rows++)
            wrong += judge_all(arithmetic, rows, cols[i], 9, (ref_mix)(i % REF_MIXES));
    return wrong;
}

static size_t no_inner(slt_arithmetic arithmetic)
{
    return judge_all(arithmetic, 5, 37, 0, REF_PLAIN) +
           judge_all(arithmetic, 1, 1, 0, REF_PLAIN) +
           judge_all(arithmetic, 0, 3, 4, REF_PLAIN) +
           judge_all(arithmetic, 3, 0, 4, REF_PLAIN) +
           judge_all(arithmetic, 7, 19, 1, REF_CORNERS) +
           judge_all(arithmetic, 5, 16, 1, REF_INFINITE) +
           judge_all(arithmetic, 33, 70, 1, REF_CORNERS);
}

/* Depths around and beyond the blocks of k, and narrow shapes. */
static size_t deep(slt_arithmetic arithmetic)
{
    size_t wrong = 0;
    static const size_t depths[] = {127, 170, 171, 257, 340, 341, 513, 1025, 2051};
    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
        wrong += judge_all(arithmetic, 9, 21, depths[i], REF_PLAIN);
        wrong += judge_all(arithmetic, 67, 3, depths[i], REF_CORNERS);
        wrong += judge_all(arithmetic, 1, 50, depths[i], REF_INFINITE);
    }
    return wrong + judge_all(arithmetic, 200, 1, 30, REF_PLAIN);
}

/* Factors that a second-level cache does not hold: several parts of rows and of k. */
static size_t far(slt_arithmetic arithmetic)
{
    size_t depth = arithmetic == SLT_F32 ? 1010 : 520;
    return judge(arithmetic, SLT_PLAIN, SLT_PLAIN, 130, 115, depth, REF_PLAIN) +
           judge(arithmetic, SLT_TRANSPOSED, SLT_TRANSPOSED, 130, 113, depth, REF_PLAIN);
}

int main(void)
{
    ref_each_copy("random shapes", random_shapes);
    ref_each_copy("every tail of rows and columns", every_tail);
    ref_each_copy("columns left over, few rows", left_over);
    ref_each_copy("few rows of many columns", few_rows);
    ref_each_copy("inner dimension 0 and 1, no outputs", no_inner);
    ref_each_copy("deep and narrow shapes", deep);
    ref_each_copy("factors beyond the caches", far);
    return tap_done();
}
