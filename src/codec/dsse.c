#include "codec/dsse.h"

#include <stdio.h>
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

/* What is signed: the specification's encoding of the type and the bytes. */
static void put_signed(slt_buffer *whole, const char *type, const void *payload,
                       size_t size)
{
    slt_buffer_printf(whole, "DSSEv1 %zu %s %zu ", strlen(type), type, size);
    slt_buffer_append(whole, payload, size);
}

slt_status slt_dsse_put(slt_json *json, const slt_secret_key *key, const char *type,
                        const void *payload, size_t size, slt_error *err)
{
    uint8_t signature[SLT_SIGNATURE_BYTES];
    char name[SLT_KEY_NAME_MAX];
    slt_buffer whole = {0};
    put_signed(&whole, type, payload, size);
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

/* ---- Reading ----------------------------------------------------------------------- */

static const char *text_in(const slt_value *map, const char *key)
{
    const slt_value *value = slt_value_get(map, key);
    return value && value->kind == SLT_VALUE_TEXT ? value->text : NULL;
}

/* The number of the key that an entry of the list of signatures names; NULL where it is
 * no entry. */
static const char *entry_key(const slt_value *entry)
{
    const char *keyid = entry->kind == SLT_VALUE_MAP && text_in(entry, "sig")
                            ? text_in(entry, "keyid")
                            : NULL;
    return keyid && strlen(keyid) < SLT_KEY_NAME_MAX ? keyid : NULL;
}

static bool entry_holds(const slt_value *entry, const slt_buffer *whole,
                        const slt_public_key *key)
{
    slt_buffer signature = {0};
    const bool holds = slt_base64_read(text_in(entry, "sig"), &signature) &&
                       signature.size == SLT_SIGNATURE_BYTES &&
                       slt_signs(signature.data, whole->data, whole->size, key);
    slt_buffer_free(&signature);
    return holds;
}

/* Whether an entry is the key's, and holds. */
static slt_status check_entries(const slt_value *entries, const char *name,
                                const slt_buffer *whole, const slt_public_key *key,
                                slt_error *err)
{
    char ours[SLT_KEY_NAME_MAX];
    bool named = false;
    slt_key_name(key->number, ours);
    for (size_t i = 0; i < entries->count; i++) {
        if (strcmp(entry_key(&entries->items[i]), ours))
            continue;
        named = true;
        if (entry_holds(&entries->items[i], whole, key))
            return SLT_OK;
    }
    return named
               ? slt_fail(err, SLT_DIFFERS,
                          "%s: forged: not the signature of its payload by key %s", name,
                          ours)
               : slt_fail(err, SLT_DIFFERS, "%s: signed by another key: %s, expected %s",
                          name, entry_key(entries->items), ours);
}

slt_status slt_dsse_read(const slt_value *envelope, const char *name, const char *type,
                         const slt_public_key *key, slt_buffer *payload,
                         char keyid[SLT_KEY_NAME_MAX], slt_error *err)
{
    const char *content = text_in(envelope, "payload"),
               *of = text_in(envelope, "payloadType");
    const slt_value *entries = slt_value_get(envelope, "signatures");
    bool fine = content && of && !strcmp(of, type) && entries &&
                entries->kind == SLT_VALUE_LIST && entries->count;
    for (size_t i = 0; fine && i < entries->count; i++)
        fine = entry_key(&entries->items[i]) != NULL;
    slt_buffer_clear(payload);
    fine = fine && slt_base64_read(content, payload);
    if (payload->failed)
        return slt_fail(err, SLT_RESOURCE, "no memory for a signed statement");
    if (!fine)
        return slt_fail(err, SLT_FORMAT, "%s: not a DSSE envelope of type %s", name,
                        type);
    slt_status status = SLT_OK;
    snprintf(keyid, SLT_KEY_NAME_MAX, "%s", entry_key(entries->items));
    if (key) {
        slt_buffer whole = {0};
        put_signed(&whole, type, payload->data, payload->size);
        status = whole.failed ? slt_fail(err, SLT_RESOURCE, "no memory for a signature")
                              : check_entries(entries, name, &whole, key, err);
        slt_buffer_free(&whole);
        slt_key_name(key->number, keyid);
    }
    return status;
}
