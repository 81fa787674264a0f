/* Claims: a value that was computed beside the one that a paper prints, or that the
 * manifest expects.  The kind of a claim and its verdict are decided here and nowhere
 * else; every command, page and JSON output asks these functions. */
#ifndef SLTRACE_CLAIM_H
#define SLTRACE_CLAIM_H

#include <stdbool.h>
#include <stddef.h>

#include <sltrace/real.h>
#include <sltrace/status.h>

SLT_C_BEGIN

typedef enum slt_claim_kind {
    SLT_CLAIM_RESULT,  /* a printed result, to be reproduced */
    SLT_CLAIM_SETTING, /* a printed setting: its value follows from settings alone */
    SLT_CLAIM_CHECK,   /* the manifest's own check, printed nowhere (`by: ours`) */
    SLT_CLAIM_UNKNOWN  /* read from a golden, without a manifest that has this claim */
} slt_claim_kind;
#define SLT_CLAIM_KINDS 4

typedef struct slt_claim {
    char id[64];
    char says[256];
    char basis[256];
    char note[1024]; /* why the value comes out as it does; "": no note */
    slt_real value, expect, tolerance;
    slt_claim_kind kind;
    bool question; /* a yes-or-no question: the value is max(E, ...) or min(E, ...) with E
                      the expected value, so it tells on which side of E something lies */
} slt_claim;

/* Whether |value - expect| <= tolerance, the difference rounded once to binary64.  False
 * for a value that is not finite. */
SLT_API bool slt_claim_holds(const slt_claim *claim);
/* The verdict in words.  A result: "reproduced" or "not reproduced"; a question: "yes, as
 * printed" or "no, other than printed"; a setting: "as printed" or "not as printed"; a
 * check: "holds" or "does not hold"; an unknown kind: "within its tolerance" or "outside
 * its tolerance". */
SLT_API const char *slt_claim_verdict(const slt_claim *claim);
/* "result", "setting", "check", "unknown". */
SLT_API const char *slt_claim_kind_name(slt_claim_kind kind);

/* What the claim expects, malloc'ed: "87.342 within 3", or for a question "yes" and how
 * far beyond the bound a value may lie.  NULL without memory. */
SLT_API char *slt_claim_expected(const slt_claim *claim);
/* How many claims of each kind hold, malloc'ed: "5 of 6 results reproduced, 3 of 3
 * settings as printed, 4 of 4 checks hold".  Kinds without a claim are left out; with
 * none at all: "no claims".  NULL without memory. */
SLT_API char *slt_claims_counted(const slt_claim *claims, size_t count);

SLT_C_END

#endif
