#include "verify/verify_figure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/tree.h"
#include "figure/figure.h"
#include "figure/golden_make.h"
#include "manifest/manifest.h"
#include "run/files.h"

/* What is known when the tests are printed. */
typedef struct findings {
    slt_figure *figure; /* of all runs, or of the file; NULL: neither would do */
    slt_status made;    /* of making it */
    slt_error made_error;
    slt_status file; /* of the file beside the golden */
    slt_error file_error;
    bool missing;
} findings;

size_t slt_verify_figure_tests(const slt_figure_check *check)
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
        if (!judgements[run].whole)
            return false;
    return true;
}

static slt_status make_of_runs(const slt_figure_check *check, findings *f)
{
    size_t runs = check->golden->run_count;
    slt_outcome *outcomes = calloc(runs + 1, sizeof *outcomes);
    if (!outcomes)
        return slt_fail(&f->made_error, SLT_RESOURCE, "no memory for %zu runs", runs);
    for (size_t run = 0; run < runs; run++)
        outcomes[run] = check->judgements[run].outcome; /* shared, not freed here */
    slt_status status =
        slt_figure_of_outcomes(check->manifest, outcomes, &f->figure, &f->made_error);
    free(outcomes);
    return status;
}

/* Of published data, which must be what the golden's lines of runs tell. */
static slt_status make_of_file(const slt_figure_check *check, const char *csv,
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
                   stat(slt_buffer_text(&path), &about) && errno == ENOENT;
    slt_buffer_free(&path);
    return missing;
}

static void make(const slt_figure_check *check, findings *f)
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

/* ---- Telling ----------------------------------------------------------------------- */

static void print_test(const slt_golden *golden, const char *what, slt_status status,
                       const char *note, slt_buffer *block, slt_tap *tap)
{
    slt_buffer name = {0};
    slt_buffer_printf(&name, "%s %s", golden->name, what);
    slt_tap_test(tap, !status && !note, slt_buffer_text(&name), note, block);
    slt_buffer_free(&name);
    slt_buffer_free(block);
}

static slt_status told(slt_status status, const slt_error *why, slt_buffer *block,
                       slt_error *err)
{
    *err = *why;
    slt_tap_field(block, "verdict", status == SLT_DIFFERS ? "differs" : "trouble");
    slt_tap_field(block, "field", "data");
    slt_tap_field(block, "reason", why->text);
    return status;
}

static slt_status differs(const slt_golden *golden, const char *what, slt_buffer *block,
                          const slt_golden_difference *difference, slt_error *err)
{
    slt_tap_field(block, "verdict", "differs");
    slt_tap_difference(block, difference);
    return slt_fail(err, SLT_DIFFERS, "%s: %s: %s is %s, in the golden %s", golden->path,
                    what, difference->field, difference->found, difference->golden);
}

static slt_status judge_data(const slt_figure_check *check, const findings *f,
                             slt_buffer *block, slt_error *err)
{
    const slt_golden *golden = check->golden;
    slt_golden_difference difference = {0};
    if (f->missing) {
        difference = (slt_golden_difference){.count = 1, .field = "data"};
        snprintf(difference.golden, sizeof difference.golden, "%.255s", golden->data);
        snprintf(difference.found, sizeof difference.found, "no such file beside it");
        return differs(golden, "figure data", block, &difference, err);
    }
    if (f->made)
        return told(f->made, &f->made_error, block, err);
    slt_status status = SLT_OK;
    if (f->figure)
        status = slt_golden_compare_line(golden, check->made, SLT_GOLDEN_DATA, 0,
                                         &difference, err);
    if (status)
        return told(status, err, block, err);
    if (difference.count)
        return differs(golden, "figure data", block, &difference, err);
    return f->file ? told(f->file, &f->file_error, block, err) : SLT_OK;
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

static slt_status judge_claims(const slt_figure_check *check, slt_buffer *block,
                               slt_error *err)
{
    slt_golden_difference difference = {0};
    slt_status status = slt_verify_claims(check->golden, check->made, &difference, err);
    if (status)
        slt_tap_field(block, "verdict", difference.count ? "differs" : "trouble");
    if (difference.count)
        slt_tap_difference(block, &difference);
    return status;
}

/* ---- Both -------------------------------------------------------------------------- */

static slt_status judge(const slt_figure_check *check, const findings *f, slt_tap *tap,
                        slt_error *err)
{
    const slt_golden *golden = check->golden;
    slt_buffer block = {0};
    slt_error inner;
    slt_status claims = SLT_OK, data = judge_data(check, f, &block, err);
    bool known = f->figure && !f->made;
    print_test(golden, "figure data", data, NULL, &block, tap);
    if (slt_verify_figure_tests(check) == 2) {
        block = (slt_buffer){0};
        claims = known ? judge_claims(check, &block, &inner) : SLT_OK;
        print_test(golden, "claims", claims, known ? NULL : "not judged", &block, tap);
    }
    for (size_t i = 0; known && i < f->figure->claim_count; i++)
        slt_tap_comment(tap, "claim %s: %s", f->figure->claims[i].id,
                        slt_claim_verdict(&f->figure->claims[i]));
    if (slt_status_worse(data, claims) != data)
        *err = inner;
    return slt_status_worse(data, claims);
}

static void print_not_judged(const slt_figure_check *check, slt_tap *tap)
{
    static const char *const names[] = {"figure data", "claims"};
    slt_buffer block = {0};
    for (size_t i = 0; i < slt_verify_figure_tests(check); i++)
        print_test(check->golden, names[i], SLT_OK, "not judged", &block, tap);
}

slt_status slt_verify_figure(const slt_figure_check *check, slt_tap *tap, slt_error *err)
{
    findings f = {0};
    if (!slt_verify_figure_tests(check))
        return SLT_OK;
    if (check->judgements && !all_whole(check->judgements, check->golden->run_count)) {
        print_not_judged(check, tap);
        return SLT_OK; /* the runs themselves have told */
    }
    make(check, &f);
    slt_status status = judge(check, &f, tap, err);
    slt_figure_free(f.figure);
    return status;
}
