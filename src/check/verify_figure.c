#include "check/verify_figure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/sha256.h"
#include "study/figure/figure.h"
#include "study/files.h"

#define CSV_SIZE_MAX ((size_t)1 << 28)

size_t slt_verify_figure_tests(const slt_golden *golden)
{
    if (!golden->data)
        return 0;
    return golden->claim_count ? 2 : 1;
}

static slt_status remake(slt_manifest *manifest, const slt_judgement *judgements,
                         size_t runs, slt_figure **figure, slt_error *err)
{
    slt_outcome *outcomes = calloc(runs + 1, sizeof *outcomes);
    if (!outcomes)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu runs", runs);
    for (size_t run = 0; run < runs; run++)
        outcomes[run] = judgements[run].outcome; /* shared, not freed here */
    slt_status status = slt_figure_of_outcomes(manifest, outcomes, figure, err);
    free(outcomes);
    return status;
}

/* ---- Figure data ------------------------------------------------------------------- */

/* The file beside the golden, where there is one, must be the recorded data. */
static bool file_fits(const slt_golden *golden, char found[SLT_SHA256_TEXT_MAX])
{
    char path[SLT_FILE_PATH_MAX];
    slt_buffer bytes = {0};
    const char *slash = strrchr(golden->path, '/');
    int folder = slash ? (int)(slash - golden->path) + 1 : 0;
    snprintf(found, SLT_SHA256_TEXT_MAX, "%s", golden->data_sha256);
    if (slt_path_print(path, NULL, "%.*s%s", folder, golden->path, golden->data) ||
        !slt_file_exists(path))
        return true;
    if (slt_io_read(path, CSV_SIZE_MAX, &bytes, NULL))
        snprintf(found, SLT_SHA256_TEXT_MAX, "unreadable");
    else
        slt_sha256_of(bytes.data, bytes.size, found);
    slt_buffer_free(&bytes);
    return !strcmp(found, golden->data_sha256);
}

static slt_status judge_data(const slt_golden *golden, const slt_figure *figure,
                             size_t number, slt_buffer *out)
{
    char found[SLT_SHA256_TEXT_MAX];
    slt_sha256_of(figure->csv.data, figure->csv.size, found);
    const char *what = "data made from these runs";
    bool same = !strcmp(found, golden->data_sha256);
    if (same) {
        same = file_fits(golden, found);
        what = "the file beside the golden";
    }
    slt_buffer_printf(out, "%s %zu - %s figure data\n", same ? "ok" : "not ok", number,
                      golden->name);
    if (same)
        return SLT_OK;
    slt_buffer_printf(out,
                      "  ---\n  verdict: differs\n  what: %s\n  expected: %s\n"
                      "  found: %s\n  ...\n",
                      what, golden->data_sha256, found);
    return SLT_DIFFERS;
}

/* ---- Claims ------------------------------------------------------------------------ */

static const slt_claim *find_claim(const slt_figure *figure, const char *id)
{
    for (size_t i = 0; i < figure->claim_count; i++)
        if (!strcmp(figure->claims[i].id, id))
            return &figure->claims[i];
    return NULL;
}

static bool same_number(slt_real value, const char *text)
{
    slt_real other;
    return slt_real_parse(text, &other) && other.bits == value.bits;
}

static bool claim_fits(const slt_golden_claim *golden, const slt_claim *claim,
                       slt_buffer *out)
{
    char value[SLT_REAL_TEXT_MAX], expect[SLT_REAL_TEXT_MAX];
    char tolerance[SLT_REAL_TEXT_MAX];
    if (!claim) {
        slt_buffer_printf(out, "  %s: \"not in the manifest\"\n", golden->id);
        return false;
    }
    if (same_number(claim->value, golden->value) &&
        same_number(claim->expect, golden->expect) &&
        same_number(claim->tolerance, golden->tolerance))
        return true;
    slt_real_text(claim->value, value);
    slt_real_text(claim->expect, expect);
    slt_real_text(claim->tolerance, tolerance);
    slt_buffer_printf(out,
                      "  %s:\n    golden: {value: %s, expect: %s, tolerance: %s}\n"
                      "    found: {value: %s, expect: %s, tolerance: %s}\n",
                      golden->id, golden->value, golden->expect, golden->tolerance, value,
                      expect, tolerance);
    return false;
}

bool slt_verify_claims(const slt_golden *golden, const slt_figure *figure,
                       slt_buffer *wrong)
{
    bool same = golden->claim_count == figure->claim_count;
    if (!same)
        slt_buffer_printf(wrong, "  claims: {golden: %zu, found: %zu}\n",
                          golden->claim_count, figure->claim_count);
    for (size_t i = 0; i < golden->claim_count; i++)
        same &= claim_fits(&golden->claims[i], find_claim(figure, golden->claims[i].id),
                           wrong);
    return same;
}

static slt_status judge_claims(const slt_golden *golden, const slt_figure *figure,
                               size_t number, slt_buffer *out)
{
    slt_buffer wrong = {0};
    bool same = slt_verify_claims(golden, figure, &wrong);
    slt_buffer_printf(out, "%s %zu - %s claims\n", same ? "ok" : "not ok", number,
                      golden->name);
    if (!same)
        slt_buffer_printf(out, "  ---\n  verdict: differs\n%s  ...\n",
                          slt_buffer_text(&wrong));
    slt_buffer_free(&wrong);
    for (size_t i = 0; i < figure->claim_count; i++)
        slt_buffer_printf(out, "# claim %s: %s\n", figure->claims[i].id,
                          slt_claim_verdict(&figure->claims[i]));
    return same ? SLT_OK : SLT_DIFFERS;
}

/* ---- Both -------------------------------------------------------------------------- */

static bool all_whole(const slt_judgement *judgements, size_t runs)
{
    for (size_t run = 0; run < runs; run++)
        if (!judgements[run].whole)
            return false;
    return true;
}

static void not_judged(const slt_golden *golden, size_t first, slt_buffer *out)
{
    static const char *const names[] = {"figure data", "claims"};
    for (size_t i = 0; i < slt_verify_figure_tests(golden); i++)
        slt_buffer_printf(out, "not ok %zu - %s %s # not judged\n", first + i,
                          golden->name, names[i]);
}

slt_status slt_verify_figure(const slt_golden *golden, slt_manifest *manifest,
                             const slt_judgement *judgements, size_t first,
                             slt_buffer *out, slt_error *err)
{
    slt_figure *figure = NULL;
    if (!all_whole(judgements, golden->run_count)) {
        not_judged(golden, first, out);
        return SLT_OK; /* the runs themselves have told */
    }
    slt_status status = remake(manifest, judgements, golden->run_count, &figure, err);
    if (status)
        return status;
    slt_status data = judge_data(golden, figure, first, out);
    slt_status claims =
        golden->claim_count ? judge_claims(golden, figure, first + 1, out) : SLT_OK;
    slt_figure_free(figure);
    status = slt_status_worse(data, claims);
    return status ? slt_fail(err, status, "the figure's %s not the golden's",
                             data ? "data is" : "claims are")
                  : SLT_OK;
}
