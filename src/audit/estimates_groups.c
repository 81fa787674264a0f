/* Groups: runs of a source that differ on one axis of the sweep only. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "audit/estimates_internal.h"

static slt_status groups_no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory to judge groups of estimates");
}

/* ---- Kinds of runs ----------------------------------------------------------------- */

typedef struct wanted {
    const slt_estimates_audit *audit;
    size_t run;
} wanted;

static bool groups_is_alike(const void *context, size_t run)
{
    const wanted *w = context;
    const slt_golden *golden = w->audit->ours.golden;
    for (size_t axis = 0; axis < golden->axis_count; axis++)
        if (axis != w->audit->over && strcmp(golden->runs[run].values[axis],
                                             golden->runs[w->run].values[axis]) != 0)
            return false;
    return true;
}

/* Fills kind: for each run, the first run of the golden that differs from it at most on
 * the axis `over`. */
static slt_status groups_find_kinds(const slt_estimates_audit *a, size_t *kind,
                                    slt_error *err)
{
    const slt_golden *golden = a->ours.golden;
    slt_index_set kinds = {0};
    slt_status status = SLT_OK;
    for (size_t i = 0; i < golden->run_count && !status; i++) {
        const wanted w = {a, i};
        uint64_t hash = 0;
        for (size_t axis = 0; axis < golden->axis_count; axis++)
            if (axis != a->over)
                hash = slt_index_set_hash_join(hash, golden->runs[i].values[axis]);
        const size_t *first = slt_index_set_find(&kinds, hash, groups_is_alike, &w);
        kind[i] = first ? *first : i;
        if (!first)
            status = slt_index_set_add(&kinds, hash, i, err);
    }
    slt_index_set_free(&kinds);
    return status;
}

/* ---- Numbers ----------------------------------------------------------------------- */

/* For the mean and standard error of n values: the sums of the values and of their
 * squares, both relative to the first value. */
typedef struct sums {
    double first, sum, squares;
    size_t count;
} sums;

static void groups_add(sums *s, slt_real value)
{
    double number = slt_real_double(value);
    if (!s->count++)
        s->first = number;
    s->sum += number - s->first;
    s->squares += (number - s->first) * (number - s->first);
}

static double groups_mean_of(const sums *s)
{
    return s->first + s->sum / (double)s->count;
}

static double groups_error_of(const sums *s)
{
    double n = (double)s->count, squares = s->squares - s->sum * s->sum / n;
    return s->count > 1 ? sqrt((squares > 0 ? squares : 0) / (n - 1) / n) : NAN;
}

typedef struct group_sums {
    sums ours, theirs, differences;
} group_sums;

static void judge_group(slt_group *group, const group_sums *s)
{
    group->count = s->ours.count;
    group->difference = slt_real_of(groups_mean_of(&s->differences));
    group->paired = slt_real_of(groups_error_of(&s->differences));
    group->agreement = slt_agreement_of(
        slt_real_of(groups_mean_of(&s->ours)), slt_real_of(groups_error_of(&s->ours)),
        slt_real_of(groups_mean_of(&s->theirs)), slt_real_of(groups_error_of(&s->theirs)),
        &group->apart);
    double x = groups_error_of(&s->ours), y = groups_error_of(&s->theirs);
    double paired = groups_error_of(&s->differences);
    group->error = slt_real_of(sqrt(x * x + y * y));
    group->paired_apart =
        slt_real_of(paired > 0 ? groups_mean_of(&s->differences) / paired : (double)NAN);
    if (group->count < SLT_GROUP_MIN)
        group->agreement = SLT_AGREE_UNKNOWN;
}

/* ---- Sources ----------------------------------------------------------------------- */

/* Puts the rows of one source into groups. at[kind] is 1 + the group's number, and is
 * reset to 0 afterwards. */
static void groups_collect(slt_estimates_audit *a, size_t index, const size_t *kind,
                           size_t *at, group_sums *all)
{
    slt_source *source = &a->sources[index];
    const size_t *rows = a->rows_of_sources + source->first_row;
    source->first_group = a->group_count;
    for (size_t i = 0; i < source->rows; i++) {
        const slt_judged_row *judged = &a->judged[rows[i]];
        if (!judged->both)
            continue;
        size_t *group = &at[kind[judged->run]];
        if (!*group) {
            a->groups[a->group_count] = (slt_group){.source = index, .first = rows[i]};
            all[a->group_count] = (group_sums){0};
            *group = ++a->group_count;
        }
        groups_add(&all[*group - 1].ours,
                   a->ours.golden->runs[judged->run].results[a->ours.result]);
        groups_add(&all[*group - 1].theirs, a->rows.rows[rows[i]].llc);
        groups_add(&all[*group - 1].differences, judged->difference);
    }
    for (size_t i = 0; i < source->rows; i++)
        at[kind[a->judged[rows[i]].run]] = 0;
    source->groups = a->group_count - source->first_group;
}

slt_status slt_estimates_group(slt_estimates_audit *a, slt_error *err)
{
    size_t runs = a->ours.golden->run_count, rows = a->rows.count;
    if (a->over == SIZE_MAX)
        return SLT_OK;
    size_t *kind = slt_world.calloc(runs + 1, sizeof *kind),
           *at = slt_world.calloc(runs + 1, sizeof *at);
    group_sums *all = slt_world.calloc(rows + 1, sizeof *all);
    a->groups = slt_world.calloc(rows + 1, sizeof *a->groups);
    slt_status status = kind && at && all && a->groups ? SLT_OK : groups_no_memory(err);
    if (!status)
        status = groups_find_kinds(a, kind, err);
    for (size_t i = 0; i < a->rows.source_count && !status; i++) {
        groups_collect(a, i, kind, at, all);
        status = slt_audit_pause(&a->audit, "estimates", err);
    }
    for (size_t i = 0; i < a->group_count && !status; i++)
        judge_group(&a->groups[i], &all[i]);
    free(kind);
    free(at);
    free(all);
    return status;
}
