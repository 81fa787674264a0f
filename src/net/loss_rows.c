/* The map that a loss is in a manifest. */
#include "base/schema_rows.h"
#include "net/net.h"

const slt_schema slt_net_loss_rows[SLT_NET_LOSS_ROWS] = {
    {.key = "op",
     .type = SLT_SCHEMA_WORD,
     .word_of = slt_net_loss_name,
     AT(slt_loss_spec, op),
     .meaning_of = slt_net_loss_meaning,
     .also = "kind|type|name",
     .sample = ""},
    {.key = "in",
     .type = SLT_SCHEMA_TENSOR_NAME,
     AT(slt_loss_spec, in),
     .also = "input|x",
     .sample = "y",
     .meaning = "the value that is compared with the target"},
    {.key = "op", .type = SLT_SCHEMA_OWN, .own_of = slt_net_loss_fields},
    {.key = "target",
     .type = SLT_SCHEMA_TENSOR_NAME,
     AT(slt_loss_spec, target),
     PRESET(TEXT_VALUE("target")),
     .meaning = "the data's target"},
    {.key = "at",
     .type = SLT_SCHEMA_WORD,
     AT(slt_loss_spec, last),
     WORDS("all", "last"),
     PRESET(TEXT_VALUE("all")),
     .also = "positions|which",
     .meaning = "the positions of a sample that it looks at: all, or the last alone"},
};
