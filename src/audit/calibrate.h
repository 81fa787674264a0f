/* What a calibration finds. */
#ifndef SLT_AUDIT_CALIBRATE_H
#define SLT_AUDIT_CALIBRATE_H

#include <sltrace/calibrate.h>

#include "base/buffer.h"
#include "learn/diagnostics.h"
#include "run/files.h"

/* Axes of a grid, in the order of its runs: the last varies fastest. */
typedef enum slt_calibrate_axis {
    SLT_CALIBRATE_LOCALIZATION,
    SLT_CALIBRATE_NBETA,
    SLT_CALIBRATE_LR,
    SLT_CALIBRATE_AXES
} slt_calibrate_axis;
/* The field of an estimate. */
extern const char *const slt_calibrate_fields[SLT_CALIBRATE_AXES];

/* Why the chains of a cell have not settled, in the order in which it is told. */
typedef enum slt_calibrate_fault {
    SLT_CALIBRATE_ENDED,    /* a chain left the finite numbers */
    SLT_CALIBRATE_RHAT,     /* above SLT_SETTLED_RHAT, or not known */
    SLT_CALIBRATE_ESS,      /* one of both below SLT_SETTLED_ESS, or not known */
    SLT_CALIBRATE_DRIFT,    /* more than the chains' errors leave room for, or these are
                               not known */
    SLT_CALIBRATE_NEGATIVE, /* the loss falls away from w* */
    SLT_CALIBRATE_SPREAD,   /* the Stein ratio is below that of settled chains */
    SLT_CALIBRATE_STEP,     /* the step adds to the LLC of settled chains */
    SLT_CALIBRATE_FAULTS
} slt_calibrate_fault;

/* In MCSE.  The drift of two independent halves has an error of 2 MCSE, so that one in
 * eight settled estimates exceeds SLT_SETTLED_MCSE, and of cells, which share their
 * noise, all at once or none.  This is 3 of its errors. */
#define SLT_CALIBRATE_DRIFT_MOST 6
/* Draws below the loss at w*, of losses on all samples. */
#define SLT_CALIBRATE_NEGATIVE_MOST .05
/* A Stein ratio of less than this times that of settled chains, by more than
 * SLT_SETTLED_MCSE of its errors. */
#define SLT_CALIBRATE_SPREAD_LEAST .9
/* What the step of a cell may add, in parts of its LLC. */
#define SLT_CALIBRATE_STEP_MOST .1
/* Two LLCs are the same if they differ by at most so many of their errors together. */
#define SLT_CALIBRATE_SAME 2

typedef struct slt_calibrate_cell {
    size_t run;                       /* of the grid's manifest */
    size_t place[SLT_CALIBRATE_AXES]; /* on its axes */
    slt_run_status status;
    /* Of a cell that is done. */
    slt_real mean, nbeta;
    slt_diagnostics found;
    bool has_acceptance;
    slt_real acceptance; /* the mean of its chains' */
    /* Judged. */
    bool fault[SLT_CALIBRATE_FAULTS];
    bool settled, stable, plateau;
    /* Of one that has settled, of its LLC. */
    slt_real bias;  /* by the step; 0 where nothing tells */
    slt_real error; /* Monte Carlo, and the step's */
} slt_calibrate_cell;

/* The cells of one sampler. */
typedef struct slt_calibrate_grid {
    const char *sampler;
    char manifest[SLT_FILE_PATH_MAX], folder[SLT_FILE_PATH_MAX],
        picture[SLT_FILE_PATH_MAX];
    slt_calibrate_points axis[SLT_CALIBRATE_AXES]; /* one at least; a single one may be
                                                      the estimate's own */
    slt_calibrate_cell *cells; /* as the runs of its manifest are numbered */
    size_t count;
    slt_llc_spec spec; /* of its first cell */
} slt_calibrate_grid;

#define SLT_CALIBRATE_GRIDS_MAX 8
struct slt_calibration {
    const char *name, *label; /* of the manifest; of the run */
    size_t run, llc;
    uint64_t step; /* at which the estimates stand */
    const char *out;
    slt_study_counts counts; /* of the cells */
    slt_calibrate_grid *grids;
    size_t grid_count;
    const slt_calibrate_grid *chosen_grid; /* NULL: none */
    const slt_calibrate_cell *chosen;
    char recommended[SLT_FILE_PATH_MAX]; /* the file of the lines below */
    slt_buffer lines;                    /* of the manifest: the estimate */
    slt_buffer words;                    /* which and why, three lines; or why none */
    slt_buffer advice;                   /* what to change; empty if nothing */
};

/* Fills what is judged of every cell, chosen, words and advice. */
slt_status slt_calibrate_judge(slt_calibration *found, slt_error *err);

#endif
