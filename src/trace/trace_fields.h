/* Reads the fields that record bodies are made of.  Errors latch in the reader. */
#ifndef SLT_TRACE_TRACE_FIELDS_H
#define SLT_TRACE_TRACE_FIELDS_H

#include "trace/trace_scan.h"

/* The head of a map with `least` to `least + optional` keys; returns how many. */
size_t slt_trace_read_fields(slt_pack_reader *reader, size_t least, size_t optional);
/* The key, then an unsigned integer of at most `most`. */
uint64_t slt_trace_read_uint(slt_pack_reader *reader, const char *key, uint64_t most);
/* A number, or nil, which gives an absent one (NaN). */
slt_real slt_trace_read_real_or_nil(slt_pack_reader *reader);
/* A name of printable ASCII, returned as a span and copied to `name`, where it must
 * fit. */
slt_pack_span slt_trace_read_name(slt_pack_reader *reader, char *name, size_t name_max);
/* The key "status", then a status. */
slt_run_status slt_trace_read_status(slt_pack_reader *reader);
/* 16 bytes of msgpack's bin. */
slt_digest slt_trace_read_digest(slt_pack_reader *reader);
/* Whether each of `count` little-endian floats of `size` (4 or 8) bytes is finite. */
bool slt_bytes_finite(const uint8_t *bytes, size_t count, size_t size);

/* Lengthens the list (malloc'ed, `count` elements of `size` bytes) by one zeroed element;
 * NULL when out of memory, the list then unchanged.  A list grows as elements are read,
 * never to a length that the file merely claims. */
void *slt_trace_grow(slt_trace_scan *scan, const void *list, size_t count, size_t size);

#endif
