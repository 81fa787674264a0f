/* Writes HTML that is also well-formed XML into a buffer. Everything except the names of
 * elements and attributes goes through one escaping function, and elements are closed in
 * the reverse of the order in which they were opened, so that text from files cannot
 * become markup. */
#ifndef SLT_REPORT_PAGE_HTML_H
#define SLT_REPORT_PAGE_HTML_H

#include "base/buffer.h"

#define SLT_HTML_DEPTH_MAX 64

typedef struct slt_html {
    slt_buffer *out;
    const char *open[SLT_HTML_DEPTH_MAX]; /* names, as string constants */
    size_t depth;
} slt_html;

/* Opens an element. Attributes are pairs of name and value, ended by NULL; one whose
 * value is NULL is left out. Names are string constants. */
void slt_html_open(slt_html *page, const char *element, ...) __attribute__((sentinel));
/* Closes the innermost open element; its name is given for the reader, and checked. */
void slt_html_close(slt_html *page, const char *element);
/* Writes an element without content, such as meta. */
void slt_html_empty(slt_html *page, const char *element, ...) __attribute__((sentinel));
/* Writes an element that holds only text. */
void slt_html_element(slt_html *page, const char *element, const char *text, ...)
    __attribute__((sentinel));

void slt_html_text(slt_html *page, const char *text);
void slt_html_print(slt_html *page, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Write a start tag in pieces: its name, its attributes, its end. */
void slt_html_begin(slt_html *page, const char *element);
void slt_html_attribute(slt_html *page, const char *name, const char *value);
void slt_html_begun(slt_html *page, const char *element, bool empty);

/* Writes bytes that are markup already: constants, or the output of another writer of
 * this kind. */
void slt_html_markup(slt_html *page, const void *bytes, size_t size);

#endif
