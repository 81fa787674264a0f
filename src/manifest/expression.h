/* Expressions of figures and claims: one grammar, names given by the caller.
 *
 *   sum     = product {("+" | "-") product}
 *   product = sign {("*" | "/") sign}
 *   sign    = ["-"] term
 *   term    = number | name | call | "(" sum ")"
 *   call    = ("abs" | "ln" | "exp" | "sqrt") "(" sum ")"
 *           | ("min" | "max") "(" sum {"," sum} ")"
 *
 * Every operation is one of num/scalar.h, left to right, so a value is canonical; ln and
 * exp are the fingerprinted functions log and exp. */
#ifndef SLT_MANIFEST_EXPRESSION_H
#define SLT_MANIFEST_EXPRESSION_H

#include <sltrace/real.h>

#include "num/math.h"

typedef enum slt_expression_name {
    SLT_NAME_UNKNOWN,
    SLT_NAME_ABSENT, /* known, without a value here */
    SLT_NAME_KNOWN
} slt_expression_name;

/* What names stand for. find: the name that begins at text; *size becomes its length, or
 * where it is unknown how far into it the fault is, with the reason in why. */
typedef struct slt_expression_names {
    void *context;
    slt_expression_name (*find)(void *context, const char *text, size_t *size,
                                slt_real *value, slt_error *why);
} slt_expression_names;

/* *absent: a name had no value, and *value means nothing; else *value, finite or not.
 * SLT_FORMAT, with the column in text, for a syntax error or an unknown name. */
slt_status slt_expression_value(const char *text, const slt_expression_names *names,
                                slt_real *value, bool *absent, slt_error *err);

/* The same without computing anything: the errors. */
slt_status slt_expression_check(const char *text, const slt_expression_names *names,
                                slt_error *err);
/* The fingerprinted functions that an expression calls. */
slt_function_set slt_expression_functions(const char *text);

#endif
