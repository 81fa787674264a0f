#include "learn/train.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/world.h"
#include "learn/metric.h"
#include "learn/optimizer.h"
#include "net/init.h"
#include "net/plant.h"
#include "num/math.h"
#include "num/ops.h"
#include "num/scalar.h"

struct slt_trainer {
    const slt_run_spec *run;
    slt_data data;
    slt_data other[SLT_OTHER_DATA_MAX];
    slt_net *net; /* sees batches and, for metrics, the full data */
    slt_batcher *batcher;
    slt_params gradient;
    slt_params first;                  /* of a path: its first weights */
    void *path;                        /* of an optimiser that goes by times; else NULL */
    uint32_t path_trial;               /* whose it is */
    void *rooms[SLT_METRIC_SPECS_MAX]; /* of the metrics of the state */
    char overflowed[SLT_STATE_NAME_MAX];
};

slt_net_rows slt_trainer_rows(const slt_run_spec *run)
{
    const size_t samples = slt_data_samples(&run->data);
    const size_t validation = slt_data_validation(&run->data);
    const bool steps =
        run->train.steps && !slt_optimizer_has_times(&run->train.optimizer);
    return (slt_net_rows){
        .gradient = steps ? slt_batcher_rows_max(&run->train.batch, samples) : 0,
        .loss = samples > validation ? samples : validation};
}

/* ---- The first weights ------------------------------------------------------------- */

static slt_status check_first_values(const slt_run_spec *run, const slt_params *weights,
                                     slt_error *err)
{
    for (size_t i = 0; i < weights->count; i++) {
        if (!slt_num_finite(&weights->tensor[i]))
            return slt_fail(
                err, SLT_FORMAT, "weight %s: an initial value does not fit into %s",
                run->model.weights[i].name, slt_arithmetic_name(run->arithmetic));
    }
    return SLT_OK;
}

static slt_status trainer_begin(const slt_trainer *trainer, slt_params *weights,
                                slt_error *err)
{
    const slt_run_spec *run = trainer->run;
    const slt_init_source source = {
        .seed = slt_run_init_seed(run),
        .teacher = trainer->data.teacher[0].data ? trainer->data.teacher : NULL,
        .factors = slt_data_factors(&run->data),
        .folder = run->folder};
    slt_status status = slt_params_init(&run->model, &source, weights, err);
    if (status == SLT_OK)
        status = slt_plant(&run->model, &source, &trainer->data.train, weights, err);
    return status ? status : check_first_values(run, weights, err);
}

/* Goes to a time of the path; whether the weights are finite there. */
static bool trainer_reach(slt_trainer *trainer, slt_real time, slt_params *weights)
{
    return slt_optimizer_of(&trainer->run->train.optimizer)
        ->reach(trainer->path, time, weights);
}

static slt_status trainer_make_path(slt_trainer *trainer, slt_error *err)
{
    const slt_run_spec *run = trainer->run;
    trainer->path_trial = run->trial;
    slt_status status = SLT_OK;
    if (!trainer->first.count)
        status = slt_params_create(&run->model, run->arithmetic, &trainer->first, err);
    if (!status)
        status = trainer_begin(trainer, &trainer->first, err);
    if (!status)
        status = slt_optimizer_of(&run->train.optimizer)
                     ->make(run, &trainer->data, &trainer->first, &trainer->path, err);
    return status;
}

/* A path belongs to the first weights of one trial. */
slt_status slt_state_init(slt_trainer *trainer, slt_state *state, slt_error *err)
{
    slt_status status = SLT_OK;
    if (!slt_optimizer_has_times(&trainer->run->train.optimizer))
        return trainer_begin(trainer, &state->weights, err);
    if (trainer->path_trial != trainer->run->trial)
        status = trainer_make_path(trainer, err);
    if (status)
        return status;
    slt_params_copy(&state->weights, &trainer->first);
    trainer_reach(trainer, trainer->run->train.times.list[0].at, &state->weights);
    return SLT_OK;
}

/* ---- Making one -------------------------------------------------------------------- */

/* Draws the data and makes what is made of them. */
static slt_status trainer_draw(slt_trainer *trainer, slt_error *err)
{
    const slt_run_spec *run = trainer->run;
    slt_status status = slt_data_make(&run->data, run->folder, run->arithmetic,
                                      slt_run_data_seed(run), &trainer->data, err);
    for (size_t i = 0; i < run->other_count && !status; i++)
        status = slt_data_make(&run->other[i], run->folder, run->arithmetic,
                               slt_run_data_seed(run), &trainer->other[i], err);
    trainer->data.other = trainer->other;
    if (!status)
        status = slt_batcher_create(&run->train.batch, &trainer->data, run->seed,
                                    SLT_DRAW_BATCH, 0, 0, &trainer->batcher, err);
    for (size_t i = 0; i < run->train.metric_count && !status; i++) {
        const slt_metric_spec *spec = &run->train.metrics[i];
        const slt_metric_type *type = slt_metric_type_of(spec);
        if (type->make)
            status = type->make(spec, run, &trainer->data, &trainer->rooms[i], err);
    }
    if (!status && slt_optimizer_has_times(&run->train.optimizer))
        status = trainer_make_path(trainer, err);
    return status;
}

static void trainer_drop(slt_trainer *trainer)
{
    for (size_t i = 0; i < SLT_METRIC_SPECS_MAX; i++)
        if (trainer->rooms[i])
            slt_metric_type_of(&trainer->run->train.metrics[i])->drop(trainer->rooms[i]);
    memset(trainer->rooms, 0, sizeof trainer->rooms);
    slt_batcher_free(trainer->batcher);
    trainer->batcher = NULL;
    for (size_t i = 0; i < SLT_OTHER_DATA_MAX; i++)
        slt_data_free(&trainer->other[i]);
    slt_data_free(&trainer->data);
}

slt_status slt_trainer_redraw(slt_trainer *trainer, slt_error *err)
{
    trainer_drop(trainer);
    return trainer_draw(trainer, err);
}

static slt_status trainer_fill(slt_trainer *trainer, slt_error *err)
{
    const slt_run_spec *run = trainer->run;
    slt_status status = trainer_draw(trainer, err);
    if (!status)
        status =
            slt_net_create_rows(&run->model, &trainer->data.train, slt_trainer_rows(run),
                                run->arithmetic, &trainer->net, err);
    if (!status)
        status = slt_params_create(&run->model, run->arithmetic, &trainer->gradient, err);
    return status;
}

slt_status slt_trainer_create(const slt_run_spec *run, slt_trainer **trainer,
                              slt_error *err)
{
    slt_trainer *made = slt_world.calloc(1, sizeof *made);
    *trainer = NULL;
    if (!made)
        return slt_fail(err, SLT_RESOURCE, "no memory for a trainer");
    made->run = run;
    slt_status status = trainer_fill(made, err);
    if (status)
        slt_trainer_free(made);
    else
        *trainer = made;
    return status;
}

void slt_trainer_share(slt_trainer *trainer, slt_pool *pool)
{
    slt_net_share(trainer->net, pool);
}

void slt_trainer_free(slt_trainer *trainer)
{
    if (!trainer)
        return;
    if (trainer->path)
        slt_optimizer_of(&trainer->run->train.optimizer)->drop(trainer->path);
    trainer_drop(trainer);
    slt_params_free(&trainer->first);
    slt_params_free(&trainer->gradient);
    slt_net_free(trainer->net);
    free(trainer);
}

const slt_data *slt_trainer_data(const slt_trainer *trainer)
{
    return &trainer->data;
}

const slt_run_spec *slt_trainer_run(const slt_trainer *trainer)
{
    return trainer->run;
}

slt_batcher *slt_trainer_batcher(slt_trainer *trainer)
{
    return trainer->batcher;
}

const char *slt_trainer_overflowed(const slt_trainer *trainer)
{
    return trainer->overflowed;
}

/* How an update that left the representable numbers ends the run; in fixed point the
 * first tensor that overflowed is named. */
static slt_step_result update_failed(slt_trainer *trainer, const slt_state *state)
{
    slt_tensor_walk at =
        slt_tensors_of(&trainer->run->model, &state->weights, &state->slots);
    while (slt_tensors_next(&at))
        if (at.tensor->overflow) {
            snprintf(trainer->overflowed, sizeof trainer->overflowed, "%s", at.name);
            return SLT_STEP_OVERFLOW;
        }
    return SLT_STEP_DIVERGED;
}

/* Whether a number made by the net may be used. */
static slt_step_result judge_value(slt_trainer *trainer, slt_real value)
{
    char name[SLT_NAME_MAX];
    if (trainer->run->arithmetic == SLT_FIXED && slt_net_overflowed(trainer->net, name)) {
        snprintf(trainer->overflowed, sizeof trainer->overflowed, "%s", name);
        return SLT_STEP_OVERFLOW;
    }
    return slt_real_finite(value) ? SLT_STEP_MORE : SLT_STEP_DIVERGED;
}

static bool stops(const slt_stop_spec *stop, uint64_t step, slt_real loss)
{
    return stop->has_loss_below && step >= stop->after &&
           slt_real_less(loss, stop->loss_below);
}

/* The next checkpoint of a path. */
static bool trainer_go_on(slt_trainer *trainer, slt_state *state)
{
    const slt_times *times = &trainer->run->train.times;
    SLT_ASSERT(state->step + 1 < times->count);
    if (!trainer_reach(trainer, times->list[state->step + 1].at, &state->weights))
        return false;
    state->step++;
    return true;
}

slt_step_result slt_train_step(slt_trainer *trainer, slt_state *state, slt_real *loss)
{
    const slt_train_spec *train = &trainer->run->train;
    SLT_ASSERT(state->step < SLT_UPDATES_MAX);
    *loss = trainer->path
                ? slt_net_loss(trainer->net, &state->weights, &trainer->data.train)
                : slt_net_gradient(trainer->net, &state->weights,
                                   slt_batcher_at(trainer->batcher, state->step),
                                   &trainer->gradient);
    slt_step_result result = judge_value(trainer, *loss);
    if (result != SLT_STEP_MORE)
        return result;
    if (stops(&train->stop, state->step, *loss))
        return SLT_STEP_STOPPED;
    if (!(trainer->path
              ? trainer_go_on(trainer, state)
              : slt_optimizer_update(&train->optimizer, &trainer->gradient, state)))
        return update_failed(trainer, state);
    return SLT_STEP_MORE;
}

/* ---- Metrics ----------------------------------------------------------------------- */

bool slt_train_signs(const slt_run_spec *run)
{
    return slt_data_signs(&run->data) && !run->model.loss.target[0] &&
           !slt_net_loss_classifies(run->model.loss.op);
}

size_t slt_train_recorded(const slt_run_spec *run, slt_quantity metrics[SLT_METRICS_MAX])
{
    static const slt_quantity_kind own[] = {
        SLT_QUANTITY_LOSS,     SLT_QUANTITY_ACCURACY,     SLT_QUANTITY_ERROR,
        SLT_QUANTITY_VAL_LOSS, SLT_QUANTITY_VAL_ACCURACY, SLT_QUANTITY_VAL_ERROR};
    const bool classes = slt_net_loss_classifies(run->model.loss.op);
    const bool signs = slt_train_signs(run);
    const bool validation = slt_data_validation(&run->data) > 0;
    size_t count = 0;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        const slt_quantity metric = {.kind = own[i]};
        if ((classes || !slt_metric_of_classes(&metric)) &&
            (signs || !slt_metric_of_signs(&metric)) &&
            (validation || !slt_metric_of_validation(&metric)))
            metrics[count++] = metric;
    }
    for (size_t i = 0; i < run->train.metric_count; i++) {
        const slt_metric_spec *spec = &run->train.metrics[i];
        metrics[count++] = slt_quantity_named(SLT_QUANTITY_METRIC, spec->name);
        if (validation && !slt_metric_type_of(spec)->measure)
            metrics[count++] = slt_quantity_named(SLT_QUANTITY_VAL_METRIC, spec->name);
    }
    return count;
}

/* Sets the value of a metric that the run records. */
static slt_step_result set_metric(slt_trainer *trainer, slt_quantity metric,
                                  slt_real value, slt_metrics *metrics)
{
    size_t at = 0;
    while (!slt_quantity_equal(&metrics->list[at].quantity, &metric))
        at++;
    SLT_ASSERT(at < metrics->count);
    metrics->list[at].value = value;
    return judge_value(trainer, value);
}

/* Losses and accuracy or error on one set of samples, by one forward pass. */
static slt_step_result set_losses(slt_trainer *trainer, const slt_state *state,
                                  bool validation, slt_metrics *metrics)
{
    static const slt_quantity_kind kinds[2][4] = {
        {SLT_QUANTITY_LOSS, SLT_QUANTITY_ACCURACY, SLT_QUANTITY_METRIC,
         SLT_QUANTITY_ERROR},
        {SLT_QUANTITY_VAL_LOSS, SLT_QUANTITY_VAL_ACCURACY, SLT_QUANTITY_VAL_METRIC,
         SLT_QUANTITY_VAL_ERROR}};
    const slt_quantity_kind *kind = kinds[validation];
    const slt_train_spec *train = &trainer->run->train;
    slt_net *net = trainer->net;
    slt_real value =
        slt_net_loss(net, &state->weights,
                     validation ? &trainer->data.validation : &trainer->data.train);
    slt_step_result result =
        set_metric(trainer, (slt_quantity){.kind = kind[0]}, value, metrics);
    if (result == SLT_STEP_MORE && slt_net_classifies(net))
        result = set_metric(trainer, (slt_quantity){.kind = kind[1]},
                            slt_net_accuracy(net), metrics);
    if (result == SLT_STEP_MORE && slt_train_signs(trainer->run))
        result = set_metric(trainer, (slt_quantity){.kind = kind[3]},
                            slt_net_sign_error(net), metrics);
    for (size_t i = 0; i < train->metric_count && result == SLT_STEP_MORE; i++) {
        const slt_metric_spec *spec = &train->metrics[i];
        if (!slt_metric_type_of(spec)->measure)
            result = set_metric(trainer, slt_quantity_named(kind[2], spec->name),
                                slt_net_other_loss(net, spec->other), metrics);
    }
    return result;
}

static slt_step_result set_numbers_of_state(slt_trainer *trainer, const slt_state *state,
                                            slt_metrics *metrics)
{
    const slt_run_spec *run = trainer->run;
    slt_step_result result = SLT_STEP_MORE;
    for (size_t i = 0; i < run->train.metric_count && result == SLT_STEP_MORE; i++) {
        const slt_metric_spec *spec = &run->train.metrics[i];
        const slt_metric_type *type = slt_metric_type_of(spec);
        if (!type->measure)
            continue;
        slt_num_integers_alone(run->arithmetic == SLT_FIXED);
        const slt_real number =
            type->measure(spec, &state->weights, state->step, trainer->rooms[i]);
        slt_num_integers_alone(false);
        result = set_metric(trainer, slt_quantity_named(SLT_QUANTITY_METRIC, spec->name),
                            number, metrics);
    }
    return result;
}

slt_step_result slt_train_metrics(slt_trainer *trainer, const slt_state *state,
                                  slt_metrics *metrics)
{
    slt_quantity recorded[SLT_METRICS_MAX];
    memset(metrics, 0, sizeof *metrics);
    metrics->count = slt_train_recorded(trainer->run, recorded);
    for (size_t i = 0; i < metrics->count; i++)
        metrics->list[i] = (slt_result){recorded[i], slt_real_absent()};
    slt_step_result result = set_losses(trainer, state, false, metrics);
    if (result == SLT_STEP_MORE && trainer->data.validation.rows)
        result = set_losses(trainer, state, true, metrics);
    if (result == SLT_STEP_MORE)
        result = set_numbers_of_state(trainer, state, metrics);
    return result;
}

/* ---- Crossings --------------------------------------------------------------------- */

/* A bracket that is being narrowed, and a state to look at its inside by. */
typedef struct crossing {
    slt_trainer *trainer;
    const slt_mark_spec *mark;
    slt_mark_bracket bracket;
    slt_state *state;
    bool lost; /* a time could not be reached */
} crossing;

/* Whether the mark's bound holds at a time. */
static bool crossing_holds(crossing *c, slt_real time)
{
    slt_metrics metrics;
    c->lost = c->lost || !trainer_reach(c->trainer, time, &c->state->weights);
    return !c->lost &&
           slt_train_metrics(c->trainer, c->state, &metrics) == SLT_STEP_MORE &&
           slt_bound_met(&c->mark->bound, &metrics);
}

/* A finite time before the end point, found by doubling, at which the bound is what it is
 * there; false where there is none. */
static bool crossing_end(crossing *c)
{
    const slt_real one = slt_real_of(1);
    slt_real time = c->bracket.from;
    for (;;) {
        time = slt_real_add(time, slt_real_less(time, one) ? one : time);
        if (!slt_real_finite(time))
            return false;
        if (crossing_holds(c, time) == c->bracket.rises || c->lost)
            break;
        c->bracket.from = time;
    }
    c->bracket.to = time;
    return !c->lost;
}

/* The end of the narrow bracket at which the bound holds. */
static slt_real crossing_find(crossing *c)
{
    slt_mark_bracket *b = &c->bracket;
    static const slt_real half = {UINT64_C(0x3fe0000000000000)};
    for (;;) {
        const slt_real wide = slt_real_sub(b->to, b->from);
        const slt_real middle = slt_real_fma(wide, half, b->from);
        if (!slt_real_less(slt_real_mul(c->mark->width, b->to), wide) ||
            middle.bits == b->from.bits || middle.bits == b->to.bits)
            return b->rises ? b->to : b->from;
        if (crossing_holds(c, middle) == b->rises)
            b->to = middle;
        else
            b->from = middle;
    }
}

static void trainer_cross(slt_trainer *trainer, const slt_marks *marks, uint64_t last,
                          slt_state *state, slt_mark_values *values)
{
    const slt_train_spec *train = &trainer->run->train;
    for (size_t i = 0; i < train->mark_count; i++) {
        crossing c = {.trainer = trainer, .mark = &train->marks[i], .state = state};
        values->has[i] = slt_mark_bracket_of(train, marks, i, last, &c.bracket) &&
                         slt_real_finite(c.bracket.from) &&
                         trainer_reach(trainer, c.bracket.from, &state->weights) &&
                         (slt_real_finite(c.bracket.to) || crossing_end(&c));
        if (values->has[i])
            values->value[i] = crossing_find(&c);
        values->has[i] = values->has[i] && !c.lost;
    }
}

slt_status slt_train_marks(slt_trainer *trainer, const slt_marks *marks, uint64_t last,
                           slt_mark_values *values, slt_error *err)
{
    slt_state state;
    *values = slt_mark_steps(&trainer->run->train, marks);
    if (!trainer->path)
        return SLT_OK;
    slt_status status = slt_state_create(trainer->run, &state, err);
    if (status)
        return status;
    slt_params_copy(&state.weights, &trainer->first);
    trainer_cross(trainer, marks, last, &state, values);
    slt_state_free(&state);
    return SLT_OK;
}
