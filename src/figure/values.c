/* Values of expressions over runs, or over the items of a list. */
#include "figure/measures.h"

#include <stdlib.h>

#include "base/world.h"
#include "figure/figure.h"

/* Values being collected. */
typedef struct collector {
    const slt_measures *measures;
    const char *x, *y;
    slt_values *values;
    size_t room;
} collector;

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the figure's values");
}

static slt_status make_room(collector *c, slt_error *err)
{
    slt_values *v = c->values;
    if (v->count < c->room)
        return SLT_OK;
    size_t room = c->room ? 2 * c->room : 64;
    size_t *run = slt_world.realloc(v->run, room * sizeof *run);
    v->run = run ? run : v->run;
    size_t *item = slt_world.realloc(v->item, room * sizeof *item);
    v->item = item ? item : v->item;
    slt_real *x = slt_world.realloc(v->x, room * sizeof *x);
    v->x = x ? x : v->x;
    slt_real *y = slt_world.realloc(v->y, room * sizeof *y);
    v->y = y ? y : v->y;
    if (!run || !item || !x || !y)
        return no_memory(err);
    c->room = room;
    return SLT_OK;
}

static slt_status add_value(collector *c, size_t run, size_t item, slt_error *err)
{
    slt_real x, y = {0};
    slt_status status = slt_measures_value(c->measures, c->x, run, item, &x, err);
    if (!status && c->y)
        status = slt_measures_value(c->measures, c->y, run, item, &y, err);
    if (status || !slt_real_finite(x) || !slt_real_finite(y))
        return status;
    status = make_room(c, err);
    if (!status) {
        c->values->run[c->values->count] = run;
        c->values->item[c->values->count] = item;
        c->values->x[c->values->count] = x;
        c->values->y[c->values->count++] = y;
    }
    return status;
}

/* The run itself, or each of its items. */
static slt_status add_run(collector *c, const slt_figure_expression *about, size_t run,
                          slt_error *err)
{
    const slt_measures *m = c->measures;
    if (!about->has_list)
        return add_value(c, run, SIZE_MAX, err);
    slt_status status = SLT_OK;
    size_t count = m->items[run * m->lists + about->list].count;
    for (size_t i = 0; i < count && !status; i++)
        status = add_value(c, run, i, err);
    return status;
}

slt_status slt_values_collect(const slt_measures *measures, const slt_where *where,
                              const char *x, const char *y, slt_values *values,
                              slt_error *err)
{
    slt_figure_expression about = {0};
    collector c = {measures, x, y, values, 0};
    *values = (slt_values){0};
    slt_status status = slt_figure_expression_check(&measures->scope, x, &about, err);
    if (!status && y)
        status = slt_figure_expression_check(&measures->scope, y, &about, err);
    for (size_t run = 0; run < measures->runs && !status; run++)
        if (measures->outcomes[run].status == SLT_RUN_DONE &&
            slt_figure_where(measures->manifest, where, run))
            status = add_run(&c, &about, run, err);
    if (status)
        slt_values_free(values);
    return status;
}

void slt_values_free(slt_values *values)
{
    free(values->run);
    free(values->item);
    free(values->x);
    free(values->y);
    *values = (slt_values){0};
}
