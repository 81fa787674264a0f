/* trace/results.c: which results a run has, and in which order. */
#include "quantity_sample.h"

#include "num/scalar.h"
#include "trace/results.h"

static void expect(const slt_results *results, const char *names)
{
    char all[600] = "";
    for (size_t i = 0; i < results->count; i++) {
        char name[SLT_QUANTITY_TEXT_MAX];
        size_t size = strlen(all);
        slt_quantity_text(&results->list[i].quantity, name);
        snprintf(all + size, sizeof all - size, "%s%s", i ? " " : "", name);
    }
    TAP_EQ_TEXT(all, names, "the results");
}

static void test_training(void)
{
    static slt_run_spec run = {
        .train = {.mark_count = 2, .marks = {{.name = "low"}, {.name = "never"}}}};
    const slt_metrics last = {.count = 2,
                              .list = {result_of("loss", 1), result_of("accuracy", 0)}};
    const slt_marks marks = {.reached = {true}, .step = {40}};
    slt_results results = {0};
    slt_results_of_training(&results, &run, &last, 90, &marks);
    expect(&results, "loss accuracy step mark/low");
    TAP_OK(results.list[2].value.bits == slt_real_from_u64(90).bits, "the step");
    TAP_OK(results.list[3].value.bits == slt_real_from_u64(40).bits, "the mark's step");
    slt_results_free(&results);
}

static void test_estimates(void)
{
    static slt_run_spec run = {.llc_count = 2};
    static const slt_llc_result llc = {.has_sd = true};
    const slt_findings found = {.llc = &llc}, broken = {0};
    slt_results results = {0};
    run.llc[0] = (slt_llc_spec){.num_chains = 2, .mala_acceptance = true};
    run.llc[1] = (slt_llc_spec){
        .num_chains = 1, .hessian_probes = 3, .made_at = SLT_LLC_AT_CHECKPOINTS};
    slt_results_of_estimate(&results, &run, 0, 10, true, &found);
    expect(&results, "llc/mean llc/std llc-chain/0 llc-chain/1 mala/acceptance");
    slt_results_free(&results);
    slt_results_of_estimate(&results, &run, 1, 5, false, &found);
    slt_results_of_estimate(&results, &run, 1, 10, true, &broken);
    expect(&results, "llc2/mean@5 llc2/std@5 hessian2/trace@5 llc2/mean@10 "
                     "hessian2/trace@10 llc2/mean hessian2/trace");
    TAP_OK(!slt_real_finite(results.list[3].value), "no mean without one of its chains");
    slt_results_free(&results);
}

int main(void)
{
    test_training();
    test_estimates();
    return tap_done();
}
