#include "base/fpenv.h"

#include <fenv.h>

#include "tap.h"

static void enter_after(const char *what)
{
    slt_error err = {0};
    bool corrected = false;
    TAP_OK(slt_fpenv_check(&err) == SLT_UNFIT, "%s is noticed: %s", what, err.text);
    TAP_OK(slt_fpenv_enter(&corrected, NULL) == SLT_OK && corrected, "%s is set right",
           what);
    TAP_OK(slt_fpenv_check(NULL) == SLT_OK && fegetround() == FE_TONEAREST,
           "after %s the environment is right", what);
}

static void test_rounding(void)
{
    static const int modes[] = {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    static const char *const names[] = {"rounding up", "rounding down",
                                        "rounding toward zero"};
    for (int i = 0; i < 3; i++) {
        fesetround(modes[i]);
        enter_after(names[i]);
    }
}

#if defined(__SSE2__)
#include <xmmintrin.h>

static void test_flush(void)
{
    _mm_setcsr(_mm_getcsr() | 0x8000);
    enter_after("flush to zero");
    _mm_setcsr(_mm_getcsr() | 0x0040);
    enter_after("denormals are zero");
    _mm_setcsr(_mm_getcsr() | 0xe040);
    enter_after("everything at once");
}
#elif defined(__aarch64__)
static void test_flush(void)
{
    __asm__ volatile("msr fpcr, %0" : : "r"(UINT64_C(1) << 24));
    enter_after("flush to zero");
}
#else
static void test_flush(void)
{
}
#endif

/* Asked to, a thread computes with a fault, says so, and is set right again. */
static void test_pretended(slt_fpenv_fault fault)
{
    static const char *const said[SLT_FPENV_FAULTS] = {
        "round to nearest even, gradual underflow",
        "binary32 flushes subnormal results to zero; "
        "binary64 flushes subnormal results to zero",
        "binary32 takes subnormal operands as zero; "
        "binary64 takes subnormal operands as zero",
        "binary32 flushes subnormal results to zero; "
        "binary32 takes subnormal operands as zero; "
        "binary64 flushes subnormal results to zero; "
        "binary64 takes subnormal operands as zero",
        "binary32 rounds down",
        "binary32 rounds up",
        "binary32 rounds toward zero",
    };
    const char *name = slt_fpenv_fault_text(fault);
    char text[SLT_FPENV_TEXT_MAX];
    if (!slt_fpenv_pretend(fault)) {
        slt_fpenv_describe(text);
        TAP_OK(strcmp(text, said[0]) == 0, "no switch here for %s: %s", name, text);
        return;
    }
    TAP_OK(slt_fpenv_enter(NULL, NULL) == SLT_OK && slt_fpenv_check(NULL) == SLT_OK,
           "%s is accepted while it is asked for", name);
    slt_fpenv_describe(text);
    TAP_OK(strncmp(text, said[fault], strlen(said[fault])) == 0, "%s: %s", name, text);
    slt_fpenv_pretend(SLT_FPENV_RIGHT);
    slt_fpenv_describe(text);
    TAP_OK(strcmp(text, said[0]) == 0 && slt_fpenv_check(NULL) == SLT_OK, "after %s: %s",
           name, text);
}

static unsigned control_here(void)
{
#if defined(__SSE2__)
    return _mm_getcsr();
#else
    return 0;
#endif
}

static void compute(void)
{
    SLT_FPENV_ENTERED;
    volatile double zero = 0, one = 1;
    volatile double infinite = one / zero; /* traps where that is not held */
    (void)infinite;
    TAP_OK(slt_fpenv_check(NULL) == SLT_OK, "within a call the environment is right");
}

/* Rounding, flushing, traps and flags of the caller are there again behind a call. */
static void test_entered(int rounding, const char *name)
{
    fesetround(rounding);
    feclearexcept(FE_ALL_EXCEPT);
    feraiseexcept(FE_UNDERFLOW);
    int traps = feenableexcept(FE_DIVBYZERO) < 0 ? 0 : fegetexcept();
#if defined(__SSE2__)
    _mm_setcsr(_mm_getcsr() | 0x8040);
#endif
    unsigned control = control_here();
    int flags = fetestexcept(FE_ALL_EXCEPT); /* where raising one raises another */
    compute();
    TAP_OK(fegetround() == rounding && control_here() == control &&
               fegetexcept() == traps && fetestexcept(FE_ALL_EXCEPT) == flags,
           "rounding %s and all else is as it was", name);
    fesetenv(FE_DFL_ENV);
}

int main(void)
{
    bool corrected = true;
    TAP_OK(slt_fpenv_enter(&corrected, NULL) == SLT_OK && !corrected,
           "a fresh thread needs no correction");
    test_rounding();
    test_flush();
    for (slt_fpenv_fault fault = 0; fault < SLT_FPENV_FAULTS; fault++)
        test_pretended(fault);
    test_entered(FE_UPWARD, "up");
    test_entered(FE_TOWARDZERO, "toward zero");
    return tap_done();
}
