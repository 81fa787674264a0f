#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>

void slt_assert_failed(const char *file, int line, const char *condition)
{
    fprintf(stderr, "sltrace: broken invariant at %s:%d: %s\n", file, line, condition);
    abort();
}
