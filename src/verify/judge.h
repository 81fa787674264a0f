/* Judging one run of a golden: running it again and comparing hashes. */
#ifndef SLT_VERIFY_JUDGE_H
#define SLT_VERIFY_JUDGE_H

#include <sltrace/check.h>
#include <sltrace/study.h>

#include "golden/golden_lines.h"
#include "run/execute.h"
#include "run/outcome.h"
#include "verify/compare.h"

/* The verdict, and what a figure is made of. */
typedef struct slt_judgement {
    slt_run_verdict run;
    slt_outcome outcome; /* where run.whole */
} slt_judgement;

/* Everything that judging needs and does not change. */
typedef struct slt_judge {
    const slt_golden *golden;
    slt_golden *made;               /* of the manifest: each run is set as it is judged */
    const char *folder;             /* of the publisher's traces, or NULL */
    const slt_traces *traces;       /* that are in it */
    const slt_outcome_needs *needs; /* of outcomes beside results, or NULL */
    bool segments; /* in pieces, where the publisher's trace stores states */
    slt_pool *pool;
    size_t jobs; /* threads of the pool */
    void *context;
    bool (*wanted)(void *context, size_t run, uint64_t done); /* true: stop */
} slt_judge;

/* Runs golden->runs[index] again from its spec and canonical bytes. */
void slt_judge_run(const slt_judge *judge, size_t index, const slt_run_spec *spec,
                   const uint8_t *canonical, size_t size, slt_judgement *judgement);

#endif
