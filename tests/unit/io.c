#include "tap.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#include "base/io.h"

static char folder[] = "/tmp/sltrace-io-XXXXXX";
static char path[64], fifo[64];

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

int main(void)
{
    if (!mkdtemp(folder))
        tap_bail("no temporary folder");
    snprintf(path, sizeof path, "%s/file", folder);
    snprintf(fifo, sizeof fifo, "%s/fifo", folder);
    test_round();
    test_refusals();
    test_full_disk();
    test_pipe();
    unlink(path);
    rmdir(folder);
    return tap_done();
}
