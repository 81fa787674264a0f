/* A trace shown as text, for tests. */
#ifndef SLT_TESTS_SHOWN_SAMPLE_H
#define SLT_TESTS_SHOWN_SAMPLE_H

#include <stdio.h>
#include <stdlib.h>

#include <sltrace/show.h>

/* *text: malloc'ed, what was shown before a failure too. */
static inline slt_status shown_trace(const slt_trace *trace, const char *name,
                                     char **text, slt_error *err)
{
    size_t size;
    FILE *out = open_memstream(text, &size);
    if (!out)
        return slt_fail(err, SLT_RESOURCE, "no stream");
    slt_status status = slt_show_trace(trace, name, NULL, out, err);
    fclose(out);
    return status;
}

#endif
