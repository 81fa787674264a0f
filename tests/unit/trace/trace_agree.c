#include "forge.h"
#include "kinds_sample.h"

#include "trace/trace_agree.h"

static slt_buffer forged, value;
static slt_error err;

static slt_status read_forged(void)
{
    slt_trace *trace = NULL;
    err.text[0] = 0;
    slt_status status = slt_trace_parse(forged.data, forged.size, "x", &trace, &err);
    slt_trace_free(trace);
    return status;
}

/* An estimate of which a chain did not end has none: nothing tells of its losses. */
static bool has_results(const slt_trace *trace, const slt_record *chain)
{
    for (size_t i = 0; i < slt_trace_records(trace); i++) {
        const slt_record *other = slt_trace_record(trace, i);
        if (other->kind == SLT_RECORD_CHAIN && other->llc == chain->llc &&
            other->at_step == chain->at_step && other->chain_status != SLT_RUN_DONE)
            return false;
    }
    return true;
}

/* Whether the trace may say anything here: nothing else in it tells.  A checkpoint's
 * hashes without a state, its metrics where nothing hangs on them; a chain's last weights
 * and the hash of losses that are not stored; the Hessian, said once; the tensor that
 * overflowed, among those that there are. */
static bool stands_alone(const slt_trace *trace, const forge_leaf *leaf, size_t way)
{
    const slt_record *record = slt_trace_record(trace, leaf->record);
    size_t last = leaf->record + 1;
    while (slt_trace_record(trace, last)->kind == SLT_RECORD_CHECKPOINT)
        last++;
    bool is_last = last == leaf->record + 1;
    if (leaf->key)
        return false;
    /* The time of a crossing, between two others. */
    if (strstr(leaf->path, "/results/mark/here") ||
        strstr(leaf->path, "/results/mark/end"))
        return true;
    if (record->kind == SLT_RECORD_CHECKPOINT) {
        if (strstr(leaf->path, "/metrics/metric/norm") && record->has_state)
            return false;
        if (strstr(leaf->path, "/metrics/"))
            return !is_last;
        return record->has_joint ? strstr(leaf->path, "/joint") != NULL
                                 : !record->has_state && strstr(leaf->path, "/hash");
    }
    if (record->kind == SLT_RECORD_CHAIN)
        return strstr(leaf->path, "/weights") ||
               (strstr(leaf->path, "/losses_hash") && record->draws > 4) ||
               ((record->llc || way == 1 || record->measured_metrics) &&
                strstr(leaf->path, "/observed")) ||
               ((record->measured_count > 1 || way == 1) &&
                strstr(leaf->path, "/measured")) ||
               strstr(leaf->path, "/energies") ||
               ((!has_results(trace, record) || way == 1) &&
                strstr(leaf->path, "/losses")); /* an ulp may round away */
    return strstr(leaf->path, "/functions/") || strstr(leaf->path, "hessian") != NULL;
}

static void test_leaves(const char *name, const slt_trace *trace, const forge *f)
{
    const size_t each = tap_times(1, FORGE_WAYS); /* of the ways */
    size_t refused = 0, accepted = 0;
    for (size_t l = 0; l < f->leaf_count; l++) {
        const forge_leaf *leaf = &f->leaves[l];
        if (!strcmp(leaf->path, "header/run"))
            continue;
        for (size_t way = l % each; way < FORGE_WAYS; way += each) {
            if (!forge_value(f, leaf, way, &value))
                continue;
            forge_leaf_with(f, leaf, &value, &forged);
            slt_status status = read_forged();
            refused += status != SLT_OK;
            accepted += status == SLT_OK;
            bool unfit = status == SLT_UNFIT && !strcmp(leaf->path, "header/numerics");
            if (status == SLT_OK ? !stands_alone(trace, leaf, way)
                                 : !unfit && (status != SLT_FORMAT ||
                                              strncmp(err.text, "x: record ", 10) != 0))
                TAP_OK(false, "%s: record %zu, %s, way %zu: %s", name, leaf->record,
                       leaf->path, way, status ? err.text : "accepted");
        }
    }
    TAP_OK(refused > accepted, "%s: of %zu values changed %zu are refused", name,
           refused + accepted, refused);
}

static void test_records(const char *name, const forge *f)
{
    size_t order[FORGE_RECORDS_MAX], wrong = 0, tried = 0;
    for (size_t without = 0; without < f->record_count; without++, tried++) {
        size_t count = 0;
        for (size_t i = 0; i < f->record_count; i++)
            if (i != without)
                order[count++] = i;
        forge_records(f, order, count, &forged);
        wrong += read_forged() != SLT_FORMAT;
        if (!wrong)
            continue;
        tap_note("%s: without record %zu", name, without);
    }
    for (size_t twice = 0; twice < f->record_count; twice++, tried++) {
        size_t count = 0;
        for (size_t i = 0; i < f->record_count; i++) {
            order[count++] = i;
            if (i == twice)
                order[count++] = i;
        }
        forge_records(f, order, count, &forged);
        wrong += read_forged() != SLT_FORMAT;
    }
    TAP_EQ_U64(wrong, 0, "a record left out or twice is refused");
}

static void test_kind(size_t kind)
{
    slt_trace *trace = NULL;
    slt_buffer bytes = sample_bytes(sample_kinds[kind].manifest, 0, NULL);
    if (!TAP_OK(slt_trace_parse(bytes.data, bytes.size, "x", &trace, &err) == SLT_OK,
                "%s: read: %s", sample_kinds[kind].name, err.text))
        return;
    forge f = forge_open(&bytes);
    test_leaves(sample_kinds[kind].name, trace, &f);
    test_records(sample_kinds[kind].name, &f);
    forge_free(&f);
    slt_trace_free(trace);
    slt_buffer_free(&bytes);
}

/* ---- What is said ------------------------------------------------------------------ */

/* The nth leaf of that path, changed that way, is refused with these words. */
static const struct {
    size_t kind;
    const char *path;
    size_t nth, way;
    const char *words;
} told[] = {
    {0, "header/functions/log?", 0, 0,
     "record 0 (header): byte 12: functions: expected log, found "},
    {0, "checkpoint/step", 1, 1, "record 2 (checkpoint): byte "},
    {0, "checkpoint/step", 1, 1, ": step: expected 3, found 1"},
    {0, "checkpoint/metrics/loss", 0, 1, "loss: expected a number, found nil"},
    {0, "checkpoint/metrics/loss", 4, 0, "(table): byte "},
    {0, "checkpoint/tensors/1/hash", 1, 0,
     "tensor W2: expected the hash that it had before: it is frozen"},
    {0, "checkpoint/tensors/0/name", 1, 0, "tensors: expected W1, found q1"},
    {0, "checkpoint/tensors/0/rows", 1, 0, "tensor W1: expected 2 x 4, found 3 x 4"},
    {0, "checkpoint/powers/1", 0, 0, "stored state: expected powers from 0 to 1"},
    {0, "checkpoint/powers/1", 1, 2, "powers: expected 0.99"},
    {0, "chain/nbeta", 1, 0, "record 7 (chain): byte "},
    {0, "chain/nbeta", 1, 0, ": nbeta: expected 4.8"},
    {0, "chain/init_loss", 0, 0, "init_loss: expected "},
    {0, "chain/chain", 1, 0, "expected chain 1 of llc 0 at step 0"},
    {0, "chain/step", 1, 0, "expected chain 1 of llc 0 at step 0"},
    {0, "table/results/step", 0, 0, "step: expected 10, found 11"},
    {0, "table/results/mark/i", 0, 0, "mark/i: expected 0, found 1"},
    {0, "table/results/llc/mean", 0, 0, "llc/mean: expected "},
    {0, "table/results/llc/std", 0, 0, "llc/std: expected "},
    {0, "table/results/llc-chain/1", 0, 0, "llc-chain/1: expected "},
    {0, "table/results/llc3/mean", 0, 0, "llc3/mean: expected "},
    {0, "end/step", 0, 1, "step: expected 10, found 5"},
    {0, "end/step", 0, 0, "step: expected at most 10, found 11"},
    {0, "end/status", 0, 2, "status: expected done, found diverged"},
    {1, "chain/quarters/3", 0, 1, "results: llc 0 at step 3: expected nan, found "},
    {1, "chain/quarters/0", 6, 0, "quarters: expected nil of draws 0 to 0"},
    {1, "chain/quarters/2", 0, 0, "results: llc 0 at step 3: expected "},
    {1, "chain/quarters/1", 4, 0, "results: llc 1, chain 0: expected "},
    {1, "chain/draws", 0, 0, "draws: expected 6, found 7"},
    {1, "chain/losses_hash", 6, 0, "losses_hash: expected that of the quarters"},
    {1, "chain/acceptance", 0, 0, "acceptance: expected a number from 0 to 1"},
    {1, "chain/acceptance", 0, 2, "mala2/acceptance: expected "},
    {1, "table/results/hessian/trace@9", 0, 0, "hessian/trace: expected "},
    {2, "chain/init_loss", 0, 0, "init_loss: expected "},
    {2, "chain/init_loss", 0, 1, "init_loss: expected a number, found nil"},
    {4, "end/status", 0, 3, "status: expected overflow in fixed alone"},
    {2, "end/step", 0, 0, "record 3 (checkpoint): byte "},
    {2, "end/step", 0, 1, "step: expected at least 10, found 5"},
    {2, "checkpoint/metrics/loss", 2, 0, "loss: expected "},
    {3, "checkpoint/metrics/accuracy", 1, 2, "accuracy: expected a share of 15 rows"},
    {3, "checkpoint/metrics/val/accuracy", 1, 2,
     "val/accuracy: expected a share of 10 rows"},
    {4, "end/step", 0, 0, "expected the checkpoint of step "},
    {5, "end/tensor", 0, 0, "tensor: the run has none that is called q"},
    {6, "table/results/llc/mean", 0, 0, "llc/mean: expected nan, found 0.5"},
    {10, "chain/moving", 0, 0, "record 4 (chain): byte "},
    {10, "chain/moving", 0, 0, "moving: expected 14, found 13"},
    {10, "chain/moving", 1, 1, "moving: expected 13, found 6"},
    {10, "chain/moving", 4, 0, "moving: expected 14, found 15"},
    {10, "chain/stein", 0, 0, "stein/step@3: expected "},
    {10, "chain/stein", 0, 1, "stein: expected sums of draws in batch 0"},
    {10, "chain/stein", 4, 0, "stein2/step: expected "},
    {10, "table/results/stein/mean@6", 0, 0, "stein/mean@6: expected "},
    {10, "table/results/stein/drift", 0, 0, "stein/drift: expected "},
    {10, "table/results/stein/pull", 0, 0, "stein/pull: expected "},
    {10, "table/results/stein/step", 0, 0, "stein/step: expected "},
    {10, "table/results/stein-chain/1", 0, 0, "stein-chain/1: expected "},
    {6, "end/status", 0, 1, "status: expected diverged, found done"},
    {15, "table/results/mark/here", 0, 2, "mark here: expected a time between the two"},
    {15, "table/results/mark/all", 0, 1, "mark all: expected a time between the two"},
    {16, "checkpoint/step", 2, 0, "step: expected 7, found 8"},
    {16, "checkpoint/tensors/0/cols", 0, 0, "bytes of tensor trials/ended"},
    {16, "checkpoint/tensors/1/name", 0, 0, "expected table low, fixed of 1 x 1, found "},
    {16, "table/results/trials/done", 0, 0, "trials/done: expected 7, found "},
    {16, "table/results/tally/loss/mean", 0, 0, "tally/loss/mean: expected "},
    {16, "table/results/tally/way/std@2", 0, 0, "tally/way/std@2: expected "},
    {16, "end/step", 0, 1, "step: expected 7, found "},
    {16, "end/status", 0, 2, "status: expected done, found diverged"},
    {17, "chain/samples", 2, 1, "samples: expected 2, found 1"},
    {17, "chain/observed", 0, 0, "losses: expected "},
    {20, "chain/metrics", 0, 1, "metrics: expected 2, found "},
    {20, "chain/measured", 2, 0, "measured: expected "},
    {18, "chain/adapted_lr", 0, 0, "adapted/lr@2: expected "},
    {18, "chain/adapted_lr", 4, 0, "adapted2/lr: expected "},
    {18, "table/results/adapted/lr", 0, 0, "adapted/lr: expected "},
    {21, "chain/swaps", 0, 0, "swap-pair/1@3: expected "},
    {21, "chain/swaps", 0, 1, "swap-pair/0@3: expected "},
    {21, "chain/swaps", 2, 0, "swaps: expected 1, found "},
    {21, "table/results/swap-pair/1@6", 0, 0, "swap-pair/1@6: expected "},
    {21, "table/results/swap-pair/0", 0, 0, "swap-pair/0: expected "},
    {22, "chain/init_loss", 0, 0, "record 2 (chain): byte "},
    {22, "chain/init_loss", 0, 0, "losses: expected "},
    {22, "chain/init_loss", 1, 0, "init_loss: expected "},
    {22, "chain/nbeta", 0, 0, "nbeta: expected 3.5"},
};

static void test_words(void)
{
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        slt_buffer bytes = sample_bytes(sample_kinds[told[i].kind].manifest, 0, NULL);
        forge f = forge_open(&bytes);
        const forge_leaf *leaf = forge_find(&f, told[i].path, told[i].nth);
        if (TAP_OK(leaf && forge_value(&f, leaf, told[i].way, &value),
                   "%s: there is such a value", told[i].path)) {
            forge_leaf_with(&f, leaf, &value, &forged);
            slt_status status = read_forged();
            if (!TAP_OK(status == SLT_FORMAT && strstr(err.text, told[i].words), "%s",
                        told[i].words))
                tap_note("%s, way %zu: said '%s'", told[i].path, told[i].way, err.text);
        }
        forge_free(&f);
        slt_buffer_free(&bytes);
    }
}

/* The trace with another run in its header. */
static void say_run(const forge *f, const uint8_t *run, size_t size)
{
    slt_buffer_clear(&value);
    slt_pack_bin(&value, run, size);
    forge_leaf_with(f, forge_find(f, "header/run", 0), &value, &forged);
}

#define OF(data, arithmetic, init, train, llc)                                           \
    HEAD("one", arithmetic)                                                              \
    data "  model:\n    weights:\n      W: {shape: [3, 4], init: {kind: " init "}}\n"    \
         "    ops:\n      - {op: linear, in: x, weight: W, out: y}\n"                    \
         "    loss: {op: mse, in: y}\n  train:\n    steps: 12\n" train "  llc:\n" llc
#define CONSTANT                                                                         \
    "  data: {kind: constant, samples: 12, inputs: 4, outputs: 3, target_value: 2}\n"
#define ONE(arithmetic, init, train, llc) OF(CONSTANT, arithmetic, init, train, llc)
#define BATCHES(llc) OF(SAMPLE_DATA, "f32", "zero", SGD, llc)
#define SGD "    optimizer: {kind: sgd, lr: 1e-2}\n"
#define ADAM "    optimizer: {kind: adam, lr: 1e-2}\n"
#define FULL "    batch: full\n"
#define AT(more) "    - {at: last, " DRAWS more "}\n"
#define NONE "    []\n"
#define FRESH ", batch: {size: 5, order: fresh}"
#define STOPS(rule) "    stop: {" rule "}\n    checkpoints: {every: 4, state: none}\n"
#define STOPS_AFTER(rule)                                                                \
    FULL "    stop: {" rule "}\n    checkpoints: {every: 4, state: none}\n"              \
         "    marks: {m: {metric: loss, below: 1e6}}\n"
#define OBSERVE(fields) ", observables: {losses: {" fields "}}"
#define MEASURES ", observables: {losses: {}, metrics: [norm]}"
#define CLASSES_WITH(llc)                                                                \
    CLASSES("f64") "  llc:\n    - {at: last, batch: full, " DRAWS llc "}\n"
#define LADDER(nbeta) ", sampler: mala, tempering: {nbeta: [" nbeta "], lr: [1e-4]}"

#define TRAJECTORIES ", sampler: hmc, num_burnin_steps: 2"
#define ADAPTS ", sampler: mala, num_burnin_steps: 2, adapt: {}"

#define NUMBERS_OF(metrics) CLASSES_STORING("f64", ", state: all") metrics
#define NORM "    metrics:\n      norm: {kind: norm, weight: W}\n"
#define STEEP(stop)                                                                      \
    ONE("f32", "zero",                                                                   \
        "    optimizer: {kind: sgd, lr: 1e4}\n" FULL                                     \
        "    checkpoints: {every: 0, at: [0], state: none}\n"                            \
        "    marks: {m: {metric: loss, below: 1e6}}\n" stop,                             \
        NONE)
#define PLAIN(train)                                                                     \
    HEAD("trials", "f32")                                                                \
    SAMPLE_DATA SAMPLE_NET                                                               \
        "  train:\n    optimizer: {kind: sgd, lr: 1e-2}\n    steps: 2\n" train
#define TALLIES(count, tally)                                                            \
    PLAIN("    marks: {m: {metric: loss, below: 1}}\n")                                  \
    "  trials:\n    count: " count "\n    block: 3\n    tally:\n      it: " tally "\n"
#define BINS(bins) "{kind: histogram, of: loss, from: 0, to: 1, bins: " bins "}"

#define WILD(draws) "    - {at: last, lr: 1e30, localization: 0, num_draws: " draws "}\n"

/* A run, another one that its trace says it is of, and the first thing in which they do
 * not agree: each pair differs in one setting. */
static const struct {
    const char *run, *said, *words;
} pairs[] = {
    {ONE("f32", "zero", SGD, AT("")), ONE("f32", "zero", SGD, NONE),
     "functions: expected no more, found "},
    {ONE("f32", "normal, std: 0.1", SGD, AT("") AT("")),
     ONE("f32", "normal, std: 0.1", SGD, AT("")),
     "expected no chain: no estimate is made here"},
    {ONE("f32", "zero", SGD, NONE), ONE("f64", "zero", SGD, NONE),
     "tensor W: expected f64, found f32"},
    {ONE("f32", "zero", ADAM, NONE), ONE("f32", "zero", SGD, NONE),
     "tensors: expected no more, found m/W"},
    {ONE("f32", "zero", SGD "    checkpoints: {state: last}\n", NONE),
     ONE("f32", "zero", SGD "    checkpoints: {state: none}\n", NONE),
     "tensors: expected hashes, found the state"},
    {ONE("f32", "zero", SGD "    checkpoints: {state: none}\n", NONE),
     ONE("f32", "zero", SGD "    checkpoints: {state: none, hashes: joint}\n", NONE),
     "tensors: expected a joint hash, found hashes"},
    {ONE("f32", "zero", SGD, AT(", hessian_probes: 2")), ONE("f32", "zero", SGD, AT("")),
     "results: expected no more, found hessian/trace"},
    {ONE("f32", "zero", SGD, AT("")), ONE("f32", "zero", SGD, AT(", store_losses: none")),
     "losses: expected not stored, found stored"},
    {BATCHES(AT(FRESH ", init_loss: batches, num_burnin_steps: 1")),
     BATCHES(AT(FRESH ", num_burnin_steps: 1")), "init_loss: expected "},
    {BATCHES(AT(FRESH)), BATCHES(AT(", batch: full")), "losses: expected "},
    {BATCHES(AT(FRESH)), BATCHES(AT(FRESH ", init_loss: batches")),
     "init_loss: expected "},
    {ONE("f32", "zero", SGD, AT(", nbeta: 2")), ONE("f32", "zero", SGD, AT(", nbeta: 3")),
     "nbeta: expected 3, found 2"},
    {ONE("f32", "zero", SGD FULL STOPS("loss_below: 1e6, after: 10"), NONE),
     ONE("f32", "zero", SGD FULL STOPS("loss_below: 1e6, after: 8"), NONE),
     "loss: training stops below the rule's bound, and did not stop at step 8"},
    {ONE("f32", "zero", SGD FULL STOPS("loss_below: 1e6, after: 10"), NONE),
     ONE("f32", "zero", SGD FULL STOPS("loss_below: 1e-9, after: 10"), NONE),
     "loss: expected below the stop rule's bound: training stopped at step 10"},
    {ONE("f32", "zero", SGD FULL STOPS("metric: loss, below: 1e6, checkpoints: 2"), NONE),
     ONE("f32", "zero", SGD FULL STOPS("metric: loss, below: 1e6"), NONE),
     "metrics: training stops at step 4 by its rule, and did not"},
    {ONE("f32", "zero", SGD FULL STOPS("metric: loss, below: 1e6"), NONE),
     ONE("f32", "zero", SGD FULL STOPS("metric: loss, below: 1e-6"), NONE),
     "metrics: training stopped at step 4, where its rule does not hold"},
    {ONE("f32", "zero", SGD FULL STOPS("metric: loss, below: 1e6"), NONE),
     ONE("f32", "zero", SGD FULL STOPS("metric: loss, below: 1e6, checkpoints: 2"), NONE),
     "metrics: training stopped at step 4, where its rule does not hold"},
    {ONE("f32", "zero", SGD FULL STOPS("loss_below: 1e6, after: 9"), NONE),
     ONE("f32", "zero", SGD FULL STOPS("metric: loss, below: 1e6, checkpoints: 3"), NONE),
     "step: training stops at a checkpoint that the run asks for; none is at 9"},
    {ONE("f32", "zero", SGD FULL STOPS("metric: loss, below: 1e6, checkpoints: 2"), NONE),
     ONE("f32", "zero", SGD FULL STOPS("metric: loss, below: 1e6, after: 12"), NONE),
     "step: expected at least 12, found 8"},
    {ONE("f32", "zero", SGD STOPS_AFTER("mark: m, steps: 6"), NONE),
     ONE("f32", "zero", SGD STOPS_AFTER("mark: m, steps: 3"), NONE),
     "metrics: training stops at step 8 by its rule, and did not"},
    {ONE("f32", "zero", SGD STOPS_AFTER("mark: m, steps: 3"), NONE),
     ONE("f32", "zero", SGD STOPS_AFTER("mark: m, steps: 6"), NONE),
     "metrics: training stopped at step 7, where its rule does not hold"},
    {ONE("f32", "zero", SGD STOPS_AFTER("mark: m, steps: 6"), NONE),
     ONE("f32", "zero", SGD STOPS_AFTER("mark: m, steps: 6, after: 12"), NONE),
     "step: expected at least 12, found 10"},
    {CLASSES_WITH(", mala_acceptance: true"), CLASSES_WITH(""),
     "acceptance: expected none, found a number"},
    {CLASSES_WITH(ADAPTS), CLASSES_WITH(", sampler: mala, num_burnin_steps: 2"),
     "adapted_lr: expected none, found a number"},
    {CLASSES_WITH(", sampler: mala, num_burnin_steps: 2"), CLASSES_WITH(ADAPTS),
     "adapted_lr: expected a number, found none"},
    {CLASSES_WITH(TRAJECTORIES ", observables: {energy: true}"),
     CLASSES_WITH(TRAJECTORIES), "energies: expected none, found numbers"},
    {CLASSES_WITH(TRAJECTORIES),
     CLASSES_WITH(TRAJECTORIES ", observables: {energy: true}"),
     "energies: expected numbers, found none"},
    {CLASSES_WITH(", stein: true"), CLASSES_WITH(""), "stein: expected none, found sums"},
    {CLASSES_WITH(""), CLASSES_WITH(", stein: true"), "stein: expected sums, found none"},
    {CLASSES_WITH(LADDER("1")), CLASSES_WITH(", sampler: mala"),
     "swaps: expected 0, found 1"},
    {CLASSES_WITH(", sampler: mala"), CLASSES_WITH(LADDER("1")),
     "swaps: expected 1, found 0"},
    {CLASSES_WITH(OBSERVE("")), CLASSES_WITH(""),
     "observed: expected none, found losses"},
    {CLASSES_WITH(""), CLASSES_WITH(OBSERVE("")),
     "observed: expected losses, found none"},
    {METRICS("f64") "  llc:\n    - {at: last, " DRAWS MEASURES "}\n",
     METRICS("f64") "  llc:\n    - {at: last, " DRAWS OBSERVE("") "}\n",
     "measured: expected none, found metrics"},
    {METRICS("f64") "  llc:\n    - {at: last, " DRAWS OBSERVE("") "}\n",
     METRICS("f64") "  llc:\n    - {at: last, " DRAWS MEASURES "}\n",
     "measured: expected metrics, found none"},
    {CLASSES_WITH(OBSERVE("every: 2")), CLASSES_WITH(OBSERVE("every: 3")),
     "observed: expected "},
    {ONE("f32", "zero", SGD, WILD("200")), ONE("f32", "zero", SGD, WILD("1")),
     "draws: expected less than 1 of a chain that broke off, found "},
    {ONE("f32", "zero", SGD, NONE), ONE("f32", "zero", SGD, AT("")),
     "functions: expected log, found no more"},
    {ONE("f32", "zero", SGD, NONE), ONE("f32", "zero", ADAM, NONE),
     "tensors: expected m/W, found no more"},
    {ONE("f32", "zero", SGD, AT("")), ONE("f32", "zero", SGD, AT(", hessian_probes: 2")),
     "results: expected hessian/trace, found no more"},
    {ONE("f32", "zero", SGD, "    - {at: last, store_losses: none, " DRAWS "}\n"),
     ONE("f32", "zero", SGD,
         "    - {at: last, store_losses: none, lr: 1e-4, localization: 1, "
         "num_chains: 2, num_draws: 6, hessian_probes: 2}\n"),
     "results: expected hessian/trace, found no more"},
    {NUMBERS_OF(""), NUMBERS_OF(NORM), "metrics: expected metric/norm, found no more"},
    {NUMBERS_OF(NORM), NUMBERS_OF(""), "metrics: expected no more, found metric/norm"},
    {STEEP(""), STEEP("    stop: {mark: m, steps: 1}\n"),
     "step: expected at most 1, where training ends"},
    {CLASSES_WITH(""), CLASSES_WITH(", mala_acceptance: true"),
     "acceptance: expected a number, found none"},
    {TALLIES("7", BINS("3")), TALLIES("3", BINS("3")),
     "expected no block behind the last trial"},
    {TALLIES("7", BINS("3")), TALLIES("7", BINS("4")),
     "expected table it, fixed of 1 x 6, found it, fixed of 1 x 5"},
    {TALLIES("7", BINS("3")), TALLIES("7", "{kind: sum, of: loss}"),
     "expected 3 tables of tallies with their numbers, found 2"},
    {TALLIES("7", BINS("3")), TALLIES("7", "{kind: count, of: mark/m}"),
     "expected table it, fixed of 1 x 1, found it, fixed of 1 x 5"},
    {TALLIES("7", BINS("3")), TALLIES("7", "{kind: curve, of: loss}"),
     "expected 3 tables of tallies with their numbers, found 2"},
    {PLAIN("    checkpoints: {every: 2, state: none}\n"), TALLIES("2", BINS("3")),
     "metrics: expected 0, found 1"},
    {PLAIN("    checkpoints: {every: 2, hashes: joint, state: none}\n"),
     TALLIES("2", BINS("3")), "metrics: expected 0, found 1"},
};

static void test_runs(void)
{
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        slt_buffer bytes = sample_bytes(pairs[i].run, 0, NULL);
        sample_run said = sample_begin(pairs[i].said, 0);
        forge f = forge_open(&bytes);
        say_run(&f, said.canonical, said.canonical_size);
        if (!TAP_OK(read_forged() == SLT_FORMAT && strstr(err.text, pairs[i].words), "%s",
                    pairs[i].words))
            tap_note("pair %zu: said '%s'", i, err.text);
        forge_free(&f);
        slt_buffer_free(&bytes);
        sample_end(&said);
    }
    slt_buffer bytes = sample_bytes(MARKS, 0, NULL);
    forge f = forge_open(&bytes);
    say_run(&f,
            (const uint8_t *)"\x81\xa1"
                             "a\1",
            4);
    TAP_OK(read_forged() == SLT_FORMAT && strstr(err.text, "(header): byte 12: run: "),
           "no run: %s", err.text);
    forge_free(&f);
    slt_buffer_free(&bytes);
}

/* ---- More than one value ----------------------------------------------------------- */

/* Something more in a map, where nothing else of the trace speaks of it. */
static void test_more(void)
{
    slt_buffer bytes = sample_bytes(MARKS, 0, NULL);
    forge f = forge_open(&bytes);
    TAP_OK(
        forge_insert(&f, 1, "checkpoint/metrics/", "val/loss", slt_real_of(1), &forged) &&
            read_forged() == SLT_FORMAT &&
            strstr(err.text, "metrics: expected no more, found val/loss"),
        "a metric more: %s", err.text);
    size_t order[FORGE_RECORDS_MAX], count = 0;
    for (size_t i = 0; i < f.record_count; i++)
        if (f.records[i].kind != 3)
            order[count++] = i;
    forge_records(&f, order, count, &forged);
    TAP_OK(read_forged() == SLT_FORMAT &&
               strstr(err.text, "expected a table of results before it"),
           "no table: %s", err.text);
    forge_free(&f);
    slt_buffer_free(&bytes);
}

/* The trace with other data of this tensor of its first checkpoint with any, and their
 * hash. */
static void forge_data(const slt_buffer *bytes, size_t tensor, const uint8_t *data,
                       size_t size)
{
    char path[48];
    slt_buffer again = {0};
    const slt_digest digest = slt_digest_of(data, size);
    forge f = forge_open(bytes);
    snprintf(path, sizeof path, "checkpoint/tensors/%zu/data", tensor);
    slt_buffer_clear(&value);
    slt_pack_bin(&value, data, size);
    forge_leaf_with(&f, forge_find(&f, path, 0), &value, &forged);
    forge_free(&f);
    f = forge_open(&forged);
    snprintf(path, sizeof path, "checkpoint/tensors/%zu/hash", tensor);
    slt_buffer_clear(&value);
    slt_pack_bin(&value, digest.bytes, 16);
    forge_leaf_with(&f, forge_find(&f, path, 0), &value, &again);
    forge_free(&f);
    slt_buffer_free(&forged);
    forged = again;
}

/* A moment that has moved before the first update. */
static void test_first_moments(void)
{
    slt_buffer bytes = sample_bytes(
        ONE("f32", "zero", ADAM "    checkpoints: {at: [0], state: all}\n", NONE), 0,
        NULL);
    for (size_t i = 1; i < 3; i++) {
        uint8_t moments[48] = {0};
        slt_store_le32(moments + 8, 0x3f800000);
        forge_data(&bytes, i, moments, sizeof moments);
        TAP_OK(read_forged() == SLT_FORMAT &&
                   strstr(err.text, i == 1 ? "tensor m/W: expected 0 at step 0"
                                           : "tensor v/W: expected 0 at step 0"),
               "%s", err.text);
    }
    slt_buffer_free(&bytes);
}

/* Counts of trials are whole numbers. */
static void test_counts(void)
{
    slt_buffer bytes = sample_bytes(TALLIES("7", BINS("3")), 0, NULL);
    uint8_t counts[48] = {1};
    forge_data(&bytes, 1, counts, sizeof counts);
    TAP_OK(read_forged() == SLT_FORMAT &&
               strstr(err.text, "table it: expected whole numbers, of exponent 0"),
           "%s", err.text);
    slt_buffer_free(&bytes);
}

/* The trace with `value` in the place of the nth leaf of that path. */
static void change(slt_buffer *bytes, const char *path, size_t nth)
{
    forge f = forge_open(bytes);
    const forge_leaf *leaf = forge_find(&f, path, nth);
    if (!leaf)
        tap_bail(path);
    forge_leaf_with(&f, leaf, &value, &forged);
    forge_free(&f);
    slt_buffer_clear(bytes);
    slt_buffer_append(bytes, forged.data, forged.size);
}

/* A trace with a real number (nil where it is none) in that place is refused with these
 * words. */
static void tells(const char *manifest, const char *path, size_t nth, double number,
                  const char *words)
{
    slt_buffer bytes = sample_bytes(manifest, 0, NULL);
    slt_buffer_clear(&value);
    slt_pack_real(&value, slt_real_of(number));
    change(&bytes, path, nth);
    slt_buffer_free(&bytes);
    if (!TAP_OK(read_forged() == SLT_FORMAT && strstr(err.text, words), "%s", words))
        tap_note("%s: said '%s'", path, err.text);
}

#define SINGLE                                                                           \
    ONE("f32", "zero", SGD "    checkpoints: {every: 4, state: none}\n",                 \
        "    - {at: checkpoints, store_losses: none, lr: 1e-4, localization: 1, "        \
        "num_draws: 6}\n")
/* The loss moves by more than 1.8 between two draws, which overflows times nbeta. */
#define HUGE_BETA                                                                        \
    ONE("f64", "zero", SGD,                                                              \
        "    - {at: last, lr: 1e-307, localization: 0, nbeta: 1e308, num_draws: 2}\n")
#define WILD_BATCHES                                                                     \
    BATCHES("    - {at: last, lr: 1e30, localization: 0, num_draws: 9, init_loss: "      \
            "batches" FRESH "}\n")
/* A loss at the last of three positions. */
#define LAST_POSITION                                                                    \
    HEAD("last", "f64")                                                                  \
    "  data: {kind: in-context-regression, samples: 12, dimension: 2, pairs: 3, tasks: " \
    "4}\n  model:\n    weights:\n      W: {shape: [1, inputs]}\n    ops:\n"              \
    "      - {op: linear, in: x, weight: W, out: h}\n"                                   \
    "      - {op: select, in: h, every: 2, out: y}\n"                                    \
    "    loss: {op: mse, in: y, at: last}\n"                                             \
    "  train: {optimizer: {kind: sgd, lr: 1e-2}, steps: 2, checkpoints: {every: 1}}\n"
/* Samples of one class do not count: of how many there are shares the data alone tell. */
#define IGNORING                                                                         \
    HEAD("ignoring", "f64")                                                              \
    "  data: {kind: modular-addition, p: 5, train_fraction: 0.6}\n"                      \
    "  model:\n    weights:\n      W: {shape: [5, 5], init: {kind: normal, std: 1}}\n"   \
    "    ops:\n      - {op: embedding, in: a, weight: W, out: y}\n"                      \
    "    loss: {op: cross-entropy, in: y, ignore: 1}\n"                                  \
    "  train: {optimizer: {kind: sgd, lr: 1e-1}, steps: 2, checkpoints: {every: 1}}\n"
#define SIGNS                                                                            \
    HEAD("signs", "f64")                                                                 \
    "  data: {kind: exponential, samples: 8, gap: 1}\n"                                  \
    "  model:\n    weights:\n      W: {shape: [1, 1]}\n"                                 \
    "    ops:\n      - {op: linear, in: x, weight: W, out: y}\n"                         \
    "    loss: {op: mse, in: y}\n"                                                       \
    "  train: {optimizer: {kind: sgd, lr: 1e-2}, steps: 2, checkpoints: {every: 1}}\n"

/* Runs of further kinds, whose traces are as they should be. */
static void test_taken(void)
{
    static const struct {
        const char *what, *manifest;
    } runs[] = {
        {"a mean over first batches that are not stored",
         BATCHES(AT(FRESH ", init_loss: batches, store_losses: none"))},
        {"a mean over first batches beside losses on all samples",
         BATCHES(AT(FRESH ", init_loss: batches, loss: full"))},
        {"a mean over first batches before a burn-in",
         BATCHES(AT(FRESH ", init_loss: batches, num_burnin_steps: 1"))},
        {"a stop by the losses of batches",
         ONE("f32", "zero",
             SGD "    batch: {size: 5}\n" STOPS("loss_below: 1e6, after: 8"), NONE)},
        {"a chain that breaks off before its first draw",
         ONE("f32", "zero", SGD,
             "    - {at: last, lr: 1e30, localization: 0, num_burnin_steps: 90, "
             "num_draws: 5}\n")},
        {"one chain at each checkpoint, of which no losses are stored", SINGLE},
        {"a result that overflows", HUGE_BETA},
        {"a loss at the last position", LAST_POSITION},
        {"classes that do not count", IGNORING},
        {"targets of signs", SIGNS},
    };
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        slt_trace *trace = NULL;
        slt_buffer bytes = sample_bytes(runs[i].manifest, 0, NULL);
        if (!TAP_OK(!slt_trace_parse(bytes.data, bytes.size, "x", &trace, &err), "%s",
                    runs[i].what))
            tap_note("said '%s'", err.text);
        slt_trace_free(trace);
        slt_buffer_free(&bytes);
    }
}

/* Numbers that no other part of their trace allows. */
static void test_numbers(void)
{
    tells(SINGLE, "table/results/llc/mean@4", 0, 0.5,
          "results: llc 0 at step 4: expected ");
    tells(HUGE_BETA, "table/results/llc/mean", 0, 0.5,
          "llc/mean: expected inf, found 0.5");
    tells(SERIES, "chain/acceptance", 0, -0.5,
          "acceptance: expected a number from 0 to 1");
    tells(ADAPTED, "chain/adapted_lr", 0, 0x1p-65,
          "adapted_lr: expected a number from 2^-64 to 2^64");
    tells(ADAPTED, "chain/adapted_lr", 1, 0x1p65,
          "adapted_lr: expected a number from 2^-64 to 2^64");
    tells(IGNORING, "checkpoint/metrics/accuracy", 0, 1.5,
          "accuracy: expected a share of 15 rows");
    tells(IGNORING, "checkpoint/metrics/accuracy", 0, -0.25,
          "accuracy: expected a share of 15 rows");
    tells(SIGNS, "checkpoint/metrics/error", 0, 0.3, "error: expected a share of 8 rows");
}

/* A checkpoint behind the end of training that a stop rule allows. */
static void test_behind_end(void)
{
    slt_buffer bytes = sample_bytes(AFTER, 0, NULL);
    slt_buffer_clear(&value);
    slt_pack_uint(&value, 8);
    change(&bytes, "end/step", 0);
    TAP_OK(
        read_forged() == SLT_FORMAT && strstr(err.text, "record 3 (checkpoint): byte ") &&
            strstr(err.text, ": step: expected no checkpoint at 12: training ended at 8"),
        "%s", err.text);
    slt_buffer_free(&bytes);
}

/* Of chains that broke off nothing more than their end is known: also that they had no
 * draw. */
static void test_no_draws(void)
{
    slt_buffer bytes = sample_bytes(WILD_BATCHES, 0, NULL);
    slt_buffer_clear(&value);
    slt_pack_bin(&value, NULL, 0);
    change(&bytes, "chain/losses", 0);
    TAP_OK(read_forged() == SLT_OK, "a chain without a draw: %s", err.text);
    slt_buffer_free(&bytes);
}

/* A sum of squares below 0, where nothing is taken from it. */
static void test_negative_squares(void)
{
    slt_buffer bytes = sample_bytes(STEIN, 0, NULL);
    uint8_t sums[8 * SLT_TRACE_STEIN_SUMS];
    forge f = forge_open(&bytes);
    const forge_leaf *leaf = forge_find(&f, "chain/stein", 4);
    memcpy(sums, bytes.data + leaf->end - sizeof sums, sizeof sums);
    slt_store_le64(sums + sizeof sums - 8, slt_real_of(-1).bits);
    slt_buffer_clear(&value);
    slt_pack_bin(&value, sums, sizeof sums);
    forge_leaf_with(&f, leaf, &value, &forged);
    TAP_OK(read_forged() == SLT_FORMAT &&
               strstr(err.text, "stein: expected sums of draws in batch 15"),
           "%s", err.text);
    forge_free(&f);
    slt_buffer_free(&bytes);
}

/* Tables of another form with the right name. */
static void test_tables(void)
{
    static const uint8_t zero[8];
    const slt_digest digest = slt_digest_of(zero, sizeof zero);
    slt_buffer bytes = sample_bytes(TALLIES("7", BINS("3")), 0, NULL);
    slt_buffer_clear(&value);
    slt_pack_uint(&value, 5);
    change(&bytes, "checkpoint/tensors/1/rows", 0);
    slt_buffer_clear(&value);
    slt_pack_uint(&value, 1);
    change(&bytes, "checkpoint/tensors/1/cols", 0);
    TAP_OK(read_forged() == SLT_FORMAT &&
               strstr(err.text, "expected table it, fixed of 1 x 5, found it, fixed of 5 "
                                "x 1"),
           "%s", err.text);
    slt_buffer_free(&bytes);
    bytes = sample_bytes(TALLIES("7", "{kind: count, of: mark/m}"), 0, NULL);
    slt_buffer_clear(&value);
    slt_pack_text(&value, "f64");
    change(&bytes, "checkpoint/tensors/1/type", 0);
    slt_buffer_clear(&value);
    slt_pack_bin(&value, zero, sizeof zero);
    change(&bytes, "checkpoint/tensors/1/data", 0);
    slt_buffer_clear(&value);
    slt_pack_bin(&value, digest.bytes, 16);
    change(&bytes, "checkpoint/tensors/1/hash", 0);
    TAP_OK(read_forged() == SLT_FORMAT &&
               strstr(err.text, "expected table it, fixed of 1 x 1, found it, f64 of 1 x "
                                "1"),
           "%s", err.text);
    slt_buffer_free(&bytes);
}

/* A block with an optimiser's powers. */
static void test_block_powers(void)
{
    slt_buffer bytes = sample_bytes(TALLIES("7", BINS("3")), 0, NULL);
    forge f = forge_open(&bytes);
    const size_t begin = f.records[1].begin + 1; /* behind the kind */
    const forge_leaf all = {.record = 1, .begin = begin, .end = f.records[1].end};
    slt_buffer_clear(&value);
    slt_pack_map(&value, 4);
    slt_buffer_append(&value, bytes.data + begin + 1, all.end - begin - 1);
    slt_pack_text(&value, "powers");
    slt_pack_array(&value, 1);
    slt_pack_real(&value, slt_real_of(0.5));
    forge_leaf_with(&f, &all, &value, &forged);
    TAP_OK(read_forged() == SLT_FORMAT &&
               strstr(err.text, "expected the tables of a block of trials"),
           "%s", err.text);
    forge_free(&f);
    slt_buffer_free(&bytes);
}

/* Chains without a block, of a run that says that it has trials. */
static void test_chains_of_trials(void)
{
    slt_buffer bytes = sample_bytes(BATCHES(AT("")), 0, NULL);
    sample_run said = sample_begin(TALLIES("7", BINS("3")), 0);
    size_t order[FORGE_RECORDS_MAX], count = 0;
    slt_buffer_clear(&value);
    slt_pack_bin(&value, said.canonical, said.canonical_size);
    change(&bytes, "header/run", 0);
    forge f = forge_open(&bytes);
    for (size_t i = 0; i < f.record_count; i++)
        if (f.records[i].kind != 1)
            order[count++] = i;
    forge_records(&f, order, count, &forged);
    TAP_OK(read_forged() == SLT_FORMAT && strstr(err.text, "record 1 (chain): byte ") &&
               strstr(err.text, ": expected no chains: the run has trials"),
           "%s", err.text);
    forge_free(&f);
    slt_buffer_free(&bytes);
    sample_end(&said);
}

/* A chain without an update accepts nothing but 1, whatever the table says. */
static void test_no_updates(void)
{
    static const char *const both[] = {"chain/acceptance",
                                       "table/results/mala/acceptance"};
    slt_buffer bytes = sample_bytes(
        ONE("f32", "zero", SGD,
            "    - {at: last, lr: 1e-4, localization: 1, num_chains: 1, num_draws: 1, "
            "batch: full, mala_acceptance: true}\n"),
        0, NULL);
    for (size_t i = 0; i < 2; i++) {
        forge f = forge_open(&bytes);
        slt_buffer_clear(&value);
        slt_pack_real(&value, slt_real_of(0.5));
        forge_leaf_with(&f, forge_find(&f, both[i], 0), &value, &forged);
        slt_buffer_clear(&bytes);
        slt_buffer_append(&bytes, forged.data, forged.size);
        forge_free(&f);
    }
    TAP_OK(read_forged() == SLT_FORMAT &&
               strstr(err.text, "acceptance: expected 1, found 0.5"),
           "%s", err.text);
    slt_buffer_free(&bytes);
}

/* ---- What overflowed --------------------------------------------------------------- */

/* An input, an output of an op, the target, a weight; training has no moments here, and
 * an estimate of it none of its own. */
static void test_overflow_names(const char *manifest)
{
    static const struct {
        const char *name;
        bool known;
    } names[] = {{"x", true},   {"y*", true},  {"h", true},     {"y", true},
                 {"W1", true},  {"W2", true},  {"v/W1", false}, {"m/W2", false},
                 {"W3", false}, {"W", false},  {"z", false},    {"W1x", false},
                 {"w1", false}, {"x*", false}, {"a", false},    {"*", false}};
    slt_buffer bytes = sample_bytes(manifest, 0, NULL);
    forge f = forge_open(&bytes);
    const forge_leaf *leaf = forge_find(&f, "end/tensor", 0);
    for (size_t i = 0; leaf && i < sizeof names / sizeof *names; i++) {
        slt_buffer_clear(&value);
        slt_pack_text(&value, names[i].name);
        forge_leaf_with(&f, leaf, &value, &forged);
        TAP_OK((read_forged() == SLT_OK) == names[i].known, "%s overflowed: %s",
               names[i].name, err.text);
    }
    TAP_OK(leaf, "what overflowed is told");
    forge_free(&f);
    slt_buffer_free(&bytes);
}

int main(void)
{
    slt_num_start(SLT_ISA_COUNT - 1);
    for (size_t i = 0; i < SAMPLE_KINDS; i++)
        test_kind(i);
    test_words();
    test_runs();
    test_more();
    test_no_updates();
    test_first_moments();
    test_counts();
    test_taken();
    test_numbers();
    test_behind_end();
    test_no_draws();
    test_negative_squares();
    test_tables();
    test_block_powers();
    test_chains_of_trials();
    test_overflow_names(BREAKS("overflow", "fixed", "1e3", ""));
    test_overflow_names(BREAKS("overflow", "fixed", "1e3", AT_LAST));
    slt_buffer_free(&forged);
    slt_buffer_free(&value);
    return tap_done();
}
