/* The words for a verdict of a verification, which TAP, JSON and JUnit share. */
#ifndef SLT_REPORT_VERDICT_H
#define SLT_REPORT_VERDICT_H

#include <sltrace/check.h>

#include "base/buffer.h"

typedef struct slt_verdict_words {
    slt_verdict verdict;
    slt_buffer name;  /* "smoke/linear[2] rank=3 seed=0" */
    char note[64];    /* "not judged", "diverged at step 10"; "" if there is none */
    slt_buffer block; /* YAML, each line indented by two blanks; empty if all is well */
    const char *kind; /* "differs", "refused", "trouble", "not judged"; and ... */
    const char *why;  /* ... the field or the reason, which lives as long as what was
                         judged.  Both are NULL if all is well */
} slt_verdict_words;

void slt_verdict_words_free(slt_verdict_words *words);

slt_verdict_words slt_verdict_of_refusal(const char *path, const slt_error *why);
slt_verdict_words slt_verdict_of_mismatch(const slt_golden *golden, const char *manifest,
                                          const slt_mismatch *mismatch);
slt_verdict_words slt_verdict_of_run(const slt_golden *golden,
                                     const slt_run_verdict *verdict);
slt_verdict_words slt_verdict_of_part(const slt_golden *golden,
                                      const slt_part_verdict *verdict);

#endif
