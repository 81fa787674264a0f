#include "base/utf8.h"

#include <string.h>

/* How many bytes follow the first, and the range of the second; all further ones are 80
 * to bf. */
typedef struct tail {
    uint8_t count, low, high;
} tail;

static tail tail_of(uint8_t first)
{
    if (first >= 0xc2 && first <= 0xdf)
        return (tail){1, 0x80, 0xbf};
    if (first >= 0xe0 && first <= 0xef)
        return (tail){2, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf};
    if (first >= 0xf0 && first <= 0xf4)
        return (tail){3, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf};
    return (tail){0, 0, 0};
}

size_t slt_utf8_length(const uint8_t *at, size_t left)
{
    if (left == 0)
        return 0;
    if (at[0] < 0x80)
        return 1;
    tail t = tail_of(at[0]);
    if (t.count == 0 || left <= t.count || at[1] < t.low || at[1] > t.high)
        return 0;
    for (size_t i = 2; i <= t.count; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    return 1 + (size_t)t.count;
}

uint32_t slt_utf8_code(const uint8_t *at, size_t length)
{
    static const uint8_t masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t code = at[0] & masks[length];
    for (size_t i = 1; i < length; i++)
        code = code << 6 | (at[i] & 0x3fu);
    return code;
}

/* Whether eight bytes are ASCII. */
static bool ascii_word(const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return !(word & UINT64_C(0x8080808080808080));
}

bool slt_utf8_valid(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size;) {
        if (size - i >= 8 && ascii_word(bytes + i)) {
            i += 8;
            continue;
        }
        size_t length = slt_utf8_length(bytes + i, size - i);
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}
