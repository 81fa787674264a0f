/* Batches: which samples, in which order; every step on its own; sizes refused. */
#include "data/data.h"

#include "nets.h"
#include "num/ops.h"

enum { SAMPLES = 10 };

/* Sample i has the input (i, i) and the target -i, so that rows tell where they are from.
 */
static slt_data numbered(void)
{
    slt_data data = {.train = nets_batch(SLT_F32, SAMPLES, 2, 1)};
    for (size_t i = 0; i < SAMPLES; i++) {
        slt_real value = slt_real_from_u64(i);
        slt_tensor_set(&data.train.input[0], 2 * i, value);
        slt_tensor_set(&data.train.input[0], 2 * i + 1, value);
        slt_tensor_set(&data.train.target, i, slt_real_neg(value));
    }
    return data;
}

static slt_batcher *create(slt_batch_order order, size_t size, bool keep_short,
                           const slt_data *all, uint32_t chain, uint32_t ordinal)
{
    slt_batch_spec spec = {.order = order, .size = size, .keep_short = keep_short};
    slt_batcher *batcher = NULL;
    if (slt_batcher_create(&spec, all, 7, SLT_DRAW_BATCH, chain, ordinal, &batcher, NULL))
        tap_bail("no batcher");
    return batcher;
}

/* The samples of a batch; false where input and target do not belong together. */
static bool samples_of(const slt_batch *batch, uint32_t samples[SAMPLES])
{
    bool good = batch->rows <= SAMPLES && batch->input[0].rows == batch->rows &&
                batch->target.rows == batch->rows;
    for (size_t i = 0; good && i < batch->rows; i++) {
        double x = slt_real_double(slt_tensor_get(&batch->input[0], 2 * i));
        samples[i] = (uint32_t)x;
        good = slt_real_double(slt_tensor_get(&batch->input[0], 2 * i + 1)) == x &&
               slt_real_double(slt_tensor_get(&batch->target, i)) == -x;
    }
    return good;
}

/* Whether the batch at step is `rows` samples of the permutation drawn at c1. */
static bool expect(slt_batcher *batcher, uint64_t step, uint32_t c1, size_t first,
                   size_t rows, uint32_t chain, uint32_t ordinal)
{
    uint32_t order[SAMPLES], samples[SAMPLES];
    slt_stream stream = slt_stream_of(7, SLT_DRAW_BATCH, 0, chain, c1, ordinal);
    slt_draw_shuffle(stream, SAMPLES, SAMPLES, order);
    const slt_batch *batch = slt_batcher_at(batcher, step);
    return batch->rows == rows && samples_of(batch, samples) &&
           memcmp(samples, order + first, rows * sizeof *samples) == 0;
}

static void test_full(const slt_data *all)
{
    slt_batcher *batcher = create(SLT_BATCH_FULL, 0, false, all, 0, 0);
    TAP_OK(slt_batcher_at(batcher, 0) == &all->train &&
               slt_batcher_at(batcher, 9) == &all->train,
           "full: the data itself");
    slt_batch_spec spec = {.order = SLT_BATCH_FULL};
    TAP_EQ_U64(slt_batcher_rows_max(&spec, SAMPLES), SAMPLES, "of all rows");
    slt_batcher_free(batcher);
}

static void test_fresh(const slt_data *all)
{
    slt_batcher *batcher = create(SLT_BATCH_FRESH, 4, false, all, 3, 2);
    bool good = true;
    for (uint32_t step = 0; step < 50; step++)
        good &= expect(batcher, step, step, 0, 4, 3, 2);
    TAP_OK(good, "fresh: the first of each step's shuffle");
    TAP_OK(expect(batcher, UINT32_MAX, UINT32_MAX, 0, 4, 3, 2) &&
               expect(batcher, 5, 5, 0, 4, 3, 2),
           "steps in any order");
    slt_batcher_free(batcher);
}

/* Bounded integers of the step's stream, whatever was asked before. */
static void test_replacement(const slt_data *all)
{
    slt_batcher *batcher = create(SLT_BATCH_REPLACEMENT, 6, false, all, 3, 2);
    size_t wrong = 0, twice = 0;
    for (uint32_t step = 0; step < 50; step++) {
        const slt_batch *batch = slt_batcher_at(batcher, step * 7 % 50);
        slt_stream stream = slt_stream_of(7, SLT_DRAW_BATCH, 0, 3, step * 7 % 50, 2);
        uint32_t samples[SAMPLES];
        wrong += batch->rows != 6 || !samples_of(batch, samples);
        for (size_t i = 0; i < 6; i++) {
            wrong += samples[i] != slt_draw_bounded(stream, i, SAMPLES);
            twice += i && samples[i] == samples[i - 1];
        }
    }
    TAP_EQ_U64(wrong, 0, "replacement: bounded integers of each step");
    TAP_OK(twice > 10 && twice < 50, "a sample may come twice (%zu of 250)", twice);
    slt_batcher_free(batcher);
}

static void test_epochs(const slt_data *all, bool keep_short)
{
    slt_batcher *batcher = create(SLT_BATCH_EPOCHS, 4, keep_short, all, 0, 0);
    size_t pieces = keep_short ? 3 : 2;
    bool good = true;
    for (size_t step = 0; step < 60; step++) {
        size_t piece = step % pieces;
        good &= expect(batcher, step, (uint32_t)(step / pieces), 4 * piece,
                       piece == 2 ? 2 : 4, 0, 0);
    }
    TAP_OK(good, "epochs: consecutive pieces, the short last %s",
           keep_short ? "kept" : "dropped");
    TAP_OK(expect(batcher, 1, 0, 4, 4, 0, 0), "an earlier epoch again");
    slt_batcher_free(batcher);
    batcher = create(SLT_BATCH_EPOCHS, 5, keep_short, all, 0, 0);
    TAP_OK(expect(batcher, 3, 1, 5, 5, 0, 0), "without a short one both are equal");
    slt_batcher_free(batcher);
    batcher = create(SLT_BATCH_EPOCHS, SAMPLES, keep_short, all, 0, 0);
    TAP_OK(expect(batcher, 3, 3, 0, SAMPLES, 0, 0), "one piece of everything");
    slt_batcher_free(batcher);
}

static void test_streams(const slt_data *all)
{
    slt_batcher *one = create(SLT_BATCH_FRESH, 6, false, all, 0, 1);
    slt_batcher *other = create(SLT_BATCH_FRESH, 6, false, all, 1, 1);
    uint32_t a[SAMPLES], b[SAMPLES];
    size_t equal = 0;
    for (uint64_t step = 0; step < 20; step++) {
        samples_of(slt_batcher_at(one, step), a);
        samples_of(slt_batcher_at(other, step), b);
        equal += memcmp(a, b, 6 * sizeof *a) == 0;
    }
    TAP_OK(equal < 3, "chains draw batches of their own");
    slt_batcher_free(one);
    slt_batcher_free(other);
}

/* A target that is the input itself is gathered with it, not once more. */
static void test_shared(const slt_data *all)
{
    slt_data same = *all;
    same.train.target = same.train.input[0];
    slt_batcher *batcher = create(SLT_BATCH_EPOCHS, 4, true, &same, 1, 2);
    bool good = slt_batch_target_input(&same.train) == &same.train.input[0];
    for (uint64_t step = 0; step < 9; step++) {
        const slt_batch *batch = slt_batcher_at(batcher, step);
        good &= slt_batch_target_input(batch) == &batch->input[0] &&
                batch->target.rows == batch->rows && batch->target.cols == 2;
    }
    TAP_OK(good && !slt_batch_target_input(&all->train),
           "a target that is an input stays so");
    slt_batcher_free(batcher);
}

/* ---- Streams ----------------------------------------------------------------------- */

static const slt_batch_spec stream = {.order = SLT_BATCH_STREAM, .size = 5};

static slt_batcher *open_stream(const slt_data_spec *spec, slt_data *data)
{
    slt_batcher *batcher = NULL;
    slt_error err;
    if (slt_data_make(spec, "", SLT_F64, (slt_seed){.key = 7}, data, &err) ||
        slt_batcher_create(&stream, data, 7, SLT_DRAW_SGLD_BATCH, 3, 2, &batcher, &err))
        tap_bail(err.text);
    return batcher;
}

/* Every step has the numbers of its own stream, whichever was asked for before, and the
 * target that the data's teacher gives them; more of them than the table has. */
static void test_new_samples(void)
{
    const slt_data_spec spec = {.kind = SLT_DATA_LINEAR_TEACHER,
                                .depth = 2,
                                .samples = 2,
                                .inputs = 3,
                                .outputs = 2,
                                .rank = 1,
                                .teacher_std = slt_real_of(1)};
    static const uint32_t steps[] = {0, 9, UINT32_MAX, 9, 1};
    size_t wrong = 0;
    slt_data data;
    slt_tensor x, h, y;
    slt_batcher *batcher = open_stream(&spec, &data);
    if (slt_tensor_create(&x, SLT_F64, 5, 3, NULL) ||
        slt_tensor_create(&h, SLT_F64, 5, 1, NULL) ||
        slt_tensor_create(&y, SLT_F64, 5, 2, NULL))
        tap_bail("no memory");
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        const slt_batch *batch = slt_batcher_at(batcher, steps[i]);
        slt_draw_normal(slt_stream_of(7, SLT_DRAW_SGLD_BATCH, 0, 3, steps[i], 2), &x,
                        slt_real_of(1));
        slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, &x, &data.teacher[0], &h);
        slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, &h, &data.teacher[1], &y);
        wrong += batch->rows != 5 || !nets_same(&batch->input[0], &x) ||
                 !nets_same(&batch->target, &y);
    }
    TAP_EQ_U64(wrong, 0, "stream: each step's own samples of one teacher");
    slt_tensor_free(&x);
    slt_tensor_free(&h);
    slt_tensor_free(&y);
    slt_batcher_free(batcher);
    slt_data_free(&data);
}

/* What x is, the target is in each batch; nothing is left of the batch before. */
static void test_new_targets(void)
{
    const slt_data_spec spec = {
        .kind = SLT_DATA_ONE_HOT, .samples = 3, .features = 4, .validation = 6};
    slt_data data;
    slt_batcher *batcher = open_stream(&spec, &data);
    size_t wrong = 0;
    for (uint32_t step = 0; step < 20; step++) {
        const slt_batch *batch = slt_batcher_at(batcher, step);
        wrong += slt_batch_target_input(batch) != &batch->input[0];
        for (size_t e = 0; e < 20; e++) {
            const uint64_t one = slt_draw_bounded(
                slt_stream_of(7, SLT_DRAW_SGLD_BATCH, 0, 3, step, 2), e / 4, 4);
            const slt_real number = slt_tensor_get(&batch->input[0], e);
            wrong += slt_real_double(number) != (e % 4 == one ? 1 : 0);
        }
    }
    TAP_EQ_U64(wrong, 0, "stream: a target that is x");
    const uint64_t one =
        slt_draw_bounded(slt_stream_of(7, SLT_DRAW_SPLIT, 0, 0, 0, 0), 5, 4);
    TAP_OK(data.validation.rows == 6 &&
               slt_batch_target_input(&data.validation) == data.validation.input &&
               slt_real_double(slt_tensor_get(data.validation.input, 20 + one)) == 1,
           "samples for validation are drawn too");
    slt_batcher_free(batcher);
    slt_data_free(&data);
}

static void unknown(slt_data_spec spec, size_t size, const char *words)
{
    const slt_batch_spec of_size = {.order = SLT_BATCH_STREAM, .size = size};
    slt_error err = {0};
    const slt_status status =
        slt_batcher_check(&of_size, &spec, slt_data_samples(&spec), &err);
    if (!TAP_OK(status == SLT_FORMAT && strstr(err.text, words), "no stream: %s", words))
        tap_note("status %d, \"%s\"", (int)status, err.text);
}

static void refused(const slt_data *all, slt_batch_order order, size_t size,
                    const char *words)
{
    slt_batch_spec spec = {.order = order, .size = size};
    slt_error err = {0};
    slt_batcher *batcher = NULL;
    slt_status status =
        slt_batcher_create(&spec, all, 7, SLT_DRAW_BATCH, 0, 0, &batcher, &err);
    if (!TAP_OK(status == SLT_FORMAT && !batcher && strstr(err.text, words),
                "refused: %s", words))
        tap_note("status %d, \"%s\"", (int)status, err.text);
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT - 1);
    slt_data all = numbered();
    test_full(&all);
    test_fresh(&all);
    test_replacement(&all);
    test_epochs(&all, true);
    test_epochs(&all, false);
    test_streams(&all);
    test_shared(&all);
    refused(&all, SLT_BATCH_FRESH, 11,
            "batch.size: expected 1 to 10 (samples), found 11");
    refused(&all, SLT_BATCH_EPOCHS, 0, "batch.size: expected 1 to 10 (samples), found 0");
    refused(&all, SLT_BATCH_REPLACEMENT, 11,
            "batch.size: expected 1 to 10 (samples), found 11");
    test_new_samples();
    test_new_targets();
    unknown((slt_data_spec){.kind = SLT_DATA_MODULAR_ADDITION, .p = 3}, 2,
            "order stream: samples of kind modular-addition are a table");
    unknown((slt_data_spec){.kind = SLT_DATA_ONE_HOT, .samples = 3, .features = 4}, 0,
            "batch.size: expected at least 1");
    unknown((slt_data_spec){.kind = SLT_DATA_ONE_HOT, .samples = 3, .features = 64},
            SLT_SAMPLES_MAX, "samples x features");
    slt_data_free(&all);
    return tap_done();
}
