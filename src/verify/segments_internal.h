/* Verifying one run in pieces: what the files segments*.c share. */
#ifndef SLT_VERIFY_SEGMENTS_INTERNAL_H
#define SLT_VERIFY_SEGMENTS_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "verify/segments.h"

/* Training from one stored state to another. */
typedef struct slt_stretch {
    size_t start; /* record whose state it begins with; SIZE_MAX: the initial state */
    size_t end;   /* record that it ends in; SIZE_MAX: the end of training */
    slt_kept kept;
} slt_stretch;

/* One estimate at one checkpoint. */
typedef struct slt_segments_estimate {
    slt_execute_place at;
    size_t record; /* of the checkpoint */
    size_t first;  /* record of its first chain */
    slt_results results;
    slt_run_status status;
    char tensor[SLT_TENSOR_NAME_MAX];
} slt_segments_estimate;

/* The state of verifying a run in pieces. */
typedef struct slt_pieces {
    const slt_segments *segments;
    const slt_trace *trace;
    slt_stretch *stretches;
    size_t stretch_count;
    slt_segments_estimate *estimates;
    size_t estimate_count;
    size_t *order; /* in which estimates are run: those with a stored state first */
    size_t stored_count;
    size_t train_records; /* the header and the checkpoints */
    size_t chain_records; /* that all estimates make */
    size_t chains_alike;  /* of them, from the first on: those that the trace has */
    slt_trainer *trainer; /* whose data the estimates use */
    slt_execution last;   /* as training left it: set by the last stretch */
    bool has_last;
    bool sampled; /* the trace has chains */
    bool ended; /* training failed, and the last stretch wrote results and end */
    _Atomic uint64_t done;
    _Atomic size_t earliest; /* record of the first difference so far, SIZE_MAX: none */
    atomic_bool broken;      /* a piece failed in a way that no difference explains */
    pthread_mutex_t mutex;   /* guards what follows */
    slt_buffer found; /* records from `earliest` on, completed to the end of a trace */
    slt_digest found_hash;
    slt_status status; /* why a piece could not be run */
    size_t status_first;
    slt_error error;
} slt_pieces;

/* Cuts training at stored states into stretches of about the same number of updates, and
 * lists the estimates.  SLT_FORMAT if no run can have such records. */
slt_status slt_pieces_plan(slt_pieces *pieces, slt_error *err);

/* What a piece found, once it was run; and the end of all pieces. */
slt_status slt_pieces_conclude(slt_pieces *pieces, slt_segments_verdict *verdict,
                               slt_error *err);
void slt_pieces_begin(slt_pieces *pieces, const slt_segments *segments);
void slt_pieces_free(slt_pieces *pieces);

/* Runs one piece (a stretch, or an estimate) and compares its records with the trace;
 * differences and failures are noted. */
void slt_pieces_stretch(slt_pieces *pieces, size_t index);
void slt_pieces_estimate(slt_pieces *pieces, size_t index);
/* Makes and compares the results and the end record, once all other pieces have
 * agreed. */
void slt_pieces_close(slt_pieces *pieces);

/* Whether a piece that begins with record `first` can stop: a difference before it is
 * known, or the verification failed. */
bool slt_pieces_over(slt_pieces *pieces, size_t first);

#endif
