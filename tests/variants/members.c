/* Ensembles on every instruction set: each member as the operations of one alone, with
 * members of all kinds side by side. */
#include "reference.h"

#include "num/members.h"

static size_t members(slt_arithmetic a)
{
    return slt_members_count(a);
}

/* Neighbours of different kinds: what one holds must not show in another. */
static slt_tensor wide_filled(slt_arithmetic a, size_t rows, size_t cols)
{
    slt_tensor wide = ref_tensor(a, rows, cols * members(a));
    for (size_t m = 0; m < members(a); m++) {
        slt_tensor one = ref_filled(a, rows, cols, (ref_mix)(m % REF_MIXES));
        slt_members_put(&one, m, &wide);
        ref_free(&one);
    }
    return wide;
}

static slt_tensor member_of(const slt_tensor *wide, size_t m)
{
    slt_tensor one =
        ref_tensor(wide->arithmetic, wide->rows, wide->cols / members(wide->arithmetic));
    slt_members_take(wide, m, &one);
    return one;
}

static size_t member_differs(const slt_tensor *wide, size_t m, const slt_tensor *want)
{
    slt_tensor one = member_of(wide, m);
    size_t wrong = ref_differing(&one, want);
    ref_free(&one);
    return wrong;
}

static void free_three(slt_tensor *a, slt_tensor *b, slt_tensor *c)
{
    ref_free(a);
    ref_free(b);
    ref_free(c);
}

/* ---- Products ---------------------------------------------------------------------- */

static const size_t extents[] = {1, 2, 3, 4, 5, 7, 8, 9, 15, 17, 30};
#define EXTENTS (sizeof extents / sizeof *extents)

static size_t any_extent(void)
{
    return extents[ref_below(EXTENTS)];
}

static slt_tensor side_of(slt_arithmetic a, slt_transpose turn, size_t rows, size_t cols)
{
    return turn == SLT_PLAIN ? wide_filled(a, rows, cols) : wide_filled(a, cols, rows);
}

/* Element (i, k) of op(a). */
static double at(const slt_tensor *a, slt_transpose turn, size_t i, size_t k)
{
    return turn == SLT_PLAIN ? ref_get(a, i * a->cols + k) : ref_get(a, k * a->cols + i);
}

static size_t chains_wrong(slt_transpose ta, slt_transpose tb, const slt_tensor *a,
                           const slt_tensor *b, const slt_tensor *bias,
                           const slt_tensor *before, size_t inner, const slt_tensor *got)
{
    size_t wrong = 0;
    for (size_t m = 0; m < members(a->arithmetic); m++) {
        slt_tensor left = member_of(a, m), right = member_of(b, m);
        slt_tensor want = member_of(before, m);
        for (size_t e = 0; e < slt_tensor_count(&want); e++) {
            double sum = ref_get(&want, e);
            for (size_t k = 0; k < inner; k++)
                sum = ref_fma(a->arithmetic, at(&left, ta, e / want.cols, k),
                              at(&right, tb, k, e % want.cols), sum);
            ref_set(&want, e, sum);
        }
        if (bias) {
            slt_tensor add = member_of(bias, m);
            slt_num_add_bias(&want, &add);
            ref_free(&add);
        }
        wrong += member_differs(got, m, &want);
        free_three(&left, &right, &want);
    }
    return wrong;
}

static size_t product_cases(slt_arithmetic a)
{
    size_t wrong = 0;
    for (int i = 0; i < 240; i++) {
        slt_transpose ta = (slt_transpose)(i & 1), tb = (slt_transpose)(i >> 1 & 1);
        const bool goes_on = i & 4;
        const size_t rows = any_extent(), cols = any_extent(), inner = any_extent();
        slt_tensor left = side_of(a, ta, rows, inner),
                   right = side_of(a, tb, inner, cols);
        slt_tensor got = wide_filled(a, rows, cols), before = ref_copy(&got);
        for (size_t e = 0; e < slt_tensor_count(&before) && !goes_on; e++)
            ref_set(&before, e, 0);
        slt_tensor added = wide_filled(a, 1, cols), *bias = i & 8 ? &added : NULL;
        slt_members_product(ta, tb, &left, &right, bias, goes_on, &got);
        wrong += chains_wrong(ta, tb, &left, &right, bias, &before, inner, &got);
        ref_free(&added);
        free_three(&left, &right, &got);
        ref_free(&before);
    }
    return wrong;
}

/* ---- Sums -------------------------------------------------------------------------- */

/* The rows come in two blocks. */
static size_t column_sums_cases(slt_arithmetic a)
{
    size_t wrong = 0;
    for (int i = 0; i < 60; i++) {
        const size_t rows = any_extent(), cols = any_extent(), cut = ref_below(rows) + 1;
        slt_tensor dy = wide_filled(a, rows, cols), got = wide_filled(a, 1, cols);
        slt_tensor first = dy, second = dy;
        first.rows = cut;
        second.rows = rows - cut;
        second.data = (char *)dy.data + cut * cols * SLT_MEMBERS_BYTES;
        slt_members_column_sums(&first, false, &got);
        slt_members_column_sums(&second, true, &got);
        for (size_t m = 0; m < members(a); m++) {
            slt_tensor one = member_of(&dy, m), want = ref_tensor(a, 1, cols);
            slt_num_column_sums(&one, &want);
            wrong += member_differs(&got, m, &want);
            ref_free(&one);
            ref_free(&want);
        }
        ref_free(&dy);
        ref_free(&got);
    }
    return wrong;
}

/* The loss and derivative of one member, by slt_num_squared_error. */
static size_t error_differs(bool relu, const slt_tensor *y, const slt_tensor *t,
                            const slt_tensor *dy, slt_real scale, double factor,
                            double divisor, size_t m, slt_real loss)
{
    slt_tensor x = member_of(y, m), value = ref_copy(&x), target = member_of(t, m);
    slt_tensor want = ref_copy(&value);
    if (relu)
        slt_num_relu(&x, &value);
    slt_real sum = slt_num_squared_error(&value, &target, scale, &want);
    if (relu)
        slt_num_relu_back(&x, &want, &want);
    ref_free(&x);
    size_t wrong =
        !ref_same(factor * slt_real_double(sum) / divisor, slt_real_double(loss));
    wrong += member_differs(dy, m, &want);
    free_three(&value, &target, &want);
    return wrong;
}

/* Where only the verdict is asked for: the same derivative, in place and none, and
 * numbers that are finite where the losses are. */
static size_t verdict_differs(bool relu, const slt_tensor *y, const slt_tensor *t,
                              const slt_tensor *dy, slt_real scale, const slt_real *loss)
{
    static slt_members_sum sum;
    slt_real verdict[SLT_MEMBERS_MAX], alone[SLT_MEMBERS_MAX];
    slt_tensor slope = ref_copy(y);
    slt_members_sum_begin(true, &sum);
    slt_members_sum_add(relu, &slope, t, scale, &slope, &sum);
    slt_members_sum_end(y->arithmetic, &sum, slt_real_of(0.7), slt_real_of(7), verdict);
    slt_members_sum_begin(true, &sum);
    slt_members_sum_add(relu, y, t, scale, NULL, &sum);
    slt_members_sum_end(y->arithmetic, &sum, slt_real_of(0.7), slt_real_of(7), alone);
    size_t wrong = ref_differing(&slope, dy);
    for (size_t m = 0; m < members(y->arithmetic); m++) {
        wrong += slt_real_finite(verdict[m]) != slt_real_finite(loss[m]);
        wrong += slt_real_finite(alone[m]) != slt_real_finite(loss[m]);
    }
    ref_free(&slope);
    return wrong;
}

static size_t squared_error_cases(slt_arithmetic a)
{
    const slt_real scale = slt_real_of(0.3), divisor = slt_real_of(7);
    const slt_real factor = slt_real_of(0.7);
    size_t wrong = 0;
    for (int i = 0; i < 60; i++) {
        static slt_members_sum sum;
        slt_real loss[SLT_MEMBERS_MAX], alone[SLT_MEMBERS_MAX];
        const size_t rows = any_extent() * 3, cols = any_extent();
        const size_t block = ref_below(rows) + 1;
        const bool relu = i % 2;
        slt_tensor y = wide_filled(a, rows, cols), t = wide_filled(a, rows, cols);
        slt_tensor dy = wide_filled(a, rows, cols);
        slt_members_sum_begin(false, &sum);
        for (size_t r = 0; r < rows; r += block) {
            const size_t from = r * cols * SLT_MEMBERS_BYTES;
            slt_tensor value = y, target = t, slope = dy;
            value.rows = target.rows = slope.rows = rows - r < block ? rows - r : block;
            value.data = (char *)y.data + from;
            target.data = (char *)t.data + from;
            slope.data = (char *)dy.data + from;
            slt_members_sum_add(relu, &value, &target, scale, &slope, &sum);
        }
        slt_members_sum_end(a, &sum, factor, divisor, loss);
        slt_members_sum_begin(false, &sum);
        slt_members_sum_add(relu, &y, &t, scale, NULL, &sum);
        slt_members_sum_end(a, &sum, factor, divisor, alone);
        for (size_t m = 0; m < members(a); m++) {
            wrong += error_differs(relu, &y, &t, &dy, scale, 0.7, 7, m, loss[m]);
            wrong += !ref_same(slt_real_double(loss[m]), slt_real_double(alone[m]));
        }
        wrong += verdict_differs(relu, &y, &t, &dy, scale, loss);
        free_three(&y, &t, &dy);
    }
    return wrong;
}

/* ---- Data -------------------------------------------------------------------------- */

static size_t gather_differs(size_t m, const slt_tensor *from, const uint32_t *index,
                             const slt_tensor *got)
{
    slt_tensor want = ref_tensor(from->arithmetic, got->rows, from->cols);
    slt_num_gather_rows(from, index, &want);
    size_t wrong = member_differs(got, m, &want);
    ref_free(&want);
    return wrong;
}

/* Members with data of their own, and all with the first's in order. */
static size_t gather_cases(slt_arithmetic a)
{
    enum { SAMPLES = 12, ROWS = 19 };
    uint32_t index[SLT_MEMBERS_MAX][ROWS];
    const uint32_t *indices[SLT_MEMBERS_MAX];
    slt_tensor data[SLT_MEMBERS_MAX];
    const slt_tensor *from[SLT_MEMBERS_MAX];
    size_t wrong = 0;
    for (size_t i = 0; i < EXTENTS; i++) {
        const size_t cols = extents[i], rows = 1 + ref_below(ROWS);
        for (size_t m = 0; m < members(a); m++) {
            data[m] = ref_filled(a, SAMPLES, cols, (ref_mix)(m % REF_MIXES));
            from[m] = &data[m];
            indices[m] = index[m];
            for (size_t r = 0; r < rows; r++)
                index[m][r] = (uint32_t)ref_below(SAMPLES);
        }
        slt_tensor got = wide_filled(a, rows, cols), spread = wide_filled(a, 5, cols);
        slt_members_gather(from, indices, &got);
        slt_members_spread(from[0], 4, &spread);
        const uint32_t in_order[] = {4, 5, 6, 7, 8};
        for (size_t m = 0; m < members(a); m++) {
            wrong += gather_differs(m, from[m], index[m], &got);
            wrong += gather_differs(m, from[0], in_order, &spread);
        }
        for (size_t m = 0; m < members(a); m++)
            ref_free(&data[m]);
        ref_free(&got);
        ref_free(&spread);
    }
    return wrong;
}

/* ---- Updates ----------------------------------------------------------------------- */

static slt_stream any_stream(void)
{
    return slt_stream_of(ref_random(), SLT_DRAW_SGLD, (uint32_t)ref_below(4096),
                         (uint32_t)ref_below(4096), (uint32_t)ref_random(),
                         (uint32_t)ref_random());
}

static size_t sgld_cases(slt_arithmetic a)
{
    static const size_t sizes[] = {1, 2, 3, 4, 5, 24, 31, 32, 33, 64, 65, 100, 129, 300};
    const slt_sgld_step step = {slt_real_of(0.5e-3), slt_real_of(sqrt(1e-3)),
                                slt_real_of(80.456), slt_real_of(1.1)};
    size_t wrong = 0;
    for (size_t i = 0; i < 2 * sizeof sizes / sizeof *sizes; i++) {
        const size_t cols = sizes[i / 2];
        slt_stream stream[SLT_MEMBERS_MAX];
        slt_tensor g = wide_filled(a, 1, cols), w0 = wide_filled(a, 1, cols);
        slt_tensor w = wide_filled(a, 1, cols);
        for (size_t e = 0; e < slt_tensor_count(&w) && i % 2; e++) {
            ref_set(&g, e, ref_plain());
            ref_set(&w0, e, ref_plain());
            ref_set(&w, e, ref_plain());
        }
        slt_tensor got = ref_copy(&w);
        for (size_t m = 0; m < members(a); m++)
            stream[m] = any_stream();
        const bool finite = slt_members_sgld(&step, stream, &g, &w0, &got);
        bool all = true;
        for (size_t m = 0; m < members(a); m++) {
            slt_tensor slope = member_of(&g, m), centre = member_of(&w0, m);
            slt_tensor want = member_of(&w, m);
            const bool fine = slt_num_sgld(&step, stream[m], &slope, &centre, &want);
            wrong += slt_members_finite(&got, m) != fine;
            all &= fine;
            wrong += member_differs(&got, m, &want);
            free_three(&slope, &centre, &want);
        }
        wrong += finite != all;
        free_three(&g, &w0, &w);
        ref_free(&got);
    }
    return wrong;
}

static size_t underdamped_cases(slt_arithmetic a)
{
    static const size_t sizes[] = {1, 3, 4, 31, 33, 64, 129, 300};
    const slt_underdamped_step step = {
        .nbeta = slt_real_of(80.456), .gamma = slt_real_of(1.1), .lose = slt_real_of(.2),
        .push = slt_real_of(1e-2),    .before = slt_real_of(.3), .fade = slt_real_of(.1),
        .noise = slt_real_of(.5),     .after = slt_real_of(.7)};
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const size_t cols = sizes[i];
        slt_stream stream[SLT_MEMBERS_MAX];
        slt_tensor g = wide_filled(a, 1, cols), w0 = wide_filled(a, 1, cols);
        slt_tensor w = wide_filled(a, 1, cols), p = wide_filled(a, 1, cols);
        slt_tensor got = ref_copy(&w), glided = ref_copy(&p);
        for (size_t m = 0; m < members(a); m++)
            stream[m] = any_stream();
        const bool finite =
            slt_members_underdamped(&step, stream, &g, &w0, &glided, &got);
        bool all = true;
        for (size_t m = 0; m < members(a); m++) {
            slt_tensor slope = member_of(&g, m), centre = member_of(&w0, m);
            slt_tensor want = member_of(&w, m), momentum = member_of(&p, m);
            const bool fine = slt_num_underdamped(&step, stream[m], &slope, &centre,
                                                  &momentum, &want);
            wrong += slt_members_finite(&got, m) != fine;
            all &= fine;
            wrong += member_differs(&got, m, &want);
            wrong += member_differs(&glided, m, &momentum);
            free_three(&slope, &centre, &want);
            ref_free(&momentum);
        }
        wrong += finite != all;
        free_three(&g, &w0, &w);
        free_three(&got, &glided, &p);
    }
    return wrong;
}

static size_t thermostat_cases(slt_arithmetic a)
{
    static const size_t sizes[] = {1, 3, 4, 31, 33, 64, 129, 300};
    const slt_underdamped_step step = {.nbeta = slt_real_of(80.456),
                                       .gamma = slt_real_of(1.1),
                                       .push = slt_real_of(.02),
                                       .fade = slt_real_of(.1),
                                       .noise = slt_real_of(.5),
                                       .after = slt_real_of(.02)};
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const size_t cols = sizes[i];
        slt_stream stream[SLT_MEMBERS_MAX];
        slt_tensor g = wide_filled(a, 1, cols), w0 = wide_filled(a, 1, cols);
        slt_tensor w = wide_filled(a, 1, cols), p = wide_filled(a, 1, cols);
        slt_tensor x = wide_filled(a, 1, cols), heated = ref_copy(&x);
        slt_tensor got = ref_copy(&w), glided = ref_copy(&p);
        for (size_t m = 0; m < members(a); m++)
            stream[m] = any_stream();
        const bool finite =
            slt_members_thermostat(&step, stream, &g, &w0, &glided, &heated, &got);
        bool all = true;
        for (size_t m = 0; m < members(a); m++) {
            slt_tensor slope = member_of(&g, m), centre = member_of(&w0, m);
            slt_tensor want = member_of(&w, m), momentum = member_of(&p, m);
            slt_tensor heat = member_of(&x, m);
            all &= slt_num_thermostat(&step, stream[m], &slope, &centre, &momentum, &heat,
                                      &want);
            wrong += member_differs(&got, m, &want);
            wrong += member_differs(&glided, m, &momentum);
            wrong += member_differs(&heated, m, &heat);
            free_three(&slope, &centre, &want);
            ref_free(&momentum);
            ref_free(&heat);
        }
        wrong += finite != all;
        free_three(&g, &w0, &w);
        free_three(&got, &glided, &p);
        ref_free(&x);
        ref_free(&heated);
    }
    return wrong;
}

/* Without a mean, then with one. */
static size_t preconditioned_cases(slt_arithmetic a)
{
    static const size_t sizes[] = {1, 3, 4, 31, 33, 64, 129, 300};
    size_t wrong = 0;
    for (size_t i = 0; i < 2 * (sizeof sizes / sizeof *sizes); i++) {
        const size_t cols = sizes[i / 2];
        const bool mean = i % 2;
        const slt_preconditioned_step step = {.sgld = {slt_real_of(0.5e-3),
                                                       slt_real_of(sqrt(1e-3)),
                                                       slt_real_of(80.456),
                                                       slt_real_of(1.1)},
                                              .alpha = slt_real_of(.9),
                                              .one_minus_alpha = slt_real_of(.1),
                                              .eps = slt_real_of(.3),
                                              .raise = slt_real_of(mean ? 2.3 : 1),
                                              .beta = slt_real_of(.8),
                                              .one_minus_beta = slt_real_of(.2)};
        slt_stream stream[SLT_MEMBERS_MAX];
        slt_tensor g = wide_filled(a, 1, cols), w0 = wide_filled(a, 1, cols);
        slt_tensor w = wide_filled(a, 1, cols), v = wide_filled(a, 1, cols);
        slt_tensor got = ref_copy(&w), squares = ref_copy(&v);
        slt_tensor before = wide_filled(a, 1, cols), means = ref_copy(&before);
        for (size_t m = 0; m < members(a); m++)
            stream[m] = any_stream();
        const bool finite = slt_members_preconditioned(
            &step, stream, &g, &w0, mean ? &means : NULL, &squares, &got);
        bool all = true;
        for (size_t m = 0; m < members(a); m++) {
            slt_tensor slope = member_of(&g, m), centre = member_of(&w0, m);
            slt_tensor want = member_of(&w, m), square = member_of(&v, m);
            slt_tensor one = member_of(&before, m);
            const bool fine = slt_num_preconditioned(&step, stream[m], &slope, &centre,
                                                     mean ? &one : NULL, &square, &want);
            all &= fine;
            wrong += member_differs(&got, m, &want);
            wrong += member_differs(&squares, m, &square);
            wrong += member_differs(&means, m, &one);
            free_three(&slope, &centre, &want);
            ref_free(&square);
            ref_free(&one);
        }
        wrong += finite != all;
        free_three(&g, &w0, &w);
        free_three(&got, &squares, &v);
        ref_free(&before);
        ref_free(&means);
    }
    return wrong;
}

int main(void)
{
    ref_each_copy("product, every turn, with bias, gone on with", product_cases);
    ref_each_copy("column sums in two blocks", column_sums_cases);
    ref_each_copy("squared error in blocks, of relu too", squared_error_cases);
    ref_each_copy("gather and spread", gather_cases);
    ref_each_copy("sgld, each member with its own stream", sgld_cases);
    ref_each_copy("steps with a momentum likewise", underdamped_cases);
    ref_each_copy("steps with a thermostat likewise", thermostat_cases);
    ref_each_copy("preconditioned steps likewise", preconditioned_cases);
    return tap_done();
}
