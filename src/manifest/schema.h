/* The schema of a manifest: one table of rows from which every use of a field follows:
 * its checks and their messages, the canonical form, the run's spec, `sltrace new`, the
 * manual page and docs/manifest.md.
 *
 * base/schema.h says what a row is: kinds of data, ops, optimisers and samplers have the
 * rows of their own fields in their own files.  Canonical form of a run: the map of its
 * `run` part, fields in the order of the table, those equal to their default left out. */
#ifndef SLT_MANIFEST_SCHEMA_H
#define SLT_MANIFEST_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/manifest.h>
#include <sltrace/status.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/schema.h"
#include "codec/value.h"

/* The path of a value in a run, linked from the inside out, for messages. */
typedef struct slt_schema_path {
    const struct slt_schema_path *up;
    const char *key; /* NULL for an item, written `[index]` */
    size_t index;
} slt_schema_path;

/* What a walk over values needs besides row and value. */
typedef struct slt_schema_walk slt_schema_walk;
struct slt_schema_walk {
    const char *file;       /* for messages, "file:line:column: " */
    /* Values of the sweep axes in this run, and "run 7", for messages about one of them;
     * NULL where no value names an axis. */
    const slt_value *bound;
    const char *label;
    const char *const *axes;
    size_t axis_count;
    slt_arena *arena;  /* for the memory that filled structs own */
    slt_error *err;
    slt_manifest_errors
        *found; /* collects errors, so that a check goes on after one; NULL: it stops */
    /* Called for each `$name` that a check meets, with its row; may be NULL. */
    slt_status (*visit)(void *context, const slt_schema_walk *walk, const slt_schema *row,
                        const slt_schema_path *path, const slt_value *at);
    void *context;
};

extern const slt_schema slt_schema_run;      /* the `run` part: fills slt_run_spec */
extern const slt_schema slt_schema_manifest; /* the whole file */

/* The value in this run: for a `$name`, the value of its axis. */
static inline const slt_value *slt_schema_resolve(const slt_schema_walk *walk,
                                                  const slt_value *value)
{
    return value && value->axis > 0 ? &walk->bound[value->axis - 1] : value;
}

/* Iterates over the fields of a MAP (of a NAMED's item) in the schema's order, those of
 * its kinds where their OWN stands; a field that several kinds have comes once, with the
 * first of them.  Begun as {.row = row}, over the fields of all kinds.  With .walk and
 * .map too, over those that exist in this map. */
typedef struct slt_schema_fields {
    const slt_schema *row;
    const slt_schema_walk *walk;
    const slt_value *map;
    bool optional;    /* the current field may be missing in some maps of this row */
    size_t next;      /* of row->fields */
    size_t kind, own; /* inside an OWN: the next kind, and the next of its fields */
    bool follow;      /* ... whether any stand behind */
    bool behind;      /* ... of those */
    const slt_schema *const *chosen; /* inside an OWN: the fields of the map's kind */
} slt_schema_fields;
/* The next field; NULL after the last. */
const slt_schema *slt_schema_next(slt_schema_fields *at);

/* The field called key of a MAP; NULL if there is none. */
const slt_schema *slt_schema_field(const slt_schema *row, const char *key);
/* The same, but of fields of several kinds that are called so that of the map's kind. */
const slt_schema *slt_schema_field_in(const slt_schema_walk *walk, const slt_schema *row,
                                      const slt_value *map, const char *key);
/* Whether a field exists only in some maps of this row, and in which: "kind=a|b". */
bool slt_schema_conditional(const slt_schema *row, const slt_schema *field);
void slt_schema_print_when(const slt_schema *row, const slt_schema *field,
                           slt_buffer *out);
/* Whether a field exists in this map (its kind has it). */
bool slt_schema_applies(const slt_schema_walk *walk, const slt_schema *row,
                        const slt_schema *field, const slt_value *map);
/* A field's value in a map, resolved; its default if it is absent.  NULL if it has
 * neither, or does not exist in this map. */
const slt_value *slt_schema_value(const slt_schema_walk *walk, const slt_schema *row,
                                  const slt_schema *field, const slt_value *map);
/* The same of a field that exists in the map. */
const slt_value *slt_schema_given(const slt_schema_walk *walk, const slt_schema *field,
                                  const slt_value *map);
/* The alternative of an EITHER that takes a value of this kind; NULL if none does.  Any
 * other row is returned itself. */
const slt_schema *slt_schema_choose(const slt_schema *row, const slt_value *value);
/* The word at an index, NULL after the last; the index of a word, SIZE_MAX if unknown. */
const char *slt_schema_word(const slt_schema *row, size_t index);
size_t slt_schema_word_index(const slt_schema *row, const char *word);
/* The items of a LIST's value; a value that is not a list counts as one item. */
size_t slt_schema_items(const slt_value *list, const slt_value **items);

/* Whether two checked values (NULL if absent) mean the same. */
bool slt_schema_equal(const slt_schema_walk *walk, const slt_schema *row,
                      const slt_value *a, const slt_value *b);

/* Checks a value and everything in it.  SLT_FORMAT with line, column, path, what was
 * expected and what was found. */
slt_status slt_schema_check(const slt_schema_walk *walk, const slt_schema *row,
                            const slt_schema_path *path, const slt_value *value);
/* Whether a check goes on after this status: it was no failure, or more errors are wanted
 * (up to a number that bounds the work). */
static inline bool slt_schema_goes_on(const slt_schema_walk *walk, slt_status status)
{
    return !status || (status == SLT_FORMAT && walk->found &&
                       walk->found->count < SLT_MANIFEST_ERRORS_SOUGHT);
}
/* Reports such a failure: "file:line:column: path: message". */
slt_status slt_schema_fail(const slt_schema_walk *walk, const slt_schema_path *path,
                           const slt_value *at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* "run.model.ops[1].weight"; nothing for NULL, which is the whole file. */
void slt_schema_path_print(const slt_schema_path *path, slt_buffer *out);

/* Fills a struct from a checked value; NULL fills zeros.  base: the enclosing struct. The
 * walk's arena says if memory was short. */
void slt_schema_fill(const slt_schema_walk *walk, const slt_schema *row,
                     const slt_value *value, void *base);

/* What a field means; if its words have meanings, "a: ...; b: ...". */
void slt_schema_print_meaning(const slt_schema *row, slt_buffer *out);
/* "a whole number from 1 to 64", "one of zero, normal", ...; "a number > 0". */
void slt_schema_print_expected(const slt_schema *row, slt_buffer *out);
/* A value as found, for messages: bounded, printable. */
void slt_schema_print_found(const slt_value *value, slt_buffer *out);

#endif
