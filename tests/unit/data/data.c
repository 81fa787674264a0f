/* Data sets: sizes refused before anything is allocated, and numbers drawn as written. */
#include "data/data.h"

#include "nets.h"
#include "num/ops.h"

static slt_data_spec teacher_spec(void)
{
    return (slt_data_spec){.kind = SLT_DATA_LINEAR_TEACHER,
                           .samples = 33,
                           .inputs = 7,
                           .outputs = 5,
                           .rank = 3,
                           .depth = 2,
                           .teacher_std = slt_real_of(0.42)};
}

static slt_tensor drawn(slt_arithmetic arithmetic, uint32_t tensor, size_t rows,
                        size_t cols, double std)
{
    slt_tensor to = nets_tensor(arithmetic, rows, cols);
    slt_draw_normal(slt_stream_of(99, SLT_DRAW_DATA, tensor, 0, 0, 0), &to,
                    slt_real_of(std));
    return to;
}

/* The data set by its definition: draws 0 to 3, two products, one sum. */
static void test_linear_teacher(slt_arithmetic arithmetic, double noise_std)
{
    slt_data data;
    slt_data_spec spec = teacher_spec();
    spec.noise_std = slt_real_of(noise_std);
    TAP_OK(slt_data_make(&spec, "", arithmetic, (slt_seed){.key = 99}, &data, NULL) ==
               SLT_OK,
           "made in %s with noise %g", slt_arithmetic_name(arithmetic), noise_std);
    slt_tensor x = drawn(arithmetic, 0, 33, 7, 1), w1 = drawn(arithmetic, 1, 3, 7, 0.42),
               w2 = drawn(arithmetic, 2, 5, 3, 0.42),
               noise = drawn(arithmetic, 3, 33, 5, noise_std),
               h = nets_tensor(arithmetic, 33, 3), y = nets_tensor(arithmetic, 33, 5);
    slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, &x, &w1, &h);
    slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, &h, &w2, &y);
    if (noise_std > 0)
        slt_num_add(&y, &noise, &y);
    TAP_OK(nets_same(&data.train.input[0], &x), "x is draw 0");
    TAP_OK(nets_same(&data.teacher[0], &w1) && nets_same(&data.teacher[1], &w2),
           "the teacher is draws 1 and 2");
    TAP_OK(nets_same(&data.train.target, &y), "the target is the teacher's");
    TAP_OK(strcmp(data.train.input_name[0], "x") == 0 && data.train.inputs == 1 &&
               data.train.rows == 33,
           "one input x, 33 rows");
    slt_tensor *all[] = {&x, &w1, &w2, &noise, &h, &y};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        slt_tensor_free(all[i]);
    slt_data_free(&data);
    TAP_OK(data.train.inputs == 0, "nothing left after free");
}

/* Factor after factor, those between of rank x rank, from tensors 1, 2, 4, 5. */
static void test_deep(slt_arithmetic arithmetic)
{
    slt_data data;
    slt_data_spec spec = teacher_spec();
    spec.depth = 4;
    TAP_OK(slt_data_make(&spec, "", arithmetic, (slt_seed){.key = 99}, &data, NULL) ==
               SLT_OK,
           "four factors in %s", slt_arithmetic_name(arithmetic));
    slt_tensor w[] = {drawn(arithmetic, 1, 3, 7, 0.42), drawn(arithmetic, 2, 3, 3, 0.42),
                      drawn(arithmetic, 4, 3, 3, 0.42), drawn(arithmetic, 5, 5, 3, 0.42)};
    slt_tensor h[] = {nets_tensor(arithmetic, 33, 3), nets_tensor(arithmetic, 33, 3),
                      nets_tensor(arithmetic, 33, 3), nets_tensor(arithmetic, 33, 5)};
    bool same = true;
    for (size_t i = 0; i < 4; i++) {
        slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, i ? &h[i - 1] : &data.train.input[0],
                        &w[i], &h[i]);
        same &= nets_same(&data.teacher[i], &w[i]);
    }
    TAP_OK(same && !data.teacher[4].data && nets_same(&data.train.target, &h[3]),
           "the teacher's and its targets");
    for (size_t i = 0; i < 4; i++) {
        slt_tensor_free(&w[i]);
        slt_tensor_free(&h[i]);
    }
    slt_data_free(&data);
}

static void test_seed(void)
{
    slt_data a, b;
    slt_data_spec spec = teacher_spec();
    slt_data_make(&spec, "", SLT_F32, (slt_seed){.key = 1}, &a, NULL);
    slt_data_make(&spec, "", SLT_F32, (slt_seed){.key = 2}, &b, NULL);
    TAP_OK(!nets_same(&a.train.input[0], &b.train.input[0]) &&
               !nets_same(&a.train.target, &b.train.target),
           "another seed, other data");
    slt_data_free(&b);
    slt_data_make(&spec, "", SLT_F32, (slt_seed){.key = 1, .trial = 3}, &b, NULL);
    slt_tensor x = {0};
    slt_tensor_create(&x, SLT_F32, b.train.input[0].rows, b.train.input[0].cols, NULL);
    slt_draw_normal(slt_stream_of(1, SLT_DRAW_DATA, 0, 0, 3, 0), &x, slt_real_of(1));
    TAP_OK(!nets_same(&a.train.target, &b.train.target) &&
               nets_same(&x, &b.train.input[0]),
           "another trial, the data of its counter");
    slt_tensor_free(&x);
    slt_data_free(&a);
    slt_data_free(&b);
}

static void test_constant(void)
{
    slt_data data;
    slt_data_spec spec = {.kind = SLT_DATA_CONSTANT,
                          .samples = 4,
                          .inputs = 2,
                          .outputs = 3,
                          .x_value = slt_real_of(0.1),
                          .target_value = slt_real_of(-2)};
    TAP_OK(slt_data_make(&spec, "", SLT_F32, (slt_seed){.key = 1}, &data, NULL) == SLT_OK,
           "constant data");
    bool good = true;
    for (size_t i = 0; i < 8; i++)
        good &= slt_real_double(slt_tensor_get(&data.train.input[0], i)) == (double)0.1f;
    for (size_t i = 0; i < 12; i++)
        good &= slt_real_double(slt_tensor_get(&data.train.target, i)) == -2;
    TAP_OK(good, "every entry, rounded once");
    TAP_OK(!data.teacher[0].data, "no teacher");
    TAP_EQ_U64(slt_data_functions(&spec, SLT_F32), 0, "it calls no function");
    slt_data_free(&data);
}

static void test_shape(void)
{
    slt_batch shape;
    slt_data_spec spec = teacher_spec();
    slt_data_shape(&spec, SLT_F64, &shape);
    TAP_OK(shape.rows == 33 && shape.inputs == 1 && shape.input[0].cols == 7 &&
               shape.target.cols == 5 && shape.target.arithmetic == SLT_F64 &&
               !shape.input[0].data,
           "the shape without the data");
    TAP_EQ_U64(slt_data_functions(&spec, SLT_F64), slt_functions_of_normals(SLT_F64),
               "a teacher calls what normals call");
}

static void refused(slt_data_spec spec, const char *words)
{
    slt_data data;
    slt_error err = {0};
    slt_status status =
        slt_data_make(&spec, "", SLT_F64, (slt_seed){.key = 1}, &data, &err);
    if (!TAP_OK(status == SLT_FORMAT && strstr(err.text, words), "refused: %s", words))
        tap_note("status %d, \"%s\"", (int)status, err.text);
}

/* Every pair once, its sum as target; in the order of the shuffle, cut where it says. */
static void test_modular_addition(void)
{
    enum { P = 53, PAIRS = P * P, TRAIN = 1123 };
    slt_data data;
    slt_data_spec spec = {
        .kind = SLT_DATA_MODULAR_ADDITION, .p = P, .train_fraction = slt_real_of(0.4)};
    uint32_t order[PAIRS];
    size_t wrong = 0;
    slt_draw_shuffle(slt_stream_of(7, SLT_DRAW_SPLIT, 0, 0, 0, 0), PAIRS, PAIRS, order);
    TAP_EQ_U64(slt_data_samples(&spec), TRAIN, "two fifths of 2809 pairs");
    TAP_OK(slt_data_make(&spec, "", SLT_F32, (slt_seed){.key = 7}, &data, NULL) == SLT_OK,
           "modular addition");
    TAP_OK(data.train.rows == TRAIN && data.validation.rows == PAIRS - TRAIN &&
               data.train.target_range == P && data.train.input_range[1] == P,
           "split in two");
    for (uint32_t i = 0; i < PAIRS; i++) {
        const slt_batch *batch = i < TRAIN ? &data.train : &data.validation;
        size_t row = i < TRAIN ? i : i - TRAIN;
        int32_t a = ((const int32_t *)batch->input[0].data)[row];
        int32_t b = ((const int32_t *)batch->input[1].data)[row];
        wrong += (uint32_t)(a * P + b) != order[i];
        wrong += ((const int32_t *)batch->target.data)[row] != (a + b) % P;
    }
    TAP_EQ_U64(wrong, 0, "pairs and sums in the order of the shuffle");
    slt_data_free(&data);
    spec.tokens = true;
    TAP_OK(slt_data_make(&spec, "", SLT_F32, (slt_seed){.key = 7}, &data, NULL) ==
                   SLT_OK &&
               data.train.inputs == 1 && data.train.input_range[0] == P + 1 &&
               data.train.input[0].cols == 3 && data.train.target_range == P,
           "as tokens");
    for (uint32_t i = 0; i < PAIRS; i++) {
        const slt_batch *batch = i < TRAIN ? &data.train : &data.validation;
        size_t row = i < TRAIN ? i : i - TRAIN;
        const int32_t *x = (const int32_t *)batch->input[0].data + 3 * row;
        wrong += (uint32_t)(x[0] * P + x[1]) != order[i] || x[2] != P;
        wrong += ((const int32_t *)batch->target.data)[row] != (x[0] + x[1]) % P;
    }
    TAP_EQ_U64(wrong, 0, "the same, and the equals sign");
    slt_data_free(&data);
    spec.tokens = false;
    spec.train_fraction = slt_real_of(1);
    TAP_OK(slt_data_make(&spec, "", SLT_F32, (slt_seed){.key = 7}, &data, NULL) ==
                   SLT_OK &&
               data.train.rows == PAIRS && data.validation.rows == 0,
           "all of them for training");
    slt_data_free(&data);
    spec.train_fraction = slt_real_of(1.5);
    refused(spec, "data.train_fraction: expected at most 1");
    spec.train_fraction = slt_real_of(1e-5);
    refused(spec, "data.train_fraction: expected at most 1, and one pair");
    spec.p = SLT_MODULUS_MAX + 1;
    refused(spec, "data.p: expected 2 to 4096, found 4097");
}

static void test_refused(void)
{
    slt_data_spec spec = teacher_spec();
    spec.samples = 0;
    refused(spec, "data.samples: expected 1 to 16777216, found 0");
    spec.samples = SLT_SAMPLES_MAX + 1;
    refused(spec, "data.samples: expected 1 to 16777216, found 16777217");
    spec = teacher_spec();
    spec.inputs = SIZE_MAX;
    refused(spec, "data.inputs: expected 1 to");
    spec = teacher_spec();
    spec.outputs = 0;
    refused(spec, "data.outputs: expected 1 to");
    spec = teacher_spec();
    spec.rank = 0;
    refused(spec, "data.rank: expected 1 to");
    spec = teacher_spec();
    spec.samples = 1 << 20;
    spec.inputs = 257;
    refused(spec, "data: samples x inputs: expected at most 268435456 numbers");
    spec.inputs = 1;
    spec.rank = 257;
    refused(spec, "data: samples x rank: expected at most");
    spec = teacher_spec();
    spec.samples = 1;
    spec.rank = spec.outputs = 1 << 15;
    refused(spec, "data: outputs x rank: expected at most");
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT - 1);
    for (slt_arithmetic a = SLT_F32; a <= SLT_FIXED; a++) {
        test_linear_teacher(a, 0);
        test_linear_teacher(a, 0.5);
    }
    test_deep(SLT_F32);
    test_deep(SLT_FIXED);
    test_seed();
    test_constant();
    test_shape();
    test_modular_addition();
    test_refused();
    return tap_done();
}
