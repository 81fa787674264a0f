#include "base/escape.h"
#include "base/fpenv.h"
#include "report/show.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "base/world.h"
#include "num/scalar.h"

/* Writes the first digits of a hash, which are enough to find a record. */
static void put_hash(slt_buffer *out, slt_digest hash)
{
    char text[SLT_DIGEST_TEXT_MAX];
    slt_digest_text(hash, text);
    slt_buffer_printf(out, "%.8s", text);
}

static void put_real(slt_buffer *out, const char *name, slt_real value)
{
    char text[SLT_REAL_TEXT_MAX];
    slt_real_text(value, text);
    slt_buffer_printf(out, "  ");
    slt_escape_word(out, name, strlen(name));
    slt_buffer_printf(out, " %s", text);
}

static void put_results(slt_buffer *out, const slt_result *results, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char name[SLT_QUANTITY_TEXT_MAX];
        slt_quantity_text(&results[i].quantity, name);
        put_real(out, name, results[i].value);
    }
}

static void put_checkpoint(slt_buffer *out, const slt_record *record)
{
    size_t bytes = 0;
    slt_buffer_printf(out, "  step %llu", (unsigned long long)record->step);
    put_results(out, record->metrics, record->metric_count);
    for (size_t i = 0; i < record->tensor_count; i++) {
        const slt_trace_tensor *tensor = &record->tensors[i];
        slt_buffer_printf(out, "  ");
        slt_escape_word(out, tensor->name, strlen(tensor->name));
        slt_buffer_byte(out, ':');
        put_hash(out, tensor->hash);
        bytes += tensor->data ? tensor->size : 0;
    }
    if (record->has_joint) {
        slt_buffer_printf(out, "  joint:");
        put_hash(out, record->joint);
    }
    if (record->has_state)
        slt_buffer_printf(out, "  state of %zu bytes", bytes);
}

/* Writes the mean loss and the estimate of one chain, computed as the table's results
 * are. */
static void put_estimate(slt_buffer *out, const slt_record *record)
{
    slt_real *losses = slt_world.calloc(record->loss_count + 1, sizeof *losses);
    out->failed = out->failed || !losses;
    if (losses && record->loss_count > 0) {
        for (size_t i = 0; i < record->loss_count; i++)
            losses[i].bits = slt_load_le64(record->losses + 8 * i);
        slt_real mean = slt_real_mean(losses, record->loss_count);
        put_real(out, "mean_loss", mean);
        put_real(out, "llc",
                 slt_real_mul(record->nbeta, slt_real_sub(mean, record->init_loss)));
    }
    free(losses);
}

/* If losses are not stored: writes their hash, and the means of the quarters of the
 * draws. */
static void put_quarters(slt_buffer *out, const slt_record *record)
{
    slt_buffer_printf(out, "  losses:");
    put_hash(out, record->losses_hash);
    for (size_t q = 0; q < 4; q++) {
        char name[16];
        snprintf(name, sizeof name, "quarter/%zu", q);
        put_real(out, name, record->quarters[q]);
    }
}

static void put_chain(slt_buffer *out, const slt_record *record)
{
    char pair[32];
    slt_buffer_printf(out, "  llc %lu  chain %lu  at step %llu  %s  %llu draws",
                      (unsigned long)record->llc, (unsigned long)record->chain,
                      (unsigned long long)record->at_step,
                      slt_run_status_name(record->chain_status),
                      (unsigned long long)record->draws);
    put_real(out, "nbeta", record->nbeta);
    put_real(out, "init_loss", record->init_loss);
    if (record->has_losses)
        put_estimate(out, record);
    else
        put_quarters(out, record);
    if (record->has_acceptance)
        put_real(out, "acceptance", record->acceptance);
    if (record->has_adapted_lr)
        put_real(out, "adapted_lr", record->adapted_lr);
    for (size_t i = 0; i < record->swap_count; i++) {
        snprintf(pair, sizeof pair, "swap/%zu", i);
        put_real(out, pair, (slt_real){slt_load_le64(record->swaps + 8 * i)});
    }
    if (record->has_stein)
        slt_buffer_printf(out, "  moving %llu", (unsigned long long)record->moving);
    if (record->observed_samples)
        slt_buffer_printf(out, "  samples %llu  observed %zu",
                          (unsigned long long)record->observed_samples,
                          record->observed_count);
    if (record->measured_metrics)
        slt_buffer_printf(out, "  metrics %llu  measured %zu",
                          (unsigned long long)record->measured_metrics,
                          record->measured_count);
    if (record->has_energies)
        slt_buffer_printf(out, "  energies %zu", record->energy_count);
}

static void put_end(slt_buffer *out, const slt_record *record)
{
    slt_buffer_printf(out, "  %s  step %llu", slt_run_status_name(record->status),
                      (unsigned long long)record->step);
    if (record->status_tensor[0]) {
        slt_buffer_printf(out, "  tensor ");
        slt_escape_word(out, record->status_tensor, strlen(record->status_tensor));
    }
}

static void put_record(slt_buffer *out, size_t index, const slt_record *record)
{
    slt_buffer_printf(out, "  %zu  ", index);
    put_hash(out, record->hash);
    slt_buffer_printf(out, "  %s", slt_record_kind_name(record->kind));
    if (record->kind == SLT_RECORD_CHECKPOINT)
        put_checkpoint(out, record);
    else if (record->kind == SLT_RECORD_CHAIN)
        put_chain(out, record);
    else if (record->kind == SLT_RECORD_TABLE)
        put_results(out, record->results, record->result_count);
    else if (record->kind == SLT_RECORD_END)
        put_end(out, record);
    slt_buffer_byte(out, '\n');
}

static void put_head(slt_buffer *out, const slt_trace *trace, const char *name)
{
    char sha256[65], experiment[SLT_DIGEST_TEXT_MAX];
    slt_trace_sha256(trace, sha256);
    slt_digest_text(slt_trace_experiment(trace), experiment);
    slt_buffer_printf(out, "trace ");
    slt_escape_word(out, name, strlen(name));
    slt_buffer_printf(out, "\nsha256 %s\nexperiment %s\nnumerics %lu\n", sha256,
                      experiment, (unsigned long)slt_trace_numerics(trace));
    for (size_t i = 0; i < slt_trace_functions(trace); i++) {
        const char *fingerprint;
        const char *function = slt_trace_function(trace, i, &fingerprint);
        slt_buffer_printf(out, i ? " " : "functions ");
        slt_escape_word(out, function, strlen(function));
        slt_buffer_printf(out, ":%s", fingerprint);
    }
    slt_buffer_printf(out, slt_trace_functions(trace) ? "\nrun:\n" : "run:\n");
}

/* Passes on what was put so far. */
static slt_status pass_on(slt_buffer *text, FILE *out, slt_error *err)
{
    if (text->failed)
        return slt_fail(err, SLT_RESOURCE, "no memory for what is to be shown");
    if (slt_world.fwrite(text->data, 1, text->size, out) != text->size)
        return slt_fail(err, SLT_FILE, "what is to be shown cannot be written: %s",
                        strerror(errno));
    slt_buffer_clear(text);
    return SLT_OK;
}

static slt_status put_text(slt_buffer *text, const slt_trace *trace, const char *name,
                           FILE *out, slt_error *err)
{
    size_t size;
    const uint8_t *run = slt_trace_run(trace, &size);
    put_head(text, trace, name);
    slt_show_packed_yaml(run, size, 2, text);
    slt_buffer_printf(text, "records:\n");
    slt_status status = pass_on(text, out, err);
    for (size_t i = 0; i < slt_trace_records(trace) && !status; i++) {
        put_record(text, i, slt_trace_record(trace, i));
        slt_trace_forget(trace, i);
        status = pass_on(text, out, err);
    }
    return status;
}

slt_status slt_show_trace(const slt_trace *trace, const char *name, slt_json *json,
                          FILE *out, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_buffer text = {0};
    if (json) {
        slt_show_trace_json(trace, name, json);
        return SLT_OK;
    }
    slt_status status = put_text(&text, trace, name, out, err);
    slt_buffer_free(&text);
    return status;
}
