/* A picture inside a page. */
#ifndef SLT_REPORT_PICTURE_SVG_INLINE_H
#define SLT_REPORT_PICTURE_SVG_INLINE_H

#include "base/buffer.h"

/* Appends the SVG document `svg` as an element for a page: an image with the alternative
 * `title` and `description` (ids PREFIX + "title" and PREFIX + "description").
 *
 * It is read and written anew, never copied: shapes and text with attributes of geometry
 * and paint come through, references only to what stands in its <defs>, under ids that
 * begin with `prefix`, so that pictures in one page do not meet.  False, with `out` as
 * before, where the document is not well-formed or holds any other element. */
bool slt_svg_inline(const slt_buffer *svg, const char *prefix, const char *title,
                    const char *description, slt_buffer *out);

#endif
