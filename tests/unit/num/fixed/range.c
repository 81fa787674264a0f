/* Exponents at the ends of their range: what is too small is rounded away, what is too
 * large latches overflow, and no operation makes an exponent that cannot be stored. */
#include "fixed_reference.h"
#include "num/convert.h"

static slt_tensor block(int64_t number, int frac)
{
    slt_tensor t = ref_tensor(SLT_FIXED, 3, 3);
    for (size_t e = 0; e < 9; e++)
        ((int64_t *)t.data)[e] = number;
    t.frac = frac;
    return t;
}

static int64_t first(const slt_tensor *t)
{
    return *(const int64_t *)t->data;
}

static bool stored(const slt_tensor *t)
{
    return t->frac <= SLT_FRAC_MAX && t->frac >= -SLT_FRAC_MAX;
}

/* Every operation that makes an exponent, on two blocks: out is what it makes. */
typedef void (*operation)(const slt_tensor *a, const slt_tensor *b, slt_tensor *out);

static void product(const slt_tensor *a, const slt_tensor *b, slt_tensor *out)
{
    slt_num_product(SLT_PLAIN, SLT_PLAIN, a, b, out);
}

static void squared_error(const slt_tensor *a, const slt_tensor *b, slt_tensor *out)
{
    (void)b; /* the gradient, scaled by the power of two that a's exponent is far from */
    slt_tensor zero = block(0, a->frac);
    slt_num_squared_error(a, &zero, slt_real_of(ldexp(1, a->frac > 0 ? -900 : 900)), out);
    ref_free(&zero);
}

static void times(const slt_tensor *a, const slt_tensor *b, slt_tensor *out)
{
    (void)b;
    slt_fixed_times(slt_real_of(ldexp(1, a->frac > 0 ? -900 : 900)), a, out);
}

static const struct {
    const char *name;
    operation make;
} operations[] = {{"product", product},
                  {"square_back", slt_num_square_back},
                  {"multiply", slt_fixed_multiply},
                  {"squared_error", squared_error},
                  {"times", times}};

static void test_operations(void)
{
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        slt_tensor low = block(INT64_C(3) << 40, 955),
                   high = block(INT64_C(3) << 40, -955);
        slt_tensor none = block(0, -955), out = block(7, 48);
        operations[i].make(&low, &low, &out);
        TAP_OK(stored(&out) && !out.overflow && first(&out) == 0,
               "%s: what is too small is rounded to 0", operations[i].name);
        operations[i].make(&high, &high, &out);
        TAP_OK(stored(&out) && out.overflow, "%s: what is too large overflows",
               operations[i].name);
        out.overflow = false;
        operations[i].make(&none, &none, &out);
        TAP_OK(stored(&out) && !out.overflow && first(&out) == 0, "%s: zeros fit",
               operations[i].name);
        ref_free(&low);
        ref_free(&high);
        ref_free(&none);
        ref_free(&out);
    }
}

/* Just beyond the range a block loses its last bits only, to nearest even. */
static void test_rounding(void)
{
    slt_tensor a = block(1, 480), b = block(0, 482), out = block(0, 0);
    for (int64_t m = 0; m < 9; m++)
        ((int64_t *)b.data)[m] = m - 4;
    slt_fixed_multiply(&a, &b, &out);
    const int64_t want[] = {-1, -1, 0, 0, 0, 0, 0, 1, 1}; /* -4 .. 4 quarters */
    TAP_OK(out.frac == SLT_FRAC_MAX && memcmp(out.data, want, sizeof want) == 0,
           "exponent 962 becomes 960 by rounding to even");
    ref_free(&a);
    ref_free(&b);
    ref_free(&out);
}

/* A moment that no gradient feeds any more decays as far as exponents go. */
static void test_decay(void)
{
    slt_tensor m = block(INT64_C(1) << 47, 48);
    bool within = true;
    for (int t = 0; t < 7000; t++) {
        slt_fixed_times(slt_real_of(0.9), &m, &m);
        within = within && stored(&m) && !m.overflow;
    }
    TAP_OK(within && m.frac == SLT_FRAC_MAX && first(&m) <= 5,
           "decay ends at the last place there is");
    slt_fixed_times(slt_real_of(0), &m, &m);
    slt_fixed_times(slt_real_of(0.9), &m, &m);
    TAP_OK(m.frac == 48 && first(&m) == 0, "and zeros go back to the state's exponent");
    ref_free(&m);
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT);
    test_operations();
    test_rounding();
    test_decay();
    return tap_done();
}
