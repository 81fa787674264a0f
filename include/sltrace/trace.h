/* Traces: the hashed record of one run.
 *
 * A trace is 8 magic bytes, a format number, then records [kind, body, H_k] in msgpack's
 * strict profile: docs/spec/14-trace.md. Reading validates everything: magic,
 * lengths, minimal encodings, field order, the hash chain, tensor hashes, finite numbers,
 * the end record and the absence of bytes after it; then that the trace agrees with
 * itself: everything in it that follows from the rest is computed again and compared. */
#ifndef SLTRACE_TRACE_H
#define SLTRACE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/quantity.h>
#include <sltrace/real.h>
#include <sltrace/status.h>

SLT_C_BEGIN

typedef struct slt_digest {
    uint8_t bytes[16]; /* XXH3-128, canonical (big-endian) form */
} slt_digest;

#define SLT_DIGEST_TEXT_MAX 33
SLT_API void slt_digest_text(slt_digest digest, char text[SLT_DIGEST_TEXT_MAX]);

typedef enum slt_record_kind {
    SLT_RECORD_HEADER,
    SLT_RECORD_CHECKPOINT,
    SLT_RECORD_CHAIN,
    SLT_RECORD_TABLE,
    SLT_RECORD_END
} slt_record_kind;

typedef enum slt_run_status {
    SLT_RUN_DONE,
    SLT_RUN_DIVERGED,
    SLT_RUN_OVERFLOW
} slt_run_status;

SLT_API const char *slt_record_kind_name(slt_record_kind kind);
SLT_API const char *slt_run_status_name(slt_run_status status);

/* One tensor of a checkpoint: a weight, or a moment of it ("m/W1", "v/W1"). */
#define SLT_TENSOR_NAME_MAX 72 /* with the NUL */
typedef struct slt_trace_tensor {
    char name[SLT_TENSOR_NAME_MAX]; /* "W1", "m/W1", "v/W1" */
    char type[8];                   /* of an element: "f32", "f64", "fixed" */
    size_t rows, cols;
    slt_digest hash;     /* XXH3-128 of its bytes */
    const uint8_t *data; /* its bytes, NULL if the state is not stored */
    size_t size;
} slt_trace_tensor;

/* Sums for the Stein ratio: of drift, pull and square, each of 16 batches of draws. */
#define SLT_TRACE_STEIN_SUMS 48

/* One record as read.  Which fields have a meaning depends on `kind`.  Pointers are valid
 * as long as the trace. */
typedef struct slt_record {
    slt_record_kind kind;
    size_t offset, size; /* place in the file */
    slt_digest hash;     /* H_k */
    /* checkpoint */
    uint64_t step;
    const slt_result *metrics;
    size_t metric_count;
    const slt_trace_tensor *tensors;
    size_t tensor_count;
    bool has_joint; /* `tensors` is empty: one hash, `joint`, over the bytes of all */
    slt_digest joint;
    bool has_state;     /* every tensor has its data */
    size_t power_count; /* has_state: the optimiser's, as Adam's beta1^step, beta2^step */
    slt_real powers[2];
    /* chain */
    uint32_t llc, chain;
    uint64_t at_step;
    slt_run_status chain_status;
    uint64_t draws; /* losses recorded: num_draws, or fewer where the chain ended early */
    bool has_losses;
    const uint8_t *losses;  /* binary64, little-endian; NULL without has_losses */
    size_t loss_count;      /* draws; 0 without has_losses */
    slt_digest losses_hash; /* without has_losses: XXH3-128 of what `losses` would be */
    slt_real quarters[4];   /* without has_losses: the means of draws [q draws / 4,
                               (q + 1) draws / 4); not finite where the trace holds nil */
    slt_real nbeta, init_loss; /* not finite where the trace holds nil */
    bool has_acceptance;
    slt_real acceptance;
    bool has_adapted_lr;
    slt_real adapted_lr; /* of the draws, where burn-in adapted it */
    const uint8_t *swaps; /* how likely each pair of replicas was exchanged, binary64,
                             little-endian; NULL without tempering */
    size_t swap_count;    /* how many pairs */
    bool has_stein;
    uint64_t moving;           /* the dimensions that the chain moves in */
    const uint8_t *stein;      /* SLT_TRACE_STEIN_SUMS of the Stein ratio, binary64,
                                  little-endian; NULL where the trace holds nil */
    uint64_t observed_samples; /* whose losses the chain records; 0: none */
    const uint8_t *observed;   /* these, a draw after the other, binary64, little-endian;
                                  NULL where the trace holds nil */
    size_t observed_count;     /* how many */
    uint64_t measured_metrics; /* that the chain records at the same draws; 0: none */
    const uint8_t *measured;   /* as observed */
    size_t measured_count;
    bool has_energies;
    const uint8_t *energies;   /* of the trajectory before each draw, binary64,
                                  little-endian; NULL where the trace holds nil */
    size_t energy_count;       /* how many */
    slt_digest final_weights;  /* all zero where chain_status is not done */
    /* table */
    const slt_result *results;
    size_t result_count;
    /* end; `step` is the number of updates done */
    slt_run_status status;
    char status_tensor[SLT_TENSOR_NAME_MAX]; /* the one that overflowed; "" otherwise */
    uint64_t records; /* that the trace says it has, this one included */
} slt_record;

typedef struct slt_trace slt_trace;

/* Reads and validates a whole trace: a file, or bytes, which are copied and called `name`
 * in messages.  SLT_FORMAT with the byte offset where anything is wrong; SLT_FILE where
 * the file cannot be read. */
SLT_API slt_status slt_trace_open(const char *path, slt_trace **trace, slt_error *err);
SLT_API slt_status slt_trace_parse(const void *bytes, size_t size, const char *name,
                                   slt_trace **trace, slt_error *err);
SLT_API void slt_trace_free(slt_trace *trace);

SLT_API size_t slt_trace_records(const slt_trace *trace);
/* Any thread may ask.  Of a long trace the record may be read again for it; where there
 * is no memory for that, the process ends with status 2. */
SLT_API const slt_record *slt_trace_record(const slt_trace *trace, size_t index);
/* Says that nobody holds the record any more: of a long trace its memory is freed until
 * it is asked for again. */
SLT_API void slt_trace_forget(const slt_trace *trace, size_t index);
/* The kind and H_k of a record, which need not be read for them. */
SLT_API slt_record_kind slt_trace_kind(const slt_trace *trace, size_t index);
SLT_API slt_digest slt_trace_hash(const slt_trace *trace, size_t index);
/* The bytes of the whole file. */
SLT_API const uint8_t *slt_trace_bytes(const slt_trace *trace, size_t *size);
/* The canonical run (msgpack bytes) that the header holds. */
SLT_API const uint8_t *slt_trace_run(const slt_trace *trace, size_t *size);
SLT_API slt_digest slt_trace_experiment(const slt_trace *trace);
SLT_API uint32_t slt_trace_numerics(const slt_trace *trace);
/* The functions that the header lists: how many; the name of one by its index, with the
 * 16 hex digits of its fingerprint. */
SLT_API size_t slt_trace_functions(const slt_trace *trace);
SLT_API const char *slt_trace_function(const slt_trace *trace, size_t index,
                                       const char **fingerprint);
/* The SHA-256 of the file as 64 hex digits and a NUL. */
SLT_API void slt_trace_sha256(const slt_trace *trace, char text[65]);

SLT_C_END

#endif
