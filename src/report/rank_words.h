/* What the pages of ranks say in the same words. */
#ifndef SLT_REPORT_RANK_WORDS_H
#define SLT_REPORT_RANK_WORDS_H

#include "audit/rank.h"

/* What the Jacobian is of: "residual" or "outputs". */
const char *slt_rank_subject(const slt_rank_found *found);
/* Over what that is centred: "none", "samples" or "outputs". */
const char *slt_rank_centre(const slt_rank_found *found);

#endif
