/* Where commands begin: what was there, and which commands came before. */
#ifndef SLT_TESTS_INJECT_STAGES_H
#define SLT_TESTS_INJECT_STAGES_H

#include "worker.h"

typedef enum stage {
    WRITTEN,  /* manifests, and what else a user writes */
    HALF_RUN, /* run died on the way */
    RUN,      /* two folders with the traces of a study */
    RECORDED, /* goldens too */
    STAGES
} stage;

/* Makes all of them, below `root`. */
void stages_make(worker *w, const char *root);
/* Makes the worker's folder what it is at a stage. */
void stage_begin(const worker *w, const char *root, stage at);

#endif
