/* Rows by their size in fixed point: near what real numbers give, at any exponent, and
 * within their range for any numbers. */
#include "num/normalize.h"

#include <math.h>

#include "fixed_reference.h"
#include "num/scalar.h"

enum { ROWS = 5 };

/* sqrt(mean of squares + eps), the row's numbers, less their mean where `centred`, left
 * in `c`. */
static double size_of(slt_normalize how, const slt_tensor *x, size_t row, double *c)
{
    double mean = 0, square = 0;
    for (size_t j = 0; j < x->cols; j++) {
        c[j] = slt_real_double(slt_tensor_get(x, row * x->cols + j));
        mean += c[j] / (double)x->cols;
    }
    for (size_t j = 0; j < x->cols; j++) {
        c[j] -= how.centred ? mean : 0;
        square += c[j] * c[j] / (double)x->cols;
    }
    return sqrt(square + slt_real_double(how.eps));
}

static double worst_forward(slt_normalize how, const slt_tensor *x, const slt_tensor *y)
{
    double c[300], worst = 0;
    for (size_t i = 0; i < x->rows; i++) {
        const double size = size_of(how, x, i, c);
        for (size_t j = 0; j < x->cols; j++) {
            const double found = slt_real_double(slt_tensor_get(y, i * x->cols + j));
            worst = fmax(worst, fabs(found - c[j] / size));
        }
    }
    return worst;
}

/* x + by v. */
static slt_tensor moved(const slt_tensor *x, const slt_tensor *v, double by)
{
    slt_tensor to = ref_copy(x);
    to.frac = x->frac;
    for (size_t e = 0; e < slt_tensor_count(x); e++)
        slt_tensor_set(&to, e,
                       slt_real_of(slt_real_double(slt_tensor_get(x, e)) +
                                   by * slt_real_double(slt_tensor_get(v, e))));
    return to;
}

/* (f(x + h v) - f(x - h v)) / 2 h against what was found, as a share of the largest. */
static double worst_of(const slt_tensor *up, const slt_tensor *down,
                       const slt_tensor *found, double step)
{
    double worst = 0, largest = 0;
    for (size_t e = 0; e < slt_tensor_count(found); e++) {
        const double slope = (slt_real_double(slt_tensor_get(up, e)) -
                              slt_real_double(slt_tensor_get(down, e))) /
                             (2 * step);
        worst = fmax(worst, fabs(slope - slt_real_double(slt_tensor_get(found, e))));
        largest = fmax(largest, fabs(slope));
    }
    return largest > 0 ? worst / largest : worst;
}

static void test_near(size_t cols, bool centred)
{
    const slt_normalize how = {centred, slt_real_of(1e-5)};
    const double step = 0x1p-12;
    slt_tensor x = fixed_filled(ROWS, cols, FIXED_PLAIN, 48),
               dy = fixed_filled(ROWS, cols, FIXED_PLAIN, 40),
               v = fixed_filled(ROWS, cols, FIXED_PLAIN, 50),
               y = fixed_filled(ROWS, cols, FIXED_ZEROS, 3), dx = ref_copy(&y),
               bend = ref_copy(&y);
    slt_num_normalize(how, &x, &y);
    TAP_OK(worst_forward(how, &x, &y) < 1e-12 && !y.overflow,
           "%zu columns, centred %d: near real numbers", cols, centred);
    slt_tensor ahead = moved(&x, &v, step), behind = moved(&x, &v, -step),
               up = ref_copy(&y), down = ref_copy(&y);
    slt_num_normalize(how, &ahead, &up);
    slt_num_normalize(how, &behind, &down);
    slt_num_normalize_back(how, &x, &v, &dx);
    TAP_OK(worst_of(&up, &down, &dx, step) < 1e-4, "their derivative");
    slt_num_normalize_back(how, &ahead, &dy, &up);
    slt_num_normalize_back(how, &behind, &dy, &down);
    slt_num_normalize_second(how, &x, &dy, &v, &bend);
    TAP_OK(worst_of(&up, &down, &bend, step) < 1e-4, "and its own");
    slt_tensor *all[] = {&x, &dy, &v, &y, &dx, &bend, &ahead, &behind, &up, &down};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        ref_free(all[i]);
}

/* Any numbers at any exponents: rows have a size of 1 at most, and no number leaves its
 * range, which sanitizers see. */
static void test_edges(void)
{
    size_t large = 0, seen = 0;
    for (size_t i = 0; i < 400; i++) {
        const size_t cols = 1 + ref_below(70);
        const slt_normalize how = {i % 2, slt_real_of(i % 5 ? 1e-5 : 1e-300)};
        slt_tensor x = fixed_filled(ROWS, cols, (fixed_mix)ref_below(FIXED_MIXES),
                                    (int)ref_below(1900) - 950),
                   dy = fixed_filled(ROWS, cols, (fixed_mix)ref_below(FIXED_MIXES),
                                     (int)ref_below(200) - 100),
                   v = fixed_filled(ROWS, cols, (fixed_mix)ref_below(FIXED_MIXES),
                                    (int)ref_below(200) - 100),
                   y = fixed_filled(ROWS, cols, FIXED_ZEROS, 0);
        slt_num_normalize(how, &x, &y);
        for (size_t e = 0; e < slt_tensor_count(&y) && !y.overflow; e++, seen++)
            large += !(fabs(slt_real_double(slt_tensor_get(&y, e))) <=
                       sqrt((double)cols) * (1 + 1e-9));
        slt_num_normalize_second(how, &x, &dy, &v, &y);
        slt_num_normalize_back(how, &x, &dy, &y);
        slt_tensor *all[] = {&x, &dy, &v, &y};
        for (size_t k = 0; k < sizeof all / sizeof *all; k++)
            ref_free(all[k]);
    }
    TAP_OK(large == 0 && seen > 10000, "%zu numbers of any block, %zu too large", seen,
           large);
}

static void test_overflow(void)
{
    const slt_normalize how = {true, slt_real_of(1e-5)};
    slt_tensor x = fixed_filled(1, 4, FIXED_PLAIN, -700),
               y = fixed_filled(1, 4, FIXED_ZEROS, 0);
    slt_num_normalize(how, &x, &y);
    TAP_OK(y.overflow, "squares beyond binary64 are an overflow");
    y.overflow = false;
    x.frac = 48;
    x.overflow = true;
    slt_num_normalize(how, &x, &y);
    TAP_OK(y.overflow, "an overflow stays one");
    ref_free(&x);
    ref_free(&y);
}

int main(void)
{
    static const size_t cols[] = {2, 3, 17, 64, 300};
    slt_num_start(SLT_ISA_COUNT - 1);
    for (size_t i = 0; i < sizeof cols / sizeof *cols; i++) {
        test_near(cols[i], false);
        test_near(cols[i], true);
    }
    test_edges();
    test_overflow();
    return tap_done();
}
