/* What a schema asks of a table of kinds, by their number. */
#ifndef SLT_BASE_SCHEMA_KINDS_H
#define SLT_BASE_SCHEMA_KINDS_H

#include "base/schema.h"

/* Defines PREFIX_name, PREFIX_meaning and PREFIX_fields of a kind: its word, what the
 * manual says behind it, and its own fields; NULL past the last.  `table` is an array of
 * pointers to rows that have these members. */
#define SLT_SCHEMA_KINDS(prefix, table)                                                  \
    const char *prefix##_name(size_t kind)                                               \
    {                                                                                    \
        return kind < sizeof(table) / sizeof *(table) ? (table)[kind]->name : NULL;      \
    }                                                                                    \
    const char *prefix##_meaning(size_t kind)                                            \
    {                                                                                    \
        return kind < sizeof(table) / sizeof *(table) ? (table)[kind]->meaning : NULL;   \
    }                                                                                    \
    const slt_schema *const *prefix##_fields(size_t kind)                                \
    {                                                                                    \
        return kind < sizeof(table) / sizeof *(table) ? (table)[kind]->fields : NULL;    \
    }

#endif
