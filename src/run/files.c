#include "run/files.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sltrace/system.h>

#include "base/world.h"

slt_status slt_path_print(char text[SLT_FILE_PATH_MAX], slt_error *err,
                          const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text, SLT_FILE_PATH_MAX, format, arguments);
    va_end(arguments);
    if (size < 0 || size >= SLT_FILE_PATH_MAX)
        return slt_fail(err, SLT_USAGE, "%.60s...: path longer than %d bytes", text,
                        SLT_FILE_PATH_MAX - 1);
    return SLT_OK;
}

static slt_status failed(slt_error *err, const char *path, const char *doing)
{
    return slt_fail(err, SLT_FILE, "%s: cannot %s: %s", path, doing, strerror(errno));
}

slt_status slt_file_remove(const char *path, slt_error *err)
{
    if (slt_world.unlink(path) && errno != ENOENT)
        return failed(err, path, "remove");
    return SLT_OK;
}

uint64_t slt_clock_ns(void)
{
    struct timespec now;
    slt_world.clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
