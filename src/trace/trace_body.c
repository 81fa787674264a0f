#include "trace/trace_body.h"

#include <string.h>

#include "trace/trace_fields.h"

static void read_header_run(slt_trace_scan *scan)
{
    slt_error err = {0};
    slt_pack_reader *reader = &scan->reader;
    slt_pack_expect_key(reader, "run");
    size_t offset = reader->at;
    slt_pack_span run = slt_pack_read_bin(reader);
    if (reader->failed)
        return;
    scan->head.run = run;
    slt_status status = slt_pack_validate(run.bytes, run.size, "in its bytes", &err);
    scan->short_of_memory = scan->short_of_memory || status == SLT_RESOURCE;
    if (status == SLT_FORMAT)
        slt_pack_reader_fail(reader, offset, "expected a canonical run: %s", err.text);
}

static void read_fingerprint(slt_pack_reader *reader, char text[17])
{
    size_t offset = reader->at;
    slt_pack_span span = slt_pack_read_text(reader);
    bool right = span.size == 16 && slt_pack_span_text(span, text, 17) &&
                 strspn(text, "0123456789abcdef") == 16;
    if (!right)
        slt_pack_reader_fail(reader, offset, "expected a fingerprint of 16 hex digits");
}

static void read_functions(slt_trace_scan *scan)
{
    slt_pack_reader *reader = &scan->reader;
    slt_trace_head *head = &scan->head;
    slt_pack_expect_key(reader, "functions");
    size_t count = slt_pack_read_map(reader);
    const char *last = "";
    for (size_t i = 0; i < count && !reader->failed; i++) {
        slt_trace_math *f = slt_trace_grow(scan, head->functions, i, sizeof *f);
        if (!f)
            return;
        head->functions = f;
        f += i;
        last = i > 0 ? f[-1].name : "";
        size_t offset = reader->at;
        slt_trace_read_name(reader, f->name, sizeof f->name);
        if (!reader->failed && strcmp(last, f->name) >= 0)
            slt_pack_reader_fail(reader, offset, "expected functions sorted by name");
        read_fingerprint(reader, f->fingerprint);
        head->function_count++;
    }
}

static void read_header(slt_trace_scan *scan)
{
    size_t offset = scan->reader.at;
    /* A second header is out of order: it must not replace the first one's lists. */
    if (scan->order.records > 0) {
        slt_pack_reader_fail(&scan->reader, offset, "expected one header only");
        return;
    }
    slt_trace_read_fields(&scan->reader, 3, 0);
    scan->head.numerics =
        (uint32_t)slt_trace_read_uint(&scan->reader, "numerics", UINT32_MAX);
    read_header_run(scan);
    read_functions(scan);
}

/* The number of losses, their hash and quarters: what a chain holds if the losses
 * themselves are not stored. */
static void read_draws(slt_pack_reader *reader, slt_record *record)
{
    record->draws = slt_trace_read_uint(reader, "draws", UINT32_MAX);
    slt_pack_expect_key(reader, "losses_hash");
    record->losses_hash = slt_trace_read_digest(reader);
    slt_pack_expect_key(reader, "quarters");
    size_t offset = reader->at;
    if (slt_pack_read_array(reader) != 4)
        slt_pack_reader_fail(reader, offset, "expected four quarters");
    for (size_t q = 0; q < 4; q++)
        record->quarters[q] = slt_trace_read_real_or_nil(reader);
}

static void read_losses(slt_pack_reader *reader, slt_record *record)
{
    size_t offset = reader->at;
    slt_pack_span losses = slt_pack_read_bin(reader);
    record->losses = losses.bytes;
    record->loss_count = losses.size / 8;
    record->draws = record->loss_count;
    record->has_losses = true;
    if (losses.size % 8 != 0)
        slt_pack_reader_fail(reader, offset, "expected 8 bytes for each loss, found %zu",
                             losses.size);
    else if (!slt_bytes_finite(losses.bytes, record->loss_count, 8))
        slt_pack_reader_fail(reader, offset, "expected finite losses");
}

static void read_final_weights(slt_pack_reader *reader, slt_record *record)
{
    slt_pack_expect_key(reader, "weights");
    if (record->chain_status == SLT_RUN_DONE)
        record->final_weights = slt_trace_read_digest(reader);
    else
        slt_pack_read_nil(reader);
}

/* The dimensions, whose key was read, and the sums for the Stein ratio. */
static void read_stein(slt_pack_reader *reader, slt_record *record)
{
    record->has_stein = true;
    record->moving = slt_pack_read_uint(reader);
    slt_pack_expect_key(reader, "stein");
    size_t offset = reader->at;
    if (slt_pack_peek(reader) == SLT_PACK_NIL) {
        slt_pack_read_nil(reader);
        return;
    }
    slt_pack_span sums = slt_pack_read_bin(reader);
    record->stein = sums.bytes;
    if (sums.size != 8 * SLT_TRACE_STEIN_SUMS)
        slt_pack_reader_fail(reader, offset, "expected %d bytes of sums, found %zu",
                             8 * SLT_TRACE_STEIN_SUMS, sums.size);
    else if (!slt_bytes_finite(sums.bytes, SLT_TRACE_STEIN_SUMS, 8))
        slt_pack_reader_fail(reader, offset, "expected finite sums");
}

/* Finite numbers, of equally many at each draw; no bytes for nil.  `each` says what they
 * are. */
static slt_pack_span read_rows(slt_pack_reader *reader, uint64_t width, const char *each)
{
    const slt_pack_span none = {0};
    const size_t offset = reader->at;
    if (slt_pack_peek(reader) == SLT_PACK_NIL) {
        slt_pack_read_nil(reader);
        return none;
    }
    const slt_pack_span numbers = slt_pack_read_bin(reader);
    if (reader->failed)
        return none;
    if (numbers.size % (8 * width))
        slt_pack_reader_fail(reader, offset,
                             "expected 8 bytes for each of %llu %s, found %zu",
                             (unsigned long long)width, each, numbers.size);
    else if (!slt_bytes_finite(numbers.bytes, numbers.size / 8, 8))
        slt_pack_reader_fail(reader, offset, "expected finite %s", each);
    return numbers;
}

/* The losses of single samples. */
static void read_observed(slt_pack_reader *reader, slt_record *record)
{
    const size_t offset = reader->at;
    record->observed_samples = slt_trace_read_uint(reader, "samples", UINT32_MAX);
    if (!reader->failed && !record->observed_samples)
        slt_pack_reader_fail(reader, offset, "expected at least 1 sample");
    slt_pack_expect_key(reader, "observed");
    const slt_pack_span losses =
        read_rows(reader, record->observed_samples, "losses of samples");
    record->observed = losses.bytes;
    record->observed_count = losses.size / 8;
}

/* Metrics along the chain. */
static void read_measured(slt_pack_reader *reader, slt_record *record)
{
    const size_t offset = reader->at;
    record->measured_metrics = slt_trace_read_uint(reader, "metrics", UINT32_MAX);
    if (!reader->failed && !record->measured_metrics)
        slt_pack_reader_fail(reader, offset, "expected at least 1 metric");
    slt_pack_expect_key(reader, "measured");
    const slt_pack_span numbers = read_rows(reader, record->measured_metrics, "metrics");
    record->measured = numbers.bytes;
    record->measured_count = numbers.size / 8;
}

/* The energy at each draw. */
static void read_energies(slt_pack_reader *reader, slt_record *record)
{
    const size_t offset = reader->at;
    record->has_energies = true;
    if (slt_pack_peek(reader) == SLT_PACK_NIL) {
        slt_pack_read_nil(reader);
        return;
    }
    const slt_pack_span energies = slt_pack_read_bin(reader);
    record->energies = energies.bytes;
    record->energy_count = energies.size / 8;
    if (energies.size % 8)
        slt_pack_reader_fail(reader, offset, "expected energies of 8 bytes, found %zu",
                             energies.size);
    else if (!slt_bytes_finite(energies.bytes, record->energy_count, 8))
        slt_pack_reader_fail(reader, offset, "expected finite energies");
}

/* The number that some chains have under a key; whether it is there. */
static bool read_number(slt_pack_reader *reader, const char *key, slt_real *value)
{
    if (!slt_pack_accept_key(reader, key))
        return false;
    *value = slt_pack_read_real(reader);
    return true;
}

/* How likely each pair of replicas was exchanged. */
static void read_swaps(slt_pack_reader *reader, slt_record *record)
{
    const size_t offset = reader->at;
    slt_pack_span rates = slt_pack_read_bin(reader);
    record->swaps = rates.bytes;
    record->swap_count = rates.size / 8;
    if (rates.size % 8 || !rates.size)
        slt_pack_reader_fail(reader, offset,
                             "expected 8 bytes for each pair of replicas, found %zu",
                             rates.size);
    else if (!slt_bytes_finite(rates.bytes, record->swap_count, 8))
        slt_pack_reader_fail(reader, offset, "expected finite rates of exchanges");
}

/* What an estimate asks for, in so many keys. */
static void read_asked(slt_pack_reader *reader, size_t keys, slt_record *record)
{
    size_t left = keys;
    if (left)
        left -= record->has_acceptance =
            read_number(reader, "acceptance", &record->acceptance);
    if (left)
        left -= record->has_adapted_lr =
            read_number(reader, "adapted_lr", &record->adapted_lr);
    if (left && slt_pack_accept_key(reader, "swaps")) {
        read_swaps(reader, record);
        left--;
    }
    if (left >= 2 && slt_pack_accept_key(reader, "moving")) {
        read_stein(reader, record);
        left -= 2;
    }
    if (left >= 2) {
        read_observed(reader, record);
        left -= 2;
    }
    if (left >= 2) {
        read_measured(reader, record);
        left -= 2;
    }
    if (left && slt_pack_accept_key(reader, "energies")) {
        read_energies(reader, record);
        left--;
    }
    if (left)
        slt_pack_reader_fail(reader, reader->at,
                             "expected the end of a chain, found %zu more keys", left);
}

/* Keys that all chains have but for the losses, which are one or three; then those that
 * the estimate asks for. */
static void read_chain(slt_pack_reader *reader, slt_record *record)
{
    const size_t offset = reader->at, fields = slt_trace_read_fields(reader, 8, 11);
    record->llc = (uint32_t)slt_trace_read_uint(reader, "llc", UINT32_MAX);
    record->chain = (uint32_t)slt_trace_read_uint(reader, "chain", UINT32_MAX);
    record->at_step = slt_trace_read_uint(reader, "step", UINT64_MAX);
    record->chain_status = slt_trace_read_status(reader);
    slt_pack_expect_key(reader, "nbeta");
    record->nbeta = slt_trace_read_real_or_nil(reader);
    slt_pack_expect_key(reader, "init_loss");
    record->init_loss = slt_trace_read_real_or_nil(reader);
    const bool stored = slt_pack_accept_key(reader, "losses");
    const size_t own = stored ? 8 : 10;
    if (fields < own || fields - own > 9)
        slt_pack_reader_fail(reader, offset, "expected a map of %zu keys, found %zu", own,
                             fields);
    if (stored)
        read_losses(reader, record);
    else
        read_draws(reader, record);
    read_final_weights(reader, record);
    if (!reader->failed)
        read_asked(reader, fields - own, record);
}

static void read_end(slt_trace_scan *scan, slt_record *record)
{
    slt_pack_reader *reader = &scan->reader;
    size_t begin = reader->at;
    size_t fields = slt_trace_read_fields(reader, 3, 1);
    record->status = slt_trace_read_status(reader);
    record->step = slt_trace_read_uint(reader, "step", UINT64_MAX);
    if (fields == 4 && record->status != SLT_RUN_OVERFLOW)
        slt_pack_reader_fail(reader, begin, "expected a tensor only with overflow");
    if (fields == 4) {
        slt_pack_expect_key(reader, "tensor");
        slt_trace_read_name(reader, record->status_tensor, sizeof record->status_tensor);
    }
    record->records = slt_trace_read_uint(reader, "records", UINT64_MAX);
    if (record->records != scan->order.records + 1)
        slt_pack_reader_fail(reader, begin, "expected %llu records, found %zu",
                             (unsigned long long)record->records,
                             scan->order.records + 1);
}

void slt_trace_read_body(slt_trace_scan *scan, slt_record *record)
{
    switch (record->kind) {
    case SLT_RECORD_HEADER:
        read_header(scan);
        break;
    case SLT_RECORD_CHECKPOINT:
        slt_trace_read_checkpoint(scan, record);
        break;
    case SLT_RECORD_CHAIN:
        read_chain(&scan->reader, record);
        break;
    case SLT_RECORD_TABLE:
        slt_trace_read_fields(&scan->reader, 1, 0);
        record->result_count = slt_trace_read_metrics(scan, "results", &record->results);
        break;
    case SLT_RECORD_END:
        read_end(scan, record);
        break;
    }
}
