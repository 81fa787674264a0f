/* Growable bytes.  A failed allocation latches: `failed` stays set and later appends do
 * nothing, so that a caller checks once, at the end. */
#ifndef SLT_BASE_BUFFER_H
#define SLT_BASE_BUFFER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct slt_buffer {
    uint8_t *data;
    size_t size;
    size_t capacity;
    bool failed;
} slt_buffer;

void slt_buffer_free(slt_buffer *buffer);
/* Empties the buffer and keeps the memory for later appends.  A failure stays: what was
 * lost may have been passed on. */
void slt_buffer_clear(slt_buffer *buffer);
void slt_buffer_append(slt_buffer *buffer, const void *bytes, size_t size);
void slt_buffer_byte(slt_buffer *buffer, uint8_t byte);
void slt_buffer_printf(slt_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void slt_buffer_vprintf(slt_buffer *buffer, const char *format, va_list arguments);
/* Appends `size` bytes that the caller fills, and returns where they are; NULL on
 * failure, which latches. */
uint8_t *slt_buffer_extend(slt_buffer *buffer, size_t size);
/* Puts a NUL behind the bytes, which does not count as one of them, and returns them as
 * text; "" on failure. */
const char *slt_buffer_text(slt_buffer *buffer);
/* Returns the text to the caller, who frees it, and leaves the buffer empty; NULL on
 * failure. */
char *slt_buffer_take(slt_buffer *buffer);

#endif
