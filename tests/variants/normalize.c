/* Rows by their size and columns by a number each, on every instruction set against their
 * definition, one operation at a time. */
#include "num/normalize.h"
#include "num/scalar.h"
#include "reference.h"

typedef struct scene {
    slt_arithmetic a;
    slt_normalize how;
    slt_tensor x, dy, change, row, got, want;
} scene;

/* Widths that end in every tail of a vector and cross the 64 partials. */
static scene scene_of(slt_arithmetic a, size_t i)
{
    const size_t cols = i < 140 ? 1 + i : 200 + 37 * (i - 140), rows = 1 + ref_below(5);
    const ref_mix mix = (ref_mix)(i % REF_MIXES);
    return (scene){.a = a,
                   .how = {i % 2, slt_real_of(i % 3 ? 1e-5 : 0.3)},
                   .x = ref_filled(a, rows, cols, mix),
                   .dy = ref_filled(a, rows, cols, mix),
                   .change = ref_filled(a, rows, cols, mix),
                   .row = ref_filled(a, 1, cols, mix),
                   .got = ref_filled(a, rows, cols, REF_PLAIN),
                   .want = ref_tensor(a, rows, cols)};
}
enum { SIZES = 148 };

static void scene_free(scene *s)
{
    slt_tensor *all[] = {&s->x, &s->dy, &s->change, &s->row, &s->got, &s->want};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        ref_free(all[i]);
}

static double mean_of(const double *a, const double *b, size_t cols)
{
    ref_sum sum = {0};
    for (size_t j = 0; j < cols; j++)
        ref_sum_fma(&sum, b ? b[j] : 1, a[j]);
    return ref_sum_total(&sum) / (double)cols;
}

enum { COLS_MAX = 1024 };

static void take_row(const slt_tensor *from, size_t row, double *to)
{
    for (size_t j = 0; j < from->cols; j++)
        to[j] = ref_get(from, row * from->cols + j);
}

static void centre(const scene *s, double *x)
{
    const double mean = ref_round(s->a, mean_of(x, NULL, s->x.cols));
    for (size_t j = 0; s->how.centred && j < s->x.cols; j++)
        x[j] = ref_add(s->a, x[j], -mean);
}

/* Leaves n in `to`; returns i. */
static double normal_row(const scene *s, size_t row, double *to)
{
    const size_t cols = s->x.cols;
    take_row(&s->x, row, to);
    centre(s, to);
    const double square = mean_of(to, to, cols) + slt_real_double(s->how.eps);
    const double by = ref_round(s->a, 1 / sqrt(square));
    for (size_t j = 0; j < cols; j++)
        to[j] = ref_mul(s->a, to[j], by);
    return by;
}

/* Leaves g - mean(g) - q n in `to`; returns q. */
static double project(const scene *s, const slt_tensor *g, size_t row, const double *n,
                      double *to)
{
    take_row(g, row, to);
    const double q = ref_round(s->a, mean_of(to, n, s->x.cols));
    centre(s, to);
    for (size_t j = 0; j < s->x.cols; j++)
        to[j] = ref_fma(s->a, -q, n[j], to[j]);
    return q;
}

static size_t forward(slt_arithmetic a)
{
    size_t wrong = 0;
    double n[COLS_MAX];
    for (size_t i = 0; i < SIZES; i++) {
        scene s = scene_of(a, i);
        for (size_t row = 0; row < s.x.rows; row++) {
            normal_row(&s, row, n);
            for (size_t j = 0; j < s.x.cols; j++)
                ref_set(&s.want, row * s.x.cols + j, n[j]);
        }
        slt_num_normalize(s.how, &s.x, &s.got);
        wrong += ref_differing(&s.got, &s.want);
        scene_free(&s);
    }
    return wrong;
}

/* Into a third tensor, then over dy. */
static size_t backward(slt_arithmetic a)
{
    size_t wrong = 0;
    double n[COLS_MAX], d[COLS_MAX];
    for (size_t i = 0; i < SIZES; i++) {
        scene s = scene_of(a, i);
        for (size_t row = 0; row < s.x.rows; row++) {
            const double by = normal_row(&s, row, n);
            project(&s, &s.dy, row, n, d);
            for (size_t j = 0; j < s.x.cols; j++)
                ref_set(&s.want, row * s.x.cols + j, ref_mul(a, by, d[j]));
        }
        slt_num_normalize_back(s.how, &s.x, &s.dy, &s.got);
        slt_num_normalize_back(s.how, &s.x, &s.dy, &s.dy);
        wrong += ref_differing(&s.got, &s.want) + ref_differing(&s.dy, &s.want);
        scene_free(&s);
    }
    return wrong;
}

/* Into a third tensor, then over the change. */
static size_t second(slt_arithmetic a)
{
    size_t wrong = 0;
    double n[COLS_MAX], d[COLS_MAX], moved[COLS_MAX], g[COLS_MAX];
    for (size_t i = 0; i < SIZES; i++) {
        scene s = scene_of(a, i);
        for (size_t row = 0; row < s.x.rows; row++) {
            const double by = normal_row(&s, row, n), less = -ref_mul(a, by, by);
            const double q = project(&s, &s.dy, row, n, d);
            const double u = project(&s, &s.change, row, n, moved);
            take_row(&s.dy, row, g);
            const double p = ref_round(a, mean_of(g, moved, s.x.cols));
            for (size_t j = 0; j < s.x.cols; j++) {
                const double rest = ref_fma(a, p, n[j], ref_mul(a, q, moved[j]));
                ref_set(&s.want, row * s.x.cols + j,
                        ref_mul(a, less, ref_fma(a, u, d[j], rest)));
            }
        }
        slt_num_normalize_second(s.how, &s.x, &s.dy, &s.change, &s.got);
        slt_num_normalize_second(s.how, &s.x, &s.dy, &s.change, &s.change);
        wrong += ref_differing(&s.got, &s.want) + ref_differing(&s.change, &s.want);
        scene_free(&s);
    }
    return wrong;
}

/* Into a third tensor, then over x. */
static size_t columns(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES; i++) {
        scene s = scene_of(a, i);
        const size_t cols = s.x.cols;
        slt_tensor sums = ref_tensor(a, 1, cols);
        for (size_t e = 0; e < slt_tensor_count(&s.x); e++)
            ref_set(&s.want, e, ref_mul(a, ref_get(&s.row, e % cols), ref_get(&s.x, e)));
        slt_num_multiply_columns(&s.x, &s.row, &s.got);
        slt_num_column_dots_long(&s.x, &s.dy, 0, &sums);
        for (size_t j = 0; j < cols; j++) {
            double sum = 0;
            for (size_t e = j; e < slt_tensor_count(&s.x); e += cols)
                sum = ref_fma(a, ref_get(&s.x, e), ref_get(&s.dy, e), sum);
            wrong += !ref_same(ref_get(&sums, j), sum);
        }
        slt_num_multiply_columns(&s.x, &s.row, &s.x);
        wrong += ref_differing(&s.got, &s.want) + ref_differing(&s.x, &s.want);
        ref_free(&sums);
        scene_free(&s);
    }
    return wrong;
}

int main(void)
{
    ref_each_copy("rows by their size", forward);
    ref_each_copy("their derivative", backward);
    ref_each_copy("their second derivative", second);
    ref_each_copy("columns by a number each, and sums of their products", columns);
    return tap_done();
}
