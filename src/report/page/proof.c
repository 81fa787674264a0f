/* The hashes, and the commands that check them. */
#include "report/page/report.h"

#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "manifest/manifest.h"

/* ---- Hashes ------------------------------------------------------------------------ */

static void put_hash(slt_html *page, const char *name, const char *value)
{
    slt_html_open(page, "tr", NULL);
    slt_html_element(page, "th", name, "scope", "row", NULL);
    slt_report_put_hash(page, value);
    slt_html_close(page, "tr");
}

static void put_functions(slt_html *page, const slt_golden *golden)
{
    for (size_t i = 0; i < golden->function_count; i++) {
        char name[64];
        snprintf(name, sizeof name, "fingerprint of %s", golden->functions[i].name);
        put_hash(page, name, golden->functions[i].fingerprint);
    }
}

static void put_statuses(slt_html *page, const slt_golden *golden)
{
    static const slt_run_status statuses[] = {SLT_RUN_DONE, SLT_RUN_DIVERGED,
                                              SLT_RUN_OVERFLOW};
    slt_buffer text = {0};
    slt_buffer_printf(&text, "%zu:", golden->run_count);
    for (size_t i = 0; i < 3; i++) {
        size_t count = 0;
        for (size_t run = 0; run < golden->run_count; run++)
            count += golden->runs[run].status == statuses[i];
        slt_buffer_printf(&text, "%s %zu %s", i ? "," : "", count,
                          slt_run_status_name(statuses[i]));
    }
    put_hash(page, "runs", slt_buffer_text(&text));
    slt_buffer_free(&text);
}

/* A statement that fails, or is of another golden, is marked as what does not hold. */
void slt_report_put_verified(slt_html *page, const slt_report_part *part)
{
    const slt_verified *v = &part->verified;
    const bool bad = v->there && !(v->current && v->passed);
    slt_buffer text = {0};
    slt_html_open(page, "td", "class", bad ? "words no" : "words", NULL);
    if (!v->there)
        slt_buffer_printf(&text, "not known");
    else if (v->trouble.status)
        slt_buffer_printf(&text, "\xe2\x9c\x97 %s", v->trouble.text);
    else {
        slt_buffer_printf(&text, "%s", bad ? "\xe2\x9c\x97 " : "");
        if (!v->current)
            slt_buffer_printf(&text, "another golden, ");
        else if (!v->passed)
            slt_buffer_printf(&text, "something differed, ");
        slt_verified_print(v, &text);
        if (*v->key)
            slt_buffer_printf(
                &text, "; %s key %s",
                v->checked ? "signed by" : "nobody checked the signature of", v->key);
        else
            slt_buffer_printf(&text, "; unsigned");
    }
    slt_html_text(page, slt_buffer_text(&text));
    slt_html_close(page, "td");
    page->out->failed |= text.failed;
    slt_buffer_free(&text);
}

static void put_last_verified(slt_html *page, const slt_report_part *part)
{
    slt_html_open(page, "tr", NULL);
    slt_html_element(page, "th", "last verified", "scope", "row", NULL);
    slt_report_put_verified(page, part);
    slt_html_close(page, "tr");
}

void slt_report_put_hashes(slt_html *page, const slt_report_part *part)
{
    static const char *const names[] = {"Of", "Value"};
    const slt_golden *golden = part->golden;
    char revision[16];
    if (!golden)
        return;
    slt_report_put_heading(page, part, "hashes", "Hashes");
    slt_report_open_table(page, NULL,
                          "What the golden holds, beside a line for each run");
    slt_report_put_head(page, names, 2);
    slt_html_open(page, "tbody", NULL);
    put_hash(page, "root, SHA-256", golden->root);
    if (golden->data)
        put_hash(page, "figure data, SHA-256", golden->data_sha256);
    snprintf(revision, sizeof revision, "%lu", (unsigned long)golden->numerics);
    put_hash(page, "numerics revision", revision);
    put_functions(page, golden);
    put_statuses(page, golden);
    if (part->verified.there)
        put_last_verified(page, part);
    slt_html_close(page, "tbody");
    slt_report_close_table(page);
}

/* ---- Commands ---------------------------------------------------------------------- */

static void put_commands(slt_html *page, const char *says, const slt_buffer *commands)
{
    slt_html_element(page, "p", says, NULL);
    slt_html_open(page, "pre", NULL);
    slt_html_open(page, "code", NULL);
    slt_escape_html(page->out, commands->data, commands->size);
    slt_html_close(page, "code");
    slt_html_close(page, "pre");
}

static void put_verify(slt_html *page, const slt_report_part *part, const char *says,
                       const char *options)
{
    slt_buffer text = {0};
    slt_buffer_printf(&text, "sltrace verify %s", options);
    slt_escape_shell(&text, part->path);
    put_commands(page, says, &text);
    slt_buffer_free(&text);
}

static void put_replay(slt_html *page, const slt_report_part *part, size_t run)
{
    slt_buffer text = {0};
    slt_buffer_printf(&text, "sltrace run ");
    slt_escape_shell(&text, part->manifest_path);
    slt_buffer_printf(
        &text, " --only %zu --out out\nsltrace replay out/traces/%06zu.trace", run, run);
    put_commands(page,
                 "The same run with its trace kept, then replayed from the trace alone; "
                 "--from STEP --to STEP replays a stretch:",
                 &text);
    slt_buffer_free(&text);
}

void slt_report_put_commands(slt_html *page, const slt_report_part *part)
{
    char only[48], says[512];
    if (!part->golden || !part->manifest)
        return;
    size_t run = part->golden->run_count / 2;
    slt_report_put_heading(page, part, "again", "Run it again");
    slt_html_element(
        page, "p",
        "Exit status 0 says identical, 1 that something differs, 3 that this "
        "machine cannot judge.",
        "class", "soft", NULL);
    snprintf(only, sizeof only, "--only %zu ", run);
    snprintf(says, sizeof says,
             "One run, here %zu (%.300s); any other number will do:", run,
             slt_manifest_label(part->manifest, run));
    put_verify(page, part, says, only);
    put_verify(page, part, "Four runs, evenly spread:", "--sample 4 ");
    put_verify(page, part, "All runs, the figure data and the claims:", "");
    put_replay(page, part, run);
}
