#include "record/json.h"

#include <string.h>

#include "base/utf8.h"

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

/* One character of `length` bytes, 0 where the byte at `at` begins none. */
static void put_character(slt_buffer *out, const uint8_t *at, size_t length)
{
    bool c1 = length == 2 && at[0] == 0xc2 && at[1] < 0xa0;
    if (length == 0)
        slt_buffer_append(out, "\\ufffd", 6);
    else if (*at == '"' || *at == '\\')
        slt_buffer_printf(out, "\\%c", *at);
    else if (*at == '\n')
        slt_buffer_append(out, "\\n", 2);
    else if (*at < ' ' || *at == 0x7f)
        slt_buffer_printf(out, "\\u%04x", *at);
    else if (c1)
        slt_buffer_printf(out, "\\u%04x", at[1]);
    else
        slt_buffer_append(out, at, length);
}

void slt_json_bytes(slt_buffer *out, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    slt_json_comma(out);
    slt_buffer_byte(out, '"');
    for (size_t i = 0; i < size;) {
        size_t length = slt_utf8_length(at + i, size - i);
        put_character(out, at + i, length);
        i += length ? length : 1;
    }
    slt_buffer_byte(out, '"');
}

void slt_json_text(slt_buffer *out, const char *text)
{
    slt_json_bytes(out, text, strlen(text));
}

void slt_json_uint(slt_buffer *out, uint64_t value)
{
    slt_json_comma(out);
    slt_buffer_printf(out, "%llu", (unsigned long long)value);
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
