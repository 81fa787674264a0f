/* What determines the bits: sweep and run as the manifest states them, a row for each
 * field, and the reasons given for its pins. */
#include "report/page/report.h"

#include <string.h>

#include "manifest/settings.h"

static void put_reasons(slt_html *page, const slt_setting *row)
{
    slt_html_open(page, "td", "class", "words", NULL);
    for (size_t i = 0; i < row->reason_count; i++) {
        const slt_setting_reason *reason = &row->reasons[i];
        slt_html_open(page, "p", NULL);
        if (*reason->below)
            slt_html_print(page, "%s: ", reason->below);
        slt_html_text(page, reason->text);
        slt_html_close(page, "p");
    }
    slt_html_close(page, "td");
}

static void put_row(slt_html *page, const slt_setting *row)
{
    static const char *const words[SLT_SETTING_KINDS] = {
        [SLT_SETTING_FIELDS] = "the fields below",
        [SLT_SETTING_ITEMS] = "the items below",
        [SLT_SETTING_DEFAULT] = "default"};
    const char *value = words[row->kind] ? words[row->kind] : row->value;
    slt_html_open(page, "tr", NULL);
    slt_html_open(page, "th", "scope", "row", NULL);
    slt_html_element(page, "code", row->path, NULL);
    slt_html_close(page, "th");
    slt_html_open(page, "td", "class", "words", NULL);
    slt_html_element(page, "code", value, NULL);
    slt_html_close(page, "td");
    put_reasons(page, row);
    slt_html_close(page, "tr");
}

/* ---- Groups ------------------------------------------------------------------------ */

static const char *group_of(const slt_setting *row)
{
    if (row->kind == SLT_SETTING_DEFAULT)
        return "defaults that are pinned";
    return row->group ? row->group : "sweep and run";
}

static void put_groups(slt_html *page, const slt_settings *settings)
{
    const char *group = "";
    for (size_t i = 0; i < settings->count; i++) {
        const slt_setting *row = &settings->rows[i];
        if (strcmp(group_of(row), group)) {
            if (i)
                slt_html_close(page, "tbody");
            group = group_of(row);
            slt_html_open(page, "tbody", NULL);
            slt_html_open(page, "tr", "class", "group", NULL);
            slt_html_element(page, "th", group, "colspan", "3", "scope", "rowgroup",
                             NULL);
            slt_html_close(page, "tr");
        }
        put_row(page, row);
    }
    slt_html_close(page, "tbody");
}

void slt_report_put_settings(slt_html *page, const slt_report_part *part)
{
    static const char *const names[] = {"Field", "Value", "Why, where it is pinned"};
    slt_settings settings;
    if (!part->manifest)
        return;
    if (slt_settings_make(part->manifest, &settings, NULL)) {
        page->out->failed = true;
        return;
    }
    slt_report_put_heading(page, part, "settings", "Settings");
    slt_html_open(page, "details", "class", "settings", NULL);
    slt_html_open(page, "summary", NULL);
    slt_html_print(page, "Model, data, optimiser, estimates: %s", part->manifest_path);
    slt_html_close(page, "summary");
    slt_report_open_table(
        page, NULL,
        "As the manifest writes them; $name is the value of that axis of "
        "the sweep, and what is not written has its default");
    slt_report_put_head(page, names, sizeof names / sizeof *names);
    put_groups(page, &settings);
    slt_report_close_table(page);
    slt_html_close(page, "details");
    slt_settings_free(&settings);
}
