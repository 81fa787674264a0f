/* Reads estimates from CSV, from another golden, or from the traces of a study. */
#include "audit/estimates_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/io.h"
#include "codec/digest.h"
#include "figure/estimates.h"
#include "learn/quantity.h"
#include "manifest/manifest.h"
#include "run/outcome.h"
#include "run/store.h"

static slt_status read_no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for estimates");
}

/* Why a run has no estimate. */
static char *read_no_estimate(slt_run_status status, const char *column)
{
    slt_buffer text = {0};
    if (status != SLT_RUN_DONE)
        slt_buffer_printf(&text, "%s", slt_run_status_name(status));
    else
        slt_buffer_printf(&text, "it has no %s", column);
    return slt_buffer_take(&text);
}

/* Adds a row for a run of ours. Takes ownership of the note. */
static slt_status read_add_row(slt_estimates_audit *a, size_t run, size_t source,
                               slt_row_kind kind, const slt_trace_estimate *found,
                               slt_error *err)
{
    const slt_row row = {.run = a->ours.golden->runs[run].run,
                         .source = source,
                         .kind = kind,
                         .llc = found->llc,
                         .mcse = found->mcse,
                         .note = found->note};
    return slt_rows_add(&a->rows, &row, a->path, err);
}

/* ---- One trace --------------------------------------------------------------------- */

static slt_status read_find_error(const slt_trace *trace, uint32_t llc,
                                  slt_trace_estimate *found, slt_error *err)
{
    slt_estimates all;
    slt_status status = slt_estimates_of_trace(trace, &all, err);
    const slt_estimate *e = status ? NULL : slt_estimates_last(&all, llc);
    if (e && e->whole) {
        slt_buffer why = {0};
        found->mcse = e->found.mcse;
        slt_diagnostics_unknown(&e->found, &why);
        if (why.size && !(found->note = slt_buffer_take(&why)))
            status = read_no_memory(err);
    }
    slt_estimates_free(&all);
    return status;
}

static slt_status read_find_result(const slt_trace *trace, const slt_ours *ours,
                                   slt_trace_estimate *found, slt_error *err)
{
    slt_outcome outcome;
    slt_status status = slt_outcome_of_trace(trace, NULL, &outcome, err);
    if (status)
        return status;
    const slt_real *value = slt_outcome_find(&outcome, &ours->column);
    found->has = value && slt_real_finite(*value);
    if (found->has)
        found->llc = *value;
    else if (!(found->note = read_no_estimate(outcome.status, ours->column_name)))
        status = read_no_memory(err);
    slt_outcome_free(&outcome);
    return status;
}

slt_status slt_estimates_of_run(const slt_trace *trace, const char *path,
                                const slt_ours *ours, slt_trace_estimate *found,
                                slt_error *err)
{
    slt_error wrong;
    *found = (slt_trace_estimate){.llc = slt_real_absent(), .mcse = slt_real_absent()};
    slt_status status = read_find_result(trace, ours, found, &wrong);
    if (!status && found->has && slt_quantity_is_mean(&ours->column))
        status = read_find_error(trace, ours->column.estimate, found, &wrong);
    return status ? slt_fail(err, status, "%s: %s", path, wrong.text) : SLT_OK;
}

static void read_note_arithmetic(slt_estimates_audit *a, const slt_match_keys *keys,
                                 size_t which)
{
    if (which && !a->converted++)
        slt_buffer_printf(&a->arithmetic, "run.arithmetic is %s there, %s here",
                          slt_arithmetic_name(keys->arithmetic[which]),
                          slt_arithmetic_name(keys->arithmetic[0]));
}

/* ---- A study's folder -------------------------------------------------------------- */

/* Finds the trace of a run, in its own arithmetic or another; false if there is none. */
static bool read_find_trace(slt_estimates_audit *a, const slt_traces *traces, size_t run,
                            slt_digest *experiment)
{
    *experiment = a->ours.golden->runs[run].experiment;
    if (slt_traces_find(traces, *experiment))
        return true;
    slt_match_keys keys = slt_match_keys_of(&a->ours, run);
    for (size_t i = 1; i < keys.count; i++) {
        *experiment = keys.experiment[i];
        if (!slt_traces_find(traces, *experiment))
            continue;
        read_note_arithmetic(a, &keys, i);
        return true;
    }
    return false;
}

static slt_status read_add_trace(slt_estimates_audit *a, size_t run, size_t source,
                                 const slt_traces *traces, slt_digest experiment,
                                 slt_error *err)
{
    slt_trace_estimate found;
    slt_trace *trace = NULL;
    char sha256[SLT_SHA256_TEXT_MAX];
    const char *path = slt_traces_find(traces, experiment);
    slt_status status = slt_traces_load(traces, experiment, &trace, err);
    if (status)
        return status;
    slt_trace_sha256(trace, sha256);
    slt_audit_add_subject(&a->audit, path, sha256);
    status = slt_estimates_of_run(trace, path, &a->ours, &found, err);
    slt_trace_free(trace);
    if (!status)
        status = read_add_row(a, run, source, found.has ? SLT_ROW_ESTIMATE : SLT_ROW_NONE,
                              &found, err);
    else
        free(found.note);
    return status;
}

/* If another run's trace is where this run's would be, describes how that run differs. */
static slt_status read_find_other(const slt_estimates_audit *a, size_t run,
                                  slt_buffer *what, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    const uint8_t *ours, *theirs;
    size_t ours_size, theirs_size;
    slt_trace *trace = NULL;
    slt_status status =
        slt_store_trace_path(a->path, (size_t)a->ours.golden->runs[run].run, path, err);
    if (status || !slt_file_exists(path) ||
        !slt_match_canonical(a->ours.golden, a->ours.manifest, run, &ours, &ours_size))
        return status;
    status = slt_trace_open(path, &trace, err);
    if (status)
        return status;
    theirs = slt_trace_run(trace, &theirs_size);
    status = slt_match_difference(ours, ours_size, theirs, theirs_size, what, err);
    slt_trace_free(trace);
    return status;
}

static slt_status read_add_absent(slt_estimates_audit *a, size_t run, size_t source,
                                  slt_buffer *what, slt_error *err)
{
    slt_trace_estimate nothing = {.llc = slt_real_absent(), .mcse = slt_real_absent()};
    slt_row_kind kind = what->size ? SLT_ROW_OTHER : SLT_ROW_MISSING;
    if (what->size && !(nothing.note = slt_buffer_take(what)))
        return read_no_memory(err);
    return read_add_row(a, run, source, kind, &nothing, err);
}

static slt_status read_add_from_folder(slt_estimates_audit *a, const slt_traces *traces,
                                       size_t run, size_t source, size_t *there,
                                       slt_error *err)
{
    slt_buffer what = {0};
    slt_status status = slt_audit_pause(&a->audit, "estimates", err);
    slt_digest experiment;
    const bool found = !status && read_find_trace(a, traces, run, &experiment);
    *there += found;
    if (found)
        return read_add_trace(a, run, source, traces, experiment, err);
    if (!status)
        status = read_find_other(a, run, &what, err);
    *there += what.size > 0;
    if (!status)
        status = read_add_absent(a, run, source, &what, err);
    slt_buffer_free(&what);
    return status;
}

static slt_status read_folder(slt_estimates_audit *a, slt_error *err)
{
    slt_traces *traces = NULL;
    size_t source, there = 0;
    slt_status status = slt_traces_open(NULL, &a->path, 1, &traces, err);
    if (!status)
        status = slt_rows_source(&a->rows, a->path, &source, err);
    for (size_t i = 0; i < a->ours.golden->run_count && !status; i++)
        if (a->ours.asked[i])
            status = read_add_from_folder(a, traces, i, source, &there, err);
    slt_traces_free(traces);
    if (!status && !there)
        status = slt_fail(err, SLT_FILE, "%s: expected traces of runs of %s, found none",
                          a->path, a->ours.golden->path);
    return status;
}

/* ---- Another golden ---------------------------------------------------------------- */

/* The other golden. Its runs are found by experiment; those that match none of ours, by
 * their values on the axes that both goldens have. */
typedef struct theirs {
    slt_golden *golden;
    slt_manifest *manifest;
    size_t result;
    size_t axes[SLT_GOLDEN_AXES_MAX][2]; /* ours, theirs */
    size_t axis_count;
    slt_index_set by_experiment, by_point;
    size_t *next;  /* the next run at the same point, SIZE_MAX: none; by_point holds the
                      first */
    size_t *match; /* by run of ours; SIZE_MAX: none */
    bool *matched; /* by run of theirs */
} theirs;

typedef struct wanted {
    const theirs *of;
    slt_digest experiment;
    const slt_golden_run *run;
    int side; /* of the axes: 0 if the run is ours, 1 if theirs */
} wanted;

static bool read_same_experiment(const void *context, size_t run)
{
    const wanted *w = context;
    return slt_digest_equal(w->of->golden->runs[run].experiment, w->experiment);
}

static bool read_same_point(const void *context, size_t run)
{
    const wanted *w = context;
    for (size_t i = 0; i < w->of->axis_count; i++)
        if (strcmp(w->run->values[w->of->axes[i][w->side]],
                   w->of->golden->runs[run].values[w->of->axes[i][1]]) != 0)
            return false;
    return true;
}

static uint64_t read_hash_point(const theirs *t, const slt_golden_run *run, int side)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < t->axis_count; i++)
        hash = slt_index_set_hash_join(hash, run->values[t->axes[i][side]]);
    return hash;
}

/* Where the first remaining run at a point is stored; NULL if there never was one. */
static size_t *read_find_point(const theirs *t, const slt_golden_run *run, int side)
{
    const wanted w = {.of = t, .run = run, .side = side};
    return slt_index_set_find(&t->by_point, read_hash_point(t, run, side),
                              read_same_point, &w);
}

static uint64_t read_hash_experiment(slt_digest experiment)
{
    return slt_index_set_hash(experiment.bytes, sizeof experiment.bytes);
}

static const size_t *read_find_experiment(const theirs *t, slt_digest experiment)
{
    const wanted w = {.of = t, .experiment = experiment};
    return slt_index_set_find(&t->by_experiment, read_hash_experiment(experiment),
                              read_same_experiment, &w);
}

static void read_pair_axes(const slt_golden *ours, theirs *t)
{
    for (size_t i = 0; i < ours->axis_count; i++)
        for (size_t j = 0; j < t->golden->axis_count; j++)
            if (strcmp(ours->axes[i], t->golden->axes[j]) == 0) {
                t->axes[t->axis_count][0] = i;
                t->axes[t->axis_count++][1] = j;
            }
}

static void read_match_run(slt_estimates_audit *a, theirs *t, size_t run)
{
    const size_t *found = read_find_experiment(t, a->ours.golden->runs[run].experiment);
    slt_match_keys keys = {0};
    if (!found)
        keys = slt_match_keys_of(&a->ours, run);
    for (size_t i = 1; i < keys.count && !found; i++) {
        found = read_find_experiment(t, keys.experiment[i]);
        if (found)
            read_note_arithmetic(a, &keys, i);
    }
    t->match[run] = found ? *found : SIZE_MAX;
    if (found)
        t->matched[*found] = true;
}

/* Lists, for each point and in order, their runs that match none of ours. */
static slt_status read_list_points(theirs *t, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = t->golden->run_count; i-- > 0 && !status;) {
        const slt_golden_run *run = &t->golden->runs[i];
        if (t->matched[i])
            continue;
        size_t *first = read_find_point(t, run, 1);
        t->next[i] = first ? *first : SIZE_MAX;
        if (first)
            *first = i;
        else
            status = slt_index_set_add(&t->by_point, read_hash_point(t, run, 1), i, err);
    }
    return status;
}

static slt_status read_match_all(slt_estimates_audit *a, theirs *t, slt_error *err)
{
    size_t ours = a->ours.golden->run_count, count = t->golden->run_count;
    slt_status status = SLT_OK;
    t->next = calloc(count + 1, sizeof *t->next);
    t->matched = calloc(count + 1, sizeof *t->matched);
    t->match = calloc(ours + 1, sizeof *t->match);
    if (!t->next || !t->matched || !t->match)
        return read_no_memory(err);
    read_pair_axes(a->ours.golden, t);
    for (size_t i = 0; i < count && !status; i++) {
        slt_digest experiment = t->golden->runs[i].experiment;
        if (!read_find_experiment(t, experiment))
            status = slt_index_set_add(&t->by_experiment,
                                       read_hash_experiment(experiment), i, err);
    }
    for (size_t i = 0; i < ours && !status; i++) {
        read_match_run(a, t, i);
        status = slt_audit_pause(&a->audit, "estimates", err);
    }
    return status ? status : read_list_points(t, err);
}

/* Takes their next unmatched run at the point of our run; SIZE_MAX if there is none. */
static size_t read_take_other(const slt_estimates_audit *a, theirs *t, size_t run)
{
    size_t *first = read_find_point(t, &a->ours.golden->runs[run], 0);
    if (!first || t->matched[*first])
        return SIZE_MAX; /* the last run at a point is never taken out */
    size_t other = *first;
    if (t->next[other] != SIZE_MAX)
        *first = t->next[other];
    t->matched[other] = true;
    return other;
}

static slt_status read_describe_other(const slt_estimates_audit *a, const theirs *t,
                                      size_t run, size_t other, slt_buffer *what,
                                      slt_error *err)
{
    const uint8_t *x, *y;
    size_t x_size, y_size;
    slt_status status = SLT_OK;
    if (slt_match_canonical(a->ours.golden, a->ours.manifest, run, &x, &x_size) &&
        slt_match_canonical(t->golden, t->manifest, other, &y, &y_size))
        status = slt_match_difference(x, x_size, y, y_size, what, err);
    if (!what->size)
        slt_buffer_printf(what, "which, the manifests beside the goldens would tell");
    return status;
}

static slt_status read_add_unmatched(slt_estimates_audit *a, theirs *t, size_t run,
                                     size_t source, slt_error *err)
{
    slt_buffer what = {0};
    slt_status status = SLT_OK;
    size_t other = read_take_other(a, t, run);
    if (other != SIZE_MAX)
        status = read_describe_other(a, t, run, other, &what, err);
    if (!status)
        status = read_add_absent(a, run, source, &what, err);
    slt_buffer_free(&what);
    return status;
}

static slt_status read_add_matched(slt_estimates_audit *a, const theirs *t, size_t run,
                                   size_t source, slt_error *err)
{
    const slt_golden_run *other = &t->golden->runs[t->match[run]];
    slt_trace_estimate found = {.has = other->has_result[t->result],
                                .llc = slt_real_absent(),
                                .mcse = slt_real_absent()};
    if (found.has)
        found.llc = other->results[t->result];
    else if (!(found.note = read_no_estimate(other->status, a->ours.column_name)))
        return read_no_memory(err);
    return read_add_row(a, run, source, found.has ? SLT_ROW_ESTIMATE : SLT_ROW_NONE,
                        &found, err);
}

static slt_status read_find_column(slt_estimates_audit *a, theirs *t, slt_error *err)
{
    while (t->result < t->golden->result_count &&
           !slt_quantity_equal(&t->golden->results[t->result], &a->ours.column))
        t->result++;
    return t->result < t->golden->result_count
               ? SLT_OK
               : slt_fail(err, SLT_FORMAT, "%s: expected a column %s, found none",
                          a->path, a->ours.column_name);
}

static slt_status read_add_all(slt_estimates_audit *a, theirs *t, slt_error *err)
{
    size_t source;
    slt_status status = read_find_column(a, t, err);
    if (!status)
        status = slt_rows_source(&a->rows, t->golden->name, &source, err);
    if (!status)
        status = read_match_all(a, t, err);
    for (size_t i = 0; i < a->ours.golden->run_count && !status; i++) {
        if (!a->ours.asked[i])
            continue;
        status = t->match[i] == SIZE_MAX ? read_add_unmatched(a, t, i, source, err)
                                         : read_add_matched(a, t, i, source, err);
        if (!status)
            status = slt_audit_pause(&a->audit, "estimates", err);
    }
    for (size_t i = 0; i < t->golden->run_count && !status; i++)
        a->others += !t->matched[i];
    return status;
}

static slt_status read_golden(slt_estimates_audit *a, slt_error *err)
{
    theirs t = {0};
    slt_status status = slt_golden_open(a->path, &t.golden, err);
    if (status)
        return status;
    if (slt_golden_manifest(t.golden, &t.manifest, NULL))
        t.manifest = NULL;
    status = read_add_all(a, &t, err);
    slt_index_set_free(&t.by_experiment);
    slt_index_set_free(&t.by_point);
    free(t.next);
    free(t.match);
    free(t.matched);
    slt_manifest_free(t.manifest);
    slt_golden_free(t.golden);
    return status;
}

/* ---- Files ------------------------------------------------------------------------- */

static slt_status read_file(slt_estimates_audit *a, slt_error *err)
{
    static const char golden[] = "sltrace-golden";
    char sha256[SLT_SHA256_TEXT_MAX];
    slt_buffer bytes = {0};
    slt_status status = slt_io_read(a->path, SLT_ROWS_BYTES_MAX, &bytes, err);
    if (!status) {
        slt_sha256_of(bytes.data, bytes.size, sha256);
        slt_audit_add_subject(&a->audit, a->path, sha256);
        const char *text = slt_buffer_text(&bytes);
        status = strncmp(text, golden, strlen(golden)) == 0
                     ? read_golden(a, err)
                     : slt_rows_parse(text, bytes.size, a->path, a->audit.options->cancel,
                                      &a->rows, err);
    }
    slt_buffer_free(&bytes);
    return status;
}

slt_status slt_estimates_read(slt_estimates_audit *a, slt_error *err)
{
    struct stat about;
    bool folder = stat(a->path, &about) == 0 && S_ISDIR(about.st_mode);
    return folder ? read_folder(a, err) : read_file(a, err);
}
