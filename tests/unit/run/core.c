/* A run in memory: equal to the run's own trace in every bit, step by step; derivatives
 * held against differences; a caller's mistakes are told, and change nothing. */
#include <math.h>
#include <setjmp.h>

#include <sltrace/core.h>

#include "base/assert.h"
#include "base/endian.h"
#include "study_sample.h"

/* Checkpoints at 0, 4, 8, 10 with their states; estimates at 10 and at 4. */
static const char manifest_text[] = SAMPLE_HEAD(
    "test/core") "sweep:\n  arithmetic: [f32, f64, fixed]\n"
                 "run:\n  arithmetic: $arithmetic\n  seed: 5\n" SAMPLE_DATA SAMPLE_NET
                 "  train:\n    optimizer: {kind: adam, lr: 1e-2}\n"
                 "    batch: {size: 5, order: epochs}\n    steps: 10\n"
                 "    checkpoints: {every: 4, at: [0], state: all}\n"
                 "  llc:\n"
                 "    - {at: last, lr: 1e-4, localization: 1, num_chains: 3, num_draws: "
                 "12}\n"
                 "    - {at: 4, lr: 1e-4, localization: 1, num_chains: 1, num_draws: 6,\n"
                 "       batch: {size: 5, order: fresh}, loss: full}\n";

enum { PARAMETERS = 2 * 4 + 3 * 2 };

static slt_error err;

static slt_core *core_of(const char *text, size_t run)
{
    slt_core_options options = slt_core_defaults();
    slt_core *core = NULL;
    options.run = run;
    options.jobs = 2;
    if (slt_core_create(text, strlen(text), &options, &core, &err))
        tap_bail(err.text);
    return core;
}

/* ---- As the run has it ------------------------------------------------------------- */

static const slt_record *checkpoint_at(const slt_trace *trace, uint64_t step)
{
    for (size_t i = 0; i < slt_trace_records(trace); i++) {
        const slt_record *record = slt_trace_record(trace, i);
        if (record->kind == SLT_RECORD_CHECKPOINT && record->step == step)
            return record;
    }
    tap_bail("no such checkpoint");
}

static bool same_weights(const slt_core *core, const slt_record *record)
{
    double values[PARAMETERS];
    bool same = slt_core_weights(core) == 2;
    for (size_t i = 0; i < 2; i++) {
        const slt_trace_tensor *stored = &record->tensors[i];
        const slt_arithmetic arithmetic = stored->type[1] == '3'   ? SLT_F32
                                          : stored->type[1] == '6' ? SLT_F64
                                                                   : SLT_FIXED;
        const size_t count = stored->rows * stored->cols;
        slt_tensor tensor;
        if (slt_tensor_create(&tensor, arithmetic, stored->rows, stored->cols, &err) ||
            slt_tensor_load(&tensor, stored->data, stored->size, &err) ||
            slt_core_get_weight(core, stored->name, values, count, &err))
            tap_bail(err.text);
        for (size_t e = 0; e < count; e++)
            same &= slt_tensor_get(&tensor, e).bits == slt_real_of(values[e]).bits;
        slt_tensor_free(&tensor);
    }
    return same;
}

static void compare_checkpoint(slt_core *core, const slt_trace *trace, uint64_t step)
{
    const slt_record *record = checkpoint_at(trace, step);
    double loss;
    if (slt_core_loss(core, SLT_CORE_TRAINING, &loss, &err))
        tap_bail(err.text);
    TAP_OK(same_weights(core, record), "the weights of step %d are the run's", (int)step);
    TAP_OK(slt_real_of(loss).bits == record->metrics[0].value.bits,
           "so is their loss, %.17g", loss);
}

/* How the chains of an estimate come, beside those of the trace. */
typedef struct compared {
    const slt_trace *trace;
    uint32_t llc;
    size_t chains, results, same;
} compared;

static slt_status compare_chain(void *context, const slt_core_chain *chain, slt_error *at)
{
    compared *c = context;
    (void)at;
    for (size_t i = 0; i < slt_trace_records(c->trace); i++) {
        const slt_record *record = slt_trace_record(c->trace, i);
        if (record->kind != SLT_RECORD_CHAIN || record->llc != c->llc ||
            record->chain != chain->chain)
            continue;
        bool same = record->draws == chain->draws && chain->parameters == PARAMETERS &&
                    record->chain_status == chain->status &&
                    record->nbeta.bits == slt_real_of(chain->nbeta).bits &&
                    record->init_loss.bits == slt_real_of(chain->init_loss).bits;
        for (size_t d = 0; same && d < chain->draws; d++)
            same = slt_load_le64(record->losses + 8 * d) ==
                   slt_real_of(chain->losses[d]).bits;
        TAP_OK(same, "estimate %d, chain %zu: %zu draws are the run's", (int)c->llc,
               chain->chain, chain->draws);
        c->chains++;
    }
    return SLT_OK;
}

static slt_status compare_result(void *context, const slt_result *result, slt_error *at)
{
    compared *c = context;
    char name[SLT_QUANTITY_TEXT_MAX];
    (void)at;
    slt_quantity_text(&result->quantity, name);
    const slt_result *want = sample_result(c->trace, name);
    c->results++;
    c->same += want && want->value.bits == result->value.bits;
    return SLT_OK;
}

static void compare_estimate(slt_core *core, const slt_trace *trace, uint32_t llc,
                             const char *mean)
{
    compared c = {.trace = trace, .llc = llc};
    const slt_core_page page = {
        .context = &c, .chain = compare_chain, .result = compare_result};
    slt_core_estimate found;
    if (slt_core_sample(core, llc, &page, &found, &err))
        tap_bail(err.text);
    TAP_OK(c.chains == found.chains && found.status == SLT_RUN_DONE, "all %zu chains",
           c.chains);
    TAP_OK(c.results > 1 && c.same == c.results, "%zu of %zu results are the run's",
           c.same, c.results);
    TAP_OK(slt_real_of(found.mean).bits == sample_result(trace, mean)->value.bits,
           "%s is %.17g", mean, found.mean);
}

static void test_run(size_t run, const char *arithmetic)
{
    slt_trace *trace = sample_trace(manifest_text, run);
    slt_core *core = core_of(manifest_text, run);
    slt_core_trained end;
    tap_note("%s", arithmetic);
    compare_checkpoint(core, trace, 0);
    TAP_OK(!slt_core_train(core, 4, &end, &err) && end.step == 4 && !end.last &&
               end.status == SLT_RUN_DONE && !end.stopped,
           "four updates");
    compare_checkpoint(core, trace, 4);
    compare_estimate(core, trace, 1, "llc2/mean");
    TAP_OK(!slt_core_train(core, UINT64_MAX, &end, &err) && end.step == 10 && end.last,
           "and the rest, up to the last");
    compare_checkpoint(core, trace, 10);
    compare_estimate(core, trace, 0, "llc/mean");
    TAP_OK(!slt_core_reset(core, &err), "reset");
    compare_checkpoint(core, trace, 0);
    TAP_OK(!slt_core_train(core, 8, &end, &err) && end.step == 8, "once more");
    compare_checkpoint(core, trace, 8);
    slt_core_free(core);
    slt_trace_free(trace);
}

/* ---- Derivatives ------------------------------------------------------------------- */

static double loss_at(slt_core *core, const double *weights)
{
    double loss;
    if (slt_core_set(core, weights, PARAMETERS, &err) ||
        slt_core_loss(core, SLT_CORE_TRAINING, &loss, &err))
        tap_bail(err.text);
    return loss;
}

static void test_derivatives(void)
{
    slt_core *core = core_of(manifest_text, 1);
    double at[PARAMETERS], moved[PARAMETERS], gradient[PARAMETERS], ahead[PARAMETERS],
        back[PARAMETERS], direction[PARAMETERS], product[PARAMETERS], loss, same;
    const double h = 1e-5;
    double worst = 0, worst_product = 0;
    for (size_t i = 0; i < PARAMETERS; i++) {
        at[i] = .3 * sin(1. + (double)i);
        direction[i] = cos(2. * (double)i);
    }
    same = loss_at(core, at);
    if (slt_core_gradient(core, &loss, gradient, PARAMETERS, &err) ||
        slt_core_hessian_vector(core, direction, product, PARAMETERS, &err))
        tap_bail(err.text);
    TAP_OK(loss == same, "the gradient's loss is the loss");
    memcpy(moved, at, sizeof at);
    for (size_t i = 0; i < PARAMETERS; i++) {
        moved[i] = at[i] + h;
        double difference = loss_at(core, moved);
        moved[i] = at[i] - h;
        difference = (difference - loss_at(core, moved)) / (2 * h);
        moved[i] = at[i];
        worst = fmax(worst, fabs(difference - gradient[i]));
    }
    TAP_OK(worst < 1e-8, "the gradient is that of differences within %g", worst);
    for (size_t i = 0; i < PARAMETERS; i++)
        moved[i] = at[i] + h * direction[i];
    loss_at(core, moved);
    if (slt_core_gradient(core, NULL, ahead, PARAMETERS, &err))
        tap_bail(err.text);
    for (size_t i = 0; i < PARAMETERS; i++)
        moved[i] = at[i] - h * direction[i];
    loss_at(core, moved);
    if (slt_core_gradient(core, NULL, back, PARAMETERS, &err))
        tap_bail(err.text);
    for (size_t i = 0; i < PARAMETERS; i++)
        worst_product =
            fmax(worst_product, fabs((ahead[i] - back[i]) / (2 * h) - product[i]));
    TAP_OK(worst_product < 1e-8, "and the Hessian's product within %g", worst_product);
    slt_core *fresh = core_of(manifest_text, 1);
    loss_at(fresh, moved);
    if (slt_core_hessian_vector(core, direction, moved, PARAMETERS, &err) ||
        slt_core_hessian_vector(fresh, direction, ahead, PARAMETERS, &err))
        tap_bail(err.text);
    TAP_OK(memcmp(moved, product, sizeof product) && !memcmp(moved, ahead, sizeof ahead),
           "elsewhere it is another, whatever was asked before");
    slt_core_free(fresh);
    loss_at(core, at);
    if (slt_core_hessian_vector(core, direction, moved, PARAMETERS, &err))
        tap_bail(err.text);
    TAP_OK(memcmp(moved, product, sizeof product) == 0,
           "back at the same weights it is the same product");
    slt_core_free(core);
}

/* ---- Weights ----------------------------------------------------------------------- */

static void test_weights(void)
{
    slt_core *core = core_of(manifest_text, 0);
    double all[PARAMETERS], one[6] = {1, 2, 3, 4, 5, .1};
    slt_core_weight weight;
    TAP_OK(slt_core_parameters(core) == PARAMETERS, "all parameters");
    TAP_OK(!slt_core_weight_at(core, 1, &weight, &err) && !strcmp(weight.name, "W2") &&
               weight.rows == 3 && weight.cols == 2 && weight.first == 8 &&
               weight.trained && !weight.tied,
           "the second weight");
    TAP_OK(!slt_core_set_weight(core, "W2", one, 6, &err), "is set");
    if (slt_core_get(core, all, PARAMETERS, &err))
        tap_bail(err.text);
    TAP_OK(!memcmp(all + 8, one, 5 * sizeof *one) && all[13] == (double).1f,
           "each number rounded once to binary32");
    slt_core_free(core);
}

/* ---- A caller's mistakes ----------------------------------------------------------- */

static void refused(slt_status status, const char *words)
{
    TAP_OK(status == SLT_USAGE && strstr(err.text, words), "%s", err.text);
}

static void test_mistakes(void)
{
    slt_core *core = core_of(manifest_text, 0), *none = NULL;
    double all[PARAMETERS], now[PARAMETERS], loss;
    slt_core_weight weight;
    if (slt_core_get(core, all, PARAMETERS, &err))
        tap_bail(err.text);
    refused(slt_core_get(NULL, all, PARAMETERS, &err), "expected a core");
    refused(slt_core_get(core, all, 3, &err), "all 14 parameters, found one of 3");
    refused(slt_core_gradient(core, NULL, NULL, PARAMETERS, &err), "found NULL of 14");
    refused(slt_core_hessian_vector(core, all, NULL, PARAMETERS, &err), "found NULL");
    refused(slt_core_loss(core, SLT_CORE_VALIDATION, &loss, &err), "no such samples");
    refused(slt_core_loss(core, SLT_CORE_TRAINING, NULL, &err), "found NULL");
    refused(slt_core_set_weight(core, "W3", all, 6, &err), "no weight 'W3'");
    refused(slt_core_get_weight(core, "W2", all, 5, &err), "expected 6 numbers, found 5");
    refused(slt_core_weight_at(core, 2, &weight, &err), "no weight 2 of 2");
    refused(slt_core_sample(core, 2, NULL, NULL, &err), "no estimate 2; the run has 2");
    refused(slt_core_train(NULL, 1, NULL, &err), "expected a core");
    refused(slt_core_create(NULL, 0, NULL, &none, &err), "found NULL");
    memcpy(now, all, sizeof all);
    now[13] = 1e300;
    now[0] = 7;
    refused(slt_core_set(core, now, PARAMETERS, &err), "element 5 of W2, 1e+300");
    refused(slt_core_set_weight(core, "W1", (double[8]){0, NAN}, 8, &err),
            "element 1 of W1");
    if (slt_core_get(core, now, PARAMETERS, &err))
        tap_bail(err.text);
    TAP_OK(!memcmp(all, now, sizeof all), "nothing has changed");
    slt_core_free(core);
    slt_core_free(NULL);
}

static void test_options(void)
{
    struct {
        slt_core_options known;
        size_t later;
    } longer = {.later = 0};
    slt_core_options options = {0};
    slt_core *core = NULL;
    const size_t size = strlen(manifest_text);
    refused(slt_core_create(manifest_text, size, &options, &core, &err), "size is 0");
    options = slt_core_defaults();
    options.run = 3;
    refused(slt_core_create(manifest_text, size, &options, &core, &err), "no run 3");
    slt_core_options_init(&longer.known, sizeof longer);
    TAP_OK(!slt_core_create(manifest_text, size, &longer.known, &core, &err),
           "options of a later version, as by default");
    slt_core_free(core);
    longer.later = 1;
    refused(slt_core_create(manifest_text, size, &longer.known, &core, &err),
            "later version");
    options = slt_core_defaults();
    options.size = offsetof(slt_core_options, jobs);
    options.jobs = (size_t)-1;
    TAP_OK(!slt_core_create(manifest_text, size, &options, &core, &err),
           "options of an earlier version, without what came later");
    slt_core_free(core);
    TAP_OK(slt_core_create("sltrace: 1\nrun: 3\n", 18, NULL, &core, &err) == SLT_FORMAT &&
               !core && strstr(err.text, "manifest:"),
           "%s", err.text);
}

static void test_cancel(void)
{
    atomic_int cancel = 0;
    slt_core_options options = slt_core_defaults();
    slt_core *core = NULL;
    slt_core_trained end;
    options.cancel = &cancel;
    if (slt_core_create(manifest_text, strlen(manifest_text), &options, &core, &err))
        tap_bail(err.text);
    TAP_OK(!slt_core_train(core, 2, NULL, &err), "two updates");
    cancel = 1;
    TAP_OK(slt_core_train(core, 2, &end, &err) == SLT_INTERRUPTED && end.step == 2, "%s",
           err.text);
    TAP_OK(slt_core_sample(core, 0, NULL, NULL, &err) == SLT_INTERRUPTED, "%s", err.text);
    slt_core_free(core);
}

/* Training that leaves the numbers: the core says so until it is reset. */
static void test_lost(void)
{
    static const char wild[] = SAMPLE_HEAD(
        "test/wild") "run:\n  arithmetic: f32\n  seed: 5\n" SAMPLE_DATA SAMPLE_NET
                     "  train:\n    optimizer: {kind: sgd, lr: 1e20}\n    steps: 10\n";
    slt_core *core = core_of(wild, 0);
    slt_core_trained end;
    double loss;
    TAP_OK(!slt_core_train(core, 10, &end, &err) && end.status == SLT_RUN_DIVERGED &&
               end.step < 10 && end.last,
           "training diverges at update %d", (int)end.step);
    refused(slt_core_loss(core, SLT_CORE_TRAINING, &loss, &err), "slt_core_reset");
    refused(slt_core_train(core, 1, &end, &err), "slt_core_reset");
    TAP_OK(!slt_core_reset(core, &err) &&
               !slt_core_loss(core, SLT_CORE_TRAINING, &loss, &err) && isfinite(loss),
           "reset, it has a loss");
    slt_core_free(core);
}

/* The rule on the loss, samples for validation, and data of the caller's own. */
static void test_own_data(void)
{
    static const double x[] = {1, -2, .5, 4, 3, -1}, y[] = {2, -4, 1, 8, 6, -2};
    static char folder[] = "/tmp/sltrace-core-XXXXXX";
    char path[2][64], sum[2][65], text[2048];
    slt_core_options options = slt_core_defaults();
    slt_core *core = NULL;
    slt_core_trained end;
    double loss = 0, validation = 0, slope;
    if (!mkdtemp(folder))
        tap_bail(folder);
    for (int i = 0; i < 2; i++) {
        snprintf(path[i], sizeof path[i], "%s/%s.npy", folder, i ? "y" : "x");
        if (slt_core_write_array(path[i], i ? y : x, 6, 1, sum[i], &err))
            tap_bail(err.text);
    }
    snprintf(text, sizeof text,
             "sltrace: 1\nname: test/own\nrun:\n  arithmetic: f64\n  seed: 0\n"
             "  data:\n    kind: file\n    samples: 4\n"
             "    x: {file: x.npy, sha256: %s, width: 1}\n"
             "    target: {file: y.npy, sha256: %s, width: 1}\n"
             "    validation:\n      samples: 2\n"
             "      x: {file: x.npy, sha256: %s, first: 4}\n"
             "      target: {file: y.npy, sha256: %s, first: 4}\n"
             "  model:\n    weights:\n"
             "      W: {shape: [1, 1], init: {kind: constant, value: 1}}\n"
             "    ops:\n      - {op: linear, in: x, weight: W, out: f}\n"
             "    loss: {op: mse, in: f}\n"
             "  train:\n    optimizer: {kind: sgd, lr: 1e-2}\n    steps: 100\n"
             "    stop: {loss_below: 1e-3}\n",
             sum[0], sum[1], sum[0], sum[1]);
    snprintf(path[0], sizeof path[0], "%s/own.yaml", folder);
    options.path = path[0];
    if (slt_core_create(text, strlen(text), &options, &core, &err) ||
        slt_core_loss(core, SLT_CORE_TRAINING, &loss, &err) ||
        slt_core_loss(core, SLT_CORE_VALIDATION, &validation, &err))
        tap_bail(err.text);
    TAP_OK(loss == (1 + 4 + .25 + 16) / 4 && validation == (9 + 1) / 2.,
           "losses of the caller's arrays: %g, %g", loss, validation);
    if (slt_core_train(core, 1000, &end, &err))
        tap_bail(err.text);
    TAP_OK(end.stopped && end.last && end.step > 1 && end.step < 100 && end.loss < 1e-3 &&
               !slt_core_get(core, &slope, 1, &err) && fabs(slope - 2) < .03,
           "training stops at update %d, of loss %g", (int)end.step, end.loss);
    TAP_OK(!slt_core_train(core, 1, &end, &err) && end.stopped && isnan(end.loss),
           "and goes no further");
    slt_core_free(core);
    snprintf(text, sizeof text, "rm -r %s", folder);
    if (system(text))
        tap_bail(text);
}

/* ---- What cannot go on ------------------------------------------------------------- */

static jmp_buf out;
static char broken[256];

static void note_broken(void *context, const char *where, const char *what)
{
    snprintf(broken, sizeof broken, "%s: %s: %s", (char *)context, where, what);
    longjmp(out, 1);
}

static void test_broken(void)
{
    static char mine[] = "mine";
    slt_on_broken(note_broken, mine);
    if (!setjmp(out)) {
        SLT_ASSERT(mine[0] == 'y');
        TAP_OK(false, "a broken invariant goes on");
    }
    TAP_OK(strstr(broken, "mine: ") && strstr(broken, "core.c:") &&
               strstr(broken, "mine[0] == 'y'"),
           "%s", broken);
    if (!setjmp(out))
        slt_end_without_memory("a test", 7);
    TAP_OK(strstr(broken, "no memory for a test (7 bytes)"), "%s", broken);
    slt_on_broken(NULL, NULL);
}

int main(void)
{
    slt_core *core = NULL;
    refused(slt_core_create(manifest_text, strlen(manifest_text), NULL, &core, &err),
            "slt_start");
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    test_run(0, "f32");
    test_run(1, "f64");
    test_run(2, "fixed");
    test_derivatives();
    test_weights();
    test_mistakes();
    test_options();
    test_cancel();
    test_lost();
    test_own_data();
    test_broken();
    return tap_done();
}
