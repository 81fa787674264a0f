/* Linear regression in context: which token stands where, whose answers they are, and
 * which tasks there are. */
#include <math.h>
#include <stdio.h>

#include "manifest/manifest.h"
#include "nets.h"
#include "num/ops.h"

enum { SAMPLES = 6, DIMENSION = 3, PAIRS = 4, WIDTH = DIMENSION + 1, KEY = 5 };

static slt_run_spec run;

/* The data of a manifest with these fields. */
static slt_status make(const char *fields, slt_arithmetic arithmetic, slt_data *data,
                       slt_error *err)
{
    char text[1024];
    slt_manifest *manifest = NULL;
    int size = snprintf(text, sizeof text,
                        "sltrace: 1\nname: test/regression\nrun:\n  arithmetic: f64\n"
                        "  seed: 1\n  data: {kind: in-context-regression, %s}\n  model:\n"
                        "    weights:\n      W: {shape: [1, inputs]}\n    ops:\n"
                        "      - {op: linear, in: x, weight: W, out: h}\n"
                        "      - {op: select, in: h, every: 2, out: y}\n"
                        "    loss: {op: mse, in: y}\n",
                        fields);
    slt_status status = slt_manifest_parse(text, (size_t)size, "m.yaml", &manifest, err);
    if (!status)
        status = slt_manifest_run(manifest, 0, &run, err);
    if (!status)
        status =
            slt_data_make(&run.data, "", arithmetic, (slt_seed){.key = KEY}, data, err);
    slt_manifest_free(manifest);
    return status;
}

static slt_tensor drawn(slt_purpose purpose, uint32_t tensor, size_t rows, size_t cols)
{
    slt_tensor table = nets_tensor(SLT_F64, rows, cols);
    slt_draw_normal(slt_stream_of(KEY, purpose, tensor, 0, 0, 0), &table, slt_real_of(1));
    return table;
}

static double at(const slt_tensor *table, size_t element)
{
    return slt_real_double(slt_tensor_get(table, element));
}

/* The answer of a pair, noise apart: w is row `row` of the tasks. */
static double answer(const slt_tensor *u, const slt_tensor *tasks, size_t row,
                     size_t pair)
{
    double sum = 0;
    for (size_t j = 0; j < DIMENSION; j++)
        sum = fma(at(u, pair * DIMENSION + j), at(tasks, row * DIMENSION + j), sum);
    return sum;
}

/* Whether a sample is made of these inputs, and of answers off by what bound says. */
static size_t wrong_tokens(const slt_batch *set, size_t s, const slt_tensor *u,
                           const slt_tensor *tasks, size_t task, double bound)
{
    size_t wrong = 0;
    for (size_t i = 0; i < PAIRS; i++) {
        const size_t pair = s * PAIRS + i, token = 2 * pair * WIDTH;
        const double y = at(&set->target, pair);
        wrong += !(fabs(y - answer(u, tasks, task, pair)) <= bound);
        wrong += at(&set->input[0], token) != 0 || at(&set->input[0], token + WIDTH) != y;
        for (size_t j = 0; j < DIMENSION; j++) {
            const double number = at(&set->input[0], token + 1 + j);
            wrong += !(fabs(number - at(u, pair * DIMENSION + j)) <= bound);
            wrong += at(&set->input[0], token + WIDTH + 1 + j) != 0;
        }
    }
    return wrong;
}

/* In fixed point numbers are those of binary64 to nearly 30 bits of a product. */
static void test_tokens(slt_arithmetic arithmetic, double bound)
{
    slt_data data;
    slt_error err = {0};
    size_t wrong = 0;
    if (make("samples: 6, dimension: 3, pairs: 4", arithmetic, &data, &err))
        tap_bail(err.text);
    slt_tensor u = drawn(SLT_DRAW_DATA, 0, SAMPLES, PAIRS * DIMENSION),
               tasks = drawn(SLT_DRAW_DATA, 1, SAMPLES, DIMENSION);
    for (size_t s = 0; s < SAMPLES; s++)
        wrong += wrong_tokens(&data.train, s, &u, &tasks, s, bound);
    TAP_EQ_U64(wrong, 0, "inputs and answers by turns");
    const slt_positions tokens = {.axes = 1, .size = {2 * PAIRS}};
    const slt_positions pairs = {.axes = 1, .size = {PAIRS}};
    TAP_OK(slt_positions_equal(&data.train.input_positions[0], &tokens) &&
               slt_positions_equal(&data.train.target_positions, &pairs) &&
               !data.teacher[0].data,
           "two positions a pair, one of the target; a task for each sample");
    slt_tensor_free(&u);
    slt_tensor_free(&tasks);
    slt_data_free(&data);
}

/* Of few tasks, but for validation; noise of the deviation that is asked for. */
static void test_tasks(void)
{
    slt_data data;
    slt_error err = {0};
    size_t wrong = 0, used[2] = {0};
    if (make("samples: 6, dimension: 3, pairs: 4, tasks: 2, noise_std: 0.01, validation: "
             "{samples: 6}",
             SLT_F64, &data, &err))
        tap_bail(err.text);
    slt_tensor u = drawn(SLT_DRAW_DATA, 0, SAMPLES, PAIRS * DIMENSION),
               tasks = drawn(SLT_DRAW_DATA, 3, 2, DIMENSION),
               noise = drawn(SLT_DRAW_DATA, 2, SAMPLES, PAIRS),
               v = drawn(SLT_DRAW_SPLIT, 0, SAMPLES, PAIRS * DIMENSION),
               new_tasks = drawn(SLT_DRAW_SPLIT, 1, SAMPLES, DIMENSION);
    for (size_t s = 0; s < SAMPLES; s++) {
        const size_t row =
            (size_t)slt_draw_bounded(slt_stream_of(KEY, SLT_DRAW_DATA, 1, 0, 0, 0), s, 2);
        used[row]++;
        wrong += wrong_tokens(&data.train, s, &u, &tasks, row, 0.05);
        wrong += wrong_tokens(&data.validation, s, &v, &new_tasks, s, 0.05);
        for (size_t i = s * PAIRS; i < (s + 1) * PAIRS; i++)
            wrong += at(&data.train.target, i) !=
                     answer(&u, &tasks, row, i) + 0.01 * at(&noise, i);
    }
    TAP_EQ_U64(wrong, 0, "samples of them, and new ones for validation");
    TAP_OK(used[0] && used[1] && nets_same(&data.teacher[0], &tasks),
           "both are the data's");
    slt_tensor *all[] = {&u, &tasks, &noise, &v, &new_tasks};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        slt_tensor_free(all[i]);
    slt_data_free(&data);
}

static void refused(const char *fields, const char *words)
{
    slt_data data;
    slt_error err = {0};
    const slt_status status = make(fields, SLT_F64, &data, &err);
    if (!TAP_OK(status == SLT_FORMAT && strstr(err.text, words), "refused: %s", words))
        tap_note("status %d, \"%s\"", (int)status, err.text);
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT - 1);
    test_tokens(SLT_F64, 0);
    test_tokens(SLT_FIXED, 1e-7);
    test_tasks();
    refused("samples: 6, dimension: 0, pairs: 4",
            "dimension: expected a whole number from 1");
    refused("samples: 6, dimension: 3, pairs: 0",
            "pairs: expected a whole number from 1");
    refused("samples: 6, dimension: 3, pairs: 4, tasks: 0",
            "tasks: expected a whole number from 1");
    refused("samples: 16777216, dimension: 3, pairs: 4",
            "samples x 2 pairs (dimension + 1): expected at most");
    refused("samples: 1, dimension: 16777215, pairs: 16777216",
            "samples x 2 pairs (dimension + 1): expected at most");
    refused("samples: 1, dimension: 300, pairs: 1, tasks: 16777216",
            "tasks x dimension: expected at most");
    refused("samples: 6, dimension: 3, pairs: 4, shape: [2, 2]",
            "data.shape: expected axes whose product is 32");
    return tap_done();
}
