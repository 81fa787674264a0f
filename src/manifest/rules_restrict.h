/* The rules of blocks of a model, and of chains that are restricted to some. */
#ifndef SLT_MANIFEST_RULES_RESTRICT_H
#define SLT_MANIFEST_RULES_RESTRICT_H

#include "manifest/rules_walk.h"

/* SLT_FORMAT unless the blocks are parts of weights that are trained, which lie within
 * them and do not overlap.  Needs the shapes of the weights. */
slt_status slt_rules_check_blocks(const slt_rules *rules);
/* SLT_FORMAT unless the estimate of that index names weights that are trained, and
 * blocks, each once, or none. */
slt_status slt_rules_check_restrict(const slt_rules *rules, size_t index);

#endif
