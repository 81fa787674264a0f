/* The outcome of a run: its status and named results, from the last records of its trace,
 * and whatever a figure needs of its checkpoints and chains. */
#ifndef SLT_RUN_OUTCOME_H
#define SLT_RUN_OUTCOME_H

#include <sltrace/trace.h>

#include "manifest/figure_spec.h"
#include "run/blocks.h"
#include "run/chain_draws.h"
#include "run/parts.h"

typedef struct slt_curve_point {
    uint64_t step;
    slt_real value; /* finite */
} slt_curve_point;

/* A metric at the checkpoints that have it, or a result of an estimate at its
 * checkpoints; steps ascend. */
typedef struct slt_curve {
    slt_quantity quantity; /* without a step */
    slt_curve_point *points;
    size_t count;
} slt_curve;

typedef struct slt_outcome {
    slt_run_status status;
    uint64_t step; /* of the last checkpoint */
    bool has_step; /* there is a checkpoint */
    slt_result *results;
    size_t result_count;
    slt_curve *curves; /* of the metrics that were asked for */
    size_t curve_count;
    slt_part *parts; /* likewise */
    size_t part_count;
    slt_blocks *blocks; /* likewise */
    size_t block_count;
    slt_chain_draws *chains; /* likewise, where the run is done */
    size_t chain_count;
} slt_outcome;

/* What to read from traces besides their results. */
#define SLT_NEEDS_MAX 512
#define SLT_NEEDS_PARTS_MAX 64
#define SLT_NEEDS_BLOCKS_MAX SLT_FIGURE_LISTS_MAX
typedef struct slt_outcome_needs {
    slt_quantity metrics[SLT_NEEDS_MAX];
    size_t metric_count;
    slt_part parts[SLT_NEEDS_PARTS_MAX];
    size_t part_count;
    const char *blocks[SLT_NEEDS_BLOCKS_MAX]; /* names of tallies */
    size_t block_count;
    const slt_chains_spec *chains; /* of figure.chains, of any run */
    size_t chain_count;
} slt_outcome_needs;

/* What a figure needs; nothing if it is NULL. */
void slt_outcome_needs_of(const slt_figure_spec *spec, slt_outcome_needs *needs);

/* Reads the outcome from the whole trace of a run; needs NULL: only results.  SLT_FORMAT
 * if a part or the chains are needed of an estimate whose losses the trace does not
 * hold. */
slt_status slt_outcome_of_trace(const slt_trace *trace, const slt_outcome_needs *needs,
                                size_t run, slt_outcome *outcome, slt_error *err);
void slt_outcome_free(slt_outcome *outcome);
/* NULL if the run has no such result. */
const slt_real *slt_outcome_find(const slt_outcome *outcome,
                                 const slt_quantity *quantity);
/* The curve of a metric; NULL if it was not asked for. */
const slt_curve *slt_outcome_curve(const slt_outcome *outcome,
                                   const slt_quantity *metric);
/* The blocks of a tally; NULL if they were not asked for. */
const slt_blocks *slt_outcome_blocks(const slt_outcome *outcome, const char *tally);
/* The chains of an item of figure.chains; NULL if it is of another run, or the run is not
 * done. */
const slt_chain_curves *slt_outcome_chains(const slt_outcome *outcome,
                                           const slt_chains_spec *spec);
/* The value of a curve at a step; NULL if there is none, or curve is NULL. */
const slt_real *slt_curve_at(const slt_curve *curve, uint64_t step);
/* What a name shows along a run, by step: the metric where a checkpoint has it, else the
 * results of that name at checkpoints, which are put into *made (the caller frees its
 * points, whatever the status).  *curve: one of the two; NULL if the name is none. */
slt_status slt_outcome_along(const slt_outcome *outcome, const slt_figure_value *of,
                             slt_curve *made, const slt_curve **curve, slt_error *err);
/* A result of an estimate at its checkpoints as a curve of points, which the caller
 * frees; quantity has no step. */
slt_status slt_outcome_series(const slt_outcome *outcome, const slt_quantity *quantity,
                              slt_curve *curve, slt_error *err);

#endif
