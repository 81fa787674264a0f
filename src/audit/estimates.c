#include "audit/estimates_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fpenv.h"
#include "base/io.h"
#include "base/world.h"
#include "learn/quantity.h"

#define GOLDEN_BYTES_MAX (64u << 20)

/* ---- What is asked for ------------------------------------------------------------- */

static slt_status estimates_add_golden(slt_estimates_audit *a, const char *path,
                                       slt_error *err)
{
    char sha256[SLT_SHA256_TEXT_MAX];
    slt_buffer bytes = {0};
    slt_status status = slt_io_read(path, GOLDEN_BYTES_MAX, &bytes, err);
    if (!status) {
        slt_sha256_of(bytes.data, bytes.size, sha256);
        slt_audit_add_configuration(&a->audit, path, sha256);
    }
    slt_buffer_free(&bytes);
    return status;
}

static slt_status estimates_open_golden(slt_estimates_audit *a, const char *path,
                                        slt_error *err)
{
    slt_ours *ours = &a->ours;
    slt_status status = slt_golden_open(path, &ours->golden, err);
    if (!status)
        status = estimates_add_golden(a, path, err);
    for (size_t i = 1; !status && i < ours->golden->run_count; i++)
        if (ours->golden->runs[i].run <= ours->golden->runs[i - 1].run)
            status = slt_fail(err, SLT_FORMAT, "%s: expected runs in rising order", path);
    return status ? status
                  : slt_golden_manifest_at_hand(ours->golden, &ours->manifest, err);
}

/* Chooses llc/mean; if the golden lacks it, the first of llc2/mean, ... that it has. */
static slt_quantity estimates_choose_mean(const slt_golden *golden)
{
    slt_quantity chosen = {.kind = SLT_QUANTITY_LLC_MEAN};
    bool any = false;
    for (size_t i = 0; i < golden->result_count; i++) {
        const slt_quantity *column = &golden->results[i];
        if (slt_quantity_is_mean(column) && (!any || !column->estimate)) {
            chosen = *column;
            any = true;
        }
    }
    return chosen;
}

static slt_status estimates_fail_column(const slt_estimates_audit *a, const char *name,
                                        slt_error *err)
{
    const slt_golden *golden = a->ours.golden;
    slt_buffer has = {0};
    for (size_t i = 0; i < golden->result_count; i++) {
        char text[SLT_QUANTITY_TEXT_MAX];
        slt_quantity_text(&golden->results[i], text);
        slt_buffer_printf(&has, " %s", text);
    }
    slt_status status = slt_fail(err, a->more->result ? SLT_USAGE : SLT_FORMAT,
                                 "%s: expected a column %s, found%s", golden->path, name,
                                 has.size ? slt_buffer_text(&has) : " none");
    slt_buffer_free(&has);
    return status;
}

/* Finds the column that --result names, or that of a mean. */
static slt_status estimates_find_result(slt_estimates_audit *a, slt_error *err)
{
    slt_ours *ours = &a->ours;
    const slt_golden *golden = ours->golden;
    if (!a->more->result)
        ours->column = estimates_choose_mean(golden);
    else if (slt_quantity_read(a->more->result, &ours->column, NULL))
        return estimates_fail_column(a, a->more->result, err);
    slt_quantity_text(&ours->column, ours->column_name);
    while (ours->result < golden->result_count &&
           !slt_quantity_equal(&golden->results[ours->result], &ours->column))
        ours->result++;
    return ours->result < golden->result_count
               ? SLT_OK
               : estimates_fail_column(a, ours->column_name, err);
}

static slt_status estimates_find_axis(slt_estimates_audit *a, slt_error *err)
{
    const slt_golden *golden = a->ours.golden;
    const char *name = a->more->over ? a->more->over : "seed";
    a->over = SIZE_MAX;
    for (size_t i = 0; i < golden->axis_count; i++)
        if (strcmp(golden->axes[i], name) == 0)
            a->over = i;
    if (a->over == SIZE_MAX && a->more->over)
        return slt_fail(err, SLT_USAGE, "--over: %s has no axis '%s'", golden->path,
                        name);
    return SLT_OK;
}

/* Marks the runs of --only, which names runs of the manifest. */
static slt_status estimates_select_runs(slt_estimates_audit *a, slt_error *err)
{
    slt_ours *ours = &a->ours;
    if (!ours->manifest)
        return slt_fail(err, SLT_USAGE, "--only: the manifest of %s, %s, cannot be read",
                        ours->golden->path, ours->golden->manifest);
    size_t runs = slt_manifest_runs(ours->manifest);
    bool *selected = slt_world.calloc(runs + 1, sizeof *selected);
    if (!selected)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu runs", runs);
    slt_status status = slt_manifest_select(ours->manifest, a->more->only, selected, err);
    for (size_t i = 0; i < ours->golden->run_count && !status; i++)
        ours->asked[i] =
            ours->golden->runs[i].run < runs && selected[ours->golden->runs[i].run];
    free(selected);
    return status;
}

static slt_status estimates_find_asked(slt_estimates_audit *a, slt_error *err)
{
    size_t runs = a->ours.golden->run_count;
    a->ours.asked = slt_world.calloc(runs + 1, sizeof *a->ours.asked);
    if (!a->ours.asked)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu runs", runs);
    for (size_t i = 0; i < runs && !a->more->only; i++)
        a->ours.asked[i] = true;
    slt_status status = a->more->only ? estimates_select_runs(a, err) : SLT_OK;
    for (size_t i = 0; i < runs && !status; i++)
        if (a->ours.asked[i])
            return SLT_OK;
    return status ? status
                  : slt_fail(err, a->more->only ? SLT_USAGE : SLT_FORMAT,
                             "%s: none of its runs is asked for", a->ours.golden->path);
}

/* ---- Verdicts ---------------------------------------------------------------------- */

/* Adds a result to the audit. If reason is not NULL, it is shown instead of the
 * distance. */
static void estimates_judge_one(slt_estimates_audit *a, size_t source, const char *what,
                                slt_agreement agreement, const char *verdict,
                                slt_real apart, const char *reason)
{
    slt_buffer name = {0};
    slt_buffer_printf(&name, "%s: %s", a->rows.sources[source], what);
    if (slt_real_finite(apart) && !reason)
        slt_audit_judge(&a->audit, slt_agreement_state(agreement), slt_buffer_text(&name),
                        "%s, %+.2f errors", verdict, slt_real_double(apart));
    else
        slt_audit_judge(&a->audit, slt_agreement_state(agreement), slt_buffer_text(&name),
                        "%s%s%s", verdict, reason ? ": " : "", reason ? reason : "");
    slt_buffer_free(&name);
}

/* The totals over all rows, runs and groups. */
typedef struct totals {
    size_t rows; /* judged, or impossible to judge */
    size_t differing, unknown, without, missing;
    size_t groups; /* that differ */
} totals;

static void estimates_judge_rows(slt_estimates_audit *a, totals *t)
{
    char what[40];
    for (size_t i = 0; i < a->rows.count; i++) {
        const slt_row *row = &a->rows.rows[i];
        const slt_judged_row *judged = &a->judged[i];
        if (!judged->asked)
            continue;
        snprintf(what, sizeof what, "run %" PRIu64, row->run);
        estimates_judge_one(a, row->source, what, judged->agreement,
                            slt_estimates_verdict(a, i), judged->apart, judged->reason);
        t->rows++;
        t->without += !judged->both;
        t->differing += judged->both && judged->agreement == SLT_AGREE_NOT;
        t->unknown += judged->both && judged->agreement == SLT_AGREE_UNKNOWN;
    }
}

static void estimates_judge_sources(slt_estimates_audit *a, totals *t)
{
    for (size_t i = 0; i < a->rows.source_count; i++) {
        slt_source *source = &a->sources[i];
        slt_buffer what = {0};
        if (!source->missing)
            continue;
        t->missing += source->missing;
        slt_buffer_printf(&what, "runs %s", slt_buffer_text(&source->missing_list));
        estimates_judge_one(a, i, slt_buffer_text(&what), SLT_AGREE_UNKNOWN, "no row",
                            (slt_real){0}, "not among them");
        slt_buffer_free(&what);
    }
}

static void estimates_judge_groups(slt_estimates_audit *a, totals *t)
{
    for (size_t i = 0; i < a->group_count; i++) {
        const slt_group *group = &a->groups[i];
        slt_buffer what = {0};
        if (group->count < SLT_GROUP_MIN)
            continue;
        slt_estimates_label(a, a->judged[group->first].run, true, &what);
        slt_buffer_printf(&what, " over %s", a->ours.golden->axes[a->over]);
        estimates_judge_one(a, group->source, slt_buffer_text(&what), group->agreement,
                            slt_agreement_text(group->agreement), group->apart, NULL);
        t->groups += group->agreement == SLT_AGREE_NOT;
        slt_buffer_free(&what);
    }
}

/* "3 are missing, of 2 no Monte Carlo error is known". */
static void estimates_print_unjudged(const slt_estimates_audit *a, const totals *t,
                                     slt_buffer *text)
{
    if (t->missing)
        slt_buffer_printf(text, ", %zu have no row", t->missing);
    if (t->without)
        slt_buffer_printf(text,
                          ", %zu are missing, without an estimate or of other "
                          "settings",
                          t->without);
    if (t->unknown)
        slt_buffer_printf(text, ", of %zu no Monte Carlo error is known", t->unknown);
    if (t->unknown && !a->more->from)
        slt_buffer_printf(text, "; give --from with the traces of %s",
                          a->ours.golden->path);
}

/* SLT_OK if everything was judged and agrees. */
static slt_status estimates_conclude(slt_estimates_audit *a, slt_error *err)
{
    totals t = {0};
    slt_buffer parts = {0};
    estimates_judge_rows(a, &t);
    estimates_judge_sources(a, &t);
    estimates_judge_groups(a, &t);
    const char *golden = a->ours.golden->path;
    size_t unjudged = t.missing + t.without + t.unknown;
    slt_status status = SLT_OK;
    estimates_print_unjudged(a, &t, &parts);
    if (t.differing || t.groups)
        status = slt_fail(err, SLT_DIFFERS,
                          "%s: %zu of %zu estimates and %zu groups of runs are more than "
                          "%d errors from %s",
                          a->path, t.differing, t.rows, t.groups, SLT_AGREE_MCSE, golden);
    else if (unjudged)
        status = slt_fail(err, SLT_UNFIT,
                          "%s: %zu of %zu estimates cannot be judged by %s%s", a->path,
                          unjudged, t.rows + t.missing, golden, slt_buffer_text(&parts));
    slt_buffer_free(&parts);
    return status;
}

/* ---- The whole --------------------------------------------------------------------- */

static slt_status estimates_audit(slt_estimates_audit *a, const char *golden,
                                  slt_error *err)
{
    slt_status status = estimates_open_golden(a, golden, err);
    if (!status)
        status = estimates_find_result(a, err);
    if (!status)
        status = estimates_find_axis(a, err);
    if (!status)
        status = estimates_find_asked(a, err);
    if (!status)
        status = slt_estimates_read(a, err);
    if (!status)
        status = slt_estimates_errors(a, err);
    if (!status)
        status = slt_estimates_judge(a, err);
    if (status)
        return status;
    slt_audit_tell(&a->audit, estimates, a);
    status = slt_audit_pause(&a->audit, "estimates", err);
    return status ? status : estimates_conclude(a, err);
}

static void estimates_free_ours(slt_ours *ours)
{
    for (size_t i = 0; ours->note && i < ours->golden->run_count; i++)
        free(ours->note[i]);
    free(ours->note);
    free(ours->mcse);
    free(ours->asked);
    slt_manifest_free(ours->manifest);
    slt_golden_free(ours->golden);
}

slt_status slt_audit_estimates(const char *estimates, const char *golden,
                               const slt_audit_estimates_options *more,
                               const slt_audit_options *options, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_status unknown = slt_audit_check(options, err);
    if (unknown)
        return unknown;
    slt_estimates_audit a = {.more = more, .path = estimates};
    slt_audit_begin(&a.audit, "estimates", options);
    slt_status status = estimates_audit(&a, golden, err);
    status = slt_audit_end(&a.audit, status, err);
    slt_estimates_judge_free(&a);
    slt_rows_free(&a.rows);
    slt_buffer_free(&a.arithmetic);
    estimates_free_ours(&a.ours);
    return status;
}
