/* Growable bytes.  An append latches failure: after the first failed allocation `failed`
 * stays set and later appends do nothing, so that callers check once, at the end. */
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
/* Keeps the allocation, forgets the bytes (and a latched failure). */
void slt_buffer_clear(slt_buffer *buffer);
void slt_buffer_append(slt_buffer *buffer, const void *bytes, size_t size);
void slt_buffer_byte(slt_buffer *buffer, uint8_t byte);
void slt_buffer_printf(slt_buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void slt_buffer_vprintf(slt_buffer *buffer, const char *format, va_list arguments);
/* Makes room for `size` further bytes and returns where they go, or NULL (latched). */
uint8_t *slt_buffer_extend(slt_buffer *buffer, size_t size);
/* Ends the bytes with a NUL that does not count and returns them as text; "" on failure.
 */
const char *slt_buffer_text(slt_buffer *buffer);
/* The same as the caller's own, to free, and the buffer is empty; NULL on failure. */
char *slt_buffer_take(slt_buffer *buffer);

#endif
