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

/* What a table of turns hangs on; cosines and then sines stand behind it. */
typedef struct turns {
    slt_arithmetic arithmetic;
    size_t positions, width;
    slt_real base;
} turns;

/* Room for the tables of a network's ops, at which they begin anew. */
#define ROOM ((size_t)1 << 20)

/* The tables that this thread has made, one behind the other. */
static _Thread_local struct {
    char *block;
    size_t used, room;
} held;

/* Bytes of one of both tables, and of all with what is before them. */
static size_t table_bytes(const turns *of)
{
    return of->positions * (of->width / 2) * slt_arithmetic_size(of->arithmetic);
}

static size_t turns_bytes(const turns *of)
{
    const size_t bytes = SLT_TENSOR_ALIGNMENT + 2 * table_bytes(of);
    return (bytes + SLT_TENSOR_ALIGNMENT - 1) / SLT_TENSOR_ALIGNMENT *
           SLT_TENSOR_ALIGNMENT;
}

/* A block of numbers of at most 1. */
static slt_tensor table_of(const turns *of, char *data)
{
    return (slt_tensor){.arithmetic = of->arithmetic,
                        .rows = of->positions,
                        .cols = of->width / 2,
                        .data = data,
                        .frac = of->arithmetic == SLT_FIXED ? SLT_ROTATION_FRAC : 0};
}

static void set_turns(const turns *of, slt_tensor *cosine, slt_tensor *sine)
{
    static const slt_real pi = {UINT64_C(0x400921fb54442d18)};
    const size_t pairs = of->width / 2;
    for (size_t i = 0; i < pairs; i++) {
        const slt_real each = frequency(of->base, i, of->width);
        for (size_t t = 0; t < of->positions; t++) {
            const slt_real angle = slt_real_mul(slt_real_from_u64(t), each);
            const slt_real_sincos turn = slt_real_sincospi(slt_real_div(angle, pi));
            slt_tensor_set(cosine, t * pairs + i, turn.cosine);
            slt_tensor_set(sine, t * pairs + i, turn.sine);
        }
    }
}

static bool same_turns(const turns *a, const turns *b)
{
    return a->arithmetic == b->arithmetic && a->positions == b->positions &&
           a->width == b->width && a->base.bits == b->base.bits;
}

static turns *held_turns(const turns *of)
{
    for (size_t at = 0; at < held.used;) {
        turns *one = (void *)(held.block + at);
        if (same_turns(one, of))
            return one;
        at += turns_bytes(one);
    }
    return NULL;
}

static turns *room_for_turns(const turns *of)
{
    const size_t bytes = turns_bytes(of);
    if (bytes > held.room - held.used) {
        const size_t room = bytes > ROOM ? bytes : ROOM;
        held.room = room > held.room ? room : held.room;
        held.used = 0;
        held.block = slt_turns_scratch(held.room);
    }
    turns *one = (void *)(held.block + held.used);
    held.used += bytes;
    return one;
}

/* The tables that `of` names, made where the thread does not have them. */
static void find_turns(const turns *of, slt_tensor *cosine, slt_tensor *sine)
{
    turns *found = held_turns(of), *at = found ? found : room_for_turns(of);
    char *tables = (char *)at + SLT_TENSOR_ALIGNMENT;
    *cosine = table_of(of, tables);
    *sine = table_of(of, tables + table_bytes(of));
    if (found)
        return;
    *at = *of;
    set_turns(of, cosine, sine);
}

void slt_num_rotary(const slt_rotary *by, bool back, const slt_tensor *x, slt_tensor *y)
{
    SLT_ASSERT(x->arithmetic == y->arithmetic && x->rows == y->rows);
    SLT_ASSERT(x->cols == y->cols);
    SLT_ASSERT(by->positions && x->rows % by->positions == 0);
    SLT_ASSERT(x->cols % (2 * by->heads) == 0 && x->data != y->data);
    const turns of = {.arithmetic = x->arithmetic,
                      .positions = by->positions,
                      .width = x->cols / by->heads,
                      .base = by->base};
    slt_tensor cosine, sine;
    find_turns(&of, &cosine, &sine);
    slt_kernels_of(x->arithmetic)
        ->rotate(&(const slt_rotation){&cosine, &sine, by->heads, back, by->neighbours},
                 x, y);
}
