/* A golden in the making: the one route from a manifest, its traces and its figure to
 * what a golden says.  `record` writes what comes of it; `verify` makes it again from its
 * own runs and holds every line against the golden's. */
#ifndef SLT_FIGURE_GOLDEN_MAKE_H
#define SLT_FIGURE_GOLDEN_MAKE_H

#include <sltrace/study.h>

/* What the manifest alone decides: name, functions and their fingerprints in this
 * numerics revision, run 0's canonical bytes, columns; of each run number, sweep values
 * and experiment; with a figure part the data's name, after that of `path`, where the
 * golden will lie.  The manifest's path is left to the caller. */
slt_status slt_study_golden_begin(slt_manifest *manifest, const char *path,
                                  slt_golden **golden, slt_error *err);
/* What a run's trace adds: status, hashes, results, trail.  Runs are set in any order, by
 * any thread.  SLT_FORMAT where the trace is of another experiment or called functions
 * that are not this revision's, SLT_UNFIT where it is of another numerics revision. */
slt_status slt_study_golden_set_run(slt_golden *golden, size_t run,
                                    const slt_trace *trace, const char *path,
                                    slt_error *err);
/* What the figure adds where there is a figure part: the data's SHA-256, the claims. */
slt_status slt_study_golden_set_figure(slt_golden *golden, const slt_figure *figure,
                                       slt_error *err);

#endif
