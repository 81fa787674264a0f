/* Options of later versions: what they add takes its room from `later`, which here must
 * be zeros, so that a program that was built with them is told, not passed over. */
#ifndef SLT_BASE_LATER_H
#define SLT_BASE_LATER_H

#include <stddef.h>
#include <stdint.h>

#include <sltrace/status.h>
#include <sltrace/version.h>

/* SLT_USAGE where a caller's options or page, as `whose` says, are of a later version. */
static inline slt_status slt_later_refuse(const char *whose, const uintptr_t *later,
                                          slt_error *err)
{
    for (size_t i = 0; i < SLT_OPTIONS_LATER; i++)
        if (later[i])
            return slt_fail(err, SLT_USAGE,
                            "%s: one of a later version is given; this is %s", whose,
                            slt_version());
    return SLT_OK;
}

/* The room of options and of a page; NULL where a caller gives none: SLT_USAGE of
 * options, which every call needs. */
static inline slt_status slt_later_check(const uintptr_t *options, const uintptr_t *page,
                                         slt_error *err)
{
    if (!options)
        return slt_fail(err, SLT_USAGE,
                        "options: found NULL; members that are 0 are as by default");
    slt_status status = slt_later_refuse("options", options, err);
    return status || !page ? status : slt_later_refuse("page", page, err);
}

/* What a function with options, and one with a page too, begins with. */
#define SLT_CHECK_OPTIONS(options, err)                                                  \
    slt_later_check((options) ? (options)->later : NULL, NULL, err)
#define SLT_CHECK_PAGE(options, page, err)                                               \
    slt_later_check((options) ? (options)->later : NULL, (page) ? (page)->later : NULL,  \
                    err)

#endif
