/* Sweeps of a million points: opened with little memory, equal points refused all the
 * same, and a point that opening did not look at checked when it is used.  What that
 * takes of time cli/huge.t sees. */
#include <sys/resource.h>

#include "manifest_sample.h"
#include "tap.h"

#include "base/buffer.h"

static slt_error err;

static size_t peak_kib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (size_t)usage.ru_maxrss;
}

/* The sample with its sweep replaced, and "old\0new\0" edits of its run. */
static slt_manifest *open_swept(const char *sweep, const char *const *edits)
{
    slt_manifest *manifest = NULL;
    char *text = sample_with("  rank: [1, 3]\n  seed: {from: 5, count: 4}\n", sweep);
    for (; *edits; edits += 2) {
        char *at = strstr(text, edits[0]), *next = NULL;
        while (at) {
            if (asprintf(&next, "%.*s%s%s", (int)(at - text), text, edits[1],
                         at + strlen(edits[0])) < 0)
                abort();
            size_t behind = (size_t)(at - text) + strlen(edits[1]);
            free(text);
            text = next;
            at = strstr(text + behind, edits[0]);
        }
    }
    err.text[0] = 0;
    slt_manifest_parse(text, strlen(text), "m.yaml", &manifest, &err);
    free(text);
    return manifest;
}

static bool same_run(slt_manifest *a, size_t run, slt_manifest *b)
{
    const uint8_t *ours, *theirs;
    size_t size, other;
    slt_digest one = slt_manifest_experiment(a, run), two = slt_manifest_experiment(b, 0);
    return !memcmp(&one, &two, sizeof one) &&
           !slt_manifest_canonical(a, run, &ours, &size, &err) &&
           !slt_manifest_canonical(b, 0, &theirs, &other, &err) && size == other &&
           !memcmp(ours, theirs, size);
}

static const char *const rank_one[] = {"$rank",
                                       "1",
                                       "figure:\n",
                                       "",
                                       "  rows: {by: rank, "
                                       "value: llc/mean, error: sd}\n",
                                       "",
                                       NULL};

static void test_seeds(void)
{
    slt_manifest *m =
        open_swept("  seed: {from: 3, count: 1000000, step: 2}\n", rank_one);
    slt_manifest *one = open_swept("  seed: [1999999]\n", rank_one);
    if (!TAP_OK(m && one, "a million seeds: %s", err.text))
        return;
    TAP_EQ_U64(slt_manifest_checked(m), 1000000, "all are checked");
    TAP_EQ_TEXT(slt_manifest_label(m, 999998), "seed=1999999", "a label");
    TAP_OK(same_run(m, 999998, one), "a run is what it is by itself");
    slt_manifest_free(m);
    slt_manifest_free(one);
    TAP_OK(!open_swept("  seed: {from: 18446744073709551615, count: 1}\n  rank: [1, 0]\n",
                       (const char *const[]){NULL}) &&
               strstr(err.text, "run.data.rank: expected a whole number from 1"),
           "%s", err.text);
}

static void put_list(slt_buffer *text, const char *name, size_t count, const char *value,
                     size_t at, const char *odd)
{
    slt_buffer_printf(text, "  %s: [", name);
    for (size_t i = 0; i < count; i++) {
        slt_buffer_printf(text, "%s", i ? ", " : "");
        if (i == at)
            slt_buffer_printf(text, "%s", odd);
        else
            slt_buffer_printf(text, value, i);
    }
    slt_buffer_printf(text, "]\n");
}

/* The same with value 50 of std as value 10 is, in another spelling. */
static void refuse_equal(const char *const *uses, const char *std, const char *spelling,
                         const char *told)
{
    slt_buffer sweep = {0};
    char words[80];
    put_list(&sweep, "lr", 100, "%zue-3", 0, "1e-5");
    put_list(&sweep, "std", 100, std, 50, spelling);
    slt_buffer_printf(&sweep, "  n: {from: 20, count: 100}\n");
    snprintf(words, sizeof words, "runs 1000 and 5000 are equal: lr=0.00001 std=%s n=20",
             told);
    TAP_OK(!open_swept(slt_buffer_text(&sweep), uses) && strstr(err.text, words),
           "equal in another spelling: %s", err.text);
    slt_buffer_free(&sweep);
}

/* A hundred values each of three settings. */
static void test_cube(void)
{
    static const char *const uses[] = {"$rank",
                                       "1",
                                       "seed: $seed",
                                       "seed: 1",
                                       "samples: 24",
                                       "samples: $n",
                                       "lr: 1e-2",
                                       "lr: $lr",
                                       "std: 0.1",
                                       "std: $std",
                                       "figure:\n",
                                       "",
                                       "  rows: {by: rank, value: llc/mean, error: sd}\n",
                                       "",
                                       NULL};
    slt_buffer sweep = {0};
    put_list(&sweep, "lr", 100, "%zue-3", 0, "1e-5");
    put_list(&sweep, "std", 100, "0.%02zu", 0, "1");
    slt_buffer_printf(&sweep, "  n: {from: 20, count: 100}\n");
    slt_manifest *m = open_swept(slt_buffer_text(&sweep), uses);
    slt_manifest *one = open_swept("  lr: [0.034]\n  std: [0.56]\n  n: [98]\n", uses);
    if (TAP_OK(m && one, "a million points: %s", err.text)) {
        TAP_OK(slt_manifest_checked(m) < 100000, "some are checked");
        TAP_EQ_TEXT(slt_manifest_label(m, 345678), "lr=0.034 std=0.56 n=98", "a label");
        TAP_OK(same_run(m, 345678, one), "a run is what it is by itself");
    }
    slt_manifest_free(m);
    slt_manifest_free(one);
    refuse_equal(uses, "0.%02zu", "1e-1", "0.1");
    if (tap_times(1, 0))
        refuse_equal(uses, "1.%02zu", "1.1", "1.1");
    slt_buffer_free(&sweep);
}

/* One pair of values in a million that does not go together. */
static void test_rare(void)
{
    static const char *const uses[] = {"$rank",
                                       "1",
                                       "seed: $seed",
                                       "seed: 1",
                                       "at: [0, 50]",
                                       "at: [$a, $b]",
                                       "steps: 100",
                                       "steps: 10000",
                                       "figure:\n",
                                       "",
                                       "  rows: {by: rank, value: llc/mean, error: sd}\n",
                                       "",
                                       NULL};
    slt_buffer sweep = {0};
    put_list(&sweep, "a", 1000, "%zu", 333, "4000");
    put_list(&sweep, "b", 1000, "5%03zu", 777, "3000");
    slt_manifest *m = open_swept(slt_buffer_text(&sweep), uses);
    slt_run_spec *spec = calloc(1, sizeof *spec);
    const uint8_t *bytes;
    size_t size;
    if (TAP_OK(m != NULL, "it opens: %s", err.text)) {
        TAP_OK(slt_manifest_checked(m) < 1000000, "not all are checked");
        TAP_OK(slt_manifest_run(m, 333776, spec, &err) == SLT_OK, "a neighbour is fine");
        TAP_OK(slt_manifest_run(m, 333777, spec, &err) == SLT_FORMAT &&
                   strstr(err.text, "run.train.checkpoints.at[1]: steps must ascend"),
               "its run is refused: %s", err.text);
        TAP_OK(slt_manifest_canonical(m, 333777, &bytes, &size, &err) == SLT_FORMAT &&
                   strstr(err.text, "steps must ascend ($b in run 333777)"),
               "and has no canonical form: %s", err.text);
    }
    free(spec);
    slt_manifest_free(m);
    slt_buffer_free(&sweep);
}

/* Pairs that do not go together at corners of the sweep, and all over its middle, where
 * each value goes with the first of the other axis. */
static void test_corners(void)
{
    static const struct {
        size_t from, to;
        const char *told;
    } cases[] = {{999, 1000, "in run 999999"}, {300, 700, "steps must ascend"}};
    static const char *const uses[] = {"$rank",
                                       "1",
                                       "seed: $seed",
                                       "seed: 1",
                                       "at: [0, 50]",
                                       "at: [$a, $b]",
                                       "steps: 100",
                                       "steps: 10000",
                                       "figure:\n",
                                       "",
                                       "  rows: {by: rank, value: llc/mean, error: sd}\n",
                                       "",
                                       NULL};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        slt_buffer sweep = {0};
        for (int axis = 0; axis < 2; axis++) {
            slt_buffer_printf(&sweep, "  %s: [", axis ? "b" : "a");
            for (size_t i = 0; i < 1000; i++) {
                bool within = i >= cases[k].from && i < cases[k].to;
                slt_buffer_printf(&sweep, "%s%zu", i ? ", " : "",
                                  i + (axis     ? within ? 2000 : 5000
                                       : within ? 3000
                                                : 0));
            }
            slt_buffer_printf(&sweep, "]\n");
        }
        slt_manifest *m = open_swept(slt_buffer_text(&sweep), uses);
        TAP_OK(!m && strstr(err.text, "run.train.checkpoints.at[1]: steps must ascend") &&
                   strstr(err.text, cases[k].told),
               "refused from %zu on: %s", cases[k].from, err.text);
        slt_manifest_free(m);
        slt_buffer_free(&sweep);
    }
}

/* Of three axes, the corner at which the first two have their last values is told. */
static void test_far_corner(void)
{
    static const char *const uses[] = {"$rank",
                                       "1",
                                       "seed: $seed",
                                       "seed: 1",
                                       "at: [0, 50]",
                                       "at: [$a, $b]",
                                       "steps: 100",
                                       "steps: 10000",
                                       "lr: 1e-2",
                                       "lr: $c",
                                       "figure:\n",
                                       "",
                                       "  rows: {by: rank, value: llc/mean, error: sd}\n",
                                       "",
                                       NULL};
    slt_buffer sweep = {0};
    put_list(&sweep, "a", 100, "%zu", 99, "4000");
    put_list(&sweep, "b", 100, "5%03zu", 99, "3000");
    put_list(&sweep, "c", 100, "1%zue-5", 100, "");
    slt_manifest *m = open_swept(slt_buffer_text(&sweep), uses);
    TAP_OK(!m && strstr(err.text, "steps must ascend ($b in run 999900)"), "%s",
           err.text);
    slt_manifest_free(m);
    slt_buffer_free(&sweep);
}

/* Beside axes of a thousand values one of a single value and one that goes along. */
static void test_lone_value(void)
{
    static const char *const uses[] = {"$rank",
                                       "$c",
                                       "seed: $seed",
                                       "seed: 1",
                                       "at: [0, 50]",
                                       "at: [$a, $b]",
                                       "steps: 100",
                                       "steps: 10000",
                                       "lr: 1e-2",
                                       "lr: $d",
                                       "figure:\n",
                                       "",
                                       "  rows: {by: rank, value: llc/mean, error: sd}\n",
                                       "",
                                       NULL};
    for (size_t odd = tap_times(0, 1); odd < 2; odd++) {
        slt_buffer sweep = {0};
        put_list(&sweep, "a", 1000, "%zu", 1000, "");
        slt_buffer_printf(&sweep, "  c: [%d]\n", odd ? 6 : 2);
        put_list(&sweep, "b", 1000, "5%03zu", 1000, "");
        slt_buffer_printf(&sweep, "  d: {with: a, values: ");
        put_list(&sweep, "v", 1000, "1%zue-5", 1000, "");
        char *text = strdup(slt_buffer_text(&sweep)), *from = strstr(text, "  v: ");
        memmove(from, from + 5, strlen(from + 5) + 1);
        text[strlen(text) - 1] = 0;
        slt_buffer_clear(&sweep);
        slt_buffer_printf(&sweep, "%s}\n", text);
        slt_manifest *m = open_swept(slt_buffer_text(&sweep), uses);
        if (odd)
            TAP_OK(!m && strstr(err.text, "run.data.rank: at most the lesser of inputs "
                                          "and outputs, 5; found 6 ($c in run 0)"),
                   "an axis of one wrong value: %s", err.text);
        else if (TAP_OK(m != NULL, "an axis of one value: %s", err.text)) {
            TAP_OK(slt_manifest_checked(m) < 1000000, "not all are checked");
            TAP_EQ_TEXT(slt_manifest_label(m, 999999), "a=999 c=2 b=5999 d=0.01999",
                        "the last run");
        }
        slt_manifest_free(m);
        slt_buffer_free(&sweep);
        free(text);
    }
}

/* What is equal only once it is canonical, or only in other places of a set. */
static void test_equal(void)
{
    static const char *const lr[] = {"lr: 1e-2",
                                     "lr: $lr",
                                     "$rank",
                                     "1",
                                     "figure:\n",
                                     "",
                                     "  rows: {by: rank, value: llc/mean, error: sd}\n",
                                     "",
                                     "seed: $seed",
                                     "seed: 1",
                                     NULL};
    static const char *const both[] = {"lr: 1e-2",
                                       "lr: $lr",
                                       "$rank",
                                       "1",
                                       "seed: $seed",
                                       "seed: $lr",
                                       "figure:\n",
                                       "",
                                       "  rows: {by: rank, value: llc/mean, error: sd}\n",
                                       "",
                                       NULL};
    static const char *const set[] = {"{op: mse, in: y}",
                                      "{op: mse, in: y, mean_over: [$a, $b]}",
                                      "$rank",
                                      "1",
                                      "figure:\n",
                                      "",
                                      "  rows: {by: rank, value: llc/mean, error: sd}\n",
                                      "",
                                      "seed: $seed",
                                      "seed: 1",
                                      NULL};
    static const char *const two_sets[] = {
        "{op: mse, in: y}",
        "{op: mse, in: y, mean_over: [$a]}",
        "steps: 100",
        "steps: 100\n    metrics: {m: {kind: loss, loss: {op: mse, in: y, mean_over: "
        "[$b]}}}",
        "$rank",
        "1",
        "figure:\n",
        "",
        "  rows: {by: rank, value: llc/mean, error: sd}\n",
        "",
        "seed: $seed",
        "seed: 1",
        NULL};
    TAP_OK(!open_swept("  lr: [0.5, 1, 1.0]\n", lr) &&
               strstr(err.text, "m.yaml:4:16: sweep: runs 1 and 2 are equal: lr=1"),
           "%s", err.text);
    TAP_OK(!open_swept("  lr: {from: 9007199254740992, count: 3}\n", lr) &&
               strstr(err.text, "m.yaml:4:7: sweep: runs 0 and 1 are equal: "
                                "lr=9007199254740993"),
           "whole numbers that are one real: %s", err.text);
    TAP_OK(!open_swept("  lr: [0.01, 0.5, 1e-2]\n", lr) &&
               strstr(err.text, "runs 0 and 2 are equal"),
           "the value of the sample's: %s", err.text);
    slt_manifest *m = open_swept("  lr: [1, 2]\n", both);
    TAP_OK(m != NULL, "an axis in two places: %s", err.text);
    slt_manifest_free(m);
    TAP_OK(!open_swept("  lr: [1, 2]\n  w: {with: lr, values: [3, 3]}\n",
                       (const char *const[]){"lr: 1e-2", "lr: $w", "seed: $seed",
                                             "seed: $lr", "$rank", "1", "by: rank",
                                             "by: ranks", NULL}) &&
               strstr(err.text, "figure.rows.by"),
           "an axis and one along with it: only the figure is wrong: %s", err.text);
    TAP_OK(!open_swept("  a: [samples, outputs]\n  b: [outputs, samples]\n", set),
           "a set with a word twice: %s", err.text);
    m = open_swept(
        "  a: [samples, outputs]\n  b: {with: a, values: [outputs, samples]}\n", set);
    TAP_OK(!m && strstr(err.text, "runs 0 and 1 are equal"), "one set in two orders: %s",
           err.text);
    slt_manifest_free(m);
    m = open_swept("  a: [samples, outputs]\n  b: [samples, outputs]\n", two_sets);
    if (TAP_OK(m != NULL, "two sets, each of one word: %s", err.text))
        TAP_EQ_U64(slt_manifest_runs(m), 4, "are four runs");
    slt_manifest_free(m);
    m = open_swept("  a: [samples, outputs, samples]\n  b: [samples, outputs]\n",
                   two_sets);
    TAP_OK(!m && strstr(err.text, "runs 0 and 4 are equal: a=samples b=samples"),
           "two sets, one word twice: %s", err.text);
    slt_manifest_free(m);
}

static void test_memory(void)
{
#if defined(__SANITIZE_ADDRESS__)
    tap_skip("memory", "a sanitizer keeps what was freed");
#else
    TAP_OK(peak_kib() < 100 * 1024, "all of it in %zu KiB", peak_kib());
#endif
}

int main(void)
{
    test_seeds();
    test_cube();
    test_rare();
    test_corners();
    test_far_corner();
    test_lone_value();
    test_equal();
    test_memory();
    return tap_done();
}
