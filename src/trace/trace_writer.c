#include "trace/trace_writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/world.h"
#include "codec/digest.h"
#include "codec/pack.h"
#include "trace/trace_scan.h"
#include "trace/trace_write.h"

/* Bytes of a record's array of 3, and of its hash, 16 bytes behind their own head. */
#define RECORD_HEAD 1
#define RECORD_HASH (2 + sizeof((slt_digest){{0}}.bytes))

/* Appends bytes to the trace, for the caller to take. */
static void writer_append(slt_trace_writer *writer, const void *bytes, size_t size)
{
    slt_buffer_append(&writer->bytes, bytes, size);
    writer->written += size;
    writer->failed = writer->failed || writer->bytes.failed;
}

void slt_trace_writer_init(slt_trace_writer *writer)
{
    uint8_t start[SLT_TRACE_START_SIZE];
    *writer = (slt_trace_writer){0};
    slt_trace_start_bytes(start);
    writer_append(writer, start, sizeof start);
}

void slt_trace_writer_free(slt_trace_writer *writer)
{
    slt_buffer_free(&writer->bytes);
    slt_buffer_free(&writer->scratch);
    slt_buffer_free(&writer->tensor);
    free(writer->hashes);
    writer->hashes = NULL;
}

static void writer_keep_hash(slt_trace_writer *writer, slt_digest hash)
{
    size_t count = writer->records;
    if (count == 0 || (count >= 16 && (count & (count - 1)) == 0)) {
        size_t capacity = count ? 2 * count : 16;
        slt_digest *hashes = slt_world.realloc(writer->hashes, capacity * sizeof *hashes);
        if (!hashes) {
            writer->failed = true;
            return;
        }
        writer->hashes = hashes;
    }
    writer->hashes[writer->records++] = hash;
}

slt_status slt_trace_writer_resume(slt_trace_writer *writer, const uint8_t *bytes,
                                   size_t size, size_t *good, slt_error *err)
{
    slt_trace_scan scan;
    slt_record record;
    slt_trace_writer_init(writer);
    slt_trace_scan_init(&scan, bytes, size);
    while (slt_trace_scan_next(&scan, &record)) {
        writer_keep_hash(writer, record.hash);
        slt_record_free(&record);
    }
    *good = scan.good;
    writer->failed = writer->failed || scan.short_of_memory;
    bool start_cut = size < SLT_TRACE_START_SIZE &&
                     (size == 0 || memcmp(bytes, writer->bytes.data, size) == 0);
    slt_status status = SLT_OK;
    if (writer->failed)
        status = slt_fail(err, SLT_RESOURCE, "no memory to resume a trace");
    else if (scan.good == 0 && !start_cut)
        status = slt_trace_scan_end(&scan, "resumed trace", err);
    else if (scan.good > 0) {
        slt_buffer_clear(&writer->bytes);
        writer->written = scan.good;
        writer->order = scan.order;
    }
    slt_trace_scan_free(&scan);
    return status;
}

void slt_trace_writer_continue(slt_trace_writer *writer, const slt_trace *trace,
                               size_t records)
{
    SLT_ASSERT(records >= 1 && records <= slt_trace_records(trace));
    *writer = (slt_trace_writer){0};
    for (size_t i = 0; i < records && !writer->failed; i++) {
        const slt_record *record = slt_trace_record(trace, i);
        SLT_ASSERT(slt_trace_order_take(&writer->order, record) == NULL);
        writer_keep_hash(writer, record->hash);
        writer->written = record->offset + record->size;
    }
}

/* One that has failed writes nothing more, and its order may have stopped short. */
slt_buffer *slt_trace_begin(slt_trace_writer *writer, const slt_record *about)
{
    SLT_ASSERT(writer->failed || slt_trace_order_take(&writer->order, about) == NULL);
    slt_buffer_clear(&writer->scratch);
    slt_pack_uint(&writer->scratch, about->kind);
    return &writer->scratch;
}

void slt_trace_finish(slt_trace_writer *writer)
{
    static const slt_digest zero = {{0}};
    slt_buffer *scratch = &writer->scratch;
    writer->failed = writer->failed || scratch->failed;
    if (writer->failed)
        return;
    slt_buffer head = {0};
    slt_pack_array(&head, 3);
    slt_digest last = writer->records ? writer->hashes[writer->records - 1] : zero;
    slt_digest hash = slt_digest_chain(last, scratch->data, scratch->size);
    slt_pack_bin(scratch, hash.bytes, sizeof hash.bytes);
    writer->failed = head.failed || scratch->failed;
    if (!writer->failed) {
        writer_append(writer, head.data, head.size);
        writer_append(writer, scratch->data, scratch->size);
        writer_keep_hash(writer, hash);
    }
    slt_buffer_free(&head);
}

/* A record as it is stored is its head, what is hashed (kind and body), and the hash. */
void slt_trace_writer_copy(slt_trace_writer *writer, const slt_trace *trace, size_t index)
{
    size_t size;
    const uint8_t *bytes = slt_trace_bytes(trace, &size);
    const slt_record *record = slt_trace_record(trace, index);
    slt_buffer *out = slt_trace_begin(writer, record);
    slt_buffer_clear(out);
    slt_buffer_append(out, bytes + record->offset + RECORD_HEAD,
                      record->size - RECORD_HEAD - RECORD_HASH);
    slt_trace_finish(writer);
}
