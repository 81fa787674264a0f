/* What trace_agree.c, trace_agree_checkpoints.c and trace_agree_chains.c share. */
#ifndef SLT_TRACE_TRACE_AGREE_PARTS_H
#define SLT_TRACE_TRACE_AGREE_PARTS_H

#include "trace/results.h"
#include "trace/trace_agree.h"

/* A trace under judgement.  The first contradiction latches: nothing after it counts. */
typedef struct slt_agree {
    const slt_trace *trace;
    const char *name; /* of the file */
    const slt_run_spec *run;
    size_t chains; /* index of the first record behind the checkpoints */
    size_t table;  /* ... of the table */
    const slt_record *end;
    bool trained;                /* to its end, whatever the chains did */
    slt_marks marks;             /* as the checkpoints reach them */
    slt_metrics last;            /* of the last checkpoint */
    slt_results found;           /* the results that the table must hold */
    slt_run_status chain_status; /* of the first chain that was not done */
    slt_status status;
    slt_error *err;
} slt_agree;

/* Record `index` is contradicted; format says by what. */
void slt_agree_refuse(slt_agree *a, size_t index, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The record's field must be that. */
void slt_agree_text(slt_agree *a, size_t index, const char *field, const char *expected,
                    const char *found);
/* NULL: there is none more; not both. */
void slt_agree_quantity(slt_agree *a, size_t index, const char *field,
                        const slt_quantity *expected, const slt_quantity *found);
void slt_agree_uint(slt_agree *a, size_t index, const char *field, uint64_t expected,
                    uint64_t found);
/* In every bit; all that is not finite is one. */
void slt_agree_real(slt_agree *a, size_t index, const char *field, slt_real expected,
                    slt_real found);
void slt_agree_memory(slt_agree *a);

/* Whether that is the step of the last state of training that came to its end. */
static inline bool slt_agree_is_last(const slt_agree *a, uint64_t step)
{
    return a->trained && step == a->end->step;
}

/* Which checkpoints there are, and what is in them; fills marks and last. */
void slt_agree_checkpoints(slt_agree *a);
/* Which chains there are, and what is in them; adds the estimates' results to found. */
void slt_agree_chains(slt_agree *a);

#endif
