/* Chains with a momentum on quadratics, against their laws: from w* on, the second
 * moments of a weight and its momentum obey an exact recursion, whose limit the
 * specification states (docs/spec/10-llc.md, section 10.9).  Copies are independent
 * directions; so many that a coefficient which is off by 1 % is seen. */
#include <math.h>

#include "base/pool.h"
#include "chain_sample.h"

enum { COPIES = 4096, CHAINS = 256 };

/* nbeta h = 100, gamma = 5. */
#define NBETA 50.
#define CURVATURE 2.
#define GAMMA 5.
#define A (NBETA * CURVATURE + GAMMA)

typedef struct law {
    const char *name;
    slt_sampler_kind sampler;
    double field, lr;
    double end[3]; /* E w w, E w p, E p p of endless chains */
} law;

/* ---- What they must be ------------------------------------------------------------- */

/* A step in its parts: p loses a share, is pushed by -A w, moves w, fades, gets noise and
 * moves w again. */
typedef struct parts {
    double lose, push, before, fade, noise, after;
} parts;

static parts parts_of(const law *l)
{
    const double h = sqrt(l->lr), c = exp(-l->field * h);
    return l->sampler == SLT_SAMPLER_BAOAB
               ? (parts){0, h, h / 2, 1 - c, sqrt(1 - c * c), h / 2}
               : (parts){l->field, l->lr / 2, 0, 0, sqrt(l->field * l->lr), 1};
}

/* (w, p) -> (a w + b p, c w + d p) */
static void apply(double a, double b, double c, double d, double m[3])
{
    const double ww = a * a * m[0] + 2 * a * b * m[1] + b * b * m[2];
    const double wp = a * c * m[0] + (a * d + b * c) * m[1] + b * d * m[2];
    const double pp = c * c * m[0] + 2 * c * d * m[1] + d * d * m[2];
    m[0] = ww;
    m[1] = wp;
    m[2] = pp;
}

static void moments_after(const law *l, uint64_t updates, double m[3])
{
    const parts s = parts_of(l);
    m[0] = m[1] = m[2] = 0;
    for (uint64_t i = 0; i < updates; i++) {
        apply(1, 0, -s.push * A, 1 - s.lose, m);
        apply(1, s.before, 0, 1, m);
        apply(1, 0, 0, 1 - s.fade, m);
        m[2] += s.noise * s.noise;
        apply(1, s.after, 0, 1, m);
    }
}

static void test_limit(const law *l)
{
    double m[3];
    bool same = true;
    moments_after(l, 20000, m);
    for (int i = 0; i < 3; i++)
        same &= fabs(m[i] - l->end[i]) <= 1e-9 * l->end[i];
    TAP_OK(same, "%s: the limit of the recursion is the stated law, %.6g %.6g %.6g",
           l->name, m[0], m[1], m[2]);
}

/* ---- What they are ----------------------------------------------------------------- */

static slt_pool *pool;

typedef struct sums {
    const scene *open;
    uint64_t updates;
    double of[CHAINS][3];
} sums;

static void sum_chain(void *argument, size_t number)
{
    sums *s = argument;
    walk w = open_walk(s->open, (uint32_t)number);
    slt_chain_advance(w.worker, &w.chain, s->updates);
    if (w.chain.updates != s->updates)
        tap_bail("a chain of an oracle ended early");
    double m[3] = {0};
    for (size_t e = 0; e < COPIES; e++) {
        const double x = slt_real_double(slt_tensor_get(&w.chain.weights.tensor[0], e));
        const double p =
            slt_real_double(slt_tensor_get(&w.chain.slots.slot[0].tensor[0], e));
        m[0] += x * x;
        m[1] += x * p;
        m[2] += p * p;
    }
    memcpy(s->of[number], m, sizeof m);
    close_walk(&w);
}

static void agree(const law *l, const sums *s, int which, double want)
{
    static const char *const names[] = {"w w", "w p", "p p"};
    double sum = 0, squares = 0;
    for (size_t i = 0; i < CHAINS; i++) {
        const double value = s->of[i][which] / COPIES;
        sum += value;
        squares += value * value;
    }
    const double mean = sum / CHAINS;
    const double error = sqrt((squares - sum * mean) / (CHAINS * (CHAINS - 1.)));
    /* That of w p is of what the two are, not of what they have in common. */
    TAP_OK(fabs(mean - want) <= 3 * error && (which == 1 || error <= .0016 * want),
           "%s, %s, after %d updates: E %s %.6g +- %.2g, must be %.6g", l->name,
           slt_arithmetic_name(run.arithmetic), (int)s->updates, names[which], mean,
           error, want);
}

static void begin_quadratic(const law *l, slt_arithmetic arithmetic)
{
    const slt_real field = slt_real_of(l->field);
    system_begin(&run, arithmetic, 2026);
    system_constant_data(&run, 1, COPIES, sqrt(CURVATURE / 2), 0);
    system_weight(&run, "W", COPIES, 1);
    system_op(&run, "linear", "x", "W", "y");
    system_loss(&run, false);
    slt_llc_spec *spec = system_llc(&run, l->lr, GAMMA, NBETA, CHAINS, 1000);
    spec->sampler = l->sampler;
    memcpy(spec->own, &field, sizeof field);
}

static void test_law(const law *l, slt_arithmetic arithmetic)
{
    static const uint64_t updates[] = {1, 4, 40};
    static sums s;
    scene open;
    begin_quadratic(l, arithmetic);
    open_scene(&open, 0);
    for (size_t i = 0; i < sizeof updates / sizeof *updates; i++) {
        double want[3];
        s = (sums){.open = &open, .updates = updates[i]};
        slt_pool_each(pool, CHAINS, sum_chain, &s);
        moments_after(l, updates[i], want);
        for (int which = 0; which < 3; which++)
            agree(l, &s, which, want[which]);
    }
    close_scene(&open);
}

/* The law of sghmc, for lr and the decay. */
#define SGHMC_P(lr, a) ((lr) / (2 - (a) - (lr)*A / 4))
#define SGHMC(lr, a)                                                                     \
    {                                                                                    \
        1 / (A * (1 - (lr)*A / (8 - 4 * (a)))), SGHMC_P(lr, a) / 2, SGHMC_P(lr, a)       \
    }

int main(void)
{
    static const law laws[] = {
        {"baoab", SLT_SAMPLER_BAOAB, 8, .01, {1 / A, .05, 1}},
        {"baoab near its largest step",
         SLT_SAMPLER_BAOAB,
         3,
         .03,
         {1 / A, .0866025404, 1}},
        {"sghmc", SLT_SAMPLER_SGHMC, .3, .02, SGHMC(.02, .3)},
        {"sghmc without momentum", SLT_SAMPLER_SGHMC, 1, .01, SGHMC(.01, 1)},
    };
    slt_error err;
    system_start();
    system_must(slt_pool_create(2, &pool, &err), &err);
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
        test_limit(&laws[i]);
        for (int a = 0; a < 3; a++) {
            static const slt_arithmetic all[] = {SLT_F32, SLT_F64, SLT_FIXED};
            if (slt_num_available(all[a], NULL) == SLT_OK)
                test_law(&laws[i], all[a]);
        }
    }
    slt_pool_free(pool);
    return tap_done();
}
