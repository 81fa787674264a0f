/* figure/spectrum.c: spectra of the Hessian at points of runs, exact and sampled, and the
 * batches of estimates there. */
#include "study_sample.h"

#include <math.h>

#include "base/endian.h"
#include "data/data.h"
#include "figure/spectrum.h"
#include "net/net.h"
#include "theory/spectrum.h"

static slt_error err;

static bool near(double a, double b, double relative)
{
    return fabs(a - b) <= relative * fabs(b);
}

/* ---- Runs -------------------------------------------------------------------------- */

/* A net with a frozen weight, on its way. */
#define SMALL(arithmetic, order)                                                         \
    SAMPLE_HEAD("test/spectrum")                                                         \
    "run:\n  arithmetic: " arithmetic "\n  seed: 3\n"                                    \
    "  data: {kind: linear-teacher, samples: 24, inputs: 4, outputs: 4, rank: 2}\n"      \
    "  model:\n    weights:\n"                                                           \
    "      W1: {shape: [4, 4], init: {kind: normal, std: 0.5}}\n"                        \
    "      W2: {shape: [4, 4], init: {kind: normal, std: 0.5}, trainable: false}\n"      \
    "      W3: {shape: [4, 4], init: {kind: normal, std: 0.5}}\n"                        \
    "      b: {shape: [4], init: {kind: zero}}\n"                                        \
    "    ops:\n"                                                                         \
    "      - {op: linear, in: x, weight: W1, bias: b, out: h}\n"                         \
    "      - {op: square, in: h, out: s}\n"                                              \
    "      - {op: linear, in: s, weight: W2, out: t}\n"                                  \
    "      - {op: relu, in: t, out: r}\n"                                                \
    "      - {op: linear, in: r, weight: W3, out: y}\n"                                  \
    "    loss: {op: mse, in: y}\n"                                                       \
    "  train:\n    optimizer: {kind: sgd, lr: 1e-2}\n    batch: full\n    steps: 20\n"   \
    "    checkpoints: {every: 10}\n"                                                     \
    "  llc:\n"                                                                           \
    "    - {at: last, lr: 1e-4, localization: 1, num_chains: 2, num_draws: 6,\n"         \
    "       num_burnin_steps: 2, num_steps_bw_draws: 3, batch: {size: 7, order: " order  \
    "}}\n"                                                                               \
    "    - {at: checkpoints, lr: 1e-4, localization: 1, num_chains: 2, num_draws: 3,\n"  \
    "       batch: {size: 7, order: " order "}}\n"                                       \
    "    - {at: last, lr: 1e-4, localization: 1, num_draws: 3}\n"

static slt_point *point_at_end(const sample_run *run)
{
    slt_point *point = NULL;
    if (slt_point_create(run->spec, &run->execution.state.weights, &point, &err))
        tap_bail(err.text);
    return point;
}

static sample_run finished(const char *text)
{
    slt_pool *pool = NULL;
    if (slt_pool_create(1, &pool, &err))
        tap_bail(err.text);
    sample_run run = sample_begin(text, 0);
    sample_go(&run, pool);
    slt_pool_free(pool);
    return run;
}

static slt_spectrum spectrum_of(slt_point *point, size_t exact_max, size_t probes,
                                size_t steps)
{
    slt_spectrum spectrum;
    const slt_spectrum_options options = {
        .probes = probes, .steps = steps, .exact_max = exact_max};
    if (slt_spectrum_make(point, &options, &spectrum, &err))
        tap_bail(err.text);
    return spectrum;
}

typedef double (*of_curvature)(const slt_curvature *);

static double total(const slt_curvature *list, size_t count, of_curvature f)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += f(&list[i]);
    return sum;
}

static double directions(const slt_curvature *c)
{
    return c->directions;
}
static double slope(const slt_curvature *c)
{
    return c->slope;
}
static double first(const slt_curvature *c)
{
    return c->directions * c->value;
}
static double bend(const slt_curvature *c)
{
    return c->directions * c->value / (c->value * c->value + 1);
}
static double slope_first(const slt_curvature *c)
{
    return c->slope * c->value;
}

/* ---- Sums over spectra ------------------------------------------------------------- */

static void test_exact(void)
{
    sample_run run = finished(SMALL("f64", "fresh"));
    slt_point *point = point_at_end(&run);
    slt_spectrum exact = spectrum_of(point, 64, 1, 2);
    TAP_EQ_U64(exact.size, 36, "what is frozen does not count");
    TAP_OK(exact.count == 36 && !exact.probes && exact.products == 36,
           "exact, of a product for each");
    const double norm = slt_real_double(exact.slope);
    TAP_OK(norm > 0 && near(total(exact.list, 36, slope), norm * norm, 1e-10),
           "the gradient's parts: %g", norm);
    TAP_OK(slt_real_finite(slt_point_loss(point)) &&
               near(slt_real_double(slt_point_loss(point)),
                    slt_real_double(run.execution.metrics.list[0].value), 1e-12),
           "the loss is the run's");
    slt_spectrum all = spectrum_of(point, 0, 1, 36);
    double worst = 0;
    for (size_t k = 0; k < exact.count; k++) {
        double nearest = INFINITY;
        for (size_t i = 0; i < all.ends[0]; i++)
            nearest = fmin(nearest, fabs(all.list[i].value - exact.list[k].value));
        worst = fmax(worst, nearest);
    }
    TAP_OK(worst < 1e-8, "one probe of all steps finds LAPACK's spectrum, within %.1g",
           worst);
    TAP_OK(near(total(all.list, all.count, slope_first),
                total(exact.list, exact.count, slope_first), 1e-10),
           "and the curvature along the gradient");
    slt_spectrum_free(&all);
    slt_spectrum_free(&exact);
    slt_point_free(point);
    sample_end(&run);
}

static void test_sampled(void)
{
    sample_run run = finished(SMALL("f64", "fresh"));
    slt_point *point = point_at_end(&run);
    slt_spectrum exact = spectrum_of(point, 64, 1, 2);
    slt_spectrum sampled = spectrum_of(point, 35, 200, 12);
    TAP_OK(sampled.probes == 200 && sampled.steps == 12 && sampled.products == 201 * 12 &&
               sampled.ends[199] == 2400 && sampled.count == 2412 &&
               sampled.half_count == 201 * 6,
           "200 probes of 12 steps, and the gradient's");
    TAP_OK(near(total(sampled.list, sampled.count, directions), 36, 1e-12) &&
               near(total(sampled.half, sampled.half_count, directions), 36, 1e-12),
           "they stand for all directions");
    double squares[2] = {0};
    for (size_t p = 0, begin = 0; p < 200; begin = sampled.ends[p++]) {
        const of_curvature f[] = {first, bend};
        for (int i = 0; i < 2; i++) {
            double one = 200 * total(sampled.list + begin, sampled.ends[p] - begin, f[i]);
            squares[i] += pow(one - total(exact.list, 36, f[i]), 2);
        }
    }
    const double error_first = sqrt(squares[0] / 200 / 200);
    const double error_bend = sqrt(squares[1] / 200 / 200);
    TAP_OK(fabs(total(sampled.list, sampled.count, first) -
                total(exact.list, 36, first)) < 3 * error_first,
           "the trace, %g of %g, within 3 of its error %.2g",
           total(sampled.list, sampled.count, first), total(exact.list, 36, first),
           error_first);
    TAP_OK(fabs(total(sampled.list, sampled.count, bend) - total(exact.list, 36, bend)) <
               3 * error_bend,
           "a sum that bends, %g of %g, within 3 of its error %.2g",
           total(sampled.list, sampled.count, bend), total(exact.list, 36, bend),
           error_bend);
    slt_spectrum_free(&sampled);
    slt_spectrum_free(&exact);
    slt_point_free(point);
    sample_end(&run);
}

/* The same real weights, whatever they are rounded to. */
static void test_arithmetics(void)
{
    static const char *const texts[] = {SMALL("f64", "fresh"), SMALL("f32", "fresh"),
                                        SMALL("fixed", "fresh")};
    double traces[3];
    for (int i = 0; i < 3; i++) {
        sample_run run = finished(texts[i]);
        slt_point *point = point_at_end(&run);
        slt_spectrum exact = spectrum_of(point, 64, 1, 2);
        traces[i] = total(exact.list, exact.count, first);
        slt_spectrum_free(&exact);
        slt_point_free(point);
        sample_end(&run);
    }
    TAP_OK(near(traces[1], traces[0], 1e-4) && near(traces[2], traces[0], 1e-4),
           "f32 and fixed: %g, %g, of %g", traces[1], traces[2], traces[0]);
}

static slt_status stop_at_half(void *context, unsigned percent, slt_error *error)
{
    unsigned *last = context;
    *last = percent;
    return percent < 50 ? SLT_OK : slt_fail(error, SLT_INTERRUPTED, "stopped");
}

static void test_ends(void)
{
    sample_run run = finished(SMALL("f64", "fresh"));
    slt_point *point = point_at_end(&run);
    slt_spectrum spectrum;
    for (size_t exact_max = 0; exact_max <= 64; exact_max += 64) {
        unsigned last = 0;
        const slt_spectrum_options options = {.probes = 2,
                                              .steps = 8,
                                              .exact_max = exact_max,
                                              .tell = stop_at_half,
                                              .context = &last};
        TAP_OK(slt_spectrum_make(point, &options, &spectrum, &err) == SLT_INTERRUPTED &&
                   last == 50 && !spectrum.list,
               "stopped at half, exact up to %zu", exact_max);
    }
    slt_point_free(point);
    slt_tensor *weight = &run.execution.state.weights.tensor[0];
    slt_tensor_set(weight, 0, slt_real_of(INFINITY));
    TAP_OK(slt_point_create(run.spec, &run.execution.state.weights, &point, &err) ==
                   SLT_FORMAT &&
               !point && strstr(err.text, "not finite"),
           "no numbers: %s", err.text);
    sample_end(&run);
}

/* ---- Batches ----------------------------------------------------------------------- */

/* The first draw without burn-in is the loss at w* itself, of its batch: the trace has
 * it. */
static void test_draw_losses(const char *text, const char *order)
{
    sample_run run = finished(text);
    slt_point *point = point_at_end(&run);
    slt_trace *trace = NULL;
    slt_real losses[6];
    size_t seen = 0, place = 0;
    if (slt_trace_parse(run.bytes.data, run.bytes.size, "sample", &trace, &err))
        tap_bail(err.text);
    for (size_t i = 0; i < slt_trace_records(trace); i++) {
        const slt_record *record = slt_trace_record(trace, i);
        if (record->kind != SLT_RECORD_CHAIN || record->llc != 1)
            continue;
        place += seen && !record->chain; /* the run's last checkpoint is at w* */
        seen++;
        if (record->at_step < 20)
            continue;
        const double found = slt_real_double((slt_real){slt_load_le64(record->losses)});
        TAP_OK(place == 1 &&
                   !slt_point_draw_losses(point, 1, place, record->chain, losses, &err) &&
                   near(slt_real_double(losses[0]), found, 1e-12),
               "%s: draw 0 of chain %u at checkpoint %zu: %g", order, record->chain,
               place, found);
    }
    TAP_OK(!slt_point_draw_losses(point, 2, 0, 0, losses, &err) &&
               losses[2].bits == slt_point_loss(point).bits,
           "full batches have the loss at w*");
    slt_trace_free(trace);
    slt_point_free(point);
    sample_end(&run);
}

/* What the estimate's batches give at w*, one by one: their losses, and how far their
 * gradients lie from the whole one, squared. */
typedef struct by_hand {
    double loss[20], apart[20];
} by_hand;

static double gap(const slt_params *a, const slt_params *b)
{
    double sum = 0;
    for (size_t i = 0; i < a->count; i++)
        for (size_t e = 0; slt_params_moves(a, i) && e < slt_tensor_count(&a->tensor[i]);
             e++)
            sum += pow(slt_real_double(slt_tensor_get(&a->tensor[i], e)) -
                           slt_real_double(slt_tensor_get(&b->tensor[i], e)),
                       2);
    return sum;
}

static void take_batches(const sample_run *run, by_hand *out)
{
    const slt_run_spec *spec = run->spec;
    const slt_params *weights = &run->execution.state.weights;
    slt_data data;
    slt_params whole, part;
    slt_net *net;
    slt_batcher *batcher;
    if (slt_data_make(&spec->data, "", SLT_F64, slt_run_data_seed(spec), &data, &err) ||
        slt_params_create(&spec->model, SLT_F64, &whole, &err) ||
        slt_params_create(&spec->model, SLT_F64, &part, &err) ||
        slt_net_create(&spec->model, &data.train, 24, SLT_F64, &net, &err) ||
        slt_batcher_create(&spec->llc[0].batch, &data, spec->seed, SLT_DRAW_SGLD_BATCH, 0,
                           1, &batcher, &err))
        tap_bail(err.text);
    slt_net_gradient(net, weights, &data.train, &whole);
    for (uint64_t i = 0; i < 20; i++) {
        const slt_batch *batch = slt_batcher_at(batcher, i);
        out->loss[i] = slt_real_double(slt_net_gradient(net, weights, batch, &part));
        out->apart[i] = gap(&part, &whole);
    }
    slt_batcher_free(batcher);
    slt_net_free(net);
    slt_params_free(&part);
    slt_params_free(&whole);
    slt_data_free(&data);
}

static void test_noise(void)
{
    sample_run run = finished(SMALL("f64", "fresh"));
    slt_point *point = point_at_end(&run);
    slt_curvature *list;
    size_t count;
    slt_real spread;
    TAP_OK(!slt_point_noise(point, 2, &list, &count, &err) && !list && !count,
           "full batches have no noise");
    TAP_OK(!slt_point_batch_spread(point, 2, &spread, &err) && !spread.bits,
           "nor a spread of curvature");
    TAP_OK(!slt_point_noise(point, 0, &list, &count, &err) && count > 4,
           "mini batches do");
    double sum = 0, slopes = 0;
    for (size_t i = 0; i < count; i++) {
        sum += list[i].noise;
        slopes += list[i].slope + list[i].directions;
    }
    free(list);
    static by_hand known;
    slt_real losses[6];
    take_batches(&run, &known);
    double want = 0;
    for (int i = 0; i < 4; i++)
        want += known.apart[i] / 4;
    TAP_OK(near(sum, want, 1e-10) && slopes == 0,
           "it is noise alone, that of the first four batches: %g", sum);
    bool same = !slt_point_draw_losses(point, 0, 0, 0, losses, &err);
    for (size_t i = 0; i < 6; i++)
        same &= near(slt_real_double(losses[i]), known.loss[2 + 3 * i], 1e-12);
    TAP_OK(same, "draws are on the batches behind burn-in and stride");
    bool fine = !slt_point_batch_spread(point, 0, &spread, &err);
    TAP_OK(fine && slt_real_double(spread) > .01 && slt_real_double(spread) < 2,
           "their curvatures spread by %.2f", slt_real_double(spread));
    slt_spectrum before = spectrum_of(point, 64, 1, 2);
    slt_spectrum after = spectrum_of(point, 64, 1, 2);
    TAP_OK(before.list[0].value == after.list[0].value,
           "looking at batches does not move the point");
    slt_spectrum_free(&after);
    slt_spectrum_free(&before);
    slt_point_free(point);
    sample_end(&run);
}

int main(void)
{
    double one = 1, value;
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    if (slt_theory_spectrum(&one, 1, 1, 1, &value, &err) == SLT_UNFIT) {
        tap_skip("spectra", "LAPACK is missing");
        return tap_done();
    }
    test_exact();
    test_sampled();
    test_arithmetics();
    test_ends();
    test_draw_losses(SMALL("f64", "fresh"), "fresh");
    test_draw_losses(SMALL("f64", "epochs"), "epochs");
    test_noise();
    return tap_done();
}
