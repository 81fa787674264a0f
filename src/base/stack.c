#include <sltrace/system.h>

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/world.h"

/* The stack of the main thread grows up to a limit that counts when it does. */
slt_status slt_stack_begin(slt_error *err)
{
    struct rlimit limit;
    if (slt_world.limit_of(RLIMIT_STACK, &limit))
        return slt_fail(err, SLT_RESOURCE, "the limit of the stack is not known: %s",
                        strerror(errno));
    const bool small = limit.rlim_cur < SLT_STACK_BYTES;
    if (small && limit.rlim_max < SLT_STACK_BYTES)
        return slt_fail(err, SLT_RESOURCE,
                        "the stack may have %" PRIu64 " kB here; at least %zu kB are "
                        "needed (ulimit -s)",
                        (uint64_t)limit.rlim_max / 1024, SLT_STACK_BYTES / 1024);
    limit.rlim_cur = SLT_STACK_BYTES;
    if (small && slt_world.limit_resource(RLIMIT_STACK, &limit))
        return slt_fail(err, SLT_RESOURCE, "a stack of %zu kB cannot be had: %s",
                        SLT_STACK_BYTES / 1024, strerror(errno));
    const int failed = slt_world.size_stacks(SLT_STACK_BYTES);
    return failed ? slt_fail(err, SLT_RESOURCE, "threads with a stack of %zu kB: %s",
                             SLT_STACK_BYTES / 1024, strerror(failed))
                  : SLT_OK;
}
