/* RMSProp-SGLD and Adam-SGLD on quadratics, copies of one direction, against what their
 * equations give (docs/spec/10-llc.md, sections 10.11 and 10.13), each within 3 standard
 * errors:
 * - far from the minimum, mean and variance after one and two updates by quadrature over
 *   the noise of the first, which every coefficient changes by more than that if it is
 *   off by 1 %;
 * - with an eps far above all gradients, where updates are linear, the second moments;
 * - with decay rates of 0, where w alone is a Markov chain, its density carried from
 *   update to update on a grid; and of small steps the density that the specification
 *   states. */
#include <math.h>

#include "base/pool.h"
#include "chain_sample.h"
#include "learn/sampler.h"

enum { COPIES = 4096, CHAINS_MAX = 256 };

#define NBETA 30.
#define CURVATURE 2.
#define GAMMA 40.
#define A (NBETA * CURVATURE + GAMMA)

typedef struct setting {
    slt_sampler_kind sampler;
    double lr, beta, alpha, eps; /* beta: Adam-SGLD's */
    double minimum;              /* of the loss; w* is 0 */
} setting;

typedef struct moments {
    double mean, variance;
} moments;

/* What a chain keeps beside w, and what an update makes of it. */
typedef struct memory {
    double mean, square, scale;
} memory;

/* The mean of w after update number `t`, from 1, from w. */
static double drifted(const setting *s, double w, int t, memory *at)
{
    const double g = CURVATURE * (w - s->minimum);
    double push = g, size;
    at->square = s->alpha * at->square + (1 - s->alpha) * g * g;
    size = sqrt(at->square);
    if (s->sampler == SLT_SAMPLER_ADAM_SGLD) {
        at->mean = s->beta * at->mean + (1 - s->beta) * g;
        push = at->mean / (1 - pow(s->beta, t));
        size = sqrt(at->square / (1 - pow(s->alpha, t)));
    }
    at->scale = 1 / (size + s->eps);
    return w - s->lr / 2 * at->scale * (NBETA * push + GAMMA * w);
}

static double density(double x, double variance)
{
    return exp(-x * x / (2 * variance)) / sqrt(2 * acos(-1) * variance);
}

/* ---- What chains give -------------------------------------------------------------- */

static slt_pool *pool;

typedef struct sums {
    const scene *open;
    uint64_t updates;
    double value[CHAINS_MAX][2]; /* means of w and of w w of a chain */
} sums;

static void sum_chain(void *argument, size_t number)
{
    sums *s = argument;
    walk w = open_walk(s->open, (uint32_t)number);
    double sum = 0, squares = 0;
    slt_chain_advance(w.worker, &w.chain, s->updates);
    if (w.chain.updates != s->updates)
        tap_bail("a chain of an oracle ended early");
    for (size_t e = 0; e < COPIES; e++) {
        const double x = slt_real_double(slt_tensor_get(&w.chain.weights.tensor[0], e));
        sum += x;
        squares += x * x;
    }
    s->value[number][0] = sum / COPIES;
    s->value[number][1] = squares / COPIES;
    close_walk(&w);
}

static void begin(slt_arithmetic arithmetic, const setting *s)
{
    const slt_real of_rmsprop[] = {slt_real_of(s->alpha), slt_real_of(s->eps)};
    const slt_real of_adam[] = {slt_real_of(s->beta), slt_real_of(s->alpha),
                                slt_real_of(s->eps)};
    const double x = sqrt(CURVATURE / 2);
    system_begin(&run, arithmetic, 2026);
    system_constant_data(&run, 1, COPIES, x, x * s->minimum);
    system_weight(&run, "W", COPIES, 1);
    system_op(&run, "linear", "x", "W", "y");
    system_loss(&run, false);
    slt_llc_spec *spec = system_llc(&run, s->lr, GAMMA, NBETA, CHAINS_MAX, 10000);
    spec->sampler = s->sampler;
    if (s->sampler == SLT_SAMPLER_ADAM_SGLD)
        memcpy(spec->own, of_adam, sizeof of_adam);
    else
        memcpy(spec->own, of_rmsprop, sizeof of_rmsprop);
}

/* Mean and standard error, over chains, of w - centre or of its square. */
static void mean_of(const sums *s, size_t chains, double centre, bool square,
                    double *mean, double *error)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < chains; i++) {
        const double value =
            square ? s->value[i][1] - 2 * centre * s->value[i][0] + centre * centre
                   : s->value[i][0] - centre;
        sum += value;
        squares += value * value;
    }
    const double n = (double)chains;
    *mean = sum / n;
    *error = sqrt((squares - sum * *mean) / (n * (n - 1)));
}

/* The mean of w, and that of its squared distance from what the mean must be. */
static void agree(const char *name, slt_arithmetic arithmetic, const setting *s,
                  size_t chains, uint64_t updates, moments want)
{
    static const char *const names[] = {"mean", "variance"};
    const double sd = sqrt(want.variance), must[] = {0, want.variance};
    static sums found;
    scene open;
    begin(arithmetic, s);
    open_scene(&open, 0);
    found = (sums){.open = &open, .updates = updates};
    slt_pool_each(pool, chains, sum_chain, &found);
    close_scene(&open);
    for (int which = 0; which < 2; which++) {
        double mean, error;
        mean_of(&found, chains, want.mean, which, &mean, &error);
        TAP_OK(fabs(mean - must[which]) <= 3 * error &&
                   error <= (which ? .004 * want.variance : .003 * sd),
               "%s, %s, %s, after %d updates: %s %.7g +- %.2g, must be %.7g",
               slt_sampler_title(s->sampler), name, slt_arithmetic_name(arithmetic),
               (int)updates, names[which], which ? mean : want.mean + mean, error,
               which ? must[1] : want.mean);
    }
}

/* ---- Two updates ------------------------------------------------------------------- */

/* Sums over the noise of the first update by the trapezoidal rule. */
static moments after_two(const setting *s)
{
    double mean = 0, square = 0, noise = 0, all = 0;
    memory first = {0};
    const double w1 = drifted(s, 0, 1, &first), sd = sqrt(s->lr * first.scale);
    const double step = 1. / 32;
    for (double z = -9; z <= 9; z += step) {
        memory second = first;
        const double weight = step * density(z, 1);
        const double w2 = drifted(s, w1 + sd * z, 2, &second);
        all += weight;
        mean += weight * w2;
        square += weight * w2 * w2;
        noise += weight * s->lr * second.scale;
    }
    if (fabs(all - 1) > 1e-12)
        tap_bail("the quadrature is wrong");
    return (moments){mean, square - mean * mean + noise};
}

static void test_two(slt_sampler_kind sampler, slt_arithmetic arithmetic)
{
    const setting s = {sampler, .lr = .05, .beta = .8, .alpha = .9, .eps = 10, 30};
    memory first = {0};
    const double w = drifted(&s, 0, 1, &first);
    agree("far out", arithmetic, &s, CHAINS_MAX, 1, (moments){w, s.lr * first.scale});
    agree("far out", arithmetic, &s, CHAINS_MAX, 2, after_two(&s));
}

/* ---- The limit of SGLD ------------------------------------------------------------- */

/* E w w after some updates that are linear in w and its mean m: by E w w, E w m, E m m.
 */
static double linear(const setting *s, double lr, uint64_t updates)
{
    double ww = 0, wm = 0, mm = 0;
    for (uint64_t t = 1; t <= updates; t++) {
        const double b = s->beta, c = (1 - b) * CURVATURE;
        const double push = lr / 2 * NBETA / (1 - pow(b, (double)t));
        const double stay = 1 - lr / 2 * GAMMA;
        /* m = b m + c w, then w = stay w - push m + noise. */
        const double m2 = b * b * mm + 2 * b * c * wm + c * c * ww;
        const double m1 = b * wm + c * ww;
        ww = stay * stay * ww - 2 * stay * push * m1 + push * push * m2 + lr;
        wm = stay * m1 - push * m2;
        mm = m2;
    }
    return ww;
}

/* Without a mean that is SGLD's. */
static void test_large_eps(slt_sampler_kind sampler, slt_arithmetic arithmetic)
{
    static const uint64_t updates[] = {4, 40};
    const double lr = .01, eps = 0x1p30;
    const setting s = {sampler, lr * eps, sampler == SLT_SAMPLER_ADAM_SGLD ? .7 : 0,
                       .99,     eps,      0};
    for (size_t i = 0; i < sizeof updates / sizeof *updates; i++)
        agree("eps far above gradients", arithmetic, &s, 64, updates[i],
              (moments){0, linear(&s, lr, updates[i])});
}

/* ---- One direction without memory -------------------------------------------------- */

enum { GRID = 800 };
#define EDGE 1.
static double way[GRID + 1][GRID + 1], at[GRID + 1], next[GRID + 1];

static double place(int i)
{
    return EDGE * (2. * i / GRID - 1);
}

/* The variance after `updates` of chains with alpha 0 and their minimum at w*. */
static double carried(const setting *s, uint64_t updates)
{
    const double cell = 2 * EDGE / GRID;
    double all = 0, square = 0;
    for (int i = 0; i <= GRID; i++) {
        memory now = {0};
        const double to = drifted(s, place(i), 1, &now);
        for (int j = 0; j <= GRID; j++)
            way[i][j] = cell * density(place(j) - to, s->lr * now.scale);
        at[i] = density(place(i), s->lr / s->eps);
    }
    for (uint64_t u = 1; u < updates; u++) {
        memset(next, 0, sizeof next);
        for (int i = 0; i <= GRID; i++)
            for (int j = 0; j <= GRID; j++)
                next[j] += at[i] * way[i][j];
        memcpy(at, next, sizeof at);
    }
    for (int i = 0; i <= GRID; i++) {
        all += cell * at[i];
        square += cell * at[i] * place(i) * place(i);
    }
    if (fabs(all - 1) > 1e-6)
        tap_bail("the grid is too coarse or too small");
    return square;
}

/* That of the density (h |w| + eps) exp(-A w^2 / 2). */
static double stated(double eps)
{
    const double variance = 1 / A, size = CURVATURE * sqrt(2 * variance / acos(-1));
    return variance * (2 * size + eps) / (size + eps);
}

/* Of two steps, extrapolated to none. */
static void test_stated(void)
{
    static const double each[] = {.1, .3, 1};
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
        const setting coarse = {SLT_SAMPLER_RMSPROP_SGLD, .lr = .1 * each[i] / A,
                                .eps = each[i]};
        const setting fine = {SLT_SAMPLER_RMSPROP_SGLD, .lr = .05 * each[i] / A,
                              .eps = each[i]};
        const double limit = 2 * carried(&fine, 1200) - carried(&coarse, 600);
        const double want = stated(each[i]);
        TAP_OK(fabs(limit - want) < .002 * want,
               "alpha 0, eps %g, a vanishing step: variance %.6g, stated %.6g, the "
               "target's %.6g",
               each[i], limit, want, 1 / A);
    }
}

static void test_without_memory(slt_sampler_kind sampler, slt_arithmetic arithmetic)
{
    const setting s = {sampler, .lr = 1e-3, .eps = .1};
    static const uint64_t updates[] = {3, 40};
    for (size_t i = 0; i < sizeof updates / sizeof *updates; i++)
        agree("without memory", arithmetic, &s, 64, updates[i],
              (moments){0, carried(&s, updates[i])});
}

int main(void)
{
    static const slt_arithmetic all[] = {SLT_F32, SLT_F64, SLT_FIXED};
    static const slt_sampler_kind samplers[] = {SLT_SAMPLER_RMSPROP_SGLD,
                                                SLT_SAMPLER_ADAM_SGLD};
    slt_error err;
    system_start();
    system_must(slt_pool_create(2, &pool, &err), &err);
    for (int a = 0; a < 3; a++) {
        if (slt_num_available(all[a], NULL) != SLT_OK)
            continue;
        for (int i = 0; i < 2; i++) {
            test_two(samplers[i], all[a]);
            test_large_eps(samplers[i], all[a]);
            test_without_memory(samplers[i], all[a]);
        }
    }
    test_stated();
    slt_pool_free(pool);
    return tap_done();
}
