/* Arithmetic modulo a prime: numbers, primes, roots of unity, kernels, and ranks against
 * an elimination that divides by the slow way. */
#include "num/modular.h"

#include <sltrace/numerics.h>

#include "base/pool.h"
#include "num/element.h"
#include "num/modular_internal.h"
#include "num/ops.h"
#include "random.h"

static const uint64_t mersenne = (UINT64_C(1) << 61) - 1;

/* ---- Slow arithmetic --------------------------------------------------------------- */

/* a b mod q by doubling: nothing of what is tested. */
static uint64_t slow_mul(uint64_t a, uint64_t b, uint64_t q)
{
    uint64_t product = 0;
    for (int bit = 63; bit >= 0; bit--) {
        product = product * 2 % q;
        if (b >> bit & 1)
            product = (product + a) % q;
    }
    return product;
}

static uint64_t slow_power(uint64_t base, uint64_t exponent, uint64_t q)
{
    uint64_t power = 1;
    for (int bit = 63; bit >= 0; bit--) {
        power = slow_mul(power, power, q);
        if (exponent >> bit & 1)
            power = slow_mul(power, base, q);
    }
    return power;
}

/* Gaussian elimination row by row on residues. */
static size_t slow_rank(uint64_t *a, size_t rows, size_t cols, uint64_t q)
{
    size_t rank = 0;
    for (size_t c = 0; c < cols && rank < rows; c++) {
        size_t pivot = rank;
        while (pivot < rows && a[pivot * cols + c] == 0)
            pivot++;
        if (pivot == rows)
            continue;
        uint64_t inverse = slow_power(a[pivot * cols + c], q - 2, q);
        for (size_t j = 0; j < cols; j++) {
            uint64_t kept = a[pivot * cols + j];
            a[pivot * cols + j] = a[rank * cols + j];
            a[rank * cols + j] = slow_mul(kept, inverse, q);
        }
        for (size_t i = rank + 1; i < rows; i++) {
            uint64_t factor = q - a[i * cols + c];
            for (size_t j = 0; j < cols; j++)
                a[i * cols + j] =
                    (a[i * cols + j] + slow_mul(factor % q, a[rank * cols + j], q)) % q;
        }
        rank++;
    }
    return rank;
}

/* ---- Numbers ----------------------------------------------------------------------- */

static slt_tensor make(size_t rows, size_t cols)
{
    slt_tensor tensor;
    if (slt_tensor_create(&tensor, SLT_MODULAR, rows, cols, NULL))
        tap_bail("no memory");
    return tensor;
}

static uint64_t residue_at(const slt_tensor *tensor, size_t e)
{
    return slt_modular_residue(((const uint64_t *)tensor->data)[e]);
}

static void begin(uint64_t prime, uint64_t order)
{
    slt_error err;
    if (slt_modular_start(prime, order, &err))
        tap_bail(err.text);
}

static void test_products(uint64_t prime)
{
    begin(prime, 1);
    slt_tensor t = make(1, 3);
    size_t wrong = 0;
    for (int i = 0; i < 500; i++) {
        uint64_t a = random_word() % prime, b = random_word() % prime;
        if (i < 4) {
            a = i & 1 ? prime - 1 : 0;
            b = i & 2 ? prime - 1 : 1;
        }
        ((uint64_t *)t.data)[0] = slt_modulus_enter(&slt_modulus_here, a);
        wrong += residue_at(&t, 0) != a;
        ((uint64_t *)t.data)[1] =
            slt_modulus_mul(&slt_modulus_here, ((uint64_t *)t.data)[0],
                            slt_modulus_enter(&slt_modulus_here, b));
        wrong += residue_at(&t, 1) != slow_mul(a, b, prime);
    }
    TAP_OK(wrong == 0, "products modulo %" PRIu64, prime);
    /* Sums of as many of the largest products as are added unreduced. */
    slt_wide sum = {0, 0};
    uint64_t top = slt_modulus_enter(&slt_modulus_here, 1);
    for (size_t i = 0; i < SLT_MODULUS_SUMMED; i++)
        sum = slt_wide_add(sum, slt_wide_mul_u64(prime - 1, prime - 1));
    uint64_t got = slt_modulus_reduce(&slt_modulus_here, sum);
    /* 2^64 got = 32 (prime - 1)^2 = 32 */
    TAP_OK(top && slow_mul(got, slow_power(2, 64, prime), prime) == SLT_MODULUS_SUMMED,
           "the largest sum of products");
    slt_tensor_free(&t);
}

static void test_rationals(void)
{
    const uint64_t q = mersenne;
    begin(q, 1);
    slt_tensor t = make(1, 1);
    uint64_t half = slow_power(2, q - 2, q);
    slt_tensor_set(&t, 0, slt_real_of(-0.75));
    TAP_OK((residue_at(&t, 0) + slow_mul(3, slow_mul(half, half, q), q)) % q == 0,
           "-3/4 of a binary64 number");
    slt_tensor_set(&t, 0, slt_real_of(0x1p-1074));
    TAP_OK(residue_at(&t, 0) == slow_power(half, 1074, q), "the least binary64 number");
    slt_tensor_set(&t, 0, slt_real_of(0x1.fffffffffffffp1023));
    TAP_OK(residue_at(&t, 0) ==
               slow_mul((UINT64_C(1) << 53) - 1, slow_power(2, 971, q), q),
           "the largest");
    slt_modular_put(&(slt_modular_number){-7, 12, 0, 1}, &t, 0);
    TAP_OK((slow_mul(residue_at(&t, 0), 12, q) + 7) % q == 0, "-7/12");
    TAP_EQ_U64(slt_modular_residue(slt_modular_of_fixed(INT64_MIN, 0)),
               q - slow_power(2, 63, q), "an integer of 64 bits");
    slt_tensor fixed;
    if (slt_tensor_create(&fixed, SLT_FIXED, 1, 1, NULL))
        tap_bail("no memory");
    ((int64_t *)fixed.data)[0] = INT64_C(0x7fffffffffffff01);
    slt_num_convert(&fixed, &t);
    TAP_OK(slow_mul(residue_at(&t, 0), slow_power(2, 48, q), q) ==
               UINT64_C(0x7fffffffffffff01) % q,
           "a fixed number of more bits than a binary64 has");
    slt_tensor_free(&fixed);
    slt_tensor_free(&t);
}

/* Sums and products of cosines, and none before its time. */
static void test_cosines(uint64_t order)
{
    uint64_t q = slt_modular_prime(SLT_MODULAR_END, order);
    begin(q, order);
    slt_tensor t = make(1, 4);
    size_t wrong = 0;
    for (uint64_t a = 0; a < 2 * order; a++) {
        /* 2 cos a cos 1 = cos (a + 1) + cos (a - 1) */
        for (uint64_t i = 0; i < 4; i++) {
            uint64_t turn[] = {a + order + 1, a + order - 1, a, 1};
            slt_modular_put(&(slt_modular_number){1, 1, turn[i], order}, &t, i);
        }
        uint64_t sum = (residue_at(&t, 0) + residue_at(&t, 1)) % q;
        wrong += sum != slow_mul(2, slow_mul(residue_at(&t, 2), residue_at(&t, 3), q), q);
        wrong += (residue_at(&t, 2) == 1) != (a % order == 0);
    }
    slt_modular_put(&(slt_modular_number){-4, 9, order / 3, order}, &t, 0);
    if (order % 3 == 0) /* -4/9 cos(120 degrees) = 2/9 */
        wrong += slow_mul(residue_at(&t, 0), 9, q) != 2;
    TAP_OK(wrong == 0 && q % order == 1 % order, "cosines of parts of %" PRIu64, order);
    slt_tensor_free(&t);
}

/* ---- Primes ------------------------------------------------------------------------ */

static void refuse(uint64_t prime, uint64_t order, const char *words)
{
    slt_error err = {.status = SLT_OK};
    slt_status status = slt_modular_start(prime, order, &err);
    if (!TAP_OK(status == SLT_USAGE && strstr(err.text, words), "refused: %s", words))
        tap_note("%d %s", (int)status, err.text);
}

static bool has_divisor(uint64_t number)
{
    for (uint64_t d = 3; d < 70000; d += 2)
        if (number % d == 0)
            return true;
    return false;
}

static void test_primes(void)
{
    size_t wrong = 0;
    uint64_t least = slt_modular_prime(SLT_MODULAR_MIN + 100, 1);
    TAP_EQ_U64(slt_modular_prime(SLT_MODULAR_END, 1), mersenne, "2^61 - 1 is a prime");
    TAP_EQ_U64(least, UINT64_C(4294967389), "the last prime below 2^32 + 100");
    for (uint64_t n = SLT_MODULAR_MIN + 1; n < SLT_MODULAR_MIN + 2000; n += 2)
        wrong += slt_modulus_is_prime(n) == has_divisor(n);
    TAP_OK(wrong == 0, "primes as by division");
    /* The least strong pseudoprimes to the first 6 and 7 primes, and products of two. */
    TAP_OK(!slt_modulus_is_prime(UINT64_C(3474749660383)) &&
               !slt_modulus_is_prime(UINT64_C(341550071728321)) &&
               !slt_modulus_is_prime(UINT64_C(1000000007) * UINT64_C(1000000009)) &&
               !slt_modulus_is_prime(UINT64_C(1000000007) * UINT64_C(1000000007)),
           "pseudoprimes and products are no primes");
    TAP_EQ_U64(slt_modular_prime(SLT_MODULAR_MIN + 1, 1), 0, "none below the least");
    refuse(97, 1, "expected a prime from 2^32 to 2^61, found 97");
    refuse(UINT64_C(1) << 61, 1, "expected a prime from 2^32 to 2^61");
    refuse(UINT64_C(4294967298), 1, "4294967298 is not a prime");
    refuse(UINT64_C(4294967299), 1, "is not a prime");
    refuse(mersenne, 4, "is not 1 modulo 4");
}

/* ---- Kernels ----------------------------------------------------------------------- */

/* Whole numbers, so that f64 and the field must agree. */
static void fill(slt_tensor *a, slt_tensor *b)
{
    for (size_t e = 0; e < slt_tensor_count(a); e++) {
        slt_real value = slt_real_of((double)(random_word() % 19) - 9);
        slt_tensor_set(a, e, value);
        slt_tensor_set(b, e, value);
    }
}

static bool same(const slt_tensor *modular, const slt_tensor *f64)
{
    slt_tensor image = make(f64->rows, f64->cols);
    slt_num_convert(f64, &image);
    bool equal = memcmp(image.data, modular->data, 8 * slt_tensor_count(modular)) == 0;
    slt_tensor_free(&image);
    return equal;
}

typedef struct both {
    slt_tensor modular, f64;
} both;

static both make_both(size_t rows, size_t cols)
{
    both pair = {.modular = make(rows, cols)};
    if (slt_tensor_create(&pair.f64, SLT_F64, rows, cols, NULL))
        tap_bail("no memory");
    fill(&pair.modular, &pair.f64);
    return pair;
}

static void free_both(both *pair)
{
    slt_tensor_free(&pair->modular);
    slt_tensor_free(&pair->f64);
}

static void test_kernels(void)
{
    begin(mersenne, 1);
    both a = make_both(40, 70), at = make_both(70, 40), b = make_both(70, 9),
         bt = make_both(9, 70), c = make_both(40, 9), d = make_both(40, 9),
         row = make_both(1, 9), e = make_both(5, 9);
    for (int way = 0; way < 4; way++) {
        slt_transpose ta = way & 1 ? SLT_TRANSPOSED : SLT_PLAIN;
        slt_transpose tb = way & 2 ? SLT_TRANSPOSED : SLT_PLAIN;
        both *x = ta ? &at : &a, *y = tb ? &bt : &b;
        slt_num_product(ta, tb, &x->modular, &y->modular, &c.modular);
        slt_num_product(ta, tb, &x->f64, &y->f64, &c.f64);
        TAP_OK(same(&c.modular, &c.f64), "product %d", way);
    }
    slt_num_add_bias(&c.modular, &row.modular);
    slt_num_add_bias(&c.f64, &row.f64);
    TAP_OK(same(&c.modular, &c.f64), "bias");
    slt_num_add(&c.modular, &d.modular, &c.modular);
    slt_num_add(&c.f64, &d.f64, &c.f64);
    TAP_OK(same(&c.modular, &c.f64), "add");
    slt_num_subtract(&c.modular, &d.modular, &c.modular);
    slt_num_subtract(&c.f64, &d.f64, &c.f64);
    TAP_OK(same(&c.modular, &c.f64), "subtract");
    slt_num_negate(&c.modular, &c.modular);
    slt_num_negate(&c.f64, &c.f64);
    TAP_OK(same(&c.modular, &c.f64), "negate");
    both side = make_both(40, 18), product = make_both(40, 9);
    slt_num_concat((const slt_tensor *[]){&c.modular, &d.modular}, 2, &side.modular);
    slt_num_concat((const slt_tensor *[]){&c.f64, &d.f64}, 2, &side.f64);
    TAP_OK(same(&side.modular, &side.f64), "concat");
    slt_num_multiply(&c.modular, &d.modular, &product.modular);
    slt_num_multiply(&c.f64, &d.f64, &product.f64);
    TAP_OK(same(&product.modular, &product.f64), "multiply");
    slt_num_scale(slt_real_of(-0.375), &d.modular, &product.modular);
    slt_num_scale(slt_real_of(-0.375), &d.f64, &product.f64);
    TAP_OK(same(&product.modular, &product.f64), "scale");
    free_both(&side);
    free_both(&product);
    slt_num_square(&c.modular, &c.modular);
    slt_num_square(&c.f64, &c.f64);
    TAP_OK(same(&c.modular, &c.f64), "square");
    slt_num_square_back(&c.modular, &d.modular, &d.modular);
    slt_num_square_back(&c.f64, &d.f64, &d.f64);
    TAP_OK(same(&d.modular, &d.f64), "its gradient");
    slt_num_column_sums(&d.modular, &row.modular);
    slt_num_column_sums(&d.f64, &row.f64);
    TAP_OK(same(&row.modular, &row.f64), "column sums");
    /* Means of 8 and of 4 numbers are exact. */
    both f = make_both(8, 4);
    for (slt_centre way = SLT_CENTRE_NONE; way <= SLT_CENTRE_OUTPUTS; way++) {
        slt_num_centre(way, &f.modular);
        slt_num_centre(way, &f.f64);
        TAP_OK(same(&f.modular, &f.f64), "means taken off, %d", (int)way);
    }
    free_both(&f);
    slt_tensor index;
    if (slt_tensor_create(&index, SLT_INDEX, 40, 1, NULL))
        tap_bail("no memory");
    for (size_t i = 0; i < 40; i++)
        ((int32_t *)index.data)[i] = (int32_t)(random_word() % 5);
    slt_num_embedding(&e.modular, &index, &c.modular);
    slt_num_embedding(&e.f64, &index, &c.f64);
    TAP_OK(same(&c.modular, &c.f64), "embedding");
    slt_num_embedding_back(&index, &c.modular, &e.modular);
    slt_num_embedding_back(&index, &c.f64, &e.f64);
    TAP_OK(same(&e.modular, &e.f64), "its gradient");
    slt_tensor_free(&index);
    both *all[] = {&a, &at, &b, &bt, &c, &d, &row, &e};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free_both(all[i]);
}

/* ---- Ranks ------------------------------------------------------------------------- */

static void put(slt_tensor *to, size_t e, int64_t numerator, uint64_t denominator)
{
    slt_modular_put(&(slt_modular_number){numerator, denominator, 0, 1}, to, e);
}

/* A product of rows x rank by rank x cols, some rows and columns 0, some twice. */
static slt_tensor make_matrix(size_t rows, size_t cols, size_t rank)
{
    slt_tensor a = make(rows, rank), b = make(rank, cols), c = make(rows, cols);
    for (size_t e = 0; e < slt_tensor_count(&a); e++)
        put(&a, e, (int64_t)(random_word() % 7) - 3, 1);
    for (size_t e = 0; e < slt_tensor_count(&b); e++)
        put(&b, e, (int64_t)(random_word() >> 3), 1 + random_word() % 5);
    for (size_t j = 0; j < rank && rows > 3; j++)
        ((uint64_t *)a.data)[1 * rank + j] = ((uint64_t *)a.data)[2 * rank + j];
    for (size_t i = 0; i < rank && cols > 3; i++)
        ((uint64_t *)b.data)[i * cols] = ((uint64_t *)b.data)[i * cols + 2] = 0;
    slt_num_product(SLT_PLAIN, SLT_PLAIN, &a, &b, &c);
    slt_tensor_free(&a);
    slt_tensor_free(&b);
    return c;
}

static void test_rank(size_t rows, size_t cols, size_t rank, slt_pool *pool)
{
    slt_tensor matrix = make_matrix(rows, cols, rank);
    uint64_t *copy = malloc(rows * cols * sizeof *copy);
    if (!copy)
        tap_bail("no memory");
    for (size_t e = 0; e < rows * cols; e++)
        copy[e] = residue_at(&matrix, e);
    size_t want = slow_rank(copy, rows, cols, slt_modulus_here.prime);
    size_t got = slt_modular_rank(&matrix, pool, NULL);
    TAP_OK(got == want && got <= rank, "%zu x %zu: rank %zu of %zu", rows, cols, got,
           want);
    free(copy);
    slt_tensor_free(&matrix);
}

static void count_tells(void *context, uint64_t done, uint64_t all)
{
    *(size_t *)context += done <= all;
}

static void test_ranks(void)
{
    slt_pool *pool = NULL;
    if (slt_pool_create(3, &pool, NULL))
        tap_bail("no pool");
    begin(slt_modular_prime(SLT_MODULAR_MIN + 1000, 1), 1);
    test_rank(1, 1, 1, NULL);
    test_rank(7, 5, 3, NULL);
    test_rank(40, 33, 33, NULL);
    begin(mersenne, 1);
    test_rank(33, 40, 20, pool);
    test_rank(70, 90, 65, pool);
    test_rank(90, 70, 70, pool);
    test_rank(66, 66, 32, NULL);
    slt_tensor zero = make(5, 9), matrix = make_matrix(80, 80, 70);
    TAP_EQ_U64(slt_modular_rank(&zero, NULL, NULL), 0, "the rank of 0");
    size_t tells = 0;
    slt_modular_rank(&matrix, NULL, &(slt_modular_watch){count_tells, &tells});
    TAP_OK(tells >= 2, "it tells how far it is");
    slt_tensor_free(&zero);
    slt_tensor_free(&matrix);
    slt_pool_free(pool);
}

int main(void)
{
    slt_error err;
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    random_begin();
    test_primes();
    test_products(mersenne);
    test_products(slt_modular_prime(SLT_MODULAR_MIN + 1000, 1));
    test_products(slt_modular_prime(UINT64_C(1) << 47, 12));
    test_rationals();
    const uint64_t orders[] = {1, 2, 3, 15, 33, 64, 253};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        test_cosines(orders[i]);
    test_kernels();
    test_ranks();
    return tap_done();
}
