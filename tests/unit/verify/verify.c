/* verify: verify.c, judge.c, golden_match.c, verify_figure.c; and figure/golden_make.c: a
 * golden made and verified, and all the ways in which it may not be met. */
#include "page_sample.h"
#include "study_sample.h"
#include "traces_sample.h"

#include <sys/stat.h>
#include <unistd.h>

#include <sltrace/check.h>
#include <sltrace/system.h>

#include "base/io.h"
#include "codec/digest.h"
#include "run/files.h"

static slt_error err;
static char root[] = "/tmp/slt-verify-XXXXXX";
static char *said;

#define VERIFY_MANIFEST(seed, rate, expect)                                              \
    SAMPLE_HEAD("test/verify")                                                           \
    "sweep:\n  rank: [1, 2, 3]\n  seed: {from: " seed ", count: 2}\n"                    \
    "run:\n  arithmetic: f32\n  seed: $seed\n"                                           \
    "  data: {kind: linear-teacher, samples: 12, inputs: 6, outputs: 6, rank: $rank}\n"  \
    "  model:\n    weights:\n"                                                           \
    "      W1: {shape: [$rank, 6], init: {kind: normal, std: 0.1}}\n"                    \
    "      W2: {shape: [6, $rank], init: {kind: normal, std: 0.1}}\n"                    \
    "    ops:\n"                                                                         \
    "      - {op: linear, in: x, weight: W1, out: h}\n"                                  \
    "      - {op: linear, in: h, weight: W2, out: y}\n"                                  \
    "    loss: {op: mse, in: y}\n"                                                       \
    "  train:\n    optimizer: {kind: sgd, lr: " rate "}\n    steps: 20\n"                \
    "    checkpoints: {every: 5, state: all}\n"                                          \
    "  llc:\n"                                                                           \
    "    - {at: last, lr: 1e-3, localization: 1, num_chains: 2, num_draws: 20}\n"        \
    "figure:\n"                                                                          \
    "  rows: {by: rank, value: llc/mean, error: sd}\n"                                   \
    "  fit: {linear: {y: llc/mean, x: rank}}\n"                                          \
    "  claims:\n"                                                                        \
    "    - {id: a1, says: \"a line\", value: fit.linear.a1, expect: " expect ",\n"       \
    "       tolerance: 1000, basis: test}\n"

static const char *in(const char *name)
{
    static char paths[4][256];
    static size_t next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", root, name);
    return path;
}

static void put(const char *name, const void *bytes, size_t size)
{
    if (slt_io_replace(in(name), bytes, size, &err))
        tap_bail(err.text);
}

/* Verifies DIR's golden; what it says goes to `said`. */
static slt_status verify(const slt_verify_options *options)
{
    return page_verify(in("golden/x.golden"), options, &said, &err);
}

static bool says(const char *text)
{
    bool found = strstr(said, text) != NULL;
    if (!found)
        tap_note("expected '%s' in: %s", text, said);
    return found;
}

/* Makes golden and data of the traces in DIR/out. */
static slt_golden *record(void)
{
    slt_manifest *manifest = NULL;
    slt_golden *golden = NULL;
    slt_figure *figure = NULL;
    char *text;
    size_t size;
    if (slt_manifest_open(in("manifests/x.yaml"), &manifest, &err) ||
        sample_golden(manifest, in("out"), in("golden/x.golden"), &golden, &figure,
                      &err) ||
        slt_golden_write(golden, &text, &size, &err))
        tap_bail(err.text);
    put("golden/x.golden", text, size);
    free(text);
    const char *csv = slt_figure_csv(figure, &size);
    put("golden/x.csv", csv, size);
    slt_figure_free(figure);
    slt_manifest_free(manifest);
    return golden;
}

static void prepare(void)
{
    static const char text[] = VERIFY_MANIFEST("0", "1e-2", "6");
    slt_manifest *manifest = NULL;
    slt_study_counts counts;
    mkdir(in("manifests"), 0777);
    mkdir(in("golden"), 0777);
    put("manifests/x.yaml", text, sizeof text - 1);
    slt_study_options options = {.out = in("out"), .jobs = 2};
    if (slt_manifest_open(in("manifests/x.yaml"), &manifest, &err) ||
        slt_study_run(manifest, &options, &counts, &err))
        tap_bail(err.text);
    slt_manifest_free(manifest);
    slt_golden *golden = record();
    TAP_EQ_TEXT(golden->manifest, "../manifests/x.yaml", "the manifest's relative path");
    TAP_EQ_TEXT(golden->data, "x.csv", "the data's name");
    TAP_OK(golden->run_count == 6 && golden->result_count == 1 &&
               quantity_is(&golden->results[0], "llc/mean"),
           "runs and columns");
    TAP_OK(golden->base_size > 10, "the base");
    slt_golden_free(golden);
}

static void test_identical(void)
{
    slt_verify_options options = {.jobs = 2};
    TAP_OK(!verify(&options), "all identical: %s", err.text);
    TAP_OK(says("TAP version 13\n# golden test/verify: root ok, 6 runs, numerics 1, "
                "manifest matches\n# runs sha256:") &&
               says("\n# judging 6 of 6 runs\n1..8\nok 1 - "
                    "test/verify[0] rank=1 seed=0\n"),
           "its beginning");
    TAP_OK(says("ok 6 - test/verify[5] rank=3 seed=1\nok 7 - test/verify figure data\n"
                "ok 8 - test/verify claims\n"),
           "data and claims");
    TAP_OK(says("# 6 identical, 0 differs, 0 not judged\n"), "its end");
}

typedef struct heard {
    size_t told, ended;
    bool even; /* at the end of each run: as much done as runs have ended */
} heard;

static void hear(void *context, const slt_progress *progress)
{
    heard *h = context;
    double share = progress->fraction * (double)progress->runs_total;
    h->told++;
    h->ended += progress->run_ended;
    if (!progress->run_ended)
        return;
    h->even &= progress->runs_total == 4 && progress->runs_done == h->ended &&
               share > (double)h->ended - .01 && share < (double)h->ended + .01;
}

/* Runs that differ in their seed or their rank alone are as much work. */
static void test_progress(void)
{
    heard h = {.even = true};
    slt_verify_options options = {
        .jobs = 1, .only = "0,1,3,5", .progress = hear, .progress_context = &h};
    uint64_t began = slt_clock_ns();
    TAP_OK(!verify(&options), "with somebody told how far it is: %s", err.text);
    TAP_OK(h.told - h.ended <= 1 + (slt_clock_ns() - began) / 100000000,
           "on the way at most ten times a second");
    TAP_OK(h.ended == 4 && h.told > 4, "told of each run's end, and on the way");
    TAP_OK(h.even, "a quarter of the work done after each of four runs");
}

static atomic_int cancel;

static void cancel_soon(void *context, const slt_progress *progress)
{
    (void)context;
    cancel = cancel || progress->run_ended;
}

/* After a signal the first run without a verdict is told of, and stands for the rest. */
static void test_cancelled(void)
{
    slt_verify_options options = {.jobs = 1, .progress = cancel_soon, .cancel = &cancel};
    TAP_OK(verify(&options) == SLT_INTERRUPTED, "a signal: %s", err.text);
    TAP_OK(says("\n1..8\nok 1 - test/verify[0] rank=1 seed=0\n"
                "not ok 2 - test/verify[1] rank=1 seed=1 # not judged\n"
                "  ---\n  verdict: \"not judged\"\n"
                "  reason: \"stopped before all runs were judged\"\n  ...\n"),
           "the run that it cut");
    TAP_OK(!strstr(said, "ok 3") && !strstr(said, "identical"), "and no more");
}

static void cancel_at_once(void *context, const slt_progress *progress)
{
    (void)context;
    cancel = cancel || !progress->run_ended;
}

/* A run that is stopped on its way has no verdict either, and says why. */
static void test_stopped(void)
{
    slt_verify_options options = {
        .jobs = 1, .progress = cancel_at_once, .cancel = &cancel};
    cancel = 0;
    TAP_OK(verify(&options) == SLT_INTERRUPTED &&
               strstr(err.text, "stopped before all runs were judged"),
           "stopped in the first run: %s", err.text);
    TAP_OK(says("\n1..8\nnot ok 1 - test/verify[0] rank=1 seed=0 # not judged\n"
                "  ---\n  verdict: \"not judged\"\n"
                "  reason: \"stopped before all runs were judged\"\n  ...\n"),
           "which is told");
}

static void test_selection(void)
{
    slt_verify_options only = {.jobs = 1, .only = "3,5"};
    TAP_OK(!verify(&only) && says("# judging 2 of 6 runs\n1..4\nok 1 - test/verify[3]") &&
               says("ok 2 - test/verify[5]") && says("ok 4 - test/verify claims\n") &&
               says("# not judged: whether the figure data follow from all runs (2 of "),
           "--only");
    slt_verify_options sample = {.jobs = 1, .sample = 3};
    TAP_OK(!verify(&sample) && says("ok 1 - test/verify[0]") &&
               says("ok 2 - test/verify[2]") && says("ok 3 - test/verify[5]"),
           "--sample: ends included");
    slt_verify_options keyed = {.jobs = 1, .sample = 2, .keyed = true, .key = 7};
    TAP_OK(!verify(&keyed) && says("# judging 2 of 6 runs"), "--sample with a key");
    char *first = strdup(said);
    TAP_OK(!verify(&keyed) && !strcmp(first, said), "the same key, the same runs");
    free(first);
    bool other = false;
    char *before = strdup(said);
    for (keyed.key = 8; keyed.key < 16 && !other; keyed.key++)
        other = !verify(&keyed) && strcmp(before, said);
    TAP_OK(other, "another key, other runs");
    free(before);
    slt_verify_options unknown = {.jobs = 1, .only = "17"};
    TAP_OK(verify(&unknown) == SLT_USAGE, "an unknown run: %s", err.text);
    slt_verify_options both = {.jobs = 1, .only = "1", .sample = 2};
    TAP_OK(verify(&both) == SLT_USAGE, "--only and --sample");
}

/* Another manifest: a part of the golden's is replaced. */
static void put_sweep(const char *part, const char *other)
{
    static const char whole[] = VERIFY_MANIFEST("0", "1e-2", "6");
    const char *at = strstr(whole, part);
    slt_buffer text = {0};
    slt_buffer_printf(&text, "%.*s%s%s", (int)(at - whole), whole, other,
                      at + strlen(part));
    if (strstr(other, "lr:")) {
        char *rate = strstr((char *)text.data, "lr: 1e-2}");
        memcpy(rate, "lr: $lr }", 9);
    }
    if (!strstr(slt_buffer_text(&text), "  seed: {"))
        memcpy(strstr((char *)text.data, "seed: $seed"), "seed: 0    ", 11);
    put("manifests/other.yaml", text.data, text.size);
    slt_buffer_free(&text);
}

static void test_manifest(void)
{
    static const char first[] = VERIFY_MANIFEST("0", "1e-2", "6");
    static const char seed[] = VERIFY_MANIFEST("1", "1e-2", "6");
    static const char rate[] = VERIFY_MANIFEST("0", "2e-2", "6");
    static const char claim[] = VERIFY_MANIFEST("0", "1e-2", "7");
    char other[256];
    snprintf(other, sizeof other, "%s", in("manifests/other.yaml"));
    slt_verify_options options = {.jobs = 1, .manifest = other};
    put("manifests/other.yaml", seed, sizeof seed - 1);
    TAP_OK(verify(&options) == SLT_DIFFERS && says("field: run.seed") &&
               says("line: 8") && says("manifest: \"1\"") && says("golden: \"0\""),
           "another seed: %s", err.text);
    TAP_OK(strstr(err.text, "other.yaml:8: ") && strstr(err.text, "run.seed is 1"),
           "named in the message");
    put("manifests/other.yaml", rate, sizeof rate - 1);
    TAP_OK(verify(&options) == SLT_DIFFERS && says("field: run.train.optimizer.lr") &&
               says("manifest: \"0.02\"") && says("golden: \"0.01\"") && says("line: "),
           "another learning rate: %s", err.text);
    put("manifests/other.yaml", SAMPLE_MANIFEST, sizeof SAMPLE_MANIFEST - 1);
    TAP_OK(verify(&options) == SLT_DIFFERS && says("field: \"sweep axis\"\n") &&
               says("manifest: seed\n") && says("golden: rank\n"),
           "another sweep: %s", err.text);
    put_sweep("  rank: [1, 2, 3]\n  seed: {from: 0, count: 2}\n", "  rank: [1, 2, 3]\n");
    TAP_OK(verify(&options) == SLT_DIFFERS && says("field: \"sweep axis\"\n") &&
               says("manifest: \"(none)\"\n") && says("golden: seed\n"),
           "an axis less: %s", err.text);
    put_sweep("count: 2}\n", "count: 2}\n  lr: [1e-2]\n");
    TAP_OK(verify(&options) == SLT_DIFFERS && says("field: \"sweep axis\"\n") &&
               says("manifest: lr\n") && says("golden: \"(none)\"\n"),
           "an axis more: %s", err.text);
    put_sweep("count: 2}", "count: 3}");
    TAP_OK(verify(&options) == SLT_DIFFERS && says("field: \"number of runs\"\n") &&
               says("manifest: \"9\"\n") && says("golden: \"6\"\n"),
           "more runs: %s", err.text);
    char *sweep = strdup(first), *ranks = strstr(sweep, "[1, 2, 3]");
    memcpy(ranks, "[1, 2, 4]", 9);
    put("manifests/other.yaml", sweep, strlen(sweep));
    TAP_OK(verify(&options) == SLT_DIFFERS && says("field: rank\n") &&
               says("manifest: \"4\"") && says("golden: \"3\"") && says("run: 4\n"),
           "a value that no run of it has: %s", err.text);
    memcpy(ranks, "[1, 3, 2]", 9);
    put("manifests/other.yaml", sweep, strlen(sweep));
    TAP_OK(verify(&options) == SLT_DIFFERS && says("field: run.data.rank\n") &&
               says("manifest: \"3\"") && says("golden: \"2\"") && says("run: 2\n"),
           "values in another order: %s", err.text);
    free(sweep);
    put("manifests/other.yaml", claim, sizeof claim - 1);
    TAP_OK(verify(&options) == SLT_DIFFERS && says("ok 7 - test/verify figure data") &&
               says("not ok 8 - test/verify claims") &&
               says("field: \"claim a1 expect\"\n  expected: \"6\"\n  found: \"7\""),
           "another claim: %s", err.text);
}

/* The figure's data beside the golden: another file, and none. */
static void test_data(void)
{
    slt_verify_options options = {.jobs = 1}, some = {.jobs = 1, .only = "0"};
    slt_buffer csv = {0};
    slt_io_read(in("golden/x.csv"), 1 << 20, &csv, &err);
    TAP_OK(!verify(&options) && !verify(&some), "as it was: %s", err.text);
    put("golden/x.csv", "series,x,value,error,n\n", 23);
    TAP_OK(verify(&options) == SLT_DIFFERS &&
               says("not ok 7 - test/verify figure data") &&
               strstr(err.text, "expected SHA-256 "),
           "another file: %s", err.text);
    TAP_OK(verify(&some) == SLT_DIFFERS && strstr(err.text, "expected SHA-256 "),
           "with one run too: %s", err.text);
    unlink(in("golden/x.csv"));
    TAP_OK(verify(&options) == SLT_DIFFERS &&
               says("not ok 7 - test/verify figure data") &&
               strstr(err.text, "figure data: data is no such file beside it, in the "
                                "golden x.csv"),
           "no file: %s", err.text);
    TAP_OK(verify(&some) == SLT_DIFFERS && strstr(err.text, "no such file beside it"),
           "with one run too: %s", err.text);
    put("golden/x.csv", csv.data, csv.size);
    slt_buffer_free(&csv);
}

/* A trace of another program: one bit of W2 is another after step 10. */
static void publish_wrong(void)
{
    sample_run run = sample_begin(VERIFY_MANIFEST("0", "1e-2", "6"), 3);
    slt_execute_hooks hooks = {
        .context = &run, .record = sample_record, .has_until = true, .until = 10};
    if (slt_execute(&run.execution, run.canonical, run.canonical_size, &run.writer, NULL,
                    &hooks, &err))
        tap_bail(err.text);
    uint32_t *w2 = run.execution.state.weights.tensor[1].data;
    w2[5] ^= 1;
    sample_go(&run, NULL);
    put("out/traces/000003.trace", run.bytes.data, run.bytes.size);
    sample_end(&run);
}

static void test_differs(void)
{
    publish_wrong();
    slt_golden_free(record());
    slt_verify_options options = {.jobs = 2};
    TAP_OK(verify(&options) == SLT_DIFFERS, "differs: %s", err.text);
    TAP_OK(says("ok 3 - ") &&
               says("not ok 4 - test/verify[3] rank=2 seed=1\n  ---\n"
                    "  verdict: differs\n") &&
               says("trail: {last_equal: 2, first_differing: 3}"),
           "the window of the trail");
    TAP_OK(!strstr(said, "record: ") && !strstr(said, "tensor: "),
           "nothing more without traces");
    TAP_OK(says("not ok 7 - test/verify figure data # not judged") &&
               says("# 5 identical, 1 differs, 0 not judged"),
           "a run that differs leaves the figure unjudged");
    char folder[256];
    snprintf(folder, sizeof folder, "%s", in("out/traces"));
    slt_verify_options traces = {.jobs = 1, .only = "2,3", .traces = folder};
    TAP_OK(verify(&traces) == SLT_DIFFERS && says("record: 3\n  step: 15\n  tensor: W") &&
               says("element: [") && says("ulp: ") && says("llc: {expected: ") &&
               says("000003.trace --from 10 --to 15 --steps -"),
           "with traces: record, step, tensor, element, ulp");
    double wanted, found;
    const char *llc = strstr(said, "  llc: {");
    TAP_OK(llc &&
               sscanf(llc, "  llc: {expected: %lf, found: %lf}", &wanted, &found) == 2 &&
               wanted < 0 && found < 0,
           "and both coefficients");
    snprintf(folder, sizeof folder, "%s", in("out"));
    TAP_OK(verify(&traces) == SLT_DIFFERS && says("out/traces/000003.trace --from 10"),
           "a study's folder will do");
    snprintf(folder, sizeof folder, "%s", in("golden"));
    TAP_OK(verify(&traces) == SLT_DIFFERS && says("note: "), "traces that are not there");
}

/* The golden with a part changed, its root made anew. */
static void forge(void (*change)(slt_golden *golden))
{
    slt_golden *golden = record();
    char *text;
    size_t size;
    change(golden);
    if (slt_golden_write(golden, &text, &size, &err))
        tap_bail(err.text);
    put("golden/x.golden", text, size);
    free(text);
    slt_golden_free(golden);
}

static void other_function(slt_golden *golden)
{
    golden->functions[0].fingerprint[0] ^= 1;
    golden->functions[0].fingerprint[0] |= 0x20; /* still a digit */
}

static void other_numerics(slt_golden *golden)
{
    golden->numerics++;
}

/* A golden that says what its numerics revision does not is wrong; one of another
 * revision is not for this program to judge. */
static void test_functions(void)
{
    slt_verify_options options = {.jobs = 1};
    forge(other_function);
    TAP_OK(verify(&options) == SLT_DIFFERS && says("field: math\n"),
           "another function: %s", err.text);
    forge(other_numerics);
    TAP_OK(verify(&options) == SLT_UNFIT && says("1..1\nnot ok 1 - ") &&
               says(" # not judged\n") && !strstr(said, "Bail out!"),
           "another numerics revision: %s", err.text);
}

/* Raises the header's numerics revision by one and closes the chain of hashes again. */
static void raise_numerics(slt_buffer *bytes)
{
    static const char key[] = "\xa8numerics";
    slt_trace *trace = NULL;
    slt_digest chain = {{0}};
    if (slt_trace_parse(bytes->data, bytes->size, "x", &trace, &err))
        tap_bail(err.text);
    for (size_t i = 0; i < slt_trace_records(trace); i++) {
        const slt_record *record = slt_trace_record(trace, i);
        uint8_t *at = bytes->data + record->offset;
        uint8_t *number = i ? NULL : memmem(at, record->size, key, sizeof key - 1);
        if (number)
            number[sizeof key - 1]++;
        chain = slt_digest_chain(chain, at + 1, record->size - 19);
        memcpy(at + record->size - 16, chain.bytes, 16);
    }
    slt_trace_free(trace);
}

static void test_other_numerics(void)
{
    slt_manifest *manifest = NULL;
    slt_golden *golden = NULL;
    slt_figure *figure = NULL;
    slt_buffer bytes = {0};
    if (slt_io_read(in("out/traces/000000.trace"), 1 << 20, &bytes, &err) ||
        slt_manifest_open(in("manifests/x.yaml"), &manifest, &err))
        tap_bail(err.text);
    raise_numerics(&bytes);
    put("out/traces/000000.trace", bytes.data, bytes.size);
    slt_status status =
        sample_golden(manifest, in("out"), in("golden/y.golden"), &golden, &figure, &err);
    TAP_OK(status == SLT_UNFIT && strstr(err.text, "numerics revision 2"),
           "no golden of another revision's traces: %s", err.text);
    slt_golden_free(golden);
    slt_figure_free(figure);
    slt_manifest_free(manifest);
    slt_buffer_free(&bytes);
}

int main(void)
{
    slt_files_anywhere(); /* the files here are our own */
    if (slt_start(NULL, &err) || !mkdtemp(root))
        tap_bail("cannot start");
    prepare();
    test_identical();
    test_progress();
    test_cancelled();
    test_stopped();
    test_selection();
    test_manifest();
    test_data();
    test_differs();
    test_functions();
    test_other_numerics();
    free(said);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", root);
    TAP_OK(system(command) == 0, "removed");
    return tap_done();
}
