#include "record/yaml.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static slt_status cannot_read(slt_error *err, const char *path)
{
    return slt_fail(err, SLT_FILE, "%s: cannot read: %s", path, strerror(errno));
}

static slt_status read_stream(FILE *file, const char *path, char **text, size_t *size,
                              slt_error *err)
{
    char *bytes = malloc(SLT_YAML_BYTES_MAX + 1);
    if (!bytes)
        return slt_fail(err, SLT_RESOURCE, "%s: out of memory to read it", path);
    size_t got = fread(bytes, 1, SLT_YAML_BYTES_MAX + 1, file);
    slt_status status = SLT_OK;
    if (ferror(file))
        status = cannot_read(err, path);
    else if (got > SLT_YAML_BYTES_MAX)
        status = slt_fail(err, SLT_FORMAT, "%s: larger than 1 MiB", path);
    if (status) {
        free(bytes);
        return status;
    }
    *text = bytes;
    *size = got;
    return SLT_OK;
}

slt_status slt_yaml_read_file(const char *path, char **text, size_t *size, slt_error *err)
{
    struct stat facts;
    if (stat(path, &facts) != 0)
        return cannot_read(err, path);
    if (S_ISDIR(facts.st_mode))
        return slt_fail(err, SLT_FILE, "%s: is a folder; expected a manifest file", path);
    FILE *file = fopen(path, "rb");
    if (!file)
        return cannot_read(err, path);
    slt_status status = read_stream(file, path, text, size, err);
    fclose(file);
    return status;
}
