/* What ops of windows over images share: their fields, and the window that goes over the
 * positions [height, width] of the first input. */
#ifndef SLT_NET_IMAGE_H
#define SLT_NET_IMAGE_H

#include "net/op.h"
#include "num/window.h"

/* Fields of the manifest, each one number for both axes or one for each. */
extern const slt_schema slt_image_window, slt_image_stride, slt_image_padding,
    slt_image_dilation;

/* A window with so many places on each axis, and what the op says beside that. */
slt_window slt_image_window_of(const slt_op_spec *spec, const slt_positions *positions,
                               const size_t size[2]);
/* The same with the op's own `window`. */
slt_window slt_image_pool_of(const slt_op_spec *spec, const slt_positions *positions);
/* Makes the positions of *out the window's.  SLT_FORMAT where the input has no height and
 * width, or the window does not fit. */
slt_status slt_image_place(const slt_op_site *site, const slt_window *window,
                           slt_shape *out, slt_error *err);
/* The whole rule of pools, whose window always sees something. */
slt_status slt_image_pool(const slt_op_site *site, slt_shape *out, slt_error *err);
/* SLT_FORMAT unless the first input has height and width. */
slt_status slt_image_check(const slt_op_site *site, slt_error *err);

#endif
