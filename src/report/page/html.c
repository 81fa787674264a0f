#include "report/page/html.h"

#include <string.h>

#include "base/assert.h"
#include "base/escape.h"

/* ---- Text -------------------------------------------------------------------------- */

void slt_html_text(slt_html *page, const char *text)
{
    slt_escape_html(page->out, text, strlen(text));
}

void slt_html_print(slt_html *page, const char *format, ...)
{
    slt_buffer text = {0};
    va_list arguments;
    va_start(arguments, format);
    slt_buffer_vprintf(&text, format, arguments);
    va_end(arguments);
    slt_escape_html(page->out, text.data, text.size);
    page->out->failed |= text.failed;
    slt_buffer_free(&text);
}

void slt_html_markup(slt_html *page, const void *bytes, size_t size)
{
    slt_buffer_append(page->out, bytes, size);
}

/* ---- Tags -------------------------------------------------------------------------- */

/* Whether an element is part of a line of text; all other elements begin on a new
 * line. */
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
