/* The memory that goldens of many runs take: what is read, shown and verified by a sample
 * grows by a stated number of bytes a run.  SLT_LONG=1 takes 100000 runs. */
#include "study_sample.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sltrace/check.h>
#include <sltrace/show.h>

#include "base/io.h"
#include "codec/digest.h"
#include "figure/golden_make.h"

/* What docs/manual/limits.md says that a command takes: for itself, and for each run. */
enum { OWN_KB = 30000, RUN_BYTES = 700, RECORDS = 7 };

static char root[] = "/tmp/slt-large-XXXXXX";
static char manifest_path[64], golden_path[64];
static slt_error err;

static void fail(void)
{
    fprintf(stderr, "# %s\n", err.text);
    _exit(1);
}

static void write_text(const char *path, const char *text, size_t size)
{
    slt_io_output output;
    slt_io_begin(&output, path);
    slt_io_write(&output, text, size);
    if (slt_io_end(&output, true, &err))
        fail();
}

/* ---- A golden of that many runs, none of which was computed ------------------------ */

static void write_manifest(size_t runs)
{
    char text[2048];
    const int size = snprintf(
        text, sizeof text,
        SAMPLE_HEAD("test/large") "sweep:\n  seed: {from: 0, count: %zu}\n"
        "run:\n  arithmetic: fixed\n  seed: $seed\n"
        "  data: {kind: linear-teacher, samples: 4, inputs: 2, outputs: 2, rank: 1}\n"
        "  model:\n    weights:\n"
        "      W: {shape: [2, 2], init: {kind: normal, std: 0.5}}\n"
        "    ops:\n      - {op: linear, in: x, weight: W, out: y}\n"
        "    loss: {op: mse, in: y}\n"
        "  train:\n    optimizer: {kind: sgd, lr: 0.01}\n    steps: 5\n"
        "    checkpoints: {every: 1}\n",
        runs);
    write_text(manifest_path, text, (size_t)size);
}

static void write_golden(size_t runs)
{
    slt_manifest *manifest;
    slt_golden *golden;
    char *text;
    size_t size;
    write_manifest(runs);
    if (slt_manifest_open(manifest_path, &manifest, &err) ||
        slt_study_golden_begin(manifest, golden_path, &golden, &err))
        fail();
    free(golden->manifest);
    golden->manifest = strdup("large.yaml");
    for (size_t i = 0; i < runs; i++) {
        slt_golden_run *run = &golden->runs[i];
        run->chain = slt_digest_of(&i, sizeof i);
        memset(run->sha256, "0123456789abcdef"[i % 16], 64);
        if (!slt_golden_run_make(golden, run, RECORDS))
            fail();
        run->trail_hash[RECORDS - 1] = slt_digest_prefix(run->chain);
    }
    if (slt_golden_write(golden, &text, &size, &err))
        fail();
    write_text(golden_path, text, size);
}

/* ---- Commands ---------------------------------------------------------------------- */

static void show(size_t runs)
{
    slt_golden *golden;
    char *text = NULL;
    if (slt_golden_open(golden_path, &golden, &err) ||
        slt_show_golden(golden, NULL, NULL, &text, &err))
        fail();
    if (golden->run_count != runs || !text)
        _exit(1);
}

/* No run has the trace of its golden. */
static void verify(size_t runs)
{
    const slt_verify_options options = {.sample = 4};
    slt_verify_result result;
    if (slt_verify(golden_path, &options, NULL, &result, &err) != SLT_DIFFERS)
        fail();
    if (result.runs != runs || result.judged != 4 || result.differ != 4)
        _exit(1);
}

/* The peak of a child's memory in kB. */
static long peak(void (*command)(size_t), size_t runs)
{
    struct rusage usage;
    int how;
    const pid_t child = fork();
    if (child == 0) {
        command(runs);
        _exit(0);
    }
    if (child < 0 || wait4(child, &how, 0, &usage) != child || how)
        tap_bail("a child failed");
    return usage.ru_maxrss;
}

/* A child's peak says little where a sanitizer keeps what was freed. */
static bool is_watched(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return true;
#else
    return getenv("SLT_UNTIMED") != NULL;
#endif
}

static void test_peak(const char *name, void (*command)(size_t), size_t runs)
{
    const long most = OWN_KB + (long)(runs * RUN_BYTES / 1024);
    const long found = peak(command, runs);
    if (is_watched())
        tap_skip(name, "memory is watched");
    else
        TAP_OK(found < most, "%s: %ld kB, at most %ld", name, found, most);
}

int main(void)
{
    const size_t runs = getenv("SLT_LONG") ? 100000 : tap_times(20000, 2000);
    if (!mkdtemp(root))
        tap_bail("no folder");
    snprintf(manifest_path, sizeof manifest_path, "%s/large.yaml", root);
    snprintf(golden_path, sizeof golden_path, "%s/large.golden", root);
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    tap_note("%zu runs", runs);
    peak(write_golden, runs);
    test_peak("read and shown", show, runs);
    test_peak("verified by a sample", verify, runs);
    unlink(manifest_path);
    unlink(golden_path);
    rmdir(root);
    return tap_done();
}
