#include "base/assert.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <sltrace/core.h>
#include <sltrace/status.h>
#include <sltrace/system.h>

static slt_broken_call *told; /* the caller's, who is told first */
static void *told_context;

void slt_on_broken(slt_broken_call *call, void *context)
{
    told = call;
    told_context = context;
}

void slt_assert_failed(const char *file, int line, const char *condition)
{
    char where[256];
    snprintf(where, sizeof where, "%s:%d", file, line);
    if (told)
        told(told_context, where, condition);
    fprintf(stderr, "sltrace: broken invariant at %s:%d: %s\n", file, line, condition);
    abort();
}

void slt_end_without_memory(const char *what, size_t size)
{
    char text[256];
    snprintf(text, sizeof text, "no memory for %s (%zu bytes)", what, size);
    if (told)
        told(told_context, "sltrace", text);
    slt_files_abandon();
    fprintf(stderr, "sltrace: %s\n", text);
    _exit(slt_status_exit(SLT_RESOURCE));
}
