/* What a fit is through: numbers of runs, and the points that are made of them. */
#ifndef SLT_FIGURE_FIT_DATA_H
#define SLT_FIGURE_FIT_DATA_H

#include "figure/measures.h"

/* One abscissa and ordinate of a run. */
typedef struct slt_fit_sample {
    size_t run, unit; /* unit: what is redrawn as a whole, from 0 */
    size_t key;       /* where samples are averaged: the point that it belongs to */
    slt_real x, y;
    slt_real weight; /* of a sum y: of how many numbers */
    bool inside;     /* the fit's window */
} slt_fit_sample;

typedef struct slt_fit_data {
    const slt_fit_spec *spec;
    slt_fit_sample *samples; /* in the order of units */
    size_t count, room;
    size_t *begins; /* of each unit its first sample, and at the end their number */
    size_t units, keys;
    bool means; /* the samples of a key make one point; else each is one */
    bool sums;  /* the samples are sums: a mean is by their weights */
} slt_fit_data;

/* Collects the samples of the fit (blocks: of its curve in each block of trials, a unit
 * each), or with `series` those of the runs whose axes have the
 * values of run `first` (SIZE_MAX: all runs).  SLT_FORMAT if x is not the name of a sweep
 * axis of numbers. */
slt_status slt_fit_data_make(const slt_measures *measures, const slt_fit_spec *spec,
                             size_t first, bool blocks, slt_fit_data *data,
                             slt_error *err);
void slt_fit_data_free(slt_fit_data *data);

/* Whether a run is the first one of a series of the fit. */
bool slt_fit_begins_series(const slt_measures *measures, const slt_fit_spec *spec,
                           size_t run);

/* Points that are fitted: of an exponent the logarithms of those that are positive. */
typedef struct slt_fit_points {
    slt_real *x, *y;
    size_t count;
} slt_fit_points;

/* Makes the points of the samples of some units, which may repeat (units NULL: all, once
 * each), those inside the window or, `all`, also the others. */
slt_status slt_fit_points_make(const slt_fit_data *data, const size_t *units,
                               size_t count, bool all, slt_fit_points *points,
                               slt_error *err);
void slt_fit_points_free(slt_fit_points *points);

#endif
