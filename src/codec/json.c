#include "codec/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/escape.h"
#include "base/world.h"

#define WHOLE_MAX ((UINT64_C(1) << 53) - 1)

/* ---- Documents --------------------------------------------------------------------- */

slt_status slt_json_create(slt_json **json, slt_error *err)
{
    *json = slt_world.calloc(1, sizeof **json);
    return *json ? SLT_OK : slt_fail(err, SLT_RESOURCE, "no memory for JSON");
}

void slt_json_free(slt_json *json)
{
    if (json)
        slt_buffer_free(&json->text);
    free(json);
}

void slt_json_begin(slt_json *json, const char *schema)
{
    slt_json_open(json, '{');
    slt_json_key_text(json, "schema", schema);
}

size_t slt_json_depth(const slt_json *json)
{
    return json->depth;
}

void slt_json_clear(slt_json *json)
{
    slt_buffer_free(&json->text); /* what was lost of it is not passed on */
    json->depth = 0;
    json->comma = json->keyed = false;
}

slt_status slt_json_write(slt_json *json, FILE *out, slt_error *err)
{
    SLT_ASSERT(json->depth == 1);
    slt_json_close(json, '}');
    slt_buffer_byte(&json->text, '\n');
    if (json->text.failed)
        return slt_fail(err, SLT_RESOURCE, "no memory for JSON");
    slt_world.fwrite(json->text.data, 1, json->text.size, out);
    return SLT_OK;
}

/* ---- Items ------------------------------------------------------------------------- */

/* Writes what separates an item from the one before; the value of a key follows its key
 * directly. */
static void begin_item(slt_json *json)
{
    if (json->keyed) {
        json->keyed = false;
        return;
    }
    if (json->comma)
        slt_buffer_byte(&json->text, ',');
    if (json->lines && json->depth == 1)
        slt_buffer_printf(&json->text, "\n  ");
    else if (json->lines && json->comma)
        slt_buffer_byte(&json->text, ' ');
    json->comma = true;
}

void slt_json_open(slt_json *json, char bracket)
{
    begin_item(json);
    slt_buffer_byte(&json->text, (uint8_t)bracket);
    json->depth++;
    json->comma = false;
}

void slt_json_close(slt_json *json, char bracket)
{
    SLT_ASSERT(json->depth && !json->keyed);
    json->depth--;
    json->comma = true;
    if (json->lines && !json->depth)
        slt_buffer_byte(&json->text, '\n');
    slt_buffer_byte(&json->text, (uint8_t)bracket);
}

void slt_json_key(slt_json *json, const char *key)
{
    slt_json_key_bytes(json, key, strlen(key));
}

void slt_json_key_bytes(slt_json *json, const void *bytes, size_t size)
{
    slt_json_bytes(json, bytes, size);
    slt_buffer_printf(&json->text, json->lines ? ": " : ":");
    json->keyed = true;
}

void slt_json_bytes(slt_json *json, const void *bytes, size_t size)
{
    begin_item(json);
    slt_escape_json(&json->text, bytes, size);
}

void slt_json_text(slt_json *json, const char *text)
{
    if (text)
        slt_json_bytes(json, text, strlen(text));
    else
        slt_json_null(json);
}

static void put_whole(slt_json *json, const char *sign, uint64_t magnitude)
{
    const char *quote = magnitude > WHOLE_MAX ? "\"" : "";
    begin_item(json);
    slt_buffer_printf(&json->text, "%s%s%" PRIu64 "%s", quote, sign, magnitude, quote);
}

void slt_json_uint(slt_json *json, uint64_t value)
{
    put_whole(json, "", value);
}

void slt_json_int(slt_json *json, int64_t value)
{
    put_whole(json, value < 0 ? "-" : "", value < 0 ? -(uint64_t)value : (uint64_t)value);
}

void slt_json_negative(slt_json *json, uint64_t magnitude)
{
    put_whole(json, "-", magnitude);
}

void slt_json_real(slt_json *json, slt_real value)
{
    char text[SLT_REAL_TEXT_MAX] = "null";
    if (slt_real_finite(value))
        slt_real_text(value, text);
    begin_item(json);
    slt_buffer_printf(&json->text, "%s", text);
}

void slt_json_bool(slt_json *json, bool value)
{
    begin_item(json);
    slt_buffer_printf(&json->text, value ? "true" : "false");
}

void slt_json_null(slt_json *json)
{
    begin_item(json);
    slt_buffer_printf(&json->text, "null");
}

/* ---- A key and its value ----------------------------------------------------------- */

void slt_json_key_open(slt_json *json, const char *key, char bracket)
{
    slt_json_key(json, key);
    slt_json_open(json, bracket);
}

void slt_json_key_text(slt_json *json, const char *key, const char *value)
{
    slt_json_key(json, key);
    slt_json_text(json, value);
}

void slt_json_key_uint(slt_json *json, const char *key, uint64_t value)
{
    slt_json_key(json, key);
    slt_json_uint(json, value);
}

void slt_json_key_int(slt_json *json, const char *key, int64_t value)
{
    slt_json_key(json, key);
    slt_json_int(json, value);
}

void slt_json_key_real(slt_json *json, const char *key, slt_real value)
{
    slt_json_key(json, key);
    slt_json_real(json, value);
}

void slt_json_key_bool(slt_json *json, const char *key, bool value)
{
    slt_json_key(json, key);
    slt_json_bool(json, value);
}

void slt_json_key_null(slt_json *json, const char *key)
{
    slt_json_key(json, key);
    slt_json_null(json);
}
