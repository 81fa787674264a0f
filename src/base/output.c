/* Output files of commands, which appear whole or not at all. */
#include <sltrace/system.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/staging.h"
#include "base/unpacked.h"
#include "base/world.h"

/* For "-", standard output, there is no file: `stream` is stdout, and its owner finds
 * out whether everything arrived. */
struct slt_output {
    slt_io_output output;
    char *path;
    FILE *stream;
};

static slt_status open_stream(slt_output *file, slt_error *err)
{
    int fd = slt_world.dup(file->output.fd);
    file->stream = fd < 0 ? NULL : slt_world.fdopen(fd, "w");
    if (file->stream)
        return SLT_OK;
    slt_status status =
        slt_fail(err, SLT_FILE, "%s: cannot open: %s", file->path, strerror(errno));
    if (fd >= 0)
        slt_world.close(fd);
    return status;
}

static slt_status output_begin(slt_output *file, bool over, slt_error *err)
{
    if (strcmp(file->path, "-") == 0) {
        file->stream = stdout;
        return SLT_OK;
    }
    if (over)
        slt_io_begin(&file->output, file->path);
    else
        slt_io_begin_new(&file->output, file->path);
    slt_status status = file->output.failed ? SLT_OK : open_stream(file, err);
    if (file->stream)
        return SLT_OK;
    slt_status ended = slt_io_end(&file->output, false, status ? NULL : err);
    return status ? status : ended;
}

slt_status slt_output_begin(const char *path, bool over, slt_output **file, FILE **stream,
                            slt_error *err)
{
    *file = slt_world.calloc(1, sizeof **file);
    if (!*file || !((*file)->path = slt_world.strdup(path))) {
        free(*file);
        *file = NULL;
        return slt_fail(err, SLT_RESOURCE, "%s: no memory", path);
    }
    slt_status status = output_begin(*file, over, err);
    if (status == SLT_OK) {
        *stream = (*file)->stream;
        return SLT_OK;
    }
    free((*file)->path);
    free(*file);
    *file = NULL;
    return status;
}

static slt_status close_file(slt_output *file, bool keep, slt_error *err)
{
    errno = 0;
    bool lost = ferror(file->stream) != 0;
    lost |= slt_world.fclose(file->stream) != 0;
    slt_status status = SLT_OK;
    if (keep && lost)
        status = slt_fail(err, SLT_FILE, "%s: cannot write: %s", file->path,
                          errno ? strerror(errno) : "an earlier write failed");
    slt_status ended = slt_io_end(&file->output, keep && !lost, status ? NULL : err);
    return status ? status : ended;
}

slt_status slt_output_end(slt_output *file, bool keep, slt_error *err)
{
    slt_status status = SLT_OK;
    if (file && file->stream != stdout)
        status = close_file(file, keep, err);
    if (file)
        free(file->path);
    free(file);
    return status;
}

slt_status slt_output_write(const char *path, const void *bytes, size_t size, bool over,
                            slt_error *err)
{
    slt_output *file;
    FILE *stream;
    slt_status status = slt_output_begin(path, over, &file, &stream, err);
    if (status)
        return status;
    slt_world.fwrite(bytes, 1, size, stream);
    return slt_output_end(file, true, err);
}

void slt_files_abandon(void)
{
    slt_io_abandon();
    slt_staging_abandon();
    slt_unpacked_abandon();
}
