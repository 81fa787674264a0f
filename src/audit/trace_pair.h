/* Two traces of one run, and what an audit finds when it compares them. */
#ifndef SLT_AUDIT_TRACE_PAIR_H
#define SLT_AUDIT_TRACE_PAIR_H

#include "audit/finding.h"
#include "audit/llc_pair.h"
#include "figure/estimates.h"
#include "verify/compare.h"

/* A function whose fingerprints differ in two headers; NULL if a header lacks it. */
typedef struct slt_audit_function {
    const char *name, *reference, *found;
} slt_audit_function;

/* A field of provenance that differs. */
typedef struct slt_audit_field {
    char *name;
    char *reference, *found; /* as text; NULL: absent */
} slt_audit_field;

/* A trace compared with the first one. A member is valid from the stage on at which the
 * pages are told of it. */
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
    slt_agreement worst;                /* the worst agreement of all llc */
    bool has_provenance, has_reference; /* both have provenance; the reference has */
    slt_audit_field *fields;
    size_t field_count;
};
void slt_audit_pair_free(slt_audit_pair *pair);

/* Where two traces differ if only their headers do. */
#define SLT_AUDIT_HEADER_ALONE "record 0 (header), and nowhere else"

/* Compares two traces of one run that differ: tells the pages which headers and which
 * record differ, and judges. SLT_DIFFERS, or an error. steps, program: see
 * slt_audit_find. */
slt_status slt_audit_compare_pair(slt_audit *audit, slt_audit_pair *pair,
                                  const char *const steps[2], const char *program,
                                  slt_error *err);

/* Compares the learning coefficients of two traces, tells the pages and judges. */
slt_status slt_audit_compare_llc(slt_audit *audit, slt_audit_pair *pair, slt_error *err);
#endif
