/* Estimates from a part of the draws, which show whether a chain has settled. */
#ifndef SLT_RUN_PARTS_H
#define SLT_RUN_PARTS_H

#include <sltrace/trace.h>

/* The estimate from part p of the draws, cut into `of` equal parts; draw t of T belongs
 * to part p if floor((p - 1) T / of) <= t < floor(p T / of). */
typedef struct slt_part {
    uint32_t llc; /* from 0 */
    uint64_t part, of;
    slt_real value; /* not finite: absent */
} slt_part;

/* Computes part->value from the chains of the last step at which the estimate was made;
 * absent if one of them ended early or has no draw in the part. */
slt_status slt_part_of_trace(const slt_trace *trace, slt_part *part, slt_error *err);

#endif
