/* Shared by the bodies of ensembles: how members lie in memory (num/members.h). */
#ifndef SLT_NUM_FLOAT_KERNELS_MEMBERS_H
#define SLT_NUM_FLOAT_KERNELS_MEMBERS_H

#include "num/members.h"
#include "num/float/kernels/body.h"

#define MEMBERS (SLT_MEMBERS_BYTES / sizeof(real))

SLT_MEMBERS_MAP(SLT_KERNEL_PROTOTYPE)

#endif
