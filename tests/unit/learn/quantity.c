/* learn/quantity.c: every form of a name, both ways, and what is no name. */
#include "quantity_sample.h"

#include "learn/llc.h"
#include "learn/quantity.h"

static slt_error err;

static void both_ways(slt_quantity quantity, const char *name)
{
    char text[SLT_QUANTITY_TEXT_MAX];
    slt_quantity again = {.chain = 99};
    slt_quantity_text(&quantity, text);
    TAP_EQ_TEXT(text, name, name);
    TAP_OK(!slt_quantity_read(name, &again, &err) &&
               slt_quantity_equal(&quantity, &again),
           "%s: read back", name);
}

static void test_forms(void)
{
    both_ways((slt_quantity){.kind = SLT_QUANTITY_LOSS}, "loss");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_ACCURACY}, "accuracy");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_VAL_LOSS}, "val/loss");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_VAL_ACCURACY}, "val/accuracy");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_ERROR}, "error");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_VAL_ERROR}, "val/error");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_STEP}, "step");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_MARK, .name = "i"}, "mark/i");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_MARK, .name = "_Fit2"}, "mark/_Fit2");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_MARK,
                             .name = "a234567890123456789012345678901"},
              "mark/a234567890123456789012345678901");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_METRIC, .name = "ipr_W1"},
              "metric/ipr_W1");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_VAL_METRIC,
                             .name = "a234567890123456789012345678901"},
              "val/metric/a234567890123456789012345678901");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_LLC_MEAN}, "llc/mean");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_LLC_STD}, "llc/std");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_LLC_MEAN, .estimate = 1}, "llc2/mean");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_LLC_STD, .estimate = 7}, "llc8/std");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_LLC_CHAIN}, "llc-chain/0");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_LLC_CHAIN, .chain = 4095},
              "llc-chain/4095");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_LLC_CHAIN, .estimate = 2, .chain = 10},
              "llc3-chain/10");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_MALA_ACCEPTANCE}, "mala/acceptance");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_MALA_ACCEPTANCE, .estimate = 1},
              "mala2/acceptance");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_HMC_ACCEPTANCE, .estimate = 2},
              "hmc3/acceptance");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_ADAPTED_LR}, "adapted/lr");
    both_ways(
        (slt_quantity){
            .kind = SLT_QUANTITY_ADAPTED_LR, .estimate = 1, .at_step = true, .step = 5},
        "adapted2/lr@5");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_SWAP_PAIR}, "swap-pair/0");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_SWAP_PAIR,
                             .estimate = 1,
                             .chain = 14,
                             .at_step = true,
                             .step = 30},
              "swap2-pair/14@30");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_STEIN_MEAN}, "stein/mean");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_STEIN_DRIFT}, "stein/drift");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_STEIN_PULL, .estimate = 7},
              "stein8/pull");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_STEIN_STEP}, "stein/step");
    both_ways(
        (slt_quantity){.kind = SLT_QUANTITY_STEIN_CHAIN, .estimate = 1, .chain = 12},
        "stein2-chain/12");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_HESSIAN_TRACE}, "hessian/trace");
    both_ways((slt_quantity){.kind = SLT_QUANTITY_HESSIAN_TRACE, .estimate = 1},
              "hessian2/trace");
}

static void test_steps(void)
{
    both_ways(slt_quantity_at((slt_quantity){.kind = SLT_QUANTITY_LLC_MEAN}, 1400),
              "llc/mean@1400");
    both_ways(slt_quantity_at((slt_quantity){.kind = SLT_QUANTITY_LLC_STD}, 0),
              "llc/std@0");
    both_ways(
        slt_quantity_at((slt_quantity){.kind = SLT_QUANTITY_HESSIAN_TRACE, .estimate = 7},
                        UINT64_MAX),
        "hessian8/trace@18446744073709551615");
    both_ways(slt_quantity_at(
                  (slt_quantity){.kind = SLT_QUANTITY_MALA_ACCEPTANCE, .estimate = 7},
                  UINT64_MAX),
              "mala8/acceptance@18446744073709551615");
}

static void test_near_misses(void)
{
    static const char *const texts[] = {
        "",
        "los",
        "loss ",
        " loss",
        "Loss",
        "loss/mean",
        "loss@3",
        "loss2",
        "val",
        "val/",
        "val2/loss",
        "step@3",
        "mark",
        "mark/",
        "mark/2",
        "mark/a-b",
        "mark/a@3",
        "mark/a2345678901234567890123456789012",
        "llc",
        "llcx",
        "llc/",
        "llc/meanx",
        "llc/median",
        "llc/mean@",
        "llc/mean@01",
        "llc/mean@-1",
        "llc/mean@+1",
        "llc/mean@1 ",
        "llc/mean@1@2",
        "llc/mean@18446744073709551616",
        "llc0/mean",
        "llc1/mean",
        "llc02/mean",
        "llc9/mean",
        "llc99999999999999999999/mean",
        "llc-2/mean",
        "llc-chain",
        "llc-chain/",
        "llc-chain/00",
        "llc-chain/3x",
        "llc-chain/3@5",
        "llc-chain/4096",
        "llc-chain2/3",
        "mala",
        "mala/acceptance/3",
        "hessian/trace@",
        "metric",
        "metric/",
        "metric/a b",
        "metric/2",
        "metric/a234567890123456789012345678901x",
        "val/metric/",
        "metric/a@5",
        "loss/trace",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        slt_quantity quantity;
        TAP_OK(slt_quantity_read(texts[i], &quantity, &err) == SLT_FORMAT, "'%s' is none",
               texts[i]);
    }
    TAP_EQ_TEXT(err.text,
                "expected a metric or a result, such as loss, llc/mean or mark/NAME, "
                "found 'loss/trace'",
                "what was expected");
}

static void test_open(void)
{
    static const char *const texts[] = {"",           "@",           "llc/mean",
                                        "loss@",      "mark/i@",     "llc-chain/3@",
                                        "llc/mean@@", "llc/mean@3@", "llcx@"};
    slt_quantity quantity, mean = {.kind = SLT_QUANTITY_LLC_MEAN, .estimate = 1};
    TAP_OK(!slt_quantity_read_open("llc2/mean@", &quantity, &err) &&
               slt_quantity_equal(&quantity, &mean),
           "llc2/mean@");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        TAP_OK(slt_quantity_read_open(texts[i], &quantity, &err) == SLT_FORMAT,
               "'%s' is not of one checkpoint", texts[i]);
}

static void test_kinds(void)
{
    static const struct {
        const char *name;
        bool classes, signs, validation;
    } metrics[] = {
        {"loss", false, false, false},       {"accuracy", true, false, false},
        {"error", false, true, false},       {"val/loss", false, false, true},
        {"val/accuracy", true, false, true}, {"val/error", false, true, true},
        {"metric/a", false, false, false},   {"val/metric/a", false, false, true}};
    for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++) {
        const slt_quantity metric = quantity_of(metrics[i].name);
        TAP_OK(slt_quantity_is_metric(&metric) &&
                   slt_metric_of_classes(&metric) == metrics[i].classes &&
                   slt_metric_of_signs(&metric) == metrics[i].signs &&
                   slt_metric_of_validation(&metric) == metrics[i].validation,
               "%s is a metric", metrics[i].name);
    }
    const slt_quantity step = {.kind = SLT_QUANTITY_STEP},
                       chain = {.kind = SLT_QUANTITY_LLC_CHAIN},
                       trace = {.kind = SLT_QUANTITY_HESSIAN_TRACE};
    TAP_OK(!slt_quantity_is_metric(&step), "step is no metric");
    TAP_OK(slt_quantity_is_llc(&chain), "a chain is of an LLC");
    TAP_OK(!slt_quantity_is_llc(&trace), "a trace of the Hessian is not");
}

static void test_equal(void)
{
    const slt_quantity mean = {.kind = SLT_QUANTITY_LLC_MEAN};
    const slt_quantity others[] = {
        {.kind = SLT_QUANTITY_LLC_STD},
        {.kind = SLT_QUANTITY_LLC_MEAN, .estimate = 1},
        {.kind = SLT_QUANTITY_LLC_MEAN, .at_step = true},
        slt_quantity_at(mean, 5),
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        TAP_OK(!slt_quantity_equal(&mean, &others[i]), "another one: %zu", i);
    const slt_quantity a = {.kind = SLT_QUANTITY_MARK, .name = "a"};
    const slt_quantity b = {.kind = SLT_QUANTITY_MARK, .name = "b"};
    const slt_quantity at6 = slt_quantity_at(mean, 6);
    const slt_quantity third = {.kind = SLT_QUANTITY_LLC_CHAIN, .chain = 3};
    const slt_quantity fourth = {.kind = SLT_QUANTITY_LLC_CHAIN, .chain = 4};
    TAP_OK(!slt_quantity_equal(&a, &b), "another mark");
    TAP_OK(!slt_quantity_equal(&others[3], &at6), "another step");
    TAP_OK(!slt_quantity_equal(&third, &fourth), "another chain");
}

int main(void)
{
    test_forms();
    test_steps();
    test_near_misses();
    test_open();
    test_kinds();
    test_equal();
    return tap_done();
}
