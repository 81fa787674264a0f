#include "report/picture/filter.h"

#include <errno.h>
#include <spawn.h>
#include <stdbool.h>
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

#define PICTURE_SIZE_MAX ((size_t)256 << 20)

static bool is_replaced(const char *variable)
{
    return !strncmp(variable, "LC_ALL=", 7) ||
           !strncmp(variable, "SOURCE_DATE_EPOCH=", 18);
}

/* malloc'ed. */
static char **filter_environment(void)
{
    static char locale[] = "LC_ALL=C.UTF-8", time[] = "SOURCE_DATE_EPOCH=0";
    size_t count = 0, kept = 0;
    while (environ[count])
        count++;
    char **copy = slt_world.calloc(count + 3, sizeof *copy);
    if (!copy)
        return NULL;
    for (size_t i = 0; i < count; i++)
        if (!is_replaced(environ[i]))
            copy[kept++] = environ[i];
    copy[kept++] = locale;
    copy[kept] = time;
    return copy;
}

static int filter_spawn(const slt_filter *filter, int input, int output, pid_t *child)
{
    posix_spawn_file_actions_t files;
    char **variables = filter_environment();
    int reason = variables ? slt_world.posix_spawn_file_actions_init(&files) : ENOMEM;
    if (reason) {
        free(variables);
        return reason;
    }
    reason = slt_world.posix_spawn_file_actions_adddup2(&files, input, 0);
    if (!reason)
        reason = slt_world.posix_spawn_file_actions_adddup2(&files, output, 1);
    if (!reason)
        reason = slt_world.posix_spawnp(child, filter->arguments[0], &files, NULL,
                                        filter->arguments, variables);
    slt_world.posix_spawn_file_actions_destroy(&files);
    free(variables);
    return reason;
}

/* Whether a folder of PATH has the program. */
static bool is_there(const char *program)
{
    const char *at = slt_world.getenv("PATH");
    bool there = false;
    while (at && *at && !there) {
        const size_t size = strcspn(at, ":");
        slt_buffer path = {0};
        slt_buffer_printf(&path, "%.*s/%s", (int)size, at, program);
        slt_files_look(slt_buffer_text(&path), &there, NULL);
        slt_buffer_free(&path);
        at += size + (at[size] == ':');
    }
    return there;
}

static slt_status filter_wait(const slt_filter *filter, int input, int output,
                              slt_error *err)
{
    const char *program = filter->arguments[0];
    pid_t child;
    int ended;
    int reason = filter_spawn(filter, input, output, &child);
    if (reason)
        return slt_fail(err, reason == ENOENT ? SLT_UNFIT : SLT_RESOURCE,
                        "no %s: %s cannot be started (%s)", filter->makes, program,
                        strerror(reason));
    while (slt_world.waitpid(child, &ended, 0) < 0)
        if (errno != EINTR)
            return slt_fail(err, SLT_RESOURCE, "no %s: lost %s: %s", filter->makes,
                            program, strerror(errno));
    /* The system's loader, too, exits with 127 where memory is short. */
    if (WIFEXITED(ended) && WEXITSTATUS(ended) == 127 && !is_there(program))
        return slt_fail(err, SLT_UNFIT, "no %s: %s is not installed", filter->makes,
                        program);
    return WIFEXITED(ended) && !WEXITSTATUS(ended)
               ? SLT_OK
               : slt_fail(err, SLT_RESOURCE, "no %s: %s failed", filter->makes, program);
}

static slt_status filter_files(const slt_filter *filter, const slt_buffer *text,
                               int input, int output, slt_buffer *made, slt_error *err)
{
    if (input < 0 || output < 0)
        return slt_fail(err, SLT_RESOURCE, "no %s: %s", filter->makes, strerror(errno));
    slt_status status =
        slt_io_write_open(input, "the script", text->data, text->size, err);
    if (!status && slt_world.lseek(input, 0, SEEK_SET))
        status = slt_fail(err, SLT_FILE, "no %s: %s", filter->makes, strerror(errno));
    if (!status)
        status = filter_wait(filter, input, output, err);
    if (!status && slt_world.lseek(output, 0, SEEK_SET))
        status = slt_fail(err, SLT_FILE, "no %s: %s", filter->makes, strerror(errno));
    return status ? status
                  : slt_io_read_open(output, "the picture", PICTURE_SIZE_MAX, made, err);
}

slt_status slt_filter_run(const slt_filter *filter, const slt_buffer *input,
                          slt_buffer *output, slt_error *err)
{
    int in = memfd_create("input", MFD_CLOEXEC);
    int out = memfd_create("output", MFD_CLOEXEC);
    slt_status status = filter_files(filter, input, in, out, output, err);
    if (in >= 0)
        slt_world.close(in);
    if (out >= 0)
        slt_world.close(out);
    return status;
}
