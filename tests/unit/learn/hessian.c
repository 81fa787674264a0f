/* The trace of the Hessian where it is known: each probe against v'Hv in closed form, and
 * their mean against the trace, by differences and by exact products. */
#include "learn/hessian.h"

#include <math.h>

#include "num/draw.h"
#include "num/scalar.h"
#include "systems.h"

static slt_run_spec run;
static slt_hessian_spec spec = {.probes = 1};

typedef struct scene {
    slt_trainer *trainer;
    slt_state state;
    slt_hessian *hessian;
} scene;

static scene *open_scene(void)
{
    static scene open;
    slt_error err;
    system_llc(&run, 1e-3, 1, 30, 1, 1);
    system_must(slt_trainer_create(&run, &open.trainer, &err), &err);
    system_must(slt_state_create(&run, &open.state, &err), &err);
    system_must(slt_state_init(open.trainer, &open.state, &err), &err);
    system_must(slt_hessian_create(&run, &spec, NULL, slt_trainer_data(open.trainer), 0,
                                   &open.hessian, &err),
                &err);
    slt_hessian_place(open.hessian, &open.state.weights, 0, 1);
    return &open;
}

static void close_scene(scene *open)
{
    slt_hessian_free(open->hessian);
    slt_state_free(&open->state);
    slt_trainer_free(open->trainer);
}

static double element(const slt_tensor *tensor, size_t row, size_t col)
{
    return slt_real_double(slt_tensor_get(tensor, row * tensor->cols + col));
}

static double probe(const scene *open, uint32_t number)
{
    return slt_real_double(slt_hessian_probe(open->hessian, number));
}

/* The signs of a weight in a probe, from the words. */
static slt_tensor signs(size_t weight, uint32_t number, size_t rows, size_t cols)
{
    slt_tensor made;
    slt_error err;
    slt_stream stream =
        slt_stream_of(run.seed, SLT_DRAW_HESSIAN, (uint32_t)weight, 0, number, 1);
    system_must(slt_tensor_create(&made, SLT_F64, rows, cols, &err), &err);
    for (size_t e = 0; e < rows * cols; e++) {
        uint32_t word;
        slt_draw_words(stream, e, &word, 1);
        slt_tensor_set(&made, e, slt_real_of(word < UINT32_C(1) << 31 ? 1 : -1));
    }
    return made;
}

/* ---- One layer: least squares ------------------------------------------------------ */

static void least_squares(slt_arithmetic arithmetic, size_t outputs)
{
    system_begin(&run, arithmetic, 12);
    system_teacher_data(&run, 20, 5, outputs, 1, 0.5);
    system_normal(system_weight(&run, "W", outputs, 5), 1);
    system_op(&run, "linear", "x", "W", "y");
    system_loss(&run, true);
}

/* 2/(n out) sum over samples and outputs of (v_o.x)^2; with v = NULL the trace. */
static double linear_curvature(const slt_batch *all, size_t outputs, const slt_tensor *v)
{
    const slt_tensor *x = &all->input[0];
    double sum = 0;
    for (size_t s = 0; s < x->rows; s++) {
        for (size_t o = 0; o < outputs; o++) {
            double inner = 0, square = 0;
            for (size_t i = 0; i < x->cols; i++) {
                inner += v ? element(v, o, i) * element(x, s, i) : 0;
                square += element(x, s, i) * element(x, s, i);
            }
            sum += v ? inner * inner : square;
        }
    }
    return 2 * sum / (double)(x->rows * outputs);
}

/* Mean and its standard error over probes. */
static double mean_of(const scene *open, uint32_t probes, double *error)
{
    double sum = 0, square = 0;
    for (uint32_t k = 0; k < probes; k++) {
        double value = probe(open, k);
        sum += value;
        square += value * value;
    }
    sum /= probes;
    *error = sqrt((square / probes - sum * sum) / (probes - 1));
    return sum;
}

static void test_least_squares(slt_arithmetic arithmetic, double rounding)
{
    least_squares(arithmetic, 3);
    scene *open = open_scene();
    const slt_batch *all = &slt_trainer_data(open->trainer)->train;
    double worst = 0, error;
    for (uint32_t k = 0; k < 20; k++) {
        slt_tensor v = signs(0, k, 3, 5);
        double want = linear_curvature(all, 3, &v);
        worst = fmax(worst, fabs(probe(open, k) - want) / want);
        slt_tensor_free(&v);
    }
    TAP_OK(worst < rounding, "%s: probes of least squares are v'Hv to %g",
           slt_arithmetic_name(arithmetic), worst);
    double want = linear_curvature(all, 3, NULL), got = mean_of(open, 400, &error);
    TAP_OK(fabs(got - want) < 4 * error && error < 0.05 * want,
           "%s: trace %.4f (%.4f), in closed form %.4f", slt_arithmetic_name(arithmetic),
           got, error, want);
    close_scene(open);
}

/* A diagonal Hessian has v'Hv = tr H for every v. */
static void test_diagonal(slt_arithmetic arithmetic, double rounding)
{
    system_begin(&run, arithmetic, 3);
    system_constant_data(&run, 4, 700, 0.75, 1);
    system_normal(system_weight(&run, "W", 700, 1), 1);
    system_op(&run, "linear", "x", "W", "y");
    system_loss(&run, false);
    scene *open = open_scene();
    const double want = 700 * 2 * 0.75 * 0.75;
    TAP_OK(fabs(probe(open, 0) - want) < rounding * want &&
               fabs(probe(open, 1) - want) < rounding * want,
           "%s: a diagonal Hessian needs one probe: %.6f for %.6f",
           slt_arithmetic_name(arithmetic), probe(open, 0), want);
    close_scene(open);
}

/* A polynomial planted at its own coefficients: powers of t, curvatures far apart. */
static void test_polynomial(slt_arithmetic arithmetic, double rounding)
{
    system_begin(&run, arithmetic, 5);
    run.data = (slt_data_spec){.kind = SLT_DATA_POLYNOMIAL,
                               .samples = 50,
                               .degree = 12,
                               .scale = slt_real_of(0.75)};
    slt_weight_spec *weight = system_weight(&run, "A", 1, 13);
    weight->init.kind = SLT_INIT_TEACHER;
    snprintf(weight->init.factor, SLT_NAME_MAX, "A");
    system_op(&run, "linear", "x", "A", "y");
    system_loss(&run, true);
    scene *open = open_scene();
    const slt_batch *all = &slt_trainer_data(open->trainer)->train;
    double worst = 0, error, want = linear_curvature(all, 1, NULL);
    for (uint32_t k = 0; k < 20; k++) {
        slt_tensor v = signs(0, k, 1, 13);
        worst = fmax(worst, fabs(probe(open, k) - linear_curvature(all, 1, &v)) / want);
        slt_tensor_free(&v);
    }
    TAP_OK(worst < rounding, "%s: probes at a planted polynomial are v'Hv to %g",
           slt_arithmetic_name(arithmetic), worst);
    double got = mean_of(open, 4000, &error);
    TAP_OK(fabs(got - want) < 4 * error && error < 0.05 * want,
           "%s: trace %.4f (%.4f), in closed form %.4f", slt_arithmetic_name(arithmetic),
           got, error, want);
    close_scene(open);
}

/* ---- Two layers at a zero of the loss ---------------------------------------------- */

/* Planted at the teacher's factors the residuals vanish and v'Hv is
 * 2/(n out) sum |V2 W1 x + W2 V1 x|^2. */
static double planted_curvature(const slt_batch *all, const slt_params *w,
                                const slt_tensor *v1, const slt_tensor *v2)
{
    const slt_tensor *x = &all->input[0], *w1 = &w->tensor[0], *w2 = &w->tensor[1];
    double sum = 0;
    for (size_t s = 0; s < x->rows; s++) {
        for (size_t o = 0; o < w2->rows; o++) {
            double change = 0;
            for (size_t k = 0; k < w1->rows; k++) {
                double inner = 0, outer = 0;
                for (size_t i = 0; i < x->cols; i++) {
                    inner += element(w1, k, i) * element(x, s, i);
                    outer += element(v1, k, i) * element(x, s, i);
                }
                change += element(v2, o, k) * inner + element(w2, o, k) * outer;
            }
            sum += change * change;
        }
    }
    return 2 * sum / (double)(x->rows * w2->rows);
}

/* 2/(n out) sum over samples of out |W1 x|^2 + |W2|^2 |x|^2. */
static double planted_trace(const slt_batch *all, const slt_params *w)
{
    const slt_tensor *x = &all->input[0], *w1 = &w->tensor[0], *w2 = &w->tensor[1];
    double sum = 0, square = 0;
    for (size_t e = 0; e < slt_tensor_count(w2); e++)
        square += element(w2, 0, e) * element(w2, 0, e);
    for (size_t s = 0; s < x->rows; s++) {
        for (size_t k = 0; k < w1->rows; k++) {
            double inner = 0;
            for (size_t i = 0; i < x->cols; i++)
                inner += element(w1, k, i) * element(x, s, i);
            sum += (double)w2->rows * inner * inner;
        }
        for (size_t i = 0; i < x->cols; i++)
            sum += square * element(x, s, i) * element(x, s, i);
    }
    return 2 * sum / (double)(x->rows * w2->rows);
}

static void planted(slt_arithmetic arithmetic)
{
    system_begin(&run, arithmetic, 21);
    system_teacher_data(&run, 30, 6, 5, 0.7, 0);
    run.data.rank = 3;
    system_two_layers(&run, 6, 3, 5);
    for (size_t i = 0; i < 2; i++) {
        run.model.weights[i].init.kind = SLT_INIT_TEACHER;
        snprintf(run.model.weights[i].init.factor, SLT_NAME_MAX, "W%zu", i + 1);
    }
}

static void test_planted(slt_arithmetic arithmetic, double rounding)
{
    planted(arithmetic);
    scene *open = open_scene();
    const slt_batch *all = &slt_trainer_data(open->trainer)->train;
    double worst = 0, error;
    for (uint32_t k = 0; k < 10; k++) {
        slt_tensor v1 = signs(0, k, 3, 6), v2 = signs(1, k, 5, 3);
        double want = planted_curvature(all, &open->state.weights, &v1, &v2);
        worst = fmax(worst, fabs(probe(open, k) - want) / want);
        slt_tensor_free(&v2);
        slt_tensor_free(&v1);
    }
    TAP_OK(worst < rounding, "%s: probes at planted factors are v'Hv to %g",
           slt_arithmetic_name(arithmetic), worst);
    double want = planted_trace(all, &open->state.weights);
    double got = mean_of(open, 400, &error);
    TAP_OK(fabs(got - want) < 4 * error && error < 0.05 * want,
           "%s: trace %.4f (%.4f), in closed form %.4f", slt_arithmetic_name(arithmetic),
           got, error, want);
    close_scene(open);
}

static void test_frozen(void)
{
    planted(SLT_F64);
    run.model.weights[0].trainable = false;
    scene *open = open_scene();
    const slt_batch *all = &slt_trainer_data(open->trainer)->train;
    slt_tensor none, v2 = signs(1, 0, 5, 3);
    slt_error err;
    system_must(slt_tensor_create(&none, SLT_F64, 3, 6, &err), &err);
    double want = planted_curvature(all, &open->state.weights, &none, &v2);
    TAP_OK(fabs(probe(open, 0) - want) < 1e-7 * want, "a frozen weight has no part");
    slt_tensor_free(&v2);
    slt_tensor_free(&none);
    close_scene(open);
}

static void test_order(void)
{
    planted(SLT_F32);
    scene *open = open_scene();
    slt_real first = slt_hessian_probe(open->hessian, 0);
    slt_real other = slt_hessian_probe(open->hessian, 7);
    TAP_OK(first.bits != other.bits, "probes differ");
    TAP_EQ_U64(slt_hessian_probe(open->hessian, 0).bits, first.bits,
               "and depend on no other");
    close_scene(open);
}

/* Weights so large that what is beside w* has no number: a loss in binary32, a weight in
 * fixed point. */
static void test_not_finite(slt_arithmetic arithmetic, double large)
{
    least_squares(arithmetic, 3);
    run.model.weights[0].init =
        (slt_init_spec){.kind = SLT_INIT_CONSTANT, .value = slt_real_of(large)};
    run.data.samples = 2;
    scene *open = open_scene();
    TAP_OK(!slt_real_finite(slt_hessian_probe(open->hessian, 0)),
           "%s: a gradient that is not finite gives no number",
           slt_arithmetic_name(arithmetic));
    close_scene(open);
}

/* A value at w* overflows, whatever the direction. */
static void test_overflow(void)
{
    planted(SLT_FIXED);
    scene *open = open_scene();
    slt_hessian *hessian;
    slt_error err;
    slt_data data = *slt_trainer_data(open->trainer);
    data.train.input[0].overflow = true;
    system_must(slt_hessian_create(&run, &spec, NULL, &data, 0, &hessian, &err), &err);
    slt_hessian_place(hessian, &open->state.weights, 0, 1);
    TAP_OK(!slt_real_finite(slt_hessian_probe(hessian, 0)) &&
               !slt_real_finite(slt_hessian_probe(hessian, 1)),
           "an overflow at w* leaves no probe a number");
    slt_hessian_free(hessian);
    close_scene(open);
}

static void test_method(slt_hessian_method by, double f32, double f64, double fixed)
{
    spec.method = by;
    tap_note("%s", by == SLT_HESSIAN_EXACT ? "exact products" : "differences");
    test_least_squares(SLT_F32, 1e-4 * f32);
    test_least_squares(SLT_F64, 1e-10 * f64);
    test_least_squares(SLT_FIXED, 1e-5 * fixed);
    test_diagonal(SLT_F32, 1e-5 * f32);
    test_diagonal(SLT_F64, 1e-10 * f64);
    test_diagonal(SLT_FIXED, 1e-6 * fixed);
    test_polynomial(SLT_F32, 1e-4 * f32);
    test_polynomial(SLT_F64, 1e-10 * f64);
    test_polynomial(SLT_FIXED, 1e-7);
    test_planted(SLT_F32, 1e-3 * f32);
    test_planted(SLT_F64, 1e-8 * f64);
    test_planted(SLT_FIXED, 1e-4 * fixed);
    test_frozen();
    test_order();
    test_overflow();
}

int main(void)
{
    system_start();
    test_method(SLT_HESSIAN_DIFFERENCE, 1, 1, 1);
    test_not_finite(SLT_F32, 0x1p127);
    test_not_finite(SLT_FIXED, 0x1.fffffffp14);
    test_method(SLT_HESSIAN_EXACT, 1e-2, 1e-4, 1e-3);
    return tap_done();
}
