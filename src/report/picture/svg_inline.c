#include "report/picture/svg_inline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "report/page/html.h"

#define NAME_MAX_BYTES 32
#define DEPTH_MAX 32 /* less than the writer's */

typedef struct reader {
    const char *at, *end;
    const char *prefix, *title, *description;
    slt_html page;
    slt_buffer value;    /* of the attribute being read, with references resolved */
    size_t defs, hidden; /* depth at which <defs>, or an element that is left out, began;
                            0: none */
    bool begun;
} reader;

static const char *const elements[] = {
    "svg",     "g",      "defs",     "path",     "rect",    "circle",     "ellipse",
    "line",    "use",    "polyline", "text",     "tspan",   "desc",       "title",
    "polygon", "filter", "mask",     "clipPath", "feFlood", "feComposite"};

static const char *const attributes[] = {"x",
                                         "y",
                                         "x1",
                                         "y1",
                                         "x2",
                                         "y2",
                                         "r",
                                         "rx",
                                         "ry",
                                         "cx",
                                         "cy",
                                         "d",
                                         "dx",
                                         "dy",
                                         "width",
                                         "height",
                                         "points",
                                         "transform",
                                         "viewBox",
                                         "preserveAspectRatio",
                                         "fill",
                                         "fill-opacity",
                                         "fill-rule",
                                         "stroke",
                                         "stroke-width",
                                         "stroke-opacity",
                                         "stroke-dasharray",
                                         "stroke-linecap",
                                         "stroke-linejoin",
                                         "stroke-miterlimit",
                                         "color",
                                         "opacity",
                                         "font-family",
                                         "font-size",
                                         "font-weight",
                                         "font-style",
                                         "text-anchor",
                                         "clip-path",
                                         "filter",
                                         "filterUnits",
                                         "flood-color",
                                         "flood-opacity",
                                         "in",
                                         "in2",
                                         "result",
                                         "operator",
                                         "id",
                                         "xlink:href"};

static const char *inline_known(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (!strcmp(names[i], name))
            return names[i];
    return NULL;
}

#define KNOWN(names, name) inline_known(names, sizeof(names) / sizeof *(names), name)

static bool inline_starts(const reader *r, const char *text)
{
    size_t size = strlen(text);
    return (size_t)(r->end - r->at) >= size && !memcmp(r->at, text, size);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blanks(reader *r)
{
    while (r->at < r->end && is_blank(*r->at))
        r->at++;
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == ':' || c == '_';
}

static bool read_name(reader *r, char name[NAME_MAX_BYTES])
{
    size_t size = 0;
    while (r->at < r->end && is_name(*r->at)) {
        if (size + 1 == NAME_MAX_BYTES)
            return false;
        name[size++] = *r->at++;
    }
    name[size] = 0;
    return size > 0;
}

/* ---- Character data ---------------------------------------------------------------- */

/* Reads one of the five references that XML defines; gnuplot writes no others. */
static bool read_reference(reader *r)
{
    static const struct {
        const char *name;
        char is;
    } names[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (inline_starts(r, names[i].name)) {
            slt_buffer_byte(&r->value, (uint8_t)names[i].is);
            r->at += strlen(names[i].name);
            return true;
        }
    return false;
}

/* Reads up to one of the characters `stops`, which is not consumed. */
static bool read_data(reader *r, const char *stops)
{
    slt_buffer_clear(&r->value);
    while (r->at < r->end && !memchr(stops, *r->at, strlen(stops))) {
        if (!*r->at)
            return false;
        if (*r->at != '&')
            slt_buffer_byte(&r->value, (uint8_t)*r->at++);
        else if (!read_reference(r))
            return false;
    }
    return r->at < r->end;
}

static bool put_data(reader *r)
{
    bool blank = true;
    if (!read_data(r, "<"))
        return false;
    for (size_t i = 0; i < r->value.size; i++)
        blank &= is_blank((char)r->value.data[i]);
    if (!blank && !r->hidden)
        slt_escape_html(r->page.out, r->value.data, r->value.size);
    return blank || r->begun;
}

/* ---- Attributes -------------------------------------------------------------------- */

/* Writes PREFIX + the name after '#' in "#name" or "url(#name)", between `before` and
 * `after`. */
static void put_reference(reader *r, const char *name, const char *before,
                          const char *after)
{
    const char *value = slt_buffer_text(&r->value);
    size_t head = strlen(before), tail = strlen(after), size = strlen(value);
    char text[256];
    if (size < head + tail || memcmp(value, before, head) ||
        strcmp(value + size - tail, after))
        return;
    int printed = snprintf(text, sizeof text, "%s%s%.*s%s", before, r->prefix,
                           (int)(size - head - tail), value + head, after);
    if (printed > 0 && (size_t)printed < sizeof text)
        slt_html_attribute(&r->page, name, text);
}

static void put_attribute(reader *r, const char *name)
{
    const char *value = slt_buffer_text(&r->value);
    if (!strcmp(name, "id")) {
        if (r->defs)
            put_reference(r, name, "", "");
    } else if (!strcmp(name, "xlink:href"))
        put_reference(r, name, "#", "");
    else if (strstr(value, "url"))
        put_reference(r, name, "url(#", ")");
    else
        slt_html_attribute(&r->page, name, value);
}

/* Reads an attribute; one that is not on the list is left out. */
static bool read_attribute(reader *r)
{
    char name[NAME_MAX_BYTES], quote[] = {0, 0};
    if (!read_name(r, name))
        return false;
    skip_blanks(r);
    if (!inline_starts(r, "="))
        return false;
    r->at++;
    skip_blanks(r);
    if (!inline_starts(r, "\"") && !inline_starts(r, "'"))
        return false;
    quote[0] = *r->at++;
    if (!read_data(r, quote))
        return false;
    r->at++;
    const char *kept = KNOWN(attributes, name);
    if (kept && !r->hidden)
        put_attribute(r, kept);
    return true;
}

/* ---- Elements ---------------------------------------------------------------------- */

/* Writes the page's title and description in place of the document's. */
static void put_alternative(reader *r)
{
    char title[128], description[128];
    snprintf(title, sizeof title, "%stitle", r->prefix);
    snprintf(description, sizeof description, "%sdescription", r->prefix);
    slt_html_element(&r->page, "title", r->title, "id", title, NULL);
    slt_html_element(&r->page, "desc", r->description, "id", description, NULL);
}

static void put_role(reader *r)
{
    char labels[272];
    slt_html_attribute(&r->page, "xmlns", "http://www.w3.org/2000/svg");
    slt_html_attribute(&r->page, "xmlns:xlink", "http://www.w3.org/1999/xlink");
    slt_html_attribute(&r->page, "role", "img");
    snprintf(labels, sizeof labels, "%stitle", r->prefix);
    slt_html_attribute(&r->page, "aria-labelledby", labels);
    snprintf(labels, sizeof labels, "%sdescription", r->prefix);
    slt_html_attribute(&r->page, "aria-describedby", labels);
}

/* Whether an element is a title or a description. Those of parts are left out: screen
 * readers would read them twice. */
static bool is_words(const char *name)
{
    return !strcmp(name, "title") || !strcmp(name, "desc");
}

static bool inline_end_start(reader *r, const char *element, bool root)
{
    bool empty = inline_starts(r, "/>");
    if (!empty && !inline_starts(r, ">"))
        return false;
    r->at += empty ? 2 : 1;
    if (r->hidden) {
        r->page.open[r->page.depth] = element;
        r->page.depth += !empty;
        if (empty && r->hidden == r->page.depth + 1)
            r->hidden = 0;
        return true;
    }
    slt_html_begun(&r->page, element, empty);
    if (root)
        put_alternative(r);
    if (!empty && !strcmp(element, "defs") && !r->defs)
        r->defs = r->page.depth;
    return !root || !empty;
}

static bool read_start(reader *r)
{
    char name[NAME_MAX_BYTES];
    bool root = !r->begun;
    r->at++;
    const char *element = read_name(r, name) ? KNOWN(elements, name) : NULL;
    if (!element || root != !strcmp(element, "svg") || r->page.depth == DEPTH_MAX ||
        (!root && !r->page.depth))
        return false;
    r->begun = true;
    if (!r->hidden && is_words(element))
        r->hidden = r->page.depth + 1;
    if (!r->hidden)
        slt_html_begin(&r->page, element);
    if (root)
        put_role(r);
    for (skip_blanks(r); r->at < r->end && is_name(*r->at); skip_blanks(r))
        if (!read_attribute(r))
            return false;
    return inline_end_start(r, element, root);
}

static bool read_end(reader *r)
{
    char name[NAME_MAX_BYTES];
    r->at += 2;
    if (!read_name(r, name) || !r->page.depth ||
        strcmp(name, r->page.open[r->page.depth - 1]))
        return false;
    skip_blanks(r);
    if (!inline_starts(r, ">"))
        return false;
    r->at++;
    if (r->defs == r->page.depth)
        r->defs = 0;
    if (!r->hidden) {
        slt_html_close(&r->page, r->page.open[r->page.depth - 1]);
        return true;
    }
    if (r->hidden == r->page.depth)
        r->hidden = 0;
    r->page.depth--;
    return true;
}

/* Skips <?...?> at the beginning, or <!--...--> anywhere. */
static bool skip_past(reader *r, const char *stop)
{
    for (; r->at < r->end; r->at++)
        if (inline_starts(r, stop)) {
            r->at += strlen(stop);
            return true;
        }
    return false;
}

static bool inline_read_all(reader *r)
{
    bool fine = true;
    while (fine && r->at < r->end) {
        if (*r->at != '<')
            fine = r->page.depth ? put_data(r) : is_blank(*r->at++);
        else if (inline_starts(r, "<?"))
            fine = !r->begun && skip_past(r, "?>");
        else if (inline_starts(r, "<!--"))
            fine = skip_past(r, "-->");
        else if (inline_starts(r, "</"))
            fine = read_end(r);
        else
            fine = read_start(r);
    }
    return fine && r->begun && !r->page.depth;
}

bool slt_svg_inline(const slt_buffer *svg, const char *prefix, const char *title,
                    const char *description, slt_buffer *out)
{
    slt_buffer made = {0};
    reader r = {.at = (const char *)svg->data,
                .end = (const char *)svg->data + svg->size,
                .prefix = prefix,
                .title = title,
                .description = description,
                .page = {.out = &made}};
    bool fine = svg->size && inline_read_all(&r) && !made.failed && !r.value.failed;
    if (fine)
        slt_buffer_append(out, made.data, made.size);
    slt_buffer_free(&made);
    slt_buffer_free(&r.value);
    return fine;
}
