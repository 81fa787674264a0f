#include "base/buffer.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/system.h>

#include "base/world.h"

/* A buffer has failed.  Pages go to streams piece by piece, of which none can be taken
 * back; so whoever passed on a piece without looking, the command that printed it cannot
 * end as if all were there. */
static atomic_bool text_lost;

bool slt_text_lost(void)
{
    return atomic_load(&text_lost);
}

static void buffer_fail(slt_buffer *buffer)
{
    buffer->failed = true;
    atomic_store(&text_lost, true);
}

void slt_buffer_free(slt_buffer *buffer)
{
    free(buffer->data);
    *buffer = (slt_buffer){0};
}

void slt_buffer_clear(slt_buffer *buffer)
{
    buffer->size = 0;
}

/* Makes room for `size` more bytes and a NUL behind them. */
static bool buffer_reserve(slt_buffer *buffer, size_t size)
{
    if (buffer->failed)
        return false;
    if (size < buffer->capacity - buffer->size)
        return true;
    size_t capacity = buffer->capacity ? buffer->capacity : 64;
    while (capacity - buffer->size <= size && capacity <= SIZE_MAX / 2)
        capacity *= 2;
    uint8_t *data =
        capacity - buffer->size > size ? slt_world.realloc(buffer->data, capacity) : NULL;
    if (!data) {
        buffer_fail(buffer);
        return false;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

uint8_t *slt_buffer_extend(slt_buffer *buffer, size_t size)
{
    if (!buffer_reserve(buffer, size))
        return NULL;
    uint8_t *at = buffer->data + buffer->size;
    buffer->size += size;
    return at;
}

void slt_buffer_append(slt_buffer *buffer, const void *bytes, size_t size)
{
    uint8_t *at = slt_buffer_extend(buffer, size);
    if (at && size)
        memcpy(at, bytes, size);
}

void slt_buffer_byte(slt_buffer *buffer, uint8_t byte)
{
    slt_buffer_append(buffer, &byte, 1);
}

void slt_buffer_vprintf(slt_buffer *buffer, const char *format, va_list arguments)
{
    if (buffer->failed)
        return;
    va_list again;
    va_copy(again, arguments);
    const size_t room = buffer->capacity - buffer->size;
    char *end = room ? (char *)buffer->data + buffer->size : NULL;
    int size = vsnprintf(end, room, format, arguments);
    if (size < 0)
        buffer_fail(buffer);
    else if ((size_t)size < room)
        buffer->size += (size_t)size;
    else if (buffer_reserve(buffer, (size_t)size)) {
        vsnprintf((char *)buffer->data + buffer->size, (size_t)size + 1, format, again);
        buffer->size += (size_t)size;
    }
    va_end(again);
}

void slt_buffer_printf(slt_buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    slt_buffer_vprintf(buffer, format, arguments);
    va_end(arguments);
}

const char *slt_buffer_text(slt_buffer *buffer)
{
    if (!buffer_reserve(buffer, 0))
        return "";
    buffer->data[buffer->size] = 0;
    return (const char *)buffer->data;
}

char *slt_buffer_take(slt_buffer *buffer)
{
    slt_buffer_text(buffer);
    char *text = buffer->failed ? NULL : (char *)buffer->data;
    if (!text)
        free(buffer->data);
    *buffer = (slt_buffer){0};
    return text;
}
