/* Operations of fixed point against what defines them: embeddings against products with
 * one-hot rows, the sums of a Metropolis test against the step that they are of. */
#include <math.h>

#include "base/cpu.h"
#include "num/fixed/fixed.h"
#include "num/math.h"
#include "num/scalar.h"
#include "random.h"
#include "tap.h"

enum { ONE = SLT_FIXED_FRAC };

static slt_tensor make(slt_arithmetic arithmetic, size_t rows, size_t cols)
{
    slt_tensor t;
    slt_error err;
    if (slt_tensor_create(&t, arithmetic, rows, cols, &err) != SLT_OK)
        tap_bail(err.text);
    return t;
}

/* Mantissas of up to `bits` bits, of all sizes, at exponent frac. */
static slt_tensor numbers(size_t rows, size_t cols, int bits, int frac)
{
    slt_tensor t = make(SLT_FIXED, rows, cols);
    int64_t *m = t.data;
    for (size_t e = 0; e < rows * cols; e++)
        m[e] = (int64_t)random_word() >> (63 - random_below((size_t)bits + 1));
    t.frac = frac;
    return t;
}

static slt_tensor indices(size_t rows, size_t range)
{
    slt_tensor t = make(SLT_INDEX, rows, 1);
    for (size_t r = 0; r < rows; r++)
        ((int32_t *)t.data)[r] = (int32_t)random_below(range);
    return t;
}

static slt_tensor one_hot(const slt_tensor *index, size_t range)
{
    slt_tensor t = make(SLT_FIXED, index->rows, range);
    for (size_t r = 0; r < index->rows; r++)
        ((int64_t *)t.data)[r * range + (size_t)((int32_t *)index->data)[r]] = INT64_C(1)
                                                                               << ONE;
    return t;
}

static bool same(const slt_tensor *a, const slt_tensor *b)
{
    return a->frac == b->frac && a->overflow == b->overflow &&
           memcmp(a->data, b->data, slt_tensor_count(a) * sizeof(int64_t)) == 0;
}

static void test_embedding(void)
{
    int bad = 0;
    for (int round = 0; round < 600; round++) {
        size_t rows = 1 + random_below(40), cols = 1 + random_below(9);
        size_t range = 1 + random_below(round % 3 ? 70 : 3);
        int bits = round % 5 == 0 ? 63 : (int)random_below(58);
        slt_tensor weight = numbers(range, cols, bits, ONE);
        slt_tensor dy = numbers(rows, cols, bits, (int)random_below(90));
        slt_tensor at = indices(rows, range), dense = one_hot(&at, range);
        slt_tensor y[2] = {make(SLT_FIXED, rows, cols), make(SLT_FIXED, rows, cols)};
        slt_tensor dw[2] = {make(SLT_FIXED, range, cols), make(SLT_FIXED, range, cols)};
        slt_num_embedding(&weight, &at, &y[0]);
        slt_num_product(SLT_PLAIN, SLT_PLAIN, &dense, &weight, &y[1]);
        slt_num_embedding_back(&at, &dy, &dw[0]);
        slt_num_product(SLT_TRANSPOSED, SLT_PLAIN, &dense, &dy, &dw[1]);
        bad += !same(&y[0], &y[1]) || !same(&dw[0], &dw[1]);
        slt_tensor *all[] = {&weight, &dy, &at, &dense, &y[0], &y[1], &dw[0], &dw[1]};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            slt_tensor_free(all[i]);
    }
    TAP_OK(bad == 0, "an embedding is the product with one-hot data (%d differ)", bad);
}

static void test_latched(void)
{
    slt_tensor weight = numbers(3, 2, 50, ONE), at = indices(4, 3);
    slt_tensor y = make(SLT_FIXED, 4, 2), dw = make(SLT_FIXED, 3, 2);
    weight.overflow = true;
    slt_num_embedding(&weight, &at, &y);
    TAP_OK(y.overflow, "an overflow of the table shows in its rows");
    slt_num_embedding_back(&at, &y, &dw);
    TAP_OK(dw.overflow, "and that of a gradient in its sum");
    slt_tensor *all[] = {&weight, &at, &y, &dw};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        slt_tensor_free(all[i]);
}

static void test_correct(void)
{
    slt_tensor y = make(SLT_FIXED, 4, 3), t = make(SLT_INDEX, 4, 1);
    static const int64_t rows[4][3] = {{5, 5, 4}, {5, 5, 4}, {-3, -2, -1}, {0, 0, 0}};
    static const int32_t targets[4] = {0, 1, 2, 0};
    memcpy(y.data, rows, sizeof rows);
    memcpy(t.data, targets, sizeof targets);
    TAP_EQ_U64(slt_num_count_correct(&y, &t), 3, "of equal ones the first counts");
    slt_tensor_free(&y);
    slt_tensor_free(&t);
}

/* ---- Sums over a step -------------------------------------------------------------- */

enum { SIZE = 300 };

typedef struct scene {
    slt_sgld_step step;
    slt_tensor w0, w, g, w1, g1;
} scene;

static scene make_scene(double lr, double nbeta, double gamma)
{
    scene s = {
        .step = {slt_real_of(lr / 2), slt_real_of(sqrt(lr)), slt_real_of(nbeta),
                 slt_real_of(gamma)},
        .w0 = numbers(1, SIZE, 48, ONE),
        .w = numbers(1, SIZE, 48, ONE),
        .g = numbers(1, SIZE, 60, 61),
        .w1 = make(SLT_FIXED, 1, SIZE),
        .g1 = numbers(1, SIZE, 58, 57),
    };
    slt_stream stream = slt_stream_of(3, SLT_DRAW_SGLD, 1, 0, 7, 1);
    slt_tensor_copy(&s.w1, &s.w);
    if (!slt_num_sgld(&s.step, stream, &s.g, &s.w0, &s.w1))
        tap_bail("the step does not fit");
    return s;
}

static void free_scene(scene *s)
{
    slt_tensor *all[] = {&s->w0, &s->w, &s->g, &s->w1, &s->g1};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        slt_tensor_free(all[i]);
}

static slt_mala_terms terms_of(const scene *s)
{
    return slt_num_mala(&s->step, &s->w0, &s->w, &s->g, &s->w1, &s->g1);
}

static double value(const slt_tensor *t, size_t e)
{
    return slt_real_double(slt_tensor_get(t, e));
}

static bool near(slt_real got, double want)
{
    return fabs(slt_real_double(got) - want) <= 1e-11 * fabs(want);
}

/* What a step added beside its drift is its noise, to the last bit. */
static void test_noise(const scene *s)
{
    slt_tensor z = make(SLT_FIXED, 1, SIZE);
    slt_stream stream = slt_stream_of(3, SLT_DRAW_SGLD, 1, 0, 7, 1);
    slt_draw_normal(stream, &z, s->step.root);
    slt_real noise = slt_num_dot(&z, &z);
    TAP_EQ_U64(terms_of(s).forward.bits, noise.bits, "forward is the step's noise");
    slt_tensor_free(&z);
}

static void test_terms(const scene *s)
{
    double half = slt_real_double(s->step.half), nbeta = slt_real_double(s->step.nbeta);
    double gamma = slt_real_double(s->step.gamma);
    double back = 0, spring0 = 0, spring1 = 0, along = 0;
    for (size_t e = 0; e < SIZE; e++) {
        double w0 = value(&s->w0, e), w = value(&s->w, e), w1 = value(&s->w1, e);
        double drift = nbeta * value(&s->g1, e) + gamma * (w1 - w0);
        back += pow(w - w1 + half * drift, 2);
        spring0 += pow(w - w0, 2);
        spring1 += pow(w1 - w0, 2);
        along += value(&s->g, e) * (w - w0);
    }
    slt_mala_terms terms = terms_of(s);
    TAP_OK(near(terms.backward, back), "backward");
    TAP_OK(near(terms.spring0, spring0) && near(terms.spring1, spring1), "springs");
    TAP_OK(near(slt_num_displacement(&s->g, &s->w0, &s->w), along), "displacement");
    TAP_EQ_U64(slt_num_distance(&s->w0, &s->w1).bits, terms.spring1.bits, "distance");
}

/* Sums are exact: the same elements in another order give the same bits. */
static void test_order(scene *s)
{
    slt_mala_terms before = terms_of(s);
    slt_real along = slt_num_displacement(&s->g, &s->w0, &s->w);
    slt_tensor *all[] = {&s->w0, &s->w, &s->g, &s->w1, &s->g1};
    for (size_t i = SIZE - 1; i > 0; i--) {
        size_t j = random_below(i + 1);
        for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
            int64_t *m = all[k]->data, kept = m[i];
            m[i] = m[j];
            m[j] = kept;
        }
    }
    slt_mala_terms after = terms_of(s);
    TAP_OK(memcmp(&before, &after, sizeof before) == 0, "shuffled: the same sums");
    TAP_EQ_U64(slt_num_displacement(&s->g, &s->w0, &s->w).bits, along.bits,
               "and the same displacement");
}

/* A difference that no state holds. */
static void test_infinite(scene *s)
{
    ((int64_t *)s->w0.data)[5] = INT64_MIN;
    ((int64_t *)s->w.data)[5] = INT64_MAX;
    slt_mala_terms terms = terms_of(s);
    TAP_OK(isinf(slt_real_double(terms.forward)) && isinf(slt_real_double(terms.spring0)),
           "a difference that does not fit makes the sum infinite");
    TAP_OK(isinf(slt_real_double(slt_num_displacement(&s->g, &s->w0, &s->w))),
           "the displacement too");
    TAP_OK(isinf(slt_real_double(slt_num_distance(&s->w0, &s->w))), "and the distance");
    s->g1.overflow = true;
    TAP_OK(isinf(slt_real_double(terms_of(s).backward)), "so does a spoiled gradient");
}

/* The sum with a block of the scalar's significand, with the signs of x. */
static void test_add_sign(void)
{
    int bad = 0;
    for (int round = 0; round < 600; round++) {
        const size_t rows = 1 + random_below(5), cols = 1 + random_below(9);
        slt_tensor x = numbers(rows, cols, 8, ONE);
        slt_tensor y = numbers(rows, cols, (int)random_below(63), (int)random_below(90));
        const slt_real scalar =
            slt_real_of(ldexp((double)(1 + random_below(999)), -(int)random_below(40)));
        const slt_scalar by = slt_scalar_of(scalar);
        slt_tensor term = make(SLT_FIXED, rows, cols), want = make(SLT_FIXED, rows, cols);
        ((int64_t *)x.data)[0] = -1;
        for (size_t e = 0; e < rows * cols; e++) {
            const int64_t at = ((int64_t *)x.data)[e];
            ((int64_t *)term.data)[e] = by.mantissa * ((at > 0) - (at < 0));
        }
        term.frac = -by.exponent;
        slt_fixed_add(&y, &term, &want);
        slt_fixed_add_sign(scalar, &x, &y);
        bad += !same(&y, &want);
        slt_tensor *all[] = {&x, &y, &term, &want};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            slt_tensor_free(all[i]);
    }
    TAP_OK(bad == 0, "a scalar times the signs of a block, added");
}

int main(void)
{
    random_begin();
    for (int isa = 0; isa < SLT_ISA_COUNT; isa++) {
        slt_num_start((slt_isa)isa);
        if ((int)slt_num_isa() != isa)
            continue;
        test_embedding();
        test_latched();
        test_correct();
        test_add_sign();
        scene s = make_scene(1e-4, 80, 2);
        test_noise(&s);
        test_terms(&s);
        test_order(&s);
        test_infinite(&s);
        free_scene(&s);
    }
    return tap_done();
}
