/* Which runs of a golden are judged. */
#ifndef SLT_VERIFY_SELECT_RUNS_H
#define SLT_VERIFY_SELECT_RUNS_H

#include <sltrace/check.h>

/* Sets selected[0 .. runs) from --only or --sample; selects all runs if neither is given.
 * SLT_USAGE if both are given, or if slt_manifest_select refuses --only. */
slt_status slt_select_runs(const slt_manifest *manifest, size_t runs,
                           const slt_verify_options *options, bool *selected,
                           slt_error *err);

#endif
