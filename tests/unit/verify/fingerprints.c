/* Whether this machine's functions are those of a golden or of a trace: each function,
 * each place in a header's list, and the other reasons to refuse. */
#include "study_sample.h"

#include "num/math.h"
#include "verify/fingerprints.h"

static slt_error err;

/* The function that a fixed-point run can call has a fingerprint of its own there. */
static void test_functions(void)
{
    static const slt_arithmetic arithmetics[] = {SLT_F32, SLT_F64, SLT_FIXED};
    char right[SLT_FINGERPRINT_MAX], wrong[SLT_FINGERPRINT_MAX];
    for (int f = 0; f < SLT_FN_COUNT; f++) {
        const char *name = slt_function_name((slt_function)f);
        if (!slt_function_here((slt_function)f)) {
            TAP_OK(!slt_fingerprint_check(name, "", SLT_F64, "trace", &err),
                   "%s is not in this build: left to its runs", name);
            continue;
        }
        for (size_t i = 0; i < 3; i++) {
            bool floats = arithmetics[i] != SLT_FIXED;
            if (floats && slt_num_available(arithmetics[i], NULL))
                continue;
            slt_fingerprint((slt_function)f, arithmetics[i], right);
            memcpy(wrong, right, sizeof wrong);
            wrong[15] ^= 1;
            err.text[0] = 0;
            TAP_OK(!slt_fingerprint_check(name, right, arithmetics[i], "golden", &err) &&
                       !err.text[0],
                   "%s as it is", name);
            slt_buffer want = {0};
            slt_buffer_printf(&want,
                              "cannot judge here: %s fingerprint %s, golden %s (numerics "
                              "1 is SLEEF 3.5.1, another is loaded: see sltrace doctor)",
                              name, right, wrong);
            slt_status status =
                slt_fingerprint_check(name, wrong, arithmetics[i], "golden", &err);
            TAP_OK(status == SLT_UNFIT && err.status == SLT_UNFIT, "%s as it is not",
                   name);
            TAP_EQ_TEXT(err.text, slt_buffer_text(&want), "and what is said");
            slt_buffer_free(&want);
        }
    }
    TAP_OK(slt_fingerprint_check("cosh", "0123456789abcdef", SLT_F64, "trace", &err) ==
               SLT_UNFIT,
           "an unknown function");
    TAP_EQ_TEXT(err.text,
                "cannot judge here: the trace needs the function cosh, which this "
                "program does not have",
                "and what is said");
}

#define CALLS(arithmetic)                                                                \
    SAMPLE_HEAD("test/calls")                                                            \
    "run:\n  arithmetic: " arithmetic "\n  seed: 1\n" SAMPLE_DATA SAMPLE_NET             \
    "  train: {optimizer: {kind: sgd, lr: 1e-2}, steps: 1}\n"

static void test_trace(const char *manifest)
{
    sample_run run = sample_begin(manifest, 0);
    sample_go(&run, NULL);
    slt_trace *trace = NULL;
    if (slt_trace_parse(run.bytes.data, run.bytes.size, "x", &trace, &err))
        tap_bail(err.text);
    size_t count = slt_trace_functions(trace);
    TAP_OK(count > 0, "%zu functions", count);
    TAP_OK(!slt_trace_judgeable(trace, "x.trace", run.spec, &err), "our own trace");
    for (size_t i = 0; i < count; i++) {
        const char *fingerprint;
        const char *name = slt_trace_function(trace, i, &fingerprint);
        char *digit = (char *)(uintptr_t)fingerprint, before = *digit;
        *digit = before == '0' ? '1' : '0';
        TAP_OK(slt_trace_judgeable(trace, "x.trace", run.spec, &err) == SLT_UNFIT &&
                   strstr(err.text, name) && strstr(err.text, ", trace "),
               "another %s: %s", name, err.text);
        *digit = before;
    }
    slt_trace_free(trace);
    sample_end(&run);
}

int main(void)
{
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    test_functions();
    test_trace(CALLS("fixed"));
    if (!slt_num_available(SLT_F32, NULL))
        test_trace(CALLS("f32"));
    return tap_done();
}
