/* What a figure asks of traces beside their results. */
#include "run/outcome.h"

#include <string.h>

static void add_metric(slt_outcome_needs *needs, const slt_value *name)
{
    if (!name || name->kind != SLT_VALUE_TEXT || needs->metric_count == SLT_NEEDS_MAX)
        return;
    for (size_t i = 0; i < needs->metric_count; i++)
        if (!strcmp(needs->metrics[i], name->text))
            return;
    needs->metrics[needs->metric_count++] = name->text;
}

static void add_part(slt_outcome_needs *needs, const slt_value *measure)
{
    const slt_value *part = slt_value_get(measure, "part");
    const slt_value *llc = slt_value_get(measure, "llc");
    if (part && needs->part_count < sizeof needs->parts / sizeof *needs->parts)
        needs->parts[needs->part_count++] =
            (slt_part){.llc = llc ? (uint32_t)llc->magnitude - 1 : 0,
                       .part = part->magnitude,
                       .of = slt_value_get(measure, "of")->magnitude};
}

static void add_curves(slt_outcome_needs *needs, const slt_value *curves)
{
    for (size_t i = 0; curves && i < curves->count; i++) {
        const slt_value *of = slt_value_get(&curves->items[i], "of");
        if (of->kind != SLT_VALUE_LIST)
            add_metric(needs, of);
        for (size_t j = 0; of->kind == SLT_VALUE_LIST && j < of->count; j++)
            add_metric(needs, &of->items[j]);
    }
}

void slt_outcome_needs_of(const slt_value *part, slt_outcome_needs *needs)
{
    const slt_value *measures = part ? slt_value_get(part, "measures") : NULL;
    const slt_value *transitions = part ? slt_value_get(part, "transitions") : NULL;
    *needs = (slt_outcome_needs){0};
    for (size_t i = 0; measures && i < measures->count; i++) {
        add_metric(needs, slt_value_get(&measures->items[i], "first"));
        add_metric(needs, slt_value_get(&measures->items[i], "metric"));
        add_part(needs, &measures->items[i]);
    }
    for (size_t i = 0; transitions && i < transitions->count; i++)
        add_metric(needs, slt_value_get(&transitions->items[i], "metric"));
    add_curves(needs, part ? slt_value_get(part, "curves") : NULL);
}
