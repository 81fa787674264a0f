#include "base/endian.h"
#include "codec/json.h"
#include "report/show.h"

static void put_digest(slt_json *json, const char *key, slt_digest digest)
{
    char text[SLT_DIGEST_TEXT_MAX];
    slt_digest_text(digest, text);
    slt_json_key_text(json, key, text);
}

static void put_results(slt_json *json, const char *key, const slt_result *results,
                        size_t count)
{
    slt_json_key_open(json, key, '{');
    for (size_t i = 0; i < count; i++) {
        char name[SLT_QUANTITY_TEXT_MAX];
        slt_quantity_text(&results[i].quantity, name);
        slt_json_key_real(json, name, results[i].value);
    }
    slt_json_close(json, '}');
}

static void put_tensor(slt_json *json, const slt_trace_tensor *tensor)
{
    slt_json_open(json, '{');
    slt_json_key_text(json, "name", tensor->name);
    slt_json_key_text(json, "type", tensor->type);
    slt_json_key_uint(json, "rows", tensor->rows);
    slt_json_key_uint(json, "cols", tensor->cols);
    put_digest(json, "hash", tensor->hash);
    if (tensor->data)
        slt_json_key_uint(json, "bytes", tensor->size);
    slt_json_close(json, '}');
}

static void put_tensors(slt_json *json, const slt_record *record)
{
    slt_json_key_open(json, "tensors", '[');
    for (size_t i = 0; i < record->tensor_count; i++)
        put_tensor(json, &record->tensors[i]);
    slt_json_close(json, ']');
}

static void put_checkpoint(slt_json *json, const slt_record *record)
{
    slt_json_key_uint(json, "step", record->step);
    put_results(json, "metrics", record->metrics, record->metric_count);
    if (record->has_joint)
        put_digest(json, "joint", record->joint);
    else
        put_tensors(json, record);
    slt_json_key_bool(json, "state", record->has_state);
    for (size_t i = 0; i < record->power_count; i++) {
        char key[24];
        snprintf(key, sizeof key, "beta%zu_power", i + 1);
        slt_json_key_real(json, key, record->powers[i]);
    }
}

static void put_losses(slt_json *json, const slt_record *record)
{
    slt_json_key_open(json, "losses", '[');
    for (size_t i = 0; i < record->loss_count; i++)
        slt_json_real(json, (slt_real){slt_load_le64(record->losses + 8 * i)});
    slt_json_close(json, ']');
}

static void put_draws(slt_json *json, const slt_record *record)
{
    slt_json_key_uint(json, "draws", record->draws);
    put_digest(json, "losses_hash", record->losses_hash);
    slt_json_key_open(json, "quarters", '[');
    for (size_t q = 0; q < 4; q++)
        slt_json_real(json, record->quarters[q]);
    slt_json_close(json, ']');
}

static void put_swaps(slt_json *json, const slt_record *record)
{
    slt_json_key_open(json, "swaps", '[');
    for (size_t i = 0; i < record->swap_count; i++)
        slt_json_real(json, (slt_real){slt_load_le64(record->swaps + 8 * i)});
    slt_json_close(json, ']');
}

/* Null where the sums are not finite. */
static void put_stein(slt_json *json, const slt_record *record)
{
    static const char *const rows[] = {"drift", "pull", "gradient"};
    const size_t batches = SLT_TRACE_STEIN_SUMS / 3;
    slt_json_key_uint(json, "moving", record->moving);
    if (!record->stein) {
        slt_json_key_real(json, "stein", slt_real_absent());
        return;
    }
    slt_json_key_open(json, "stein", '{');
    for (size_t row = 0; row < 3; row++) {
        slt_json_key_open(json, rows[row], '[');
        for (size_t i = row * batches; i < (row + 1) * batches; i++)
            slt_json_real(json, (slt_real){slt_load_le64(record->stein + 8 * i)});
        slt_json_close(json, ']');
    }
    slt_json_close(json, '}');
}

/* A list for each draw; null where one of its numbers is not finite. */
static void put_rows(slt_json *json, const char *key, const uint8_t *numbers,
                     size_t count, uint64_t width)
{
    if (!numbers) {
        slt_json_key_real(json, key, slt_real_absent());
        return;
    }
    slt_json_key_open(json, key, '[');
    for (size_t i = 0; i < count; i++) {
        if (i % width == 0)
            slt_json_open(json, '[');
        slt_json_real(json, (slt_real){slt_load_le64(numbers + 8 * i)});
        if ((i + 1) % width == 0)
            slt_json_close(json, ']');
    }
    slt_json_close(json, ']');
}

static void put_observed(slt_json *json, const slt_record *record)
{
    slt_json_key_uint(json, "samples", record->observed_samples);
    put_rows(json, "observed", record->observed, record->observed_count,
             record->observed_samples);
    if (record->measured_metrics) {
        slt_json_key_uint(json, "measured_metrics", record->measured_metrics);
        put_rows(json, "measured", record->measured, record->measured_count,
                 record->measured_metrics);
    }
}

static void put_energies(slt_json *json, const slt_record *record)
{
    if (!record->energies) {
        slt_json_key_real(json, "energies", slt_real_absent());
        return;
    }
    slt_json_key_open(json, "energies", '[');
    for (size_t i = 0; i < record->energy_count; i++)
        slt_json_real(json, (slt_real){slt_load_le64(record->energies + 8 * i)});
    slt_json_close(json, ']');
}

static void put_chain(slt_json *json, const slt_record *record)
{
    slt_json_key_uint(json, "llc", record->llc);
    slt_json_key_uint(json, "chain", record->chain);
    slt_json_key_uint(json, "step", record->at_step);
    slt_json_key_text(json, "status", slt_run_status_name(record->chain_status));
    slt_json_key_real(json, "nbeta", record->nbeta);
    slt_json_key_real(json, "init_loss", record->init_loss);
    if (record->has_losses)
        put_losses(json, record);
    else
        put_draws(json, record);
    if (record->chain_status == SLT_RUN_DONE)
        put_digest(json, "weights", record->final_weights);
    if (record->has_acceptance)
        slt_json_key_real(json, "acceptance", record->acceptance);
    if (record->has_adapted_lr)
        slt_json_key_real(json, "adapted_lr", record->adapted_lr);
    if (record->swaps)
        put_swaps(json, record);
    if (record->has_stein)
        put_stein(json, record);
    if (record->observed_samples)
        put_observed(json, record);
    if (record->has_energies)
        put_energies(json, record);
}

static void put_end(slt_json *json, const slt_record *record)
{
    slt_json_key_text(json, "status", slt_run_status_name(record->status));
    slt_json_key_uint(json, "step", record->step);
    if (record->status_tensor[0])
        slt_json_key_text(json, "tensor", record->status_tensor);
    slt_json_key_uint(json, "records", record->records);
}

static void put_record(slt_json *json, size_t index, const slt_record *record)
{
    slt_json_open(json, '{');
    slt_json_key_uint(json, "index", index);
    slt_json_key_text(json, "kind", slt_record_kind_name(record->kind));
    slt_json_key_uint(json, "offset", record->offset);
    slt_json_key_uint(json, "bytes", record->size);
    put_digest(json, "hash", record->hash);
    if (record->kind == SLT_RECORD_CHECKPOINT)
        put_checkpoint(json, record);
    else if (record->kind == SLT_RECORD_CHAIN)
        put_chain(json, record);
    else if (record->kind == SLT_RECORD_TABLE)
        put_results(json, "results", record->results, record->result_count);
    else if (record->kind == SLT_RECORD_END)
        put_end(json, record);
    slt_json_close(json, '}');
}

static void put_head(slt_json *json, const slt_trace *trace, const char *name)
{
    char sha256[65];
    size_t size;
    const uint8_t *run = slt_trace_run(trace, &size);
    slt_trace_sha256(trace, sha256);
    slt_json_key_text(json, "trace", name);
    slt_json_key_text(json, "sha256", sha256);
    put_digest(json, "experiment", slt_trace_experiment(trace));
    slt_json_key_uint(json, "numerics", slt_trace_numerics(trace));
    slt_json_key_open(json, "functions", '{');
    for (size_t i = 0; i < slt_trace_functions(trace); i++) {
        const char *fingerprint;
        const char *function = slt_trace_function(trace, i, &fingerprint);
        slt_json_key_text(json, function, fingerprint);
    }
    slt_json_close(json, '}');
    slt_json_key(json, "run");
    slt_show_packed_json(run, size, json);
}

void slt_show_trace_json(const slt_trace *trace, const char *name, slt_json *json)
{
    slt_json_begin(json, "sltrace.trace/1");
    put_head(json, trace, name);
    slt_json_key_open(json, "records", '[');
    for (size_t i = 0; i < slt_trace_records(trace); i++) {
        put_record(json, i, slt_trace_record(trace, i));
        slt_trace_forget(trace, i);
    }
    slt_json_close(json, ']');
}
