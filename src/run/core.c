/* One run in memory, for callers that have no use for files: each call is one of the
 * functions that `sltrace run` makes its numbers by. */
#include "run/core.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/version.h>

#include "base/fpenv.h"
#include "base/world.h"
#include "num/math.h"

/* ---- Options ----------------------------------------------------------------------- */

void slt_core_options_init(slt_core_options *options, size_t size)
{
    static const slt_core_options defaults = {.jobs = 1};
    memset(options, 0, size);
    memcpy(options, &defaults, size < sizeof defaults ? size : sizeof defaults);
    memcpy(options, &size, size < sizeof size ? size : sizeof size);
}

/* The options of a caller that was compiled with another version: what it does not know
 * is as by default, and what is unknown here must be. */
static slt_status core_take_options(const slt_core_options *given,
                                    slt_core_options *taken, slt_error *err)
{
    slt_core_options_init(taken, sizeof *taken);
    if (!given)
        return SLT_OK;
    if (given->size < sizeof given->size)
        return slt_fail(err, SLT_USAGE,
                        "core options: size is %zu; slt_core_defaults sets it",
                        given->size);
    const uint8_t *bytes = (const uint8_t *)given;
    for (size_t i = sizeof *taken; i < given->size; i++)
        if (bytes[i])
            return slt_fail(
                err, SLT_USAGE,
                "core options: those of a later version are given; this is %s",
                slt_version());
    memcpy(taken, given, given->size < sizeof *taken ? given->size : sizeof *taken);
    taken->jobs = taken->jobs ? taken->jobs : 1;
    return SLT_OK;
}

/* ---- Making one -------------------------------------------------------------------- */

void slt_core_free(slt_core *core)
{
    if (!core)
        return;
    slt_second_free(core->second);
    slt_net_free(core->net);
    slt_trainer_free(core->trainer);
    slt_state_free(&core->state);
    slt_params_free(&core->first);
    slt_params_free(&core->second_params);
    slt_pool_free(core->pool);
    free(core->spec);
    slt_manifest_free(core->manifest);
    free(core);
}

static slt_status core_take_run(slt_core *core, slt_error *err)
{
    core->spec = slt_run_spec_create();
    if (!core->spec)
        return slt_fail(err, SLT_RESOURCE, "no memory for a run");
    slt_status status =
        slt_manifest_run(core->manifest, core->options.run, core->spec, err);
    if (!status && core->spec->trials.count)
        status = slt_fail(err, SLT_USAGE, "%s: a run of trials has no weights of its own",
                          slt_manifest_path(core->manifest));
    return status ? status : slt_num_available(core->spec->arithmetic, err);
}

static slt_status core_fill(slt_core *core, slt_error *err)
{
    const slt_run_spec *run = core->spec;
    slt_status status = slt_pool_create(core->options.jobs, &core->pool, err);
    if (!status && run->arithmetic != SLT_FIXED)
        status = slt_pool_fpenv(core->pool, err);
    if (!status)
        status = slt_trainer_create(run, &core->trainer, err);
    if (status)
        return status;
    core->data = slt_trainer_data(core->trainer);
    slt_trainer_share(core->trainer, core->pool);
    const size_t training = core->data->train.rows, other = core->data->validation.rows;
    const slt_net_rows rows = {training, training > other ? training : other};
    status = slt_net_create_rows(&run->model, &core->data->train, rows, run->arithmetic,
                                 &core->net, err);
    if (!status)
        status = slt_state_create(run, &core->state, err);
    if (!status)
        status = slt_params_create(&run->model, run->arithmetic, &core->first, err);
    if (!status)
        status =
            slt_params_create(&run->model, run->arithmetic, &core->second_params, err);
    if (!status)
        status = slt_state_init(core->trainer, &core->state, err);
    if (status)
        return status;
    slt_net_share(core->net, core->pool);
    for (size_t i = 0; i < core->state.weights.count; i++)
        if (slt_params_moves(&core->state.weights, i))
            core->parameters += slt_tensor_count(&core->state.weights.tensor[i]);
    return SLT_OK;
}

/* Takes the manifest, whatever comes of it. */
static slt_status core_make(slt_manifest *manifest, const slt_core_options *options,
                            slt_core **core, slt_error *err)
{
    slt_core *made = slt_world.calloc(1, sizeof *made);
    if (!made) {
        slt_manifest_free(manifest);
        return slt_fail(err, SLT_RESOURCE, "no memory for a core");
    }
    made->manifest = manifest;
    made->options = *options;
    slt_status status = core_take_run(made, err);
    if (!status)
        status = core_fill(made, err);
    if (status)
        slt_core_free(made);
    else
        *core = made;
    return status;
}

slt_status slt_core_create(const char *text, size_t size, const slt_core_options *options,
                           slt_core **core, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_core_options taken;
    slt_manifest *manifest = NULL;
    if (!core || !text)
        return slt_fail(err, SLT_USAGE,
                        "slt_core_create: expected a manifest's text and "
                        "where the core goes, found NULL");
    *core = NULL;
    slt_status status = core_take_options(options, &taken, err);
    if (!status)
        status = slt_manifest_parse(text, size, taken.path ? taken.path : "manifest",
                                    &manifest, err);
    return status ? status : core_make(manifest, &taken, core, err);
}

slt_status slt_core_open(const char *path, const slt_core_options *options,
                         slt_core **core, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_core_options taken;
    slt_manifest *manifest = NULL;
    if (!core || !path)
        return slt_fail(err, SLT_USAGE,
                        "slt_core_open: expected a manifest's path and "
                        "where the core goes, found NULL");
    *core = NULL;
    slt_status status = core_take_options(options, &taken, err);
    if (!status)
        status = slt_manifest_open(path, &manifest, err);
    return status ? status : core_make(manifest, &taken, core, err);
}

/* ---- Weights ----------------------------------------------------------------------- */

slt_status slt_core_check(const slt_core *core, const char *call, slt_error *err)
{
    if (!core)
        return slt_fail(err, SLT_USAGE, "%s: expected a core, found NULL", call);
    if (core->lost)
        return slt_fail(err, SLT_USAGE,
                        "%s: an update left the representable numbers; slt_core_reset "
                        "goes back to the first weights",
                        call);
    return SLT_OK;
}

static slt_status core_check_vector(const slt_core *core, const void *values,
                                    size_t count, const char *call, slt_error *err)
{
    slt_status status = slt_core_check(core, call, err);
    if (status)
        return status;
    if (!values || count != core->parameters)
        return slt_fail(err, SLT_USAGE,
                        "%s: expected a vector of all %zu parameters, found %s of %zu",
                        call, core->parameters, values ? "one" : "NULL", count);
    return SLT_OK;
}

void slt_core_read(const slt_params *params, void *numbers)
{
    uint8_t *to = numbers;
    for (size_t i = 0; i < params->count; i++) {
        const slt_tensor *tensor = &params->tensor[i];
        for (size_t e = 0; slt_params_moves(params, i) && e < slt_tensor_count(tensor);
             e++, to += sizeof(slt_real)) {
            const slt_real number = slt_tensor_get(tensor, e);
            memcpy(to, &number, sizeof number);
        }
    }
}

/* SLT_USAGE where a number does not fit, with some elements written. */
static slt_status core_put(slt_tensor *tensor, const double *values, const char *name,
                           const char *call, slt_error *err)
{
    for (size_t e = 0; e < slt_tensor_count(tensor); e++) {
        slt_tensor_set(tensor, e, slt_real_of(values[e]));
        if (!tensor->overflow && slt_real_finite(slt_tensor_get(tensor, e)))
            continue;
        tensor->overflow = false;
        return slt_fail(err, SLT_USAGE, "%s: element %zu of %s, %g, does not fit into %s",
                        call, e, name, values[e],
                        slt_arithmetic_name(tensor->arithmetic));
    }
    return SLT_OK;
}

static slt_status core_write(const slt_core *core, const double *values,
                             slt_params *params, const char *call, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0, at = 0; i < params->count && !status; i++) {
        if (!slt_params_moves(params, i))
            continue;
        slt_tensor *tensor = &params->tensor[i];
        if (tensor->arithmetic == SLT_FIXED)
            tensor->frac = core->state.weights.tensor[i].frac;
        status =
            core_put(tensor, values + at, core->spec->model.weights[i].name, call, err);
        at += slt_tensor_count(tensor);
    }
    slt_params_share(params);
    return status;
}

size_t slt_core_weights(const slt_core *core)
{
    return core ? core->state.weights.count : 0;
}

size_t slt_core_parameters(const slt_core *core)
{
    return core ? core->parameters : 0;
}

slt_status slt_core_weight_at(const slt_core *core, size_t index, slt_core_weight *weight,
                              slt_error *err)
{
    if (!core || !weight || index >= slt_core_weights(core))
        return slt_fail(err, SLT_USAGE,
                        "slt_core_weight_at: there is no weight %zu of %zu", index,
                        slt_core_weights(core));
    const slt_params *params = &core->state.weights;
    *weight = (slt_core_weight){.name = core->spec->model.weights[index].name,
                                .rows = params->tensor[index].rows,
                                .cols = params->tensor[index].cols,
                                .trained = params->trainable[index],
                                .tied = !params->owned[index]};
    for (size_t i = 0; i < index; i++)
        if (slt_params_moves(params, i))
            weight->first += slt_tensor_count(&params->tensor[i]);
    return SLT_OK;
}

slt_status slt_core_get(const slt_core *core, double *values, size_t count,
                        slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_status status = core_check_vector(core, values, count, "slt_core_get", err);
    if (!status)
        slt_core_read(&core->state.weights, values);
    return status;
}

slt_status slt_core_set(slt_core *core, const double *values, size_t count,
                        slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_status status = core_check_vector(core, values, count, "slt_core_set", err);
    if (status)
        return status;
    slt_params_copy(&core->first, &core->state.weights);
    status = core_write(core, values, &core->first, "slt_core_set", err);
    if (status)
        return status;
    slt_params_copy(&core->state.weights, &core->first);
    core->placed = core->stopped = false;
    return SLT_OK;
}

/* The weight's index, whose elements `count` must be. */
static slt_status core_find(const slt_core *core, const char *name, const void *values,
                            size_t count, const char *call, size_t *index, slt_error *err)
{
    slt_status status = slt_core_check(core, call, err);
    if (status)
        return status;
    const slt_params *params = &core->state.weights;
    for (*index = 0; *index < params->count; ++*index)
        if (name && !strcmp(core->spec->model.weights[*index].name, name))
            break;
    if (*index == params->count)
        return slt_fail(err, SLT_USAGE, "%s: there is no weight '%s'", call,
                        name ? name : "NULL");
    const slt_tensor *tensor = &params->tensor[*index];
    if (!values || count != slt_tensor_count(tensor))
        return slt_fail(err, SLT_USAGE,
                        "%s: %s is %zu x %zu: expected %zu numbers, found %zu", call,
                        name, tensor->rows, tensor->cols, slt_tensor_count(tensor),
                        values ? count : 0);
    return SLT_OK;
}

slt_status slt_core_get_weight(const slt_core *core, const char *name, double *values,
                               size_t count, slt_error *err)
{
    SLT_FPENV_ENTERED;
    size_t index;
    slt_status status =
        core_find(core, name, values, count, "slt_core_get_weight", &index, err);
    for (size_t e = 0; e < count && !status; e++)
        values[e] =
            slt_real_double(slt_tensor_get(&core->state.weights.tensor[index], e));
    return status;
}

slt_status slt_core_set_weight(slt_core *core, const char *name, const double *values,
                               size_t count, slt_error *err)
{
    SLT_FPENV_ENTERED;
    static const char call[] = "slt_core_set_weight";
    size_t index;
    slt_status status = core_find(core, name, values, count, call, &index, err);
    if (!status && !core->state.weights.owned[index])
        status = slt_fail(err, SLT_USAGE, "%s: %s is tied to %s, which is to be set",
                          call, name, core->spec->model.weights[index].tied);
    if (status)
        return status;
    slt_tensor *to = &core->first.tensor[index],
               *weight = &core->state.weights.tensor[index];
    slt_tensor_copy(to, weight);
    status = core_put(to, values, name, call, err);
    if (status)
        return status;
    slt_tensor_copy(weight, to);
    slt_params_share(&core->state.weights);
    core->placed = core->stopped = false;
    return SLT_OK;
}

slt_status slt_core_reset(slt_core *core, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_state fresh;
    if (!core)
        return slt_core_check(core, "slt_core_reset", err);
    slt_status status = slt_state_create(core->spec, &fresh, err);
    if (status)
        return status;
    status = slt_state_init(core->trainer, &fresh, err);
    if (status) {
        slt_state_free(&fresh);
        return status;
    }
    slt_state_free(&core->state);
    core->state = fresh;
    core->lost = core->placed = core->stopped = false;
    return SLT_OK;
}

/* ---- Losses and derivatives -------------------------------------------------------- */

static slt_status core_judge(const slt_core *core, const char *call, slt_error *err)
{
    char name[SLT_NAME_MAX];
    if (core->spec->arithmetic != SLT_FIXED || !slt_net_overflowed(core->net, name))
        return SLT_OK;
    return slt_fail(err, SLT_FORMAT, "%s: %s does not fit into fixed point", call, name);
}

slt_status slt_core_loss(slt_core *core, slt_core_samples samples, double *loss,
                         slt_error *err)
{
    SLT_FPENV_ENTERED;
    static const char call[] = "slt_core_loss";
    slt_status status = slt_core_check(core, call, err);
    if (status)
        return status;
    const slt_batch *batch =
        samples == SLT_CORE_VALIDATION ? &core->data->validation : &core->data->train;
    if (!loss || !batch->rows ||
        (samples != SLT_CORE_TRAINING && samples != SLT_CORE_VALIDATION))
        return slt_fail(err, SLT_USAGE, "%s: %s", call,
                        !loss ? "expected where the loss goes, found NULL"
                              : "there are no such samples");
    *loss = slt_real_double(slt_net_loss(core->net, &core->state.weights, batch));
    return core_judge(core, call, err);
}

slt_status slt_core_gradient(slt_core *core, double *loss, double *gradient, size_t count,
                             slt_error *err)
{
    SLT_FPENV_ENTERED;
    static const char call[] = "slt_core_gradient";
    slt_status status = core_check_vector(core, gradient, count, call, err);
    if (status)
        return status;
    const slt_real value = slt_net_gradient(core->net, &core->state.weights,
                                            &core->data->train, &core->first);
    if (loss)
        *loss = slt_real_double(value);
    slt_core_read(&core->first, gradient);
    return core_judge(core, call, err);
}

/* The point at which products are taken. */
static slt_status core_place(slt_core *core, slt_error *err)
{
    const slt_batch *all = &core->data->train;
    slt_status status = SLT_OK;
    if (!core->second)
        status = slt_second_create(&core->spec->model, all, all->rows,
                                   core->spec->arithmetic, &core->second, err);
    if (!status && !core->placed)
        slt_second_place(core->second, &core->state.weights, all, NULL);
    core->placed = !status;
    return status;
}

slt_status slt_core_hessian_vector(slt_core *core, const double *direction,
                                   double *product, size_t count, slt_error *err)
{
    SLT_FPENV_ENTERED;
    static const char call[] = "slt_core_hessian_vector";
    char name[SLT_NAME_MAX];
    slt_status status = core_check_vector(core, direction, count, call, err);
    if (!status)
        status = core_check_vector(core, product, count, call, err);
    if (!status)
        status = core_write(core, direction, &core->second_params, call, err);
    if (!status)
        status = core_place(core, err);
    if (status)
        return status;
    slt_second_product(core->second, &core->second_params, &core->first);
    slt_core_read(&core->first, product);
    if (core->spec->arithmetic == SLT_FIXED &&
        slt_second_overflowed(core->second, name)) {
        core->placed = false;
        return slt_fail(err, SLT_FORMAT, "%s: %s does not fit into fixed point", call,
                        name);
    }
    return SLT_OK;
}

/* ---- Training ---------------------------------------------------------------------- */

static uint64_t core_last(const slt_core *core)
{
    const slt_train_spec *train = &core->spec->train;
    return train->times.count ? train->times.count - 1 : train->steps;
}

/* One update; whether another may follow. */
static bool core_step(slt_core *core, slt_core_trained *end)
{
    slt_real loss;
    const slt_step_result result = slt_train_step(core->trainer, &core->state, &loss);
    end->loss = slt_real_double(loss);
    core->placed = false;
    if (result == SLT_STEP_MORE)
        return true;
    core->stopped = result == SLT_STEP_STOPPED;
    core->lost = !core->stopped;
    if (core->lost)
        end->status = result == SLT_STEP_OVERFLOW ? SLT_RUN_OVERFLOW : SLT_RUN_DIVERGED;
    if (result == SLT_STEP_OVERFLOW)
        snprintf(end->tensor, sizeof end->tensor, "%s",
                 slt_trainer_overflowed(core->trainer));
    return false;
}

slt_status slt_core_train(slt_core *core, uint64_t steps, slt_core_trained *end,
                          slt_error *err)
{
    SLT_FPENV_ENTERED;
    static const char call[] = "slt_core_train";
    slt_core_trained told = {.loss = NAN, .status = SLT_RUN_DONE};
    slt_status status = slt_core_check(core, call, err);
    if (status)
        return status;
    const uint64_t last = core_last(core);
    while (steps-- && core->state.step < last && !core->stopped) {
        if (core->options.cancel && atomic_load(core->options.cancel)) {
            status = slt_fail(err, SLT_INTERRUPTED, "%s: interrupted", call);
            break;
        }
        if (!core_step(core, &told))
            break;
    }
    told.step = core->state.step;
    told.stopped = core->stopped;
    told.last = told.stopped || told.step >= last || core->lost;
    if (end)
        *end = told;
    return status;
}
