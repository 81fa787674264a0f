/* run/store.c, run_files.c, schedule.c: a study in its folder. */
#include "study_sample.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sltrace/study.h>

#include "base/io.h"

static slt_error err;
static char root[] = "/tmp/slt-store-XXXXXX";

/* Long enough to be stopped underway: seconds of sampling if left alone. */
#define STORE_MANIFEST(seed, draws)                                                      \
    SAMPLE_HEAD("test/store")                                                            \
    "sweep:\n  seed: {from: " seed ", count: 3}\n"                                       \
    "run:\n  arithmetic: f32\n  seed: $seed\n" SAMPLE_DATA SAMPLE_NET                    \
    "  train:\n    optimizer: {kind: adam, lr: 1e-2}\n    steps: 200\n"                  \
    "    checkpoints: {every: 50, state: last}\n"                                        \
    "  llc:\n"                                                                           \
    "    - {at: last, lr: 1e-4, localization: 1, num_chains: 2, num_draws: " draws "}\n"

static const char *in(const char *folder, const char *name)
{
    static char paths[4][256];
    static size_t next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s%s%s", root, folder, *name ? "/" : "", name);
    return path;
}

static char remark[512];
static int remarks;

static void hear(void *context, const char *text)
{
    (void)context;
    remarks++;
    snprintf(remark, sizeof remark, "%s", text);
}

static slt_status run(const char *text, const char *folder, size_t jobs,
                      const atomic_int *cancel, slt_study_counts *counts)
{
    slt_manifest *manifest = sample_open(text);
    slt_study_options options = {
        .out = in(folder, ""), .jobs = jobs, .cancel = cancel, .remark = hear};
    slt_study_counts none;
    remarks = 0;
    err.text[0] = 0;
    slt_status status = slt_study_run(manifest, &options, counts ? counts : &none, &err);
    slt_manifest_free(manifest);
    return status;
}

static slt_buffer slurp(const char *path)
{
    slt_buffer bytes = {0};
    slt_io_read(path, 1 << 24, &bytes, &err);
    return bytes;
}

static bool same_file(const char *a, const char *b)
{
    slt_buffer x = slurp(a), y = slurp(b);
    bool same = x.size == y.size && x.size > 0 && !memcmp(x.data, y.data, x.size);
    slt_buffer_free(&x);
    slt_buffer_free(&y);
    return same;
}

static bool same_traces(const char *a, const char *b)
{
    static const char *const names[] = {"traces/000000.trace", "traces/000001.trace",
                                        "traces/000002.trace"};
    bool same = true;
    for (size_t i = 0; i < 3; i++)
        same &= same_file(in(a, names[i]), in(b, names[i]));
    return same;
}

static size_t entries(const char *path)
{
    DIR *folder = opendir(path);
    size_t count = 0;
    if (!folder)
        return 0;
    for (struct dirent *entry; (entry = readdir(folder));)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

static void test_whole(void)
{
    slt_study_counts counts;
    TAP_OK(!run(STORE_MANIFEST("0", "50"), "a", 1, NULL, &counts), "runs: %s", err.text);
    TAP_OK(counts.computed == 3 && !counts.kept, "three computed");
    TAP_EQ_U64(entries(in("a", "traces")), 3, "three traces, no part");
    TAP_EQ_U64(entries(in("a", "provenance")), 3, "three of provenance");
    TAP_OK(access(in("a", "resume"), F_OK) != 0, "nothing to resume");
    TAP_OK(!run(STORE_MANIFEST("0", "50"), "b", 3, NULL, NULL), "with three jobs");
    TAP_OK(same_traces("a", "b"), "the same traces");
    TAP_OK(!run(STORE_MANIFEST("0", "50"), "a", 1, NULL, &counts) && counts.kept == 3,
           "again: kept");
}

static void test_provenance(void)
{
    slt_buffer json = slurp(in("a", "provenance/000001.json"));
    const char *text = slt_buffer_text(&json);
    static const char *const keys[] = {
        "\"cpu\"",
        "\"isa\"",
        "\"compiler\"",
        "\"flags\"",
        "\"libraries\"",
        "\"sleef\"",
        "\"started\"",
        "\"finished\"",
        "\"host\"",
        "\"fixed_flags\"",
        "\"link_flags\"",
        "\"floats\"",
        "\"loaded\": [\"",
        ("\"at_start\": \"round to nearest even, gradual underflow\", "
         "\"corrected\": false"),
        "\"at_end\": \"round to nearest even, gradual underflow\""};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        TAP_OK(strstr(text, keys[i]) != NULL, "provenance tells %s", keys[i]);
    slt_buffer_free(&json);
}

static void test_refusals(void)
{
    TAP_OK(run(STORE_MANIFEST("5", "50"), "a", 1, NULL, NULL) == SLT_FORMAT &&
               strstr(err.text, "run.seed") && strstr(err.text, "sample.yaml:"),
           "another seed is refused by field and line: %s", err.text);
    TAP_OK(run(STORE_MANIFEST("0", "60"), "a", 1, NULL, NULL) == SLT_FORMAT &&
               strstr(err.text, "num_draws") && strstr(err.text, "50") &&
               strstr(err.text, "60"),
           "other draws are refused: %s", err.text);
    slt_manifest *other = sample_open(SAMPLE_MANIFEST);
    slt_study_options options = {.out = in("a", ""), .jobs = 1};
    slt_study_counts counts;
    TAP_OK(slt_study_run(other, &options, &counts, &err) == SLT_FORMAT &&
               strstr(err.text, "test/store") && strstr(err.text, "test/sample"),
           "another name is refused: %s", err.text);
    slt_manifest_free(other);
}

/* A byte of the lock, held by another program. */
static int hold(const char *folder, short type, off_t start, off_t length)
{
    struct flock lock = {
        .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    int fd = open(in(folder, "lock"), O_RDWR);
    TAP_OK(fd >= 0 && fcntl(fd, F_OFD_SETLK, &lock) == 0, "a lock is held");
    return fd;
}

static void test_shared(void)
{
    slt_study_counts counts;
    unlink(in("a", "traces/000001.trace"));
    int fd = hold("a", F_WRLCK, 16, 0); /* every run's */
    TAP_OK(run(STORE_MANIFEST("0", "50"), "a", 1, NULL, &counts) == SLT_RESOURCE &&
               strstr(err.text, "1 of 3 runs is being computed by another process: 1"),
           "a run that another process has: %s", err.text);
    TAP_OK(counts.kept == 2 && counts.computed == 0 && counts.elsewhere == 1,
           "it is left to it");
    TAP_EQ_U64(entries(in("a", "traces")), 2, "nothing is written");
    close(fd);
    fd = hold("a", F_RDLCK, 0, 1);
    TAP_OK(run(STORE_MANIFEST("1", "50"), "a", 1, NULL, NULL) == SLT_RESOURCE &&
               strstr(err.text, "another program computes here"),
           "no new numbers while others compute: %s", err.text);
    TAP_OK(!run(STORE_MANIFEST("0", "50"), "a", 1, NULL, &counts) && counts.computed == 1,
           "but the same study goes on beside them");
    close(fd);
}

static void flip(const char *path, long at)
{
    FILE *file = fopen(path, "r+b");
    fseek(file, at, SEEK_SET);
    int byte = fgetc(file);
    fseek(file, at, SEEK_SET);
    fputc(byte ^ 1, file);
    fclose(file);
}

static void test_damaged(void)
{
    slt_study_counts counts;
    flip(in("b", "traces/000001.trace"), 300);
    TAP_OK(!run(STORE_MANIFEST("0", "50"), "b", 1, NULL, &counts) &&
               counts.computed == 1 && same_traces("a", "b"),
           "a damaged trace is made again: %s", err.text);
    TAP_OK(access(in("b", "traces/000001.trace.damaged"), F_OK) == 0, "and put aside");
    TAP_OK(remarks == 1 && strstr(remark, "000001.trace") && strstr(remark, "byte"),
           "as it is told: %s", remark);
}

/* ---- Stopping underway ------------------------------------------------------------- */

static atomic_int cancel;
static int calls_left;

/* Cancels after a number of progress calls: somewhere underway. */
static void count_down(void *context, const slt_progress *progress)
{
    (void)context;
    (void)progress;
    if (--calls_left <= 0)
        cancel = 1;
}

#define LONG_STORE STORE_MANIFEST("0", "30000")

static slt_status run_until(const char *folder, int calls)
{
    slt_manifest *manifest = sample_open(LONG_STORE);
    slt_study_counts counts;
    slt_study_options options = {
        .out = in(folder, ""), .jobs = 1, .cancel = &cancel, .progress = count_down};
    cancel = 0;
    calls_left = calls;
    slt_status status = slt_study_run(manifest, &options, &counts, &err);
    slt_manifest_free(manifest);
    return status;
}

static void test_cancel(void)
{
    TAP_OK(!run(LONG_STORE, "whole", 2, NULL, NULL), "undisturbed: %s", err.text);
    TAP_OK(run_until("cut", 1) == SLT_INTERRUPTED, "stopped");
    TAP_OK(entries(in("cut", "resume")) > 0, "with something to resume");
    run_until("cut", 2);
    TAP_OK(!run(LONG_STORE, "cut", 1, NULL, NULL), "and on to the end: %s", err.text);
    TAP_OK(same_traces("whole", "cut"), "the same traces");
    TAP_EQ_U64(entries(in("cut", "traces")), 3, "no part left");
    TAP_OK(access(in("cut", "resume"), F_OK) != 0, "nothing left to resume");
}

static void test_bad_leftovers(void)
{
    run_until("bad", 1);
    flip(in("bad", "resume/000000.snapshot"), 100);
    TAP_OK(!run(LONG_STORE, "bad", 2, NULL, NULL) && same_traces("whole", "bad"),
           "a damaged snapshot: begins again, same traces");
    run_until("short", 1);
    TAP_OK(truncate(in("short", "traces/000000.trace.part"), 40) == 0,
           "a part cut short");
    TAP_OK(!run(LONG_STORE, "short", 2, NULL, NULL) && same_traces("whole", "short"),
           "begins again, same traces");
    run_until("torn", 1);
    FILE *part = fopen(in("torn", "traces/000000.trace.part"), "ab");
    fputs("half a record", part);
    fclose(part);
    TAP_OK(!run(LONG_STORE, "torn", 2, NULL, NULL) && same_traces("whole", "torn"),
           "a torn record at the end: cut off, same traces");
}

static void test_unwritable(void)
{
    if (access("/dev/full", W_OK)) {
        tap_skip("a full disk", "no /dev/full");
        return;
    }
    run_until("full", 1);
    unlink(in("full", "resume/000000.snapshot"));
    unlink(in("full", "traces/000000.trace.part"));
    TAP_OK(symlink("/dev/full", in("full", "traces/000000.trace.part")) == 0, "full");
    slt_status status = run(LONG_STORE, "full", 1, NULL, NULL);
    TAP_OK(status == SLT_FILE && strstr(err.text, "000000.trace.part"),
           "a full disk is told with the path: %s", err.text);
}

int main(void)
{
    if (slt_start(NULL, &err) || !mkdtemp(root))
        tap_bail("cannot start");
    test_whole();
    test_provenance();
    test_refusals();
    test_shared();
    test_damaged();
    test_cancel();
    test_bad_leftovers();
    test_unwritable();
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", root);
    TAP_OK(system(command) == 0, "removed");
    return tap_done();
}
