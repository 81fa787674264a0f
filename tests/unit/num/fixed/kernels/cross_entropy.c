/* Cross entropy in fixed point: near its definition in double, exact where that shows,
 * free of the order of rows.  Its pieces' errors: unit/num/fixed/functions. */
#include <math.h>

#include "base/cpu.h"
#include "num/fixed/fixed.h"
#include "random.h"
#include "tap.h"

typedef struct scene {
    slt_tensor y, t, dy;
    slt_real scale, loss;
} scene;

static slt_tensor make(slt_arithmetic arithmetic, size_t rows, size_t cols)
{
    slt_tensor t;
    slt_error err;
    if (slt_tensor_create(&t, arithmetic, rows, cols, &err) != SLT_OK)
        tap_bail(err.text);
    return t;
}

static scene make_scene(size_t rows, size_t cols, int bits, int frac)
{
    scene s = {
        .y = make(SLT_FIXED, rows, cols),
        .t = make(SLT_INDEX, rows, 1),
        .dy = make(SLT_FIXED, rows, cols),
        .scale = slt_real_of(1 / (double)rows),
    };
    for (size_t e = 0; e < rows * cols; e++)
        ((int64_t *)s.y.data)[e] = (int64_t)random_word() >> (63 - bits);
    for (size_t r = 0; r < rows; r++)
        ((int32_t *)s.t.data)[r] = (int32_t)random_below(cols);
    s.y.frac = frac;
    s.loss = slt_num_cross_entropy(&s.y, &s.t, s.scale, &s.dy);
    return s;
}

static void free_scene(scene *s)
{
    slt_tensor_free(&s->y);
    slt_tensor_free(&s->t);
    slt_tensor_free(&s->dy);
}

static double value(const slt_tensor *t, size_t e)
{
    return slt_real_double(slt_tensor_get(t, e));
}

/* The worst distance of a row's gradient from its definition; adds its loss. */
static double compare_row(const scene *s, size_t r, double *loss)
{
    size_t cols = s->y.cols, target = (size_t)((int32_t *)s->t.data)[r];
    double most = -INFINITY, sum = 0, worst = 0;
    for (size_t j = 0; j < cols; j++)
        most = fmax(most, value(&s->y, r * cols + j));
    for (size_t j = 0; j < cols; j++)
        sum += exp(value(&s->y, r * cols + j) - most);
    for (size_t j = 0; j < cols; j++) {
        double want = exp(value(&s->y, r * cols + j) - most) / sum - (j == target);
        double got = value(&s->dy, r * cols + j) / slt_real_double(s->scale);
        worst = fmax(worst, fabs(got - want));
    }
    *loss += log(sum) + most - value(&s->y, r * cols + target);
    return worst;
}

static void test_against_double(void)
{
    double worst = 0, farthest = 0;
    for (int round = 0; round < 200; round++) {
        int bits = 30 + (int)random_below(32);
        size_t rows = 1 + random_below(20), cols = 1 + random_below(60);
        scene s = make_scene(rows, cols, bits, bits - 8 + (int)random_below(20));
        double loss = 0;
        for (size_t r = 0; r < rows; r++)
            worst = fmax(worst, compare_row(&s, r, &loss));
        farthest = fmax(farthest, fabs(slt_real_double(s.loss) - loss) / (loss + 1));
        free_scene(&s);
    }
    TAP_OK(worst < 1e-13, "gradients near double's (%.2g)", worst);
    TAP_OK(farthest < 1e-13, "losses too (%.2g)", farthest);
}

static void test_exact(void)
{
    scene s = make_scene(3, 1, 60, 50);
    TAP_OK(s.loss.bits == 0 && value(&s.dy, 1) == 0, "one class: nothing to lose");
    free_scene(&s);
    s = make_scene(5, 4, 60, 50);
    memset(s.y.data, 0, 20 * sizeof(int64_t));
    s.loss = slt_num_cross_entropy(&s.y, &s.t, s.scale, &s.dy);
    TAP_OK(fabs(slt_real_double(s.loss) - 5 * log(4)) < 1e-15, "equal logits: ln 4 each");
    double worst = 0;
    for (size_t e = 0; e < 20; e++) {
        double slope = 5 * value(&s.dy, e);
        worst = fmax(worst, fmin(fabs(slope - 0.25), fabs(slope + 0.75)));
    }
    TAP_OK(worst < 1e-15, "with a fourth each");
    free_scene(&s);
    s = make_scene(2, 3, 62, -20);
    TAP_OK(slt_real_finite(s.loss) && !s.dy.overflow, "logits of 2^82 are no overflow");
    s.y.overflow = true;
    slt_num_cross_entropy(&s.y, &s.t, s.scale, &s.dy);
    TAP_OK(s.dy.overflow, "one of the logits shows");
    free_scene(&s);
}

/* The farthest that two logits can be apart needs 64 bits. */
static void test_far_apart(void)
{
    scene s = make_scene(1, 2, 10, 0);
    ((int64_t *)s.y.data)[0] = INT64_MIN;
    ((int64_t *)s.y.data)[1] = INT64_MAX;
    ((int32_t *)s.t.data)[0] = 0;
    s.loss = slt_num_cross_entropy(&s.y, &s.t, s.scale, &s.dy);
    TAP_OK(slt_real_double(s.loss) == 0x1p64, "a loss of 2^64");
    TAP_OK(value(&s.dy, 0) == -1 && value(&s.dy, 1) == 1, "and its gradient");
    free_scene(&s);
}

static void swap_rows(scene *s, size_t a, size_t b)
{
    int64_t *y = s->y.data, *dy = s->dy.data;
    int32_t *t = s->t.data, target = t[a];
    size_t cols = s->y.cols;
    t[a] = t[b];
    t[b] = target;
    for (size_t j = 0; j < cols; j++) {
        int64_t logit = y[a * cols + j], slope = dy[a * cols + j];
        y[a * cols + j] = y[b * cols + j];
        y[b * cols + j] = logit;
        dy[a * cols + j] = dy[b * cols + j];
        dy[b * cols + j] = slope;
    }
}

/* Sums are exact: shuffled rows have the same loss, and their gradients go with them. */
static void test_order(void)
{
    scene s = make_scene(67, 9, 56, 53);
    for (size_t i = 66; i > 0; i--)
        swap_rows(&s, i, random_below(i + 1));
    slt_tensor again = make(SLT_FIXED, 67, 9);
    slt_real loss = slt_num_cross_entropy(&s.y, &s.t, s.scale, &again);
    TAP_EQ_U64(loss.bits, s.loss.bits, "shuffled rows: the same loss");
    TAP_OK(again.frac == s.dy.frac &&
               memcmp(again.data, s.dy.data, 67 * 9 * sizeof(int64_t)) == 0,
           "and the same gradients");
    TAP_EQ_U64(slt_num_cross_entropy(&s.y, &s.t, s.scale, NULL).bits, loss.bits,
               "the loss alone");
    slt_tensor_free(&again);
    free_scene(&s);
}

int main(void)
{
    random_begin();
    for (int isa = 0; isa < SLT_ISA_COUNT; isa++) {
        slt_num_start((slt_isa)isa);
        if ((int)slt_num_isa() != isa)
            continue;
        test_against_double();
        test_exact();
        test_far_apart();
        test_order();
    }
    return tap_done();
}
