#include "check/audit/rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void slt_rows_free(slt_rows *rows)
{
    for (size_t i = 0; i < rows->source_count; i++)
        free(rows->sources[i]);
    for (size_t i = 0; i < rows->count; i++)
        free(rows->rows[i].note);
    free(rows->sources);
    free(rows->rows);
    slt_places_free(&rows->by_run);
    slt_places_free(&rows->by_source);
    *rows = (slt_rows){0};
}

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for estimates");
}

/* ---- Sets -------------------------------------------------------------------------- */

static uint64_t hash_row(const slt_row *row)
{
    const uint64_t key[2] = {row->run, row->source};
    return slt_places_hash(key, sizeof key);
}

static uint64_t hash_name(const char *name)
{
    return slt_places_hash(name, strlen(name));
}

/* What is looked for, and where. */
typedef struct wanted {
    const slt_rows *rows;
    const slt_row *row;
    const char *name;
} wanted;

static bool same_row(const void *context, size_t place)
{
    const wanted *w = context;
    const slt_row *other = &w->rows->rows[place];
    return other->run == w->row->run && other->source == w->row->source;
}

static bool same_name(const void *context, size_t place)
{
    const wanted *w = context;
    return strcmp(w->rows->sources[place], w->name) == 0;
}

static bool is_none(const void *context, size_t place)
{
    (void)context;
    (void)place;
    return false;
}

/* Room for twice as many rows, or sources: the list and its set. */
static slt_status widen(void *list, size_t *room, size_t size, slt_places *set,
                        slt_error *err)
{
    void *old;
    size_t wider = *room ? 2 * *room : 64;
    memcpy(&old, list, sizeof old);
    void *longer = realloc(old, wider * size);
    if (!longer)
        return no_memory(err);
    memcpy(list, &longer, sizeof longer);
    slt_places_free(set);
    *room = wider;
    return slt_places_create(set, wider, err);
}

static slt_status widen_rows(slt_rows *rows, slt_error *err)
{
    slt_status status =
        widen(&rows->rows, &rows->room, sizeof *rows->rows, &rows->by_run, err);
    for (size_t i = 0; i < rows->count && !status; i++)
        *slt_places_slot(&rows->by_run, hash_row(&rows->rows[i]), is_none, NULL) =
            (uint32_t)i + 1;
    return status;
}

static slt_status widen_sources(slt_rows *rows, slt_error *err)
{
    slt_status status = widen(&rows->sources, &rows->source_room, sizeof *rows->sources,
                              &rows->by_source, err);
    for (size_t i = 0; i < rows->source_count && !status; i++)
        *slt_places_slot(&rows->by_source, hash_name(rows->sources[i]), is_none, NULL) =
            (uint32_t)i + 1;
    return status;
}

slt_status slt_rows_source(slt_rows *rows, const char *name, size_t *source,
                           slt_error *err)
{
    const wanted w = {.rows = rows, .name = name};
    slt_status status =
        rows->source_count == rows->source_room ? widen_sources(rows, err) : SLT_OK;
    if (status)
        return status;
    uint32_t *slot = slt_places_slot(&rows->by_source, hash_name(name), same_name, &w);
    if (!*slot) {
        char *copy = strdup(name);
        if (!copy)
            return no_memory(err);
        rows->sources[rows->source_count++] = copy;
        *slot = (uint32_t)rows->source_count;
    }
    *source = *slot - 1;
    return SLT_OK;
}

static slt_status add(slt_rows *rows, const slt_row *row, const char *path,
                      slt_error *err)
{
    const wanted w = {.rows = rows, .row = row};
    slt_status status = rows->count == rows->room ? widen_rows(rows, err) : SLT_OK;
    if (status)
        return status;
    uint32_t *slot = slt_places_slot(&rows->by_run, hash_row(row), same_row, &w);
    if (*slot)
        return slt_fail(err, SLT_FORMAT,
                        "%s:%zu: run %" PRIu64
                        " of this source stands in line %zu already",
                        path, row->line, row->run, rows->rows[*slot - 1].line);
    rows->rows[rows->count++] = *row;
    *slot = (uint32_t)rows->count;
    return SLT_OK;
}

slt_status slt_rows_add(slt_rows *rows, const slt_row *row, const char *path,
                        slt_error *err)
{
    slt_status status = add(rows, row, path, err);
    if (status)
        free(row->note);
    return status;
}
