/* Makes a golden from a manifest, its traces and its figure.  `record` writes it to a
 * file; `verify` makes it again from its own runs and compares every line with the
 * golden's. */
#ifndef SLT_FIGURE_GOLDEN_MAKE_H
#define SLT_FIGURE_GOLDEN_MAKE_H

#include <sltrace/study.h>

/* Fills in what the manifest alone decides: name, functions and their fingerprints in
 * this numerics revision, run 0's canonical bytes, columns; each run's number, sweep
 * values and experiment; with a figure part, the name of the data file, derived from
 * `path`, where the golden will be.  The caller sets the manifest's path. */
slt_status slt_study_golden_begin(slt_manifest *manifest, const char *path,
                                  slt_golden **golden, slt_error *err);
/* Fills in what a run's trace adds: status, hashes, results, trail.  Runs may be set in
 * any order and by any thread.  SLT_FORMAT if the trace is of another experiment or
 * called functions that are not this revision's; SLT_UNFIT if it is of another numerics
 * revision. */
slt_status slt_study_golden_set_run(slt_golden *golden, size_t run,
                                    const slt_trace *trace, const char *path,
                                    slt_error *err);
/* Fills in what a figure part adds: the data's SHA-256 and the claims. */
slt_status slt_study_golden_set_figure(slt_golden *golden, const slt_figure *figure,
                                       slt_error *err);

#endif
