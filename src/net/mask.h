/* The field `mask` of ops that have scores. */
#ifndef SLT_NET_MASK_H
#define SLT_NET_MASK_H

#include "base/schema.h"

extern const slt_schema slt_op_mask_field;

#endif
