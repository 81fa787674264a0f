/* Fixed-point random numbers and updates on every instruction set, against their
 * definitions one element at a time. */
#include "fixed_reference.h"
#include "num/scalar.h"

#define MOST 700

/* ---- Random numbers --------------------------------------------------------------- */

static slt_stream any_stream(void)
{
    return slt_stream_of(ref_random(), SLT_DRAW_SGLD, (uint32_t)ref_below(4096),
                         (uint32_t)ref_below(4096), (uint32_t)ref_random(),
                         (uint32_t)ref_random());
}

/* Normal e of a stream by the pieces of one number. */
static int64_t normal(slt_stream stream, uint64_t e)
{
    uint32_t words[2];
    int64_t c, s;
    slt_draw_words(stream, e & ~UINT64_C(1), words, 2);
    slt_fixed_cos_sin(words[1], &c, &s);
    return slt_mul_shift(slt_fixed_sqrt(slt_fixed_neg_log(words[0])), e & 1 ? s : c, 61);
}

static size_t normals(void)
{
    size_t wrong = 0;
    for (size_t size = 1; size < MOST; size += size < 70 ? 1 : 131) {
        slt_stream stream = any_stream();
        slt_tensor z = fixed_filled(1, size, FIXED_PLAIN, 7);
        slt_real std = slt_real_of(size % 5 ? ldexp(1.3, -(int)ref_below(70)) : 1);
        slt_draw_normal(stream, &z, std);
        wrong += z.frac != 48 || z.overflow;
        for (size_t e = 0; e < size; e++) {
            int64_t want;
            wrong +=
                !slt_fixed_scale(slt_scalar_of(std), normal(stream, e), 60, 48, &want) ||
                want != ((int64_t *)z.data)[e];
        }
        ref_free(&z);
    }
    return wrong;
}

/* Against swaps one by one: whole shuffles and beginnings of them, sizes around a block
 * of draws. */
static size_t shuffles(void)
{
    enum { ITEMS = 1200 };
    static uint32_t items[ITEMS], want[ITEMS];
    static const size_t sizes[] = {1, 2, 3, 7, 127, 128, 129, 256, 257, 1000, ITEMS};
    size_t wrong = 0;
    for (size_t i = 0; i < 2 * sizeof sizes / sizeof *sizes; i++) {
        const size_t n = sizes[i / 2], count = i % 2 ? n : ref_below(n + 1);
        slt_stream stream = any_stream();
        for (uint32_t e = 0; e < n; e++)
            want[e] = e;
        slt_draw_shuffle(stream, n, count, items);
        for (uint64_t e = 0; e < count; e++) {
            const uint64_t other = e + slt_draw_bounded(stream, e, n - e);
            const uint32_t kept = want[e];
            want[e] = want[other];
            want[other] = kept;
        }
        wrong += memcmp(items, want, n * sizeof *items) != 0;
    }
    return wrong;
}

/* Whether normals and uniforms that do not fit are told, and only then. */
static size_t draws_too_large(void)
{
    size_t wrong = 0;
    for (int i = 0; i < 40; i++) {
        slt_stream stream = any_stream();
        slt_tensor z = fixed_filled(1, 99, FIXED_ZEROS, 48);
        slt_real std = slt_real_of(ldexp(1 + (double)ref_below(100) / 128, 9 + i % 9));
        slt_real lo = slt_real_of(-ldexp(1, 12 + i % 5)),
                 hi = slt_real_of(ldexp(1, i % 17));
        bool fits = true, fits_too = true;
        for (uint64_t e = 0; e < 99; e++) {
            int64_t ignored, a, b;
            uint32_t word;
            fits = slt_fixed_scale(slt_scalar_of(std), normal(stream, e), 60, 48,
                                   &ignored) &&
                   fits;
            slt_draw_words(stream, e, &word, 1);
            int64_t n = 2 * (int64_t)word + 1;
            fits_too =
                slt_fixed_scale(slt_scalar_of(lo), (INT64_C(1) << 33) - n, 33, 48, &a) &&
                slt_fixed_scale(slt_scalar_of(hi), n, 33, 48, &b) && fits_too;
        }
        slt_draw_normal(stream, &z, std);
        wrong += z.overflow == fits;
        z.overflow = false;
        slt_draw_uniform(stream, &z, lo, hi);
        wrong += z.overflow == fits_too;
        ref_free(&z);
    }
    return wrong;
}

static size_t uniforms(void)
{
    size_t wrong = 0;
    for (size_t size = 1; size < 140; size++) {
        slt_stream stream = any_stream();
        slt_tensor z = fixed_filled(1, size, FIXED_PLAIN, 7);
        slt_real lo = slt_real_of(-ref_plain()), hi = slt_real_of(ref_plain());
        slt_draw_uniform(stream, &z, lo, hi);
        for (size_t e = 0; e < size; e++) {
            uint32_t word;
            int64_t a, b;
            slt_draw_words(stream, e, &word, 1);
            int64_t n = 2 * (int64_t)word + 1;
            slt_fixed_scale(slt_scalar_of(lo), (INT64_C(1) << 33) - n, 33, 48, &a);
            slt_fixed_scale(slt_scalar_of(hi), n, 33, 48, &b);
            wrong += ((int64_t *)z.data)[e] != a + b;
        }
        wrong += z.frac != 48 || z.overflow;
        ref_free(&z);
    }
    return wrong;
}

/* ---- Updates ---------------------------------------------------------------------- */

typedef struct element {
    slt_wide sum;
    bool fits;
} element;

static void plus(element *to, slt_scalar scalar, int64_t m, int frac)
{
    int64_t term;
    to->fits = slt_fixed_scale(scalar, m, frac, 48, &term) && to->fits;
    to->sum = slt_wide_add(to->sum, slt_wide_of(term));
}

static slt_scalar minus(slt_real real)
{
    return slt_scalar_of((slt_real){real.bits ^ UINT64_C(1) << 63});
}

static void settle(const element *from, slt_tensor *w, size_t e)
{
    if (slt_wide_fits(from->sum))
        ((int64_t *)w->data)[e] = (int64_t)from->sum.low;
    else
        w->overflow = true;
}

static int64_t at(const slt_tensor *t, size_t e)
{
    return ((const int64_t *)t->data)[e];
}

/* Weights, gradients and moments; in some scenes near the ends of their range. */
typedef struct scene {
    slt_tensor w, g, m, v, home;
} scene;

static scene make_scene(size_t size, bool extreme)
{
    fixed_mix state = extreme ? FIXED_EDGES : FIXED_SMALL;
    fixed_mix slope = extreme ? FIXED_RANGE : FIXED_PLAIN;
    return (scene){fixed_filled(1, size, state, 48),
                   fixed_filled(1, size, slope, 40 + (int)ref_below(60)),
                   fixed_filled(1, size, state, 48),
                   fixed_filled(1, size, FIXED_ZEROS, 48),
                   fixed_filled(1, size, extreme ? FIXED_RANGE : FIXED_SMALL, 48)};
}

static scene copy_scene(const scene *s)
{
    scene copy = {ref_copy(&s->w), ref_copy(&s->g), ref_copy(&s->m), ref_copy(&s->v),
                  ref_copy(&s->home)};
    copy.w.frac = copy.home.frac = 48;
    copy.g.frac = s->g.frac;
    copy.m.frac = s->m.frac;
    copy.v.frac = s->v.frac;
    return copy;
}

static void free_scene(scene *s)
{
    ref_free(&s->w);
    ref_free(&s->g);
    ref_free(&s->m);
    ref_free(&s->v);
    ref_free(&s->home);
}

static size_t differ(const scene *a, const scene *b, const char *name, size_t size)
{
    if (fixed_same(&a->w, &b->w) && fixed_same(&a->m, &b->m) && fixed_same(&a->v, &b->v))
        return 0;
    tap_note("%s of %zu weights", name, size);
    return 1;
}

static void define_sgd(const slt_sgd_step *step, scene *s)
{
    slt_scalar momentum = slt_scalar_of(step->momentum);
    slt_scalar decay = slt_scalar_of(step->weight_decay);
    for (size_t e = 0; e < slt_tensor_count(&s->w); e++) {
        element next = {slt_wide_of(at(&s->w, e)), true};
        if (!momentum.mantissa && !decay.mantissa) {
            plus(&next, minus(step->lr), at(&s->g, e), s->g.frac);
        } else {
            element d = {slt_wide_of(0), true};
            plus(&d, (slt_scalar){1, 0}, at(&s->g, e), s->g.frac);
            plus(&d, decay, at(&s->w, e), 48);
            if (momentum.mantissa) {
                plus(&d, momentum, at(&s->m, e), 48);
                settle(&d, &s->m, e);
            }
            next.fits = d.fits && slt_wide_fits(d.sum);
            plus(&next, minus(step->lr), (int64_t)d.sum.low, 48);
        }
        s->w.overflow |= !next.fits;
        settle(&next, &s->w, e);
    }
}

static size_t sgd(void)
{
    size_t wrong = 0;
    for (size_t size = 1; size < MOST; size += size < 67 ? 1 : 131)
        for (int i = 0; i < 8; i++) {
            slt_sgd_step step = {slt_real_of(ref_plain()), slt_real_of(i & 1 ? 0.9 : 0),
                                 slt_real_of(i & 2 ? 0.01 : 0)};
            scene s = make_scene(size, i & 4), want = copy_scene(&s);
            define_sgd(&step, &want);
            bool fits = slt_num_sgd(&step, &s.g, &s.m, &s.w);
            wrong += fits == want.w.overflow || differ(&s, &want, "sgd", size);
            free_scene(&s);
            free_scene(&want);
        }
    return wrong;
}

static void define_sgld(const slt_sgld_step *step, slt_stream stream, scene *s)
{
    slt_scalar spring = minus(slt_real_mul(step->half, step->gamma));
    slt_scalar force = minus(slt_real_mul(step->half, step->nbeta));
    for (size_t e = 0; e < slt_tensor_count(&s->w); e++) {
        slt_wide away = slt_wide_add(slt_wide_of(at(&s->w, e)),
                                     slt_wide_neg(slt_wide_of(at(&s->home, e))));
        element next = {slt_wide_of(at(&s->w, e)), slt_wide_fits(away)};
        plus(&next, spring, (int64_t)away.low, 48);
        plus(&next, force, at(&s->g, e), s->g.frac);
        plus(&next, slt_scalar_of(step->root), normal(stream, e), 60);
        s->w.overflow |= !next.fits;
        settle(&next, &s->w, e);
    }
}

static size_t sgld(void)
{
    size_t wrong = 0;
    for (size_t size = 1; size < MOST; size += size < 67 ? 1 : 131)
        for (int i = 0; i < 4; i++) {
            double lr = ldexp(1, -(int)ref_below(24));
            slt_sgld_step step = {slt_real_of(lr / 2), slt_real_of(sqrt(lr)),
                                  slt_real_of(80.46),
                                  slt_real_of((double)ref_below(3) * 0.7)};
            slt_stream stream = any_stream();
            scene s = make_scene(size, i & 1), want = copy_scene(&s);
            define_sgld(&step, stream, &want);
            bool fits = slt_num_sgld(&step, stream, &s.g, &s.home, &s.w);
            wrong += fits == want.w.overflow || differ(&s, &want, "sgld", size);
            free_scene(&s);
            free_scene(&want);
        }
    return wrong;
}

/* m is the momentum; neither changes where something does not fit. */
static void define_underdamped(const slt_underdamped_step *step, slt_stream stream,
                               scene *s)
{
    const slt_scalar spring = minus(slt_real_mul(step->push, step->gamma));
    const slt_scalar force = minus(slt_real_mul(step->push, step->nbeta));
    for (size_t e = 0; e < slt_tensor_count(&s->w); e++) {
        const slt_wide away = slt_wide_add(slt_wide_of(at(&s->w, e)),
                                           slt_wide_neg(slt_wide_of(at(&s->home, e))));
        element p = {slt_wide_of(at(&s->m, e)), slt_wide_fits(away)};
        plus(&p, minus(step->lose), at(&s->m, e), 48);
        plus(&p, spring, (int64_t)away.low, 48);
        plus(&p, force, at(&s->g, e), s->g.frac);
        bool fits = p.fits && slt_wide_fits(p.sum);
        const int64_t kicked = (int64_t)p.sum.low;
        element w = {slt_wide_of(at(&s->w, e)), fits}, q = {slt_wide_of(kicked), fits};
        plus(&w, slt_scalar_of(step->before), kicked, 48);
        plus(&q, minus(step->fade), kicked, 48);
        plus(&q, slt_scalar_of(step->noise), normal(stream, e), 60);
        fits = w.fits && q.fits && slt_wide_fits(w.sum) && slt_wide_fits(q.sum);
        plus(&w, slt_scalar_of(step->after), (int64_t)q.sum.low, 48);
        if (!fits || !w.fits || !slt_wide_fits(w.sum)) {
            s->w.overflow = true;
            continue;
        }
        settle(&q, &s->m, e);
        settle(&w, &s->w, e);
    }
}

static size_t underdamped(void)
{
    size_t wrong = 0;
    for (size_t size = 1; size < MOST; size += size < 67 ? 1 : 131)
        for (int i = 0; i < 6; i++) {
            const double h = ldexp(1, -(int)ref_below(12));
            const slt_underdamped_step step = {
                .nbeta = slt_real_of(80.46),
                .gamma = slt_real_of((double)ref_below(3) * 0.7),
                .lose = slt_real_of(i % 3 ? 0 : .1),
                .push = slt_real_of(h),
                .before = slt_real_of(i % 3 == 1 ? 0 : h / 2),
                .fade = slt_real_of(.4),
                .noise = slt_real_of(.8),
                .after = slt_real_of(i % 3 ? 1 : h / 2)};
            slt_stream stream = any_stream();
            scene s = make_scene(size, i & 1), want = copy_scene(&s);
            define_underdamped(&step, stream, &want);
            bool fits = slt_num_underdamped(&step, stream, &s.g, &s.home, &s.m, &s.w);
            wrong += fits == want.w.overflow || differ(&s, &want, "underdamped", size);
            free_scene(&s);
            free_scene(&want);
        }
    return wrong;
}

/* a b 2^-48, rounded to nearest, ties to even, by its parts. */
static bool product(int64_t a, int64_t b, int64_t *result)
{
    const slt_wide whole = slt_wide_mul(a, b), low = slt_wide_floor(whole, 48);
    const slt_wide rest = slt_wide_add(whole, slt_wide_neg(slt_wide_left(low, 48)));
    const uint64_t half = UINT64_C(1) << 47;
    const bool up = rest.low > half || (rest.low == half && (low.low & 1));
    const slt_wide rounded = slt_wide_add(low, slt_wide_of(up));
    *result = (int64_t)rounded.low;
    return slt_wide_fits(rounded);
}

/* m is the momentum, v the thermostat; none changes where something does not fit. */
static void define_thermostat(const slt_underdamped_step *step, slt_stream stream,
                              scene *s)
{
    const slt_scalar spring = minus(slt_real_mul(step->push, step->gamma));
    const slt_scalar force = minus(slt_real_mul(step->push, step->nbeta));
    for (size_t e = 0; e < slt_tensor_count(&s->w); e++) {
        const slt_wide away = slt_wide_add(slt_wide_of(at(&s->w, e)),
                                           slt_wide_neg(slt_wide_of(at(&s->home, e))));
        int64_t heated, square;
        bool fits = product(at(&s->v, e), at(&s->m, e), &heated);
        element p = {slt_wide_of(at(&s->m, e)), fits && slt_wide_fits(away)};
        plus(&p, minus(step->fade), at(&s->m, e), 48);
        plus(&p, minus(step->push), heated, 48);
        plus(&p, spring, (int64_t)away.low, 48);
        plus(&p, force, at(&s->g, e), s->g.frac);
        plus(&p, slt_scalar_of(step->noise), normal(stream, e), 60);
        const int64_t moved = (int64_t)p.sum.low;
        fits = p.fits && slt_wide_fits(p.sum) && product(moved, moved, &square);
        if (!fits)
            square = 0;
        element w = {slt_wide_of(at(&s->w, e)), fits};
        element x = {slt_wide_of(at(&s->v, e)), fits};
        plus(&w, slt_scalar_of(step->after), moved, 48);
        plus(&x, slt_scalar_of(step->after), square - (INT64_C(1) << 48), 48);
        if (!w.fits || !x.fits || !slt_wide_fits(w.sum) || !slt_wide_fits(x.sum)) {
            s->w.overflow = true;
            continue;
        }
        settle(&p, &s->m, e);
        settle(&x, &s->v, e);
        settle(&w, &s->w, e);
    }
}

static size_t thermostat(void)
{
    size_t wrong = 0, through = 0;
    for (size_t size = 1; size < MOST; size += size < 67 ? 1 : 131)
        for (int i = 0; i < 6; i++) {
            const slt_real h = slt_real_of(ldexp(1.3, -(int)ref_below(12)));
            const slt_underdamped_step step = {
                .nbeta = slt_real_of(80.46),
                .gamma = slt_real_of((double)ref_below(3) * 0.7),
                .push = h,
                .fade = slt_real_of(.4),
                .noise = slt_real_of(.8),
                .after = h};
            slt_stream stream = any_stream();
            scene s = make_scene(size, i & 1);
            for (size_t e = 0; e < size; e++) {
                const fixed_mix mix = i & 1 ? FIXED_EDGES : FIXED_PLAIN;
                ((int64_t *)s.m.data)[e] = fixed_number(mix) >> ref_below(30);
                ((int64_t *)s.v.data)[e] = fixed_number(mix) >> ref_below(30);
            }
            scene want = copy_scene(&s);
            define_thermostat(&step, stream, &want);
            bool fits =
                slt_num_thermostat(&step, stream, &s.g, &s.home, &s.m, &s.v, &s.w);
            through += fits;
            wrong += fits == want.w.overflow || differ(&s, &want, "thermostat", size);
            free_scene(&s);
            free_scene(&want);
        }
    return wrong + !through;
}

/* a 2^shift / b, rounded towards zero, digit by digit: |a| 2^shift below 2^127. */
static int64_t quotient(int64_t a, int shift, int64_t b, bool *fits)
{
    slt_wide rest = slt_wide_abs(slt_wide_of(a)), by = slt_wide_of(b);
    int64_t digits = 0;
    rest = shift > 0 ? slt_wide_left(rest, shift)
                     : slt_wide_floor(rest, shift < -127 ? 127 : -shift);
    *fits =
        slt_wide_bits(rest) == 0 || (b && slt_wide_bits(rest) - fixed_bits_of(b) <= 61);
    for (int bit = 62; *fits && b && bit >= 0; bit--) {
        if (bit + fixed_bits_of(b) > 127)
            continue;
        slt_wide left = slt_wide_add(rest, slt_wide_neg(slt_wide_left(by, bit)));
        if (slt_wide_negative(left))
            continue;
        rest = left;
        digits |= INT64_C(1) << bit;
    }
    return a < 0 ? -digits : digits;
}

/* root = sqrt(v). */
static void define_root(const slt_tensor *v, slt_tensor *root)
{
    int64_t *m = root->data;
    int odd = v->frac & 1;
    for (size_t e = 0; e < slt_tensor_count(v); e++)
        m[e] = slt_fixed_sqrt(fixed_round(at(v, e), odd));
    root->frac = (v->frac - odd + 64) / 2;
}

/* root = root + eps. */
static void define_size(slt_real added, slt_tensor *root)
{
    slt_scalar eps = slt_scalar_of(added);
    int64_t *m = root->data;
    int bits_eps = fixed_bits_of(eps.mantissa);
    int bits = fixed_bits(root),
        frac = root->frac > -eps.exponent ? root->frac : -eps.exponent;
    frac = bits && frac > root->frac + 61 - bits ? root->frac + 61 - bits : frac;
    frac = frac > -eps.exponent + 61 - bits_eps ? -eps.exponent + 61 - bits_eps : frac;
    for (size_t e = 0; e < slt_tensor_count(root); e++) {
        int by = frac - root->frac, by_eps = frac + eps.exponent;
        m[e] = by > 0 ? m[e] << by : fixed_round(m[e], -by);
        m[e] += by_eps > 0 ? eps.mantissa << by_eps : fixed_round(eps.mantissa, -by_eps);
    }
    root->frac = frac;
}

static void define_adam(const slt_adam_step *step, scene *s)
{
    slt_tensor g = ref_copy(&s->g), room = ref_copy(&s->g);
    g.frac = s->g.frac;
    if (slt_scalar_of(step->weight_decay).mantissa) {
        slt_fixed_times(step->weight_decay, &s->w, &room);
        slt_fixed_add(&room, &g, &g);
    }
    slt_fixed_times(step->beta1, &s->m, &s->m);
    slt_fixed_times(step->one_minus_beta1, &g, &room);
    slt_fixed_add(&s->m, &room, &s->m);
    slt_fixed_times(step->one_minus_beta2, &g, &room);
    slt_fixed_multiply(&room, &g, &room);
    slt_fixed_times(step->beta2, &s->v, &s->v);
    slt_fixed_add(&s->v, &room, &s->v);
    define_root(&s->v, &room);
    slt_fixed_times(step->root, &room, &room);
    define_size(step->eps, &room);
    bool shrinks = slt_scalar_of(step->shrink).mantissa != INT64_C(1) << 52;
    for (size_t e = 0; e < slt_tensor_count(&s->w); e++) {
        element next = {slt_wide_of(shrinks ? 0 : at(&s->w, e)), true};
        bool fits;
        int64_t ratio =
            quotient(at(&s->m, e), 40 - s->m.frac + room.frac, at(&room, e), &fits);
        if (shrinks)
            plus(&next, slt_scalar_of(step->shrink), at(&s->w, e), 48);
        plus(&next, minus(step->rate), ratio, 40);
        s->w.overflow |= !fits || !next.fits;
        settle(&next, &s->w, e);
    }
    ref_free(&g);
    ref_free(&room);
}

static slt_adam_step adam_step(int t, size_t size)
{
    return (slt_adam_step){slt_real_of(0.9),
                           slt_real_of(0.999),
                           slt_real_of(1 - 0.9),
                           slt_real_of(1 - 0.999),
                           slt_real_of(1e-8),
                           slt_real_of(1e-2 / (1 - pow(0.9, t))),
                           slt_real_of(1 / sqrt(1 - pow(0.999, t))),
                           slt_real_of(size % 2 ? 0.01 : 0),
                           slt_real_of(size % 2 ? 1 : 0.999)};
}

/* Several steps, so that moments have any exponents; roots and quotients digit by digit.
 */
static size_t adam(void)
{
    size_t wrong = 0;
    for (size_t size = 1; size < MOST; size += size < 67 ? 1 : 131) {
        scene s = make_scene(size, false), want = copy_scene(&s);
        memset(s.m.data, 0, ref_size(&s.m));
        memset(want.m.data, 0, ref_size(&s.m));
        for (int t = 1; t <= 4; t++) {
            slt_adam_step step = adam_step(t, size);
            for (size_t e = 0; e < size; e++)
                ((int64_t *)s.g.data)[e] =
                    fixed_number(t % 2 ? FIXED_SPARSE : FIXED_PLAIN);
            memcpy(want.g.data, s.g.data, ref_size(&s.g));
            define_adam(&step, &want);
            wrong += slt_num_adam(&step, &s.g, &s.m, &s.v, &s.w) == want.w.overflow;
        }
        wrong += differ(&s, &want, "adam", size);
        free_scene(&s);
        free_scene(&want);
    }
    return wrong;
}

static void define_preconditioned(const slt_preconditioned_step *step, bool mean,
                                  slt_stream stream, scene *s)
{
    const slt_sgld_step *sgld = &step->sgld;
    slt_tensor size = ref_copy(&s->g), root = ref_copy(&s->g), x = ref_copy(&s->w);
    slt_fixed_times(step->one_minus_alpha, &s->g, &size);
    slt_fixed_multiply(&size, &s->g, &size);
    slt_fixed_times(step->alpha, &s->v, &s->v);
    slt_fixed_add(&s->v, &size, &s->v);
    for (size_t e = 0; e < slt_tensor_count(&s->w); e++)
        ((int64_t *)x.data)[e] = at(&s->w, e) - at(&s->home, e);
    x.frac = 48;
    slt_fixed_times(slt_real_mul(sgld->half, sgld->gamma), &x, &x);
    if (mean) {
        slt_fixed_times(step->one_minus_beta, &s->g, &size);
        slt_fixed_times(step->beta, &s->m, &s->m);
        slt_fixed_add(&s->m, &size, &s->m);
    }
    slt_fixed_times(slt_real_mul(sgld->half, sgld->nbeta), mean ? &s->m : &s->g, &size);
    slt_fixed_add(&x, &size, &x);
    define_root(&s->v, &size);
    if (mean)
        slt_fixed_times(step->raise, &size, &size);
    define_size(step->eps, &size);
    define_root(&size, &root);
    slt_tensor y = ref_copy(&s->w);
    for (size_t e = 0; e < slt_tensor_count(&y); e++)
        ((int64_t *)y.data)[e] = normal(stream, e);
    y.frac = 60;
    slt_fixed_times(sgld->root, &y, &y);
    for (size_t e = 0; e < slt_tensor_count(&s->w); e++) {
        bool down, up;
        element next = {slt_wide_of(at(&s->w, e)), true};
        const int64_t q =
            quotient(at(&x, e), 48 - x.frac + size.frac, at(&size, e), &down);
        const int64_t r = quotient(at(&y, e), 48 - y.frac + root.frac, at(&root, e), &up);
        next.sum = slt_wide_add(next.sum, slt_wide_neg(slt_wide_of(q)));
        next.sum = slt_wide_add(next.sum, slt_wide_of(r));
        s->w.overflow |= !down || !up;
        if (down && up)
            settle(&next, &s->w, e);
    }
    ref_free(&size);
    ref_free(&root);
    ref_free(&x);
    ref_free(&y);
}

/* Several steps, as of Adam, without a mean and with one. */
static size_t preconditioned(void)
{
    size_t wrong = 0;
    for (size_t size = 1; size < MOST; size += size < 67 ? 1 : 131) {
        scene s = make_scene(size, false), want = copy_scene(&s);
        const bool mean = size % 2;
        for (int t = 1; t <= 4; t++) {
            const double lr = ldexp(1, -(int)ref_below(24));
            const slt_preconditioned_step step = {
                .sgld = {slt_real_of(lr / 2), slt_real_of(sqrt(lr)), slt_real_of(80.46),
                         slt_real_of((double)ref_below(3) * 0.7)},
                .alpha = slt_real_of(.9),
                .one_minus_alpha = slt_real_of(1 - .9),
                .eps = slt_real_of(ldexp(1.3, -(int)ref_below(20))),
                .raise = slt_real_of(mean ? 1 / sqrt(1 - pow(.9, t)) : 1),
                .beta = slt_real_of(.8),
                .one_minus_beta = slt_real_of(1 - .8)};
            const slt_stream stream = any_stream();
            for (size_t e = 0; e < size; e++)
                ((int64_t *)s.g.data)[e] =
                    fixed_number(t % 2 ? FIXED_SPARSE : FIXED_PLAIN);
            memcpy(want.g.data, s.g.data, ref_size(&s.g));
            define_preconditioned(&step, mean, stream, &want);
            wrong +=
                slt_num_preconditioned(&step, stream, &s.g, &s.home, mean ? &s.m : NULL,
                                       &s.v, &s.w) == want.w.overflow;
        }
        wrong += differ(&s, &want, "preconditioned", size);
        free_scene(&s);
        free_scene(&want);
    }
    return wrong;
}

/* In fixed point a body for all instruction sets, here beside the other draws. */
static size_t exponentials(void)
{
    size_t wrong = 0;
    for (size_t size = 1; size < 40; size++) {
        slt_stream stream = any_stream();
        slt_tensor z = fixed_filled(1, size, FIXED_PLAIN, 7);
        const slt_real from = slt_real_of(size % 3 ? ref_plain() : 40000);
        bool fits = true;
        slt_draw_exponential(stream, &z, from);
        for (size_t e = 0; e < size; e++) {
            uint32_t word;
            int64_t low, want;
            slt_draw_words(stream, e, &word, 1);
            fits = slt_fixed_scale(slt_scalar_of(from), 1, 0, 48, &low) && fits;
            want = slt_round_shift(slt_fixed_neg_log(word), 9) + low;
            wrong += fits && ((int64_t *)z.data)[e] != want;
        }
        wrong += z.frac != 48 || z.overflow == fits;
        ref_free(&z);
    }
    return wrong;
}

int main(void)
{
    fixed_each_copy("normals", normals);
    fixed_each_copy("exponentials", exponentials);
    fixed_each_copy("uniforms", uniforms);
    fixed_each_copy("draws that do not fit", draws_too_large);
    fixed_each_copy("shuffles", shuffles);
    fixed_each_copy("sgd", sgd);
    fixed_each_copy("sgld", sgld);
    fixed_each_copy("steps with a momentum", underdamped);
    fixed_each_copy("steps with a thermostat", thermostat);
    fixed_each_copy("adam", adam);
    fixed_each_copy("preconditioned steps", preconditioned);
    return tap_done();
}
