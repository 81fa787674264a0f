#include "net/heads.h"

#include "base/schema_rows.h"
#include "net/model.h"

_Static_assert(SLT_MASK_NONE == 0 && SLT_MASK_CAUSAL == 1, "words of mask");
const slt_schema slt_op_mask_field = {
    .key = "mask",
    .type = SLT_SCHEMA_WORD,
    AT(slt_op_spec, mask),
    WORDS("none", "causal"),
    PRESET(TEXT_VALUE("none")),
    .also = "causal|is_causal|attn_mask",
    .meaning = "causal: of T positions, the last ones of as many as there are scores, "
               "each sees the scores up to its own"};

const slt_schema slt_op_heads_field = {
    .key = "heads",
    .type = SLT_SCHEMA_INT,
    AT(slt_op_spec, heads),
    .least = 1,
    .most = WIDTH_MAX,
    PRESET(INT_VALUE(1)),
    .also = "num_heads|n_heads|head",
    .meaning = "how many: the columns are those of the first, then those of the second, "
               "and so on"};
