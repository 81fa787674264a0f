/* The blocks of a run with trials: what a tally counted and added up in each. */
#ifndef SLT_RUN_BLOCKS_H
#define SLT_RUN_BLOCKS_H

#include <sltrace/trace.h>

typedef struct slt_blocks {
    char name[SLT_QUANTITY_NAME_MAX]; /* of the tally */
    size_t count, cols;
    uint64_t *counts; /* count x cols */
    slt_real *sums;   /* likewise */
} slt_blocks;

/* Reads those of blocks->name, a tally that keeps sums, from a trace that agrees with
 * itself; there are none where the trace has no such tally. */
slt_status slt_blocks_of_trace(const slt_trace *trace, slt_blocks *blocks,
                               slt_error *err);
void slt_blocks_free(slt_blocks *blocks);

#endif
