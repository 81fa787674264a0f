#include "trace/trace_fields.h"

#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "base/world.h"

slt_digest slt_trace_read_digest(slt_pack_reader *reader)
{
    slt_digest digest = {{0}};
    size_t offset = reader->at;
    slt_pack_span span = slt_pack_read_bin(reader);
    if (span.size == sizeof digest.bytes)
        memcpy(digest.bytes, span.bytes, sizeof digest.bytes);
    else
        slt_pack_reader_fail(reader, offset, "expected a digest of 16 bytes, found %zu",
                             span.size);
    return digest;
}

bool slt_bytes_finite(const uint8_t *bytes, size_t count, size_t size)
{
    for (size_t i = 0; i < count; i++) {
        bool finite;
        if (size == 4)
            finite = (slt_load_le32(bytes + 4 * i) >> 23 & 0xff) != 0xff;
        else
            finite = slt_real_finite((slt_real){slt_load_le64(bytes + 8 * i)});
        if (!finite)
            return false;
    }
    return true;
}

size_t slt_trace_read_fields(slt_pack_reader *reader, size_t least, size_t optional)
{
    size_t offset = reader->at;
    size_t count = slt_pack_read_map(reader);
    if (count < least || count > least + optional)
        slt_pack_reader_fail(reader, offset, "expected a map of %zu keys, found %zu",
                             least, count);
    return count;
}

uint64_t slt_trace_read_uint(slt_pack_reader *reader, const char *key, uint64_t most)
{
    slt_pack_expect_key(reader, key);
    size_t offset = reader->at;
    uint64_t value = slt_pack_read_uint(reader);
    if (value > most)
        slt_pack_reader_fail(reader, offset, "expected %s to be at most %llu", key,
                             (unsigned long long)most);
    return reader->failed ? 0 : value;
}

slt_real slt_trace_read_real_or_nil(slt_pack_reader *reader)
{
    if (slt_pack_peek(reader) != SLT_PACK_NIL)
        return slt_pack_read_real(reader);
    slt_pack_read_nil(reader);
    return slt_real_absent();
}

slt_pack_span slt_trace_read_name(slt_pack_reader *reader, char *name, size_t name_max)
{
    size_t offset = reader->at;
    slt_pack_span span = slt_pack_read_key(reader);
    if (!slt_pack_span_text(span, name, name_max))
        slt_pack_reader_fail(reader, offset, "expected a name of at most %zu characters",
                             name_max - 1);
    return span;
}

slt_run_status slt_trace_read_status(slt_pack_reader *reader)
{
    char name[16];
    slt_run_status status = SLT_RUN_DONE;
    slt_pack_expect_key(reader, "status");
    size_t offset = reader->at;
    slt_trace_read_name(reader, name, sizeof name);
    if (!reader->failed && !slt_run_status_find(name, &status))
        slt_pack_reader_fail(reader, offset, "expected a status, found '%s'", name);
    return status;
}

void *slt_trace_grow(slt_trace_scan *scan, const void *list, size_t count, size_t size)
{
    char *longer = (char *)list;
    if ((count & (count - 1)) == 0)
        longer = slt_world.realloc(longer, (count ? 2 * count : 1) * size);
    if (!longer) {
        scan->short_of_memory = true;
        return NULL;
    }
    memset(longer + count * size, 0, size);
    return longer;
}
