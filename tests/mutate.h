/* Random damage to bytes: the mutations of a fuzzer, bounded. */
#ifndef SLT_TESTS_MUTATE_H
#define SLT_TESTS_MUTATE_H

#include "random.h"

#include "base/buffer.h"

/* Values that length and count fields break on. */
static const uint8_t mutate_edges[] = {0x00, 0x01, 0x7f, 0x80, 0xff, 0xc4, 0xc6,
                                       0xdb, 0xdd, 0xdf, ' ',  '\n', '9',  '-'};

static inline void mutate_once(slt_buffer *bytes)
{
    if (bytes->size == 0)
        return;
    size_t at = random_below(bytes->size), from = random_below(bytes->size);
    size_t length = 1 + random_below(16);
    size_t room = bytes->size - (at > from ? at : from);
    length = length < room ? length : room;
    switch (random_below(6)) {
    case 0:
        bytes->data[at] ^= (uint8_t)(1 << random_below(8));
        break;
    case 1:
        bytes->data[at] = mutate_edges[random_below(sizeof mutate_edges)];
        break;
    case 2:
        bytes->data[at] = (uint8_t)random_word();
        break;
    case 3:
        memmove(bytes->data + at, bytes->data + from, length);
        break;
    case 4: /* take out */
        memmove(bytes->data + at, bytes->data + at + length, bytes->size - at - length);
        bytes->size -= length;
        break;
    default: /* put in */
        if (!slt_buffer_extend(bytes, length))
            return;
        memmove(bytes->data + at + length, bytes->data + at, bytes->size - length - at);
        for (size_t i = 0; i < length; i++)
            bytes->data[at + i] = (uint8_t)random_word();
    }
}

/* A copy of `original` with 1 to 4 mutations, in memory of exactly its size (so that a
 * sanitizer sees a read beyond it); the caller frees it. */
static inline uint8_t *mutate(const slt_buffer *original, size_t *size)
{
    slt_buffer bytes = {0};
    slt_buffer_append(&bytes, original->data, original->size);
    for (size_t i = 1 + random_below(4); i > 0; i--)
        mutate_once(&bytes);
    uint8_t *copy = malloc(bytes.size + !bytes.size);
    memcpy(copy, bytes.data, bytes.size);
    *size = bytes.size;
    slt_buffer_free(&bytes);
    return copy;
}

#endif
