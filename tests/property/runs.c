/* Fixed points of whole runs, over random valid manifests: canon(canon(m)) = canon(m),
 * read(write(m)) = m, and replay gives the trace's own bytes: whole, from every
 * checkpoint, in pieces, with one thread and three; recorded twice it is one golden.
 *
 * Of what fails the seed is told: with it in SLT_TEST_SEED that manifest comes first. */
#include "study_sample.h"
#include "traces_sample.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sltrace/check.h>

#include "base/io.h"
#include "manifest/canonical.h"
#include "manifest/manifest_write.h"
#include "random_manifest.h"
#include "verify/segments.h"

/* So many manifests, and more with SLT_LONG=1; SLT_MANIFESTS=N: so many. */
#define MANIFESTS 800
#define MANIFESTS_LONG 5000
#define RECORDED_EVERY 50

static slt_error err;
static char folder[] = "/tmp/slt-runs-XXXXXX";
static slt_pool *pools[2]; /* of one thread and of three */
static const size_t jobs_of[2] = {1, 3};

/* One random run, and its trace. */
typedef struct subject {
    uint64_t seed;
    slt_buffer text;
    slt_manifest *manifest;
    slt_run_spec spec;
    const uint8_t *canonical;
    size_t canonical_size;
    slt_buffer bytes;
    slt_trace *trace;
} subject;

static struct {
    size_t fixed, fixed_run, refused, failed, run, pieces, states, done, recorded;
    size_t singles;
    size_t canon, written, whole, parts, divided, singly, goldens; /* that went wrong */
} count;

static void tell(const subject *s, const char *what)
{
    tap_note("SLT_TEST_SEED=%" PRIu64 ": %s: %s", s->seed, what, err.text);
}

static const char *in(const char *name)
{
    static char paths[4][256];
    static size_t next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%.200s", folder, name);
    return path;
}

/* ---- canon and write --------------------------------------------------------------- */

static bool is_canonical(const subject *s, slt_manifest *manifest)
{
    const uint8_t *bytes;
    size_t size;
    return !slt_manifest_canonical(manifest, 0, &bytes, &size, &err) &&
           size == s->canonical_size && !memcmp(bytes, s->canonical, size);
}

static void check_written(const subject *s)
{
    slt_value run = {0};
    slt_buffer text = {0};
    slt_manifest *again = NULL;
    bool read = !slt_canonical_read(s->canonical, s->canonical_size, &run, &err);
    if (!read) {
        count.canon++;
        tell(s, "canon(canon(m))");
    }
    if (read &&
        (slt_manifest_write("again", "", &run, &text, &err) ||
         slt_manifest_parse((const char *)text.data, text.size, "again", &again, &err) ||
         !is_canonical(s, again))) {
        count.written++;
        tell(s, "read(write(m))");
    }
    slt_manifest_free(again);
    slt_buffer_free(&text);
    slt_value_free(&run);
}

/* ---- replay ------------------------------------------------------------------------ */

static slt_status replay(const slt_replay_options *options)
{
    return slt_replay(in("a.trace"), options, NULL, &err);
}

static void check_whole(const subject *s)
{
    for (size_t i = 0; i < 2; i++) {
        slt_replay_options options = {.jobs = jobs_of[i]};
        if (!replay(&options))
            continue;
        count.whole++;
        tell(s, "replay");
    }
}

static void check_parts(const subject *s)
{
    for (size_t i = 0; i < slt_trace_records(s->trace); i++) {
        const slt_record *record = slt_trace_record(s->trace, i);
        slt_replay_options options = {
            .jobs = jobs_of[i % 2], .has_from = true, .from = record->step};
        if (record->kind != SLT_RECORD_CHECKPOINT)
            continue;
        count.states += record->has_state;
        if (!replay(&options))
            continue;
        count.parts++;
        tell(s, "replay from a checkpoint");
    }
}

static void check_divided(const subject *s)
{
    for (size_t i = 0; i < 2 && slt_segments_possible(s->trace); i++) {
        slt_segments_verdict verdict;
        const slt_segments segments = {.trace = s->trace,
                                       .run = &s->spec,
                                       .canonical = s->canonical,
                                       .canonical_size = s->canonical_size,
                                       .pool = pools[i],
                                       .jobs = jobs_of[i]};
        slt_status status = slt_segments_judge(&segments, &verdict, &err);
        count.pieces += !status ? verdict.stretches + verdict.estimates : 0;
        if (!status && verdict.same)
            continue;
        count.divided++;
        tell(s, "verified in pieces");
    }
}

/* Each piece of a spot check by itself. */
static void check_singly(const subject *s)
{
    slt_segments segments = {.trace = s->trace,
                             .run = &s->spec,
                             .canonical = s->canonical,
                             .canonical_size = s->canonical_size,
                             .pool = pools[0],
                             .fine = true,
                             .jobs = 1};
    size_t stretches, estimates;
    slt_status status = slt_segments_count(&segments, &stretches, &estimates, &err);
    for (size_t i = 0; !status && i < stretches + estimates; i++) {
        slt_segments_verdict verdict;
        slt_run_stretch piece;
        status = slt_segments_judge_one(&segments, i, &piece, &verdict, &err);
        status = status || verdict.same ? status : SLT_DIFFERS;
        count.singles++;
    }
    if (!status)
        return;
    count.singly++;
    tell(s, "pieces by themselves");
}

/* ---- record ------------------------------------------------------------------------ */

static void remove_all(const char *path)
{
    DIR *dir = opendir(path);
    if (!dir) {
        unlink(path);
        return;
    }
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        char below[512];
        if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..") &&
            snprintf(below, sizeof below, "%s/%s", path, entry->d_name) < 512)
            remove_all(below);
    }
    closedir(dir);
    rmdir(path);
}

/* The golden of a study of its own, to be freed; NULL where that fails. */
static char *golden_of(const subject *s, size_t jobs)
{
    slt_study_options options = {.out = in("out"), .jobs = jobs};
    slt_study_counts counts;
    slt_golden *golden = NULL;
    slt_figure *figure = NULL;
    char *text = NULL;
    size_t size;
    if (slt_study_run(s->manifest, &options, &counts, &err) ||
        sample_golden(s->manifest, in("out"), in("x.golden"), &golden, &figure, &err) ||
        slt_golden_write(golden, &text, &size, &err))
        text = NULL;
    slt_figure_free(figure);
    slt_golden_free(golden);
    remove_all(in("out"));
    return text;
}

static void check_recorded(const subject *s)
{
    char *first = golden_of(s, 1), *second = golden_of(s, 3);
    count.recorded++;
    if (!first || !second || strcmp(first, second) != 0) {
        count.goldens++;
        tell(s, "recorded twice");
    }
    free(first);
    free(second);
}

/* ---- One manifest ------------------------------------------------------------------ */

static slt_status keep_record(void *context, slt_trace_writer *writer, slt_error *error)
{
    subject *s = context;
    (void)error;
    slt_buffer_append(&s->bytes, writer->bytes.data, writer->bytes.size);
    slt_buffer_clear(&writer->bytes);
    return SLT_OK;
}

/* False where it cannot be run: a loss at the start that is no number, say. */
static bool run(subject *s)
{
    slt_execution execution;
    slt_trace_writer writer;
    slt_execute_hooks hooks = {.context = s, .record = keep_record};
    slt_trace_writer_init(&writer);
    slt_status status = slt_execution_create(&s->spec, &execution, &err);
    if (!status)
        status = slt_execute(&execution, s->canonical, s->canonical_size, &writer,
                             pools[0], &hooks, &err);
    slt_execution_free(&execution);
    slt_trace_writer_free(&writer);
    if (!status && (slt_trace_parse(s->bytes.data, s->bytes.size, "x", &s->trace, &err) ||
                    slt_io_replace(in("a.trace"), s->bytes.data, s->bytes.size, &err)))
        tap_bail(err.text);
    return !status;
}

static void check(subject *s, size_t index)
{
    check_written(s);
    if (!run(s)) {
        count.failed++;
        tell(s, "not run");
        return;
    }
    count.run++;
    count.fixed_run += s->spec.arithmetic == SLT_FIXED;
    count.done += slt_trace_record(s->trace, slt_trace_records(s->trace) - 1)->status ==
                  SLT_RUN_DONE;
    check_whole(s);
    check_parts(s);
    check_divided(s);
    if (count.run % 4 == 0)
        check_singly(s);
    if (index % RECORDED_EVERY == 0)
        check_recorded(s);
}

static void one(size_t index)
{
    static subject s;
    s = (subject){.seed = random_state};
    random_manifest_write(&s.text);
    const char *text = slt_buffer_text(&s.text);
    count.fixed += strstr(text, "arithmetic: fixed") != NULL;
    if (slt_manifest_parse(text, s.text.size, in("x.yaml"), &s.manifest, &err)) {
        count.refused++;
        tell(&s, "refused");
    } else if (slt_manifest_run(s.manifest, 0, &s.spec, &err) ||
               slt_manifest_canonical(s.manifest, 0, &s.canonical, &s.canonical_size,
                                      &err)) {
        tap_bail(err.text);
    } else {
        check(&s, index);
    }
    slt_trace_free(s.trace);
    slt_buffer_free(&s.bytes);
    slt_manifest_free(s.manifest);
    slt_buffer_free(&s.text);
}

int main(void)
{
    random_begin();
    if (slt_start(NULL, &err) || !mkdtemp(folder) ||
        slt_pool_create(1, &pools[0], &err) || slt_pool_create(3, &pools[1], &err))
        tap_bail(err.text);
    const char *asked = getenv("SLT_MANIFESTS");
    const size_t most = asked                ? strtoull(asked, NULL, 10)
                        : getenv("SLT_LONG") ? MANIFESTS_LONG
                                             : MANIFESTS;
    for (size_t i = 0; i < most; i++)
        one(i);
    tap_note("%zu run, %zu refused, %zu could not be run; %zu of %zu fixed run",
             count.run, count.refused, count.failed, count.fixed_run, count.fixed);
    tap_note("%zu done; %zu states, %zu pieces, %zu recorded", count.done, count.states,
             count.pieces, count.recorded);
    TAP_EQ_U64(count.refused, 0, "no manifest is refused");
    TAP_OK(count.failed * 50 <= count.run, "nearly all can be run");
    TAP_OK(count.fixed_run * 2 >= count.fixed && count.fixed_run > most / 4,
           "and those in fixed point");
    TAP_OK(count.done * 10 >= count.run * 8 && count.done < count.run &&
               count.pieces > count.run && count.singles > count.run / 4,
           "most, not all, come to their end, and have pieces");
    TAP_EQ_U64(count.canon, 0, "canon(canon(m)) = canon(m)");
    TAP_EQ_U64(count.written, 0, "read(write(m)) = m");
    TAP_EQ_U64(count.whole, 0, "replay(trace) = trace, with one thread and three");
    TAP_EQ_U64(count.parts, 0, "and from every checkpoint");
    TAP_EQ_U64(count.divided, 0, "and in pieces");
    TAP_EQ_U64(count.singly, 0, "and each of them by itself");
    TAP_EQ_U64(count.goldens, 0, "recorded twice it is one golden");
    slt_pool_free(pools[0]);
    slt_pool_free(pools[1]);
    remove_all(folder);
    return tap_done();
}
