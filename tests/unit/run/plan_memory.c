/* The plan beside what happens: the size of traces, and the memory of a process that does
 * the run. */
#include "study_sample.h"

#include <limits.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sltrace/study.h>

static slt_error err;
static char folder[] = "/tmp/slt-plan-XXXXXX";

#define SGD "{kind: sgd, lr: 1e-6}"
#define MOMENTUM "{kind: sgd, lr: 1e-6, momentum: 0.5}"
#define ADAM "{kind: adam, lr: 1e-6}"
/* The last two members: estimates, and what plants weights. */
#define NO_LLC "", ""
#define PLANT(fields) "", "    plant: {" fields "}\n"
#define LLC(at, chains, draws)                                                           \
    "  llc:\n    - {at: " at ", lr: 1e-12, localization: 1, num_chains: " chains         \
    ", num_draws: " draws "}\n",                                                         \
        ""

/* Two layers, whose sizes a case chooses. */
typedef struct sizes {
    const char *name;
    unsigned samples, inputs, hidden;
    const char *optimizer;
    unsigned steps, every;
    const char *state, *llc, *plant;
} sizes;

static slt_manifest *manifest_of(const sizes *s)
{
    char text[2048];
    snprintf(
        text, sizeof text,
        SAMPLE_HEAD("test/plan") "run:\n  arithmetic: f32\n  seed: 1\n"
                                 "  data: {kind: linear-teacher, samples: %u, inputs: "
                                 "%u, outputs: 8, rank: 1}\n"
                                 "  model:\n    weights:\n"
                                 "      W1: {shape: [%u, %u], init: {kind: normal, std: "
                                 "0.01}}\n"
                                 "      W2: {shape: [8, %u], init: {kind: normal, std: "
                                 "0.01}}\n"
                                 "    ops:\n"
                                 "      - {op: linear, in: x, weight: W1, out: h}\n"
                                 "      - {op: linear, in: h, weight: W2, out: y}\n"
                                 "    loss: {op: mse, in: y}\n%s"
                                 "  train:\n    optimizer: %s\n    steps: %u\n"
                                 "    checkpoints: {every: %u, state: %s}\n%s",
        s->samples, s->inputs, s->hidden, s->inputs, s->hidden, s->plant, s->optimizer,
        s->steps, s->every, s->state, s->llc);
    return sample_open(text);
}

/* Two convolutions with large windows over a few large images. */
static slt_manifest *images_in(const char *arithmetic, unsigned side)
{
    char text[2048];
    snprintf(text, sizeof text,
             SAMPLE_HEAD("test/plan") "run:\n  arithmetic: %s\n  seed: 1\n"
                                      "  data: {kind: linear-teacher, samples: 2, "
                                      "inputs: %u, outputs: %u, rank: 1, "
                                      "shape: [%u, %u, 1], "
                                      "target_shape: [%u, %u, 1]}\n"
                                      "  model:\n    weights:\n"
                                      "      W1: {shape: [1, 9, 9, 1], init: {kind: "
                                      "fan-in}}\n"
                                      "      W2: {shape: [1, 9, 9, 1], init: {kind: "
                                      "fan-in}}\n"
                                      "    ops:\n"
                                      "      - {op: conv2d, in: x, weight: W1, padding: "
                                      "4, out: h}\n"
                                      "      - {op: conv2d, in: h, weight: W2, padding: "
                                      "4, out: y}\n"
                                      "    loss: {op: mse, in: y}\n"
                                      "  train:\n    optimizer: " SGD
                                      "\n    steps: 2\n"
                                      "    checkpoints: {every: 2}\n",
             arithmetic, side * side, side * side, side, side, side, side);
    return sample_open(text);
}

static slt_plan plan_of(const sizes *s)
{
    slt_plan plan;
    slt_manifest *manifest = manifest_of(s);
    if (slt_study_plan(manifest, 0, &plan, &err))
        tap_bail(err.text);
    slt_manifest_free(manifest);
    return plan;
}

static const char *trace_of(const sizes *s)
{
    static char path[200];
    snprintf(path, sizeof path, "%s/%s/traces/000000.trace", folder, s->name);
    return path;
}

/* Does the run, in a process of its own; its greatest memory in bytes. */
static uint64_t peak_in(const char *name, slt_manifest *manifest)
{
    int how = 0;
    struct rusage used;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        char out[200];
        slt_study_counts counts;
        snprintf(out, sizeof out, "%s/%s", folder, name);
        slt_study_options options = {.out = out, .jobs = 1, .snapshot_ms = UINT_MAX};
        _exit(slt_study_run(manifest, &options, &counts, &err) != SLT_OK);
    }
    if (child < 0 || wait4(child, &how, 0, &used) < 0 || how != 0)
        tap_bail("a run failed");
    slt_manifest_free(manifest);
    return (uint64_t)used.ru_maxrss * 1024;
}

static uint64_t peak_of(const sizes *s)
{
    return peak_in(s->name, manifest_of(s));
}

static bool within(double found, double expected, double factor)
{
    if (found < expected / factor || found > expected * factor)
        tap_note("expected %.0f, found %.0f", expected, found);
    return found >= expected / factor && found <= expected * factor;
}

/* Each optimiser's copies of the state: in a trace, and in memory with a gradient. */
static void test_copies(void)
{
    static const struct {
        sizes s;
        unsigned copies;
    } rows[] = {{{"sgd", 16, 256, 64, SGD, 6, 2, "all", NO_LLC}, 1},
                {{"momentum", 16, 256, 64, MOMENTUM, 6, 2, "all", NO_LLC}, 2},
                {{"adam", 16, 256, 64, ADAM, 6, 2, "all", NO_LLC}, 3},
                {{"last", 16, 256, 64, ADAM, 6, 2, "last", NO_LLC}, 3},
                {{"none", 16, 256, 64, ADAM, 6, 2, "none", NO_LLC}, 3}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const sizes *s = &rows[i].s;
        struct stat about;
        slt_plan plan = plan_of(s);
        TAP_OK(plan.memory.state == (rows[i].copies + 1) * 4 * plan.parameters,
               "%s: %u copies and a gradient in memory", s->name, rows[i].copies);
        peak_of(s);
        bool small = strcmp(s->state, "none") == 0;
        TAP_OK(stat(trace_of(s), &about) == 0 &&
                   within((double)plan.trace_bytes, (double)about.st_size,
                          small ? 1.4 : 1.01),
               "%s: the size of its trace", s->name);
    }
}

/* Most of what these take is patches. */
static void test_patches(double base)
{
    static const struct {
        const char *arithmetic;
        unsigned side;
    } rows[] = {{"f32", 300}, {"f64", 200}, {"fixed", 200}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        slt_manifest *manifest = images_in(rows[i].arithmetic, rows[i].side);
        slt_plan plan;
        if (slt_study_plan(manifest, 0, &plan, &err))
            tap_bail(err.text);
        const double said = (double)plan.memory_bytes;
        const double taken = (double)peak_in(rows[i].arithmetic, manifest) - base;
        TAP_OK(taken > said / 2.5 && taken < said * 1.5,
               "patches in %s: said %.0f MB, taken %.0f MB", rows[i].arithmetic,
               said / 1e6, taken / 1e6);
    }
}

/* What a process takes is at most half more than what was said, and not much less than
 * half of it.  Snapshots, which a run makes that takes a second, would be more. */
static void test_memory(void)
{
    static const sizes idle = {"idle", 16, 8, 8, SGD, 1, 1, "none", NO_LLC};
    static const sizes rows[] = {
        {"data", 200000, 64, 8, SGD, 2, 2, "none", NO_LLC},
        {"state", 16, 4000, 500, ADAM, 2, 2, "none", NO_LLC},
        {"stored", 16, 4000, 500, ADAM, 2, 2, "all", NO_LLC},
        {"chains", 16, 2000, 300, SGD, 2, 2, "none", LLC("last", "16", "3")},
        {"losses", 16, 8, 8, SGD, 2, 2, "none", LLC("last", "4", "500000")},
        {"observed", 1000, 8, 8, SGD, 2, 2, "none",
         LLC("last", "4", "4000, observables: {losses: {every: 2}}")},
        {"kept", 16, 500, 100, SGD, 200, 2, "none", LLC("checkpoints", "1", "2")},
        {"wide", 10000, 32, 128, SGD, 2, 2, "none", LLC("last", "16", "2")},
        {"probed", 10000, 32, 512, SGD, 2, 2, "none",
         LLC("last", "1", "2, hessian_probes: 2, hessian_method: exact")},
        {"solved", 2000, 32, 1024, SGD, 2, 2, "none",
         PLANT("kind: zero-loss, loss: 1e9")},
        {"fitted", 2000, 32, 500, SGD, 2, 2, "none",
         PLANT("kind: least-squares, weight: W2")}};
    const double base = (double)peak_of(&idle);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double said = (double)plan_of(&rows[i]).memory_bytes;
        double taken = (double)peak_of(&rows[i]) - base;
        TAP_OK(taken > said / 2.5 && taken < said * 1.5,
               "%s: said %.0f MB, taken %.0f MB", rows[i].name, said / 1e6, taken / 1e6);
    }
    test_patches(base);
}

static void test_files(void)
{
    static const sizes nothing = {"idle", 16, 8, 8, SGD, 1, 1, "none", NO_LLC};
    TAP_OK(plan_of(&nothing).beside_ns > 100000, "a run of nothing still has files");
}

int main(void)
{
    char command[64];
    if (slt_start(NULL, &err) || !mkdtemp(folder))
        tap_bail("cannot start");
    test_files();
    if (slt_num_available(SLT_F32, &err)) {
        tap_skip("runs", "no floats here");
        return tap_done();
    }
    test_copies();
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    tap_skip("memory", "a sanitizer takes its own");
#else
    test_memory();
#endif
    snprintf(command, sizeof command, "rm -r %s", folder);
    TAP_OK(system(command) == 0, "nothing is left");
    return tap_done();
}
