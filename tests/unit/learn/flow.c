/* learn/flow.c, learn/optimizer_flow.c and what training makes of them: flows against the
 * same flow integrated in small steps. */
#include <math.h>

#include "learn/flow.h"
#include "net/net.h"
#include "systems.h"

#define MOST 64

static slt_error err;
static slt_run_spec run;

/* y = x W' + noise of a teacher. */
static void make_run(slt_arithmetic arithmetic, size_t samples, size_t inputs,
                     size_t outputs, double l2)
{
    system_begin(&run, arithmetic, 5);
    system_teacher_data(&run, samples, inputs, outputs, 1, 0.3);
    system_normal(system_weight(&run, "W", outputs, inputs), 1);
    system_op(&run, "linear", "x", "W", "y");
    system_loss(&run, false);
    run.model.loss.factor = slt_real_of(0.5);
    run.train.optimizer =
        (slt_optimizer_spec){.kind = SLT_OPTIMIZER_FLOW, .l2 = slt_real_of(l2)};
}

static void set_times(const double *times, size_t count)
{
    for (size_t i = 0; i < count; i++)
        run.train.times.list[i].at = slt_real_of(times[i]);
    run.train.times.count = count;
    run.train.steps = count - 1;
    run.train.every = run.train.at_count = 1;
}

/* ---- The flow in small steps ------------------------------------------------------- */

typedef struct plain {
    size_t samples, inputs, outputs;
    double l1, l2, x[MOST * MOST], t[MOST * MOST], w[MOST];
} plain;

static void plain_slope(const plain *p, const double *w, double *slope)
{
    for (size_t o = 0; o < p->outputs; o++)
        for (size_t i = 0; i < p->inputs; i++)
            slope[o * p->inputs + i] = -p->l2 * w[o * p->inputs + i];
    for (size_t s = 0; s < p->samples; s++)
        for (size_t o = 0; o < p->outputs; o++) {
            double e = -p->t[s * p->outputs + o];
            for (size_t i = 0; i < p->inputs; i++)
                e += p->x[s * p->inputs + i] * w[o * p->inputs + i];
            for (size_t i = 0; i < p->inputs; i++)
                slope[o * p->inputs + i] -=
                    e * p->x[s * p->inputs + i] / (double)p->samples;
        }
}

static void plain_go(plain *p, double time)
{
    const size_t n = p->inputs * p->outputs;
    const int steps = (int)(time * 400) + 1;
    const double h = time / steps;
    double k[4][MOST], at[MOST];
    for (int s = 0; s < steps; s++) {
        for (int stage = 0; stage < 4; stage++) {
            const double ahead = stage == 0 ? 0 : stage == 3 ? h : h / 2;
            for (size_t i = 0; i < n; i++)
                at[i] = p->w[i] + (stage ? ahead * k[stage - 1][i] : 0);
            plain_slope(p, at, k[stage]);
        }
        for (size_t i = 0; i < n; i++)
            p->w[i] += h / 6 * (k[0][i] + 2 * k[1][i] + 2 * k[2][i] + k[3][i]);
    }
}

/* With l1, in small steps that hold at 0 what would cross it. */
static void plain_bend(plain *p, double time)
{
    const size_t n = p->inputs * p->outputs;
    const int steps = (int)(time * (double)tap_times(40000, 4000)) + 1;
    const double h = time / steps;
    double slope[MOST];
    for (int s = 0; s < steps; s++) {
        plain_slope(p, p->w, slope);
        for (size_t i = 0; i < n; i++) {
            const double to = p->w[i] + h * slope[i], size = fabs(to) - h * p->l1;
            p->w[i] = size > 0 ? copysign(size, to) : 0;
        }
    }
}

static plain plain_of(const slt_data *data, const slt_tensor *weight)
{
    plain p = {.samples = run.data.samples,
               .inputs = run.data.inputs,
               .outputs = run.data.outputs,
               .l1 = slt_real_double(run.train.optimizer.l1),
               .l2 = slt_real_double(run.train.optimizer.l2)};
    for (size_t i = 0; i < p.samples * p.inputs; i++)
        p.x[i] = slt_real_double(slt_tensor_get(&data->train.input[0], i));
    for (size_t i = 0; i < p.samples * p.outputs; i++)
        p.t[i] = slt_real_double(slt_tensor_get(&data->train.target, i));
    for (size_t i = 0; i < p.inputs * p.outputs; i++)
        p.w[i] = slt_real_double(slt_tensor_get(weight, i));
    return p;
}

/* ---- Both -------------------------------------------------------------------------- */

typedef struct session {
    slt_trainer *trainer;
    slt_state state;
} session;

static session begin_session(void)
{
    session open = {0};
    system_must(slt_trainer_create(&run, &open.trainer, &err), &err);
    system_must(slt_state_create(&run, &open.state, &err), &err);
    system_must(slt_state_init(open.trainer, &open.state, &err), &err);
    return open;
}

static void end_session(session *open)
{
    slt_state_free(&open->state);
    slt_trainer_free(open->trainer);
}

static double distance(const slt_tensor *weight, const double *w)
{
    double most = 0;
    for (size_t i = 0; i < slt_tensor_count(weight); i++)
        most = fmax(most, fabs(slt_real_double(slt_tensor_get(weight, i)) - w[i]));
    return most;
}

/* Every checkpoint beside the same flow in small steps; the end beside a late time. */
static void compare(const char *name, double tolerance)
{
    static const double times[] = {0, 0.25, 1, 7, 150, INFINITY};
    const bool bent = run.train.optimizer.l1.bits << 1 != 0;
    set_times(times, 6);
    session open = begin_session();
    const slt_tensor *weight = &open.state.weights.tensor[0];
    plain p = plain_of(slt_trainer_data(open.trainer), weight);
    double worst = 0, before = 0;
    for (size_t i = 0; i < 6; i++) {
        slt_real loss;
        if (i)
            system_must(slt_train_step(open.trainer, &open.state, &loss) != SLT_STEP_MORE,
                        &err);
        if (isfinite(times[i]))
            (bent ? plain_bend : plain_go)(&p, times[i] - before);
        before = times[i];
        worst = fmax(worst, distance(weight, p.w));
    }
    TAP_OK(worst < tolerance, "%s: as in small steps (%g off)", name, worst);
    end_session(&open);
}

static void test_flows(void)
{
    make_run(SLT_F64, 12, 4, 2, 0.05);
    compare("two outputs", 1e-9);
    make_run(SLT_F32, 12, 4, 2, 0.05);
    compare("f32", 2e-6);
    make_run(SLT_F64, 3, 6, 2, 0.2);
    compare("fewer samples than weights", 1e-9);
    make_run(SLT_F64, 3, 6, 1, 0);
    compare("and no decay: what no sample sees stays", 1e-9);
    make_run(SLT_F64, 20, 1, 1, 0);
    compare("one number", 1e-9);
}

/* All features are one: only the sum of the weights moves. */
static void test_singular(void)
{
    make_run(SLT_F64, 5, 2, 1, 0);
    system_constant_data(&run, 5, 1, 2, 3);
    run.data.inputs = 2;
    compare("equal columns", 1e-9);
}

/* The flow of one number with l1 is exact, of several within its tolerance. */
static void test_bent(void)
{
    static const double l1[] = {0.3, 4, 40};
    for (size_t i = 0; i < 3; i++) {
        make_run(SLT_F64, 20, 1, 1, i == 1 ? 0.1 : 0);
        run.train.optimizer.l1 = slt_real_of(l1[i]);
        compare("one number, l1", 2e-3);
    }
    make_run(SLT_F64, 8, 4, 1, 0.02);
    run.train.optimizer.l1 = slt_real_of(0.2);
    run.train.optimizer.tolerance = slt_real_of(1e-3);
    compare("four numbers, l1", 2e-3);
    make_run(SLT_F64, 4, 3, 2, 0);
    run.train.optimizer.l1 = slt_real_of(0.05);
    run.train.optimizer.tolerance = slt_real_of(1e-3);
    compare("more numbers than samples, l1", 2e-2);
}

/* x = 1, target a, from w: dw/dt = a - w - l1 sign(w). */
static void expect_number(double w, double target, double l1, double time, double want)
{
    const double times[] = {time, INFINITY};
    make_run(SLT_F64, 4, 1, 1, 0);
    system_constant_data(&run, 4, 1, 1, target);
    run.model.weights[0].init.kind = SLT_INIT_CONSTANT;
    run.model.weights[0].init.value = slt_real_of(w);
    run.train.optimizer.l1 = slt_real_of(l1);
    set_times(times, 2);
    session open = begin_session();
    const double got = slt_real_double(slt_tensor_get(&open.state.weights.tensor[0], 0));
    TAP_OK(fabs(got - want) < 1e-14, "from %g towards %g, l1 %g, at %g: %.17g", w, target,
           l1, time, got);
    end_session(&open);
}

static void test_pieces(void)
{
    const double arrival = log(2 / 1.5 + 1);
    expect_number(2, 1, 0.25, 1, 0.75 + 1.25 * exp(-1));
    expect_number(2, -1, 0.5, 0.5, -1.5 + 3.5 * exp(-0.5));
    expect_number(2, -1, 0.5, 2, -0.5 * (1 - exp(arrival - 2)));
    expect_number(-2, 1, 0.5, 2, 0.5 * (1 - exp(arrival - 2)));
    expect_number(2, -1, 1, 5, 0);
    expect_number(0, 1, 1, 5, 0);
    expect_number(0, -3, 1, 1, -2 * (1 - exp(-1)));
    expect_number(-1, 0, 0, 1, -exp(-1));
}

/* A time's state is the same whatever the other times are. */
static void test_times(void)
{
    static const double late[] = {1, INFINITY}, all[] = {0, 0.5, 1};
    make_run(SLT_F64, 12, 4, 2, 0.05);
    set_times(late, 2);
    session one = begin_session();
    set_times(all, 3);
    session three = begin_session();
    slt_real loss;
    for (int i = 0; i < 2; i++)
        slt_train_step(three.trainer, &three.state, &loss);
    TAP_OK(system_same_params(&one.state.weights, &three.state.weights),
           "the first time need not be 0, and others do not matter");
    TAP_EQ_U64(three.state.step, 2, "the index of a time is its step");
    end_session(&one);
    end_session(&three);
}

/* ---- Marks ------------------------------------------------------------------------- */

static void set_mark(bool last, double bound)
{
    run.train.mark_count = 1;
    run.train.marks[0] = (slt_mark_spec){.name = "m",
                                         .last = last,
                                         .width = slt_real_of(1e-12),
                                         .bound = {.has_below = !last,
                                                   .has_above = last,
                                                   .below = slt_real_of(bound),
                                                   .above = slt_real_of(bound)}};
}

static slt_mark_values find_mark(void)
{
    slt_marks marks = {0};
    slt_metrics metrics;
    slt_mark_values values;
    session open = begin_session();
    for (size_t i = 0; i <= run.train.steps; i++) {
        slt_real loss;
        if (i)
            slt_train_step(open.trainer, &open.state, &loss);
        slt_train_metrics(open.trainer, &open.state, &metrics);
        slt_marks_note(&run.train, i, &metrics, &marks);
    }
    system_must(slt_train_marks(open.trainer, &marks, run.train.steps, &values, &err),
                &err);
    end_session(&open);
    return values;
}

/* One number, x = 1, target 1, from 0: the loss is exp(-2 t). */
static void expect_time(double bound, double time, const char *what)
{
    set_mark(false, bound);
    slt_mark_values first = find_mark();
    set_mark(true, bound);
    slt_mark_values last = find_mark();
    const double a = slt_real_double(first.value[0]), b = slt_real_double(last.value[0]);
    TAP_OK(first.has[0] && fabs(a - time) < 1e-9 * time, "%s: first below (%.17g)", what,
           a);
    TAP_OK(last.has[0] && fabs(b - time) < 1e-9 * time, "%s: last not below (%.17g)",
           what, b);
}

static void test_marks(void)
{
    static const double times[] = {0, 1, 2, INFINITY};
    make_run(SLT_F64, 4, 1, 1, 0);
    system_constant_data(&run, 4, 1, 1, 1);
    run.model.weights[0].init.kind = SLT_INIT_ZERO;
    run.model.loss.factor = slt_real_of(1);
    run.train.optimizer.l2 = slt_real_of(0);
    set_times(times, 4);
    expect_time(exp(-4 * 1.5), 1.5, "between two times");
    expect_time(exp(-4 * 6), 6, "before the end");
    set_mark(false, 2);
    TAP_OK(find_mark().has[0] && find_mark().value[0].bits << 1 == 0,
           "met from the first time on");
    set_mark(true, 2);
    TAP_OK(!find_mark().has[0], "never met");
    set_mark(true, -1);
    TAP_OK(!find_mark().has[0], "the last does not end");
}

int main(void)
{
    system_start();
    test_flows();
    test_singular();
    test_bent();
    test_pieces();
    test_times();
    test_marks();
    return tap_done();
}
