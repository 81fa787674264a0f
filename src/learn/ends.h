/* The ends of trials side by side: where all that the tallies look at is the error under
 * the data's law at the end point of a path, bounds of it tell most trials apart, many at
 * once, and the others are made one by one as any trial.  So no bit depends on this. */
#ifndef SLT_LEARN_ENDS_H
#define SLT_LEARN_ENDS_H

#include "learn/spec.h"

typedef struct slt_ends slt_ends;

/* Trials that are bounded at once, at most. */
#define SLT_ENDS_MAX 32

/* Of a run with trials, which is borrowed; *ends is NULL where the run is none of these,
 * or floats are not at hand. */
slt_status slt_ends_create(const slt_run_spec *run, slt_ends **ends, slt_error *err);
void slt_ends_free(slt_ends *ends);

/* Bounds of the result that the tallies are of, for so many trials from `first` on; equal
 * ones are the result itself. */
slt_status slt_ends_bound(slt_ends *ends, uint64_t first, size_t count,
                          slt_real low[SLT_ENDS_MAX], slt_real high[SLT_ENDS_MAX],
                          slt_error *err);
/* The result of a trial of the last call, by its place there; false where only the trial
 * itself has it. */
bool slt_ends_result(const slt_ends *ends, size_t place, slt_real *result);

#endif
