/* Whether a run can be in the state of a snapshot. */
#include "run/snapshot.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "learn/adapt.h"
#include "learn/tempering.h"
#include "num/fixed/fixed.h"
#include "num/ops.h"
#include "num/scalar.h"
#include "run/execute_internal.h"

/* The first thing that is wrong latches. */
typedef struct check {
    const slt_execution *at;
    const slt_run_spec *run;
    slt_trace_order order; /* of the records that are there */
    uint64_t records;      /* how many they are */
    slt_status status;
    slt_error *err;
} check;

__attribute__((format(printf, 3, 4))) static void expect(check *c, bool holds,
                                                         const char *format, ...)
{
    char text[200];
    va_list arguments;
    if (holds || c->status)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    c->status = slt_fail(c->err, SLT_FORMAT, "%s", text);
}

static void expect_uint(check *c, const char *field, uint64_t expected, uint64_t found)
{
    expect(c, expected == found, "%s: expected %" PRIu64 ", found %" PRIu64, field,
           expected, found);
}

/* ---- Training ---------------------------------------------------------------------- */

/* What the last checkpoint's record left. */
static void check_checkpoint(check *c)
{
    const slt_execution *at = c->at;
    const bool there = c->order.kind != SLT_RECORD_HEADER;
    slt_quantity metrics[SLT_METRICS_MAX];
    const size_t count = there ? slt_train_recorded(c->run, metrics) : 0;
    expect(c, c->order.kind <= SLT_RECORD_CHAIN, "the trace has its table already");
    expect_uint(c, "has_checkpoint", there, at->has_checkpoint);
    expect_uint(c, "checkpoint", there ? c->order.step : 0, at->checkpoint_step);
    expect_uint(c, "metrics", count, at->metrics.count);
    for (size_t i = 0; i < count && !c->status; i++) {
        char name[SLT_QUANTITY_TEXT_MAX];
        slt_quantity_text(&metrics[i], name);
        expect(c,
               slt_quantity_equal(&at->metrics.list[i].quantity, &metrics[i]) &&
                   slt_real_finite(at->metrics.list[i].value),
               "metrics: expected a number %s", name);
    }
}

static void check_marks(check *c)
{
    const slt_marks *marks = &c->at->marks;
    for (size_t i = 0; i < c->run->train.mark_count; i++)
        expect(c,
               marks->reached[i]
                   ? c->at->has_checkpoint && marks->step[i] <= c->at->checkpoint_step
                   : !marks->step[i],
               "mark %s: expected no step beyond the last checkpoint",
               c->run->train.marks[i].name);
}

/* Training is over where `stop` ends it by a bound or a mark, and before its last step
 * only there or where a loss did. */
static void check_stop(check *c)
{
    const slt_execution *at = c->at;
    const slt_stop_spec *stop = &c->run->train.stop;
    const slt_marks *marks = &at->marks;
    const bool met = stop->has_metric && slt_bound_met(&stop->bound, &at->metrics);
    const bool stops = slt_marks_stop(&c->run->train, marks, at->checkpoint_step);
    expect(c, met == (marks->in_a_row > 0), "in a row: expected %s checkpoint",
           met ? "a" : "no");
    expect(c, marks->in_a_row < c->records,
           "in a row: expected fewer than %" PRIu64 ", found %" PRIu64, c->records,
           marks->in_a_row);
    if (at->phase == SLT_PHASE_TRAIN)
        expect(c, !stops && at->state.step <= slt_marks_end(&c->run->train, marks),
               "phase: training stopped at its last checkpoint, or after a mark");
    if (at->phase == SLT_PHASE_SAMPLE)
        expect(c,
               stops || stop->has_loss_below ||
                   at->checkpoint_step == c->run->train.steps,
               "phase: training has not stopped at step %" PRIu64, at->checkpoint_step);
}

static bool is_wanted(const check *c, uint64_t step)
{
    for (size_t i = 0; i < c->run->llc_count; i++)
        if (slt_marks_made_at(&c->run->train, &c->at->marks, &c->run->llc[i], step,
                              false))
            return true;
    return false;
}

static bool is_checkpoint(const check *c, uint64_t step)
{
    return step <= c->at->checkpoint_step &&
           (slt_checkpoint_due(&c->run->train, step) || step == c->at->checkpoint_step);
}

static bool are_weights(const slt_params *weights)
{
    for (size_t i = 0; i < weights->count; i++) {
        const slt_tensor *tensor = &weights->tensor[i];
        if (!slt_num_finite(tensor) ||
            (tensor->arithmetic == SLT_FIXED && tensor->frac != SLT_FIXED_FRAC))
            return false;
    }
    return true;
}

static bool are_squares(const slt_tensor *tensor)
{
    for (size_t e = 0; e < slt_tensor_count(tensor); e++)
        if (slt_real_less(slt_tensor_get(tensor, e), slt_real_of(0)))
            return false;
    return true;
}

static bool are_slots(const slt_slots *slots)
{
    bool fine = true;
    for (size_t i = 0; i < slots->count && fine; i++)
        for (size_t j = 0; j < slots->slot[i].count && fine; j++) {
            const slt_tensor *tensor = &slots->slot[i].tensor[j];
            fine = slt_num_finite(tensor) &&
                   (!slots->type[i].anchored || tensor->arithmetic != SLT_FIXED ||
                    tensor->frac == SLT_FIXED_FRAC) &&
                   (!slots->type[i].squares || are_squares(tensor));
        }
    return fine;
}

static void check_kept(check *c)
{
    const slt_kept *kept = &c->at->kept;
    slt_params weights;
    expect(c, !kept->count || c->at->has_checkpoint, "kept weights of no checkpoint");
    if (c->status || !kept->count)
        return;
    c->status = slt_params_create(&c->run->model, c->run->arithmetic, &weights, c->err);
    if (c->status)
        return;
    for (size_t i = 0; i < kept->count && !c->status; i++) {
        const uint64_t step = kept->steps[i];
        expect(c, is_checkpoint(c, step) && is_wanted(c, step),
               "weights kept of step %" PRIu64 ": no estimate is made there", step);
        expect(c, !slt_kept_load(kept, i, &weights, NULL) && are_weights(&weights),
               "weights kept of step %" PRIu64 ": expected finite numbers", step);
    }
    slt_params_free(&weights);
}

/* ---- Estimates --------------------------------------------------------------------- */

/* Draws that a chain has recorded once it has made so many updates. */
static uint64_t draws_after(const slt_llc_spec *spec, uint64_t updates)
{
    if (updates <= spec->num_burnin_steps)
        return 0;
    return (updates - spec->num_burnin_steps - 1) / spec->num_steps_bw_draws + 1;
}

/* One that broke off may have recorded the draw of the update that it did not make. */
static void check_draws(check *c, size_t number, const slt_llc_spec *spec,
                        const slt_chain *chain)
{
    const uint64_t all = slt_llc_updates(spec), due = draws_after(spec, chain->updates);
    const bool done = chain->ended && chain->status == SLT_CHAIN_DONE;
    const bool broke = chain->status != SLT_CHAIN_DONE;
    const uint64_t draws = done ? spec->num_draws : due;
    expect(c, chain->ended || !broke, "chain %zu: a status before its end", number);
    expect(c, chain->updates <= all && (!done || chain->updates == all),
           "chain %zu: updates: expected %s %" PRIu64 ", found %" PRIu64, number,
           done ? "" : "at most", all, chain->updates);
    expect(c,
           chain->draws == draws ||
               (broke && slt_draw_is_due(spec, chain->updates) &&
                chain->draws == draws + 1 && chain->draws < spec->num_draws),
           "chain %zu: draws: expected %" PRIu64 ", found %" PRIu64, number, draws,
           chain->draws);
    for (uint64_t i = 0; i < chain->draws && !c->status; i++)
        expect(c, slt_real_finite(chain->losses[i]), "chain %zu: expected finite losses",
               number);
}

/* Sums of squares are not negative, but for the rounding of those in a hyperplane; with a
 * prior the pull is none. */
static void check_stein(check *c, size_t number, const slt_llc_spec *spec,
                        const slt_stein *sums)
{
    const slt_real zero = slt_real_of(0);
    for (size_t b = 0; b < SLT_STEIN_BATCHES; b++)
        expect(c,
               (spec->prior.given || !slt_real_less(sums->pull[b], zero)) &&
                   (spec->orthogonal || !slt_real_less(sums->square[b], zero)),
               "chain %zu: a sum of squares below 0", number);
}

static void check_adapted(check *c, size_t number, const slt_adaptation *at)
{
    const slt_real one = slt_real_of(1);
    expect(c,
           slt_real_finite(at->error) && !slt_real_less(one, at->error) &&
               !slt_real_less(at->error, slt_real_neg(one)),
           "chain %zu: an acceptance that falls short by more than 1", number);
    expect(c, slt_real_finite(at->log_step), "chain %zu: expected finite step sizes",
           number);
}

/* Probabilities of exchanges of pairs of replicas, added up. */
static void check_exchanges(check *c, size_t number, const slt_tempering_spec *ladder,
                            const slt_chain *chain)
{
    for (size_t pair = 0; pair < ladder->rungs; pair++) {
        const slt_real sum = chain->exchange_sum[pair];
        const uint64_t offered = slt_tempering_offered(ladder, chain->updates, pair);
        expect(c,
               slt_real_finite(sum) && !slt_real_less(sum, slt_real_of(0)) &&
                   !slt_real_less(slt_real_from_u64(offered), sum),
               "chain %zu: exchanges of pair %zu beyond [0, 1]", number, pair);
    }
}

static void check_chain(check *c, size_t number)
{
    const slt_llc_spec *spec = &c->run->llc[c->at->llc];
    const slt_chain *chain = &c->at->chains[number];
    const slt_real sum = chain->acceptance_sum, zero = slt_real_of(0);
    const uint64_t adapts = slt_adapt_updates(spec);
    const uint64_t judged = chain->updates < adapts ? 0 : chain->updates - adapts;
    check_draws(c, number, spec, chain);
    expect(c, chain->status != SLT_CHAIN_DONE || are_weights(&chain->weights),
           "chain %zu: expected finite weights", number);
    expect(c, chain->status != SLT_CHAIN_DONE || are_slots(&chain->slots),
           "chain %zu: expected numbers beside its weights that a chain may have",
           number);
    expect(c, chain->status != SLT_CHAIN_OVERFLOW || c->run->arithmetic == SLT_FIXED,
           "chain %zu: overflow without fixed point", number);
    expect(c, number >= c->at->chains_written || chain->ended,
           "chain %zu: written before its end", number);
    expect(c,
           chain->status != SLT_CHAIN_DONE ||
               (slt_real_finite(sum) && !slt_real_less(sum, zero) &&
                !slt_real_less(slt_real_from_u64(judged), sum)),
           "chain %zu: acceptance beyond [0, 1]", number);
    check_adapted(c, number, &chain->adapted);
    check_stein(c, number, spec, &chain->stein);
    check_exchanges(c, number, &spec->tempering, chain);
}

/* The last record is that of the last chain written; the next chain's may come behind it.
 */
static void check_next(check *c, uint64_t step)
{
    const slt_execution *at = c->at;
    slt_record next = {.kind = SLT_RECORD_CHAIN,
                       .llc = (uint32_t)at->llc,
                       .at_step = step,
                       .chain = (uint32_t)at->chains_written};
    slt_trace_order order = c->order;
    if (at->chains_written) {
        expect(c, order.kind == SLT_RECORD_CHAIN, "chains written that are not there");
        expect_uint(c, "llc", order.llc, at->llc);
        expect_uint(c, "step of the chains", order.at_step, step);
        expect_uint(c, "chains written", (uint64_t)order.chain + 1, at->chains_written);
    } else {
        const char *expected = slt_trace_order_take(&order, &next);
        expect(c, !expected, "the next chain: expected %s", expected ? expected : "");
    }
}

static void check_sampling(check *c)
{
    const slt_execution *at = c->at;
    size_t places = 0;
    expect(c, at->has_checkpoint, "estimates without a checkpoint");
    expect_uint(c, "step", at->checkpoint_step, at->state.step);
    expect_uint(c, "end", at->state.step, at->end_step);
    if (c->status)
        return;
    if (at->llc < c->run->llc_count)
        places = slt_sample_places(at, &c->run->llc[at->llc]);
    expect(c, at->place < places || (!at->place && !at->chain_count),
           "place: expected one of %zu, found %zu", places, at->place);
    expect(c, at->chain_count || !at->chains_written, "chains written, none held");
    for (size_t i = 0; i < at->chain_count && !c->status; i++)
        check_chain(c, i);
    if (!c->status && at->place < places)
        check_next(c, slt_sample_step(at, &c->run->llc[at->llc], at->place));
}

static void check_training(check *c)
{
    const slt_execution *at = c->at;
    expect(c, c->order.kind <= SLT_RECORD_CHECKPOINT, "training behind chains");
    expect(c, !at->has_checkpoint || at->checkpoint_step <= at->state.step,
           "step: expected at least that of the checkpoint, %" PRIu64 ", found %" PRIu64,
           at->checkpoint_step, at->state.step);
    expect_uint(c, "status", SLT_RUN_DONE, at->status);
    expect_uint(c, "llc", 0, at->llc);
    expect_uint(c, "place", 0, at->place);
    expect_uint(c, "chains", 0, at->chain_count);
    expect_uint(c, "results", 0, at->results.count);
    expect_uint(c, "end", 0, at->end_step);
}

/* ---- Trials ------------------------------------------------------------------------ */

static void check_block(check *c, uint64_t written, const slt_trial_block *block,
                        size_t slot)
{
    const uint64_t number = block->number;
    if (!block->words)
        return;
    expect(c,
           number >= written && number - written < SLT_TRIALS_WINDOW &&
               number < slt_trial_blocks(c->run) && number % SLT_TRIALS_WINDOW == slot,
           "block: expected one of %d from %" PRIu64 ", found %" PRIu64,
           SLT_TRIALS_WINDOW, written, number);
    if (!c->status)
        expect(c, block->next <= slt_trial_block_size(c->run, number),
               "block %" PRIu64 ": expected at most %" PRIu64 " trials, found %" PRIu64,
               number, slt_trial_block_size(c->run, number), block->next);
}

/* Totals and words that are wrong show at the end, in a trace that contradicts itself or
 * its golden. */
static void check_trials(check *c)
{
    const slt_execution *at = c->at;
    const slt_trials *trials = at->trials;
    expect(c, at->phase == SLT_PHASE_TRAIN, "phase: nothing is left to do");
    expect_uint(c, "status", SLT_RUN_DONE, at->status);
    expect_uint(c, "blocks written", c->records - 1, trials->written);
    expect(c, trials->written < slt_trial_blocks(c->run),
           "blocks written: expected one to be left");
    for (size_t i = 0; i < SLT_TRIALS_WINDOW && !c->status; i++)
        check_block(c, trials->written, &trials->window[i], i);
}

slt_status slt_snapshot_check(const slt_execution *execution,
                              const slt_trace_writer *writer, slt_error *err)
{
    check c = {.at = execution,
               .run = execution->run,
               .order = writer->order,
               .records = writer->records,
               .err = err};
    c.status = slt_state_reachable(c.run, &execution->state, err);
    expect(&c, writer->records > 0, "no records");
    if (execution->trials) {
        check_trials(&c);
        return c.status;
    }
    check_checkpoint(&c);
    check_marks(&c);
    check_stop(&c);
    check_kept(&c);
    if (execution->phase == SLT_PHASE_TRAIN)
        check_training(&c);
    else if (execution->phase == SLT_PHASE_SAMPLE)
        check_sampling(&c);
    else
        expect(&c, false, "phase: nothing is left to do");
    return c.status;
}
