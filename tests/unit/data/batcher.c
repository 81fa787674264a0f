/* Batches: which samples, in which order; every step on its own; sizes refused. */
#include "data/data.h"

#include "nets.h"

enum { SAMPLES = 10 };

/* Sample i has the input (i, i) and the target -i, so that rows tell where they are from.
 */
static slt_batch numbered(void)
{
    slt_batch all = nets_batch(SLT_F32, SAMPLES, 2, 1);
    for (size_t i = 0; i < SAMPLES; i++) {
        slt_real value = slt_real_from_u64(i);
        slt_tensor_set(&all.input[0], 2 * i, value);
        slt_tensor_set(&all.input[0], 2 * i + 1, value);
        slt_tensor_set(&all.target, i, slt_real_neg(value));
    }
    return all;
}

static slt_batcher *create(slt_batch_order order, size_t size, bool keep_short,
                           const slt_batch *all, uint32_t chain, uint32_t ordinal)
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

static void test_full(const slt_batch *all)
{
    slt_batcher *batcher = create(SLT_BATCH_FULL, 0, false, all, 0, 0);
    TAP_OK(slt_batcher_at(batcher, 0) == all && slt_batcher_at(batcher, 9) == all,
           "full: the data itself");
    slt_batch_spec spec = {.order = SLT_BATCH_FULL};
    TAP_EQ_U64(slt_batcher_rows_max(&spec, SAMPLES), SAMPLES, "of all rows");
    slt_batcher_free(batcher);
}

static void test_fresh(const slt_batch *all)
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
static void test_replacement(const slt_batch *all)
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

static void test_epochs(const slt_batch *all, bool keep_short)
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

static void test_streams(const slt_batch *all)
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
static void test_shared(const slt_batch *all)
{
    slt_batch same = *all;
    same.target = same.input[0];
    slt_batcher *batcher = create(SLT_BATCH_EPOCHS, 4, true, &same, 1, 2);
    bool good = slt_batch_target_input(&same) == &same.input[0];
    for (uint64_t step = 0; step < 9; step++) {
        const slt_batch *batch = slt_batcher_at(batcher, step);
        good &= slt_batch_target_input(batch) == &batch->input[0] &&
                batch->target.rows == batch->rows && batch->target.cols == 2;
    }
    TAP_OK(good && !slt_batch_target_input(all), "a target that is an input stays so");
    slt_batcher_free(batcher);
}

static void refused(const slt_batch *all, slt_batch_order order, size_t size,
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
    slt_batch all = numbered();
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
    slt_batch_free(&all);
    return tap_done();
}
