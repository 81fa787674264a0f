/* Chains of parallel tempering against what is known of them in closed form
 * (docs/spec/10-llc.md, section 10.19): one exchange, to rounding; the law at the base
 * and how often neighbours are exchanged around a quadratic; and the shares of two
 * valleys, between which a chain alone never goes. */
#include <math.h>

#include "base/pool.h"
#include "chain_sample.h"
#include "learn/tempering.h"

enum { COPIES = 2, CHAINS = 32, RUNGS = 3 };

#define CURVATURE 2.
static const double ladder[1 + RUNGS] = {50, 20, 5, 2};

static const slt_arithmetic arithmetics[] = {SLT_F32, SLT_F64, SLT_FIXED};
static slt_pool *pool;

/* lr nbeta is the same on all rungs. */
static void tempered(slt_llc_spec *spec, slt_sampler_kind sampler, size_t rungs)
{
    const double lr = slt_real_double(spec->lr);
    spec->sampler = sampler;
    spec->own[0] = 2; /* leapfrog steps */
    spec->tempering = (slt_tempering_spec){
        .given = rungs > 0, .rungs = rungs, .lrs = rungs, .every = 1};
    for (size_t i = 0; i < rungs; i++) {
        spec->tempering.nbeta[i] = slt_real_of(ladder[i + 1]);
        spec->tempering.lr[i] = slt_real_of(lr * ladder[0] / ladder[i + 1]);
    }
}

static slt_llc_spec *quadratic(slt_arithmetic arithmetic, double step)
{
    system_begin(&run, arithmetic, 2041);
    system_constant_data(&run, 1, COPIES, sqrt(CURVATURE / 2), 0);
    system_weight(&run, "W", COPIES, 1);
    system_op(&run, "linear", "x", "W", "y");
    system_loss(&run, false);
    return system_llc(&run, step / (ladder[0] * CURVATURE), 0, ladder[0], CHAINS, 100000);
}

static double element(const slt_params *params, size_t e)
{
    return slt_real_double(slt_tensor_get(&params->tensor[0], e));
}

static slt_params *replica(slt_chain *chain, size_t r)
{
    return r ? &chain->slots.slot[r - 1] : &chain->weights;
}

/* ---- One exchange ------------------------------------------------------------------ */

/* A chain whose replicas begin with draws of their laws. */
static walk settled_walk(const scene *open, uint32_t number, uint64_t updates)
{
    walk w = open_walk(open, number);
    w.chain.updates = updates;
    for (size_t r = 0; r <= RUNGS; r++)
        slt_draw_normal(slt_stream_of(9, SLT_DRAW_INIT, (uint32_t)r, number, 0, 0),
                        &replica(&w.chain, r)->tensor[0],
                        slt_real_of(1 / sqrt(ladder[r] * CURVATURE)));
    return w;
}

static double loss_at(const slt_params *weights)
{
    double loss = 0;
    for (size_t e = 0; e < COPIES; e++)
        loss += CURVATURE / 2 * element(weights, e) * element(weights, e);
    return loss;
}

/* Whether every replica of `after` is at the weights of the replica of `before` that the
 * order says. */
static bool are_at(slt_chain *after, slt_chain *before, const size_t order[1 + RUNGS])
{
    bool same = true;
    for (size_t r = 0; r <= RUNGS; r++)
        same = same && system_same_params(replica(after, r), replica(before, order[r]));
    return same;
}

typedef struct exchanges {
    double worst;
    size_t taken, offered;
    bool right; /* each went, or not, as its word says */
} exchanges;

/* The chain after one more update, with exchanges after each or without. */
static walk one_update(const scene *open, uint32_t number, uint64_t updates,
                       uint64_t every)
{
    walk w = settled_walk(open, number, updates);
    run.llc[0].tempering.every = every;
    slt_chain_advance(w.worker, &w.chain, 1);
    return w;
}

/* Whether the pair is exchanged, and what that should have been likely. */
static bool follow_pair(const slt_chain *with, slt_chain *without, uint32_t number,
                        size_t pair, exchanges *found)
{
    const double sum = slt_real_double(with->exchange_sum[pair]);
    const double fall =
        loss_at(replica(without, pair)) - loss_at(replica(without, pair + 1));
    const double alpha = exp(fmin(0, (ladder[pair] - ladder[pair + 1]) * fall));
    uint32_t word;
    slt_draw_words(
        slt_stream_of(run.seed, SLT_DRAW_EXCHANGE, 0, number, (uint32_t)with->updates, 1),
        pair, &word, 1);
    const bool taken = (word + .5) / 4294967296. < sum;
    found->taken += taken;
    found->offered++;
    found->worst = fmax(found->worst, fabs(sum - alpha));
    return taken;
}

/* The first round offers pairs 0 and 2, the second pair 1. */
static void compare_round(const scene *open, uint32_t number, uint64_t round,
                          exchanges *found)
{
    size_t order[1 + RUNGS] = {0, 1, 2, 3};
    walk a = one_update(open, number, round, 1);
    walk b = one_update(open, number, round, 1000);
    for (size_t i = 0; i < RUNGS; i++) {
        if (i % 2 != round) {
            found->right &= a.chain.exchange_sum[i].bits == 0;
        } else if (follow_pair(&a.chain, &b.chain, number, i, found)) {
            order[i] = i + 1;
            order[i + 1] = i;
        }
    }
    found->right &= are_at(&a.chain, &b.chain, order);
    close_walk(&a);
    close_walk(&b);
}

static void test_exchange(slt_arithmetic arithmetic, slt_sampler_kind sampler)
{
    const double near = arithmetic == SLT_FIXED ? 3e-8 : 1e-13; /* products of 30 bits */
    exchanges found = {.right = true};
    scene open;
    tempered(quadratic(arithmetic, 1), sampler, RUNGS);
    open_scene(&open, 0);
    for (uint32_t i = 0; i < CHAINS; i++)
        for (uint64_t round = 0; round < 2; round++)
            compare_round(&open, i, round, &found);
    close_scene(&open);
    TAP_OK(found.right && found.worst < near && found.taken > 9 &&
               found.offered > found.taken + 9,
           "%s, %s: exchanges are as likely as the losses say, off by %.1e, and %zu of "
           "%zu are made",
           slt_arithmetic_name(arithmetic), slt_sampler_name(sampler), found.worst,
           found.taken, found.offered);
}

/* ---- Laws -------------------------------------------------------------------------- */

enum { BETWEEN = 4 }; /* updates from one draw to the next */

/* Of each chain: means over its draws. */
typedef struct sums {
    const scene *open;
    uint64_t burnin, draws;
    bool wells;
    double of[CHAINS][2 + RUNGS];
} sums;

static void sum_chain(void *argument, size_t number)
{
    sums *s = argument;
    double *of = s->of[number], before[RUNGS];
    walk w = open_walk(s->open, (uint32_t)number);
    const slt_tempering_spec *spec = &run.llc[0].tempering;
    of[0] = of[1] = 0;
    slt_chain_advance(w.worker, &w.chain, s->burnin);
    for (size_t i = 0; i < spec->rungs; i++)
        before[i] = slt_real_double(w.chain.exchange_sum[i]);
    for (uint64_t t = 0; t < s->draws; t++) {
        slt_chain_advance(w.worker, &w.chain, BETWEEN);
        for (size_t e = 0; e < (s->wells ? 1 : COPIES); e++) {
            const double x = element(&w.chain.weights, e);
            const double square = ladder[0] * CURVATURE * x * x;
            of[0] += s->wells ? x < 0 : square / COPIES;
            of[1] += s->wells ? x * x : square * square / COPIES;
        }
    }
    of[0] /= (double)s->draws;
    of[1] /= (double)s->draws;
    for (size_t i = 0; i < spec->rungs; i++) {
        const uint64_t offers = slt_tempering_offered(spec, w.chain.updates, i) -
                                slt_tempering_offered(spec, s->burnin, i);
        of[2 + i] =
            (slt_real_double(w.chain.exchange_sum[i]) - before[i]) / (double)offers;
    }
    close_walk(&w);
}

static void agree(const sums *s, const char *what, size_t which, double want,
                  double sharp)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < CHAINS; i++) {
        sum += s->of[i][which];
        squares += s->of[i][which] * s->of[i][which];
    }
    const double mean = sum / CHAINS;
    const double error = sqrt((squares - sum * mean) / (CHAINS * (CHAINS - 1.)));
    TAP_OK(fabs(mean - want) <= 3 * error && error <= sharp * want,
           "%s, %s %.5g +- %.2g, must be %.5g", slt_arithmetic_name(run.arithmetic), what,
           mean, error, want);
}

/* The losses of two replicas are exponential laws of means 1 / nbeta, in two dimensions;
 * an exchange of settled replicas is likely 2 P(the colder has the larger loss). */
static void test_quadratic(slt_arithmetic arithmetic, slt_sampler_kind sampler)
{
    static sums s;
    char what[80];
    scene open;
    tempered(quadratic(arithmetic, 1), sampler, RUNGS);
    open_scene(&open, 0);
    s = (sums){.open = &open, .burnin = 60, .draws = 500};
    slt_pool_each(pool, CHAINS, sum_chain, &s);
    close_scene(&open);
    const char *name = slt_sampler_name(sampler);
    snprintf(what, sizeof what, "%s: E w^2 A", name);
    agree(&s, what, 0, 1, .02);
    snprintf(what, sizeof what, "%s: E w^4 A^2", name);
    agree(&s, what, 1, 3, .03);
    for (size_t i = 0; i < RUNGS; i++) {
        snprintf(what, sizeof what, "%s: exchanges of pair %zu", name, i);
        agree(&s, what, 2 + i, 2 * ladder[i + 1] / (ladder[i] + ladder[i + 1]), .02);
    }
}

/* ---- Two valleys ------------------------------------------------------------------- */

#define PULL .5

/* L = (w^2 - 1)^2, from its well at 1, which the pull prefers. */
static void two_wells(slt_arithmetic arithmetic, size_t rungs)
{
    system_begin(&run, arithmetic, 78);
    system_constant_data(&run, 1, 1, 1, 1);
    slt_weight_spec *weight = system_weight(&run, "W", 1, 1);
    weight->init.kind = SLT_INIT_CONSTANT;
    weight->init.value = slt_real_of(1);
    system_op(&run, "linear", "x", "W", "h");
    system_op(&run, "square", "h", "", "y");
    system_loss(&run, false);
    tempered(system_llc(&run, 3e-3, PULL, ladder[0], CHAINS, 100000), SLT_SAMPLER_HMC,
             rungs);
}

/* The share of the density below 0, and E w^2. */
static void integrate(double *share, double *square)
{
    double all = 0;
    *share = *square = 0;
    for (int i = -30000; i <= 30000; i++) {
        const double w = i / 1e4, off = w * w - 1;
        const double density = exp(-ladder[0] * off * off - PULL / 2 * (w - 1) * (w - 1));
        all += density;
        *share += i < 0 ? density : i == 0 ? density / 2 : 0;
        *square += density * w * w;
    }
    *share /= all;
    *square /= all;
}

static void test_wells(slt_arithmetic arithmetic)
{
    static sums s;
    double share, square, crossed = 0;
    scene open;
    integrate(&share, &square);
    for (size_t rungs = 0; rungs <= RUNGS; rungs += RUNGS) {
        two_wells(arithmetic, rungs);
        open_scene(&open, 0);
        s = (sums){.open = &open, .burnin = 500, .draws = 1500, .wells = true};
        slt_pool_each(pool, CHAINS, sum_chain, &s);
        close_scene(&open);
        for (size_t i = 0; i < CHAINS && !rungs; i++)
            crossed += s.of[i][0];
    }
    TAP_OK(crossed == 0, "%s: alone no chain leaves the well that it begins in",
           slt_arithmetic_name(arithmetic));
    agree(&s, "two wells: the share of the other", 0, share, .1);
    agree(&s, "two wells: E w^2", 1, square, .01);
}

int main(void)
{
    slt_error err;
    system_start();
    system_must(slt_pool_create(2, &pool, &err), &err);
    for (size_t i = 0; i < sizeof arithmetics / sizeof *arithmetics; i++) {
        if (slt_num_available(arithmetics[i], NULL))
            continue;
        test_exchange(arithmetics[i], SLT_SAMPLER_MALA);
        test_exchange(arithmetics[i], SLT_SAMPLER_HMC);
        test_quadratic(arithmetics[i], SLT_SAMPLER_MALA);
        test_quadratic(arithmetics[i], SLT_SAMPLER_HMC);
        test_wells(arithmetics[i]);
    }
    slt_pool_free(pool);
    return tap_done();
}
