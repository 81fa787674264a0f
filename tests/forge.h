/* Forges traces: changes a value of a record, leaves records out or writes them twice.
 * The chain of hashes is made anew each time, so that only contradictions within the
 * trace can reveal it. */
#ifndef SLT_TESTS_FORGE_H
#define SLT_TESTS_FORGE_H

#include "tap.h"

#include "base/endian.h"
#include "codec/digest.h"
#include "codec/pack.h"
#include "num/scalar.h"

static inline bool forge_span_is(slt_pack_span span, const char *text)
{
    return strlen(text) == span.size && !memcmp(span.bytes, text, span.size);
}

/* A value in a record's body, or a key in a map of names. */
typedef struct forge_leaf {
    size_t record;
    char path[120];    /* "checkpoint/metrics/loss", "chain/quarters/2"; a key: "...?" */
    size_t begin, end; /* its bytes in the trace */
    slt_pack_kind kind;
    bool key;
} forge_leaf;

typedef struct forge_record {
    size_t begin, end; /* kind and body */
    uint8_t kind;
} forge_record;

#define FORGE_LEAVES_MAX 20000
#define FORGE_RECORDS_MAX 200

typedef struct forge {
    const slt_buffer *bytes;
    forge_record records[FORGE_RECORDS_MAX];
    size_t record_count;
    forge_leaf *leaves;
    size_t leaf_count;
} forge;

static inline void forge_leaf_add(forge *f, const char *path, size_t begin, size_t end,
                                  slt_pack_kind kind, bool key)
{
    if (f->leaf_count == FORGE_LEAVES_MAX)
        tap_bail("too many leaves");
    forge_leaf *leaf = &f->leaves[f->leaf_count++];
    *leaf = (forge_leaf){f->record_count, "", begin, end, kind, key};
    snprintf(leaf->path, sizeof leaf->path, "%.110s%s", path, key ? "?" : "");
}

static inline void forge_walk(forge *f, slt_pack_reader *reader, const char *path,
                              bool names)
{
    size_t begin = reader->at;
    slt_pack_item item = slt_pack_read(reader);
    char inner[400];
    if (item.kind == SLT_PACK_MAP)
        for (size_t i = 0; i < item.count; i++) {
            size_t key_at = reader->at;
            slt_pack_span key = slt_pack_read_key(reader);
            snprintf(inner, sizeof inner, "%.200s/%.*s", path, (int)(key.size % 100),
                     key.bytes);
            if (names)
                forge_leaf_add(f, inner, key_at, reader->at, SLT_PACK_TEXT, true);
            forge_walk(f, reader, inner,
                       forge_span_is(key, "metrics") || forge_span_is(key, "results") ||
                           forge_span_is(key, "functions"));
        }
    else if (item.kind == SLT_PACK_ARRAY)
        for (size_t i = 0; i < item.count; i++) {
            snprintf(inner, sizeof inner, "%.200s/%zu", path, i);
            forge_walk(f, reader, inner, false);
        }
    else
        forge_leaf_add(f, path, begin, reader->at, item.kind, false);
}

static inline forge forge_open(const slt_buffer *bytes)
{
    static const char *const kinds[] = {"header", "checkpoint", "chain", "table", "end"};
    forge f = {.bytes = bytes};
    slt_pack_reader reader;
    f.leaves = (forge_leaf *)calloc(FORGE_LEAVES_MAX, sizeof *f.leaves);
    slt_pack_reader_init(&reader, bytes->data, bytes->size, "x");
    reader.at = 12;
    while (!reader.failed && reader.at < bytes->size) {
        if (f.record_count == FORGE_RECORDS_MAX)
            tap_bail("too many records");
        slt_pack_read_array(&reader);
        forge_record *record = &f.records[f.record_count];
        record->begin = reader.at;
        record->kind = (uint8_t)slt_pack_read_uint(&reader);
        forge_walk(&f, &reader, kinds[record->kind], false);
        record->end = reader.at;
        slt_pack_read_bin(&reader);
        f.record_count++;
    }
    if (reader.failed)
        tap_bail("the trace to forge is none");
    return f;
}

static inline void forge_free(forge *f)
{
    free(f->leaves);
    f->leaves = NULL;
}

/* Appends a record of these bytes (kind and body) with its right hash. */
static inline void forge_append(slt_buffer *out, slt_digest *chain, const uint8_t *bytes,
                                size_t size)
{
    *chain = slt_digest_chain(*chain, bytes, size);
    slt_buffer_byte(out, 0x93);
    slt_buffer_append(out, bytes, size);
    slt_buffer_append(out, "\xc4\x10", 2);
    slt_buffer_append(out, chain->bytes, 16);
}

/* The trace with other bytes in the leaf's place. */
static inline void forge_leaf_with(const forge *f, const forge_leaf *leaf,
                                   const slt_buffer *value, slt_buffer *out)
{
    slt_digest chain = {{0}};
    slt_buffer body = {0};
    slt_buffer_clear(out);
    slt_buffer_append(out, f->bytes->data, 12);
    for (size_t i = 0; i < f->record_count; i++) {
        const forge_record *record = &f->records[i];
        slt_buffer_clear(&body);
        if (i == leaf->record) {
            slt_buffer_append(&body, f->bytes->data + record->begin,
                              leaf->begin - record->begin);
            slt_buffer_append(&body, value->data, value->size);
            slt_buffer_append(&body, f->bytes->data + leaf->end, record->end - leaf->end);
        } else
            slt_buffer_append(&body, f->bytes->data + record->begin,
                              record->end - record->begin);
        forge_append(out, &chain, body.data, body.size);
    }
    slt_buffer_free(&body);
}

/* The trace with these records alone, in this order; the end tells their number. */
static inline void forge_records(const forge *f, const size_t *order, size_t count,
                                 slt_buffer *out)
{
    slt_digest chain = {{0}};
    slt_buffer body = {0};
    slt_buffer_clear(out);
    slt_buffer_append(out, f->bytes->data, 12);
    for (size_t i = 0; i < count; i++) {
        const forge_record *record = &f->records[order[i]];
        size_t end = record->end;
        if (record->kind == 4) /* its last value is the number of records */
            for (size_t l = 0; l < f->leaf_count; l++)
                if (f->leaves[l].record == order[i])
                    end = f->leaves[l].begin;
        slt_buffer_clear(&body);
        slt_buffer_append(&body, f->bytes->data + record->begin, end - record->begin);
        if (record->kind == 4)
            slt_pack_uint(&body, count);
        forge_append(out, &chain, body.data, body.size);
    }
    slt_buffer_free(&body);
}

/* Appends a pair to the map of names that all leaves of the record below `prefix` are in;
 * false where it has no such map. */
static inline bool forge_insert(const forge *f, size_t record, const char *prefix,
                                const char *name, slt_real number, slt_buffer *out)
{
    const forge_leaf *first = NULL, *last = NULL;
    for (size_t l = 0; l < f->leaf_count; l++)
        if (f->leaves[l].record == record &&
            !strncmp(f->leaves[l].path, prefix, strlen(prefix))) {
            first = first ? first : &f->leaves[l];
            last = &f->leaves[l];
        }
    if (!first)
        return false;
    slt_buffer value = {0};
    slt_buffer_byte(&value, (uint8_t)(f->bytes->data[first->begin - 1] + 1));
    slt_buffer_append(&value, f->bytes->data + first->begin, last->end - first->begin);
    slt_pack_text(&value, name);
    slt_pack_real(&value, number);
    const forge_leaf all = {
        .record = record, .begin = first->begin - 1, .end = last->end};
    forge_leaf_with(f, &all, &value, out);
    slt_buffer_free(&value);
    return true;
}

/* The nth leaf of that path; NULL where there is none. */
static inline const forge_leaf *forge_find(const forge *f, const char *path, size_t nth)
{
    for (size_t l = 0; l < f->leaf_count; l++)
        if (!strcmp(f->leaves[l].path, path) && nth-- == 0)
            return &f->leaves[l];
    return NULL;
}

#define FORGE_WAYS 4

/* Another value for a leaf, one of FORGE_WAYS ways; false where it has no such. */
static inline bool forge_value(const forge *f, const forge_leaf *leaf, size_t way,
                               slt_buffer *value)
{
    static const char *const statuses[] = {"", "done", "diverged", "overflow"};
    slt_pack_reader reader;
    slt_pack_reader_init(&reader, f->bytes->data, leaf->end, "x");
    reader.at = leaf->begin;
    slt_pack_item item = slt_pack_read(&reader);
    char text[64];
    slt_buffer_clear(value);
    switch (leaf->kind) {
    case SLT_PACK_UINT:
        slt_pack_uint(value, way ? item.value / 2 : item.value + 1);
        return way == 0 || (way == 1 && item.value);
    case SLT_PACK_REAL:
        if (way == 0)
            slt_pack_real(value, slt_real_add(item.real, slt_real_of(1)));
        else if (way == 1)
            slt_pack_nil(value);
        else
            slt_pack_real(value, slt_real_mul(slt_real_add(item.real, slt_real_of(0.125)),
                                              slt_real_of(0.5)));
        return way < 3;
    case SLT_PACK_NIL:
        slt_pack_real(value, slt_real_of(0.5));
        return way == 0;
    case SLT_PACK_TEXT:
        snprintf(text, sizeof text, "%.*s", (int)(item.span.size % 60), item.span.bytes);
        if (way)
            snprintf(text, sizeof text, "%s", statuses[way]);
        else
            text[0] = text[0] == 'q' ? 'r' : 'q';
        slt_pack_text(value, text);
        return way == 0 ||
               (strstr(leaf->path, "/status") && !forge_span_is(item.span, text));
    case SLT_PACK_BIN:
        slt_pack_bin(value, item.span.bytes, item.span.size);
        if (item.span.size)
            value->data[value->size - (way ? item.span.size : 1)] ^= 1;
        return item.span.size && way < 2;
    default:
        return false;
    }
}

#endif
