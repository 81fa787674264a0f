/* verify/spot*.c, segments_one.c: a spot check of published traces finds a changed
 * stretch where it draws it, and nowhere else, as often as the law has it; and each way
 * in which a publisher could forge a trace leaves a stretch that differs. */
#include "forged_sample.h"
#include "page_sample.h"
#include "traces_sample.h"

#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sltrace/check.h>

#include "trace/trace_agree.h"
#include "verify/segments.h"
#include "verify/spot_draw.h"

#define PATH_SIZE 256
#define RUNS 6
#define KEY_OF_BEACON UINT64_C(0x81daa53e3ecd2a62)

static slt_error err;
static char root[] = "/tmp/slt-spot-XXXXXX";
static char *said;

static const char *in(const char *name)
{
    static char paths[4][PATH_SIZE];
    static size_t next;
    char *path = paths[next++ % 4];
    snprintf(path, PATH_SIZE, "%s/%.200s", root, name);
    return path;
}

static const char *trace_path(size_t run)
{
    char name[64];
    snprintf(name, sizeof name, "out/traces/%06zu.trace", run);
    return in(name);
}

static void put(const char *path, const void *bytes, size_t size)
{
    if (slt_io_replace(path, bytes, size, &err))
        tap_bail(err.text);
}

#define DATA_NET SAMPLE_DATA SAMPLE_NET
#define TRAIN(more)                                                                      \
    "  train:\n    optimizer: {kind: sgd, lr: 1e-2, momentum: 0.9}\n    steps: "         \
    "20\n" more
#define EVERY5(state) "    checkpoints: {every: 5, at: [0], state: " state "}\n"
#define AT(where, more)                                                                  \
    "    - {at: " where ", lr: 1e-4, localization: 1, num_draws: 9, num_chains: 2" more  \
    "}\n"
#define RUN(arithmetic, train, llc)                                                      \
    SAMPLE_HEAD("test/spot")                                                             \
    "run:\n  arithmetic: " arithmetic "\n  seed: 5\n" DATA_NET train "  llc:\n" llc

/* Six runs of four stretches of training and two estimates. */
#define STUDY                                                                            \
    SAMPLE_HEAD("test/spot")                                                             \
    "sweep:\n  seed: {from: 0, count: 6}\n"                                              \
    "run:\n  arithmetic: f32\n  seed: $seed\n" DATA_NET                                  \
    TRAIN(EVERY5("all")) "  llc:\n" AT("10", "") AT("last", "")
#define STRETCHES (RUNS * 6)

/* ---- The law ----------------------------------------------------------------------- */

/* C(n, k), exact below 2^53. */
static double choose(size_t n, size_t k)
{
    double c = k <= n;
    for (size_t i = 0; i < k && k <= n; i++)
        c = c * (double)(n - i) / (double)(i + 1);
    return c;
}

static double chance_of(size_t all, size_t changed, size_t count)
{
    return 1 - choose(all - changed, count) / choose(all, count);
}

static void test_law(void)
{
    size_t wrong = 0, off = 0;
    for (size_t all = 1; all <= 24; all++)
        for (size_t n = 1; n <= all; n++) {
            size_t least = 0;
            for (size_t k = 0; k <= all; k++) {
                const double down = floor(chance_of(all, k, n) * 1e4 + 1e-7);
                off +=
                    fabs(slt_real_double(slt_spot_caught(all, k, n)) * 1e4 - down) > .1;
                if (!least && chance_of(all, k, n) >= 0.95 - 1e-13)
                    least = k;
            }
            wrong += slt_spot_least(all, n) != least;
        }
    TAP_OK(off == 0, "1 - C(M - k, N) / C(M, N), rounded down: %zu are not", off);
    TAP_OK(wrong == 0, "the least number that is met with 0.95: %zu are not", wrong);
    TAP_OK(slt_real_double(slt_spot_caught(100000, 1000, 300)) >= 0.95 &&
               slt_real_double(slt_spot_caught(100000, 1000, 297)) < 0.95 &&
               slt_spot_least(100000, 300) <= 1000 && slt_spot_least(100000, 297) > 1000,
           "of 100000, 1 %% changed: about 299 are needed for 0.95");
}

static void test_key(void)
{
    char digest[65];
    memset(digest, '0', 64);
    digest[64] = 0;
    /* printf 'beacon\n000...0' | sha256sum */
    TAP_EQ_U64(slt_spot_key("beacon", digest), KEY_OF_BEACON, "the key of a text");
    digest[63] = '1';
    TAP_OK(slt_spot_key("beacon", digest) != KEY_OF_BEACON, "is another of other runs");
}

/* Each stretch and each pair is drawn as often as any other. */
static void test_draw(void)
{
    enum { ALL = 9, COUNT = 3, KEYS = 9000 };
    size_t single[ALL] = {0}, pair[ALL][ALL] = {{0}}, unordered = 0;
    for (uint64_t key = 0; key < KEYS; key++) {
        uint32_t *drawn;
        if (slt_spot_draw(key, ALL, COUNT, &drawn, &err))
            tap_bail(err.text);
        for (size_t i = 0; i < COUNT; i++) {
            single[drawn[i]]++;
            unordered += i && drawn[i - 1] >= drawn[i];
            for (size_t j = 0; j < i; j++)
                pair[drawn[j]][drawn[i]]++;
        }
        free(drawn);
    }
    double off = 0;
    for (size_t i = 0; i < ALL; i++) {
        off = fmax(off, fabs((double)single[i] - 3000) / sqrt(9000 / 3. * 2 / 3));
        for (size_t j = i + 1; j < ALL; j++)
            off = fmax(off, fabs((double)pair[i][j] - 750) / sqrt(9000 / 12. * 11 / 12));
    }
    TAP_OK(unordered == 0, "ascending, none twice");
    TAP_OK(off < 4.5, "singles and pairs, off by %.2f standard errors", off);
    uint32_t *none;
    TAP_OK(slt_spot_draw(1, (size_t)1 << 33, 1, &none, &err) == SLT_RESOURCE,
           "more stretches than numbers");
}

/* ---- Goldens of forged traces ------------------------------------------------------ */

/* Which stretch is changed: by an update of training, or an estimate. */
typedef struct change {
    size_t run;
    uint64_t update; /* 0: the estimate */
    size_t llc;
} change;

typedef struct liar {
    forgery forgery;
    const change *change; /* NULL: none */
    size_t records;
} liar;

static slt_status liar_step(void *context, const slt_execution *at, slt_real loss,
                            slt_error *error)
{
    liar *l = context;
    (void)loss;
    (void)error;
    if (l->change && l->change->update && at->state.step == l->change->update) {
        l->forgery.step = at->state.step;
        return forgery_step(&l->forgery, at, loss, error);
    }
    return SLT_OK;
}

/* Behind the last checkpoint the chains of one estimate are made with another lr, those
 * of the other with the run's. */
static slt_status liar_record(void *context, slt_trace_writer *writer, slt_error *error)
{
    liar *l = context;
    if (++l->records == 6 && l->change && !l->change->update)
        l->forgery.run.spec->llc[l->change->llc].lr = slt_real_of(2e-4);
    return sample_record(&l->forgery.run, writer, error);
}

static slt_buffer lie(const char *manifest, size_t run, const change *of)
{
    liar l = {.forgery = {.run = sample_begin(manifest, run)}, .change = of};
    slt_execute_hooks hooks = {.context = &l, .record = liar_record, .step = liar_step};
    sample_run *at = &l.forgery.run;
    if (slt_execute(&at->execution, at->canonical, at->canonical_size, &at->writer, NULL,
                    &hooks, &err))
        tap_bail(err.text);
    slt_buffer bytes = at->bytes;
    at->bytes = (slt_buffer){0};
    sample_end(at);
    return bytes;
}

static slt_golden *published(slt_manifest **manifest)
{
    slt_golden *golden = NULL;
    slt_figure *figure = NULL;
    if (slt_manifest_open(in("x.yaml"), manifest, &err) ||
        sample_golden(*manifest, in("out"), in("x.golden"), &golden, &figure, &err))
        tap_bail(err.text);
    slt_figure_free(figure);
    return golden;
}

static void write_golden(slt_golden *golden)
{
    char *text;
    size_t size;
    if (slt_golden_write(golden, &text, &size, &err))
        tap_bail(err.text);
    put(in("x.golden"), text, size);
    free(text);
}

static void publish(const char *manifest_text)
{
    slt_manifest *manifest = NULL;
    put(in("x.yaml"), manifest_text, strlen(manifest_text));
    slt_golden *golden = published(&manifest);
    write_golden(golden);
    slt_golden_free(golden);
    slt_manifest_free(manifest);
}

/* A study whose publisher changed these stretches. */
static void publish_study(const change *changes, size_t count)
{
    for (size_t run = 0; run < RUNS; run++) {
        const change *of = NULL;
        for (size_t i = 0; i < count; i++)
            of = changes[i].run == run ? &changes[i] : of;
        slt_buffer bytes = lie(STUDY, run, of);
        put(trace_path(run), bytes.data, bytes.size);
        slt_buffer_free(&bytes);
    }
    publish(STUDY);
}

/* A golden of a study of one run, whose trace is `bytes`, freed. */
static void publish_one(const char *manifest, slt_buffer bytes)
{
    for (size_t run = 1; run < RUNS; run++)
        unlink(trace_path(run));
    put(trace_path(0), bytes.data, bytes.size);
    slt_buffer_free(&bytes);
    publish(manifest);
}

static slt_status check(size_t count, const char *key)
{
    const slt_verify_options options = {
        .jobs = 2, .traces = in("out"), .spot = count, .spot_key = key};
    return page_verify(in("x.golden"), &options, &said, &err);
}

static bool says(const char *text)
{
    bool found = strstr(said, text) != NULL;
    if (!found)
        tap_note("expected '%s' in: %s", text, said);
    return found;
}

static size_t lines(const char *with)
{
    size_t count = 0;
    for (const char *at = said; (at = strstr(at, with)); at++)
        count++;
    return count;
}

/* ---- How often --------------------------------------------------------------------- */

/* The name of the stretch that a change is in. */
static void name_of(const change *of, char name[80])
{
    if (of->update)
        snprintf(name, 80, "[%zu] seed=%zu: updates %d to %d", of->run, of->run,
                 (int)(of->update - 1) / 5 * 5, (int)(of->update - 1) / 5 * 5 + 5);
    else
        snprintf(name, 80, "[%zu] seed=%zu: estimate %zu at step %d", of->run, of->run,
                 of->llc + 1, of->llc ? 20 : 10);
}

/* Whether exactly the changed ones of those drawn are told as other. */
static bool told_right(const change *changes, size_t count, size_t *met)
{
    *met = 0;
    for (size_t i = 0; i < count; i++) {
        char name[80];
        name_of(&changes[i], name);
        *met += strstr(said, name) != NULL;
    }
    for (size_t i = 0; i < count; i++) {
        char name[80];
        name_of(&changes[i], name);
        const char *line = strstr(said, name);
        while (line && line > said && line[-1] != '\n')
            line--;
        if (line && strncmp(line, "not ok", 6) != 0)
            return false;
    }
    return lines("\nnot ok") == *met;
}

static void test_rates(const change *changes, size_t count, size_t drawn)
{
    const size_t keys = tap_times(80, 6);
    size_t caught = 0, wrong = 0, met;
    publish_study(changes, count);
    TAP_OK(check(STRETCHES, "all") == SLT_DIFFERS && told_right(changes, count, &met) &&
               met == count && says("36 stretches, drawn by the key all\n"),
           "%zu changed: all drawn, and these differ", count);
    for (size_t i = 0; i < keys; i++) {
        char key[32];
        snprintf(key, sizeof key, "key %zu", i);
        const slt_status status = check(drawn, key);
        wrong += !told_right(changes, count, &met) ||
                 status != (met ? SLT_DIFFERS : SLT_OK) ||
                 lines(": updates ") + lines(": estimate ") != drawn;
        caught += status == SLT_DIFFERS;
    }
    const double law = chance_of(STRETCHES, count, drawn);
    const double error = sqrt(law * (1 - law) / (double)keys);
    TAP_OK(wrong == 0, "%zu changed, %zu drawn: caught where one was drawn", count,
           drawn);
    TAP_OK(fabs((double)caught / (double)keys - law) < 3.5 * error,
           "caught %zu times of %zu, by the law %.1f", caught, keys, law * (double)keys);
}

static void test_all_rates(void)
{
    static const change changes[] = {{3, 7, 0}, {0, 0, 1}, {1, 20, 0},
                                     {2, 0, 0}, {4, 1, 0}, {5, 13, 0}};
    test_rates(changes, 1, 6);
    test_rates(changes + 1, 1, 6);
    test_rates(changes, 6, 4);
}

static void test_honest(void)
{
    publish_study(NULL, 0);
    TAP_OK(!check(5, "7"), "an honest study: %s", err.text);
    TAP_OK(
        says("# spot: 5 of 36 stretches, drawn by the key 7\n") && says("1..11\n") &&
            says("# shown: 5 of 36 stretches (24 of training, 12 estimates)") &&
            says("changed 1 % of the stretches (1 of 36) would have been caught with "
                 "probability 0.1388\n") &&
            says("# shown: one who changed 16 of them or more, with 0.95 at least\n") &&
            says("# not shown: the other 31 stretches"),
        "what it shows, and what it does not");
    TAP_OK((lines(": published trace")) == RUNS, "every trace is read");
    TAP_OK(!check(99, "7") && says("# spot: 36 of 36") && !strstr(said, "not shown"),
           "more than there are: all");
}

/* ---- Each stretch alone ------------------------------------------------------------ */

static size_t single_failures(const char *manifest)
{
    sample_run run = sample_begin(manifest, 0);
    slt_trace *trace = NULL;
    slt_pool *pool = NULL;
    size_t stretches, estimates, failures = 0;
    sample_go(&run, NULL);
    if (slt_trace_parse(run.bytes.data, run.bytes.size, "x", &trace, &err) ||
        slt_pool_create(1, &pool, &err))
        tap_bail(err.text);
    const slt_segments segments = {.trace = trace,
                                   .run = run.spec,
                                   .canonical = run.canonical,
                                   .canonical_size = run.canonical_size,
                                   .pool = pool,
                                   .fine = true,
                                   .jobs = 1};
    if (slt_segments_count(&segments, &stretches, &estimates, &err))
        tap_bail(err.text);
    for (size_t i = 0; i < stretches + estimates; i++) {
        slt_run_stretch piece;
        slt_segments_verdict verdict;
        const slt_status status =
            slt_segments_judge_one(&segments, i, &piece, &verdict, &err);
        failures += status || !verdict.same;
    }
    slt_pool_free(pool);
    slt_trace_free(trace);
    sample_end(&run);
    return failures + !stretches;
}

static void test_single(void)
{
    static const char *const manifests[] = {
        RUN("f64", TRAIN(EVERY5("none")), AT("10", ", hessian_probes: 2") AT("last", "")),
        RUN("fixed", TRAIN(EVERY5("{every: 10}")), AT("checkpoints", "") AT("15", "")),
        RUN("f32",
            TRAIN("    stop: {metric: loss, below: 1e9, after: 13}\n" EVERY5("last")),
            AT("[0, 5, 20, last]", ", store_losses: last")),
        RUN("f32",
            "  train:\n    optimizer: {kind: sgd, lr: 9}\n    steps: 60\n"
            "    checkpoints: {every: 1, state: all}\n",
            AT("last", "")),
        RUN("f32",
            "  train:\n    optimizer: {kind: sgd, lr: 1e9}\n    steps: 60\n"
            "    checkpoints: {every: 50}\n",
            "    []\n"),
        RUN("f32", TRAIN(EVERY5("all")), "    []\n"),
        RUN("fixed", TRAIN(EVERY5("all")),
            "    - {at: last, lr: 1e4, localization: 0, num_draws: 90, num_chains: 2}\n"),
        SAMPLE_HEAD("test/trials") "run:\n  arithmetic: f32\n  seed: 3\n" DATA_NET
                                   "  train:\n    optimizer: {kind: adam, lr: 1e-2}\n"
                                   "    steps: 1\n    checkpoints: {at: [0]}\n"
                                   "  trials:\n    count: 17\n    block: 3\n"
                                   "    tally:\n      b: {kind: sum, of: loss}\n",
    };
    for (size_t i = 0; i < sizeof manifests / sizeof *manifests; i++)
        TAP_OK((single_failures(manifests[i])) == 0, "manifest %zu: every piece alone",
               i);
}

/* ---- Other forgeries --------------------------------------------------------------- */

/* What no chain and no checkpoint tells: a number of the table. */
static void test_table(void)
{
    static const char manifest[] =
        RUN("f64", TRAIN(EVERY5("all")), AT("10", ", hessian_probes: 2"));
    slt_trace *trace = sample_trace(manifest, 0);
    const size_t records = slt_trace_records(trace);
    const slt_record *table = slt_trace_record(trace, records - 2);
    const slt_record *end = slt_trace_record(trace, records - 1);
    slt_result *results = calloc(table->result_count, sizeof *results);
    slt_buffer bytes = {0};
    slt_trace_writer writer;
    if (!results)
        tap_bail("no memory");
    for (size_t i = 0; i < table->result_count; i++) {
        results[i] = table->results[i];
        if (quantity_is(&results[i].quantity, "hessian/trace"))
            results[i].value = slt_real_of(1.5);
    }
    slt_trace_writer_continue(&writer, trace, records - 2);
    slt_trace_write_table(&writer, results, table->result_count);
    slt_trace_write_end(&writer, end->status, "", end->step);
    size_t size;
    slt_buffer_append(&bytes, slt_trace_bytes(trace, &size), table->offset);
    slt_buffer_append(&bytes, writer.bytes.data, writer.bytes.size);
    publish_one(manifest, bytes);
    TAP_OK(check(99, "a") == SLT_DIFFERS && says("not ok 6 - test/spot[0]: estimate 1") &&
               says("  field: results\n  expected: \"1.5\"\n") &&
               says("  result: hessian/trace\n") && lines("not ok") == 1,
           "a trace of a Hessian that is another");
    slt_trace_writer_free(&writer);
    slt_trace_free(trace);
    free(results);
}

/* Training that is said to have ended early, and has no chains: the trace keeps so many
 * records. */
static void test_cut(size_t records, uint64_t step, const char *stretch)
{
    static const char manifest[] = RUN("f32", TRAIN(EVERY5("all")), AT("last", ""));
    slt_trace *trace = sample_trace(manifest, 0);
    const slt_record *last = slt_trace_record(trace, records - 1);
    const slt_result table[] = {last->metrics[0],
                                {quantity_of("step"), slt_real_from_u64(step)}};
    slt_buffer bytes = {0};
    slt_trace_writer writer;
    size_t size;
    slt_trace_writer_continue(&writer, trace, records);
    slt_trace_write_table(&writer, table, 2);
    slt_trace_write_end(&writer, SLT_RUN_DIVERGED, "", step);
    slt_buffer_append(&bytes, slt_trace_bytes(trace, &size), last->offset + last->size);
    slt_buffer_append(&bytes, writer.bytes.data, writer.bytes.size);
    publish_one(manifest, bytes);
    TAP_OK(check(99, "a") == SLT_DIFFERS && says(stretch) && lines("not ok") == 1,
           "training cut behind record %zu", records - 1);
    slt_trace_writer_free(&writer);
    slt_trace_free(trace);
}

/* Of chains that overflow the end names a tensor. */
static void test_tensor(void)
{
    static const char manifest[] =
        RUN("fixed", TRAIN(EVERY5("all")),
            "    - {at: last, lr: 1e4, localization: 0, num_draws: 90, num_chains: 2}\n");
    slt_trace *trace = sample_trace(manifest, 0);
    const size_t records = slt_trace_records(trace);
    const slt_record *end = slt_trace_record(trace, records - 1);
    const char *other = strcmp(end->status_tensor, "W1") ? "W1" : "W2";
    slt_buffer bytes = {0};
    slt_trace_writer writer;
    size_t size;
    slt_trace_writer_continue(&writer, trace, records - 1);
    slt_trace_write_end(&writer, end->status, other, end->step);
    slt_buffer_append(&bytes, slt_trace_bytes(trace, &size), end->offset);
    slt_buffer_append(&bytes, writer.bytes.data, writer.bytes.size);
    publish_one(manifest, bytes);
    TAP_OK(check(99, "a") == SLT_DIFFERS && says(": estimate 1 at step 20") &&
               says("  field: tensor\n") && lines("not ok") == 1,
           "another tensor that overflowed");
    slt_trace_writer_free(&writer);
    slt_trace_free(trace);
}

/* The state alone is another: the stretch that ends there differs, and the one that
 * begins there. */
static void test_state(void)
{
    static const char manifest[] =
        RUN("f32", TRAIN(EVERY5("all")),
            AT("last", ", init_loss: batches, batch: {size: 5, order: fresh}"));
    publish_one(manifest, forged_bytes(manifest, 0, 10, true));
    TAP_OK(check(99, "a") == SLT_DIFFERS && lines("not ok") == 2 &&
               says("ok 3 - test/spot[0]: updates 5 to 10\n") &&
               says("not ok 4 - test/spot[0]: updates 10 to 15\n") &&
               says("  step: 10\n  tensor: W2\n  element: [2, 1]\n  ulp: 1\n"),
           "a state that no stretch before it ends in");
}

/* States that the manifest asks for are not there: such a trace agrees with no run, and
 * is none, though the golden has its hash. */
static void test_dropped(void)
{
    sample_run run = sample_begin(STUDY, 2);
    slt_manifest *manifest = NULL;
    slt_trace *trace = NULL;
    publish_study(NULL, 0);
    run.spec->train.state = SLT_STATE_NONE;
    sample_go(&run, NULL);
    put(trace_path(2), run.bytes.data, run.bytes.size);
    TAP_OK(check(9, "a") == SLT_DIFFERS &&
               says("not ok 3 - test/spot[2] seed=2: published trace\n") &&
               says("field: sha256\n") && says("# not judged: any stretch") &&
               !strstr(said, "shown: "),
           "a trace that is not the golden's: nothing is drawn");
    if (slt_trace_parse_form(run.bytes.data, run.bytes.size, "x", &trace, &err))
        tap_bail(err.text);
    slt_io_replace(trace_path(2), "", 0, &err);
    unlink(trace_path(2));
    TAP_OK(check(9, "a") == SLT_FILE &&
               says("a spot check needs the trace of every run") &&
               says("# not judged: any stretch"),
           "a trace that is not there");
    slt_buffer good = sample_bytes(STUDY, 2, NULL);
    put(trace_path(2), good.data, good.size);
    slt_golden *golden = published(&manifest);
    slt_trace_sha256(trace, golden->runs[2].sha256);
    write_golden(golden);
    put(trace_path(2), run.bytes.data, run.bytes.size);
    TAP_OK(check(9, "a") == SLT_DIFFERS &&
               says("not ok 3 - test/spot[2] seed=2: published trace\n") &&
               says("tensors") && says("# not judged: any stretch"),
           "dropped states under the golden's hash");
    slt_buffer_free(&good);
    slt_golden_free(golden);
    slt_manifest_free(manifest);
    slt_trace_free(trace);
    sample_end(&run);
}

/* A trace that agrees with itself, of another hash than the golden's. */
static void test_other(void)
{
    static const change of = {2, 10, 0};
    publish_study(NULL, 0);
    slt_buffer other = lie(STUDY, 2, &of);
    put(trace_path(2), other.data, other.size);
    TAP_OK(check(9, "a") == SLT_DIFFERS && says("is not the golden's trace") &&
               says("# not judged: any stretch") && lines("not ok") == 1,
           "another trace of the run");
    put(in("out/x.trace"), other.data, other.size);
    slt_buffer_free(&other);
    other = sample_bytes(STUDY, 2, NULL);
    put(trace_path(2), other.data, other.size);
    TAP_OK(check(9, "a") == SLT_DIFFERS && says("at most one of them can be right") &&
               says("\nnot ok 1 - ") && says("\n1..1\n") && lines("not ok") == 1,
           "two traces of one run: %s", err.text);
    const slt_verify_options options = {
        .jobs = 2, .traces = in("out"), .spot = 9, .spot_key = "a"};
    TAP_OK(page_verify_junit(in("x.golden"), &options, &said, &err) == SLT_DIFFERS &&
               says(" tests=\"1\" failures=\"1\" errors=\"0\" ") &&
               says("<failure type=\"refused\" "),
           "the same is a failure in a report of JUnit");
    unlink(in("out/x.trace"));
    slt_buffer_free(&other);
}

static void test_options(void)
{
    static const slt_verify_options wrong[] = {
        {.spot = 1, .traces = "out"},
        {.spot = 1, .spot_key = "", .traces = "out"},
        {.spot = 1, .spot_key = "a"},
        {.spot = 1, .spot_key = "a", .traces = "out", .segments = true},
        {.spot = 1, .spot_key = "a", .traces = "out", .sample = 1},
        {.spot = 1, .spot_key = "a", .traces = "out", .only = "0"},
    };
    size_t taken = 0;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        taken += page_verify(in("x.golden"), &wrong[i], &said, &err) != SLT_USAGE;
    TAP_OK(taken == 0, "options that do not go together");
}

int main(void)
{
    if (slt_start(NULL, &err) || !mkdtemp(root) || mkdir(in("out"), 0700) ||
        mkdir(in("out/traces"), 0700))
        tap_bail("no folder");
    test_law();
    test_key();
    test_draw();
    test_single();
    test_honest();
    test_all_rates();
    test_dropped();
    test_other();
    test_table();
    test_cut(4, 12, "updates 5 to 12\n");
    test_cut(5, 17, "updates 10 to 17\n");
    test_tensor();
    test_state();
    test_options();
    for (size_t run = 0; run < RUNS; run++)
        unlink(trace_path(run));
    rmdir(in("out/traces"));
    rmdir(in("out"));
    unlink(in("x.yaml"));
    unlink(in("x.golden"));
    rmdir(root);
    free(said);
    return tap_done();
}
