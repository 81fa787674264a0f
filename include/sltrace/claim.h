/* Claims: what is printed, or checked, beside what was computed.  Of what kind a claim is
 * and what becomes of it is decided here alone; every command, page and JSON asks. */
#ifndef SLTRACE_CLAIM_H
#define SLTRACE_CLAIM_H

#include <stdbool.h>
#include <stddef.h>

#include <sltrace/real.h>
#include <sltrace/status.h>

typedef enum slt_claim_kind {
    SLT_CLAIM_RESULT,  /* a printed result, to be reproduced */
    SLT_CLAIM_SETTING, /* a printed setting: its value is made of settings alone */
    SLT_CLAIM_CHECK,   /* nothing is printed: a check of the manifest's own (by: ours) */
    SLT_CLAIM_UNKNOWN  /* of a golden whose manifest is not at hand or has another one */
} slt_claim_kind;
#define SLT_CLAIM_KINDS 4

typedef struct slt_claim {
    char id[64];
    char says[256];
    char basis[256];
    char note[1024]; /* why it comes out so; "" without */
    slt_real value, expect, tolerance;
    slt_claim_kind kind;
    bool question; /* yes or no: its value is max(E, ...) or min(E, ...), E the expected
                      one, so it says on which side of it something lies */
} slt_claim;

/* Whether |value - expect| <= tolerance, the difference rounded once; of a value that is
 * not finite never. */
SLT_API bool slt_claim_holds(const slt_claim *claim);
/* "reproduced" or "not reproduced"; a question is answered "yes, as printed" or "no,
 * other than printed"; a setting is "as printed" or "not as printed"; a check "holds" or
 * "does not hold"; what is of no known kind is "within its tolerance" or "outside its
 * tolerance". */
SLT_API const char *slt_claim_verdict(const slt_claim *claim);
/* "result", "setting", "check", "unknown". */
SLT_API const char *slt_claim_kind_name(slt_claim_kind kind);

/* What is expected: "87.342 within 3", or of a question "yes", with how far beyond the
 * bound is allowed. malloc'ed; NULL where memory is short. */
SLT_API char *slt_claim_expected(const slt_claim *claim);
/* "5 of 6 results reproduced, 3 of 3 settings as printed, 4 of 4 checks hold", without
 * the kinds that are not there; "no claims". Likewise malloc'ed. */
SLT_API char *slt_claims_counted(const slt_claim *claims, size_t count);

#endif
