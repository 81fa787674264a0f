/* What a net sees of the data: named inputs and a target.  A row of a tensor is all of a
 * sample; where that has positions, their numbers one after the other. */
#ifndef SLT_NET_BATCH_H
#define SLT_NET_BATCH_H

#include "net/model.h"
#include "num/tensor.h"

#define SLT_INPUTS_MAX 4
#define SLT_POSITION_AXES_MAX (SLT_WEIGHT_AXES_MAX - 1)

/* The positions of a sample: none (which counts as one), tokens [T], an image [H, W],
 * ..., row-major.  At each of them stand the channels of the last axis. */
typedef struct slt_positions {
    size_t axes;
    size_t size[SLT_POSITION_AXES_MAX];
} slt_positions;
/* The product of the sizes; saturates. */
size_t slt_positions_count(const slt_positions *positions);
bool slt_positions_equal(const slt_positions *a, const slt_positions *b);
/* "none", "[5]", "[28, 28]". */
#define SLT_POSITIONS_TEXT_MAX (SLT_POSITION_AXES_MAX * 22 + 3)
const char *slt_positions_text(const slt_positions *positions,
                               char text[SLT_POSITIONS_TEXT_MAX]);

typedef struct slt_batch {
    size_t rows;
    size_t inputs;
    char input_name[SLT_INPUTS_MAX][SLT_NAME_MAX];
    slt_tensor input[SLT_INPUTS_MAX];
    slt_tensor target; /* may share the memory of an input that it equals */
    /* Indices (SLT_INDEX) are below these; not looked at for numbers. */
    size_t input_range[SLT_INPUTS_MAX], target_range;
    slt_positions input_positions[SLT_INPUTS_MAX], target_positions;
} slt_batch;

/* Whether an input or the target has positions. */
bool slt_batch_has_positions(const slt_batch *batch);
/* Whether samples of both have the same inputs and target: names, arithmetics, widths,
 * ranges and positions. */
bool slt_batch_alike(const slt_batch *a, const slt_batch *b);
/* The input whose memory the target shares, NULL if it has its own. */
const slt_tensor *slt_batch_target_input(const slt_batch *batch);
void slt_batch_free(slt_batch *batch);

#endif
