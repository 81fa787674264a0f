#include "figure/expr.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "manifest/expression.h"
#include "num/scalar.h"

#define NAME_MAX_SIZE 128

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* Where the values of names come from. */
typedef struct name_sources {
    const slt_table *table;
    const slt_manifest *manifest;
} name_sources;

/* A name being read.  It is answered by its size and value, or by how far into it the
 * error is and the reason. */
typedef struct name_reader {
    const slt_table *table;
    const slt_manifest *manifest;
    const char *text;
    size_t *size;
    slt_real *value;
    slt_error *why;
} name_reader;

static slt_expression_name name_unknown(const name_reader *r, const char *at,
                                        const char *why)
{
    *r->size = (size_t)(at - r->text);
    slt_fail(r->why, SLT_FORMAT, "%s", why);
    return SLT_NAME_UNKNOWN;
}

static slt_expression_name name_known(const name_reader *r, const char *end,
                                      slt_real value)
{
    *r->size = (size_t)(end - r->text);
    *r->value = value;
    return SLT_NAME_KNOWN;
}

/* Copies `size` letters; false if they do not fit. */
static bool copy_letters(char *to, size_t room, const char *from, size_t size)
{
    if (size >= room)
        return false;
    memcpy(to, from, size);
    to[size] = 0;
    return true;
}

/* Where the bracket ends that was opened before `from`; pairs may stand in it.  At the
 * end of the text if it does not. */
static const char *bracket_end(const char *from)
{
    for (int depth = 0; *from && (depth || *from != ']'); from++)
        depth += *from == '[' ? 1 : *from == ']' ? -1 : 0;
    return from;
}

/* ---- row[...] ---------------------------------------------------------------------- */

static slt_expression_name name_of_row(const name_reader *r, const slt_table_row *row,
                                       const char *member, const char *end)
{
    if (!row)
        return name_unknown(r, r->text, "no such row in the figure's data, or several");
    if (!strcmp(member, "value"))
        return name_known(r, end, row->value);
    if (!strcmp(member, "error"))
        return row->has_error ? name_known(r, end, row->error)
                              : name_unknown(r, r->text, "that row has no error");
    if (!strcmp(member, "n"))
        return row->has_n ? name_known(r, end, slt_real_from_u64(row->n))
                          : name_unknown(r, r->text, "that row has no n");
    return name_unknown(r, end - strlen(member), "expected .value, .error or .n");
}

/* row[X].member or row[SERIES,X].member. */
static slt_expression_name read_bracket(const name_reader *r)
{
    char inside[NAME_MAX_SIZE], member[16];
    const char *at = r->text + strlen("row[");
    size_t size = (size_t)(bracket_end(at) - at);
    if (!at[size] || !copy_letters(inside, sizeof inside, at, size))
        return name_unknown(r, r->text, "expected row[X].value");
    at += size + 1;
    size = *at == '.' ? strspn(at + 1, LETTERS) : 0;
    if (!size || !copy_letters(member, sizeof member, at + 1, size))
        return name_unknown(r, at, "expected .value, .error or .n");
    char *comma = strrchr(inside, ',');
    if (comma)
        *comma = 0;
    const slt_table_row *row =
        slt_table_at(r->table, comma ? inside : NULL, comma ? comma + 1 : inside);
    return name_of_row(r, row, member, at + 1 + size);
}

/* ---- setting[...] ------------------------------------------------------------------ */

static slt_expression_name read_setting(const name_reader *r)
{
    char path[NAME_MAX_SIZE];
    slt_real value;
    const char *from = r->text + strlen("setting["), *at = bracket_end(from);
    if (!*at || !copy_letters(path, sizeof path, from, (size_t)(at - from)))
        return name_unknown(r, r->text, "expected setting[run.PATH]");
    if (!r->manifest)
        return name_unknown(r, r->text, "there are no settings here");
    if (!slt_manifest_setting(r->manifest, path, &value, r->why))
        return name_known(r, at + 1, value);
    *r->size = 0;
    return SLT_NAME_UNKNOWN;
}

/* ---- rows.* ------------------------------------------------------------------------ */

static slt_expression_name read_mean(const name_reader *r, const char *end)
{
    size_t count = r->table->row_count;
    slt_real *values = slt_world.calloc(count, sizeof *values);
    if (!values)
        return name_unknown(r, r->text, "no memory for the rows");
    for (size_t i = 0; i < count; i++)
        values[i] = r->table->rows[i].value;
    slt_real mean = slt_real_mean(values, count);
    free(values);
    return name_known(r, end, mean);
}

/* The least or the greatest value of the rows. */
static slt_real extreme(const slt_table *table, bool least)
{
    slt_real value = table->rows[0].value;
    for (size_t i = 1; i < table->row_count; i++) {
        slt_real other = table->rows[i].value;
        if (least ? slt_real_less(other, value) : slt_real_less(value, other))
            value = other;
    }
    return value;
}

static slt_expression_name read_rows(const name_reader *r, const char *member,
                                     const char *end)
{
    const slt_table *table = r->table;
    if (!strcmp(member, "count"))
        return name_known(r, end, slt_real_from_u64(table->row_count));
    if (!table->row_count)
        return name_unknown(r, r->text, "the figure has no rows");
    if (!strcmp(member, "first"))
        return name_known(r, end, table->rows[0].value);
    if (!strcmp(member, "last"))
        return name_known(r, end, table->rows[table->row_count - 1].value);
    if (!strcmp(member, "mean"))
        return read_mean(r, end);
    bool least = !strcmp(member, "min");
    if (!least && strcmp(member, "max"))
        return name_unknown(r, r->text,
                            "expected rows.mean, min, max, first, last or count");
    return name_known(r, end, extreme(table, least));
}

/* ---- Rows without x ---------------------------------------------------------------- */

/* The row of figure.summary whose name is here.  A result's name may contain
 * operators (llc/mean), so the longest name in the data that matches is taken. */
static const slt_table_row *find_summary(const name_reader *r)
{
    const slt_table_row *found = NULL;
    size_t longest = 0;
    for (size_t i = r->table->data_count; i < r->table->count; i++) {
        const slt_table_row *row = &r->table->rows[i];
        size_t size = strlen(row->series);
        if (size > longest && row->origin.part == SLT_TABLE_SUMMARY &&
            !strncmp(r->text, row->series, size)) {
            longest = size;
            found = row;
        }
    }
    return found;
}

static slt_expression_name read_named(const name_reader *r, char *name, const char *end)
{
    const slt_table_row *row = slt_table_named(r->table, name);
    if (row)
        return name_known(r, end, row->value);
    char *dot = strrchr(name, '.');
    if (dot && !strcmp(dot, ".error")) {
        *dot = 0;
        return name_of_row(r, slt_table_named(r->table, name), "error", end);
    }
    return name_unknown(r, r->text, "no such name in the figure's data");
}

/* The length of a name; within it may stand a series, [AXIS=VALUE ...]. */
static size_t size_of_name(const char *text)
{
    size_t size = strspn(text, LETTERS DIGITS "_.");
    const char *end = text[size] == '[' ? strchr(text + size, ']') : NULL;
    if (end)
        size = (size_t)(end + 1 - text) + strspn(end + 1, LETTERS DIGITS "_.");
    return size;
}

static slt_expression_name find_value(void *context, const char *text, size_t *size,
                                      slt_real *value, slt_error *why)
{
    char name[NAME_MAX_SIZE];
    const name_sources *from = context;
    const name_reader r = {from->table, from->manifest, text, size, value, why};
    const slt_table_row *summary = find_summary(&r);
    if (summary)
        return name_known(&r, text + strlen(summary->series), summary->value);
    if (!strncmp(text, "row[", 4))
        return read_bracket(&r);
    if (!strncmp(text, "setting[", 8))
        return read_setting(&r);
    const size_t length = size_of_name(text);
    if (!copy_letters(name, sizeof name, text, length))
        return name_unknown(&r, text, "expected a shorter name");
    if (!strncmp(name, "rows.", 5))
        return read_rows(&r, name + 5, text + length);
    return read_named(&r, name, text + length);
}

slt_status slt_expr_value(const char *text, const slt_table *table,
                          const slt_manifest *manifest, slt_real *value, slt_error *err)
{
    bool absent;
    name_sources from = {table, manifest};
    const slt_expression_names names = {&from, find_value};
    slt_status status = slt_expression_value(text, &names, value, &absent, err);
    if (!status && !slt_real_finite(*value))
        return slt_fail(err, SLT_FORMAT, "column 1 of '%s': its value is not finite",
                        text);
    return status;
}
