/* The page as a whole: head, header, navigation, sections, footer. */
#include "report/page/report.h"

#include <string.h>

#include <sltrace/numerics.h>

#include "base/sha256.h"
#include "codec/minisign.h"
#include "manifest/manifest.h"

/* The content security policy: nothing is loaded, nothing is run, nothing is sent; but
 * one script, which starts a worker from the page's own bytes. */
#define POLICY                                                                           \
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "    \
    "form-action 'none'"

static const char document_type[] = "<!DOCTYPE html>";

static void put_policy(slt_html *page, const char *script)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    slt_buffer policy = {0};
    slt_buffer_printf(&policy, POLICY);
    if (script) {
        crypto_hash_sha256(digest, (const unsigned char *)script, strlen(script));
        slt_buffer_printf(&policy, "; worker-src blob:; script-src 'wasm-unsafe-eval' "
                                   "'sha256-");
        slt_base64(&policy, digest, sizeof digest);
        slt_buffer_printf(&policy, "'");
    }
    slt_html_empty(page, "meta", "http-equiv", "Content-Security-Policy", "content",
                   slt_buffer_text(&policy), NULL);
    page->out->failed |= policy.failed;
    slt_buffer_free(&policy);
}

static void put_document_head(slt_html *page, const char *title, const char *script)
{
    slt_html_open(page, "head", NULL);
    slt_html_empty(page, "meta", "charset", "utf-8", NULL);
    put_policy(page, script);
    slt_html_empty(page, "meta", "name", "viewport", "content",
                   "width=device-width, initial-scale=1", NULL);
    slt_html_empty(page, "meta", "name", "referrer", "content", "no-referrer", NULL);
    slt_html_element(page, "title", title, NULL);
    slt_html_open(page, "style", NULL);
    slt_html_markup(page, slt_report_style, strlen(slt_report_style));
    slt_html_close(page, "style");
    slt_html_close(page, "head");
}

/* ---- Header ------------------------------------------------------------------------ */

static const char *paper_of(const slt_report_part *part)
{
    const char *paper = slt_report_cite(part)->paper;
    return paper ? paper : "";
}

/* Whether a part before part i cites the same paper. */
static bool is_named(const slt_report_part *parts, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (!strcmp(paper_of(&parts[j]), paper_of(&parts[i])))
            return true;
    return false;
}

static void put_papers(slt_html *page, const slt_report_part *parts, size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        if (!*paper_of(&parts[i]) || is_named(parts, i))
            continue;
        if (!any)
            slt_html_open(page, "p", NULL);
        slt_html_text(page, any ? "; " : "Of the paper ");
        slt_report_put_paper(page, slt_report_cite(&parts[i]));
        any = true;
    }
    if (any) {
        slt_html_text(page, ".");
        slt_html_close(page, "p");
    }
}

static void put_header(slt_html *page, const char *title, const slt_report_part *parts,
                       size_t count)
{
    slt_html_open(page, "header", NULL);
    slt_html_element(page, "h1", title, NULL);
    put_papers(page, parts, count);
    slt_html_element(
        page, "p",
        "Every number here was computed from the published figure data, whose hash the "
        "figure's golden holds. Every run behind them can be run again on other machines "
        "and gives the same bytes; how, stands with each figure.",
        "class", "soft", NULL);
    slt_html_close(page, "header");
}

static void put_navigation(slt_html *page, const slt_report_part *parts, size_t count)
{
    slt_html_open(page, "nav", "aria-labelledby", "contents", NULL);
    slt_html_element(page, "h2", "Contents", "id", "contents", NULL);
    slt_html_open(page, "ul", NULL);
    slt_html_open(page, "li", NULL);
    slt_html_element(page, "a", "Summary", "href", "#summary", NULL);
    slt_html_close(page, "li");
    for (size_t i = 0; i < count; i++) {
        slt_buffer link = {0}, text = {0};
        slt_buffer_printf(&link, "#%s", parts[i].anchor);
        slt_report_heading(&parts[i], &text);
        slt_html_open(page, "li", NULL);
        slt_html_element(page, "a", slt_buffer_text(&text), "href",
                         slt_buffer_text(&link), NULL);
        slt_html_close(page, "li");
        slt_buffer_free(&link);
        slt_buffer_free(&text);
    }
    slt_html_close(page, "ul");
    slt_html_close(page, "nav");
}

static void put_footer(slt_html *page)
{
    slt_html_open(page, "footer", NULL);
    slt_html_open(page, "p", NULL);
    slt_html_print(
        page,
        "Made by sltrace %s, numerics revision %d. Verdicts are computed: a "
        "claim is reproduced where our number differs from the expected one by "
        "at most the tolerance; settings that are copied from the paper, and checks of "
        "our own, are counted apart. Closed forms and what is said of chains are "
        "advisory and in no hash.",
        slt_version(), SLT_NUMERICS_REVISION);
    slt_html_close(page, "p");
    slt_html_close(page, "footer");
}

/* ---- The page ---------------------------------------------------------------------- */

static void put_body(slt_html *page, const char *title, const slt_report_part *parts,
                     size_t count, const slt_report_program *program)
{
    slt_html_open(page, "body", NULL);
    slt_html_element(page, "a", "Skip to the results", "class", "skip", "href", "#main",
                     NULL);
    put_header(page, title, parts, count);
    slt_html_open(page, "div", "class", "frame", NULL);
    put_navigation(page, parts, count);
    slt_html_open(page, "main", "id", "main", "tabindex", "-1", NULL);
    slt_report_put_summary(page, parts, count);
    for (size_t i = 0; i < count; i++)
        slt_report_put_section(page, &parts[i], parts, count);
    slt_html_close(page, "main");
    slt_html_close(page, "div");
    put_footer(page);
    if (program)
        slt_report_put_program(page, program);
    slt_html_close(page, "body");
}

void slt_report_begin_page(slt_html *page, const char *title, const char *script)
{
    slt_html_markup(page, document_type, sizeof document_type - 1);
    slt_html_open(page, "html", "xmlns", "http://www.w3.org/1999/xhtml", "lang", "en",
                  "xml:lang", "en", NULL);
    put_document_head(page, title, script);
}

void slt_report_page(const char *title, const slt_report_part *parts, size_t count,
                     const slt_report_program *program, slt_buffer *out)
{
    slt_html page = {.out = out};
    slt_report_begin_page(&page, title, program ? slt_report_in_page_script : NULL);
    put_body(&page, title, parts, count, program);
    slt_html_close(&page, "html");
    slt_buffer_byte(out, '\n');
}
