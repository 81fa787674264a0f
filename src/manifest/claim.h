/* From text to claims: those of a manifest, and those that a golden holds. */
#ifndef SLT_MANIFEST_CLAIM_H
#define SLT_MANIFEST_CLAIM_H

#include <sltrace/claim.h>
#include <sltrace/golden.h>

#include "manifest/figure_spec.h"

/* An item of figure.claims: all but its value, which is left 0. */
void slt_claim_of_spec(const slt_claim_spec *spec, slt_claim *claim);
/* Whether a claim's expression names figure data or settings.  One that does not compares
 * a number of its author's with another. */
bool slt_claim_names_something(const char *expression);
/* A golden's claim; its kind and words are those of the manifest (NULL: not at hand),
 * where that has a claim of this name with this expected value and tolerance. */
void slt_claim_of_golden(const slt_golden_claim *golden, const slt_manifest *manifest,
                         slt_claim *claim);
/* The claims of a golden, to be freed; NULL where memory is short or there are none. */
slt_claim *slt_claims_of_golden(const slt_golden *golden, const slt_manifest *manifest);

#endif
