/* The estimates of a trace with all that tells whether they have settled: what the pages
 * get. */
#ifndef SLT_VERIFY_DIAGNOSIS_H
#define SLT_VERIFY_DIAGNOSIS_H

#include <sltrace/check.h>

#include "figure/temperatures.h"

struct slt_diagnosed_estimate {
    const slt_estimate *estimate;
    const slt_llc_spec *spec;
    slt_real wbic; /* absent: not at nbeta = n / ln n, or a chain ended early */
};

#endif
