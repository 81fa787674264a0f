/* What a loss looks at: the same as the loss of these rows alone. */
#include "net/look.h"

#include <string.h>

#include "nets.h"

enum { ROWS = 6, COLS = 3, POSITIONS = 2 };

typedef struct scene {
    slt_arithmetic arithmetic;
    slt_tensor value, change, target, made;
    slt_tensor few, few_change, few_target, few_made; /* of the rows that count */
    size_t rows;
} scene;

static bool counts(const slt_loss_spec *spec, const int32_t *class, size_t row)
{
    return (!spec->last || row % POSITIONS == POSITIONS - 1) &&
           (!spec->ignores || (size_t) class[row] != spec->ignored);
}

static void copy_row(const slt_tensor *from, size_t row, slt_tensor *to, size_t at)
{
    const size_t size = from->cols * slt_arithmetic_size(from->arithmetic);
    memcpy((char *)to->data + at * size, (char *)from->data + row * size, size);
}

static scene make_scene(slt_arithmetic arithmetic, const slt_loss_spec *spec)
{
    static const int32_t classes[ROWS] = {0, 2, 1, 1, 2, 2};
    scene s = {.arithmetic = arithmetic,
               .value = nets_tensor(arithmetic, ROWS, COLS),
               .change = nets_tensor(arithmetic, ROWS, COLS),
               .target = nets_tensor(SLT_INDEX, ROWS, 1),
               .made = nets_tensor(arithmetic, ROWS, COLS),
               .few = nets_tensor(arithmetic, ROWS, COLS),
               .few_change = nets_tensor(arithmetic, ROWS, COLS),
               .few_target = nets_tensor(SLT_INDEX, ROWS, 1),
               .few_made = nets_tensor(arithmetic, ROWS, COLS)};
    nets_random(&s.value, 1, 2);
    nets_random(&s.change, 2, 1);
    memcpy(s.target.data, classes, sizeof classes);
    for (size_t i = 0; i < ROWS; i++)
        if (counts(spec, classes, i)) {
            copy_row(&s.value, i, &s.few, s.rows);
            copy_row(&s.change, i, &s.few_change, s.rows);
            copy_row(&s.target, i, &s.few_target, s.rows++);
        }
    s.few.rows = s.few_change.rows = s.few_target.rows = s.few_made.rows = s.rows;
    return s;
}

static void free_scene(scene *s)
{
    slt_tensor *all[] = {&s->value, &s->change,     &s->target,     &s->made,
                         &s->few,   &s->few_change, &s->few_target, &s->few_made};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        slt_tensor_free(all[i]);
}

/* The rows that count as they were made alone, +0 in the others. */
static bool put_well(const scene *s, const slt_loss_spec *spec)
{
    const int32_t *class = s->target.data;
    bool well = s->rows == 0 || s->made.frac == s->few_made.frac;
    for (size_t i = 0, at = 0; i < ROWS; i++) {
        const bool there = counts(spec, class, i);
        for (size_t j = 0; j < COLS; j++) {
            const slt_real found = slt_tensor_get(&s->made, i * COLS + j);
            well = well &&
                   found.bits ==
                       (there ? slt_tensor_get(&s->few_made, at * COLS + j).bits : 0);
        }
        at += there;
    }
    return well;
}

static void test_rows(slt_arithmetic arithmetic, const char *name, slt_loss_spec spec)
{
    scene s = make_scene(arithmetic, &spec);
    snprintf(spec.op, sizeof spec.op, "%s", name);
    spec.factor = slt_real_of(0.75);
    slt_loss_spec plain = spec;
    plain.last = plain.ignores = false;
    const slt_loss_type *type = slt_loss_find(name);
    slt_look look = {type, &spec, POSITIONS, &s.value, &s.target};
    const slt_real loss = slt_look_loss(&look, &s.made),
                   alone = slt_look_loss(&look, NULL);
    slt_real want = {0};
    if (s.rows)
        want = type->loss(&plain, &s.few, &s.few_target, &s.few_made);
    TAP_OK(loss.bits == want.bits && alone.bits == want.bits && put_well(&s, &spec),
           "%s, %s: %zu of %d rows", slt_arithmetic_name(arithmetic), name, s.rows, ROWS);
    slt_look_second(&look, &s.change, &s.made);
    if (s.rows)
        type->second(&plain, &s.few, &s.few_target, &s.few_change, &s.few_made);
    TAP_OK(put_well(&s, &spec), "second order");
    slt_tensor value, target;
    TAP_OK(slt_look_rows(&look, &value, &target) == s.rows && value.rows == s.rows &&
               memcmp(value.data, s.few.data, s.rows * COLS * 4) == 0 &&
               memcmp(target.data, s.few_target.data, s.rows * 4) == 0,
           "its rows");
    free_scene(&s);
}

static void test_refused(void)
{
    slt_error err = {0};
    slt_loss_spec spec = {.op = "cross-entropy", .in = "y", .last = true};
    slt_shape value = {.cols = 3}, target = {.cols = 1, .indices = true, .range = 3};
    TAP_OK(slt_look_check(&spec, &value, &target, &err) == SLT_FORMAT &&
               strstr(err.text, "at: expected y to have positions, found none"),
           "no position is the last");
    value.positions = (slt_positions){1, {2}};
    TAP_OK(slt_look_check(&spec, &value, &target, &err) == SLT_OK, "one of two is");
    spec.ignores = true;
    spec.ignored = 3;
    TAP_OK(slt_look_check(&spec, &value, &target, &err) == SLT_FORMAT &&
               strstr(err.text, "ignore: expected a class below 3, found 3"),
           "there is no such class");
}

int main(void)
{
    static const slt_arithmetic all[] = {SLT_F32, SLT_F64, SLT_FIXED};
    slt_num_start(SLT_ISA_COUNT - 1);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (slt_num_available(all[i], NULL) != SLT_OK)
            continue;
        for (size_t ignored = 0; ignored < COLS; ignored++)
            for (int last = 0; last < 2; last++)
                test_rows(
                    all[i], "cross-entropy",
                    (slt_loss_spec){.last = last, .ignores = true, .ignored = ignored});
        test_rows(all[i], "cross-entropy", (slt_loss_spec){.last = true});
        test_rows(all[i], "mse-classes",
                  (slt_loss_spec){
                      .last = true, .mean_samples = true, .centre = SLT_CENTRE_SAMPLES});
    }
    scene none = make_scene(SLT_FIXED, &(slt_loss_spec){0});
    const int32_t same[ROWS] = {1, 1, 1, 1, 1, 1};
    memcpy(none.target.data, same, sizeof same);
    const slt_loss_spec spec = {.ignores = true, .ignored = 1};
    const slt_look look = {slt_loss_find("cross-entropy"), &spec, POSITIONS, &none.value,
                           &none.target};
    TAP_OK(slt_look_loss(&look, &none.made).bits == 0 && none.made.frac == 48 &&
               slt_tensor_get(&none.made, 4).bits == 0,
           "a loss that looks at nothing is 0");
    free_scene(&none);
    test_refused();
    return tap_done();
}
