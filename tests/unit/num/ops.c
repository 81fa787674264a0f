/* Operations on a few numbers that can be checked by eye, and the choice of kernels. */
#include <pthread.h>
#include <sltrace/numerics.h>

#include "base/cpu.h"
#include "num/scratch.h"
#include "num/math.h"
#include "num/ops.h"
#include "tap.h"

static slt_tensor tensor(slt_arithmetic arithmetic, size_t rows, size_t cols,
                         const double *values)
{
    slt_tensor t;
    slt_error err;
    if (slt_tensor_create(&t, arithmetic, rows, cols, &err) != SLT_OK)
        tap_bail(err.text);
    for (size_t e = 0; e < rows * cols && values; e++)
        slt_tensor_set(&t, e, slt_real_of(values[e]));
    return t;
}

static bool holds(const slt_tensor *t, const double *values)
{
    for (size_t e = 0; e < slt_tensor_count(t); e++)
        if (slt_tensor_get(t, e).bits != slt_real_of(values[e]).bits)
            return false;
    return true;
}

static void test_product(slt_arithmetic arithmetic)
{
    const char *name = slt_arithmetic_name(arithmetic);
    slt_tensor a = tensor(arithmetic, 2, 3, (double[]){1, 2, 3, 4, 5, 6});
    slt_tensor b = tensor(arithmetic, 3, 2, (double[]){1, -1, 0, 2, 5, 0});
    slt_tensor c = tensor(arithmetic, 2, 2, NULL), d = tensor(arithmetic, 3, 3, NULL);
    slt_num_product(SLT_PLAIN, SLT_PLAIN, &a, &b, &c);
    TAP_OK(holds(&c, (double[]){16, 3, 34, 6}), "a b, %s", name);
    slt_num_product(SLT_TRANSPOSED, SLT_TRANSPOSED, &a, &b, &d);
    TAP_OK(holds(&d, (double[]){-3, 8, 5, -3, 10, 10, -3, 12, 15}), "a' b', %s", name);
    slt_tensor bias = tensor(arithmetic, 1, 2, (double[]){0.5, -3});
    slt_num_add_bias(&c, &bias);
    TAP_OK(holds(&c, (double[]){16.5, 0, 34.5, 3}), "a bias, %s", name);
    slt_num_column_sums(&c, &bias);
    TAP_OK(holds(&bias, (double[]){51, 3}), "sums of columns, %s", name);
    slt_real error = slt_num_squared_error(&c, &c, slt_real_of(1), NULL);
    TAP_OK(error.bits == 0, "no error against itself, %s", name);
    slt_num_gather_rows(&b, (const uint32_t[]){2, 0}, &c);
    TAP_OK(holds(&c, (double[]){5, 0, 1, -1}), "rows 2 and 0, %s", name);
    TAP_OK(slt_num_dot(&c, &c).bits == slt_real_of(27).bits, "squares, %s", name);
    slt_num_relu(&c, &c);
    TAP_OK(holds(&c, (double[]){5, 0, 1, 0}), "relu in place, %s", name);
    slt_tensor *all[] = {&a, &b, &c, &d, &bias};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        slt_tensor_free(all[i]);
}

/* A fused chain: 1 + 2^-30 squared, minus its rounded square, is exact only with fma. */
static void test_fused(void)
{
    const double x = 1 + 0x1p-30;
    slt_tensor a = tensor(SLT_F64, 1, 2, (double[]){-x * x, x});
    slt_tensor b = tensor(SLT_F64, 2, 1, (double[]){1, x});
    slt_tensor c = tensor(SLT_F64, 1, 1, NULL);
    slt_num_product(SLT_PLAIN, SLT_PLAIN, &a, &b, &c);
    TAP_OK(holds(&c, (double[]){0x1p-60}), "products are fused");
    slt_tensor_free(&a);
    slt_tensor_free(&b);
    slt_tensor_free(&c);
}

static void test_isa(void)
{
    slt_error err;
    slt_num_start(SLT_ISA_COUNT);
    const slt_isa best = slt_num_isa();
    slt_num_start(SLT_ISA_SCALAR);
    TAP_OK(slt_num_isa() == SLT_ISA_SCALAR, "scalar caps the kernels");
    for (int isa = 0; isa < SLT_ISA_COUNT; isa++) {
        slt_num_start((slt_isa)isa);
        TAP_OK((int)slt_num_isa() <= isa, "never above the cap %s",
               slt_isa_name((slt_isa)isa));
    }
    setenv("SLTRACE_ISA", "scalar", 1);
    TAP_OK(slt_start(NULL, &err) == SLT_OK && slt_num_isa() == SLT_ISA_SCALAR,
           "SLTRACE_ISA caps");
    TAP_OK(slt_start("avx512", &err) == SLT_OK && slt_num_isa() == best,
           "an argument goes before SLTRACE_ISA");
    setenv("SLTRACE_ISA", "sclar", 1);
    TAP_OK(slt_start(NULL, &err) == SLT_USAGE && strstr(err.text, "sclar") &&
               strstr(err.text, "SLTRACE_ISA"),
           "an unknown name in SLTRACE_ISA is refused, naming both");
    TAP_OK(slt_start("mmx", &err) == SLT_USAGE && strstr(err.text, "mmx"),
           "an unknown argument is refused");
    unsetenv("SLTRACE_ISA");
    TAP_OK(slt_start(NULL, &err) == SLT_OK && slt_num_isa() == best, "else the best");
    TAP_OK(slt_num_available(SLT_INDEX, &err) == SLT_OK, "indices need no arithmetic");
}

static void *use_scratch(void *first)
{
    char *block = slt_kernel_scratch(100);
    memset(block, 1, 100);
    bool other = block != first && (uintptr_t)block % SLT_TENSOR_ALIGNMENT == 0;
    block = slt_kernel_scratch((size_t)1 << 20);
    memset(block, 2, (size_t)1 << 20);
    return (void *)(uintptr_t)other;
}

/* That a thread's block is freed with it, the leak checker tells. */
static void test_scratch(void)
{
    void *first = slt_kernel_scratch(1000), *other;
    TAP_OK(slt_kernel_scratch(1000) == first, "scratch memory is kept");
    pthread_t thread;
    if (pthread_create(&thread, NULL, use_scratch, first) != 0)
        tap_bail("no thread");
    pthread_join(thread, &other);
    TAP_OK(other, "each thread has its own, aligned");
}

/* Neither a zero nor what is no number has a sign. */
static void test_signs(slt_arithmetic arithmetic)
{
    const double of[] = {3, -2, 1, -1, 0, -0.0, 0.5, 0},
                 as[] = {1, -1, -1, 1, 1, -1, 1, -1};
    slt_tensor y, t;
    if (slt_tensor_create(&y, arithmetic, 8, 1, NULL) ||
        slt_tensor_create(&t, arithmetic, 8, 1, NULL))
        tap_bail("no memory");
    for (size_t i = 0; i < 8; i++) {
        slt_tensor_set(&y, i, slt_real_of(of[i]));
        slt_tensor_set(&t, i, slt_real_of(as[i]));
    }
    TAP_EQ_U64(slt_num_count_signs(&y, &t), 3, "signs that are the target's");
    if (arithmetic != SLT_FIXED) {
        slt_tensor_set(&y, 0, slt_real_absent());
        TAP_EQ_U64(slt_num_count_signs(&y, &t), 2, "NaN has none");
    }
    slt_tensor_free(&y);
    slt_tensor_free(&t);
}

int main(void)
{
    slt_error err;
    test_isa();
    test_scratch();
    for (slt_arithmetic a = SLT_F32; a <= SLT_FIXED; a++)
        test_signs(a);
    if (slt_num_available(SLT_F32, &err) != SLT_OK) {
        TAP_OK(slt_status_exit(err.status) == 3 && strstr(err.text, "fused"),
               "without fma floats cannot be judged: %s", err.text);
        return tap_done();
    }
    test_product(SLT_F32);
    test_product(SLT_F64);
    test_fused();
    return tap_done();
}
