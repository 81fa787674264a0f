/* What decides the bits: sweep and run as the manifest writes them, a row a field, and
 * the reasons that its pins give. */
#include "report/page/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "manifest/manifest.h"

#define PATH_MAX_BYTES 512
#define DEPTH_OF_ROWS 3 /* run.model.weights.W1 stands in one row */

typedef struct settings {
    slt_html *page;
    const slt_value *pins; /* NULL: none */
    bool *used;            /* by pin: its reason stands already */
    size_t rows;
} settings;

/* ---- Reasons ----------------------------------------------------------------------- */

static bool is_below(const char *pin, const char *path)
{
    size_t size = strlen(path);
    return !strncmp(pin, path, size) && (pin[size] == '.' || pin[size] == '[');
}

static void put_reason(settings *s, size_t pin, const char *prefix)
{
    slt_html_open(s->page, "p", NULL);
    if (*prefix)
        slt_html_print(s->page, "%s: ", prefix);
    slt_html_text(s->page, s->pins->items[pin].text);
    slt_html_close(s->page, "p");
    s->used[pin] = true;
}

/* The reasons for a field, and for what its one row holds below it. */
static void put_reasons(settings *s, const char *path, bool below)
{
    slt_html_open(s->page, "td", "class", "words", NULL);
    for (size_t i = 0; s->pins && i < s->pins->count; i++) {
        const char *pin = s->pins->keys[i];
        if (!strcmp(pin, path))
            put_reason(s, i, "");
        else if (below && is_below(pin, path))
            put_reason(s, i, pin + strlen(path) + 1);
    }
    slt_html_close(s->page, "td");
}

static bool has_reason(const settings *s, const char *path)
{
    for (size_t i = 0; s->pins && i < s->pins->count; i++)
        if (!strcmp(s->pins->keys[i], path))
            return true;
    return false;
}

/* ---- Rows -------------------------------------------------------------------------- */

static void put_row(settings *s, const char *path, const char *text, bool below)
{
    slt_html_open(s->page, "tr", NULL);
    slt_html_open(s->page, "th", "scope", "row", NULL);
    slt_html_element(s->page, "code", path, NULL);
    slt_html_close(s->page, "th");
    slt_html_open(s->page, "td", "class", "words", NULL);
    slt_html_element(s->page, "code", text, NULL);
    slt_html_close(s->page, "td");
    put_reasons(s, path, below);
    slt_html_close(s->page, "tr");
    s->rows++;
}

static void put_value(settings *s, const char *path, const slt_value *value)
{
    slt_buffer text = {0};
    slt_value_print(value, &text);
    put_row(s, path, slt_buffer_text(&text), true);
    slt_buffer_free(&text);
}

static bool is_list_of_maps(const slt_value *value)
{
    return value->kind == SLT_VALUE_LIST && value->count &&
           value->items[0].kind == SLT_VALUE_MAP;
}

static void put_tree(settings *s, const char *path, const slt_value *value, size_t depth)
{
    bool list = is_list_of_maps(value);
    char below[PATH_MAX_BYTES];
    if ((value->kind != SLT_VALUE_MAP && !list) || depth == DEPTH_OF_ROWS) {
        put_value(s, path, value);
        return;
    }
    if (has_reason(s, path))
        put_row(s, path, list ? "the items below" : "the fields below", false);
    for (size_t i = 0; i < value->count; i++) {
        if (list)
            snprintf(below, sizeof below, "%s[%zu]", path, i);
        else
            snprintf(below, sizeof below, "%s.%s", path, value->keys[i]);
        put_tree(s, below, &value->items[i], list ? depth : depth + 1);
    }
}

/* ---- Groups ------------------------------------------------------------------------ */

static void open_group(settings *s, const char *name)
{
    slt_html_open(s->page, "tbody", NULL);
    slt_html_open(s->page, "tr", "class", "group", NULL);
    slt_html_element(s->page, "th", name, "colspan", "3", "scope", "rowgroup", NULL);
    slt_html_close(s->page, "tr");
}

static bool is_group(const slt_value *value)
{
    return value->kind == SLT_VALUE_MAP || is_list_of_maps(value);
}

/* Sweep and the run's own scalars, then a group for each part of the run. */
static void put_groups(settings *s, const slt_value *sweep, const slt_value *run)
{
    char path[PATH_MAX_BYTES];
    open_group(s, "sweep and run");
    for (size_t i = 0; sweep && i < sweep->count; i++) {
        snprintf(path, sizeof path, "sweep.%s", sweep->keys[i]);
        put_value(s, path, &sweep->items[i]);
    }
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < run->count; i++) {
            if (is_group(&run->items[i]) != (pass == 1))
                continue;
            snprintf(path, sizeof path, "run.%s", run->keys[i]);
            if (pass) {
                slt_html_close(s->page, "tbody");
                open_group(s, run->keys[i]);
            }
            put_tree(s, path, &run->items[i], 1);
        }
    }
    slt_html_close(s->page, "tbody");
}

/* Pins of fields that are not written, and so have their defaults. */
static void put_defaults(settings *s)
{
    bool any = false;
    for (size_t i = 0; s->pins && i < s->pins->count; i++) {
        if (s->used[i])
            continue;
        if (!any)
            open_group(s, "defaults that are pinned");
        any = true;
        put_row(s, s->pins->keys[i], "default", false);
    }
    if (any)
        slt_html_close(s->page, "tbody");
}

void slt_report_put_settings(slt_html *page, const slt_report_part *part)
{
    static const char *const names[] = {"Field", "Value", "Why, where it is pinned"};
    if (!part->manifest)
        return;
    const slt_value *pins = slt_manifest_part(part->manifest, "pins");
    settings s = {.page = page, .pins = pins};
    s.used = calloc(pins ? pins->count + 1 : 1, sizeof *s.used);
    if (!s.used) {
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
    put_groups(&s, slt_manifest_part(part->manifest, "sweep"),
               slt_manifest_part(part->manifest, "run"));
    put_defaults(&s);
    slt_report_close_table(page);
    slt_html_close(page, "details");
    free(s.used);
}
