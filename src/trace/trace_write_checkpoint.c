#include "trace/trace_write.h"

#include <stdio.h>

#include "codec/digest.h"
#include "codec/pack.h"

static void pack_metrics(slt_buffer *out, const slt_metrics *metrics)
{
    slt_pack_text(out, "metrics");
    slt_pack_map(out, metrics->count);
    for (size_t i = 0; i < metrics->count; i++) {
        slt_pack_text(out, metrics->name[i]);
        slt_trace_pack_real(out, metrics->value[i]);
    }
}

static void pack_tensor(slt_trace_writer *writer, const char *name,
                        const slt_tensor *tensor, bool store)
{
    slt_buffer *out = &writer->scratch, *bytes = &writer->tensor;
    slt_buffer_clear(bytes);
    slt_trace_append_tensor(bytes, tensor);
    if (bytes->failed) {
        writer->failed = true;
        return;
    }
    slt_pack_map(out, store ? 6 : 5);
    slt_pack_text(out, "name");
    slt_pack_text(out, name);
    slt_pack_text(out, "type");
    slt_pack_text(out, slt_arithmetic_name(tensor->arithmetic));
    slt_pack_text(out, "rows");
    slt_pack_uint(out, tensor->rows);
    slt_pack_text(out, "cols");
    slt_pack_uint(out, tensor->cols);
    slt_pack_text(out, "hash");
    slt_trace_pack_digest(out, slt_digest_of(bytes->data, bytes->size));
    if (store) {
        slt_pack_text(out, "data");
        slt_pack_bin(out, bytes->data, bytes->size);
    }
}

/* Whether weight i's tensor of a group is in a checkpoint: moments only where updated. */
static bool has_tensor(const slt_params *params, size_t i, bool moments)
{
    return params->owned[i] && (params->trainable[i] || !moments);
}

static size_t count_group(const slt_params *params, bool moments)
{
    size_t count = 0;
    for (size_t i = 0; i < params->count; i++)
        count += has_tensor(params, i, moments);
    return count;
}

static void pack_group(slt_trace_writer *writer, const slt_model_spec *model,
                       const char *prefix, const slt_params *params, bool store)
{
    for (size_t i = 0; i < params->count; i++) {
        char name[SLT_NAME_MAX + 2];
        snprintf(name, sizeof name, "%s%s", prefix, model->weights[i].name);
        if (has_tensor(params, i, prefix[0] != 0))
            pack_tensor(writer, name, &params->tensor[i], store);
    }
}

static void append_group(slt_buffer *bytes, const slt_params *params, bool moments)
{
    for (size_t i = 0; i < params->count; i++)
        if (has_tensor(params, i, moments))
            slt_trace_append_tensor(bytes, &params->tensor[i]);
}

void slt_trace_append_state(slt_buffer *bytes, const slt_state *state)
{
    append_group(bytes, &state->weights, false);
    if (state->has_m)
        append_group(bytes, &state->m, true);
    if (state->has_v)
        append_group(bytes, &state->v, true);
}

/* One hash of all bytes. */
static void pack_joint(slt_trace_writer *writer, const slt_state *state)
{
    slt_buffer *out = &writer->scratch, *bytes = &writer->tensor;
    slt_buffer_clear(bytes);
    slt_trace_append_state(bytes, state);
    writer->failed = writer->failed || bytes->failed;
    slt_pack_text(out, "joint");
    slt_trace_pack_digest(out, slt_digest_of(bytes->data, bytes->size));
}

static void pack_tensors(slt_trace_writer *writer, const slt_model_spec *model,
                         const slt_state *state, bool store)
{
    slt_buffer *out = &writer->scratch;
    slt_pack_text(out, "tensors");
    slt_pack_array(out, count_group(&state->weights, false) +
                            (state->has_m ? count_group(&state->m, true) : 0) +
                            (state->has_v ? count_group(&state->v, true) : 0));
    pack_group(writer, model, "", &state->weights, store);
    if (state->has_m)
        pack_group(writer, model, "m/", &state->m, store);
    if (state->has_v)
        pack_group(writer, model, "v/", &state->v, store);
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
    bool powers = tensors == SLT_TRACE_STORED && state->has_v;
    slt_pack_map(out, powers ? 4 : 3);
    slt_pack_text(out, "step");
    slt_pack_uint(out, state->step);
    pack_metrics(out, metrics);
    if (tensors == SLT_TRACE_JOINT)
        pack_joint(writer, state);
    else
        pack_tensors(writer, model, state, tensors == SLT_TRACE_STORED);
    if (powers) {
        slt_pack_text(out, "powers");
        slt_pack_array(out, 2);
        slt_pack_real(out, state->beta1_power);
        slt_pack_real(out, state->beta2_power);
    }
    slt_trace_finish(writer);
}
