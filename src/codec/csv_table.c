#include "codec/csv_table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"

typedef struct reader {
    const char *at, *end, *name;
    size_t line;
    slt_csv_table *table;
    size_t *starts; /* of the cells, in table->text */
    size_t cells, room;
} reader;

static slt_status no_memory(const reader *r, slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "%s: no memory to read it", r->name);
}

/* Whether a line ends here; if it does, it is passed. */
static bool pass_line_end(reader *r)
{
    size_t size = r->at < r->end && *r->at == '\r' ? 1 : 0;
    if (r->at + size < r->end && r->at[size] == '\n')
        size++;
    else if (size || r->at < r->end)
        return false;
    r->at += size;
    r->line++;
    return true;
}

static bool ends_field(const reader *r)
{
    const size_t left = (size_t)(r->end - r->at);
    return !left || *r->at == ',' || *r->at == '\n' ||
           (*r->at == '\r' && left > 1 && r->at[1] == '\n');
}

/* Reads a field and its NUL into the text; SLT_FORMAT if it has a NUL or a quote where
 * none may be. */
static slt_status read_field(reader *r, slt_error *err)
{
    slt_buffer *text = &r->table->text;
    const size_t line = r->line;
    bool fine = true, quoted = r->at < r->end && *r->at == '"';
    for (r->at += quoted; fine && (quoted ? r->at < r->end : !ends_field(r)); r->at++) {
        if (quoted && *r->at == '"') {
            if (r->at + 1 == r->end || r->at[1] != '"')
                break;
            r->at++;
        }
        fine = *r->at && (quoted || !strchr("\"\r", *r->at));
        r->line += *r->at == '\n';
        slt_buffer_byte(text, (uint8_t)*r->at);
    }
    if (quoted)
        fine &= r->at < r->end && *r->at++ == '"';
    slt_buffer_byte(text, 0);
    return fine && ends_field(r) ? SLT_OK
                                 : slt_fail(err, SLT_FORMAT,
                                            "%s:%zu: expected CSV: a quote or line end "
                                            "where none may be, or a NUL",
                                            r->name, line);
}

/* A line of cells; *count says how many. */
static slt_status read_line(reader *r, size_t *count, slt_error *err)
{
    bool more = true;
    slt_status status = SLT_OK;
    for (*count = 0; more && !status; (*count)++) {
        if (r->cells == r->room) {
            const size_t room = r->room ? 2 * r->room : 256;
            size_t *starts = slt_world.realloc(r->starts, room * sizeof *starts);
            if (!starts)
                return no_memory(r, err);
            r->starts = starts;
            r->room = room;
        }
        r->starts[r->cells++] = r->table->text.size;
        status = read_field(r, err);
        more = r->at < r->end && *r->at == ',';
        r->at += more;
    }
    pass_line_end(r);
    return status;
}

static slt_status read_lines(reader *r, slt_error *err)
{
    slt_csv_table *t = r->table;
    slt_status status = SLT_OK;
    size_t lines = 0, room = 0;
    while (r->at < r->end && !status) {
        const size_t line = r->line;
        size_t count;
        if (pass_line_end(r))
            continue;
        status = read_line(r, &count, err);
        if (!status && lines && count != t->columns)
            status = slt_fail(err, SLT_FORMAT,
                              "%s:%zu: expected %zu fields, as the header has, found %zu",
                              r->name, line, t->columns, count);
        if (!status && count > SLT_CSV_COLUMNS_MAX)
            status = slt_fail(err, SLT_FORMAT,
                              "%s:%zu: expected at most %d columns, found %zu", r->name,
                              line, SLT_CSV_COLUMNS_MAX, count);
        if (!status && lines == room) {
            room = room ? 2 * room : 64;
            size_t *found = slt_world.realloc(t->line, room * sizeof *found);
            if (!found)
                return no_memory(r, err);
            t->line = found;
        }
        if (status)
            break;
        t->columns = lines ? t->columns : count;
        t->line[lines++] = line;
    }
    if (!status && !lines)
        status = slt_fail(err, SLT_FORMAT, "%s:1: expected a header", r->name);
    t->lines = lines ? lines - 1 : 0;
    return status;
}

/* The cells, once the text stays where it is. */
static slt_status point_cells(reader *r, slt_error *err)
{
    slt_csv_table *t = r->table;
    t->cells = t->text.failed ? NULL : slt_world.calloc(r->cells + 1, sizeof *t->cells);
    if (!t->cells)
        return no_memory(r, err);
    for (size_t i = 0; i < r->cells; i++)
        t->cells[i] = (char *)t->text.data + r->starts[i];
    for (size_t i = 0; i < t->columns; i++)
        if (slt_csv_table_column(t, t->cells[i], strlen(t->cells[i])) != i)
            return slt_fail(err, SLT_FORMAT, "%s:%zu: two columns have one name", r->name,
                            t->line[0]);
    return SLT_OK;
}

slt_status slt_csv_table_read(const char *csv, size_t size, const char *name,
                              slt_csv_table *table, slt_error *err)
{
    reader r = {.at = csv, .end = csv + size, .name = name, .line = 1, .table = table};
    *table = (slt_csv_table){0};
    slt_status status = read_lines(&r, err);
    if (!status)
        status = point_cells(&r, err);
    free(r.starts);
    if (status)
        slt_csv_table_free(table);
    return status;
}

void slt_csv_table_free(slt_csv_table *table)
{
    free(table->cells);
    free(table->line);
    slt_buffer_free(&table->text);
    *table = (slt_csv_table){0};
}

size_t slt_csv_table_column(const slt_csv_table *table, const char *name, size_t size)
{
    for (size_t i = 0; i < table->columns; i++)
        if (strlen(table->cells[i]) == size && !strncmp(table->cells[i], name, size))
            return i;
    return SIZE_MAX;
}

const char *slt_csv_table_cell(const slt_csv_table *table, size_t line, size_t column)
{
    return table->cells[(line + 1) * table->columns + column];
}
