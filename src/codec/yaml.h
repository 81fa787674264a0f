/* The part of YAML that manifests need: one document of block or flow maps, lists and
 * scalars, read into a tree in which every value has its line and column.  Anchors,
 * aliases, tags, directives, merge keys, repeated keys, keys that are not scalars and
 * further documents are refused. */
#ifndef SLT_CODEC_YAML_H
#define SLT_CODEC_YAML_H

#include <stddef.h>

#include <sltrace/status.h>

#include "codec/value.h"

#define SLT_YAML_BYTES_MAX (1u << 20)
#define SLT_YAML_DEPTH_MAX 32
#define SLT_YAML_NODES_MAX 100000 /* keys count as values */

/* Messages begin with "path:line:column: ".  On failure *value owns nothing. */
slt_status slt_yaml_parse(const char *text, size_t size, const char *path,
                          slt_value *value, slt_error *err);

#endif
