/* The front page of a tree of goldens. */
#include <sltrace/report.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/numerics.h>
#include <sltrace/summary.h>

#include "base/fpenv.h"
#include "base/world.h"
#include "manifest/manifest.h"
#include "report/page/report.h"

struct slt_front {
    char *title;
    slt_buffer links, sections; /* of the navigation; a section a report */
    size_t reports;
};

slt_status slt_front_create(const char *title, slt_front **front, slt_error *err)
{
    *front = slt_world.calloc(1, sizeof **front);
    if (*front && ((*front)->title = slt_world.strdup(title)))
        return SLT_OK;
    free(*front);
    *front = NULL;
    return slt_fail(err, SLT_RESOURCE, "no memory for the front page");
}

void slt_front_free(slt_front *front)
{
    if (!front)
        return;
    free(front->title);
    slt_buffer_free(&front->links);
    slt_buffer_free(&front->sections);
    free(front);
}

size_t slt_front_reports(const slt_front *front)
{
    return front->reports;
}

/* ---- A row ------------------------------------------------------------------------- */

static void front_put_figure(slt_html *page, const char *file,
                             const slt_report_part *part)
{
    slt_buffer link = {0}, heading = {0};
    slt_buffer_printf(&link, "%s#%s", file, part->anchor);
    slt_report_heading(part, &heading);
    slt_html_open(page, "th", "scope", "row", "class", "words", NULL);
    slt_html_element(page, "a", slt_buffer_text(&heading), "href", slt_buffer_text(&link),
                     NULL);
    slt_html_close(page, "th");
    page->out->failed |= link.failed || heading.failed;
    slt_buffer_free(&link);
    slt_buffer_free(&heading);
}

static void front_put_paper(slt_html *page, const slt_report_part *part)
{
    const slt_cite_spec *cite = slt_report_cite(part);
    slt_html_open(page, "td", NULL);
    if (cite && cite->paper)
        slt_report_put_paper(page, cite);
    slt_html_close(page, "td");
}

/* Whether a golden holds and all its claims do, and how many; no mark where there is
 * nothing to judge. */
static void front_put_verdicts(slt_html *page, const slt_report_part *part)
{
    const size_t count = part->figure ? slt_figure_claims(part->figure) : 0;
    bool fine = !part->trouble.status;
    if (fine && !count) {
        slt_html_element(page, "td", "no claims", "class", "words", NULL);
        return;
    }
    for (size_t i = 0; i < count; i++)
        fine = fine && slt_claim_holds(slt_figure_claim(part->figure, i));
    char *counted =
        part->trouble.status
            ? slt_world.strdup("does not hold, no claim is judged")
            : slt_claims_counted(count ? slt_figure_claim(part->figure, 0) : NULL, count);
    slt_html_open(page, "td", "class", fine ? "words yes" : "words no", NULL);
    slt_html_open(page, "span", NULL);
    slt_html_print(page, "%s %s", fine ? "\xe2\x9c\x93" : "\xe2\x9c\x97",
                   counted ? counted : "");
    slt_html_close(page, "span");
    slt_html_close(page, "td");
    page->out->failed |= !counted;
    free(counted);
}

/* The first line of what is known of the chains. */
static void front_put_settled(slt_html *page, const slt_report_part *part)
{
    char *chains = part->figure ? slt_figure_chains(part->figure) : NULL;
    slt_html_open(page, "td", "class", "words", NULL);
    if (chains && *chains)
        slt_html_print(page, "%.*s", (int)strcspn(chains, "\n"), chains);
    else
        slt_html_text(page, "not known");
    slt_html_close(page, "td");
    free(chains);
}

static void front_put_row(slt_html *page, const char *file, const slt_report_part *part)
{
    slt_html_open(page, "tr", NULL);
    front_put_figure(page, file, part);
    front_put_paper(page, part);
    front_put_verdicts(page, part);
    front_put_settled(page, part);
    slt_report_put_verified(page, part);
    slt_html_open(page, "td", "class", "number", NULL);
    if (part->golden)
        slt_html_print(page, "%zu", part->golden->run_count);
    slt_html_close(page, "td");
    slt_html_close(page, "tr");
}

/* ---- The page ---------------------------------------------------------------------- */

slt_status slt_front_add(slt_front *front, const char *name, const char *file,
                         const slt_report *report, slt_error *err)
{
    SLT_FPENV_ENTERED;
    static const char *const names[] = {"Figure", "Paper",         "Verdicts",
                                        "Chains", "Last verified", ">Runs"};
    slt_html page = {.out = &front->sections}, links = {.out = &front->links};
    char id[32], link[33];
    size_t count;
    const slt_report_part *parts = slt_report_parts(report, &count);
    snprintf(id, sizeof id, "report-%zu", ++front->reports);
    snprintf(link, sizeof link, "#%s", id);
    slt_html_open(&links, "li", NULL);
    slt_html_element(&links, "a", name, "href", link, NULL);
    slt_html_close(&links, "li");
    slt_html_open(&page, "section", "aria-labelledby", id, NULL);
    slt_html_element(&page, "h2", name, "id", id, NULL);
    slt_report_open_table(&page, NULL, "Figures, as they are published");
    slt_report_put_head(&page, names, sizeof names / sizeof *names);
    slt_html_open(&page, "tbody", NULL);
    for (size_t i = 0; i < count; i++)
        front_put_row(&page, file, &parts[i]);
    slt_html_close(&page, "tbody");
    slt_report_close_table(&page);
    slt_html_close(&page, "section");
    return front->links.failed || front->sections.failed
               ? slt_fail(err, SLT_RESOURCE, "no memory for the front page")
               : SLT_OK;
}

static void front_put_body(const slt_front *front, slt_html *page)
{
    slt_html_element(page, "a", "Skip to the figures", "class", "skip", "href", "#main",
                     NULL);
    slt_html_open(page, "header", NULL);
    slt_html_element(page, "h1", front->title, NULL);
    slt_html_element(page, "p",
                     "Each figure has a section of its report, with picture, claims, "
                     "settings, hashes and the commands that run it again.",
                     "class", "soft", NULL);
    slt_html_close(page, "header");
    slt_html_open(page, "div", "class", "frame", NULL);
    slt_html_open(page, "nav", "aria-labelledby", "contents", NULL);
    slt_html_element(page, "h2", "Contents", "id", "contents", NULL);
    slt_html_open(page, "ul", NULL);
    slt_html_markup(page, front->links.data, front->links.size);
    slt_html_close(page, "ul");
    slt_html_close(page, "nav");
    slt_html_open(page, "main", "id", "main", "tabindex", "-1", NULL);
    slt_html_markup(page, front->sections.data, front->sections.size);
    slt_html_close(page, "main");
    slt_html_close(page, "div");
    slt_html_open(page, "footer", NULL);
    slt_html_open(page, "p", NULL);
    slt_html_print(page, "Made by sltrace %s, numerics revision %d.", slt_version(),
                   SLT_NUMERICS_REVISION);
    slt_html_close(page, "p");
    slt_html_close(page, "footer");
}

slt_status slt_front_html(const slt_front *front, char **text, size_t *size,
                          slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_buffer out = {0};
    slt_html page = {.out = &out};
    slt_report_begin_page(&page, front->title, NULL);
    slt_html_open(&page, "body", NULL);
    front_put_body(front, &page);
    slt_html_close(&page, "body");
    slt_html_close(&page, "html");
    slt_buffer_byte(&out, '\n');
    *size = out.size;
    *text = slt_buffer_take(&out);
    return *text ? SLT_OK : slt_fail(err, SLT_RESOURCE, "no memory for the front page");
}
