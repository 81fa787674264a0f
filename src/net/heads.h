/* Fields that ops of heads and of scores share. */
#ifndef SLT_NET_HEADS_H
#define SLT_NET_HEADS_H

#include "base/schema.h"

extern const slt_schema slt_op_mask_field, slt_op_heads_field;

#endif
