/* Whether a manifest is the one that a golden was made from, in everything that the
 * golden records and the manifest determines. */
#ifndef SLT_VERIFY_GOLDEN_MATCH_H
#define SLT_VERIFY_GOLDEN_MATCH_H

#include <sltrace/check.h>

/* SLT_DIFFERS with field, line and both values if the manifest has other axes, another
 * number of runs, another experiment or sweep value in any run, another name, or asks for
 * other columns, functions, data or claims than the golden has. Otherwise *made is the
 * golden that the manifest gives (figure/golden_make.h); its runs and figure are still to
 * be filled in. Its paths are copied from the golden, which alone knows them. */
slt_status slt_golden_match(const slt_golden *golden, slt_manifest *manifest,
                            slt_golden **made, slt_mismatch *mismatch, slt_error *err);

#endif
