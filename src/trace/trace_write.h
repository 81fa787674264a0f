/* How the records of a trace are put together. */
#ifndef SLT_TRACE_TRACE_WRITE_H
#define SLT_TRACE_TRACE_WRITE_H

#include "trace/trace_writer.h"

/* Begins a record of about->kind (about: what its place in the order hangs on) and
 * returns where its body goes, after its kind. */
slt_buffer *slt_trace_begin(slt_trace_writer *writer, const slt_record *about);
/* Hashes the record and appends it; nothing where memory was short (latched). */
void slt_trace_finish(slt_trace_writer *writer);

/* tensor's bytes, as hashes cover them, after those that are there. */
void slt_trace_append_tensor(slt_buffer *bytes, const slt_tensor *tensor);
void slt_trace_pack_real(slt_buffer *out, slt_real value); /* nil if not finite */
void slt_trace_pack_result(slt_buffer *out, const slt_result *result); /* name, number */
void slt_trace_pack_digest(slt_buffer *out, slt_digest digest);

#endif
