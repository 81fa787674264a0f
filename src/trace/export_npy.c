#include <sltrace/show.h>

#include <string.h>

#include "base/endian.h"
#include "codec/npy.h"
#include "trace/trace_format.h"

typedef struct target {
    const char *folder;
    const char *stem; /* stem_size characters of it */
    size_t stem_size, files;
} target;

static slt_npy begin_file(const target *to)
{
    slt_npy npy = {0};
    slt_buffer_printf(&npy.path, "%s/%.*s", to->folder, (int)to->stem_size, to->stem);
    return npy;
}

static slt_status write_file(target *to, slt_npy *npy, const uint8_t *bytes, size_t size,
                             slt_error *err)
{
    slt_npy_bytes(npy, bytes, size);
    slt_status status = slt_npy_end(npy, true, err);
    to->files += status == SLT_OK;
    return status;
}

static slt_status write_tensor(target *to, uint64_t step, const slt_trace_tensor *tensor,
                               slt_error *err)
{
    const size_t shape[] = {tensor->rows, tensor->cols};
    const size_t prefix = slt_trace_type_prefix(tensor->type);
    const char *type = strcmp(tensor->type, "f32") == 0 ? "<f4" : "<f8";
    slt_npy npy = begin_file(to);
    slt_buffer_printf(&npy.path, "-step%llu-", (unsigned long long)step);
    slt_npy_name(&npy.path, tensor->name);
    if (prefix > 0) {
        type = "<i8";
        slt_buffer_printf(&npy.path, ".frac%lld",
                          (long long)(int64_t)slt_load_le64(tensor->data));
    }
    slt_buffer_printf(&npy.path, ".npy");
    slt_npy_begin(&npy, type, shape, 2);
    return write_file(to, &npy, tensor->data + prefix, tensor->size - prefix, err);
}

/* Whether the estimate of a chain was made at other checkpoints too. */
static bool in_series(const slt_trace *trace, const slt_record *chain)
{
    for (size_t i = 0; i < slt_trace_records(trace); i++) {
        const slt_record *other = slt_trace_record(trace, i);
        if (other->kind == SLT_RECORD_CHAIN && other->llc == chain->llc &&
            other->at_step != chain->at_step)
            return true;
    }
    return false;
}

static slt_status write_losses(target *to, const slt_trace *trace,
                               const slt_record *record, slt_error *err)
{
    if (!record->has_losses)
        return SLT_OK;
    slt_npy npy = begin_file(to);
    slt_buffer_printf(&npy.path, "-llc%lu", (unsigned long)record->llc);
    if (in_series(trace, record))
        slt_buffer_printf(&npy.path, "-step%llu", (unsigned long long)record->at_step);
    slt_buffer_printf(&npy.path, "-chain%lu.npy", (unsigned long)record->chain);
    slt_npy_begin(&npy, "<f8", &record->loss_count, 1);
    return write_file(to, &npy, record->losses, 8 * record->loss_count, err);
}

static slt_status write_record(target *to, const slt_trace *trace,
                               const slt_record *record, slt_error *err)
{
    slt_status status = SLT_OK;
    if (record->kind == SLT_RECORD_CHAIN)
        return write_losses(to, trace, record, err);
    for (size_t i = 0; i < record->tensor_count && record->has_state && !status; i++)
        status = write_tensor(to, record->step, &record->tensors[i], err);
    return status;
}

static slt_status write_trace(target *to, const char *path, slt_error *err)
{
    slt_trace *trace = NULL;
    slt_status status = slt_trace_open(path, &trace, err);
    if (status)
        return status;
    to->stem = slt_npy_stem(path, &to->stem_size);
    for (size_t i = 0; i < slt_trace_records(trace) && !status; i++)
        status = write_record(to, trace, slt_trace_record(trace, i), err);
    slt_trace_free(trace);
    return status;
}

slt_status slt_export_npy(const char *const *traces, size_t count, const char *folder,
                          size_t *files, slt_error *err)
{
    target to = {.folder = folder};
    slt_status status = slt_npy_check_stems(traces, count, err);
    for (size_t i = 0; i < count && !status; i++)
        status = write_trace(&to, traces[i], err);
    if (files)
        *files = to.files;
    return status;
}
