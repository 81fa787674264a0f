#include "tap.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <signal.h>
#include <unistd.h>

#include <sltrace/system.h>

#include "base/io.h"

static char folder[] = "/tmp/sltrace-io-XXXXXX";
static char path[64], fifo[64];

static size_t unlinked, signals; /* that come while a file is read */

ssize_t read(int fd, void *to, size_t size)
{
    if (signals) {
        signals--;
        errno = EINTR;
        return -1;
    }
    return syscall(SYS_read, fd, to, size > 7 ? 7 : size); /* in small pieces */
}

int unlink(const char *name)
{
    unlinked++;
    return (int)syscall(SYS_unlinkat, AT_FDCWD, name, 0);
}

static int files(void)
{
    int count = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir))
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static void test_round(void)
{
    slt_buffer bytes = {0};
    slt_error err = {0};
    TAP_OK(slt_io_replace(path, "one", 3, &err) == SLT_OK, "write");
    TAP_OK(slt_io_replace(path, "second", 6, &err) == SLT_OK, "write over it");
    TAP_OK(slt_io_read(path, 6, &bytes, &err) == SLT_OK, "read");
    TAP_EQ_TEXT(slt_buffer_text(&bytes), "second", "the new content");
    TAP_EQ_U64(files(), 1, "one file");
    TAP_OK(slt_io_replace(path, "", 0, &err) == SLT_OK, "write nothing");
    slt_buffer_clear(&bytes);
    TAP_OK(slt_io_read(path, 6, &bytes, &err) == SLT_OK && bytes.size == 0, "read it");
    slt_buffer_free(&bytes);
}

static void test_refusals(void)
{
    slt_buffer bytes = {0};
    slt_error err = {0};
    slt_io_replace(path, "seventh", 7, &err);
    TAP_OK(slt_io_read(path, 6, &bytes, &err) == SLT_FILE, "too large");
    TAP_OK(strstr(err.text, "at most 6 bytes, found 7"), "%s", err.text);
    TAP_OK(slt_io_read("/nonexistent/x", 6, &bytes, &err) == SLT_FILE, "absent");
    TAP_EQ_TEXT(err.text, "/nonexistent/x: cannot open: No such file or directory",
                "message");
    TAP_OK(slt_io_read(folder, 6, &bytes, &err) == SLT_FILE, "a directory");
    TAP_OK(mkfifo(fifo, 0600) == 0 && slt_io_read(fifo, 6, &bytes, &err) == SLT_FILE,
           "a FIFO, without waiting");
    unlink(fifo);
    TAP_OK(slt_io_replace("/nonexistent/x", "a", 1, &err) == SLT_FILE, "no such folder");
    TAP_OK(bytes.size == 0, "nothing read");
    slt_buffer_free(&bytes);
}

/* Root may rename a file over a device: what is no file is written to instead. */
static void test_pipe(void)
{
    slt_error err = {0};
    struct stat info;
    char got[8] = "";
    int reader = mkfifo(fifo, 0600) ? -1 : open(fifo, O_RDONLY | O_NONBLOCK);
    TAP_OK(slt_io_replace(fifo, "piped", 5, &err) == SLT_OK, "write to a pipe");
    TAP_OK(read(reader, got, 7) == 5 && !strcmp(got, "piped"), "it arrives");
    TAP_OK(lstat(fifo, &info) == 0 && S_ISFIFO(info.st_mode), "the pipe still stands");
    close(reader);
    unlink(fifo);
}

/* A limit on the file size stands in for a full disk: write stops half-way. */
static void test_full_disk(void)
{
    static const uint8_t much[100000];
    slt_error err = {0};
    slt_io_replace(path, "old", 3, &err);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit was;
    getrlimit(RLIMIT_FSIZE, &was);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){50000, was.rlim_max});
    slt_status status = slt_io_replace(path, much, sizeof much, &err);
    setrlimit(RLIMIT_FSIZE, &was);
    TAP_OK(status == SLT_FILE, "%s", err.text);
    TAP_EQ_U64(files(), 1, "no temporary file is left");
    slt_buffer bytes = {0};
    slt_io_read(path, 100, &bytes, &err);
    TAP_EQ_TEXT(slt_buffer_text(&bytes), "old", "the old content stands");
    slt_buffer_free(&bytes);
}

/* What stands under the name is replaced: a link is not followed. */
static void test_links(void)
{
    char target[80], link[80];
    slt_buffer bytes = {0};
    struct stat info;
    snprintf(target, sizeof target, "%s/target", folder);
    snprintf(link, sizeof link, "%s/link", folder);
    slt_io_replace(target, "kept", 4, NULL);
    TAP_OK(symlink(target, link) == 0 && !slt_io_replace(link, "new", 3, NULL),
           "written");
    TAP_OK(lstat(link, &info) == 0 && S_ISREG(info.st_mode), "the link is a file now");
    slt_io_read(target, 9, &bytes, NULL);
    TAP_EQ_TEXT(slt_buffer_text(&bytes), "kept", "what it led to is as before");
    unlink(link);
    mkfifo(fifo, 0600);
    TAP_OK(symlink(fifo, link) == 0 && !slt_io_replace(link, "new", 3, NULL) &&
               lstat(link, &info) == 0 && S_ISREG(info.st_mode),
           "nor one to a pipe");
    unlink(fifo);
    unlink(link);
    unlink(target);
    slt_buffer_free(&bytes);
}

/* A name of the system's for an open file is followed: here one that has no other. */
static void test_open_file(void)
{
    char name[32], text[8] = "";
    int fd = open(folder, O_TMPFILE | O_RDWR, 0600);
    if (fd < 0)
        return;
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    TAP_OK(!slt_io_replace(name, "here", 4, NULL) && pread(fd, text, 7, 0) == 4 &&
               !strcmp(text, "here"),
           "an open file by its name in /proc");
    close(fd);
}

static void test_pieces(void)
{
    static const char text[] = "read in several pieces";
    slt_buffer bytes = {0};
    slt_error err = {0};
    slt_io_replace(path, text, sizeof text - 1, NULL);
    signals = 2;
    TAP_OK(!slt_io_read(path, 64, &bytes, &err) && signals == 0,
           "a signal while a file is read");
    TAP_OK(bytes.size == sizeof text - 1 && !memcmp(bytes.data, text, bytes.size),
           "costs no byte and adds none");
    slt_buffer_free(&bytes);
}

static void test_abandon(void)
{
    slt_io_output output;
    slt_error err = {0};
    int before = files();
    slt_io_begin(&output, path);
    char *name = output.temporary; /* which the end of a process leaves to itself */
    slt_io_write(&output, "half", 4);
    TAP_EQ_U64(files(), before + 1, "a file in the making");
    slt_files_abandon();
    TAP_EQ_U64(files(), before, "is gone where the process ends");
    TAP_OK(slt_io_end(&output, true, &err) == SLT_FILE, "and cannot be finished: %s",
           err.text);
    free(name);
    TAP_OK(slt_io_replace(path, "again", 5, &err) == SLT_OK, "the next one can");
    unlinked = 0;
    slt_files_abandon();
    TAP_EQ_U64(unlinked, 0, "and is left alone, its work done");
}

static void test_stream(void)
{
    slt_output *stream = NULL;
    FILE *file = NULL;
    slt_error err = {0};
    slt_buffer bytes = {0};
    int before = files();
    slt_io_replace(path, "old", 3, NULL);
    TAP_OK(!slt_output_begin(path, true, &stream, &file, &err), "a stream");
    fputs("half", file);
    TAP_OK(!slt_output_end(stream, false, &err) && files() == before, "not kept");
    TAP_OK(!slt_output_begin(path, true, &stream, &file, &err), "another");
    fputs("whole", file);
    TAP_OK(!slt_output_end(stream, true, &err) && files() == before, "kept");
    slt_io_read(path, 9, &bytes, NULL);
    TAP_EQ_TEXT(slt_buffer_text(&bytes), "whole", "the last one");
    slt_buffer_free(&bytes);
    TAP_OK(slt_output_begin("/nonexistent/x", true, &stream, &file, &err) == SLT_FILE,
           "%s", err.text);
}

/* Nothing is overwritten, whenever the file came. */
static void test_new(void)
{
    slt_output *output = NULL;
    FILE *file = NULL;
    slt_error err = {0};
    slt_buffer bytes = {0};
    slt_io_replace(path, "old", 3, NULL);
    TAP_OK(slt_output_begin(path, false, &output, &file, &err) == SLT_FILE && !output &&
               strstr(err.text, "exists already; nothing is overwritten"),
           "%s", err.text);
    remove(path);
    int before = files();
    TAP_OK(!slt_output_begin(path, false, &output, &file, &err), "a new file");
    fputs("new", file);
    slt_io_replace(path, "theirs", 6, NULL);
    TAP_OK(slt_output_end(output, true, &err) == SLT_FILE && files() == before + 1,
           "another came meanwhile: %s", err.text);
    slt_io_read(path, 9, &bytes, NULL);
    TAP_EQ_TEXT(slt_buffer_text(&bytes), "theirs", "which is kept");
    slt_buffer_free(&bytes);
}

/* ---- What is there ----------------------------------------------------------------- */

static bool holds(const char *name, const char *text, bool is_there)
{
    bool there, same;
    slt_error err = {0};
    return slt_files_compare(name, text, strlen(text), &there, &same, &err) == SLT_OK &&
           there == is_there && same;
}

static void test_looks(void)
{
    slt_error err = {0};
    bool there, same, is_folder;
    slt_io_replace(path, "seventh", 7, &err);
    TAP_OK(holds(path, "seventh", true), "the same bytes");
    TAP_OK(!holds(path, "seventy", true) && !holds(path, "seven", true), "other bytes");
    TAP_OK(!slt_files_compare(folder, "x", 1, &there, &same, &err) && there && !same,
           "a folder");
    TAP_OK(!slt_files_compare("/nonexistent/x", "", 0, &there, &same, &err) && !there &&
               !same,
           "nothing there");
    TAP_OK(!slt_files_is_folder(folder, &is_folder, &err) && is_folder, "a folder");
    TAP_OK(!slt_files_is_folder(path, &is_folder, &err) && !is_folder, "no folder");
    TAP_OK(!slt_files_is_folder("/nonexistent/x", &is_folder, &err) && !is_folder,
           "nothing there");
    char name[300];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = 0;
    TAP_OK(slt_files_is_folder(name, &is_folder, &err) == SLT_FILE &&
               slt_files_compare(name, "", 0, &there, &same, &err) == SLT_FILE,
           "where the system cannot tell: %s", err.text);
}

int main(void)
{
    alarm(60); /* a pipe that is waited for */
    if (!mkdtemp(folder))
        tap_bail("no temporary folder");
    snprintf(path, sizeof path, "%s/file", folder);
    snprintf(fifo, sizeof fifo, "%s/fifo", folder);
    test_round();
    test_refusals();
    test_full_disk();
    test_pipe();
    test_links();
    test_open_file();
    test_pieces();
    test_abandon();
    test_stream();
    test_new();
    test_looks();
    unlink(path);
    rmdir(folder);
    return tap_done();
}
