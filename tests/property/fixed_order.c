/* Fixed point knows no order: every sum, its terms shuffled and cut into random parts, is
 * the sum that the kernels give. */
#include "fixed_reference.h"

static int64_t at(const slt_tensor *t, size_t e)
{
    return ((const int64_t *)t->data)[e];
}

static void shuffle(size_t *order, size_t n)
{
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    for (size_t i = n; i > 1; i--) {
        size_t j = ref_below(i), kept = order[i - 1];
        order[i - 1] = order[j];
        order[j] = kept;
    }
}

/* Terms in the order given, in parts of random sizes, the parts added by halves. */
static slt_wide sum_of(const slt_wide *terms, const size_t *order, size_t n)
{
    slt_wide parts[64] = {{0, 0}};
    size_t count = 1 + ref_below(64);
    for (size_t i = 0, part = 0; i < n; i++) {
        if (ref_below(3) == 0)
            part = ref_below(count);
        parts[part] = slt_wide_add(parts[part], terms[order[i]]);
    }
    while (count > 1) {
        size_t half = count / 2;
        for (size_t i = 0; i < half; i++)
            parts[i] = slt_wide_add(parts[i], parts[count - 1 - i]);
        count -= half;
    }
    return parts[0];
}

typedef struct bag {
    slt_wide terms[600];
    size_t order[600], count;
} bag;

static slt_wide drawn(bag *from)
{
    shuffle(from->order, from->count);
    return sum_of(from->terms, from->order, from->count);
}

static bool is(slt_wide sum, int64_t value)
{
    return slt_wide_fits(sum) && (int64_t)sum.low == value;
}

static int excess(const slt_tensor *t, int most)
{
    int bits = fixed_bits(t);
    return bits > most ? bits - most : 0;
}

static int factor_bits(size_t depth)
{
    int bits = (62 - fixed_ceil_log2(depth)) / 2;
    return bits > 30 ? 30 : bits;
}

static size_t products(size_t k, fixed_mix mix)
{
    slt_tensor a = fixed_filled(5, k, mix, 48), b = fixed_filled(7, k, mix, 48);
    slt_tensor c = fixed_filled(5, 7, FIXED_ZEROS, 0);
    int shift_a = excess(&a, factor_bits(k)), shift_b = excess(&b, factor_bits(k));
    size_t changed = 0;
    bag terms = {.count = k};
    slt_num_product(SLT_PLAIN, SLT_TRANSPOSED, &a, &b, &c);
    for (size_t e = 0; e < 35; e++) {
        for (size_t i = 0; i < k; i++)
            terms.terms[i] = slt_wide_mul(fixed_round(at(&a, e / 7 * k + i), shift_a),
                                          fixed_round(at(&b, e % 7 * k + i), shift_b));
        for (int again = 0; again < 3; again++)
            changed += !is(drawn(&terms), at(&c, e));
    }
    ref_free(&a);
    ref_free(&b);
    ref_free(&c);
    return changed;
}

static size_t columns(size_t rows, fixed_mix mix)
{
    slt_tensor a = fixed_filled(rows, 6, mix, 48), sums = fixed_filled(1, 6, mix, 0);
    int shift = excess(&a, 62 - fixed_ceil_log2(rows));
    size_t changed = 0;
    bag terms = {.count = rows};
    slt_num_column_sums(&a, &sums);
    for (size_t j = 0; j < 6; j++) {
        for (size_t i = 0; i < rows; i++)
            terms.terms[i] = slt_wide_of(fixed_round(at(&a, i * 6 + j), shift));
        for (int again = 0; again < 3; again++)
            changed += !is(drawn(&terms), at(&sums, j));
    }
    ref_free(&a);
    ref_free(&sums);
    return changed;
}

/* An inner product, and the squared error of a block from zeros. */
static size_t inner(size_t n, fixed_mix mix)
{
    slt_tensor a = fixed_filled(1, n, mix, 48), b = fixed_filled(1, n, mix, 48);
    slt_tensor none = fixed_filled(1, n, FIXED_ZEROS, 48);
    int shift_a = excess(&a, 48), shift_b = excess(&b, 48);
    bag dot = {.count = n}, square = {.count = n};
    size_t changed = 0;
    for (size_t e = 0; e < n; e++) {
        int64_t x = fixed_round(at(&a, e), shift_a);
        dot.terms[e] = slt_wide_mul(x, fixed_round(at(&b, e), shift_b));
        square.terms[e] = slt_wide_mul(x, x);
    }
    slt_real by_kernel = slt_num_dot(&a, &b);
    slt_real error = slt_num_squared_error(&a, &none, slt_real_of(1), NULL);
    for (int again = 0; again < 5; again++) {
        slt_real sum = slt_fixed_real(drawn(&dot), 96 - shift_a - shift_b);
        slt_real squares = slt_fixed_real(drawn(&square), 96 - 2 * shift_a);
        changed += sum.bits != by_kernel.bits;
        changed += fixed_bits(&a) <= 61 && squares.bits != error.bits;
    }
    ref_free(&a);
    ref_free(&b);
    ref_free(&none);
    return changed;
}

/* Rows of gradients gathered into a table: shuffled, they give the same table. */
static size_t scattered(size_t n, fixed_mix mix)
{
    slt_tensor dy = fixed_filled(n, 3, mix, 48),
               moved = fixed_filled(n, 3, FIXED_ZEROS, 48);
    slt_tensor index = ref_tensor(SLT_INDEX, n, 1),
               moved_index = ref_tensor(SLT_INDEX, n, 1);
    slt_tensor table = fixed_filled(4, 3, mix, 0), other = fixed_filled(4, 3, mix, 1);
    size_t order[600], changed = 0;
    for (size_t i = 0; i < n; i++)
        ((int32_t *)index.data)[i] = (int32_t)ref_below(4);
    slt_num_embedding_back(&index, &dy, &table);
    for (int again = 0; again < 3; again++) {
        shuffle(order, n);
        for (size_t i = 0; i < n; i++) {
            ((int32_t *)moved_index.data)[i] = ((int32_t *)index.data)[order[i]];
            memcpy((int64_t *)moved.data + 3 * i, (int64_t *)dy.data + 3 * order[i], 24);
        }
        slt_num_embedding_back(&moved_index, &moved, &other);
        changed += !fixed_same(&table, &other);
    }
    ref_free(&dy);
    ref_free(&moved);
    ref_free(&index);
    ref_free(&moved_index);
    ref_free(&table);
    ref_free(&other);
    return changed;
}

static size_t every(size_t (*judge)(size_t, fixed_mix))
{
    size_t changed = 0;
    for (int mix = 0; mix < FIXED_MIXES; mix++)
        for (int i = 0; i < 12; i++)
            changed += judge(1 + ref_below(i < 4 ? 8 : 600), (fixed_mix)mix);
    return changed;
}

static size_t every_product(void)
{
    return every(products);
}

static size_t every_column(void)
{
    return every(columns);
}

static size_t every_inner(void)
{
    return every(inner);
}

static size_t every_scattered(void)
{
    return every(scattered);
}

int main(void)
{
    fixed_each_copy("products, shuffled and cut", every_product);
    fixed_each_copy("sums of columns, shuffled and cut", every_column);
    fixed_each_copy("inner products and squared errors, shuffled and cut", every_inner);
    fixed_each_copy("gradients of tables, rows shuffled", every_scattered);
    return tap_done();
}
