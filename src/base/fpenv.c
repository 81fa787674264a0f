#include "base/fpenv.h"

#include <fenv.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/assumptions.h"

#if defined(__SSE2__)
#include <xmmintrin.h>

enum {
    MXCSR_DAZ = 0x0040,
    MXCSR_ROUNDING = 0x6000,
    MXCSR_FTZ = 0x8000,
    MXCSR_WRONG = MXCSR_DAZ | MXCSR_ROUNDING | MXCSR_FTZ
};

static bool clear_control(void)
{
    unsigned control = _mm_getcsr();
    if (!(control & MXCSR_WRONG))
        return false;
    _mm_setcsr(control & ~(unsigned)MXCSR_WRONG);
    return true;
}

#elif defined(__aarch64__)

/* FPCR: FIZ 0, AH 1, NEP 2, FZ16 19, RMode 22-23, FZ 24, DN 25. */
#define FPCR_WRONG UINT64_C(0x03c80007)

static bool clear_control(void)
{
    uint64_t control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    if (!(control & FPCR_WRONG))
        return false;
    control &= ~FPCR_WRONG;
    __asm__ volatile("msr fpcr, %0" : : "r"(control));
    return true;
}

#else

static bool clear_control(void)
{
    return false;
}

#endif

/* Each row: x op y must have the bits of `want`.  The operands are read through volatile
 * so that the CPU computes, not the compiler. */
typedef struct proof {
    char op;
    double x, y, want;
    const char *wrong;
} proof;

static const proof singles[] = {
    {'+', 1, 0x1p-25, 1, "binary32 rounds up"},
    {'+', -1, -0x1p-25, -1, "binary32 rounds down"},
    {'+', 1, 0x1.8p-24, 0x1.000002p0, "binary32 rounds toward zero"},
    {'+', 1, 0x1p-24, 1, "binary32 does not round ties to even"},
    {'+', 0x1.000002p0, 0x1p-24, 0x1.000004p0, "binary32 does not round ties to even"},
    {'*', 0x1p-100, 0x1p-40, 0x1p-140, "binary32 flushes subnormal results to zero"},
    {'*', 0x1p-140, 0x1p100, 0x1p-40, "binary32 takes subnormal operands as zero"},
};

static const proof doubles[] = {
    {'+', 1, 0x1p-54, 1, "binary64 rounds up"},
    {'+', -1, -0x1p-54, -1, "binary64 rounds down"},
    {'+', 1, 0x1.8p-53, 0x1.0000000000001p0, "binary64 rounds toward zero"},
    {'+', 1, 0x1p-53, 1, "binary64 does not round ties to even"},
    {'+', 0x1.0000000000001p0, 0x1p-53, 0x1.0000000000002p0,
     "binary64 does not round ties to even"},
    {'*', 0x1p-1000, 0x1p-60, 0x1p-1060, "binary64 flushes subnormal results to zero"},
    {'*', 0x1p-1060, 0x1p1000, 0x1p-60, "binary64 takes subnormal operands as zero"},
};

static bool single_holds(const proof *row)
{
    volatile float x = (float)row->x, y = (float)row->y, want = (float)row->want;
    volatile float got = row->op == '+' ? x + y : x * y;
    float g = got, w = want;
    return memcmp(&g, &w, sizeof g) == 0;
}

static bool double_holds(const proof *row)
{
    volatile double x = row->x, y = row->y;
    volatile double got = row->op == '+' ? x + y : x * y;
    double g = got, w = row->want;
    return memcmp(&g, &w, sizeof g) == 0;
}

slt_status slt_fpenv_check(slt_error *err)
{
    const char *wrong = NULL;
    for (size_t i = 0; i < sizeof singles / sizeof *singles && !wrong; i++)
        wrong = single_holds(&singles[i]) ? NULL : singles[i].wrong;
    for (size_t i = 0; i < sizeof doubles / sizeof *doubles && !wrong; i++)
        wrong = double_holds(&doubles[i]) ? NULL : doubles[i].wrong;
    if (!wrong)
        return SLT_OK;
    return slt_fail(err, SLT_UNFIT,
                    "floating-point environment: expected round to nearest even with "
                    "gradual underflow, found that %s",
                    wrong);
}

slt_status slt_fpenv_enter(bool *corrected, slt_error *err)
{
    bool changed = clear_control();
    if (fegetround() != FE_TONEAREST)
        changed |= fesetround(FE_TONEAREST) == 0;
    if (corrected)
        *corrected = changed;
    return slt_fpenv_check(err);
}
