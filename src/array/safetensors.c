#include "array/safetensors.h"

#include <inttypes.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/endian.h"
#include "base/world.h"

/* ---- JSON -------------------------------------------------------------------------- */

/* Whether memory was short in this thread: jansson does not always say so. */
static _Thread_local bool memory_short;

static void *take_memory(size_t size)
{
    void *memory = slt_world.malloc(size);
    memory_short |= !memory;
    return memory;
}

static void take_over_memory(void)
{
    json_set_alloc_funcs(take_memory, free);
}

/* Whether a header could be one: an object that has no more objects than a tensor for
 * each TENSOR_LEAST of its bytes and __metadata__, and no longer lists than
 * SLT_SAFETENSORS_AXES_MAX. A tree of any other is not made, which could take a hundred
 * times the header. */
#define TENSOR_LEAST                                                                     \
    (sizeof "\"\":{\"dtype\":\"\",\"shape\":[],\"data_offsets\":[,]}" - 1)

static bool plausible(const uint8_t *text, size_t size)
{
    size_t objects = 0, commas = 0, i = 0;
    while (i < size && strchr(" \t\r\n", text[i]) && text[i])
        i++;
    if (i == size || text[i] != '{')
        return false;
    for (bool quoted = false; i < size; i++) {
        const uint8_t byte = text[i];
        if (byte == '"')
            quoted = !quoted;
        else if (quoted)
            i += byte == '\\';
        else if (byte == '{')
            objects++;
        else if (byte == '[' || byte == ']' || byte == ':')
            commas = 0;
        else if (byte == ',' && ++commas >= SLT_SAFETENSORS_AXES_MAX)
            return false;
    }
    return objects <= 2 + size / TENSOR_LEAST;
}

/* The header as a tree. */
static slt_status parse_header(const uint8_t *text, size_t size, json_t **tree,
                               slt_error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    json_error_t cause;
    if (!plausible(text, size))
        return slt_fail(
            err, SLT_FORMAT,
            "byte 8: safetensors header: expected an object, of tensors with at "
            "most %d axes",
            SLT_SAFETENSORS_AXES_MAX);
    slt_world.pthread_once(&once, take_over_memory);
    memory_short = false;
    *tree = json_loadb((const char *)text, size, JSON_REJECT_DUPLICATES, &cause);
    if (!*tree && memory_short)
        return slt_fail(err, SLT_RESOURCE, "no memory for a safetensors header");
    if (!*tree)
        return slt_fail(err, SLT_FORMAT, "byte %d: safetensors header: %s",
                        8 + cause.position, cause.text);
    return SLT_OK;
}

static bool read_size(const json_t *value, size_t *size)
{
    const json_int_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < 0 || (uint64_t)number > SIZE_MAX)
        return false;
    *size = (size_t)number;
    return true;
}

/* ---- A tensor ---------------------------------------------------------------------- */

/* A tensor on its way, for messages. */
typedef struct entry {
    const char *name;
    const json_t *map;
    slt_safetensor *tensor;
    size_t begin, end; /* its bytes, behind the header */
    slt_error *err;
} entry;

static slt_status entry_fail(const entry *e, const char *expected)
{
    return slt_fail(e->err, SLT_FORMAT, "tensor '%.80s': expected %s", e->name, expected);
}

static slt_status read_dtype(const entry *e)
{
    static const struct {
        const char *name;
        slt_array_form form;
        size_t size;
        bool plain;
    } types[] = {
        {"F64", SLT_ARRAY_FLOAT, 8, true},     {"F32", SLT_ARRAY_FLOAT, 4, true},
        {"F16", SLT_ARRAY_FLOAT, 2, true},     {"BF16", SLT_ARRAY_BFLOAT, 2, true},
        {"I64", SLT_ARRAY_SIGNED, 8, true},    {"I32", SLT_ARRAY_SIGNED, 4, true},
        {"I16", SLT_ARRAY_SIGNED, 2, true},    {"I8", SLT_ARRAY_SIGNED, 1, true},
        {"U64", SLT_ARRAY_UNSIGNED, 8, true},  {"U32", SLT_ARRAY_UNSIGNED, 4, true},
        {"U16", SLT_ARRAY_UNSIGNED, 2, true},  {"U8", SLT_ARRAY_UNSIGNED, 1, true},
        {"BOOL", SLT_ARRAY_UNSIGNED, 1, true}, {"F8_E4M3", SLT_ARRAY_FLOAT, 1, false},
        {"F8_E5M2", SLT_ARRAY_FLOAT, 1, false}};
    const char *name = json_string_value(json_object_get(e->map, "dtype"));
    slt_array *array = &e->tensor->array;
    for (size_t i = 0; name && i < sizeof types / sizeof *types; i++)
        if (!strcmp(name, types[i].name)) {
            snprintf(array->type, sizeof array->type, "%s", name);
            array->form = types[i].form;
            array->size = types[i].size;
            e->tensor->plain = types[i].plain;
            return SLT_OK;
        }
    return entry_fail(e, "a dtype from BOOL and U8 to F64");
}

/* *bytes: those that the shape needs. */
static slt_status read_shape(const entry *e, size_t *bytes)
{
    const json_t *shape = json_object_get(e->map, "shape");
    slt_array *array = &e->tensor->array;
    *bytes = array->size;
    if (!json_is_array(shape))
        return entry_fail(e, "a shape: a list of whole numbers");
    const size_t axes = json_array_size(shape);
    for (size_t i = 0; i < axes; i++) {
        size_t axis;
        if (!read_size(json_array_get(shape, i), &axis))
            return entry_fail(e, "a shape: a list of whole numbers");
        if (__builtin_mul_overflow(*bytes, axis, bytes))
            return entry_fail(e, "a smaller shape");
        if (i < SLT_ARRAY_DIMENSIONS_MAX)
            array->shape[i] = axis;
    }
    e->tensor->plain &= axes <= SLT_ARRAY_DIMENSIONS_MAX;
    array->dimensions = (int)(axes <= SLT_ARRAY_DIMENSIONS_MAX ? axes : 0);
    return SLT_OK;
}

static slt_status read_offsets(entry *e, size_t size, size_t bytes)
{
    const json_t *offsets = json_object_get(e->map, "data_offsets");
    if (json_array_size(offsets) != 2 ||
        !read_size(json_array_get(offsets, 0), &e->begin) ||
        !read_size(json_array_get(offsets, 1), &e->end))
        return entry_fail(e, "data_offsets: two whole numbers");
    if (e->begin > e->end || e->end > size)
        return entry_fail(e, "data_offsets within the file");
    if (e->end - e->begin != bytes)
        return entry_fail(e, "as many bytes as its shape needs");
    return SLT_OK;
}

static slt_status read_entry(entry *e, const uint8_t *data, size_t size)
{
    size_t bytes = 0;
    if (!json_is_object(e->map) || json_object_size(e->map) != 3)
        return entry_fail(e, "dtype, shape and data_offsets");
    slt_status status = read_dtype(e);
    if (!status)
        status = read_shape(e, &bytes);
    if (!status)
        status = read_offsets(e, size, bytes);
    if (status)
        return status;
    e->tensor->array.elements = data + e->begin;
    e->tensor->name = slt_world.strdup(e->name);
    return e->tensor->name ? SLT_OK
                           : slt_fail(e->err, SLT_RESOURCE, "no memory for a tensor");
}

/* ---- All of them ------------------------------------------------------------------- */

typedef struct extent {
    size_t begin, end;
} extent;

/* Restores the heap below a place: no parent begins before its children. */
static void sift_down(extent *heap, size_t count, size_t at)
{
    const extent moved = heap[at];
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && heap[child].begin < heap[child + 1].begin)
            child++;
        if (moved.begin >= heap[child].begin)
            break;
        heap[at] = heap[child];
    }
    heap[at] = moved;
}

/* Whether the extents, none of them empty, cover 0 to size once; puts them in order. */
static bool tile(extent *list, size_t count, size_t size)
{
    size_t end = 0;
    for (size_t i = count / 2; i-- > 0;)
        sift_down(list, count, i);
    for (size_t left = count; left-- > 1;) {
        const extent last = list[left];
        list[left] = list[0];
        list[0] = last;
        sift_down(list, left, 0);
    }
    for (size_t i = 0; i < count; i++) {
        if (list[i].begin != end)
            return false;
        end = list[i].end;
    }
    return end == size;
}

static slt_status read_entries(const json_t *tree, const uint8_t *data, size_t size,
                               slt_safetensors *file, slt_error *err)
{
    size_t extents = 0;
    slt_status status = SLT_OK;
    extent *list = slt_world.calloc(json_object_size(tree) + 1, sizeof *list);
    file->list = slt_world.calloc(json_object_size(tree) + 1, sizeof *file->list);
    if (!list || !file->list)
        status = slt_fail(err, SLT_RESOURCE, "no memory for the tensors of a file");
    json_t *tensors = (json_t *)(uintptr_t)tree; /* jansson iterates over no const */
    for (void *at = json_object_iter(tensors); at && !status;
         at = json_object_iter_next(tensors, at)) {
        entry e = {.name = json_object_iter_key(at),
                   .map = json_object_iter_value(at),
                   .tensor = &file->list[file->count],
                   .err = err};
        if (!strcmp(e.name, "__metadata__"))
            continue;
        status = read_entry(&e, data, size);
        file->count += !status;
        list[extents] = (extent){e.begin, e.end};
        extents += e.end > e.begin;
    }
    if (!status && !tile(list, extents, size))
        status = slt_fail(err, SLT_FORMAT,
                          "expected tensors that cover the %zu bytes behind the header, "
                          "each once",
                          size);
    free(list);
    return status;
}

slt_status slt_safetensors_read(const uint8_t *bytes, size_t size, slt_safetensors *file,
                                slt_error *err)
{
    *file = (slt_safetensors){0};
    if (size < 8)
        return slt_fail(err, SLT_FORMAT, "byte %zu: cut short in the safetensors header",
                        size);
    const uint64_t header = slt_load_le64(bytes);
    if (header > SLT_SAFETENSORS_HEADER_MAX)
        return slt_fail(
            err, SLT_FORMAT,
            "byte 0: expected a safetensors header of at most %zu bytes, found "
            "%" PRIu64,
            SLT_SAFETENSORS_HEADER_MAX, header);
    if (header > size - 8)
        return slt_fail(
            err, SLT_FORMAT,
            "byte 0: expected a safetensors header within the file, found one "
            "of %" PRIu64 " bytes",
            header);
    const size_t begin = 8 + (size_t)header;
    json_t *tree;
    slt_status status = parse_header(bytes + 8, (size_t)header, &tree, err);
    if (status)
        return status;
    status = read_entries(tree, bytes + begin, size - begin, file, err);
    json_decref(tree);
    if (status)
        slt_safetensors_free(file);
    return status;
}

void slt_safetensors_free(slt_safetensors *file)
{
    for (size_t i = 0; i < file->count; i++)
        free(file->list[i].name);
    free(file->list);
    *file = (slt_safetensors){0};
}

slt_status slt_safetensors_find(const slt_safetensors *file, const char *name,
                                slt_array *array, slt_error *err)
{
    const slt_safetensor *found = NULL;
    for (size_t i = 0; i < file->count && !found; i++)
        if (!strcmp(file->list[i].name, name))
            found = &file->list[i];
    if (found)
        *array = found->array;
    if (found && found->plain)
        return SLT_OK;
    if (found)
        return slt_fail(err, SLT_FORMAT, "tensor '%.80s': %s of so many axes is not read",
                        name, array->type);
    slt_buffer names = {0};
    for (size_t i = 0; i < file->count && names.size < 200; i++)
        slt_buffer_printf(&names, "%s%.60s", i ? ", " : "", file->list[i].name);
    slt_status status =
        slt_fail(err, SLT_FORMAT, "no tensor '%.80s'; it has %s%s", name,
                 slt_buffer_text(&names), names.size < 200 ? "" : ", ...");
    slt_buffer_free(&names);
    return status;
}
