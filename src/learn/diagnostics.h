/* Chain diagnostics: advisory numbers, never hashed. */
#ifndef SLT_LEARN_DIAGNOSTICS_H
#define SLT_LEARN_DIAGNOSTICS_H

#include <sltrace/real.h>

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/* For `chains` series of `draws` losses each, nbeta and L_n(w*). */
typedef struct slt_diagnostics {
    slt_real llc, mcse;         /* mcse: between chains from 2 on (chains start at w*: sd of chain LLCs / sqrt(chains)), else llc scale / sqrt(ess) */
    slt_real rhat;              /* rank-normalised split R-hat (Vehtari et al. 2021) */
    slt_real ess;               /* bulk effective sample size, same source */
    slt_real negative_share;    /* share of draws with loss below L_n(w*) */
    slt_real drift;             /* LLC of the second half - of the first half */
    slt_real quarters[4];       /* LLC of each quarter of the chains */
    bool settled; /* rhat <= 1.01, ess >= 100 and |drift| <= 3 mcse */
} slt_diagnostics;

slt_status slt_diagnose(const slt_real *const *losses, size_t chains, size_t draws,
                        slt_real nbeta, slt_real init_loss, slt_diagnostics *out,
                        slt_error *err);
/* One or two sentences: settled or not, which test failed, why it matters. */
void slt_diagnostics_words(const slt_diagnostics *diagnostics, slt_buffer *text);

#endif
