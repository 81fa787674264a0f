/* What the files show*.c share. */
#ifndef SLT_REPORT_SHOW_H
#define SLT_REPORT_SHOW_H

#include <sltrace/show.h>

#include "base/buffer.h"

/* Writes canonical bytes (of the strict profile) as readable YAML, each line indented by
 * `indent` spaces, or as JSON. Stops early if the bytes are not of the profile. */
void slt_show_packed_yaml(const uint8_t *bytes, size_t size, int indent, slt_buffer *out);
void slt_show_packed_json(const uint8_t *bytes, size_t size, slt_json *json);

void slt_show_trace_json(const slt_trace *trace, const char *name, slt_json *json);

/* Gives the buffer's bytes to the caller as malloc'ed text; SLT_RESOURCE if memory ran
 * out. */
slt_status slt_show_take(slt_buffer *out, char **text, slt_error *err);

#endif
