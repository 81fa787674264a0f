/* A value tree: what YAML and msgpack are read into, with places for messages. */
#ifndef SLT_RECORD_VALUE_H
#define SLT_RECORD_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/real.h>

typedef enum slt_value_kind {
    SLT_VALUE_NULL,
    SLT_VALUE_BOOL,
    SLT_VALUE_INT,  /* uint64 magnitude and sign */
    SLT_VALUE_REAL,
    SLT_VALUE_TEXT,
    SLT_VALUE_LIST,
    SLT_VALUE_MAP /* keys in the order written */
} slt_value_kind;

typedef struct slt_value slt_value;
struct slt_value {
    slt_value_kind kind;
    int line, column; /* 1-based; 0 where it has no place */
    bool truth;
    bool negative;
    uint64_t magnitude;
    slt_real real;
    char *text; /* text; for scalars from YAML also the spelling */
    slt_value *items; /* list items, or map values */
    char **keys;      /* map */
    int *key_lines, *key_columns;
    size_t count;
};

/* The value under key of a map, NULL where absent. */
const slt_value *slt_value_get(const slt_value *map, const char *key);
void slt_value_free(slt_value *value); /* what it owns, not the struct itself */
slt_status slt_value_clone(const slt_value *from, slt_value *to, slt_error *err);

#endif
