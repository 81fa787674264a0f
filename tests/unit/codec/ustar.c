/* codec/ustar.c: archives are GNU tar's bytes, read back as they were; nothing else is
 * read. */
#include "tap.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "codec/ustar.h"

static slt_error err;

#define LONG                                                                             \
    "this/is/a/folder/whose/name/is/longer/than/a/field/of/an/old/header/has/room/for"
static const char *const names[] = {"a.golden", "b/c.csv", "b/empty", "b/\xc3\xa9",
                                    LONG "/" LONG "/file.yaml"};
#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
enum { FILES = sizeof names / sizeof *names };

static size_t size_of(size_t i)
{
    static const size_t sizes[FILES] = {512, 700, 0, 1, 9000};
    return sizes[i];
}

static const uint8_t *content(void)
{
    static uint8_t bytes[9000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7 + i / 256);
    return bytes;
}

static slt_buffer make(size_t count)
{
    slt_buffer tar = {0};
    for (size_t i = 0; i < count; i++)
        if (slt_ustar_add(&tar, names[i], content(), size_of(i), &err))
            tap_bail(err.text);
    if (slt_ustar_end(&tar, &err))
        tap_bail(err.text);
    return tar;
}

static slt_status read_back(const slt_buffer *tar, size_t size, size_t *count)
{
    slt_ustar_file *files;
    slt_status status = slt_ustar_read(tar->data, size, "x.tar", &files, count, &err);
    free(files);
    return status;
}

static void test_round(void)
{
    for (size_t n = 0; n <= FILES; n++) {
        slt_buffer tar = make(n);
        slt_ustar_file *files;
        size_t count, same = 0;
        if (slt_ustar_read(tar.data, tar.size, "x.tar", &files, &count, &err))
            tap_bail(err.text);
        for (size_t i = 0; i < count; i++)
            same += !strcmp(files[i].name, names[i]) && files[i].size == size_of(i) &&
                    !memcmp(files[i].bytes, content(), size_of(i));
        TAP_OK(count == n && same == n && tar.size % 10240 == 0, "%zu files", n);
        free(files);
        slt_buffer_free(&tar);
    }
}

/* Every byte of headers, padding and end is decided. */
static void test_damaged(void)
{
    slt_buffer tar = make(3);
    size_t count, taken = 0, free_bits = 0;
    for (size_t size = 0; size < tar.size; size++)
        taken += !read_back(&tar, size, &count);
    TAP_OK(taken == 0, "no shorter one is taken");
    for (size_t bit = 0; bit < 8 * tar.size; bit++) {
        tar.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        free_bits += !read_back(&tar, tar.size, &count);
        tar.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    TAP_OK(free_bits == 8 * (size_of(0) + size_of(1)),
           "one bit is another: %zu taken, those of files", free_bits);
    slt_buffer_append(&tar, content(), 1);
    TAP_OK(read_back(&tar, tar.size, &count) == SLT_FORMAT, "a byte behind the end");
    slt_buffer_free(&tar);
}

static void test_names(void)
{
    static const char *const wrong[] = {"",
                                        "/a",
                                        "a/",
                                        "a//b",
                                        "./a",
                                        "a/./b",
                                        "../a",
                                        "a/../b",
                                        "a/..",
                                        "..",
                                        ".",
                                        "a\nb",
                                        "a\\b",
                                        "\xff",
                                        "a\x7f",
                                        HUNDRED "1",
                                        "a/" HUNDRED "1",
                                        HUNDRED "/" HUNDRED "/a"};
    size_t taken = 0;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        slt_buffer tar = {0};
        taken += slt_ustar_add(&tar, wrong[i], "", 0, &err) != SLT_FORMAT;
        slt_buffer_free(&tar);
    }
    TAP_OK(taken == 0, "names of no file");
    for (int twice = 0; twice < 2; twice++) {
        slt_buffer tar = {0};
        size_t count;
        slt_ustar_add(&tar, "b", "", 0, &err);
        slt_ustar_add(&tar, twice ? "b" : "a", "", 0, &err);
        slt_ustar_end(&tar, &err);
        TAP_OK(read_back(&tar, tar.size, &count) == SLT_FORMAT &&
                   strstr(err.text, "byte 512: expected a name behind"),
               twice ? "a name twice" : "names out of order");
        slt_buffer_free(&tar);
    }
}

/* A header that is right in itself: its checksum is made again. */
static void put_sum(uint8_t *header)
{
    unsigned sum = 0;
    char text[8];
    memset(header + 148, ' ', 8);
    for (size_t i = 0; i < 512; i++)
        sum += header[i];
    snprintf(text, sizeof text, "%06o", sum);
    memcpy(header + 148, text, 7);
}

static void test_headers(void)
{
    static const struct {
        size_t at;
        const char *text;
        const char *what;
    } changes[] = {
        {156, "2", "a link"},
        {156, "1", "a hard link"},
        {156, "5", "a folder"},
        {156, "3", "a device"},
        {156, "x", "pax"},
        {156, "L", "GNU's long name"},
        {106, "5", "another mode"},
        {108, "1", "an owner"},
        {116, "1", "a group"},
        {146, "1", "a time"},
        {257, "ustar  ", "GNU's magic"},
        {265, "root", "a name of an owner"},
        {124, "7", "a size that lies"},
        {124, "\x80", "a size in binary"},
        {157, "to", "where a link leads"},
        {0, "/", "an absolute name"},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        slt_buffer tar = make(2);
        size_t count;
        memcpy(tar.data + changes[i].at, changes[i].text, strlen(changes[i].text));
        put_sum(tar.data);
        TAP_OK(read_back(&tar, tar.size, &count) == SLT_FORMAT, "%s: %s", changes[i].what,
               err.text);
        slt_buffer_free(&tar);
    }
}

static void test_gnu(void)
{
    char root[] = "/tmp/slt-ustar-XXXXXX", path[512], command[1024];
    slt_buffer ours = make(FILES), theirs = {0};
    if (!mkdtemp(root))
        tap_bail("no folder");
    for (size_t i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "%s/in/%s", root, names[i]);
        snprintf(command, sizeof command, "mkdir -p \"$(dirname '%s')\"", path);
        if (system(command) || slt_io_replace(path, content(), size_of(i), &err))
            tap_bail(path);
    }
    snprintf(command, sizeof command,
             "cd %s/in && find . -type f -printf '%%P\\n' | LC_ALL=C sort |"
             " tar --format=ustar --sort=name --mtime=@0 --owner=0 --group=0"
             " --numeric-owner --mode=0644 -cf ../x.tar -T -",
             root);
    snprintf(path, sizeof path, "%s/x.tar", root);
    if (system(command) || slt_io_read(path, 1 << 20, &theirs, &err))
        tap_bail("tar");
    TAP_OK(ours.size == theirs.size && !memcmp(ours.data, theirs.data, ours.size),
           "GNU tar's bytes");
    snprintf(command, sizeof command, "rm -r %s", root);
    if (system(command))
        tap_note("left %s", root);
    slt_buffer_free(&ours);
    slt_buffer_free(&theirs);
}

int main(void)
{
    test_round();
    test_damaged();
    test_names();
    test_headers();
    test_gnu();
    return tap_done();
}
