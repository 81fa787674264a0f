#include "check/audit/estimates_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"

#define GOLDEN_BYTES_MAX (64u << 20)

/* ---- What is asked for ------------------------------------------------------------- */

static slt_status add_golden(slt_estimates_audit *a, const char *path, slt_error *err)
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

static slt_status open_golden(slt_estimates_audit *a, const char *path, slt_error *err)
{
    slt_status status = slt_golden_open(path, &a->golden, err);
    if (!status)
        status = add_golden(a, path, err);
    for (size_t i = 1; !status && i < a->golden->run_count; i++)
        if (a->golden->runs[i].run <= a->golden->runs[i - 1].run)
            status = slt_fail(err, SLT_FORMAT, "%s: expected runs in rising order", path);
    return status;
}

/* --result, else llc/mean, else the first of llc2/mean, ... that the golden has. */
static const char *choose_result(const slt_estimates_audit *a)
{
    const slt_golden *golden = a->golden;
    const char *chosen = "llc/mean";
    bool has = a->more->result;
    for (size_t i = 0; i < golden->result_count && !has; i++)
        has = strcmp(golden->results[i], chosen) == 0;
    for (size_t i = 0; i < golden->result_count && !has; i++) {
        const char *name = golden->results[i];
        size_t digits = strncmp(name, "llc", 3) ? 0 : strspn(name + 3, "0123456789");
        has = digits && strcmp(name + 3 + digits, "/mean") == 0;
        chosen = has ? name : chosen;
    }
    return a->more->result ? a->more->result : chosen;
}

/* "llc/mean" is of estimate 0, "llc3/mean" of estimate 2. */
static slt_status find_result(slt_estimates_audit *a, slt_error *err)
{
    const char *name = choose_result(a);
    const slt_golden *golden = a->golden;
    slt_buffer has = {0};
    unsigned long number =
        strncmp(name, "llc", 3) == 0 && name[3] != '/' ? strtoul(name + 3, NULL, 10) : 1;
    a->llc = number ? (uint32_t)number - 1 : 0;
    for (a->result = 0; a->result < golden->result_count; a->result++) {
        if (strcmp(golden->results[a->result], name) == 0)
            return SLT_OK;
        slt_buffer_printf(&has, " %s", golden->results[a->result]);
    }
    slt_status status =
        slt_fail(err, a->more->result ? SLT_USAGE : SLT_FORMAT,
                 "%s: expected a column %s, found%s", golden->path, name,
                 has.size ? slt_buffer_text(&has) : " none");
    slt_buffer_free(&has);
    return status;
}

static slt_status find_axis(slt_estimates_audit *a, slt_error *err)
{
    const char *name = a->more->over ? a->more->over : "seed";
    a->over = SIZE_MAX;
    for (size_t i = 0; i < a->golden->axis_count; i++)
        if (strcmp(a->golden->axes[i], name) == 0)
            a->over = i;
    if (a->over == SIZE_MAX && a->more->over)
        return slt_fail(err, SLT_USAGE, "--over: %s has no axis '%s'", a->golden->path,
                        name);
    return SLT_OK;
}

/* ---- Verdicts ---------------------------------------------------------------------- */

static slt_audit_state state_of(slt_agreement agreement)
{
    return agreement == SLT_AGREE_NOT       ? SLT_AUDIT_FAILED
           : agreement == SLT_AGREE_UNKNOWN ? SLT_AUDIT_WARNED
                                            : SLT_AUDIT_PASSED;
}

static void judge(slt_estimates_audit *a, const char *source, const char *what,
                  slt_agreement agreement, slt_real apart)
{
    slt_buffer name = {0};
    slt_buffer_printf(&name, "%s: %s", source, what);
    if (slt_real_finite(apart))
        slt_audit_judge(&a->audit, state_of(agreement), slt_buffer_text(&name),
                        "%s, %+.2f errors", slt_agreement_text(agreement),
                        slt_real_double(apart));
    else
        slt_audit_judge(&a->audit, state_of(agreement), slt_buffer_text(&name), "%s",
                        slt_agreement_text(agreement));
    slt_buffer_free(&name);
}

static void judge_rows(slt_estimates_audit *a, size_t counts[SLT_AGREE_UNKNOWN + 1])
{
    char what[40];
    for (size_t i = 0; i < a->rows.count; i++) {
        const slt_row *row = &a->rows.rows[i];
        snprintf(what, sizeof what, "run %" PRIu64, row->run);
        judge(a, a->rows.sources[row->source], what, a->judged[i].agreement,
              a->judged[i].apart);
        counts[a->judged[i].agreement]++;
    }
}

/* How many groups differ. */
static size_t judge_groups(slt_estimates_audit *a)
{
    size_t differing = 0;
    for (size_t i = 0; i < a->group_count; i++) {
        const slt_group *group = &a->groups[i];
        slt_buffer what = {0};
        if (group->count < SLT_GROUP_MIN)
            continue;
        slt_estimates_label(a, a->judged[group->first].run, true, &what);
        slt_buffer_printf(&what, " over %s", a->golden->axes[a->over]);
        judge(a, a->rows.sources[group->source], slt_buffer_text(&what), group->agreement,
              group->apart);
        differing += group->agreement == SLT_AGREE_NOT;
        slt_buffer_free(&what);
    }
    return differing;
}

static slt_status conclude(slt_estimates_audit *a, slt_error *err)
{
    size_t rows[SLT_AGREE_UNKNOWN + 1] = {0};
    judge_rows(a, rows);
    size_t groups = judge_groups(a);
    if (rows[SLT_AGREE_NOT] || groups)
        return slt_fail(err, SLT_DIFFERS,
                        "%s: %zu of %zu estimates and %zu groups of runs are more than "
                        "%d errors from %s",
                        a->path, rows[SLT_AGREE_NOT], a->rows.count, groups,
                        SLT_AGREE_MCSE, a->golden->path);
    if (rows[SLT_AGREE_UNKNOWN])
        return slt_fail(err, SLT_UNFIT,
                        "%s: %zu of %zu estimates cannot be judged: neither their Monte "
                        "Carlo error nor ours is known; give --from with the traces of "
                        "%s",
                        a->path, rows[SLT_AGREE_UNKNOWN], a->rows.count, a->golden->path);
    return SLT_OK;
}

/* ---- The whole --------------------------------------------------------------------- */

static slt_status audit(slt_estimates_audit *a, const char *golden, slt_error *err)
{
    slt_status status = open_golden(a, golden, err);
    if (!status)
        status = find_result(a, err);
    if (!status)
        status = find_axis(a, err);
    if (!status)
        status = slt_estimates_read(a, err);
    if (!status)
        status = slt_estimates_errors(a, err);
    if (!status)
        status = slt_estimates_judge(a, err);
    if (status)
        return status;
    slt_estimates_print(a);
    slt_estimates_print_json(a);
    return conclude(a, err);
}

slt_status slt_audit_estimates(const char *estimates, const char *golden,
                               const slt_audit_estimates_options *more,
                               const slt_audit_options *options, slt_error *err)
{
    slt_estimates_audit a = {.more = more, .path = estimates};
    slt_status status = slt_audit_begin(&a.audit, "estimates", options, err);
    if (!status)
        status = audit(&a, golden, err);
    status = slt_audit_end(&a.audit, status, err);
    slt_rows_free(&a.rows);
    slt_golden_free(a.golden);
    free(a.mcse);
    free(a.judged);
    free(a.groups);
    free(a.sources);
    return status;
}
