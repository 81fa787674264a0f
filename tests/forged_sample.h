/* Traces whose hash chain is right and whose numbers are wrong, as a publisher with
 * another machine, or a dishonest one, could make them. */
#ifndef SLT_TESTS_FORGED_SAMPLE_H
#define SLT_TESTS_FORGED_SAMPLE_H

#include "study_sample.h"

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

#endif
