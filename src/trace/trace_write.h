/* How the records of a trace are built: what the files that write them share. */
#ifndef SLT_TRACE_TRACE_WRITE_H
#define SLT_TRACE_TRACE_WRITE_H

#include "trace/trace_writer.h"

/* Begins a record of about->kind and returns the buffer that its body is appended to.
 * Of `about` only the fields that decide the order of records are read. */
slt_buffer *slt_trace_begin(slt_trace_writer *writer, const slt_record *about);
/* Hashes the record and appends it to the trace; nothing if memory was short
 * (latched). */
void slt_trace_finish(slt_trace_writer *writer);

/* Appends the tensor's bytes, in the form that hashes are taken over. */
void slt_trace_append_tensor(slt_buffer *bytes, const slt_tensor *tensor);
/* Packs a tensor of a checkpoint from its bytes, with them if they are to be stored. */
void slt_trace_pack_tensor(slt_buffer *out, const char *name, const char *type,
                           size_t rows, size_t cols, const slt_buffer *bytes, bool store);
void slt_trace_pack_result(slt_buffer *out, const slt_result *result); /* name, number */
void slt_trace_pack_digest(slt_buffer *out, slt_digest digest);

#endif
