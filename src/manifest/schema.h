/* The schema of a manifest: one table of rows that drives every use of a field: checks
 * and their messages, the canonical form, the run's spec, `sltrace new`, the manual page
 * and docs/manifest.md.
 *
 * A row says what a value may be, what it is where absent, and which member of which
 * struct of the rooms below it fills.  Canonical form of a run: the map of its `run`
 * part, fields in the order of the table, those equal to their default left out. */
#ifndef SLT_MANIFEST_SCHEMA_H
#define SLT_MANIFEST_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/manifest.h>
#include <sltrace/status.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "codec/value.h"

typedef enum slt_schema_type {
    SLT_SCHEMA_INT,  /* whole number in [least, most]; canonical: unsigned integer */
    SLT_SCHEMA_REAL, /* finite number in range, whole or not; canonical: binary64 */
    SLT_SCHEMA_BOOL,
    SLT_SCHEMA_WORD,           /* one of the row's words; canonical: text */
    SLT_SCHEMA_NAME,           /* a letter or _, then letters, digits, _; at most 31 */
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
    SLT_SCHEMA_APART   /* sweep, run, pins: checked by code of their own */
} slt_schema_type;

typedef enum slt_schema_range {
    SLT_RANGE_FINITE,
    SLT_RANGE_POSITIVE,
    SLT_RANGE_NOT_NEGATIVE,
    SLT_RANGE_FRACTION /* 0 <= value < 1 */
} slt_schema_range;

typedef struct slt_schema slt_schema;
struct slt_schema {
    const char *key;
    slt_schema_type type;
    const char *meaning;
    const char *when;        /* "kind=a|b": it exists where the enclosing map's field
                                `kind` has one of these values; NULL: always */
    const slt_value *preset; /* the default; NULL: none */
    bool optional;           /* absent means something of its own */
    uint64_t least, most;
    slt_schema_range range;
    const char *const *words;             /* NULL-terminated, or ... */
    const char *(*word_of)(size_t index); /* ... by index, NULL past the end */
    const slt_schema *fields;
    size_t field_count;
    bool lone;          /* LIST: one item may stand without brackets */
    const char *also;   /* other names "a|b" that people give it, for suggestions */
    const char *sample; /* YAML that `sltrace new` writes */
    /* The struct member it fills, in the enclosing map's struct; size 0: none.  INT,
     * BOOL, WORD (its index + first), AXIS and AXIS_REFERENCE (its number): an integer of
     * that size, 1, 4 or 8; NAME, TEXT, HEX, and a WORD of another size: char[] and a
     * NUL; LIST: an array whose items have fields[0]'s size, their number at
     * count_offset; SET: a bool for each word; WHERE: a slt_where.  MAP, EITHER: the
     * struct that their fields fill. */
    size_t offset, size, first;
    size_t count_offset, count_size;
    /* The member points to what the value has: a text, or an array of items of this size,
     * taken from the walk's arena; NULL where the value is absent.  A MAP fills an array
     * of one item, or where it is `each` of one for each of its entries as written, with
     * the entry's key as a NAMED has it. */
    bool owned, each;
    size_t item_size;
    /* Where absent, it leaves its members alone: other rows fill them too. */
    bool shared;
    size_t tag_offset, tag_size, tag; /* an integer stored where the field is there */
    size_t place_offset, place_size;  /* a slt_manifest_place: where its value stands */
    size_t flag_offset, flag_size;    /* a bool: whether the field is there */
};

/* Where a value is in a run, linked from the inside out, for messages. */
typedef struct slt_schema_path {
    const struct slt_schema_path *up;
    const char *key; /* NULL: an item, `[index]` */
    size_t index;
} slt_schema_path;

/* What a walk over values needs beside row and value. */
typedef struct slt_schema_walk slt_schema_walk;
struct slt_schema_walk {
    const char *file;       /* for messages, "file:line:column: " */
    const slt_value *bound; /* values of the sweep axes in this run; NULL: none */
    const char *const *axes;
    size_t axis_count;
    const char *label; /* "run 7", said where a value came from an axis */
    slt_arena *arena;  /* what filling takes memory from, where rows own some */
    slt_error *err;
    slt_manifest_errors
        *found; /* where a check goes on behind an error; NULL: it ends there */
    /* Called for each `$name` that a check meets, with its row; NULL: nothing is. */
    slt_status (*visit)(void *context, const slt_schema_walk *walk, const slt_schema *row,
                        const slt_schema_path *path, const slt_value *at);
    void *context;
};

extern const slt_schema slt_schema_run;      /* the `run` part: fills slt_run_spec */
extern const slt_schema slt_schema_manifest; /* the whole file */

/* The value that stands at `value` in this run: an axis' value for `$name`. */
static inline const slt_value *slt_schema_resolve(const slt_schema_walk *walk,
                                                  const slt_value *value)
{
    return value && value->axis > 0 && walk->bound ? &walk->bound[value->axis - 1]
                                                   : value;
}

/* The row called key of a MAP (or of a NAMED's item), NULL where there is none. */
const slt_schema *slt_schema_field(const slt_schema *row, const char *key);
/* Whether a field exists in this map (its kind has it). */
bool slt_schema_applies(const slt_schema_walk *walk, const slt_schema *row,
                        const slt_schema *field, const slt_value *map);
/* A field's value in a map, resolved; its default where absent; NULL where it is absent
 * and has none, or does not exist in this map. */
const slt_value *slt_schema_value(const slt_schema_walk *walk, const slt_schema *row,
                                  const slt_schema *field, const slt_value *map);
/* Which alternative of an EITHER takes a value of this kind; NULL for none.  Any other
 * row is its own alternative. */
const slt_schema *slt_schema_choose(const slt_schema *row, const slt_value *value);
/* Word by index, NULL past the end; and the index of a word, SIZE_MAX where unknown. */
const char *slt_schema_word(const slt_schema *row, size_t index);
size_t slt_schema_word_index(const slt_schema *row, const char *word);
/* The items of a LIST's value: a lone one counts as one. */
size_t slt_schema_items(const slt_value *list, const slt_value **items);

/* Whether two checked values (NULL: absent) mean the same. */
bool slt_schema_equal(const slt_schema_walk *walk, const slt_schema *row,
                      const slt_value *a, const slt_value *b);

/* Checks a value and all that is in it: SLT_FORMAT with place, path, what was expected
 * and what was found. */
slt_status slt_schema_check(const slt_schema_walk *walk, const slt_schema *row,
                            const slt_schema_path *path, const slt_value *value);
/* Whether a check goes on behind this status: it was no failure, or others are wanted,
 * up to a number that bounds the work. */
static inline bool slt_schema_goes_on(const slt_schema_walk *walk, slt_status status)
{
    return !status || (status == SLT_FORMAT && walk->found &&
                       walk->found->count < SLT_MANIFEST_ERRORS_SOUGHT);
}
/* That failure, for checks of other files: "file:line:column: path: message". */
slt_status slt_schema_fail(const slt_schema_walk *walk, const slt_schema_path *path,
                           const slt_value *at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* "run.model.ops[1].weight"; nothing for NULL, the file itself. */
void slt_schema_path_print(const slt_schema_path *path, slt_buffer *out);

/* Fills a struct from a checked value; NULL fills zeros.  base: the enclosing struct. The
 * walk's arena tells where memory was short. */
void slt_schema_fill(const slt_schema_walk *walk, const slt_schema *row,
                     const slt_value *value, void *base);

/* "a whole number from 1 to 64", "one of zero, normal", ...; "a number > 0". */
void slt_schema_print_expected(const slt_schema *row, slt_buffer *out);
/* A value as found, for messages: bounded, printable. */
void slt_schema_print_found(const slt_value *value, slt_buffer *out);

#endif
