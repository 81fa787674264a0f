/* Runs as words in messages. */
#ifndef SLT_RUN_RUN_LIST_H
#define SLT_RUN_RUN_LIST_H

#include "base/buffer.h"

/* Appends "run 7 (rank=1 seed=7)", or "run 7" where the label is "", on one line. */
void slt_run_print(uint64_t number, const char *label, slt_buffer *out);
/* How many runs a list names one by one: as many as a reader still looks at. */
#define SLT_RUNS_NAMED 8

/* Several runs as --only takes them: "3,57,190-199", cut with "..." where there are
 * many. */
typedef struct slt_run_list {
    slt_buffer text;
    size_t first, end; /* of the range that is not written yet; end 0: none */
    bool cut;
} slt_run_list;

/* Adds a run; runs must come in rising order. */
void slt_run_list_add(slt_run_list *list, size_t run);
/* The words; "" without memory.  No run may be added afterwards. */
const char *slt_run_list_text(slt_run_list *list);
void slt_run_list_free(slt_run_list *list);

#endif
