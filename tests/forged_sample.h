/* Traces whose hash chain is right and whose numbers are wrong, as a publisher with
 * another machine, or a dishonest one, could make them. */
#ifndef SLT_TESTS_FORGED_SAMPLE_H
#define SLT_TESTS_FORGED_SAMPLE_H

#include "study_sample.h"

#include "num/scalar.h"

typedef struct forgery {
    sample_run run;
    uint64_t step; /* after this update ... */
    bool undo;     /* ... for one record only */
    slt_tensor *tensor;
    size_t byte;
} forgery;

static inline void forgery_flip(forgery *f)
{
    uint8_t *bytes = (uint8_t *)f->tensor->data;
    bytes[f->byte] ^= 1;
}

/* One unit in the last place of the last element of the last weight. */
static inline slt_status forgery_step(void *context, const slt_execution *at,
                                      slt_real loss, slt_error *err)
{
    forgery *f = (forgery *)context;
    (void)loss;
    (void)err;
    if (at->state.step != f->step)
        return SLT_OK;
    const slt_params *weights = &at->state.weights;
    f->tensor = (slt_tensor *)&weights->tensor[weights->count - 1];
    f->byte =
        (slt_tensor_count(f->tensor) - 1) * slt_arithmetic_size(f->tensor->arithmetic);
    forgery_flip(f);
    return SLT_OK;
}

static inline slt_status forgery_record(void *context, slt_trace_writer *writer,
                                        slt_error *err)
{
    forgery *f = (forgery *)context;
    if (f->undo && f->tensor) {
        forgery_flip(f);
        f->tensor = NULL;
    }
    return sample_record(&f->run, writer, err);
}

/* The trace of a run whose state is off by one ulp from `step` on, or, with undo, only in
 * what the next record says of it. */
static inline slt_buffer forged_bytes(const char *manifest, size_t index, uint64_t step,
                                      bool undo)
{
    slt_error err = {0};
    forgery f = {.run = sample_begin(manifest, index), .step = step, .undo = undo};
    slt_execute_hooks hooks = {
        .context = &f, .record = forgery_record, .step = forgery_step};
    if (slt_execute(&f.run.execution, f.run.canonical, f.run.canonical_size,
                    &f.run.writer, NULL, &hooks, &err))
        tap_bail(err.text);
    slt_buffer bytes = f.run.bytes;
    f.run.bytes = (slt_buffer){0};
    sample_end(&f.run);
    return bytes;
}

/* ---- Traces of no run -------------------------------------------------------------- */

/* A checkpoint whose state and loss are zero. */
static inline void forgery_put_state(slt_trace_writer *writer, const slt_run_spec *run,
                                     uint64_t step, slt_trace_tensors tensors)
{
    slt_error err = {0};
    slt_state state;
    const slt_metrics metrics = {.count = 1, .list = {result_of("loss", 0)}};
    if (slt_state_create(run, &state, &err))
        tap_bail(err.text);
    state.step = step;
    slt_trace_write_checkpoint(writer, &run->model, &state, &metrics, tensors);
    slt_state_free(&state);
}

typedef void (*forgery_fill)(slt_trace_writer *writer, const slt_run_spec *run);

/* A trace that agrees with itself and with no run: a header, what `fill` puts behind it,
 * a zero state at that step, and the end. */
static inline slt_buffer forged_end(const char *manifest, uint64_t step,
                                    forgery_fill fill)
{
    sample_run run = sample_begin(manifest, 0);
    slt_trace_write_header(&run.writer, run.canonical, run.canonical_size,
                           slt_run_functions(run.spec), run.spec->arithmetic);
    if (fill)
        fill(&run.writer, run.spec);
    const slt_result table[] = {result_of("loss", 0),
                                {quantity_of("step"), slt_real_from_u64(step)}};
    forgery_put_state(&run.writer, run.spec, step,
                      slt_trace_tensors_of(&run.spec->train, step, true));
    slt_trace_write_table(&run.writer, table, 2);
    slt_trace_write_end(&run.writer, SLT_RUN_DONE, "", step);
    slt_buffer bytes = run.writer.bytes;
    run.writer.bytes = (slt_buffer){0};
    sample_end(&run);
    return bytes;
}

#endif
