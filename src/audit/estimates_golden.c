/* Reads estimates from another golden: which of its runs is which of ours. */
#include "audit/estimates_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "codec/digest.h"
#include "learn/quantity.h"

static slt_status golden_no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for estimates");
}

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

static bool golden_same_experiment(const void *context, size_t run)
{
    const wanted *w = context;
    return slt_digest_equal(w->of->golden->runs[run].experiment, w->experiment);
}

static bool golden_same_point(const void *context, size_t run)
{
    const wanted *w = context;
    for (size_t i = 0; i < w->of->axis_count; i++)
        if (strcmp(w->run->values[w->of->axes[i][w->side]],
                   w->of->golden->runs[run].values[w->of->axes[i][1]]) != 0)
            return false;
    return true;
}

static uint64_t golden_hash_point(const theirs *t, const slt_golden_run *run, int side)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < t->axis_count; i++)
        hash = slt_index_set_hash_join(hash, run->values[t->axes[i][side]]);
    return hash;
}

/* Where the first remaining run at a point is stored; NULL if there never was one. */
static size_t *golden_find_point(const theirs *t, const slt_golden_run *run, int side)
{
    const wanted w = {.of = t, .run = run, .side = side};
    return slt_index_set_find(&t->by_point, golden_hash_point(t, run, side),
                              golden_same_point, &w);
}

static uint64_t golden_hash_experiment(slt_digest experiment)
{
    return slt_index_set_hash(experiment.bytes, sizeof experiment.bytes);
}

static const size_t *golden_find_experiment(const theirs *t, slt_digest experiment)
{
    const wanted w = {.of = t, .experiment = experiment};
    return slt_index_set_find(&t->by_experiment, golden_hash_experiment(experiment),
                              golden_same_experiment, &w);
}

static void golden_pair_axes(const slt_golden *ours, theirs *t)
{
    for (size_t i = 0; i < ours->axis_count; i++)
        for (size_t j = 0; j < t->golden->axis_count; j++)
            if (strcmp(ours->axes[i], t->golden->axes[j]) == 0) {
                t->axes[t->axis_count][0] = i;
                t->axes[t->axis_count++][1] = j;
            }
}

static slt_status golden_match_run(slt_estimates_audit *a, theirs *t, size_t run,
                                   slt_error *err)
{
    slt_status status = SLT_OK;
    const size_t *found = golden_find_experiment(t, a->ours.golden->runs[run].experiment);
    slt_match_keys keys = {0};
    if (!found)
        status = slt_match_keys_of(&a->ours, run, &keys, err);
    for (size_t i = 1; i < keys.count && !found && !status; i++) {
        found = golden_find_experiment(t, keys.experiment[i]);
        if (found)
            slt_estimates_note_arithmetic(a, &keys, i);
    }
    t->match[run] = found ? *found : SIZE_MAX;
    if (found)
        t->matched[*found] = true;
    return status;
}

/* Lists, for each point and in order, their runs that match none of ours. */
static slt_status golden_list_points(theirs *t, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = t->golden->run_count; i-- > 0 && !status;) {
        const slt_golden_run *run = &t->golden->runs[i];
        if (t->matched[i])
            continue;
        size_t *first = golden_find_point(t, run, 1);
        t->next[i] = first ? *first : SIZE_MAX;
        if (first)
            *first = i;
        else
            status =
                slt_index_set_add(&t->by_point, golden_hash_point(t, run, 1), i, err);
    }
    return status;
}

static slt_status golden_match_all(slt_estimates_audit *a, theirs *t, slt_error *err)
{
    size_t ours = a->ours.golden->run_count, count = t->golden->run_count;
    slt_status status = SLT_OK;
    t->next = slt_world.calloc(count + 1, sizeof *t->next);
    t->matched = slt_world.calloc(count + 1, sizeof *t->matched);
    t->match = slt_world.calloc(ours + 1, sizeof *t->match);
    if (!t->next || !t->matched || !t->match)
        return golden_no_memory(err);
    golden_pair_axes(a->ours.golden, t);
    for (size_t i = 0; i < count && !status; i++) {
        slt_digest experiment = t->golden->runs[i].experiment;
        if (!golden_find_experiment(t, experiment))
            status = slt_index_set_add(&t->by_experiment,
                                       golden_hash_experiment(experiment), i, err);
    }
    for (size_t i = 0; i < ours && !status; i++) {
        status = golden_match_run(a, t, i, err);
        if (!status)
            status = slt_audit_pause(&a->audit, "estimates", err);
    }
    return status ? status : golden_list_points(t, err);
}

/* Takes their next unmatched run at the point of our run; SIZE_MAX if there is none. */
static size_t golden_take_other(const slt_estimates_audit *a, theirs *t, size_t run)
{
    size_t *first = golden_find_point(t, &a->ours.golden->runs[run], 0);
    if (!first || t->matched[*first])
        return SIZE_MAX; /* the last run at a point is never taken out */
    size_t other = *first;
    if (t->next[other] != SIZE_MAX)
        *first = t->next[other];
    t->matched[other] = true;
    return other;
}

static slt_status golden_describe_other(const slt_estimates_audit *a, const theirs *t,
                                        size_t run, size_t other, slt_buffer *what,
                                        slt_error *err)
{
    const uint8_t *x = NULL, *y = NULL;
    size_t x_size, y_size;
    slt_status status = slt_match_canonical(a->ours.golden, a->ours.manifest, run, &x,
                                            &x_size, err);
    if (!status)
        status =
            slt_match_canonical(t->golden, t->manifest, other, &y, &y_size, err);
    if (!status && x && y)
        status = slt_match_difference(x, x_size, y, y_size, what, err);
    if (!what->size)
        slt_buffer_printf(what, "which, the manifests beside the goldens would tell");
    return status;
}

static slt_status golden_add_unmatched(slt_estimates_audit *a, theirs *t, size_t run,
                                       size_t source, slt_error *err)
{
    slt_buffer what = {0};
    slt_status status = SLT_OK;
    size_t other = golden_take_other(a, t, run);
    if (other != SIZE_MAX)
        status = golden_describe_other(a, t, run, other, &what, err);
    if (!status)
        status = slt_estimates_add_absent(a, run, source, &what, err);
    slt_buffer_free(&what);
    return status;
}

static slt_status golden_add_matched(slt_estimates_audit *a, const theirs *t, size_t run,
                                     size_t source, slt_error *err)
{
    const slt_golden_run *other = &t->golden->runs[t->match[run]];
    slt_trace_estimate found = {.has = other->has_result[t->result],
                                .llc = slt_real_absent(),
                                .mcse = slt_real_absent()};
    if (found.has)
        found.llc = other->results[t->result];
    else if (!(found.note = slt_estimates_reason(other->status, a->ours.column_name)))
        return golden_no_memory(err);
    return slt_estimates_add_row(
        a, run, source, found.has ? SLT_ROW_ESTIMATE : SLT_ROW_NONE, &found, err);
}

static slt_status golden_find_column(slt_estimates_audit *a, theirs *t, slt_error *err)
{
    while (t->result < t->golden->result_count &&
           !slt_quantity_equal(&t->golden->results[t->result], &a->ours.column))
        t->result++;
    return t->result < t->golden->result_count
               ? SLT_OK
               : slt_fail(err, SLT_FORMAT, "%s: expected a column %s, found none",
                          a->path, a->ours.column_name);
}

static slt_status golden_add_all(slt_estimates_audit *a, theirs *t, slt_error *err)
{
    size_t source;
    slt_status status = golden_find_column(a, t, err);
    if (!status)
        status = slt_rows_source(&a->rows, t->golden->name, &source, err);
    if (!status)
        status = golden_match_all(a, t, err);
    for (size_t i = 0; i < a->ours.golden->run_count && !status; i++) {
        if (!a->ours.asked[i])
            continue;
        status = t->match[i] == SIZE_MAX ? golden_add_unmatched(a, t, i, source, err)
                                         : golden_add_matched(a, t, i, source, err);
        if (!status)
            status = slt_audit_pause(&a->audit, "estimates", err);
    }
    for (size_t i = 0; i < t->golden->run_count && !status; i++)
        a->others += !t->matched[i];
    return status;
}

slt_status slt_estimates_read_golden(slt_estimates_audit *a, slt_error *err)
{
    theirs t = {0};
    slt_status status = slt_golden_open(a->path, &t.golden, err);
    if (status)
        return status;
    status = slt_golden_manifest_at_hand(t.golden, &t.manifest, err);
    if (!status)
        status = golden_add_all(a, &t, err);
    slt_index_set_free(&t.by_experiment);
    slt_index_set_free(&t.by_point);
    free(t.next);
    free(t.match);
    free(t.matched);
    slt_manifest_free(t.manifest);
    slt_golden_free(t.golden);
    return status;
}
