/* Which runs of a golden are judged. */
#ifndef SLT_VERIFY_SELECT_H
#define SLT_VERIFY_SELECT_H

#include <sltrace/check.h>

/* Sets selected[0 .. golden runs) from --only or --sample; everything without them.
 * SLT_USAGE for both at once, or for what --only refuses. */
slt_status slt_select_runs(const slt_manifest *manifest, size_t runs,
                           const slt_verify_options *options, bool *selected,
                           slt_error *err);

#endif
