/* What a page with --verify-in-page calls: one run of the golden in a bundle is made
 * again by the program of fixed point alone, and judged as `sltrace verify --only` judges
 * it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <emscripten.h>
#include <sys/stat.h>

#include <sltrace/bundle.h>
#include <sltrace/check.h>
#include <sltrace/page.h>
#include <sltrace/numerics.h>
#include <sltrace/system.h>

#include "base/sha256.h"
#include "codec/json.h"

#define BUNDLE_PATH "/page.tar"

/* What the page says that it holds, and which run it wants. */
typedef struct page_request {
    const char *bundle_sha256, *run, *run_sha256;
} page_request;

static slt_json document;

EM_JS(void, page_progress, (double fraction), { Module.progress(fraction); })

static void tell_progress(void *context, const slt_progress *progress)
{
    (void)context;
    page_progress(progress->fraction);
}

static slt_status check_bundle(const page_request *request, const void *bundle,
                               size_t size, slt_error *err)
{
    char sha256[65];
    slt_sha256_of(bundle, size, sha256);
    if (!strcmp(sha256, request->bundle_sha256))
        return SLT_OK;
    return slt_fail(err, SLT_DIFFERS,
                    "the bundle in this page has the SHA-256 %s, and the page says %s",
                    sha256, request->bundle_sha256);
}

/* The run that is asked for must be there, with the hash that the page shows. */
static slt_status find_run(const page_request *request, const slt_golden *golden,
                           const slt_golden_run **found, slt_error *err)
{
    for (size_t i = 0; i < golden->run_count; i++) {
        char number[24];
        snprintf(number, sizeof number, "%" PRIu64, golden->runs[i].run);
        if (strcmp(number, request->run))
            continue;
        *found = &golden->runs[i];
        if (!strcmp(golden->runs[i].sha256, request->run_sha256))
            return SLT_OK;
        return slt_fail(
            err, SLT_DIFFERS,
            "run %s: its trace has the SHA-256 %s in the golden, and the page "
            "says %s",
            number, golden->runs[i].sha256, request->run_sha256);
    }
    return slt_fail(err, SLT_USAGE, "expected the number of one of %zu runs, found '%s'",
                    golden->run_count, request->run);
}

static void put_checked(const slt_golden *golden, const slt_golden_run *run)
{
    char text[SLT_DIGEST_TEXT_MAX];
    slt_json_key_open(&document, "checked", '{');
    slt_json_key_text(&document, "golden", golden->name);
    slt_json_key_text(&document, "root", golden->root);
    slt_json_key_uint(&document, "run", run->run);
    slt_json_key_open(&document, "values", '{');
    for (size_t i = 0; i < golden->axis_count; i++)
        slt_json_key_text(&document, golden->axes[i], run->values[i]);
    slt_json_close(&document, '}');
    slt_digest_text(run->experiment, text);
    slt_json_key_text(&document, "experiment", text);
    slt_digest_text(run->chain, text);
    slt_json_key_text(&document, "hash", text);
    slt_json_key_text(&document, "trace_sha256", run->sha256);
    slt_json_close(&document, '}');
}

/* Puts the verdict of the program, "verify", and what it is on, "checked". */
static slt_status judge(const page_request *request, const char *path, slt_error *err)
{
    const slt_verify_options options = {
        .only = request->run, .jobs = 1, .progress = tell_progress};
    slt_verify_result result = {.identical = 0};
    slt_golden *golden = NULL;
    const slt_golden_run *run = NULL;
    slt_status status = slt_golden_open(path, &golden, err);
    if (!status)
        status = find_run(request, golden, &run, err);
    if (!status) {
        slt_json_key(&document, "verify");
        const slt_verify_page page = slt_verify_json_begin(&document);
        status = slt_verify(path, &options, &page, &result, err);
        slt_verify_json_end(&document);
        slt_json_close(&document, '}');
        put_checked(golden, run);
        if (!status && result.identical != 1)
            status = slt_fail(err, SLT_USAGE, "expected one verdict, found %zu",
                              result.identical);
    }
    slt_golden_free(golden);
    return status;
}

/* The verdict in words: a document, which stays until the next one. */
EMSCRIPTEN_KEEPALIVE const char *page_document(void)
{
    return slt_buffer_text(&document.text);
}

/* The exit status of the verdict, as `sltrace verify` has it: 0 is identical. */
EMSCRIPTEN_KEEPALIVE int page_verify(const void *bundle, size_t size,
                                     const char *bundle_sha256, const char *run,
                                     const char *run_sha256)
{
    const page_request request = {bundle_sha256, run, run_sha256};
    slt_error err = {.status = SLT_OK};
    char *golden = NULL;
    umask(0); /* emscripten's first one takes every right of a file away */
    slt_json_clear(&document);
    slt_json_begin(&document, "sltrace.verify-in-page/1");
    slt_json_key_text(&document, "version", slt_version());
    slt_status status = slt_start(NULL, &err);
    if (!status)
        status = check_bundle(&request, bundle, size, &err);
    if (!status)
        status = slt_output_write(BUNDLE_PATH, bundle, size, true, &err);
    if (!status)
        status = slt_bundle_open(BUNDLE_PATH, &golden, &err);
    if (!status) {
        status = judge(&request, golden, &err);
        slt_bundle_close(golden);
    }
    const int exit = slt_status_exit(status);
    slt_json_key_uint(&document, "exit", (uint64_t)exit);
    slt_json_key_text(&document, "message", status ? err.text : NULL);
    slt_json_close(&document, '}');
    return document.text.failed ? slt_status_exit(SLT_RESOURCE) : exit;
}
