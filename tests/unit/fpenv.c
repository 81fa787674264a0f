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

int main(void)
{
    bool corrected = true;
    TAP_OK(slt_fpenv_enter(&corrected, NULL) == SLT_OK && !corrected,
           "a fresh thread needs no correction");
    test_rounding();
    test_flush();
    return tap_done();
}
