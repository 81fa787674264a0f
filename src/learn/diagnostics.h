/* Chain diagnostics: advisory numbers, never hashed.  They judge whether lambda_hat says
 * something about w* or only about how long the chains ran.
 *
 * A number that cannot be known is NaN, never 0, and is shown as "not known". */
#ifndef SLT_LEARN_DIAGNOSTICS_H
#define SLT_LEARN_DIAGNOSTICS_H

#include <sltrace/real.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "learn/spec.h"

/* What is known of the error of L_n(w*), the baseline of an estimate. */
typedef enum slt_baseline {
    SLT_BASELINE_EXACT,       /* on the full data: it has none */
    SLT_BASELINE_FIRST_DRAWS, /* the mean over the chains of their draws 0 */
    SLT_BASELINE_UNKNOWN      /* a mean over batches whose losses were not recorded */
} slt_baseline;

slt_baseline slt_baseline_of(const slt_llc_spec *spec);

/* What is diagnosed beside losses. */
typedef struct slt_diagnosed {
    size_t chains;  /* at least 1 */
    uint64_t draws; /* of each, at least 1 */
    slt_real nbeta, init_loss;
    slt_baseline baseline;
} slt_diagnosed;

typedef enum slt_settled {
    SLT_SETTLED_NO,
    SLT_SETTLED_YES,
    SLT_SETTLED_UNKNOWN
} slt_settled;
/* "no", "yes", "not known". */
const char *slt_settled_text(slt_settled settled);

#define SLT_SETTLED_RHAT 1.01
#define SLT_SETTLED_ESS 100
#define SLT_SETTLED_MCSE 3

/* rhat and the effective sample sizes are those of Vehtari, Gelman, Simpson, Carpenter
 * and Buerkner 2021, sections 3 and 4, number by number as R's package posterior computes
 * them; NaN for too few draws, where all draws are equal or one is not finite. */
typedef struct slt_diagnostics {
    slt_real llc;            /* nbeta (mean of all losses - L_n(w*)) */
    slt_real mcse;           /* of llc, given w*: see slt_diagnose */
    slt_real mcse_chains;    /* the part of the chains, as if L_n(w*) were exact */
    slt_real rhat;           /* rank-normalised split R-hat: larger of bulk and folded */
    slt_real ess_bulk;       /* of the rank-normalised draws */
    slt_real ess_tail;       /* the smaller one of those of the quantiles .05 and .95 */
    slt_real negative_share; /* share of draws with loss below L_n(w*) */
    slt_real drift; /* LLC of the second half [draws / 2, draws) - of the first half */
    slt_real quarters[4]; /* LLC of draws [q draws / 4, (q + 1) draws / 4) */
    size_t chains;
    uint64_t draws;
    size_t constant;  /* chains whose draws are all equal; those of one draw are */
    size_t nonfinite; /* chains with a loss that is not finite */
    slt_baseline baseline;
    bool no_losses; /* they were not stored: rhat and both ESS are not known */
    /* Yes: rhat <= 1.01, both ESS >= 100 and |drift| <= 3 mcse_chains (what the halves
     * share, the baseline, moves no drift), and mcse is known.  No: one of these is known
     * to fail.  Else not known. */
    slt_settled settled;
} slt_diagnostics;

/* What `settled` must be, of the other fields. */
slt_settled slt_settled_of(const slt_diagnostics *diagnostics);

/* The error of an estimate, mcse, is the standard deviation that llc has over repeated
 * chains (their noise and their batches) from one w*.
 *
 * From two chains on it is that of the chains' own estimates Y_c / sqrt(chains): chains
 * that start at w* are not stationary, but independent of one another.  Y_c is nbeta
 * (mean loss of chain c - L_n(w*)) for a baseline without error.  Where the baseline is
 * the mean of the chains' draws 0, Y_c = nbeta (mean loss of chain c - draw 0 of chain
 * c): llc is the mean of these too, so that the noise of the baseline and what it shares
 * with the chains' losses are in it.
 *
 * Of one chain it is nbeta sd(losses) / sqrt(ESS of the mean), for an exact baseline.
 *
 * It is not known for a baseline whose error is not, of one chain without losses, where a
 * chain is constant or not finite, and where it would be 0. */
slt_status slt_diagnose(const slt_diagnosed *of, const slt_real *const *losses,
                        slt_diagnostics *out, slt_error *err);
/* Of chains whose losses were not stored, from the means of the quarters of their draws
 * (NaN: no draw in it). */
void slt_diagnose_quarters(const slt_diagnosed *of, const slt_real (*quarters)[4],
                           slt_diagnostics *out);

/* Appends one or two sentences: settled or not, which test failed, why it matters. */
void slt_diagnostics_words(const slt_diagnostics *diagnostics, slt_buffer *text);
/* Appends why mcse is not known; nothing where it is. */
void slt_diagnostics_unknown(const slt_diagnostics *diagnostics, slt_buffer *text);
/* An effective sample size for people: the whole number below it, so that 99.9 is no 100;
 * "-" where it is not known.  The one place that rounds it. */
#define SLT_ESS_TEXT_MAX 32
const char *slt_ess_text(slt_real ess, char text[SLT_ESS_TEXT_MAX]);

#endif
