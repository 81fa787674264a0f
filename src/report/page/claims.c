/* Claims: a summary of all of them at the top, and each figure's with the reasons for
 * their tolerances. */
#include "report/page/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"

static void put_count(slt_html *page, size_t count, const char *one, const char *many)
{
    slt_html_print(page, "%zu %s", count, count == 1 ? one : many);
}

static void put_expected(slt_html *page, const slt_claim *claim)
{
    char *expected = slt_claim_expected(claim);
    page->out->failed |= !expected;
    slt_html_element(page, "td", expected ? expected : "", "class", "number", NULL);
    free(expected);
}

static void put_ours(slt_html *page, const slt_figure *figure, size_t i)
{
    slt_buffer answer = {0};
    const slt_claim *claim = &figure->claims[i];
    if (!claim->question) {
        slt_report_put_number(page, claim->value, slt_report_error_of(figure, i));
        return;
    }
    slt_claim_answer(claim, &answer);
    slt_html_element(page, "td", slt_buffer_text(&answer), "class", "number", NULL);
    slt_buffer_free(&answer);
}

/* ---- Summary ----------------------------------------------------------------------- */

static size_t claims_of(const slt_report_part *part)
{
    return part->figure ? part->figure->claim_count : 0;
}

/* Counts the claims of all parts by kind. */
static char *count_claims(const slt_report_part *parts, size_t count)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += claims_of(&parts[i]);
    slt_claim *all = slt_world.calloc(total + 1, sizeof *all);
    for (size_t i = 0, at = 0; all && i < count; at += claims_of(&parts[i++]))
        if (claims_of(&parts[i]))
            memcpy(all + at, parts[i].figure->claims, claims_of(&parts[i]) * sizeof *all);
    char *counted = all ? slt_claims_counted(all, total) : NULL;
    free(all);
    return counted;
}

/* Lists the runs that ended early, for figures that have any. */
static void put_ended_early(slt_html *page, const slt_report_part *parts, size_t count)
{
    size_t early = 0, figures = 0;
    for (size_t i = 0; i < count; i++) {
        size_t here = parts[i].figure ? slt_figure_ended_early(parts[i].figure) : 0;
        early += here;
        figures += here > 0;
    }
    if (!early)
        return;
    slt_html_open(page, "p", "class", "alert", NULL);
    put_count(page, early, "run", "runs");
    slt_html_print(page,
                   " of %zu %s ended early (diverged or overflowed): their sections say "
                   "which, and count them beside what leaves them out.",
                   figures, figures == 1 ? "figure" : "figures");
    slt_html_close(page, "p");
}

static void put_totals(slt_html *page, const slt_report_part *parts, size_t count)
{
    char *counted = count_claims(parts, count);
    size_t broken = 0;
    for (size_t i = 0; i < count; i++)
        broken += parts[i].trouble.status != SLT_OK;
    page->out->failed |= !counted;
    slt_html_open(page, "p", NULL);
    put_count(page, count, "golden: ", "goldens: ");
    slt_html_element(page, "strong", counted ? counted : "", NULL);
    slt_html_text(page, ".");
    slt_html_close(page, "p");
    free(counted);
    put_ended_early(page, parts, count);
    if (!broken)
        return;
    slt_html_open(page, "p", "class", "alert", NULL);
    slt_html_text(page, "\xe2\x9c\x97 ");
    put_count(page, broken, "golden does", "goldens do");
    slt_html_text(page, " not hold, and nothing is claimed of it: see its section.");
    slt_html_close(page, "p");
}

static void put_group(slt_html *page, const slt_report_part *part)
{
    slt_buffer link = {0}, heading = {0};
    slt_buffer_printf(&link, "#%s", part->anchor);
    slt_report_heading(part, &heading);
    slt_html_open(page, "tr", "class", "group", NULL);
    slt_html_open(page, "th", "scope", "rowgroup", "colspan", "4", NULL);
    slt_html_element(page, "a", slt_buffer_text(&heading), "href", slt_buffer_text(&link),
                     NULL);
    slt_html_close(page, "th");
    slt_html_close(page, "tr");
    slt_buffer_free(&link);
    slt_buffer_free(&heading);
}

static void put_says(slt_html *page, const slt_claim *claim, const char *name)
{
    if (strcmp(name, "th"))
        slt_html_open(page, name, "class", "words", NULL);
    else
        slt_html_open(page, name, "scope", "row", "class", "words", NULL);
    slt_html_print(page, "%s%s", claim->kind == SLT_CLAIM_CHECK ? "Our check: " : "",
                   claim->says);
    slt_html_close(page, name);
}

static void put_summary_claim(slt_html *page, const slt_figure *figure, size_t i)
{
    const slt_claim *claim = &figure->claims[i];
    slt_html_open(page, "tr", NULL);
    put_says(page, claim, "th");
    slt_report_put_verdict(page, claim);
    put_ours(page, figure, i);
    put_expected(page, claim);
    slt_html_close(page, "tr");
}

static void put_without(slt_html *page, const slt_report_part *part)
{
    bool holds = !part->trouble.status;
    slt_html_open(page, "tr", NULL);
    slt_html_element(page, "th", holds ? "It makes no claim." : part->trouble.text,
                     "scope", "row", "class", holds ? "words soft" : "words", NULL);
    if (holds)
        slt_html_element(page, "td", "", "colspan", "3", NULL);
    else {
        slt_html_open(page, "td", "class", "verdict no", "colspan", "3", NULL);
        slt_html_element(page, "span", "\xe2\x9c\x97 does not hold", NULL);
        slt_html_close(page, "td");
    }
    slt_html_close(page, "tr");
}

static void put_summary_figure(slt_html *page, const slt_report_part *part)
{
    size_t claims = claims_of(part);
    slt_html_open(page, "tbody", NULL);
    put_group(page, part);
    if (!claims)
        put_without(page, part);
    for (size_t i = 0; i < claims; i++)
        put_summary_claim(page, part->figure, i);
    slt_html_close(page, "tbody");
}

void slt_report_put_summary(slt_html *page, const slt_report_part *parts, size_t count)
{
    static const char *const names[] = {"The paper prints", "Verdict", ">Our number",
                                        ">Expected"};
    slt_html_open(page, "section", "aria-labelledby", "summary", NULL);
    slt_html_element(page, "h2", "Summary", "id", "summary", NULL);
    put_totals(page, parts, count);
    slt_report_open_table(page, NULL,
                          "Every claim, with the verdict and our number; \xc2\xb1 is a "
                          "standard error");
    slt_report_put_head(page, names, sizeof names / sizeof *names);
    for (size_t i = 0; i < count; i++)
        put_summary_figure(page, &parts[i]);
    slt_report_close_table(page);
    slt_html_close(page, "section");
}

/* ---- Of one figure ----------------------------------------------------------------- */

static void put_distance(slt_html *page, const slt_claim *claim)
{
    double off = slt_real_double(claim->value) - slt_real_double(claim->expect);
    double tolerance = slt_real_double(claim->tolerance);
    slt_html_open(page, "td", "class", "number", NULL);
    if (tolerance > 0)
        slt_html_print(page, "%.2f", __builtin_fabs(off) / tolerance);
    else
        slt_html_print(page, "%s", off == 0 ? "0" : "\xe2\x80\x93");
    slt_html_close(page, "td");
}

/* Writes, below the claim, the reason for its tolerance, and its note. */
static void put_words(slt_html *page, const slt_claim *claim)
{
    slt_html_open(page, "tr", "class", "under", NULL);
    slt_html_open(page, "td", "colspan", "6", NULL);
    slt_html_open(page, "p", "class", "soft", NULL);
    slt_html_print(page, "Tolerance: %s", claim->basis);
    slt_html_close(page, "p");
    if (*claim->note)
        slt_html_element(page, "p", claim->note, NULL);
    slt_html_close(page, "td");
    slt_html_close(page, "tr");
}

static void put_claim(slt_html *page, const slt_figure *figure, size_t i)
{
    const slt_claim *claim = &figure->claims[i];
    slt_html_open(page, "tr", "class", "over", NULL);
    slt_html_open(page, "th", "scope", "row", NULL);
    slt_html_element(page, "code", claim->id, NULL);
    slt_html_close(page, "th");
    put_says(page, claim, "td");
    slt_report_put_verdict(page, claim);
    put_ours(page, figure, i);
    put_expected(page, claim);
    put_distance(page, claim);
    slt_html_close(page, "tr");
    put_words(page, claim);
}

void slt_report_put_claims(slt_html *page, const slt_report_part *part)
{
    static const char *const names[] = {"Claim",     "The paper prints",
                                        "Verdict",   ">Our number",
                                        ">Expected", ">Off by, in tolerances"};
    if (!part->figure || !part->figure->claim_count)
        return;
    slt_report_put_heading(page, part, "claims", "Claims");
    if (slt_figure_ended_early(part->figure)) {
        slt_html_open(page, "p", NULL);
        slt_report_put_left_out(page, part);
        slt_html_close(page, "p");
    }
    slt_report_open_table(page, NULL,
                          "What the paper prints beside what was computed; \xc2\xb1 is a "
                          "standard error");
    slt_report_put_head(page, names, sizeof names / sizeof *names);
    slt_html_open(page, "tbody", NULL);
    for (size_t i = 0; i < part->figure->claim_count; i++)
        put_claim(page, part->figure, i);
    slt_html_close(page, "tbody");
    slt_report_close_table(page);
}
