/* data/cover.c: symbols that are absent, and the components of a graph of pairs. */
#include "data/cover.h"

#include "nets.h"

static slt_error err;

static slt_tensor make_index(size_t rows, const int32_t *values)
{
    slt_tensor tensor = nets_tensor(SLT_INDEX, rows, 1);
    memcpy(tensor.data, values, rows * sizeof *values);
    return tensor;
}

static slt_batch make_pairs(size_t rows, const int32_t *a, const int32_t *b,
                            const int32_t *target, size_t range)
{
    slt_batch batch = {.rows = rows,
                       .inputs = 2,
                       .input_name = {"a", "b"},
                       .input = {make_index(rows, a), make_index(rows, b)},
                       .target = make_index(rows, target),
                       .input_range = {range, range},
                       .target_range = range};
    return batch;
}

static void test_pairs(void)
{
    slt_cover cover;
    /* a0 - b1 - a2 - b3, and a4 - b4: two components; a1, a3, b0, b2 are in no pair. */
    slt_batch batch = make_pairs(4, (int32_t[]){0, 2, 2, 4}, (int32_t[]){1, 1, 3, 4},
                                 (int32_t[]){1, 3, 0, 3}, 5);
    TAP_OK(!slt_cover_find(&batch, &cover, &err) && cover.inputs == 2, "found");
    TAP_OK(cover.input[0].absent == 2 && cover.input[0].missing[0] == 1 &&
               cover.input[0].missing[1] == 3 && cover.input[0].range == 5,
           "symbols of the first input");
    TAP_OK(!strcmp(cover.input[1].name, "b") && cover.input[1].absent == 2 &&
               cover.input[1].missing[0] == 0 && cover.input[1].missing[1] == 2,
           "of the second");
    TAP_OK(cover.target.absent == 2 && cover.target.missing[0] == 2 &&
               cover.target.missing[1] == 4,
           "classes");
    TAP_EQ_U64(cover.components, 2, "components");
    slt_cover_free(&cover);
    ((int32_t *)batch.input[1].data)[3] = 1; /* a4 - b1 joins them */
    TAP_OK(!slt_cover_find(&batch, &cover, &err) && cover.components == 1 &&
               cover.input[1].absent == 3,
           "one component");
    slt_cover_free(&cover);
    slt_batch_free(&batch);
}

static void test_all(void)
{
    enum { P = 6 };
    int32_t a[P * P], b[P * P], c[P * P];
    slt_cover cover;
    for (int32_t i = 0; i < P * P; i++) {
        a[i] = i / P;
        b[i] = i % P;
        c[i] = (a[i] + b[i]) % P;
    }
    slt_batch batch = make_pairs(P * P, a, b, c, P);
    TAP_OK(!slt_cover_find(&batch, &cover, &err) && cover.components == 1 &&
               !cover.input[0].absent && !cover.input[1].absent && !cover.target.absent,
           "all pairs");
    slt_cover_free(&cover);
    batch.rows = batch.input[0].rows = batch.input[1].rows = batch.target.rows = P;
    for (int32_t i = 0; i < P; i++)
        ((int32_t *)batch.input[0].data)[i] = i; /* a = b: every pair by itself */
    TAP_OK(!slt_cover_find(&batch, &cover, &err) && cover.components == P,
           "pairs that share nothing");
    slt_cover_free(&cover);
    slt_batch_free(&batch);
}

static void test_numbers(void)
{
    slt_cover cover;
    slt_batch batch = nets_batch(SLT_F64, 3, 2, 1);
    TAP_OK(!slt_cover_find(&batch, &cover, &err) && !cover.inputs &&
               !cover.target.missing && !cover.components,
           "data of numbers has no symbols");
    slt_cover_free(&cover);
    slt_batch_free(&batch);
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT);
    test_pairs();
    test_all();
    test_numbers();
    return tap_done();
}
