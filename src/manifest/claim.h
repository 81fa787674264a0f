/* Makes claims from the specs of a manifest and from the text of a golden. */
#ifndef SLT_MANIFEST_CLAIM_H
#define SLT_MANIFEST_CLAIM_H

#include <sltrace/claim.h>
#include <sltrace/golden.h>

#include "manifest/figure_spec.h"

/* The claim of an item of figure.claims, without its value, which is left 0. */
void slt_claim_of_spec(const slt_claim_spec *spec, slt_claim *claim);
/* Whether a claim's expression names figure data or settings.  One that does not only
 * compares two numbers that its author wrote. */
bool slt_claim_names_something(const char *expression);
/* The claims of a golden, malloc'ed; NULL if memory is short or there are none.  If the
 * manifest is not NULL and has a claim of the same id, expected value and tolerance, the
 * claim's kind and words are taken from it. */
slt_claim *slt_claims_of_golden(const slt_golden *golden, const slt_manifest *manifest);

#endif
