#include "learn/ends.h"

#include <stdlib.h>

#include "base/world.h"
#include "learn/metric.h"
#include "learn/optimizer.h"
#include "learn/quantity.h"
#include "learn/train.h"
#include "num/math.h"

struct slt_ends {
    const slt_run_spec *run;
    slt_run_spec *spec; /* of trial 0 */
    slt_net_plane plane;
    slt_trainer *trainer; /* its */
    slt_state state;      /* the first weights of all trials */
    slt_tensor x, moved;
    bool moves_bias;
};

/* ---- Which runs -------------------------------------------------------------------- */

/* Whether all tallies are of the run's one metric, and that is an error of the plane. */
static bool is_of_error(const slt_run_spec *run, const slt_net_plane *plane)
{
    const slt_metric_spec *metric = &run->train.metrics[0];
    if (run->train.metric_count != 1 || run->train.mark_count ||
        !slt_metric_type_of(metric)->of_plane || metric->at != plane->weight ||
        (metric->bias[0] ? metric->bias_at : run->model.weight_count) != plane->bias)
        return false;
    const slt_quantity error = slt_quantity_named(SLT_QUANTITY_METRIC, metric->name);
    for (size_t i = 0; i < run->trials.tally_count; i++)
        if (!slt_quantity_equal(&run->trials.tally[i].of, &error))
            return false;
    return true;
}

static bool has_ends(const slt_run_spec *run, slt_net_plane *plane)
{
    const slt_optimizer_type *type = slt_optimizer_of(&run->train.optimizer);
    const slt_times *times = &run->train.times;
    slt_batch shape;
    slt_data_shape(&run->data, run->arithmetic, &shape);
    return run->arithmetic == SLT_F64 && slt_num_by_hardware() &&
           !slt_batch_has_positions(&shape) && run->trials.over == SLT_TRIALS_DATA &&
           !run->model.plant.given && !run->train.stop.given && times->count == 1 &&
           times->list[0].end && slt_data_goes_abreast(&run->data) && type->end_abreast &&
           slt_net_is_plane(&run->model, shape.input_name[0], shape.rows, plane) &&
           type->ends_abreast(run, plane) && is_of_error(run, plane);
}

/* ---- Creation ---------------------------------------------------------------------- */

static slt_status fill_ends(slt_ends *ends, slt_error *err)
{
    const slt_run_spec *run = ends->run;
    slt_status status = slt_trainer_create(ends->spec, &ends->trainer, err);
    if (!status)
        status = slt_state_create(ends->spec, &ends->state, err);
    if (!status)
        status = slt_state_init(ends->trainer, &ends->state, err);
    if (status)
        return status;
    const slt_batch *all = &slt_trainer_data(ends->trainer)->train;
    const size_t inputs = all->input[0].cols;
    status = slt_tensor_create(&ends->x, SLT_F64, all->rows * inputs, SLT_ENDS_MAX, err);
    ends->moves_bias = !run->model.weights[ends->plane.weight].trainable;
    if (!status)
        status = slt_tensor_create(&ends->moved, SLT_F64, ends->moves_bias ? 1 : inputs,
                                   SLT_ENDS_MAX, err);
    return status;
}

slt_status slt_ends_create(const slt_run_spec *run, slt_ends **ends, slt_error *err)
{
    slt_net_plane plane;
    *ends = NULL;
    if (!has_ends(run, &plane))
        return SLT_OK;
    slt_ends *made = slt_world.calloc(1, sizeof *made);
    slt_run_spec *spec = slt_run_spec_create();
    if (!made || !spec) {
        free(made);
        free(spec);
        return slt_fail(err, SLT_RESOURCE, "no memory for trials side by side");
    }
    slt_run_spec_copy(run, spec);
    slt_run_become_trial(spec, 0);
    *made = (slt_ends){.run = run, .spec = spec, .plane = plane};
    slt_status status = fill_ends(made, err);
    if (status)
        slt_ends_free(made);
    else
        *ends = made;
    return status;
}

void slt_ends_free(slt_ends *ends)
{
    if (!ends)
        return;
    slt_state_free(&ends->state);
    slt_trainer_free(ends->trainer);
    slt_tensor_free(&ends->x);
    slt_tensor_free(&ends->moved);
    free(ends->spec);
    free(ends);
}

/* ---- Bounds ------------------------------------------------------------------------ */

static const slt_tensor *first_weight(const slt_ends *ends)
{
    return &ends->state.weights.tensor[ends->plane.weight];
}

slt_status slt_ends_bound(slt_ends *ends, uint64_t first, size_t count,
                          slt_real low[SLT_ENDS_MAX], slt_real high[SLT_ENDS_MAX],
                          slt_error *err)
{
    const slt_run_spec *run = ends->run;
    const slt_optimizer_type *type = slt_optimizer_of(&run->train.optimizer);
    const slt_tensor none = {0};
    slt_seed seed = slt_run_data_seed(ends->spec);
    seed.trial = (uint32_t)first;
    ends->x.cols = ends->moved.cols = count;
    slt_status status = slt_data_make_abreast(&run->data, seed, &ends->x, err);
    if (status)
        return status;
    const slt_tensor *targets = &slt_trainer_data(ends->trainer)->train.target;
    type->end_abreast(run, &ends->plane, first_weight(ends), &ends->x, targets,
                      &ends->moved);
    slt_tensor weight = *first_weight(ends);
    weight.rows = weight.cols, weight.cols = 1; /* a number a row, as of all trials */
    if (ends->moves_bias)
        slt_data_bound_errors(&run->data, &weight, &ends->moved, false, count, low, high);
    else
        slt_data_bound_errors(&run->data, &ends->moved, &none, true, count, low, high);
    return SLT_OK;
}

bool slt_ends_result(const slt_ends *ends, size_t place, slt_real *result)
{
    if (!ends->moves_bias)
        return false;
    const slt_real bias = slt_tensor_get(&ends->moved, place);
    if (!slt_real_finite(bias))
        return false;
    *result = slt_data_error(&ends->run->data, first_weight(ends), bias);
    return true;
}
