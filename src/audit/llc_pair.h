/* One learning coefficient as two traces estimate it. */
#ifndef SLT_AUDIT_LLC_PAIR_H
#define SLT_AUDIT_LLC_PAIR_H

#include "audit/audit.h"
#include "base/buffer.h"
#include "figure/estimates.h"

/* An estimate of the reference and the same one of the other trace (NULL if missing). */
typedef struct slt_audit_llc {
    const slt_estimate *reference, *found;
    slt_agreement agreement;
    slt_real apart; /* in combined Monte Carlo errors; not finite if not known */
} slt_audit_llc;

/* Appends how they agree: "equal within Monte Carlo error, 0.3 MCSE apart". */
void slt_audit_llc_words(const slt_audit_llc *llc, slt_buffer *words);

#endif
