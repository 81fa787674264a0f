/* A spot check: some of the stretches of the publisher's traces, drawn by a key and
 * computed again. */
#ifndef SLT_VERIFY_SPOT_H
#define SLT_VERIFY_SPOT_H

#include "verify/judge.h"

typedef struct slt_spot_check {
    const slt_verify_options *options;
    slt_manifest *manifest;
    const slt_judge *judge;          /* whose pool and traces are open */
    const slt_judgement *judgements; /* on the traces of all runs: each is the golden's */
    const slt_verify_page *page;
    slt_verify_result *result;
    void *context;
    /* Called one at a time: a stretch was judged, so many were. */
    void (*progress)(void *context, const slt_run_verdict *verdict, size_t judged);
} slt_spot_check;

/* Draws from the stretches of all traces, each as likely as any other, computes those
 * drawn again, and tells the page.  Returns the worst status of those judged. */
slt_status slt_spot_judge(const slt_spot_check *check, slt_error *err);

#endif
