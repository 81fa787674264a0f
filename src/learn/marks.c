#include "learn/marks.h"

#include <string.h>

#include "num/scalar.h"

size_t slt_mark_find(const slt_train_spec *train, const char *name)
{
    size_t at = 0;
    while (at < train->mark_count && strcmp(train->marks[at].name, name) != 0)
        at++;
    return at;
}

bool slt_bound_met(const slt_bound_spec *bound, const slt_metrics *metrics)
{
    for (size_t i = 0; i < metrics->count; i++) {
        if (!slt_quantity_equal(&metrics->list[i].quantity, &bound->metric))
            continue;
        slt_real value = metrics->list[i].value;
        if (!slt_real_finite(value))
            return false;
        if (bound->has_above)
            return slt_real_less(bound->above, value);
        return bound->has_below ? slt_real_less(value, bound->below)
                                : !slt_real_less(value, bound->at_least);
    }
    return false;
}

void slt_marks_note(const slt_train_spec *train, uint64_t step,
                    const slt_metrics *metrics, slt_marks *marks)
{
    for (size_t i = 0; i < train->mark_count; i++) {
        const slt_mark_spec *mark = &train->marks[i];
        bool asked = (mark->last || !marks->reached[i]) &&
                     (!mark->every || step % mark->every == 0);
        if (asked && slt_bound_met(&mark->bound, metrics)) {
            marks->reached[i] = true;
            marks->step[i] = step;
        }
    }
    const slt_stop_spec *stop = &train->stop;
    if (stop->has_metric)
        marks->in_a_row = slt_bound_met(&stop->bound, metrics) ? marks->in_a_row + 1 : 0;
}

uint64_t slt_marks_end(const slt_train_spec *train, const slt_marks *marks)
{
    const slt_stop_spec *stop = &train->stop;
    const size_t mark = stop->mark[0] ? slt_mark_find(train, stop->mark) : 0;
    uint64_t end;
    if (!stop->mark[0] || !marks->reached[mark])
        return train->steps;
    end = marks->step[mark] + stop->steps; /* both are below 2^32 */
    end = end < stop->after ? stop->after : end;
    return end < train->steps ? end : train->steps;
}

slt_mark_values slt_mark_steps(const slt_train_spec *train, const slt_marks *marks)
{
    slt_mark_values values = {0};
    for (size_t i = 0; i < train->mark_count; i++) {
        values.has[i] = marks->reached[i];
        values.value[i] = slt_real_from_u64(marks->step[i]);
    }
    return values;
}

bool slt_mark_bracket_of(const slt_train_spec *train, const slt_marks *marks, size_t mark,
                         uint64_t last, slt_mark_bracket *bracket)
{
    const slt_time *times = train->times.list;
    const bool falls = train->marks[mark].last;
    const uint64_t step = marks->step[mark];
    if (!marks->reached[mark] || (falls && step >= last))
        return false;
    *bracket = (slt_mark_bracket){.from = times[falls || !step ? step : step - 1].at,
                                  .to = times[falls ? step + 1 : step].at,
                                  .rises = !falls};
    return true;
}

/* Halvings of what is between two times; an end is taken for twice the time before it. */
static uint64_t looks_between(slt_real from, slt_real to, slt_real width)
{
    const slt_real half = slt_real_of(0.5), one = slt_real_of(1);
    const bool ends = !slt_real_finite(to);
    slt_real wide = ends ? slt_real_less(from, one) ? one : from : slt_real_sub(to, from);
    const slt_real least = slt_real_mul(width, ends ? slt_real_add(from, wide) : to);
    uint64_t looks = ends;
    for (; slt_real_less(least, wide) && looks < 64; looks++)
        wide = slt_real_mul(wide, half);
    return looks;
}

uint64_t slt_mark_looks(const slt_train_spec *train, const slt_mark_spec *mark)
{
    const slt_times *times = &train->times;
    uint64_t looks = 0;
    for (size_t i = 1; i < times->count; i++)
        looks += looks_between(times->list[i - 1].at, times->list[i].at, mark->width);
    return times->count > 1 ? looks / (times->count - 1) : 0;
}

bool slt_marks_stop(const slt_train_spec *train, const slt_marks *marks, uint64_t step)
{
    const slt_stop_spec *stop = &train->stop;
    if (stop->mark[0])
        return step >= slt_marks_end(train, marks);
    return stop->has_metric && step >= stop->after &&
           marks->in_a_row >= stop->checkpoints;
}

bool slt_marks_made_at(const slt_train_spec *train, const slt_marks *marks,
                       const slt_llc_spec *llc, uint64_t step, bool last)
{
    size_t mark;
    bool found = false;
    switch (llc->made_at) {
    case SLT_LLC_AT_STEP:
        return llc->at == step;
    case SLT_LLC_AT_CHECKPOINTS:
        return step >= llc->from;
    case SLT_LLC_AT_MARK:
        mark = slt_mark_find(train, llc->at_mark);
        return marks->reached[mark] && marks->step[mark] == step;
    case SLT_LLC_AT_STEPS:
        for (size_t i = 0; i < llc->step_count && !found; i++)
            found = llc->steps[i].last ? last : llc->steps[i].step == step;
        return found;
    default:
        return last;
    }
}

bool slt_marks_allow(const slt_train_spec *train, const slt_marks *marks,
                     const slt_llc_spec *llc)
{
    const slt_llc_when *when = &llc->when;
    if (llc->made_at == SLT_LLC_AT_MARK &&
        !marks->reached[slt_mark_find(train, llc->at_mark)])
        return false;
    if (!when->given)
        return true;
    size_t first = slt_mark_find(train, when->mark);
    if (!marks->reached[first] || !when->then[0])
        return marks->reached[first];
    size_t second = slt_mark_find(train, when->then);
    return marks->reached[second] && marks->step[second] > marks->step[first] &&
           marks->step[second] - marks->step[first] > when->apart;
}
