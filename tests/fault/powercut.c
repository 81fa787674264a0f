/* The power goes, what was not synced is lost or torn, and the same command goes on: the
 * bytes of an undisturbed study.  The cut is preload/powercut.c's; moments and what is
 * lost follow from SLT_SEED (printed). */
#include "study_sample.h"

#include <dlfcn.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sltrace/study.h>

#include "base/io.h"
#include "num/draw.h"
#include "preload/powercut.h"

#define RUNS 4

/* Runs long enough for a few snapshots, a millisecond apart; seeds are an axis to extend.
 */
#define CUT_MANIFEST(seeds)                                                              \
    SAMPLE_HEAD("test/cut")                                                              \
    "sweep:\n  seed: [" seeds "]\n"                                                      \
    "run:\n  arithmetic: f32\n  seed: $seed\n" SAMPLE_DATA SAMPLE_NET                    \
    "  train:\n    optimizer: {kind: adam, lr: 1e-3}\n    steps: 1500\n"                 \
    "    batch: {size: 5, order: epochs}\n"                                              \
    "    checkpoints: {every: 300, state: all}\n"                                        \
    "  llc:\n"                                                                           \
    "    - {at: last, lr: 1e-4, localization: 1, num_draws: 1500}\n"

#define WHOLE CUT_MANIFEST("1, 2, 3, 4")
#define TAIL CUT_MANIFEST("3, 4") /* grows at its front, so that numbers change */

static slt_error err;
static char root[] = "/tmp/slt-powercut-XXXXXX";
static slt_powercut_arm_call *arm;
static volatile long *calls;
static uint64_t seed = 1;
static uint32_t drawn;

static uint64_t below(uint64_t n)
{
    return slt_draw_bounded(slt_stream_of(seed, SLT_DRAW_SAMPLE, 0, 0, 0, 1), drawn++, n);
}

/* ---- The program whose power goes -------------------------------------------------- */

static slt_status study(const char *text, const char *folder, unsigned snapshot_ms)
{
    slt_manifest *manifest = sample_open(text);
    slt_study_counts counts;
    slt_study_options options = {.out = folder, .jobs = 2, .snapshot_ms = snapshot_ms};
    slt_status status = slt_study_run(manifest, &options, &counts, &err);
    slt_manifest_free(manifest);
    return status;
}

/* at: the moment; -1 never.  Whether the power went. */
static bool run(const char *text, const char *folder, long at)
{
    int ended;
    *calls = 0;
    uint64_t losses = at < 0 ? 0 : below(UINT64_MAX);
    pid_t child = fork();
    if (child < 0)
        tap_bail("cannot fork");
    if (child == 0) {
        arm(folder, at, losses, calls);
        slt_status status = study(text, folder, 1);
        if (status)
            fprintf(stderr, "# %s\n", err.text);
        _exit(slt_status_exit(status));
    }
    waitpid(child, &ended, 0);
    if (WIFEXITED(ended) && WEXITSTATUS(ended))
        tap_bail("a study failed after a power cut");
    return WIFSIGNALED(ended);
}

/* ---- What must hold ---------------------------------------------------------------- */

static const char *in(const char *folder, const char *kind, int number, const char *end)
{
    static char paths[4][256];
    static size_t next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s/%06d.%s", folder, kind, number, end);
    return path;
}

/* The traces of the undisturbed study, and nothing left over. */
static bool as_undisturbed(const char *folder)
{
    char whole[128];
    size_t same = 0;
    snprintf(whole, sizeof whole, "%s/whole", root);
    for (int run = 0; run < RUNS; run++)
        same += sample_same_file(in(whole, "traces", run, "trace"),
                          in(folder, "traces", run, "trace"));
    size_t traces = sample_entries(folder, "traces");
    size_t left = sample_entries(folder, "resume");
    size_t provenance = sample_entries(folder, "provenance");
    if (same == RUNS && traces == RUNS && left == 0 && provenance == RUNS)
        return true;
    tap_note("%zu of %zu traces are the same, %zu provenances, %zu left to resume", same,
             traces, provenance, left);
    return false;
}

/* A file with its final name is whole, whenever the power went. */
static bool finals_are_whole(const char *folder)
{
    bool whole = true;
    for (int run = 0; run < RUNS; run++) {
        slt_trace *trace = NULL;
        const char *path = in(folder, "traces", run, "trace");
        if (access(path, F_OK) == 0 && slt_trace_open(path, &trace, &err)) {
            tap_note("%s", err.text);
            whole = false;
        }
        slt_trace_free(trace);
    }
    return whole;
}

/* Runs that have a snapshot and a part, and did not come to their end: they must be gone
 * on with, as a snapshot is only put beside bytes that are on the disk. */
static unsigned to_resume(const char *folder)
{
    unsigned runs = 0;
    for (int run = 0; run < RUNS; run++)
        if (access(in(folder, "resume", run, "snapshot"), F_OK) == 0 &&
            access(in(folder, "traces", run, "trace.part"), F_OK) == 0 &&
            access(in(folder, "traces", run, "trace"), F_OK) != 0 &&
            access(in(folder, "provenance", run, "json"), F_OK) != 0)
            runs |= 1u << run;
    return runs;
}

static bool was_resumed(const char *folder, int run)
{
    slt_buffer json = {0};
    slt_io_read(in(folder, "provenance", run, "json"), 1 << 20, &json, &err);
    bool resumed = strstr(slt_buffer_text(&json), "\"resumed\": true") != NULL;
    slt_buffer_free(&json);
    return resumed;
}

/* ---- Trials ------------------------------------------------------------------------ */

static void empty(const char *folder)
{
    char command[300];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command))
        tap_bail("cannot remove");
}

typedef struct tally {
    size_t cuts, torn_finals, differ, dropped, resumed;
} tally;

/* One or two cuts, then the same command to its end. */
static void trial(const char *before, const char *folder, long moments, tally *t)
{
    unsigned resume = 0;
    size_t cuts = 0, cuts_wanted = 1 + below(2);
    empty(folder);
    if (before)
        run(before, folder, -1);
    while (cuts < cuts_wanted && run(WHOLE, folder, (long)below((uint64_t)moments))) {
        t->torn_finals += !finals_are_whole(folder);
        /* Later, or while numbers change, it may be another part's. */
        resume = cuts++ || before ? 0 : to_resume(folder);
    }
    t->cuts += cuts;
    run(WHOLE, folder, -1);
    t->differ += !as_undisturbed(folder);
    for (int run = 0; run < RUNS; run++)
        if (resume >> run & 1) {
            bool resumed = was_resumed(folder, run);
            t->resumed += resumed;
            t->dropped += !resumed;
        }
}

static void repeat(const char *before, size_t trials, const char *name)
{
    char folder[128];
    tally t = {0};
    snprintf(folder, sizeof folder, "%s/%s", root, name);
    if (before)
        run(before, folder, -1);
    run(WHOLE, folder, -1);
    long moments = *calls;
    for (size_t i = 0; i < trials; i++) {
        size_t wrong = t.differ + t.torn_finals + t.dropped;
        trial(before, folder, moments, &t);
        if (t.differ + t.torn_finals + t.dropped > wrong)
            tap_note("SLT_SEED=%" PRIu64 ": trial %zu of %s", seed, i, name);
    }
    TAP_OK(t.cuts > trials / 2, "%s: %zu power cuts at %ld moments", name, t.cuts,
           moments);
    TAP_OK(t.differ == 0, "then the bytes of an undisturbed study, and nothing else");
    TAP_OK(t.torn_finals == 0, "a final name never had a torn trace");
    if (!before)
        TAP_OK(t.dropped == 0 && t.resumed > 0,
               "%zu runs went on from their snapshots, %zu could not", t.resumed,
               t.dropped);
}

/* Again, with the library before all others. */
static void preload(char **argv)
{
    const char *asan = getenv("ASAN_OPTIONS");
    char options[1024];
    if (getenv("SLT_POWERCUT_LOADED"))
        return;
    snprintf(options, sizeof options, "%s%sverify_asan_link_order=0", asan ? asan : "",
             asan ? ":" : "");
    setenv("ASAN_OPTIONS", options, 1);
    setenv("SLT_POWERCUT_LOADED", "1", 1);
    setenv("LD_PRELOAD", SLT_POWERCUT, 1);
    execv("/proc/self/exe", argv);
    tap_bail("cannot start again");
}

int main(int argc, char **argv)
{
    bool lengthy = getenv("SLT_LONG") != NULL;
    char folder[128];
    (void)argc;
    preload(argv);
    if (getenv("SLT_SEED"))
        seed = strtoull(getenv("SLT_SEED"), NULL, 10);
    *(void **)&arm = dlsym(RTLD_DEFAULT, "slt_powercut_arm");
    if (!arm)
        tap_bail("the library of power cuts is not there");
    if (slt_start(NULL, &err) || !mkdtemp(root))
        tap_bail("cannot start");
    calls = mmap(NULL, sizeof *calls, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                 -1, 0);
    if (calls == MAP_FAILED)
        tap_bail("no shared memory");
    tap_note("SLT_SEED=%" PRIu64, seed);
    snprintf(folder, sizeof folder, "%s/whole", root);
    if (study(WHOLE, folder, 0))
        tap_bail(err.text);
    repeat(NULL, lengthy ? 1000 : 150, "cut-from-the-start");
    repeat(TAIL, lengthy ? 500 : 60, "cut-while-numbers-change");
    empty(root);
    return tap_done();
}
