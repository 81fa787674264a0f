/* Where, when and with what a trace was computed: JSON beside the trace, never hashed. */
#ifndef SLT_RUN_PROVENANCE_H
#define SLT_RUN_PROVENANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "learn/spec.h"

/* UTC now as "2026-01-31T12:00:00Z". */
void slt_provenance_now(char text[32]);

/* Appends the document.  Call it from a thread that computed the run, since it includes
 * that thread's floating-point environment.  started comes from slt_provenance_now;
 * resumed: an earlier program computed the beginning. */
void slt_provenance_print(const slt_run_spec *run, const char *started, bool resumed,
                          slt_buffer *out);
/* Whether these are the bytes of one document, whole, by the digest that it ends with. */
bool slt_provenance_whole(const uint8_t *bytes, size_t size);

#endif
