/* What trace_agree.c, trace_agree_checkpoints.c and trace_agree_chains.c share. */
#ifndef SLT_TRACE_TRACE_AGREE_INTERNAL_H
#define SLT_TRACE_TRACE_AGREE_INTERNAL_H

#include "learn/results.h"
#include "trace/trace_agree.h"

/* A trace being checked.  The first contradiction latches; later ones are ignored. */
typedef struct slt_agree {
    const slt_trace *trace;
    const char *name; /* of the file, for messages */
    const slt_run_spec *run;
    size_t chains; /* index of the first record after the checkpoints */
    size_t table;  /* index of the table's record */
    const slt_record *end;
    bool trained;                /* training finished, however the chains ended */
    slt_marks marks;             /* reached by the checkpoints so far */
    slt_metrics last;            /* of the last checkpoint */
    slt_results found;           /* the results that the table must hold */
    slt_run_status chain_status; /* of the first chain that was not done */
    slt_status status;
    slt_error *err;
} slt_agree;

/* Refuses the trace at record `index`; format says what contradicts it. */
void slt_agree_refuse(slt_agree *a, size_t index, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Refuses the trace unless the record's field is the expected one. */
void slt_agree_text(slt_agree *a, size_t index, const char *field, const char *expected,
                    const char *found);
/* NULL means that the list has ended there; not both are NULL. */
void slt_agree_quantity(slt_agree *a, size_t index, const char *field,
                        const slt_quantity *expected, const slt_quantity *found);
void slt_agree_uint(slt_agree *a, size_t index, const char *field, uint64_t expected,
                    uint64_t found);
/* Equal in every bit; all non-finite values count as equal. */
void slt_agree_real(slt_agree *a, size_t index, const char *field, slt_real expected,
                    slt_real found);
/* There is no memory to go on checking. */
void slt_agree_memory(slt_agree *a);

/* Whether training finished and this is its last step. */
static inline bool slt_agree_is_last(const slt_agree *a, uint64_t step)
{
    return a->trained && step == a->end->step;
}

/* Checks which checkpoints there are and what is in them; fills marks and last. */
void slt_agree_checkpoints(slt_agree *a);
/* Checks the blocks and the end of a run with trials; fills found. */
void slt_agree_trials(slt_agree *a);
/* Checks which chains there are and what is in them; adds the estimates' results to
 * found. */
void slt_agree_chains(slt_agree *a);

#endif
