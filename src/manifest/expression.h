/* Expressions of figures and claims: one grammar; the caller says what names stand for.
 *
 *   sum     = product {("+" | "-") product}
 *   product = sign {("*" | "/") sign}
 *   sign    = ["-"] term
 *   term    = number | name | call | "(" sum ")"
 *   call    = ("abs" | "ln" | "exp" | "sqrt") "(" sum ")"
 *           | ("above" | "at_least") "(" sum "," sum ")"
 *           | ("min" | "max") "(" sum {"," sum} ")"
 *
 * Every operation is one of num/scalar.h and is done from left to right, so values are
 * canonical; ln and exp are the fingerprinted functions log and exp. */
#ifndef SLT_MANIFEST_EXPRESSION_H
#define SLT_MANIFEST_EXPRESSION_H

#include <sltrace/real.h>

#include "num/math.h"

typedef enum slt_expression_name {
    SLT_NAME_UNKNOWN,
    SLT_NAME_ABSENT, /* known, but it has no value here */
    SLT_NAME_KNOWN
} slt_expression_name;

/* What names stand for.  find looks up the name that begins at text and sets *size to its
 * length.  If it is unknown, *size is instead how far into it the error is, and why gives
 * the reason. */
typedef struct slt_expression_names {
    void *context;
    slt_expression_name (*find)(void *context, const char *text, size_t *size,
                                slt_real *value, slt_error *why);
} slt_expression_names;

/* Computes an expression.  If one of its names has no value, *absent is true and *value
 * means nothing; otherwise *value is the result, finite or not.  SLT_FORMAT, with the
 * column in text, for a syntax error or an unknown name. */
slt_status slt_expression_value(const char *text, const slt_expression_names *names,
                                slt_real *value, bool *absent, slt_error *err);

/* Checks for the same errors without computing anything. */
slt_status slt_expression_check(const char *text, const slt_expression_names *names,
                                slt_error *err);
/* The fingerprinted functions that an expression calls. */
slt_function_set slt_expression_functions(const char *text);

#endif
