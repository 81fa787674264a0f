#include "figure/along.h"

#include <stdlib.h>

slt_status slt_along_open(const slt_outcome *outcome, const slt_figure_value *of,
                          uint64_t from, slt_along *along, slt_error *err)
{
    *along = (slt_along){0};
    slt_status status = slt_outcome_along(outcome, of, &along->made, &along->curve, err);
    while (!status && along->curve && along->next < along->curve->count &&
           along->curve->points[along->next].step < from)
        along->next++;
    return status;
}

void slt_along_close(slt_along *along)
{
    free(along->made.points);
    *along = (slt_along){0};
}

static const slt_curve_point *along_point(const slt_along *along)
{
    return along->curve && along->next < along->curve->count
               ? &along->curve->points[along->next]
               : NULL;
}

bool slt_along_next(const slt_along *along, size_t count, uint64_t *step)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        const slt_curve_point *point = along_point(&along[i]);
        if (!point)
            continue;
        *step = !any || point->step < *step ? point->step : *step;
        any = true;
    }
    return any;
}

const slt_real *slt_along_take(slt_along *along, uint64_t step)
{
    const slt_curve_point *point = along_point(along);
    if (!point || point->step != step)
        return NULL;
    along->next++;
    return &point->value;
}
