/* The record of a block of trials: a checkpoint whose step is the number of trials done
 * and whose tensors are the tables of the block's tallies. */
#ifndef SLT_TRACE_TRACE_BLOCK_H
#define SLT_TRACE_TRACE_BLOCK_H

#include "learn/tally.h"
#include "trace/trace_writer.h"

void slt_trace_write_block(slt_trace_writer *writer, const slt_tally_layout *layout,
                           const uint64_t *numbers, uint64_t trials);

/* The numbers of such a record, layout->numbers of them.  SLT_FORMAT if its tables are
 * not those of the layout. */
slt_status slt_trace_read_block(const slt_record *record, const slt_tally_layout *layout,
                                uint64_t *numbers, slt_error *err);

#endif
