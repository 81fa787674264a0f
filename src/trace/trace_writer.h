/* Writing a trace: a latching writer that appends records to a buffer and keeps the hash
 * chain.  The caller takes the bytes, to a file or to read them again.  Records come in
 * the order that <sltrace/trace.h> says; another order is a broken invariant.  Numbers
 * that are not finite are written as nil. */
#ifndef SLT_TRACE_TRACE_WRITER_H
#define SLT_TRACE_TRACE_WRITER_H

#include <sltrace/trace.h>

#include "base/buffer.h"
#include "learn/llc.h"
#include "learn/train.h"
#include "trace/trace_format.h"

typedef struct slt_trace_writer {
    slt_buffer bytes;   /* not yet taken: slt_buffer_clear takes them */
    slt_digest *hashes; /* H_0 .. H_(records-1) */
    size_t records;
    uint64_t written;      /* bytes produced since the beginning */
    slt_trace_order order; /* of the records so far */
    slt_buffer scratch;    /* the record being made */
    slt_buffer tensor;     /* bytes of a tensor on their way to it */
    bool failed;           /* memory was short: what is written is incomplete */
} slt_trace_writer;

/* The first bytes of a trace are in `bytes` at once. */
void slt_trace_writer_init(slt_trace_writer *writer);
void slt_trace_writer_free(slt_trace_writer *writer);

/* Continues a trace that was cut anywhere, as a killed run leaves it: *good bytes of it
 * are the first bytes and whole records, each validated, and the writer goes on behind
 * them; the caller cuts the file there.  *good is 0 where not even the first bytes are
 * whole; they are then in writer->bytes.  SLT_FORMAT where it is no trace of this format;
 * the writer is initialised in any case (free it). */
slt_status slt_trace_writer_resume(slt_trace_writer *writer, const uint8_t *bytes,
                                   size_t size, size_t *good, slt_error *err);

/* A writer behind the first `records` records of a trace that was read, one or more. */
void slt_trace_writer_continue(slt_trace_writer *writer, const slt_trace *trace,
                               size_t records);

/* canonical: the run's canonical msgpack bytes. functions: what the run, of that
 * arithmetic, calls. */
void slt_trace_write_header(slt_trace_writer *writer, const uint8_t *canonical,
                            size_t size, slt_function_set functions,
                            slt_arithmetic arithmetic);
/* What a checkpoint holds of its tensors. */
typedef enum slt_trace_tensors {
    SLT_TRACE_HASHED, /* a hash each */
    SLT_TRACE_STORED, /* and their bytes */
    SLT_TRACE_JOINT   /* one hash of them all */
} slt_trace_tensors;
/* ... as the run asks for at a checkpoint; last: training came to its end there. */
slt_trace_tensors slt_trace_tensors_of(const slt_train_spec *train, uint64_t step,
                                       bool last);
void slt_trace_write_checkpoint(slt_trace_writer *writer, const slt_model_spec *model,
                                const slt_state *state, const slt_metrics *metrics,
                                slt_trace_tensors tensors);
/* Appends the bytes of all tensors of a state, in the order of a checkpoint's: what its
 * joint hash is taken over. */
void slt_trace_append_state(slt_buffer *bytes, const slt_model_spec *model,
                            const slt_state *state);
/* A chain that ended (its losses: the first result->draws), with its losses or with what
 * stands for them. */
void slt_trace_write_chain(slt_trace_writer *writer, const slt_model_spec *model,
                           const slt_llc_spec *spec, uint32_t llc, uint32_t chain,
                           uint64_t at_step, const slt_llc_setup *setup,
                           const slt_chain *result, bool store_losses);
void slt_trace_write_table(slt_trace_writer *writer, const slt_result *results,
                           size_t count);
/* tensor: what overflowed, "" or NULL where that is unknown; ignored for other statuses.
 * step: updates done. */
void slt_trace_write_end(slt_trace_writer *writer, slt_run_status status,
                         const char *tensor, uint64_t step);

/* Makes a state of the run's form (slt_state_create) and fills it from a checkpoint
 * record that holds one: SLT_FORMAT where names, types or shapes are not the run's, or
 * where no run of this form reaches it (a fixed weight off the state's exponent, a
 * negative second moment, powers beyond [0, 1], a step beyond the run's, no finite loss
 * as first metric); the state then freed. */
slt_status slt_trace_state(const slt_record *record, const slt_run_spec *run,
                           slt_state *state, slt_error *err);

#endif
