/* Exporting the inputs of a run as NumPy files: what the files inputs*.c share. */
#ifndef SLT_VERIFY_INPUTS_INTERNAL_H
#define SLT_VERIFY_INPUTS_INTERNAL_H

#include <sltrace/check.h>

#include "codec/npy.h"
#include "learn/llc.h"
#include "learn/train.h"

/* Two files for each weight, and those of batches and losses, are open at the same
 * time. */
#define SLT_INPUTS_OPEN_MAX (2 * SLT_WEIGHTS_MAX + SLT_INPUTS_MAX + 2)

/* The state of exporting one trace. */
typedef struct slt_inputs {
    const slt_inputs_options *options;
    const char *path, *folder;
    const char *stem; /* stem_size characters of it */
    size_t stem_size;
    slt_trace *trace;
    slt_trainer *trainer;
    const slt_data *data;
    slt_data numbers; /* row r holds r; as many rows as the larger set has */
    slt_npy open[SLT_INPUTS_OPEN_MAX];
    size_t open_count;
    size_t files; /* completed */
    slt_run_spec run; /* the last member: nothing but its use fills it */
} slt_inputs;

/* Adds an open file. Its path so far is "FOLDER/STEM-"; the caller completes the path and
 * begins the file. */
slt_npy *slt_inputs_open(slt_inputs *inputs);
/* Closes all open files. Keeps them if status is SLT_OK; otherwise removes them, returns
 * that status and leaves *err unchanged. */
slt_status slt_inputs_close(slt_inputs *inputs, slt_status status, slt_error *err);

/* SLT_DIFFERS if the state is not the one in the checkpoint record. */
slt_status slt_inputs_check(const slt_inputs *inputs, const slt_record *record,
                            const slt_state *state, slt_error *err);
/* Makes one update. SLT_DIFFERS if training ends before it can, SLT_INTERRUPTED if asked
 * to stop. */
slt_status slt_inputs_step(slt_inputs *inputs, slt_state *state, slt_real *loss,
                           slt_error *err);
/* The checkpoint record of that step, NULL if there is none. */
const slt_record *slt_inputs_checkpoint(const slt_inputs *inputs, uint64_t step);

/* How many updates of training, and of a chain, are exported; and which chain of an
 * estimate is exported (NULL if the trace has none). */
uint64_t slt_inputs_train_updates(const slt_inputs *inputs);
uint64_t slt_inputs_chain_updates(const slt_inputs *inputs, const slt_record *chain);
const slt_record *slt_inputs_chain(const slt_inputs *inputs, size_t llc);

slt_status slt_inputs_write_training(slt_inputs *inputs, slt_error *err);
slt_status slt_inputs_write_chain(slt_inputs *inputs, const slt_record *chain,
                                  slt_error *err);

#endif
