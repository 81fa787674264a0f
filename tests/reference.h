/* Shared by tests of kernels: corner-biased numbers, tensors that end where readable
 * memory ends, arithmetic one operation at a time, and comparison of bits. */
#ifndef SLT_TESTS_REFERENCE_H
#define SLT_TESTS_REFERENCE_H

#include <math.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cpu.h"
#include "num/math.h"
#include "num/ops.h"
#include "num/update.h"
#include "tap.h"

/* ---- Numbers --------------------------------------------------------------------- */

static uint64_t ref_state = 0x9e3779b97f4a7c15u;

/* SplitMix64. */
static inline uint64_t ref_random(void)
{
    uint64_t z = ref_state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static inline size_t ref_below(size_t n)
{
    return (size_t)(ref_random() % n);
}

/* What a tensor is filled with: numbers near 1; those and corners of the format;
 * those and, rarely, infinities. */
typedef enum ref_mix { REF_PLAIN, REF_CORNERS, REF_INFINITE, REF_MIXES } ref_mix;

static inline double ref_plain(void)
{
    return ldexp((double)(int64_t)ref_random(), -63 + (int)ref_below(7) - 3);
}

static inline double ref_corner(slt_arithmetic arithmetic)
{
    bool f32 = arithmetic == SLT_F32;
    int least = f32 ? -149 : -1074, normal = f32 ? -126 : -1022, top = f32 ? 127 : 1023;
    double unit = f32 ? 0x1p-23 : 0x1p-52;
    const double corners[] = {
        0,
        ldexp(1, least),
        ldexp(3, least),
        ldexp(1, normal),
        ldexp(1 - unit, normal),
        ldexp(1, normal / 2),
        ldexp(1.5, top / 2),
        ldexp(1, top),
        ldexp(2 - unit, top),
        1,
        1 + unit,
        1 - unit / 2,
        unit,
        0.5,
        3,
    };
    double value = corners[ref_below(sizeof corners / sizeof *corners)];
    return ref_random() & 1 ? -value : value;
}

static inline double ref_number(slt_arithmetic arithmetic, ref_mix mix)
{
    if (mix == REF_INFINITE && ref_below(150) == 0)
        return ref_random() & 1 ? -INFINITY : INFINITY;
    if (mix != REF_PLAIN && ref_below(4) == 0)
        return ref_corner(arithmetic);
    return ref_plain();
}

/* ---- Tensors --------------------------------------------------------------------- */

static inline double ref_get(const slt_tensor *t, size_t e)
{
    return t->arithmetic == SLT_F32 ? ((const float *)t->data)[e]
                                    : ((const double *)t->data)[e];
}

static inline void ref_set(slt_tensor *t, size_t e, double value)
{
    if (t->arithmetic == SLT_F32)
        ((float *)t->data)[e] = (float)value;
    else
        ((double *)t->data)[e] = value;
}

static inline size_t ref_size(const slt_tensor *t)
{
    return t->rows * t->cols * (t->arithmetic == SLT_F32 ? 4 : 8);
}

static inline size_t ref_pages(const slt_tensor *t)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (ref_size(t) + page - 1) / page * page + page;
}

/* Its last element ends at a page that cannot be read; its first stands at any multiple
 * of the element's size. */
static inline slt_tensor ref_tensor(slt_arithmetic arithmetic, size_t rows, size_t cols)
{
    slt_tensor t = {.arithmetic = arithmetic, .rows = rows, .cols = cols};
    size_t page = (size_t)sysconf(_SC_PAGESIZE), size = ref_pages(&t);
    char *start =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED || mprotect(start + size - page, page, PROT_NONE) != 0)
        tap_bail("no memory");
    t.data = start + size - page - ref_size(&t);
    return t;
}

static inline void ref_free(slt_tensor *t)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), size = ref_pages(t);
    munmap((char *)t->data + ref_size(t) + page - size, size);
    t->data = NULL;
}

static inline void ref_fill(slt_tensor *t, ref_mix mix)
{
    for (size_t e = 0; e < slt_tensor_count(t); e++)
        ref_set(t, e, ref_number(t->arithmetic, mix));
}

static inline slt_tensor ref_filled(slt_arithmetic arithmetic, size_t rows, size_t cols,
                                    ref_mix mix)
{
    slt_tensor t = ref_tensor(arithmetic, rows, cols);
    ref_fill(&t, mix);
    return t;
}

static inline slt_tensor ref_copy(const slt_tensor *from)
{
    slt_tensor t = ref_tensor(from->arithmetic, from->rows, from->cols);
    memcpy(t.data, from->data, ref_size(from));
    return t;
}

/* ---- Arithmetic: each of these rounds once, to the tensor's type. ---------------- */

static inline double ref_round(slt_arithmetic a, double x)
{
    return a == SLT_F32 ? (double)(float)x : x;
}

static inline double ref_add(slt_arithmetic a, double x, double y)
{
    return a == SLT_F32 ? (double)((float)x + (float)y) : x + y;
}

static inline double ref_mul(slt_arithmetic a, double x, double y)
{
    return a == SLT_F32 ? (double)((float)x * (float)y) : x * y;
}

static inline double ref_div(slt_arithmetic a, double x, double y)
{
    return a == SLT_F32 ? (double)((float)x / (float)y) : x / y;
}

static inline double ref_root(slt_arithmetic a, double x)
{
    return a == SLT_F32 ? (double)sqrtf((float)x) : sqrt(x);
}

static inline double ref_fma(slt_arithmetic a, double x, double y, double z)
{
    return a == SLT_F32 ? (double)fmaf((float)x, (float)y, (float)z) : fma(x, y, z);
}

/* A canonical reduction, one term at a time: term e goes to partial e mod 64. */
typedef struct ref_sum {
    double partial[64];
    size_t terms;
} ref_sum;

static inline void ref_sum_fma(ref_sum *sum, double x, double y)
{
    double *partial = &sum->partial[sum->terms++ % 64];
    *partial = fma(x, y, *partial);
}

static inline double ref_sum_total(const ref_sum *sum)
{
    double level[64];
    memcpy(level, sum->partial, sizeof level);
    for (int width = 32; width > 0; width >>= 1)
        for (int j = 0; j < width; j++)
            level[j] = level[j] + level[j + width];
    return level[0];
}

/* ---- Comparison ------------------------------------------------------------------ */

/* Bits equal, or both NaN: no NaN's bits reach a hash. */
static inline bool ref_same(double x, double y)
{
    return (x != x && y != y) || memcmp(&x, &y, sizeof x) == 0;
}

static inline size_t ref_differing(const slt_tensor *a, const slt_tensor *b)
{
    size_t differing = 0;
    for (size_t e = 0; e < slt_tensor_count(a); e++)
        differing += !ref_same(ref_get(a, e), ref_get(b, e));
    return differing;
}

static inline bool ref_finite(const slt_tensor *t)
{
    for (size_t e = 0; e < slt_tensor_count(t); e++)
        if (!isfinite(ref_get(t, e)))
            return false;
    return true;
}

/* ---- Copies of the kernels ------------------------------------------------------- */

/* Switches to the kernels of isa; false where this CPU or build has none of it. */
static inline bool ref_switch(slt_isa isa)
{
    slt_num_start(isa);
    return slt_num_isa() == isa;
}

/* One TAP line for each copy: f32 and f64 judged by cases(arithmetic), which returns how
 * many results were wrong under the kernels in use. */
static inline void ref_each_copy(const char *name, size_t (*cases)(slt_arithmetic))
{
    slt_error err;
    slt_num_start(SLT_ISA_COUNT);
    if (slt_num_available(SLT_F32, &err) == SLT_UNFIT) {
        tap_skip(name, "no fused multiply-add here");
        return;
    }
    for (int isa = 0; isa < SLT_ISA_COUNT; isa++)
        for (slt_arithmetic a = SLT_F32; a <= SLT_F64; a++) {
            if (!ref_switch((slt_isa)isa))
                continue;
            ref_state = 0x9e3779b97f4a7c15u;
            size_t wrong = cases(a);
            if (!TAP_OK(wrong == 0, "%s, %s, %s", name, slt_isa_name((slt_isa)isa),
                        a == SLT_F32 ? "f32" : "f64"))
                tap_note("%zu results differ", wrong);
        }
}

#endif
