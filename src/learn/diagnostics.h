/* Chain diagnostics: advisory numbers, never hashed.  They judge whether lambda_hat says
 * something about w* or only about how long the chains ran. */
#ifndef SLT_LEARN_DIAGNOSTICS_H
#define SLT_LEARN_DIAGNOSTICS_H

#include <sltrace/real.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

/* Of `chains` series of `draws` losses each, nbeta and L_n(w*).  rhat and ess are those
 * of Vehtari, Gelman, Simpson, Carpenter and Buerkner 2021, sections 3 and 4; both are
 * NaN where there are fewer than SLT_DIAGNOSE_DRAWS_MIN draws or all draws are equal. */
#define SLT_DIAGNOSE_DRAWS_MIN 4
typedef struct slt_diagnostics {
    slt_real llc;  /* nbeta (mean of all losses - L_n(w*)) */
    slt_real mcse; /* of llc. From two chains on: sd of the chains' LLCs / sqrt(chains),
                      for chains that start at w* are not stationary; else
                      nbeta sd(losses) / sqrt(ess) */
    slt_real rhat; /* rank-normalised split R-hat: the larger of bulk and folded */
    slt_real ess;  /* bulk effective sample size: rank-normalised, split, Geyer's initial
                      monotone sequence, at most S log10 S of S draws */
    slt_real negative_share; /* share of draws with loss below L_n(w*) */
    slt_real drift; /* LLC of the second half [draws / 2, draws) - of the first half */
    slt_real quarters[4]; /* LLC of draws [q draws / 4, (q + 1) draws / 4) */
    bool settled;         /* rhat <= 1.01, ess >= 100 and |drift| <= 3 mcse */
    bool no_losses;       /* all that needs them is NaN, and settled is false */
} slt_diagnostics;

/* chains and draws at least 1, losses finite.  SLT_RESOURCE when memory is short. */
slt_status slt_diagnose(const slt_real *const *losses, size_t chains, size_t draws,
                        slt_real nbeta, slt_real init_loss, slt_diagnostics *out,
                        slt_error *err);
/* Of chains whose losses were not stored, from the means of the quarters of their draws
 * (NaN: no draw in it): llc, drift and quarters, and from two chains on mcse. */
void slt_diagnose_quarters(const slt_real (*quarters)[4], size_t chains, uint64_t draws,
                           slt_real nbeta, slt_real init_loss, slt_diagnostics *out);
/* Appends one or two sentences: settled or not, which test failed, why it matters. */
void slt_diagnostics_words(const slt_diagnostics *diagnostics, slt_buffer *text);

#endif
