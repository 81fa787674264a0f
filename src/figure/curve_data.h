/* What runs show along an item of figure.curves. */
#ifndef SLT_FIGURE_CURVE_DATA_H
#define SLT_FIGURE_CURVE_DATA_H

#include "figure/measures.h"

typedef struct slt_curve_sample {
    size_t run;
    uint64_t step;
    slt_real x, value;
} slt_curve_sample;

/* Samples in order of run and step, and their order by x, in which those of equal x stand
 * together in order of run and step. */
typedef struct slt_curve_data {
    slt_curve_sample *samples;
    size_t count, room;
    size_t *order;
} slt_curve_data;

/* Whether a run is the first one of a series of the means over runs. */
bool slt_curve_begins_series(const slt_measures *measures, const slt_curves_spec *spec,
                             size_t run);

/* Whether a run is the item's `run` or, where it has none, one that means take whose
 * series axes have the values of run `first`. */
bool slt_curve_asks_for(const slt_measures *measures, const slt_curves_spec *spec,
                        size_t first, size_t run);
/* Collects one metric of the item, of these runs. */
slt_status slt_curve_data_make(const slt_measures *measures, const slt_curves_spec *spec,
                               const slt_figure_value *of, size_t first,
                               slt_curve_data *data, slt_error *err);
void slt_curve_data_free(slt_curve_data *data);
/* Of the samples in order by x, the end of those with the x of the one at `from`. */
size_t slt_curve_group_end(const slt_curve_data *data, size_t from);

#endif
