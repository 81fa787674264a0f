#include "run/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "base/world.h"
#include "codec/digest.h"
#include "learn/observe.h"

#define MAGIC "sltsnap7"
#define HEAD_SIZE 24 /* magic, then XXH3-128 of all that follows */

/* Bytes of a result: its name, with zeros behind it, and its value. */
#define RESULT_SIZE (SLT_QUANTITY_TEXT_MAX + 8)

/* ---- Storing ----------------------------------------------------------------------- */

static void put_u64(slt_buffer *bytes, uint64_t value)
{
    uint8_t le[8];
    slt_store_le64(le, value);
    slt_buffer_append(bytes, le, sizeof le);
}

static void put_params(slt_buffer *bytes, const slt_params *params)
{
    for (size_t i = 0; i < params->count; i++) {
        if (!params->owned[i])
            continue;
        uint8_t *at = slt_buffer_extend(bytes, slt_tensor_bytes(&params->tensor[i]));
        if (at)
            slt_tensor_store(&params->tensor[i], at);
    }
}

static void put_slots(slt_buffer *bytes, const slt_slots *slots)
{
    for (size_t i = 0; i < slots->count; i++)
        put_params(bytes, &slots->slot[i]);
}

static void put_state(slt_buffer *bytes, const slt_state *state)
{
    put_u64(bytes, state->step);
    for (size_t i = 0; i < state->power_count; i++)
        put_u64(bytes, state->powers[i].bits);
    put_params(bytes, &state->weights);
    put_slots(bytes, &state->slots);
}

static void put_result(slt_buffer *bytes, const slt_result *result)
{
    char name[SLT_QUANTITY_TEXT_MAX] = "";
    slt_quantity_text(&result->quantity, name);
    slt_buffer_append(bytes, name, sizeof name);
    put_u64(bytes, result->value.bits);
}

static void put_metrics(slt_buffer *bytes, const slt_metrics *metrics)
{
    put_u64(bytes, metrics->count);
    for (size_t i = 0; i < metrics->count; i++)
        put_result(bytes, &metrics->list[i]);
}

static void put_marks(slt_buffer *bytes, const slt_execution *at)
{
    for (size_t i = 0; i < at->run->train.mark_count; i++) {
        put_u64(bytes, at->marks.reached[i]);
        put_u64(bytes, at->marks.step[i]);
    }
    put_u64(bytes, at->marks.in_a_row);
}

static void put_kept(slt_buffer *bytes, const slt_kept *kept)
{
    put_u64(bytes, kept->count);
    for (size_t i = 0; i < kept->count; i++)
        put_u64(bytes, kept->steps[i]);
    slt_buffer_append(bytes, kept->bytes.data, kept->bytes.size);
}

static void put_results(slt_buffer *bytes, const slt_execution *at)
{
    put_u64(bytes, at->results.count);
    for (size_t i = 0; i < at->results.count; i++)
        put_result(bytes, &at->results.list[i]);
}

static void put_stein(slt_buffer *bytes, const slt_stein *sums)
{
    for (size_t b = 0; b < SLT_STEIN_BATCHES; b++) {
        put_u64(bytes, sums->drift[b].bits);
        put_u64(bytes, sums->pull[b].bits);
        put_u64(bytes, sums->square[b].bits);
    }
}

/* Losses of samples and metrics that a chain has after so many draws. */
static uint64_t count_observed(const slt_execution *at, uint64_t draws)
{
    const slt_llc_spec *spec = &at->run->llc[at->llc];
    return slt_observed_draws(spec, draws) * slt_observed_width(spec, &at->run->data);
}

static void put_chains(slt_buffer *bytes, const slt_execution *at)
{
    put_u64(bytes, at->chain_count);
    for (size_t i = 0; i < at->chain_count; i++) {
        const slt_chain *chain = &at->chains[i];
        put_u64(bytes, chain->updates);
        put_u64(bytes, chain->draws);
        for (uint64_t draw = 0; draw < chain->draws; draw++)
            put_u64(bytes, chain->losses[draw].bits);
        put_params(bytes, &chain->weights);
        put_slots(bytes, &chain->slots);
        put_u64(bytes, chain->acceptance_sum.bits);
        if (at->run->llc[at->llc].adapt.given) {
            put_u64(bytes, chain->adapted.error.bits);
            put_u64(bytes, chain->adapted.log_step.bits);
        }
        if (at->run->llc[at->llc].stein)
            put_stein(bytes, &chain->stein);
        for (size_t pair = 0; pair < at->run->llc[at->llc].tempering.rungs; pair++)
            put_u64(bytes, chain->exchange_sum[pair].bits);
        const uint64_t observed = count_observed(at, chain->draws);
        for (uint64_t loss = 0; loss < observed; loss++)
            put_u64(bytes, chain->observed[loss].bits);
        for (uint64_t draw = 0; chain->energies && draw < chain->draws; draw++)
            put_u64(bytes, chain->energies[draw].bits);
        if (chain->energies)
            put_u64(bytes, chain->energy.bits);
        put_u64(bytes, chain->status);
        put_u64(bytes, chain->ended);
        slt_buffer_append(bytes, chain->overflowed, sizeof chain->overflowed);
    }
}

static void put_words(slt_buffer *bytes, const uint64_t *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_u64(bytes, words[i]);
}

static void put_trials(slt_buffer *bytes, const slt_trials *trials)
{
    put_u64(bytes, trials->written);
    put_words(bytes, trials->totals, trials->layout.numbers);
    for (size_t i = 0; i < SLT_TRIALS_WINDOW; i++) {
        const slt_trial_block *block = &trials->window[i];
        put_u64(bytes, block->words != NULL);
        if (!block->words)
            continue;
        put_u64(bytes, block->number);
        put_u64(bytes, block->next);
        put_words(bytes, block->words, trials->layout.words);
    }
}

void slt_snapshot_store(const slt_execution *at, const slt_snapshot_place *place,
                        slt_buffer *bytes)
{
    size_t start = bytes->size;
    slt_buffer_append(bytes, MAGIC "0123456789abcdef", HEAD_SIZE);
    slt_buffer_append(bytes, place->experiment.bytes, sizeof place->experiment.bytes);
    put_u64(bytes, place->records);
    put_u64(bytes, place->written);
    slt_buffer_append(bytes, place->hash.bytes, sizeof place->hash.bytes);
    put_u64(bytes, at->phase);
    put_state(bytes, &at->state);
    put_u64(bytes, at->has_checkpoint);
    put_u64(bytes, at->checkpoint_step);
    put_metrics(bytes, &at->metrics);
    put_marks(bytes, at);
    put_kept(bytes, &at->kept);
    put_u64(bytes, at->status);
    slt_buffer_append(bytes, at->tensor, sizeof at->tensor);
    put_u64(bytes, at->end_step);
    put_u64(bytes, at->llc);
    put_u64(bytes, at->place);
    put_u64(bytes, at->chains_written);
    put_results(bytes, at);
    put_chains(bytes, at);
    if (at->trials)
        put_trials(bytes, at->trials);
    if (bytes->failed)
        return;
    uint8_t *head = bytes->data + start;
    slt_digest sum = slt_digest_of(head + HEAD_SIZE, bytes->size - start - HEAD_SIZE);
    memcpy(head + 8, sum.bytes, sizeof sum.bytes);
}

/* ---- Loading: a cursor that latches ------------------------------------------------ */

typedef struct cursor {
    const uint8_t *at;
    size_t left;
    bool failed;
    bool short_of_memory;
} cursor;

static const uint8_t *take(cursor *from, size_t size)
{
    if (from->failed || size > from->left) {
        from->failed = true;
        return NULL;
    }
    const uint8_t *at = from->at;
    from->at += size;
    from->left -= size;
    return at;
}

static uint64_t take_u64(cursor *from)
{
    const uint8_t *at = take(from, 8);
    return at ? slt_load_le64(at) : 0;
}

/* A number that must not exceed max. */
static size_t take_upto(cursor *from, size_t max)
{
    uint64_t value = take_u64(from);
    if (value > max)
        from->failed = true;
    return from->failed ? 0 : (size_t)value;
}

static slt_real take_real(cursor *from)
{
    return (slt_real){take_u64(from)};
}

static void take_bytes(cursor *from, void *to, size_t size)
{
    const uint8_t *at = take(from, size);
    if (at)
        memcpy(to, at, size);
}

/* A text with nothing but zeros behind it, as it is stored. */
static void take_text(cursor *from, char *text, size_t size)
{
    take_bytes(from, text, size);
    const size_t length = strnlen(text, size);
    from->failed |= length == size;
    for (size_t i = length; i < size; i++)
        from->failed |= text[i] != 0;
    text[size - 1] = 0;
}

static void take_params(cursor *from, slt_params *params)
{
    for (size_t i = 0; i < params->count; i++) {
        if (!params->owned[i])
            continue;
        size_t size = slt_tensor_bytes(&params->tensor[i]);
        const uint8_t *at = take(from, size);
        if (at && slt_tensor_load(&params->tensor[i], at, size, NULL))
            from->failed = true;
    }
    slt_params_share(params);
}

static void take_slots(cursor *from, slt_slots *slots)
{
    for (size_t i = 0; i < slots->count; i++)
        take_params(from, &slots->slot[i]);
}

static void take_state(cursor *from, slt_state *state)
{
    state->step = take_u64(from);
    for (size_t i = 0; i < state->power_count; i++)
        state->powers[i] = take_real(from);
    take_params(from, &state->weights);
    take_slots(from, &state->slots);
}

static slt_result take_result(cursor *from)
{
    char name[SLT_QUANTITY_TEXT_MAX] = "";
    slt_result result = {0};
    take_text(from, name, sizeof name);
    if (!from->failed && slt_quantity_read(name, &result.quantity, NULL))
        from->failed = true;
    result.value = take_real(from);
    return result;
}

static void take_metrics(cursor *from, slt_metrics *metrics)
{
    metrics->count = take_upto(from, SLT_METRICS_MAX);
    for (size_t i = 0; i < metrics->count; i++)
        metrics->list[i] = take_result(from);
}

static void take_marks(cursor *from, slt_execution *at)
{
    for (size_t i = 0; i < at->run->train.mark_count; i++) {
        at->marks.reached[i] = take_upto(from, 1);
        at->marks.step[i] = take_u64(from);
    }
    at->marks.in_a_row = take_u64(from);
}

static void take_kept(cursor *from, slt_execution *at)
{
    size_t size = slt_kept_size(&at->state.weights);
    size_t count = take_upto(from, from->left / (8 + size));
    const uint8_t *steps = take(from, count * 8);
    uint64_t last = 0;
    for (size_t i = 0; i < count && !from->failed; i++) {
        uint64_t step = slt_load_le64(steps + 8 * i);
        const uint8_t *bytes = take(from, size);
        if ((i && step <= last) || !bytes)
            from->failed = true;
        else if (slt_kept_add_bytes(&at->kept, step, bytes, size, NULL))
            from->failed = from->short_of_memory = true;
        last = step;
    }
}

static void take_results(cursor *from, slt_execution *at)
{
    size_t count = take_upto(from, from->left / RESULT_SIZE);
    for (size_t i = 0; i < count && !from->failed; i++) {
        slt_result result = take_result(from);
        slt_results_add(&at->results, result.quantity, result.value);
    }
}

static void take_place(cursor *from, slt_snapshot_place *place)
{
    take_bytes(from, place->experiment.bytes, sizeof place->experiment.bytes);
    place->records = take_u64(from);
    place->written = take_u64(from);
    take_bytes(from, place->hash.bytes, sizeof place->hash.bytes);
}

static void take_stein(cursor *from, slt_stein *sums)
{
    for (size_t b = 0; b < SLT_STEIN_BATCHES; b++) {
        sums->drift[b] = take_real(from);
        sums->pull[b] = take_real(from);
        sums->square[b] = take_real(from);
    }
}

static void take_chain(cursor *from, const slt_execution *at, slt_chain *chain)
{
    const slt_llc_spec *spec = &at->run->llc[at->llc];
    chain->updates = take_u64(from);
    chain->draws = take_upto(from, (size_t)spec->num_draws);
    for (uint64_t draw = 0; draw < chain->draws; draw++)
        chain->losses[draw] = take_real(from);
    take_params(from, &chain->weights);
    take_slots(from, &chain->slots);
    chain->acceptance_sum = take_real(from);
    if (spec->adapt.given) {
        chain->adapted.error = take_real(from);
        chain->adapted.log_step = take_real(from);
    }
    if (spec->stein)
        take_stein(from, &chain->stein);
    for (size_t pair = 0; pair < spec->tempering.rungs; pair++)
        chain->exchange_sum[pair] = take_real(from);
    const uint64_t observed = count_observed(at, chain->draws);
    for (uint64_t loss = 0; loss < observed && !from->failed; loss++)
        chain->observed[loss] = take_real(from);
    for (uint64_t draw = 0; chain->energies && draw < chain->draws; draw++)
        chain->energies[draw] = take_real(from);
    if (chain->energies)
        chain->energy = take_real(from);
    chain->status = (slt_chain_status)take_upto(from, SLT_CHAIN_OVERFLOW);
    chain->ended = take_upto(from, 1);
    take_text(from, chain->overflowed, sizeof chain->overflowed);
}

static void take_chains(cursor *from, slt_execution *at, size_t count)
{
    const slt_llc_spec *spec = &at->run->llc[at->llc];
    at->chains = slt_world.calloc(count, sizeof *at->chains);
    from->short_of_memory |= !at->chains;
    while (at->chain_count < count && !from->failed && !from->short_of_memory) {
        slt_chain *chain = &at->chains[at->chain_count];
        from->short_of_memory = slt_chain_room(at->run, spec, chain, NULL) != SLT_OK;
        if (from->short_of_memory)
            return;
        at->chain_count++;
        take_chain(from, at, chain);
    }
}

static void take_words(cursor *from, uint64_t *words, size_t count)
{
    for (size_t i = 0; i < count && !from->failed; i++)
        words[i] = take_u64(from);
}

static void take_trials(cursor *from, slt_trials *trials)
{
    trials->written = take_u64(from);
    take_words(from, trials->totals, trials->layout.numbers);
    for (size_t i = 0; i < SLT_TRIALS_WINDOW && !from->failed; i++) {
        slt_trial_block *block = &trials->window[i];
        if (!take_upto(from, 1))
            continue;
        block->number = take_u64(from);
        block->next = take_u64(from);
        block->words = slt_world.calloc(trials->layout.words, sizeof *block->words);
        from->short_of_memory |= !block->words;
        if (!block->words)
            return;
        take_words(from, block->words, trials->layout.words);
    }
}

static void take_body(cursor *from, slt_execution *at)
{
    at->phase = (slt_phase)take_upto(from, SLT_PHASE_CLOSE);
    take_state(from, &at->state);
    at->has_checkpoint = take_upto(from, 1);
    at->checkpoint_step = take_u64(from);
    take_metrics(from, &at->metrics);
    take_marks(from, at);
    take_kept(from, at);
    at->status = (slt_run_status)take_upto(from, SLT_RUN_OVERFLOW);
    take_text(from, at->tensor, sizeof at->tensor);
    at->end_step = take_u64(from);
    at->llc = take_upto(from, at->run->llc_count);
    at->place = take_upto(from, SLT_LLC_CHECKPOINTS_MAX);
    size_t chains = at->llc < at->run->llc_count ? at->run->llc[at->llc].num_chains : 0;
    at->chains_written = take_upto(from, chains);
    take_results(from, at);
    size_t count = take_upto(from, chains);
    if (count && count != chains) /* an estimate under way has all its chains */
        from->failed = true;
    if (count && !from->failed)
        take_chains(from, at, count);
    if (at->trials && !from->failed)
        take_trials(from, at->trials);
    from->failed |= from->left > 0;
}

slt_status slt_snapshot_load(const uint8_t *bytes, size_t size, slt_execution *execution,
                             slt_snapshot_place *place, slt_error *err)
{
    if (size < HEAD_SIZE || memcmp(bytes, MAGIC, 8))
        return slt_fail(err, SLT_FORMAT, "not a snapshot");
    slt_digest sum = slt_digest_of(bytes + HEAD_SIZE, size - HEAD_SIZE);
    if (memcmp(bytes + 8, sum.bytes, sizeof sum.bytes))
        return slt_fail(err, SLT_FORMAT, "damaged");
    cursor from = {.at = bytes + HEAD_SIZE, .left = size - HEAD_SIZE};
    take_place(&from, place);
    take_body(&from, execution);
    if (from.short_of_memory || execution->results.failed)
        return slt_fail(err, SLT_RESOURCE, "no memory for a snapshot");
    if (from.failed)
        return slt_fail(err, SLT_FORMAT, "not of this run's form");
    return SLT_OK;
}
