#include "base/endian.h"
#include "codec/json.h"
#include "report/show.h"

static void put_digest(slt_buffer *out, const char *key, slt_digest digest)
{
    char text[SLT_DIGEST_TEXT_MAX];
    slt_digest_text(digest, text);
    slt_json_key_text(out, key, text);
}

static void put_metrics(slt_buffer *out, const char *key, const slt_trace_metric *metrics,
                        size_t count)
{
    slt_json_key(out, key);
    slt_json_open(out, '{');
    for (size_t i = 0; i < count; i++)
        slt_json_key_real(out, metrics[i].name, metrics[i].value);
    slt_json_close(out, '}');
}

static void put_tensor(slt_buffer *out, const slt_trace_tensor *tensor)
{
    slt_json_open(out, '{');
    slt_json_key_text(out, "name", tensor->name);
    slt_json_key_text(out, "type", tensor->type);
    slt_json_key_uint(out, "rows", tensor->rows);
    slt_json_key_uint(out, "cols", tensor->cols);
    put_digest(out, "hash", tensor->hash);
    if (tensor->data)
        slt_json_key_uint(out, "bytes", tensor->size);
    slt_json_close(out, '}');
}

static void put_tensors(slt_buffer *out, const slt_record *record)
{
    slt_json_key(out, "tensors");
    slt_json_open(out, '[');
    for (size_t i = 0; i < record->tensor_count; i++)
        put_tensor(out, &record->tensors[i]);
    slt_json_close(out, ']');
}

static void put_checkpoint(slt_buffer *out, const slt_record *record)
{
    slt_json_key_uint(out, "step", record->step);
    put_metrics(out, "metrics", record->metrics, record->metric_count);
    if (record->has_joint)
        put_digest(out, "joint", record->joint);
    else
        put_tensors(out, record);
    slt_json_key(out, "state");
    slt_json_bool(out, record->has_state);
    for (size_t i = 0; i < record->power_count; i++) {
        char key[24];
        snprintf(key, sizeof key, "beta%zu_power", i + 1);
        slt_json_key_real(out, key, record->powers[i]);
    }
}

static void put_losses(slt_buffer *out, const slt_record *record)
{
    slt_json_key(out, "losses");
    slt_json_open(out, '[');
    for (size_t i = 0; i < record->loss_count; i++)
        slt_json_real(out, (slt_real){slt_load_le64(record->losses + 8 * i)});
    slt_json_close(out, ']');
}

static void put_draws(slt_buffer *out, const slt_record *record)
{
    slt_json_key_uint(out, "draws", record->draws);
    put_digest(out, "losses_hash", record->losses_hash);
    slt_json_key(out, "quarters");
    slt_json_open(out, '[');
    for (size_t q = 0; q < 4; q++)
        slt_json_real(out, record->quarters[q]);
    slt_json_close(out, ']');
}

static void put_chain(slt_buffer *out, const slt_record *record)
{
    slt_json_key_uint(out, "llc", record->llc);
    slt_json_key_uint(out, "chain", record->chain);
    slt_json_key_uint(out, "step", record->at_step);
    slt_json_key_text(out, "status", slt_run_status_name(record->chain_status));
    slt_json_key_real(out, "nbeta", record->nbeta);
    slt_json_key_real(out, "init_loss", record->init_loss);
    if (record->has_losses)
        put_losses(out, record);
    else
        put_draws(out, record);
    if (record->chain_status == SLT_RUN_DONE)
        put_digest(out, "weights", record->final_weights);
    if (record->has_acceptance)
        slt_json_key_real(out, "acceptance", record->acceptance);
}

static void put_end(slt_buffer *out, const slt_record *record)
{
    slt_json_key_text(out, "status", slt_run_status_name(record->status));
    slt_json_key_uint(out, "step", record->step);
    if (record->status_tensor[0])
        slt_json_key_text(out, "tensor", record->status_tensor);
    slt_json_key_uint(out, "records", record->records);
}

static void put_record(slt_buffer *out, size_t index, const slt_record *record)
{
    slt_json_open(out, '{');
    slt_json_key_uint(out, "index", index);
    slt_json_key_text(out, "kind", slt_record_kind_name(record->kind));
    slt_json_key_uint(out, "offset", record->offset);
    slt_json_key_uint(out, "bytes", record->size);
    put_digest(out, "hash", record->hash);
    if (record->kind == SLT_RECORD_CHECKPOINT)
        put_checkpoint(out, record);
    else if (record->kind == SLT_RECORD_CHAIN)
        put_chain(out, record);
    else if (record->kind == SLT_RECORD_TABLE)
        put_metrics(out, "results", record->results, record->result_count);
    else if (record->kind == SLT_RECORD_END)
        put_end(out, record);
    slt_json_close(out, '}');
}

static void put_head(slt_buffer *out, const slt_trace *trace, const char *name)
{
    char sha256[65];
    size_t size;
    const uint8_t *run = slt_trace_run(trace, &size);
    slt_trace_sha256(trace, sha256);
    slt_json_key_text(out, "trace", name);
    slt_json_key_text(out, "sha256", sha256);
    put_digest(out, "experiment", slt_trace_experiment(trace));
    slt_json_key_uint(out, "numerics", slt_trace_numerics(trace));
    slt_json_key(out, "functions");
    slt_json_open(out, '{');
    for (size_t i = 0; i < slt_trace_functions(trace); i++) {
        const char *fingerprint;
        const char *function = slt_trace_function(trace, i, &fingerprint);
        slt_json_key_text(out, function, fingerprint);
    }
    slt_json_close(out, '}');
    slt_json_key(out, "run");
    slt_show_packed_json(run, size, out);
}

void slt_show_trace_json(slt_buffer *out, const slt_trace *trace, const char *name)
{
    slt_json_open(out, '{');
    put_head(out, trace, name);
    slt_json_key(out, "records");
    slt_json_open(out, '[');
    for (size_t i = 0; i < slt_trace_records(trace); i++)
        put_record(out, i, slt_trace_record(trace, i));
    slt_json_close(out, ']');
    slt_json_close(out, '}');
    slt_buffer_byte(out, '\n');
}
