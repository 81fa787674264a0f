/* Training: bits against straightforward loops, sense against textbook formulas, and the
 * rules of stopping, diverging and going on. */
#include "learn/train.h"

#include <math.h>

#include "num/scalar.h"
#include "systems.h"

static slt_run_spec run;

typedef struct session {
    slt_trainer *trainer;
    slt_state state;
} session;

static session open_session(void)
{
    session opened;
    slt_error err;
    system_must(slt_trainer_create(&run, &opened.trainer, &err), &err);
    system_must(slt_state_create(&run, &opened.state, &err), &err);
    system_must(slt_state_init(opened.trainer, &opened.state, &err), &err);
    return opened;
}

static void close_session(session *open)
{
    slt_state_free(&open->state);
    slt_trainer_free(open->trainer);
}

static slt_step_result advance(session *open, uint64_t steps)
{
    slt_step_result result = SLT_STEP_MORE;
    slt_real loss;
    for (uint64_t i = 0; i < steps && result == SLT_STEP_MORE; i++)
        result = slt_train_step(open->trainer, &open->state, &loss);
    return result;
}

static bool same_state(const slt_state *a, const slt_state *b)
{
    bool same = a->step == b->step && system_same_params(&a->weights, &b->weights) &&
                a->slots.count == b->slots.count &&
                memcmp(a->powers, b->powers, sizeof a->powers) == 0;
    for (size_t i = 0; i < a->slots.count && same; i++)
        same = system_same_params(&a->slots.slot[i], &b->slots.slot[i]);
    return same;
}

/* ---- A step by plain loops, in each type ---------------------------------------- */

enum { N = 9, IN = 5, HIDDEN = 3, OUT = 4 };

typedef struct naive_rule {
    bool adam, decoupled;
    double lr, momentum, beta1, beta2, eps, decay;
} naive_rule;

/* c[i][j] = chain over k of a[i][k] b[k][j], each factor read through its strides. */
#define NAIVE(real, fma_, sqrt_, suffix)                                                 \
    typedef struct naive_##suffix {                                                      \
        real w1[HIDDEN * IN], w2[OUT * HIDDEN], g1[HIDDEN * IN], g2[OUT * HIDDEN];       \
        real m[HIDDEN * IN + OUT * HIDDEN], v[HIDDEN * IN + OUT * HIDDEN];               \
    } naive_##suffix;                                                                    \
                                                                                         \
    static void product_##suffix(size_t rows, size_t cols, size_t depth, const real *a,  \
                                 size_t ai, size_t ak, const real *b, size_t bk,         \
                                 size_t bj, real *c)                                     \
    {                                                                                    \
        for (size_t i = 0; i < rows; i++) {                                              \
            for (size_t j = 0; j < cols; j++) {                                          \
                real sum = 0;                                                            \
                for (size_t k = 0; k < depth; k++)                                       \
                    sum = fma_(a[i * ai + k * ak], b[k * bk + j * bj], sum);             \
                c[i * cols + j] = sum;                                                   \
            }                                                                            \
        }                                                                                \
    }                                                                                    \
                                                                                         \
    static double gradient_##suffix(naive_##suffix *net, const real *x, const real *t)   \
    {                                                                                    \
        real h[N * HIDDEN], y[N * OUT], dh[N * HIDDEN];                                  \
        double partial[64] = {0};                                                        \
        product_##suffix(N, HIDDEN, IN, x, IN, 1, net->w1, 1, IN, h);                    \
        product_##suffix(N, OUT, HIDDEN, h, HIDDEN, 1, net->w2, 1, HIDDEN, y);           \
        for (size_t i = 0; i < N * OUT; i++) {                                           \
            real e = y[i] - t[i];                                                        \
            partial[i % 64] = fma((double)e, (double)e, partial[i % 64]);                \
            y[i] = (real)(2.0 / (N * OUT)) * e;                                          \
        }                                                                                \
        for (size_t width = 32; width >= 1; width /= 2)                                  \
            for (size_t i = 0; i < width; i++)                                           \
                partial[i] += partial[i + width];                                        \
        product_##suffix(OUT, HIDDEN, N, y, 1, OUT, h, HIDDEN, 1, net->g2);              \
        product_##suffix(N, HIDDEN, OUT, y, OUT, 1, net->w2, HIDDEN, 1, dh);             \
        product_##suffix(HIDDEN, IN, N, dh, 1, HIDDEN, x, IN, 1, net->g1);               \
        return partial[0] / (N * OUT);                                                   \
    }                                                                                    \
                                                                                         \
    static void update_##suffix(const naive_rule *rule, int t, const real *g,            \
                                size_t count, real *m, real *v, real *w)                 \
    {                                                                                    \
        double power1 = 1, power2 = 1;                                                   \
        for (int i = 0; i <= t; i++) {                                                   \
            power1 *= rule->beta1;                                                       \
            power2 *= rule->beta2;                                                       \
        }                                                                                \
        const real rate = (real)(rule->lr / (1 - power1));                               \
        const real root = (real)(1 / sqrt(1 - power2));                                  \
        const real shrink = (real)(1 - rule->lr * rule->decay);                          \
        for (size_t i = 0; i < count; i++) {                                             \
            real d = g[i];                                                               \
            if (rule->decoupled && rule->decay != 0)                                     \
                w[i] = w[i] * shrink;                                                    \
            else if (rule->decay != 0)                                                   \
                d = fma_((real)rule->decay, w[i], d);                                    \
            if (rule->adam) {                                                            \
                m[i] = fma_((real)rule->beta1, m[i], (real)(1 - rule->beta1) * d);       \
                v[i] = fma_((real)rule->beta2, v[i], (real)(1 - rule->beta2) * d * d);   \
                w[i] =                                                                   \
                    fma_(-rate, m[i] / fma_(sqrt_(v[i]), root, (real)rule->eps), w[i]);  \
                continue;                                                                \
            }                                                                            \
            if (rule->momentum != 0)                                                     \
                d = m[i] = fma_((real)rule->momentum, m[i], d);                          \
            w[i] = fma_((real)-rule->lr, d, w[i]);                                       \
        }                                                                                \
    }                                                                                    \
                                                                                         \
    static void compare_##suffix(const char *name, const naive_rule *rule)               \
    {                                                                                    \
        session open = open_session();                                                   \
        const slt_data *data = slt_trainer_data(open.trainer);                           \
        const slt_params *weights = &open.state.weights;                                 \
        naive_##suffix net = {0};                                                        \
        const size_t first = HIDDEN * IN, second = OUT * HIDDEN;                         \
        memcpy(net.w1, weights->tensor[0].data, sizeof net.w1);                          \
        memcpy(net.w2, weights->tensor[1].data, sizeof net.w2);                          \
        bool same = true;                                                                \
        for (int t = 0; t < 25; t++) {                                                   \
            slt_real loss;                                                               \
            double want = gradient_##suffix(&net, data->train.input[0].data,             \
                                            data->train.target.data);                    \
            update_##suffix(rule, t, net.g1, first, net.m, net.v, net.w1);               \
            update_##suffix(rule, t, net.g2, second, net.m + first, net.v + first,       \
                            net.w2);                                                     \
            same = same &&                                                               \
                   slt_train_step(open.trainer, &open.state, &loss) == SLT_STEP_MORE &&  \
                   slt_real_double(loss) == want;                                        \
        }                                                                                \
        TAP_OK(same, "%s, " #suffix ": losses as by plain loops", name);                 \
        TAP_EQ_BYTES(weights->tensor[0].data, net.w1, sizeof net.w1, "weights of W1");   \
        TAP_EQ_BYTES(weights->tensor[1].data, net.w2, sizeof net.w2, "weights of W2");   \
        if (open.state.slots.count > 0)                                                  \
            TAP_EQ_BYTES(open.state.slots.slot[0].tensor[1].data, net.m + first,         \
                         sizeof net.w2, "first moments of W2");                          \
        if (open.state.slots.count > 1)                                                  \
            TAP_EQ_BYTES(open.state.slots.slot[1].tensor[0].data, net.v, sizeof net.w1,  \
                         "second moments of W1");                                        \
        close_session(&open);                                                            \
    }

NAIVE(float, fmaf, sqrtf, f32)
NAIVE(double, fma, sqrt, f64)

static void small_system(slt_arithmetic arithmetic)
{
    system_begin(&run, arithmetic, 12);
    system_teacher_data(&run, N, IN, OUT, 0.5, 0.1);
    system_two_layers(&run, IN, HIDDEN, OUT);
}

static void test_rule(const char *name, naive_rule rule)
{
    for (int i = 0; i < 2; i++) {
        small_system(i ? SLT_F64 : SLT_F32);
        run.train.optimizer = (slt_optimizer_spec){
            .kind = rule.adam ? SLT_OPTIMIZER_ADAM : SLT_OPTIMIZER_SGD,
            .lr = slt_real_of(rule.lr),
            .momentum = slt_real_of(rule.momentum),
            .beta1 = slt_real_of(rule.beta1),
            .beta2 = slt_real_of(rule.beta2),
            .eps = slt_real_of(rule.eps),
            .weight_decay = slt_real_of(rule.decay),
            .decoupled = rule.decoupled,
        };
        (i ? compare_f64 : compare_f32)(name, &rule);
    }
}

static void test_rules(void)
{
    naive_rule adam = {
        .adam = true, .lr = 0.01, .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8};
    test_rule("Adam", adam);
    adam.decay = 0.05;
    test_rule("Adam, coupled decay", adam);
    adam.decoupled = true;
    test_rule("Adam, decoupled decay", adam);
    naive_rule sgd = {.lr = 0.1};
    test_rule("SGD", sgd);
    sgd.momentum = 0.9;
    sgd.decay = 0.01;
    test_rule("SGD with momentum and decay", sgd);
}

/* Kingma and Ba 2015, algorithm 1, on f(w) = (w x - t)^2 with one weight, in binary64. */
static void test_textbook(slt_arithmetic arithmetic)
{
    const double lr = 0.05, x = 0.5, t = 1;
    system_begin(&run, arithmetic, 1);
    system_constant_data(&run, 3, 1, x, t);
    system_weight(&run, "W", 1, 1);
    system_op(&run, "linear", "x", "W", "y");
    system_loss(&run, false);
    run.train.optimizer.lr = slt_real_of(lr);
    session open = open_session();
    double w = 0, m = 0, v = 0, worst = 0;
    for (int i = 1; i <= 60; i++) {
        double g = 2 * x * (w * x - t);
        m = 0.9 * m + 0.1 * g;
        v = 0.999 * v + 0.001 * g * g;
        w -= lr * (m / (1 - pow(0.9, i))) / (sqrt(v / (1 - pow(0.999, i))) + 1e-8);
        advance(&open, 1);
        double got = slt_real_double(slt_tensor_get(&open.state.weights.tensor[0], 0));
        worst = fmax(worst, fabs(got - w));
    }
    double bound = arithmetic == SLT_F64 ? 1e-13 : 1e-5;
    TAP_OK(worst < bound, "Adam as in its paper, %s: within %g (%.1e)",
           slt_arithmetic_name(arithmetic), bound, worst);
    close_session(&open);
}

static void test_schedule(void)
{
    small_system(SLT_F32);
    slt_optimizer_spec *optimizer = &run.train.optimizer;
    optimizer->schedule_count = 2;
    optimizer->schedule[0].from = 3;
    optimizer->schedule[0].lr = slt_real_of(0);
    optimizer->schedule[1].from = 5;
    optimizer->schedule[1].lr = slt_real_of(0.5);
    TAP_OK(slt_optimizer_lr(optimizer, 2).bits == optimizer->lr.bits &&
               slt_optimizer_lr(optimizer, 3).bits == 0 &&
               slt_optimizer_lr(optimizer, 4).bits == 0 &&
               slt_real_double(slt_optimizer_lr(optimizer, 5)) == 0.5 &&
               slt_real_double(slt_optimizer_lr(optimizer, 900)) == 0.5,
           "the schedule's entry holds from its step on");
    session open = open_session(), later = open_session();
    advance(&open, 3);
    advance(&later, 5);
    TAP_OK(system_same_params(&open.state.weights, &later.state.weights),
           "a rate of 0 moves nothing in updates 3 and 4");
    advance(&later, 1);
    TAP_OK(!system_same_params(&open.state.weights, &later.state.weights),
           "update 5 moves again");
    close_session(&later);
    close_session(&open);
}

static void test_stop(void)
{
    small_system(SLT_F64);
    session whole = open_session();
    slt_real losses[200];
    for (size_t i = 0; i < 200; i++)
        slt_train_step(whole.trainer, &whole.state, &losses[i]);
    close_session(&whole);
    run.train.stop.has_loss_below = true;
    run.train.stop.loss_below = losses[150];
    uint64_t want = 0;
    while (!slt_real_less(losses[want], losses[150]))
        want++;
    session open = open_session();
    TAP_OK(advance(&open, 200) == SLT_STEP_STOPPED, "the stop rule ends training");
    TAP_EQ_U64(open.state.step, want, "before the first update whose loss is below");
    slt_state before = open.state;
    TAP_OK(advance(&open, 1) == SLT_STEP_STOPPED && same_state(&before, &open.state),
           "and leaves the state alone");
    close_session(&open);
    run.train.stop.after = want + 5;
    open = open_session();
    advance(&open, 200);
    TAP_OK(open.state.step >= want + 5, "stop.after holds it back");
    close_session(&open);
}

static void test_pieces(slt_batch_order order)
{
    small_system(SLT_F32);
    run.train.batch = (slt_batch_spec){.order = order, .size = 4, .keep_short = true};
    session whole = open_session(), first = open_session(), second = open_session();
    advance(&whole, 23);
    for (uint64_t cut = 1; cut < 23; cut += 5) {
        advance(&first, cut - first.state.step);
        slt_state_copy(&second.state, &first.state);
        advance(&second, 23 - cut);
        TAP_OK(same_state(&whole.state, &second.state),
               "batch order %d: going on after %d steps changes no bit", (int)order,
               (int)cut);
    }
    close_session(&second);
    close_session(&first);
    close_session(&whole);
}

static void test_divergence(void)
{
    small_system(SLT_F32);
    run.train.optimizer =
        (slt_optimizer_spec){.kind = SLT_OPTIMIZER_SGD, .lr = slt_real_of(1e6)};
    session open = open_session();
    TAP_OK(advance(&open, 100) == SLT_STEP_DIVERGED && open.state.step < 20,
           "a rate of a million diverges");
    uint64_t step = open.state.step;
    TAP_OK(advance(&open, 1) == SLT_STEP_DIVERGED && open.state.step == step,
           "and stays at its step");
    close_session(&open);

    /* g = 2e22, so v is infinite in f32 while w moves by m / inf = 0. */
    system_begin(&run, SLT_F32, 1);
    system_constant_data(&run, 1, 1, 1e11, -1e11);
    system_weight(&run, "W", 1, 1);
    system_op(&run, "linear", "x", "W", "y");
    system_loss(&run, false);
    open = open_session();
    TAP_OK(advance(&open, 1) == SLT_STEP_DIVERGED &&
               slt_tensor_get(&open.state.weights.tensor[0], 0).bits << 1 == 0,
           "a second moment that overflows ends the run although no weight does");
    close_session(&open);
}

static void test_metrics(void)
{
    small_system(SLT_F64);
    run.train.batch = (slt_batch_spec){.order = SLT_BATCH_FRESH, .size = 2};
    session open = open_session();
    slt_metrics metrics;
    slt_real loss;
    slt_net *net;
    slt_error err;
    advance(&open, 3);
    TAP_OK(slt_train_metrics(open.trainer, &open.state, &metrics) == SLT_STEP_MORE &&
               metrics.count == 1,
           "one metric");
    TAP_OK(metrics.list[0].quantity.kind == SLT_QUANTITY_LOSS, "which is the loss");
    const slt_batch *all = &slt_trainer_data(open.trainer)->train;
    system_must(slt_net_create(&run.model, all, all->rows, SLT_F64, &net, &err), &err);
    loss = slt_net_loss(net, &open.state.weights, all);
    TAP_EQ_U64(metrics.list[0].value.bits, loss.bits, "on the full data");
    slt_net_free(net);
    slt_tensor_set(&open.state.weights.tensor[0], 0, slt_real_of(1e300));
    TAP_OK(slt_train_metrics(open.trainer, &open.state, &metrics) == SLT_STEP_DIVERGED,
           "a metric that is not finite says so");
    close_session(&open);
}

static void test_frozen_and_tied(void)
{
    small_system(SLT_F64);
    run.model.weights[0].trainable = false;
    session open = open_session();
    session fresh = open_session();
    advance(&open, 5);
    TAP_OK(system_same_tensor(&open.state.weights.tensor[0],
                              &fresh.state.weights.tensor[0]) &&
               !system_same_tensor(&open.state.weights.tensor[1],
                                   &fresh.state.weights.tensor[1]),
           "a frozen weight stays, the other moves");
    close_session(&fresh);
    close_session(&open);

    system_begin(&run, SLT_F64, 3);
    system_teacher_data(&run, 8, 3, 3, 0.5, 0.1);
    system_two_layers(&run, 3, 3, 3);
    snprintf(run.model.weights[1].tied, SLT_NAME_MAX, "W1");
    open = open_session();
    advance(&open, 5);
    TAP_OK(
        system_same_tensor(&open.state.weights.tensor[0], &open.state.weights.tensor[1]),
        "a tied weight is its owner");
    close_session(&open);
}

static void test_bad_start(void)
{
    small_system(SLT_F32);
    run.model.weights[1].init =
        (slt_init_spec){.kind = SLT_INIT_CONSTANT, .value = slt_real_of(1e39)};
    slt_trainer *trainer;
    slt_state state;
    slt_error err = {0};
    system_must(slt_trainer_create(&run, &trainer, &err), &err);
    system_must(slt_state_create(&run, &state, &err), &err);
    TAP_OK(slt_state_init(trainer, &state, &err) == SLT_FORMAT && strstr(err.text, "W2"),
           "an initial value beyond f32 is refused by name: %s", err.text);
    slt_state_free(&state);
    slt_trainer_free(trainer);
}

static void test_fixed(void)
{
    slt_error err;
    if (slt_num_available(SLT_FIXED, &err)) {
        tap_skip("fixed-point training", err.text);
        return;
    }
    small_system(SLT_FIXED);
    session open = open_session();
    slt_real first, last;
    slt_train_step(open.trainer, &open.state, &first);
    advance(&open, 150);
    slt_step_result result = slt_train_step(open.trainer, &open.state, &last);
    TAP_OK(result == SLT_STEP_MORE &&
               slt_real_double(last) < 0.5 * slt_real_double(first),
           "fixed-point Adam halves the loss: %g to %g", slt_real_double(first),
           slt_real_double(last));
    close_session(&open);
    run.train.optimizer =
        (slt_optimizer_spec){.kind = SLT_OPTIMIZER_SGD, .lr = slt_real_of(1e6)};
    open = open_session();
    TAP_OK(advance(&open, 100) == SLT_STEP_OVERFLOW &&
               slt_trainer_overflowed(open.trainer)[0],
           "a rate of a million overflows: %s", slt_trainer_overflowed(open.trainer));
    close_session(&open);
}

static void test_functions(void)
{
    small_system(SLT_F32);
    slt_function_set normals = slt_functions_of_normals(SLT_F32);
    TAP_OK((slt_run_functions(&run) & normals) == normals, "normals are listed");
    /* Normals of fixed point need neither log nor exp. */
    small_system(SLT_FIXED);
    slt_llc_spec *llc = system_llc(&run, 1e-3, 1, 10, 1, 10);
    slt_function_set plain = slt_run_functions(&run);
    llc->nbeta_of = SLT_NBETA_SAMPLES;
    slt_function_set with_log = slt_run_functions(&run);
    llc->mala_acceptance = true;
    TAP_OK((with_log & ~plain) == (slt_function_set)1 << SLT_FN_log, "n/ln(n) adds log");
    TAP_OK((slt_run_functions(&run) & ~with_log) == (slt_function_set)1 << SLT_FN_exp,
           "MALA acceptance adds exp");
}

int main(void)
{
    system_start();
    test_rules();
    test_textbook(SLT_F32);
    test_textbook(SLT_F64);
    test_schedule();
    test_stop();
    test_pieces(SLT_BATCH_FULL);
    test_pieces(SLT_BATCH_FRESH);
    test_pieces(SLT_BATCH_EPOCHS);
    test_pieces(SLT_BATCH_STREAM);
    test_divergence();
    test_metrics();
    test_frozen_and_tied();
    test_bad_start();
    test_fixed();
    test_functions();
    return tap_done();
}
