/* kill -9 at any moment, then run again: the bytes of an undisturbed run, nothing left
 * over.  Moments are chosen by Philox from SLT_SEED (printed): by time, in training and
 * in sampling, and by counting the system calls that write, sync, rename and remove. */
#include "study_sample.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sltrace/study.h>

#include "base/io.h"
#include "base/world.h"
#include "num/draw.h"

static slt_error err;
static char root[] = "/tmp/slt-kill-XXXXXX";

#define KILL_MANIFEST                                                                    \
    SAMPLE_HEAD("test/kill")                                                             \
    "sweep:\n  seed: {from: 0, count: 2}\n"                                              \
    "run:\n  arithmetic: f32\n  seed: $seed\n" SAMPLE_DATA SAMPLE_NET                    \
    "  train:\n    optimizer: {kind: adam, lr: 1e-3}\n    steps: 60000\n"                \
    "    batch: {size: 5, order: epochs}\n"                                              \
    "    checkpoints: {every: 6000, state: all}\n"                                       \
    "    marks:\n      third: {metric: loss, below: 1e9, every: 18000}\n"                \
    "  llc:\n"                                                                           \
    "    - {at: {mark: third}, lr: 1e-4, localization: 1, num_draws: 10000}\n"           \
    "    - {at: checkpoints, from: 48000, lr: 1e-4, localization: 1, num_chains: 2,\n"   \
    "       num_draws: 20000}\n"

/* Training's share of its updates; both sides take long enough to be killed in. */
#define TRAINING (60000. / (60000 + 10000 + 3 * 2 * 20000))

/* What the killed program shares with the one that kills it. */
static struct {
    volatile double fraction; /* of its work */
    volatile long calls;      /* passed so far */
    volatile long last;       /* the call that it ends at; -1: none */
} * shared;

/* ---- Calls that the study makes, each a moment to die before or after -------------- */

static slt_world_table behind;

static void pass(void)
{
    if (__atomic_fetch_add(&shared->calls, 1, __ATOMIC_SEQ_CST) == shared->last)
        kill(getpid(), SIGKILL);
}

#define MOMENT(type, name, parameters, arguments)                                        \
    static type name##_or_die parameters                                                 \
    {                                                                                    \
        pass();                                                                          \
        type result_ = behind.name arguments;                                            \
        pass();                                                                          \
        return result_;                                                                  \
    }
MOMENT(ssize_t, write, (int fd, const void *bytes, size_t size), (fd, bytes, size))
MOMENT(int, ftruncate, (int fd, off_t size), (fd, size))
MOMENT(int, fsync, (int fd), (fd))
MOMENT(int, syncfs, (int fd), (fd))
MOMENT(int, rename, (const char *from, const char *to), (from, to))
MOMENT(int, renameat2,
       (int folder, const char *from, int other, const char *to, unsigned flags),
       (folder, from, other, to, flags))
MOMENT(int, unlink, (const char *path), (path))

static void begin_moments(void)
{
    behind = slt_world;
    slt_world.write = write_or_die;
    slt_world.ftruncate = ftruncate_or_die;
    slt_world.fsync = fsync_or_die;
    slt_world.syncfs = syncfs_or_die;
    slt_world.rename = rename_or_die;
    slt_world.renameat2 = renameat2_or_die;
    slt_world.unlink = unlink_or_die;
}

/* ---- The program that is killed ---------------------------------------------------- */

static void tell(void *context, const slt_progress *progress)
{
    (void)context;
    shared->fraction = progress->fraction;
}

static slt_status study(const char *folder)
{
    slt_manifest *manifest = sample_open(KILL_MANIFEST);
    slt_study_counts counts;
    slt_study_options options = {
        .out = folder, .jobs = 2, .progress = tell, .snapshot_ms = 4};
    slt_status status = slt_study_run(manifest, &options, &counts, &err);
    slt_manifest_free(manifest);
    return status;
}

static pid_t start(const char *folder, long last)
{
    shared->fraction = 0;
    shared->calls = 0;
    shared->last = last;
    pid_t child = fork();
    if (child < 0)
        tap_bail("cannot fork");
    if (child == 0) {
        begin_moments();
        slt_status status = study(folder);
        if (status)
            fprintf(stderr, "# %s\n", err.text);
        _exit(slt_status_exit(status));
    }
    return child;
}

/* Whether it was killed, rather than ended by itself; bails out where it failed. */
static bool was_killed(pid_t child)
{
    int ended;
    waitpid(child, &ended, 0);
    if (WIFEXITED(ended) && WEXITSTATUS(ended))
        tap_bail("a study failed after a kill");
    return WIFSIGNALED(ended);
}

/* ---- Moments ----------------------------------------------------------------------- */

static uint64_t seed = 1;
static uint32_t drawn;

static uint64_t below(uint64_t n)
{
    return slt_draw_bounded(slt_stream_of(seed, SLT_DRAW_SAMPLE, 0, 0, 0, 1), drawn++, n);
}

static void nap(uint64_t us)
{
    struct timespec time = {.tv_sec = (time_t)(us / 1000000),
                            .tv_nsec = (long)(us % 1000000) * 1000};
    nanosleep(&time, NULL);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* ---- Comparing --------------------------------------------------------------------- */

static size_t resumed; /* runs that went on from a snapshot, by their provenance */

static void count_resumed(const char *folder)
{
    for (int run = 0; run < 2; run++) {
        char path[256];
        slt_buffer json = {0};
        snprintf(path, sizeof path, "%s/provenance/%06d.json", folder, run);
        slt_io_read(path, 1 << 20, &json, &err);
        resumed += strstr(slt_buffer_text(&json), "\"resumed\": true") != NULL;
        slt_buffer_free(&json);
    }
}

/* The traces of the undisturbed run, and nothing else left. */
static bool as_undisturbed(const char *folder)
{
    bool same = true;
    for (int run = 0; run < 2; run++) {
        char a[256], b[256];
        snprintf(a, sizeof a, "%s/whole/traces/%06d.trace", root, run);
        snprintf(b, sizeof b, "%s/traces/%06d.trace", folder, run);
        same &= sample_same_file(a, b);
    }
    return same && sample_entries(folder, "traces") == 2 &&
           sample_entries(folder, "provenance") == 2 &&
           sample_entries(folder, "resume") == 0;
}

static void empty(const char *folder)
{
    char command[300];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command))
        tap_bail("cannot remove");
}

/* ---- Trials ------------------------------------------------------------------------ */

/* Kills 1 to 3 times, then lets it end; false where anything is not as undisturbed. */
static bool trial(const char *folder, bool (*disturb)(const char *folder))
{
    empty(folder);
    for (uint64_t kills = 1 + below(3); kills > 0; kills--)
        if (!disturb(folder))
            break;
    if (was_killed(start(folder, -1)))
        tap_bail("killed by another");
    count_resumed(folder);
    return as_undisturbed(folder);
}

static double duration; /* of the undisturbed run */
static long calls;      /* and its moments */
static size_t in_training, in_sampling, at_calls;

static bool kill_by_time(const char *folder)
{
    pid_t child = start(folder, -1);
    nap(below((uint64_t)(duration * 1e6) + 1));
    double fraction = shared->fraction;
    kill(child, SIGKILL);
    if (!was_killed(child))
        return false;
    in_training += fraction < TRAINING;
    in_sampling += fraction >= TRAINING;
    return true;
}

static bool kill_at_call(const char *folder)
{
    if (!was_killed(start(folder, (long)below((uint64_t)calls))))
        return false;
    at_calls++;
    return true;
}

static void repeat(bool (*disturb)(const char *), size_t trials, const char *name)
{
    char folder[128];
    size_t failed = 0;
    snprintf(folder, sizeof folder, "%s/%s", root, name);
    for (size_t i = 0; i < trials; i++) {
        bool fine = trial(folder, disturb);
        if (!fine)
            tap_note("SLT_SEED=%" PRIu64 ": trial %zu of %s differs", seed, i, name);
        failed += !fine;
    }
    TAP_OK(failed == 0, "%zu studies killed %s: the bytes of an undisturbed one", trials,
           name);
}

int main(void)
{
    bool lengthy = getenv("SLT_LONG") != NULL;
    char folder[128];
    if (getenv("SLT_SEED"))
        seed = strtoull(getenv("SLT_SEED"), NULL, 10);
    if (slt_start(NULL, &err) || !mkdtemp(root))
        tap_bail("cannot start");
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        tap_bail("no shared memory");
    snprintf(folder, sizeof folder, "%s/whole", root);
    double begun = now();
    if (was_killed(start(folder, -1)))
        tap_bail("killed by another");
    duration = now() - begun;
    calls = shared->calls;
    tap_note("SLT_SEED=%" PRIu64 ", undisturbed %.3f s, %ld moments at system calls",
             seed, duration, calls);
    const size_t least = lengthy ? 30 : 2;
    repeat(kill_by_time, lengthy ? 100 : 12, "by-time");
    /* A machine that is busier now than in the undisturbed run ends few by time. */
    for (int more = 0; more < 8 && (in_training < least || in_sampling < least); more++)
        repeat(kill_by_time, 12, "by-time-again");
    repeat(kill_at_call, lengthy ? 40 : 12, "at-calls");
    TAP_OK(in_training >= least && in_sampling >= least &&
               at_calls >= (lengthy ? 30 : 8),
           "killed %zu times in training, %zu in sampling, %zu at system calls",
           in_training, in_sampling, at_calls);
    TAP_OK(resumed > 0, "%zu runs went on from a snapshot", resumed);
    empty(root);
    return tap_done();
}
