/* Whether a manifest is a golden's: same runs, axes and experiments. */
#ifndef SLT_CHECK_MATCH_H
#define SLT_CHECK_MATCH_H

#include <sltrace/golden.h>

/* What differs, for a TAP block. */
typedef struct slt_mismatch {
    char field[256];
    char manifest[256], golden[256]; /* both values */
    int line;                        /* in the manifest; 0: a default, or none */
    size_t run;
} slt_mismatch;

/* SLT_DIFFERS with field, line and both values where a selected run's experiment is not
 * the golden's. */
slt_status slt_golden_match(const slt_golden *golden, slt_manifest *manifest,
                            const bool *selected, slt_mismatch *mismatch, slt_error *err);

/* That the manifest has as many runs over the same axes, before runs are selected. */
slt_status slt_golden_match_sweep(const slt_golden *golden, const slt_manifest *manifest,
                                  slt_mismatch *mismatch, slt_error *err);

#endif
