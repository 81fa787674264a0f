/* The writer of <sltrace/json.h> from within. */
#ifndef SLT_CODEC_JSON_H
#define SLT_CODEC_JSON_H

#include <sltrace/json.h>

#include "base/buffer.h"

/* All zero: nothing is written yet. */
struct slt_json {
    slt_buffer text;
    size_t depth; /* brackets that are open */
    bool comma;   /* one belongs before the next item, ... */
    bool keyed;   /* ... but not where that is the value of a key */
    bool lines;   /* for reading: a line a member of the outermost object, and blanks
                     behind colons and commas */
};

/* A text that may hold NUL. */
void slt_json_bytes(slt_json *json, const void *bytes, size_t size);
/* A key that may. */
void slt_json_key_bytes(slt_json *json, const void *bytes, size_t size);
/* The negative whole number of this magnitude. */
void slt_json_negative(slt_json *json, uint64_t magnitude);

#endif
