#include "codec/ustar.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/world.h"

enum { BLOCK = 512, RECORD = 20 * BLOCK, NAME = 100, PREFIX = 155, PREFIX_AT = 345 };

/* ---- Names ------------------------------------------------------------------------- */

/* Whether a part of a name, up to '/' or the end, is one. */
static bool ustar_part(const char *part, size_t size)
{
    return size > 0 && !(size == 1 && part[0] == '.') &&
           !(size == 2 && part[0] == '.' && part[1] == '.');
}

static bool ustar_valid_name(const char *name)
{
    for (const char *c = name; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f || *c == '\\')
            return false;
    for (const char *part = name;;) {
        const size_t size = strcspn(part, "/");
        if (!ustar_part(part, size))
            return false;
        if (!part[size])
            return slt_utf8_valid((const uint8_t *)name, strlen(name));
        part += size + 1;
    }
}

/* Where a name is cut into prefix and rest: 0, not at all; SIZE_MAX, nowhere fits. */
static size_t ustar_cut(const char *name)
{
    const size_t length = strlen(name);
    if (length <= NAME)
        return 0;
    size_t at = length - 1 < PREFIX ? length - 1 : PREFIX;
    while (at > 0 && name[at] != '/')
        at--;
    return at == 0 || length - at - 1 > NAME ? SIZE_MAX : at;
}

/* ---- Headers ----------------------------------------------------------------------- */

static void ustar_octal(char *field, size_t digits, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%0*" PRIo64, (int)digits, value);
    memcpy(field, text, digits);
}

/* False if there is no header for the name and size. */
static bool ustar_header(const char *name, uint64_t size, char header[BLOCK])
{
    const size_t cut = ustar_valid_name(name) ? ustar_cut(name) : SIZE_MAX;
    const char *rest = cut == 0 || cut == SIZE_MAX ? name : name + cut + 1;
    unsigned sum = 0;
    memset(header, 0, BLOCK);
    if (cut == SIZE_MAX || size > SLT_USTAR_FILE_MAX)
        return false;
    memcpy(header, rest, strlen(rest));
    ustar_octal(header + 100, 7, 0644);
    ustar_octal(header + 108, 7, 0);
    ustar_octal(header + 116, 7, 0);
    ustar_octal(header + 124, 11, size);
    ustar_octal(header + 136, 11, 0);
    memset(header + 148, ' ', 8);
    header[156] = '0';
    memcpy(header + 257,
           "ustar\0"
           "00",
           8);
    ustar_octal(header + 329, 7, 0);
    ustar_octal(header + 337, 7, 0);
    memcpy(header + PREFIX_AT, name, cut);
    for (size_t i = 0; i < BLOCK; i++)
        sum += (unsigned char)header[i];
    ustar_octal(header + 148, 6, sum);
    header[154] = 0;
    return true;
}

/* ---- Writing ----------------------------------------------------------------------- */

static size_t ustar_padding(size_t size, size_t to)
{
    return (to - size % to) % to;
}

static slt_status ustar_zeros(slt_buffer *archive, size_t count, slt_error *err)
{
    static const char none[BLOCK];
    for (; count > BLOCK; count -= BLOCK)
        slt_buffer_append(archive, none, BLOCK);
    slt_buffer_append(archive, none, count);
    return archive->failed ? slt_fail(err, SLT_RESOURCE, "no memory for an archive")
                           : SLT_OK;
}

slt_status slt_ustar_add(slt_buffer *archive, const char *name, const void *bytes,
                         size_t size, slt_error *err)
{
    char header[BLOCK];
    if (!ustar_header(name, size, header))
        return slt_fail(err, SLT_FORMAT,
                        "%s: no name of a file in an archive (at most "
                        "100 bytes, or 155 behind a '/')",
                        name);
    slt_buffer_append(archive, header, BLOCK);
    slt_buffer_append(archive, bytes, size);
    return ustar_zeros(archive, ustar_padding(size, BLOCK), err);
}

slt_status slt_ustar_end(slt_buffer *archive, slt_error *err)
{
    const size_t end = archive->size + 2 * BLOCK;
    return ustar_zeros(archive, 2 * BLOCK + ustar_padding(end, RECORD), err);
}

/* ---- Reading ----------------------------------------------------------------------- */

typedef struct ustar_reader {
    const uint8_t *bytes;
    size_t size, at;
    const char *name; /* of the archive */
    slt_ustar_file *files;
    size_t count, room;
    slt_error *err;
} ustar_reader;

static slt_status ustar_refuse(const ustar_reader *r, const char *what)
{
    return slt_fail(r->err, SLT_FORMAT, "%s: byte %zu: %s", r->name, r->at, what);
}

static bool ustar_all_zero(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i])
            return false;
    return true;
}

/* The name in a header, joined of its two fields; false if it is too long. */
static bool ustar_take_name(const char *header, char name[SLT_USTAR_NAME_MAX])
{
    const size_t prefix = strnlen(header + PREFIX_AT, PREFIX);
    const size_t rest = strnlen(header, NAME);
    return snprintf(name, SLT_USTAR_NAME_MAX, "%.*s%s%.*s", (int)prefix,
                    header + PREFIX_AT, prefix ? "/" : "", (int)rest,
                    header) < SLT_USTAR_NAME_MAX;
}

static bool ustar_take_size(const char *header, uint64_t *size)
{
    *size = 0;
    for (size_t i = 124; i < 135; i++) {
        if (header[i] < '0' || header[i] > '7')
            return false;
        *size = *size * 8 + (uint64_t)(header[i] - '0');
    }
    return true;
}

static slt_status ustar_keep(ustar_reader *r, const slt_ustar_file *file)
{
    if (r->count == r->room) {
        const size_t room = r->room ? 2 * r->room : 16;
        slt_ustar_file *files = slt_world.realloc(r->files, room * sizeof *files);
        if (!files)
            return slt_fail(r->err, SLT_RESOURCE, "%s: no memory", r->name);
        r->files = files;
        r->room = room;
    }
    r->files[r->count++] = *file;
    return SLT_OK;
}

/* A header must be the one that is written for its name and size. */
static slt_status ustar_read_file(ustar_reader *r)
{
    const char *header = (const char *)r->bytes + r->at;
    char own[BLOCK];
    uint64_t size;
    slt_ustar_file file = {.bytes = r->bytes + r->at + BLOCK};
    if (!ustar_take_name(header, file.name) || !ustar_take_size(header, &size) ||
        !ustar_header(file.name, size, own) || memcmp(own, header, BLOCK) != 0)
        return ustar_refuse(r,
                            "expected a file as sltrace bundle writes it: a relative "
                            "name, mode 0644, owner and time 0, no link and no folder");
    if (r->count && strcmp(r->files[r->count - 1].name, file.name) >= 0)
        return ustar_refuse(r, "expected a name behind the one before it");
    if (size > r->size - r->at - BLOCK)
        return ustar_refuse(r, "a file that is longer than the archive");
    file.size = (size_t)size;
    const size_t padding = ustar_padding(file.size, BLOCK);
    if (padding > r->size - r->at - BLOCK - file.size ||
        !ustar_all_zero(file.bytes + file.size, padding))
        return ustar_refuse(r, "expected zeros behind the file");
    r->at += BLOCK + file.size + padding;
    return ustar_keep(r, &file);
}

static slt_status ustar_read_all(ustar_reader *r)
{
    slt_status status = SLT_OK;
    while (!status) {
        if (r->size - r->at < BLOCK)
            return ustar_refuse(r, "expected a file or the end of the archive");
        if (ustar_all_zero(r->bytes + r->at, BLOCK))
            break;
        status = ustar_read_file(r);
    }
    if (status)
        return status;
    const size_t end = r->at + 2 * BLOCK;
    if (r->size != end + ustar_padding(end, RECORD) ||
        !ustar_all_zero(r->bytes + r->at, r->size - r->at))
        return ustar_refuse(r, "expected zeros to the next multiple of 10240 bytes, and "
                               "no more");
    return SLT_OK;
}

slt_status slt_ustar_read(const uint8_t *bytes, size_t size, const char *name,
                          slt_ustar_file **files, size_t *count, slt_error *err)
{
    ustar_reader r = {.bytes = bytes, .size = size, .name = name, .err = err};
    slt_status status = ustar_read_all(&r);
    *files = NULL;
    *count = 0;
    if (status) {
        free(r.files);
        return status;
    }
    *files = r.files;
    *count = r.count;
    return SLT_OK;
}
