/* audit/rank*.c: ranks that are known, by singular values and modulo primes; that both
 * agree on random nets; the points of a run; what is not clear, and what is refused. */
#include <sltrace/rank.h>

#include <unistd.h>

#include "audit/rank.h"
#include "random.h"
#include "study_sample.h"

static slt_error err;

/* What a page received last, without what it does not own. */
static struct {
    size_t count, rank, values, gaps, primes, ranks[SLT_RANK_PRIMES], components;
    uint64_t step, order;
    bool clear, exact, last_exact;
    double loss, first, ratio;
} seen;

static void see(void *context, const slt_rank_found *found)
{
    (void)context;
    seen.count++;
    seen.rank = found->rank;
    seen.step = found->step;
    seen.loss = slt_real_double(found->loss);
    seen.values = found->count;
    seen.first = found->count ? slt_real_double(found->values[0]) : 0;
    seen.gaps = found->gap_count;
    seen.clear = found->clear;
    seen.ratio = slt_real_double(found->ratio);
    seen.primes = found->prime_count;
    memcpy(seen.ranks, found->ranks, sizeof seen.ranks);
    seen.order = found->order;
    seen.exact = found->exact[0];
    seen.last_exact = found->exact[2];
    seen.components = found->cover.components;
}

static const slt_rank_page page = {.found = see};

static slt_status rank_of(const char *text, const slt_rank_options *options)
{
    slt_manifest *manifest = sample_open(text);
    bool all[16] = {true};
    memset(&seen, 0, sizeof seen);
    err.status = SLT_OK;
    slt_status status = slt_rank_manifest(manifest, all, NULL, options, &page, &err);
    slt_manifest_free(manifest);
    return status;
}

static const slt_rank_options by_values = {.jobs = 1},
                              by_primes = {.modulo = true, .jobs = 2};

/* ---- Known ranks ------------------------------------------------------------------- */

#define QUADRATIC                                                                        \
    "    ops:\n"                                                                         \
    "      - {op: embedding, in: a, weight: A, out: ea}\n"                               \
    "      - {op: embedding, in: b, weight: B, out: eb}\n"                               \
    "      - {op: add, in: [ea, eb], out: h}\n"                                          \
    "      - {op: square, in: h, out: g}\n"                                              \
    "      - {op: linear, in: g, weight: V, out: y}\n"                                   \
    "    loss: {op: mse-classes, in: y, centre: samples}\n"

/* Waves on the 3 x 3 grid, all pairs: 4 (p - 1)(2 p - 3). */
static char *waves(size_t p, const char *family, size_t columns, const char *arithmetic,
                   const char *plant)
{
    static const char weight[] = "      %c: {shape: [%zu, %zu], init: {kind: fourier, "
                                 "part: %c, family: %s}}\n";
    static char text[2000];
    int at = snprintf(
        text, sizeof text,
        SAMPLE_HEAD(
            "test/waves") "run:\n  arithmetic: %s\n  seed: 1\n"
                          "  data: {kind: modular-addition, p: %zu, train_fraction: 1}\n"
                          "  model:\n    weights:\n",
        arithmetic, p);
    for (const char *part = "abv"; *part; part++)
        at += snprintf(text + at, sizeof text - (size_t)at, weight, *part - 32, p,
                       columns, *part, family);
    snprintf(text + at, sizeof text - (size_t)at,
             QUADRATIC "%s"
                       "  train: {optimizer: {kind: adam, lr: 1e-3}, steps: 4}\n",
             plant);
    return text;
}

static void test_waves(size_t p, const char *family, size_t columns,
                       const char *arithmetic, size_t rank)
{
    slt_rank_options values = by_values, primes = by_primes;
    values.place = primes.place = SLT_RANK_INIT;
    char *text = waves(p, family, columns, arithmetic, "");
    TAP_OK(!rank_of(text, &values) && seen.rank == rank && seen.clear && seen.gaps == 1 &&
               seen.components == 1 && seen.loss < 1e-12,
           "%s, p = %zu, %s: rank %zu by singular values", family, p, arithmetic,
           seen.rank);
    TAP_OK(!rank_of(text, &primes) && seen.rank == rank && seen.primes == 2 &&
               seen.ranks[0] == rank && seen.ranks[1] == rank && seen.exact &&
               seen.order % p == 0,
           "and modulo two primes");
}

/* The point moves off the waves, where the rank is what is generic. */
static void test_trained(void)
{
    char *text = waves(5, "grid", 18, "f64", "");
    TAP_OK(!rank_of(text, &by_primes) && seen.step == 4 && seen.rank == 120 &&
               !seen.exact && seen.order == 1,
           "trained, the rank is that of the stored numbers");
}

/* A weight that is planted over is no wave, the others still are. */
static void test_planted(void)
{
    slt_rank_options primes = by_primes;
    primes.place = SLT_RANK_INIT;
    char *text =
        waves(5, "grid", 18, "f64", "    plant: {kind: least-squares, weight: V}\n");
    TAP_OK(!rank_of(text, &primes) && seen.exact && seen.order == 15 && !seen.last_exact,
           "of planted weights the stored numbers, of others the waves");
}

/* Memorising solutions: (p - 1) (n - 1) + K where the columns of V sum to 0, p (n - 1)
 * where they do not.  The stored numbers are near such a point, and not on it: only
 * singular values see that. */
static void test_memorising(const char *sum, size_t rank)
{
    char text[2000];
    snprintf(
        text, sizeof text,
        SAMPLE_HEAD(
            "test/memorising") "run:\n  arithmetic: f64\n  seed: 1\n"
                               "  data: {kind: modular-addition, p: 5, train_fraction: "
                               "0.6}\n"
                               "  model:\n    weights:\n"
                               "      A: {shape: [5, 8], init: {kind: uniform, lo: -0.3, "
                               "hi: 0.3}}\n"
                               "      B: {shape: [5, 8], init: {kind: uniform, lo: -0.3, "
                               "hi: 0.3}}\n"
                               "      V: {shape: [5, 8], init: {kind: uniform, lo: -0.3, "
                               "hi: 0.3}}\n" QUADRATIC
                               "    plant: {kind: zero-loss, sum_over_classes: %s}\n"
                               "  train: {optimizer: {kind: adam, lr: 1e-3}, steps: 0}\n",
        sum);
    TAP_OK(!rank_of(text, &by_values) && seen.rank == rank && seen.clear &&
               seen.loss < 1e-20,
           "memorising, sum %s: rank %zu by singular values", sum, seen.rank);
    TAP_OK(!rank_of(text, &by_primes) && seen.rank == 70 && !seen.exact,
           "of the stored numbers it is 70");
}

/* ---- Both ways on random nets ------------------------------------------------------ */

static void test_random(uint64_t number)
{
    static const char *const centres[] = {"none", "samples", "outputs"};
    static const char *const arithmetics[] = {"f32", "f64", "fixed"};
    char text[2000];
    size_t p = 3 + random_below(4), width = 1 + random_below(6);
    snprintf(
        text, sizeof text,
        SAMPLE_HEAD(
            "test/random") "run:\n  arithmetic: %s\n  seed: %zu\n"
                           "  data: {kind: modular-addition, p: %zu, train_fraction: "
                           "0.%zu}\n"
                           "  model:\n    weights:\n"
                           "      A: {shape: [%zu, %zu], init: {kind: normal, std: 1}}\n"
                           "      B: {%s}\n"
                           "      c: {shape: [%zu], init: {kind: uniform, lo: -1, hi: "
                           "1}%s}\n"
                           "      V: {shape: [%zu, %zu], init: {kind: normal, std: 1}}\n"
                           "    ops:\n"
                           "      - {op: embedding, in: a, weight: A, out: ea}\n"
                           "      - {op: embedding, in: b, weight: B, out: eb}\n"
                           "      - {op: add, in: [ea, eb], out: h}\n"
                           "      - {op: square, in: h, out: g}\n"
                           "      - {op: linear, in: g, weight: V, bias: c, out: y}\n"
                           "    loss: {op: mse-classes, in: y, centre: %s}\n"
                           "  train: {optimizer: {kind: adam, lr: 1e-2}, steps: %zu}\n",
        arithmetics[number % 3], random_below(1000), p, 5 + random_below(5), p, width,
        random_below(2) ? "tied: A" : "same", p,
        random_below(2) ? ", trainable: false" : "", p, width, centres[random_below(3)],
        random_below(3));
    char *same = strstr(text, "{same}"), whole[2200];
    if (same)
        snprintf(whole, sizeof whole,
                 "%.*s{shape: [%zu, %zu], init: {kind: normal, std: 1}}%s",
                 (int)(same - text), text, p, width, same + 6);
    const char *manifest = same ? whole : text;
    slt_status status = rank_of(manifest, &by_values);
    size_t rank = seen.rank;
    bool clear = seen.clear;
    if (status)
        tap_note("%s", err.text);
    status |= rank_of(manifest, &by_primes);
    if (!TAP_OK(!status && clear && seen.rank == rank && rank > 0,
                "random net %d: rank %zu both ways", (int)number, rank))
        tap_note("%zu modulo primes, clear %d: %s\n%s", seen.rank, clear, err.text,
                 manifest);
}

/* ---- Points of a run --------------------------------------------------------------- */

#define MANIFEST(train)                                                                  \
    SAMPLE_HEAD("test/points")                                                           \
    "run:\n  arithmetic: f32\n  seed: 5\n" SAMPLE_DATA SAMPLE_NET "  train:\n" train

#define POINTS                                                                           \
    MANIFEST("    optimizer: {kind: adam, lr: 1e-2}\n    steps: 20\n"                    \
             "    checkpoints: {every: 5, state: {every: 10}}\n")

/* y = W2 W1 x with 4, 2, 3 numbers, 12 samples: 2 (4 + 3 - 2) directions. */
static void test_points(void)
{
    slt_rank_options options = by_values;
    TAP_OK(!rank_of(POINTS, &options) && seen.step == 20 && seen.rank == 10 && seen.clear,
           "after training");
    double last = seen.loss;
    options.place = SLT_RANK_INIT;
    TAP_OK(!rank_of(POINTS, &options) && seen.step == 0 && seen.loss > last, "before it");
    double first = seen.loss;
    options.place = SLT_RANK_STEP;
    options.step = 7;
    TAP_OK(!rank_of(POINTS, &options) && seen.step == 7 && seen.loss > last &&
               seen.loss < first,
           "on the way");
    double seventh = seen.loss, value = seen.first;
    options.step = 0;
    TAP_OK(!rank_of(POINTS, &options) && seen.loss == first, "step 0");
    options.step = 20;
    TAP_OK(!rank_of(POINTS, &options) && seen.loss == last, "the last step");
    options.step = 21;
    TAP_OK(rank_of(POINTS, &options) == SLT_USAGE &&
               strstr(err.text, "expected a step up to 20") &&
               strstr(err.text, "sample.yaml: run 0: "),
           "a step behind it: %s", err.text);
    /* From a trace. */
    slt_buffer bytes = sample_bytes(POINTS, 0, NULL);
    char path[] = "/tmp/sltrace-rank-XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, bytes.data, bytes.size) != (ssize_t)bytes.size)
        tap_bail("no file");
    close(fd);
    memset(&seen, 0, sizeof seen);
    options.step = 7;
    TAP_OK(!slt_rank_trace(path, &options, &page, &err) && seen.loss == seventh &&
               seen.first == value && seen.count == 1,
           "from a trace");
    options.place = SLT_RANK_LAST;
    TAP_OK(!slt_rank_trace(path, &options, &page, &err) && seen.loss == last,
           "its last state");
    options.place = SLT_RANK_STEP;
    options.step = 30;
    TAP_OK(slt_rank_trace(path, &options, &page, &err) == SLT_USAGE &&
               strstr(err.text, "expected a step up to 20"),
           "and no further");
    unlink(path);
    slt_buffer_free(&bytes);
}

/* ---- Not clear, and refused -------------------------------------------------------- */

static void test_unclear(void)
{
    static const char one[] = SAMPLE_HEAD(
        "test/zero") "run:\n  arithmetic: f64\n"
                     "  seed: 5\n" SAMPLE_DATA "  model:\n    weights:\n"
                     "      W1: {shape: [2, 4], init: {kind: zero}}\n"
                     "      W2: {shape: [3, 2], init: {kind: zero}}\n"
                     "    ops:\n"
                     "      - {op: linear, in: x, weight: W1, out: h}\n"
                     "      - {op: linear, in: h, weight: W2, out: y}\n"
                     "    loss: {op: mse, in: y}\n"
                     "  train: {optimizer: {kind: sgd, lr: 1e-2}, steps: 0}\n";
    TAP_OK(!rank_of(one, &by_values) && seen.rank == 0 && seen.clear && !seen.gaps,
           "rank 0 where both layers are 0");
    TAP_OK(!rank_of(one, &by_primes) && seen.rank == 0, "and modulo primes");
    /* The first layer is a million times smaller: two gaps. */
    static const char two[] = SAMPLE_HEAD(
        "test/two") "run:\n  arithmetic: f64\n"
                    "  seed: 5\n" SAMPLE_DATA "  model:\n    weights:\n"
                    "      W1: {shape: [2, 4], init: {kind: normal, std: 1e-6}}\n"
                    "      W2: {shape: [3, 2], init: {kind: normal, std: 1}}\n"
                    "    ops:\n"
                    "      - {op: linear, in: x, weight: W1, out: h}\n"
                    "      - {op: linear, in: h, weight: W2, out: y}\n"
                    "    loss: {op: mse, in: y}\n"
                    "  train: {optimizer: {kind: sgd, lr: 1e-2}, steps: 0}\n";
    TAP_OK(!rank_of(two, &by_values) && seen.gaps == 2 && !seen.clear && seen.ratio > 1e6,
           "two gaps are told, and none is clear");
    TAP_OK(!rank_of(two, &by_primes) && seen.rank == 10, "but the rank is 10");
}

static void refuse(const char *text, const slt_rank_options *options, slt_status status,
                   const char *words)
{
    slt_status got = rank_of(text, options);
    if (!TAP_OK(got == status && strstr(err.text, words) && seen.count == 0,
                "refused: %s", words))
        tap_note("%d %s", (int)got, err.text);
}

static void test_refused(void)
{
    slt_rank_options options = by_primes;
    refuse(
        SAMPLE_HEAD("a") "run:\n  arithmetic: f32\n  seed: 1\n"
                         "  data: {kind: linear-teacher, samples: 10000, inputs: 100, "
                         "outputs: 100,\n"
                         "         rank: 1}\n"
                         "  model:\n    weights:\n"
                         "      W: {shape: [100, 100], init: {kind: zero}}\n"
                         "    ops: [{op: linear, in: x, weight: W, out: y}]\n"
                         "    loss: {op: mse, in: y}\n"
                         "  train: {optimizer: {kind: sgd, lr: 1e30}, steps: 1000000}\n",
        &by_values, SLT_RESOURCE,
        "a Jacobian of 1000000 x 10000 (10000 samples, 100 outputs; weights) takes "
        "80000 MB, expected at most 2000");
#define ONE(weights, op)                                                                 \
    SAMPLE_HEAD("a")                                                                     \
    "run:\n  arithmetic: f32\n  seed: 1\n" SAMPLE_DATA "  model:\n    weights:\n"        \
    "      W: {shape: [3, 4], init: {kind: normal, std: 1}" weights "}\n"                \
    "    ops:\n"                                                                         \
    "      - {op: linear, in: x, weight: W, out: h}\n"                                   \
    "      - {op: " op ", in: h, out: y}\n"                                              \
    "    loss: {op: mse, in: y}\n"                                                       \
    "  train: {optimizer: {kind: sgd, lr: 1e30}, steps: 1000}\n"
    refuse(ONE("", "relu"), &by_primes, SLT_USAGE,
           "ops[1] (relu -> y): relu is no polynomial");
    refuse(ONE("", "square"), &by_values, SLT_USAGE, "training diverges at step ");
    refuse(ONE(", trainable: false", "square"), &by_values, SLT_USAGE,
           "expected trainable weights and samples, found 0 and 12");
    options.prime = 97;
    refuse(ONE("", "square"), &options, SLT_USAGE, "expected a prime from 2^32 to 2^61");
    options.prime = UINT64_C(2305843009213693951);
    options.place = SLT_RANK_INIT;
    TAP_OK(!rank_of(ONE("", "square"), &options) && seen.rank == 12 && seen.primes == 1,
           "one prime");
    refuse(waves(5, "grid", 18, "f32", ""),
           &(slt_rank_options){
               .modulo = true, .prime = 4294967357, .jobs = 1, .place = SLT_RANK_INIT},
           SLT_USAGE, "4294967357 is not 1 modulo 15");
}

int main(void)
{
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    random_begin();
    slt_status here = rank_of(POINTS, &by_values);
    if (here == SLT_UNFIT) {
        tap_skip("ranks", "no LAPACK is installed");
        return tap_done();
    }
    test_waves(3, "grid", 9, "f64", 24);
    test_waves(5, "grid", 18, "f64", 112);
    test_waves(5, "grid", 20, "f32", 112);
    test_waves(5, "one-parameter", 12, "f64", 94);
    test_waves(7, "grid", 27, "fixed", 264);
    test_trained();
    test_planted();
    test_memorising("zero", 64);
    test_memorising("kept", 70);
    for (uint64_t i = 0; i < 60; i++)
        test_random(i);
    test_points();
    test_unclear();
    test_refused();
    return tap_done();
}
