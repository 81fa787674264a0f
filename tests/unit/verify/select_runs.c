/* Which runs a verification judges: all, some by their values, a spread, or a draw. */
#include "study_sample.h"

#include "verify/select_runs.h"

#define RUNS_MAX 12

static slt_error err;
static char chosen[RUNS_MAX + 1]; /* "x..x" of the last selection */

static slt_status choose(const slt_manifest *manifest, size_t runs,
                         const slt_verify_options *options)
{
    bool selected[RUNS_MAX] = {false};
    slt_status status = slt_select_runs(manifest, runs, options, selected, &err);
    for (size_t run = 0; run < runs; run++)
        chosen[run] = selected[run] ? 'x' : '.';
    chosen[runs] = 0;
    return status;
}

static void spread(size_t runs, size_t sample, const char *want)
{
    const slt_verify_options options = {.sample = sample};
    TAP_OK(!choose(NULL, runs, &options), "%zu of %zu", sample, runs);
    TAP_EQ_TEXT(chosen, want, "evenly, first and last among them");
}

static void test_spread(void)
{
    spread(10, 0, "xxxxxxxxxx");
    spread(10, 1, "x.........");
    spread(10, 2, "x........x");
    spread(10, 3, "x...x....x");
    spread(10, 4, "x..x..x..x");
    spread(10, 9, "xxxxxxxx.x");
    spread(10, 10, "xxxxxxxxxx");
    spread(10, 11, "xxxxxxxxxx");
    spread(1, 1, "x");
    spread(1, 5, "x");
}

static size_t count_chosen(void)
{
    size_t count = 0;
    for (const char *c = chosen; *c; c++)
        count += *c == 'x';
    return count;
}

/* A draw of n runs is that of n - 1 and another one. */
static void test_drawn(void)
{
    slt_verify_options options = {.keyed = true, .key = 7};
    char before[RUNS_MAX + 1] = "............";
    for (options.sample = 1; options.sample <= RUNS_MAX; options.sample++) {
        bool kept = true;
        TAP_OK(!choose(NULL, RUNS_MAX, &options) && count_chosen() == options.sample,
               "%zu drawn: %s", options.sample, chosen);
        for (size_t run = 0; run < RUNS_MAX; run++)
            kept &= before[run] == '.' || chosen[run] == 'x';
        TAP_OK(kept, "and those before");
        memcpy(before, chosen, sizeof before);
    }
    options.sample = 4;
    choose(NULL, RUNS_MAX, &options);
    TAP_EQ_TEXT(chosen, "x..x...x...x", "the draw of key 7");
    options.key = 8;
    choose(NULL, RUNS_MAX, &options);
    TAP_EQ_TEXT(chosen, ".xx...x..x..", "the draw of key 8");
    options.sample = 0;
    TAP_OK(!choose(NULL, 3, &options), "a key without a sample");
    TAP_EQ_TEXT(chosen, "xxx", "draws nothing");
}

static void test_values(void)
{
    slt_manifest *manifest = sample_open(SAMPLE_MANIFEST);
    slt_verify_options options = {.only = "seed=1"};
    TAP_OK(!choose(manifest, 2, &options), "by a value");
    TAP_EQ_TEXT(chosen, ".x", "that run");
    options.only = "seed=5";
    TAP_OK(choose(manifest, 2, &options) == SLT_USAGE, "none: %s", err.text);
    options.sample = 1;
    TAP_OK(choose(manifest, 2, &options) == SLT_USAGE, "both ways at once");
    TAP_EQ_TEXT(err.text, "expected --only or --sample, found both", "is refused");
    slt_manifest_free(manifest);
}

int main(void)
{
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    test_spread();
    test_drawn();
    test_values();
    return tap_done();
}
