/* Judging one run of a golden: running it again and comparing hashes. */
#ifndef SLT_VERIFY_JUDGE_H
#define SLT_VERIFY_JUDGE_H

#include <sltrace/check.h>
#include <sltrace/study.h>

#include "golden/golden_lines.h"
#include "run/execute.h"
#include "run/outcome.h"
#include "verify/compare.h"

typedef enum slt_verdict {
    SLT_VERDICT_PENDING,
    SLT_VERDICT_IDENTICAL,
    SLT_VERDICT_DIFFERS,
    SLT_VERDICT_NOT_JUDGED, /* cannot be judged on this machine */
    SLT_VERDICT_TROUBLE     /* a file, memory, an interruption */
} slt_verdict;

typedef struct slt_judgement {
    slt_verdict verdict;
    slt_status status; /* of trouble and of what cannot be judged */
    slt_error error;
    bool whole; /* the run came to its end: what follows holds */
    slt_outcome outcome;
    uint64_t end_step; /* updates done when it ended */
    bool end_in_chain; /* training was done: a chain of an estimate ended it */
    /* Where it differs: fields of the golden; of another trace hashes too. */
    slt_golden_difference fields;
    bool other_trace;
    char expected[65], found[65];
    bool has_last_equal, has_trail;
    uint64_t last_equal, first_differing; /* records of the trail */
    bool located;                         /* by the publisher's trace */
    slt_difference difference;
    char trace[256], note[256]; /* its path; why it does not help */
    char pieces[256];           /* of segments: how it was divided, or why it was not */
    bool has_llc;
    slt_real llc_expected, llc_found;
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

/* The YAML block of a run that is not identical. */
void slt_judgement_print(const slt_judgement *judgement, slt_buffer *block);

#endif
