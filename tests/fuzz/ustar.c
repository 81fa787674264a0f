/* Archives: what is taken is written again as the same bytes, and its names are those of
 * files within one folder. */
#include "fuzz.h"

#include <stdlib.h>

#include "codec/ustar.h"

static void seed(size_t n, slt_buffer *bytes)
{
    static const char *const names[] = {"a.golden", "b/c.yaml", "b/d.csv", "z"};
    slt_error err = {0};
    for (size_t i = 0; i < n; i++)
        slt_ustar_add(bytes, names[i], "0123456789", 3 * i, &err);
    slt_ustar_end(bytes, &err);
}

static bool leads_out(const char *name)
{
    return *name == '/' || !strncmp(name, "../", 3) || strstr(name, "/../") ||
           strstr(name, "//") || !*name || name[strlen(name) - 1] == '/';
}

static bool check(const uint8_t *bytes, size_t size)
{
    slt_ustar_file *files;
    size_t count;
    slt_error err = {0};
    slt_buffer again = {0};
    slt_status status = slt_ustar_read(bytes, size, "x", &files, &count, &err);
    if (status) {
        FUZZ_REFUSED(status, err, "x");
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        FUZZ_REQUIRE(!leads_out(files[i].name), "%s leads out", files[i].name);
        FUZZ_REQUIRE(files[i].bytes + files[i].size <= bytes + size, "beyond the end");
        slt_ustar_add(&again, files[i].name, files[i].bytes, files[i].size, &err);
    }
    slt_ustar_end(&again, &err);
    FUZZ_REQUIRE(again.size == size && !memcmp(again.data, bytes, size),
                 "other bytes for %zu files", count);
    slt_buffer_free(&again);
    free(files);
    return true;
}

static const fuzz_target fuzz_this = {
    .name = "ustar", .mutants = 20000, .seeds = 5, .seed = seed, .check = check};

FUZZ_MAIN
