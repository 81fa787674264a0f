/* Rotations that go with positions: their angles, in binary64, whatever the arithmetic of
 * what is rotated. */
#include "base/assert.h"
#include "num/kernels.h"
#include "num/scalar.h"
#include "num/scratch.h"

/* base^(-2 i / d). */
static slt_real frequency(slt_real base, size_t pair, size_t width)
{
    const slt_real share =
        slt_real_div(slt_real_from_u64(2 * pair), slt_real_from_u64(width));
    return slt_real_exp(slt_real_neg(slt_real_mul(share, slt_real_log(base))));
}

/* A block of numbers of at most 1. */
static slt_tensor table_of(const slt_tensor *x, size_t rows, size_t cols, void *data)
{
    return (slt_tensor){.arithmetic = x->arithmetic,
                        .rows = rows,
                        .cols = cols,
                        .data = data,
                        .frac = x->arithmetic == SLT_FIXED ? SLT_ROTATION_FRAC : 0};
}

static void find_turns(const slt_rotary *by, size_t width, slt_tensor *cosine,
                       slt_tensor *sine)
{
    static const slt_real pi = {UINT64_C(0x400921fb54442d18)};
    const size_t pairs = width / 2;
    for (size_t i = 0; i < pairs; i++) {
        const slt_real each = frequency(by->base, i, width);
        for (size_t t = 0; t < by->positions; t++) {
            const slt_real angle = slt_real_mul(slt_real_from_u64(t), each);
            const slt_real_sincos turn = slt_real_sincospi(slt_real_div(angle, pi));
            slt_tensor_set(cosine, t * pairs + i, turn.cosine);
            slt_tensor_set(sine, t * pairs + i, turn.sine);
        }
    }
}

void slt_num_rotary(const slt_rotary *by, bool back, const slt_tensor *x, slt_tensor *y)
{
    const size_t width = x->cols / by->heads, pairs = width / 2;
    SLT_ASSERT(x->arithmetic == y->arithmetic && x->rows == y->rows);
    SLT_ASSERT(x->cols == y->cols);
    SLT_ASSERT(by->positions && x->rows % by->positions == 0);
    SLT_ASSERT(x->cols % (2 * by->heads) == 0 && x->data != y->data);
    const size_t size = by->positions * pairs * slt_arithmetic_size(x->arithmetic);
    char *room = slt_sums_scratch(2 * size);
    slt_tensor cosine = table_of(x, by->positions, pairs, room);
    slt_tensor sine = table_of(x, by->positions, pairs, room + size);
    find_turns(by, width, &cosine, &sine);
    slt_kernels_of(x->arithmetic)
        ->rotate(&(const slt_rotation){&cosine, &sine, by->heads, back, by->neighbours},
                 x, y);
}
