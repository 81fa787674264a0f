/* A learning coefficient of two traces. */
#ifndef SLT_AUDIT_LLC_PAIR_H
#define SLT_AUDIT_LLC_PAIR_H

#include "audit/audit.h"
#include "base/buffer.h"
#include "figure/estimates.h"

/* An estimate of one trace beside that of the other (NULL: it has none). */
typedef struct slt_audit_llc {
    const slt_estimate *reference, *found;
    slt_agreement agreement;
    slt_real apart; /* in Monte Carlo errors of both; not finite: not known */
} slt_audit_llc;

/* What is said of one: "equal within Monte Carlo error, 0.3 MCSE apart". */
void slt_audit_llc_words(const slt_audit_llc *llc, slt_buffer *words);

#endif
