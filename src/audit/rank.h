/* The rank of a Jacobian at a point of a run: the finding. */
#ifndef SLT_AUDIT_RANK_H
#define SLT_AUDIT_RANK_H

#include <sltrace/rank.h>

#include "data/cover.h"
#include "learn/jacobian.h"

#define SLT_RANK_PRIMES 2
#define SLT_RANK_GAPS_MAX 8

/* A place in the descending singular values where one is so many times the next: the gap
 * behind number `rank`. */
typedef struct slt_rank_gap {
    size_t rank;
    slt_real ratio;
} slt_rank_gap;

struct slt_rank_found {
    const char *source; /* path of the manifest or trace */
    size_t run;         /* of the manifest; 0 of a trace */
    const char *label;  /* its sweep values; NULL of a trace */
    const slt_run_spec *spec;
    uint64_t step;
    slt_real loss; /* at the point, on the training data, in the run's arithmetic */
    slt_jacobian_form form;
    slt_cover cover;
    size_t rank;
    bool modulo;
    /* By singular values, descending.  Below `noise` they may be 0 but for the rounding
     * of the weights: the distance of numbers near 1 in the run's arithmetic, times the
     * root of the longer side, times the largest.  `ratio` is the largest of one above
     * that to the next, which counts as binary64's noise at least; `rank` is the number
     * of those above it.  Gaps are such ratios from SLT_RANK_GAP on; the rank is clear
     * where there is one. */
    slt_real *values;
    size_t count;
    slt_real noise, ratio;
    slt_rank_gap gaps[SLT_RANK_GAPS_MAX]; /* the first few */
    size_t gap_count;
    bool clear;
    /* Modulo primes: rank is the largest. */
    uint64_t primes[SLT_RANK_PRIMES];
    size_t ranks[SLT_RANK_PRIMES];
    size_t prime_count;
    uint64_t order;              /* of the roots of unity that the weights are made of */
    bool exact[SLT_WEIGHTS_MAX]; /* taken as its init defines it */
};
#define SLT_RANK_GAP 1000

/* In words: what the Jacobian is of, "residual" or "outputs"; over what it is centred,
 * "none", "samples" or "outputs". */
const char *slt_rank_subject(const slt_rank_found *found);
const char *slt_rank_centre(const slt_rank_found *found);

#endif
