/* Fixed-point operations element by element, and sums, on every instruction set: against
 * their definitions in 128-bit integers. */
#include "fixed_reference.h"
#include "num/convert.h"

static int64_t at(const slt_tensor *t, size_t e)
{
    return ((const int64_t *)t->data)[e];
}

static int excess(int bits, int most)
{
    return bits > most ? bits - most : 0;
}

/* Where blocks of these exponents and bits meet. */
static int meet(int frac_a, int bits_a, int frac_b, int bits_b)
{
    int frac = frac_a > frac_b ? frac_a : frac_b;
    if (bits_a && frac > frac_a + 61 - bits_a)
        frac = frac_a + 61 - bits_a;
    if (bits_b && frac > frac_b + 61 - bits_b)
        frac = frac_b + 61 - bits_b;
    return frac;
}

static int64_t moved(int64_t m, int by)
{
    return by > 0 ? (int64_t)((uint64_t)m << (by > 63 ? 0 : by)) : fixed_round(m, -by);
}

typedef struct scene {
    slt_tensor a, b, row, want, out;
} scene;

static scene make_scene(size_t rows, size_t cols)
{
    fixed_mix x = (fixed_mix)ref_below(FIXED_MIXES),
              y = (fixed_mix)ref_below(FIXED_MIXES);
    int frac = 48 + (int)ref_below(140) - 70;
    scene s = {fixed_filled(rows, cols, x, 48), fixed_filled(rows, cols, y, frac),
               fixed_filled(1, cols, y, frac), fixed_filled(rows, cols, x, 1),
               fixed_filled(rows, cols, x, 2)};
    s.a.overflow = ref_below(9) == 0;
    s.b.overflow = ref_below(9) == 0;
    s.row.overflow = s.b.overflow;
    return s;
}

static void free_scene(scene *s)
{
    ref_free(&s->a);
    ref_free(&s->b);
    ref_free(&s->row);
    ref_free(&s->want);
    ref_free(&s->out);
}

static size_t judge(const scene *s, const char *name)
{
    if (fixed_same(&s->want, &s->out))
        return 0;
    tap_note("%s of %zu x %zu, exponents 48 and %d", name, s->a.rows, s->a.cols,
             s->b.frac);
    return 1;
}

static void expect(scene *s, size_t e, int64_t value)
{
    ((int64_t *)s->want.data)[e] = value;
}

/* What is expected next, and a result that holds something else. */
static void expect_flags(scene *s, int frac, bool overflow)
{
    s->want.frac = frac;
    s->want.overflow = overflow;
    s->out.overflow = false;
    memset(s->out.data, 0x5a, ref_size(&s->out));
}

static size_t sums(scene *s)
{
    int bits_a = fixed_bits(&s->a);
    int frac = meet(48, bits_a, s->b.frac, fixed_bits(&s->b));
    for (size_t e = 0; e < slt_tensor_count(&s->a); e++)
        expect(s, e,
               moved(at(&s->a, e), frac - 48) + moved(at(&s->b, e), frac - s->b.frac));
    expect_flags(s, frac, s->a.overflow || s->b.overflow);
    slt_num_add(&s->a, &s->b, &s->out);
    size_t wrong = judge(s, "add");

    for (size_t e = 0; e < slt_tensor_count(&s->a); e++)
        expect(s, e,
               moved(at(&s->a, e), frac - 48) - moved(at(&s->b, e), frac - s->b.frac));
    expect_flags(s, frac, s->a.overflow || s->b.overflow);
    slt_num_subtract(&s->a, &s->b, &s->out);
    wrong += judge(s, "subtract");

    frac = meet(48, bits_a, s->row.frac, fixed_bits(&s->row));
    for (size_t e = 0; e < slt_tensor_count(&s->a); e++)
        expect(s, e,
               moved(at(&s->a, e), frac - 48) +
                   moved(at(&s->row, e % s->a.cols), frac - s->row.frac));
    expect_flags(s, frac, s->a.overflow || s->row.overflow);
    slt_tensor_copy(&s->out, &s->a);
    slt_num_add_bias(&s->out, &s->row);
    return wrong + judge(s, "add_bias");
}

static size_t negated(scene *s)
{
    bool least = false;
    for (size_t e = 0; e < slt_tensor_count(&s->b); e++) {
        least |= at(&s->b, e) == INT64_MIN;
        expect(s, e, (int64_t)(0 - (uint64_t)at(&s->b, e)));
    }
    expect_flags(s, s->b.frac, s->b.overflow || least);
    slt_num_negate(&s->b, &s->out);
    return judge(s, "negate");
}

/* a, b and a again side by side, where all of them meet; then the columns of b. */
static size_t put_together(scene *s)
{
    const size_t rows = s->a.rows, cols = s->a.cols;
    const int frac = meet(48, fixed_bits(&s->a), s->b.frac, fixed_bits(&s->b));
    slt_tensor want = fixed_filled(rows, 3 * cols, FIXED_ZEROS, 0);
    slt_tensor out = fixed_filled(rows, 3 * cols, FIXED_PLAIN, 7);
    for (size_t e = 0; e < slt_tensor_count(&want); e++) {
        const size_t i = e / (3 * cols), j = e % (3 * cols);
        const slt_tensor *from = j / cols == 1 ? &s->b : &s->a;
        ((int64_t *)want.data)[e] =
            moved(at(from, i * cols + j % cols), frac - from->frac);
    }
    want.frac = frac;
    want.overflow = s->a.overflow || s->b.overflow;
    slt_num_concat((const slt_tensor *[]){&s->a, &s->b, &s->a}, 3, &out);
    size_t wrong = !fixed_same(&want, &out);
    for (size_t e = 0; e < slt_tensor_count(&s->b); e++)
        expect(s, e, moved(at(&s->b, e), frac - s->b.frac));
    expect_flags(s, frac, want.overflow);
    slt_num_take_columns(&out, cols, &s->out);
    wrong += judge(s, "take_columns");
    slt_num_place_columns(&s->out, cols, &out);
    for (size_t e = 0; e < slt_tensor_count(&out); e++) {
        const size_t j = e % (3 * cols);
        wrong += at(&out, e) != (j / cols == 1 ? at(&want, e) : 0);
    }
    wrong += out.frac != frac;
    ref_free(&want);
    ref_free(&out);
    return wrong;
}

static size_t rectified(scene *s)
{
    size_t count = slt_tensor_count(&s->a);
    for (size_t e = 0; e < count; e++)
        expect(s, e, at(&s->a, e) > 0 ? at(&s->a, e) : 0);
    expect_flags(s, 48, s->a.overflow);
    slt_num_relu(&s->a, &s->out);
    size_t wrong = judge(s, "relu");
    for (size_t e = 0; e < count; e++)
        expect(s, e, at(&s->a, e) > 0 ? at(&s->b, e) : 0);
    expect_flags(s, s->b.frac, s->b.overflow);
    slt_num_relu_back(&s->a, &s->b, &s->out);
    return wrong + judge(s, "relu_back");
}

static size_t products(scene *s)
{
    size_t wrong = 0;
    for (int square = 0; square < 2; square++) {
        const slt_tensor *b = square ? &s->a : &s->b;
        int shift = excess(fixed_bits(&s->a) + fixed_bits(b), 62);
        for (size_t e = 0; e < slt_tensor_count(&s->a); e++)
            expect(
                s, e,
                (int64_t)slt_wide_round(slt_wide_mul(at(&s->a, e), at(b, e)), shift).low);
        int frac = 48 + b->frac - shift;
        expect_flags(s, square ? frac : frac - 1, s->a.overflow || b->overflow);
        if (square)
            slt_num_square(&s->a, &s->out);
        else
            slt_num_square_back(&s->a, b, &s->out);
        wrong += judge(s, square ? "square" : "square_back");
    }
    return wrong;
}

/* A scalar of any size, both signs, subnormal or zero now and then. */
static slt_real any_scalar(void)
{
    static const uint64_t corners[] = {0, UINT64_C(1) << 63, 1, UINT64_C(0xfffffffffffff),
                                       UINT64_C(0x3ff0000000000000)};
    uint64_t bits = ref_random() & ~(UINT64_C(0x7ff) << 52);
    if (ref_below(5) == 0)
        return (slt_real){corners[ref_below(5)]};
    return (slt_real){bits | (UINT64_C(1023) - 60 + ref_below(120)) << 52};
}

static void define_times(slt_real scalar, const slt_tensor *x, scene *s)
{
    slt_scalar by = slt_scalar_of(scalar);
    int bits = fixed_bits(x), shift = excess(53 + bits, 62);
    for (size_t e = 0; e < slt_tensor_count(x); e++)
        expect(s, e,
               (int64_t)slt_wide_round(slt_wide_mul(by.mantissa, at(x, e)), shift).low);
    int frac = bits ? x->frac - by.exponent - shift : 48;
    for (size_t e = 0; frac > SLT_FRAC_MAX && e < slt_tensor_count(x); e++)
        expect(s, e, fixed_round(at(&s->want, e), frac - SLT_FRAC_MAX));
    expect_flags(s, frac > SLT_FRAC_MAX ? SLT_FRAC_MAX : frac, x->overflow);
}

static slt_real define_dot(const slt_tensor *a, const slt_tensor *b)
{
    int shift_a = excess(fixed_bits(a), 48), shift_b = excess(fixed_bits(b), 48);
    slt_wide sum = slt_wide_of(0);
    for (size_t e = 0; e < slt_tensor_count(a); e++)
        sum = slt_wide_add(sum, slt_wide_mul(fixed_round(at(a, e), shift_a),
                                             fixed_round(at(b, e), shift_b)));
    return slt_fixed_real(sum, a->frac - shift_a + b->frac - shift_b);
}

static size_t losses(scene *s)
{
    size_t wrong = slt_num_dot(&s->a, &s->b).bits != define_dot(&s->a, &s->b).bits;
    slt_real scale = any_scalar();
    slt_tensor error = fixed_filled(s->a.rows, s->a.cols, FIXED_ZEROS, 0);
    error.frac = meet(48, fixed_bits(&s->a), s->b.frac, fixed_bits(&s->b));
    for (size_t e = 0; e < slt_tensor_count(&error); e++)
        ((int64_t *)error.data)[e] = moved(at(&s->a, e), error.frac - 48) -
                                     moved(at(&s->b, e), error.frac - s->b.frac);
    error.overflow = s->a.overflow || s->b.overflow;
    define_times(scale, &error, s);
    slt_real sum = slt_num_squared_error(&s->a, &s->b, scale, &s->out);
    wrong += sum.bits != define_dot(&error, &error).bits;
    wrong += judge(s, "squared_error");
    wrong += slt_num_squared_error(&s->a, &s->b, scale, NULL).bits != sum.bits;
    ref_free(&error);
    return wrong;
}

static size_t columns(scene *s)
{
    int shift = excess(fixed_bits(&s->a), 62 - fixed_ceil_log2(s->a.rows));
    slt_tensor sums = fixed_filled(1, s->a.cols, FIXED_PLAIN, 3);
    size_t wrong = 0;
    slt_num_column_sums(&s->a, &sums);
    for (size_t j = 0; j < s->a.cols; j++) {
        int64_t sum = 0;
        for (size_t i = s->a.rows; i-- > 0;)
            sum += fixed_round(at(&s->a, i * s->a.cols + j), shift);
        wrong += at(&sums, j) != sum;
    }
    wrong += sums.frac != 48 - shift || sums.overflow != s->a.overflow;
    ref_free(&sums);
    return wrong;
}

static size_t every(size_t (*judge_one)(scene *s))
{
    size_t wrong = 0;
    for (size_t size = 1; size <= 67; size++)
        for (int i = 0; i < 8; i++) {
            scene s = make_scene(1 + ref_below(4), size);
            wrong += judge_one(&s);
            free_scene(&s);
        }
    return wrong;
}

static size_t every_sum(void)
{
    return every(sums);
}

static size_t every_negated(void)
{
    return every(negated);
}

static size_t every_put_together(void)
{
    return every(put_together);
}

static size_t every_rectified(void)
{
    return every(rectified);
}

static size_t every_product(void)
{
    return every(products);
}

static size_t every_loss(void)
{
    return every(losses);
}

static size_t every_column(void)
{
    return every(columns);
}

int main(void)
{
    fixed_each_copy("sums of blocks, with a bias", every_sum);
    fixed_each_copy("blocks with the other sign", every_negated);
    fixed_each_copy("blocks side by side", every_put_together);
    fixed_each_copy("relu and its gradient", every_rectified);
    fixed_each_copy("squares and their gradient", every_product);
    fixed_each_copy("inner products and squared errors", every_loss);
    fixed_each_copy("sums of columns", every_column);
    return tap_done();
}
