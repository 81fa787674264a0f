#include "trace/trace_write.h"

#include "base/assert.h"
#include "base/endian.h"
#include "codec/digest.h"
#include "codec/pack.h"
#include "learn/adapt.h"
#include "learn/observe.h"
#include "learn/sampler.h"
#include "learn/stein.h"
#include "learn/tempering.h"
#include "num/scalar.h"

void slt_trace_append_tensor(slt_buffer *bytes, const slt_tensor *tensor)
{
    uint8_t *at = slt_buffer_extend(bytes, slt_tensor_bytes(tensor));
    if (at)
        slt_tensor_store(tensor, at);
}

/* nil where value is not finite */
static void pack_real(slt_buffer *out, slt_real value)
{
    if (slt_real_finite(value))
        slt_pack_real(out, value);
    else
        slt_pack_nil(out);
}

void slt_trace_pack_result(slt_buffer *out, const slt_result *result)
{
    char name[SLT_QUANTITY_TEXT_MAX];
    slt_quantity_text(&result->quantity, name);
    slt_pack_text(out, name);
    pack_real(out, result->value);
}

void slt_trace_pack_digest(slt_buffer *out, slt_digest digest)
{
    slt_pack_bin(out, digest.bytes, sizeof digest.bytes);
}

static slt_run_status run_status_of_chain(slt_chain_status status)
{
    static const slt_run_status same[] = {[SLT_CHAIN_DONE] = SLT_RUN_DONE,
                                          [SLT_CHAIN_DIVERGED] = SLT_RUN_DIVERGED,
                                          [SLT_CHAIN_OVERFLOW] = SLT_RUN_OVERFLOW};
    return same[status];
}

/* The number of losses before the first non-finite one; only a chain that broke off has
 * such a loss. */
static uint64_t count_losses(const slt_chain *chain)
{
    uint64_t count = 0;
    while (count < chain->draws && slt_real_finite(chain->losses[count]))
        count++;
    SLT_ASSERT(count == chain->draws || chain->status != SLT_CHAIN_DONE);
    return count;
}

static void append_reals(slt_buffer *out, const slt_real *values, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        uint8_t bytes[8];
        slt_store_le64(bytes, values[i].bits);
        slt_buffer_append(out, bytes, sizeof bytes);
    }
}

static void pack_losses(slt_buffer *out, const slt_chain *chain)
{
    uint64_t count = count_losses(chain);
    slt_pack_text(out, "losses");
    slt_pack_bin_head(out, (size_t)count * 8);
    append_reals(out, chain->losses, count);
}

static void pack_quarters(slt_buffer *out, const slt_chain *chain, uint64_t count)
{
    slt_pack_text(out, "quarters");
    slt_pack_array(out, 4);
    for (uint64_t q = 0; q < 4; q++) {
        uint64_t from = q * count / 4, to = (q + 1) * count / 4;
        if (from < to)
            pack_real(out, slt_real_mean(chain->losses + from, (size_t)(to - from)));
        else
            slt_pack_nil(out);
    }
}

/* The number of losses, their hash and quarters, if the losses are not stored. */
static void pack_draws(slt_trace_writer *writer, const slt_chain *chain)
{
    slt_buffer *out = &writer->scratch, *bytes = &writer->tensor;
    uint64_t count = count_losses(chain);
    slt_buffer_clear(bytes);
    append_reals(bytes, chain->losses, count);
    writer->failed = writer->failed || bytes->failed;
    slt_pack_text(out, "draws");
    slt_pack_uint(out, count);
    slt_pack_text(out, "losses_hash");
    slt_trace_pack_digest(out, slt_digest_of(bytes->data, bytes->size));
    pack_quarters(out, chain, count);
}

/* The digest over the bytes of all untied weights, in order, and of the tensors that the
 * sampler keeps beside them. */
static void pack_weights(slt_trace_writer *writer, const slt_model_spec *model,
                         const slt_chain *chain)
{
    slt_buffer *out = &writer->scratch, *bytes = &writer->tensor;
    slt_pack_text(out, "weights");
    if (chain->status != SLT_CHAIN_DONE) {
        slt_pack_nil(out);
        return;
    }
    slt_buffer_clear(bytes);
    slt_tensor_walk at = slt_tensors_of(model, &chain->weights, &chain->slots);
    while (slt_tensors_next(&at))
        slt_trace_append_tensor(bytes, at.tensor);
    writer->failed = writer->failed || bytes->failed;
    slt_trace_pack_digest(out, slt_digest_of(bytes->data, bytes->size));
}

/* The sums for the Stein ratio, nil where one is not finite. */
static void pack_stein(slt_buffer *out, const slt_llc_setup *setup, const slt_stein *sums)
{
    const slt_real *const rows[] = {sums->drift, sums->pull, sums->square};
    _Static_assert(SLT_TRACE_STEIN_SUMS == 3 * SLT_STEIN_BATCHES, "three rows of sums");
    uint8_t bytes[8 * SLT_TRACE_STEIN_SUMS];
    slt_pack_text(out, "moving");
    slt_pack_uint(out, setup->moving);
    slt_pack_text(out, "stein");
    if (!slt_stein_finite(sums)) {
        slt_pack_nil(out);
        return;
    }
    for (size_t i = 0; i < SLT_TRACE_STEIN_SUMS; i++)
        slt_store_le64(bytes + 8 * i,
                       rows[i / SLT_STEIN_BATCHES][i % SLT_STEIN_BATCHES].bits);
    slt_pack_bin(out, bytes, sizeof bytes);
}

/* Numbers [from, from + count) of each draw that is observed, of `width`, nil where one
 * is not finite. */
static void pack_rows(slt_buffer *out, const slt_real *values, uint64_t rows,
                      uint64_t width, uint64_t from, uint64_t count)
{
    bool finite = true;
    for (uint64_t row = 0; row < rows && finite; row++)
        for (uint64_t i = from; i < from + count && finite; i++)
            finite = slt_real_finite(values[row * width + i]);
    if (!finite) {
        slt_pack_nil(out);
        return;
    }
    slt_pack_bin_head(out, (size_t)(8 * rows * count));
    for (uint64_t row = 0; row < rows; row++)
        append_reals(out, values + row * width + from, count);
}

/* Losses of single samples, and metrics where they are asked for. */
static void pack_observed(slt_buffer *out, const slt_llc_spec *spec,
                          const slt_llc_setup *setup, const slt_chain *chain)
{
    const uint64_t rows = slt_observed_draws(spec, spec->num_draws);
    const uint64_t metrics = spec->observables.metric_count;
    const uint64_t width = setup->observed + metrics;
    slt_pack_text(out, "samples");
    slt_pack_uint(out, setup->observed);
    slt_pack_text(out, "observed");
    pack_rows(out, chain->observed, rows, width, 0, setup->observed);
    if (!metrics)
        return;
    slt_pack_text(out, "metrics");
    slt_pack_uint(out, metrics);
    slt_pack_text(out, "measured");
    pack_rows(out, chain->observed, rows, width, setup->observed, metrics);
}

/* How likely each pair of neighbouring replicas was exchanged. */
static void pack_swaps(slt_buffer *out, const slt_tempering_spec *ladder,
                       const slt_chain *chain)
{
    uint8_t bytes[8 * SLT_TEMPERING_MAX];
    for (size_t i = 0; i < ladder->rungs; i++)
        slt_store_le64(bytes + 8 * i, slt_tempering_rate(ladder, chain, i).bits);
    slt_pack_text(out, "swaps");
    slt_pack_bin(out, bytes, 8 * ladder->rungs);
}

void slt_trace_write_chain(slt_trace_writer *writer, const slt_model_spec *model,
                           const slt_llc_spec *spec, uint32_t llc, uint32_t chain,
                           uint64_t at_step, const slt_llc_setup *setup,
                           const slt_chain *result, bool store_losses)
{
    slt_record about = {
        .kind = SLT_RECORD_CHAIN, .llc = llc, .chain = chain, .at_step = at_step};
    slt_buffer *out = slt_trace_begin(writer, &about);
    const bool done = result->status == SLT_CHAIN_DONE;
    const bool acceptance = done && slt_sampler_accepts(spec),
               adapted = done && spec->adapt.given, stein = done && spec->stein,
               observed = done && spec->observables.given,
               energies = done && spec->observables.energies;
    const bool swaps = done && spec->tempering.given;
    slt_pack_map(out, (store_losses ? 8 : 10) + acceptance + adapted + swaps +
                          (stein ? 2 : 0) + (observed ? 2 : 0) +
                          (observed && spec->observables.metric_count ? 2 : 0) +
                          energies);
    slt_pack_text(out, "llc");
    slt_pack_uint(out, llc);
    slt_pack_text(out, "chain");
    slt_pack_uint(out, chain);
    slt_pack_text(out, "step");
    slt_pack_uint(out, at_step);
    slt_pack_text(out, "status");
    slt_pack_text(out, slt_run_status_name(run_status_of_chain(result->status)));
    slt_pack_text(out, "nbeta");
    pack_real(out, setup->nbeta);
    slt_pack_text(out, "init_loss");
    pack_real(out, setup->init_loss);
    if (store_losses)
        pack_losses(out, result);
    else
        pack_draws(writer, result);
    pack_weights(writer, model, result);
    if (acceptance) {
        slt_pack_text(out, "acceptance");
        slt_pack_real(out, slt_chain_acceptance(spec, result));
    }
    if (adapted) {
        slt_pack_text(out, "adapted_lr");
        slt_pack_real(out, slt_adapt_lr(spec, result));
    }
    if (swaps)
        pack_swaps(out, &spec->tempering, result);
    if (stein)
        pack_stein(out, setup, &result->stein);
    if (observed)
        pack_observed(out, spec, setup, result);
    if (energies) {
        slt_pack_text(out, "energies");
        pack_rows(out, result->energies, spec->num_draws, 1, 0, 1);
    }
    slt_trace_finish(writer);
}

void slt_trace_write_table(slt_trace_writer *writer, const slt_result *results,
                           size_t count)
{
    slt_record about = {.kind = SLT_RECORD_TABLE};
    slt_buffer *out = slt_trace_begin(writer, &about);
    slt_pack_map(out, 1);
    slt_pack_text(out, "results");
    slt_pack_map(out, count);
    for (size_t i = 0; i < count; i++)
        slt_trace_pack_result(out, &results[i]);
    slt_trace_finish(writer);
}

void slt_trace_write_end(slt_trace_writer *writer, slt_run_status status,
                         const char *tensor, uint64_t step)
{
    slt_record about = {.kind = SLT_RECORD_END};
    slt_buffer *out = slt_trace_begin(writer, &about);
    bool named = status == SLT_RUN_OVERFLOW && tensor && tensor[0];
    slt_pack_map(out, named ? 4 : 3);
    slt_pack_text(out, "status");
    slt_pack_text(out, slt_run_status_name(status));
    slt_pack_text(out, "step");
    slt_pack_uint(out, step);
    if (named) {
        slt_pack_text(out, "tensor");
        slt_pack_text(out, tensor);
    }
    slt_pack_text(out, "records");
    slt_pack_uint(out, writer->records + 1);
    slt_trace_finish(writer);
}
