/* Fields of records: what bodies are made of.  Errors latch in the reader. */
#ifndef SLT_TRACE_TRACE_FIELDS_H
#define SLT_TRACE_TRACE_FIELDS_H

#include "trace/trace_scan.h"

/* A map of `least` keys, or up to `optional` more; returns how many. */
size_t slt_trace_read_fields(slt_pack_reader *reader, size_t least, size_t optional);
/* The key, then an unsigned integer of at most `most`. */
uint64_t slt_trace_read_uint(slt_pack_reader *reader, const char *key, uint64_t most);
/* A number; nil gives a NaN. */
slt_real slt_trace_read_real_or_nil(slt_pack_reader *reader);
/* Printable ASCII, as a span and as text that must fit. */
slt_pack_span slt_trace_read_name(slt_pack_reader *reader, char *name, size_t name_max);
/* The key "status", then a status. */
slt_run_status slt_trace_read_status(slt_pack_reader *reader);
/* bin of 16. */
slt_digest slt_trace_read_digest(slt_pack_reader *reader);
/* Whether each of `count` little-endian floats of `size` (4 or 8) bytes is finite. */
bool slt_bytes_finite(const uint8_t *bytes, size_t count, size_t size);

/* The list (malloc'ed, of `count` elements of `size` bytes) with a zeroed element more;
 * NULL without memory, the list then as before.  A list grows with what has been read,
 * never with what is announced. */
void *slt_trace_grow(slt_trace_scan *scan, const void *list, size_t count, size_t size);

#endif
