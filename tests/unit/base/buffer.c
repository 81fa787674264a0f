/* base/buffer.c: formatted text at every fill, and behind what was cleared. */
#include "tap.h"

#include "base/buffer.h"

#define LENGTHS 200

static void print_into(slt_buffer *out, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    slt_buffer_vprintf(out, format, arguments);
    va_end(arguments);
}

/* A text of each length behind one of each length, with room for it or without. */
static void test_fills(void)
{
    char whole[2 * LENGTHS + 1];
    size_t wrong = 0;
    memset(whole, 'a', sizeof whole);
    for (int first = 0; first < LENGTHS; first++)
        for (int next = 0; next < LENGTHS; next++) {
            slt_buffer out = {0};
            memset(whole, 'b', (size_t)(first + next));
            memset(whole, 'a', (size_t)first);
            slt_buffer_append(&out, whole, (size_t)first);
            print_into(&out, "%.*s", next, whole + first);
            wrong += out.failed || out.size != (size_t)(first + next) ||
                     out.size >= out.capacity ||
                     (out.size && memcmp(out.data, whole, out.size) != 0);
            slt_buffer_free(&out);
        }
    TAP_EQ_U64(wrong, 0, "each text is there whole, with room for a NUL");
}

static void test_cleared(void)
{
    slt_buffer out = {0};
    print_into(&out, "%d lines", 1234567);
    slt_buffer_clear(&out);
    print_into(&out, "%s", "");
    TAP_EQ_U64(out.size, 0, "of nothing, nothing");
    print_into(&out, "%d", 8);
    TAP_EQ_TEXT(slt_buffer_text(&out), "8", "behind what was cleared");
    slt_buffer_free(&out);
}

static void test_failed(void)
{
    slt_buffer out = {0};
    print_into(&out, "%d", 8);
    out.failed = true;
    print_into(&out, "%d", 9);
    TAP_EQ_U64(out.size, 1, "nothing more once it failed");
    slt_buffer_free(&out);
}

int main(void)
{
    test_fills();
    test_cleared();
    test_failed();
    return tap_done();
}
