#include "verify/verify_figure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/tree.h"
#include "base/world.h"
#include "figure/figure.h"
#include "figure/golden_make.h"
#include "manifest/manifest.h"
#include "run/files.h"

/* What is known when the verdicts are given. */
typedef struct findings {
    slt_figure
        *figure; /* made from all runs, or from the file; NULL if neither was possible */
    slt_status made; /* status of making it */
    slt_error made_error;
    slt_status file; /* status of reading the file beside the golden */
    slt_error file_error;
    bool missing;
} findings;

size_t slt_verify_figure_parts(const slt_figure_evidence *check)
{
    const slt_figure_spec *spec = slt_manifest_figure(check->manifest);
    if (!check->made->data)
        return 0;
    return (spec && spec->claim_count) || check->golden->claim_count ? 2 : 1;
}

/* ---- Making ------------------------------------------------------------------------ */

static bool all_whole(const slt_judgement *judgements, size_t runs)
{
    for (size_t run = 0; run < runs; run++)
        if (!judgements[run].run.whole)
            return false;
    return true;
}

static slt_status make_of_runs(const slt_figure_evidence *check, findings *f)
{
    size_t runs = check->golden->run_count;
    slt_outcome *outcomes = slt_world.calloc(runs + 1, sizeof *outcomes);
    if (!outcomes)
        return slt_fail(&f->made_error, SLT_RESOURCE, "no memory for %zu runs", runs);
    for (size_t run = 0; run < runs; run++)
        outcomes[run] = check->judgements[run].outcome; /* shared, not freed here */
    slt_status status =
        slt_figure_of_outcomes(check->manifest, outcomes, &f->figure, &f->made_error);
    free(outcomes);
    return status;
}

/* Makes the figure from published data, which must agree with the golden's lines of
 * runs. */
static slt_status make_of_file(const slt_figure_evidence *check, const char *csv,
                               size_t size, findings *f)
{
    slt_status status =
        slt_figure_of_csv(check->manifest, csv, size, &f->figure, &f->made_error);
    return status ? status
                  : slt_figure_take_golden(f->figure, check->golden, &f->made_error);
}

static bool is_missing(const slt_golden *golden)
{
    slt_buffer path = {0};
    struct stat about;
    bool missing = !slt_tree_name_beside(golden->path, golden->data, &path, NULL) &&
                   slt_world.stat(slt_buffer_text(&path), &about) && errno == ENOENT;
    slt_buffer_free(&path);
    return missing;
}

static void make_findings(const slt_figure_evidence *check, findings *f)
{
    char *csv = NULL;
    size_t size = 0;
    f->missing = is_missing(check->golden);
    if (!f->missing)
        f->file = slt_golden_data(check->golden, &csv, &size, &f->file_error);
    if (check->judgements)
        f->made = make_of_runs(check, f);
    else if (!f->missing && !f->file)
        f->made = make_of_file(check, csv, size, f);
    if (f->figure && !f->made)
        f->made = slt_study_golden_set_figure(check->made, f->figure, &f->made_error);
    free(csv);
}

/* ---- Judging ----------------------------------------------------------------------- */

static slt_status figure_trouble(slt_status status, const slt_error *why,
                                 slt_part_verdict *verdict, slt_error *err)
{
    verdict->verdict = status == SLT_DIFFERS ? SLT_VERDICT_DIFFERS : SLT_VERDICT_TROUBLE;
    verdict->error = *err = *why;
    return status;
}

static slt_status data_differ(const slt_golden *golden, slt_part_verdict *verdict,
                              slt_error *err)
{
    const slt_golden_difference *difference = &verdict->fields;
    verdict->verdict = SLT_VERDICT_DIFFERS;
    slt_fail(err, SLT_DIFFERS, "%s: figure data: %s is %s, in the golden %s",
             golden->path, difference->field, difference->found, difference->golden);
    verdict->error = *err;
    return SLT_DIFFERS;
}

static slt_status judge_data(const slt_figure_evidence *check, const findings *f,
                             slt_part_verdict *verdict, slt_error *err)
{
    const slt_golden *golden = check->golden;
    slt_golden_difference *fields = &verdict->fields;
    if (f->missing) {
        *fields = (slt_golden_difference){.count = 1, .field = "data"};
        snprintf(fields->golden, sizeof fields->golden, "%.255s", golden->data);
        snprintf(fields->found, sizeof fields->found, "no such file beside it");
        return data_differ(golden, verdict, err);
    }
    if (f->made)
        return figure_trouble(f->made, &f->made_error, verdict, err);
    slt_status status = SLT_OK;
    if (f->figure)
        status =
            slt_golden_compare_line(golden, check->made, SLT_GOLDEN_DATA, 0, fields, err);
    if (status)
        return figure_trouble(status, err, verdict, err);
    if (fields->count)
        return data_differ(golden, verdict, err);
    return f->file ? figure_trouble(f->file, &f->file_error, verdict, err) : SLT_OK;
}

slt_status slt_verify_claims(const slt_golden *golden, const slt_golden *made,
                             slt_golden_difference *difference, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; (i < golden->claim_count || i < made->claim_count) && !status; i++)
        status =
            slt_golden_compare_line(golden, made, SLT_GOLDEN_CLAIM, i, difference, err);
    return status || !difference->count
               ? status
               : slt_fail(err, SLT_DIFFERS, "%s: %s is %s, in the golden %s",
                          golden->path, difference->field, difference->found,
                          difference->golden);
}

static slt_status judge_claims(const slt_figure_evidence *check,
                               slt_part_verdict *verdict, slt_error *err)
{
    slt_status status =
        slt_verify_claims(check->golden, check->made, &verdict->fields, err);
    return status ? figure_trouble(status, err, verdict, err) : SLT_OK;
}

/* ---- Both -------------------------------------------------------------------------- */

static void tell_part(const slt_figure_evidence *check, const slt_part_verdict *verdict,
                      const slt_verify_page *page)
{
    if (page->part)
        page->part(page->context, check->golden, verdict);
}

static slt_status judge_figure(const slt_figure_evidence *check, const findings *f,
                               const slt_verify_page *page, slt_error *err)
{
    slt_part_verdict data = {.part = SLT_PART_DATA, .verdict = SLT_VERDICT_IDENTICAL};
    slt_part_verdict claims = {.part = SLT_PART_CLAIMS, .verdict = SLT_VERDICT_IDENTICAL};
    slt_error inner;
    slt_status status = judge_data(check, f, &data, err), other = SLT_OK;
    bool known = f->figure && !f->made;
    tell_part(check, &data, page);
    if (slt_verify_figure_parts(check) == 2) {
        if (known)
            other = judge_claims(check, &claims, &inner);
        else
            claims.verdict = SLT_VERDICT_NOT_JUDGED;
        tell_part(check, &claims, page);
    }
    for (size_t i = 0; known && page->claim && i < f->figure->claim_count; i++)
        page->claim(page->context, &f->figure->claims[i]);
    if (slt_status_worse(status, other) != status)
        *err = inner;
    return slt_status_worse(status, other);
}

static void tell_not_judged(const slt_figure_evidence *check, const slt_verify_page *page)
{
    for (size_t i = 0; i < slt_verify_figure_parts(check); i++) {
        const slt_part_verdict none = {.part = i ? SLT_PART_CLAIMS : SLT_PART_DATA,
                                       .verdict = SLT_VERDICT_NOT_JUDGED};
        tell_part(check, &none, page);
    }
}

slt_status slt_verify_figure(const slt_figure_evidence *check,
                             const slt_verify_page *page, slt_error *err)
{
    findings f = {0};
    if (!slt_verify_figure_parts(check))
        return SLT_OK;
    if (check->judgements && !all_whole(check->judgements, check->golden->run_count)) {
        tell_not_judged(check, page);
        return SLT_OK; /* the runs have reported it themselves */
    }
    make_findings(check, &f);
    slt_status status = judge_figure(check, &f, page, err);
    slt_figure_free(f.figure);
    return status;
}
