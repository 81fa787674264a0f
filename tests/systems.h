/* Small systems as run specs, built as from a manifest, for tests of learn/ and the rooms
 * that use it. */
#ifndef SLT_TESTS_SYSTEMS_H
#define SLT_TESTS_SYSTEMS_H

#include <sltrace/numerics.h>

#include "learn/llc.h"
#include "learn/train.h"
#include "num/scalar.h"
#include "tap.h"

static inline void system_start(void)
{
    slt_error err;
    if (slt_start(NULL, &err))
        tap_bail(err.text);
}

static inline void system_must(slt_status status, const slt_error *err)
{
    if (status)
        tap_bail(err->text);
}

/* Nothing but an arithmetic and a seed; full batches, Adam's usual numbers, as many steps
 * as are asked for. */
static inline void system_begin(slt_run_spec *run, slt_arithmetic arithmetic,
                                uint64_t seed)
{
    memset(run, 0, sizeof *run);
    run->arithmetic = arithmetic;
    run->seed = seed;
    run->train.optimizer = (slt_optimizer_spec){.kind = SLT_OPTIMIZER_ADAM,
                                                .lr = slt_real_of(1e-2),
                                                .beta1 = slt_real_of(0.9),
                                                .beta2 = slt_real_of(0.999),
                                                .eps = slt_real_of(1e-8)};
    run->train.batch.keep_short = true;
    run->train.steps = UINT32_MAX;
}

static inline void system_constant_data(slt_run_spec *run, size_t samples, size_t outputs,
                                        double x, double target)
{
    run->data = (slt_data_spec){.kind = SLT_DATA_CONSTANT,
                                .samples = samples,
                                .inputs = 1,
                                .outputs = outputs,
                                .x_value = slt_real_of(x),
                                .target_value = slt_real_of(target)};
}

static inline void system_teacher_data(slt_run_spec *run, size_t samples, size_t inputs,
                                       size_t outputs, double teacher_std,
                                       double noise_std)
{
    run->data = (slt_data_spec){.kind = SLT_DATA_LINEAR_TEACHER,
                                .samples = samples,
                                .inputs = inputs,
                                .outputs = outputs,
                                .rank = 1,
                                .depth = 2,
                                .teacher_std = slt_real_of(teacher_std),
                                .noise_std = slt_real_of(noise_std)};
}

/* A trainable weight, first zero; the caller may change its init. */
static inline slt_weight_spec *system_weight(slt_run_spec *run, const char *name,
                                             size_t rows, size_t cols)
{
    slt_weight_spec *weight = &run->model.weights[run->model.weight_count++];
    snprintf(weight->name, sizeof weight->name, "%s", name);
    weight->rows = rows;
    weight->cols = cols;
    weight->dimensions = 2;
    weight->trainable = true;
    return weight;
}

static inline void system_normal(slt_weight_spec *weight, double std)
{
    weight->init.kind = SLT_INIT_NORMAL;
    weight->init.std = slt_real_of(std);
}

static inline void system_op(slt_run_spec *run, const char *op, const char *in,
                             const char *weight, const char *out)
{
    slt_op_spec *spec = &run->model.ops[run->model.op_count++];
    snprintf(spec->op, sizeof spec->op, "%s", op);
    snprintf(spec->in[0], sizeof spec->in[0], "%s", in);
    snprintf(spec->weight, sizeof spec->weight, "%s", weight);
    snprintf(spec->out, sizeof spec->out, "%s", out);
    spec->inputs = 1;
}

static inline void system_loss(slt_run_spec *run, bool mean_outputs)
{
    snprintf(run->model.loss.op, sizeof run->model.loss.op, "mse");
    snprintf(run->model.loss.in, sizeof run->model.loss.in, "y");
    run->model.loss.mean_samples = true;
    run->model.loss.mean_outputs = mean_outputs;
    run->model.loss.factor = slt_real_from_u64(1);
}

/* y = W2 W1 x, as in Figure 6 but small. */
static inline void system_two_layers(slt_run_spec *run, size_t inputs, size_t hidden,
                                     size_t outputs)
{
    system_normal(system_weight(run, "W1", hidden, inputs), 0.3);
    system_normal(system_weight(run, "W2", outputs, hidden), 0.3);
    system_op(run, "linear", "x", "W1", "h");
    system_op(run, "linear", "h", "W2", "y");
    system_loss(run, true);
}

/* One estimate with full batches. */
static inline slt_llc_spec *system_llc(slt_run_spec *run, double lr, double localization,
                                       double nbeta, size_t chains, uint64_t draws)
{
    slt_llc_spec *llc = &run->llc[run->llc_count++];
    llc->made_at = SLT_LLC_AT_LAST;
    llc->lr = slt_real_of(lr);
    llc->localization = slt_real_of(localization);
    llc->noise_level = slt_real_of(1);
    llc->nbeta = slt_real_of(nbeta);
    llc->num_chains = chains;
    llc->num_draws = draws;
    llc->num_steps_bw_draws = 1;
    llc->batch.keep_short = true;
    return llc;
}

static inline bool system_same_tensor(const slt_tensor *a, const slt_tensor *b)
{
    return slt_tensor_count(a) == slt_tensor_count(b) && a->frac == b->frac &&
           memcmp(a->data, b->data,
                  slt_tensor_count(a) * slt_arithmetic_size(a->arithmetic)) == 0;
}

static inline bool system_same_params(const slt_params *a, const slt_params *b)
{
    for (size_t i = 0; i < a->count; i++) {
        if (!system_same_tensor(&a->tensor[i], &b->tensor[i]))
            return false;
    }
    return a->count == b->count;
}

#endif
