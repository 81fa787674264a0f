/* The figure's part of a golden: its data and its claims. */
#ifndef SLT_VERIFY_VERIFY_FIGURE_H
#define SLT_VERIFY_VERIFY_FIGURE_H

#include "verify/judge.h"

typedef struct slt_figure_evidence {
    const slt_golden *golden;
    slt_golden
        *made; /* from the manifest (golden_match.h); its figure is filled in here */
    slt_manifest *manifest;
    const slt_judgement *judgements; /* of all runs; NULL if not all are judged */
} slt_figure_evidence;

/* How many parts there are to judge; 0 if the manifest has no figure. */
size_t slt_verify_figure_parts(const slt_figure_evidence *check);

/* Judges the parts and tells the page. If all runs were judged, the data are computed
 * anew and must have the golden's SHA-256. In any case the file beside the golden must
 * have it, and the claims must follow from the data. SLT_DIFFERS if one of these fails;
 * SLT_FILE and the like if the file cannot be read. If runs did not finish, the parts are
 * "not judged" and the status is SLT_OK: those runs have reported their own failure. */
slt_status slt_verify_figure(const slt_figure_evidence *check,
                             const slt_verify_page *page, slt_error *err);

/* SLT_DIFFERS, naming the first field, if the claims of two goldens differ in number,
 * order, ids, values, printed values or tolerances. */
slt_status slt_verify_claims(const slt_golden *golden, const slt_golden *made,
                             slt_golden_difference *difference, slt_error *err);

#endif
