/* Quantities: what a number that a run gives is a number of.
 *
 * Metrics of checkpoints and results of runs go through the program as values; their
 * names are text only where they enter or leave it: in traces, goldens, manifests and
 * pages.
 *
 *     loss  accuracy  val/loss  val/accuracy    metrics of a checkpoint, or of the last
 * one step                                      where training ended mark/NAME the step
 * that reached a mark of training llc/mean  llc/std                         of an
 * estimate, over its chains llc-chain/3                               of one of its
 * chains, from 0 mala/acceptance  hessian/trace            of an estimate
 *
 * The second estimate of a run and those after it have their number behind the first
 * word: llc2/mean, llc2-chain/3.  What an estimate gives at one checkpoint among several
 * has that checkpoint's step behind the name: llc/mean@1400. */
#ifndef SLTRACE_QUANTITY_H
#define SLTRACE_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

#include <sltrace/real.h>
#include <sltrace/status.h>

typedef enum slt_quantity_kind {
    SLT_QUANTITY_LOSS,
    SLT_QUANTITY_ACCURACY,
    SLT_QUANTITY_VAL_LOSS,
    SLT_QUANTITY_VAL_ACCURACY,
    SLT_QUANTITY_STEP,
    SLT_QUANTITY_MARK,
    SLT_QUANTITY_LLC_MEAN,
    SLT_QUANTITY_LLC_STD,
    SLT_QUANTITY_LLC_CHAIN,
    SLT_QUANTITY_MALA_ACCEPTANCE,
    SLT_QUANTITY_HESSIAN_TRACE
} slt_quantity_kind;

#define SLT_QUANTITY_MARK_MAX 32
typedef struct slt_quantity {
    slt_quantity_kind kind;
    uint32_t estimate;                /* from 0, of what an estimate gives; else 0 */
    uint32_t chain;                   /* from 0, of SLT_QUANTITY_LLC_CHAIN; else 0 */
    bool at_step;                     /* of the checkpoint of `step` alone */
    uint64_t step;                    /* 0 without at_step */
    char mark[SLT_QUANTITY_MARK_MAX]; /* of SLT_QUANTITY_MARK; else "" */
} slt_quantity;

/* A number of a checkpoint's metrics or of a run's results. */
typedef struct slt_result {
    slt_quantity quantity;
    slt_real value; /* not finite where the trace holds nil */
} slt_result;

SLT_API bool slt_quantity_equal(const slt_quantity *a, const slt_quantity *b);

/* The name, and the quantity of a name: each is the inverse of the other.  Reading gives
 * SLT_FORMAT for text that is not the name of a quantity, "llc/mean@01" or "llc1/mean"
 * among it. */
#define SLT_QUANTITY_TEXT_MAX 40
SLT_API void slt_quantity_text(const slt_quantity *quantity,
                               char text[SLT_QUANTITY_TEXT_MAX]);
SLT_API slt_status slt_quantity_read(const char *text, slt_quantity *quantity,
                                     slt_error *err);

#endif
