/* Estimates from elsewhere beside ours: rows, groups of runs, sources. */
#include "check/audit/estimates_parts.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory to judge estimates");
}

/* ---- Rows -------------------------------------------------------------------------- */

/* Runs of a golden are numbered in rising order. */
static size_t find_run(const slt_golden *golden, uint64_t run)
{
    size_t low = 0, high = golden->run_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (golden->runs[middle].run < run)
            low = middle + 1;
        else
            high = middle;
    }
    return low < golden->run_count && golden->runs[low].run == run ? low : SIZE_MAX;
}

static slt_status judge_row(const slt_estimates_audit *a, const slt_row *row,
                            slt_judged_row *judged, slt_error *err)
{
    const slt_golden *golden = a->golden;
    judged->run = find_run(golden, row->run);
    if (judged->run == SIZE_MAX)
        return slt_fail(err, SLT_FORMAT, "%s:%zu: run %" PRIu64 " is none of %s", a->path,
                        row->line, row->run, golden->path);
    const slt_golden_run *run = &golden->runs[judged->run];
    if (!run->has_result[a->result])
        return slt_fail(err, SLT_FORMAT, "%s:%zu: run %" PRIu64 " of %s has no %s",
                        a->path, row->line, row->run, golden->path,
                        golden->results[a->result]);
    slt_real ours = a->mcse[judged->run], theirs = row->mcse;
    judged->assumed = slt_real_finite(ours) != slt_real_finite(theirs);
    if (judged->assumed && slt_real_finite(ours))
        theirs = ours;
    else if (judged->assumed)
        ours = theirs;
    slt_real value = run->results[a->result];
    judged->difference = slt_real_of(slt_real_double(row->llc) - slt_real_double(value));
    judged->agreement = slt_agreement_of(value, ours, row->llc, theirs, &judged->apart);
    return SLT_OK;
}

/* ---- Sources ----------------------------------------------------------------------- */

static void judge_sources(slt_estimates_audit *a)
{
    for (size_t i = 0; i < a->rows.count; i++) {
        slt_source *source = &a->sources[a->rows.rows[i].source];
        double apart = slt_real_double(a->judged[i].apart);
        source->count++;
        source->agreements[a->judged[i].agreement]++;
        if (!slt_real_finite(a->judged[i].apart))
            continue;
        /* Welford: mean, and the sum of squares around it */
        double mean = slt_real_double(source->apart_mean);
        double squares = slt_real_double(source->apart_sd), off = apart - mean;
        mean += off / (double)++source->known;
        source->apart_mean = slt_real_of(mean);
        source->apart_sd = slt_real_of(squares + off * (apart - mean));
    }
    for (size_t i = 0; i < a->rows.source_count; i++) {
        slt_source *source = &a->sources[i];
        double squares = slt_real_double(source->apart_sd);
        source->apart_sd = slt_real_of(
            source->known > 1 ? sqrt(squares / (double)(source->known - 1)) : NAN);
    }
}

/* ---- Groups ------------------------------------------------------------------------ */

typedef struct member {
    size_t row, group; /* group: the first run that has its other values */
} member;

static bool alike(const slt_estimates_audit *a, size_t x, size_t y)
{
    const slt_golden *golden = a->golden;
    for (size_t axis = 0; axis < golden->axis_count; axis++)
        if (axis != a->over &&
            strcmp(golden->runs[x].values[axis], golden->runs[y].values[axis]) != 0)
            return false;
    return true;
}

/* The first run of the golden that each run is alike; most stand in stretches. */
static void find_kinds(const slt_estimates_audit *a, size_t *kind)
{
    for (size_t i = 0; i < a->golden->run_count; i++) {
        kind[i] = i;
        if (i && alike(a, i, i - 1)) {
            kind[i] = kind[i - 1];
            continue;
        }
        for (size_t j = 0; j < i && kind[i] == i; j++)
            if (kind[j] == j && alike(a, i, j))
                kind[i] = j;
    }
}

/* Mean and standard error of n values, from sums of them and of their squares around the
 * first. */
typedef struct sums {
    double first, sum, squares;
    size_t count;
} sums;

static void add(sums *s, slt_real value)
{
    double number = slt_real_double(value);
    if (!s->count++)
        s->first = number;
    s->sum += number - s->first;
    s->squares += (number - s->first) * (number - s->first);
}

static double mean_of(const sums *s)
{
    return s->first + s->sum / (double)s->count;
}

static double error_of(const sums *s)
{
    double n = (double)s->count, squares = s->squares - s->sum * s->sum / n;
    return s->count > 1 ? sqrt((squares > 0 ? squares : 0) / (n - 1) / n) : NAN;
}

static void judge_group(slt_group *group, const sums *ours, const sums *theirs,
                        const sums *differences)
{
    group->count = ours->count;
    group->difference = slt_real_of(mean_of(differences));
    group->paired = slt_real_of(error_of(differences));
    group->agreement = slt_agreement_of(
        slt_real_of(mean_of(ours)), slt_real_of(error_of(ours)),
        slt_real_of(mean_of(theirs)), slt_real_of(error_of(theirs)), &group->apart);
    double x = error_of(ours), y = error_of(theirs), paired = error_of(differences);
    group->error = slt_real_of(sqrt(x * x + y * y));
    group->paired_apart =
        slt_real_of(paired > 0 ? mean_of(differences) / paired : (double)NAN);
    if (group->count < SLT_GROUP_MIN)
        group->agreement = SLT_AGREE_UNKNOWN;
}

typedef struct group_sums {
    sums ours, theirs, differences;
} group_sums;

/* One pass over the rows; at[kind + runs * source] is 1 + the group's number. */
static void collect(slt_estimates_audit *a, const size_t *kind, size_t *at,
                    group_sums *all)
{
    for (size_t i = 0; i < a->rows.count; i++) {
        const slt_row *row = &a->rows.rows[i];
        const slt_judged_row *judged = &a->judged[i];
        size_t place = kind[judged->run] * a->rows.source_count + row->source;
        if (!at[place]) {
            a->groups[a->group_count] = (slt_group){.source = row->source, .first = i};
            at[place] = ++a->group_count;
        }
        group_sums *s = &all[at[place] - 1];
        add(&s->ours, a->golden->runs[judged->run].results[a->result]);
        add(&s->theirs, row->llc);
        add(&s->differences, judged->difference);
    }
}

/* Takes a place for each run and source; where nearly all of them have no row, there are
 * no groups worth it. */
static slt_status judge_groups(slt_estimates_audit *a, slt_error *err)
{
    size_t runs = a->golden->run_count, sources = a->rows.source_count;
    if (a->over == SIZE_MAX || sources > (16 * a->rows.count + 4096) / (runs + 1))
        return SLT_OK;
    size_t *kind = calloc(runs + 1, sizeof *kind);
    size_t *at = calloc(runs * sources + 1, sizeof *at);
    group_sums *all = calloc(a->rows.count + 1, sizeof *all);
    a->groups = calloc(a->rows.count + 1, sizeof *a->groups);
    slt_status status = kind && at && all && a->groups ? SLT_OK : no_memory(err);
    if (!status) {
        find_kinds(a, kind);
        collect(a, kind, at, all);
    }
    for (size_t i = 0; i < a->group_count && !status; i++)
        judge_group(&a->groups[i], &all[i].ours, &all[i].theirs, &all[i].differences);
    free(kind);
    free(at);
    free(all);
    return status;
}

slt_status slt_estimates_judge(slt_estimates_audit *a, slt_error *err)
{
    slt_status status = SLT_OK;
    a->judged = calloc(a->rows.count + 1, sizeof *a->judged);
    a->sources = calloc(a->rows.source_count + 1, sizeof *a->sources);
    if (!a->judged || !a->sources)
        return no_memory(err);
    for (size_t i = 0; i < a->rows.count && !status; i++)
        status = judge_row(a, &a->rows.rows[i], &a->judged[i], err);
    if (status)
        return status;
    judge_sources(a);
    return judge_groups(a, err);
}

void slt_estimates_label(const slt_estimates_audit *a, size_t run, bool group,
                         slt_buffer *text)
{
    const slt_golden *golden = a->golden;
    for (size_t axis = 0; axis < golden->axis_count; axis++)
        if (!group || axis != a->over)
            slt_buffer_printf(text, "%s%s=%s", text->size ? " " : "", golden->axes[axis],
                              golden->runs[run].values[axis]);
    if (group && !text->size)
        slt_buffer_printf(text, "all runs");
}
