/* Inputs of a run as NumPy files: what inputs.c and inputs_walk.c share. */
#ifndef SLT_VERIFY_INPUTS_H
#define SLT_VERIFY_INPUTS_H

#include <sltrace/check.h>

#include "codec/npy.h"
#include "learn/llc.h"
#include "learn/train.h"

/* Two files a weight at once, batches and losses. */
#define SLT_INPUTS_OPEN_MAX (2 * SLT_WEIGHTS_MAX + 2)

/* The export of one trace on its way. */
typedef struct slt_inputs {
    const slt_inputs_options *options;
    const char *path, *folder;
    const char *stem; /* stem_size characters of it */
    size_t stem_size;
    slt_trace *trace;
    slt_run_spec run;
    slt_trainer *trainer;
    const slt_data *data;
    slt_batch numbers; /* as many rows as the training data; row r holds r */
    slt_npy open[SLT_INPUTS_OPEN_MAX];
    size_t open_count;
    size_t files; /* whole ones */
} slt_inputs;

/* A further file: its path is "FOLDER/STEM-", for the caller to end and to begin. */
slt_npy *slt_inputs_open(slt_inputs *inputs);
/* Ends all open files, keeping them where status is SLT_OK; else returns that status and
 * leaves *err as it is. */
slt_status slt_inputs_close(slt_inputs *inputs, slt_status status, slt_error *err);

/* SLT_DIFFERS where the state is not the one that the checkpoint record has. */
slt_status slt_inputs_check(const slt_inputs *inputs, const slt_record *record,
                            const slt_state *state, slt_error *err);
/* One update further; SLT_DIFFERS where training ends there, SLT_INTERRUPTED. */
slt_status slt_inputs_step(slt_inputs *inputs, slt_state *state, slt_real *loss,
                           slt_error *err);
/* The checkpoint record of that step, NULL where there is none. */
const slt_record *slt_inputs_checkpoint(const slt_inputs *inputs, uint64_t step);

/* Updates of training, and of the chain that is exported of an estimate (NULL where the
 * trace has none), that are exported. */
uint64_t slt_inputs_train_updates(const slt_inputs *inputs);
uint64_t slt_inputs_chain_updates(const slt_inputs *inputs, const slt_record *chain);
const slt_record *slt_inputs_chain(const slt_inputs *inputs, size_t llc);

slt_status slt_inputs_write_training(slt_inputs *inputs, slt_error *err);
slt_status slt_inputs_write_chain(slt_inputs *inputs, const slt_record *chain,
                                  slt_error *err);

#endif
