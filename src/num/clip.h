/* A box around weights, which others are brought back into. */
#ifndef SLT_NUM_CLIP_H
#define SLT_NUM_CLIP_H

#include <stdbool.h>

#include "num/tensor.h"

/* low = w0 - half and high = w0 + half, half rounded to the tensors' arithmetic first and
 * each difference and sum once.  Fixed: at the exponent of state; a side that does not
 * fit is the least or the greatest number. */
void slt_num_box(slt_real half, const slt_tensor *w0, slt_tensor *low, slt_tensor *high);
/* w = low where w < low, high where w > high.  All are numbers; -0 is +0.  Whether
 * nothing changed. */
bool slt_num_clip(const slt_tensor *low, const slt_tensor *high, slt_tensor *w);

#endif
