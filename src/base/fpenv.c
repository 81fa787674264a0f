#include "base/fpenv.h"

#include <fenv.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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

static bool set_flush(bool results, bool operands)
{
    unsigned control = _mm_getcsr() & ~(unsigned)(MXCSR_FTZ | MXCSR_DAZ);
    _mm_setcsr(control | (results ? MXCSR_FTZ : 0u) | (operands ? MXCSR_DAZ : 0u));
    return true;
}

#elif defined(__aarch64__)

/* FPCR: FIZ 0, AH 1, NEP 2, FZ16 19, RMode 22-23, FZ 24, DN 25. */
#define FPCR_WRONG UINT64_C(0x03c80007)
#define FPCR_FZ UINT64_C(0x01000000)

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

/* FZ flushes results and operands alike. */
static bool set_flush(bool results, bool operands)
{
    uint64_t control;
    if (results != operands)
        return false;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    control = (control & ~FPCR_FZ) | (results ? FPCR_FZ : 0);
    __asm__ volatile("msr fpcr, %0" : : "r"(control));
    return true;
}

#else

static bool clear_control(void)
{
    return false;
}

static bool set_flush(bool results, bool operands)
{
    return !results && !operands;
}

#endif

/* Each row: x op y must have the bits of `want`.  The operands are read through volatile
 * so that the CPU computes, not the compiler, and are constants of their own type: a
 * conversion would flush them. */
typedef struct proof {
    char op;
    double x, y, want;
    const char *wrong;
} proof;

typedef struct single_proof {
    char op;
    float x, y, want;
    const char *wrong;
} single_proof;

static const single_proof singles[] = {
    {'+', 1, 0x1p-25f, 1, "binary32 rounds up"},
    {'+', -1, -0x1p-25f, -1, "binary32 rounds down"},
    {'+', 1, 0x1.8p-24f, 0x1.000002p0f, "binary32 rounds toward zero"},
    {'+', 1, 0x1p-24f, 1, "binary32 does not round ties to even"},
    {'+', 0x1.000002p0f, 0x1p-24f, 0x1.000004p0f, "binary32 does not round ties to even"},
    {'*', 0x1p-100f, 0x1p-40f, 0x1p-140f, "binary32 flushes subnormal results to zero"},
    {'*', 0x1p-140f, 0x1p100f, 0x1p-40f, "binary32 takes subnormal operands as zero"},
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

enum { PROOFS = sizeof doubles / sizeof *doubles };
_Static_assert(sizeof singles / sizeof *singles == PROOFS, "the same of both types");

static bool single_holds(const single_proof *row)
{
    volatile float x = row->x, y = row->y;
    volatile float got = row->op == '+' ? x + y : x * y;
    float g = got, w = row->want;
    return memcmp(&g, &w, sizeof g) == 0;
}

static bool double_holds(const proof *row)
{
    volatile double x = row->x, y = row->y;
    volatile double got = row->op == '+' ? x + y : x * y;
    double g = got, w = row->want;
    return memcmp(&g, &w, sizeof g) == 0;
}

/* The fault that this thread was asked to compute with. */
static _Thread_local slt_fpenv_fault pretended;

const char *slt_fpenv_fault_text(slt_fpenv_fault fault)
{
    static const char *const texts[] = {
        "the right environment", "flush to zero",
        "denormals are zero",    "flush to zero and denormals are zero",
        "rounding down",         "rounding up",
        "rounding toward zero"};
    return texts[fault];
}

static bool set_fault(slt_fpenv_fault fault)
{
    static const int modes[SLT_FPENV_FAULTS] = {
        FE_TONEAREST, FE_TONEAREST, FE_TONEAREST,  FE_TONEAREST,
        FE_DOWNWARD,  FE_UPWARD,    FE_TOWARDZERO,
    };
    bool results = fault == SLT_FPENV_FTZ || fault == SLT_FPENV_FTZ_DAZ;
    bool operands = fault == SLT_FPENV_DAZ || fault == SLT_FPENV_FTZ_DAZ;
    return set_flush(results, operands) && fesetround(modes[fault]) == 0;
}

bool slt_fpenv_pretend(slt_fpenv_fault fault)
{
    if (!set_fault(fault)) {
        set_fault(pretended);
        return false;
    }
    pretended = fault;
    return true;
}

static const char *wrong_at(size_t i)
{
    if (i < PROOFS)
        return single_holds(&singles[i]) ? NULL : singles[i].wrong;
    return double_holds(&doubles[i - PROOFS]) ? NULL : doubles[i - PROOFS].wrong;
}

void slt_fpenv_describe(char text[SLT_FPENV_TEXT_MAX])
{
    text[0] = 0;
    for (size_t i = 0; i < 2 * PROOFS; i++) {
        const char *wrong = wrong_at(i);
        size_t used = strlen(text);
        if (wrong && !strstr(text, wrong))
            snprintf(text + used, SLT_FPENV_TEXT_MAX - used, "%s%s", used ? "; " : "",
                     wrong);
    }
    if (!*text)
        snprintf(text, SLT_FPENV_TEXT_MAX, "round to nearest even, gradual underflow");
}

slt_status slt_fpenv_check(slt_error *err)
{
    const char *wrong = NULL;
    if (pretended)
        return SLT_OK;
    for (size_t i = 0; i < 2 * PROOFS && !wrong; i++)
        wrong = wrong_at(i);
    if (!wrong)
        return SLT_OK;
    return slt_fail(err, SLT_UNFIT,
                    "floating-point environment: expected round to nearest even with "
                    "gradual underflow, found that %s",
                    wrong);
}

void slt_fpenv_keep(slt_fpenv *kept)
{
    feholdexcept(&kept->environment);
}

void slt_fpenv_set(void)
{
    if (pretended) {
        set_fault(pretended);
        return;
    }
    clear_control();
    fesetround(FE_TONEAREST);
}

void slt_fpenv_leave(const slt_fpenv *kept)
{
    fesetenv(&kept->environment);
}

slt_status slt_fpenv_enter(bool *corrected, slt_error *err)
{
    if (pretended) {
        set_fault(pretended);
        return SLT_OK;
    }
    bool changed = clear_control();
    if (fegetround() != FE_TONEAREST)
        changed |= fesetround(FE_TONEAREST) == 0;
    if (corrected)
        *corrected = changed;
    return slt_fpenv_check(err);
}
