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
/* The claims of a golden, malloc'ed; NULL where memory is short or there are none.  The
 * kind and the words of one are the manifest's, where this is not NULL and has a claim of
 * its name with its expected value and tolerance. */
slt_claim *slt_claims_of_golden(const slt_golden *golden, const slt_manifest *manifest);

#endif
