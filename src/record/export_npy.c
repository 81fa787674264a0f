#include <sltrace/show.h>

#include <stdio.h>
#include <string.h>

#include "base/endian.h"
#include "base/io.h"
#include "record/trace_format.h"

/* The header of format 1.0: magic, version, length of the rest; the rest padded so that
 * the elements begin at a multiple of 64. */
static void put_header(slt_buffer *out, const char *type, const char *shape)
{
    slt_buffer text = {0};
    slt_buffer_printf(&text, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }",
                      type, shape);
    while ((10 + text.size + 1) % 64 != 0 && !text.failed)
        slt_buffer_byte(&text, ' ');
    slt_buffer_byte(&text, '\n');
    slt_buffer_append(out, "\x93NUMPY\x01\x00", 8);
    slt_buffer_byte(out, (uint8_t)(text.size & 0xff));
    slt_buffer_byte(out, (uint8_t)(text.size >> 8));
    slt_buffer_append(out, text.data, text.size);
    out->failed = out->failed || text.failed;
    slt_buffer_free(&text);
}

/* A tensor's name as part of a file name, one to one. */
static void put_name(slt_buffer *out, const char *name)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789_";
    for (; *name; name++) {
        if (*name == '/')
            slt_buffer_byte(out, '.');
        else if (strchr(plain, *name))
            slt_buffer_byte(out, (uint8_t)*name);
        else
            slt_buffer_printf(out, "%%%02X", (unsigned char)*name);
    }
}

static const char *file_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The length of a trace's file name without ".trace". */
static size_t stem_length(const char *file)
{
    size_t length = strlen(file);
    return length > 6 && strcmp(file + length - 6, ".trace") == 0 ? length - 6 : length;
}

typedef struct npy {
    const char *folder;
    const char *stem; /* stem_size characters of it */
    size_t stem_size, files;
    slt_buffer path, header;
} npy;

static slt_status write_file(npy *to, const uint8_t *bytes, size_t size, slt_error *err)
{
    slt_io_output output;
    const char *path = slt_buffer_text(&to->path);
    if (to->path.failed || to->header.failed)
        return slt_fail(err, SLT_RESOURCE, "%s: no memory to export to it", to->folder);
    slt_io_begin(&output, path);
    slt_io_write(&output, to->header.data, to->header.size);
    slt_io_write(&output, bytes, size);
    slt_status status = slt_io_end(&output, true, err);
    to->files += status == SLT_OK;
    return status;
}

static void begin_file(npy *to)
{
    slt_buffer_clear(&to->path);
    slt_buffer_clear(&to->header);
    slt_buffer_printf(&to->path, "%s/%.*s", to->folder, (int)to->stem_size, to->stem);
}

static slt_status write_tensor(npy *to, uint64_t step, const slt_trace_tensor *tensor,
                               slt_error *err)
{
    char shape[64];
    size_t prefix = slt_trace_type_prefix(tensor->type);
    const char *type = strcmp(tensor->type, "f32") == 0 ? "<f4" : "<f8";
    begin_file(to);
    slt_buffer_printf(&to->path, "-step%llu-", (unsigned long long)step);
    put_name(&to->path, tensor->name);
    if (prefix > 0) {
        type = "<i8";
        slt_buffer_printf(&to->path, ".frac%lld",
                          (long long)(int64_t)slt_load_le64(tensor->data));
    }
    slt_buffer_printf(&to->path, ".npy");
    snprintf(shape, sizeof shape, "(%zu, %zu)", tensor->rows, tensor->cols);
    put_header(&to->header, type, shape);
    return write_file(to, tensor->data + prefix, tensor->size - prefix, err);
}

static slt_status write_losses(npy *to, const slt_record *record, slt_error *err)
{
    char shape[64];
    begin_file(to);
    slt_buffer_printf(&to->path, "-llc%lu-chain%lu.npy", (unsigned long)record->llc,
                      (unsigned long)record->chain);
    snprintf(shape, sizeof shape, "(%zu,)", record->loss_count);
    put_header(&to->header, "<f8", shape);
    return write_file(to, record->losses, 8 * record->loss_count, err);
}

static slt_status write_record(npy *to, const slt_record *record, slt_error *err)
{
    slt_status status = SLT_OK;
    if (record->kind == SLT_RECORD_CHAIN)
        return write_losses(to, record, err);
    for (size_t i = 0; i < record->tensor_count && record->has_state && !status; i++)
        status = write_tensor(to, record->step, &record->tensors[i], err);
    return status;
}

static slt_status write_trace(npy *to, const char *path, slt_error *err)
{
    slt_trace *trace = NULL;
    slt_status status = slt_trace_open(path, &trace, err);
    if (status)
        return status;
    to->stem = file_of(path);
    to->stem_size = stem_length(to->stem);
    for (size_t i = 0; i < slt_trace_records(trace) && !status; i++)
        status = write_record(to, slt_trace_record(trace, i), err);
    slt_trace_free(trace);
    return status;
}

/* Two traces of one name would write over each other. */
static slt_status check_stems(const char *const *traces, size_t count, slt_error *err)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++) {
            const char *a = file_of(traces[i]), *b = file_of(traces[j]);
            size_t length = stem_length(a);
            if (length == stem_length(b) && strncmp(a, b, length) == 0)
                return slt_fail(err, SLT_USAGE,
                                "%s and %s: expected traces of different file names",
                                traces[j], traces[i]);
        }
    return SLT_OK;
}

slt_status slt_export_npy(const char *const *traces, size_t count, const char *folder,
                          size_t *files, slt_error *err)
{
    npy to = {.folder = folder};
    slt_status status = check_stems(traces, count, err);
    for (size_t i = 0; i < count && !status; i++)
        status = write_trace(&to, traces[i], err);
    slt_buffer_free(&to.path);
    slt_buffer_free(&to.header);
    if (files)
        *files = to.files;
    return status;
}
