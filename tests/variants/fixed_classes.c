/* Squared errors against classes in fixed point on every instruction set, against their
 * definition in 128-bit integers, and not centred against the dense composition. */
#include "fixed_reference.h"
#include "num/scalar.h"

typedef struct scene {
    slt_tensor y, hot, error, want, dy, target;
} scene;

static int64_t *at(const slt_tensor *t, size_t row, size_t col)
{
    return (int64_t *)t->data + row * t->cols + col;
}

static scene make_scene(size_t rows, size_t cols)
{
    fixed_mix mix = (fixed_mix)ref_below(FIXED_MIXES);
    scene s = {.y = fixed_filled(rows, cols, mix, 48 + (int)ref_below(140) - 70),
               .hot = fixed_filled(rows, cols, FIXED_ZEROS, 48),
               .error = fixed_filled(rows, cols, FIXED_ZEROS, 0),
               .want = fixed_filled(rows, cols, mix, 1),
               .dy = fixed_filled(rows, cols, mix, 2),
               .target = {.arithmetic = SLT_INDEX, .rows = rows, .cols = 1}};
    int32_t *target = calloc(rows, sizeof *target);
    if (!target)
        tap_bail("no memory");
    for (size_t r = 0; r < rows; r++) {
        target[r] = (int32_t)ref_below(cols);
        *at(&s.hot, r, (size_t)target[r]) = INT64_C(1) << 48;
    }
    s.target.data = target;
    s.y.overflow = ref_below(9) == 0;
    return s;
}

static void free_scene(scene *s)
{
    slt_tensor *all[] = {&s->y, &s->hot, &s->error, &s->want, &s->dy};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        ref_free(all[i]);
    free(s->target.data);
}

/* sum / n to nearest, ties to even: the whole number whose distance from it is least. */
static int64_t nearest(slt_wide sum, size_t n)
{
    bool negative = slt_wide_negative(sum);
    slt_wide rest = slt_wide_abs(sum);
    int64_t quotient = 0;
    for (int bit = 62; bit >= 0; bit--) {
        slt_wide part = slt_wide_left(slt_wide_of((int64_t)n), bit);
        slt_wide left = slt_wide_add(rest, slt_wide_neg(part));
        if (slt_wide_negative(left))
            continue;
        rest = left;
        quotient |= INT64_C(1) << bit;
    }
    uint64_t twice = 2 * rest.low;
    if (twice > n || (twice == n && quotient % 2))
        quotient++;
    return negative ? -quotient : quotient;
}

/* Takes the mean off `count` elements `step` apart. */
static void centre_by_definition(int64_t *x, size_t count, size_t step)
{
    slt_wide sum = slt_wide_of(0);
    for (size_t i = 0; i < count; i++)
        sum = slt_wide_add(sum, slt_wide_of(x[i * step]));
    const int64_t mean = nearest(sum, count);
    for (size_t i = 0; i < count; i++)
        x[i * step] -= mean;
}

/* The difference from the one-hot rows, as a block. */
static void subtract_by_definition(scene *s)
{
    slt_tensor minus = fixed_filled(s->y.rows, s->y.cols, FIXED_ZEROS, 48);
    for (size_t e = 0; e < slt_tensor_count(&minus); e++)
        ((int64_t *)minus.data)[e] = -((int64_t *)s->hot.data)[e];
    s->error.overflow = false;
    slt_num_add(&s->y, &minus, &s->error);
    ref_free(&minus);
}

static void centre_error(scene *s, slt_centre centre)
{
    const size_t rows = s->y.rows, cols = s->y.cols;
    for (size_t j = 0; j < cols && centre == SLT_CENTRE_SAMPLES; j++)
        centre_by_definition(at(&s->error, 0, j), rows, cols);
    for (size_t r = 0; r < rows && centre == SLT_CENTRE_OUTPUTS; r++)
        centre_by_definition(at(&s->error, r, 0), cols, 1);
}

static size_t judge(scene *s, slt_centre centre, slt_real scale)
{
    subtract_by_definition(s);
    slt_tensor_copy(&s->dy, &s->error);
    slt_num_centre(centre, &s->dy);
    centre_error(s, centre);
    size_t wrong = !fixed_same(&s->dy, &s->error);
    s->want.overflow = false;
    slt_real want = slt_num_dot(&s->error, &s->error);
    slt_fixed_times(scale, &s->error, &s->want);
    slt_real got = slt_num_class_error(&s->y, &s->target, centre, scale, NULL);
    wrong += got.bits != want.bits;
    got = slt_num_class_error(&s->y, &s->target, centre, scale, &s->dy);
    wrong += got.bits != want.bits || !fixed_same(&s->dy, &s->want);
    slt_tensor place = s->y;
    got = slt_num_class_error(&s->y, &s->target, centre, scale, &place);
    wrong += got.bits != want.bits || !fixed_same(&place, &s->want);
    return wrong;
}

static size_t definition(void)
{
    size_t wrong = 0;
    for (size_t cols = 1; cols <= 67; cols++)
        for (int i = 0; i < 12; i++) {
            scene s = make_scene(1 + ref_below(cols % 9 ? 5 : 90), cols);
            wrong += judge(&s, (slt_centre)(i % 3), slt_real_of(ldexp(ref_plain(), -9)));
            free_scene(&s);
        }
    return wrong;
}

static size_t dense(void)
{
    size_t wrong = 0;
    for (size_t cols = 1; cols <= 67; cols++)
        for (int i = 0; i < 8; i++) {
            scene s = make_scene(1 + ref_below(5), cols);
            const slt_real scale = slt_real_of(ref_plain());
            slt_real want = slt_num_squared_error(&s.y, &s.hot, scale, &s.want);
            slt_real got =
                slt_num_class_error(&s.y, &s.target, SLT_CENTRE_NONE, scale, &s.dy);
            wrong += got.bits != want.bits || !fixed_same(&s.dy, &s.want);
            free_scene(&s);
        }
    return wrong;
}

int main(void)
{
    fixed_each_copy("errors against classes, centred or not", definition);
    fixed_each_copy("they are those against one-hot rows", dense);
    return tap_done();
}
