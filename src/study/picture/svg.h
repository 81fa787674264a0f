/* The picture of a figure, as bytes. */
#ifndef SLT_STUDY_PICTURE_SVG_H
#define SLT_STUDY_PICTURE_SVG_H

#include "base/buffer.h"
#include "study/figure/figure.h"

/* As slt_figure_svg; appends. */
slt_status slt_figure_draw(const slt_figure *figure, slt_buffer *svg, slt_error *err);

#endif
