/* Captures what a verification prints, for tests. */
#ifndef SLT_TESTS_PAGE_SAMPLE_H
#define SLT_TESTS_PAGE_SAMPLE_H

#include <stdio.h>
#include <stdlib.h>

#include <sltrace/page.h>

/* *said: what was said so far, freed; then malloc'ed anew. */
static inline slt_status page_verify(const char *golden,
                                     const slt_verify_options *options, char **said,
                                     slt_error *err)
{
    size_t size;
    slt_tap *tap;
    free(*said);
    *said = NULL;
    FILE *out = open_memstream(said, &size);
    err->text[0] = 0;
    if (!out)
        return slt_fail(err, SLT_RESOURCE, "no stream");
    slt_status status = slt_tap_begin(out, 1, &tap, err);
    if (!status) {
        const slt_verify_page page = slt_tap_page(tap);
        status = slt_verify(golden, options, &page, NULL, err);
        slt_tap_end(tap);
    }
    fclose(out);
    return status;
}

/* The same as a report of JUnit. */
static inline slt_status page_verify_junit(const char *golden,
                                           const slt_verify_options *options, char **said,
                                           slt_error *err)
{
    size_t size;
    slt_junit *junit;
    free(*said);
    *said = NULL;
    FILE *out = open_memstream(said, &size);
    if (!out)
        return slt_fail(err, SLT_RESOURCE, "no stream");
    slt_status status = slt_junit_begin(&junit, err);
    if (!status) {
        const slt_verify_page page = slt_junit_page(junit);
        status = slt_verify(golden, options, &page, NULL, err);
        slt_status ended = slt_junit_end(junit, out, err);
        status = ended ? ended : status;
    }
    fclose(out);
    return status;
}

#endif
