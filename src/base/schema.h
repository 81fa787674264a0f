/* Descriptions of fields: a row says what a value of a manifest may be, what it is where
 * absent, and which member of which struct it fills.  Plain data: manifest/schema.h reads
 * by it. */
#ifndef SLT_BASE_SCHEMA_H
#define SLT_BASE_SCHEMA_H

#include "base/value.h"

typedef enum slt_schema_type {
    SLT_SCHEMA_INT,  /* whole number in [least, most]; canonical: unsigned integer */
    SLT_SCHEMA_REAL, /* finite number in range, whole or not; canonical: binary64 */
    SLT_SCHEMA_BOOL,
    SLT_SCHEMA_WORD,           /* one of the row's words; canonical: text */
    SLT_SCHEMA_METRIC,         /* a metric of checkpoints: one of the row's words, or
                                  metric/NAME, val/metric/NAME; canonical: text */
    SLT_SCHEMA_NAME,           /* a letter or _, then letters, digits, _; at most 31 */
    SLT_SCHEMA_TENSOR_NAME,    /* of a weight or a value: also with dots; at most 63 */
    SLT_SCHEMA_ID,             /* one to `most` of a-z 0-9 _ - */
    SLT_SCHEMA_HEX,            /* `most` digits 0-9 a-f */
    SLT_SCHEMA_TEXT,           /* printable text of 1 to `most` bytes */
    SLT_SCHEMA_SCALAR,         /* text or number; unhashed parts only */
    SLT_SCHEMA_AXIS,           /* the name of a sweep axis; unhashed parts only */
    SLT_SCHEMA_AXIS_REFERENCE, /* $name of a sweep axis; unhashed parts only */
    SLT_SCHEMA_WHERE,          /* map of axis -> scalar; unhashed parts only */
    SLT_SCHEMA_MAP,            /* the row's fields */
    SLT_SCHEMA_LIST,           /* least to most items as fields[0] has them */
    SLT_SCHEMA_SET,    /* list of distinct words; canonical: in the order of the words */
    SLT_SCHEMA_NAMED,  /* map of name -> map with fields[0]'s fields; canonical: array of
                          these maps, each with `name` put first */
    SLT_SCHEMA_EITHER, /* as the first of `fields` that takes a value of its kind */
    SLT_SCHEMA_APART,  /* sweep, run, pins: checked by code of their own */
    SLT_SCHEMA_OWN     /* in a map: here come the fields of `own_of` */
} slt_schema_type;

typedef enum slt_schema_range {
    SLT_RANGE_FINITE,
    SLT_RANGE_POSITIVE,
    SLT_RANGE_NOT_NEGATIVE,
    SLT_RANGE_FRACTION /* 0 <= value < 1 */
} slt_schema_range;

/* Words "a|b" that people expect and that are none, and what is said of them. */
typedef struct slt_schema_absent {
    const char *words, *why;
} slt_schema_absent;

typedef struct slt_schema slt_schema;
struct slt_schema {
    const char *key;
    slt_schema_type type;
    const char *meaning;
    const char *when, *is;   /* it exists where the enclosing map's field `when` has the
                                word `is`; NULL: always */
    const slt_value *preset; /* the default; NULL: none */
    bool optional;           /* absent means something of its own */
    bool unhashed; /* says where something lies, not what it is: canonical forms leave it
                      out, so that it is also optional */
    uint64_t least, most;
    slt_schema_range range;
    const char *const *words;                /* NULL-terminated, or ... */
    const char *(*word_of)(size_t index);    /* ... by index, NULL past the end */
    const char *(*meaning_of)(size_t index); /* no `meaning`: what follows each
                                                 word, after a colon or as it stands
                                                 where it begins with a blank; NULL:
                                                 nothing */
    const slt_schema_absent *absent; /* of a WORD; ended by a row of NULL; NULL: none */
    /* OWN: the map's field `key` chooses a kind by its word; these are the fields that
     * the kind of that index has beside those of all kinds, NULL-terminated; NULL past
     * the last kind.  A field that several kinds have is one row in all their lists.
     * Fields stand in the order in which the kinds first name them, those that are
     * `behind` after the others. */
    const slt_schema *const *(*own_of)(size_t kind);
    const slt_schema *fields;
    size_t field_count;
    bool results;       /* METRIC: also step and mark/NAME */
    bool tensors;       /* NAMED: the names are those of weights */
    bool told;          /* MAP: its fields are those of another, told there alone */
    bool lone;          /* LIST: one item may stand without brackets */
    const char *also;   /* other names "a|b" that people give it, for suggestions */
    const char *sample; /* YAML that `sltrace new` writes; "": the first word */
    /* The struct member it fills, in the enclosing map's struct; size 0: none.  INT,
     * BOOL, WORD (its index + first), AXIS and AXIS_REFERENCE (its number): an integer of
     * that size, 1, 4 or 8; NAME, TENSOR_NAME, TEXT, HEX, and a WORD of another size:
     * char[] and a NUL; METRIC: a slt_quantity; LIST: an array of fields[0]'s size,
     * their number at count_offset; SET: a bool for each word; WHERE: a slt_where.  MAP,
     * EITHER: the struct that their fields fill. */
    size_t offset, size, first;
    size_t count_offset, count_size;
    /* The member points to what the value has: a text, or an array of items of this size,
     * taken from the walk's arena; NULL if the value is absent.  A MAP fills an array
     * of one item, or where it is `each` of one for each of its entries as written, with
     * the entry's key as a NAMED has it. */
    bool owned, each;
    size_t item_size;
    /* Where absent, it leaves its members alone: other rows fill them too. */
    bool shared;
    bool behind; /* of a kind: its place is behind the fields of kinds that are not so */
    size_t tag_offset, tag_size, tag; /* an integer stored where the field is there */
    size_t place_offset, place_size;  /* a slt_manifest_place: where its value stands */
    size_t flag_offset, flag_size;    /* a bool: whether the field is there */
};

#endif
