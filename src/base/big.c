#include "base/big.h"

#include <string.h>

#include "base/assert.h"

static void push(slt_big *a, uint32_t limb)
{
    SLT_ASSERT(a->count < SLT_BIG_LIMBS);
    a->limb[a->count++] = limb;
}

static void trim(slt_big *a)
{
    while (a->count && !a->limb[a->count - 1])
        a->count--;
}

void slt_big_set(slt_big *a, uint64_t value)
{
    a->count = 2;
    a->limb[0] = (uint32_t)value;
    a->limb[1] = (uint32_t)(value >> 32);
    trim(a);
}

void slt_big_copy(slt_big *to, const slt_big *from)
{
    to->count = from->count;
    memcpy(to->limb, from->limb, from->count * sizeof *from->limb);
}

void slt_big_scale(slt_big *a, uint32_t factor, uint32_t addend)
{
    uint64_t carry = addend;
    for (size_t i = 0; i < a->count; i++) {
        carry += (uint64_t)a->limb[i] * factor;
        a->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry)
        push(a, (uint32_t)carry);
    trim(a);
}

void slt_big_scale_pow10(slt_big *a, unsigned power)
{
    for (; power >= 9; power -= 9)
        slt_big_scale(a, 1000000000, 0);
    for (; power; power--)
        slt_big_scale(a, 10, 0);
}

void slt_big_shift(slt_big *a, unsigned bits)
{
    size_t limbs = bits / 32;
    slt_big_scale(a, UINT32_C(1) << bits % 32, 0);
    if (!a->count || !limbs)
        return;
    SLT_ASSERT(a->count + limbs <= SLT_BIG_LIMBS);
    memmove(a->limb + limbs, a->limb, a->count * sizeof *a->limb);
    memset(a->limb, 0, limbs * sizeof *a->limb);
    a->count += limbs;
}

void slt_big_add(slt_big *a, const slt_big *b)
{
    while (a->count < b->count)
        push(a, 0);
    uint64_t carry = 0;
    for (size_t i = 0; i < a->count; i++) {
        carry += (uint64_t)a->limb[i] + (i < b->count ? b->limb[i] : 0);
        a->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry)
        push(a, (uint32_t)carry);
}

void slt_big_sub(slt_big *a, const slt_big *b)
{
    uint32_t borrow = 0;
    for (size_t i = 0; i < a->count; i++) {
        uint64_t take = (uint64_t)(i < b->count ? b->limb[i] : 0) + borrow;
        borrow = a->limb[i] < take;
        a->limb[i] = (uint32_t)(a->limb[i] - take);
    }
    SLT_ASSERT(!borrow && b->count <= a->count);
    trim(a);
}

int slt_big_compare(const slt_big *a, const slt_big *b)
{
    if (a->count != b->count)
        return a->count < b->count ? -1 : 1;
    for (size_t i = a->count; i-- > 0;)
        if (a->limb[i] != b->limb[i])
            return a->limb[i] < b->limb[i] ? -1 : 1;
    return 0;
}

size_t slt_big_width(const slt_big *a)
{
    if (!a->count)
        return 0;
    return 32 * a->count - (size_t)__builtin_clz(a->limb[a->count - 1]);
}
