/* A state taken from a checkpoint goes on as the one that wrote it. */
#include "systems.h"

#include "base/endian.h"
#include "codec/digest.h"
#include "trace/trace_agree.h"
#include "trace/trace_writer.h"

static slt_run_spec run;

static void make_run(slt_arithmetic arithmetic, slt_optimizer_kind kind, double momentum)
{
    system_begin(&run, arithmetic, 3);
    run.train.steps = 12;
    run.train.optimizer.kind = kind;
    run.train.optimizer.momentum = slt_real_of(momentum);
    system_teacher_data(&run, 8, 4, 3, 1, 0);
    system_normal(system_weight(&run, "W1", 2, 4), 0.25);
    slt_weight_spec *frozen = system_weight(&run, "F", 2, 2);
    system_normal(frozen, 0.5);
    frozen->trainable = false;
    system_normal(system_weight(&run, "W2", 3, 2), 0.25);
    system_op(&run, "linear", "x", "W1", "h");
    system_op(&run, "linear", "h", "F", "g");
    system_op(&run, "linear", "g", "W2", "y");
    system_loss(&run, true);
}

static void advance(slt_trainer *trainer, slt_state *state, int steps)
{
    slt_real loss;
    for (int i = 0; i < steps; i++)
        if (slt_train_step(trainer, state, &loss) != SLT_STEP_MORE)
            tap_bail("the sample run breaks off");
}

/* A trace whose only checkpoint is this state; its bytes are the caller's. */
static slt_buffer trace_of(slt_trainer *trainer, const slt_state *state)
{
    static const uint8_t canonical[] = {0x80};
    slt_trace_writer writer;
    slt_metrics metrics;
    slt_train_metrics(trainer, state, &metrics);
    slt_trace_writer_init(&writer);
    slt_trace_write_header(&writer, canonical, sizeof canonical, 0, SLT_F32);
    slt_trace_write_checkpoint(&writer, &run.model, state, &metrics, SLT_TRACE_STORED);
    slt_trace_write_end(&writer, SLT_RUN_DONE, NULL, state->step);
    slt_buffer bytes = writer.bytes;
    writer.bytes = (slt_buffer){0};
    slt_trace_writer_free(&writer);
    return bytes;
}

static slt_trace *parse(const slt_buffer *bytes)
{
    slt_trace *trace = NULL;
    slt_error err;
    system_must(slt_trace_parse_form(bytes->data, bytes->size, "x", &trace, &err), &err);
    return trace;
}

static bool same(const slt_buffer *a, const slt_buffer *b)
{
    return a->size == b->size && memcmp(a->data, b->data, a->size) == 0;
}

static void test_going_on(const char *name)
{
    slt_trainer *trainer;
    slt_state state, again;
    slt_error err;
    system_must(slt_trainer_create(&run, &trainer, &err), &err);
    system_must(slt_state_create(&run, &state, &err), &err);
    system_must(slt_state_init(trainer, &state, &err), &err);
    advance(trainer, &state, 7);
    slt_buffer at_seven = trace_of(trainer, &state);
    advance(trainer, &state, 5);
    slt_buffer at_twelve = trace_of(trainer, &state);
    slt_trace *trace = parse(&at_seven);
    slt_status status = slt_trace_state(slt_trace_record(trace, 1), &run, &again, &err);
    if (TAP_OK(status == SLT_OK && again.step == 7, "%s: a state from its record",
               name)) {
        slt_buffer rewritten = trace_of(trainer, &again);
        TAP_OK(same(&rewritten, &at_seven), "%s: writes the record again", name);
        slt_buffer_free(&rewritten);
        advance(trainer, &again, 5);
        rewritten = trace_of(trainer, &again);
        TAP_OK(same(&rewritten, &at_twelve), "%s: and goes on to the same bytes", name);
        slt_buffer_free(&rewritten);
        slt_state_free(&again);
    }
    slt_trace_free(trace);
    slt_buffer_free(&at_seven);
    slt_buffer_free(&at_twelve);
    slt_state_free(&state);
    slt_trainer_free(trainer);
}

static slt_record checkpoint(slt_arithmetic arithmetic, slt_optimizer_kind kind,
                             slt_trace **trace, slt_buffer *bytes)
{
    slt_trainer *trainer;
    slt_state state;
    slt_error err;
    make_run(arithmetic, kind, kind == SLT_OPTIMIZER_SGD ? 0.9 : 0);
    system_must(slt_trainer_create(&run, &trainer, &err), &err);
    system_must(slt_state_create(&run, &state, &err), &err);
    *bytes = trace_of(trainer, &state);
    *trace = parse(bytes);
    slt_state_free(&state);
    slt_trainer_free(trainer);
    return *slt_trace_record(*trace, 1);
}

static void refuses(const slt_record *record, const char *part)
{
    slt_state state;
    slt_error err = {0};
    TAP_OK(slt_trace_state(record, &run, &state, &err) == SLT_FORMAT &&
               strstr(err.text, part),
           "%s", err.text);
}

static void test_refusals(void)
{
    slt_trace *trace;
    slt_buffer bytes;
    slt_record record = checkpoint(SLT_F32, SLT_OPTIMIZER_ADAM, &trace, &bytes);
    slt_record other = record;
    other.has_state = false;
    refuses(&other, "expected a checkpoint with its state");
    other.has_state = true;
    other.kind = SLT_RECORD_CHAIN;
    refuses(&other, "expected a checkpoint with its state");
    other = record;
    other.tensor_count--;
    refuses(&other, "tensor v/W2 is missing");
    other = record;
    other.power_count = 0;
    refuses(&other, "not that of the run's optimizer");
    slt_trace_tensor tensors[8];
    memcpy(tensors, record.tensors, record.tensor_count * sizeof *tensors);
    snprintf(tensors[0].name, sizeof tensors[0].name, "W9");
    other = record;
    other.tensors = tensors;
    refuses(&other, "expected tensor W1, f32 of 2 x 4, found W9, f32 of 2 x 4");
    run.trials.count = 1;
    refuses(&record, "a run with trials holds no states");
    run.trials.count = 0;
    run.model.weights[0].cols = 5;
    refuses(&record, "expected tensor W1, f32 of 2 x 5, found W1, f32 of 2 x 4");
    run.model.weights[0].rows = 4;
    run.model.weights[0].cols = 2;
    refuses(&record, "expected tensor W1, f32 of 4 x 2, found W1, f32 of 2 x 4");
    make_run(SLT_F64, SLT_OPTIMIZER_ADAM, 0);
    refuses(&record, "expected tensor W1, f64 of 2 x 4, found W1, f32");
    make_run(SLT_F32, SLT_OPTIMIZER_SGD, 0);
    refuses(&record, "not that of the run's optimizer");
    slt_trace_free(trace);
    slt_buffer_free(&bytes);
}

/* The record with another word at byte `at` of tensor `which`. */
static void refuses_bytes(slt_record record, size_t which, size_t at, uint64_t word,
                          const char *part)
{
    slt_trace_tensor tensors[8];
    uint8_t bytes[256];
    memcpy(tensors, record.tensors, record.tensor_count * sizeof *tensors);
    memcpy(bytes, tensors[which].data, tensors[which].size);
    slt_store_le64(bytes + at, word);
    tensors[which].data = bytes;
    record.tensors = tensors;
    refuses(&record, part);
}

/* Well-formed states that no run reaches: each would break an invariant later on. */
static void test_unreachable(void)
{
    slt_trace *trace;
    slt_buffer bytes;
    slt_record record = checkpoint(SLT_FIXED, SLT_OPTIMIZER_ADAM, &trace, &bytes);
    refuses_bytes(record, 0, 0, 47, "tensor W1: expected a binary point of 48, found 47");
    refuses_bytes(record, 2, 0, 0, "tensor W2: expected a binary point of 48, found 0");
    refuses_bytes(record, 0, 0, 1 << 20, "expected a binary point within 960");
    refuses_bytes(record, 5, 8, UINT64_MAX, "tensor v/W1: expected no number below 0");
    slt_record other = record;
    other.powers[0] = slt_real_of(2);
    refuses(&other, "expected powers from 0 to 1");
    other = record;
    other.powers[1] = slt_real_of(-0.5);
    refuses(&other, "expected powers from 0 to 1");
    other = record;
    other.step = run.train.steps + 1;
    refuses(&other, "expected a step up to");
    other = record;
    other.metric_count = 0;
    refuses(&other, "expected the metric loss");
    slt_result loss = record.metrics[0];
    loss.value = slt_real_absent();
    other.metric_count = 1;
    other.metrics = &loss;
    refuses(&other, "expected the metric loss");
    loss = (slt_result){slt_quantity_named(SLT_QUANTITY_METRIC, "x"), slt_real_of(1)};
    refuses(&other, "expected the metric loss");
    slt_trace_free(trace);
    slt_buffer_free(&bytes);
    record = checkpoint(SLT_FIXED, SLT_OPTIMIZER_SGD, &trace, &bytes);
    refuses_bytes(record, 3, 0, 50, "tensor m/W1: expected a binary point of 48");
    slt_trace_free(trace);
    slt_buffer_free(&bytes);
}

int main(void)
{
    system_start();
    make_run(SLT_F32, SLT_OPTIMIZER_ADAM, 0);
    test_going_on("f32, adam");
    make_run(SLT_F64, SLT_OPTIMIZER_SGD, 0.9);
    test_going_on("f64, momentum");
    make_run(SLT_FIXED, SLT_OPTIMIZER_SGD, 0);
    test_going_on("fixed, sgd");
    test_refusals();
    test_unreachable();
    return tap_done();
}
