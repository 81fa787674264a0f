/* Names runs in messages. */
#ifndef SLT_RUN_RUN_LIST_H
#define SLT_RUN_RUN_LIST_H

#include "base/buffer.h"

/* Appends "run 7 (rank=1 seed=7)" on one line, or "run 7" if the label is "". */
void slt_run_print(uint64_t number, const char *label, slt_buffer *out);
/* How many runs a list names one by one: as many as a reader will look at. */
#define SLT_RUNS_NAMED 8

/* Several runs as --only takes them: "3,57,190-199", cut with "..." if there are many. */
typedef struct slt_run_list {
    slt_buffer text;
    size_t first, end; /* of the range that is not written yet; end is 0 if none */
    bool cut;
} slt_run_list;

/* Adds a run; runs must be added in ascending order. */
void slt_run_list_add(slt_run_list *list, size_t run);
/* The list as text; "" without memory.  No run may be added afterwards. */
const char *slt_run_list_text(slt_run_list *list);
void slt_run_list_free(slt_run_list *list);

#endif
