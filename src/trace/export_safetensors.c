#include <sltrace/show.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/buffer.h"
#include "base/endian.h"
#include "base/fpenv.h"
#include "base/io.h"
#include "base/world.h"
#include "codec/json.h"
#include "codec/npy.h"
#include "manifest/manifest.h"
#include "num/tensor.h"
#include "trace/trace_format.h"

/* Moments of an optimiser are called m/W1, weights W1. */
static bool is_weight(const slt_trace_tensor *tensor)
{
    return !strchr(tensor->name, '/');
}

/* Its elements are written as they are, those of fixed point as binary64. */
static bool is_fixed(const slt_trace_tensor *tensor)
{
    return slt_trace_type_prefix(tensor->type) > 0;
}

static size_t bytes_of(const slt_trace_tensor *tensor)
{
    return tensor->size - slt_trace_type_prefix(tensor->type);
}

/* Whether the manifest gives the weight one axis, as a bias has it.  The run of a trace
 * that was read has each weight that it names. */
static bool is_flat(const slt_run_spec *run, const char *name)
{
    const size_t index = slt_model_weight(&run->model, name);
    SLT_ASSERT(index < run->model.weight_count);
    return run->model.weights[index].dimensions == 1;
}

static void put_header(const slt_run_spec *run, const slt_record *record, slt_buffer *out)
{
    slt_json json = {0};
    char step[24];
    uint64_t at = 0;
    snprintf(step, sizeof step, "%" PRIu64, record->step);
    slt_json_open(&json, '{');
    slt_json_key_open(&json, "__metadata__", '{');
    slt_json_key_text(&json, "format", "pt");
    slt_json_key_text(&json, "step", step);
    slt_json_close(&json, '}');
    for (size_t i = 0; i < record->tensor_count; i++) {
        const slt_trace_tensor *tensor = &record->tensors[i];
        if (!is_weight(tensor))
            continue;
        slt_json_key_open(&json, tensor->name, '{');
        slt_json_key_text(&json, "dtype", strcmp(tensor->type, "f32") ? "F64" : "F32");
        slt_json_key_open(&json, "shape", '[');
        if (!is_flat(run, tensor->name))
            slt_json_uint(&json, tensor->rows);
        slt_json_uint(&json, tensor->cols);
        slt_json_close(&json, ']');
        slt_json_key_open(&json, "data_offsets", '[');
        slt_json_uint(&json, at);
        slt_json_uint(&json, at += bytes_of(tensor));
        slt_json_close(&json, ']');
        slt_json_close(&json, '}');
    }
    slt_json_close(&json, '}');
    while (json.text.size % 8 && !json.text.failed)
        slt_buffer_byte(&json.text, ' ');
    uint8_t length[8];
    slt_store_le64(length, json.text.size);
    slt_buffer_append(out, length, sizeof length);
    slt_buffer_append(out, json.text.data, json.text.size);
    out->failed |= json.text.failed;
    slt_buffer_free(&json.text);
}

/* Appends the numbers of a stored tensor, which could be loaded when the trace was
 * read. */
static slt_status put_fixed(const slt_trace_tensor *from, slt_buffer *out, slt_error *err)
{
    slt_tensor tensor;
    slt_status status =
        slt_tensor_create(&tensor, SLT_FIXED, from->rows, from->cols, err);
    if (status)
        return status;
    status = slt_tensor_load(&tensor, from->data, from->size, err);
    SLT_ASSERT(!status);
    for (size_t e = 0; e < slt_tensor_count(&tensor); e++) {
        uint8_t bytes[8];
        slt_store_le64(bytes, slt_tensor_get(&tensor, e).bits);
        slt_buffer_append(out, bytes, sizeof bytes);
    }
    slt_tensor_free(&tensor);
    return SLT_OK;
}

static slt_status put_weights(const slt_run_spec *run, const slt_record *record,
                              slt_buffer *out, slt_error *err)
{
    slt_status status = SLT_OK;
    put_header(run, record, out);
    for (size_t i = 0; i < record->tensor_count && !status; i++) {
        const slt_trace_tensor *tensor = &record->tensors[i];
        if (is_weight(tensor) && is_fixed(tensor))
            status = put_fixed(tensor, out, err);
        else if (is_weight(tensor))
            slt_buffer_append(out, tensor->data, tensor->size);
    }
    return status        ? status
           : out->failed ? slt_fail(err, SLT_RESOURCE, "no memory for a checkpoint")
                         : SLT_OK;
}

static slt_status write_checkpoint(const slt_run_spec *run, const char *folder,
                                   const char *trace, const slt_record *record,
                                   slt_error *err)
{
    size_t length;
    const char *stem = slt_npy_stem(trace, &length);
    slt_buffer path = {0}, bytes = {0};
    slt_buffer_printf(&path, "%s/%.*s-step%" PRIu64 ".safetensors", folder, (int)length,
                      stem, record->step);
    const char *name = slt_buffer_text(&path);
    slt_status status = path.failed ? slt_fail(err, SLT_RESOURCE, "no memory for a path")
                                    : put_weights(run, record, &bytes, err);
    if (!status)
        status = slt_io_replace(name, bytes.data, bytes.size, err);
    slt_buffer_free(&bytes);
    slt_buffer_free(&path);
    return status;
}

static slt_status write_trace(const char *folder, const char *path, size_t *files,
                              slt_error *err)
{
    size_t size;
    slt_trace *trace = NULL;
    slt_run_spec *run = slt_run_spec_create();
    slt_status status = run ? slt_trace_open(path, &trace, err)
                            : slt_fail(err, SLT_RESOURCE, "no memory for a run");
    if (!status) {
        const uint8_t *canonical = slt_trace_run(trace, &size);
        status = slt_canonical_decode(canonical, size, run, err);
    }
    for (size_t i = 0; !status && i < slt_trace_records(trace); i++) {
        const slt_record *record = slt_trace_record(trace, i);
        if (record->kind != SLT_RECORD_CHECKPOINT || !record->has_state)
            continue;
        status = write_checkpoint(run, folder, path, record, err);
        *files += !status;
    }
    slt_trace_free(trace);
    free(run);
    return status;
}

slt_status slt_export_safetensors(const char *const *traces, size_t count,
                                  const char *folder, size_t *files, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_status status = slt_npy_check_stems(traces, count, err);
    *files = 0;
    for (size_t i = 0; i < count && !status; i++)
        status = write_trace(folder, traces[i], files, err);
    return status;
}
