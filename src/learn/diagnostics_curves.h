/* How the chains of an estimate went: their course, ranks and autocorrelation, canonical
 * numbers that docs/spec/16-figure-data.md defines. */
#ifndef SLT_LEARN_DIAGNOSTICS_CURVES_H
#define SLT_LEARN_DIAGNOSTICS_CURVES_H

#include "learn/diagnostics.h"

#define SLT_CHAIN_POINTS 250 /* at most so many parts of the draws, and so many lags */
#define SLT_CHAIN_BINS 20
#define SLT_CHAIN_LAGS 100         /* so many by default, ... */
#define SLT_CHAIN_LAGS_MAX 1000000 /* ... and at most */

/* What is wanted of chains. */
typedef struct slt_chain_wanted {
    bool loss;     /* the course of the loss; else of nbeta (loss - L_n(w*)) */
    uint64_t lags; /* the longest lag, if there are more draws */
} slt_chain_wanted;

typedef struct slt_chain_curves {
    size_t chains;
    uint64_t draws;
    /* chains x points: means over parts of `part` draws, the last of what is left. */
    uint64_t part;
    size_t points;
    slt_real *course;
    /* chains x bins: how many draws of the chain have their rank among those of all
     * chains in the bin; none where a draw is NaN. */
    size_t bins;
    uint64_t *ranks;
    /* chains x lags: of each chain by itself, at lags 0, lag, 2 lag, ...; not finite
     * where it is not known. */
    uint64_t lag;
    size_t lags;
    slt_real *rho;
} slt_chain_curves;

/* Needs at least one chain of one draw.  To be freed whatever is returned. */
slt_status slt_chain_curves_find(const slt_diagnosed *of, const slt_real *const *losses,
                                 slt_chain_wanted wanted, slt_chain_curves *curves,
                                 slt_error *err);
void slt_chain_curves_free(slt_chain_curves *curves);

/* How many draws a part of the course has. */
uint64_t slt_chain_part(const slt_chain_curves *curves, size_t point);
/* What is shown of the number of draws in a bin, 1 where chains are alike, and its
 * standard deviation over independent draws of one law; absent of a single draw. */
slt_real slt_chain_share(const slt_chain_curves *curves, uint64_t count);
slt_real slt_chain_share_sd(const slt_chain_curves *curves);

/* The longest lag that a picture of these chains needs: three times what it takes for
 * slt_series_autocorrelation over all of them to fall below .05, and 10; no more than
 * half of the draws. */
slt_status slt_chain_lags(const slt_diagnosed *of, const slt_real *const *losses,
                          uint64_t *lags, slt_error *err);

#endif
