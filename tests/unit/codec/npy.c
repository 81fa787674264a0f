/* Names that arrays go by in files. */
#include "codec/npy.h"

#include <string.h>

#include "tap.h"

static void test_name(const char *name, const char *expected)
{
    slt_buffer path = {0};
    slt_npy_name(&path, name);
    TAP_OK(!strcmp(slt_buffer_text(&path), expected), "%s becomes %s", name, expected);
    slt_buffer_free(&path);
}

static void test_stem(const char *path, const char *expected)
{
    size_t length;
    const char *stem = slt_npy_stem(path, &length);
    TAP_OK(length == strlen(expected) && !strncmp(stem, expected, length),
           "the stem of %s is %s", path, expected);
}

static void test_stems(const char *a, const char *b, bool fit)
{
    slt_error err = {0};
    const char *const both[] = {a, b};
    const slt_status status = slt_npy_check_stems(both, 2, &err);
    TAP_OK(status == (fit ? SLT_OK : SLT_USAGE), "%s and %s %s: %s", a, b,
           fit ? "go together" : "do not", err.text);
}

int main(void)
{
    test_name("W1_z", "W1_z");
    test_name("m/W-1 %", "m.W%2D1%20%25");
    test_stem("out/traces/000012.trace", "000012");
    test_stem("000012.trace", "000012");
    test_stem("a/b.trace/long-name", "long-name");
    test_stem("short", "short");
    test_stem(".trace", ".trace");
    test_stems("a/0.trace", "b/1.trace", true);
    test_stems("a/0.trace", "b/10.trace", true);
    test_stems("a/0.trace", "b/0.trace", false);
    test_stems("a/0.trace", "0", false);
    return tap_done();
}
