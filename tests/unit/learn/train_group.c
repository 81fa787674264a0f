/* Runs trained side by side: each in every bit as it is alone, whoever its neighbours
 * are and whatever becomes of them. */
#include "learn/train_group.h"

#include "num/members.h"
#include "systems.h"

#define RUNS_MAX 16
#define STEPS 40

static slt_run_spec runs[RUNS_MAX];
static slt_trainer *trainers[RUNS_MAX];
static slt_state states[RUNS_MAX], alone[RUNS_MAX];
static slt_step_result results[RUNS_MAX], results_alone[RUNS_MAX];

/* A small toy model of superposition, with data and a start of its own for each seed. */
static void toy_run(slt_run_spec *run, slt_arithmetic arithmetic, uint64_t seed)
{
    system_begin(run, arithmetic, seed);
    run->data = (slt_data_spec){
        .kind = SLT_DATA_ONE_HOT, .samples = 37, .features = 5, .value_uniform = true};
    system_normal(system_weight(run, "W", 2, 5), 0.6);
    system_normal(system_weight(run, "b", 1, 5), 0.3);
    system_op(run, "linear", "x", "W", "h");
    system_op(run, "linear", "h", "W", "z");
    run->model.ops[1].transpose = true;
    snprintf(run->model.ops[1].bias, SLT_NAME_MAX, "b");
    system_op(run, "relu", "z", "", "y");
    system_loss(run, true);
    run->train.steps = STEPS;
}

typedef enum optimizer { PLAIN, MOMENTUM, ADAM, OPTIMIZERS } optimizer;

static void set_optimizer(slt_run_spec *run, optimizer kind, double lr)
{
    run->train.optimizer.lr = slt_real_of(lr);
    if (kind == ADAM)
        return;
    run->train.optimizer.kind = SLT_OPTIMIZER_SGD;
    run->train.optimizer.momentum = slt_real_of(kind == MOMENTUM ? 0.9 : 0);
    run->train.optimizer.weight_decay = slt_real_of(1e-3);
}

/* ---- Alone and together ------------------------------------------------------------ */

static slt_state begun_state(size_t i)
{
    slt_state state;
    slt_error err;
    system_must(slt_state_create(&runs[i], &state, &err), &err);
    system_must(slt_state_init(trainers[i], &state, &err), &err);
    return state;
}

static void begin_runs(size_t count)
{
    slt_error err;
    for (size_t i = 0; i < count; i++) {
        system_must(slt_trainer_create(&runs[i], &trainers[i], &err), &err);
        states[i] = begun_state(i);
        alone[i] = begun_state(i);
        results[i] = results_alone[i] = SLT_STEP_MORE;
    }
}

static void end_runs(size_t count)
{
    for (size_t i = 0; i < count; i++) {
        slt_state_free(&states[i]);
        slt_state_free(&alone[i]);
        slt_trainer_free(trainers[i]);
    }
}

static void train_alone(size_t count)
{
    slt_real loss;
    for (size_t i = 0; i < count; i++)
        for (int step = 0; step < STEPS && results_alone[i] == SLT_STEP_MORE; step++)
            results_alone[i] = slt_train_step(trainers[i], &alone[i], &loss);
}

/* In groups made anew for every `piece` steps. */
static void train_together(size_t count, uint64_t piece)
{
    slt_state *of[RUNS_MAX];
    slt_error err;
    for (size_t i = 0; i < count; i++)
        of[i] = &states[i];
    for (uint64_t done = 0; done < STEPS; done += piece) {
        slt_train_group *group;
        const uint64_t steps = STEPS - done < piece ? STEPS - done : piece;
        system_must(slt_train_group_create(trainers, count, &group, &err), &err);
        slt_train_group_advance(group, of, steps, results);
        slt_train_group_free(group);
    }
}

static bool same_state(const slt_state *a, const slt_state *b)
{
    bool same = a->step == b->step && system_same_params(&a->weights, &b->weights) &&
                a->slots.count == b->slots.count &&
                memcmp(a->powers, b->powers, sizeof a->powers) == 0;
    for (size_t i = 0; i < a->slots.count && same; i++)
        same = system_same_params(&a->slots.slot[i], &b->slots.slot[i]);
    return same;
}

/* The state of a run that diverged is of no use. */
static bool all_same(size_t count)
{
    bool same = true;
    for (size_t i = 0; i < count; i++) {
        same &= results[i] == results_alone[i] && states[i].step == alone[i].step;
        if (results[i] == SLT_STEP_MORE)
            same &= same_state(&states[i], &alone[i]);
    }
    return same;
}

static void test_optimizer(slt_arithmetic arithmetic, optimizer kind,
                           slt_batch_spec batch)
{
    bool same = true;
    for (size_t count = 1; count <= slt_members_count(arithmetic); count += 5) {
        for (size_t i = 0; i < count; i++) {
            toy_run(&runs[i], arithmetic, 100 + i);
            set_optimizer(&runs[i], kind, 0.02);
            runs[i].train.batch = batch;
        }
        begin_runs(count);
        train_alone(count);
        train_together(count, 1 + 4 * count);
        same &= all_same(count);
        end_runs(count);
    }
    TAP_OK(same, "%s, optimizer %d, batches %d: as alone",
           slt_arithmetic_name(arithmetic), (int)kind, (int)batch.order);
}

static void test_optimizers(slt_arithmetic arithmetic)
{
    static const slt_batch_spec batches[] = {
        {.order = SLT_BATCH_EPOCHS, .size = 4, .keep_short = true},
        {.order = SLT_BATCH_FULL},
        {.order = SLT_BATCH_FRESH, .size = 5},
        {.order = SLT_BATCH_REPLACEMENT, .size = 9},
    };
    for (optimizer kind = PLAIN; kind < OPTIMIZERS; kind++)
        for (size_t i = 0; i < sizeof batches / sizeof *batches; i++)
            test_optimizer(arithmetic, kind, batches[i]);
}

/* Of rates so large that some runs leave the finite numbers, each at its own step. */
static void test_divergence(optimizer kind)
{
    const size_t count = 16;
    bool same = true;
    size_t mixed = 0;
    const double first = kind == ADAM ? 1e4 : 0.5;
    for (double lr = first; lr < first * (kind == ADAM ? 1e6 : 100); lr *= 1.3) {
        size_t diverged = 0;
        for (size_t i = 0; i < count; i++) {
            toy_run(&runs[i], SLT_F32, 7 + i);
            set_optimizer(&runs[i], kind, lr);
        }
        begin_runs(count);
        train_alone(count);
        train_together(count, 7);
        same &= all_same(count);
        for (size_t i = 0; i < count; i++)
            diverged += results[i] == SLT_STEP_DIVERGED;
        mixed += diverged > 0 && diverged < count;
        end_runs(count);
    }
    TAP_OK(same && mixed > 0,
           "optimizer %d: runs that diverge and those beside them, "
           "in %zu mixtures",
           (int)kind, mixed);
}

/* ---- Which go together ------------------------------------------------------------- */

static void test_which(void)
{
    static slt_run_spec a, b;
    toy_run(&a, SLT_F32, 1);
    toy_run(&b, SLT_F32, 2);
    TAP_OK(slt_train_groups(&a, &b), "runs of two seeds go together");
    b.train.optimizer.lr = slt_real_of(0.5);
    TAP_OK(!slt_train_groups(&a, &b), "of two rates not");
    toy_run(&b, SLT_F64, 2);
    TAP_OK(!slt_train_groups(&a, &b), "of two arithmetics not");
    toy_run(&b, SLT_F32, 2);
    b.data.samples--;
    TAP_OK(!slt_train_groups(&a, &b), "of two numbers of samples not");
    toy_run(&b, SLT_F32, 2);
    b.train.stop.has_loss_below = true;
    TAP_EQ_U64(slt_train_group_width(&b), 0, "a run that a loss may stop goes alone");
    b.train.stop = (slt_stop_spec){.given = true, .has_metric = true, .checkpoints = 1};
    TAP_OK(slt_train_group_width(&b) > 0, "one that a metric may stop does not");
    toy_run(&b, SLT_FIXED, 2);
    TAP_EQ_U64(slt_train_group_width(&b), 0, "so do runs in fixed point");
}

int main(void)
{
    system_start();
    if (slt_num_available(SLT_F32, NULL) != SLT_OK || slt_num_isa() == SLT_ISA_SCALAR) {
        tap_skip("runs in lanes", "no fma on this CPU, or no vectors");
        return tap_done();
    }
    test_optimizers(SLT_F32);
    test_optimizers(SLT_F64);
    test_divergence(MOMENTUM);
    test_divergence(ADAM);
    test_which();
    return tap_done();
}
