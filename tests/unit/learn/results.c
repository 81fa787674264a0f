/* learn/results.c: which results a run has, and in which order. */
#include "quantity_sample.h"

#include "num/scalar.h"
#include "learn/results.h"

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
    const slt_mark_values marks = {.has = {true}, .value = {slt_real_of(40)}};
    slt_results results = {0};
    slt_results_of_training(&results, &run, &last, 90, &marks);
    expect(&results, "loss accuracy step mark/low");
    TAP_OK(results.list[2].value.bits == slt_real_from_u64(90).bits, "the step");
    TAP_OK(results.list[3].value.bits == slt_real_from_u64(40).bits, "the mark's step");
    slt_results_free(&results);
}

static void test_stein(slt_run_spec *run, const slt_llc_result *llc)
{
    static slt_stein_result stein;
    const slt_findings found = {.llc = llc, .stein = &stein}, broken = {0};
    slt_results results = {0};
    for (size_t i = 0; i < 2; i++)
        run->llc[i].stein = true;
    stein.mean.step = slt_real_of(4);
    stein.ratio[1] = slt_real_of(5);
    slt_results_of_estimate(&results, run, 0, 10, true, &found);
    expect(&results,
           "llc/mean llc/std llc-chain/0 llc-chain/1 mala/acceptance stein/mean "
           "stein/drift stein/pull stein/step stein-chain/0 stein-chain/1");
    TAP_OK(results.list[8].value.bits == slt_real_of(4).bits &&
               results.list[10].value.bits == slt_real_of(5).bits,
           "the Stein ratio's last term, and the last chain's ratio");
    slt_results_free(&results);
    slt_results_of_estimate(&results, run, 1, 5, false, &found);
    slt_results_of_estimate(&results, run, 1, 7, false, &broken);
    expect(&results, "llc2/mean@5 llc2/std@5 stein2/mean@5 stein2/drift@5 stein2/pull@5 "
                     "stein2/step@5 hessian2/trace@5 llc2/mean@7 hessian2/trace@7");
    slt_results_free(&results);
}

static void test_estimates(void)
{
    static slt_run_spec run = {.llc_count = 2};
    static const slt_llc_result llc = {.has_sd = true};
    const slt_findings found = {.llc = &llc}, broken = {0};
    const slt_findings swapped = {.llc = &llc, .swap[1] = slt_real_of(.5)};
    slt_results results = {0};
    run.llc[0] = (slt_llc_spec){.num_chains = 2, .mala_acceptance = true};
    run.llc[1] = (slt_llc_spec){
        .num_chains = 1, .hessian.probes = 3, .made_at = SLT_LLC_AT_CHECKPOINTS};
    slt_results_of_estimate(&results, &run, 0, 10, true, &found);
    expect(&results, "llc/mean llc/std llc-chain/0 llc-chain/1 mala/acceptance");
    slt_results_free(&results);
    slt_results_of_estimate(&results, &run, 1, 5, false, &found);
    slt_results_of_estimate(&results, &run, 1, 10, true, &broken);
    expect(&results, "llc2/mean@5 llc2/std@5 hessian2/trace@5 llc2/mean@10 "
                     "hessian2/trace@10 llc2/mean hessian2/trace");
    TAP_OK(!slt_real_finite(results.list[3].value), "no mean without one of its chains");
    slt_results_free(&results);
    test_stein(&run, &llc);
    run.llc[0] = (slt_llc_spec){.num_chains = 1, .sampler = SLT_SAMPLER_HMC};
    slt_results_of_estimate(&results, &run, 0, 10, true, &found);
    expect(&results, "llc/mean llc/std llc-chain/0 hmc/acceptance");
    slt_results_free(&results);
    const slt_findings adapted = {.llc = &llc, .adapted_lr = slt_real_of(4)};
    run.llc[0].adapt.given = true;
    slt_results_of_estimate(&results, &run, 0, 10, true, &adapted);
    expect(&results, "llc/mean llc/std llc-chain/0 hmc/acceptance adapted/lr");
    TAP_OK(results.list[4].value.bits == slt_real_of(4).bits, "the adapted lr");
    slt_results_free(&results);
    slt_results_of_estimate(&results, &run, 0, 10, true, &broken);
    expect(&results, "llc/mean");
    slt_results_free(&results);
    run.llc[0].adapt.given = false;
    run.llc[0].tempering.rungs = 2;
    run.llc[0].made_at = SLT_LLC_AT_CHECKPOINTS;
    slt_results_of_estimate(&results, &run, 0, 5, false, &broken);
    slt_results_of_estimate(&results, &run, 0, 10, true, &swapped);
    expect(&results, "llc/mean@5 llc/mean@10 llc/std@10 hmc/acceptance@10 "
                     "swap-pair/0@10 swap-pair/1@10 llc/mean llc/std llc-chain/0 "
                     "hmc/acceptance swap-pair/0 swap-pair/1");
    TAP_OK(results.list[5].value.bits == slt_real_of(.5).bits &&
               results.list[11].value.bits == slt_real_of(.5).bits,
           "the second pair's exchanges");
    slt_results_free(&results);
}

int main(void)
{
    test_training();
    test_estimates();
    return tap_done();
}
