/* A caller's floating-point environment: whatever it is, functions of the library compute
 * the same bits and leave it as it was. */
#include <fenv.h>

#include <sltrace/check.h>
#include <sltrace/numerics.h>
#include <sltrace/study.h>
#include <sltrace/theory.h>

#include "study_sample.h"
#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

/* Weights and moments of subnormal size; any rounding but the nearest shifts the steps.
 */
static const char manifest_text[] =
    "sltrace: 1\nname: test/caller\nsweep:\n  arithmetic: [f32, f64, fixed]\n"
    "run:\n  arithmetic: $arithmetic\n  seed: 3\n" SAMPLE_DATA "  model:\n    weights:\n"
    "      W1: {shape: [2, 4], init: {kind: normal, std: 1e-20}}\n"
    "      W2: {shape: [3, 2], init: {kind: normal, std: 0.3}}\n"
    "    ops:\n      - {op: linear, in: x, weight: W1, out: h}\n"
    "      - {op: linear, in: h, weight: W2, out: y}\n    loss: {op: mse, in: y}\n"
    "  train:\n    optimizer: {kind: adam, lr: 1e-2}\n"
    "    batch: {size: 5, order: epochs}\n"
    "    steps: 6\n    checkpoints: {every: 3, state: last}\n"
    "  llc:\n    - {at: last, lr: 1e-4, localization: 1, num_chains: 2, num_draws: 6}\n";

/* What a caller can see of its environment. */
typedef struct seen {
    int rounding, flags, traps;
    uint64_t control;
} seen;

static seen look(void)
{
    seen s = {.rounding = fegetround(),
              .flags = fetestexcept(FE_ALL_EXCEPT),
              .traps = fegetexcept()};
#if defined(__SSE2__)
    s.control = _mm_getcsr();
#elif defined(__aarch64__)
    __asm__ volatile("mrs %0, fpcr" : "=r"(s.control));
#endif
    return s;
}

static bool same(const seen *a, const seen *b)
{
    return a->rounding == b->rounding && a->flags == b->flags && a->traps == b->traps &&
           a->control == b->control;
}

/* Rounds, flushes and traps as no computation of ours may, with a flag raised. */
static void disturb(int rounding)
{
    fesetround(rounding);
    feclearexcept(FE_ALL_EXCEPT);
    feraiseexcept(FE_INEXACT);
    feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
#if defined(__SSE2__)
    _mm_setcsr(_mm_getcsr() | 0x8040);
#elif defined(__aarch64__)
    uint64_t control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    __asm__ volatile("msr fpcr, %0" : : "r"(control | UINT64_C(1) << 24));
#endif
}

/* What the calls gave: bits of numbers, and the bytes of traces. */
typedef struct found {
    double numbers[16];
    size_t count;
    slt_buffer traces[3];
} found;

static found want, got;
static found *now;
static seen before;
static slt_error err;
static char folder[] = "/tmp/sltrace-caller-XXXXXX";

static void left(slt_status status, const char *call)
{
    seen after = look();
    TAP_OK(same(&before, &after), "%s leaves its caller's environment", call);
    if (status)
        tap_bail(err.text);
}

static void told(double number, const char *call)
{
    now->numbers[now->count++] = number;
    left(SLT_OK, call);
}

static void call_theory(void)
{
    static const double curvatures[] = {.3, 1.7, 1e-3};
    double stationary, value, error;
    told(slt_theory_quadratic_sgld(curvatures, 3, 11.1, .7, 1e-3, 100, 7, 3, &stationary),
         "slt_theory_quadratic_sgld");
    told(stationary, "its limit");
    double weights[] = {.3, -.7, .9, .1, .2, -.6, .1, -.2, .3};
    slt_tms net = {.features = 3, .hidden = 2, .values = weights};
    told(slt_theory_tms_potential(&net), "slt_theory_tms_potential");
    slt_tms_polygon polygon;
    left(slt_theory_tms_polygon(5, 6, &polygon, &err), "slt_theory_tms_polygon");
    told(polygon.loss, "its loss");
    told((double)slt_quadratic_samples(10, .29), "slt_quadratic_samples");
    double epsilon[3], fraction[3];
    slt_volume volume = {.epsilon = epsilon, .fraction = fraction};
    slt_potential potential = {.count = 2, .curvatures = curvatures};
    left(slt_theory_volume(&potential, 1, 4000, 5, .05, .5, 3, &volume, &err),
         "slt_theory_volume");
    told(volume.lambda, "its lambda");
    const slt_grokking_group *group = slt_grokking_group_at(0);
    slt_grokking at = slt_grokking_presets(group);
    left(SLT_OK, "slt_grokking_presets");
    left(group->formulas[0].evaluate(&at, &value, &err), "a formula of grokking");
    told(value, "its value");
    for (size_t i = 0; group && !group->trials; i++)
        group = slt_grokking_group_at(i);
    if (!group)
        tap_bail("no group with trials");
    at = slt_grokking_presets(group);
    at.value[SLT_GROKKING_L1] = 0;
    left(group->trials(&at, 20, 1, &value, &error, &err), "trials of grokking");
    told(value, "their mean");
}

static void call_claims(void)
{
    slt_claim claim = {.value = slt_real_of(.1 + .2),
                       .expect = slt_real_of(1e-17),
                       .tolerance = slt_real_of(.3)};
    told(slt_claim_holds(&claim), "slt_claim_holds");
}

static void call_study(void)
{
    slt_manifest *manifest;
    slt_plan plan;
    slt_study_counts counts;
    slt_study_options options = {.out = folder, .jobs = 2};
    left(slt_manifest_parse(manifest_text, strlen(manifest_text), "m.yaml", &manifest,
                            &err),
         "slt_manifest_parse");
    left(slt_study_plan(manifest, 0, &plan, &err), "slt_study_plan");
    told((double)plan.work, "its work");
    left(slt_study_run(manifest, &options, &counts, &err), "slt_study_run");
    slt_manifest_free(manifest);
    for (int i = 0; i < 3; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/traces/00000%d.trace", folder, i);
        slt_trace *trace;
        slt_replay_options whole = {.jobs = 1};
        left(slt_trace_open(path, &trace, &err), "slt_trace_open");
        size_t size;
        const uint8_t *bytes = slt_trace_bytes(trace, &size);
        slt_buffer_append(&now->traces[i], bytes, size);
        slt_trace_free(trace);
        left(slt_replay(path, &whole, NULL, &err), "slt_replay");
    }
}

static void call_all(found *into, const char *how)
{
    char command[128];
    tap_note("%s", how);
    now = into;
    before = look();
    left(slt_start(NULL, &err), "slt_start");
    call_theory();
    call_claims();
    call_study();
    slt_doctor_line lines[SLT_DOCTOR_LINES_MAX];
    slt_doctor(lines);
    left(SLT_OK, "slt_doctor");
    fesetenv(FE_DFL_ENV);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command))
        tap_bail("rm");
}

static void compare(const char *how)
{
    TAP_OK(want.count == got.count, "%s: as many numbers", how);
    for (size_t i = 0; i < want.count; i++)
        TAP_OK(memcmp(&want.numbers[i], &got.numbers[i], sizeof *got.numbers) == 0,
               "%s: number %zu is %.17g, as %.17g", how, i, got.numbers[i],
               want.numbers[i]);
    for (int i = 0; i < 3; i++) {
        slt_buffer *a = &want.traces[i], *b = &got.traces[i];
        TAP_OK(a->size && a->size == b->size && memcmp(a->data, b->data, a->size) == 0,
               "%s: trace %d has the same bytes", how, i);
        slt_buffer_free(b);
    }
    got = (found){.count = 0};
}

int main(void)
{
    static const int roundings[] = {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    static const char *const names[] = {"upward", "downward", "toward zero"};
    if (!mkdtemp(folder))
        tap_bail(folder);
    call_all(&want, "to nearest");
    for (int i = 0; i < 3; i++) {
        disturb(roundings[i]);
        call_all(&got, names[i]);
        compare(names[i]);
    }
    for (int i = 0; i < 3; i++)
        slt_buffer_free(&want.traces[i]);
    return tap_done();
}
