/* Squared errors against classes on every instruction set, against their definition one
 * operation at a time and against the dense composition. */
#include "num/scalar.h"
#include "reference.h"

typedef struct scene {
    slt_tensor y, dy, want, target;
} scene;

/* Widths that end in every tail of a vector and cross the 64 partials; rows that do. */
static scene scene_of(slt_arithmetic a, size_t i)
{
    size_t cols = i < 140 ? 1 + i : 200 + 37 * (i - 140), count = 1 + ref_below(9);
    if (i % 8 == 0)
        count += 64 * (1 + ref_below(2));
    scene s = {.y = ref_filled(a, count, cols, (ref_mix)(i % REF_MIXES)),
               .dy = ref_filled(a, count, cols, REF_INFINITE),
               .want = ref_tensor(a, count, cols),
               .target = {.arithmetic = SLT_INDEX, .rows = count, .cols = 1}};
    int32_t *target = calloc(count, sizeof *target);
    if (!target)
        tap_bail("no memory");
    for (size_t e = 0; e < count; e++)
        target[e] = (int32_t)ref_below(cols);
    s.target.data = target;
    return s;
}
enum { SIZES = 150 };

static void scene_free(scene *s)
{
    ref_free(&s->y);
    ref_free(&s->dy);
    ref_free(&s->want);
    free(s->target.data);
}

static size_t target_of(const scene *s, size_t row)
{
    return (size_t)((const int32_t *)s->target.data)[row];
}

/* want becomes the differences. */
static void subtract_by_definition(scene *s)
{
    slt_arithmetic a = s->y.arithmetic;
    for (size_t r = 0; r < s->y.rows; r++)
        for (size_t j = 0; j < s->y.cols; j++) {
            double y = ref_get(&s->y, r * s->y.cols + j);
            ref_set(&s->want, r * s->y.cols + j,
                    j == target_of(s, r) ? ref_add(a, y, -1) : y);
        }
}

static void take_off(scene *s, size_t element, double mean)
{
    slt_arithmetic a = s->y.arithmetic;
    ref_set(&s->want, element, ref_add(a, ref_get(&s->want, element), -mean));
}

static void centre_by_definition(scene *s, slt_centre centre)
{
    slt_arithmetic a = s->y.arithmetic;
    size_t rows = s->y.rows, cols = s->y.cols;
    for (size_t j = 0; j < cols && centre == SLT_CENTRE_SAMPLES; j++) {
        double sum = 0;
        for (size_t r = 0; r < rows; r++)
            sum = ref_get(&s->want, r * cols + j) + sum;
        for (size_t r = 0; r < rows; r++)
            take_off(s, r * cols + j, ref_round(a, sum / (double)rows));
    }
    for (size_t r = 0; r < rows && centre == SLT_CENTRE_OUTPUTS; r++) {
        ref_sum sum = {0};
        for (size_t j = 0; j < cols; j++)
            ref_sum_fma(&sum, 1, ref_get(&s->want, r * cols + j));
        double mean = ref_round(a, ref_sum_total(&sum) / (double)cols);
        for (size_t j = 0; j < cols; j++)
            take_off(s, r * cols + j, mean);
    }
}

static double define(scene *s, slt_centre centre, double scale)
{
    slt_arithmetic a = s->y.arithmetic;
    ref_sum sum = {0};
    subtract_by_definition(s);
    centre_by_definition(s, centre);
    for (size_t e = 0; e < slt_tensor_count(&s->want); e++) {
        double error = ref_get(&s->want, e);
        ref_sum_fma(&sum, error, error);
        ref_set(&s->want, e, ref_mul(a, ref_round(a, scale), error));
    }
    return ref_sum_total(&sum);
}

/* Zeros of both signs, of -0 alone, or any numbers. */
static void fill(slt_tensor *x, size_t i)
{
    for (size_t e = 0; e < slt_tensor_count(x) && i % 5 >= 2; e++)
        ref_set(x, e, i % 5 == 4 && ref_below(2) ? 0.0 : -0.0);
}

static size_t centred(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES; i++)
        for (int c = SLT_CENTRE_NONE; c <= SLT_CENTRE_OUTPUTS; c++) {
            scene s = scene_of(a, i);
            fill(&s.y, i);
            slt_tensor x = ref_copy(&s.y);
            memcpy(s.want.data, s.y.data, ref_size(&s.y));
            centre_by_definition(&s, (slt_centre)c);
            slt_num_centre((slt_centre)c, &x);
            wrong += ref_differing(&x, &s.want);
            ref_free(&x);
            scene_free(&s);
        }
    return wrong;
}

/* With the derivative, without it, and with it in the value's place. */
static size_t definition(slt_arithmetic a)
{
    const slt_real scale = slt_real_of(0x1.5555555555555p-9);
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES; i++)
        for (int c = SLT_CENTRE_NONE; c <= SLT_CENTRE_OUTPUTS; c++) {
            const slt_centre centre = (slt_centre)c;
            scene s = scene_of(a, i);
            double want = define(&s, centre, slt_real_double(scale));
            slt_real without = slt_num_class_error(&s.y, &s.target, centre, scale, NULL);
            slt_real with = slt_num_class_error(&s.y, &s.target, centre, scale, &s.dy);
            wrong += !ref_same(slt_real_double(with), want);
            wrong += !ref_same(slt_real_double(without), want);
            wrong += ref_differing(&s.dy, &s.want);
            with = slt_num_class_error(&s.y, &s.target, centre, scale, &s.y);
            wrong += !ref_same(slt_real_double(with), want);
            wrong += ref_differing(&s.y, &s.want);
            scene_free(&s);
        }
    return wrong;
}

/* Not centred it is the squared error against one-hot rows. */
static size_t dense(slt_arithmetic a)
{
    const slt_real scale = slt_real_of(0.3);
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES; i++) {
        scene s = scene_of(a, i);
        slt_tensor hot = ref_tensor(a, s.y.rows, s.y.cols);
        for (size_t e = 0; e < slt_tensor_count(&hot); e++)
            ref_set(&hot, e, target_of(&s, e / s.y.cols) == e % s.y.cols);
        slt_real want = slt_num_squared_error(&s.y, &hot, scale, &s.want);
        slt_real got =
            slt_num_class_error(&s.y, &s.target, SLT_CENTRE_NONE, scale, &s.dy);
        wrong += !ref_same(slt_real_double(got), slt_real_double(want));
        wrong += ref_differing(&s.dy, &s.want);
        ref_free(&hot);
        scene_free(&s);
    }
    return wrong;
}

int main(void)
{
    ref_each_copy("means taken off", centred);
    ref_each_copy("errors against classes, centred or not", definition);
    ref_each_copy("they are those against one-hot rows", dense);
    return tap_done();
}
