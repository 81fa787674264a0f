#include "run/trained.h"

#include "manifest/canonical.h"
#include "trace/trace_agree.h"

static slt_status trained_check(const slt_trace *trained, const uint8_t *canonical,
                                size_t size, const slt_run_spec *run, slt_error *err)
{
    size_t theirs;
    bool alike;
    const uint8_t *bytes = slt_trace_run(trained, &theirs);
    slt_status status =
        slt_canonical_trained_alike(canonical, size, bytes, theirs, &alike, err);
    if (status)
        return status;
    for (size_t i = 0; i < run->llc_count; i++)
        alike = alike && run->llc[i].made_at == SLT_LLC_AT_LAST;
    const slt_record *end = slt_trace_record(trained, slt_trace_records(trained) - 1);
    if (alike && !run->trials.count && end->status == SLT_RUN_DONE)
        return SLT_OK;
    return slt_fail(err, SLT_DIFFERS,
                    "the training to start from is that of another run");
}

/* The checkpoint of that record is the last; the execution has its state. */
static slt_status trained_last(const slt_record *record, slt_execution *at,
                               slt_trace_writer *writer, slt_error *err)
{
    const slt_run_spec *run = at->run;
    const slt_metrics metrics = slt_trace_metrics(record);
    if (!record->has_state)
        return slt_fail(err, SLT_DIFFERS,
                        "the training to start from does not hold its last state");
    slt_state_free(&at->state);
    slt_status status = slt_trace_state(record, run, &at->state, err);
    if (!status)
        status = slt_execution_note(at, record->step, &metrics, &at->state.weights, err);
    if (status)
        return status;
    slt_trace_write_checkpoint(writer, &run->model, &at->state, &metrics,
                               slt_trace_tensors_of(&run->train, record->step, true));
    at->phase = SLT_PHASE_SAMPLE;
    at->end_step = record->step;
    return SLT_OK;
}

slt_status slt_trained_take(const slt_trace *trained, const uint8_t *canonical,
                            size_t size, slt_execution *at, slt_trace_writer *writer,
                            slt_error *err)
{
    const slt_run_spec *run = at->run;
    size_t last = slt_trace_records(trained) - 1;
    slt_status status = trained_check(trained, canonical, size, run, err);
    while (!status && slt_trace_kind(trained, last) != SLT_RECORD_CHECKPOINT)
        last--;
    if (!status)
        slt_trace_write_header(writer, canonical, size, slt_run_functions(run),
                               run->arithmetic);
    for (size_t i = 1; i < last && !status; i++) {
        const slt_record *record = slt_trace_record(trained, i);
        const slt_metrics metrics = slt_trace_metrics(record);
        slt_trace_writer_copy(writer, trained, i);
        status = slt_execution_note(at, record->step, &metrics, &at->state.weights, err);
    }
    if (!status)
        status = trained_last(slt_trace_record(trained, last), at, writer, err);
    if (!status && (writer->failed || writer->bytes.failed))
        status = slt_fail(err, SLT_RESOURCE, "no memory for a trace");
    return status;
}
