/* What the parts of a run's verification in pieces share. */
#ifndef SLT_VERIFY_SEGMENTS_INTERNAL_H
#define SLT_VERIFY_SEGMENTS_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "verify/segments.h"

/* Training from one stored state to another. */
typedef struct slt_stretch {
    size_t start; /* record of the state that it begins at; SIZE_MAX: the start */
    size_t end;   /* of that which it ends in; SIZE_MAX: to the end of training */
    slt_kept kept;
} slt_stretch;

/* One estimate at one checkpoint. */
typedef struct slt_segments_place {
    slt_execute_place at;
    size_t record; /* of the checkpoint */
    size_t first;  /* record of its first chain */
    slt_results results;
    slt_run_status status;
    char tensor[40];
} slt_segments_place;

/* The pieces of a run on their way. */
typedef struct slt_pieces {
    const slt_segments *segments;
    const slt_trace *trace;
    slt_stretch *stretches;
    size_t stretch_count;
    slt_segments_place *places;
    size_t place_count;
    size_t *order; /* which place is run when: those with a stored state first */
    size_t stored_count;
    size_t train_records; /* the header's and the checkpoints' */
    size_t chain_records; /* that all places make */
    size_t chains_alike;  /* of them, from the first, that the trace has in their place */
    slt_trainer *trainer; /* of whose data the estimates are made */
    slt_execution last;   /* behind training, from the last stretch on */
    bool has_last;
    bool ended; /* training failed: the last stretch wrote results and end */
    _Atomic uint64_t done;
    _Atomic size_t earliest; /* record of the first difference so far, SIZE_MAX: none */
    atomic_bool broken;      /* a piece failed in a way that no difference explains */
    pthread_mutex_t mutex;   /* of what follows */
    slt_buffer found;        /* records from `earliest` on, ended as a trace is */
    slt_digest found_hash;
    slt_status status; /* of a piece that could not be run */
    size_t status_first;
    slt_error error;
} slt_pieces;

/* Cuts training at stored states into stretches of about the same number of updates, and
 * lists the places of estimates.  SLT_FORMAT where no run has such records. */
slt_status slt_pieces_plan(slt_pieces *pieces, slt_error *err);

/* Runs one piece and compares what it makes; differences and failures are noted. */
void slt_pieces_stretch(slt_pieces *pieces, size_t index);
void slt_pieces_place(slt_pieces *pieces, size_t index);
/* The results and the end, after all other pieces agreed. */
void slt_pieces_close(slt_pieces *pieces);

/* Whether there is a reason to stop that concerns records from `first` on. */
bool slt_pieces_over(slt_pieces *pieces, size_t first);

#endif
