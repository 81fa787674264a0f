/* What the sections of the page share. */
#include "report/page/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "manifest/manifest.h"

const slt_cite_spec *slt_report_cite(const slt_report_part *part)
{
    static const slt_cite_spec nothing = {0};
    return part->manifest ? slt_manifest_cite(part->manifest) : &nothing;
}

void slt_report_heading(const slt_report_part *part, slt_buffer *text)
{
    const slt_figure_spec *spec =
        part->manifest ? slt_manifest_figure(part->manifest) : NULL;
    const char *number = slt_report_cite(part)->figure;
    const char *title = spec ? spec->title : NULL;
    if (!title)
        title = part->manifest ? slt_manifest_name(part->manifest) : part->path;
    if (number)
        slt_buffer_printf(text, "Figure %s: ", number);
    slt_buffer_printf(text, "%s", title);
}

void slt_report_id(const slt_report_part *part, const char *what, slt_buffer *text)
{
    slt_buffer_printf(text, "%s:%s", part->anchor, what);
}

void slt_report_put_heading(slt_html *page, const slt_report_part *part, const char *what,
                            const char *text)
{
    slt_buffer id = {0};
    slt_report_id(part, what, &id);
    slt_html_element(page, "h3", text, "id", slt_buffer_text(&id), NULL);
    slt_buffer_free(&id);
}

/* ---- Tables ------------------------------------------------------------------------ */

void slt_report_open_table(slt_html *page, const char *class_name, const char *caption)
{
    slt_html_open(page, "div", "class", "scroll", "role", "region", "tabindex", "0",
                  "aria-label", caption, NULL);
    slt_html_open(page, "table", "class", class_name, NULL);
    slt_html_open(page, "caption", NULL);
    slt_html_element(page, "span", caption, NULL);
    slt_html_close(page, "caption");
}

void slt_report_close_table(slt_html *page)
{
    slt_html_close(page, "table");
    slt_html_close(page, "div");
}

void slt_report_put_head(slt_html *page, const char *const *names, size_t count)
{
    slt_html_open(page, "thead", NULL);
    slt_html_open(page, "tr", NULL);
    for (size_t i = 0; i < count; i++) {
        bool numbers = names[i][0] == '>';
        slt_html_element(page, "th", names[i] + numbers, "scope", "col", "class",
                         numbers ? "number" : NULL, NULL);
    }
    slt_html_close(page, "tr");
    slt_html_close(page, "thead");
}

/* ---- Runs that ended early --------------------------------------------------------- */

void slt_report_put_left_out(slt_html *page, const slt_report_part *part)
{
    size_t early = part->figure ? slt_figure_ended_early(part->figure) : 0;
    if (early)
        slt_html_print(
            page, " %zu of %zu runs ended early and %s in none of these numbers.", early,
            slt_manifest_runs(part->manifest), early == 1 ? "is" : "are");
}

void slt_report_put_coverage(slt_html *page, const slt_figure *figure, size_t row)
{
    slt_buffer text = {0};
    slt_coverage coverage;
    if (!slt_figure_ended_early(figure))
        return;
    if (slt_figure_coverage(figure, row, &coverage))
        slt_coverage_print(&coverage, &text);
    slt_html_element(page, "td", slt_buffer_text(&text), NULL);
    slt_buffer_free(&text);
}

/* ---- Cells ------------------------------------------------------------------------- */

void slt_report_put_hash(slt_html *page, const char *value)
{
    slt_html_open(page, "td", "class", "hash", NULL);
    slt_html_element(page, "code", value, NULL);
    slt_html_close(page, "td");
}

void slt_report_put_verdict(slt_html *page, const slt_claim *claim)
{
    bool fine = slt_claim_holds(claim);
    slt_html_open(page, "td", "class", fine ? "verdict yes" : "verdict no", NULL);
    slt_html_open(page, "span", NULL);
    slt_html_print(page, "%s %s", fine ? "\xe2\x9c\x93" : "\xe2\x9c\x97",
                   slt_claim_verdict(claim));
    slt_html_close(page, "span");
    slt_html_close(page, "td");
}

/* How many decimals show two digits of the error. */
static int decimals_of(double error)
{
    char text[32];
    snprintf(text, sizeof text, "%.1e", error);
    const char *e = strchr(text, 'e');
    int exponent = e ? atoi(e + 1) : 0;
    return exponent >= 1 ? 0 : exponent < -18 ? 19 : 1 - exponent;
}

void slt_report_put_number(slt_html *page, slt_real value, const slt_table_row *error)
{
    double shown = slt_real_double(value),
           off = error ? slt_real_double(error->error) : 0;
    int decimals = decimals_of(off);
    slt_html_open(page, "td", "class", "number", NULL);
    if (off > 0)
        slt_html_print(page, "%.*f \xc2\xb1 %.*f", decimals, shown, decimals, off);
    else
        slt_html_print(page, "%.6g", shown);
    slt_html_close(page, "td");
}

const slt_table_row *slt_report_error_of(const slt_figure *figure, size_t claim)
{
    const slt_table_row *row =
        slt_table_named(&figure->table, figure->spec->claims[claim].value);
    return row && row->has_error ? row : NULL;
}

/* ---- The paper --------------------------------------------------------------------- */

static bool parts_starts(const char *text, const char *with)
{
    return !strncmp(text, with, strlen(with));
}

static bool is_web(const char *text)
{
    return parts_starts(text, "https://") || parts_starts(text, "http://");
}

/* The address of the paper; empty if it is not known. */
static void print_address(const slt_cite_spec *cite, slt_buffer *address)
{
    const char *url = cite->url ? cite->url : "";
    const char *paper = cite->paper ? cite->paper : "";
    if (is_web(url))
        slt_buffer_printf(address, "%s", url);
    else if (is_web(paper))
        slt_buffer_printf(address, "%s", paper);
    else if (parts_starts(paper, "arXiv:") && paper[6] &&
             strspn(paper + 6, "0123456789.v") == strlen(paper + 6))
        slt_buffer_printf(address, "https://arxiv.org/abs/%s", paper + 6);
    else if (parts_starts(paper, "doi:10.") && !strpbrk(paper, " \"<>#?%"))
        slt_buffer_printf(address, "https://doi.org/%s", paper + 4);
}

void slt_report_put_paper(slt_html *page, const slt_cite_spec *cite)
{
    slt_buffer address = {0};
    const char *paper = cite->paper;
    print_address(cite, &address);
    if (address.size)
        slt_html_element(page, "a", paper ? paper : slt_buffer_text(&address), "href",
                         slt_buffer_text(&address), "rel", "noreferrer", NULL);
    else if (paper)
        slt_html_text(page, paper);
    slt_buffer_free(&address);
}
