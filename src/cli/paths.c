#include "cli/paths.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sltrace/system.h>

#include "base/world.h"

slt_status cli_path(char path[CLI_PATH_MAX], slt_error *err, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(path, CLI_PATH_MAX, format, arguments);
    va_end(arguments);
    if (length < 0 || length >= CLI_PATH_MAX)
        return slt_fail(err, SLT_USAGE, "a path is longer than %d bytes: %.60s...",
                        CLI_PATH_MAX - 1, path);
    return SLT_OK;
}

/* Start of the last component "manifests" that has something below it. */
static const char *find_manifests(const char *path)
{
    static const char word[] = "manifests/";
    const char *last = NULL;
    for (const char *at = path; (at = strstr(at, word)); at++)
        if (at == path || at[-1] == '/')
            last = at;
    return last;
}

static size_t length_without_suffix(const char *path)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    return dot && dot > (slash ? slash : path) ? (size_t)(dot - path) : strlen(path);
}

slt_status cli_golden_path(const char *manifest, char path[CLI_PATH_MAX], slt_error *err)
{
    char whole[PATH_MAX];
    const char *at = find_manifests(manifest);
    if (!at && slt_world.realpath(manifest, whole) && (at = find_manifests(whole)))
        manifest = whole;
    int length = (int)length_without_suffix(manifest);
    if (!at)
        return cli_path(path, err, "%.*s.golden", length, manifest);
    int before = (int)(at - manifest), word = (int)strlen("manifests");
    return cli_path(path, err, "%.*sgolden%.*s.golden", before, manifest,
                    length - before - word, at + word);
}

slt_status cli_beside(const char *path, const char *name, char beside[CLI_PATH_MAX],
                      slt_error *err)
{
    const char *slash = strrchr(path, '/');
    if (name[0] == '/')
        return cli_path(beside, err, "%s", name);
    return cli_path(beside, err, "%.*s%s", slash ? (int)(slash - path) + 1 : 0, path,
                    name);
}

void cli_stem(const char *path, char stem[256])
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    snprintf(stem, 256, "%.*s", (int)length_without_suffix(name), name);
}

slt_status cli_check_stems(const cli_call *call, const char *files, slt_error *err)
{
    for (int i = 0; i < call->operand_count; i++)
        for (int j = 0; j < i; j++) {
            char one[256], other[256];
            cli_stem(call->operands[i], one);
            cli_stem(call->operands[j], other);
            if (!strcmp(one, other))
                return slt_fail(err, SLT_USAGE, "%s of %s and of %s have the same names",
                                files, call->operands[j], call->operands[i]);
        }
    return SLT_OK;
}

slt_status cli_make_folder(const char *folder, slt_error *err)
{
    char inside[CLI_PATH_MAX];
    slt_status status = cli_path(inside, err, "%s/", folder);
    return status ? status : slt_files_make_parents(inside, err);
}

slt_status cli_write_file(const char *path, const void *bytes, size_t size,
                          slt_error *err)
{
    slt_status status = slt_files_make_parents(path, err);
    return status ? status : slt_output_write(path, bytes, size, true, err);
}

slt_status cli_put_picture(const char *path, char *svg, size_t size, slt_status drawn,
                           const slt_error *why, slt_error *err)
{
    slt_status status = SLT_OK;
    if (drawn == SLT_UNFIT) {
        slt_world.unlink(path);
        cli_say("%s: %s", path, why->text);
    } else
        status = drawn ? slt_error_copy(err, why) : cli_write_file(path, svg, size, err);
    free(svg);
    return status;
}
