/* verify/replay.c: what a replay tells of itself, and what it refuses. */
#include "forged_sample.h"

#include <stdlib.h>
#include <unistd.h>

#include <sltrace/check.h>

static char folder[] = "/tmp/slt-replayed-XXXXXX", path[64], copy[64];
static slt_error err;

/* Records: the header, checkpoints 0, 5, 10, 15, 20, two chains, results and end. */
#define MANIFEST                                                                         \
    SAMPLE_HEAD("test/replayed")                                                         \
    "run:\n  arithmetic: fixed\n  seed: 5\n" SAMPLE_DATA SAMPLE_NET "  train:\n"         \
    "    optimizer: {kind: sgd, lr: 1e-2}\n    steps: 20\n"                              \
    "    checkpoints: {every: 5, at: [0], state: {every: 10}}\n"                         \
    "  llc: [{at: last, lr: 1e-4, localization: 1, num_chains: 2, num_draws: 4}]\n"

#define HEADER_ALONE UINT64_MAX

typedef struct heard {
    size_t begun, judged;
    uint64_t begin;
    slt_replay_verdict verdict;
} heard;

static void hear_begin(void *context, const uint64_t *stored_step)
{
    heard *h = (heard *)context;
    h->begun++;
    h->begin = stored_step ? *stored_step : HEADER_ALONE;
}

static void hear_verdict(void *context, const slt_replay_verdict *verdict)
{
    heard *h = (heard *)context;
    h->judged++;
    h->verdict = *verdict;
}

static slt_status replay(const slt_replay_options *options, heard *h)
{
    const slt_replay_page page = {
        .context = h, .begin = hear_begin, .verdict = hear_verdict};
    *h = (heard){0};
    err.text[0] = 0;
    return slt_replay(path, options, &page, &err);
}

static void put(slt_buffer bytes)
{
    if (slt_io_replace(path, bytes.data, bytes.size, &err))
        tap_bail(err.text);
    slt_buffer_free(&bytes);
}

static void tells(slt_replay_options options, uint64_t begin, size_t first, size_t last,
                  const char *name)
{
    heard h;
    bool whole = !options.has_from && !options.has_to;
    TAP_OK(!replay(&options, &h) && h.begun == 1 && h.judged == 1, "%s: %s", name,
           err.text);
    TAP_EQ_U64(h.begin, begin, "where it began");
    TAP_OK(h.verdict.whole == whole && h.verdict.verdict == SLT_VERDICT_IDENTICAL &&
               h.verdict.difference.kind == SLT_SAME && h.verdict.records == 10 &&
               !strcmp(h.verdict.trace, path),
           "whole or not, and the same");
    TAP_EQ_U64(h.verdict.first, first, "the first record");
    TAP_EQ_U64(h.verdict.last, last, "the last record");
}

static void test_windows(void)
{
    tells((slt_replay_options){0}, HEADER_ALONE, 0, 9, "the whole");
    tells((slt_replay_options){.has_from = true, .from = 10}, 10, 3, 9, "from 10");
    tells((slt_replay_options){.has_from = true, .from = 5}, 0, 2, 9, "from 5");
    tells((slt_replay_options){.has_to = true, .to = 15}, HEADER_ALONE, 0, 4, "to 15");
    tells((slt_replay_options){.has_from = true, .from = 15, .has_to = true, .to = 20},
          10, 4, 5, "from 15 to 20");
    tells((slt_replay_options){.has_from = true, .from = 0, .has_to = true, .to = 0}, 0,
          1, 1, "one checkpoint");
}

static void test_bytes(void)
{
    heard h;
    const slt_replay_options options = {.write = copy};
    TAP_OK(!replay(&options, &h), "written: %s", err.text);
    slt_buffer bytes = {0};
    slt_io_read(path, 1 << 20, &bytes, &err);
    TAP_EQ_U64(h.verdict.bytes, bytes.size, "how many bytes");
    TAP_OK(sample_same_file(path, copy), "the trace's own");
    slt_buffer_free(&bytes);
    unlink(copy);
}

/* Off by an ulp from update 7 on: differs from step 10 on, and not before. */
static void test_forged(void)
{
    heard h;
    slt_replay_options options = {0};
    put(forged_bytes(MANIFEST, 0, 7, false));
    TAP_OK(replay(&options, &h) == SLT_DIFFERS && h.judged == 1 &&
               h.verdict.verdict == SLT_VERDICT_DIFFERS && h.verdict.whole &&
               h.verdict.difference.record == 3 && h.verdict.difference.step == 10,
           "the whole differs: %s", err.text);
    TAP_OK(
        strstr(err.text, ": replay differs at record 3 (checkpoint), step 10: tensor "),
        "where");
    options = (slt_replay_options){.has_to = true, .to = 5};
    TAP_OK(!replay(&options, &h), "not up to step 5");
    options = (slt_replay_options){.has_from = true, .from = 15};
    TAP_OK(!replay(&options, &h) && h.begin == 10,
           "nor from the state at 10 on, which is taken as it is");
    put(sample_bytes(MANIFEST, 0, NULL));
}

static void refuses(slt_replay_options options, slt_status status, const char *text)
{
    heard h;
    TAP_OK(replay(&options, &h) == status && err.status == status && !h.judged, "%s",
           err.text);
    if (!strstr(err.text, text))
        TAP_EQ_TEXT(err.text, text, "what is said");
}

static void test_refusals(void)
{
    const atomic_int cancelled = 1;
    FILE *full = fopen("/dev/full", "w");
    refuses((slt_replay_options){.has_from = true, .from = 7}, SLT_USAGE,
            ": no checkpoint at step 7; it has 0 5 10 15 20");
    refuses((slt_replay_options){.has_to = true, .to = 21}, SLT_USAGE,
            ": no checkpoint at step 21; it has 0 5 10 15 20");
    refuses((slt_replay_options){.has_from = true, .from = 15, .has_to = true, .to = 5},
            SLT_USAGE, "--to 5 lies before --from 15");
    refuses((slt_replay_options){.has_from = true, .from = 15, .write = copy}, SLT_USAGE,
            "--write needs the whole run: no --from, no --to");
    refuses((slt_replay_options){.has_to = true, .to = 15, .write = copy}, SLT_USAGE,
            "--write needs the whole run: no --from, no --to");
    TAP_OK(access(copy, F_OK) != 0, "nothing is written then");
    refuses((slt_replay_options){.cancel = &cancelled}, SLT_INTERRUPTED,
            "stopped before the replay was complete");
    if (full) {
        refuses((slt_replay_options){.steps = full}, SLT_FILE, "cannot write the steps");
        setvbuf(full, NULL, _IONBF, 0);
        refuses((slt_replay_options){.steps = full}, SLT_FILE, "cannot write the steps");
        fclose(full);
    }
}

static void test_steps(void)
{
    char *text = NULL;
    size_t size = 0, lines = 0;
    heard h;
    FILE *steps = open_memstream(&text, &size);
    const slt_replay_options options = {
        .steps = steps, .has_from = true, .from = 10, .has_to = true, .to = 20};
    TAP_OK(steps && !replay(&options, &h), "with its steps");
    fclose(steps);
    TAP_OK(strstr(text, "# step, loss of its batch before the update, XXH3-128 of each "
                        "tensor after it\n11 ") == text,
           "from the state on");
    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    TAP_EQ_U64(lines, 11, "a line a step, and the heading");
    free(text);
}

int main(void)
{
    if (slt_start(NULL, &err) || !mkdtemp(folder))
        tap_bail(err.text);
    snprintf(path, sizeof path, "%s/x.trace", folder);
    snprintf(copy, sizeof copy, "%s/y.trace", folder);
    put(sample_bytes(MANIFEST, 0, NULL));
    test_windows();
    test_bytes();
    test_forged();
    test_refusals();
    test_steps();
    unlink(path);
    rmdir(folder);
    return tap_done();
}
