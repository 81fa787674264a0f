/* The least of a convex quadratic, with or without the sum of its arguments' sizes, in
 * the order of docs/spec/12-linear-algebra.md: Cholesky's decomposition by the arguments
 * that are not held at 0, of which some are held and others freed until none has to be.
 *
 * This is one body for two units, which have `real` and its operations before it: lasso.c
 * by integers (real_integers.h), float/lasso.c by hardware (float/real_hardware.h). */
#include "base/assert.h"
#include "num/linalg.h"
#include "num/real_body.h"

/* Of x'gx / 2 - a'x + l1 sum |x_j|. */
typedef struct work {
    size_t count;
    real *g, *a, l1;
    real *x;
    signed char *sign; /* of an argument that is free; 0: it is held at 0 */
    size_t free;       /* how many are, ... */
    size_t *index;     /* ... and which, ascending */
    real *lower;       /* the decomposition, row by row */
    real *to;          /* where the free ones would go */
} work;

static real signed_l1(const work *k, size_t j)
{
    return k->sign[j] < 0 ? real_neg(k->l1) : k->l1;
}

/* ---- The free arguments ------------------------------------------------------------ */

static void find_free(work *k)
{
    k->free = 0;
    for (size_t j = 0; j < k->count; j++)
        if (k->sign[j])
            k->index[k->free++] = j;
}

/* False where a pivot is not above 2^-40 of its diagonal. */
static bool factorize(work *k)
{
    for (size_t i = 0; i < k->free; i++) {
        const real *row = k->g + k->index[i] * k->count;
        real *l = k->lower + i * k->count;
        for (size_t j = 0; j <= i; j++) {
            const real *other = k->lower + j * k->count;
            real sum = row[k->index[j]];
            for (size_t m = 0; m < j; m++)
                sum = real_fma(real_neg(l[m]), other[m], sum);
            if (j < i)
                l[j] = real_div(sum, other[j]);
            else if (real_less(real_mul(REAL(-40), row[k->index[i]]), sum))
                l[i] = real_sqrt(sum);
            else
                return false;
        }
    }
    return true;
}

/* The least for the signs that they have. */
static void substitute(work *k)
{
    for (size_t i = 0; i < k->free; i++) {
        const real *l = k->lower + i * k->count;
        const size_t j = k->index[i];
        real sum = real_add(k->a[j], real_neg(signed_l1(k, j)));
        for (size_t m = 0; m < i; m++)
            sum = real_fma(real_neg(l[m]), k->to[m], sum);
        k->to[i] = real_div(sum, l[i]);
    }
    for (size_t i = k->free; i-- > 0;) {
        real sum = k->to[i];
        for (size_t m = i + 1; m < k->free; m++)
            sum = real_fma(real_neg(k->lower[m * k->count + i]), k->to[m], sum);
        k->to[i] = real_div(sum, k->lower[i * k->count + i]);
    }
}

/* ---- Holding and freeing ----------------------------------------------------------- */

/* Moves them to the least, or to where the first of them reaches 0: it is held there.
 * Whether none was. */
static bool move_free(work *k)
{
    size_t first = k->free;
    real share = ZERO;
    for (size_t i = 0; i < k->free && real_less(ZERO, k->l1); i++) {
        const size_t j = k->index[i];
        const real to = k->sign[j] < 0 ? real_neg(k->to[i]) : k->to[i];
        if (real_less(ZERO, to))
            continue;
        const real before = k->x[j];
        const real part = real_less(ZERO, real_size(before))
                              ? real_div(before, real_add(before, real_neg(k->to[i])))
                              : ZERO;
        if (first == k->free || real_less(part, share)) {
            first = i;
            share = part;
        }
    }
    for (size_t i = 0; i < k->free; i++) {
        real *x = &k->x[k->index[i]];
        if (first == k->free)
            *x = k->to[i];
        else
            *x =
                i == first ? ZERO : real_fma(share, real_add(k->to[i], real_neg(*x)), *x);
    }
    if (first == k->free)
        return true;
    k->sign[k->index[first]] = 0;
    return false;
}

/* What pulls argument j upwards, a_j - (g x)_j, and what of it rounding can make. */
static real force(const work *k, size_t j, real *doubt)
{
    const real *row = k->g + j * k->count;
    real sum = k->a[j], sizes = real_size(k->a[j]);
    for (size_t m = 0; m < k->count; m++) {
        sum = real_fma(real_neg(row[m]), k->x[m], sum);
        sizes = real_fma(real_size(row[m]), real_size(k->x[m]), sizes);
    }
    *doubt = real_mul(REAL(-40), sizes);
    return sum;
}

/* Frees the argument that is pulled the most beyond l1 and doubt.  *least: whether none
 * is, and the free ones are where their forces balance. */
static bool free_one(work *k, bool *least)
{
    size_t best = k->count;
    real most = ZERO, best_force = ZERO;
    *least = true;
    for (size_t j = 0; j < k->count; j++) {
        real doubt, pull = force(k, j, &doubt);
        if (k->sign[j]) {
            const real left = real_size(real_add(pull, real_neg(signed_l1(k, j))));
            *least = *least && !real_less(doubt, left);
            continue;
        }
        const real excess =
            real_add(real_add(real_size(pull), real_neg(k->l1)), real_neg(doubt));
        if (real_less(most, excess)) {
            most = excess;
            best = j;
            best_force = pull;
        }
    }
    if (best == k->count)
        return false;
    k->sign[best] = real_less(best_force, ZERO) ? -1 : 1;
    return true;
}

/* Each argument in turn goes to the least along itself. */
static void sweep(work *k)
{
    for (size_t j = 0; j < k->count; j++) {
        const real *row = k->g + j * k->count;
        real sum = k->a[j];
        for (size_t m = 0; m < k->count; m++)
            if (m != j)
                sum = real_fma(real_neg(row[m]), k->x[m], sum);
        k->sign[j] = real_less(sum, ZERO) ? -1 : 1;
        const real left = real_add(real_size(sum), real_neg(k->l1));
        if (!real_less(ZERO, left) || !real_less(ZERO, row[j]))
            k->sign[j] = 0;
        const real size = k->sign[j] ? real_div(left, row[j]) : ZERO;
        k->x[j] = k->sign[j] < 0 ? real_neg(size) : size;
    }
}

/* Whether x is the least. */
static bool search(work *k)
{
    const size_t rounds = 100 * k->count + 1000;
    bool least = false;
    for (size_t round = 0; round < rounds; round++) {
        find_free(k);
        if (!factorize(k)) {
            if (!real_less(ZERO, k->l1))
                return false;
            sweep(k);
        } else {
            substitute(k);
            if (!move_free(k))
                continue;
        }
        if (!free_one(k, &least) && least)
            return true;
    }
    return false;
}

/* ---- The whole --------------------------------------------------------------------- */

static void fill(work *k, const slt_tensor *g, const slt_tensor *a, slt_real l1,
                 const slt_tensor *x)
{
    for (size_t i = 0; i < k->count * k->count; i++)
        k->g[i] = real_of(slt_tensor_get(g, i));
    k->l1 = real_of(l1);
    const bool smooth = !real_less(ZERO, k->l1);
    for (size_t j = 0; j < k->count; j++) {
        k->a[j] = real_of(slt_tensor_get(a, j));
        k->x[j] = real_of(slt_tensor_get(x, j));
        const bool up = real_less(ZERO, k->x[j]), down = real_less(k->x[j], ZERO);
        k->sign[j] = up || smooth ? 1 : down ? -1 : 0;
    }
}

static bool lasso(const slt_tensor *g, const slt_tensor *a, slt_real l1, slt_tensor *x,
                  slt_tensor *room)
{
    work k = {.count = slt_tensor_count(a)};
    SLT_ASSERT(slt_tensor_count(room) >= slt_num_lasso_room(k.count));
    k.g = room->data;
    k.lower = k.g + k.count * k.count;
    k.a = k.lower + k.count * k.count;
    k.x = k.a + k.count;
    k.to = k.x + k.count;
    k.index = (size_t *)(void *)(k.to + k.count);
    k.sign = (signed char *)(void *)(k.to + 2 * k.count);
    fill(&k, g, a, l1, x);
    const bool found = search(&k);
    for (size_t j = 0; j < k.count; j++)
        slt_tensor_set(x, j, real_bits(k.x[j]));
    return found;
}
