/* Random runs and goldens: what is written is read, and written again is the same. */
#include <stdlib.h>

#include "golden_sample.h"
#include "random.h"

#include "base/endian.h"
#include "learn/results.h"
#include "learn/tempering.h"
#include "trace/trace_agree.h"
#include "trace/trace_writer.h"

/* A finite number of any magnitude; zeros and subnormals are not rare. */
static slt_real random_real(void)
{
    slt_real value = {random_word()};
    if (random_below(8) == 0)
        value.bits &= (uint64_t)1 << 63 | 0xfff;
    if (!slt_real_finite(value))
        value.bits ^= (uint64_t)1 << 62;
    return value;
}

static void random_name(char name[SLT_NAME_MAX], size_t index)
{
    size_t length = 1 + random_below(SLT_NAME_MAX - 8);
    memset(name, (int)('a' + random_below(26)), length);
    snprintf(name + length, SLT_NAME_MAX - length, "_%zu", index);
}

static void random_tensor(slt_tensor *tensor, slt_arithmetic arithmetic)
{
    size_t rows = random_below(5), cols = random_below(40);
    if (slt_tensor_create(tensor, arithmetic, rows, cols, NULL) != SLT_OK)
        tap_bail("no memory");
    if (arithmetic == SLT_FIXED)
        tensor->frac = (int)random_below(60);
    for (size_t e = 0; e < rows * cols; e++)
        if (arithmetic == SLT_FIXED)
            ((int64_t *)tensor->data)[e] = (int64_t)random_word();
        else
            slt_tensor_set(tensor, e, slt_real_of((double)(int64_t)random_word() / 1e18));
}

typedef struct run {
    slt_model_spec model;
    slt_state state;
    slt_metrics metrics;
    slt_chain chain;
    slt_llc_spec llc;
    slt_llc_setup setup;
} run;

static void random_params(slt_params *params, const slt_params *like, size_t count,
                          slt_arithmetic arithmetic)
{
    slt_params_reserve(count, params, NULL);
    for (size_t i = 0; i < count; i++) {
        params->owned[i] = like ? like->owned[i] : i == 0 || random_below(4) > 0;
        params->trainable[i] = like ? like->trainable[i] : random_below(4) > 0;
        random_tensor(&params->tensor[i], arithmetic);
    }
}

static void free_params(slt_params *params)
{
    for (size_t i = 0; i < params->count; i++)
        slt_tensor_free(&params->tensor[i]);
    free(params->tensor);
    *params = (slt_params){0};
}

static const slt_slot_type slot_types[] = {{.name = "m"}, {.name = "v"}};

/* 20 draws of 4 losses and 2 metrics. */
enum { OBSERVED_MOST = 120 };

static void random_observed(run *r)
{
    r->llc.num_draws = 1 + random_below(20);
    r->llc.observables = (slt_observables_spec){.given = random_below(2),
                                                .every = 1 + random_below(3)};
    r->setup.observed = r->llc.observables.given ? 1 + random_below(4) : 0;
    r->llc.observables.metric_count = r->llc.observables.given ? random_below(3) : 0;
    r->chain.observed = calloc(OBSERVED_MOST, sizeof *r->chain.observed);
    for (size_t i = 0; i < OBSERVED_MOST; i++)
        r->chain.observed[i] = random_real();
    if (random_below(2))
        r->chain.observed[0] = slt_real_absent();
    if (random_below(2))
        r->chain.observed[r->setup.observed] = slt_real_absent();
}

static void make_run(run *r)
{
    slt_arithmetic arithmetic = (slt_arithmetic)random_below(3);
    size_t weights = 1 + random_below(5);
    *r = (run){0};
    r->model.weight_count = weights;
    for (size_t i = 0; i < weights; i++)
        random_name(r->model.weights[i].name, i);
    random_params(&r->state.weights, NULL, weights, arithmetic);
    r->state.slots.type = slot_types;
    r->state.slots.count = random_below(3);
    for (size_t i = 0; i < r->state.slots.count; i++)
        random_params(&r->state.slots.slot[i], &r->state.weights, weights, arithmetic);
    r->state.power_count = random_below(3);
    for (size_t i = 0; i < r->state.power_count; i++)
        r->state.powers[i] = random_real();
    r->metrics.count = random_below(SLT_METRICS_MAX + 1);
    for (size_t i = 0; i < r->metrics.count; i++) {
        char name[SLT_QUANTITY_NAME_MAX];
        snprintf(name, sizeof name, "m%zu", i);
        r->metrics.list[i] =
            (slt_result){i ? slt_quantity_named(SLT_QUANTITY_METRIC, name)
                           : (slt_quantity){.kind = SLT_QUANTITY_LOSS},
                         random_real()};
    }
    random_params(&r->chain.weights, &r->state.weights, weights, arithmetic);
    r->chain.draws = random_below(50);
    r->chain.updates = 1 + random_below(100);
    r->chain.losses = calloc(50, sizeof *r->chain.losses);
    for (size_t i = 0; i < 50; i++)
        r->chain.losses[i] = random_real();
    r->chain.status = (slt_chain_status)random_below(3);
    r->chain.acceptance_sum = slt_real_of((double)random_below(100));
    r->llc.mala_acceptance = random_below(2);
    r->llc.adapt.given = random_below(2);
    r->llc.num_burnin_steps = random_below(100);
    r->llc.lr = slt_real_of(.25);
    r->chain.adapted.log_step = slt_real_of((double)random_below(40) - 20);
    r->llc.tempering.given = !r->llc.adapt.given && random_below(2);
    r->llc.tempering.rungs = r->llc.tempering.given ? 1 + random_below(3) : 0;
    r->llc.tempering.every = 1 + random_below(5);
    for (size_t i = 0; i < r->llc.tempering.rungs; i++)
        r->chain.exchange_sum[i] = slt_real_of((double)random_below(100));
    r->llc.stein = random_below(2);
    for (size_t b = 0; b < SLT_STEIN_BATCHES; b++) {
        r->chain.stein.drift[b] = random_real();
        r->chain.stein.pull[b] = random_real();
        r->chain.stein.square[b] = random_real();
    }
    r->setup = (slt_llc_setup){.nbeta = random_real(),
                               .init_loss = random_real(),
                               .moving = random_below(1000)};
    random_observed(r);
    r->llc.observables.energies = random_below(2);
    r->chain.energies = calloc(20, sizeof *r->chain.energies);
    for (size_t i = 0; i < 20; i++)
        r->chain.energies[i] = random_real();
    if (random_below(4) == 0)
        r->chain.energies[0] = slt_real_absent();
}

static void free_run(run *r)
{
    free_params(&r->state.weights);
    for (size_t i = 0; i < r->state.slots.count; i++)
        free_params(&r->state.slots.slot[i]);
    free_params(&r->chain.weights);
    free(r->chain.losses);
    free(r->chain.observed);
    free(r->chain.energies);
}

static void write_run(slt_trace_writer *writer, const run *r, bool store)
{
    static const uint8_t canonical[] = {0x80};
    slt_trace_writer_init(writer);
    slt_trace_write_header(writer, canonical, sizeof canonical, 0, SLT_F32);
    slt_trace_write_checkpoint(writer, &r->model, &r->state, &r->metrics,
                               store ? SLT_TRACE_STORED : SLT_TRACE_HASHED);
    slt_trace_write_chain(writer, &r->model, &r->llc, 1, 2, r->state.step, &r->setup,
                          &r->chain, true);
    slt_trace_write_end(writer, SLT_RUN_DONE, NULL, r->state.step);
}

/* Puts a stored state back into tensors of the same shapes, zeroed before. */
static bool load_group(slt_params *params, bool moments, const slt_record *record,
                       size_t *next)
{
    bool right = true;
    for (size_t i = 0; i < params->count; i++) {
        if (!params->owned[i] || (moments && !params->trainable[i]))
            continue;
        const slt_trace_tensor *from = &record->tensors[(*next)++];
        slt_tensor_zero(&params->tensor[i]);
        right = right && slt_tensor_load(&params->tensor[i], from->data, from->size,
                                         NULL) == SLT_OK;
    }
    return right;
}

static bool load_slots(slt_slots *slots, const slt_record *record, size_t *next)
{
    bool right = true;
    for (size_t i = 0; i < slots->count; i++)
        right = load_group(&slots->slot[i], true, record, next) && right;
    return right;
}

/* Of each draw that is observed `width` numbers, which are its numbers from `from` on. */
static void load_rows(run *r, const uint8_t *numbers, size_t count, uint64_t from,
                      uint64_t width)
{
    const size_t all = r->setup.observed + r->llc.observables.metric_count;
    for (size_t i = 0; i < count; i++)
        r->chain.observed[i / width * all + from + i % width].bits =
            slt_load_le64(numbers + 8 * i);
}

static bool load_record(run *r, const slt_record *checkpoint, const slt_record *chain)
{
    size_t next = 0;
    bool right = load_group(&r->state.weights, false, checkpoint, &next) &&
                 load_slots(&r->state.slots, checkpoint, &next) &&
                 next == checkpoint->tensor_count &&
                 checkpoint->power_count == r->state.power_count;
    memcpy(r->state.powers, checkpoint->powers, sizeof r->state.powers);
    r->metrics.count = checkpoint->metric_count;
    for (size_t i = 0; i < checkpoint->metric_count; i++)
        r->metrics.list[i] = checkpoint->metrics[i];
    r->chain.draws = chain->loss_count;
    for (size_t i = 0; i < chain->loss_count; i++)
        r->chain.losses[i] = (slt_real){0};
    for (size_t i = 0; i < 8 * chain->loss_count; i++)
        r->chain.losses[i / 8].bits |= (uint64_t)chain->losses[i] << 8 * (i % 8);
    r->chain.status = (slt_chain_status)chain->chain_status;
    r->setup = (slt_llc_setup){
        .nbeta = chain->nbeta,
        .init_loss = chain->init_loss,
        .moving = chain->moving,
        .observed = chain->observed_samples};
    for (size_t i = 0; i < OBSERVED_MOST; i++)
        r->chain.observed[i] = slt_real_absent();
    load_rows(r, chain->observed, chain->observed_count, 0, chain->observed_samples);
    load_rows(r, chain->measured, chain->measured_count, chain->observed_samples,
              chain->measured_metrics);
    for (size_t i = 0; i < 20; i++)
        r->chain.energies[i] = i < chain->energy_count
                                   ? (slt_real){slt_load_le64(chain->energies + 8 * i)}
                                   : slt_real_absent();
    slt_results_stein_sums(chain, &r->chain.stein);
    const bool done = r->chain.status == SLT_CHAIN_DONE;
    for (size_t i = 0; i < chain->swap_count; i++)
        right &= slt_load_le64(chain->swaps + 8 * i) ==
                 slt_tempering_rate(&r->llc.tempering, &r->chain, i).bits;
    return right && chain->has_adapted_lr == (r->llc.adapt.given && done) &&
           chain->swap_count == (done ? r->llc.tempering.rungs : 0);
}

/* A checkpoint with a joint hash has that of the stored one's bytes, and is read. */
static bool joint_alike(const run *r, const slt_record *stored)
{
    slt_trace_writer writer;
    slt_trace *trace = NULL;
    slt_buffer bytes = {0};
    slt_trace_writer_init(&writer);
    slt_trace_write_header(&writer, (const uint8_t[]){0x80}, 1, 0, SLT_F32);
    slt_trace_write_checkpoint(&writer, &r->model, &r->state, &r->metrics,
                               SLT_TRACE_JOINT);
    slt_trace_write_end(&writer, SLT_RUN_DONE, NULL, r->state.step);
    for (size_t i = 0; i < stored->tensor_count; i++)
        slt_buffer_append(&bytes, stored->tensors[i].data, stored->tensors[i].size);
    bool same = slt_trace_parse_form(writer.bytes.data, writer.bytes.size, "x", &trace,
                                     NULL) == SLT_OK;
    const slt_record *joint = same ? slt_trace_record(trace, 1) : NULL;
    same = same && joint->has_joint && !joint->has_state && !joint->tensor_count &&
           joint->metric_count == stored->metric_count &&
           slt_digest_equal(joint->joint, slt_digest_of(bytes.data, bytes.size));
    slt_buffer_free(&bytes);
    slt_trace_free(trace);
    slt_trace_writer_free(&writer);
    return same;
}

static bool one_trace(void)
{
    run r;
    slt_trace_writer first, second;
    slt_trace *trace = NULL;
    make_run(&r);
    r.state.step = random_word() >> random_below(64);
    write_run(&first, &r, true);
    bool same = !first.failed && slt_trace_parse_form(first.bytes.data, first.bytes.size,
                                                      "x", &trace, NULL) == SLT_OK;
    same = same && slt_trace_record(trace, 1)->step == r.state.step &&
           load_record(&r, slt_trace_record(trace, 1), slt_trace_record(trace, 2));
    same = same && joint_alike(&r, slt_trace_record(trace, 1));
    if (same) {
        write_run(&second, &r, true);
        same = second.bytes.size == first.bytes.size &&
               memcmp(second.bytes.data, first.bytes.data, first.bytes.size) == 0;
        slt_trace_writer_free(&second);
    }
    slt_trace_free(trace);
    slt_trace_writer_free(&first);
    free_run(&r);
    return same;
}

static bool one_golden(void)
{
    slt_golden *golden = golden_sample(), *read = NULL;
    char *first = NULL, *second = NULL;
    size_t first_size = 0, second_size = 0;
    for (size_t i = 0; i < golden->run_count; i++) {
        slt_golden_run *r = &golden->runs[i];
        r->run = 10 * i + random_below(10);
        r->results[0] = random_real();
        r->results[1] = random_real();
        r->has_result[1] = random_below(2);
        if (!slt_golden_run_make(golden, r, 1 + random_below(300)))
            tap_bail("no memory");
        for (size_t k = 0; k < r->trail_count; k++)
            r->trail_hash[k] = (uint32_t)random_word();
        r->trail_hash[r->trail_count - 1] = slt_digest_prefix(r->chain);
    }
    bool same = slt_golden_write(golden, &first, &first_size, NULL) == SLT_OK &&
                slt_golden_parse(first, first_size, "x", &read, NULL) == SLT_OK &&
                slt_golden_write(read, &second, &second_size, NULL) == SLT_OK &&
                first_size == second_size && memcmp(first, second, first_size) == 0;
    for (size_t i = 0; i < 4 && same; i++)
        same = read->runs[i].results[0].bits == golden->runs[i].results[0].bits;
    free(first);
    free(second);
    slt_golden_free(read);
    slt_golden_free(golden);
    return same;
}

int main(void)
{
    size_t traces = 0, goldens = 0;
    random_begin();
    for (int i = 0; i < 2000; i++)
        traces += one_trace();
    for (int i = 0; i < 500; i++)
        goldens += one_golden();
    TAP_EQ_U64(traces, 2000, "traces: write, read, write");
    TAP_EQ_U64(goldens, 500, "goldens: write, read, write");
    return tap_done();
}
