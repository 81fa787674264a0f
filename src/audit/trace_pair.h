/* Two traces of one run side by side: what an audit finds of them. */
#ifndef SLT_AUDIT_TRACE_PAIR_H
#define SLT_AUDIT_TRACE_PAIR_H

#include "audit/finding.h"
#include "audit/llc_pair.h"
#include "figure/estimates.h"
#include "verify/compare.h"

/* A function that two headers have differently; NULL where one has it not. */
typedef struct slt_audit_function {
    const char *name, *reference, *found;
} slt_audit_function;

/* A field of provenance that differs. */
typedef struct slt_audit_field {
    char *name;
    char *reference, *found; /* as text; NULL: absent */
} slt_audit_field;

/* A trace beside the first: members hold from the stage on that tells of them. */
struct slt_audit_pair {
    const slt_audit_side *sides[2]; /* the reference, the other */
    bool identical;
    slt_audit_function *functions;
    size_t function_count;
    slt_difference difference;
    slt_audit_finding finding;
    slt_estimates estimates[2];
    slt_audit_llc *llc;
    size_t llc_count;
    slt_agreement worst;                /* of all llc */
    bool has_provenance, has_reference; /* of both; of the reference */
    slt_audit_field *fields;
    size_t field_count;
};
void slt_audit_pair_free(slt_audit_pair *pair);

/* Where headers differ and no record does. */
#define SLT_AUDIT_HEADER_ALONE "record 0 (header), and nowhere else"

/* Two of one run that differ: tells headers and where they part, and judges.
 * SLT_DIFFERS, or trouble.  steps, program: see slt_audit_find. */
slt_status slt_audit_compare_pair(slt_audit *audit, slt_audit_pair *pair,
                                  const char *const steps[2], const char *program,
                                  slt_error *err);

/* Puts the learning coefficients of two traces side by side, tells and judges. */
slt_status slt_audit_compare_llc(slt_audit *audit, slt_audit_pair *pair, slt_error *err);
#endif
