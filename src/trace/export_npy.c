#include <sltrace/show.h>

#include <string.h>

#include "base/endian.h"
#include "base/fpenv.h"
#include "codec/npy.h"
#include "trace/trace_format.h"

/* The files of one export. */
typedef struct npy_export {
    const char *folder;
    const char *stem; /* how their names begin: stem_size characters */
    size_t stem_size;
    size_t files; /* written so far */
} npy_export;

static slt_npy npy_begin_file(const npy_export *to)
{
    slt_npy npy = {0};
    slt_buffer_printf(&npy.path, "%s/%.*s", to->folder, (int)to->stem_size, to->stem);
    return npy;
}

static slt_status npy_write_file(npy_export *to, slt_npy *npy, const uint8_t *bytes,
                                 size_t size, slt_error *err)
{
    slt_npy_bytes(npy, bytes, size);
    slt_status status = slt_npy_end(npy, true, err);
    to->files += status == SLT_OK;
    return status;
}

static slt_status npy_write_tensor(npy_export *to, uint64_t step,
                                   const slt_trace_tensor *tensor, slt_error *err)
{
    const size_t shape[] = {tensor->rows, tensor->cols};
    const size_t prefix = slt_trace_type_prefix(tensor->type);
    const char *type = strcmp(tensor->type, "f32") == 0 ? "<f4" : "<f8";
    slt_npy npy = npy_begin_file(to);
    slt_buffer_printf(&npy.path, "-step%llu-", (unsigned long long)step);
    slt_npy_name(&npy.path, tensor->name);
    if (prefix > 0) {
        type = "<i8";
        slt_buffer_printf(&npy.path, ".frac%lld",
                          (long long)(int64_t)slt_load_le64(tensor->data));
    }
    slt_buffer_printf(&npy.path, ".npy");
    slt_npy_begin(&npy, type, shape, 2);
    return npy_write_file(to, &npy, tensor->data + prefix, tensor->size - prefix, err);
}

/* Whether the estimate of a chain was made at other checkpoints too. */
static bool is_of_series(const slt_trace *trace, const slt_record *chain)
{
    for (size_t i = 0; i < slt_trace_records(trace); i++) {
        const slt_record *other = slt_trace_record(trace, i);
        if (other->kind == SLT_RECORD_CHAIN && other->llc == chain->llc &&
            other->at_step != chain->at_step)
            return true;
    }
    return false;
}

static slt_npy npy_begin_chain(const npy_export *to, const slt_trace *trace,
                               const slt_record *record)
{
    slt_npy npy = npy_begin_file(to);
    slt_buffer_printf(&npy.path, "-llc%lu", (unsigned long)record->llc);
    if (is_of_series(trace, record))
        slt_buffer_printf(&npy.path, "-step%llu", (unsigned long long)record->at_step);
    slt_buffer_printf(&npy.path, "-chain%lu", (unsigned long)record->chain);
    return npy;
}

static slt_status npy_write_losses(npy_export *to, const slt_trace *trace,
                                   const slt_record *record, slt_error *err)
{
    if (!record->has_losses)
        return SLT_OK;
    slt_npy npy = npy_begin_chain(to, trace, record);
    slt_buffer_printf(&npy.path, ".npy");
    slt_npy_begin(&npy, "<f8", &record->loss_count, 1);
    return npy_write_file(to, &npy, record->losses, 8 * record->loss_count, err);
}

/* Numbers of which there are `width` at each draw that is observed; NULL: none. */
static slt_status npy_write_rows(npy_export *to, const slt_trace *trace,
                                 const slt_record *record, const char *name,
                                 const uint8_t *numbers, size_t count, uint64_t width,
                                 slt_error *err)
{
    if (!numbers)
        return SLT_OK;
    const size_t shape[] = {count / (size_t)width, (size_t)width};
    slt_npy npy = npy_begin_chain(to, trace, record);
    slt_buffer_printf(&npy.path, "-%s.npy", name);
    slt_npy_begin(&npy, "<f8", shape, 2);
    return npy_write_file(to, &npy, numbers, 8 * count, err);
}

static slt_status npy_write_observed(npy_export *to, const slt_trace *trace,
                                     const slt_record *record, slt_error *err)
{
    slt_status status =
        npy_write_rows(to, trace, record, "samples", record->observed,
                       record->observed_count, record->observed_samples, err);
    return status ? status
                  : npy_write_rows(to, trace, record, "metrics", record->measured,
                                   record->measured_count, record->measured_metrics, err);
}

static slt_status npy_write_record(npy_export *to, const slt_trace *trace,
                                   const slt_record *record, slt_error *err)
{
    slt_status status = SLT_OK;
    if (record->kind == SLT_RECORD_CHAIN) {
        status = npy_write_losses(to, trace, record, err);
        return status ? status : npy_write_observed(to, trace, record, err);
    }
    for (size_t i = 0; i < record->tensor_count && record->has_state && !status; i++)
        status = npy_write_tensor(to, record->step, &record->tensors[i], err);
    return status;
}

static slt_status npy_write_trace(npy_export *to, const char *path, slt_error *err)
{
    slt_trace *trace = NULL;
    slt_status status = slt_trace_open(path, &trace, err);
    if (status)
        return status;
    to->stem = slt_npy_stem(path, &to->stem_size);
    for (size_t i = 0; i < slt_trace_records(trace) && !status; i++)
        status = npy_write_record(to, trace, slt_trace_record(trace, i), err);
    slt_trace_free(trace);
    return status;
}

slt_status slt_export_npy(const char *const *traces, size_t count, const char *folder,
                          size_t *files, slt_error *err)
{
    SLT_FPENV_ENTERED;
    npy_export to = {.folder = folder};
    slt_status status = slt_npy_check_stems(traces, count, err);
    for (size_t i = 0; i < count && !status; i++)
        status = npy_write_trace(&to, traces[i], err);
    if (files)
        *files = to.files;
    return status;
}
