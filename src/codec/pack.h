/* msgpack in a strict profile, so that a value has exactly one encoding.
 *
 * The profile: nil, booleans, integers in the shortest form (non-negative ones always in
 * an unsigned form), binary64 (finite; never binary32), str (valid UTF-8), bin, arrays
 * and maps, lengths in the shortest form, at most SLT_PACK_DEPTH_MAX containers deep.
 * Map keys are str of printable ASCII, not repeated.  No ext types.  Which keys a map
 * has, and their order, is for the schema of what is written. */
#ifndef SLT_CODEC_PACK_H
#define SLT_CODEC_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/real.h>
#include <sltrace/status.h>

#include "base/buffer.h"

#define SLT_PACK_DEPTH_MAX 32

/* Bytes inside what is read, without a terminator. */
typedef struct slt_pack_span {
    const uint8_t *bytes;
    size_t size;
} slt_pack_span;

/* Writing.  Each call appends one item, or the head of a container, to the buffer, whose
 * latch tells at the end whether memory sufficed.  The head of an array is followed by
 * `count` items, that of a map by `count` keys, each with its value behind it.  Writing
 * what the profile excludes, such as a real that is not finite, is a broken invariant. */
void slt_pack_nil(slt_buffer *out);
void slt_pack_bool(slt_buffer *out, bool value);
void slt_pack_uint(slt_buffer *out, uint64_t value);
void slt_pack_int(slt_buffer *out, int64_t value);
void slt_pack_real(slt_buffer *out, slt_real value);
void slt_pack_text(slt_buffer *out, const char *text);
void slt_pack_text_span(slt_buffer *out, slt_pack_span text);
void slt_pack_bin(slt_buffer *out, const void *bytes, size_t size);
/* The head of a bin whose `size` bytes the caller appends. */
void slt_pack_bin_head(slt_buffer *out, size_t size);
void slt_pack_array(slt_buffer *out, size_t count);
void slt_pack_map(slt_buffer *out, size_t count);

/* Reading.  A cursor over bytes that latches its first error; after one, every read
 * returns zero, an empty span or an empty container and moves nothing.  A length in the
 * bytes is never believed beyond the bytes that are left, and nothing is allocated. */
typedef enum slt_pack_kind {
    SLT_PACK_NONE, /* no bytes left, or no type of the profile */
    SLT_PACK_NIL,
    SLT_PACK_BOOL,
    SLT_PACK_UINT,
    SLT_PACK_NEGATIVE, /* an integer below zero */
    SLT_PACK_REAL,
    SLT_PACK_TEXT,
    SLT_PACK_BIN,
    SLT_PACK_ARRAY,
    SLT_PACK_MAP
} slt_pack_kind;

typedef struct slt_pack_item {
    slt_pack_kind kind;
    size_t offset; /* of its first byte */
    bool truth;
    uint64_t value; /* UINT; NEGATIVE: the magnitude, -value */
    slt_real real;
    slt_pack_span span; /* TEXT, BIN */
    size_t count;       /* ARRAY: items, MAP: pairs */
} slt_pack_item;

typedef struct slt_pack_reader {
    const uint8_t *bytes;
    size_t size;
    size_t at;                         /* of the next byte */
    const char *name;                  /* of what is read, for messages */
    size_t depth;                      /* containers open */
    uint64_t left[SLT_PACK_DEPTH_MAX]; /* items still to come in each open container */
    bool failed;
    size_t failed_at; /* byte offset of the first error */
    slt_error error;
} slt_pack_reader;

void slt_pack_reader_init(slt_pack_reader *reader, const void *bytes, size_t size,
                          const char *name);
/* Latches an error that the caller found at a byte offset: "name: byte N: ...". */
void slt_pack_reader_fail(slt_pack_reader *reader, size_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Ends reading: SLT_FORMAT with the first error, or where bytes are left. */
slt_status slt_pack_reader_end(slt_pack_reader *reader, slt_error *err);

/* The kind of the next item, without reading it. */
slt_pack_kind slt_pack_peek(const slt_pack_reader *reader);
/* "a map", "an unsigned integer", ... for messages. */
const char *slt_pack_kind_words(slt_pack_kind kind);
/* Reads the next item, or the head of the next container. */
slt_pack_item slt_pack_read(slt_pack_reader *reader);

/* Read the next item, which must be of that kind. */
void slt_pack_read_nil(slt_pack_reader *reader);
uint64_t slt_pack_read_uint(slt_pack_reader *reader);
slt_real slt_pack_read_real(slt_pack_reader *reader);
slt_pack_span slt_pack_read_text(slt_pack_reader *reader);
slt_pack_span slt_pack_read_bin(slt_pack_reader *reader);
size_t slt_pack_read_array(slt_pack_reader *reader);
size_t slt_pack_read_map(slt_pack_reader *reader);
/* Reads a map's key: str of printable ASCII, at least one character. */
slt_pack_span slt_pack_read_key(slt_pack_reader *reader);
/* Reads the next key, which must be `key`. */
void slt_pack_expect_key(slt_pack_reader *reader, const char *key);
/* Whether the next item is the key `key`; if so, reads it. */
bool slt_pack_accept_key(slt_pack_reader *reader, const char *key);

/* Copies a span's bytes as text; false if they do not fit or contain a NUL. */
bool slt_pack_span_text(slt_pack_span span, char *text, size_t text_max);

/* Checks that bytes are exactly one item of the profile, without repeated map keys, and
 * that writing what was read gives the same bytes.  SLT_FORMAT with the byte offset. */
slt_status slt_pack_validate(const void *bytes, size_t size, const char *name,
                             slt_error *err);

#endif
