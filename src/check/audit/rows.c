#include "check/audit/rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "record/digest.h"

void slt_rows_free(slt_rows *rows)
{
    for (size_t i = 0; i < rows->source_count; i++)
        free(rows->sources[i]);
    free(rows->sources);
    free(rows->rows);
    free(rows->by_run.slots);
    free(rows->by_source.slots);
    *rows = (slt_rows){0};
}

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for estimates");
}

/* ---- Sets -------------------------------------------------------------------------- */

static size_t hash(const void *bytes, size_t size)
{
    slt_digest digest = slt_digest_of(bytes, size);
    size_t word;
    memcpy(&word, digest.bytes, sizeof word);
    return word;
}

static size_t hash_row(const slt_row *row)
{
    const uint64_t key[2] = {row->run, row->source};
    return hash(key, sizeof key);
}

static size_t hash_name(const char *name)
{
    return hash(name, strlen(name));
}

static void put(slt_row_index *index, size_t at, size_t place)
{
    while (index->slots[at & (index->size - 1)])
        at++;
    index->slots[at & (index->size - 1)] = (uint32_t)place + 1;
}

/* Twice as large as its members are many, at least. */
static bool grow(slt_rows *rows, slt_row_index *index, size_t count)
{
    size_t size = index->size ? index->size : 64;
    if (2 * (count + 1) <= index->size)
        return true;
    while (size < 4 * (count + 1))
        size *= 2;
    uint32_t *slots = calloc(size, sizeof *slots);
    if (!slots)
        return false;
    free(index->slots);
    *index = (slt_row_index){slots, size};
    for (size_t i = 0; i < count; i++)
        put(index,
            index == &rows->by_run ? hash_row(&rows->rows[i])
                                   : hash_name(rows->sources[i]),
            i);
    return true;
}

/* Room for one more of `size` bytes: room doubles. */
static bool make_room(void *list, size_t count, size_t size)
{
    void *old;
    if (count & (count - 1))
        return true; /* below the power of two that room was made for */
    memcpy(&old, list, sizeof old);
    void *longer = realloc(old, (count ? 2 * count : 1) * size);
    if (longer)
        memcpy(list, &longer, sizeof longer);
    return longer;
}

slt_status slt_rows_source(slt_rows *rows, const char *name, size_t *source,
                           slt_error *err)
{
    if (!grow(rows, &rows->by_source, rows->source_count) ||
        !make_room(&rows->sources, rows->source_count, sizeof *rows->sources))
        return no_memory(err);
    size_t mask = rows->by_source.size - 1, at = hash_name(name);
    for (uint32_t slot; (slot = rows->by_source.slots[at & mask]); at++)
        if (strcmp(rows->sources[slot - 1], name) == 0) {
            *source = slot - 1;
            return SLT_OK;
        }
    char *copy = strdup(name);
    if (!copy)
        return no_memory(err);
    *source = rows->source_count++;
    rows->sources[*source] = copy;
    put(&rows->by_source, at, *source);
    return SLT_OK;
}

slt_status slt_rows_add(slt_rows *rows, const slt_row *row, const char *path,
                        slt_error *err)
{
    if (!grow(rows, &rows->by_run, rows->count) ||
        !make_room(&rows->rows, rows->count, sizeof *rows->rows))
        return no_memory(err);
    size_t mask = rows->by_run.size - 1, at = hash_row(row);
    for (uint32_t slot; (slot = rows->by_run.slots[at & mask]); at++) {
        const slt_row *other = &rows->rows[slot - 1];
        if (other->run == row->run && other->source == row->source)
            return slt_fail(err, SLT_FORMAT,
                            "%s:%zu: run %" PRIu64
                            " of this source stands in line %zu already",
                            path, row->line, row->run, other->line);
    }
    rows->rows[rows->count] = *row;
    put(&rows->by_run, at, rows->count++);
    return SLT_OK;
}
