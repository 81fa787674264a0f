#include "study/report/html.h"

#include <string.h>

#include "base/assert.h"
#include "base/utf8.h"

/* ---- Text -------------------------------------------------------------------------- */

static const char *reference(uint8_t c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static uint32_t decode(const uint8_t *at, size_t length)
{
    uint32_t point = length == 1 ? at[0] : at[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++)
        point = point << 6 | (at[i] & 0x3fu);
    return point;
}

static bool is_shown(uint32_t point)
{
    bool control = (point < 0x20 && point != '\n' && point != '\t') ||
                   (point >= 0x7f && point < 0xa0);
    bool direction = point == 0x061c || point == 0x200e || point == 0x200f ||
                     (point >= 0x202a && point <= 0x202e) ||
                     (point >= 0x2066 && point <= 0x2069);
    bool nothing = (point & 0xfffe) == 0xfffe || (point >= 0xfdd0 && point <= 0xfdef);
    return !control && !direction && !nothing;
}

void slt_html_escape(slt_buffer *out, const void *bytes, size_t size)
{
    const uint8_t *at = bytes, *end = at + size;
    while (at < end) {
        size_t length = slt_utf8_length(at, (size_t)(end - at));
        const char *instead = length == 1 ? reference(*at) : NULL;
        if (!length || !is_shown(decode(at, length)))
            instead = "\xef\xbf\xbd";
        if (instead)
            slt_buffer_append(out, instead, strlen(instead));
        else
            slt_buffer_append(out, at, length);
        at += length ? length : 1;
    }
}

void slt_html_text(slt_html *page, const char *text)
{
    slt_html_escape(page->out, text, strlen(text));
}

void slt_html_print(slt_html *page, const char *format, ...)
{
    slt_buffer text = {0};
    va_list arguments;
    va_start(arguments, format);
    slt_buffer_vprintf(&text, format, arguments);
    va_end(arguments);
    slt_html_escape(page->out, text.data, text.size);
    page->out->failed |= text.failed;
    slt_buffer_free(&text);
}

void slt_html_markup(slt_html *page, const void *bytes, size_t size)
{
    slt_buffer_append(page->out, bytes, size);
}

/* ---- Tags -------------------------------------------------------------------------- */

/* Elements inside a line of text; before all others stands a line end. */
static bool is_inline(const char *element)
{
    static const char *const names[] = {"a",    "b",      "code",  "em",    "small",
                                        "span", "strong", "tspan", "label", "text"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(element, names[i]))
            return true;
    return false;
}

void slt_html_begin(slt_html *page, const char *element)
{
    slt_buffer_printf(page->out, "%s<%s", is_inline(element) ? "" : "\n", element);
}

void slt_html_attribute(slt_html *page, const char *name, const char *value)
{
    slt_buffer_printf(page->out, " %s=\"", name);
    slt_html_text(page, value);
    slt_buffer_byte(page->out, '"');
}

void slt_html_begun(slt_html *page, const char *element, bool empty)
{
    slt_buffer_printf(page->out, empty ? "/>" : ">");
    if (empty)
        return;
    SLT_ASSERT(page->depth < SLT_HTML_DEPTH_MAX);
    page->open[page->depth++] = element;
}

static void put_tag(slt_html *page, const char *element, va_list attributes, bool empty)
{
    slt_html_begin(page, element);
    for (const char *name; (name = va_arg(attributes, const char *));) {
        const char *value = va_arg(attributes, const char *);
        if (value)
            slt_html_attribute(page, name, value);
    }
    slt_html_begun(page, element, empty);
}

void slt_html_open(slt_html *page, const char *element, ...)
{
    va_list attributes;
    va_start(attributes, element);
    put_tag(page, element, attributes, false);
    va_end(attributes);
}

void slt_html_empty(slt_html *page, const char *element, ...)
{
    va_list attributes;
    va_start(attributes, element);
    put_tag(page, element, attributes, true);
    va_end(attributes);
}

void slt_html_close(slt_html *page, const char *element)
{
    SLT_ASSERT(page->depth && !strcmp(page->open[page->depth - 1], element));
    page->depth--;
    slt_buffer_printf(page->out, "</%s>", element);
}

void slt_html_element(slt_html *page, const char *element, const char *text, ...)
{
    va_list attributes;
    va_start(attributes, text);
    put_tag(page, element, attributes, false);
    va_end(attributes);
    slt_html_text(page, text);
    slt_html_close(page, element);
}
