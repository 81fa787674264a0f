/* learn/marks.c, run/kept.c and what execution makes of them: marks of training, and
 * estimates at marks and at all checkpoints. */
#include "study_sample.h"

#include <sltrace/study.h>

#include "base/endian.h"
#include "learn/marks.h"

static slt_error err;

/* ---- Marks on metrics made up ------------------------------------------------------ */

static slt_metrics metrics_of(double loss, double accuracy)
{
    slt_metrics metrics = {
        .count = 2, .list = {result_of("loss", loss), result_of("accuracy", accuracy)}};
    return metrics;
}

static slt_train_spec marks_spec(void)
{
    slt_train_spec train = {
        .mark_count = 3,
        .marks = {{.name = "fit",
                   .bound = {.metric = {.kind = SLT_QUANTITY_ACCURACY},
                             .has_at_least = true,
                             .at_least = slt_real_of(1)}},
                  {.name = "low",
                   .bound = {.metric = {.kind = SLT_QUANTITY_LOSS},
                             .has_below = true,
                             .below = slt_real_of(0.5)},
                   .every = 100},
                  {.name = "val",
                   .bound = {.metric = {.kind = SLT_QUANTITY_VAL_LOSS},
                             .has_below = true,
                             .below = slt_real_of(9)}}}};
    return train;
}

static void note(const slt_train_spec *train, slt_marks *marks, uint64_t step,
                 double loss, double accuracy)
{
    slt_metrics metrics = metrics_of(loss, accuracy);
    slt_marks_note(train, step, &metrics, marks);
}

static void test_bounds(void)
{
    slt_train_spec train = marks_spec();
    slt_marks marks = {0};
    note(&train, &marks, 0, 0.5, 0.99);
    TAP_OK(!marks.reached[0] && !marks.reached[1], "below 1; not below .5");
    note(&train, &marks, 50, 0.25, 1);
    TAP_OK(marks.reached[0] && marks.step[0] == 50, "at least 1 is met by 1");
    TAP_OK(!marks.reached[1], "50 is no multiple of 100");
    note(&train, &marks, 100, 0.4999, 0);
    TAP_OK(marks.reached[1] && marks.step[1] == 100, "below .5 at step 100");
    note(&train, &marks, 200, 0.1, 1);
    TAP_OK(marks.step[0] == 50 && marks.step[1] == 100, "the first checkpoint stays");
    TAP_OK(!marks.reached[2], "a metric that is not there meets nothing");
    train.marks[0].last = true;
    note(&train, &marks, 250, 0.1, 1);
    note(&train, &marks, 300, 0.1, 0.5);
    TAP_OK(marks.step[0] == 250, "the last that meets it moves on");
    train.marks[0].bound.has_at_least = false;
    train.marks[0].bound.has_above = true;
    train.marks[0].bound.above = slt_real_of(0.5);
    note(&train, &marks, 350, 0.1, 0.5);
    TAP_OK(marks.step[0] == 250, ".5 is not above .5");
    note(&train, &marks, 400, 0.1, 0.625);
    TAP_OK(marks.step[0] == 400, ".625 is");
    train = marks_spec();
    slt_marks zero = {0};
    note(&train, &zero, 0, 0.1, 0);
    TAP_OK(zero.reached[1] && zero.step[1] == 0, "0 is a multiple of 100");
    slt_metrics broken = metrics_of(0, 0);
    slt_marks none = {0};
    broken.list[0].value.bits = UINT64_C(0x7ff8000000000000);
    broken.list[1].value.bits = UINT64_C(0x7ff0000000000000);
    slt_marks_note(&train, 0, &broken, &none);
    TAP_OK(!none.reached[0] && !none.reached[1], "what is not finite meets nothing");
}

/* Two checkpoints in a row with an accuracy of at least .75, not before step 30. */
static void test_stop(void)
{
    static const double accuracies[] = {0.75, 1, 0.5, 0.8, 0.9, 0.7, 1, 1, 1};
    static const bool stops[] = {false, false, false, false, true,
                                 false, false, true,  true};
    slt_train_spec train = {.stop = {.given = true,
                                     .after = 30,
                                     .has_metric = true,
                                     .bound = {.metric = {.kind = SLT_QUANTITY_ACCURACY},
                                               .has_at_least = true,
                                               .at_least = slt_real_of(0.75)},
                                     .checkpoints = 2}};
    slt_marks marks = {0};
    for (size_t i = 0; i < sizeof stops; i++) {
        note(&train, &marks, 10 * i, 0, accuracies[i]);
        TAP_OK(slt_marks_stop(&train, &marks, 10 * i) == stops[i], "%s at step %zu",
               stops[i] ? "stops" : "goes on", 10 * i);
    }
    train.stop.has_metric = false;
    marks = (slt_marks){0};
    note(&train, &marks, 90, 0, 1);
    TAP_OK(!marks.in_a_row && !slt_marks_stop(&train, &marks, 90), "no rule, no stop");
}

/* Of at most 100 steps, 12 after the first accuracy of at least 1. */
static void test_stop_after_mark(void)
{
    slt_train_spec train = marks_spec();
    train.steps = 100;
    train.stop = (slt_stop_spec){.given = true, .mark = "fit", .steps = 12};
    slt_marks marks = {0};
    note(&train, &marks, 40, 0, 0.5);
    TAP_OK(slt_marks_end(&train, &marks) == 100 && !slt_marks_stop(&train, &marks, 40),
           "not reached: the last step is the last");
    note(&train, &marks, 50, 0, 1);
    note(&train, &marks, 60, 0, 1);
    TAP_EQ_U64(slt_marks_end(&train, &marks), 62, "12 updates after step 50");
    TAP_OK(!slt_marks_stop(&train, &marks, 61) && slt_marks_stop(&train, &marks, 62),
           "and there it stops");
    train.stop.after = 70;
    TAP_EQ_U64(slt_marks_end(&train, &marks), 70, "not before `after`");
    train.stop.steps = 51;
    TAP_EQ_U64(slt_marks_end(&train, &marks), 100, "nor later than the last step");
    train.stop.mark[0] = 0;
    TAP_OK(slt_marks_end(&train, &marks) == 100 && !slt_marks_stop(&train, &marks, 100),
           "no rule");
}

static bool allows(const char *mark, const char *then, uint64_t apart, slt_marks marks)
{
    slt_train_spec train = marks_spec();
    slt_llc_spec llc = {.made_at = SLT_LLC_AT_LAST,
                        .when = {.given = true, .apart = apart}};
    snprintf(llc.when.mark, sizeof llc.when.mark, "%s", mark);
    snprintf(llc.when.then, sizeof llc.when.then, "%s", then);
    return slt_marks_allow(&train, &marks, &llc);
}

static void test_when(void)
{
    slt_marks both = {.reached = {true, true}, .step = {100, 400}};
    slt_marks back = {.reached = {true, true}, .step = {400, 100}};
    slt_marks one = {.reached = {true, false}, .step = {100, 0}};
    TAP_OK(allows("fit", "", 0, one) && !allows("low", "", 0, one), "one mark alone");
    TAP_OK(!allows("fit", "low", 0, one), "the second was not reached");
    TAP_OK(!allows("low", "fit", 0, one), "the first was not reached");
    TAP_OK(allows("fit", "low", 299, both), "300 steps are more than 299");
    TAP_OK(!allows("fit", "low", 300, both), "and not more than 300");
    TAP_OK(!allows("fit", "low", 0, back), "the wrong way round");
    TAP_OK(allows("low", "fit", 299, back), "the other mark first");
    TAP_OK(!allows("fit", "fit", 0, both), "a mark does not lie apart from itself");
    slt_train_spec train = marks_spec();
    slt_llc_spec at = {.made_at = SLT_LLC_AT_MARK, .at_mark = "low"};
    TAP_OK(slt_marks_allow(&train, &both, &at) && !slt_marks_allow(&train, &one, &at),
           "an estimate at a mark needs it");
}

/* ---- Counting checkpoints ---------------------------------------------------------- */

static void test_count(void)
{
    slt_train_spec train = {
        .steps = 20, .every = 5, .at = {0, 3, 10, 12, 20}, .at_count = 5};
    size_t wrong = 0;
    for (train.steps = 0; train.steps <= 20; train.steps++)
        for (train.every = 0; train.every <= 7; train.every++)
            for (uint64_t from = 0; from <= 22; from++) {
                uint64_t count = 0;
                train.at_count = 0;
                for (uint64_t at = 0; at <= train.steps; at += 1 + at % 3)
                    train.at[train.at_count++] = at;
                for (uint64_t step = from; step <= train.steps; step++)
                    count += slt_checkpoint_due(&train, step);
                wrong += count != slt_train_checkpoints(&train, from);
            }
    TAP_EQ_U64(wrong, 0, "checkpoints are counted without walking");
}

/* ---- Kept weights ------------------------------------------------------------------ */

static void test_kept(void)
{
    sample_run run = sample_begin(SAMPLE_MANIFEST, 0);
    slt_params *weights = &run.execution.state.weights, back;
    slt_kept kept = {0};
    slt_params_create(&run.spec->model, SLT_F32, &back, &err);
    for (uint64_t step = 10; step <= 40; step += 10) {
        for (size_t e = 0; e < 8; e++)
            slt_tensor_set(&weights->tensor[0], e, slt_real_of((double)(step + e)));
        slt_kept_add(&kept, step, weights, &err);
    }
    TAP_EQ_U64(slt_kept_size(weights), 4 * (2 * 4 + 3 * 2), "bytes of a checkpoint");
    TAP_EQ_U64(kept.bytes.size, 4 * slt_kept_size(weights), "of four");
    TAP_OK(slt_kept_from(&kept, 0) == 0 && slt_kept_from(&kept, 11) == 1 &&
               slt_kept_from(&kept, 40) == 3 && slt_kept_from(&kept, 41) == 4,
           "found by step");
    slt_kept_load(&kept, 2, &back, &err);
    TAP_OK(slt_tensor_get(&back.tensor[0], 5).bits == slt_real_of(35).bits,
           "and read back");
    slt_kept_free(&kept);
    slt_params_free(&back);
    sample_end(&run);
}

/* ---- Runs -------------------------------------------------------------------------- */

/* The loss falls from step to step; checkpoints at 0, 3, 6 ... 30 and 31. */
#define RUN_MANIFEST(marks, llc)                                                         \
    SAMPLE_HEAD("test/marks")                                                            \
    "run:\n  arithmetic: f64\n  seed: 4\n" SAMPLE_DATA SAMPLE_NET                        \
    "  train:\n    optimizer: {kind: sgd, lr: 5e-2}\n    steps: 31\n"                    \
    "    checkpoints: {every: 3, at: [0], state: {every: 9}}\n"                          \
    "    marks:\n" marks "  llc:\n" llc

#define DRAWS "lr: 1e-4, localization: 1, num_chains: 2, num_draws: 8"

static const slt_record *chain_record(const slt_trace *trace, size_t index)
{
    for (size_t i = 0; i < slt_trace_records(trace); i++)
        if (slt_trace_record(trace, i)->kind == SLT_RECORD_CHAIN && index-- == 0)
            return slt_trace_record(trace, i);
    return NULL;
}

static const slt_record *checkpoint_of(const slt_trace *trace, uint64_t step)
{
    for (size_t i = 0; i < slt_trace_records(trace); i++) {
        const slt_record *record = slt_trace_record(trace, i);
        if (record->kind == SLT_RECORD_CHECKPOINT && record->step == step)
            return record;
    }
    return NULL;
}

static double loss_at(uint64_t step)
{
    slt_trace *trace =
        sample_trace(RUN_MANIFEST("      a: {metric: loss, below: 0}\n", "    []\n"), 0);
    double loss = slt_real_double(checkpoint_of(trace, step)->metrics[0].value);
    slt_trace_free(trace);
    return loss;
}

static void print_manifest(char *text, size_t size, double early, double late,
                           const char *llc)
{
    char a[SLT_REAL_TEXT_MAX], b[SLT_REAL_TEXT_MAX], marks[512];
    slt_real_text(slt_real_of(early), a);
    slt_real_text(slt_real_of(late), b);
    snprintf(marks, sizeof marks,
             "      early: {metric: loss, below: %s}\n"
             "      late: {metric: loss, below: %s, every: 6}\n"
             "      never: {metric: loss, below: -1}\n",
             a, b);
    snprintf(text, size, RUN_MANIFEST("%s", "%s"), marks, llc);
}

/* Marks at 9 (early) and 18 (late: 15 meets it too, but is no multiple of 6). */
static slt_trace *marked_trace(const char *llc)
{
    char text[4096];
    print_manifest(text, sizeof text, (loss_at(6) + loss_at(9)) / 2,
                   (loss_at(12) + loss_at(15)) / 2, llc);
    return sample_trace(text, 0);
}

static void test_marked(void)
{
    slt_trace *trace = marked_trace("    - {at: {mark: late}, " DRAWS "}\n"
                                    "    - {at: {mark: never}, " DRAWS "}\n"
                                    "    - {at: 9, " DRAWS "}\n"
                                    "    - {at: {mark: early}, " DRAWS ",\n"
                                    "       when: {mark: early, then: late, apart: 8}}\n"
                                    "    - {at: {mark: early}, " DRAWS ",\n"
                                    "       when: {mark: early, then: late, apart: 9}}\n"
                                    "    - {at: last, " DRAWS ", when: {mark: never}}\n");
    TAP_OK(sample_result(trace, "mark/early") &&
               sample_result(trace, "mark/early")->value.bits == slt_real_of(9).bits,
           "early at step 9");
    TAP_OK(sample_result(trace, "mark/late") &&
               sample_result(trace, "mark/late")->value.bits == slt_real_of(18).bits,
           "late at step 18");
    TAP_OK(!sample_result(trace, "mark/never"), "never: no result");
    const slt_record *late = chain_record(trace, 0), *early = chain_record(trace, 4);
    TAP_OK(late && late->llc == 0 && late->at_step == 18 &&
               late->init_loss.bits == checkpoint_of(trace, 18)->metrics[0].value.bits,
           "an estimate at a mark stands at its weights");
    TAP_OK(early && early->llc == 3 && early->at_step == 9 &&
               early->init_loss.bits == checkpoint_of(trace, 9)->metrics[0].value.bits,
           "two estimates at one checkpoint, the second at a mark");
    TAP_OK(!chain_record(trace, 6), "no others are made");
    TAP_OK(sample_result(trace, "llc/mean") && !sample_result(trace, "llc2/mean") &&
               sample_result(trace, "llc3/mean") && sample_result(trace, "llc4/mean") &&
               !sample_result(trace, "llc5/mean") && !sample_result(trace, "llc6/mean"),
           "results only of those that are made");
    slt_trace_free(trace);
}

static void test_checkpoints(void)
{
    slt_trace *all = marked_trace("    - {at: last, " DRAWS "}\n"
                                  "    - {at: checkpoints, from: 20, " DRAWS "}\n");
    static const uint64_t steps[] = {21, 24, 27, 30, 31};
    size_t wrong = 0;
    for (size_t i = 0; i < 5; i++) {
        char name[40];
        const slt_record *chain = chain_record(all, 2 + 2 * i);
        wrong +=
            !chain || chain->llc != 1 || chain->at_step != steps[i] ||
            chain->chain != 0 || chain_record(all, 3 + 2 * i)->chain != 1 ||
            chain->init_loss.bits != checkpoint_of(all, steps[i])->metrics[0].value.bits;
        snprintf(name, sizeof name, "llc2/mean@%" PRIu64, steps[i]);
        wrong += !sample_result(all, name);
        snprintf(name, sizeof name, "llc2/std@%" PRIu64, steps[i]);
        wrong += !sample_result(all, name);
    }
    TAP_EQ_U64(wrong, 0, "chains and results of five checkpoints");
    TAP_OK(!chain_record(all, 12) && !sample_result(all, "llc2/mean@18"), "no others");
    TAP_OK(sample_result(all, "llc2/mean")->value.bits ==
                   sample_result(all, "llc2/mean@31")->value.bits &&
               sample_result(all, "llc2-chain/1") &&
               !sample_result(all, "llc2-chain/1@31"),
           "the last one's results also without the step");
    slt_trace_free(all);
}

/* The checkpoint of ordinal 0 has the draws of an estimate at its step; the next have
 * draws of their own. */
static void test_streams(void)
{
    slt_trace *all = marked_trace("    - {at: checkpoints, from: 30, " DRAWS "}\n"
                                  "    - {at: 31, " DRAWS "}\n");
    slt_trace *one = marked_trace("    - {at: 30, " DRAWS "}\n"
                                  "    - {at: checkpoints, from: 31, " DRAWS "}\n");
    const slt_record *a = chain_record(all, 0), *b = chain_record(one, 0);
    TAP_OK(!memcmp(a->losses, b->losses, 64), "the first: c3 as of an estimate there");
    a = chain_record(all, 4);
    b = chain_record(one, 2);
    TAP_OK(!memcmp(a->losses, b->losses, 64), "so has the second estimate's first");
    slt_trace *there = marked_trace("    - {at: 31, " DRAWS "}\n");
    a = chain_record(all, 2);
    b = chain_record(there, 0);
    TAP_OK(a->at_step == 31 && b->at_step == 31 && a->losses &&
               memcmp(a->losses + 8, b->losses + 8, 56),
           "the second checkpoint has other draws than an estimate at its step");
    slt_trace_free(there);
    slt_trace_free(all);
    slt_trace_free(one);
}

/* ---- The plan ---------------------------------------------------------------------- */

static slt_plan plan_of(const char *llc)
{
    char text[4096];
    slt_plan plan = {0};
    print_manifest(text, sizeof text, 1, 1, llc);
    slt_manifest *manifest = sample_open(text);
    if (slt_study_plan(manifest, 0, &plan, &err))
        tap_bail(err.text);
    slt_manifest_free(manifest);
    return plan;
}

/* 12 checkpoints; weights of 14 numbers of 8 bytes. */
static void test_plan(void)
{
    slt_plan last = plan_of("    - {at: last, " DRAWS "}\n");
    slt_plan all = plan_of("    - {at: checkpoints, " DRAWS "}\n");
    slt_plan some = plan_of("    - {at: checkpoints, from: 20, " DRAWS "}\n"
                            "    - {at: checkpoints, from: 30, " DRAWS "}\n"
                            "    - {at: {mark: early}, " DRAWS "}\n");
    slt_plan none = plan_of("    - {at: checkpoints, " DRAWS ", store_losses: none}\n");
    slt_plan only = plan_of("    - {at: checkpoints, " DRAWS ", store_losses: last}\n");
    TAP_EQ_U64(last.checkpoints, 12, "0, 3 ... 30 and 31");
    TAP_EQ_U64(last.draws, 16, "draws at one checkpoint");
    TAP_EQ_U64(all.draws, 16 * 12, "at twelve");
    TAP_EQ_U64(some.draws, 16 * (5 + 2 + 1), "at five, two and a mark");
    TAP_OK(last.memory.kept == 0 && all.memory.kept == 12 * 14 * 8 &&
               some.memory.kept == (5 + 1) * 14 * 8,
           "weights that are kept");
    TAP_EQ_U64(all.trace_bytes - only.trace_bytes, 8 * 16 * 11, "losses of one are kept");
    TAP_EQ_U64(only.trace_bytes - none.trace_bytes, 8 * 16, "or of none");
}

/* ---- Manifests that do not fit ----------------------------------------------------- */

static void refused(const char *marks, const char *llc, const char *words)
{
    char text[4096];
    slt_manifest *manifest = NULL;
    snprintf(text, sizeof text, RUN_MANIFEST("%s", "%s"), marks, llc);
    slt_status status =
        slt_manifest_parse(text, strlen(text), "sample.yaml", &manifest, &err);
    TAP_OK(status == SLT_FORMAT && strstr(err.text, words), "%s: %s", words,
           status ? err.text : "taken");
    slt_manifest_free(manifest);
}

static void test_refused(void)
{
    static const char fine[] = "      a: {metric: loss, below: 1}\n";
    static const char none[] = "    []\n";
    refused("      a: {metric: loss}\n", none, "one of at_least, above and below");
    refused("      a: {metric: loss, below: 1, at_least: 1}\n", none,
            "one of at_least, above and below");
    refused("      a: {metric: accuracy, at_least: 1}\n", none, "target of classes");
    refused("      a: {metric: val/loss, below: 1}\n", none, "validation samples");
    refused("      a: {metric: los, below: 1}\n", none, "did you mean 'loss'");
    refused(fine, "    - {at: {mark: b}, " DRAWS "}\n", "no mark 'b'");
    refused(fine, "    - {at: last, " DRAWS ", when: {mark: b}}\n", "no mark 'b'");
    refused("      a: {metric: loss, above: 1, which: last}\n",
            "    - {at: {mark: a}, " DRAWS "}\n",
            "a mark with `which: first`, found 'a'");
    refused(fine, "    - {at: last, " DRAWS ", when: {mark: a, then: c}}\n",
            "no mark 'c'");
    refused(fine, "    - {at: last, " DRAWS ", when: {mark: a, apart: 3}}\n",
            "apart needs then");
    refused(fine, "    - {at: last, from: 3, " DRAWS "}\n", "only with at=checkpoints");
    refused(fine, "    - {at: checkpoints, from: 32, " DRAWS "}\n", "last step");
    refused(fine, "    - {at: 32, " DRAWS "}\n", "no checkpoint");
}

/* ---- Classes ----------------------------------------------------------------------- */

#define CLASSES_MANIFEST                                                                 \
    SAMPLE_HEAD("test/classes")                                                          \
    "run:\n  arithmetic: f32\n  seed: 4\n"                                               \
    "  data: {kind: modular-addition, p: 5, train_fraction: 0.6}\n"                      \
    "  model:\n    weights:\n"                                                           \
    "      E: {shape: [5, 8], init: {kind: normal, std: 1}}\n"                           \
    "      W: {shape: [5, 8], init: {kind: fan-in}}\n"                                   \
    "    ops:\n"                                                                         \
    "      - {op: embedding, in: a, weight: E, out: ea}\n"                               \
    "      - {op: embedding, in: b, weight: E, out: eb}\n"                               \
    "      - {op: add, in: [ea, eb], out: s}\n"                                          \
    "      - {op: square, in: s, out: h}\n"                                              \
    "      - {op: linear, in: h, weight: W, out: y}\n"                                   \
    "    loss: {op: cross-entropy, in: y}\n"                                             \
    "  train:\n    optimizer: {kind: adam, lr: 5e-2}\n    steps: 60\n"                   \
    "    checkpoints: {every: 5, at: [0]}\n"                                             \
    "    marks:\n      i: {metric: accuracy, at_least: 1}\n"                             \
    "      j: {metric: val/loss, below: 1e9}\n"

static void test_classes(void)
{
    static const char *const names[] = {"loss", "accuracy", "val/loss", "val/accuracy",
                                        "step"};
    slt_trace *trace = sample_trace(CLASSES_MANIFEST, 0);
    const slt_record *table = slt_trace_record(trace, slt_trace_records(trace) - 2);
    const slt_record *last = slt_trace_record(trace, slt_trace_records(trace) - 3);
    for (size_t i = 0; i < 5; i++)
        TAP_OK(quantity_is(&table->results[i].quantity, names[i]), "result %s", names[i]);
    size_t wrong = 0;
    for (size_t i = 0; i < 4; i++)
        wrong += table->results[i].value.bits != last->metrics[i].value.bits;
    TAP_EQ_U64(wrong, 0, "the last checkpoint's metrics");
    const slt_result *mark = sample_result(trace, "mark/i");
    if (TAP_OK(mark, "every training sample right at some step")) {
        uint64_t step = (uint64_t)slt_real_double(mark->value);
        TAP_OK(step > 0 && checkpoint_of(trace, step)->metrics[1].value.bits ==
                               slt_real_of(1).bits,
               "all right there");
        TAP_OK(checkpoint_of(trace, step - 5)->metrics[1].value.bits !=
                   slt_real_of(1).bits,
               "and not all at the checkpoint before");
    }
    TAP_OK(sample_result(trace, "mark/j")->value.bits == slt_real_of(0).bits,
           "a mark at the initial state");
    slt_trace_free(trace);
}

int main(void)
{
    if (slt_start(NULL, &err))
        tap_bail(err.text);
    test_bounds();
    test_stop();
    test_stop_after_mark();
    test_when();
    test_count();
    test_kept();
    test_marked();
    test_checkpoints();
    test_streams();
    test_plan();
    test_refused();
    test_classes();
    return tap_done();
}
