/* The picture of a figure, as bytes. */
#ifndef SLT_REPORT_PICTURE_SVG_H
#define SLT_REPORT_PICTURE_SVG_H

#include "base/buffer.h"
#include "figure/figure.h"

/* Like slt_figure_svg, but appends to a buffer. */
slt_status slt_figure_draw(const slt_figure *figure, slt_buffer *svg, slt_error *err);

#endif
