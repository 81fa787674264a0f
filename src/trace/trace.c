#include <sltrace/trace.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/fpenv.h"
#include "base/io.h"
#include "base/sha256.h"
#include "base/world.h"
#include "codec/digest.h"
#include "trace/trace_agree.h"

/* The first records of a trace are held as they are read.  Of those behind them only the
 * place is: what is in them is read again when it is asked for. */
enum { HELD = 4096 };

struct slt_trace {
    slt_buffer bytes;
    slt_trace_head head;
    slt_record *records; /* the first HELD */
    size_t *places;      /* offsets of the others */
    size_t count, capacity, places_room;
    slt_record *_Atomic *others; /* NULL: not asked for, or forgotten */
};

static size_t trace_held(const slt_trace *trace)
{
    return trace->count < HELD ? trace->count : HELD;
}

static void free_other(slt_record *other)
{
    if (other)
        slt_record_free(other);
    free(other);
}

void slt_trace_free(slt_trace *trace)
{
    if (!trace)
        return;
    for (size_t i = 0; i < trace_held(trace); i++)
        slt_record_free(&trace->records[i]);
    for (size_t i = HELD; trace->others && i < trace->count; i++)
        free_other(atomic_load(&trace->others[i - HELD]));
    free((void *)trace->others);
    free(trace->places);
    free(trace->records);
    free(trace->head.functions);
    slt_buffer_free(&trace->bytes);
    free(trace);
}

/* Makes room for one more of `count` elements; false if memory is short. */
static bool trace_grow(void **list, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return true;
    const size_t more = *room ? 2 * *room : 16;
    void *longer = slt_world.realloc(*list, more * size);
    if (!longer)
        return false;
    *list = longer;
    *room = more;
    return true;
}

/* Takes ownership of the record's lists; false when out of memory. */
static bool trace_keep_record(slt_trace *trace, slt_record *record)
{
    const bool held = trace->count < HELD;
    void *records = trace->records, *places = trace->places;
    const bool good =
        held ? trace_grow(&records, trace->count, &trace->capacity, sizeof *record)
             : trace_grow(&places, trace->count - HELD, &trace->places_room,
                          sizeof *trace->places);
    trace->records = records;
    trace->places = places;
    if (good && held)
        trace->records[trace->count++] = *record;
    else if (good)
        trace->places[trace->count++ - HELD] = record->offset;
    if (!good || !held)
        slt_record_free(record);
    return good;
}

static slt_status trace_scan_all(slt_trace *trace, const char *name, slt_error *err)
{
    slt_trace_scan scan;
    slt_record record;
    slt_trace_scan_init(&scan, trace->bytes.data, trace->bytes.size);
    while (slt_trace_scan_next(&scan, &record))
        scan.short_of_memory = !trace_keep_record(trace, &record);
    trace->head = scan.head;
    slt_status status = slt_trace_scan_end(&scan, name, err);
    if (status || trace->count <= HELD)
        return status;
    trace->others = slt_world.calloc(trace->count - HELD, sizeof *trace->others);
    return trace->others ? SLT_OK
                         : slt_fail(err, SLT_RESOURCE, "%s: no memory to read it", name);
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
    SLT_FPENV_ENTERED;
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
    SLT_FPENV_ENTERED;
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

static size_t trace_place(const slt_trace *trace, size_t index)
{
    SLT_ASSERT(index < trace->count);
    return index < HELD ? trace->records[index].offset : trace->places[index - HELD];
}

/* Several threads may ask for one record: the first to have read it gives it to all. */
const slt_record *slt_trace_record(const slt_trace *trace, size_t index)
{
    SLT_FPENV_ENTERED;
    SLT_ASSERT(index < trace->count);
    if (index < HELD)
        return &trace->records[index];
    slt_record *_Atomic *place = &trace->others[index - HELD];
    slt_record *found = atomic_load(place);
    if (found)
        return found;
    slt_record *made = slt_world.malloc(sizeof *made);
    if (!made || !slt_trace_scan_again(trace->bytes.data, trace->bytes.size, index,
                                       trace_place(trace, index), made))
        slt_end_without_memory("a record of a trace", sizeof *made);
    if (atomic_compare_exchange_strong(place, &found, made))
        return made;
    free_other(made);
    return found;
}

void slt_trace_forget(const slt_trace *trace, size_t index)
{
    SLT_ASSERT(index < trace->count);
    if (index >= HELD)
        free_other(atomic_exchange(&trace->others[index - HELD], NULL));
}

/* Where the bytes of a record end: with its hash. */
static size_t trace_end(const slt_trace *trace, size_t index)
{
    return index + 1 < trace->count ? trace_place(trace, index + 1) : trace->bytes.size;
}

/* A record is an array of three, [kind, body, hash], whose kind is one byte. */
slt_record_kind slt_trace_kind(const slt_trace *trace, size_t index)
{
    SLT_ASSERT(index < trace->count);
    return index < HELD
               ? trace->records[index].kind
               : (slt_record_kind)trace->bytes.data[trace_place(trace, index) + 1];
}

slt_digest slt_trace_hash(const slt_trace *trace, size_t index)
{
    slt_digest digest;
    SLT_ASSERT(index < trace->count);
    if (index < HELD)
        return trace->records[index].hash;
    memcpy(digest.bytes,
           trace->bytes.data + trace_end(trace, index) - sizeof digest.bytes,
           sizeof digest.bytes);
    return digest;
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
    const size_t place = trace_place(trace, index);
    *digest =
        slt_digest_body(trace->bytes.data + place, trace_end(trace, index) - place);
    return true;
}
