/* Writes a trace: a latching writer that appends records to a buffer and keeps the hash
 * chain.  The caller takes the bytes, to write them to a file or to read them again.
 * Records must come in the order of slt_trace_order; any other is a broken invariant.
 * Non-finite numbers are written as nil. */
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
    slt_buffer tensor;     /* bytes to be hashed for it */
    bool failed;           /* out of memory: what is written is incomplete */
} slt_trace_writer;

/* Begins a new trace: `bytes` then holds its first bytes. */
void slt_trace_writer_init(slt_trace_writer *writer);
void slt_trace_writer_free(slt_trace_writer *writer);

/* Continues a trace that may be cut anywhere, as a killed run leaves it.  *good is the
 * size of its valid beginning: the first bytes and complete records.  The writer
 * continues after it, and the caller cuts the file there.  If not even the first bytes
 * are complete, *good is 0 and writer->bytes holds them.  SLT_FORMAT if it is not a trace
 * of this format. The writer is initialised in any case and must be freed. */
slt_status slt_trace_writer_resume(slt_trace_writer *writer, const uint8_t *bytes,
                                   size_t size, size_t *good, slt_error *err);

/* Starts a writer that continues after the first `records` records (at least one) of a
 * trace that was read. */
void slt_trace_writer_continue(slt_trace_writer *writer, const slt_trace *trace,
                               size_t records);

/* Appends a record of a trace that was read, with the hash that it has here. */
void slt_trace_writer_copy(slt_trace_writer *writer, const slt_trace *trace,
                           size_t index);

/* canonical: the run's canonical msgpack bytes.  functions: those that the run calls. */
void slt_trace_write_header(slt_trace_writer *writer, const uint8_t *canonical,
                            size_t size, slt_function_set functions,
                            slt_arithmetic arithmetic);
/* What a checkpoint holds of its tensors. */
typedef enum slt_trace_tensors {
    SLT_TRACE_HASHED, /* a hash of each */
    SLT_TRACE_STORED, /* a hash and the bytes of each */
    SLT_TRACE_JOINT   /* one hash of them all */
} slt_trace_tensors;
/* What the run asks for at the checkpoint of a step; last: training finished there. */
slt_trace_tensors slt_trace_tensors_of(const slt_train_spec *train, uint64_t step,
                                       bool last);
void slt_trace_write_checkpoint(slt_trace_writer *writer, const slt_model_spec *model,
                                const slt_state *state, const slt_metrics *metrics,
                                slt_trace_tensors tensors);
/* Appends the bytes of all tensors of a state, in the order of a checkpoint: what its
 * joint hash is taken over. */
void slt_trace_append_state(slt_buffer *bytes, const slt_model_spec *model,
                            const slt_state *state);
/* A chain that has ended, with its losses (the first result->draws) or, without
 * store_losses, with their number, hash and quarters. */
void slt_trace_write_chain(slt_trace_writer *writer, const slt_model_spec *model,
                           const slt_llc_spec *spec, uint32_t llc, uint32_t chain,
                           uint64_t at_step, const slt_llc_setup *setup,
                           const slt_chain *result, bool store_losses);
void slt_trace_write_table(slt_trace_writer *writer, const slt_result *results,
                           size_t count);
/* tensor: which one overflowed, "" or NULL if unknown; ignored for other statuses.
 * step: the number of updates done. */
void slt_trace_write_end(slt_trace_writer *writer, slt_run_status status,
                         const char *tensor, uint64_t step);

/* Creates a state for the run (slt_state_create) and fills it from a checkpoint record
 * that holds one.  SLT_FORMAT if names, types or shapes are not the run's, or if no such
 * run can reach the state: a fixed-point weight without the state's exponent, a negative
 * second moment, powers outside [0, 1], a step beyond the run's, or no finite loss as the
 * first metric.  On failure the state is freed. */
slt_status slt_trace_state(const slt_record *record, const slt_run_spec *run,
                           slt_state *state, slt_error *err);

#endif
