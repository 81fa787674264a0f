/* Names of manifests. */
#ifndef SLT_MANIFEST_NAME_H
#define SLT_MANIFEST_NAME_H

#include <stdbool.h>

/* Words of a-z 0-9 . _ - joined by slashes, none of them only dots; at most 127 bytes. */
bool slt_manifest_name_valid(const char *name);

#endif
