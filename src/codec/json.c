#include "codec/json.h"

#include <inttypes.h>
#include <string.h>

#include "base/escape.h"

#define WHOLE_MAX ((UINT64_C(1) << 53) - 1)

/* A comma belongs before everything but the first item and a key's value. */
void slt_json_comma(slt_buffer *out)
{
    if (out->size > 0 && !out->failed && !strchr("[{:", out->data[out->size - 1]))
        slt_buffer_byte(out, ',');
}

void slt_json_open(slt_buffer *out, char bracket)
{
    slt_json_comma(out);
    slt_buffer_byte(out, (uint8_t)bracket);
}

void slt_json_close(slt_buffer *out, char bracket)
{
    slt_buffer_byte(out, (uint8_t)bracket);
}

void slt_json_key(slt_buffer *out, const char *key)
{
    slt_json_text(out, key);
    slt_buffer_byte(out, ':');
}

void slt_json_bytes(slt_buffer *out, const void *bytes, size_t size)
{
    slt_json_comma(out);
    slt_escape_json(out, bytes, size);
}

void slt_json_text(slt_buffer *out, const char *text)
{
    slt_json_bytes(out, text, strlen(text));
}

static void put_whole(slt_buffer *out, const char *sign, uint64_t magnitude)
{
    const char *quote = magnitude > WHOLE_MAX ? "\"" : "";
    slt_json_comma(out);
    slt_buffer_printf(out, "%s%s%" PRIu64 "%s", quote, sign, magnitude, quote);
}

void slt_json_uint(slt_buffer *out, uint64_t value)
{
    put_whole(out, "", value);
}

void slt_json_negative(slt_buffer *out, uint64_t magnitude)
{
    put_whole(out, "-", magnitude);
}

void slt_json_real(slt_buffer *out, slt_real value)
{
    char text[SLT_REAL_TEXT_MAX] = "null";
    if (slt_real_finite(value))
        slt_real_text(value, text);
    slt_json_comma(out);
    slt_buffer_printf(out, "%s", text);
}

void slt_json_bool(slt_buffer *out, bool value)
{
    slt_json_comma(out);
    slt_buffer_printf(out, value ? "true" : "false");
}

void slt_json_null(slt_buffer *out)
{
    slt_json_comma(out);
    slt_buffer_printf(out, "null");
}

void slt_json_key_text(slt_buffer *out, const char *key, const char *value)
{
    slt_json_key(out, key);
    slt_json_text(out, value);
}

void slt_json_key_uint(slt_buffer *out, const char *key, uint64_t value)
{
    slt_json_key(out, key);
    slt_json_uint(out, value);
}

void slt_json_key_real(slt_buffer *out, const char *key, slt_real value)
{
    slt_json_key(out, key);
    slt_json_real(out, value);
}
