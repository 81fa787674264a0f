/* Products against OpenBLAS, the other opinion: two sums of the same K products, each in
 * an order of its own, differ by at most K eps sum |a_k b_k| (each is within K eps / 2 of
 * the exact sum, to first order; the second order is below the slack of 1e-3). */
#include "reference.h"

#ifdef SLT_HAVE_OPENBLAS
#include <cblas.h>
#include <float.h>

static const int shapes[][3] = {
    /* m, n, k: the figures' products and odd ones */
    {500, 27, 100}, {500, 100, 27}, {27, 100, 500}, {100, 53, 500}, {128, 48, 12},
    {128, 53, 48},  {53, 48, 128},  {128, 53, 600}, {100, 2, 8},    {1, 1, 1},
    {3, 129, 257},  {130, 7, 1500}, {61, 61, 61},   {500, 5, 100},  {5, 100, 500},
};

static void their_product(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                          const slt_tensor *b, slt_tensor *c)
{
    int m = (int)c->rows, n = (int)c->cols, k = (int)(ta ? a->rows : a->cols);
    CBLAS_TRANSPOSE to_a = ta ? CblasTrans : CblasNoTrans;
    CBLAS_TRANSPOSE to_b = tb ? CblasTrans : CblasNoTrans;
    if (c->arithmetic == SLT_F32)
        cblas_sgemm(CblasRowMajor, to_a, to_b, m, n, k, 1, a->data, (int)a->cols, b->data,
                    (int)b->cols, 0, c->data, n);
    else
        cblas_dgemm(CblasRowMajor, to_a, to_b, m, n, k, 1, a->data, (int)a->cols, b->data,
                    (int)b->cols, 0, c->data, n);
}

static double magnitude(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                        const slt_tensor *b, size_t i, size_t j)
{
    size_t inner = ta ? a->rows : a->cols;
    double sum = 0;
    for (size_t k = 0; k < inner; k++)
        sum += fabs(ref_get(a, ta ? k * a->cols + i : i * a->cols + k) *
                    ref_get(b, tb ? j * b->cols + k : k * b->cols + j));
    return sum;
}

static size_t beyond_bound(slt_arithmetic arithmetic, const int shape[3],
                           slt_transpose ta, slt_transpose tb)
{
    size_t m = (size_t)shape[0], n = (size_t)shape[1], k = (size_t)shape[2], wrong = 0;
    slt_tensor a = ref_filled(arithmetic, ta ? k : m, ta ? m : k, REF_PLAIN);
    slt_tensor b = ref_filled(arithmetic, tb ? n : k, tb ? k : n, REF_PLAIN);
    slt_tensor ours = ref_tensor(arithmetic, m, n), theirs = ref_tensor(arithmetic, m, n);
    double eps = arithmetic == SLT_F32 ? (double)FLT_EPSILON : DBL_EPSILON;
    slt_num_product(ta, tb, &a, &b, &ours);
    their_product(ta, tb, &a, &b, &theirs);
    for (size_t e = 0; e < m * n; e++) {
        double bound = 1.001 * (double)k * eps * magnitude(ta, tb, &a, &b, e / n, e % n);
        wrong += !(fabs(ref_get(&ours, e) - ref_get(&theirs, e)) <= bound);
    }
    ref_free(&a);
    ref_free(&b);
    ref_free(&ours);
    ref_free(&theirs);
    return wrong;
}

static size_t all_shapes(slt_arithmetic arithmetic)
{
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (int t = 0; t < 4; t++)
            wrong += beyond_bound(arithmetic, shapes[i], t & 1, t >> 1);
    return wrong;
}

int main(void)
{
    ref_each_copy("agrees with OpenBLAS within K eps sum |a||b|", all_shapes);
    return tap_done();
}
#else
int main(void)
{
    tap_skip("products against OpenBLAS", "built without OpenBLAS");
    return tap_done();
}
#endif
