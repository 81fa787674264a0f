#include "trace_sample.h"

#include "trace/trace_writer.h"

/* What the writer writes must be the bytes that the sample puts together by hand. */

static slt_model_spec model;
static slt_state state;
static slt_chain chain;
static slt_metrics metrics;

static void fill(slt_params *params)
{
    static const double values[3] = {1, -0.0, 0.5};
    slt_params_reserve(2, params, NULL);
    params->owned[0] = params->trainable[0] = true;
    params->owned[1] = false; /* tied: not in the trace */
    slt_tensor_create(&params->tensor[0], SLT_F32, 1, 3, NULL);
    for (size_t i = 0; i < 3; i++)
        ((float *)params->tensor[0].data)[i] = (float)values[i];
    params->tensor[1] = params->tensor[0];
}

static void make_run(void)
{
    static slt_real losses[2];
    model.weight_count = 2;
    snprintf(model.weights[0].name, SLT_NAME_MAX, "W1");
    snprintf(model.weights[1].name, SLT_NAME_MAX, "W2");
    fill(&state.weights);
    static const slt_slot_type slots[] = {{.name = "m"}, {.name = "v"}};
    state.slots.type = slots;
    state.slots.count = state.power_count = 2;
    fill(&state.slots.slot[0]);
    fill(&state.slots.slot[1]);
    fill(&chain.weights);
    state.powers[0] = slt_real_of(0.5);
    state.powers[1] = slt_real_of(0.75);
    metrics.count = 1;
    metrics.list[0] = result_of("loss", 0.25);
    losses[0] = slt_real_of(0.25);
    losses[1] = slt_real_of(0.375);
    chain.losses = losses;
    chain.updates = 8;
    chain.acceptance_sum = slt_real_of(7);
}

static void free_run(void)
{
    slt_params_free(&state.weights);
    slt_params_free(&state.slots.slot[0]);
    slt_params_free(&state.slots.slot[1]);
    slt_params_free(&chain.weights);
}

static const slt_llc_spec llc = {.mala_acceptance = true};
static const slt_llc_setup setup = {.nbeta = {0x4025000000000000},
                                    .init_loss = {0x3fd0000000000000}};

static void write_chain(slt_trace_writer *writer, uint32_t index, bool done)
{
    chain.status = done ? SLT_CHAIN_DONE : SLT_CHAIN_DIVERGED;
    chain.draws = done ? 2 : 1;
    slt_trace_write_chain(writer, &model, &llc, 0, index, 300, &setup, &chain, true);
}

/* The rest of a trace, behind a header. */
static void write_rest(slt_trace_writer *writer)
{
    slt_result table[2] = {result_of("llc/mean", 1.5),
                           {quantity_of("llc/std"), {0x7ff0000000000000}}};
    state.step = 0;
    slt_trace_write_checkpoint(writer, &model, &state, &metrics, SLT_TRACE_HASHED);
    state.step = 300;
    slt_trace_write_checkpoint(writer, &model, &state, &metrics, SLT_TRACE_STORED);
    write_chain(writer, 0, true);
    write_chain(writer, 1, false);
    slt_trace_write_table(writer, table, 2);
    slt_trace_write_end(writer, SLT_RUN_DONE, NULL, 300);
}

static void expect_whole(sample *s)
{
    uint8_t bytes[12];
    sample_data(bytes);
    s->weights = slt_digest_of(bytes, 12);
    sample_whole(s);
}

/* Where record `index` of the sample ends. */
static size_t cut_after(const sample *s, size_t index)
{
    slt_trace *trace = NULL;
    slt_trace_parse_form(s->bytes.data, s->bytes.size, "x", &trace, NULL);
    const slt_record *record = slt_trace_record(trace, index);
    size_t end = record->offset + record->size;
    slt_trace_free(trace);
    return end;
}

static bool same_bytes(const slt_buffer *a, const uint8_t *bytes, size_t size)
{
    return a->size == size && memcmp(a->data, bytes, size) == 0;
}

static void test_bytes(void)
{
    sample s = {0};
    slt_trace_writer writer;
    size_t good;
    expect_whole(&s);
    size_t header = cut_after(&s, 0);
    TAP_OK(slt_trace_writer_resume(&writer, s.bytes.data, header, &good, NULL) ==
                   SLT_OK &&
               good == header,
           "go on behind a header");
    write_rest(&writer);
    TAP_OK(same_bytes(&writer.bytes, s.bytes.data + header, s.bytes.size - header),
           "the bytes put together by hand");
    TAP_OK(!writer.failed && writer.records == 7 && writer.written == s.bytes.size,
           "counts");
    TAP_OK(slt_digest_equal(writer.hashes[6], s.chain), "the last H");
    slt_trace_writer_free(&writer);
    sample_free(&s);
}

/* What overflowed is told where that is known. */
static void test_overflow(void)
{
    static const char *const tensors[] = {NULL, "", "W1"};
    for (size_t i = 0; i < 3; i++) {
        sample s = {0};
        slt_trace_writer writer;
        size_t good;
        expect_whole(&s);
        slt_trace_writer_resume(&writer, s.bytes.data, cut_after(&s, 0), &good, NULL);
        slt_trace_write_end(&writer, SLT_RUN_OVERFLOW, tensors[i], 300);
        TAP_OK(!memmem(writer.bytes.data, writer.bytes.size, "tensor", 6) == (i < 2),
               "%s overflowed", i == 2 ? tensors[i] : "something");
        slt_trace_writer_free(&writer);
        sample_free(&s);
    }
}

static void test_start(void)
{
    slt_trace_writer writer;
    slt_trace_writer_init(&writer);
    TAP_OK(same_bytes(&writer.bytes, (const uint8_t *)"\x8bSLT\r\n\x1a\n\1\0\0\0", 12),
           "the first bytes");
    slt_trace_writer_free(&writer);
}

/* A whole trace from its first byte, header and all. */
static void test_header(void)
{
    static const uint8_t run[] = {0x81, 0xa1, 'a', 0x01};
    slt_trace_writer writer;
    slt_trace *trace = NULL;
    slt_error err = {0};
    char want[SLT_FINGERPRINT_MAX];
    const char *found;
    slt_trace_writer_init(&writer);
    slt_trace_write_header(&writer, run, sizeof run,
                           1u << SLT_FN_sincospif | 1u << SLT_FN_logf, SLT_F32);
    write_rest(&writer);
    if (TAP_OK(slt_trace_parse_form(writer.bytes.data, writer.bytes.size, "x", &trace,
                                    &err) == SLT_OK,
               "a trace written from its beginning is read: %s", err.text)) {
        size_t size;
        TAP_OK(slt_trace_run(trace, &size) && size == sizeof run, "its run");
        TAP_EQ_U64(slt_trace_functions(trace), 2, "its functions");
        TAP_EQ_TEXT(slt_trace_function(trace, 0, &found), "logf", "sorted");
        slt_fingerprint(SLT_FN_logf, SLT_F32, want);
        TAP_EQ_TEXT(found, want, "with their fingerprints");
        TAP_EQ_U64(slt_trace_numerics(trace), 1, "numerics");
    }
    slt_trace_free(trace);
    slt_trace_writer_free(&writer);
}

/* Cut at any byte, resumed, the good records kept, the others written again: the same
 * trace.  The header is whole in each of them. */
static void test_resume_everywhere(void)
{
    sample s = {0};
    expect_whole(&s);
    size_t header = cut_after(&s, 0), wrong = 0, at_records = 0;
    for (size_t size = 0; size <= s.bytes.size; size++) {
        slt_trace_writer writer;
        size_t good = 99;
        slt_status status =
            slt_trace_writer_resume(&writer, s.bytes.data, size, &good, NULL);
        size_t behind = size < 12 ? 0 : 12;
        for (size_t i = 0; i < 7; i++)
            if (size >= header && cut_after(&s, i) <= size)
                behind = cut_after(&s, i);
        wrong += status != SLT_OK || good != behind;
        wrong += (good == 0) != (writer.bytes.size == 12);
        wrong += writer.written != (good ? good : 12);
        at_records += good == size;
        slt_trace_writer_free(&writer);
    }
    TAP_EQ_U64(wrong, 0, "cut anywhere, the whole records are good");
    TAP_EQ_U64(at_records, 9, "nothing and nine cuts lose no byte");
    sample_free(&s);
}

static void test_resume_damage(void)
{
    sample s = {0};
    slt_trace_writer writer;
    slt_error err = {0};
    size_t good;
    expect_whole(&s);
    size_t third = cut_after(&s, 2);
    s.bytes.data[third + 20] ^= 1;
    TAP_OK(slt_trace_writer_resume(&writer, s.bytes.data, s.bytes.size, &good, NULL) ==
                   SLT_OK &&
               good == third,
           "damage: the records before it are good");
    slt_trace_writer_free(&writer);
    s.bytes.data[1] = 'X';
    TAP_OK(slt_trace_writer_resume(&writer, s.bytes.data, s.bytes.size, &good, &err) ==
               SLT_FORMAT,
           "%s", err.text);
    slt_trace_writer_free(&writer);
    sample_free(&s);
}

static void test_diverged(void)
{
    sample s = {0};
    slt_trace_writer writer;
    size_t good;
    slt_real losses[2] = {slt_real_of(0.25), {0x7ff8000000000001}};
    expect_whole(&s);
    slt_trace_writer_resume(&writer, s.bytes.data, cut_after(&s, 0), &good, NULL);
    metrics.list[0].value = (slt_real){0x7ff8000000000001};
    slt_trace_write_checkpoint(&writer, &model, &state, &metrics, SLT_TRACE_HASHED);
    chain.losses = losses;
    chain.draws = 2;
    chain.status = SLT_CHAIN_DIVERGED;
    slt_trace_write_chain(&writer, &model, &llc, 0, 0, 300, &setup, &chain, true);
    slt_trace_write_end(&writer, SLT_RUN_OVERFLOW, "W1", 300);
    slt_buffer whole = {0};
    slt_buffer_append(&whole, s.bytes.data, good);
    slt_buffer_append(&whole, writer.bytes.data, writer.bytes.size);
    slt_trace *trace = NULL;
    if (TAP_OK(slt_trace_parse_form(whole.data, whole.size, "x", &trace, NULL) == SLT_OK,
               "numbers that are not finite never get in")) {
        TAP_OK(!slt_real_finite(slt_trace_record(trace, 1)->metrics[0].value),
               "a metric");
        TAP_EQ_U64(slt_trace_record(trace, 2)->loss_count, 1, "losses before");
        TAP_EQ_TEXT(slt_trace_record(trace, 3)->status_tensor, "W1", "what overflowed");
    }
    slt_trace_free(trace);
    slt_buffer_free(&whole);
    slt_trace_writer_free(&writer);
    sample_free(&s);
}

/* A chain of one draw makes no update. */
static void test_no_updates(void)
{
    sample s = {0};
    slt_trace_writer writer;
    slt_trace *trace = NULL;
    size_t good;
    expect_whole(&s);
    slt_trace_writer_resume(&writer, s.bytes.data, cut_after(&s, 0), &good, NULL);
    chain.updates = 0;
    write_chain(&writer, 0, true);
    chain.updates = 8;
    slt_trace_write_end(&writer, SLT_RUN_DONE, NULL, 300);
    s.bytes.size = good;
    slt_buffer_append(&s.bytes, writer.bytes.data, writer.bytes.size);
    slt_trace_parse_form(s.bytes.data, s.bytes.size, "x", &trace, NULL);
    TAP_OK(trace && slt_trace_record(trace, 1)->acceptance.bits == slt_real_of(1).bits,
           "acceptance without updates is 1");
    slt_trace_free(trace);
    slt_trace_writer_free(&writer);
    sample_free(&s);
}

static void test_joint(void)
{
    sample s = {0};
    slt_trace_writer writer;
    slt_trace *trace = NULL;
    size_t good;
    sample_begin(&s);
    sample_header(&s);
    sample_record(&s, 0);
    size_t header = s.bytes.size;
    sample_joint(&s, 300);
    sample_record(&s, 1);
    size_t end = s.bytes.size;
    sample_end(&s, "done");
    sample_record(&s, 4);
    slt_trace_writer_resume(&writer, s.bytes.data, header, &good, NULL);
    state.step = 300;
    metrics.list[0].value = slt_real_of(0.25);
    slt_trace_write_checkpoint(&writer, &model, &state, &metrics, SLT_TRACE_JOINT);
    TAP_OK(same_bytes(&writer.bytes, s.bytes.data + header, end - header),
           "a checkpoint with a joint hash, as put together by hand");
    TAP_OK(slt_trace_parse_form(s.bytes.data, s.bytes.size, "x", &trace, NULL) ==
                   SLT_OK &&
               slt_trace_record(trace, 1)->has_joint,
           "is read");
    slt_trace_free(trace);
    slt_trace_writer_free(&writer);
    sample_free(&s);
}

/* A joint hash stands in place of tensors, never beside them or a state. */
static void test_joint_alone(void)
{
    static const char *const second[] = {"tensors", "powers"};
    for (size_t i = 0; i < 2; i++) {
        sample s = {0};
        slt_trace *trace = NULL;
        slt_digest none = {{0}};
        sample_begin(&s);
        sample_header(&s);
        sample_record(&s, 0);
        slt_pack_map(&s.body, 4);
        sample_key_uint(&s, "step", 300);
        slt_pack_text(&s.body, "metrics");
        slt_pack_map(&s.body, 0);
        sample_key_digest(&s, "joint", none);
        slt_pack_text(&s.body, second[i]);
        slt_pack_array(&s.body, i ? 2 : 0);
        for (size_t k = 0; k < 2 * i; k++)
            slt_pack_real(&s.body, slt_real_of(0.5));
        sample_record(&s, 1);
        sample_end(&s, "done");
        sample_record(&s, 4);
        TAP_OK(slt_trace_parse_form(s.bytes.data, s.bytes.size, "x", &trace, NULL) ==
                   SLT_FORMAT,
               "no %s behind a joint hash", second[i]);
        slt_trace_free(trace);
        sample_free(&s);
    }
}

static void test_unstored(void)
{
    sample s = {0};
    slt_trace_writer writer;
    slt_trace *trace = NULL;
    size_t good;
    slt_real values[5] = {slt_real_of(1), slt_real_of(2), slt_real_of(4), slt_real_of(6),
                          slt_real_of(8)};
    slt_real *before = chain.losses;
    expect_whole(&s);
    sample_begin(&s);
    sample_header(&s);
    sample_record(&s, 0);
    size_t header = s.bytes.size;
    sample_unstored(&s, 0);
    sample_record(&s, 2);
    size_t end = s.bytes.size;
    sample_end(&s, "done");
    sample_record(&s, 4);
    slt_trace_writer_resume(&writer, s.bytes.data, header, &good, NULL);
    chain.losses = values;
    chain.draws = 5;
    chain.status = SLT_CHAIN_DONE;
    slt_trace_write_chain(&writer, &model, &llc, 0, 0, 300, &setup, &chain, false);
    TAP_OK(same_bytes(&writer.bytes, s.bytes.data + header, end - header),
           "a chain without its losses, as put together by hand");
    if (TAP_OK(slt_trace_parse_form(s.bytes.data, s.bytes.size, "x", &trace, NULL) ==
                   SLT_OK,
               "is read")) {
        const slt_record *record = slt_trace_record(trace, 1);
        TAP_OK(!record->has_losses && !record->losses && !record->loss_count &&
                   record->draws == 5,
               "five draws, no losses");
        TAP_OK(record->quarters[3].bits == slt_real_of(7).bits && record->has_acceptance,
               "the last quarter, the acceptance");
    }
    chain.losses = before;
    slt_trace_free(trace);
    slt_trace_writer_free(&writer);
    sample_free(&s);
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT - 1);
    make_run();
    test_overflow();
    test_start();
    test_header();
    test_bytes();
    test_resume_everywhere();
    test_resume_damage();
    test_no_updates();
    test_diverged();
    test_unstored();
    test_joint();
    test_joint_alone();
    free_run();
    return tap_done();
}
