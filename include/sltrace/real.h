/* slt_real: a binary64 number carried by its bits.
 *
 * Everything above num/ passes scalars as slt_real, so that no signature there depends on
 * the floating-point type of the run, and so that integer-only builds need no floating
 * point to carry a hyper-parameter. */
#ifndef SLTRACE_REAL_H
#define SLTRACE_REAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <sltrace/export.h>
#include <sltrace/status.h>

SLT_C_BEGIN

typedef struct slt_real {
    uint64_t bits;
} slt_real;

#define SLT_REAL_TEXT_MAX 32

/* Conversion by bits, exact both ways.  Units that must compile to integer instructions
 * alone define SLT_INTEGERS_ALONE and do without. */
#ifndef SLT_INTEGERS_ALONE
static inline slt_real slt_real_of(double value)
{
    slt_real real;
    memcpy(&real.bits, &value, sizeof real.bits);
    return real;
}

static inline double slt_real_double(slt_real real)
{
    double value;
    memcpy(&value, &real.bits, sizeof value);
    return value;
}
#endif

/* What stands for "no value": a quiet NaN, always of the same bits. */
static inline slt_real slt_real_absent(void)
{
    slt_real real = {UINT64_C(0x7ff8000000000000)};
    return real;
}

/* Whether real is neither infinite nor NaN.  Decided on the bits, so that -ffast-math
 * cannot fold it away. */
static inline bool slt_real_finite(slt_real real)
{
    return (real.bits >> 52 & 0x7ff) != 0x7ff;
}

/* The shortest decimal that reads back to the same binary64, laid out as ECMAScript's
 * Number::toString does (positional for 1e-6 <= |x| < 1e21 and for 0, else d.ddde-7 with
 * a signed exponent), except that minus zero is "-0".  Independent of the locale.  This
 * is the only function that writes a real into hashed text.  Non-finite values, which
 * hashed text never contains, are "nan", "inf" and "-inf". */
SLT_API void slt_real_text(slt_real real, char text[SLT_REAL_TEXT_MAX]);

/* Reads a decimal number, correctly rounded.  The whole string must be one: JSON's
 * grammar, but "1." and ".5" are accepted.  False, and *real unchanged, if text is not
 * a number or is too large for a binary64. */
SLT_API bool slt_real_parse(const char *text, slt_real *real);

SLT_C_END

#endif
