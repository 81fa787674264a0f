/* trace/export_safetensors.c: the weights of a run in each arithmetic. */
#include "kinds_sample.h"

#include <stdlib.h>
#include <unistd.h>

#include <sltrace/show.h>

#include "array/safetensors.h"
#include "base/endian.h"
#include "num/tensor.h"

#define BIASED(arithmetic)                                                               \
    HEAD("biased", arithmetic)                                                           \
    SAMPLE_DATA                                                                          \
    "  model:\n    weights:\n"                                                           \
    "      W: {shape: [3, 4], init: {kind: normal, std: 0.3}}\n"                         \
    "      b: {shape: [3], init: {kind: normal, std: 0.3}}\n"                            \
    "    ops:\n      - {op: linear, in: x, weight: W, bias: b, out: y}\n"                \
    "    loss: {op: mse, in: y}\n"                                                       \
    "  train:\n    optimizer: {kind: sgd, lr: 1e-2, momentum: 0.5}\n    steps: 2\n"      \
    "    checkpoints: {every: 2, state: last}\n"

static slt_error err;

/* The bits of element e of a stored tensor, those of fixed point as binary64. */
static bool same_numbers(const slt_array *array, const slt_trace_tensor *tensor)
{
    slt_tensor loaded;
    bool same = true;
    if (strcmp(tensor->type, "fixed") != 0)
        return !memcmp(array->elements, tensor->data, tensor->size);
    if (slt_tensor_create(&loaded, SLT_FIXED, tensor->rows, tensor->cols, &err) ||
        slt_tensor_load(&loaded, tensor->data, tensor->size, &err))
        tap_bail(err.text);
    for (size_t e = 0; e < slt_tensor_count(&loaded); e++)
        same &= slt_load_le64(array->elements + 8 * e) == slt_tensor_get(&loaded, e).bits;
    slt_tensor_free(&loaded);
    return same;
}

static void test_run(const char *folder, const char *arithmetic, const char *manifest,
                     const char *type)
{
    char path[96], out[96];
    size_t files = 0;
    slt_safetensors file;
    slt_trace *trace = NULL;
    slt_buffer bytes = sample_bytes(manifest, 0, NULL), weights = {0};
    snprintf(path, sizeof path, "%s/a.trace", folder);
    snprintf(out, sizeof out, "%s/a-step2.safetensors", folder);
    const char *traces[1] = {path};
    slt_io_replace(path, bytes.data, bytes.size, NULL);
    if (slt_trace_open(path, &trace, &err) ||
        slt_export_safetensors(traces, 1, folder, &files, &err) ||
        slt_io_read(out, 1 << 20, &weights, &err) ||
        slt_safetensors_read(weights.data, weights.size, &file, &err))
        tap_bail(err.text);
    TAP_OK(files == 1 && file.count == 2, "%s: a file of two weights", arithmetic);
    const slt_record *state = slt_trace_record(trace, 1);
    for (size_t i = 0; i < 2; i++) {
        slt_array array = {0};
        const slt_trace_tensor *tensor = &state->tensors[i];
        TAP_OK(!slt_safetensors_find(&file, tensor->name, &array, &err) &&
                   !strcmp(array.type, type) && array.dimensions == (i ? 1 : 2) &&
                   array.shape[0] == 3 && (i || array.shape[1] == 4),
               "%s: %s is of %s, with the axes of the manifest", arithmetic, tensor->name,
               type);
        TAP_OK(same_numbers(&array, tensor), "%s: its numbers", arithmetic);
    }
    slt_safetensors_free(&file);
    slt_trace_free(trace);
    slt_buffer_free(&bytes);
    slt_buffer_free(&weights);
    unlink(path);
    unlink(out);
}

int main(void)
{
    char folder[] = "/tmp/sltrace-safetensors-XXXXXX";
    if (slt_start(NULL, &err) || !mkdtemp(folder))
        tap_bail("cannot start");
    test_run(folder, "f32", BIASED("f32"), "F32");
    test_run(folder, "f64", BIASED("f64"), "F64");
    test_run(folder, "fixed", BIASED("fixed"), "F64");
    TAP_OK(!rmdir(folder), "nothing else is written");
    return tap_done();
}
