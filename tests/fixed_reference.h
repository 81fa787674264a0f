/* Shared by tests of fixed-point kernels: blocks biased to the edges of their range, and
 * roundings and sums one at a time, written independently of the library. */
#ifndef SLT_TESTS_FIXED_REFERENCE_H
#define SLT_TESTS_FIXED_REFERENCE_H

#include "num/fixed/fixed.h"
#include "reference.h"

/* What a block is filled with. */
typedef enum fixed_mix {
    FIXED_PLAIN,  /* about 49 bits, as data have */
    FIXED_SMALL,  /* at most 20 bits: nothing is rounded */
    FIXED_RANGE,  /* any number of bits up to 63, all about equally likely */
    FIXED_EDGES,  /* powers of two and their neighbours, both ends of int64, ties */
    FIXED_SPARSE, /* zeros, and few numbers */
    FIXED_ZEROS,
    FIXED_MIXES
} fixed_mix;

static inline int64_t fixed_number(fixed_mix mix)
{
    int64_t any = (int64_t)ref_random();
    uint64_t power = UINT64_C(1) << ref_below(63);
    switch (mix) {
    case FIXED_PLAIN:
        return any >> 15;
    case FIXED_SMALL:
        return any >> 44;
    case FIXED_RANGE:
        return any >> ref_below(64);
    case FIXED_EDGES:
        switch (ref_below(8)) {
        case 0:
            return INT64_MAX - (int64_t)ref_below(3);
        case 1:
            return INT64_MIN + (int64_t)ref_below(3);
        case 2:
            return (int64_t)(power - 1 + ref_below(3));
        case 3:
            return -(int64_t)(power - 1 + ref_below(3));
        default: /* an odd multiple of a power: a tie at one shift */
            return (int64_t)(((uint64_t)any >> 40 | 1) << ref_below(40));
        }
    case FIXED_SPARSE:
        return ref_below(9) ? 0 : any >> ref_below(64);
    default:
        return 0;
    }
}

static inline slt_tensor fixed_filled(size_t rows, size_t cols, fixed_mix mix, int frac)
{
    slt_tensor t = ref_tensor(SLT_FIXED, rows, cols);
    int64_t *m = t.data;
    for (size_t e = 0; e < rows * cols; e++)
        m[e] = fixed_number(mix);
    t.frac = frac;
    return t;
}

/* Elements, exponent and overflow alike. */
static inline bool fixed_same(const slt_tensor *a, const slt_tensor *b)
{
    return a->frac == b->frac && a->overflow == b->overflow &&
           slt_tensor_count(a) == slt_tensor_count(b) &&
           (!slt_tensor_count(a) || memcmp(a->data, b->data, ref_size(a)) == 0);
}

/* ---- Definitions, written out ------------------------------------------------------ */

static inline int fixed_bits_of(int64_t m)
{
    int bits = 0;
    for (uint64_t size = m < 0 ? 0 - (uint64_t)m : (uint64_t)m; size; size >>= 1)
        bits++;
    return bits;
}

static inline int fixed_bits(const slt_tensor *t)
{
    int most = 0;
    for (size_t e = 0; e < slt_tensor_count(t); e++) {
        int bits = fixed_bits_of(((const int64_t *)t->data)[e]);
        most = bits > most ? bits : most;
    }
    return most;
}

static inline int fixed_ceil_log2(size_t n)
{
    int log = 0;
    while (((size_t)1 << log) < n)
        log++;
    return log;
}

/* m / 2^shift to nearest, ties to even, by steps that keep whether anything was lost. */
static inline int64_t fixed_round(int64_t m, int shift)
{
    uint64_t size = m < 0 ? 0 - (uint64_t)m : (uint64_t)m;
    bool half = false, lost = false;
    for (; shift > 0; shift--) {
        lost |= half;
        half = size & 1;
        size >>= 1;
    }
    size += half && (lost || (size & 1));
    return (int64_t)(m < 0 ? 0 - size : size);
}

/* ---- Copies ----------------------------------------------------------------------- */

/* One TAP line for each copy of the kernels; cases returns how many results were wrong
 * under the kernels in use. */
static inline void fixed_each_copy(const char *name, size_t (*cases)(void))
{
    for (int isa = 0; isa < SLT_ISA_COUNT; isa++) {
        if (!ref_switch((slt_isa)isa))
            continue;
        ref_state = 0x9e3779b97f4a7c15u;
        size_t wrong = cases();
        if (!TAP_OK(wrong == 0, "%s, %s", name, slt_isa_name((slt_isa)isa)))
            tap_note("%zu results differ", wrong);
    }
}

#endif
