/* A manifest written from one run: the way back from a trace to a file that people edit.
 */
#ifndef SLT_MANIFEST_MANIFEST_WRITE_H
#define SLT_MANIFEST_MANIFEST_WRITE_H

#include <sltrace/status.h>

#include "base/buffer.h"
#include "codec/value.h"

/* Appends a manifest of this one run as YAML: read again, its canonical form is that of
 * `run`, a tree as slt_canonical_read gives it.  What equals its default is left out.
 * comment: lines, each put behind "# "; may be "".  SLT_FORMAT where a text begins with
 * '$', which a manifest takes for an axis of its sweep. */
slt_status slt_manifest_write(const char *name, const char *comment, const slt_value *run,
                              slt_buffer *out, slt_error *err);

#endif
