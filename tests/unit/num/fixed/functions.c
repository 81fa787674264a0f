/* The elementary functions of fixed point against known answers of tools/gen: errors in
 * units of the last place, and what is exact. */
#include <inttypes.h>
#include <math.h>

#include "base/cpu.h"
#include "num/convert.h"
#include "num/fixed/fixed.h"
#include "num/kernels.h"
#include "num/math.h"
#include "tap.h"

/* A block of one number. */
typedef struct one {
    slt_tensor tensor;
    int64_t mantissa;
} one;

static slt_tensor row_of(int64_t *mantissa, size_t cols, int frac)
{
    return (slt_tensor){
        .arithmetic = SLT_FIXED, .rows = 1, .cols = cols, .data = mantissa, .frac = frac};
}

static one *set(one *block, int64_t m, int frac)
{
    *block = (one){row_of(&block->mantissa, 1, frac), m};
    return block;
}

static const slt_kernels *kernels;

static void call_exp(one *x, one *y, one *other)
{
    (void)other;
    kernels->exp(&x->tensor, &y->tensor);
}

static void call_log(one *x, one *y, one *other)
{
    (void)other;
    kernels->log(&x->tensor, &y->tensor);
}

static void call_erf(one *x, one *y, one *other)
{
    (void)other;
    kernels->erf(&x->tensor, &y->tensor);
}

static void call_tanh(one *x, one *y, one *other)
{
    (void)other;
    kernels->tanh(&x->tensor, &y->tensor);
}

static void call_sinpi(one *x, one *y, one *other)
{
    kernels->sincospi(&x->tensor, &y->tensor, &other->tensor);
}

static void call_cospi(one *x, one *y, one *other)
{
    kernels->sincospi(&x->tensor, &other->tensor, &y->tensor);
}

static void call_gelu(one *x, one *y, one *other)
{
    (void)other;
    kernels->gelu(&x->tensor, &y->tensor);
}

static void call_slope(one *x, one *y, one *other)
{
    kernels->gelu_back(&x->tensor, &set(other, 1, 0)->tensor, &y->tensor);
}

static void call_bend(one *x, one *y, one *other)
{
    const slt_tensor *unit = &set(other, 1, 0)->tensor;
    kernels->gelu_second(&x->tensor, unit, unit, &y->tensor);
}

static void call_sigmoid(one *x, one *y, one *other)
{
    kernels->sigmoid(&x->tensor, &y->tensor, &other->tensor);
}

static void call_sigmoid_slope(one *x, one *y, one *other)
{
    kernels->sigmoid(&x->tensor, &other->tensor, &y->tensor);
}

static void call_sigmoid_bend(one *x, one *y, one *other)
{
    (void)other;
    kernels->sigmoid_bend(&x->tensor, &y->tensor);
}

static void call_tanh_slope(one *x, one *y, one *other)
{
    kernels->tanh(&x->tensor, &other->tensor);
    kernels->tanh_slope(&other->tensor, &y->tensor);
}

/* In place. */
static void call_tanh_bend(one *x, one *y, one *other)
{
    (void)other;
    kernels->tanh(&x->tensor, &y->tensor);
    kernels->tanh_bend(&y->tensor, &y->tensor);
}

static void call_silu_slope(one *x, one *y, one *other)
{
    (void)other;
    kernels->silu(&x->tensor, NULL, &y->tensor);
}

static void call_silu_bend(one *x, one *y, one *other)
{
    (void)other;
    kernels->silu_bend(&x->tensor, &y->tensor);
}

static void call_gelu_tanh_slope(one *x, one *y, one *other)
{
    (void)other;
    kernels->gelu_tanh(&x->tensor, NULL, &y->tensor);
}

static void call_gelu_tanh_bend(one *x, one *y, one *other)
{
    (void)other;
    kernels->gelu_tanh_bend(&x->tensor, &y->tensor);
}

static void call_softplus(one *x, one *y, one *other)
{
    kernels->softplus(&x->tensor, &y->tensor, &other->tensor);
}

/* Cross entropy of logits x and 0 where the second is the target, scaled by 1: the
 * gradient by x is x's share. */
static slt_real entropy(one *x, int64_t gradient[2], int *frac)
{
    int64_t logits[2] = {x->mantissa, 0};
    int32_t target = 1;
    slt_tensor y = row_of(logits, 2, x->tensor.frac), dy = row_of(gradient, 2, 0);
    slt_tensor t = {.arithmetic = SLT_INDEX, .rows = 1, .cols = 1, .data = &target};
    y.overflow = x->tensor.overflow;
    slt_real loss = kernels->cross_entropy(&y, &t, slt_real_of(1), &dy);
    x->tensor.overflow = dy.overflow;
    *frac = dy.frac;
    return loss;
}

static void call_odds(one *x, one *y, one *other)
{
    int64_t gradient[2];
    (void)other;
    entropy(x, gradient, &y->tensor.frac);
    y->mantissa = gradient[0] ? gradient[0] >> (y->tensor.frac - 60) : 0;
    y->tensor.frac = 60;
    y->tensor.overflow = x->tensor.overflow;
}

static void call_loss(one *x, one *y, one *other)
{
    int64_t gradient[2];
    (void)other;
    slt_real loss = entropy(x, gradient, &y->tensor.frac);
    y->tensor.frac = 58;
    y->tensor.overflow = x->tensor.overflow || !slt_real_to_fixed(loss, 58, &y->mantissa);
}

/* Binary cross entropy of a logit whose target is 0, scaled by 1: its gradient is the
 * logistic function. */
static slt_real binary(one *x, one *y)
{
    one target;
    set(&target, 0, 48);
    slt_real loss = kernels->bce(&x->tensor, &target.tensor, slt_real_of(1), &y->tensor);
    return loss;
}

static void call_binary_odds(one *x, one *y, one *other)
{
    (void)other;
    binary(x, y);
    y->mantissa = y->mantissa ? y->mantissa >> (y->tensor.frac - 60) : 0;
    y->tensor.frac = 60;
}

static void call_binary_loss(one *x, one *y, one *other)
{
    one gradient;
    (void)other;
    slt_real loss = binary(x, set(&gradient, 0, 0));
    y->tensor.frac = 58;
    y->tensor.overflow = x->tensor.overflow || !slt_real_to_fixed(loss, 58, &y->mantissa);
}

/* The bounds that docs/spec/11-fixed-point.md states; `odd`: whether f(-x) is -f(x). */
static struct {
    const char *name;
    void (*call)(one *x, one *y, one *other);
    double bound;
    bool odd;
    double worst;
    int rows, even;
} functions[] = {
    {"exp", call_exp, 1, false, 0, 0, 0},
    {"expup", call_exp, 22, false, 0, 0, 0},
    {"log", call_log, 0.6, false, 0, 0, 0},
    {"erf", call_erf, 1, true, 0, 0, 0},
    {"tanh", call_tanh, 1.6, true, 0, 0, 0},
    {"sinpi", call_sinpi, 1.5, true, 0, 0, 0},
    {"cospi", call_cospi, 1.5, false, 0, 0, 0},
    {"gelu", call_gelu, 2, false, 0, 0, 0},
    {"slope", call_slope, 3, false, 0, 0, 0},
    {"bend", call_bend, 8, false, 0, 0, 0},
    {"sigmoid", call_sigmoid, 1.5, false, 0, 0, 0},
    {"sigrise", call_sigmoid_slope, 2, false, 0, 0, 0},
    {"sigbend", call_sigmoid_bend, 2.5, true, 0, 0, 0},
    {"tanrise", call_tanh_slope, 3.7, false, 0, 0, 0},
    {"tanbend", call_tanh_bend, 8, true, 0, 0, 0},
    {"sirise", call_silu_slope, 5, false, 0, 0, 0},
    {"sibend", call_silu_bend, 9, false, 0, 0, 0},
    {"gtrise", call_gelu_tanh_slope, 8, false, 0, 0, 0},
    {"gtbend", call_gelu_tanh_bend, 64, false, 0, 0, 0},
    {"softpl", call_softplus, 2, false, 0, 0, 0},
    {"odds", call_odds, 2, false, 0, 0, 0},
    {"loss", call_loss, 1, false, 0, 0, 0},
    {"odds", call_binary_odds, 2, false, 0, 0, 0},
    {"loss", call_binary_loss, 1, false, 0, 0, 0},
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

typedef struct answer {
    char name[8];
    int frac, result_frac;
    int64_t m, nearest, rest;
} answer;

static bool read_answer(const char *line, answer *a)
{
    return sscanf(line, "%7s %d %" SCNd64 " %d %" SCNd64 " %" SCNd64, a->name, &a->frac,
                  &a->m, &a->result_frac, &a->nearest, &a->rest) == 6;
}

static void check(const answer *a)
{
    for (int i = 0; i < FUNCTIONS; i++) {
        if (strcmp(a->name, functions[i].name) != 0)
            continue;
        one x, y, z, other;
        functions[i].call(set(&x, a->m, a->frac), set(&y, 0, 7), set(&other, 0, 7));
        double error = (double)(y.mantissa - a->nearest) - (double)a->rest * 0x1p-20;
        if (y.tensor.overflow || y.tensor.frac != a->result_frac)
            error = INFINITY;
        if (functions[i].call == call_loss || functions[i].call == call_binary_loss)
            /* a binary64 */
            error /= 1 + 48 * ldexp((double)a->nearest, -58);
        functions[i].worst = fmax(functions[i].worst, fabs(error));
        functions[i].rows++;
        if (!functions[i].odd || a->m == INT64_MIN)
            continue;
        functions[i].call(set(&x, -a->m, a->frac), set(&z, 0, 7), set(&other, 0, 7));
        functions[i].even += z.mantissa != -y.mantissa;
    }
}

static void test_known_answers(void)
{
    FILE *file = fopen(SLT_SOURCE_DIR "/tests/kat/fixed_functions.txt", "r");
    if (!file)
        tap_bail("tests/kat/fixed_functions.txt is missing");
    char line[256];
    answer a;
    while (fgets(line, sizeof line, file))
        if (line[0] != '#' && read_answer(line, &a))
            check(&a);
    fclose(file);
    for (int i = 0; i < FUNCTIONS; i++)
        TAP_OK(functions[i].rows >= 200 && functions[i].worst <= functions[i].bound &&
                   !functions[i].even,
               "%s: %d known answers, off by %.3f of %g units at most", functions[i].name,
               functions[i].rows, functions[i].worst, functions[i].bound);
}

/* ---- Blocks ------------------------------------------------------------------------ */

enum { SIZE = 7 };

static slt_tensor block_of(const int64_t m[SIZE], int frac)
{
    slt_tensor block;
    slt_error err;
    if (slt_tensor_create(&block, SLT_FIXED, 1, SIZE, &err) != SLT_OK)
        tap_bail(err.text);
    memcpy(block.data, m, SIZE * sizeof *m);
    block.frac = frac;
    return block;
}

static int64_t at(const slt_tensor *block, size_t e)
{
    return ((const int64_t *)block->data)[e];
}

/* Of one block all have the exponent of the largest. */
static void test_exp_of_blocks(void)
{
    static const int64_t m[SIZE] = {0, 3, -3, 1, 40, -800, INT64_MIN};
    slt_tensor x = block_of(m, 1), y = block_of(m, 0);
    kernels->exp(&x, &y);
    TAP_OK(y.frac == 60 - 28 && !y.overflow, "exp(20) is between 2^28 and 2^29");
    TAP_OK(at(&y, 0) == INT64_C(1) << y.frac, "exp(0) is 1");
    double least = ldexp(1, -y.frac), worst = 0;
    for (size_t e = 0; e < SIZE; e++)
        worst = fmax(worst, fabs((double)at(&y, e) * least - exp((double)m[e] / 2)));
    TAP_OK(worst <= 2 * least && at(&y, SIZE - 1) == 0, "the others have its exponent");
    kernels->exp(&x, &x);
    TAP_OK(x.frac == y.frac && memcmp(x.data, y.data, sizeof m) == 0, "in place");
    slt_tensor_free(&x);
    slt_tensor_free(&y);
}

static bool same_block(const slt_tensor *a, const slt_tensor *b)
{
    return a->frac == b->frac && a->overflow == b->overflow &&
           memcmp(a->data, b->data, SIZE * sizeof(int64_t)) == 0;
}

/* A gate is the product of x and the logistic function of v; softplus is the sum of ReLU
 * and what is left at -|x|, and its slope the logistic function. */
static void test_compositions(void)
{
    static const int64_t some[SIZE] = {1,         -3, 900, -70000, INT64_C(1) << 40,
                                       -12345678, 0};
    bool gates = true, slopes = true, sums = true;
    for (int frac = -10; frac < 90; frac += 5) {
        slt_tensor x = block_of(some, frac), share = block_of(some, 0),
                   want = block_of(some, 0), got = block_of(some, 0),
                   slope = block_of(some, 0), below = block_of(some, frac);
        x.overflow = frac == 15;
        kernels->sigmoid(&x, &share, NULL);
        kernels->multiply(&x, &share, &want);
        kernels->silu(&x, &got, &slope);
        gates &= same_block(&got, &want);
        kernels->softplus(&x, &got, &slope);
        slopes &= same_block(&slope, &share);
        for (size_t e = 0; e < SIZE; e++)
            ((int64_t *)below.data)[e] = some[e] > 0 ? -some[e] : some[e];
        below.overflow = x.overflow;
        kernels->relu(&x, &share);
        kernels->softplus(&below, &slope, NULL);
        want.overflow = false;
        kernels->add(&share, &slope, &want);
        sums &= frac > 60 || same_block(&got, &want);
        slt_tensor *all[] = {&x, &share, &want, &got, &slope, &below};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            slt_tensor_free(all[i]);
    }
    TAP_OK(gates, "silu is x times the block of its logistic function");
    TAP_OK(slopes && sums, "softplus is a sum of blocks");
}

/* Two classes are the numbers 0 and 1, which are data. */
static void test_classes(void)
{
    static const int64_t some[SIZE] = {1,         -3, 900, -70000, INT64_C(1) << 40,
                                       -12345678, 0};
    int64_t numbers[SIZE];
    int32_t chosen[SIZE] = {0, 1, 1, 0, 1, 0, 1};
    for (size_t e = 0; e < SIZE; e++)
        numbers[e] = (int64_t)chosen[e] << 48;
    slt_tensor y = block_of(some, 20), t = block_of(numbers, 48),
               want = block_of(some, 0), got = block_of(some, 0);
    slt_tensor class = {.arithmetic = SLT_INDEX, .rows = SIZE, .cols = 1, .data = chosen};
    y.rows = t.rows = want.rows = got.rows = SIZE;
    y.cols = t.cols = want.cols = got.cols = 1;
    slt_real loss = kernels->bce(&y, &t, slt_real_of(0.3), &want);
    TAP_OK(loss.bits == kernels->bce(&y, &class, slt_real_of(0.3), &got).bits &&
               same_block(&got, &want),
           "binary cross entropy of classes");
    slt_tensor *all[] = {&y, &t, &want, &got};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        slt_tensor_free(all[i]);
}

static void test_overflows(void)
{
    static const int64_t m[SIZE] = {1, 0, 5, 512, 7, 8, 9}, n[SIZE] = {-1, -1, -2};
    slt_tensor x = block_of(m, 0), y = block_of(n, 0), down = block_of(n, -960);
    kernels->exp(&x, &y);
    TAP_OK(y.overflow && y.frac == 60 && at(&y, 0) == 0, "exp(512) overflows");
    y.overflow = false;
    ((int64_t *)x.data)[3] = 511;
    kernels->exp(&x, &y);
    TAP_OK(!y.overflow && y.frac == 60 - 737, "exp(511) does not");
    kernels->exp(&down, &y);
    TAP_OK(!y.overflow && y.frac == 60 && at(&y, 0) == 0, "nor does exp(-2^960)");
    kernels->log(&x, &y);
    TAP_OK(y.overflow && at(&y, 1) == 0 && at(&y, 0) == 0, "0 has no logarithm, 1 has 0");
    slt_tensor *all[] = {&x, &y, &down};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        slt_tensor_free(all[i]);
}

/* Whatever is spoiled stays so. */
static void test_latched(void)
{
    static const int64_t m[SIZE] = {1, 2, 3, 4, 5, 6, 7};
    bool kept = true;
    for (int i = 0; i < FUNCTIONS; i++) {
        one x, y, other;
        set(&x, 1, 0)->tensor.overflow = true;
        functions[i].call(&x, set(&y, 0, 0), set(&other, 0, 0));
        kept &= y.tensor.overflow;
    }
    TAP_OK(kept, "an overflow of the argument shows in the result");
    slt_tensor x = block_of(m, 2), dy = block_of(m, 3), dx = block_of(m, 0);
    dy.overflow = true;
    kernels->gelu_back(&x, &dy, &dx);
    TAP_OK(dx.overflow, "and one of a gradient");
    slt_tensor *all[] = {&x, &dy, &dx};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        slt_tensor_free(all[i]);
}

/* Zeros are passed on at their own exponent: a deep net of them needs no more. */
static void test_zeros(void)
{
    static const int64_t none[SIZE] = {0}, some[SIZE] = {1, -5};
    slt_tensor x = block_of(none, 48), y = block_of(some, 3), dy = block_of(none, 55);
    kernels->gelu(&x, &y);
    TAP_OK(y.frac == 48 && at(&y, 1) == 0, "GELU of zeros");
    kernels->gelu_back(&x, &dy, &y);
    TAP_OK(y.frac == 55 && at(&y, 1) == 0, "zeros through GELU");
    slt_tensor *all[] = {&x, &y, &dy};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        slt_tensor_free(all[i]);
}

int main(void)
{
    for (int isa = 0; isa < SLT_ISA_COUNT; isa++) {
        slt_num_start((slt_isa)isa);
        if ((int)slt_num_isa() != isa)
            continue;
        kernels = slt_kernels_of(SLT_FIXED);
        test_known_answers();
        test_exp_of_blocks();
        test_compositions();
        test_classes();
        test_overflows();
        test_latched();
        test_zeros();
    }
    return tap_done();
}
