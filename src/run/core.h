/* What core.c and core_sample.c share. */
#ifndef SLT_RUN_CORE_H
#define SLT_RUN_CORE_H

#include <sltrace/core.h>

#include "base/pool.h"
#include "learn/train.h"
#include "manifest/manifest.h"
#include "net/second.h"

struct slt_core {
    slt_core_options options;
    slt_manifest *manifest;
    slt_run_spec *spec;
    slt_pool *pool;
    slt_trainer *trainer;
    const slt_data *data; /* the trainer's */
    slt_net *net;
    slt_second *second; /* NULL before the first product */
    slt_state state;
    slt_params first;         /* weights before they are taken, gradients, products */
    slt_params second_params; /* a direction */
    size_t parameters;
    bool placed;  /* `second` is at the weights */
    bool stopped; /* by the rule on the loss */
    bool lost;    /* the weights are not numbers any more */
};

/* SLT_USAGE, naming the call, where there is no core or it is lost. */
slt_status slt_core_check(const slt_core *core, const char *call, slt_error *err);
/* All parameters as a vector of binary64 numbers. */
void slt_core_read(const slt_params *params, void *numbers);

#endif
