/* What bodies of ensembles share: how members lie (num/ensemble.h). */
#ifndef SLT_NUM_FLOAT_KERNELS_ENSEMBLE_H
#define SLT_NUM_FLOAT_KERNELS_ENSEMBLE_H

#include "num/ensemble.h"
#include "num/float/kernels/body.h"

#define MEMBERS (SLT_MEMBERS_BYTES / sizeof(real))

SLT_ENSEMBLE_MAP(SLT_KERNEL_PROTOTYPE)

#endif
