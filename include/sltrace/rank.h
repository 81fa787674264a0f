/* Ranks: that of the Jacobian of a run's residual at a point, by singular values or
 * modulo primes.  Advisory: no hash contains any of it. */
#ifndef SLTRACE_RANK_H
#define SLTRACE_RANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/manifest.h>
#include <sltrace/status.h>
#include <sltrace/study.h>

SLT_C_BEGIN

/* The point: the weights after training, before it, or after so many updates. */
typedef enum slt_rank_place {
    SLT_RANK_LAST,
    SLT_RANK_INIT,
    SLT_RANK_STEP
} slt_rank_place;

typedef struct slt_rank_options {
    slt_rank_place place;
    uint64_t step;  /* of SLT_RANK_STEP */
    bool modulo;    /* modulo primes, exactly; otherwise by singular values in binary64 */
    uint64_t prime; /* modulo this one; 0: two that are chosen */
    size_t jobs;    /* >= 1 */
    slt_progress_call progress; /* may be NULL */
    void *progress_context;
    uintptr_t later[SLT_OPTIONS_LATER]; /* of later versions: zeros */
} slt_rank_options;

/* What was found at one point (src/audit/rank.h); a page receives it, and the end of all.
 * Each call may be NULL, and the page. */
typedef struct slt_rank_found slt_rank_found;
typedef struct slt_rank_page {
    void *context;
    void (*found)(void *context, const slt_rank_found *found);
    void (*end)(void *context);
    uintptr_t later[SLT_OPTIONS_LATER]; /* of later versions: zeros */
} slt_rank_page;

/* A Jacobian of more bytes is refused. */
#define SLT_RANK_BYTES_MAX UINT64_C(2000000000)

/* The rank of J, the Jacobian over all training samples of the residual by the trainable
 * weights, centred as the run's loss centres it: of the run of a trace, whose stored
 * states are used; or of the selected runs of a manifest, each from its trace where
 * `traces` (may be NULL) has one, else trained here.  All runs are checked before the
 * first is computed.
 *
 * Singular values are those of J itself in binary64, whatever the run's arithmetic, by a
 * LAPACK that is installed.  Modulo a prime q, the rank is exact and at most that of J
 * over the numbers; it is equal for all but finitely many q.  There a weight is what its
 * init defines where that is exact beyond what is stored (roots of unity) and the weight
 * still is what the init made, in every bit; any other is the stored number, a
 * rational.
 *
 * SLT_RESOURCE, before anything is computed, where J is larger than SLT_RANK_BYTES_MAX;
 * SLT_USAGE where training does not reach the step, an op is no polynomial (modulo alone)
 * or the prime does not do; SLT_DIFFERS where a trace is not what this machine computes;
 * SLT_UNFIT where this machine cannot tell, as without LAPACK. */
SLT_API slt_status slt_rank_trace(const char *path, const slt_rank_options *options,
                                  const slt_rank_page *page, slt_error *err);
SLT_API slt_status slt_rank_manifest(slt_manifest *manifest, const bool *selected,
                                     const slt_traces *traces,
                                     const slt_rank_options *options,
                                     const slt_rank_page *page, slt_error *err);

SLT_C_END

#endif
