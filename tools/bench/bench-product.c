/* GFLOP/s of slt_num_product and of a rival on the figures' shapes, one thread each.
 *
 *     build/bench-product [f32|f64|fixed] [ISA]
 *
 * The rival of f32 and f64 is OpenBLAS, that of fixed our own f32.  The two alternate, so
 * that a slow moment of the machine hits both; medians.  For fixed every rank of Figure 6
 * follows.  OpenBLAS chooses its kernel by CPU and knows no CPU newer than itself: the
 * program names the best core type in the environment and starts again, since the library
 * reads it when loaded.
 */
#include <cblas.h>
#include <math.h>
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

/* Operands of a shape in one arithmetic. */
typedef struct side {
    slt_tensor a, b, c;
} side;

static side make_side(slt_arithmetic arithmetic, const shape *s)
{
    return (side){operand(arithmetic, s->ta ? s->k : s->m, s->ta ? s->m : s->k),
                  operand(arithmetic, s->tb ? s->n : s->k, s->tb ? s->k : s->n),
                  operand(arithmetic, s->m, s->n)};
}

static void free_side(side *s)
{
    slt_tensor_free(&s->a);
    slt_tensor_free(&s->b);
    slt_tensor_free(&s->c);
}

static void blas(const shape *s, side *x)
{
    CBLAS_TRANSPOSE ta = s->ta ? CblasTrans : CblasNoTrans;
    CBLAS_TRANSPOSE tb = s->tb ? CblasTrans : CblasNoTrans;
    int m = (int)s->m, n = (int)s->n, k = (int)s->k;
    int row_a = (int)x->a.cols, row_b = (int)x->b.cols;
    if (x->c.arithmetic == SLT_F32)
        cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, 1, x->a.data, row_a, x->b.data, row_b,
                    0, x->c.data, n);
    else
        cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, 1, x->a.data, row_a, x->b.data, row_b,
                    0, x->c.data, n);
}

static double time_one(bool is_blas, size_t repeats, const shape *s, side *x)
{
    double start = seconds();
    for (size_t i = 0; i < repeats; i++) {
        if (is_blas)
            blas(s, x);
        else
            slt_num_product(s->ta, s->tb, &x->a, &x->b, &x->c);
    }
    return (seconds() - start) / (double)repeats;
}

/* GFLOP/s of ours and theirs. */
static void race(slt_arithmetic arithmetic, const shape *s, int rounds, double speed[2])
{
    bool fixed = arithmetic == SLT_FIXED;
    side ours = make_side(arithmetic, s),
         theirs = make_side(fixed ? SLT_F32 : arithmetic, s);
    double flops = 2.0 * (double)s->m * (double)s->n * (double)s->k;
    size_t repeats = 1 + (size_t)(FLOPS_A_ROUND / flops);
    double times[2][ROUNDS];
    for (int r = 0; r < rounds; r++) {
        times[0][r] = time_one(false, repeats, s, &ours);
        times[1][r] = time_one(!fixed, repeats, s, &theirs);
    }
    for (int i = 0; i < 2; i++) {
        qsort(times[i], (size_t)rounds, sizeof times[i][0], ascending);
        speed[i] = flops / times[i][rounds / 2] * 1e-9;
    }
    free_side(&ours);
    free_side(&theirs);
}

static void bench(slt_arithmetic arithmetic, const shape *s)
{
    double speed[2];
    race(arithmetic, s, ROUNDS, speed);
    printf("%4zu x %4zu x %4zu %c%c  %8.1f %8.1f  %5.2f\n", s->m, s->n, s->k,
           s->ta ? 'T' : 'N', s->tb ? 'T' : 'N', speed[0], speed[1], speed[0] / speed[1]);
}

/* The products of a step of the low-rank network, at every rank. */
static void bench_ranks(slt_arithmetic arithmetic)
{
    double product = 0, least = 1e9, sum[2] = {0};
    int count = 0;
    for (size_t r = 1; r <= 100; r++) {
        const shape step[] = {{0, 1, 500, r, 100},
                              {0, 1, 500, 100, r},
                              {0, 0, 500, r, 100},
                              {1, 0, r, 100, 500},
                              {1, 0, 100, r, 500}};
        double lowest = 1e9;
        for (int i = 0; i < 5; i++, count++) {
            double speed[2];
            race(arithmetic, &step[i], 5, speed);
            double ratio = speed[0] / speed[1];
            product += log(ratio);
            lowest = ratio < lowest ? ratio : lowest;
            for (int j = 0; j < 2; j++)
                sum[j] += log(speed[j]);
        }
        if (lowest < least) {
            least = lowest;
            printf("r = %3zu: ratio at least %.3f\n", r, least);
        }
    }
    printf("ranks 1 to 100, five products: geometric means %.1f and %.1f GFLOP/s, ratio "
           "%.3f, least %.3f\n",
           exp(sum[0] / count), exp(sum[1] / count), exp(product / count), least);
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
    slt_arithmetic arithmetic = argc > 1 && !strcmp(argv[1], "f64")     ? SLT_F64
                                : argc > 1 && !strcmp(argv[1], "fixed") ? SLT_FIXED
                                                                        : SLT_F32;
    if (slt_start(argc > 2 ? argv[2] : NULL, &err) != SLT_OK ||
        slt_num_available(arithmetic, &err) != SLT_OK) {
        fprintf(stderr, "bench-product: %s\n", err.text);
        return 2;
    }
    bool fixed = arithmetic == SLT_FIXED;
    printf("%s, kernels %s, against %s %s; GFLOP/s, medians of %d\n",
           slt_arithmetic_name(arithmetic), slt_isa_name(slt_num_isa()),
           fixed ? "our" : "OpenBLAS", fixed ? "f32" : openblas_get_corename(), ROUNDS);
    printf("   m      n      k          ours   theirs  ratio\n");
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        bench(arithmetic, &shapes[i]);
    if (fixed)
        bench_ranks(arithmetic);
    return 0;
}
