/* Elementwise operations, reductions and gathers on every instruction set. */
#include "num/float/elementary.h"
#include "num/scalar.h"
#include "reference.h"

/* Sizes that end in every tail, cross the 64 partials, and a few larger ones. */
static size_t size_of(size_t i)
{
    static const size_t larger[] = {191, 192, 193, 1000, 1024, 1025, 3001};
    return i <= 131 ? i : larger[i - 132];
}
#define SIZES 139

typedef struct operands {
    slt_arithmetic arithmetic;
    size_t count;
    slt_tensor x, dy, out, want;
} operands;

static operands operands_of(slt_arithmetic a, size_t i)
{
    size_t n = size_of(i);
    ref_mix mix = (ref_mix)(i % REF_MIXES);
    return (operands){a,
                      n,
                      ref_filled(a, 1, n, mix),
                      ref_filled(a, 1, n, mix),
                      ref_tensor(a, 1, n),
                      ref_tensor(a, 1, n)};
}

/* Compares and frees: how many are wrong. */
static size_t operands_end(operands *o)
{
    size_t wrong = ref_differing(&o->out, &o->want);
    ref_free(&o->x);
    ref_free(&o->dy);
    ref_free(&o->out);
    ref_free(&o->want);
    return wrong;
}

static size_t one_operand(slt_arithmetic a, void (*op)(const slt_tensor *, slt_tensor *),
                          double (*want)(slt_arithmetic, double))
{
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES; i++) {
        operands o = operands_of(a, i);
        for (size_t e = 0; e < o.count; e++)
            ref_set(&o.want, e, want(a, ref_get(&o.x, e)));
        op(&o.x, &o.out);
        wrong += operands_end(&o);
    }
    return wrong;
}

/* Into a third tensor, then over the second operand where in_place is 2, over the first
 * where it is 1. */
static size_t two_operands(slt_arithmetic a, int in_place,
                           void (*op)(const slt_tensor *, const slt_tensor *,
                                      slt_tensor *),
                           double (*want)(slt_arithmetic, double, double))
{
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES; i++) {
        operands o = operands_of(a, i);
        for (size_t e = 0; e < o.count; e++)
            ref_set(&o.want, e, want(a, ref_get(&o.x, e), ref_get(&o.dy, e)));
        op(&o.x, &o.dy, &o.out);
        slt_tensor *over = in_place == 1 ? &o.x : &o.dy;
        op(&o.x, &o.dy, over);
        wrong += ref_differing(over, &o.want) + operands_end(&o);
    }
    return wrong;
}

static double relu(slt_arithmetic a, double x)
{
    (void)a;
    return x > 0 ? x : 0;
}

static double relu_back(slt_arithmetic a, double x, double dy)
{
    (void)a;
    return x > 0 ? dy : 0;
}

static double square(slt_arithmetic a, double x)
{
    return ref_mul(a, x, x);
}

static double square_back(slt_arithmetic a, double x, double dy)
{
    return ref_mul(a, ref_add(a, x, x), dy);
}

/* h(x) = (1 + erf(x / sqrt 2)) / 2, from the scalar erf. */
static double gelu_factor(slt_arithmetic a, double x)
{
    double u = ref_mul(a, x, ref_round(a, 0x1.6a09e667f3bcdp-1));
    u = a == SLT_F32 ? (double)slt_erff((float)u) : slt_erf(u);
    return ref_fma(a, 0.5, u, 0.5);
}

static double gelu(slt_arithmetic a, double x)
{
    return ref_mul(a, x, gelu_factor(a, x));
}

static double gelu_back(slt_arithmetic a, double x, double dy)
{
    double p = ref_mul(a, -0.5, ref_mul(a, x, x));
    p = a == SLT_F32 ? (double)slt_expf((float)p) : slt_exp(p);
    p = ref_mul(a, p, ref_round(a, 0x1.9884533d43651p-2));
    return ref_mul(a, dy, ref_fma(a, x, p, gelu_factor(a, x)));
}

static size_t gelu_cases(slt_arithmetic a)
{
    return one_operand(a, slt_num_gelu, gelu);
}

static size_t gelu_back_cases(slt_arithmetic a)
{
    return two_operands(a, 2, slt_num_gelu_back, gelu_back);
}

/* GELU and the factor of its gradient, by one kernel. */
static size_t gelu_slope_cases(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES; i++) {
        operands o = operands_of(a, i);
        slt_tensor slope = ref_tensor(a, 1, o.count), want = ref_tensor(a, 1, o.count);
        for (size_t e = 0; e < o.count; e++) {
            ref_set(&o.want, e, gelu(a, ref_get(&o.x, e)));
            ref_set(&want, e, gelu_back(a, ref_get(&o.x, e), 1));
        }
        slt_num_gelu_slope(&o.x, &o.out, &slope);
        wrong += ref_differing(&slope, &want) + operands_end(&o);
        ref_free(&slope);
        ref_free(&want);
    }
    return wrong;
}

static double gelu_second(slt_arithmetic a, double x, double dy, double change)
{
    double p = ref_mul(a, -0.5, ref_mul(a, x, x));
    p = a == SLT_F32 ? (double)slt_expf((float)p) : slt_exp(p);
    p = ref_mul(a, p, ref_round(a, 0x1.9884533d43651p-2));
    double bend = ref_fma(a, -x, ref_mul(a, x, p), ref_add(a, p, p));
    return ref_mul(a, ref_mul(a, dy, change), bend);
}

/* Into a fourth tensor, then over dy and over the change. */
static size_t gelu_second_cases(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES; i++) {
        operands o = operands_of(a, i);
        slt_tensor change = ref_filled(a, 1, o.count, (ref_mix)(i % REF_MIXES));
        slt_tensor over = ref_copy(&o.dy);
        for (size_t e = 0; e < o.count; e++)
            ref_set(
                &o.want, e,
                gelu_second(a, ref_get(&o.x, e), ref_get(&o.dy, e), ref_get(&change, e)));
        slt_num_gelu_second(&o.x, &o.dy, &change, &o.out);
        slt_num_gelu_second(&o.x, &over, &change, &over);
        slt_num_gelu_second(&o.x, &o.dy, &change, &change);
        wrong += ref_differing(&over, &o.want) + ref_differing(&change, &o.want);
        wrong += operands_end(&o);
        ref_free(&over);
        ref_free(&change);
    }
    return wrong;
}

/* q = exp(-|x|) and r = 1 / (1 + q), from the scalar exp. */
static double sigmoid_power(slt_arithmetic a, double x)
{
    return a == SLT_F32 ? (double)slt_expf(-fabsf((float)x)) : slt_exp(-fabs(x));
}

static double sigmoid_share(slt_arithmetic a, double q)
{
    return ref_round(a, 1 / ref_add(a, 1, q));
}

static double sigmoid(slt_arithmetic a, double x)
{
    double q = sigmoid_power(a, x), r = sigmoid_share(a, q);
    return x < 0 ? ref_mul(a, q, r) : r;
}

static double sigmoid_slope(slt_arithmetic a, double x)
{
    double q = sigmoid_power(a, x), r = sigmoid_share(a, q);
    return ref_mul(a, ref_mul(a, q, r), r);
}

static double sigmoid_bend(slt_arithmetic a, double x)
{
    double q = sigmoid_power(a, x), r = sigmoid_share(a, q);
    double c = x < 0 ? ref_add(a, 1, -q) : ref_add(a, q, -1);
    return ref_mul(a, sigmoid_slope(a, x), ref_mul(a, c, r));
}

/* Gates: x s(v(x)), of SiLU (v = x) and of GELU's form with tanh. */
static double gate_at(slt_arithmetic a, bool cubic, double x)
{
    (void)a;
    return !cubic ? x : x > 32 ? 32 : x < -32 ? -32 : x;
}

static double gate_inner(slt_arithmetic a, bool cubic, double z)
{
    const double c = ref_round(a, 0x1.2444f2a4d8b4bp-4),
                 b = ref_round(a, 0x1.9884533d43651p+0);
    return cubic ? ref_mul(a, z, ref_fma(a, c, ref_mul(a, z, z), b)) : z;
}

static double gate_rise(slt_arithmetic a, bool cubic, double z)
{
    const double c = ref_round(a, 0x1.b6676bf7450f0p-3),
                 b = ref_round(a, 0x1.9884533d43651p+0);
    return cubic ? ref_fma(a, c, ref_mul(a, z, z), b) : 1;
}

static double gate_value(slt_arithmetic a, bool cubic, double x)
{
    return ref_mul(a, x, sigmoid(a, gate_inner(a, cubic, gate_at(a, cubic, x))));
}

static double gate_slope(slt_arithmetic a, bool cubic, double x)
{
    const double z = gate_at(a, cubic, x), v = gate_inner(a, cubic, z);
    return ref_fma(a, ref_mul(a, z, gate_rise(a, cubic, z)), sigmoid_slope(a, v),
                   sigmoid(a, v));
}

static double gate_bend(slt_arithmetic a, bool cubic, double x)
{
    const double z = gate_at(a, cubic, x), v = gate_inner(a, cubic, z);
    const double c = 4 * ref_round(a, 0x1.b6676bf7450f0p-3),
                 b = 2 * ref_round(a, 0x1.9884533d43651p+0);
    const double curl = cubic ? ref_fma(a, c, ref_mul(a, z, z), b) : 2;
    const double g = gate_rise(a, cubic, z);
    return ref_fma(a, ref_mul(a, z, g), ref_mul(a, sigmoid_bend(a, v), g),
                   ref_mul(a, sigmoid_slope(a, v), curl));
}

static double silu(slt_arithmetic a, double x)
{
    return gate_value(a, false, x);
}

static double silu_slope(slt_arithmetic a, double x)
{
    return gate_slope(a, false, x);
}

static double silu_bend(slt_arithmetic a, double x)
{
    return gate_bend(a, false, x);
}

static double gelu_tanh(slt_arithmetic a, double x)
{
    return gate_value(a, true, x);
}

static double gelu_tanh_slope(slt_arithmetic a, double x)
{
    return gate_slope(a, true, x);
}

static double gelu_tanh_bend(slt_arithmetic a, double x)
{
    return gate_bend(a, true, x);
}

static double softplus(slt_arithmetic a, double x)
{
    const double q = sigmoid_power(a, x), u = ref_add(a, 1, q);
    const double log = a == SLT_F32 ? (double)slt_logf((float)u) : slt_log(u);
    const double more = ref_mul(a, log, ref_round(a, q / ref_add(a, u, -1)));
    const double part = u == 1 ? q : more;
    return x > 0 ? ref_add(a, x, part) : part;
}

/* A value, its slope, each alone and both at once. */
typedef void curve(const slt_tensor *x, slt_tensor *y, slt_tensor *slope);

static size_t curve_cases(slt_arithmetic a, curve *at,
                          double (*value)(slt_arithmetic, double),
                          double (*rise)(slt_arithmetic, double))
{
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES; i++) {
        operands o = operands_of(a, i);
        slt_tensor slope = ref_tensor(a, 1, o.count), want = ref_tensor(a, 1, o.count);
        for (size_t e = 0; e < o.count; e++) {
            ref_set(&o.want, e, value(a, ref_get(&o.x, e)));
            ref_set(&want, e, rise(a, ref_get(&o.x, e)));
        }
        at(&o.x, &o.out, NULL);
        wrong += ref_differing(&o.out, &o.want);
        at(&o.x, NULL, &slope);
        wrong += ref_differing(&slope, &want);
        slt_tensor_zero(&slope);
        slt_tensor_zero(&o.out);
        at(&o.x, &o.out, &slope);
        wrong += ref_differing(&slope, &want) + operands_end(&o);
        ref_free(&slope);
        ref_free(&want);
    }
    return wrong;
}

static size_t silu_cases(slt_arithmetic a)
{
    return curve_cases(a, slt_num_silu, silu, silu_slope) +
           one_operand(a, slt_num_silu_bend, silu_bend);
}

static size_t gelu_tanh_cases(slt_arithmetic a)
{
    return curve_cases(a, slt_num_gelu_tanh, gelu_tanh, gelu_tanh_slope) +
           one_operand(a, slt_num_gelu_tanh_bend, gelu_tanh_bend);
}

static size_t softplus_cases(slt_arithmetic a)
{
    return curve_cases(a, slt_num_softplus, softplus, sigmoid);
}

/* One element of binary cross entropy: its term, in binary64, and w + c. */
static double bce_term(slt_arithmetic a, double x, double t, double *error)
{
    const double q = sigmoid_power(a, x), u = 1 + q;
    const double w = ref_mul(a, q, sigmoid_share(a, q));
    const double c = x < 0 ? -t : ref_add(a, 1, -t);
    *error = ref_add(a, x < 0 ? w : -w, c);
    return ref_fma(SLT_F64, x, c, u == 1 ? q : slt_log(u) * (q / (u - 1)));
}

/* With the gradient, without it, and over the logits. */
static size_t bce_cases(slt_arithmetic a)
{
    const double scale = ref_round(a, 0x1.5555555555555p-9);
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES; i++) {
        operands o = operands_of(a, i);
        ref_sum sum = {0};
        for (size_t e = 0; e < o.count; e++) {
            double error, term = bce_term(a, ref_get(&o.x, e), ref_get(&o.dy, e), &error);
            ref_sum_fma(&sum, 1, term);
            ref_set(&o.want, e, ref_mul(a, error, scale));
        }
        const double want = ref_sum_total(&sum);
        const slt_real by = slt_real_of(scale);
        wrong += !ref_same(slt_real_double(slt_num_bce(&o.x, &o.dy, by, NULL)), want);
        wrong += !ref_same(slt_real_double(slt_num_bce(&o.x, &o.dy, by, &o.out)), want);
        slt_num_bce(&o.x, &o.dy, by, &o.x);
        wrong += ref_differing(&o.x, &o.want) + operands_end(&o);
    }
    return wrong;
}

/* Two classes are the numbers 0 and 1. */
static size_t bce_class_cases(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t n = 1; n < 600; n += 37) {
        slt_tensor x = ref_filled(a, n, 1, REF_PLAIN), t = ref_tensor(a, n, 1);
        slt_tensor want = ref_tensor(a, n, 1), out = ref_tensor(a, n, 1);
        slt_tensor class = ref_tensor(SLT_INDEX, n, 1);
        uint64_t right = 0;
        for (size_t e = 0; e < n; e++) {
            const size_t chosen = ref_below(2);
            ((int32_t *)class.data)[e] = (int32_t)chosen;
            ref_set(&t, e, (double)chosen);
            right += (ref_get(&x, e) > 0) == chosen;
        }
        const slt_real by = slt_real_of(0.25);
        wrong +=
            slt_num_bce(&x, &t, by, &want).bits != slt_num_bce(&x, &class, by, &out).bits;
        wrong += ref_differing(&out, &want) + (slt_num_count_logits(&x, &class) != right);
        slt_tensor *all[] = {&x, &t, &want, &out, &class};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            ref_free(all[i]);
    }
    return wrong;
}

/* Against the C library: small losses to a few last places. */
static size_t bce_meaning(slt_arithmetic a)
{
    size_t wrong = 0;
    slt_tensor x = ref_tensor(a, 1, 1), t = ref_tensor(a, 1, 1), dy = ref_tensor(a, 1, 1);
    for (size_t i = 0; i < 401 * 3; i++) {
        const double at = ((double)(i / 3) - 200) / 8, p = (double)(i % 3) / 2;
        ref_set(&x, 0, at);
        ref_set(&t, 0, p);
        const double want = p * log1p(exp(-at)) + (1 - p) * log1p(exp(at));
        const double slope = (1 - p) / (1 + exp(-at)) - p / (1 + exp(at));
        const double tolerance = a == SLT_F32 ? 1e-6 : 1e-14;
        const double loss = slt_real_double(slt_num_bce(&x, &t, slt_real_of(1), &dy));
        wrong += !(fabs(loss - want) <= tolerance * want);
        wrong +=
            !(fabs(ref_get(&dy, 0) - slope) <= tolerance * (p == 0.5 ? 1 : fabs(slope)));
    }
    ref_free(&x);
    ref_free(&t);
    ref_free(&dy);
    return wrong;
}

/* That the formulas are what they say, against the C library; softplus to a few last
 * places however small it is. */
static size_t gates_meaning(slt_arithmetic a)
{
    enum { COUNT = 401 };
    const double b = 2 * sqrt(2 / acos(-1)), c = 0.044715 * b,
                 tolerance = a == SLT_F32 ? 2e-6 : 4e-15;
    size_t wrong = 0;
    slt_tensor x = ref_tensor(a, 1, COUNT), y = ref_tensor(a, 1, COUNT);
    slt_tensor slope = ref_tensor(a, 1, COUNT), bend = ref_tensor(a, 1, COUNT);
    for (size_t e = 0; e < COUNT; e++)
        ref_set(&x, e, ((double)e - 200) / 8);
    for (int cubic = 0; cubic < 2; cubic++) {
        (cubic ? slt_num_gelu_tanh : slt_num_silu)(&x, &y, &slope);
        (cubic ? slt_num_gelu_tanh_bend : slt_num_silu_bend)(&x, &bend);
        for (size_t e = 0; e < COUNT; e++) {
            const double at = ref_get(&x, e), v = cubic ? at * (b + c * at * at) : at;
            const double g = cubic ? b + 3 * c * at * at : 1,
                         more = cubic ? 6 * c * at : 0;
            const double s = 1 / (1 + exp(-v)), d = s / (1 + exp(v));
            wrong += !(fabs(ref_get(&y, e) - at * s) <= tolerance * (1 + fabs(at)));
            wrong += !(fabs(ref_get(&slope, e) - (s + at * d * g)) <= tolerance);
            wrong += !(fabs(ref_get(&bend, e) -
                            (2 * d * g + at * d * (more - tanh(v / 2) * g * g))) <=
                       4 * tolerance);
        }
    }
    slt_num_softplus(&x, &y, &slope);
    for (size_t e = 0; e < COUNT; e++) {
        const double at = ref_get(&x, e),
                     want = (at > 0 ? at : 0) + log1p(exp(-fabs(at)));
        wrong += !(fabs(ref_get(&y, e) - want) <= tolerance * want);
    }
    slt_tensor *all[] = {&x, &y, &slope, &bend};
    for (size_t i = 0; i < 4; i++)
        ref_free(all[i]);
    return wrong;
}

/* Each alone, then both at once. */
static void value_alone(const slt_tensor *x, slt_tensor *y)
{
    slt_num_sigmoid(x, y, NULL);
}

static void slope_alone(const slt_tensor *x, slt_tensor *slope)
{
    slt_num_sigmoid(x, NULL, slope);
}

static size_t sigmoid_cases(slt_arithmetic a)
{
    size_t wrong = one_operand(a, value_alone, sigmoid);
    wrong += one_operand(a, slope_alone, sigmoid_slope);
    for (size_t i = 0; i < SIZES; i++) {
        operands o = operands_of(a, i);
        slt_tensor slope = ref_tensor(a, 1, o.count), want = ref_tensor(a, 1, o.count);
        slt_num_sigmoid(&o.x, &o.want, NULL);
        slt_num_sigmoid(&o.x, NULL, &want);
        slt_num_sigmoid(&o.x, &o.out, &slope);
        wrong += ref_differing(&slope, &want) + operands_end(&o);
        ref_free(&slope);
        ref_free(&want);
    }
    return wrong;
}

static size_t sigmoid_bend_cases(slt_arithmetic a)
{
    return one_operand(a, slt_num_sigmoid_bend, sigmoid_bend);
}

static double tanh_slope(slt_arithmetic a, double y)
{
    return ref_fma(a, -y, y, 1);
}

static double tanh_bend(slt_arithmetic a, double y)
{
    return ref_mul(a, -ref_add(a, y, y), tanh_slope(a, y));
}

static void slope_in_place(const slt_tensor *y, slt_tensor *slope)
{
    slt_tensor_copy(slope, y);
    slt_num_tanh_slope(slope, slope);
}

static void bend_in_place(const slt_tensor *y, slt_tensor *bend)
{
    slt_tensor_copy(bend, y);
    slt_num_tanh_bend(bend, bend);
}

static size_t tanh_cases(slt_arithmetic a)
{
    return one_operand(a, slt_num_tanh_slope, tanh_slope) +
           one_operand(a, slope_in_place, tanh_slope) +
           one_operand(a, slt_num_tanh_bend, tanh_bend) +
           one_operand(a, bend_in_place, tanh_bend);
}

/* That the formulas are what they say: against the C library, to a few last places even
 * where the logistic function is near 0 or 1. */
static bool near(slt_arithmetic a, double found, double want)
{
    return fabs(found - want) <= (a == SLT_F32 ? 1e-6 : 1e-15) * fabs(want);
}

static size_t sigmoid_meaning(slt_arithmetic a)
{
    size_t wrong = 0;
    slt_tensor x = ref_tensor(a, 1, 201), y = ref_tensor(a, 1, 201);
    slt_tensor slope = ref_tensor(a, 1, 201), bend = ref_tensor(a, 1, 201);
    for (size_t e = 0; e < 201; e++)
        ref_set(&x, e, ((double)e - 100) / 4);
    slt_num_sigmoid(&x, &y, &slope);
    slt_num_sigmoid_bend(&x, &bend);
    for (size_t e = 0; e < 201; e++) {
        double at = ref_get(&x, e), up = 1 / (1 + exp(-at)), down = 1 / (1 + exp(at));
        wrong += !near(a, ref_get(&y, e), up);
        wrong += !near(a, ref_get(&slope, e), up * down);
        wrong += !near(a, ref_get(&bend, e), -up * down * tanh(at / 2));
    }
    slt_num_tanh(&x, &y);
    slt_num_tanh_slope(&y, &slope);
    slt_num_tanh_bend(&y, &bend);
    for (size_t e = 0; e < 201; e++) {
        double t = tanh(ref_get(&x, e)), tolerance = a == SLT_F32 ? 1e-6 : 1e-15;
        wrong += !near(a, ref_get(&y, e), t);
        wrong += !(fabs(ref_get(&slope, e) - (1 - t * t)) <= tolerance);
        wrong += !(fabs(ref_get(&bend, e) + 2 * t * (1 - t * t)) <= tolerance);
    }
    slt_tensor *all[] = {&x, &y, &slope, &bend};
    for (size_t i = 0; i < 4; i++)
        ref_free(all[i]);
    return wrong;
}

/* To another tensor, then in place. */
static size_t scale_cases(slt_arithmetic a)
{
    const double scalar = 0x1.5555555555555p-9;
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES; i++) {
        operands o = operands_of(a, i);
        for (size_t e = 0; e < o.count; e++)
            ref_set(&o.want, e, ref_mul(a, ref_round(a, scalar), ref_get(&o.x, e)));
        slt_num_scale(slt_real_of(scalar), &o.x, &o.out);
        slt_num_scale(slt_real_of(scalar), &o.x, &o.x);
        wrong += ref_differing(&o.x, &o.want) + operands_end(&o);
    }
    return wrong;
}

static size_t add_sign_cases(slt_arithmetic a)
{
    const double scalar = 0x1.5555555555555p-9;
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES; i++) {
        operands o = operands_of(a, i);
        for (size_t e = 0; e < o.count; e++) {
            double x = ref_get(&o.x, e), y = ref_get(&o.dy, e), s = ref_round(a, scalar);
            ref_set(&o.out, e, y);
            ref_set(&o.want, e, x > 0 ? ref_add(a, y, s) : x < 0 ? ref_add(a, y, -s) : y);
        }
        slt_num_add_sign(slt_real_of(scalar), &o.x, &o.out);
        wrong += operands_end(&o);
    }
    return wrong;
}

/* That the formulas are GELU and its derivatives at all: against the C library. */
static size_t gelu_meaning(slt_arithmetic a)
{
    size_t wrong = 0;
    double tolerance = a == SLT_F32 ? 1e-6 : 1e-15;
    slt_tensor x = ref_tensor(a, 1, 201), one = ref_tensor(a, 1, 201);
    slt_tensor y = ref_tensor(a, 1, 201), dx = ref_tensor(a, 1, 201);
    slt_tensor bend = ref_tensor(a, 1, 201);
    for (size_t e = 0; e < 201; e++) {
        ref_set(&x, e, ((double)e - 100) / 16);
        ref_set(&one, e, 1);
    }
    slt_num_gelu(&x, &y);
    slt_num_gelu_back(&x, &one, &dx);
    slt_num_gelu_second(&x, &one, &one, &bend);
    for (size_t e = 0; e < 201; e++) {
        double at = ref_get(&x, e), h = (1 + erf(at * sqrt(0.5))) / 2;
        double density = exp(-at * at / 2) / sqrt(2 * acos(-1));
        double slope = h + at * density, bent = (2 - at * at) * density;
        wrong += !(fabs(ref_get(&bend, e) - bent) <= tolerance);
        wrong += !(fabs(ref_get(&y, e) - at * h) <= tolerance);
        wrong += !(fabs(ref_get(&dx, e) - slope) <= tolerance);
    }
    slt_tensor *all[] = {&x, &one, &y, &dx, &bend};
    for (size_t i = 0; i < 5; i++)
        ref_free(all[i]);
    return wrong;
}

static size_t relu_cases(slt_arithmetic a)
{
    return one_operand(a, slt_num_relu, relu);
}

static size_t relu_back_cases(slt_arithmetic a)
{
    return two_operands(a, 2, slt_num_relu_back, relu_back);
}

static size_t square_cases(slt_arithmetic a)
{
    return one_operand(a, slt_num_square, square);
}

static size_t square_back_cases(slt_arithmetic a)
{
    return two_operands(a, 2, slt_num_square_back, square_back);
}

static size_t add_cases(slt_arithmetic a)
{
    return two_operands(a, 1, slt_num_add, ref_add);
}

static double difference(slt_arithmetic a, double x, double y)
{
    return ref_add(a, x, -y);
}

static size_t subtract_cases(slt_arithmetic a)
{
    return two_operands(a, 1, slt_num_subtract, difference);
}

static double negative(slt_arithmetic a, double x)
{
    (void)a;
    return -x;
}

static void negate_in_place(const slt_tensor *x, slt_tensor *y)
{
    slt_tensor_copy(y, x);
    slt_num_negate(y, y);
}

static size_t negate_cases(slt_arithmetic a)
{
    return one_operand(a, slt_num_negate, negative) +
           one_operand(a, negate_in_place, negative);
}

/* Put together, taken apart, and one of them among zeros. */
static size_t concat_cases(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t n = 1; n < 40; n++) {
        const size_t rows = 1 + n % 7, cols = 2 * n + 3;
        slt_tensor parts[] = {ref_filled(a, rows, n, (ref_mix)(n % REF_MIXES)),
                              ref_filled(a, rows, 3, REF_INFINITE),
                              ref_filled(a, rows, n, (ref_mix)((n + 1) % REF_MIXES))};
        slt_tensor whole = ref_tensor(a, rows, cols), part = ref_tensor(a, rows, n);
        slt_num_concat((const slt_tensor *[]){&parts[0], &parts[1], &parts[2]}, 3,
                       &whole);
        for (size_t e = 0; e < rows * cols; e++) {
            const size_t i = e / cols, j = e % cols, p = j < n ? 0 : j < n + 3 ? 1 : 2;
            const size_t own = p == 0 ? j : p == 1 ? j - n : j - n - 3;
            wrong += !ref_same(ref_get(&whole, e),
                               ref_get(&parts[p], i * parts[p].cols + own));
        }
        slt_num_take_columns(&whole, n + 3, &part);
        wrong += ref_differing(&part, &parts[2]);
        slt_num_place_columns(&part, n + 3, &whole);
        for (size_t e = 0; e < rows * cols; e++)
            wrong += e % cols < n + 3 && !ref_same(ref_get(&whole, e), 0);
        slt_num_take_columns(&whole, n + 3, &part);
        wrong += ref_differing(&part, &parts[2]);
        for (size_t p = 0; p < 3; p++)
            ref_free(&parts[p]);
        ref_free(&whole);
        ref_free(&part);
    }
    return wrong;
}

static size_t multiply_cases(slt_arithmetic a)
{
    return two_operands(a, 1, slt_num_multiply, ref_mul) +
           two_operands(a, 2, slt_num_multiply, ref_mul);
}

/* NaN gives +0. */
static size_t relu_nan(slt_arithmetic a)
{
    slt_tensor x = ref_tensor(a, 1, 37), y = ref_tensor(a, 1, 37);
    size_t wrong = 0;
    for (size_t e = 0; e < 37; e++)
        ref_set(&x, e, e % 5 ? NAN : (double)e);
    slt_num_relu(&x, &y);
    for (size_t e = 0; e < 37; e++)
        wrong += !ref_same(ref_get(&y, e), e % 5 ? 0 : (double)e);
    ref_free(&x);
    ref_free(&y);
    return wrong;
}

/* The row of ones times dy, by slt_num_product's definition and by itself. */
static size_t column_sums(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t cols = 1; cols <= 70; cols++) {
        size_t rows = ref_below(40);
        slt_tensor dy = ref_filled(a, rows, cols, (ref_mix)(cols % REF_MIXES));
        slt_tensor ones = ref_tensor(a, 1, rows), product = ref_tensor(a, 1, cols);
        slt_tensor sums = ref_filled(a, 1, cols, REF_INFINITE);
        for (size_t i = 0; i < rows; i++)
            ref_set(&ones, i, 1);
        slt_num_product(SLT_PLAIN, SLT_PLAIN, &ones, &dy, &product);
        slt_num_column_sums(&dy, &sums);
        wrong += ref_differing(&sums, &product);
        for (size_t j = 0; j < cols; j++) {
            double chain = 0;
            for (size_t i = 0; i < rows; i++)
                chain = ref_fma(a, 1, ref_get(&dy, i * cols + j), chain);
            wrong += !ref_same(ref_get(&sums, j), chain);
        }
        ref_free(&dy);
        ref_free(&ones);
        ref_free(&product);
        ref_free(&sums);
    }
    return wrong;
}

static size_t add_bias(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t cols = 1; cols <= 70; cols++) {
        ref_mix mix = (ref_mix)(cols % REF_MIXES);
        slt_tensor y = ref_filled(a, 5, cols, mix), bias = ref_filled(a, 1, cols, mix);
        slt_tensor want = ref_copy(&y);
        for (size_t e = 0; e < 5 * cols; e++)
            ref_set(&want, e, ref_add(a, ref_get(&y, e), ref_get(&bias, e % cols)));
        slt_num_add_bias(&y, &bias);
        wrong += ref_differing(&y, &want);
        ref_free(&y);
        ref_free(&bias);
        ref_free(&want);
    }
    return wrong;
}

/* With the gradient, without it, and with it written over y. */
static size_t squared_error(slt_arithmetic a)
{
    size_t wrong = 0;
    const double scale = 0x1.5555555555555p-9;
    for (size_t i = 0; i < SIZES; i++) {
        operands o = operands_of(a, i);
        ref_sum sum = {0};
        for (size_t e = 0; e < o.count; e++) {
            double error = ref_add(a, ref_get(&o.x, e), -ref_get(&o.dy, e));
            ref_sum_fma(&sum, error, error);
            ref_set(&o.want, e, ref_mul(a, ref_round(a, scale), error));
        }
        double want = ref_sum_total(&sum);
        slt_real factor = slt_real_of(scale);
        slt_real with = slt_num_squared_error(&o.x, &o.dy, factor, &o.out);
        slt_real without = slt_num_squared_error(&o.x, &o.dy, factor, NULL);
        slt_real over = slt_num_squared_error(&o.x, &o.dy, factor, &o.x);
        wrong += !ref_same(slt_real_double(with), want);
        wrong += !ref_same(slt_real_double(without), want);
        wrong += !ref_same(slt_real_double(over), want);
        wrong += ref_differing(&o.x, &o.want) + operands_end(&o);
    }
    return wrong;
}

static size_t dot(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t i = 0; i < SIZES; i++) {
        operands o = operands_of(a, i);
        ref_sum sum = {0};
        for (size_t e = 0; e < o.count; e++)
            ref_sum_fma(&sum, ref_get(&o.x, e), ref_get(&o.dy, e));
        slt_real got = slt_num_dot(&o.x, &o.dy);
        wrong += !ref_same(slt_real_double(got), ref_sum_total(&sum));
        memcpy(o.out.data, o.want.data, ref_size(&o.out));
        wrong += operands_end(&o);
    }
    return wrong;
}

static size_t finite_cases(slt_arithmetic a)
{
    static const double bad[] = {INFINITY, -INFINITY, NAN};
    size_t wrong = 0;
    for (size_t i = 1; i < SIZES; i++) {
        slt_tensor x = ref_filled(a, 1, size_of(i), REF_CORNERS);
        wrong += !slt_num_finite(&x);
        ref_set(&x, ref_below(size_of(i)), bad[i % 3]);
        wrong += slt_num_finite(&x);
        ref_free(&x);
    }
    return wrong;
}

static size_t gather(slt_arithmetic a)
{
    size_t wrong = 0;
    for (size_t cols = 0; cols < 40; cols++) {
        slt_tensor from = ref_filled(a, 11, cols, REF_INFINITE);
        slt_tensor to = ref_tensor(a, 17, cols);
        uint32_t index[17];
        for (size_t r = 0; r < 17; r++)
            index[r] = (uint32_t)ref_below(11);
        slt_num_gather_rows(&from, index, &to);
        for (size_t e = 0; e < slt_tensor_count(&to); e++)
            wrong += !ref_same(ref_get(&to, e),
                               ref_get(&from, index[e / cols] * cols + e % cols));
        ref_free(&from);
        ref_free(&to);
    }
    return wrong;
}

int main(void)
{
    ref_each_copy("add", add_cases);
    ref_each_copy("multiply", multiply_cases);
    ref_each_copy("subtract", subtract_cases);
    ref_each_copy("negate", negate_cases);
    ref_each_copy("concat", concat_cases);
    ref_each_copy("relu", relu_cases);
    ref_each_copy("relu of NaN", relu_nan);
    ref_each_copy("relu_back", relu_back_cases);
    ref_each_copy("square", square_cases);
    ref_each_copy("square_back", square_back_cases);
    ref_each_copy("gelu", gelu_cases);
    ref_each_copy("gelu_back", gelu_back_cases);
    ref_each_copy("gelu_slope", gelu_slope_cases);
    ref_each_copy("gelu_second", gelu_second_cases);
    ref_each_copy("sigmoid and its slope", sigmoid_cases);
    ref_each_copy("sigmoid_bend", sigmoid_bend_cases);
    ref_each_copy("tanh's slope and bend", tanh_cases);
    ref_each_copy("silu, its slope and bend", silu_cases);
    ref_each_copy("gelu's form with tanh", gelu_tanh_cases);
    ref_each_copy("softplus and its slope", softplus_cases);
    ref_each_copy("gates and softplus are what they say", gates_meaning);
    ref_each_copy("bce and its gradient", bce_cases);
    ref_each_copy("bce of classes", bce_class_cases);
    ref_each_copy("bce is what it says", bce_meaning);
    ref_each_copy("sigmoid and tanh are what they say", sigmoid_meaning);
    ref_each_copy("scale", scale_cases);
    ref_each_copy("add_sign", add_sign_cases);
    ref_each_copy("gelu is what it says", gelu_meaning);
    ref_each_copy("column_sums", column_sums);
    ref_each_copy("add_bias", add_bias);
    ref_each_copy("squared_error with and without gradient", squared_error);
    ref_each_copy("dot", dot);
    ref_each_copy("finite", finite_cases);
    ref_each_copy("gather_rows", gather);
    return tap_done();
}
