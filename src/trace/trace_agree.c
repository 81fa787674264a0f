#include "trace/trace_agree_internal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/numerics.h>

#include "base/assert.h"
#include "base/world.h"
#include "learn/optimizer.h"
#include "learn/sampler.h"
#include "manifest/manifest.h"
#include "num/scalar.h"

/* ---- Contradictions ---------------------------------------------------------------- */

void slt_agree_refuse(slt_agree *a, size_t index, const char *format, ...)
{
    if (a->status)
        return;
    const slt_record *record = slt_trace_record(a->trace, index);
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    a->status = slt_fail(a->err, SLT_FORMAT, "%s: record %zu (%s): byte %zu: %s", a->name,
                         index, slt_record_kind_name(record->kind), record->offset, text);
}

void slt_agree_text(slt_agree *a, size_t index, const char *field, const char *expected,
                    const char *found)
{
    if (strcmp(expected, found) != 0)
        slt_agree_refuse(a, index, "%s: expected %s, found %s", field, expected, found);
}

void slt_agree_quantity(slt_agree *a, size_t index, const char *field,
                        const slt_quantity *expected, const slt_quantity *found)
{
    char want[SLT_QUANTITY_TEXT_MAX] = "no more", got[SLT_QUANTITY_TEXT_MAX] = "no more";
    if (expected && found && slt_quantity_equal(expected, found))
        return;
    if (expected)
        slt_quantity_text(expected, want);
    if (found)
        slt_quantity_text(found, got);
    slt_agree_refuse(a, index, "%s: expected %s, found %s", field, want, got);
}

void slt_agree_uint(slt_agree *a, size_t index, const char *field, uint64_t expected,
                    uint64_t found)
{
    if (expected != found)
        slt_agree_refuse(a, index, "%s: expected %" PRIu64 ", found %" PRIu64, field,
                         expected, found);
}

void slt_agree_real(slt_agree *a, size_t index, const char *field, slt_real expected,
                    slt_real found)
{
    char want[SLT_REAL_TEXT_MAX], got[SLT_REAL_TEXT_MAX];
    if (expected.bits == found.bits ||
        (!slt_real_finite(expected) && !slt_real_finite(found)))
        return;
    slt_real_text(expected, want);
    slt_real_text(found, got);
    slt_agree_refuse(a, index, "%s: expected %s, found %s", field, want, got);
}

void slt_agree_memory(slt_agree *a)
{
    if (!a->status)
        a->status = slt_fail(a->err, SLT_RESOURCE, "%s: no memory to check it", a->name);
}

slt_metrics slt_trace_metrics(const slt_record *record)
{
    slt_metrics metrics = {.count = record->metric_count};
    SLT_ASSERT(record->metric_count <= SLT_METRICS_MAX);
    for (size_t i = 0; i < metrics.count; i++)
        metrics.list[i] = record->metrics[i];
    return metrics;
}

/* ---- Header, table and end --------------------------------------------------------- */

/* The header must name the functions that the run calls.  Their fingerprints are not
 * checked: they belong to the machine that made the trace. */
static void judge_functions(slt_agree *a, const slt_trace_head *head)
{
    slt_function_set set = slt_run_functions(a->run);
    size_t at = 0;
    for (int f = 0; f < SLT_FN_COUNT; f++) {
        if (!(set >> f & 1))
            continue;
        slt_agree_text(a, 0, "functions", slt_function_name((slt_function)f),
                       at < head->function_count ? head->functions[at].name : "no more");
        at++;
    }
    if (at < head->function_count)
        slt_agree_text(a, 0, "functions", "no more", head->functions[at].name);
}

/* Finds where checkpoints and chains end, and whether training finished.  It did if the
 * run's status is `done` or there are chains: then a status other than `done` comes from
 * a chain. */
static void find_parts(slt_agree *a)
{
    size_t count = slt_trace_records(a->trace), i = 1;
    a->end = slt_trace_record(a->trace, count - 1);
    while (slt_trace_kind(a->trace, i) == SLT_RECORD_CHECKPOINT)
        i++;
    a->chains = i;
    for (; slt_trace_kind(a->trace, i) == SLT_RECORD_CHAIN; i++) {
        if (a->chain_status == SLT_RUN_DONE)
            a->chain_status = slt_trace_record(a->trace, i)->chain_status;
        slt_trace_forget(a->trace, i);
    }
    a->table = i;
    a->trained = a->end->status == SLT_RUN_DONE || a->chains < a->table;
    if (slt_trace_kind(a->trace, i) != SLT_RECORD_TABLE)
        slt_agree_refuse(a, i, "expected a table of results before it");
}

/* Whether the name is that of a weight, or of a tensor kept beside one (a moment). */
static bool names_weight_tensor(const slt_model_spec *model, const slt_slot_type *types,
                                size_t slots, const char *name)
{
    for (size_t i = 0; i < model->weight_count; i++)
        for (size_t group = 0; group <= slots; group++) {
            char own[SLT_STATE_NAME_MAX];
            slt_slot_name(group ? &types[group - 1] : NULL, model->weights[i].name, own);
            if (strcmp(name, own) == 0)
                return true;
        }
    return false;
}

/* Whether the name is that of a state tensor, of training or of a chain. */
static bool names_state_tensor(const slt_run_spec *run, const char *name)
{
    const slt_optimizer_spec *optimizer = &run->train.optimizer;
    bool found = names_weight_tensor(&run->model, slt_optimizer_of(optimizer)->slots,
                                     slt_optimizer_slot_count(optimizer), name);
    for (size_t i = 0; i < run->llc_count && !found; i++)
        found = names_weight_tensor(&run->model, slt_sampler_slots(&run->llc[i]),
                                    slt_sampler_slot_count(&run->llc[i]), name);
    return found;
}

/* Whether the name is that of a tensor that can overflow: an input, an op's output, the
 * target, or a tensor of the state. */
static bool names_tensor(const slt_run_spec *run, const char *name)
{
    const slt_model_spec *model = &run->model;
    slt_batch data;
    slt_data_shape(&run->data, run->arithmetic, &data);
    bool found = strcmp(name, "y*") == 0;
    for (size_t i = 0; i < data.inputs && !found; i++)
        found = strcmp(name, data.input_name[i]) == 0;
    for (size_t i = 0; i < model->op_count && !found; i++)
        found = strcmp(name, model->ops[i].out) == 0;
    return found || names_state_tensor(run, name);
}

static void judge_end(slt_agree *a)
{
    size_t index = slt_trace_records(a->trace) - 1;
    const slt_train_spec *train = &a->run->train;
    uint64_t step = a->end->step;
    if (a->trained)
        slt_agree_text(a, index, "status", slt_run_status_name(a->chain_status),
                       slt_run_status_name(a->end->status));
    if (a->end->status == SLT_RUN_OVERFLOW && a->run->arithmetic != SLT_FIXED)
        slt_agree_refuse(a, index, "status: expected overflow in fixed alone");
    if (a->end->status_tensor[0] && !names_tensor(a->run, a->end->status_tensor))
        slt_agree_refuse(a, index, "tensor: the run has none that is called %s",
                         a->end->status_tensor);
    if (step > train->steps)
        slt_agree_refuse(a, index, "step: expected at most %" PRIu64 ", found %" PRIu64,
                         train->steps, step);
    if (!a->trained || step == train->steps)
        return;
    if (!train->stop.given)
        slt_agree_uint(a, index, "step", train->steps, step);
    else if (step < train->stop.after)
        slt_agree_refuse(a, index, "step: expected at least %" PRIu64 ", found %" PRIu64,
                         train->stop.after, step);
    else if (train->stop.has_metric && !slt_checkpoint_due(train, step))
        slt_agree_refuse(a, index,
                         "step: training stops at a checkpoint that the run asks for; "
                         "none is at %" PRIu64,
                         step);
}

static void judge_table(slt_agree *a)
{
    const slt_record *table = slt_trace_record(a->trace, a->table);
    for (size_t i = 0; i < a->found.count && !a->status; i++) {
        const slt_result *expected = &a->found.list[i];
        const slt_result *found = i < table->result_count ? &table->results[i] : NULL;
        char name[SLT_QUANTITY_TEXT_MAX];
        slt_agree_quantity(a, a->table, "results", &expected->quantity,
                           found ? &found->quantity : NULL);
        slt_quantity_text(&expected->quantity, name);
        if (found)
            slt_agree_real(a, a->table, name, expected->value, found->value);
    }
    if (table->result_count > a->found.count)
        slt_agree_quantity(a, a->table, "results", NULL,
                           &table->results[a->found.count].quantity);
}

/* What the table may say of marks.  Where checkpoints stand at times, crossings are not
 * computed again, which a trace's reader cannot: each must lie where the checkpoints say
 * that it does, and be there unless the end point is one of the two. */
static slt_mark_values agree_marks(slt_agree *a)
{
    const slt_train_spec *train = &a->run->train;
    const slt_record *table = slt_trace_record(a->trace, a->table);
    const uint64_t last = slt_trace_record(a->trace, a->chains - 1)->step;
    slt_mark_values values = slt_mark_steps(train, &a->marks);
    for (size_t i = 0; train->times.count && i < train->mark_count; i++) {
        const slt_quantity name =
            slt_quantity_named(SLT_QUANTITY_MARK, train->marks[i].name);
        slt_mark_bracket bracket;
        size_t at = 0;
        while (at < table->result_count &&
               !slt_quantity_equal(&table->results[at].quantity, &name))
            at++;
        values.has[i] = slt_mark_bracket_of(train, &a->marks, i, last, &bracket) &&
                        (at < table->result_count || slt_real_finite(bracket.to));
        values.value[i] =
            at < table->result_count ? table->results[at].value : slt_real_absent();
        if (values.has[i] && (!slt_real_finite(values.value[i]) ||
                              slt_real_less(values.value[i], bracket.from) ||
                              slt_real_less(bracket.to, values.value[i])))
            slt_agree_refuse(a, a->table,
                             "mark %s: expected a time between the two checkpoints "
                             "where it changes",
                             train->marks[i].name);
    }
    return values;
}

/* A run without trials. */
static void judge_training(slt_agree *a)
{
    if (!a->status)
        judge_end(a);
    if (!a->status)
        slt_agree_checkpoints(a);
    const slt_mark_values marks = agree_marks(a);
    slt_results_of_training(&a->found, a->run, &a->last, a->end->step, &marks);
    if (!a->status)
        slt_agree_chains(a);
}

static void agree_judge(slt_agree *a, const slt_trace_head *head)
{
    judge_functions(a, head);
    find_parts(a);
    if (a->run->trials.count)
        slt_agree_trials(a);
    else
        judge_training(a);
    if (a->found.failed)
        slt_agree_memory(a);
    if (!a->status)
        judge_table(a);
    slt_results_free(&a->found);
}

slt_status slt_trace_agree(const slt_trace *trace, const slt_trace_head *head,
                           const char *name, slt_error *err)
{
    slt_error wrong = {0};
    if (head->numerics != SLT_NUMERICS_REVISION)
        return slt_fail(err, SLT_UNFIT,
                        "%s: cannot judge here: numerics revision %u, this program has "
                        "%d",
                        name, head->numerics, SLT_NUMERICS_REVISION);
    slt_run_spec *run = slt_run_spec_create();
    slt_agree a = {.trace = trace, .name = name, .run = run, .err = err};
    slt_status status = SLT_OK;
    if (!run)
        slt_agree_memory(&a);
    else
        status = slt_canonical_decode(head->run.bytes, head->run.size, run, &wrong);
    if (status == SLT_RESOURCE)
        slt_agree_memory(&a);
    else if (status)
        slt_agree_refuse(&a, 0, "run: %s", wrong.text);
    if (!a.status)
        agree_judge(&a, head);
    free(run);
    return a.status;
}
