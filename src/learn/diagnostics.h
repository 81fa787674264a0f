/* Chain diagnostics: advisory numbers, never hashed.  They judge whether an estimate
 * tells something about w*, or only how long the chains ran.
 *
 * An unknown number is NaN, never 0, and is shown as "not known". */
#ifndef SLT_LEARN_DIAGNOSTICS_H
#define SLT_LEARN_DIAGNOSTICS_H

#include <sltrace/real.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "learn/llc.h"

/* What is known of the error of L_n(w*), the baseline of an estimate. */
typedef enum slt_baseline {
    SLT_BASELINE_EXACT,       /* on the full data: no error */
    SLT_BASELINE_FIRST_DRAWS, /* the mean of the chains' first draws */
    SLT_BASELINE_UNKNOWN      /* a mean over batches whose losses were not recorded */
} slt_baseline;

slt_baseline slt_baseline_of(const slt_llc_spec *spec);

/* The estimate that is diagnosed, without its losses. */
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

/* The Stein ratio of a chain or, by means over its chains, of an estimate
 * (learn/stein.h).  Settled chains
 * have a ratio of 1 + step, but for biased ones; step is not known of all samplers.  It
 * stands beside `settled`, which does not depend on it.  A number that is not known is
 * not finite. */
typedef struct slt_stein_found {
    bool asked;  /* recorded, or computed again; else nothing is known */
    bool biased; /* chains that settle do so to another law than their target */
    slt_real ratio, drift, pull, step;
    slt_real error; /* standard error of ratio: of several chains by their spread; of one
                       by that of the means of its batches of draws */
} slt_stein_found;

/* Of one chain, its error by batches; and of `count` chains. */
slt_stein_found slt_diagnose_stein_chain(const slt_llc_spec *spec,
                                         const slt_llc_setup *setup,
                                         const slt_stein *sums);
slt_stein_found slt_diagnose_stein(const slt_stein_found *chains, size_t count);

/* A ratio whose error is a larger share of it tells nothing of its distance from 1. */
#define SLT_STEIN_SHARP .2
/* Appends what the ratio is and says, a sentence; nothing if it was not asked for. */
void slt_diagnostics_stein_words(const slt_stein_found *stein, slt_buffer *text);

/* The energy Bayesian fraction of missing information of a chain (Betancourt 2016), from
 * the energies of the trajectories that lead to its draws, one trajectory apart: the sum
 * of the squares of their differences over that of their deviations from their mean.  Of
 * a normal law it is 1.  Not finite of fewer than 3, or of equal ones. */
slt_real slt_ebfmi(const uint8_t *energies, size_t count);

/* Of an estimate's chains the least; not finite where one is not known. */
typedef struct slt_ebfmi_found {
    bool asked; /* energies are recorded */
    slt_real least;
    size_t chain; /* whose */
} slt_ebfmi_found;

/* Stan warns below it. */
#define SLT_EBFMI_LOW .3
slt_ebfmi_found slt_diagnose_ebfmi(const slt_real *chains, size_t count);
/* Appends a sentence where it is not known, or low. */
void slt_diagnostics_ebfmi_words(const slt_ebfmi_found *ebfmi, slt_buffer *text);

/* rhat and the effective sample sizes are those of Vehtari, Gelman, Simpson, Carpenter
 * and Buerkner 2021, sections 3 and 4, number by number as R's package posterior computes
 * them; NaN if there are too few draws, if all are equal, or if one is not finite. */
typedef struct slt_diagnostics {
    slt_real llc;            /* nbeta (mean of all losses - L_n(w*)) */
    slt_real mcse;           /* of llc, given w*: see slt_diagnose */
    slt_real mcse_chains;    /* the chains' part of mcse, as if L_n(w*) were exact */
    slt_real rhat;           /* rank-normalised split R-hat: larger of bulk and folded */
    slt_real ess_bulk;       /* of the rank-normalised draws */
    slt_real ess_tail;       /* the smaller one of those of the quantiles .05 and .95 */
    slt_real negative_share; /* share of draws with loss below L_n(w*) */
    slt_real drift; /* LLC of the second half [draws / 2, draws) - of the first half */
    slt_real quarters[4]; /* LLC of draws [q draws / 4, (q + 1) draws / 4) */
    size_t chains;
    uint64_t draws;
    size_t constant;  /* chains whose draws are all equal, such as chains of one draw */
    size_t nonfinite; /* chains with a loss that is not finite */
    slt_baseline baseline;
    bool no_losses; /* the losses were not stored, so rhat and both ESS are not known */
    /* Yes: rhat <= 1.01, both ESS >= 100, |drift| <= 3 mcse_chains (both halves have the
     * same baseline, so it does not affect the drift), and mcse is known.  No: one of
     * these is known to fail.  Otherwise not known. */
    slt_settled settled;
    slt_stein_found stein;
    slt_ebfmi_found ebfmi;
} slt_diagnostics;

/* The value of `settled` that follows from the other fields. */
slt_settled slt_settled_of(const slt_diagnostics *diagnostics);

/* The error of an estimate, mcse, is the standard deviation that llc has over repeated
 * chains (their noise and their batches) from one w*.
 *
 * With at least two chains it is the standard deviation of the chains' own estimates Y_c
 * over sqrt(chains): chains that start at w* are not stationary, but are independent. Y_c
 * is nbeta (mean loss of chain c - L_n(w*)) for a baseline without error.  Where the
 * baseline is the mean of the chains' draws 0, Y_c = nbeta (mean loss of chain c - draw 0
 * of chain c): llc is their mean too, so this includes the noise of the baseline and its
 * correlation with the chains' losses.
 *
 * With one chain it is nbeta sd(losses) / sqrt(ESS of the mean), if the baseline is
 * exact.
 *
 * It is not known if the error of the baseline is not, for a single chain without losses,
 * if a chain is constant or not finite, or if it would be 0. */
slt_status slt_diagnose(const slt_diagnosed *of, const slt_real *const *losses,
                        slt_diagnostics *out, slt_error *err);
/* Diagnoses chains whose losses were not stored from the means of the quarters of their
 * draws; NaN for a quarter without draws. */
void slt_diagnose_quarters(const slt_diagnosed *of, const slt_real (*quarters)[4],
                           slt_diagnostics *out);

/* Appends one or two sentences: settled or not, which test failed, why it matters. */
void slt_diagnostics_words(const slt_diagnostics *diagnostics, slt_buffer *text);
/* Appends what to change in the settings, sentences; nothing if there is nothing. */
void slt_diagnostics_advice(const slt_diagnostics *found, const slt_llc_spec *spec,
                            slt_buffer *text);
/* Appends why mcse is not known; nothing if it is. */
void slt_diagnostics_unknown(const slt_diagnostics *diagnostics, slt_buffer *text);
/* An effective sample size for people, rounded down so that 99.9 does not look like 100;
 * "-" if it is not known.  Nothing else rounds one. */
#define SLT_ESS_TEXT_MAX 32
const char *slt_ess_text(slt_real ess, char text[SLT_ESS_TEXT_MAX]);

#endif
