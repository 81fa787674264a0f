#include "manifest/rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "learn/marks.h"
#include "learn/metric.h"
#include "learn/observe.h"
#include "learn/optimizer.h"
#include "learn/sampler.h"
#include "learn/spread.h"
#include "learn/tally.h"
#include "learn/tempering.h"
#include "learn/times.h"
#include "learn/train.h"
#include "manifest/rules_restrict.h"
#include "manifest/rules_walk.h"
#include "net/init.h"
#include "net/plant.h"
#include "net/second.h"

/* ---- data ------------------------------------------------------------------------- */

/* `at` is where the data stand. */
static slt_status check_data_at(const slt_rules *rules, const slt_data_spec *data,
                                const char *at)
{
    const char *field = "";
    slt_error inner = {0};
    slt_status status = slt_data_fit(data, &field, &inner);
    if (!status)
        status = slt_data_hashed(data, rules->spec->folder, &field, &inner);
    if (status) {
        char path[SLT_NAME_MAX + 80];
        snprintf(path, sizeof path, "%s.%s", at, field);
        return slt_rules_fail(rules, path, "%s", inner.text);
    }
    if (slt_data_check(data, &inner))
        return slt_rules_fail(rules, at, "%s", inner.text);
    return SLT_OK;
}

static slt_status check_other_data(const slt_rules *rules, const slt_data_spec *other)
{
    char at[SLT_NAME_MAX + 16];
    slt_batch own, shape;
    snprintf(at, sizeof at, "other_data.%s", other->name);
    slt_status status = check_data_at(rules, other, at);
    if (status)
        return status;
    slt_data_shape(&rules->spec->data, rules->spec->arithmetic, &own);
    slt_data_shape(other, rules->spec->arithmetic, &shape);
    if (!slt_batch_alike(&own, &shape))
        return slt_rules_fail(rules, at,
                              "its samples have not the inputs and the target "
                              "of those of data: names, widths, ranges, "
                              "positions");
    return SLT_OK;
}

static slt_status check_data(const slt_rules *rules)
{
    slt_status status = check_data_at(rules, &rules->spec->data, "data");
    for (size_t i = 0; i < rules->spec->other_count && !status; i++)
        status = check_other_data(rules, &rules->spec->other[i]);
    return status;
}

/* ---- weights ---------------------------------------------------------------------- */

static slt_status set_tied_shape(const slt_rules *rules, slt_model_spec *model,
                                 size_t index)
{
    slt_weight_spec *weight = &model->weights[index];
    const slt_value *map =
        slt_value_get(slt_rules_find(rules, "model.weights"), weight->name);
    if (map->count != 1)
        return slt_rules_fail_in(rules, "model.weights", weight->name,
                                 "a tied weight takes no other key: it shares all of %s",
                                 weight->tied);
    for (size_t i = 0; i < index; i++) {
        const slt_weight_spec *owner = &model->weights[i];
        if (strcmp(owner->name, weight->tied) != 0 || owner->tied[0])
            continue;
        weight->rows = owner->rows;
        weight->cols = owner->cols;
        weight->dimensions = owner->dimensions;
        memcpy(weight->axis, owner->axis, sizeof weight->axis);
        weight->trainable = owner->trainable;
        return SLT_OK;
    }
    return slt_rules_fail_in(rules, "model.weights", weight->name,
                             "expected `tied` to name an earlier weight that is not tied "
                             "itself, found '%s'",
                             weight->tied);
}

/* Replaces `inputs` in the shape by the width of x. */
static slt_status set_inputs(const slt_rules *rules, slt_weight_spec *weight)
{
    slt_batch shape;
    slt_data_shape(&rules->spec->data, rules->spec->arithmetic, &shape);
    for (int i = 0; i < weight->dimensions; i++) {
        if (weight->axis[i])
            continue;
        if (shape.input[0].arithmetic == SLT_INDEX)
            return slt_rules_fail_in(rules, "model.weights", weight->name,
                                     "shape: inputs needs data with an input x");
        weight->axis[i] =
            shape.input[0].cols / slt_positions_count(&shape.input_positions[0]);
    }
    return SLT_OK;
}

static slt_status set_shape(const slt_rules *rules, slt_weight_spec *weight)
{
    if (weight->dimensions == 0)
        return slt_rules_fail_in(rules, "model.weights", weight->name,
                                 "missing key 'shape'");
    slt_status status = set_inputs(rules, weight);
    if (status)
        return status;
    const int rest = weight->dimensions > 1; /* the first axis behind the rows */
    weight->rows = rest ? weight->axis[0] : 1;
    weight->cols = 1;
    for (int i = rest; i < weight->dimensions; i++) {
        if (weight->axis[i] > SLT_WEIGHT_ELEMENTS_MAX / weight->rows / weight->cols)
            return slt_rules_fail_in(
                rules, "model.weights", weight->name,
                "shape: %zu elements by %zu%s, at most %zu are supported",
                weight->rows * weight->cols, weight->axis[i],
                i + 1 < weight->dimensions ? " by further ones" : "",
                SLT_WEIGHT_ELEMENTS_MAX);
        weight->cols *= weight->axis[i];
    }
    return SLT_OK;
}

static slt_init_teacher teacher_of(const slt_data_spec *data)
{
    if (slt_data_terms(data))
        return (slt_init_teacher){.terms = slt_data_terms(data)};
    if (slt_data_factors(data))
        return (slt_init_teacher){.factors = slt_data_factors(data),
                                  .rank = data->rank,
                                  .inputs = data->inputs,
                                  .outputs = data->outputs};
    return (slt_init_teacher){0};
}

static slt_status check_init(const slt_rules *rules, const slt_weight_spec *weight)
{
    const slt_init_teacher teacher = teacher_of(&rules->spec->data);
    slt_error inner = {0};
    if (slt_init_check(weight, &teacher, &inner))
        return slt_rules_fail_in(rules, "model.weights", weight->name, "%s", inner.text);
    return SLT_OK;
}

static slt_status set_weights(const slt_rules *rules, slt_model_spec *model)
{
    for (size_t i = 0; i < model->weight_count; i++) {
        slt_weight_spec *weight = &model->weights[i];
        slt_status status =
            weight->tied[0] ? set_tied_shape(rules, model, i) : set_shape(rules, weight);
        if (!status && !weight->tied[0])
            status = check_init(rules, weight);
        if (status)
            return status;
    }
    return SLT_OK;
}

/* ---- metrics ---------------------------------------------------------------------- */

/* The data's own target has no name in the spec. */
static void name_target(slt_loss_spec *loss)
{
    if (strcmp(loss->target, "target") == 0)
        loss->target[0] = 0;
}

/* The place of the weight that the metric's field names; the first if it names none. */
static slt_status set_weight_of(const slt_rules *rules, const slt_metric_spec *metric,
                                const char *field, const char *name, size_t *at)
{
    const slt_model_spec *model = &rules->spec->model;
    *at = name[0] ? slt_model_weight(model, name) : 0;
    if (*at < model->weight_count || !name[0])
        return SLT_OK;
    return slt_rules_fail_in(rules, "train.metrics", metric->name,
                             "%s %s: there is no weight of that name", field, name);
}

static slt_status set_number_of_state(const slt_rules *rules, slt_metric_spec *metric)
{
    const slt_metric_type *type = slt_metric_type_of(metric);
    slt_error inner = {0};
    slt_status status =
        set_weight_of(rules, metric, "weight", metric->weight, &metric->at);
    if (!status)
        status = set_weight_of(rules, metric, "bias", metric->bias, &metric->bias_at);
    if (!status && type->fit && type->fit(metric, rules->spec, &inner))
        status =
            slt_rules_fail_in(rules, "train.metrics", metric->name, "%s", inner.text);
    return status;
}

/* Those that are losses become other losses of the model. */
static slt_status set_metrics(const slt_rules *rules, slt_train_spec *train,
                              slt_model_spec *model)
{
    slt_status status = SLT_OK;
    model->other_count = 0;
    for (size_t i = 0; i < train->metric_count && !status; i++) {
        slt_metric_spec *metric = &train->metrics[i];
        if (slt_metric_type_of(metric)->measure) {
            status = set_number_of_state(rules, metric);
            continue;
        }
        name_target(&metric->loss);
        metric->other = model->other_count++;
        model->others[metric->other] = metric->loss;
    }
    return status;
}

/* ---- the network ------------------------------------------------------------------ */

/* The name of the metric that is the model's other loss of this place. */
static const char *name_of_loss(const slt_train_spec *train, size_t other)
{
    size_t i = 0;
    while (slt_metric_type_of(&train->metrics[i])->measure ||
           train->metrics[i].other != other)
        i++;
    return train->metrics[i].name;
}

static slt_status check_net(const slt_rules *rules)
{
    const slt_run_spec *spec = rules->spec;
    slt_batch shape;
    slt_net_fault fault;
    slt_error inner = {0};
    slt_data_shape(&spec->data, spec->arithmetic, &shape);
    slt_status status =
        slt_net_check(&spec->model, &shape, spec->arithmetic, &fault, &inner);
    if (status == SLT_FORMAT && fault.part == SLT_NET_OP)
        return slt_rules_fail_item(rules, "model.ops", fault.op, "%s", inner.text);
    if (status == SLT_FORMAT && fault.part == SLT_NET_OTHER_LOSS)
        return slt_rules_fail_in(rules, "train.metrics",
                                 name_of_loss(&spec->train, fault.op), "%s", inner.text);
    if (status == SLT_FORMAT)
        return slt_rules_fail(rules, fault.part == SLT_NET_LOSS ? "model.loss" : "model",
                              "%s", inner.text);
    return status ? slt_fail(rules->walk->err, status, "%s", inner.text) : SLT_OK;
}

static slt_status check_plant(const slt_rules *rules)
{
    const slt_run_spec *spec = rules->spec;
    const char *field = "";
    slt_batch shape;
    slt_error inner = {0};
    slt_data_shape(&spec->data, spec->arithmetic, &shape);
    if (!slt_plant_check(&spec->model, &shape, spec->arithmetic, &field, &inner))
        return SLT_OK;
    char path[64];
    snprintf(path, sizeof path, "model.plant.%s", field);
    return slt_rules_fail(rules, path, "%s", inner.text);
}

/* ---- training --------------------------------------------------------------------- */

/* What `times: {from, to, ...}` stands for, and where checkpoints are then. */
static slt_status set_times(const slt_rules *rules, slt_train_spec *train)
{
    const slt_value *written = slt_value_get(rules->run, "train");
    const bool has_times = slt_optimizer_has_times(&train->optimizer);
    const char *name = slt_optimizer_of(&train->optimizer)->name;
    if (!written)
        return SLT_OK;
    if (slt_value_get(written, has_times ? "steps" : "times"))
        return slt_rules_fail(rules, has_times ? "train.steps" : "train.times",
                              "optimizer %s goes by %s", name,
                              has_times ? "times" : "steps");
    if (!slt_value_get(written, has_times ? "times" : "steps"))
        return slt_rules_fail(rules, "train", "missing key '%s': optimizer %s goes by %s",
                              has_times ? "times" : "steps", name,
                              has_times ? "times" : "steps");
    if (!has_times)
        return SLT_OK;
    if (train->every || train->at_count)
        return slt_rules_fail(rules, "train.checkpoints",
                              "there is one at each of the times: expected neither every "
                              "nor at");
    if (!slt_times_fill(&train->times))
        return slt_rules_fail(
            rules, "train.times",
            "expected ascending times, the first above 0 where they are "
            "in equal ratios, and inf only as the last");
    train->steps = train->times.count - 1;
    train->every = train->at_count = 1;
    train->at[0] = 0;
    return SLT_OK;
}

static slt_status check_batch(const slt_rules *rules, const char *path,
                              const slt_batch_spec *batch)
{
    slt_error inner = {0};
    const slt_data_spec *data = &rules->spec->data;
    if (slt_batcher_check(batch, data, slt_data_samples(data), &inner))
        return slt_rules_fail(rules, path, "%s", inner.text);
    return SLT_OK;
}

static slt_status check_schedule(const slt_rules *rules)
{
    const slt_optimizer_spec *optimizer = &rules->spec->train.optimizer;
    for (size_t i = 1; i < optimizer->schedule_count; i++)
        if (optimizer->schedule[i].from <= optimizer->schedule[i - 1].from)
            return slt_rules_fail_item(rules, "train.optimizer.schedule", i,
                                       "`from` must ascend");
    return SLT_OK;
}

static slt_status check_checkpoints(const slt_rules *rules)
{
    const slt_train_spec *train = &rules->spec->train;
    for (size_t i = 0; i < train->at_count; i++) {
        if (i && train->at[i] <= train->at[i - 1])
            return slt_rules_fail_item(rules, "train.checkpoints.at", i,
                                       "steps must ascend");
        if (train->at[i] > train->steps)
            return slt_rules_fail_item(rules, "train.checkpoints.at", i,
                                       "after the last step, %" PRIu64, train->steps);
    }
    return SLT_OK;
}

static bool is_recorded(const slt_run_spec *run, const slt_quantity *metric)
{
    slt_quantity recorded[SLT_METRICS_MAX];
    const size_t count = slt_train_recorded(run, recorded);
    for (size_t i = 0; i < count; i++)
        if (slt_quantity_equal(&recorded[i], metric))
            return true;
    return false;
}

/* The bound of the map `key` at `path`. */
static slt_status check_bound(const slt_rules *rules, const char *path, const char *key,
                              const slt_bound_spec *bound)
{
    const slt_run_spec *spec = rules->spec;
    char metric[SLT_QUANTITY_TEXT_MAX];
    if (bound->has_at_least + bound->has_above + bound->has_below != 1)
        return slt_rules_fail_in(rules, path, key,
                                 "expected one of at_least, above and below");
    if (is_recorded(spec, &bound->metric))
        return SLT_OK;
    slt_quantity_text(&bound->metric, metric);
    if (slt_metric_of_classes(&bound->metric) &&
        !slt_net_loss_classifies(spec->model.loss.op))
        return slt_rules_fail_in(rules, path, key,
                                 "%s needs a target of classes, loss %s has none", metric,
                                 spec->model.loss.op);
    if (slt_metric_of_signs(&bound->metric) && !slt_train_signs(spec))
        return slt_rules_fail_in(rules, path, key,
                                 "%s needs a loss that compares with a target of signs",
                                 metric);
    if (slt_metric_of_validation(&bound->metric) && !slt_data_validation(&spec->data))
        return slt_rules_fail_in(
            rules, path, key, "%s needs validation samples, the data have none", metric);
    return slt_rules_fail_in(rules, path, key, "train.metrics gives no %s", metric);
}

/* Why a name is not that of a mark that is known while training goes on, to be followed
 * by the name; NULL if it is. */
static const char *not_first_mark(const slt_train_spec *train, const char *name)
{
    const size_t mark = slt_mark_find(train, name);
    if (mark == train->mark_count)
        return "train.marks has no mark";
    return train->marks[mark].last ? "expected a mark with `which: first`, found" : NULL;
}

static slt_status check_stop(const slt_rules *rules)
{
    const slt_stop_spec *stop = &rules->spec->train.stop;
    const slt_bound_spec *bound = &stop->bound;
    if (!stop->given)
        return SLT_OK;
    if (stop->has_loss_below + stop->has_metric + (stop->mark[0] != 0) != 1)
        return slt_rules_fail_in(rules, "train", "stop",
                                 "expected one of loss_below, metric and mark");
    if (stop->steps && !stop->mark[0])
        return slt_rules_fail_in(rules, "train", "stop", "steps needs mark");
    if (stop->has_metric)
        return check_bound(rules, "train", "stop", bound);
    if (bound->has_at_least || bound->has_above || bound->has_below ||
        stop->checkpoints > 1)
        return slt_rules_fail_in(rules, "train", "stop",
                                 "at_least, above, below and checkpoints need metric");
    const char *wrong =
        stop->mark[0] ? not_first_mark(&rules->spec->train, stop->mark) : NULL;
    return wrong ? slt_rules_fail(rules, "train.stop.mark", "%s '%s'", wrong, stop->mark)
                 : SLT_OK;
}

static slt_status check_optimizer(const slt_rules *rules)
{
    const slt_optimizer_type *type = slt_optimizer_of(&rules->spec->train.optimizer);
    const char *field = "";
    slt_error inner = {0};
    if (type->fit && type->fit(rules->spec, &field, &inner))
        return slt_rules_fail(rules, field, "%s", inner.text);
    return check_schedule(rules);
}

static slt_status check_train(const slt_rules *rules)
{
    const slt_train_spec *train = &rules->spec->train;
    slt_status status = check_optimizer(rules);
    if (!status)
        status = check_batch(rules, "train.batch", &train->batch);
    if (!status)
        status = check_checkpoints(rules);
    if (!status)
        status = check_stop(rules);
    for (size_t i = 0; i < train->mark_count && !status; i++)
        status = check_bound(rules, "train.marks", train->marks[i].name,
                             &train->marks[i].bound);
    return status;
}

/* ---- estimates -------------------------------------------------------------------- */

static slt_status fail_no_checkpoint(const slt_rules *rules, size_t index, uint64_t step)
{
    return slt_rules_fail_item(rules, "llc", index,
                               "at: step %" PRIu64 " is no checkpoint", step);
}

/* What `at: {...}` says: a mark, or steps in equal ratios, which are made here. */
static slt_status set_estimate_at(const slt_rules *rules, size_t index, slt_llc_spec *llc)
{
    const slt_train_spec *train = &rules->spec->train;
    const slt_llc_spread *spread = &llc->spread;
    const slt_value *written =
        slt_value_get(&slt_rules_find(rules, "llc")->items[index], "at");
    const bool any = spread->from || spread->to || spread->count;
    const bool all = spread->from && spread->to && spread->count;
    if (written->kind == SLT_VALUE_MAP && (llc->at_mark[0] ? any : !all))
        return slt_rules_fail_item(rules, "llc", index,
                                   "at: expected mark, or from, to and count");
    if (llc->at_mark[0])
        llc->made_at = SLT_LLC_AT_MARK;
    if (llc->step_count || any)
        llc->made_at = SLT_LLC_AT_STEPS;
    if (!any)
        return SLT_OK;
    if (!train->every || train->every > train->steps)
        return slt_rules_fail_item(rules, "llc", index,
                                   "at: from, to and count need checkpoints.every, up to "
                                   "steps");
    if (spread->from > spread->to || spread->to > train->steps)
        return slt_rules_fail_item(
            rules, "llc", index,
            "at: expected from up to `to`, and that up to the last "
            "step, %" PRIu64,
            train->steps);
    slt_spread_steps(train->every, train->steps, llc);
    return SLT_OK;
}

/* The pull's strength is a number of its own or the prior's precision. */
static slt_status set_estimate_pull(const slt_rules *rules, size_t index,
                                    slt_llc_spec *llc)
{
    const slt_value *written = &slt_rules_find(rules, "llc")->items[index];
    const slt_prior_spec *prior = &llc->prior;
    const slt_real square = slt_real_mul(prior->gaussian, prior->gaussian);
    if (prior->given == (slt_value_get(written, "localization") != NULL))
        return slt_rules_fail_item(rules, "llc", index,
                                   "expected either localization or prior");
    if (!prior->given)
        return SLT_OK;
    if (prior->has_gaussian == prior->has_precision)
        return slt_rules_fail_item(rules, "llc", index,
                                   "prior: expected either gaussian or precision");
    llc->localization =
        prior->has_precision ? prior->precision : slt_real_div(slt_real_of(1), square);
    if (!slt_real_finite(llc->localization) ||
        !slt_real_less(slt_real_of(0), llc->localization))
        return slt_rules_fail_item(rules, "llc", index,
                                   "prior: 1 / gaussian^2 leaves the numbers of "
                                   "binary64");
    return SLT_OK;
}

static slt_status set_estimate(const slt_rules *rules, size_t index, slt_llc_spec *llc)
{
    slt_status status = set_estimate_at(rules, index, llc);
    return status ? status : set_estimate_pull(rules, index, llc);
}

static slt_status check_estimate_steps(const slt_rules *rules, size_t index)
{
    const slt_train_spec *train = &rules->spec->train;
    const slt_llc_spec *llc = &rules->spec->llc[index];
    for (size_t i = 0; i < llc->step_count; i++) {
        const slt_llc_step *at = &llc->steps[i], *before = i ? at - 1 : NULL;
        if (before && (before->last || (!at->last && before->step >= at->step)))
            return slt_rules_fail_item(rules, "llc", index,
                                       "at: steps must ascend, and `last` ends them");
        if (!at->last &&
            (at->step > train->steps || !slt_checkpoint_due(train, at->step)))
            return fail_no_checkpoint(rules, index, at->step);
    }
    return SLT_OK;
}

static slt_status check_estimate_at(const slt_rules *rules, size_t index)
{
    const slt_train_spec *train = &rules->spec->train;
    const slt_llc_spec *llc = &rules->spec->llc[index];
    uint64_t places = slt_llc_checkpoints(rules->spec, llc);
    if (llc->made_at == SLT_LLC_AT_STEP &&
        (llc->at > train->steps || !slt_checkpoint_due(train, llc->at)))
        return fail_no_checkpoint(rules, index, llc->at);
    const char *wrong =
        llc->made_at == SLT_LLC_AT_MARK ? not_first_mark(train, llc->at_mark) : NULL;
    if (wrong)
        return slt_rules_fail_item(rules, "llc", index, "at: %s '%s'", wrong,
                                   llc->at_mark);
    if (llc->made_at == SLT_LLC_AT_STEPS)
        return check_estimate_steps(rules, index);
    if (places == 0)
        return slt_rules_fail_item(rules, "llc", index,
                                   "from: after the last step, %" PRIu64, train->steps);
    if (places > SLT_LLC_CHECKPOINTS_MAX)
        return slt_rules_fail_item(rules, "llc", index,
                                   "at: %" PRIu64 " checkpoints, at most %d are "
                                   "supported",
                                   places, SLT_LLC_CHECKPOINTS_MAX);
    return SLT_OK;
}

static slt_status check_estimate_when(const slt_rules *rules, size_t index)
{
    const slt_train_spec *train = &rules->spec->train;
    const slt_llc_when *when = &rules->spec->llc[index].when;
    const char *const names[] = {when->mark, when->then};
    for (size_t i = 0; i < 2 && when->given; i++)
        if (names[i][0] && slt_mark_find(train, names[i]) == train->mark_count)
            return slt_rules_fail_item(rules, "llc", index,
                                       "when: train.marks has no mark '%s'", names[i]);
    if (when->apart && !when->then[0])
        return slt_rules_fail_item(rules, "llc", index, "when: apart needs then");
    return SLT_OK;
}

static slt_status check_estimate_probes(const slt_rules *rules, size_t index)
{
    const slt_llc_spec *llc = &rules->spec->llc[index];
    slt_error inner = {0};
    if (!llc->hessian.probes && (llc->hessian.method || llc->hessian.last))
        return slt_rules_fail_item(rules, "llc", index, "%s needs hessian_probes",
                                   llc->hessian.method ? "hessian_method"
                                                       : "hessian_batch");
    if (llc->hessian.method == SLT_HESSIAN_EXACT &&
        slt_second_check(&rules->spec->model, &inner))
        return slt_rules_fail_item(rules, "llc", index, "hessian_method: %s", inner.text);
    return SLT_OK;
}

/* The samples of the loss, and the batches taken of them. */
static slt_status check_estimate_samples(const slt_rules *rules, size_t index)
{
    const slt_llc_spec *llc = &rules->spec->llc[index];
    const slt_data_spec *data = &rules->spec->data;
    const size_t samples = slt_llc_samples(llc, rules->spec);
    const bool batch = llc->nbeta_of == SLT_NBETA_BATCH;
    const bool stream = llc->batch.order == SLT_BATCH_STREAM;
    slt_error inner = {0};
    if (llc->loss_on == SLT_LOSS_ON_OTHER &&
        slt_llc_other(llc, rules->spec) == rules->spec->other_count)
        return slt_rules_fail_item(rules, "llc", index, "loss_on: other_data has no '%s'",
                                   llc->other);
    if (llc->loss_on == SLT_LOSS_ON_VALIDATION && !samples)
        return slt_rules_fail_item(rules, "llc", index,
                                   "loss_on: validation: the data have no samples for "
                                   "validation");
    if (llc->loss_on && stream)
        return slt_rules_fail_item(rules, "llc", index,
                                   "batch: samples of order stream are none of %s: "
                                   "expected another order, or loss_on: train",
                                   llc->other[0] ? llc->other : "those for validation");
    if (slt_batcher_check(&llc->batch, data, samples, &inner))
        return slt_rules_fail_item(rules, "llc", index, "batch: %s", inner.text);
    if (stream && llc->losses_full != (llc->init_loss == SLT_INIT_LOSS_FULL))
        return slt_rules_fail_item(
            rules, "llc", index,
            "batch: samples of order stream are others than those of the data: expected "
            "loss: full with init_loss: full, or loss: batch with init_loss: batches");
    if (llc->nbeta_of && slt_llc_nbeta_samples(llc, samples) < 2)
        return slt_rules_fail_item(
            rules, "llc", index, "nbeta: %s needs at least 2 samples%s",
            batch ? "batch/ln(batch)" : "n/ln(n)", batch ? " in a batch" : "");
    return SLT_OK;
}

static slt_status check_estimate_observables(const slt_rules *rules, size_t index)
{
    slt_error inner = {0};
    const slt_llc_spec *llc = &rules->spec->llc[index];
    const slt_observables_spec *asked = &llc->observables;
    if (asked->any && !asked->given && !asked->energies)
        return slt_rules_fail_item(rules, "llc", index,
                                   "observables: expected losses, or energy: true");
    if (asked->energies && !slt_sampler_of(llc)->trajectory)
        return slt_rules_fail_item(
            rules, "llc", index,
            "observables: energy: only with sampler: hmc: steps of %s are no "
            "trajectories, which keep the energy that a new momentum gives",
            slt_sampler_title(llc->sampler));
    if (asked->energies && !llc->num_burnin_steps)
        return slt_rules_fail_item(rules, "llc", index,
                                   "observables: energy: no trajectory leads to the "
                                   "first draw: set num_burnin_steps");
    if (!slt_observe_check(&rules->spec->llc[index], rules->spec, &inner))
        return SLT_OK;
    return slt_rules_fail_item(rules, "llc", index, "observables.%s", inner.text);
}

static slt_status check_estimate(const slt_rules *rules, size_t index)
{
    const slt_run_spec *spec = rules->spec;
    const slt_llc_spec *llc = &spec->llc[index];
    slt_error inner = {0};
    slt_status status = check_estimate_at(rules, index);
    if (!status)
        status = check_estimate_when(rules, index);
    if (!status)
        status = slt_rules_check_restrict(rules, index);
    if (!status)
        status = check_estimate_probes(rules, index);
    if (status)
        return status;
    if (llc->has_box && (llc->orthogonal || llc->mala_acceptance))
        return slt_rules_fail_item(rules, "llc", index, "bounding_box: not with %s",
                                   llc->orthogonal ? "a hyperplane, which it would leave"
                                                   : "mala_acceptance, which is of steps "
                                                     "that are not moved back");
    if (!slt_llc_noise_is_whole(llc) && (llc->stein || slt_sampler_accepts(llc)))
        return slt_rules_fail_item(rules, "llc", index,
                                   "noise_level: expected 1 where %s: it is of the "
                                   "posterior at nbeta",
                                   llc->stein ? "stein is recorded"
                                              : "steps are accepted or not");
    if (slt_llc_updates(llc) > SLT_UPDATES_MAX)
        return slt_rules_fail_item(rules, "llc", index,
                                   "more than 4294967295 updates: num_burnin_steps + "
                                   "(num_draws - 1) num_steps_bw_draws");
    status = check_estimate_samples(rules, index);
    if (!status)
        status = check_estimate_observables(rules, index);
    if (status)
        return status;
    const slt_sampler_type *sampler = slt_sampler_of(llc);
    if (sampler->fit && sampler->fit(llc, spec->arithmetic, &inner))
        return slt_rules_fail_item(rules, "llc", index, "%s", inner.text);
    const slt_real nbeta = slt_llc_nbeta(llc, slt_llc_samples(llc, spec));
    if (slt_tempering_check(llc, spec->arithmetic, nbeta, &inner))
        return slt_rules_fail_item(rules, "llc", index, "%s", inner.text);
    return SLT_OK;
}

static slt_status check_estimates(const slt_rules *rules)
{
    slt_status status = SLT_OK;
    for (size_t i = 0;
         i < rules->spec->llc_count && slt_schema_goes_on(rules->walk, status); i++)
        status = slt_status_worse(status, check_estimate(rules, i));
    return status;
}

/* ---- trials ----------------------------------------------------------------------- */

static slt_status check_tally(const slt_rules *rules, const slt_tally_spec *tally)
{
    const slt_run_spec *spec = rules->spec;
    char of[SLT_QUANTITY_TEXT_MAX];
    slt_error inner = {0};
    slt_quantity_text(&tally->of, of);
    if (slt_quantity_is_metric(&tally->of) && !is_recorded(spec, &tally->of))
        return slt_rules_fail_in(rules, "trials.tally", tally->name,
                                 "of: checkpoints of this run have no %s", of);
    if (tally->of.kind == SLT_QUANTITY_MARK &&
        slt_mark_find(&spec->train, tally->of.name) == spec->train.mark_count)
        return slt_rules_fail_in(rules, "trials.tally", tally->name,
                                 "of: train.marks has no mark '%s'", tally->of.name);
    if (tally->since[0] &&
        slt_mark_find(&spec->train, tally->since) == spec->train.mark_count)
        return slt_rules_fail_in(rules, "trials.tally", tally->name,
                                 "since: train.marks has no mark '%s'", tally->since);
    if (slt_tally_fit(tally, spec, &inner))
        return slt_rules_fail_in(rules, "trials.tally", tally->name, "%s", inner.text);
    return SLT_OK;
}

/* Initial values with draws of their own at c1 = 1, where the second trial's stand. */
static slt_status check_trial_draws(const slt_rules *rules)
{
    const slt_model_spec *model = &rules->spec->model;
    for (size_t i = 0; i < model->weight_count; i++)
        if (!model->weights[i].tied[0] && slt_init_draws_apart(&model->weights[i].init))
            return slt_rules_fail(rules, "trials.over",
                                  "expected data: weight %s is drawn from two streams, "
                                  "which trials would share",
                                  model->weights[i].name);
    return SLT_OK;
}

static slt_status check_trials(const slt_rules *rules)
{
    const slt_run_spec *spec = rules->spec;
    const slt_trials_spec *trials = &spec->trials;
    slt_tally_layout layout;
    slt_error inner = {0};
    slt_status status = SLT_OK;
    if (!trials->count)
        return SLT_OK;
    if (spec->llc_count)
        return slt_rules_fail(rules, "llc", "a run with trials makes no estimates");
    if (spec->train.state != SLT_STATE_NONE || spec->train.state_every)
        return slt_rules_fail(rules, "train.checkpoints.state",
                              "expected none: a run with trials holds no states");
    if ((trials->count - 1) / trials->block >= SLT_TRIALS_BLOCKS_MAX)
        return slt_rules_fail(
            rules, "trials.block", "expected at most %" PRIu64 " blocks, found %" PRIu64,
            SLT_TRIALS_BLOCKS_MAX, (trials->count - 1) / trials->block + 1);
    if (trials->over != SLT_TRIALS_DATA)
        status = check_trial_draws(rules);
    for (size_t i = 0; i < trials->tally_count && !status; i++)
        status = check_tally(rules, &trials->tally[i]);
    if (!status && slt_tally_layout_of(spec, &layout, &inner))
        status = slt_rules_fail(rules, "trials.tally", "%s", inner.text);
    return status;
}

slt_status slt_rules_fill(const slt_schema_walk *walk, const slt_value *run,
                          slt_run_spec *spec)
{
    const slt_rules rules = {walk, run, spec};
    slt_schema_fill(walk, &slt_schema_run, run, spec);
    name_target(&spec->model.loss);
    slt_status status = check_data(&rules);
    if (!status)
        status = set_times(&rules, &spec->train);
    for (size_t i = 0; i < spec->llc_count && !status; i++)
        status = set_estimate(&rules, i, &spec->llc[i]);
    if (status)
        return status;
    status = set_weights(&rules, &spec->model);
    if (!status)
        status = slt_rules_check_blocks(&rules);
    if (!status)
        status = set_metrics(&rules, &spec->train, &spec->model);
    if (!status)
        status = check_net(&rules);
    if (!status)
        status = check_plant(&rules);
    if (slt_schema_goes_on(walk, status))
        status = slt_status_worse(status, check_train(&rules));
    if (slt_schema_goes_on(walk, status))
        status = slt_status_worse(status, check_estimates(&rules));
    if (slt_schema_goes_on(walk, status))
        status = slt_status_worse(status, check_trials(&rules));
    return status;
}
