#include "trace/trace_write.h"

#include "codec/digest.h"
#include "codec/pack.h"

static void pack_metrics(slt_buffer *out, const slt_metrics *metrics)
{
    slt_pack_text(out, "metrics");
    slt_pack_map(out, metrics->count);
    for (size_t i = 0; i < metrics->count; i++) {
        slt_trace_pack_result(out, &metrics->list[i]);
    }
}

void slt_trace_pack_tensor(slt_buffer *out, const char *name, const char *type,
                           size_t rows, size_t cols, const slt_buffer *bytes, bool store)
{
    slt_pack_map(out, store ? 6 : 5);
    slt_pack_text(out, "name");
    slt_pack_text(out, name);
    slt_pack_text(out, "type");
    slt_pack_text(out, type);
    slt_pack_text(out, "rows");
    slt_pack_uint(out, rows);
    slt_pack_text(out, "cols");
    slt_pack_uint(out, cols);
    slt_pack_text(out, "hash");
    slt_trace_pack_digest(out, slt_digest_of(bytes->data, bytes->size));
    if (store) {
        slt_pack_text(out, "data");
        slt_pack_bin(out, bytes->data, bytes->size);
    }
}

static void pack_tensor(slt_trace_writer *writer, const char *name,
                        const slt_tensor *tensor, bool store)
{
    slt_buffer *bytes = &writer->tensor;
    slt_buffer_clear(bytes);
    slt_trace_append_tensor(bytes, tensor);
    if (bytes->failed)
        writer->failed = true;
    else
        slt_trace_pack_tensor(&writer->scratch, name,
                              slt_arithmetic_name(tensor->arithmetic), tensor->rows,
                              tensor->cols, bytes, store);
}

void slt_trace_append_state(slt_buffer *bytes, const slt_model_spec *model,
                            const slt_state *state)
{
    slt_tensor_walk at = slt_tensors_of(model, &state->weights, &state->slots);
    while (slt_tensors_next(&at))
        slt_trace_append_tensor(bytes, at.tensor);
}

/* One hash over the bytes of all tensors. */
static void pack_joint(slt_trace_writer *writer, const slt_model_spec *model,
                       const slt_state *state)
{
    slt_buffer *out = &writer->scratch, *bytes = &writer->tensor;
    slt_buffer_clear(bytes);
    slt_trace_append_state(bytes, model, state);
    writer->failed = writer->failed || bytes->failed;
    slt_pack_text(out, "joint");
    slt_trace_pack_digest(out, slt_digest_of(bytes->data, bytes->size));
}

static void pack_tensors(slt_trace_writer *writer, const slt_model_spec *model,
                         const slt_state *state, bool store)
{
    slt_buffer *out = &writer->scratch;
    const slt_tensor_walk first = slt_tensors_of(model, &state->weights, &state->slots);
    size_t count = 0;
    for (slt_tensor_walk at = first; slt_tensors_next(&at);)
        count++;
    slt_pack_text(out, "tensors");
    slt_pack_array(out, count);
    for (slt_tensor_walk at = first; slt_tensors_next(&at);)
        pack_tensor(writer, at.name, at.tensor, store);
}

slt_trace_tensors slt_trace_tensors_of(const slt_train_spec *train, uint64_t step,
                                       bool last)
{
    if (slt_checkpoint_stored(train, step, last))
        return SLT_TRACE_STORED;
    return train->joint_hashes ? SLT_TRACE_JOINT : SLT_TRACE_HASHED;
}

void slt_trace_write_checkpoint(slt_trace_writer *writer, const slt_model_spec *model,
                                const slt_state *state, const slt_metrics *metrics,
                                slt_trace_tensors tensors)
{
    slt_record about = {.kind = SLT_RECORD_CHECKPOINT, .step = state->step};
    slt_buffer *out = slt_trace_begin(writer, &about);
    bool powers = tensors == SLT_TRACE_STORED && state->power_count > 0;
    slt_pack_map(out, powers ? 4 : 3);
    slt_pack_text(out, "step");
    slt_pack_uint(out, state->step);
    pack_metrics(out, metrics);
    if (tensors == SLT_TRACE_JOINT)
        pack_joint(writer, model, state);
    else
        pack_tensors(writer, model, state, tensors == SLT_TRACE_STORED);
    if (powers) {
        slt_pack_text(out, "powers");
        slt_pack_array(out, state->power_count);
        for (size_t i = 0; i < state->power_count; i++)
            slt_pack_real(out, state->powers[i]);
    }
    slt_trace_finish(writer);
}
