/* Losses of single samples along chains: each the loss of a batch of that sample alone,
 * taken where a draw is due, and nothing else changed by it. */
#include "learn/observe.h"

#include <math.h>

#include "chain_sample.h"
#include "learn/sampler.h"
#include "net/net.h"
#include "num/ops.h"
#include "num/scalar.h"

#define SAMPLES 11
#define DRAWS 9

static slt_llc_spec *begin_system(slt_arithmetic arithmetic, const char *loss)
{
    system_begin(&run, arithmetic, 3);
    run.data = (slt_data_spec){.kind = SLT_DATA_ONE_HOT,
                               .samples = SAMPLES,
                               .features = 4,
                               .value_uniform = true};
    system_normal(system_weight(&run, "A", 3, 4), 0.6);
    system_normal(system_weight(&run, "B", 4, 3), 0.6);
    system_op(&run, "linear", "x", "A", "h");
    system_op(&run, "tanh", "h", "", "t");
    system_op(&run, "linear", "t", "B", "y");
    system_loss(&run, true);
    snprintf(run.model.loss.op, sizeof run.model.loss.op, "%s", loss);
    slt_llc_spec *spec = system_llc(&run, 1e-3, 1, 20, 2, DRAWS);
    spec->batch = (slt_batch_spec){.order = SLT_BATCH_FRESH, .size = 4};
    spec->observables = (slt_observables_spec){.given = true, .first = 7, .every = 4};
    return spec;
}

static walk run_chain(scene *open, uint64_t piece)
{
    slt_error err;
    open_scene(open, 0);
    walk made = open_walk(open, 1);
    while (!made.chain.ended) {
        slt_chain_advance(made.worker, &made.chain, piece);
        slt_chain_worker_free(made.worker);
        system_must(slt_chain_worker_create(open->sampler, 1, &made.worker, &err), &err);
    }
    return made;
}

/* ---- What is taken ----------------------------------------------------------------- */

static bool is_alone(slt_net *net, const slt_data *data, const slt_params *weights,
                     size_t sample, slt_real loss)
{
    slt_batch one = data->train;
    one.rows = 1;
    one.input[0] = slt_tensor_part(&data->train.input[0], sample, 1);
    one.target = slt_tensor_part(&data->train.target, sample, 1);
    return slt_net_loss(net, weights, &one).bits == loss.bits;
}

/* In floats a value of a sample hangs on that sample alone: the loss that a batch of it
 * has, in every bit.  The last draw, whose weights the chain still has, is observed. */
static void test_alone(slt_arithmetic arithmetic, const char *loss)
{
    begin_system(arithmetic, loss);
    scene open;
    slt_net *net;
    slt_error err;
    walk walked = run_chain(&open, UINT64_MAX);
    const slt_data *data = slt_trainer_data(open.trainer);
    system_must(slt_net_create(&run.model, &data->train, 1, arithmetic, &net, &err),
                &err);
    size_t right = 0;
    for (size_t i = 0; i < 7; i++)
        right += is_alone(net, data, &walked.chain.weights, i,
                          walked.chain.observed[2 * 7 + i]);
    TAP_OK(right == 7, "%s, %s: the losses of samples alone, %zu of 7",
           slt_arithmetic_name(arithmetic), loss, right);
    slt_net_free(net);
    close_walk(&walked);
    close_scene(&open);
}

/* The mean of squares, all samples observed on full batches, but for rounding. */
static void test_mean(slt_arithmetic arithmetic)
{
    slt_llc_spec *spec = begin_system(arithmetic, "mse");
    spec->batch = (slt_batch_spec){.order = SLT_BATCH_FULL};
    spec->observables = (slt_observables_spec){.given = true, .every = 1};
    scene open;
    walk walked = run_chain(&open, UINT64_MAX);
    double worst = 0;
    for (size_t t = 0; t < DRAWS; t++) {
        const slt_real mean =
            slt_real_mean(walked.chain.observed + t * SAMPLES, SAMPLES);
        const double loss = slt_real_double(walked.chain.losses[t]);
        worst = fmax(worst, fabs(slt_real_double(mean) / loss - 1));
    }
    TAP_OK(worst < 1e-14, "%s: their mean is the loss, to %.2g",
           slt_arithmetic_name(arithmetic), worst);
    close_walk(&walked);
    close_scene(&open);
}

/* ---- What is not changed ----------------------------------------------------------- */

static void test_beside(slt_arithmetic arithmetic)
{
    slt_llc_spec *spec = begin_system(arithmetic, "mse");
    scene with, cut, without;
    walk one = run_chain(&with, UINT64_MAX), other = run_chain(&cut, 1);
    spec->observables.given = false;
    walk plain = run_chain(&without, UINT64_MAX);
    const slt_chain *a = &one.chain, *b = &other.chain, *c = &plain.chain;
    TAP_OK(!memcmp(a->losses, c->losses, DRAWS * sizeof *a->losses) &&
               system_same_params(&a->weights, &c->weights) && !c->observed,
           "%s: a chain is what it is without them", slt_arithmetic_name(arithmetic));
    TAP_OK(!memcmp(a->observed, b->observed, 3 * 7 * sizeof *a->observed),
           "%s: in one go and in pieces", slt_arithmetic_name(arithmetic));
    close_walk(&one);
    close_walk(&other);
    close_walk(&plain);
    close_scene(&with);
    close_scene(&cut);
    close_scene(&without);
}

/* Behind the losses of a draw: the norms of its weights.  All else is as without. */
static void test_metrics(slt_arithmetic arithmetic)
{
    slt_llc_spec *spec = begin_system(arithmetic, "mse");
    scene open, without;
    walk plain = run_chain(&without, UINT64_MAX);
    run.train.metric_count = 3;
    run.train.metrics[0] = (slt_metric_spec){.name = "of_a", .kind = SLT_METRIC_NORM};
    run.train.metrics[1] = (slt_metric_spec){.name = "loss", .kind = SLT_METRIC_LOSS};
    run.train.metrics[2] =
        (slt_metric_spec){.name = "of_b", .kind = SLT_METRIC_NORM, .at = 1};
    spec->observables.metric_count = 2;
    snprintf(spec->observables.metrics[0], SLT_NAME_MAX, "of_b");
    snprintf(spec->observables.metrics[1], SLT_NAME_MAX, "of_a");
    walk walked = run_chain(&open, 3);
    const slt_tensor *weights = walked.chain.weights.tensor;
    bool same = true;
    for (size_t t = 0; t < 3; t++)
        same &= !memcmp(walked.chain.observed + t * 9, plain.chain.observed + t * 7,
                        7 * sizeof *plain.chain.observed);
    TAP_OK(same, "%s: the losses are those without metrics",
           slt_arithmetic_name(arithmetic));
    for (size_t i = 0; i < 2; i++) {
        const slt_tensor *w = &weights[1 - i];
        TAP_EQ_U64(walked.chain.observed[2 * 9 + 7 + i].bits,
                   slt_real_sqrt(slt_num_dot(w, w)).bits, "a norm");
    }
    TAP_EQ_U64(slt_observed_numbers(spec, &run.data), 27, "numbers of a chain");
    close_walk(&plain);
    close_walk(&walked);
    close_scene(&open);
    close_scene(&without);
}

static void refuse_metrics(const char *one, const char *two, const char *part)
{
    slt_error err = {0};
    slt_llc_spec *spec = &run.llc[0];
    spec->observables.metric_count = 2;
    snprintf(spec->observables.metrics[0], SLT_NAME_MAX, "%s", one);
    snprintf(spec->observables.metrics[1], SLT_NAME_MAX, "%s", two);
    const slt_status status = slt_observe_check(spec, &run, &err);
    TAP_OK(part ? status == SLT_FORMAT && strstr(err.text, part) : !status, "%s, %s: %s",
           one, two, err.text);
}

static void test_which_metrics(void)
{
    begin_system(SLT_F64, "mse");
    run.train.metric_count = 3;
    run.train.metrics[0] = (slt_metric_spec){.name = "of_a", .kind = SLT_METRIC_NORM};
    run.train.metrics[1] = (slt_metric_spec){.name = "loss", .kind = SLT_METRIC_LOSS};
    run.train.metrics[2] = (slt_metric_spec){
        .name = "trace", .kind = SLT_METRIC_HESSIAN_TRACE, .probes = 1};
    refuse_metrics("of_a", "of_b", "metrics: train.metrics has no of_b");
    refuse_metrics("of_a", "of_a", "metrics: of_a stands there twice");
    refuse_metrics("loss", "of_a", "metrics: loss is of kind loss, expected a number of");
    refuse_metrics("of_a", "trace", "metrics: trace is of kind hessian-trace, expected");
    run.train.metrics[1] = (slt_metric_spec){.name = "wave", .kind = SLT_METRIC_IPR};
    refuse_metrics("of_a", "wave", NULL);
    run.train.metrics[1] =
        (slt_metric_spec){.name = "wave", .kind = SLT_METRIC_EFFECTIVE_DIMENSION};
    refuse_metrics("of_a", "wave", "wave is of kind effective-dimension, expected");
}

/* Of values beyond fixed point none are known; the chain goes on. */
static void test_overflow(void)
{
    slt_llc_spec *spec = begin_system(SLT_FIXED, "mse");
    scene open;
    open_scene(&open, 0);
    slt_observer *observer;
    slt_chain chain;
    slt_error err;
    system_must(slt_observer_create(open.sampler, &observer, &err), &err);
    system_must(slt_chain_create(open.sampler, &chain, &err), &err);
    slt_observer_take(observer, 0, &chain.weights, &chain);
    TAP_OK(slt_real_finite(chain.observed[0]), "a loss");
    open.sampler->observed.input[0].overflow = true;
    slt_observer_take(observer, 4, &chain.weights, &chain);
    TAP_OK(slt_real_finite(chain.observed[0]) && !slt_real_finite(chain.observed[7]),
           "none where a value overflows");
    slt_chain_free(&chain);
    slt_observer_free(observer);
    close_scene(&open);
    spec->observables.given = false;
    open_scene(&open, 0);
    system_must(slt_observer_create(open.sampler, &observer, &err), &err);
    TAP_OK(!observer && !slt_observer_is_due(observer, 0), "no observer unasked");
    close_scene(&open);
}

/* ---- How many ---------------------------------------------------------------------- */

static void test_counts(void)
{
    slt_llc_spec *spec = begin_system(SLT_F32, "mse");
    TAP_EQ_U64(slt_observed_draws(spec, 0), 0, "of no draw none");
    TAP_EQ_U64(slt_observed_draws(spec, 1), 1, "of the first");
    TAP_EQ_U64(slt_observed_draws(spec, 4), 1, "of every fourth");
    TAP_EQ_U64(slt_observed_draws(spec, 5), 2, "and the next");
    TAP_EQ_U64(slt_observed_numbers(spec, &run.data), 21, "losses of a chain");
    spec->num_draws = UINT64_MAX;
    spec->observables.every = 1;
    TAP_EQ_U64(slt_observed_numbers(spec, &run.data), UINT64_MAX, "saturated");
    spec->observables.given = false;
    TAP_EQ_U64(slt_observed_numbers(spec, &run.data), 0, "unasked");
}

static bool observed_adds_up(const slt_llc_spec *spec, const slt_run_spec *of)
{
    bool adds = false;
    slt_error err = {0};
    if (slt_observe_adds_up(spec, of, &adds, &err))
        tap_bail(err.text);
    return adds;
}

/* A loss is the mean of those of samples in every bit where each has one term in it. */
static void test_adds_up(void)
{
    slt_llc_spec *spec = begin_system(SLT_F32, "bce");
    run.model.weights[1].rows = 1;
    system_teacher_data(&run, 9, 4, 1, 0.5, 0.2);
    spec->losses_full = true;
    spec->observables = (slt_observables_spec){.given = true, .every = 2};
    TAP_OK(observed_adds_up(spec, &run), "one number a sample");
    run.arithmetic = SLT_FIXED;
    TAP_OK(!observed_adds_up(spec, &run), "in floats");
    run.arithmetic = SLT_F64;
    run.model.loss.factor = slt_real_of(2);
    TAP_OK(!observed_adds_up(spec, &run), "without a factor");
    run.model.loss.factor = slt_real_of(1);
    run.model.loss.mean_samples = false;
    TAP_OK(!observed_adds_up(spec, &run), "over the samples");
    run.model.loss.mean_samples = true;
    spec->losses_full = false;
    TAP_OK(!observed_adds_up(spec, &run), "of all data");
    spec->losses_full = true;
    spec->observables.first = 3;
    TAP_OK(!observed_adds_up(spec, &run), "of all samples");
    spec->observables.first = 9;
    TAP_OK(observed_adds_up(spec, &run), "named one by one");
    snprintf(run.model.loss.op, sizeof run.model.loss.op, "mse");
    TAP_OK(!observed_adds_up(spec, &run), "not of squares");
}

/* What a sample's loss counts in the estimate's. */
static void test_share(void)
{
    slt_llc_spec *spec = begin_system(SLT_F32, "mse");
    TAP_OK(slt_real_double(slt_observe_share(spec, &run)) == 1. / SAMPLES, "of a mean");
    run.model.loss.mean_samples = false;
    TAP_OK(slt_real_double(slt_observe_share(spec, &run)) == 1, "of a sum");
    snprintf(run.model.loss.op, sizeof run.model.loss.op, "cross-entropy");
    TAP_OK(slt_real_double(slt_observe_share(spec, &run)) == 1. / SAMPLES,
           "of a cross entropy, always a mean");
    run.model.loss.ignores = true;
    TAP_OK(!slt_real_finite(slt_observe_share(spec, &run)), "where a class is ignored");
}

int main(void)
{
    static const slt_arithmetic floats[] = {SLT_F32, SLT_F64};
    system_start();
    for (size_t i = 0; i < 2 && slt_num_available(floats[i], NULL) == SLT_OK; i++) {
        test_alone(floats[i], "mse");
        test_alone(floats[i], "bce");
        test_beside(floats[i]);
        test_mean(floats[i]);
        test_metrics(floats[i]);
    }
    test_beside(SLT_FIXED);
    test_metrics(SLT_FIXED);
    test_which_metrics();
    test_overflow();
    test_counts();
    test_adds_up();
    test_share();
    return tap_done();
}
