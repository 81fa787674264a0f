/* A run that is trained like another takes its training from that one's trace. */
#ifndef SLT_RUN_TRAINED_H
#define SLT_RUN_TRAINED_H

#include "run/execute.h"

/* Moves a fresh execution and its writer, which is empty, to the end of training, from a
 * finished trace whose last checkpoint holds the state: the records are those that
 * training would write.  SLT_DIFFERS if the trace's run is trained in another way, has no
 * state there or did not finish, or if an estimate stands elsewhere than at the last
 * checkpoint. */
slt_status slt_trained_take(const slt_trace *trained, const uint8_t *canonical,
                            size_t size, slt_execution *at, slt_trace_writer *writer,
                            slt_error *err);

#endif
