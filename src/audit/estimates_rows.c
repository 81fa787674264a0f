#include "audit/estimates_rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"

void slt_rows_free(slt_rows *rows)
{
    for (size_t i = 0; i < rows->source_count; i++)
        free(rows->sources[i]);
    for (size_t i = 0; i < rows->count; i++)
        free(rows->rows[i].note);
    free(rows->sources);
    free(rows->rows);
    slt_index_set_free(&rows->by_run);
    slt_index_set_free(&rows->by_source);
    *rows = (slt_rows){0};
}

static slt_status rows_no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for estimates");
}

/* ---- Sets -------------------------------------------------------------------------- */

static uint64_t rows_hash(const slt_row *row)
{
    const uint64_t key[2] = {row->run, row->source};
    return slt_index_set_hash(key, sizeof key);
}

/* What is looked for in the index sets, and in which rows. */
typedef struct wanted {
    const slt_rows *rows;
    const slt_row *row;
    const char *name;
} wanted;

static bool rows_same_row(const void *context, size_t index)
{
    const wanted *w = context;
    const slt_row *other = &w->rows->rows[index];
    return other->run == w->row->run && other->source == w->row->source;
}

static bool rows_same_name(const void *context, size_t index)
{
    const wanted *w = context;
    return strcmp(w->rows->sources[index], w->name) == 0;
}

/* Makes room for one more element of `size` bytes; capacity doubles. */
static bool rows_make_room(void *list, size_t count, size_t size)
{
    void *old;
    if (count & (count - 1))
        return true; /* below the capacity, which is a power of two */
    memcpy(&old, list, sizeof old);
    void *longer = slt_world.realloc(old, (count ? 2 * count : 1) * size);
    if (longer)
        memcpy(list, &longer, sizeof longer);
    return longer;
}

slt_status slt_rows_source(slt_rows *rows, const char *name, size_t *source,
                           slt_error *err)
{
    const wanted w = {.rows = rows, .name = name};
    const uint64_t hash = slt_index_set_hash_text(name);
    const size_t *index = slt_index_set_find(&rows->by_source, hash, rows_same_name, &w);
    if (index) {
        *source = *index;
        return SLT_OK;
    }
    if (!rows_make_room(&rows->sources, rows->source_count, sizeof *rows->sources) ||
        !(rows->sources[rows->source_count] = slt_world.strdup(name)))
        return rows_no_memory(err);
    *source = rows->source_count++;
    return slt_index_set_add(&rows->by_source, hash, *source, err);
}

static slt_status rows_add(slt_rows *rows, const slt_row *row, const char *path,
                           slt_error *err)
{
    const wanted w = {.rows = rows, .row = row};
    const uint64_t hash = rows_hash(row);
    const size_t *index = slt_index_set_find(&rows->by_run, hash, rows_same_row, &w);
    if (index)
        return slt_fail(err, SLT_FORMAT,
                        "%s:%zu: run %" PRIu64
                        " of this source stands in line %zu already",
                        path, row->line, row->run, rows->rows[*index].line);
    if (!rows_make_room(&rows->rows, rows->count, sizeof *rows->rows))
        return rows_no_memory(err);
    slt_status status = slt_index_set_add(&rows->by_run, hash, rows->count, err);
    if (!status)
        rows->rows[rows->count++] = *row;
    return status;
}

slt_status slt_rows_add(slt_rows *rows, const slt_row *row, const char *path,
                        slt_error *err)
{
    slt_status status = rows_add(rows, row, path, err);
    if (status)
        free(row->note);
    return status;
}
