#include "array/npz.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "base/library.h"
#include "base/world.h"

/* ---- libzip ------------------------------------------------------------------------ */

/* Of zip.h: ZIP_CHECKCONS, ZIP_RDONLY. */
enum { CHECK_CONSISTENCY = 4, READ_ONLY = 16 };

static struct {
    void *(*source)(const void *bytes, uint64_t size, int owned, void *error);
    void (*source_free)(void *source);
    void *(*open)(void *source, int flags, void *error);
    void (*discard)(void *archive);
    int64_t (*count)(void *archive, uint32_t flags);
    const char *(*name)(void *archive, uint64_t index, uint32_t flags);
    void *(*open_entry)(void *archive, uint64_t index, uint32_t flags);
    int64_t (*read)(void *entry, void *to, uint64_t size);
    int (*close)(void *entry);
    slt_error wrong; /* if it cannot be used */
} zip;
static pthread_once_t zip_once = PTHREAD_ONCE_INIT;

static void zip_load(void)
{
    static const char *const names[] = {"libzip.so.5", "libzip.so.4", NULL};
    const slt_library_symbol wanted[] = {
        {"zip_source_buffer_create", &zip.source},
        {"zip_source_free", &zip.source_free},
        {"zip_open_from_source", &zip.open},
        {"zip_discard", &zip.discard},
        {"zip_get_num_entries", &zip.count},
        {"zip_get_name", &zip.name},
        {"zip_fopen_index", &zip.open_entry},
        {"zip_fread", &zip.read},
        {"zip_fclose", &zip.close},
    };
    slt_library_find(names, wanted, sizeof wanted / sizeof *wanted,
                     "no libzip (libzip.so.4 or .5), which unpacks .npz files, is "
                     "installed",
                     &zip.wrong);
}

/* ---- Its entries ------------------------------------------------------------------- */

bool slt_npz_is(const uint8_t *bytes, size_t size)
{
    return size >= 4 && memcmp(bytes, "PK\3\4", 4) == 0;
}

/* Whether an entry is the array that NumPy calls `member`. */
static bool is_member(const char *entry, const char *member)
{
    const size_t length = strlen(member);
    return !strncmp(entry, member, length) && !strcmp(entry + length, ".npy");
}

static slt_status find_entry(void *archive, const char *member, uint64_t *index,
                             slt_error *err)
{
    const int64_t count = zip.count(archive, 0);
    slt_buffer names = {0};
    size_t found = 0;
    for (int64_t i = 0; i < count; i++) {
        const char *name = zip.name(archive, (uint64_t)i, 0);
        if (name && is_member(name, member) && !found++)
            *index = (uint64_t)i;
        if (name && names.size < 200)
            slt_buffer_printf(&names, "%s%.60s", i ? ", " : "", name);
    }
    slt_status status = SLT_OK;
    if (found != 1)
        status = slt_fail(err, SLT_FORMAT,
                          "expected one member '%.80s.npy', found %zu; it "
                          "has %s",
                          member, found, slt_buffer_text(&names));
    slt_buffer_free(&names);
    return status;
}

/* All of the entry, which must end after at most `most` bytes. */
static slt_status read_entry(void *entry, size_t most, slt_buffer *out, slt_error *err)
{
    static const size_t piece = (size_t)1 << 16;
    const size_t before = out->size;
    for (;;) {
        uint8_t *at = slt_buffer_extend(out, piece);
        if (!at)
            return slt_fail(err, SLT_RESOURCE, "no memory for a member");
        const int64_t got = zip.read(entry, at, piece);
        out->size -= got < 0 ? piece : piece - (size_t)got;
        if (got < 0)
            return slt_fail(err, SLT_FORMAT, "a damaged member");
        if (out->size - before > most)
            return slt_fail(err, SLT_FORMAT,
                            "expected a member of at most %zu bytes, %d times those of "
                            "the archive",
                            most, SLT_NPZ_RATIO_MAX);
        if (got == 0)
            return SLT_OK;
    }
}

static slt_status read_member(void *archive, const char *member, size_t most,
                              slt_buffer *out, slt_error *err)
{
    uint64_t index = 0;
    slt_status status = find_entry(archive, member, &index, err);
    if (status)
        return status;
    void *entry = zip.open_entry(archive, index, 0);
    if (!entry)
        return slt_fail(err, SLT_FORMAT, "member '%.80s' cannot be unpacked", member);
    status = read_entry(entry, most, out, err);
    if (zip.close(entry) && !status)
        status = slt_fail(err, SLT_FORMAT, "a damaged member");
    return status;
}

slt_status slt_npz_read(const uint8_t *bytes, size_t size, const char *member,
                        size_t size_max, slt_buffer *out, slt_error *err)
{
    slt_world.pthread_once(&zip_once, zip_load);
    if (zip.wrong.status)
        return slt_error_copy(err, &zip.wrong);
    void *source = zip.source(bytes, size, 0, NULL);
    void *archive = source ? zip.open(source, READ_ONLY | CHECK_CONSISTENCY, NULL) : NULL;
    if (!archive) {
        if (source)
            zip.source_free(source);
        return slt_fail(err, SLT_FORMAT, "expected a whole zip archive");
    }
    const size_t ratio =
        size < size_max / SLT_NPZ_RATIO_MAX ? size * SLT_NPZ_RATIO_MAX : size_max;
    slt_status status = read_member(archive, member, ratio, out, err);
    zip.discard(archive);
    return status;
}
