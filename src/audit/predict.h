/* A prediction for an estimate of a trace: what the pages get. */
#ifndef SLT_AUDIT_PREDICT_H
#define SLT_AUDIT_PREDICT_H

#include <sltrace/check.h>

#include "figure/prediction.h"

struct slt_predicted {
    const slt_run_spec *run;
    const slt_estimate *estimate;
    slt_status status; /* SLT_OK; otherwise nothing is predicted, and error says why: */
    slt_error error;   /* the end of a sentence */
    slt_spectrum *spectrum;
    slt_prediction prediction;
    slt_departure departure;
};

#endif
