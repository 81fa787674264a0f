/* Quantities: what a number in a trace or golden measures.
 *
 * The program handles the metrics of checkpoints and the results of runs as values.  They
 * have names only in text that it reads or writes: traces, goldens, manifests and pages.
 *
 *   loss, accuracy            metrics of a checkpoint, or of the last one as results
 *   error                     of a target of signs: the share of samples whose value has
 *                             not the target's sign
 *   val/loss, val/accuracy, val/error
 *                             the same of the validation data
 *   metric/NAME               a metric that the run's training names
 *   val/metric/NAME           the same of the validation data
 *   step                      where training ended
 *   mark/NAME                 the step that reached a mark of training
 *   llc/mean, llc/std         of an estimate, over its chains
 *   llc-chain/3               of one of its chains, counted from 0
 *   mala/acceptance, hmc/acceptance
 *                             of an estimate
 *   adapted/lr                of an estimate whose chains adapt it
 *   swap-pair/3               of an estimate with tempering: how likely its replicas 3
 *                             and 4, counted from 0, were exchanged
 *   stein/mean, stein/drift, stein/pull, stein/step
 *                             of an estimate, over its chains
 *   stein-chain/3             of one of its chains, counted from 0
 *   hessian/trace             of an estimate
 *   trials/done, trials/diverged, trials/overflow
 *                             of a run with trials: how many ended so
 *   tally/NAME/trials, share, mean, std, below, above
 *                             of a tally of trials
 *   tally/NAME/bin@3          how many fell into a histogram's bin, counted from 0
 *
 * From the second estimate of a run on, the estimate's number follows the first word:
 * llc2/mean, llc2-chain/3.  If an estimate runs at several checkpoints, the checkpoint's
 * step follows the name: llc/mean@1400.  A tally that goes along a run has its trials,
 * mean and std at each checkpoint: tally/NAME/mean@100. */
#ifndef SLTRACE_QUANTITY_H
#define SLTRACE_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

#include <sltrace/real.h>
#include <sltrace/status.h>

SLT_C_BEGIN

typedef enum slt_quantity_kind {
    SLT_QUANTITY_LOSS,
    SLT_QUANTITY_ACCURACY,
    SLT_QUANTITY_ERROR,
    SLT_QUANTITY_VAL_LOSS,
    SLT_QUANTITY_VAL_ACCURACY,
    SLT_QUANTITY_VAL_ERROR,
    SLT_QUANTITY_METRIC,
    SLT_QUANTITY_VAL_METRIC, /* the last of the metrics */
    SLT_QUANTITY_STEP,
    SLT_QUANTITY_MARK,
    SLT_QUANTITY_LLC_MEAN,
    SLT_QUANTITY_LLC_STD,
    SLT_QUANTITY_LLC_CHAIN,
    SLT_QUANTITY_MALA_ACCEPTANCE,
    SLT_QUANTITY_HMC_ACCEPTANCE,
    SLT_QUANTITY_ADAPTED_LR,
    SLT_QUANTITY_SWAP_PAIR,
    SLT_QUANTITY_STEIN_MEAN,
    SLT_QUANTITY_STEIN_DRIFT,
    SLT_QUANTITY_STEIN_PULL,
    SLT_QUANTITY_STEIN_STEP,
    SLT_QUANTITY_STEIN_CHAIN,
    SLT_QUANTITY_HESSIAN_TRACE,
    SLT_QUANTITY_TRIALS_DONE,
    SLT_QUANTITY_TRIALS_DIVERGED,
    SLT_QUANTITY_TRIALS_OVERFLOW,
    SLT_QUANTITY_TALLY_TRIALS,
    SLT_QUANTITY_TALLY_SHARE,
    SLT_QUANTITY_TALLY_MEAN,
    SLT_QUANTITY_TALLY_STD,
    SLT_QUANTITY_TALLY_BELOW,
    SLT_QUANTITY_TALLY_ABOVE,
    SLT_QUANTITY_TALLY_BIN
} slt_quantity_kind;

#define SLT_QUANTITY_NAME_MAX 32
typedef struct slt_quantity {
    slt_quantity_kind kind;
    uint32_t estimate;                /* counted from 0; 0 if it is of no estimate */
    uint32_t chain;                   /* of a _CHAIN or _PAIR, from 0; else 0 */
    bool at_step;                     /* it is of the checkpoint at `step` only */
    uint64_t step;                    /* 0 without at_step */
    char name[SLT_QUANTITY_NAME_MAX]; /* of a mark, named metric or tally; else "" */
} slt_quantity;

/* A metric of a checkpoint or a result of a run, with its value. */
typedef struct slt_result {
    slt_quantity quantity;
    slt_real value; /* not finite if the trace holds nil */
} slt_result;

SLT_API bool slt_quantity_equal(const slt_quantity *a, const slt_quantity *b);

/* Writes the name of a quantity, and reads one back.  Reading gives SLT_FORMAT for text
 * that is not exactly a name as written: "llc/mean@01" and "llc1/mean" are none. */
#define SLT_QUANTITY_TEXT_MAX 80
SLT_API void slt_quantity_text(const slt_quantity *quantity,
                               char text[SLT_QUANTITY_TEXT_MAX]);
SLT_API slt_status slt_quantity_read(const char *text, slt_quantity *quantity,
                                     slt_error *err);

SLT_C_END

#endif
