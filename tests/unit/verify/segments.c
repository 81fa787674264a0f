/* verify/segments*.c: runs verified in pieces are the golden's where they are, and where
 * a publisher's trace is wrong the first wrong record is told, however well its parts fit
 * together. */
#include "forged_sample.h"
#include "page_sample.h"
#include "traces_sample.h"

#include <sys/stat.h>
#include <unistd.h>

#include <sltrace/check.h>

#include "base/io.h"
#include "verify/segments.h"

#define PATH_SIZE 256

static slt_error err;
static char root[] = "/tmp/slt-segments-XXXXXX";
static char *said;

static const char *in(const char *name)
{
    static char paths[4][PATH_SIZE];
    static size_t next;
    char *path = paths[next++ % 4];
    snprintf(path, PATH_SIZE, "%s/%.200s", root, name);
    return path;
}

static void put(const char *name, const void *bytes, size_t size)
{
    if (slt_io_replace(in(name), bytes, size, &err))
        tap_bail(err.text);
}

/* A golden of a manifest of one run, whose trace is `bytes`, freed. */
static void publish(const char *manifest_text, slt_buffer bytes)
{
    slt_manifest *manifest = NULL;
    slt_golden *golden = NULL;
    slt_figure *figure = NULL;
    char *text;
    size_t size;
    put("x.yaml", manifest_text, strlen(manifest_text));
    put("out/traces/000000.trace", bytes.data, bytes.size);
    if (slt_manifest_open(in("x.yaml"), &manifest, &err) ||
        sample_golden(manifest, in("out"), in("x.golden"), &golden, &figure, &err) ||
        slt_golden_write(golden, &text, &size, &err))
        tap_bail(err.text);
    put("x.golden", text, size);
    free(text);
    slt_figure_free(figure);
    slt_golden_free(golden);
    slt_manifest_free(manifest);
    slt_buffer_free(&bytes);
}

static slt_status verify(size_t jobs, const char *traces)
{
    slt_verify_options options = {.jobs = jobs, .traces = traces, .segments = true};
    return page_verify(in("x.golden"), &options, &said, &err);
}

static bool says(const char *text)
{
    bool found = strstr(said, text) != NULL;
    if (!found)
        tap_note("expected '%s' in: %s", text, said);
    return found;
}

#define RUN(arithmetic, train, llc)                                                      \
    SAMPLE_HEAD("test/segments")                                                         \
    "run:\n  arithmetic: " arithmetic "\n  seed: 5\n" SAMPLE_DATA SAMPLE_NET             \
    "  train:\n" train "  llc:\n" llc

#define SGD "    optimizer: {kind: sgd, lr: 1e-2, momentum: 0.9}\n    steps: 20\n"
#define ADAM                                                                             \
    "    optimizer: {kind: adam, lr: 1e-2}\n    steps: 20\n"                             \
    "    batch: {size: 5, order: epochs}\n"
#define EVERY5(state) "    checkpoints: {every: 5, at: [0], state: " state "}\n"

#define AT(where, more)                                                                  \
    "    - {at: " where ", lr: 1e-4, localization: 1, num_draws: 9" more "}\n"
#define TWO AT("10", ", num_chains: 3") AT("last", ", num_chains: 2")
/* Nothing in their chains tells the loss of the state that they start from. */
#define APART ", init_loss: batches, batch: {size: 5, order: fresh}"
#define TWO_APART AT("10", APART ", num_chains: 3") AT("last", APART ", num_chains: 2")

/* Marks at steps 5 and 15; states at 10 and 20 only, so that some estimates wait for the
 * weights that training passes. */
#define MARKS                                                                            \
    "    checkpoints: {every: 5, at: [18], state: {every: 10}, hashes: joint}\n"         \
    "    marks:\n"                                                                       \
    "      a: {metric: loss, below: 1e9}\n"                                              \
    "      b: {metric: loss, below: 1e8, every: 15}\n"

/* Every piece gives the trace's bytes, with one thread and with three. */
static void test_same(const char *what, const char *manifest, const char *pieces)
{
    publish(manifest, sample_bytes(manifest, 0, NULL));
    for (size_t jobs = 1; jobs <= 3; jobs += 2) {
        slt_status status = verify(jobs, in("out"));
        TAP_OK(!status && says("# 1 identical"), "%s, %zu jobs: %s", what, jobs,
               err.text);
        TAP_OK(says(pieces), "%s", pieces);
    }
}

static void test_all_same(void)
{
    static const char diverged[] =
        RUN("f32",
            "    optimizer: {kind: sgd, lr: 9}\n    steps: 60\n"
            "    checkpoints: {every: 1, state: all}\n",
            TWO);
    test_same("f32", RUN("f32", SGD EVERY5("all"), TWO),
              "[0]: 4 stretches of training, 2 estimates");
    test_same("f64", RUN("f64", ADAM EVERY5("all"), TWO), "4 stretches");
    test_same("fixed", RUN("fixed", ADAM EVERY5("all"), TWO), "4 stretches");
    test_same("the last state only", RUN("f32", SGD EVERY5("last"), TWO),
              "1 stretch of training, 2 estimates");
    test_same("estimates at marks and at all checkpoints",
              RUN("f32", SGD MARKS,
                  AT("{mark: b}", ", when: {mark: a, then: b, apart: 9}")
                      AT("checkpoints", ", from: 10, num_chains: 2, store_losses: last")
                          AT("5", ", store_losses: none, hessian_probes: 2")),
              "2 stretches of training, 6 estimates");
    test_same(
        "a stop rule",
        RUN("f32", SGD "    stop: {loss_below: 1e9, after: 13}\n" EVERY5("last"), TWO),
        "1 stretch");
    test_same("a stop rule on a metric",
              RUN("f64",
                  ADAM
                  "    stop: {metric: loss, below: 1e9, checkpoints: 4}\n" EVERY5("all"),
                  TWO),
              "[0]: 3 stretches of training, 2 estimates");
    test_same("lists of steps, cut off by a stop rule",
              RUN("f32",
                  SGD "    stop: {metric: loss, below: 1e9, after: 13}\n"
                      "    checkpoints: {every: 5, at: [0, 7], state: {every: 10}}\n",
                  AT("[0, 7, 10, 20, last]", ", num_chains: 2, store_losses: last")
                      AT("{from: 5, to: 20, count: 3}", "") AT("[20]", "")),
              "[0]: 2 stretches of training, 6 estimates");
    test_same("training that diverges", diverged, "stretches of training, 0 estimates");
    test_same("a chain that diverges",
              RUN("f32", SGD EVERY5("all"),
                  AT("10", "") "    - {at: last, lr: 1e9, localization: 0, num_draws: "
                               "90, num_chains: 2}\n"),
              "4 stretches of training, 2 estimates");
    test_same("chains that overflow",
              RUN("fixed", SGD EVERY5("all"),
                  AT("10", "") "    - {at: last, lr: 1e4, localization: 0, num_draws: "
                               "90, num_chains: 2}\n"),
              "4 stretches of training, 2 estimates\nok 1 - test/segments[0] # overflow");
    test_same("training that overflows",
              RUN("fixed",
                  "    optimizer: {kind: sgd, lr: 1e3}\n    steps: 60\n"
                  "    checkpoints: {every: 1, state: all}\n",
                  TWO),
              "1 stretch of training, 0 estimates\nok 1 - test/segments[0] # overflow");
    test_same("no estimates", RUN("f64", SGD EVERY5("all"), "    []\n"),
              "4 stretches of training, 0 estimates");
    test_same("no training",
              RUN("f32",
                  "    optimizer: {kind: sgd, lr: 1}\n    steps: 0\n"
                  "    checkpoints: {state: all}\n",
                  AT("last", "")),
              "1 stretch of training, 1 estimate");
}

/* At most eight stretches a job, and what is left. */
static void test_many(void)
{
    static const char manifest[] =
        RUN("f32",
            "    optimizer: {kind: sgd, lr: 1e-2}\n    steps: 20\n"
            "    checkpoints: {every: 1, at: [0], state: all}\n",
            "    []\n");
    static const char *const pieces[] = {"[0]: 9 stretches of training, 0 estimates",
                                         "[0]: 17 stretches of training, 0 estimates",
                                         "[0]: 20 stretches of training, 0 estimates"};
    publish(manifest, sample_bytes(manifest, 0, NULL));
    for (size_t jobs = 1; jobs <= 3; jobs++)
        TAP_OK(!verify(jobs, in("out")) && says(pieces[jobs - 1]), "%s",
               pieces[jobs - 1]);
}

static void test_whole(void)
{
    static const char manifest[] = RUN("f32", SGD EVERY5("none"), TWO);
    publish(manifest, sample_bytes(manifest, 0, NULL));
    TAP_OK(
        !verify(2, in("out")) &&
            says("# test/segments[0]: verified whole: its trace stores no states\nok 1"),
        "a trace without states");
    TAP_OK(!verify(2, in("nowhere")) && says("[0]: verified whole: ") && says("ok 1"),
           "no trace");
    TAP_OK(verify(2, NULL) == SLT_USAGE && says("reason: \"segments need traces"),
           "no folder of traces");
}

/* More records than a golden's trail keeps: the hashes of the others are not looked at,
 * and what differs is found between two that are. */
static void test_trail(void)
{
    static const char manifest[] =
        RUN("f32",
            "    optimizer: {kind: sgd, lr: 1e-2}\n    steps: 200\n"
            "    checkpoints: {every: 1, state: none}\n",
            "    []\n");
    /* Records 0 to 202; the k-th of the trail is 202 k / 63. */
    publish(manifest, sample_bytes(manifest, 0, NULL));
    slt_verify_options options = {.jobs = 1};
    TAP_OK(!page_verify(in("x.golden"), &options, &said, &err) && says("# 1 identical"),
           "203 records, 64 in the trail: %s", err.text);
    publish(manifest, forged_bytes(manifest, 0, 100, false));
    TAP_OK(page_verify(in("x.golden"), &options, &said, &err) == SLT_DIFFERS &&
               says("trail: {last_equal: 99, first_differing: 102}\n"),
           "off from record 100 on");
}

static uint64_t asked, furthest;
static uint64_t patience;

static bool lose_patience(void *context, uint64_t done)
{
    (void)context;
    asked++;
    furthest = done > furthest ? done : furthest;
    return asked > patience;
}

static slt_status judge(const sample_run *run, const slt_trace *trace,
                        slt_segments_verdict *verdict)
{
    slt_pool *pool = NULL;
    if (slt_pool_create(1, &pool, &err))
        tap_bail(err.text);
    const slt_segments segments = {.trace = trace,
                                   .run = run->spec,
                                   .canonical = run->canonical,
                                   .canonical_size = run->canonical_size,
                                   .pool = pool,
                                   .jobs = 1,
                                   .wanted = lose_patience};
    asked = furthest = 0;
    slt_status status = slt_segments_judge(&segments, verdict, &err);
    slt_pool_free(pool);
    return status;
}

/* All pieces together are as much work as the run, and any of them may be the one that is
 * stopped. */
static void test_stopped(void)
{
    sample_run run = sample_begin(RUN("fixed", SGD EVERY5("all"), TWO), 0);
    slt_trace *trace = NULL;
    slt_segments_verdict verdict;
    sample_go(&run, NULL);
    if (slt_trace_parse(run.bytes.data, run.bytes.size, "x", &trace, &err))
        tap_bail(err.text);
    patience = UINT64_MAX;
    TAP_OK(!judge(&run, trace, &verdict) && verdict.same, "not stopped");
    TAP_EQ_U64(furthest, 20 + 5 * 8, "updates of training and of five chains");
    for (uint64_t questions = asked, stop = 0; stop < questions; stop += 7) {
        patience = stop;
        err.text[0] = 0;
        slt_status status = judge(&run, trace, &verdict);
        TAP_OK(status == SLT_INTERRUPTED && err.status == SLT_INTERRUPTED &&
                   !verdict.same,
               "stopped at question %d of %d: %s", (int)stop, (int)questions, err.text);
    }
    slt_trace_free(trace);
    sample_end(&run);
}

/* The state is off by an ulp from update 7 on: the stretch that ends at step 10 tells,
 * though all behind it agree with each other. */
static void test_off(void)
{
    static const char manifest[] = RUN("f32", SGD EVERY5("all"), TWO);
    publish(manifest, forged_bytes(manifest, 0, 7, false));
    for (size_t jobs = 1; jobs <= 3; jobs += 2) {
        TAP_OK(verify(jobs, in("out")) == SLT_DIFFERS, "off from update 7: %s", err.text);
        TAP_OK(says("trail: {last_equal: 2, first_differing: 3}\n  record: 3\n"
                    "  step: 10\n  tensor: W1\n") &&
                   says("element: [") && says("ulp: ") &&
                   says("next: \"sltrace replay") && says("--from 5 --to 10 --steps -"),
               "the first checkpoint behind it, and which element");
    }
}

/* Only the stored state of step 10 is another, and its hashes fit: what comes before does
 * not end in it, what comes behind does not begin at it. */
static void test_one_state(void)
{
    static const char manifest[] = RUN("fixed", SGD EVERY5("all"), TWO_APART);
    publish(manifest, forged_bytes(manifest, 0, 10, true));
    TAP_OK(verify(2, in("out")) == SLT_DIFFERS, "one stored state is another");
    TAP_OK(says("  record: 3\n  step: 10\n  tensor: W2\n  element: [2, 1]\n  ulp: 1\n"),
           "and named");
}

/* Where the last state is off only the estimate that is made from it would agree. */
static void test_last_state(void)
{
    static const char manifest[] = RUN("f32", SGD EVERY5("all"), TWO_APART);
    publish(manifest, forged_bytes(manifest, 0, 20, true));
    TAP_OK(verify(2, in("out")) == SLT_DIFFERS &&
               says("  record: 5\n  step: 20\n  tensor: W2\n"),
           "the last state is another");
}

/* The golden's own words must be the trace's too. */
static void test_golden(void)
{
    static const char manifest[] = RUN("f32", SGD EVERY5("all"), TWO);
    slt_buffer bytes = {0};
    publish(manifest, forged_bytes(manifest, 0, 7, false));
    slt_io_read(in("x.golden"), 1 << 20, &bytes, &err);
    publish(manifest, sample_bytes(manifest, 0, NULL));
    put("x.golden", bytes.data, bytes.size);
    TAP_OK(verify(2, in("out")) == SLT_DIFFERS && says("verified whole") &&
               says("is not the golden's trace"),
           "a trace that is not the golden's judges nothing");
    slt_buffer_free(&bytes);
}

int main(void)
{
    if (slt_start(NULL, &err) || !mkdtemp(root) || mkdir(in("out"), 0700) ||
        mkdir(in("out/traces"), 0700))
        tap_bail("no folder");
    test_all_same();
    test_many();
    test_whole();
    test_trail();
    test_stopped();
    test_off();
    test_one_state();
    test_last_state();
    test_golden();
    unlink(in("out/traces/000000.trace"));
    rmdir(in("out/traces"));
    rmdir(in("out"));
    unlink(in("x.yaml"));
    unlink(in("x.golden"));
    rmdir(root);
    free(said);
    return tap_done();
}
