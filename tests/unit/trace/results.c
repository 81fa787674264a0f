/* trace/results.c: the names of results, and which of them are an estimate's mean. */
#include "tap.h"

#include "trace/results.h"

static void test_names(void)
{
    char name[SLT_RESULTS_NAME_MAX];
    slt_results_name("llc/mean", 0, name);
    TAP_EQ_TEXT(name, "llc/mean", "of the first estimate");
    slt_results_name("llc/mean", 1, name);
    TAP_EQ_TEXT(name, "llc2/mean", "of the second");
    slt_results_name("llc-series/mean", 11, name);
    TAP_EQ_TEXT(name, "llc12-series/mean", "of the twelfth");
}

static void test_means(void)
{
    static const char *const others[] = {
        "llc/std", "llc1/mean", "llc0/mean",  "llc02/mean", "llcx/mean", "llc2/meanx",
        "2/mean",  "mean",      "llc/mean@5", "loss",       ""};
    size_t wrong = 0;
    uint32_t llc;
    for (uint32_t i = 0; i < SLT_LLC_MAX; i++) {
        char name[SLT_RESULTS_NAME_MAX];
        slt_results_name("llc/mean", i, name);
        wrong += !slt_results_is_mean(name, &llc) || llc != i;
    }
    TAP_EQ_U64(wrong, 0, "the mean of each estimate is known by its name");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        wrong += slt_results_is_mean(others[i], &llc) || llc < SLT_LLC_MAX;
    TAP_EQ_U64(wrong, 0, "no other name is one");
}

int main(void)
{
    test_names();
    test_means();
    return tap_done();
}
