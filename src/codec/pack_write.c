#include "codec/pack.h"

#include <string.h>

#include <msgpack/pack.h>

#include "base/assert.h"

static int append(void *out, const char *bytes, size_t size)
{
    slt_buffer_append(out, bytes, size);
    return 0;
}

static msgpack_packer packer_of(slt_buffer *out)
{
    msgpack_packer packer;
    msgpack_packer_init(&packer, out, append);
    return packer;
}

/* msgpack holds lengths in 32 bits. */
static bool fits(slt_buffer *out, size_t size)
{
    if (size > UINT32_MAX)
        out->failed = true;
    return !out->failed;
}

void slt_pack_nil(slt_buffer *out)
{
    msgpack_packer packer = packer_of(out);
    msgpack_pack_nil(&packer);
}

void slt_pack_bool(slt_buffer *out, bool value)
{
    msgpack_packer packer = packer_of(out);
    if (value)
        msgpack_pack_true(&packer);
    else
        msgpack_pack_false(&packer);
}

void slt_pack_uint(slt_buffer *out, uint64_t value)
{
    msgpack_packer packer = packer_of(out);
    msgpack_pack_uint64(&packer, value);
}

void slt_pack_int(slt_buffer *out, int64_t value)
{
    if (value >= 0) {
        slt_pack_uint(out, (uint64_t)value);
        return;
    }
    msgpack_packer packer = packer_of(out);
    msgpack_pack_int64(&packer, value);
}

void slt_pack_real(slt_buffer *out, slt_real value)
{
    SLT_ASSERT(slt_real_finite(value));
    uint8_t bytes[9] = {0xcb}; /* float 64, of which the bits follow, highest first */
    for (int i = 1; i < 9; i++)
        bytes[i] = (uint8_t)(value.bits >> (64 - 8 * i));
    slt_buffer_append(out, bytes, sizeof bytes);
}

void slt_pack_text(slt_buffer *out, const char *text)
{
    slt_pack_text_span(out, (slt_pack_span){(const uint8_t *)text, strlen(text)});
}

void slt_pack_text_span(slt_buffer *out, slt_pack_span text)
{
    if (!fits(out, text.size))
        return;
    msgpack_packer packer = packer_of(out);
    msgpack_pack_str(&packer, text.size);
    msgpack_pack_str_body(&packer, text.bytes, text.size);
}

void slt_pack_bin_head(slt_buffer *out, size_t size)
{
    if (!fits(out, size))
        return;
    msgpack_packer packer = packer_of(out);
    msgpack_pack_bin(&packer, size);
}

void slt_pack_bin(slt_buffer *out, const void *bytes, size_t size)
{
    slt_pack_bin_head(out, size);
    slt_buffer_append(out, bytes, size);
}

void slt_pack_array(slt_buffer *out, size_t count)
{
    if (!fits(out, count))
        return;
    msgpack_packer packer = packer_of(out);
    msgpack_pack_array(&packer, count);
}

void slt_pack_map(slt_buffer *out, size_t count)
{
    if (!fits(out, count))
        return;
    msgpack_packer packer = packer_of(out);
    msgpack_pack_map(&packer, count);
}
