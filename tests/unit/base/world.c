#include "base/world.h"

#include <errno.h>

#include "base/arena.h"
#include "base/io.h"
#include "tap.h"

/* ---- The system behind it ---------------------------------------------------------- */

static void test_rows(void)
{
    size_t rows = 0, empty = 0;
#define LOOK(kind, failure, type, name, parameters, arguments)                           \
    rows++;                                                                              \
    empty += !slt_world.name;
    SLT_WORLD_CALLS(LOOK)
#undef LOOK
    TAP_EQ_U64(rows * sizeof(void (*)(void)), sizeof slt_world, "a call in each place");
    TAP_EQ_U64(empty, 0, "and each is of the system");
}

static void test_mode(void)
{
    char folder[] = "/tmp/sltrace-world-XXXXXX", path[64];
    struct stat about = {0};
    if (!slt_world.mkdtemp(folder))
        tap_bail("no folder");
    snprintf(path, sizeof path, "%s/x", folder);
    int fd = slt_world.open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    TAP_OK(fd >= 0 && slt_world.fstat(fd, &about) == 0, "a file is made");
    TAP_EQ_U64(about.st_mode & 0777, 0600, "with the mode that open was given");
    TAP_OK(slt_world.fcntl(fd, F_GETFD, NULL) == FD_CLOEXEC, "and its flags");
    slt_world.close(fd);
    _Alignas(8) char list[4096];
    fd = slt_world.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    TAP_OK(slt_world.list_entries(fd, list, sizeof list) > 0, "a folder lists it");
    TAP_EQ_U64(slt_world.list_entries(fd, list, sizeof list), 0, "once");
    slt_world.close(fd);
    slt_world.unlink(path);
    slt_world.rmdir(folder);
}

/* ---- Another behind it ------------------------------------------------------------- */

static void *no_memory(size_t count, size_t size)
{
    (void)count;
    (void)size;
    return NULL;
}

static ssize_t one_byte(int fd, void *to, size_t size)
{
    return size ? read(fd, to, 1) : 0;
}

static int no_files(const char *path, int flags, mode_t mode)
{
    (void)path;
    (void)flags;
    (void)mode;
    errno = EMFILE;
    return -1;
}

static void test_other_world(void)
{
    const slt_world_table system = slt_world;
    slt_arena arena = {0};
    slt_buffer bytes = {0};
    slt_error err = {0};
    slt_world.calloc = no_memory;
    TAP_OK(!slt_arena_take(&arena, 1, 1) && arena.failed, "memory runs out in the table");
    slt_world = system;
    slt_world.read = one_byte;
    TAP_OK(!slt_io_read(SLT_SOURCE_DIR "/LICENSE", 1 << 20, &bytes, &err) &&
               bytes.size > 100,
           "reads may be short");
    slt_world.open = no_files;
    TAP_OK(slt_io_read(SLT_SOURCE_DIR "/LICENSE", 1 << 20, &bytes, &err) == SLT_FILE &&
               strstr(err.text, strerror(EMFILE)),
           "too many files are told");
    slt_world = system;
    slt_buffer_free(&bytes);
    slt_arena_free(&arena);
}

int main(void)
{
    test_rows();
    test_mode();
    test_other_world();
    return tap_done();
}
