/* Curves of a run, or of several runs, gone along together by step. */
#ifndef SLT_FIGURE_ALONG_H
#define SLT_FIGURE_ALONG_H

#include "run/outcome.h"

typedef struct slt_along {
    slt_curve made; /* of results, owned; see slt_outcome_along */
    const slt_curve *curve;
    size_t next; /* of its points */
} slt_along;

/* Opens what a name shows along a run, from a step on.  Close it whatever the status. */
slt_status slt_along_open(const slt_outcome *outcome, const slt_figure_value *of,
                          uint64_t from, slt_along *along, slt_error *err);
void slt_along_close(slt_along *along);
/* The least step that one of them has still to come; false at the end of all. */
bool slt_along_next(const slt_along *along, size_t count, uint64_t *step);
/* The value at that step, which is then passed; NULL if there is none. */
const slt_real *slt_along_take(slt_along *along, uint64_t step);

#endif
