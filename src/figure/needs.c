/* What a figure needs from traces besides their results. */
#include "run/outcome.h"

#include "base/assert.h"

/* At most one metric for each measure, each list of transitions, each field of
 * checkpoints, and those of curves. */
_Static_assert(SLT_NEEDS_MAX >= SLT_FIGURE_MEASURES_MAX + SLT_FIGURE_TRANSITIONS_MAX +
                                    SLT_FIGURE_CHECKPOINTS_MAX * SLT_FIGURE_FIELDS_MAX +
                                    SLT_FIGURE_LISTS_MAX * SLT_FIGURE_CURVES_MAX,
               "any figure's metrics have room");
_Static_assert(SLT_NEEDS_PARTS_MAX >= SLT_FIGURE_MEASURES_MAX,
               "any figure's parts have room");

static void add_metric(slt_outcome_needs *needs, const slt_figure_value *metric)
{
    bool there = !metric->is_quantity;
    for (size_t i = 0; i < needs->metric_count; i++)
        there |= slt_quantity_equal(&needs->metrics[i], &metric->quantity);
    if (there)
        return;
    SLT_ASSERT(needs->metric_count < SLT_NEEDS_MAX);
    needs->metrics[needs->metric_count++] = metric->quantity;
}

void slt_outcome_needs_of(const slt_figure_spec *spec, slt_outcome_needs *needs)
{
    *needs = (slt_outcome_needs){.chains = spec ? spec->chains : NULL,
                                 .chain_count = spec ? spec->chain_count : 0};
    for (size_t i = 0; spec && i < spec->measure_count; i++) {
        const slt_measure_spec *measure = &spec->measures[i];
        if (measure->form == SLT_MEASURE_FIRST || measure->form == SLT_MEASURE_METRIC)
            add_metric(needs, &measure->of);
        else if (measure->form == SLT_MEASURE_PART)
            needs->parts[needs->part_count++] =
                (slt_part){.llc = (uint32_t)measure->llc - 1,
                           .part = measure->part,
                           .of = measure->parts};
    }
    for (size_t i = 0; spec && i < spec->transition_count; i++)
        add_metric(needs, &spec->transitions[i].metric);
    for (size_t i = 0; spec && i < spec->checkpoint_count; i++)
        for (size_t j = 0; j < spec->checkpoints[i].field_count; j++)
            add_metric(needs, &spec->checkpoints[i].fields[j].of);
    for (size_t i = 0; spec && i < spec->curve_count; i++)
        for (size_t j = 0; j < spec->curves[i].of_count; j++)
            add_metric(needs, &spec->curves[i].of[j]);
    for (size_t i = 0; spec && i < spec->bootstrap_count; i++) {
        const slt_bootstrap_spec *bootstrap = &spec->bootstraps[i];
        if (bootstrap->over == SLT_BOOTSTRAP_BLOCKS)
            needs->blocks[needs->block_count++] = bootstrap->fit->of->quantity.name;
    }
}
