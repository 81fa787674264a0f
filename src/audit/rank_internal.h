/* Private to rank.c and rank_*.c. */
#ifndef SLT_AUDIT_RANK_INTERNAL_H
#define SLT_AUDIT_RANK_INTERNAL_H

#include "audit/rank.h"
#include "learn/train.h"

/* One point and what is found there. */
typedef struct slt_rank_job {
    const slt_rank_options *options;
    slt_run_spec *spec; /* without its estimates */
    const uint8_t *canonical;
    size_t canonical_size;
    size_t index, count; /* of all jobs, for the progress */
    slt_trainer *trainer;
    slt_state state; /* the weights' among others */
    slt_rank_found found;
} slt_rank_job;

/* Tells how far a job is: `done` of `all` of its `part` of SLT_RANK_PARTS. */
#define SLT_RANK_PARTS 2
void slt_rank_tell(const slt_rank_job *job, unsigned part, uint64_t done, uint64_t all);

/* Makes the trainer and the state at the place that the options ask for: with a trace
 * (its path is for messages) from what that stores, else by training. */
slt_status slt_rank_find_state(slt_rank_job *job, const slt_trace *trace,
                               const char *path, slt_error *err);

/* What can be known without the state: SLT_OK where the rank can be found. */
slt_status slt_rank_check_values(const slt_rank_job *job, slt_error *err);
slt_status slt_rank_check_modulo(const slt_rank_job *job, slt_error *err);
/* Find the rank at the state. */
slt_status slt_rank_by_values(slt_rank_job *job, slt_error *err);
slt_status slt_rank_by_primes(slt_rank_job *job, slt_error *err);

#endif
