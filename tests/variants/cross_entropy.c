/* Cross entropy on every instruction set against its definition, one operation at a time,
 * and against the C library's. */
#include "num/float/elementary.h"
#include "num/scalar.h"
#include "reference.h"

typedef struct rows {
    slt_tensor y, dy, want, target;
} rows;

/* Widths that end in every tail of a vector and cross the 64 partials. */
static rows rows_of(slt_arithmetic a, size_t i)
{
    size_t cols = i < 140 ? 1 + i : 200 + 37 * (i - 140), count = 1 + ref_below(9);
    if (i % 8 == 0)
        count += 64 * (1 + ref_below(2));
    rows r = {.y = ref_filled(a, count, cols, (ref_mix)(i % REF_MIXES)),
              .dy = ref_filled(a, count, cols, REF_INFINITE),
              .want = ref_tensor(a, count, cols),
              .target = {.arithmetic = SLT_INDEX, .rows = count, .cols = 1}};
    int32_t *target = calloc(count, sizeof *target);
    if (!target)
        tap_bail("no memory");
    for (size_t e = 0; e < count; e++)
        target[e] = (int32_t)ref_below(cols);
    r.target.data = target;
    return r;
}
enum { SIZES = 150 };

static void rows_free(rows *r)
{
    ref_free(&r->y);
    ref_free(&r->dy);
    ref_free(&r->want);
    free(r->target.data);
}

static size_t target_of(const rows *r, size_t row)
{
    return (size_t)((const int32_t *)r->target.data)[row];
}

static double exponential(slt_arithmetic a, double x)
{
    return a == SLT_F32 ? (double)slt_expf((float)x) : slt_exp(x);
}

/* One row: its loss; want becomes its derivative. */
static double row_by_definition(rows *r, size_t row, double scale)
{
    slt_arithmetic a = r->y.arithmetic;
    size_t cols = r->y.cols, first = row * cols, t = target_of(r, row);
    double most = ref_get(&r->y, first);
    ref_sum sum = {0};
    for (size_t j = 1; j < cols; j++)
        most = most > ref_get(&r->y, first + j) ? most : ref_get(&r->y, first + j);
    double at = ref_add(a, ref_get(&r->y, first + t), -most);
    for (size_t j = 0; j < cols; j++) {
        double e = exponential(a, ref_add(a, ref_get(&r->y, first + j), -most));
        ref_set(&r->want, first + j, e);
        ref_sum_fma(&sum, 1, e);
    }
    double total = ref_sum_total(&sum), divisor = ref_round(a, total);
    for (size_t j = 0; j < cols; j++) {
        double p = ref_div(a, ref_get(&r->want, first + j), divisor);
        p = j == t ? ref_add(a, p, -1) : p;
        ref_set(&r->want, first + j, ref_mul(a, p, ref_round(a, scale)));
    }
    return slt_log(total) - at;
}

/* With the gradient and without it. */
static size_t definition(slt_arithmetic a)
{
    size_t wrong = 0;
    const double scale = 0x1.5555555555555p-9;
    for (size_t i = 0; i < SIZES; i++) {
        rows r = rows_of(a, i);
        ref_sum sum = {0};
        for (size_t row = 0; row < r.y.rows; row++)
            ref_sum_fma(&sum, 1, row_by_definition(&r, row, scale));
        double want = ref_sum_total(&sum);
        slt_real factor = slt_real_of(scale);
        slt_real without = slt_num_cross_entropy(&r.y, &r.target, factor, NULL);
        slt_real with = slt_num_cross_entropy(&r.y, &r.target, factor, &r.dy);
        wrong += !ref_same(slt_real_double(with), want);
        wrong += !ref_same(slt_real_double(without), want);
        wrong += ref_differing(&r.dy, &r.want);
        rows_free(&r);
    }
    return wrong;
}

/* want becomes how the derivative of a row changes along r->dy. */
static void bend_by_definition(rows *r, size_t row, double scale)
{
    slt_arithmetic a = r->y.arithmetic;
    size_t cols = r->y.cols, first = row * cols;
    double most = ref_get(&r->y, first);
    ref_sum sum = {0}, weighted = {0};
    for (size_t j = 1; j < cols; j++)
        most = most > ref_get(&r->y, first + j) ? most : ref_get(&r->y, first + j);
    for (size_t j = 0; j < cols; j++) {
        double e = exponential(a, ref_add(a, ref_get(&r->y, first + j), -most));
        ref_set(&r->want, first + j, e);
        ref_sum_fma(&sum, 1, e);
    }
    double divisor = ref_round(a, ref_sum_total(&sum));
    for (size_t j = 0; j < cols; j++) {
        ref_set(&r->want, first + j, ref_div(a, ref_get(&r->want, first + j), divisor));
        ref_sum_fma(&weighted, ref_get(&r->want, first + j), ref_get(&r->dy, first + j));
    }
    double mean = ref_round(a, ref_sum_total(&weighted));
    for (size_t j = 0; j < cols; j++) {
        double away = ref_add(a, ref_get(&r->dy, first + j), -mean);
        double bent = ref_mul(a, ref_get(&r->want, first + j), away);
        ref_set(&r->want, first + j, ref_mul(a, bent, ref_round(a, scale)));
    }
}

/* Into a third tensor, then over the change. */
static size_t second(slt_arithmetic a)
{
    size_t wrong = 0;
    const double scale = 0x1.5555555555555p-9;
    for (size_t i = 0; i < SIZES; i++) {
        rows r = rows_of(a, i);
        ref_free(&r.dy);
        r.dy = ref_filled(a, r.y.rows, r.y.cols, (ref_mix)(i % REF_MIXES));
        slt_tensor got = ref_tensor(a, r.y.rows, r.y.cols);
        for (size_t row = 0; row < r.y.rows; row++)
            bend_by_definition(&r, row, scale);
        slt_num_cross_entropy_second(&r.y, &r.dy, slt_real_of(scale), &got);
        slt_num_cross_entropy_second(&r.y, &r.dy, slt_real_of(scale), &r.dy);
        wrong += ref_differing(&got, &r.want) + ref_differing(&r.dy, &r.want);
        ref_free(&got);
        rows_free(&r);
    }
    return wrong;
}

/* Rows 0 and 64 alone have a loss that is not 0, so that nothing hides how they meet in
 * partial 0. */
static size_t partials(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t i = 0; i < 200; i++) {
        rows r = {.y = ref_tensor(a, 65, 3),
                  .want = ref_tensor(a, 65, 3),
                  .target = {.arithmetic = SLT_INDEX, .rows = 65, .cols = 1}};
        int32_t target[65] = {0};
        double want = 0;
        r.target.data = target;
        for (size_t row = 0; row < 65; row++)
            for (size_t j = 0; j < 3; j++)
                ref_set(&r.y, 3 * row + j, row % 64 ? 2000.0 * !j : ref_plain());
        for (size_t row = 0; row < 65; row++)
            want = want + row_by_definition(&r, row, 1);
        slt_real got = slt_num_cross_entropy(&r.y, &r.target, slt_real_from_u64(1), NULL);
        wrong += !ref_same(slt_real_double(got), want);
        ref_free(&r.y);
        ref_free(&r.want);
    }
    return wrong;
}

static double meant(const rows *r, size_t row, size_t j, double *p)
{
    double sum = 0, y = ref_get(&r->y, row * r->y.cols + target_of(r, row));
    for (size_t k = 0; k < r->y.cols; k++)
        sum += exp(ref_get(&r->y, row * r->y.cols + k));
    *p = exp(ref_get(&r->y, row * r->y.cols + j)) / sum;
    return log(sum) - y;
}

static size_t meaning(slt_arithmetic a)
{
    size_t wrong = 0;
    double tolerance = a == SLT_F32 ? 1e-5 : 1e-14, p;
    for (size_t i = 0; i < 60; i += REF_MIXES) {
        rows r = rows_of(a, i);
        double want = 0;
        slt_real got = slt_num_cross_entropy(&r.y, &r.target, slt_real_of(0.5), &r.dy);
        for (size_t row = 0; row < r.y.rows; row++) {
            want += meant(&r, row, 0, &p);
            for (size_t j = 0; j < r.y.cols; j++) {
                meant(&r, row, j, &p);
                double slope = 0.5 * (p - (j == target_of(&r, row)));
                wrong += !(fabs(ref_get(&r.dy, row * r.y.cols + j) - slope) <= tolerance);
            }
        }
        wrong +=
            !(fabs(slt_real_double(got) - want) <= tolerance * (double)r.y.rows * 10);
        rows_free(&r);
    }
    return wrong;
}

/* Few different numbers, so that many are equal: argmax is the first of the largest. */
static size_t correct(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES; i++) {
        rows r = rows_of(a, i);
        uint64_t count = 0;
        for (size_t e = 0; e < slt_tensor_count(&r.y); e++)
            ref_set(&r.y, e, (double)ref_below(i % 5 + 1) - 1);
        for (size_t row = 0; row < r.y.rows; row++) {
            size_t best = 0;
            for (size_t j = 1; j < r.y.cols; j++)
                if (ref_get(&r.y, row * r.y.cols + j) >
                    ref_get(&r.y, row * r.y.cols + best))
                    best = j;
            if (row % 3 == 0)
                ((int32_t *)r.target.data)[row] = (int32_t)best;
            count += best == target_of(&r, row);
        }
        wrong += slt_num_count_correct(&r.y, &r.target) != count;
        rows_free(&r);
    }
    return wrong;
}

int main(void)
{
    ref_each_copy("cross entropy with and without gradient", definition);
    ref_each_copy("its second derivative", second);
    ref_each_copy("two rows of one partial", partials);
    ref_each_copy("cross entropy is what it says", meaning);
    ref_each_copy("rows whose argmax is the target", correct);
    return tap_done();
}
