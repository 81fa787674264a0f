#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sltrace/status.h>
#include <sltrace/system.h>

void slt_assert_failed(const char *file, int line, const char *condition)
{
    fprintf(stderr, "sltrace: broken invariant at %s:%d: %s\n", file, line, condition);
    abort();
}

void slt_end_without_memory(const char *what, size_t size)
{
    slt_files_abandon();
    fprintf(stderr, "sltrace: no memory for %s (%zu bytes)\n", what, size);
    _exit(slt_status_exit(SLT_RESOURCE));
}
