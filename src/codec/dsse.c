#include "codec/dsse.h"

#include <string.h>

#include "codec/minisign.h"

static void put_base64(slt_json *json, const char *name, const void *bytes, size_t size)
{
    slt_buffer text = {0};
    slt_base64(&text, bytes, size);
    slt_json_key_text(json, name, slt_buffer_text(&text));
    json->text.failed |= text.failed;
    slt_buffer_free(&text);
}

slt_status slt_dsse_put(slt_json *json, const slt_secret_key *key, const char *type,
                        const void *payload, size_t size, slt_error *err)
{
    uint8_t signature[SLT_SIGNATURE_BYTES];
    char name[SLT_KEY_NAME_MAX];
    slt_buffer whole = {0};
    slt_buffer_printf(&whole, "DSSEv1 %zu %s %zu ", strlen(type), type, size);
    slt_buffer_append(&whole, payload, size);
    slt_status status = whole.failed
                            ? slt_fail(err, SLT_RESOURCE, "no memory for a signature")
                            : slt_sign_bytes(key, whole.data, whole.size, signature, err);
    slt_buffer_free(&whole);
    if (status)
        return status;
    slt_key_name(key->number, name);
    slt_json_open(json, '{');
    put_base64(json, "payload", payload, size);
    slt_json_key_text(json, "payloadType", type);
    slt_json_key_open(json, "signatures", '[');
    slt_json_open(json, '{');
    slt_json_key_text(json, "keyid", name);
    put_base64(json, "sig", signature, sizeof signature);
    slt_json_close(json, '}');
    slt_json_close(json, ']');
    slt_json_close(json, '}');
    return SLT_OK;
}
