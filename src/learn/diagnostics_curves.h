/* What a picture of an estimate's chains shows: their course, ranks and autocorrelation.
 * Advisory. */
#ifndef SLT_LEARN_DIAGNOSTICS_CURVES_H
#define SLT_LEARN_DIAGNOSTICS_CURVES_H

#include "learn/diagnostics.h"

#define SLT_CHAIN_POINTS 500
#define SLT_CHAIN_BINS 20

typedef struct slt_chain_curves {
    size_t chains;
    uint64_t draws;
    /* chains x points: nbeta (mean loss - L_n(w*)) over parts of `part` draws, the last
     * of what is left. */
    uint64_t part;
    size_t points;
    slt_real *course;
    /* chains x bins: of the chain's draws the share whose rank among those of all chains
     * lies in the bin, times bins: 1 where all chains have one law. */
    size_t bins;
    slt_real *ranks;
    /* slt_series_autocorrelation over whole chains, from lag 0; 0 lags where it is
     * not known.  Three times as many as it takes to fall below .05, and 10. */
    size_t lags;
    slt_real *rho;
} slt_chain_curves;

/* Needs at least one chain of one draw.  To be freed whatever is returned. */
slt_status slt_chain_curves_find(const slt_diagnosed *of, const slt_real *const *losses,
                                 slt_chain_curves *curves, slt_error *err);
void slt_chain_curves_free(slt_chain_curves *curves);

#endif
