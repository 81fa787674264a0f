/* Parts of <sltrace/show.h>. */
#ifndef SLT_REPORT_SHOW_H
#define SLT_REPORT_SHOW_H

#include <sltrace/show.h>

#include "base/buffer.h"

/* Canonical bytes (of the strict profile) as readable YAML, each line indented by
 * `indent` spaces, or as JSON. Where the bytes are not of the profile it stops early. */
void slt_show_packed_yaml(const uint8_t *bytes, size_t size, int indent, slt_buffer *out);
void slt_show_packed_json(const uint8_t *bytes, size_t size, slt_json *json);

void slt_show_trace_json(const slt_trace *trace, const char *name, slt_json *json);

/* Hands the buffer's bytes over as malloc'ed text; SLT_RESOURCE where it failed. */
slt_status slt_show_take(slt_buffer *out, char **text, slt_error *err);

#endif
