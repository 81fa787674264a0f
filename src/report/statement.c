#include "report/statement.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sltrace/system.h>

#include "base/io.h"
#include "base/world.h"
#include "codec/dsse.h"

slt_status slt_statement_check(const slt_attestation *to, slt_error *err)
{
    const char *path = to->path;
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

void slt_statement_put_file(slt_json *json, const char *name, const char *sha256)
{
    slt_json_open(json, '{');
    slt_json_key_text(json, "name", name);
    slt_json_key_open(json, "digest", '{');
    slt_json_key_text(json, "sha256", sha256);
    slt_json_close(json, '}');
    slt_json_close(json, '}');
}

void slt_statement_begin(slt_json *json)
{
    slt_json_open(json, '{');
    slt_json_key_text(json, "_type", SLT_STATEMENT_TYPE);
    slt_json_key_open(json, "subject", '[');
}

void slt_statement_judge(slt_json *json, const char *result)
{
    slt_json_close(json, ']');
    slt_json_key_text(json, "predicateType", SLT_STATEMENT_PREDICATE);
    slt_json_key_open(json, "predicate", '{');
    slt_json_key_text(json, "result", result);
    slt_json_key_open(json, "configuration", '[');
}

slt_status slt_statement_end(slt_json *json, const slt_attestation *to, slt_error *err)
{
    slt_json envelope = {0};
    slt_buffer *bytes = to->key ? &envelope.text : &json->text;
    slt_status status = SLT_OK;
    slt_json_close(json, '}');
    slt_json_close(json, '}');
    if (to->key && !json->text.failed)
        status = slt_dsse_put(&envelope, to->key, SLT_STATEMENT_PAYLOAD, json->text.data,
                              json->text.size, err);
    slt_buffer_byte(bytes, '\n');
    if (!status && (json->text.failed || bytes->failed))
        status = slt_fail(err, SLT_RESOURCE, "no memory for a statement");
    if (!status)
        status = slt_output_write(to->path, bytes->data, bytes->size, true, err);
    slt_buffer_free(&envelope.text);
    return status;
}
