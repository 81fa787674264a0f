/* Initial values: each kind by its definition, files checked, the student planted. */
#include "net/init.h"

#include <math.h>
#include <unistd.h>

#include <sltrace/system.h>

#include "base/sha256.h"
#include "nets.h"
#include "num/ops.h"

static slt_model_spec model;
static char folder[] = "/tmp/slt-init-XXXXXX";

static slt_init_spec *weight(const char *name, size_t rows, size_t cols,
                             slt_init_kind kind)
{
    slt_init_spec *init = &nets_weight(&model, name, rows, cols)->init;
    init->kind = kind;
    return init;
}

static slt_status init_factors(const slt_tensor *teacher, size_t factors,
                               slt_arithmetic arithmetic, slt_params *params,
                               slt_error *err)
{
    slt_init_source source = {
        .seed = {.key = 5}, .teacher = teacher, .factors = factors, .folder = folder};
    slt_params_create(&model, arithmetic, params, NULL);
    for (size_t i = 0; i < params->count; i++)
        if (params->owned[i])
            nets_random(&params->tensor[i], 77, 1);
    return slt_params_init(&model, &source, params, err);
}

/* teacher: two factors, or A and an empty tensor. */
static slt_status init(const slt_tensor *teacher, slt_arithmetic arithmetic,
                       slt_params *params, slt_error *err)
{
    return init_factors(teacher, teacher && teacher[1].data ? 2 : 0, arithmetic, params,
                        err);
}

static double at(const slt_tensor *tensor, size_t element)
{
    return slt_real_double(slt_tensor_get(tensor, element));
}

static slt_stream stream(uint32_t index)
{
    return slt_stream_of(5, SLT_DRAW_INIT, index, 0, 0, 0);
}

static void test_kinds(slt_arithmetic arithmetic)
{
    memset(&model, 0, sizeof model);
    weight("zero", 2, 3, SLT_INIT_ZERO);
    weight("constant", 2, 3, SLT_INIT_CONSTANT)->value = slt_real_of(0.1);
    weight("normal", 5, 7, SLT_INIT_NORMAL)->std = slt_real_of(0.25);
    slt_init_spec *uniform = weight("uniform", 5, 7, SLT_INIT_UNIFORM);
    uniform->lo = slt_real_of(-3);
    uniform->hi = slt_real_of(0.7);
    weight("fan", 5, 7, SLT_INIT_FAN_IN);
    weight("bias", 1, 5, SLT_INIT_FAN_IN)->fan_in = 7;
    nets_tied(&model, "tied", "normal");
    weight("frozen", 5, 7, SLT_INIT_NORMAL)->std = slt_real_of(0.25);
    model.weights[7].trainable = false;
    slt_init_spec *values = weight("values", 3, 2, SLT_INIT_VALUES);
    for (size_t i = 0; i < 6; i++)
        values->values[values->value_count++] = slt_real_of(0.1 * ((double)i - 1));
    slt_params params;
    TAP_OK(init(NULL, arithmetic, &params, NULL) == SLT_OK, "initial values in %s",
           slt_arithmetic_name(arithmetic));
    slt_tensor want = nets_tensor(arithmetic, 5, 7), one = nets_tensor(arithmetic, 1, 1);
    slt_tensor short_want = nets_tensor(arithmetic, 1, 5);
    slt_tensor_set(&one, 0, slt_real_of(0.1));
    TAP_OK(at(&params.tensor[0], 0) == 0 && at(&params.tensor[0], 5) == 0, "zero");
    TAP_OK(at(&params.tensor[1], 0) == at(&one, 0) &&
               at(&params.tensor[1], 5) == at(&one, 0),
           "constant, rounded once");
    slt_draw_normal(stream(2), &want, slt_real_of(0.25));
    TAP_OK(nets_same(&params.tensor[2], &want), "normal: stream of weight 2");
    TAP_OK(nets_same(&params.tensor[6], &want), "tied: the owner's");
    slt_draw_uniform(stream(3), &want, slt_real_of(-3), slt_real_of(0.7));
    TAP_OK(nets_same(&params.tensor[3], &want), "uniform: stream of weight 3");
    double bound = 1 / sqrt(7);
    slt_draw_uniform(stream(4), &want, slt_real_of(-bound), slt_real_of(bound));
    TAP_OK(nets_same(&params.tensor[4], &want), "fan-in: the columns");
    slt_draw_uniform(stream(5), &short_want, slt_real_of(-bound), slt_real_of(bound));
    TAP_OK(nets_same(&params.tensor[5], &short_want), "fan-in: as given");
    slt_draw_normal(stream(7), &want, slt_real_of(0.25));
    TAP_OK(nets_same(&params.tensor[7], &want), "frozen ones too: stream of weight 7");
    bool as_written = true;
    for (size_t i = 0; i < 6; i++) {
        slt_tensor_set(&one, 0, slt_real_of(0.1 * ((double)i - 1)));
        as_written &= at(&params.tensor[8], i) == at(&one, 0);
    }
    TAP_OK(as_written, "values, row by row, rounded once");
    slt_tensor_free(&want);
    slt_tensor_free(&short_want);
    slt_tensor_free(&one);
    slt_params_free(&params);
}

/* ---- Files ------------------------------------------------------------------------- */

static void write_file(const char *name, const uint8_t *bytes, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, size, file) != size || fclose(file) != 0)
        tap_bail("cannot write a test file");
}

static void file_weight(const char *name, const char *sha256)
{
    memset(&model, 0, sizeof model);
    slt_init_spec *spec = weight("W", 2, 3, SLT_INIT_FILE);
    snprintf(spec->file, sizeof spec->file, "%s", name);
    snprintf(spec->sha256, sizeof spec->sha256, "%s", sha256);
}

static void refused(slt_status want, const slt_tensor *teacher, const char *words)
{
    slt_params params;
    slt_error err = {0};
    slt_status status = init(teacher, SLT_F32, &params, &err);
    if (!TAP_OK(status == want && strstr(err.text, words), "refused: %s", words))
        tap_note("status %d, \"%s\"", (int)status, err.text);
    slt_params_free(&params);
}

static void test_file(void)
{
    char sha256[SLT_SHA256_TEXT_MAX];
    uint8_t bytes[25] = {0};
    slt_tensor want = nets_tensor(SLT_F32, 2, 3);
    slt_params params;
    nets_random(&want, 3, 1);
    slt_tensor_store(&want, bytes);
    slt_sha256_of(bytes, 24, sha256);
    write_file("W.bin", bytes, 24);
    write_file("long.bin", bytes, 25);
    file_weight("W.bin", sha256);
    TAP_OK(init(NULL, SLT_F32, &params, NULL) == SLT_OK, "a file is read");
    TAP_OK(nets_same(&params.tensor[0], &want), "to its numbers");
    slt_params_free(&params);
    file_weight("long.bin", sha256);
    refused(SLT_FORMAT, NULL, "expected 24 bytes (2 x 3 of f32), found 25");
    file_weight("absent.bin", sha256);
    refused(SLT_FILE, NULL, "weight W: init: /tmp/slt-init-");
    file_weight(".", sha256);
    refused(SLT_FILE, NULL, "expected a file, found a directory");
    sha256[0] = sha256[0] == '0' ? '1' : '0';
    file_weight("W.bin", sha256);
    refused(SLT_FORMAT, NULL, "W.bin: expected SHA-256");
    memset(bytes, 0xff, 24); /* NaN */
    write_file("W.bin", bytes, 24);
    slt_sha256_of(bytes, 24, sha256);
    file_weight("W.bin", sha256);
    refused(SLT_FORMAT, NULL, "weight W: init: /tmp/slt-init-");
    slt_tensor_free(&want);
}

/* Numbers of one arithmetic into a weight of another: what both have passes unchanged. */
static void test_file_across(slt_arithmetic from, slt_arithmetic to)
{
    char sha256[SLT_SHA256_TEXT_MAX];
    uint8_t bytes[56];
    slt_tensor kept = nets_tensor(from, 2, 3);
    slt_params params;
    const double third = 1 / 3.0; /* no arithmetic has it */
    for (size_t e = 0; e < 5; e++)
        slt_tensor_set(&kept, e, slt_real_of(1.25 * (double)e - 2));
    slt_tensor_set(&kept, 5, slt_real_of(third));
    slt_tensor_store(&kept, bytes);
    size_t size = slt_tensor_bytes(&kept);
    write_file("W.bin", bytes, size);
    slt_sha256_of(bytes, size, sha256);
    static const slt_init_elements types[] = {SLT_INIT_TYPE_F32, SLT_INIT_TYPE_F64,
                                              SLT_INIT_TYPE_FIXED};
    file_weight("W.bin", sha256);
    model.weights[0].init.type = types[from];
    TAP_OK(init(NULL, to, &params, NULL) == SLT_OK, "a file of %s into %s",
           slt_arithmetic_name(from), slt_arithmetic_name(to));
    slt_tensor want = nets_tensor(to, 2, 3);
    for (size_t e = 0; e < 6; e++)
        slt_tensor_set(&want, e, slt_tensor_get(&kept, e));
    TAP_OK(nets_same(&params.tensor[0], &want) && at(&params.tensor[0], 4) == 3 &&
               fabs(at(&params.tensor[0], 5) - third) < 1e-7,
           "each number rounded");
    slt_params_free(&params);
    slt_tensor_free(&want);
    slt_tensor_free(&kept);
}

static void test_fixed_range(void)
{
    slt_params params;
    slt_error err = {0};
    memset(&model, 0, sizeof model);
    weight("W", 2, 3, SLT_INIT_CONSTANT)->value = slt_real_of(1e9);
    TAP_OK(init(NULL, SLT_FIXED, &params, &err) == SLT_FORMAT &&
               strstr(err.text, "weight W: init: expected values that fit fixed point"),
           "refused: a number too large for fixed point");
    slt_params_free(&params);
    uint8_t bytes[56] = {7};
    char sha256[SLT_SHA256_TEXT_MAX];
    write_file("W.bin", bytes, 56);
    slt_sha256_of(bytes, 56, sha256);
    file_weight("W.bin", sha256);
    TAP_OK(init(NULL, SLT_FIXED, &params, &err) == SLT_FORMAT &&
               strstr(err.text, "W.bin: expected 48 fractional bits, found 7"),
           "refused: a file with another exponent");
    slt_params_free(&params);
}

/* ---- The teacher ------------------------------------------------------------------- */

static void plant(const char *w1, const char *w2, size_t inputs, size_t hidden,
                  size_t outputs)
{
    memset(&model, 0, sizeof model);
    nets_name(weight("A", hidden, inputs, SLT_INIT_TEACHER)->factor, w1);
    nets_name(weight("B", outputs, hidden, SLT_INIT_TEACHER)->factor, w2);
}

static double distance(const slt_tensor *a, const slt_tensor *b)
{
    double most = 0;
    for (size_t i = 0; i < slt_tensor_count(a); i++)
        most = fmax(most, fabs(at(a, i) - at(b, i)));
    return most;
}

/* W2 W1 is the teacher's product, W1 W1' = W2' W2 is diagonal and descends. */
static void test_teacher(slt_arithmetic arithmetic, size_t inputs, size_t rank,
                         size_t outputs, size_t hidden)
{
    /* Of fixed point the weights are as good as 2^-48, but the products here have 30
     * bits. */
    double bound = arithmetic == SLT_F64 ? 1e-13 : arithmetic == SLT_F32 ? 1e-5 : 1e-7;
    slt_tensor teacher[2] = {nets_tensor(arithmetic, rank, inputs),
                             nets_tensor(arithmetic, outputs, rank)};
    slt_tensor want = nets_tensor(arithmetic, outputs, inputs),
               got = nets_tensor(arithmetic, outputs, inputs),
               left = nets_tensor(arithmetic, hidden, hidden),
               right = nets_tensor(arithmetic, hidden, hidden);
    nets_random(&teacher[0], 1, 1);
    nets_random(&teacher[1], 2, 1);
    slt_params params;
    plant("W1", "W2", inputs, hidden, outputs);
    TAP_OK(init(teacher, arithmetic, &params, NULL) == SLT_OK,
           "planted in %s: %zu inputs, rank %zu, %zu outputs, %zu hidden",
           slt_arithmetic_name(arithmetic), inputs, rank, outputs, hidden);
    slt_tensor *w1 = &params.tensor[0], *w2 = &params.tensor[1];
    slt_num_product(SLT_PLAIN, SLT_PLAIN, &teacher[1], &teacher[0], &want);
    slt_num_product(SLT_PLAIN, SLT_PLAIN, w2, w1, &got);
    slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, w1, w1, &left);
    slt_num_product(SLT_TRANSPOSED, SLT_PLAIN, w2, w2, &right);
    TAP_OK(hidden < rank || distance(&want, &got) < bound,
           "its product is the teacher's");
    TAP_OK(distance(&left, &right) < bound, "its factors are balanced");
    bool falling = true;
    for (size_t i = 0; i + 1 < hidden; i++)
        falling &= at(&left, i * hidden + i) >= at(&left, (i + 1) * hidden + i + 1) &&
                   fabs(at(&left, i * hidden + i + 1)) < bound;
    TAP_OK(falling && at(&left, 0) > 0.1, "orthogonal, the largest first");
    bool empty = true;
    for (size_t i = rank * inputs; i < hidden * inputs; i++)
        empty &= slt_tensor_get(w1, i).bits == 0;
    TAP_OK(empty, "+0 beyond the rank");
    slt_tensor *all[] = {&teacher[0], &teacher[1], &want, &got, &left, &right};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        slt_tensor_free(all[i]);
    slt_params_free(&params);
}

/* Of more factors: the product is the teacher's, with the identity between. */
static void test_teacher_deep(size_t inputs, size_t outputs)
{
    enum { RANK = 2, WIDTH = 3 };
    slt_tensor teacher[] = {
        nets_tensor(SLT_F64, RANK, inputs), nets_tensor(SLT_F64, RANK, RANK),
        nets_tensor(SLT_F64, RANK, RANK), nets_tensor(SLT_F64, outputs, RANK)};
    slt_tensor want[2] = {nets_tensor(SLT_F64, RANK, inputs),
                          nets_tensor(SLT_F64, RANK, inputs)};
    slt_tensor product = nets_tensor(SLT_F64, outputs, inputs);
    slt_tensor outer = nets_tensor(SLT_F64, outputs, inputs);
    slt_params params;
    for (uint32_t i = 0; i < 4; i++)
        nets_random(&teacher[i], i + 1, 1);
    plant("W1", "W4", inputs, WIDTH, outputs);
    nets_name(weight("C", WIDTH, WIDTH, SLT_INIT_TEACHER)->factor, "W3");
    TAP_OK(!init_factors(teacher, 4, SLT_F64, &params, NULL), "planted of four factors");
    slt_num_product(SLT_PLAIN, SLT_PLAIN, &teacher[1], &teacher[0], &want[0]);
    slt_num_product(SLT_PLAIN, SLT_PLAIN, &teacher[2], &want[0], &want[1]);
    slt_num_product(SLT_PLAIN, SLT_PLAIN, &teacher[3], &want[1], &product);
    slt_num_product(SLT_PLAIN, SLT_PLAIN, &params.tensor[1], &params.tensor[0], &outer);
    TAP_OK(distance(&product, &outer) < 1e-12, "the outer ones have the product");
    bool identity = true;
    for (size_t e = 0; e < (size_t)WIDTH * WIDTH; e++)
        identity &= at(&params.tensor[2], e) ==
                    (e / WIDTH == e % WIDTH && e / WIDTH < RANK ? 1 : 0);
    TAP_OK(identity, "the identity between, +0 beyond the rank");
    slt_params_free(&params);
    slt_error err = {0};
    plant("W1", "W5", inputs, WIDTH, outputs);
    TAP_OK(init_factors(teacher, 4, SLT_F64, &params, &err) == SLT_FORMAT &&
               strstr(err.text, "expected W1 to W4, found W5"),
           "no fifth");
    slt_params_free(&params);
    slt_tensor *all[] = {&want[0], &want[1], &product, &outer};
    for (size_t i = 0; i < 4; i++) {
        slt_tensor_free(all[i]);
        slt_tensor_free(&teacher[i]);
    }
}

static void test_teacher_refused(void)
{
    slt_tensor teacher[2] = {nets_tensor(SLT_F32, 2, 4), nets_tensor(SLT_F32, 3, 2)};
    nets_random(&teacher[0], 1, 1);
    nets_random(&teacher[1], 2, 1);
    plant("W1", "W2", 4, 2, 3);
    refused(SLT_FORMAT, NULL, "weight A: init: kind teacher: the data has no teacher");
    plant("W3", "W2", 4, 2, 3);
    refused(SLT_FORMAT, teacher, "weight A: init: factor: expected W1 or W2, found W3");
    plant("W1", "W2", 4, 2, 5);
    refused(SLT_FORMAT, teacher,
            "weight B: init: factor W2: expected 3 rows like the data, found 5");
    plant("W1", "W2", 5, 2, 3);
    refused(SLT_FORMAT, teacher,
            "weight A: init: factor W1: expected 4 columns like the data, found 5");
    slt_tensor_free(&teacher[0]);
    slt_tensor_free(&teacher[1]);
}

/* The coefficients A of one teacher tensor. */
static void test_coefficients(void)
{
    slt_tensor teacher[2] = {nets_tensor(SLT_F32, 1, 5), {.arithmetic = SLT_F32}};
    slt_params params;
    nets_random(&teacher[0], 1, 1);
    memset(&model, 0, sizeof model);
    nets_name(weight("A", 1, 5, SLT_INIT_TEACHER)->factor, "A");
    TAP_OK(init(teacher, SLT_F32, &params, NULL) == SLT_OK &&
               nets_same(&params.tensor[0], &teacher[0]),
           "factor A: the coefficients as they are");
    slt_params_free(&params);
    memset(&model, 0, sizeof model);
    nets_name(weight("A", 1, 4, SLT_INIT_TEACHER)->factor, "A");
    refused(SLT_FORMAT, teacher, "factor A: expected 1 x 5 like the data, found 1 x 4");
    plant("W1", "W2", 5, 1, 1);
    refused(SLT_FORMAT, teacher, "weight A: init: factor: expected A, found W1");
    slt_tensor_free(&teacher[0]);
}

static void remove_files(void)
{
    static const char *const names[] = {"W.bin", "long.bin"};
    char path[64];
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}

int main(void)
{
    slt_files_anywhere(); /* the files here are our own */
    slt_num_start(SLT_ISA_COUNT - 1);
    if (!mkdtemp(folder))
        tap_bail("no temporary folder");
    test_kinds(SLT_F32);
    test_kinds(SLT_F64);
    test_kinds(SLT_FIXED);
    test_file();
    for (slt_arithmetic from = SLT_F32; from <= SLT_FIXED; from++)
        for (slt_arithmetic to = SLT_F32; to <= SLT_FIXED; to++)
            test_file_across(from, to);
    test_fixed_range();
    test_teacher(SLT_F64, 6, 3, 8, 3);
    test_teacher(SLT_F64, 8, 3, 6, 3);
    test_teacher(SLT_F32, 5, 2, 5, 4);
    test_teacher(SLT_FIXED, 6, 3, 8, 3);
    test_teacher(SLT_FIXED, 7, 2, 5, 4);
    test_teacher(SLT_F64, 5, 4, 5, 2);
    test_teacher_deep(4, 3);
    test_teacher_deep(3, 5);
    test_teacher_refused();
    test_coefficients();
    remove_files();
    return tap_done();
}
