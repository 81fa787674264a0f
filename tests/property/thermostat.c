/* SGNHT on quadratics, copies of one direction, against what its equations give
 * (docs/spec/10-llc.md, section 10.14), each within 3 standard errors:
 * - mean and variance of weight, momentum and thermostat after one and two updates, the
 *   first by closed forms, the second by quadrature over the noise of both; of three
 *   settings one is far from the minimum, one has small steps, one little heat, and in
 *   one of them each coefficient changes something by more than 8 standard errors if it
 *   is off by 1 %;
 * - the laws of settled chains, with exact gradients and with those of mini batches whose
 *   noise is known, and what SGHMC makes of that noise. */
#include <math.h>

#include "base/pool.h"
#include "chain_sample.h"

enum { COPIES = 4096, CHAINS_MAX = 256 };

static slt_pool *pool;

/* ---- What chains give -------------------------------------------------------------- */

enum { NUMBERS = 3 };
static const char *const names[NUMBERS] = {"w", "p", "xi - A"};

/* w less `centre`, p and the thermostat of an element; 0 where there is none. */
static void numbers_of(const slt_chain *chain, double centre, size_t e, double v[NUMBERS])
{
    const size_t last = chain->weights.count - 1;
    v[0] = slt_real_double(slt_tensor_get(&chain->weights.tensor[last], e)) - centre;
    v[1] = v[2] = 0;
    for (size_t i = 0; i < chain->slots.count; i++)
        v[1 + i] = slt_real_double(slt_tensor_get(&chain->slots.slot[i].tensor[last], e));
}

static void advance_to(walk *w, uint64_t updates)
{
    slt_chain_advance(w->worker, &w->chain, updates - w->chain.updates);
    if (w->chain.updates != updates)
        tap_bail("a chain of an oracle ended early");
}

typedef struct estimate {
    double mean, error;
} estimate;

/* Of a number that each chain gives. */
static estimate estimate_of(const double *value, size_t stride, size_t chains)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < chains; i++)
        sum += value[i * stride];
    for (size_t i = 0; i < chains; i++)
        squares += pow(value[i * stride] - sum / (double)chains, 2);
    const double n = (double)chains;
    return (estimate){sum / n, sqrt(squares / (n * (n - 1)))};
}

/* ---- Two updates ------------------------------------------------------------------- */

typedef struct setting {
    const char *name;
    double lr, diffusion, nbeta, curvature, gamma;
    double minimum; /* of the loss; w* is 0 */
} setting;

static void updated(const setting *s, double z, double v[NUMBERS])
{
    const double h = sqrt(s->lr / 2);
    const double slope = s->nbeta * s->curvature * (v[0] - s->minimum) + s->gamma * v[0];
    v[1] += sqrt(2 * s->diffusion * h) * z - h * (s->diffusion + v[2]) * v[1] - h * slope;
    v[0] += h * v[1];
    v[2] += h * (v[1] * v[1] - 1);
}

typedef struct moments {
    double mean[NUMBERS], variance[NUMBERS];
} moments;

/* Sums over the noise of one or two updates by the trapezoidal rule, which is exact to
 * all digits for polynomials times the normal density. */
static moments moments_after(const setting *s, int updates)
{
    const double step = 1. / 8, edge = 12;
    double sum[NUMBERS] = {0}, squares[NUMBERS] = {0}, all = 0;
    for (double first = -edge; first <= edge; first += step)
        for (double second = -edge; second <= edge; second += step) {
            const double weight = exp(-(first * first + second * second) / 2);
            double v[NUMBERS] = {0};
            updated(s, first, v);
            if (updates == 2)
                updated(s, second, v);
            all += weight;
            for (int i = 0; i < NUMBERS; i++) {
                sum[i] += weight * v[i];
                squares[i] += weight * v[i] * v[i];
            }
        }
    moments m;
    for (int i = 0; i < NUMBERS; i++) {
        m.mean[i] = sum[i] / all;
        m.variance[i] = squares[i] / all - m.mean[i] * m.mean[i];
    }
    return m;
}

/* After one update by hand: p is normal. */
static bool by_hand(const setting *s, const moments *m)
{
    const double h = sqrt(s->lr / 2), heat = 2 * s->diffusion * h;
    const double p = h * s->nbeta * s->curvature * s->minimum;
    const double mean[] = {h * p, p, h * (p * p + heat - 1)};
    const double variance[] = {h * h * heat, heat,
                               h * h * (2 * heat * heat + 4 * p * p * heat)};
    bool same = true;
    for (int i = 0; i < NUMBERS; i++)
        same &= fabs(m->mean[i] - mean[i]) < 1e-9 * (1 + fabs(mean[i])) &&
                fabs(m->variance[i] - variance[i]) < 1e-9 * variance[i];
    return same;
}

typedef struct early {
    const scene *open;
    uint64_t updates;
    const moments *want;
    double of[CHAINS_MAX]
             [2 * NUMBERS]; /* means less those wanted, and of their squares */
} early;

static void sum_early(void *argument, size_t number)
{
    early *s = argument;
    walk w = open_walk(s->open, (uint32_t)number);
    double sum[2 * NUMBERS] = {0};
    advance_to(&w, s->updates);
    for (size_t e = 0; e < COPIES; e++) {
        double v[NUMBERS];
        numbers_of(&w.chain, 0, e, v);
        for (int i = 0; i < NUMBERS; i++) {
            const double away = v[i] - s->want->mean[i];
            sum[i] += away;
            sum[NUMBERS + i] += away * away;
        }
    }
    for (int i = 0; i < 2 * NUMBERS; i++)
        s->of[number][i] = sum[i] / COPIES;
    close_walk(&w);
}

static void begin_constant(const setting *s, slt_arithmetic arithmetic)
{
    const slt_real diffusion = slt_real_of(s->diffusion);
    const double x = sqrt(s->curvature / 2);
    system_begin(&run, arithmetic, 2026);
    system_constant_data(&run, 1, COPIES, x, x * s->minimum);
    system_weight(&run, "W", COPIES, 1);
    system_op(&run, "linear", "x", "W", "y");
    system_loss(&run, false);
    slt_llc_spec *spec = system_llc(&run, s->lr, s->gamma, s->nbeta, CHAINS_MAX, 10000);
    spec->sampler = SLT_SAMPLER_SGNHT;
    memcpy(spec->own, &diffusion, sizeof diffusion);
}

static void agree_early(const setting *s, const early *found, const char *arithmetic)
{
    for (int i = 0; i < NUMBERS; i++) {
        const double variance = found->want->variance[i];
        const estimate mean = estimate_of(&found->of[0][i], 2 * NUMBERS, CHAINS_MAX);
        const estimate square =
            estimate_of(&found->of[0][NUMBERS + i], 2 * NUMBERS, CHAINS_MAX);
        TAP_OK(fabs(mean.mean) <= 3 * mean.error && mean.error <= .0012 * sqrt(variance),
               "%s, %s, after %d updates: mean of %s %.7g +- %.2g, must be %.7g", s->name,
               arithmetic, (int)found->updates, names[i],
               found->want->mean[i] + mean.mean, mean.error, found->want->mean[i]);
        TAP_OK(fabs(square.mean - variance) <= 3 * square.error &&
                   square.error <= .012 * variance,
               "%s, %s, after %d updates: variance of %s %.7g +- %.2g, must be %.7g",
               s->name, arithmetic, (int)found->updates, names[i], square.mean,
               square.error, variance);
    }
}

static void test_early(const setting *s, slt_arithmetic arithmetic)
{
    static early found;
    scene open;
    begin_constant(s, arithmetic);
    open_scene(&open, 0);
    for (int updates = 1; updates <= 2; updates++) {
        const moments want = moments_after(s, updates);
        if (updates == 1 && !by_hand(s, &want))
            tap_bail("the quadrature is wrong");
        found = (early){.open = &open, .updates = (uint64_t)updates, .want = &want};
        slt_pool_each(pool, CHAINS_MAX, sum_early, &found);
        agree_early(s, &found, slt_arithmetic_name(arithmetic));
    }
    close_scene(&open);
}

/* ---- Settled chains ---------------------------------------------------------------- */

/* Copies share the samples that an update takes: their noises are as many as these. */
enum { LATE_COPIES = 512, SAMPLES = 512, LATE_CHAINS = 128, LOOKS = 8 };

/* A bias beside a weight of 0 that stays: the gradient on a sample is that on all of them
 * and what its target adds, the same wherever the chain is. */
#define NBETA 47.5
#define GAMMA 5.
#define CURVATURE (2 * NBETA + GAMMA)

typedef struct late_setting {
    const char *name;
    slt_sampler_kind sampler;
    double lr, diffusion;
    bool noisy;
    uint64_t from, every; /* updates before the first look, and between looks */
} late_setting;

enum { WW, WP, PP, HEATED, FRICTION, SPREAD, LATE_NUMBERS };

typedef struct late {
    const scene *open;
    const late_setting *of;
    double centre[LATE_COPIES];
    double noise; /* the variance of a gradient of U on a sample, mean over copies */
    double value[LATE_CHAINS][LATE_NUMBERS + 1];
} late;

static void begin_bias(const late_setting *s, slt_arithmetic arithmetic)
{
    const double share = s->diffusion * sqrt(s->lr / 2);
    const slt_real field =
        slt_real_of(s->sampler == SLT_SAMPLER_SGNHT ? s->diffusion : share);
    system_begin(&run, arithmetic, 2027);
    system_teacher_data(&run, s->noisy ? SAMPLES : 1, 1, LATE_COPIES, 1, .1);
    system_weight(&run, "W", LATE_COPIES, 1)->trainable = false;
    run.data.teacher_std = slt_real_of(0);
    system_weight(&run, "b", 1, LATE_COPIES);
    system_op(&run, "linear", "x", "W", "y");
    snprintf(run.model.ops[0].bias, SLT_NAME_MAX, "b");
    system_loss(&run, false);
    slt_llc_spec *spec = system_llc(&run, s->lr, GAMMA, NBETA, LATE_CHAINS, 10000);
    spec->sampler = s->sampler;
    memcpy(spec->own, &field, sizeof field);
    if (s->noisy)
        spec->batch = (slt_batch_spec){.order = SLT_BATCH_REPLACEMENT, .size = 1};
}

/* Where U has its minimum, and how far gradients on samples differ. */
static void look_at_targets(late *found)
{
    const slt_tensor *t = &slt_trainer_data(found->open->trainer)->train.target;
    const size_t samples = run.data.samples;
    for (size_t c = 0; c < LATE_COPIES; c++) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < samples; i++) {
            const double target = slt_real_double(slt_tensor_get(t, i * LATE_COPIES + c));
            sum += target / (double)samples;
            squares += target * target / (double)samples;
        }
        found->centre[c] = 2 * NBETA * sum / CURVATURE;
        found->noise += 4 * NBETA * NBETA * (squares - sum * sum) / LATE_COPIES;
    }
}

static void sum_late(void *argument, size_t number)
{
    late *s = argument;
    double sum[LATE_NUMBERS] = {0};
    walk w = open_walk(s->open, (uint32_t)number);
    for (uint64_t look = 0; look < LOOKS; look++) {
        advance_to(&w, s->of->from + look * s->of->every);
        for (size_t e = 0; e < LATE_COPIES; e++) {
            double v[NUMBERS];
            numbers_of(&w.chain, s->centre[e], e, v);
            const double friction = s->of->diffusion + v[2];
            sum[WW] += CURVATURE * v[0] * v[0];
            sum[WP] += v[0] * v[1];
            sum[PP] += v[1] * v[1];
            sum[HEATED] += friction * v[0] * v[1];
            sum[FRICTION] += friction;
            sum[SPREAD] += v[2] * v[2];
        }
    }
    for (int i = 0; i < LATE_NUMBERS; i++)
        s->value[number][i] = sum[i] / (LATE_COPIES * LOOKS);
    s->value[number][LATE_NUMBERS] = s->value[number][WW] + s->value[number][HEATED];
    close_walk(&w);
}

static void agree_late(const late *found, const char *arithmetic, int which,
                       const char *what, double want, double most)
{
    const estimate e =
        estimate_of(&found->value[0][which], LATE_NUMBERS + 1, LATE_CHAINS);
    TAP_OK(fabs(e.mean - want) <= 3 * e.error && e.error <= most * want,
           "%s, %s: %s %.6g +- %.2g, must be %.6g", found->of->name, arithmetic, what,
           e.mean, e.error, want);
}

static void test_thermostat(const late *found, const char *arithmetic)
{
    const double h = sqrt(found->of->lr / 2);
    const double stated = found->of->diffusion + h * found->noise / 2;
    const estimate friction =
        estimate_of(&found->value[0][FRICTION], LATE_NUMBERS + 1, LATE_CHAINS);
    const estimate ww = estimate_of(&found->value[0][WW], LATE_NUMBERS + 1, LATE_CHAINS);
    agree_late(found, arithmetic, PP, "E p^2", 1, .002);
    agree_late(found, arithmetic, WP, "E w p", h / 2, .02);
    agree_late(found, arithmetic, LATE_NUMBERS, "K E w^2 + E xi w p", 1, .003);
    const double lag = h * friction.mean / 2;
    TAP_OK(fabs(ww.mean - (1 - lag)) <= lag * lag + 3 * ww.error,
           "%s, %s: K E w^2 %.5g +- %.2g, 1 - h xi / 2 is %.5g", found->of->name,
           arithmetic, ww.mean, ww.error, 1 - lag);
    TAP_OK(fabs(friction.mean / stated - 1) <= 2 * lag,
           "%s, %s: the mean friction %.4g is near A + h V / 2, %.4g", found->of->name,
           arithmetic, friction.mean, stated);
}

/* SGHMC: noise of the gradients heats by 1 + h V / (2 A), A its friction. */
static void test_heated(const late *found, const char *arithmetic)
{
    const double h = sqrt(found->of->lr / 2), share = found->of->diffusion * h;
    const double heat = 1 + h * found->noise / (2 * found->of->diffusion);
    const double exact = 1 / (1 - found->of->lr * CURVATURE / (8 - 4 * share));
    agree_late(found, arithmetic, WW, "K E w^2", heat * exact, .003);
    TAP_OK(heat > 1.4, "... which is too hot by %.0f %%", 100 * (heat - 1));
}

static void test_late(const late_setting *s, slt_arithmetic arithmetic)
{
    static late found;
    scene open;
    begin_bias(s, arithmetic);
    open_scene(&open, 0);
    found = (late){.open = &open, .of = s};
    look_at_targets(&found);
    slt_pool_each(pool, LATE_CHAINS, sum_late, &found);
    if (s->sampler == SLT_SAMPLER_SGNHT)
        test_thermostat(&found, slt_arithmetic_name(arithmetic));
    else
        test_heated(&found, slt_arithmetic_name(arithmetic));
    if (s->sampler == SLT_SAMPLER_SGNHT && !s->noisy) {
        const estimate spread =
            estimate_of(&found.value[0][SPREAD], LATE_NUMBERS + 1, LATE_CHAINS);
        TAP_OK(fabs(spread.mean - 1) <= .1, "%s, %s: E (xi - A)^2 %.4g +- %.2g is near 1",
               s->name, slt_arithmetic_name(arithmetic), spread.mean, spread.error);
    }
    close_scene(&open);
}

/* Fixed point takes nine tenths of the time: its chains of exact gradients are left to
 * SLT_LONG=1, those of noisy ones and the first updates are not. */
static bool is_left_out(const late_setting *s, slt_arithmetic arithmetic)
{
    return arithmetic == SLT_FIXED && !s->noisy && !getenv("SLT_LONG");
}

int main(void)
{
    static const slt_arithmetic all[] = {SLT_F32, SLT_F64, SLT_FIXED};
    static const setting settings[] = {{"far out", .5, .3, 1, 2, 4, 3},
                                       {"small steps", .02, 6, 8, 1.25, 20, 3},
                                       {"little heat", .5, .3, 1, 2, 4, .1}};
    static const late_setting lates[] = {
        {"settled", SLT_SAMPLER_SGNHT, .0008, 2, false, 900, 60},
        {"settled, of noisy gradients", SLT_SAMPLER_SGNHT, .002, 3, true, 1200, 60},
        {"SGHMC, of noisy gradients", SLT_SAMPLER_SGHMC, .002, 3, true, 200, 30}};
    slt_error err;
    system_start();
    system_must(slt_pool_create(2, &pool, &err), &err);
    for (int a = 0; a < 3; a++) {
        if (slt_num_available(all[a], NULL) != SLT_OK)
            continue;
        for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
            test_early(&settings[i], all[a]);
        for (size_t i = 0; i < sizeof lates / sizeof *lates; i++)
            if (!is_left_out(&lates[i], all[a]))
                test_late(&lates[i], all[a]);
    }
    slt_pool_free(pool);
    return tap_done();
}
