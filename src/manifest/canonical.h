/* The canonical form of a run: msgpack in schema order, defaults left out. */
#ifndef SLT_MANIFEST_CANONICAL_H
#define SLT_MANIFEST_CANONICAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/status.h>

#include "base/buffer.h"
#include "manifest/schema.h"
#include "num/tensor.h"

/* Appends the canonical form of a checked value, or of a run with row slt_schema_run. */
void slt_canonical_encode(const slt_schema_walk *walk, const slt_schema *row,
                          const slt_value *value, slt_buffer *out);

/* Reads canonical bytes of a run into a tree like the one that its YAML gives. SLT_FORMAT
 * unless the tree passes the schema and is encoded to the same bytes again.  On failure
 * *run owns nothing. */
slt_status slt_canonical_read(const uint8_t *bytes, size_t size, slt_value *run,
                              slt_error *err);

/* The path and both values of the first field in which two runs, given as canonical
 * bytes, differ; *differs is false if there is none. */
slt_status slt_canonical_difference(const uint8_t *ours, size_t ours_size,
                                    const uint8_t *theirs, size_t theirs_size,
                                    slt_buffer *field, slt_buffer *a, slt_buffer *b,
                                    bool *differs, slt_error *err);

/* Whether two runs, given as canonical bytes, are trained alike: they differ at most in
 * their estimates and in which checkpoints hold the state. */
slt_status slt_canonical_trained_alike(const uint8_t *ours, size_t ours_size,
                                       const uint8_t *theirs, size_t theirs_size,
                                       bool *alike, slt_error *err);

/* Appends the canonical form of the same run in another arithmetic; SLT_FORMAT if the run
 * is not possible in it. */
slt_status slt_canonical_convert(const uint8_t *bytes, size_t size,
                                 slt_arithmetic arithmetic, slt_buffer *out,
                                 slt_error *err);

#endif
