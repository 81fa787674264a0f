/* gnuplot, run on a script: it reads the script as its input and writes the picture as
 * its output, so that no path is ever part of a script. */
#include "study/picture/svg_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "study/files.h"

extern char **environ;

#define SVG_SIZE_MAX ((size_t)256 << 20)
#define BUT_DATA "; the CSV holds all its data"

/* The user's environment with a locale that has the letters of UTF-8; malloc'ed. */
static char **environment(void)
{
    static char locale[] = "LC_ALL=C.UTF-8";
    size_t count = 0, kept = 0;
    while (environ[count])
        count++;
    char **copy = calloc(count + 2, sizeof *copy);
    for (size_t i = 0; copy && i < count; i++)
        if (strncmp(environ[i], "LC_ALL=", 7))
            copy[kept++] = environ[i];
    if (copy)
        copy[kept] = locale;
    return copy;
}

/* -d: as it comes, whatever a user's .gnuplot says. */
static int spawn(const char *script, const char *picture, pid_t *child)
{
    static char *const arguments[] = {(char *)(uintptr_t) "gnuplot",
                                      (char *)(uintptr_t) "-d", (char *)(uintptr_t) "-",
                                      NULL};
    posix_spawn_file_actions_t files;
    char **variables = environment();
    int reason = variables ? posix_spawn_file_actions_init(&files) : ENOMEM;
    if (reason) {
        free(variables);
        return reason;
    }
    reason = posix_spawn_file_actions_addopen(&files, 0, script, O_RDONLY, 0);
    if (!reason)
        reason = posix_spawn_file_actions_addopen(&files, 1, picture,
                                                  O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (!reason)
        reason = posix_spawnp(child, "gnuplot", &files, NULL, arguments, variables);
    posix_spawn_file_actions_destroy(&files);
    free(variables);
    return reason;
}

static slt_status run(const char *script, const char *picture, slt_error *err)
{
    pid_t child;
    int ended;
    int reason = spawn(script, picture, &child);
    if (reason)
        return slt_fail(err, reason == ENOENT ? SLT_UNFIT : SLT_RESOURCE,
                        "no picture: gnuplot cannot be started (%s)" BUT_DATA,
                        strerror(reason));
    while (waitpid(child, &ended, 0) < 0)
        if (errno != EINTR)
            return slt_fail(err, SLT_RESOURCE, "no picture: lost gnuplot: %s",
                            strerror(errno));
    if (WIFEXITED(ended) && WEXITSTATUS(ended) == 127)
        return slt_fail(err, SLT_UNFIT, "no picture: gnuplot is not installed" BUT_DATA);
    return WIFEXITED(ended) && !WEXITSTATUS(ended)
               ? SLT_OK
               : slt_fail(err, SLT_RESOURCE, "no picture: gnuplot failed" BUT_DATA);
}

/* What gnuplot drew, as XML: it leaves > in texts as it is, which "]]>" forbids. */
static void put_xml(const slt_buffer *drawn, slt_buffer *out)
{
    bool tag = false;
    for (size_t i = 0; i < drawn->size; i++) {
        uint8_t c = drawn->data[i];
        if (c == '>' && !tag)
            slt_buffer_printf(out, "&gt;");
        else
            slt_buffer_byte(out, c);
        tag = c == '<' || (tag && c != '>');
    }
}

static slt_status take(const char *picture, const char *path, slt_error *err)
{
    slt_buffer drawn = {0}, out = {0};
    slt_status status = slt_io_read(picture, SVG_SIZE_MAX, &drawn, err);
    put_xml(&drawn, &out);
    if (!status && out.failed)
        status = slt_fail(err, SLT_RESOURCE, "no memory for the picture");
    if (!status)
        status = slt_io_replace(path, out.data, out.size, err);
    slt_buffer_free(&drawn);
    slt_buffer_free(&out);
    return status;
}

slt_status slt_gnuplot(const slt_buffer *text, const char *path, slt_error *err)
{
    char script[SLT_FILE_PATH_MAX], picture[SLT_FILE_PATH_MAX];
    slt_status status = slt_path_print(script, err, "%s.gnuplot", path);
    if (!status)
        status = slt_path_print(picture, err, "%s.part", path);
    if (!status)
        status = slt_io_replace(script, text->data, text->size, err);
    if (status)
        return status;
    status = run(script, picture, err);
    if (!status)
        status = take(picture, path, err);
    unlink(picture);
    unlink(script);
    return status;
}
