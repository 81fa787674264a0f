/* The figure's part of a golden: its data and its claims. */
#ifndef SLT_VERIFY_VERIFY_FIGURE_H
#define SLT_VERIFY_VERIFY_FIGURE_H

#include "verify/judge.h"

typedef struct slt_figure_evidence {
    const slt_golden *golden;
    slt_golden *made; /* of the manifest (match.h): its figure is set here */
    slt_manifest *manifest;
    const slt_judgement *judgements; /* of all runs; NULL where not all are judged */
} slt_figure_evidence;

/* How many are judged: none where the manifest has no figure part. */
size_t slt_verify_figure_parts(const slt_figure_evidence *check);

/* Judges and tells them.  With the judgements of all runs the data are made anew and
 * must have the golden's SHA-256; in any case the file beside the golden must, and the
 * claims must follow from the data.  SLT_DIFFERS where one fails; SLT_FILE and the like
 * where the file cannot be read; SLT_OK, the verdicts being "not judged", where runs have
 * not come to their end, which they have told themselves. */
slt_status slt_verify_figure(const slt_figure_evidence *check,
                             const slt_verify_page *page, slt_error *err);

/* SLT_DIFFERS, naming the first field, where the claims of two goldens are not the same:
 * ids, values, printed values, tolerances, their order and number. */
slt_status slt_verify_claims(const slt_golden *golden, const slt_golden *made,
                             slt_golden_difference *difference, slt_error *err);

#endif
