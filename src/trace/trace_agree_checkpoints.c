/* Checks the checkpoint records against the run: which there must be, their metrics and
 * their tensors. */
#include "trace/trace_agree_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "codec/digest.h"
#include "learn/metric.h"
#include "learn/optimizer.h"
#include "num/scalar.h"
#include "trace/trace_writer.h"

/* The checkpoint being checked, and what is remembered from those before it. */
typedef struct checkpoint_walk {
    slt_agree *a;
    size_t index;
    const slt_record *record;
    slt_real powers[SLT_POWERS_MAX]; /* the optimiser's, at power_step */
    uint64_t power_step;
    slt_digest frozen[SLT_WEIGHTS_MAX]; /* hash of a frozen weight, if seen */
    bool seen[SLT_WEIGHTS_MAX];
} checkpoint_walk;

/* ---- Which there are --------------------------------------------------------------- */

/* The step of the checkpoint that must come next; UINT64_MAX if none must.  Training that
 * broke off has every checkpoint due before its end.  One due exactly there is there only
 * if its metrics were finite (at_break). */
static uint64_t next_step(const slt_agree *a, uint64_t from)
{
    uint64_t due = slt_checkpoint_next(&a->run->train, from), end = a->end->step;
    if (a->trained)
        return due < end ? due : from <= end ? end : UINT64_MAX;
    return due < end ? due : UINT64_MAX;
}

/* Whether training broke off in the update of this step, after the checkpoint due here
 * was taken.  No update follows the last step. */
static bool at_break(const slt_agree *a, uint64_t step)
{
    const slt_train_spec *train = &a->run->train;
    return !a->trained && step == a->end->step && step < train->steps &&
           slt_checkpoint_next(train, step) == step;
}

static void judge_steps(slt_agree *a)
{
    uint64_t from = 0;
    for (size_t i = 1; i < a->chains && !a->status; i++) {
        const uint64_t found = slt_trace_record(a->trace, i)->step;
        const uint64_t expected = next_step(a, from);
        if (expected != UINT64_MAX)
            slt_agree_uint(a, i, "step", expected, found);
        else if (!at_break(a, found))
            slt_agree_refuse(a, i,
                             "step: expected no checkpoint at %" PRIu64
                             ": training ended at %" PRIu64,
                             found, a->end->step);
        from = found + 1;
        slt_trace_forget(a->trace, i);
    }
    const uint64_t missing = next_step(a, from);
    if (missing != UINT64_MAX)
        slt_agree_refuse(a, a->chains,
                         "expected the checkpoint of step %" PRIu64 " before it",
                         missing);
}

/* ---- Metrics ----------------------------------------------------------------------- */

/* Whether the value is count / rows for some count of the `rows`. */
static bool is_share(slt_real value, size_t rows)
{
    const slt_real all = slt_real_from_u64(rows);
    uint64_t least = 0, most = rows;
    while (least < most) {
        uint64_t middle = least + (most - least) / 2;
        if (slt_real_less(slt_real_div(slt_real_from_u64(middle), all), value))
            least = middle + 1;
        else
            most = middle;
    }
    return slt_real_div(slt_real_from_u64(least), all).bits == value.bits;
}

/* Whether it is one of some number of rows that the data alone tell. */
static bool is_part(slt_real value)
{
    return !slt_real_less(value, slt_real_from_u64(0)) &&
           !slt_real_less(slt_real_from_u64(1), value);
}

static void judge_metric(checkpoint_walk *w, size_t at, const slt_quantity *metric)
{
    const slt_data_spec *data = &w->a->run->data;
    const slt_result *found =
        at < w->record->metric_count ? &w->record->metrics[at] : NULL;
    char name[SLT_QUANTITY_TEXT_MAX];
    const size_t samples = slt_metric_of_validation(metric) ? slt_data_validation(data)
                                                            : slt_data_samples(data);
    const slt_loss_spec *loss = &w->a->run->model.loss;
    const size_t rows =
        samples * (loss->last ? 1 : slt_data_target_positions(data, loss->target));
    slt_agree_quantity(w->a, w->index, "metrics", metric,
                       found ? &found->quantity : NULL);
    if (!found)
        return;
    slt_quantity_text(metric, name);
    if (!slt_real_finite(found->value))
        slt_agree_refuse(w->a, w->index, "%s: expected a number, found nil", name);
    else if ((slt_metric_of_classes(metric) || slt_metric_of_signs(metric)) &&
             !(loss->ignores ? is_part(found->value) : is_share(found->value, rows)))
        slt_agree_refuse(w->a, w->index, "%s: expected a share of %zu rows", name,
                         rows);
}

static void judge_metrics(checkpoint_walk *w)
{
    slt_quantity metrics[SLT_METRICS_MAX];
    const size_t count = slt_train_recorded(w->a->run, metrics);
    for (size_t i = 0; i < count; i++)
        judge_metric(w, i, &metrics[i]);
    if (count < w->record->metric_count)
        slt_agree_quantity(w->a, w->index, "metrics", NULL,
                           &w->record->metrics[count].quantity);
}

/* With full batches the loss of update t is the loss metric of checkpoint t, and a stop
 * rule on losses looks at nothing else, so the rule can be applied again. */
static void judge_stop_by_loss(checkpoint_walk *w)
{
    const slt_train_spec *train = &w->a->run->train;
    const uint64_t step = w->record->step;
    if (w->a->status || !train->stop.has_loss_below ||
        train->batch.order != SLT_BATCH_FULL || step < train->stop.after ||
        step == train->steps)
        return;
    const bool below = slt_real_less(w->record->metrics[0].value, train->stop.loss_below);
    const bool stopped = slt_agree_is_last(w->a, step);
    if (below != stopped)
        slt_agree_refuse(w->a, w->index,
                         below ? "loss: training stops below the rule's bound, and did "
                                 "not stop at step %" PRIu64
                               : "loss: expected below the stop rule's bound: training "
                                 "stopped at step %" PRIu64,
                         step);
}

/* A stop rule on a metric or a mark looks at the checkpoints up to this one, which are
 * noted. */
static void judge_stop_by_metric(checkpoint_walk *w)
{
    const slt_train_spec *train = &w->a->run->train;
    const uint64_t step = w->record->step;
    if ((!train->stop.has_metric && !train->stop.mark[0]) || step == train->steps)
        return;
    const bool stops = slt_marks_stop(train, &w->a->marks, step);
    if (stops != slt_agree_is_last(w->a, step))
        slt_agree_refuse(w->a, w->index,
                         stops ? "metrics: training stops at step %" PRIu64
                                 " by its rule, and did not"
                               : "metrics: training stopped at step %" PRIu64
                                 ", where its rule does not hold",
                         step);
}

/* ---- Tensors ----------------------------------------------------------------------- */

static const char *const forms[] = {[SLT_TRACE_HASHED] = "hashes",
                                    [SLT_TRACE_STORED] = "the state",
                                    [SLT_TRACE_JOINT] = "a joint hash"};

static slt_trace_tensors form_of(const slt_record *record)
{
    if (record->has_joint)
        return SLT_TRACE_JOINT;
    return record->has_state ? SLT_TRACE_STORED : SLT_TRACE_HASHED;
}

/* A weight that no update touches keeps its hash. */
static void judge_frozen(checkpoint_walk *w, size_t weight,
                         const slt_trace_tensor *tensor)
{
    if (w->seen[weight] && !slt_digest_equal(w->frozen[weight], tensor->hash))
        slt_agree_refuse(w->a, w->index,
                         "tensor %s: expected the hash that it had before: it is frozen",
                         tensor->name);
    w->seen[weight] = true;
    w->frozen[weight] = tensor->hash;
}

static void judge_tensor(checkpoint_walk *w, const slt_slot_type *type, size_t weight,
                         size_t *at)
{
    const slt_run_spec *run = w->a->run;
    const slt_weight_spec *spec = &run->model.weights[weight];
    const slt_record *record = w->record;
    char name[SLT_STATE_NAME_MAX], field[SLT_STATE_NAME_MAX + 8];
    slt_slot_name(type, spec->name, name);
    snprintf(field, sizeof field, "tensor %s", name);
    const bool there = *at < record->tensor_count;
    const slt_trace_tensor *tensor = there ? &record->tensors[(*at)++] : NULL;
    slt_agree_text(w->a, w->index, "tensors", name, there ? tensor->name : "no more");
    if (!there)
        return;
    slt_agree_text(w->a, w->index, field, slt_arithmetic_name(run->arithmetic),
                   tensor->type);
    if (tensor->rows != spec->rows || tensor->cols != spec->cols)
        slt_agree_refuse(w->a, w->index, "%s: expected %zu x %zu, found %zu x %zu", field,
                         spec->rows, spec->cols, tensor->rows, tensor->cols);
    if (!spec->trainable)
        judge_frozen(w, weight, tensor);
}

static void judge_group(checkpoint_walk *w, const slt_slot_type *type, size_t *at)
{
    const slt_model_spec *model = &w->a->run->model;
    for (size_t i = 0; i < model->weight_count; i++)
        if (slt_model_owner(model, i) == i && (!type || model->weights[i].trainable))
            judge_tensor(w, type, i, at);
}

static void judge_tensors(checkpoint_walk *w)
{
    const slt_optimizer_spec *optimizer = &w->a->run->train.optimizer;
    size_t at = 0;
    judge_group(w, NULL, &at);
    for (size_t i = 0; i < slt_optimizer_slot_count(optimizer); i++)
        judge_group(w, &slt_optimizer_of(optimizer)->slots[i], &at);
    if (at < w->record->tensor_count)
        slt_agree_text(w->a, w->index, "tensors", "no more", w->record->tensors[at].name);
}

/* The most steps for which powers are computed again: a few bytes can claim any step. */
#define POWERS_MAX (UINT64_C(1) << 26)

static void judge_powers(checkpoint_walk *w)
{
    const slt_optimizer_spec *optimizer = &w->a->run->train.optimizer;
    if (w->record->step > POWERS_MAX)
        return;
    for (; w->power_step < w->record->step; w->power_step++)
        slt_optimizer_powers(optimizer, w->powers);
    for (size_t i = 0; i < w->record->power_count; i++)
        slt_agree_real(w->a, w->index, "powers", w->powers[i], w->record->powers[i]);
}

/* The numbers of weights that need no fingerprinted function: those are another
 * machine's. */
static void judge_numbers(checkpoint_walk *w, const slt_state *state)
{
    const slt_run_spec *run = w->a->run;
    if (slt_num_available(run->arithmetic, NULL))
        return;
    for (size_t i = 0; i < run->train.metric_count; i++) {
        const slt_metric_spec *metric = &run->train.metrics[i];
        const slt_metric_type *type = slt_metric_type_of(metric);
        if (!type->measure || type->make || type->functions)
            continue;
        const slt_quantity name = slt_quantity_named(SLT_QUANTITY_METRIC, metric->name);
        for (size_t at = 0; at < w->record->metric_count; at++)
            if (slt_quantity_equal(&w->record->metrics[at].quantity, &name))
                slt_agree_real(w->a, w->index, metric->name,
                               type->measure(metric, &state->weights, state->step, NULL),
                               w->record->metrics[at].value);
    }
}

/* Before the first update every tensor kept beside a weight is zero. */
static void judge_slots(checkpoint_walk *w, const slt_state *state)
{
    slt_tensor_walk at =
        slt_tensors_of(&w->a->run->model, &state->weights, &state->slots);
    while (slt_tensors_next(&at))
        for (size_t e = 0; at.type && e < slt_tensor_count(at.tensor); e++)
            if (slt_tensor_get(at.tensor, e).bits << 1) {
                slt_agree_refuse(w->a, w->index, "tensor %s: expected 0 at step 0",
                                 at.name);
                return;
            }
}

static void judge_state(checkpoint_walk *w)
{
    slt_error wrong = {0};
    slt_state state;
    slt_status status = slt_trace_state(w->record, w->a->run, &state, &wrong);
    if (status == SLT_RESOURCE)
        slt_agree_memory(w->a);
    else if (status)
        slt_agree_refuse(w->a, w->index, "%s", wrong.text);
    else {
        if (w->record->step == 0)
            judge_slots(w, &state);
        judge_numbers(w, &state);
        slt_state_free(&state);
    }
    if (!w->a->status && w->record->power_count)
        judge_powers(w);
}

/* ---- One --------------------------------------------------------------------------- */

static void judge_checkpoint(checkpoint_walk *w)
{
    slt_agree *a = w->a;
    const uint64_t step = w->record->step;
    judge_metrics(w);
    judge_stop_by_loss(w);
    slt_agree_text(
        a, w->index, "tensors",
        forms[slt_trace_tensors_of(&a->run->train, step, slt_agree_is_last(a, step))],
        forms[form_of(w->record)]);
    if (!w->record->has_joint)
        judge_tensors(w);
    if (w->record->has_state && !a->status)
        judge_state(w);
    if (a->status)
        return;
    a->last = slt_trace_metrics(w->record);
    slt_marks_note(&a->run->train, step, &a->last, &a->marks);
    judge_stop_by_metric(w);
}

void slt_agree_checkpoints(slt_agree *a)
{
    checkpoint_walk w = {.a = a};
    for (size_t i = 0; i < SLT_POWERS_MAX; i++)
        w.powers[i] = slt_real_of(1);
    judge_steps(a);
    for (w.index = 1; w.index < a->chains && !a->status; w.index++) {
        w.record = slt_trace_record(a->trace, w.index);
        judge_checkpoint(&w);
        slt_trace_forget(a->trace, w.index);
    }
    /* Training that broke off got no further; at its end by the metrics there alone. */
    const uint64_t end = slt_marks_end(&a->run->train, &a->marks);
    if (!a->status && !a->trained && a->end->step > end)
        slt_agree_refuse(a, slt_trace_records(a->trace) - 1,
                         "step: expected at most %" PRIu64 ", where training ends", end);
}
