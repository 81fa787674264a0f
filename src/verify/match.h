/* Whether a manifest is a golden's, in all that a golden says and it decides. */
#ifndef SLT_VERIFY_MATCH_H
#define SLT_VERIFY_MATCH_H

#include <sltrace/check.h>

/* SLT_DIFFERS with field, line and both values where the manifest has other axes, another
 * number of runs, another experiment or sweep value in any run, another name, or asks for
 * other columns, functions, data or claims than the golden has.  Else *made is the golden
 * that the manifest gives (figure/golden_make.h), whose runs and figure are still to be
 * set; of the paths in it, which are the golden's own to say, those of the golden. */
slt_status slt_golden_match(const slt_golden *golden, slt_manifest *manifest,
                            slt_golden **made, slt_mismatch *mismatch, slt_error *err);

#endif
