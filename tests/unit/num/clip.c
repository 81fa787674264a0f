/* A box around weights: its sides, and what is brought back to them. */
#include "num/clip.h"

#include <math.h>
#include <string.h>

#include "num/scalar.h"
#include "tap.h"

enum { COUNT = 6 };
static slt_tensor centre, low, high, w;

static void begin(slt_arithmetic arithmetic)
{
    slt_tensor *const all[] = {&centre, &low, &high, &w};
    slt_error err = {0};
    for (size_t i = 0; i < 4; i++) {
        slt_tensor_free(all[i]);
        if (slt_tensor_create(all[i], arithmetic, 2, COUNT / 2, &err))
            tap_bail(err.text);
    }
}

static void put(slt_tensor *to, const double *values)
{
    for (size_t e = 0; e < COUNT; e++)
        slt_tensor_set(to, e, slt_real_of(values[e]));
}

static bool holds(const slt_tensor *tensor, const double *values)
{
    for (size_t e = 0; e < COUNT; e++)
        if (slt_tensor_get(tensor, e).bits != slt_real_of(values[e]).bits)
            return false;
    return true;
}

/* Sides at w0 -+ 0.5; each element below, at a side, within or above. */
static void test_sides(slt_arithmetic arithmetic)
{
    static const double at[COUNT] = {0, 0.5, -0.5, 3, -2, 100};
    static const double from[COUNT] = {-0.5, 0, -1, 2.5, -2.5, 99.5};
    static const double to[COUNT] = {0.5, 1, 0, 3.5, -1.5, 100.5};
    static const double moved[COUNT] = {-0.75, 1.5, -0.25, 3.5, -2.5, 98};
    static const double kept[COUNT] = {-0.5, 1, -0.25, 3.5, -2.5, 99.5};
    const char *name = slt_arithmetic_name(arithmetic);
    begin(arithmetic);
    put(&centre, at);
    slt_num_box(slt_real_of(.5), &centre, &low, &high);
    TAP_OK(holds(&low, from) && holds(&high, to), "%s: the sides", name);
    put(&w, moved);
    TAP_OK(!slt_num_clip(&low, &high, &w) && holds(&w, kept), "%s: brought back", name);
    TAP_OK(slt_num_clip(&low, &high, &w) && holds(&w, kept), "%s: and left", name);
}

/* At a side of 0 both zeros are; infinities are beyond, and sides may be infinite. */
static void test_floats(slt_arithmetic arithmetic)
{
    static const double at[COUNT] = {0.5, -0.5, 0.5, 0, 0, 0};
    static const double moved[COUNT] = {-0.0, 0, -1e-30, INFINITY, -INFINITY, 1e30};
    static const double kept[COUNT] = {-0.0, 0, 0, 0.5, -0.5, 0.5};
    const char *name = slt_arithmetic_name(arithmetic);
    begin(arithmetic);
    put(&centre, at);
    slt_num_box(slt_real_of(.5), &centre, &low, &high);
    put(&w, moved);
    TAP_OK(!slt_num_clip(&low, &high, &w) && holds(&w, kept), "%s: odd numbers", name);
    slt_num_box(slt_real_of(1e308), &centre, &low, &high);
    put(&w, at);
    TAP_OK(slt_num_clip(&low, &high, &w) && holds(&w, at), "%s: a box without end", name);
}

/* The half width is rounded first, to 2^-24, and then the sum, a tie; by one rounding it
 * would be above 1. */
static void test_rounding(void)
{
    static const double at[COUNT] = {1, 1, 1, 1, 1, 1};
    static const double up[COUNT] = {1, 1, 1, 1, 1, 1};
    begin(SLT_F32);
    put(&centre, at);
    slt_num_box(slt_real_of(0x1p-24 * (1 + 0x1p-25)), &centre, &low, &high);
    TAP_OK(holds(&high, up), "f32: the half width is rounded first");
}

/* A side that does not fit is none. */
static void test_fixed(void)
{
    begin(SLT_FIXED);
    int64_t *at = centre.data, *to = w.data;
    at[0] = INT64_MAX - 1;
    at[1] = INT64_MIN + 1;
    to[0] = INT64_MAX;
    to[1] = INT64_MIN;
    to[2] = 1;
    slt_num_box(slt_real_of(0x1p-47), &centre, &low, &high);
    TAP_OK(slt_num_clip(&low, &high, &w) && to[0] == INT64_MAX && to[1] == INT64_MIN &&
               to[2] == 1,
           "fixed: sides beyond the least and the greatest number");
    to[2] = -3;
    TAP_OK(!slt_num_clip(&low, &high, &w) && to[2] == -2, "fixed: one number at a side");
    slt_num_box(slt_real_of(0x1p15), &centre, &low, &high);
    to[2] = INT64_MIN;
    TAP_OK(slt_num_clip(&low, &high, &w) && to[2] == INT64_MIN,
           "fixed: a half width beyond the greatest number");
}

int main(void)
{
    test_sides(SLT_F32);
    test_sides(SLT_F64);
    test_sides(SLT_FIXED);
    test_floats(SLT_F32);
    test_floats(SLT_F64);
    test_rounding();
    test_fixed();
    begin(SLT_F32);
    return tap_done();
}
