/* Runs gnuplot on a script. It reads the script as its input and writes the picture as
 * its output; both are files without a name, so that no path is part of a script and no
 * file is left over. */
#include "report/picture/svg_internal.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sltrace/system.h>

#include "base/io.h"
#include "base/world.h"
#include "run/files.h"

extern char **environ;

#define SVG_SIZE_MAX ((size_t)256 << 20)

/* The user's environment, with a UTF-8 locale; malloc'ed. */
static char **gnuplot_environment(void)
{
    static char locale[] = "LC_ALL=C.UTF-8";
    size_t count = 0, kept = 0;
    while (environ[count])
        count++;
    char **copy = slt_world.calloc(count + 2, sizeof *copy);
    for (size_t i = 0; copy && i < count; i++)
        if (strncmp(environ[i], "LC_ALL=", 7))
            copy[kept++] = environ[i];
    if (copy)
        copy[kept] = locale;
    return copy;
}

/* Starts gnuplot. -d: default settings, so that a user's .gnuplot is ignored. */
static int gnuplot_spawn(int script, int picture, pid_t *child)
{
    static char *const arguments[] = {(char *)(uintptr_t) "gnuplot",
                                      (char *)(uintptr_t) "-d", (char *)(uintptr_t) "-",
                                      NULL};
    posix_spawn_file_actions_t files;
    char **variables = gnuplot_environment();
    int reason = variables ? slt_world.posix_spawn_file_actions_init(&files) : ENOMEM;
    if (reason) {
        free(variables);
        return reason;
    }
    reason = slt_world.posix_spawn_file_actions_adddup2(&files, script, 0);
    if (!reason)
        reason = slt_world.posix_spawn_file_actions_adddup2(&files, picture, 1);
    if (!reason)
        reason =
            slt_world.posix_spawnp(child, "gnuplot", &files, NULL, arguments, variables);
    slt_world.posix_spawn_file_actions_destroy(&files);
    free(variables);
    return reason;
}

/* Whether a folder of PATH has a gnuplot. */
static bool gnuplot_is_there(void)
{
    const char *at = slt_world.getenv("PATH");
    bool there = false;
    while (at && *at && !there) {
        const size_t size = strcspn(at, ":");
        slt_buffer path = {0};
        slt_buffer_printf(&path, "%.*s/gnuplot", (int)size, at);
        slt_files_look(slt_buffer_text(&path), &there, NULL);
        slt_buffer_free(&path);
        at += size + (at[size] == ':');
    }
    return there;
}

static slt_status run_gnuplot(int script, int picture, slt_error *err)
{
    pid_t child;
    int ended;
    int reason = gnuplot_spawn(script, picture, &child);
    if (reason)
        return slt_fail(err, reason == ENOENT ? SLT_UNFIT : SLT_RESOURCE,
                        "no picture: gnuplot cannot be started (%s)", strerror(reason));
    while (slt_world.waitpid(child, &ended, 0) < 0)
        if (errno != EINTR)
            return slt_fail(err, SLT_RESOURCE, "no picture: lost gnuplot: %s",
                            strerror(errno));
    /* The system's loader, too, exits with 127 where memory is short. */
    if (WIFEXITED(ended) && WEXITSTATUS(ended) == 127 && !gnuplot_is_there())
        return slt_fail(err, SLT_UNFIT, "no picture: gnuplot is not installed");
    return WIFEXITED(ended) && !WEXITSTATUS(ended)
               ? SLT_OK
               : slt_fail(err, SLT_RESOURCE, "no picture: gnuplot failed");
}

/* Appends what gnuplot drew as XML: gnuplot does not escape > in texts, but XML forbids
 * "]]>" there. */
static void gnuplot_put_xml(const slt_buffer *drawn, slt_buffer *out)
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

/* gnuplot does not look whether what it writes arrives. */
static bool gnuplot_ended(const slt_buffer *drawn)
{
    static const char end[] = "</svg>";
    size_t size = drawn->size;
    while (size && (drawn->data[size - 1] == '\n' || drawn->data[size - 1] == ' '))
        size--;
    return size >= strlen(end) &&
           memcmp(drawn->data + size - strlen(end), end, strlen(end)) == 0;
}

static slt_status gnuplot_take(int picture, slt_buffer *svg, slt_error *err)
{
    slt_buffer drawn = {0};
    slt_status status =
        slt_world.lseek(picture, 0, SEEK_SET)
            ? slt_fail(err, SLT_FILE, "no picture: %s", strerror(errno))
            : slt_io_read_open(picture, "the picture", SVG_SIZE_MAX, &drawn, err);
    if (!status && !gnuplot_ended(&drawn))
        status = slt_fail(err, SLT_RESOURCE, "no picture: gnuplot's is cut short");
    gnuplot_put_xml(&drawn, svg);
    slt_buffer_free(&drawn);
    return !status && svg->failed
               ? slt_fail(err, SLT_RESOURCE, "no memory for the picture")
               : status;
}

static slt_status gnuplot_draw_script(const slt_buffer *text, int script, int picture,
                                      slt_buffer *svg, slt_error *err)
{
    if (script < 0 || picture < 0)
        return slt_fail(err, SLT_RESOURCE, "no picture: %s", strerror(errno));
    slt_status status =
        slt_io_write_open(script, "the script", text->data, text->size, err);
    if (!status && slt_world.lseek(script, 0, SEEK_SET))
        status = slt_fail(err, SLT_FILE, "no picture: %s", strerror(errno));
    if (!status)
        status = run_gnuplot(script, picture, err);
    return status ? status : gnuplot_take(picture, svg, err);
}

slt_status slt_gnuplot(const slt_buffer *text, slt_buffer *svg, slt_error *err)
{
    int script = memfd_create("script", MFD_CLOEXEC);
    int picture = memfd_create("picture", MFD_CLOEXEC);
    slt_status status = gnuplot_draw_script(text, script, picture, svg, err);
    if (script >= 0)
        slt_world.close(script);
    if (picture >= 0)
        slt_world.close(picture);
    return status;
}
