#include "trace/trace_scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/endian.h"
#include "codec/digest.h"
#include "trace/trace_body.h"
#include "trace/trace_fields.h"

static void check_start(slt_pack_reader *reader)
{
    uint8_t start[SLT_TRACE_START_SIZE];
    slt_trace_start_bytes(start);
    size_t magic = SLT_TRACE_MAGIC_SIZE;
    size_t here = reader->size < sizeof start ? reader->size : sizeof start;
    if (here == 0)
        slt_pack_reader_fail(reader, 0, "expected a trace, found an empty file");
    else if (memcmp(reader->bytes, start, here < magic ? here : magic) != 0)
        slt_pack_reader_fail(reader, 0, "expected the first bytes of a trace");
    else if (here < sizeof start)
        slt_pack_reader_fail(reader, here, "cut short: a trace begins with %zu bytes",
                             sizeof start);
    else if (memcmp(reader->bytes, start, here) != 0)
        slt_pack_reader_fail(reader, magic, "expected trace format %d, found %lu",
                             SLT_TRACE_FORMAT,
                             (unsigned long)slt_load_le32(reader->bytes + magic));
    reader->at = here;
}

void slt_trace_scan_init(slt_trace_scan *scan, const void *bytes, size_t size)
{
    *scan = (slt_trace_scan){0};
    slt_pack_reader_init(&scan->reader, bytes, size, "start");
    check_start(&scan->reader);
    scan->good = scan->reader.failed ? 0 : scan->reader.at;
}

void slt_trace_scan_free(slt_trace_scan *scan)
{
    free(scan->head.functions);
    scan->head = (slt_trace_head){0};
}

void slt_record_free(slt_record *record)
{
    free((void *)record->metrics);
    free((void *)record->tensors);
    free((void *)record->results);
    *record = (slt_record){0};
}

static void fail_hash(slt_pack_reader *reader, size_t offset, slt_digest right,
                      slt_digest found)
{
    char want[SLT_DIGEST_TEXT_MAX], got[SLT_DIGEST_TEXT_MAX];
    slt_digest_text(right, want);
    slt_digest_text(found, got);
    slt_pack_reader_fail(reader, offset, "the bytes hash to %s, the record says %s", want,
                         got);
}

/* Reads H_k, which must be the hash of H_(k-1) and the bytes from `begin` to here. */
static void read_hash(slt_trace_scan *scan, size_t begin, slt_record *record)
{
    slt_pack_reader *reader = &scan->reader;
    size_t offset = reader->at;
    slt_digest found = slt_trace_read_digest(reader);
    if (reader->failed)
        return;
    record->hash = slt_digest_chain(scan->chain, reader->bytes + begin, offset - begin);
    if (!slt_digest_equal(found, record->hash))
        fail_hash(reader, offset, record->hash, found);
}

/* All of a record but its hash. */
static void read_content(slt_trace_scan *scan, slt_record *record, size_t *from)
{
    slt_pack_reader *reader = &scan->reader;
    record->offset = reader->at;
    if (slt_pack_read_array(reader) != 3)
        slt_pack_reader_fail(reader, record->offset, "expected an array of 3");
    *from = reader->at;
    uint64_t kind = slt_pack_read_uint(reader);
    if (kind > SLT_RECORD_END)
        slt_pack_reader_fail(reader, *from, "expected a record kind from 0 to 4");
    if (reader->failed)
        return;
    record->kind = (slt_record_kind)kind;
    snprintf(scan->label, sizeof scan->label, "record %zu (%s)", scan->order.records,
             slt_record_kind_name(record->kind));
    slt_trace_read_body(scan, record);
}

static void read_record(slt_trace_scan *scan, slt_record *record)
{
    slt_pack_reader *reader = &scan->reader;
    size_t from = 0;
    read_content(scan, record, &from);
    if (reader->failed)
        return;
    read_hash(scan, from, record);
    record->size = reader->at - record->offset;
    const char *expected =
        reader->failed ? NULL : slt_trace_order_take(&scan->order, record);
    if (expected)
        slt_pack_reader_fail(reader, record->offset, "expected %s", expected);
}

bool slt_trace_scan_again(const void *bytes, size_t size, size_t index, size_t offset,
                          slt_record *record)
{
    slt_trace_scan scan = {.order = {.records = index}};
    size_t from;
    *record = (slt_record){0};
    slt_pack_reader_init(&scan.reader, bytes, size, scan.label);
    scan.reader.at = offset;
    read_content(&scan, record, &from);
    if (!scan.short_of_memory) {
        record->hash = slt_trace_read_digest(&scan.reader);
        record->size = scan.reader.at - offset;
        SLT_ASSERT(index > 0 && !scan.reader.failed);
        return true;
    }
    slt_record_free(record);
    return false;
}

bool slt_trace_scan_next(slt_trace_scan *scan, slt_record *record)
{
    slt_pack_reader *reader = &scan->reader;
    *record = (slt_record){0};
    bool ended = scan->order.records > 0 && scan->order.kind == SLT_RECORD_END;
    if (reader->failed || scan->short_of_memory || ended)
        return false;
    snprintf(scan->label, sizeof scan->label, "record %zu", scan->order.records);
    reader->name = scan->label;
    if (reader->at == reader->size)
        slt_pack_reader_fail(reader, reader->at, "cut short: there is no end record");
    else
        read_record(scan, record);
    if (reader->failed || scan->short_of_memory) {
        slt_record_free(record);
        return false;
    }
    scan->chain = record->hash;
    scan->good = reader->at;
    return true;
}

slt_status slt_trace_scan_end(slt_trace_scan *scan, const char *name, slt_error *err)
{
    slt_error found = {0};
    if (scan->short_of_memory)
        return slt_fail(err, SLT_RESOURCE, "%s: no memory to read it", name);
    if (slt_pack_reader_end(&scan->reader, &found) == SLT_OK)
        return SLT_OK;
    return slt_fail(err, SLT_FORMAT, "%s: %s", name, found.text);
}
