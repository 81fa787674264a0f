/* Parameter updates on every instruction set. */
#include "reference.h"

#include "num/scalar.h"

/* Every tail, at every alignment, behind up to two rounds of the longest loop; and some
 * that are larger. */
static size_t size_of(size_t i)
{
    static const size_t larger[] = {191, 192, 193, 255, 256, 257,  511,
                                    512, 513, 601, 1023, 1024, 1025, 2600};
    return i <= 131 ? i : larger[i - 132];
}
#define SIZES 146

static ref_mix mix_of(size_t i)
{
    return (ref_mix)(i % REF_MIXES);
}

typedef struct state {
    slt_arithmetic arithmetic;
    size_t count;
    slt_tensor g, w, m, v;
} state;

static state state_of(slt_arithmetic a, size_t n, ref_mix mix)
{
    state s = {a,
               n,
               ref_filled(a, 1, n, mix),
               ref_filled(a, 1, n, mix),
               ref_filled(a, 1, n, mix),
               ref_filled(a, 1, n, mix)};
    for (size_t e = 0; e < n; e++)
        ref_set(&s.v, e, fabs(ref_get(&s.v, e)));
    return s;
}

static state state_copy(const state *s)
{
    return (state){s->arithmetic,   s->count,        ref_copy(&s->g),
                   ref_copy(&s->w), ref_copy(&s->m), ref_copy(&s->v)};
}

static void state_free(state *s)
{
    ref_free(&s->g);
    ref_free(&s->w);
    ref_free(&s->m);
    ref_free(&s->v);
}

static size_t numbers_differing(const state *s, const state *want)
{
    return ref_differing(&s->w, &want->w) + ref_differing(&s->m, &want->m) +
           ref_differing(&s->v, &want->v);
}

/* How many numbers differ, the verdict of the update on w's finiteness included. */
static size_t state_differing(const state *s, const state *want, bool finite)
{
    return numbers_differing(s, want) + (finite != ref_finite(&want->w));
}

static void sgd(state *s, double lr, double momentum, double decay)
{
    slt_arithmetic a = s->arithmetic;
    for (size_t e = 0; e < s->count; e++) {
        double w = ref_get(&s->w, e), d = ref_get(&s->g, e);
        if (decay != 0)
            d = ref_fma(a, decay, w, d);
        if (momentum != 0) {
            d = ref_fma(a, momentum, ref_get(&s->m, e), d);
            ref_set(&s->m, e, d);
        }
        ref_set(&s->w, e, ref_fma(a, -lr, d, w));
    }
}

static size_t sgd_cases(slt_arithmetic a)
{
    static const double momenta[] = {0, 0.9}, decays[] = {0, 1e-2};
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES * 4; i++) {
        slt_sgd_step step = {slt_real_of(1e-3), slt_real_of(momenta[i % 2]),
                             slt_real_of(decays[i / 2 % 2])};
        state s = state_of(a, size_of(i / 4), mix_of(i / 4));
        state want = state_copy(&s);
        sgd(&want, ref_round(a, 1e-3), ref_round(a, momenta[i % 2]),
            ref_round(a, decays[i / 2 % 2]));
        bool finite = slt_num_sgd(&step, &s.g, i % 2 ? &s.m : NULL, &s.w);
        wrong += state_differing(&s, &want, finite);
        state_free(&s);
        state_free(&want);
    }
    return wrong;
}

static void adam(state *s, const slt_adam_step *step)
{
    slt_arithmetic a = s->arithmetic;
    const slt_real *from = &step->beta1;
    double c[9];
    for (int i = 0; i < 9; i++)
        c[i] = ref_round(a, slt_real_double(from[i]));
    double beta1 = c[0], beta2 = c[1], one1 = c[2], one2 = c[3], eps = c[4];
    double rate = c[5], root = c[6], decay = c[7], shrink = c[8];
    for (size_t e = 0; e < s->count; e++) {
        double w = ref_get(&s->w, e), g = ref_get(&s->g, e);
        if (shrink != 1)
            w = ref_mul(a, w, shrink);
        if (decay != 0)
            g = ref_fma(a, decay, w, g);
        double m = ref_fma(a, beta1, ref_get(&s->m, e), ref_mul(a, one1, g));
        double v =
            ref_fma(a, beta2, ref_get(&s->v, e), ref_mul(a, ref_mul(a, one2, g), g));
        double below = ref_fma(a, ref_root(a, v), root, eps);
        ref_set(&s->m, e, m);
        ref_set(&s->v, e, v);
        ref_set(&s->w, e, ref_fma(a, -rate, ref_div(a, m, below), w));
    }
}

static size_t adam_cases(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES * 3; i++) {
        slt_adam_step step = {
            .beta1 = slt_real_of(0.9),
            .beta2 = slt_real_of(0.999),
            .one_minus_beta1 = slt_real_of(1 - 0.9),
            .one_minus_beta2 = slt_real_of(1 - 0.999),
            .eps = slt_real_of(1e-8),
            .rate = slt_real_of(1e-3 / (1 - 0.9 * 0.9)),
            .root = slt_real_of(1 / sqrt(1 - 0.999 * 0.999)),
            .weight_decay = slt_real_of(i % 3 == 1 ? 0.01 : 0),
            .shrink = slt_real_of(i % 3 == 2 ? 1 - 1e-3 * 0.01 : 1),
        };
        state s = state_of(a, size_of(i / 3), mix_of(i / 3));
        state want = state_copy(&s);
        adam(&want, &step);
        bool finite = slt_num_adam(&step, &s.g, &s.m, &s.v, &s.w);
        wrong += numbers_differing(&s, &want);
        wrong += finite != (ref_finite(&want.w) && ref_finite(&want.v));
        state_free(&s);
        state_free(&want);
    }
    return wrong;
}

/* The step is the same as slt_draw_normal followed by the update, element by element. */
static size_t sgld_cases(slt_arithmetic a)
{
    const double half = 0.5e-3, root = sqrt(1e-3), nbeta = 80.456, gamma = 1.1;
    const slt_sgld_step step = {slt_real_of(half), slt_real_of(root), slt_real_of(nbeta),
                                slt_real_of(gamma)};
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES; i++) {
        ref_mix mix = mix_of(i);
        state s = state_of(a, size_of(i), mix), want = state_copy(&s);
        slt_tensor w0 = ref_filled(a, 1, s.count, mix), z = ref_copy(&w0);
        slt_stream stream = slt_stream_of(i, SLT_DRAW_SGLD, 3, 2, (uint32_t)i, 1);
        slt_draw_normal(stream, &z, slt_real_of(1));
        for (size_t e = 0; e < s.count; e++) {
            double w = ref_get(&s.w, e), d = ref_add(a, w, -ref_get(&w0, e));
            double t = ref_mul(a, ref_round(a, gamma), d);
            t = ref_fma(a, ref_round(a, nbeta), ref_get(&s.g, e), t);
            double u = ref_fma(a, ref_round(a, -half), t, w);
            ref_set(&want.w, e, ref_fma(a, ref_round(a, root), ref_get(&z, e), u));
        }
        wrong += state_differing(&s, &want, slt_num_sgld(&step, stream, &s.g, &w0, &s.w));
        state_free(&s);
        state_free(&want);
        ref_free(&w0);
        ref_free(&z);
    }
    return wrong;
}

/* m is the momentum. */
static size_t underdamped_cases(slt_arithmetic a)
{
    static const double c[] = {80.456, 1.1, .1, 1e-2, .3, .2, .5, .7};
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES; i++) {
        slt_underdamped_step step;
        slt_real *to = &step.nbeta;
        double r[8];
        for (size_t k = 0; k < 8; k++) { /* each of lose ... after is 0 at times */
            const double value = k > 1 && i % 9 == k ? 0 : c[k];
            to[k] = slt_real_of(value);
            r[k] = ref_round(a, value);
        }
        state s = state_of(a, size_of(i), mix_of(i)), want = state_copy(&s);
        slt_tensor w0 = ref_filled(a, 1, s.count, mix_of(i)), z = ref_copy(&w0);
        slt_stream stream = slt_stream_of(i, SLT_DRAW_SGLD, 3, 2, (uint32_t)i, 1);
        slt_draw_normal(stream, &z, slt_real_of(1));
        for (size_t e = 0; e < s.count; e++) {
            double w = ref_get(&s.w, e), p = ref_get(&s.m, e);
            double t = ref_mul(a, r[1], ref_add(a, w, -ref_get(&w0, e)));
            t = ref_fma(a, r[0], ref_get(&s.g, e), t);
            p = ref_fma(a, -r[2], p, p);
            p = ref_fma(a, -r[3], t, p);
            w = ref_fma(a, r[4], p, w);
            p = ref_fma(a, -r[5], p, p);
            p = ref_fma(a, r[6], ref_get(&z, e), p);
            ref_set(&want.m, e, p);
            ref_set(&want.w, e, ref_fma(a, r[7], p, w));
        }
        const bool finite = slt_num_underdamped(&step, stream, &s.g, &w0, &s.m, &s.w);
        wrong += state_differing(&s, &want, finite);
        wrong += finite && !ref_finite(&want.m);
        state_free(&s);
        state_free(&want);
        ref_free(&w0);
        ref_free(&z);
    }
    return wrong;
}

/* m is the momentum, v the thermostat. */
static size_t thermostat_cases(slt_arithmetic a)
{
    const double nbeta = 80.456, gamma = 1.1, h = 1e-2, noise = .5;
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES; i++) {
        const double fade = i % 3 ? .3 : 0;
        const slt_underdamped_step step = {.nbeta = slt_real_of(nbeta),
                                           .gamma = slt_real_of(gamma),
                                           .push = slt_real_of(h),
                                           .fade = slt_real_of(fade),
                                           .noise = slt_real_of(noise),
                                           .after = slt_real_of(h)};
        state s = state_of(a, size_of(i), mix_of(i)), want = state_copy(&s);
        slt_tensor w0 = ref_filled(a, 1, s.count, mix_of(i)), z = ref_copy(&w0);
        slt_stream stream = slt_stream_of(i, SLT_DRAW_SGLD, 3, 2, (uint32_t)i, 1);
        slt_draw_normal(stream, &z, slt_real_of(1));
        for (size_t e = 0; e < s.count; e++) {
            double w = ref_get(&s.w, e), p = ref_get(&s.m, e), x = ref_get(&s.v, e);
            double t = ref_mul(a, ref_round(a, gamma), ref_add(a, w, -ref_get(&w0, e)));
            t = ref_fma(a, ref_round(a, nbeta), ref_get(&s.g, e), t);
            const double c = ref_fma(a, ref_round(a, -h), x, ref_round(a, -fade));
            p = ref_fma(a, c, p, p);
            p = ref_fma(a, ref_round(a, -h), t, p);
            p = ref_fma(a, ref_round(a, noise), ref_get(&z, e), p);
            ref_set(&want.m, e, p);
            ref_set(&want.w, e, ref_fma(a, ref_round(a, h), p, w));
            ref_set(&want.v, e, ref_fma(a, ref_round(a, h), ref_fma(a, p, p, -1), x));
        }
        const bool finite =
            slt_num_thermostat(&step, stream, &s.g, &w0, &s.m, &s.v, &s.w);
        wrong += numbers_differing(&s, &want);
        wrong += finite != (ref_finite(&want.w) && ref_finite(&want.v));
        wrong += finite && !ref_finite(&want.m);
        state_free(&s);
        state_free(&want);
        ref_free(&w0);
        ref_free(&z);
    }
    return wrong;
}

/* v is the mean square, m the mean where there is one. */
static size_t preconditioned_cases(slt_arithmetic a)
{
    const double half = 0.5e-3, root = sqrt(1e-3), nbeta = 80.456, gamma = 1.1;
    const double alpha = .99, eps = .1, beta = .9;
    size_t wrong = 0;
    for (size_t i = 0; i < 2 * SIZES; i++) {
        const bool mean = i % 2;
        const double raise = mean ? 1.7 : 1;
        const slt_preconditioned_step step = {
            .sgld = {slt_real_of(half), slt_real_of(root), slt_real_of(nbeta),
                     slt_real_of(gamma)},
            .alpha = slt_real_of(alpha),
            .one_minus_alpha = slt_real_of(1 - alpha),
            .eps = slt_real_of(eps),
            .raise = slt_real_of(raise),
            .beta = slt_real_of(beta),
            .one_minus_beta = slt_real_of(1 - beta)};
        state s = state_of(a, size_of(i / 2), mix_of(i / 2)), want = state_copy(&s);
        slt_tensor w0 = ref_filled(a, 1, s.count, mix_of(i / 2)), z = ref_copy(&w0);
        slt_stream stream = slt_stream_of(i, SLT_DRAW_SGLD, 3, 2, (uint32_t)i, 1);
        slt_draw_normal(stream, &z, slt_real_of(1));
        for (size_t e = 0; e < s.count; e++) {
            double w = ref_get(&s.w, e), g = ref_get(&s.g, e), p = g;
            if (mean) {
                p = ref_mul(a, ref_round(a, 1 - beta), g);
                p = ref_fma(a, ref_round(a, beta), ref_get(&s.m, e), p);
                ref_set(&want.m, e, p);
            }
            double v = ref_mul(a, ref_mul(a, ref_round(a, 1 - alpha), g), g);
            v = ref_fma(a, ref_round(a, alpha), ref_get(&s.v, e), v);
            double q =
                ref_fma(a, ref_root(a, v), ref_round(a, raise), ref_round(a, eps));
            q = ref_div(a, 1, q);
            double t = ref_mul(a, ref_round(a, gamma), ref_add(a, w, -ref_get(&w0, e)));
            t = ref_fma(a, ref_round(a, nbeta), p, t);
            double u = ref_fma(a, ref_round(a, -half), ref_mul(a, q, t), w);
            double y = ref_mul(a, ref_root(a, q), ref_get(&z, e));
            ref_set(&want.v, e, v);
            ref_set(&want.w, e, ref_fma(a, ref_round(a, root), y, u));
        }
        const bool finite = slt_num_preconditioned(&step, stream, &s.g, &w0,
                                                   mean ? &s.m : NULL, &s.v, &s.w);
        wrong += numbers_differing(&s, &want);
        wrong += finite != (ref_finite(&want.w) && ref_finite(&want.v));
        wrong += mean && finite && !ref_finite(&want.m);
        state_free(&s);
        state_free(&want);
        ref_free(&w0);
        ref_free(&z);
    }
    return wrong;
}

/* Whether one number of w that is not finite, or an infinite one of Adam's v or of a
 * thermostat, is told wherever it stands, and none where there is none. */
static size_t verdict_cases(slt_arithmetic a)
{
    static const double spoilers[] = {INFINITY, -INFINITY, NAN};
    const slt_real none = slt_real_of(0), one = slt_real_of(1), tiny = slt_real_of(1e-9);
    const slt_sgd_step descent = {one, none, none}, heavy = {one, one, none};
    const slt_sgld_step step = {none, none, one, none};
    const slt_adam_step still = {one, one, none, none, one, one, one, none, one};
    const slt_preconditioned_step keep = {
        .sgld = {none, none, one, none}, .alpha = one, .eps = one, .raise = one};
    const slt_underdamped_step glide = {.nbeta = one, .noise = one};
    const slt_underdamped_step warm = {.nbeta = one, .push = tiny, .after = tiny};
    const slt_stream stream = slt_stream_of(5, SLT_DRAW_SGLD, 0, 0, 0, 1);
    size_t wrong = 0;
    for (size_t i = 0; i < 3 * 140; i++) {
        state s = state_of(a, 1 + i / 3, REF_PLAIN);
        for (size_t e = 0; e <= s.count; e++) {
            double kept = ref_get(&s.w, e % s.count);
            slt_tensor p;
            if (e < s.count)
                ref_set(&s.w, e, spoilers[i % 3]);
            wrong += slt_num_sgd(&descent, &s.g, NULL, &s.w) != (e == s.count);
            wrong += slt_num_sgd(&heavy, &s.g, &s.m, &s.w) != (e == s.count);
            wrong += slt_num_sgld(&step, stream, &s.g, &s.w, &s.w) != (e == s.count);
            p = ref_copy(&s.m);
            wrong += slt_num_underdamped(&glide, stream, &s.g, &s.w, &p, &s.w) !=
                     (e == s.count);
            ref_free(&p);
            wrong += slt_num_adam(&still, &s.g, &s.m, &s.v, &s.w) != (e == s.count);
            ref_set(&s.w, e % s.count, kept);
            if (i % 3)
                continue;
            kept = ref_get(&s.v, e % s.count);
            if (e < s.count)
                ref_set(&s.v, e, INFINITY);
            wrong += slt_num_adam(&still, &s.g, &s.m, &s.v, &s.w) != (e == s.count);
            wrong += slt_num_preconditioned(&keep, stream, &s.g, &s.w, NULL, &s.v,
                                            &s.w) != (e == s.count);
            ref_set(&s.v, e % s.count, kept);
            p = ref_copy(&s.m);
            if (e < s.count) /* its square alone is too large */
                ref_set(&p, e, a == SLT_F32 ? 1e25 : 1e200);
            slt_tensor x = ref_copy(&s.v), w = ref_copy(&s.w);
            wrong += slt_num_thermostat(&warm, stream, &s.g, &s.w, &p, &x, &w) !=
                     (e == s.count);
            ref_free(&p);
            ref_free(&x);
            ref_free(&w);
        }
        state_free(&s);
    }
    return wrong;
}

/* m serves as w1, v as its gradient, and a copy of g, shuffled by one, as w0. */
static size_t mala_cases(slt_arithmetic a)
{
    const double half = 0.37e-3, nbeta = 80.5, gamma = 1.25;
    const slt_sgld_step step = {slt_real_of(half), slt_real_of(sqrt(2 * half)),
                                slt_real_of(nbeta), slt_real_of(gamma)};
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES; i++) {
        state s = state_of(a, size_of(i), mix_of(i));
        slt_tensor w0 = ref_filled(a, 1, s.count, mix_of(i));
        ref_sum forward = {0}, backward = {0}, spring0 = {0}, spring1 = {0};
        for (size_t e = 0; e < s.count; e++) {
            double w = ref_get(&s.w, e), w1 = ref_get(&s.m, e), centre = ref_get(&w0, e);
            double d0 = w - centre, d1 = w1 - centre;
            double t0 = gamma * d0, t1 = gamma * d1;
            t0 = fma(nbeta, ref_get(&s.g, e), t0);
            t1 = fma(nbeta, ref_get(&s.v, e), t1);
            double p0 = w1 - w, p1 = w - w1;
            p0 = fma(half, t0, p0);
            p1 = fma(half, t1, p1);
            ref_sum_fma(&forward, p0, p0);
            ref_sum_fma(&backward, p1, p1);
            ref_sum_fma(&spring0, d0, d0);
            ref_sum_fma(&spring1, d1, d1);
        }
        slt_mala_terms got = slt_num_mala(&step, &w0, &s.w, &s.g, &s.m, &s.v);
        wrong += !ref_same(slt_real_double(got.forward), ref_sum_total(&forward));
        wrong += !ref_same(slt_real_double(got.backward), ref_sum_total(&backward));
        wrong += !ref_same(slt_real_double(got.spring0), ref_sum_total(&spring0));
        wrong += !ref_same(slt_real_double(got.spring1), ref_sum_total(&spring1));
        state_free(&s);
        ref_free(&w0);
    }
    return wrong;
}

static size_t displacement_cases(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES; i++) {
        state s = state_of(a, size_of(i), mix_of(i));
        ref_sum sum = {0};
        for (size_t e = 0; e < s.count; e++)
            ref_sum_fma(&sum, ref_get(&s.g, e), ref_get(&s.w, e) - ref_get(&s.m, e));
        slt_real got = slt_num_displacement(&s.g, &s.m, &s.w);
        wrong += !ref_same(slt_real_double(got), ref_sum_total(&sum));
        state_free(&s);
    }
    return wrong;
}

static size_t distance_cases(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES; i++) {
        state s = state_of(a, size_of(i), mix_of(i));
        ref_sum sum = {0};
        for (size_t e = 0; e < s.count; e++) {
            double away = ref_get(&s.w, e) - ref_get(&s.m, e);
            ref_sum_fma(&sum, away, away);
        }
        slt_real got = slt_num_distance(&s.m, &s.w);
        wrong += !ref_same(slt_real_double(got), ref_sum_total(&sum));
        state_free(&s);
    }
    return wrong;
}

/* from - log of the word's number in binary64, rounded once. */
static size_t exponential_cases(slt_arithmetic a)
{
    const slt_real from = slt_real_of(0.3), unit = slt_real_of(0x1p-33);
    const slt_stream stream = slt_stream_of(8, SLT_DRAW_DATA, 0, 0, 5, 0);
    size_t wrong = 0;
    for (size_t size = 1; size < 140; size++) {
        slt_tensor z = ref_tensor(a, 1, size), want = ref_tensor(a, 1, 1);
        slt_draw_exponential(stream, &z, from);
        for (size_t e = 0; e < size; e++) {
            uint32_t word;
            slt_draw_words(stream, e, &word, 1);
            const slt_real u =
                slt_real_mul(slt_real_from_u64(2 * (uint64_t)word + 1), unit);
            slt_tensor_set(&want, 0, slt_real_sub(from, slt_real_log(u)));
            wrong += slt_tensor_get(&z, e).bits != slt_tensor_get(&want, 0).bits;
        }
        ref_free(&z);
        ref_free(&want);
    }
    return wrong;
}

/* Columns are what their streams give alone. */
static size_t abreast_cases(slt_arithmetic a)
{
    const slt_real from = slt_real_of(0.7);
    size_t wrong = 0;
    for (size_t rows = 1; rows < 14; rows++)
        for (size_t cols = 1; cols < 20; cols++) {
            slt_tensor z = ref_tensor(a, rows, cols), e = ref_tensor(a, rows, cols);
            slt_tensor alone = ref_tensor(a, rows, 1);
            const slt_stream first =
                slt_stream_of(8, SLT_DRAW_DATA, 2, 0, UINT32_MAX - 9, 0);
            slt_draw_normal_abreast(first, &z);
            slt_draw_exponential_abreast(first, &e, from);
            for (uint32_t t = 0; t < cols; t++) {
                slt_stream stream = first;
                stream.c1 += t;
                slt_draw_normal(stream, &alone, slt_real_of(1));
                for (size_t i = 0; i < rows; i++)
                    wrong += slt_tensor_get(&z, i * cols + t).bits !=
                             slt_tensor_get(&alone, i).bits;
                slt_draw_exponential(stream, &alone, from);
                for (size_t i = 0; i < rows; i++)
                    wrong += slt_tensor_get(&e, i * cols + t).bits !=
                             slt_tensor_get(&alone, i).bits;
            }
            ref_free(&z);
            ref_free(&e);
            ref_free(&alone);
        }
    return wrong;
}

int main(void)
{
    ref_each_copy("normals and exponentials of streams side by side", abreast_cases);
    ref_each_copy("exponentials", exponential_cases);
    ref_each_copy("sgd, with and without momentum and decay", sgd_cases);
    ref_each_copy("adam, without decay, coupled, decoupled", adam_cases);
    ref_each_copy("sgld is normals, then the update", sgld_cases);
    ref_each_copy("steps with a momentum are normals, then the update",
                  underdamped_cases);
    ref_each_copy("steps with a thermostat are normals, then the update",
                  thermostat_cases);
    ref_each_copy("preconditioned steps are normals, then the update",
                  preconditioned_cases);
    ref_each_copy("what is not finite is told", verdict_cases);
    ref_each_copy("mala", mala_cases);
    ref_each_copy("displacement", displacement_cases);
    ref_each_copy("distance", distance_cases);
    return tap_done();
}
