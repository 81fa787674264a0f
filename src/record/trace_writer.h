/* Writing a trace: a latching writer that appends records to a buffer and keeps the hash
 * chain. The caller moves the bytes to a file (or drops them: verification only needs the
 * hashes). */
#ifndef SLT_RECORD_TRACE_WRITER_H
#define SLT_RECORD_TRACE_WRITER_H

#include <sltrace/trace.h>

#include "base/buffer.h"
#include "learn/llc.h"
#include "learn/train.h"

typedef struct slt_trace_writer {
    slt_buffer bytes;      /* not yet taken */
    slt_digest *hashes;    /* H_0 .. H_(records-1) */
    size_t records;
    uint64_t written;      /* bytes produced since the beginning */
    void *sha256;          /* running SHA-256 over all bytes */
    bool failed;
} slt_trace_writer;

void slt_trace_writer_init(slt_trace_writer *writer);
void slt_trace_writer_free(slt_trace_writer *writer);

/* Continues after the complete records in bytes[0, size): a trace cut at a record
 * boundary, as a resumed run has it; validates them. */
slt_status slt_trace_writer_resume(slt_trace_writer *writer, const uint8_t *bytes,
                                   size_t size, slt_error *err);

/* canonical: the run's canonical msgpack bytes. functions: what the run calls. */
void slt_trace_write_header(slt_trace_writer *writer, const uint8_t *canonical,
                            size_t size, slt_function_set functions);
void slt_trace_write_checkpoint(slt_trace_writer *writer, const slt_model_spec *model,
                                const slt_state *state, const slt_metrics *metrics,
                                bool store_state);
void slt_trace_write_chain(slt_trace_writer *writer, const slt_model_spec *model,
                           const slt_llc_spec *spec, uint32_t llc, uint32_t chain,
                           uint64_t at_step, const slt_llc_setup *setup,
                           const slt_chain *result);
void slt_trace_write_table(slt_trace_writer *writer, const slt_trace_metric *results,
                           size_t count);
void slt_trace_write_end(slt_trace_writer *writer, slt_run_status status,
                         const char *tensor, uint64_t step);

/* SHA-256 of everything written so far. */
void slt_trace_writer_sha256(const slt_trace_writer *writer, char text[65]);

/* Fills a state (shapes from the run) from a checkpoint record that holds one. */
slt_status slt_trace_state(const slt_record *record, const slt_run_spec *run,
                           slt_state *state, slt_error *err);

#endif
