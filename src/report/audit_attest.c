/* What an audit judged, as an in-toto statement. */
#include <sltrace/page.h>
#include <sltrace/system.h>

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/audit.h"
#include "base/io.h"
#include "base/world.h"
#include "codec/dsse.h"
#include "codec/json.h"

/* Checks the path before anything is computed: an existing file is never overwritten, a
 * device or a pipe may be written to, and a new file needs an existing folder. */
static slt_status refuse_path(const char *path, slt_error *err)
{
    struct stat info;
    if (strcmp(path, "-") == 0)
        return SLT_OK;
    if (slt_world.lstat(path, &info) == 0)
        return S_ISCHR(info.st_mode) || S_ISFIFO(info.st_mode)
                   ? SLT_OK
                   : slt_fail(err, SLT_FILE, "%s: exists already; nothing is overwritten",
                              path);
    const char *slash = strrchr(path, '/');
    char *folder = slt_world.strndup(path, slash ? (size_t)(slash - path) + 1 : 0);
    bool fine = folder && slt_world.access(slash ? folder : ".", W_OK | X_OK) == 0;
    int reason = errno;
    free(folder);
    return fine ? SLT_OK
                : slt_fail(err, SLT_FILE, "%s: cannot be written: %s", path,
                           strerror(reason));
}

static void put_files(const slt_audit_file *files, size_t count, slt_json *json)
{
    slt_json_open(json, '[');
    for (size_t i = 0; i < count; i++) {
        slt_json_open(json, '{');
        slt_json_key_text(json, "name", files[i].name);
        slt_json_key_open(json, "digest", '{');
        slt_json_key_text(json, "sha256", files[i].sha256);
        slt_json_close(json, '}');
        slt_json_close(json, '}');
    }
    slt_json_close(json, ']');
}

static void put_names(const slt_audit_report *report, slt_audit_state state,
                      const char *key, slt_json *json)
{
    slt_json_key_open(json, key, '[');
    for (size_t i = 0; i < report->result_count; i++)
        if (report->results[i].state == state)
            slt_json_text(json, report->results[i].name);
    slt_json_close(json, ']');
}

static void put_statement(const slt_audit_report *report, slt_json *json)
{
    static const char *const words[] = {"PASSED", "WARNED", "FAILED"};
    slt_json_open(json, '{');
    slt_json_key_text(json, "_type", "https://in-toto.io/Statement/v1");
    slt_json_key(json, "subject");
    put_files(report->subjects, report->subject_count, json);
    slt_json_key_text(json, "predicateType",
                      "https://in-toto.io/attestation/test-result/v0.1");
    slt_json_key_open(json, "predicate", '{');
    slt_json_key_text(json, "result", words[report->overall]);
    slt_json_key(json, "configuration");
    put_files(report->configuration, report->configuration_count, json);
    put_names(report, SLT_AUDIT_PASSED, "passedTests", json);
    put_names(report, SLT_AUDIT_WARNED, "warnedTests", json);
    put_names(report, SLT_AUDIT_FAILED, "failedTests", json);
    slt_json_close(json, '}');
    slt_json_close(json, '}');
}

static slt_status attest_end(void *context, const slt_audit_report *report,
                             slt_error *err)
{
    const slt_audit_attestation *to = context;
    slt_json statement = {0}, envelope = {0};
    slt_buffer *bytes = to->key ? &envelope.text : &statement.text;
    if (!report->whole || (report->status && report->status != SLT_DIFFERS))
        return SLT_OK;
    put_statement(report, &statement);
    slt_status status = SLT_OK;
    if (to->key && !statement.text.failed)
        status = slt_dsse_put(&envelope, to->key, "application/vnd.in-toto+json",
                              statement.text.data, statement.text.size, err);
    slt_buffer_byte(bytes, '\n');
    if (!status && (statement.text.failed || bytes->failed))
        status = slt_fail(err, SLT_RESOURCE, "no memory for the report of an audit");
    if (!status)
        status = slt_output_write(to->path, bytes->data, bytes->size, true, err);
    slt_buffer_free(&statement.text);
    slt_buffer_free(&envelope.text);
    return status;
}

slt_status slt_audit_attest_page(const slt_audit_attestation *to, slt_audit_page *page,
                                 slt_error *err)
{
    *page = (slt_audit_page){.context = (void *)(uintptr_t)to, .end = attest_end};
    return refuse_path(to->path, err);
}
