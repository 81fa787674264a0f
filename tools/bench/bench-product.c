/* GFLOP/s of slt_num_product and of OpenBLAS on the figures' shapes, one thread each.
 *
 *     build/bench-product [f32|f64] [ISA]
 *
 * The two alternate, so that a slow moment of the machine hits both; medians.  OpenBLAS
 * chooses its kernel by CPU and knows no CPU newer than itself: the program names the
 * best core type in the environment and starts again, since the library reads it when
 * loaded.
 */
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sltrace/numerics.h>

#include "num/math.h"
#include "num/ops.h"

#define ROUNDS 41
#define FLOPS_A_ROUND 1e7

typedef struct shape {
    slt_transpose ta, tb;
    size_t m, n, k;
} shape;

/* clang-format off */
static const shape shapes[] = {
    /* low rank, r = 1, 5, 27, 53, 100: forward x W1', h W2'; gradients */
    {0, 1, 500, 1, 100},     {0, 1, 500, 5, 100},     {0, 1, 500, 27, 100},
    {0, 1, 500, 53, 100},    {0, 1, 500, 100, 100},   {0, 1, 500, 100, 1},
    {0, 1, 500, 100, 5},     {0, 1, 500, 100, 27},    {0, 1, 500, 100, 53},
    {0, 0, 500, 1, 100},     {0, 0, 500, 5, 100},     {0, 0, 500, 53, 100},
    {1, 0, 1, 100, 500},     {1, 0, 5, 100, 500},     {1, 0, 53, 100, 500},
    {1, 0, 100, 1, 500},     {1, 0, 100, 5, 500},     {1, 0, 100, 53, 500},
    /* autoencoder */
    {0, 1, 500, 128, 100},   {0, 1, 500, 100, 128},   {1, 0, 128, 100, 500},
    /* modular addition, batch 128 */
    {0, 0, 128, 48, 12},     {0, 0, 128, 53, 48},     {0, 1, 128, 48, 53},
    {1, 0, 53, 48, 128},     {1, 0, 48, 12, 128},
    /* quadratic net, TMS, squares */
    {0, 0, 128, 53, 1024},   {1, 0, 53, 1024, 128},   {0, 1, 128, 1024, 53},
    {0, 0, 100, 2, 8},       {0, 0, 64, 100, 100},    {0, 0, 256, 256, 256},
    {0, 0, 1024, 1024, 1024},
};
/* clang-format on */

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static slt_tensor operand(slt_arithmetic arithmetic, size_t rows, size_t cols)
{
    slt_tensor t;
    slt_error err;
    if (slt_tensor_create(&t, arithmetic, rows, cols, &err) != SLT_OK) {
        fprintf(stderr, "bench-product: %s\n", err.text);
        exit(2);
    }
    for (size_t e = 0; e < rows * cols; e++) {
        double value = (double)(e * 7919 % 2003) / 1001 - 1;
        slt_tensor_set(&t, e, slt_real_of(value));
    }
    return t;
}

static void theirs(const shape *s, const slt_tensor *a, const slt_tensor *b,
                   slt_tensor *c)
{
    CBLAS_TRANSPOSE ta = s->ta ? CblasTrans : CblasNoTrans;
    CBLAS_TRANSPOSE tb = s->tb ? CblasTrans : CblasNoTrans;
    int m = (int)s->m, n = (int)s->n, k = (int)s->k;
    int row_a = (int)a->cols, row_b = (int)b->cols;
    if (c->arithmetic == SLT_F32)
        cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, 1, a->data, row_a, b->data, row_b, 0,
                    c->data, n);
    else
        cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, 1, a->data, row_a, b->data, row_b, 0,
                    c->data, n);
}

static double time_one(bool ours, size_t repeats, const shape *s, const slt_tensor *a,
                       const slt_tensor *b, slt_tensor *c)
{
    double start = seconds();
    for (size_t i = 0; i < repeats; i++) {
        if (ours)
            slt_num_product(s->ta, s->tb, a, b, c);
        else
            theirs(s, a, b, c);
    }
    return (seconds() - start) / (double)repeats;
}

static void bench(slt_arithmetic arithmetic, const shape *s)
{
    slt_tensor a = operand(arithmetic, s->ta ? s->k : s->m, s->ta ? s->m : s->k);
    slt_tensor b = operand(arithmetic, s->tb ? s->n : s->k, s->tb ? s->k : s->n);
    slt_tensor c = operand(arithmetic, s->m, s->n);
    double flops = 2.0 * (double)s->m * (double)s->n * (double)s->k;
    size_t repeats = 1 + (size_t)(FLOPS_A_ROUND / flops);
    double times[2][ROUNDS];
    for (int r = 0; r < ROUNDS; r++)
        for (int ours = 0; ours < 2; ours++)
            times[ours][r] = time_one(ours, repeats, s, &a, &b, &c);
    for (int ours = 0; ours < 2; ours++)
        qsort(times[ours], ROUNDS, sizeof times[ours][0], ascending);
    double us = flops / times[1][ROUNDS / 2] * 1e-9;
    double them = flops / times[0][ROUNDS / 2] * 1e-9;
    printf("%4zu x %4zu x %4zu %c%c  %8.1f %8.1f  %5.2f\n", s->m, s->n, s->k,
           s->ta ? 'T' : 'N', s->tb ? 'T' : 'N', us, them, us / them);
    slt_tensor_free(&a);
    slt_tensor_free(&b);
    slt_tensor_free(&c);
}

/* OpenBLAS reads its environment when it is loaded, before main. */
static void start_again_with_core_type(char **argv)
{
    if (getenv("SLT_BENCH_STARTED"))
        return;
    setenv("SLT_BENCH_STARTED", "1", 1);
    if (slt_cpu_has(SLT_ISA_AVX512))
        setenv("OPENBLAS_CORETYPE", "SkylakeX", 1);
    else if (slt_cpu_has(SLT_ISA_AVX2))
        setenv("OPENBLAS_CORETYPE", "Haswell", 1);
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    execv("/proc/self/exe", argv);
    perror("bench-product: cannot start again");
}

int main(int argc, char **argv)
{
    start_again_with_core_type(argv);
    slt_error err;
    slt_arithmetic arithmetic = argc > 1 && !strcmp(argv[1], "f64") ? SLT_F64 : SLT_F32;
    if (slt_start(argc > 2 ? argv[2] : NULL, &err) != SLT_OK ||
        slt_num_available(arithmetic, &err) != SLT_OK) {
        fprintf(stderr, "bench-product: %s\n", err.text);
        return 2;
    }
    printf("%s, kernels %s, OpenBLAS %s; GFLOP/s, medians of %d\n",
           slt_arithmetic_name(arithmetic), slt_isa_name(slt_num_isa()),
           openblas_get_corename(), ROUNDS);
    printf("   m      n      k          ours OpenBLAS  ratio\n");
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        bench(arithmetic, &shapes[i]);
    return 0;
}
