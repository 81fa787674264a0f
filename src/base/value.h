/* A value as text has it: scalars, lists and maps, with places for messages.
 * codec/value.h works on them; here is what they are, so that any room may write one
 * down. */
#ifndef SLT_BASE_VALUE_H
#define SLT_BASE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/real.h>

typedef enum slt_value_kind {
    SLT_VALUE_NULL,
    SLT_VALUE_BOOL,
    SLT_VALUE_INT, /* uint64 magnitude and sign */
    SLT_VALUE_REAL,
    SLT_VALUE_TEXT,
    SLT_VALUE_LIST,
    SLT_VALUE_MAP /* keys in the order written */
} slt_value_kind;

typedef struct slt_value slt_value;
struct slt_value {
    slt_value_kind kind;
    int line, column; /* 1-based; 0 if it has no place */
    int axis;         /* 1 + the sweep axis that stands here as `$name`; -1 where no axis
                         has that name; else 0 */
    bool truth;
    bool negative;
    uint64_t magnitude;
    slt_real real;    /* REAL; an INT from YAML has its nearest binary64 here */
    char *text;       /* text; for scalars from YAML also the spelling */
    slt_value *items; /* list items, or map values */
    char **keys;      /* map */
    int *key_lines, *key_columns;
    size_t count;
};

#endif
