/* Shorthands for rows of schemas. */
#ifndef SLT_BASE_SCHEMA_ROWS_H
#define SLT_BASE_SCHEMA_ROWS_H

#include "base/schema.h"

/* The struct member that a row fills. */
#define AT(type, member)                                                                 \
    .offset = offsetof(type, member), .size = sizeof(((type *)0)->member)
/* Items of an array member, and where their number goes. */
#define COUNT(type, member)                                                              \
    .count_offset = offsetof(type, member), .count_size = sizeof(((type *)0)->member)
#define FLAG(type, member)                                                               \
    .flag_offset = offsetof(type, member), .flag_size = sizeof(((type *)0)->member)
/* A parameter of one kind, in the struct that its own file lays over `own`. */
#define OWN(type, struct, member)                                                        \
    .offset = offsetof(type, own) + offsetof(struct, member),                            \
    .size = sizeof(((struct *)0)->member)
#define OWN_FLAG(type, struct, member)                                                   \
    .flag_offset = offsetof(type, own) + offsetof(struct, member),                       \
    .flag_size = sizeof(((struct *)0)->member)
/* An item of a list: it stands at the start of its slot. */
#define ITEM(type) .size = sizeof(type)

/* A member that points to a text, or to an array of items with their number. */
#define OWNED_TEXT(type, member) AT(type, member), .owned = true
#define OWNED(type, member, count)                                                       \
    AT(type, member), COUNT(type, count), .owned = true,                                 \
                                          .item_size = sizeof *((type *)0)->member
/* An item that is a pointer to a text. */
#define TEXT_ITEM .size = sizeof(char *), .owned = true
#define TAG(type, member, value)                                                         \
    .tag_offset = offsetof(type, member), .tag_size = sizeof(((type *)0)->member),       \
    .tag = (value)
#define PLACE(type, member)                                                              \
    .place_offset = offsetof(type, member), .place_size = sizeof(((type *)0)->member)

/* The own fields of a kind. */
#define FIELD_LIST(...) ((const slt_schema *const[]){__VA_ARGS__, NULL})
#define FIELDS(array) .fields = (array), .field_count = sizeof(array) / sizeof(array)[0]
#define ONE(row) .fields = &(row), .field_count = 1
#define WORDS(...)                                                                       \
    .words = (const char *const[])                                                       \
    {                                                                                    \
        __VA_ARGS__, NULL                                                                \
    }

/* Defaults. */
#define INT_VALUE(n)                                                                     \
    {                                                                                    \
        .kind = SLT_VALUE_INT, .magnitude = (n)                                          \
    }
#define REAL_VALUE(pattern)                                                              \
    {                                                                                    \
        .kind = SLT_VALUE_REAL, .real = { UINT64_C(pattern) }                            \
    }
#define TEXT_VALUE(words)                                                                \
    {                                                                                    \
        .kind = SLT_VALUE_TEXT, .text = (char *)(words)                                  \
    }
#define PRESET(...) .preset = &(const slt_value)__VA_ARGS__
#define PRESET_NO PRESET({.kind = SLT_VALUE_BOOL, .truth = false})
#define PRESET_YES PRESET({.kind = SLT_VALUE_BOOL, .truth = true})
#define PRESET_LIST(n, ...)                                                              \
    PRESET({.kind = SLT_VALUE_LIST, .items = (slt_value[]){__VA_ARGS__}, .count = (n)})
#define PRESET_NONE PRESET({.kind = SLT_VALUE_LIST})
#define PRESET_MAP PRESET({.kind = SLT_VALUE_MAP})

/* Limits that several rows share. */
#define SAMPLES_MAX (UINT64_C(1) << 24)
#define WIDTH_MAX (UINT64_C(1) << 24) /* of a value or a weight */
#define WORD32_MAX UINT32_MAX         /* steps and updates fill one counter word */

#endif
