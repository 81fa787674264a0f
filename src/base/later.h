/* Options of later versions: what they add takes its room from `later`, which here must
 * be zeros, so that a program that was built with them is told, not passed over. */
#ifndef SLT_BASE_LATER_H
#define SLT_BASE_LATER_H

#include <stddef.h>
#include <stdint.h>

#include <sltrace/status.h>
#include <sltrace/version.h>

/* SLT_USAGE where later is NULL, as that of a caller without options, or not zeros. */
static inline slt_status slt_later_check(const uintptr_t *later, slt_error *err)
{
    if (!later)
        return slt_fail(err, SLT_USAGE,
                        "options: found NULL; members that are 0 are as by default");
    for (size_t i = 0; i < SLT_OPTIONS_LATER; i++)
        if (later[i])
            return slt_fail(err, SLT_USAGE,
                            "options: one of a later version is given; this is %s",
                            slt_version());
    return SLT_OK;
}

#endif
