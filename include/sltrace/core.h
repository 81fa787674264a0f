/* One run in memory: a caller sets its weights, asks for losses, gradients and products
 * with the Hessian, trains it and samples chains, without files.
 *
 * Every number is the one that `sltrace run` computes for the same manifest, in every
 * bit: the same functions make it.  What a manifest says decides them: the model, the
 * data, the arithmetic, the optimiser, the samplers.
 *
 * A core is used by one thread at a time; several cores may be used by several threads at
 * once, after one slt_start.  A caller's mistake is SLT_USAGE with a message, and changes
 * nothing. */
#ifndef SLTRACE_CORE_H
#define SLTRACE_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sltrace/cancel.h>
#include <sltrace/export.h>
#include <sltrace/status.h>
#include <sltrace/trace.h>

SLT_C_BEGIN

typedef struct slt_core slt_core;

/* All members but the first may be left as slt_core_defaults sets them.  Members that a
 * later version adds come last, with 0 as their default. */
typedef struct slt_core_options {
    size_t size;              /* of this struct, as the caller was compiled with it */
    size_t run;               /* which point of the manifest's sweep, from 0 */
    size_t jobs;              /* threads that may work on a call, the caller's own among
                                 them; 0 is 1; no bit depends on it */
    const char *path;         /* what messages call the manifest; files that it names are
                                 relative to its folder; NULL: "manifest" */
    const atomic_int *cancel; /* once it is not 0, long calls end with SLT_INTERRUPTED */
} slt_core_options;

/* Sets the first `size` bytes of *options to defaults.  Any thread may call it. */
SLT_API void slt_core_options_init(slt_core_options *options, size_t size);
/* The defaults, of the size that the caller is compiled with. */
static inline slt_core_options slt_core_defaults(void)
{
    slt_core_options options;
    slt_core_options_init(&options, sizeof options);
    return options;
}

/* Makes the run of a manifest's text, at its first weights: data are drawn or read,
 * weights begin as `init` says.  options may be NULL.  SLT_FORMAT with line and column
 * where the text is no manifest; SLT_USAGE before slt_start, for a run that the sweep
 * does not have, and for a run of trials; SLT_UNFIT where this machine cannot compute in
 * its arithmetic.  Any thread may call it. */
SLT_API slt_status slt_core_create(const char *text, size_t size,
                                   const slt_core_options *options, slt_core **core,
                                   slt_error *err);
/* The same of a manifest in a file; options->path does not count. */
SLT_API slt_status slt_core_open(const char *path, const slt_core_options *options,
                                 slt_core **core, slt_error *err);
/* Does nothing where core is NULL. */
SLT_API void slt_core_free(slt_core *core);

/* ---- Weights ----------------------------------------------------------------------- */

/* Weights in the manifest's order.  Vectors of all parameters hold the elements of those
 * that are trained and no view of another, row by row, one weight after the other. */
typedef struct slt_core_weight {
    const char *name; /* valid as long as the core */
    size_t rows, cols;
    bool trained;
    bool tied;    /* a view of another weight */
    size_t first; /* where it begins in vectors of all parameters, if it is in them */
} slt_core_weight;
SLT_API size_t slt_core_weights(const slt_core *core);
/* SLT_USAGE past the last. */
SLT_API slt_status slt_core_weight_at(const slt_core *core, size_t index,
                                      slt_core_weight *weight, slt_error *err);
/* The length of such vectors. */
SLT_API size_t slt_core_parameters(const slt_core *core);

/* The vector of all parameters, exact in f32 and f64, and the nearest binary64 in fixed
 * point.  SLT_USAGE unless count is slt_core_parameters. */
SLT_API slt_status slt_core_get(const slt_core *core, double *values, size_t count,
                                slt_error *err);
/* Sets it, each number rounded once to the run's arithmetic.  What the optimiser keeps
 * beside the weights, and its step, stay.  SLT_USAGE, with nothing changed, where a
 * number is not finite there. */
SLT_API slt_status slt_core_set(slt_core *core, const double *values, size_t count,
                                slt_error *err);
/* The same of one weight by its name, trained or not.  SLT_USAGE where there is no such
 * weight, or count is not rows x cols; a view of another is set by that one. */
SLT_API slt_status slt_core_get_weight(const slt_core *core, const char *name,
                                       double *values, size_t count, slt_error *err);
SLT_API slt_status slt_core_set_weight(slt_core *core, const char *name,
                                       const double *values, size_t count,
                                       slt_error *err);
/* Back to the first weights, before the first update. */
SLT_API slt_status slt_core_reset(slt_core *core, slt_error *err);

/* ---- Losses and derivatives -------------------------------------------------------- */

typedef enum slt_core_samples {
    SLT_CORE_TRAINING,
    SLT_CORE_VALIDATION
} slt_core_samples;

/* The loss at the weights, of all samples for training or for validation; in floats it
 * may be infinite or no number.  SLT_USAGE where there are no samples for validation;
 * SLT_FORMAT, naming it, where a number does not fit into fixed point. */
SLT_API slt_status slt_core_loss(slt_core *core, slt_core_samples samples, double *loss,
                                 slt_error *err);
/* The gradient of the training loss, a vector of all parameters.  loss may be NULL. */
SLT_API slt_status slt_core_gradient(slt_core *core, double *loss, double *gradient,
                                     size_t count, slt_error *err);
/* The product of its Hessian with a direction, exact but for rounding: both are vectors
 * of all parameters; the direction is rounded to the run's arithmetic.  SLT_FORMAT naming
 * the op or the loss that has no second derivatives. */
SLT_API slt_status slt_core_hessian_vector(slt_core *core, const double *direction,
                                           double *product, size_t count, slt_error *err);

/* ---- Training ---------------------------------------------------------------------- */

typedef struct slt_core_trained {
    uint64_t step;         /* updates done since the first weights */
    double loss;           /* of the last update's batch, before it; not a number where
                              none was made */
    slt_run_status status; /* SLT_RUN_DONE, or how it ended */
    bool stopped;          /* by the run's rule on the loss */
    bool last;             /* no update of the run is left */
    char tensor[SLT_TENSOR_NAME_MAX]; /* that overflowed, else "" */
} slt_core_trained;

/* Makes `steps` more updates, fewer where the run ends before.  Rules of the run that
 * look at its checkpoints (metrics, marks) are not asked.  Where an update left the
 * representable numbers, the core is of no use until slt_core_reset; the status tells.
 * SLT_INTERRUPTED between two updates.  *end is written in any case but SLT_USAGE. */
SLT_API slt_status slt_core_train(slt_core *core, uint64_t steps, slt_core_trained *end,
                                  slt_error *err);

/* ---- Chains and estimates ---------------------------------------------------------- */

/* A chain that has ended.  Pointers are valid during the call. */
typedef struct slt_core_chain {
    size_t chain;          /* its number, from 0 */
    slt_run_status status; /* how it ended */
    const double *losses;  /* those that were recorded */
    size_t draws;
    const double *weights; /* the last, a vector of all parameters */
    size_t parameters;
    double nbeta, init_loss; /* of the estimate */
} slt_core_chain;

/* Receives chains in their order, then results.  Each call may be NULL; an error that it
 * returns ends the estimate with that error.  The calls come from the calling thread. */
typedef struct slt_core_page {
    void *context;
    slt_status (*chain)(void *context, const slt_core_chain *chain, slt_error *err);
    slt_status (*result)(void *context, const slt_result *result, slt_error *err);
    uintptr_t later[SLT_OPTIONS_LATER]; /* of later versions: zeros */
} slt_core_page;

typedef struct slt_core_estimate {
    slt_run_status status; /* SLT_RUN_DONE, or of the first chain that did not finish;
                              what follows is of SLT_RUN_DONE */
    double mean;           /* llc/mean */
    double std;            /* llc/std; not a number of a single chain */
    size_t chains;
} slt_core_estimate;

/* Samples the chains of the manifest's estimate number `estimate`, from 0, around the
 * weights as they are.  The chains have the random numbers of the estimate at its first
 * checkpoint, so that at the run's own weights there they are the run's chains.  page and
 * found may be NULL.  SLT_USAGE where there is no such estimate. */
SLT_API slt_status slt_core_sample(slt_core *core, size_t estimate,
                                   const slt_core_page *page, slt_core_estimate *found,
                                   slt_error *err);

/* ---- Arrays ------------------------------------------------------------------------ */

/* Writes numbers as a NumPy file of binary64, rows x cols, which a manifest then names:
 * `sha256` is what it says of it.  An existing file is replaced.  Any thread may call it.
 */
SLT_API slt_status slt_core_write_array(const char *path, const double *values,
                                        size_t rows, size_t cols,
                                        char sha256[65], slt_error *err);

/* ---- What cannot go on ------------------------------------------------------------- */

/* Called where an invariant of the library itself is broken, which no caller can cause,
 * or memory is short where nothing can fail: with where and what, before the process
 * ends.  It may end it in its own way, or leave its thread for good; where it returns,
 * the process is ended.  Call this once, before anything else; NULL: no call. */
typedef void slt_broken_call(void *context, const char *where, const char *what);
SLT_API void slt_on_broken(slt_broken_call *call, void *context);

SLT_C_END

#endif
