#include "trace_sample.h"

#include "base/sha256.h"
#include "trace/trace_format.h"

static sample s;
static slt_error err;

static slt_trace *parse(void)
{
    slt_trace *trace = NULL;
    err.text[0] = 0;
    if (slt_trace_parse_form(s.bytes.data, s.bytes.size, "x", &trace, &err) == SLT_OK)
        return trace;
    return NULL;
}

static void test_header(const slt_trace *trace)
{
    size_t size;
    const char *fingerprint;
    const uint8_t *run = slt_trace_run(trace, &size);
    TAP_OK(size == 22 && memcmp(run,
                                "\x82\xaa"
                                "arithmetic\xa3"
                                "f32\xa4seed\x07",
                                22) == 0,
           "the canonical run");
    TAP_OK(slt_digest_equal(slt_trace_experiment(trace), slt_digest_of(run, size)),
           "the experiment is its digest");
    TAP_EQ_U64(slt_trace_numerics(trace), 1, "numerics");
    TAP_EQ_U64(slt_trace_functions(trace), 2, "functions");
    TAP_EQ_TEXT(slt_trace_function(trace, 1, &fingerprint), "sincospif", "a function");
    TAP_EQ_TEXT(fingerprint, "fedcba9876543210", "its fingerprint");
}

static void test_checkpoints(const slt_trace *trace)
{
    const slt_record *plain = slt_trace_record(trace, 1);
    const slt_record *full = slt_trace_record(trace, 2);
    uint8_t bytes[12];
    sample_data(bytes);
    TAP_OK(plain->kind == SLT_RECORD_CHECKPOINT && plain->step == 0, "checkpoint 0");
    TAP_OK(!plain->has_state && !plain->tensors[0].data, "without a state");
    TAP_EQ_U64(plain->tensor_count, 3, "tensors");
    TAP_OK(quantity_is(&plain->metrics[0].quantity, "loss"), "metric");
    TAP_EQ_U64(plain->metrics[0].value.bits, slt_real_of(0.25).bits, "its value");
    TAP_OK(full->step == 300 && full->has_state && full->power_count == 2,
           "checkpoint 300");
    TAP_EQ_U64(full->powers[1].bits, slt_real_of(0.75).bits, "beta2's power");
    TAP_EQ_TEXT(full->tensors[2].name, "v/W1", "a moment");
    TAP_EQ_TEXT(full->tensors[2].type, "f32", "its type");
    TAP_OK(full->tensors[2].size == 12 && full->tensors[2].cols == 3, "its size");
    TAP_EQ_BYTES(full->tensors[2].data, bytes, 12, "its bytes");
}

static void test_chains(const slt_trace *trace)
{
    const slt_record *done = slt_trace_record(trace, 3);
    const slt_record *diverged = slt_trace_record(trace, 4);
    TAP_OK(done->chain_status == SLT_RUN_DONE && done->loss_count == 2, "a chain");
    TAP_EQ_U64(slt_load_le64(done->losses + 8), slt_real_of(0.375).bits, "a loss");
    TAP_OK(done->has_acceptance && done->acceptance.bits == slt_real_of(0.875).bits,
           "acceptance");
    TAP_OK(slt_digest_equal(done->final_weights, slt_digest_of("weights", 7)), "weights");
    TAP_OK(done->at_step == 300 && done->nbeta.bits == slt_real_of(10.5).bits,
           "settings");
    TAP_OK(diverged->chain_status == SLT_RUN_DIVERGED && diverged->loss_count == 1,
           "a diverged chain keeps the losses before");
    TAP_OK(slt_digest_equal(diverged->final_weights, (slt_digest){{0}}), "no weights");
}

static void test_ends(const slt_trace *trace)
{
    const slt_record *table = slt_trace_record(trace, 5);
    const slt_record *end = slt_trace_record(trace, 6);
    TAP_EQ_U64(table->result_count, 2, "results");
    TAP_OK(!slt_real_finite(table->results[1].value), "nil is no finite number");
    TAP_OK(end->status == SLT_RUN_DONE && end->records == 7 && end->step == 300, "end");
    TAP_EQ_U64(end->offset + end->size, s.bytes.size, "it ends the file");
    TAP_OK(slt_digest_equal(end->hash, s.chain), "H of the last record");
    TAP_OK(!slt_trace_body(trace, 7, &(slt_digest){{0}}), "none behind it");
    char ours[65], theirs[65];
    slt_sha256_of(s.bytes.data, s.bytes.size, ours);
    slt_trace_sha256(trace, theirs);
    TAP_EQ_TEXT(theirs, ours, "SHA-256");
}

static void test_reading(void)
{
    s.weights = slt_digest_of("weights", 7);
    sample_whole(&s);
    slt_trace *trace = parse();
    if (!TAP_OK(trace != NULL, "a trace is read: %s", err.text))
        return;
    TAP_EQ_U64(slt_trace_records(trace), 7, "records");
    test_header(trace);
    test_checkpoints(trace);
    test_chains(trace);
    test_ends(trace);
    slt_trace_free(trace);
}

static void refused(const char *part)
{
    slt_trace *trace = parse();
    if (!TAP_OK(!trace && strstr(err.text, part), "refused: %s", part))
        tap_note("said '%s'", err.text);
    slt_trace_free(trace);
}

static void test_start(void)
{
    sample_whole(&s);
    s.bytes.data[4] = '\n';
    refused("x: start: byte 0: expected the first bytes of a trace");
    sample_whole(&s);
    s.bytes.data[8] = 2;
    refused("x: start: byte 8: expected trace format 1, found 2");
    s.bytes.size = 11;
    refused("cut short");
    s.bytes.size = 0;
    refused("x: start: byte 0: expected a trace, found an empty file");
}

/* The body as made, one record after a good header; its hash is right. */
static void begin_after_header(void)
{
    sample_begin(&s);
    sample_header(&s);
    sample_record(&s, 0);
}

static void test_order(void)
{
    sample_begin(&s);
    sample_end(&s, "done");
    sample_record(&s, 4);
    refused("x: record 0 (end): byte 12: expected the header first");
    begin_after_header();
    sample_header(&s);
    sample_record(&s, 0);
    refused("one header only");
    begin_after_header();
    sample_checkpoint(&s, 5, false);
    sample_record(&s, 1);
    sample_checkpoint(&s, 5, false);
    sample_record(&s, 1);
    refused("rising steps");
    begin_after_header();
    sample_chain(&s, 0, true);
    sample_record(&s, 2);
    sample_checkpoint(&s, 5, false);
    sample_record(&s, 1);
    refused("checkpoints, then chains");
    begin_after_header();
    sample_chain(&s, 1, true);
    sample_record(&s, 2);
    sample_chain(&s, 0, true);
    sample_record(&s, 2);
    refused("chains in rising order");
    begin_after_header();
    sample_table(&s);
    sample_record(&s, 3);
    sample_table(&s);
    sample_record(&s, 3);
    refused("one table only");
    begin_after_header();
    refused("x: record 1: byte 131: cut short: there is no end record");
    sample_whole(&s);
    slt_buffer_byte(&s.bytes, 0);
    refused("expected the end, found 1 more");
}

static void test_hash(void)
{
    char text[SLT_DIGEST_TEXT_MAX];
    begin_after_header();
    slt_digest_text(s.chain, text);
    TAP_EQ_TEXT(text, "4391f83c77f323e52af45bedb9a28a49",
                "H of the record that docs/spec/14-trace.md shows");
    sample_whole(&s);
    s.bytes.data[s.bytes.size - 1] ^= 1;
    refused("record 6 (end)");
    refused("the record says");
    sample_whole(&s);
    slt_buffer_clear(&s.bytes);
    sample_begin(&s);
    s.chain.bytes[0] = 1;
    sample_header(&s);
    sample_record(&s, 0);
    refused("the bytes hash to");
}

static void bare_tensor(uint64_t rows, uint64_t cols, const char *type)
{
    slt_pack_map(&s.body, 3);
    sample_key_uint(&s, "step", 0);
    slt_pack_text(&s.body, "metrics");
    slt_pack_map(&s.body, 0);
    slt_pack_text(&s.body, "tensors");
    slt_pack_array(&s.body, 1);
    slt_pack_map(&s.body, 6);
    sample_key_text(&s, "name", "W");
    sample_key_text(&s, "type", type);
    sample_key_uint(&s, "rows", rows);
    sample_key_uint(&s, "cols", cols);
}

static void tensor_case(uint64_t cols, const char *type, const uint8_t *data, size_t size,
                        bool right_hash, const char *part)
{
    begin_after_header();
    bare_tensor(1, cols, type);
    sample_key_digest(&s, "hash",
                      right_hash ? slt_digest_of(data, size) : (slt_digest){{0}});
    slt_pack_text(&s.body, "data");
    slt_pack_bin(&s.body, data, size);
    sample_record(&s, 1);
    refused(part);
}

/* So many powers, beside a state or not. */
static void powers_case(size_t count, bool state, const char *part)
{
    begin_after_header();
    slt_pack_map(&s.body, 4);
    sample_key_uint(&s, "step", 300);
    slt_pack_text(&s.body, "metrics");
    slt_pack_map(&s.body, 0);
    slt_pack_text(&s.body, "tensors");
    slt_pack_array(&s.body, 1);
    sample_tensor(&s, "W1", state);
    slt_pack_text(&s.body, "powers");
    slt_pack_array(&s.body, count);
    for (size_t i = 0; i < count; i++)
        slt_pack_real(&s.body, slt_real_of(0.5));
    sample_record(&s, 1);
    refused(part);
}

static void test_powers(void)
{
    powers_case(1, true, "there is no end record");
    powers_case(2, true, "there is no end record");
    powers_case(0, true, "expected one or two powers, beside a state");
    powers_case(3, true, "expected one or two powers, beside a state");
    powers_case(1, false, "expected one or two powers, beside a state");
}

static void test_tensors(void)
{
    uint8_t data[16] = {0};
    begin_after_header();
    bare_tensor(INT32_MAX, INT32_MAX, "f64");
    sample_key_digest(&s, "hash", (slt_digest){{0}});
    sample_record(&s, 1);
    refused("tensor 'W' is too large");
    begin_after_header();
    sample_end(&s, "done and more than that");
    sample_record(&s, 4);
    refused("expected a name of at most 15 characters");
    tensor_case(1, "f32", data, 4, false, "tensor W does not have its hash");
    tensor_case(2, "f32", data, 4, true, "expected 8 bytes of tensor W, found 4");
    tensor_case(1, "fixed", data, 8, true, "expected 16 bytes of tensor W, found 8");
    tensor_case(1, "f16", data, 2, true, "expected f32, f64 or fixed, found 'f16'");
    tensor_case(1, "fixed", data, 16, true, "there is no end record");
    tensor_case(2, "f64", data, 16, true, "there is no end record");
    slt_store_le32(data, 0x7fc00000);
    tensor_case(1, "f32", data, 4, true, "expected finite numbers in tensor W");
    slt_store_le64(data, 0xfff0000000000000);
    tensor_case(1, "f64", data, 8, true, "expected finite numbers in tensor W");
    tensor_case((uint64_t)1 << 31, "f64", data, 8, true, "expected cols to be at most");
    tensor_case(0, "f64", data, 0, true, "there is no end record");
    begin_after_header();
    slt_pack_map(&s.body, 3);
    sample_key_uint(&s, "step", 0);
    slt_pack_text(&s.body, "metrics");
    slt_pack_map(&s.body, 0);
    slt_pack_text(&s.body, "tensors");
    slt_pack_array(&s.body, 2);
    sample_tensor(&s, "W1", false);
    sample_tensor(&s, "W1", false);
    sample_record(&s, 1);
    refused("tensor 'W1' is repeated");
}

/* The keys of a chain that is done, of which its map tells `keys`, up to its weights. */
static void chain_begin(size_t keys, const uint8_t *losses, size_t size)
{
    begin_after_header();
    slt_pack_map(&s.body, keys);
    sample_key_uint(&s, "llc", 0);
    sample_key_uint(&s, "chain", 0);
    sample_key_uint(&s, "step", 300);
    sample_key_text(&s, "status", "done");
    sample_key_real(&s, "nbeta", 10.5);
    sample_key_real(&s, "init_loss", 0.25);
    slt_pack_text(&s.body, "losses");
    slt_pack_bin(&s.body, losses, size);
    slt_pack_text(&s.body, "weights");
    slt_pack_bin(&s.body, s.chain.bytes, 16);
}

static void chain_losses(const uint8_t *losses, size_t size, const char *part)
{
    chain_begin(8, losses, size);
    sample_record(&s, 2);
    refused(part);
}

/* Sums for the Stein ratio: so many bytes of them, of a map that tells so many keys. */
static void chain_stein(size_t keys, const uint8_t *sums, size_t size, const char *part)
{
    const uint8_t losses[8] = {0};
    chain_begin(keys, losses, sizeof losses);
    sample_key_uint(&s, "moving", 3);
    slt_pack_text(&s.body, "stein");
    if (sums)
        slt_pack_bin(&s.body, sums, size);
    else
        slt_pack_nil(&s.body);
    sample_record(&s, 2);
    refused(part);
}

static void test_stein(void)
{
    uint8_t sums[8 * SLT_TRACE_STEIN_SUMS] = {0};
    chain_stein(10, sums, sizeof sums, "there is no end record");
    chain_stein(10, NULL, 0, "there is no end record");
    chain_stein(10, sums, sizeof sums - 8, "expected 384 bytes of sums, found 376");
    chain_stein(11, sums, sizeof sums, "expected the end of a chain, found 1 more keys");
    chain_stein(12, sums, sizeof sums, "expected a text, found bytes");
    chain_stein(14, sums, sizeof sums, "expected a text, found bytes");
    chain_stein(15, sums, sizeof sums, "expected a text, found bytes");
    chain_stein(18, sums, sizeof sums, "expected a map of 8 keys, found 18");
    slt_store_le64(sums + sizeof sums - 8, 0x7ff0000000000000);
    chain_stein(10, sums, sizeof sums, "expected finite sums");
}

/* Rates of exchanges: so many bytes of them, of a map that tells so many keys. */
static void chain_swaps(size_t keys, const uint8_t *rates, size_t size, const char *part)
{
    const uint8_t losses[8] = {0};
    chain_begin(keys, losses, sizeof losses);
    sample_key_real(&s, "acceptance", 0.5);
    slt_pack_text(&s.body, "swaps");
    slt_pack_bin(&s.body, rates, size);
    sample_record(&s, 2);
    refused(part);
}

static void test_swaps(void)
{
    uint8_t rates[24] = {0};
    chain_swaps(10, rates, sizeof rates, "there is no end record");
    chain_swaps(10, rates, 0, "expected 8 bytes for each pair of replicas, found 0");
    chain_swaps(10, rates, 20, "expected 8 bytes for each pair of replicas, found 20");
    chain_swaps(9, rates, sizeof rates, "expected bytes, found a text");
    chain_swaps(11, rates, sizeof rates, "the end of a chain, found 1 more keys");
    chain_swaps(18, rates, sizeof rates, "expected a map of 8 keys, found 18");
    slt_store_le64(rates + 16, 0x7ff0000000000000);
    chain_swaps(10, rates, sizeof rates, "expected finite rates of exchanges");
}

/* Losses of so many samples: so many bytes of them. */
static void chain_observed(uint64_t samples, const uint8_t *losses, size_t size,
                           const char *part)
{
    const uint8_t loss[8] = {0};
    chain_begin(10, loss, sizeof loss);
    sample_key_uint(&s, "samples", samples);
    slt_pack_text(&s.body, "observed");
    if (losses)
        slt_pack_bin(&s.body, losses, size);
    else
        slt_pack_nil(&s.body);
    sample_record(&s, 2);
    refused(part);
}

static void test_observed(void)
{
    uint8_t losses[48] = {0};
    chain_observed(3, losses, sizeof losses, "there is no end record");
    chain_observed(3, NULL, 0, "there is no end record");
    chain_observed(3, losses, 0, "there is no end record");
    chain_observed(0, losses, sizeof losses, "expected at least 1 sample");
    chain_observed(UINT64_C(1) << 32, losses, 8,
                   "expected samples to be at most 4294967295");
    chain_observed(4, losses, sizeof losses,
                   "expected 8 bytes for each of 4 losses of samples, found 48");
    slt_store_le64(losses + sizeof losses - 8, 0x7ff0000000000000);
    chain_observed(3, losses, sizeof losses, "expected finite losses of samples");
}

/* Metrics behind the losses: so many bytes of them, after every draw. */
static void chain_measured(uint64_t metrics, const uint8_t *numbers, size_t size,
                           const char *part)
{
    const uint8_t loss[8] = {0};
    chain_begin(12, loss, sizeof loss);
    sample_key_uint(&s, "samples", 1);
    slt_pack_text(&s.body, "observed");
    slt_pack_bin(&s.body, loss, sizeof loss);
    sample_key_uint(&s, "metrics", metrics);
    slt_pack_text(&s.body, "measured");
    if (numbers)
        slt_pack_bin(&s.body, numbers, size);
    else
        slt_pack_nil(&s.body);
    sample_record(&s, 2);
    refused(part);
}

static void test_measured(void)
{
    uint8_t numbers[16] = {0};
    chain_measured(2, numbers, sizeof numbers, "there is no end record");
    chain_measured(2, NULL, 0, "there is no end record");
    chain_measured(0, numbers, sizeof numbers, "expected at least 1 metric");
    chain_measured(3, numbers, sizeof numbers,
                   "expected 8 bytes for each of 3 metrics, found 16");
    slt_store_le64(numbers + 8, 0x7ff8000000000000);
    chain_measured(2, numbers, sizeof numbers, "expected finite metrics");
}

/* An acceptance and an lr, each where it is, in this order alone. */
static void test_numbers(void)
{
    static const char *const keys[] = {"acceptance", "adapted_lr", "acceptance"};
    const uint8_t loss[8] = {0};
    for (size_t from = 0; from < 2; from++)
        for (size_t count = 1; count <= 3 - from; count++) {
            chain_begin(8 + count, loss, sizeof loss);
            for (size_t i = from; i < from + count; i++)
                sample_key_real(&s, keys[i], .5);
            sample_record(&s, 2);
            refused(from + count < 3 ? "there is no end record"
                                     : "expected the end of a chain, found 1 more keys");
        }
}

static void chain_energies(size_t keys, const uint8_t *energies, size_t size,
                           const char *part)
{
    const uint8_t loss[8] = {0};
    chain_begin(keys, loss, sizeof loss);
    slt_pack_text(&s.body, "energies");
    if (energies)
        slt_pack_bin(&s.body, energies, size);
    else
        slt_pack_nil(&s.body);
    sample_record(&s, 2);
    refused(part);
}

static void test_energies(void)
{
    uint8_t energies[16] = {0};
    chain_energies(9, energies, sizeof energies, "there is no end record");
    chain_energies(9, NULL, 0, "there is no end record");
    chain_energies(9, energies, 15, "expected energies of 8 bytes, found 15");
    chain_energies(10, energies, sizeof energies, "expected key 'samples'");
    slt_store_le64(energies + 8, 0x7ff0000000000000);
    chain_energies(9, energies, sizeof energies, "expected finite energies");
}

static void test_bodies(void)
{
    uint8_t losses[8];
    test_energies();
    test_stein();
    test_numbers();
    test_swaps();
    test_observed();
    test_measured();
    slt_store_le64(losses, 0x7ff0000000000000);
    chain_losses(losses, 8, "expected finite losses");
    chain_losses(losses, 7, "expected 8 bytes for each loss, found 7");
    begin_after_header();
    sample_end(&s, "finished");
    sample_record(&s, 4);
    refused("expected a status, found 'finished'");
    begin_after_header();
    s.records = 7;
    sample_end(&s, "done");
    sample_record(&s, 4);
    refused("expected 8 records, found 2");
    begin_after_header();
    slt_pack_map(&s.body, 1);
    slt_pack_text(&s.body, "results");
    slt_pack_map(&s.body, 2);
    sample_key_real(&s, "step", 1);
    sample_key_real(&s, "step", 1);
    sample_record(&s, 3);
    refused("key 'step' is repeated");
    begin_after_header();
    slt_pack_map(&s.body, 1);
    slt_pack_text(&s.body, "results");
    slt_pack_map(&s.body, 1);
    sample_key_real(&s, "llc/mean@01", 1);
    sample_record(&s, 3);
    refused("record 1 (table): byte 143: expected a metric or a result, such as loss, "
            "llc/mean or mark/NAME, found 'llc/mean@01'");
    begin_after_header();
    slt_pack_map(&s.body, 1);
    sample_key_real(&s, "table", 1);
    sample_record(&s, 3);
    refused("expected key 'results', found 'table'");
    begin_after_header();
    sample_end(&s, "done");
    sample_record(&s, 5);
    refused("expected a record kind from 0 to 4");
}

static void test_overflow_end(void)
{
    begin_after_header();
    sample_end(&s, "overflow");
    sample_record(&s, 4);
    slt_trace *trace = parse();
    if (TAP_OK(trace != NULL, "a run that overflowed: %s", err.text))
        TAP_EQ_TEXT(slt_trace_record(trace, 1)->status_tensor, "W1", "its tensor");
    slt_trace_free(trace);
}

static void test_files(void)
{
    slt_trace *trace = NULL;
    TAP_OK(slt_trace_open("/nonexistent.trace", &trace, &err) == SLT_FILE && !trace, "%s",
           err.text);
    TAP_OK(slt_trace_open("/tmp", &trace, &err) == SLT_FILE && !trace, "%s", err.text);
    TAP_OK(slt_trace_open(SLT_SOURCE_DIR "/LICENSE", &trace, &err) == SLT_FORMAT &&
               !trace,
           "another file is no trace");
}

static void test_names(void)
{
    slt_run_status status;
    TAP_EQ_TEXT(slt_record_kind_name(SLT_RECORD_CHAIN), "chain", "a kind's name");
    TAP_OK(slt_run_status_find("overflow", &status) && status == SLT_RUN_OVERFLOW,
           "a status by name");
    TAP_OK(!slt_run_status_find("", &status), "none of no name");
}

int main(void)
{
    test_reading();
    test_start();
    test_order();
    test_hash();
    test_tensors();
    test_powers();
    test_bodies();
    test_overflow_end();
    test_files();
    test_names();
    sample_free(&s);
    return tap_done();
}
