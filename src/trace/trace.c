#include <sltrace/trace.h>

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/io.h"
#include "base/sha256.h"
#include "base/world.h"
#include "codec/digest.h"
#include "trace/trace_agree.h"

struct slt_trace {
    slt_buffer bytes;
    slt_trace_head head;
    slt_record *records;
    size_t count, capacity;
};

void slt_trace_free(slt_trace *trace)
{
    if (!trace)
        return;
    for (size_t i = 0; i < trace->count; i++)
        slt_record_free(&trace->records[i]);
    free(trace->records);
    free(trace->head.functions);
    slt_buffer_free(&trace->bytes);
    free(trace);
}

/* Takes ownership of the record's lists; false when out of memory, with the record
 * freed. */
static bool trace_keep_record(slt_trace *trace, slt_record *record)
{
    if (trace->count == trace->capacity) {
        size_t capacity = trace->capacity ? 2 * trace->capacity : 16;
        slt_record *records =
            slt_world.realloc(trace->records, capacity * sizeof *records);
        if (!records) {
            slt_record_free(record);
            return false;
        }
        trace->records = records;
        trace->capacity = capacity;
    }
    trace->records[trace->count++] = *record;
    return true;
}

static slt_status trace_scan_all(slt_trace *trace, const char *name, slt_error *err)
{
    slt_trace_scan scan;
    slt_record record;
    slt_trace_scan_init(&scan, trace->bytes.data, trace->bytes.size);
    while (slt_trace_scan_next(&scan, &record))
        scan.short_of_memory = !trace_keep_record(trace, &record);
    trace->head = scan.head;
    return slt_trace_scan_end(&scan, name, err);
}

/* Makes a trace of the bytes and takes ownership of them (on failure they are freed).
 * agrees: whether the trace must also agree with itself. */
static slt_status trace_of(slt_buffer bytes, const char *name, bool agrees,
                           slt_trace **out, slt_error *err)
{
    slt_trace *trace = slt_world.calloc(1, sizeof *trace);
    if (!trace) {
        slt_buffer_free(&bytes);
        return slt_fail(err, SLT_RESOURCE, "%s: no memory to read it", name);
    }
    trace->bytes = bytes;
    slt_status status = trace_scan_all(trace, name, err);
    if (status == SLT_OK && agrees)
        status = slt_trace_agree(trace, &trace->head, name, err);
    if (status == SLT_OK)
        *out = trace;
    else
        slt_trace_free(trace);
    return status;
}

slt_status slt_trace_open(const char *path, slt_trace **trace, slt_error *err)
{
    slt_buffer bytes = {0};
    slt_status status = slt_io_read(path, SIZE_MAX / 4, &bytes, err);
    if (status == SLT_OK)
        return trace_of(bytes, path, true, trace, err);
    slt_buffer_free(&bytes);
    return status;
}

static slt_status trace_parse(const void *bytes, size_t size, const char *name,
                              bool agrees, slt_trace **trace, slt_error *err)
{
    slt_buffer copy = {0};
    slt_buffer_append(&copy, bytes, size);
    if (!copy.failed)
        return trace_of(copy, name, agrees, trace, err);
    slt_buffer_free(&copy);
    return slt_fail(err, SLT_RESOURCE, "%s: no memory to read it", name);
}

slt_status slt_trace_parse(const void *bytes, size_t size, const char *name,
                           slt_trace **trace, slt_error *err)
{
    return trace_parse(bytes, size, name, true, trace, err);
}

slt_status slt_trace_parse_form(const void *bytes, size_t size, const char *name,
                                slt_trace **trace, slt_error *err)
{
    return trace_parse(bytes, size, name, false, trace, err);
}

size_t slt_trace_records(const slt_trace *trace)
{
    return trace->count;
}

const slt_record *slt_trace_record(const slt_trace *trace, size_t index)
{
    SLT_ASSERT(index < trace->count);
    return &trace->records[index];
}

const uint8_t *slt_trace_bytes(const slt_trace *trace, size_t *size)
{
    *size = trace->bytes.size;
    return trace->bytes.data;
}

const uint8_t *slt_trace_run(const slt_trace *trace, size_t *size)
{
    *size = trace->head.run.size;
    return trace->head.run.bytes;
}

slt_digest slt_trace_experiment(const slt_trace *trace)
{
    return slt_digest_of(trace->head.run.bytes, trace->head.run.size);
}

uint32_t slt_trace_numerics(const slt_trace *trace)
{
    return trace->head.numerics;
}

size_t slt_trace_functions(const slt_trace *trace)
{
    return trace->head.function_count;
}

const char *slt_trace_function(const slt_trace *trace, size_t index,
                               const char **fingerprint)
{
    *fingerprint = trace->head.functions[index].fingerprint;
    return trace->head.functions[index].name;
}

void slt_trace_sha256(const slt_trace *trace, char text[65])
{
    slt_sha256_of(trace->bytes.data, trace->bytes.size, text);
}

bool slt_trace_body(const slt_trace *trace, size_t index, slt_digest *digest)
{
    if (index >= trace->count)
        return false;
    const slt_record *record = &trace->records[index];
    *digest = slt_digest_body(trace->bytes.data + record->offset, record->size);
    return true;
}
