/* Writes a manifest from one run: the way back from a trace to a file that people
 * edit. */
#ifndef SLT_MANIFEST_MANIFEST_WRITE_H
#define SLT_MANIFEST_MANIFEST_WRITE_H

#include <sltrace/status.h>

#include "base/buffer.h"
#include "codec/value.h"
#include "num/tensor.h"

/* Appends a manifest of this one run as YAML: read again, its canonical form is that of
 * `run`, a tree as slt_canonical_read gives it.  What equals its default is left out.
 * comment: lines, each written after "# "; may be "".  SLT_FORMAT if a text begins with
 * '$', which a manifest takes for an axis of its sweep. */
slt_status slt_manifest_write(const char *name, const char *comment, const slt_value *run,
                              slt_buffer *out, slt_error *err);

/* The same with a sweep, whose axes stand in `run` as texts "$name". */
slt_status slt_manifest_write_swept(const char *name, const char *comment,
                                    const slt_value *sweep, const slt_value *run,
                                    slt_buffer *out, slt_error *err);
/* Appends a list in block style, each line behind `indent` blanks. */
void slt_manifest_write_list(size_t indent, const slt_value *list, slt_buffer *out);
/* SLT_FORMAT if a text in the value begins with '$'. */
slt_status slt_manifest_check_texts(const slt_value *value, slt_error *err);

/* The file that a weight is initialised from instead of its own. */
typedef struct slt_converted_init {
    const char *weight, *file, *sha256;
} slt_converted_init;

/* Writes a canonical run in another arithmetic.  inits: the new file of each weight that
 * is initialised from a file. */
slt_status slt_manifest_write_converted(const char *name, const char *comment,
                                        const uint8_t *bytes, size_t size,
                                        slt_arithmetic arithmetic,
                                        const slt_converted_init *inits, size_t count,
                                        slt_buffer *out, slt_error *err);

#endif
