/* Makes quantities from their names, for tests. */
#ifndef SLT_TESTS_QUANTITY_SAMPLE_H
#define SLT_TESTS_QUANTITY_SAMPLE_H

#include "tap.h"

#include <sltrace/quantity.h>

static inline slt_quantity quantity_of(const char *name)
{
    slt_error wrong;
    slt_quantity quantity;
    if (slt_quantity_read(name, &quantity, &wrong))
        tap_bail(wrong.text);
    return quantity;
}

static inline bool quantity_is(const slt_quantity *quantity, const char *name)
{
    char text[SLT_QUANTITY_TEXT_MAX];
    slt_quantity_text(quantity, text);
    return strcmp(text, name) == 0;
}

static inline slt_result result_of(const char *name, double value)
{
    return (slt_result){quantity_of(name), slt_real_of(value)};
}

#endif
