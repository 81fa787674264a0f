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

/* What is needed to judge any run of a golden; judging does not change it, except
 * `made`. */
typedef struct slt_judge {
    const slt_golden *golden;
    slt_golden *made;   /* from the manifest; each run is filled in when it is judged */
    const char *folder; /* with the publisher's traces, or NULL */
    const slt_traces *traces;       /* those in the folder */
    const slt_outcome_needs *needs; /* what outcomes hold besides results, or NULL */
    bool segments; /* judge in pieces if the publisher's trace stores states */
    bool spot;     /* judge no run, but whether the publisher's trace is the golden's; how
                      many pieces it has is told */
    slt_pool *pool;
    size_t jobs; /* threads of the pool */
    void *context;
    bool (*wanted)(void *context, size_t run, uint64_t done); /* returns true to stop */
    /* Told the loss at each checkpoint that is computed; may be NULL. */
    void (*loss)(void *context, size_t run, slt_real loss);
} slt_judge;

/* Runs golden->runs[index] again from its spec and canonical bytes. */
void slt_judge_run(const slt_judge *judge, size_t index, const slt_run_spec *spec,
                   const uint8_t *canonical, size_t size, slt_judgement *judgement);

/* Runs one piece (slt_segments_judge_one) of the publisher's trace of a run again.  The
 * trace must still be the golden's. */
void slt_judge_stretch(const slt_judge *judge, size_t index, size_t piece,
                       const slt_run_spec *spec, const uint8_t *canonical, size_t size,
                       slt_judgement *judgement);

#endif
