/* run/run_files.c, snapshot_check.c, schedule_run.c: a study whose snapshot has a right
 * checksum and holds what no run reaches begins that run anew, says so, and ends in the
 * traces that it would have made undisturbed. */
#include "study_sample.h"

#include <unistd.h>

#include <sltrace/study.h>

#include "base/io.h"
#include "run/snapshot.h"

#define MANIFEST(draws)                                                                  \
    SAMPLE_HEAD("test/resume")                                                           \
    "run:\n  arithmetic: f32\n  seed: 2\n" SAMPLE_DATA SAMPLE_NET                        \
    "  train:\n    optimizer: {kind: adam, lr: 1e-2}\n    steps: 200\n"                  \
    "    checkpoints: {every: 50, state: last}\n"                                        \
    "  llc:\n"                                                                           \
    "    - {at: last, lr: 1e-4, localization: 1, num_chains: 2, num_draws: " draws "}\n"

static slt_error err;
static char root[] = "/tmp/slt-resume-XXXXXX";
static char remarks[2048];
static atomic_int cancel;

/* Chains that last long enough to be stopped under way. */
static const char *manifest_text(void)
{
    return tap_times(1, 0) ? MANIFEST("150000") : MANIFEST("40000");
}

static const char *in(const char *folder, const char *name)
{
    static char paths[4][256];
    static size_t next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s/%s", root, folder, name);
    return path;
}

/* Once chains are under way: training is the smallest part. */
static void stop_soon(void *context, const slt_progress *progress)
{
    (void)context;
    cancel = cancel || (progress->fraction > 0.02 && !progress->run_ended);
}

static void hear(void *context, const char *text)
{
    (void)context;
    size_t size = strlen(remarks);
    snprintf(remarks + size, sizeof remarks - size, "%s\n", text);
}

static slt_status run(const char *folder, bool stops)
{
    slt_manifest *manifest = sample_open(manifest_text());
    slt_study_counts counts;
    slt_study_options options = {.out = in(folder, ""),
                                 .jobs = 1,
                                 .cancel = &cancel,
                                 .progress = stops ? stop_soon : NULL,
                                 .remark = hear};
    cancel = 0;
    remarks[0] = err.text[0] = 0;
    slt_status status = slt_study_run(manifest, &options, &counts, &err);
    slt_manifest_free(manifest);
    return status;
}

typedef void (*forger)(slt_execution *at, slt_snapshot_place *place);

/* The snapshot with some of it changed, and a right checksum. */
static void forge(const char *folder, forger change)
{
    sample_run sample = sample_begin(manifest_text(), 0);
    slt_snapshot_place place;
    slt_buffer bytes = {0}, forged = {0};
    if (slt_io_read(in(folder, "resume/000000.snapshot"), 1 << 24, &bytes, &err) ||
        slt_snapshot_load(bytes.data, bytes.size, &sample.execution, &place, &err))
        tap_bail(err.text);
    change(&sample.execution, &place);
    slt_snapshot_store(&sample.execution, &place, &forged);
    if (slt_io_replace(in(folder, "resume/000000.snapshot"), forged.data, forged.size,
                       &err))
        tap_bail(err.text);
    slt_buffer_free(&bytes);
    slt_buffer_free(&forged);
    sample_end(&sample);
}

static void more_draws(slt_execution *at, slt_snapshot_place *place)
{
    (void)place;
    at->chains[1].draws = at->chains[1].updates + 2;
}

static void loss_of_nothing(slt_execution *at, slt_snapshot_place *place)
{
    (void)place;
    at->chains[0].losses[0] = (slt_real){UINT64_C(0x7ff8000000000000)};
}

static void step_beyond(slt_execution *at, slt_snapshot_place *place)
{
    (void)place;
    at->state.step = 201;
}

static void other_phase(slt_execution *at, slt_snapshot_place *place)
{
    (void)place;
    at->phase = SLT_PHASE_CLOSE;
}

static void more_chains_written(slt_execution *at, slt_snapshot_place *place)
{
    (void)place;
    at->chains_written = 2; /* the second is under way, if not the first too */
}

static void stray_mark(slt_execution *at, slt_snapshot_place *place)
{
    (void)place;
    at->llc = 1;
}

static void other_metric(slt_execution *at, slt_snapshot_place *place)
{
    (void)place;
    at->metrics.list[0].value = slt_real_of(0.5);
}

static void other_record(slt_execution *at, slt_snapshot_place *place)
{
    (void)at;
    place->hash.bytes[0] ^= 1;
}

static bool same_trace(const char *folder)
{
    slt_buffer a = {0}, b = {0};
    slt_io_read(in("whole", "traces/000000.trace"), 1 << 24, &a, &err);
    slt_io_read(in(folder, "traces/000000.trace"), 1 << 24, &b, &err);
    bool same = a.size && a.size == b.size && !memcmp(a.data, b.data, a.size);
    slt_buffer_free(&a);
    slt_buffer_free(&b);
    return same;
}

static const struct {
    const char *folder, *words;
    forger change;
} cases[] = {
    {"draws", "impossible (chain 1: draws: expected ", more_draws},
    {"loss", "impossible (chain 0: expected finite losses): dropped", loss_of_nothing},
    {"step", "impossible (stored state: expected a step up to 200, found 201)",
     step_beyond},
    {"phase", "impossible (phase: nothing is left to do)", other_phase},
    {"written", ": written before its end)", more_chains_written},
    {"llc", "impossible (", stray_mark},
    {"record", "impossible (of another trace than what is there)", other_record},
    {"metric", "(table): byte ", other_metric},
};

static void test_forged(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        TAP_OK(run(cases[i].folder, true) == SLT_INTERRUPTED, "%s: stopped",
               cases[i].folder);
        forge(cases[i].folder, cases[i].change);
        slt_status status = run(cases[i].folder, false);
        if (!TAP_OK(!status && strstr(remarks, cases[i].words) &&
                        strstr(remarks, "the run begins anew\n"),
                    "said: %s", cases[i].words))
            tap_note("%s%s", remarks, err.text);
        TAP_OK(same_trace(cases[i].folder), "the same trace");
        TAP_OK(access(in(cases[i].folder, "resume/000000.snapshot"), F_OK) != 0,
               "no snapshot is left");
    }
}

int main(void)
{
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    if (!mkdtemp(root))
        tap_bail("no temporary folder");
    TAP_OK(!run("whole", false) && !remarks[0], "undisturbed: %s", err.text);
    TAP_OK(run("cut", true) == SLT_INTERRUPTED && !run("cut", false) && !remarks[0] &&
               same_trace("cut"),
           "a true snapshot is carried on without a word");
    test_forged();
    char command[300];
    snprintf(command, sizeof command, "rm -r '%s'", root);
    return system(command) ? 1 : tap_done();
}
