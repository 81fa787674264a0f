/* Softmax on every instruction set against its definition, one operation at a time: whole
 * rows and those of a mask, what a row does not see being infinite or no number.  In
 * fixed point against the portable copy, and its values against the C library's. */
#include "fixed_reference.h"
#include "num/float/elementary.h"

static double exponential(slt_arithmetic a, double x)
{
    return a == SLT_F32 ? (double)slt_expf((float)x) : slt_exp(x);
}

typedef struct table {
    slt_tensor x, y, change, dy, want, got;
    size_t causal;
} table;

/* What no row may look at. */
static void hide(table *t, slt_tensor *tensor)
{
    for (size_t r = 0; r < t->x.rows; r++)
        for (size_t j = slt_num_softmax_seen(t->x.cols, t->causal, r); j < t->x.cols; j++)
            ref_set(tensor, r * t->x.cols + j, ref_below(2) ? NAN : INFINITY);
}

/* Widths that end in every tail of a vector and cross the 64 partials; one column and one
 * row among them, and more rows than are made together. */
static table table_of(slt_arithmetic a, size_t i)
{
    const size_t cols = i < 100 ? 1 + i : 120 + 37 * (i - 100);
    const size_t causal = i % 3 ? 1 + ref_below(cols < 9 ? cols : 9) : 0;
    const size_t groups = 1 + ref_below(3) + (i % 10 == 0) * (causal ? 70 / causal : 70);
    const size_t rows = groups * (causal ? causal : 1 + ref_below(5));
    const ref_mix mix = (ref_mix)(i % REF_MIXES);
    table t = {.x = ref_filled(a, rows, cols, mix),
               .y = ref_tensor(a, rows, cols),
               .change = ref_filled(a, rows, cols, mix),
               .dy = ref_filled(a, rows, cols, mix),
               .want = ref_tensor(a, rows, cols),
               .got = ref_filled(a, rows, cols, REF_INFINITE),
               .causal = causal};
    hide(&t, &t.x);
    hide(&t, &t.change);
    hide(&t, &t.dy);
    return t;
}
enum { TABLES = 105 };

static void table_free(table *t)
{
    slt_tensor *all[] = {&t->x, &t->y, &t->change, &t->dy, &t->want, &t->got};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        ref_free(all[i]);
}

static void shares_by_definition(const table *t, size_t row, slt_tensor *to)
{
    const slt_arithmetic a = t->x.arithmetic;
    const size_t first = row * t->x.cols, last = first + t->x.cols;
    const size_t end = first + slt_num_softmax_seen(t->x.cols, t->causal, row);
    double most = ref_get(&t->x, first);
    ref_sum sum = {0};
    for (size_t e = first; e < end; e++)
        most = most > ref_get(&t->x, e) ? most : ref_get(&t->x, e);
    for (size_t e = first; e < last; e++)
        ref_set(to, e, 0);
    for (size_t e = first; e < end; e++) {
        ref_set(to, e, exponential(a, ref_add(a, ref_get(&t->x, e), -most)));
        ref_sum_fma(&sum, 1, ref_get(to, e));
    }
    const double divisor = ref_round(a, ref_sum_total(&sum));
    for (size_t e = first; e < end; e++)
        ref_set(to, e, ref_div(a, ref_get(to, e), divisor));
}

static double mean_by_definition(const table *t, size_t row, const slt_tensor *weights,
                                 const slt_tensor *of)
{
    const size_t first = row * t->x.cols;
    ref_sum sum = {0};
    for (size_t j = 0; j < slt_num_softmax_seen(t->x.cols, t->causal, row); j++)
        ref_sum_fma(&sum, ref_get(weights, first + j), ref_get(of, first + j));
    return ref_round(t->x.arithmetic, ref_sum_total(&sum));
}

static void along_by_definition(const table *t, size_t row, const slt_tensor *change,
                                slt_tensor *to)
{
    const slt_arithmetic a = t->x.arithmetic;
    const size_t first = row * t->x.cols;
    const size_t seen = slt_num_softmax_seen(t->x.cols, t->causal, row);
    const double mean = mean_by_definition(t, row, &t->y, change);
    for (size_t j = 0; j < t->x.cols; j++)
        ref_set(to, first + j, 0);
    for (size_t e = first; e < first + seen; e++)
        ref_set(to, e,
                ref_mul(a, ref_get(&t->y, e), ref_add(a, ref_get(change, e), -mean)));
}

static void bend_by_definition(const table *t, size_t row, const slt_tensor *dshare,
                               slt_tensor *to)
{
    const slt_arithmetic a = t->x.arithmetic;
    const size_t first = row * t->x.cols;
    const size_t seen = slt_num_softmax_seen(t->x.cols, t->causal, row);
    const double mean = mean_by_definition(t, row, &t->y, &t->dy);
    const double bent = mean_by_definition(t, row, dshare, &t->dy);
    for (size_t j = 0; j < t->x.cols; j++)
        ref_set(to, first + j, 0);
    for (size_t e = first; e < first + seen; e++)
        ref_set(to, e,
                ref_fma(a, ref_get(dshare, e), ref_add(a, ref_get(&t->dy, e), -mean),
                        -ref_mul(a, ref_get(&t->y, e), bent)));
}

static size_t shares(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t i = 0; i < TABLES; i++) {
        table t = table_of(a, i);
        for (size_t r = 0; r < t.x.rows; r++)
            shares_by_definition(&t, r, &t.want);
        slt_num_softmax(&t.x, t.causal, &t.got);
        wrong += ref_differing(&t.got, &t.want);
        table_free(&t);
    }
    return wrong;
}

static size_t changes(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t i = 0; i < TABLES; i++) {
        table t = table_of(a, i);
        slt_num_softmax(&t.x, t.causal, &t.y);
        for (size_t r = 0; r < t.x.rows; r++)
            along_by_definition(&t, r, &t.change, &t.want);
        slt_num_softmax_along(&t.y, t.causal, &t.change, &t.got);
        wrong += ref_differing(&t.got, &t.want);
        slt_tensor over = ref_copy(&t.y);
        slt_num_softmax_along(&over, t.causal, &t.change, &over);
        wrong += ref_differing(&over, &t.want);
        ref_free(&over);
        slt_num_softmax_along(&t.y, t.causal, &t.change, &t.change);
        wrong += ref_differing(&t.change, &t.want);
        table_free(&t);
    }
    return wrong;
}

static size_t bends(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t i = 0; i < TABLES; i++) {
        table t = table_of(a, i);
        slt_num_softmax(&t.x, t.causal, &t.y);
        slt_num_softmax_along(&t.y, t.causal, &t.change, &t.change);
        for (size_t r = 0; r < t.x.rows; r++)
            bend_by_definition(&t, r, &t.change, &t.want);
        slt_num_softmax_bend(&t.y, t.causal, &t.dy, &t.change, &t.got);
        wrong += ref_differing(&t.got, &t.want);
        slt_num_softmax_bend(&t.y, t.causal, &t.dy, &t.change, &t.change);
        wrong += ref_differing(&t.change, &t.want);
        table_free(&t);
    }
    return wrong;
}

/* ---- Fixed point ------------------------------------------------------------------- */

static slt_tensor block(size_t rows, size_t cols)
{
    const fixed_mix mix = (fixed_mix)ref_below(FIXED_MIXES);
    slt_tensor t = fixed_filled(rows, cols, mix, 20 + (int)ref_below(60));
    if (ref_below(6) == 0)
        t.frac = (int)ref_below(400) - 200;
    t.overflow = ref_below(9) == 0;
    return t;
}

static size_t copies_of(size_t cols, size_t causal, size_t rows)
{
    slt_tensor x = block(rows, cols), change = block(rows, cols), dy = block(rows, cols);
    slt_tensor want[3], got[3];
    for (int i = 0; i < 3; i++) {
        want[i] = ref_tensor(SLT_FIXED, rows, cols);
        got[i] = ref_tensor(SLT_FIXED, rows, cols);
    }
    slt_fixed_softmax(&x, causal, &want[0]);
    slt_fixed_softmax_along(&want[0], causal, &change, &want[1]);
    slt_fixed_softmax_bend(&want[0], causal, &dy, &want[1], &want[2]);
    slt_num_softmax(&x, causal, &got[0]);
    slt_num_softmax_along(&got[0], causal, &change, &got[1]);
    slt_num_softmax_bend(&got[0], causal, &dy, &got[1], &got[2]);
    size_t wrong = 0;
    for (int i = 0; i < 3; i++)
        wrong += !fixed_same(&want[i], &got[i]);
    slt_num_softmax_bend(&got[0], causal, &dy, &got[1], &got[1]);
    wrong += memcmp(got[1].data, got[2].data, rows * cols * sizeof(int64_t)) != 0;
    slt_num_softmax_along(&got[0], causal, &change, &got[0]);
    wrong += memcmp(got[0].data, want[1].data, rows * cols * sizeof(int64_t)) != 0;
    for (int i = 0; i < 3; i++) {
        ref_free(&want[i]);
        ref_free(&got[i]);
    }
    ref_free(&x);
    ref_free(&change);
    ref_free(&dy);
    return wrong;
}

static size_t copies(void)
{
    size_t wrong = 0;
    for (size_t cols = 1; cols <= 67; cols++)
        for (int i = 0; i < 6; i++) {
            const size_t causal = i % 2 ? 1 + ref_below(cols < 4 ? cols : 4) : 0;
            wrong += copies_of(cols, causal, (causal ? causal : 1) * (1 + ref_below(3)));
        }
    return wrong;
}

static double value(const slt_tensor *t, size_t e)
{
    return ldexp((double)((const int64_t *)t->data)[e], -t->frac);
}

/* The shares and, along a change, theirs, near double's. */
static size_t meaning(void)
{
    size_t wrong = 0;
    for (int round = 0; round < 200; round++) {
        const size_t cols = 1 + ref_below(20), causal = 1 + ref_below(cols);
        slt_tensor x = fixed_filled(causal, cols, FIXED_PLAIN, 50);
        slt_tensor z = fixed_filled(causal, cols, FIXED_PLAIN, 50);
        slt_tensor y = ref_tensor(SLT_FIXED, causal, cols);
        slt_tensor out = ref_tensor(SLT_FIXED, causal, cols);
        for (size_t e = 0; e < causal * cols; e++)
            ((int64_t *)x.data)[e] >>= 8;
        slt_num_softmax(&x, causal, &y);
        slt_num_softmax_along(&y, causal, &z, &out);
        for (size_t r = 0; r < causal; r++) {
            const size_t seen = cols - causal + 1 + r, first = r * cols;
            double most = -INFINITY, sum = 0, mean = 0, reach = 0;
            for (size_t e = first; e < first + seen; e++)
                most = fmax(most, value(&x, e));
            for (size_t e = first; e < first + seen; e++)
                sum += exp(value(&x, e) - most);
            for (size_t e = first; e < first + seen; e++)
                mean += exp(value(&x, e) - most) / sum * value(&z, e);
            for (size_t e = first; e < first + seen; e++)
                reach = fmax(reach, fabs(value(&z, e)));
            for (size_t e = first; e < first + cols; e++) {
                const double p = e < first + seen ? exp(value(&x, e) - most) / sum : 0;
                wrong += fabs(value(&y, e) - p) > 1e-14;
                wrong += fabs(value(&out, e) - p * (value(&z, e) - mean)) > 1e-13 * reach;
            }
        }
        slt_tensor *all[] = {&x, &z, &y, &out};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            ref_free(all[i]);
    }
    return wrong;
}

int main(void)
{
    ref_each_copy("shares of what a row sees", shares);
    ref_each_copy("their changes", changes);
    ref_each_copy("how these change", bends);
    fixed_each_copy("in fixed point as the portable copy", copies);
    fixed_each_copy("in fixed point what it says", meaning);
    return tap_done();
}
