/* A study as netCDF-4: a grid over the axes of the sweep, in the groups that ArviZ knows.
 * A first way through the traces finds sizes and names, a second one writes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "base/world.h"
#include "learn/observe.h"
#include "learn/quantity.h"
#include "manifest/manifest.h"
#include "num/scalar.h"
#include "report/tables/dataset.h"
#include "report/tables/tables.h"

enum { ESTIMATES_MAX = 32 };

/* Numbers by name, each a variable. '/' separates groups: "llc/mean" is the variable
 * llc_mean. */
typedef struct netcdf_names {
    struct netcdf_name {
        char text[SLT_QUANTITY_TEXT_MAX], name[SLT_QUANTITY_TEXT_MAX];
        slt_dataset_place place;
    } * list;
    size_t count;
} netcdf_names;

/* What one estimate of the runs' list needs at most, and where it goes. */
typedef struct netcdf_estimate {
    size_t steps, chains, draws;
    size_t observed, samples; /* draws with losses of so many samples */
    uint64_t every;           /* such a draw is a multiple of it; 1 where runs differ */
    slt_dataset_place likelihood;
    netcdf_names measured; /* metrics at the same draws */
    bool adapts, energies;
    slt_dataset_place llc, loss, nbeta, init_loss, acceptance, adapted_lr, energy;
    slt_dataset_place at_step, settled, numbers[SLT_TABLES_NUMBERS];
} netcdf_estimate;

typedef struct netcdf_study {
    slt_tables_study study;
    slt_dataset *to;
    netcdf_names results, metrics;
    size_t checkpoints;
    netcdf_estimate estimates[ESTIMATES_MAX];
    size_t estimate_count;
    slt_run_spec *run; /* the run at hand */
    slt_dataset_place number, status, step, experiment, checkpoint_step;
    /* The grid's dimensions in the group that is being defined. */
    int dimensions[SLT_DATASET_DIMS_MAX];
    size_t grid; /* how many axes have a dimension of their own */
} netcdf_study;

/* ---- The first way: sizes and names ------------------------------------------------ */

/* The place of a name, which is mostly the one behind that of the name before. */
static size_t find_name(const netcdf_names *names, const char *text, size_t hint)
{
    for (size_t i = 0; i < names->count; i++) {
        size_t at = (hint + i) % names->count;
        if (strcmp(names->list[at].text, text) == 0)
            return at;
    }
    return names->count;
}

static slt_status note_names(netcdf_names *names, const slt_result *results, size_t count,
                             slt_error *err)
{
    size_t hint = 0;
    for (size_t i = 0; i < count; i++) {
        char text[SLT_QUANTITY_TEXT_MAX];
        slt_quantity_text(&results[i].quantity, text);
        size_t at = find_name(names, text, hint);
        hint = at + 1;
        if (at < names->count)
            continue;
        struct netcdf_name *list =
            slt_world.realloc(names->list, (names->count + 1) * sizeof *list);
        if (!list)
            return slt_fail(err, SLT_RESOURCE, "no memory for the names of results");
        names->list = list;
        snprintf(list[names->count].text, SLT_QUANTITY_TEXT_MAX, "%s", text);
        snprintf(list[names->count].name, SLT_QUANTITY_TEXT_MAX, "%s", text);
        for (char *slash = list[names->count++].name; (slash = strchr(slash, '/'));)
            *slash = '_';
    }
    return SLT_OK;
}

static size_t larger_size(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Losses of single samples, as the run at hand asks for them. */
static void note_observed(const netcdf_study *n, const slt_record *chain,
                          netcdf_estimate *of)
{
    const uint64_t every = n->run->llc[chain->llc].observables.every;
    if (!chain->observed_count)
        return;
    const size_t samples = (size_t)chain->observed_samples;
    of->every = of->observed && of->every != every ? 1 : every;
    of->observed = larger_size(of->observed, chain->observed_count / samples);
    of->samples = larger_size(of->samples, samples);
}

/* Metrics along a chain, as the run at hand asks for them. */
static slt_status note_measured(const netcdf_study *n, const slt_record *chain,
                                netcdf_estimate *of, slt_error *err)
{
    const slt_observables_spec *asked = &n->run->llc[chain->llc].observables;
    slt_status status = SLT_OK;
    for (size_t i = 0; chain->measured_count && i < asked->metric_count && !status; i++) {
        const slt_result metric = {
            .quantity = slt_quantity_named(SLT_QUANTITY_METRIC, asked->metrics[i])};
        status = note_names(&of->measured, &metric, 1, err);
    }
    if (chain->measured_count) {
        of->every = of->observed && of->every != asked->every ? 1 : asked->every;
        of->observed =
            larger_size(of->observed, chain->measured_count / asked->metric_count);
    }
    return status;
}

/* Chains come by estimate, then by step. */
static slt_status note_chain(netcdf_study *n, const slt_record *chain,
                             const slt_record *before, size_t *steps, slt_error *err)
{
    if (chain->llc >= ESTIMATES_MAX)
        return slt_fail(err, SLT_UNFIT,
                        "a netCDF file is made of at most %d estimates a run, found %zu",
                        ESTIMATES_MAX, (size_t)chain->llc + 1);
    netcdf_estimate *of = &n->estimates[chain->llc];
    if (!before || before->llc != chain->llc)
        *steps = 0;
    if (!*steps || before->at_step != chain->at_step)
        ++*steps;
    n->estimate_count = larger_size(n->estimate_count, (size_t)chain->llc + 1);
    of->steps = larger_size(of->steps, *steps);
    of->chains = larger_size(of->chains, (size_t)chain->chain + 1);
    of->draws = larger_size(of->draws, chain->loss_count);
    note_observed(n, chain, of);
    of->adapts = of->adapts || chain->has_adapted_lr;
    of->energies = of->energies || (chain->energy_count && chain->loss_count);
    return note_measured(n, chain, of, err);
}

static slt_status note_run(void *context, const slt_tables_run *run, slt_error *err)
{
    netcdf_study *n = context;
    const slt_record *before = NULL;
    size_t checkpoints = 0, steps = 0;
    slt_status status = slt_manifest_run(n->study.manifest, run->run, n->run, err);
    for (size_t i = 0; i < slt_trace_records(run->trace) && !status; i++) {
        const slt_record *record = slt_trace_record(run->trace, i);
        if (record->kind == SLT_RECORD_CHECKPOINT) {
            checkpoints++;
            status = note_names(&n->metrics, record->metrics, record->metric_count, err);
        } else if (record->kind == SLT_RECORD_CHAIN) {
            status = note_chain(n, record, before, &steps, err);
            before = record;
        } else if (record->kind == SLT_RECORD_TABLE) {
            status = note_names(&n->results, record->results, record->result_count, err);
        }
    }
    n->checkpoints = larger_size(n->checkpoints, checkpoints);
    return status;
}

/* ---- Dimensions and variables ------------------------------------------------------ */

static slt_dataset_type type_of_axis(const netcdf_study *n, size_t axis)
{
    static const slt_dataset_type types[] = {SLT_DATASET_WHOLE, SLT_DATASET_REAL,
                                             SLT_DATASET_TEXT};
    return types[n->study.axes[axis].type];
}

static slt_status put_coordinate(const netcdf_study *n, size_t axis,
                                 slt_dataset_place place, slt_error *err)
{
    const slt_sweep_axis *of = &n->study.sweep->axes[axis];
    slt_status status = SLT_OK;
    for (size_t i = 0; i < of->count && !status; i++) {
        const size_t run = i * of->stride, one = 1;
        const char *text = slt_manifest_value(n->study.manifest, run, axis);
        int64_t whole = slt_tables_whole(&n->study, run, axis);
        slt_real real = slt_tables_real(&n->study, run, axis);
        const slt_tables_type type = n->study.axes[axis].type;
        const void *value = type == SLT_TABLES_WHOLE  ? (const void *)&whole
                            : type == SLT_TABLES_REAL ? (const void *)&real
                                                      : (const void *)&text;
        status = slt_dataset_put(n->to, place, &i, &one, value, err);
    }
    return status;
}

/* A group with the grid's dimensions and the axes' values along them. */
static slt_status begin_group(netcdf_study *n, const char *name, slt_error *err)
{
    int of_axis[SLT_GOLDEN_AXES_MAX] = {0};
    const slt_sweep *sweep = n->study.sweep;
    slt_status status = slt_dataset_group(n->to, name, err);
    n->grid = 0;
    for (size_t i = 0; i < sweep->axis_count && !status; i++) {
        const slt_sweep_axis *axis = &sweep->axes[i];
        if (axis->with)
            continue;
        status = slt_dataset_dimension(n->to, n->study.axes[i].name, axis->count,
                                       &of_axis[i], err);
        n->dimensions[n->grid++] = of_axis[i];
    }
    for (size_t i = 0; i < sweep->axis_count && !status; i++) {
        const slt_sweep_axis *with = sweep->axes[i].with;
        slt_dataset_place place;
        status = slt_dataset_variable(n->to, n->study.axes[i].name, type_of_axis(n, i),
                                      &of_axis[with ? (size_t)(with - sweep->axes) : i],
                                      1, false, &place, err);
        if (!status)
            status = put_coordinate(n, i, place, err);
    }
    return status;
}

/* A variable over the grid and `more` dimensions behind it; numbers may be missing. */
static slt_status define(netcdf_study *n, const char *name, slt_dataset_type type,
                         size_t more, slt_dataset_place *place, slt_error *err)
{
    return slt_dataset_variable(n->to, name, type, n->dimensions, n->grid + more,
                                type != SLT_DATASET_TEXT, place, err);
}

static slt_status define_names(netcdf_study *n, netcdf_names *names, size_t more,
                               slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < names->count && !status; i++)
        status = define(n, names->list[i].name, SLT_DATASET_REAL, more,
                        &names->list[i].place, err);
    return status;
}

static slt_status define_results(netcdf_study *n, slt_error *err)
{
    slt_status status = begin_group(n, "results", err);
    if (!status)
        status = define(n, "run", SLT_DATASET_WHOLE, 0, &n->number, err);
    if (!status)
        status = define(n, "status", SLT_DATASET_TEXT, 0, &n->status, err);
    if (!status)
        status = define(n, "last_step", SLT_DATASET_WHOLE, 0, &n->step, err);
    if (!status)
        status = define(n, "experiment", SLT_DATASET_TEXT, 0, &n->experiment, err);
    return status ? status : define_names(n, &n->results, 0, err);
}

static slt_status define_checkpoints(netcdf_study *n, slt_error *err)
{
    if (!n->checkpoints)
        return SLT_OK;
    slt_status status = begin_group(n, "checkpoints", err);
    if (!status)
        status = slt_dataset_dimension(n->to, "checkpoint", n->checkpoints,
                                       &n->dimensions[n->grid], err);
    if (!status)
        status = define(n, "at_step", SLT_DATASET_WHOLE, 1, &n->checkpoint_step, err);
    return status ? status : define_names(n, &n->metrics, 1, err);
}

/* A group of an estimate, with the checkpoints of each run where there are several. */
static slt_status begin_estimate(netcdf_study *n, const char *group, size_t llc,
                                 size_t *more, slt_error *err)
{
    char name[32];
    const netcdf_estimate *of = &n->estimates[llc];
    if (llc)
        snprintf(name, sizeof name, "%s%zu", group, llc + 1);
    else
        snprintf(name, sizeof name, "%s", group);
    slt_status status = begin_group(n, name, err);
    *more = of->steps > 1;
    if (!status && *more)
        status = slt_dataset_dimension(n->to, "checkpoint", of->steps,
                                       &n->dimensions[n->grid], err);
    return status;
}

/* A dimension whose coordinates count from 0, in steps of `every`. */
static slt_status define_counted(const netcdf_study *n, const char *name, size_t size,
                                 uint64_t every, int *dimension, slt_error *err)
{
    slt_dataset_place place;
    slt_status status = slt_dataset_dimension(n->to, name, size, dimension, err);
    if (!status)
        status = slt_dataset_variable(n->to, name, SLT_DATASET_WHOLE, dimension, 1, false,
                                      &place, err);
    for (size_t i = 0; i < size && !status; i++) {
        const size_t one = 1;
        const int64_t value = (int64_t)(i * every);
        status = slt_dataset_put(n->to, place, &i, &one, &value, err);
    }
    return status;
}

static slt_status define_chains(netcdf_study *n, size_t llc, const char *group,
                                size_t *more, slt_error *err)
{
    const netcdf_estimate *of = &n->estimates[llc];
    slt_status status = begin_estimate(n, group, llc, more, err);
    if (!status)
        status = define_counted(n, "chain", of->chains, 1,
                                &n->dimensions[n->grid + (*more)++], err);
    if (!status && of->draws)
        status =
            define_counted(n, "draw", of->draws, 1, &n->dimensions[n->grid + *more], err);
    return status;
}

/* A group with chains and the draws that are observed. */
static slt_status define_observed(netcdf_study *n, const char *group, size_t llc,
                                  size_t *more, slt_error *err)
{
    const netcdf_estimate *of = &n->estimates[llc];
    slt_status status = begin_estimate(n, group, llc, more, err);
    if (!status)
        status = define_counted(n, "chain", of->chains, 1,
                                &n->dimensions[n->grid + (*more)++], err);
    if (!status)
        status = define_counted(n, "draw", of->observed, of->every,
                                &n->dimensions[n->grid + (*more)++], err);
    return status;
}

/* Metrics at these draws. */
static slt_status define_measured(netcdf_study *n, size_t llc, slt_error *err)
{
    netcdf_estimate *of = &n->estimates[llc];
    size_t more;
    if (!of->measured.count)
        return SLT_OK;
    slt_status status = define_observed(n, "observables", llc, &more, err);
    return status ? status : define_names(n, &of->measured, more, err);
}

/* What each draw that is observed says of each sample. */
static slt_status define_likelihood(netcdf_study *n, size_t llc, slt_error *err)
{
    netcdf_estimate *of = &n->estimates[llc];
    size_t more;
    if (!of->samples)
        return SLT_OK;
    slt_status status = define_observed(n, "log_likelihood", llc, &more, err);
    if (!status)
        status = define_counted(n, "observation", of->samples, 1,
                                &n->dimensions[n->grid + more++], err);
    if (!status)
        status = define(n, "target", SLT_DATASET_REAL, more, &of->likelihood, err);
    if (!status)
        status = slt_dataset_describe(n->to, &of->likelihood, "long_name",
                                      "-(nbeta / n) loss of the sample", err);
    return status;
}

static slt_status define_posterior(netcdf_study *n, size_t llc, slt_error *err)
{
    netcdf_estimate *of = &n->estimates[llc];
    size_t more;
    if (!of->draws)
        return SLT_OK;
    slt_status status = define_chains(n, llc, "posterior", &more, err);
    if (!status)
        status = define(n, "llc", SLT_DATASET_REAL, more + 1, &of->llc, err);
    if (!status)
        status = slt_dataset_describe(n->to, &of->llc, "long_name",
                                      "nbeta (loss - init_loss)", err);
    return status;
}

static slt_status define_stats(netcdf_study *n, size_t llc, slt_error *err)
{
    netcdf_estimate *of = &n->estimates[llc];
    size_t more;
    slt_status status = define_chains(n, llc, "sample_stats", &more, err);
    if (!status && of->draws)
        status = define(n, "loss", SLT_DATASET_REAL, more + 1, &of->loss, err);
    if (!status)
        status = define(n, "nbeta", SLT_DATASET_REAL, more, &of->nbeta, err);
    if (!status)
        status = define(n, "init_loss", SLT_DATASET_REAL, more, &of->init_loss, err);
    if (!status)
        status = define(n, "acceptance", SLT_DATASET_REAL, more, &of->acceptance, err);
    if (!status && of->adapts)
        status = define(n, "adapted_lr", SLT_DATASET_REAL, more, &of->adapted_lr, err);
    if (!status && of->energies)
        status = define(n, "energy", SLT_DATASET_REAL, more + 1, &of->energy, err);
    return status;
}

static slt_status define_diagnostics(netcdf_study *n, size_t llc, slt_error *err)
{
    netcdf_estimate *of = &n->estimates[llc];
    size_t more;
    slt_status status = begin_estimate(n, "estimate", llc, &more, err);
    if (!status)
        status = define(n, "at_step", SLT_DATASET_WHOLE, more, &of->at_step, err);
    for (size_t i = 0; i < SLT_TABLES_NUMBERS && !status; i++)
        status = define(n, slt_tables_numbers[i], SLT_DATASET_REAL, more, &of->numbers[i],
                        err);
    if (!status)
        status = define(n, "settled", SLT_DATASET_TEXT, more, &of->settled, err);
    return status;
}

static slt_status define_all(netcdf_study *n, slt_error *err)
{
    slt_status status = slt_dataset_describe(n->to, NULL, "study",
                                             slt_manifest_name(n->study.manifest), err);
    if (!status)
        status = slt_dataset_describe(n->to, NULL, "inference_library", "sltrace", err);
    if (!status)
        status = define_results(n, err);
    if (!status)
        status = define_checkpoints(n, err);
    for (size_t llc = 0; llc < n->estimate_count && !status; llc++) {
        if (!n->estimates[llc].chains)
            continue;
        status = define_posterior(n, llc, err);
        if (!status)
            status = define_stats(n, llc, err);
        if (!status)
            status = define_diagnostics(n, llc, err);
        if (!status)
            status = define_likelihood(n, llc, err);
        if (!status)
            status = define_measured(n, llc, err);
    }
    return status;
}

/* ---- The second way: numbers ------------------------------------------------------- */

/* Where a run's block begins: its place in the grid, and zeros. */
typedef struct netcdf_block {
    netcdf_study *n;
    size_t start[SLT_DATASET_DIMS_MAX], sizes[SLT_DATASET_DIMS_MAX];
} netcdf_block;

static netcdf_block block_of(netcdf_study *n, size_t run)
{
    netcdf_block block = {.n = n};
    size_t at = 0;
    for (size_t i = 0; i < n->study.sweep->axis_count; i++)
        if (!n->study.sweep->axes[i].with)
            block.start[at++] = slt_sweep_index(n->study.sweep, run, i);
    for (size_t i = 0; i < SLT_DATASET_DIMS_MAX; i++)
        block.sizes[i] = 1;
    return block;
}

static slt_status put_one(const netcdf_block *block, slt_dataset_place place,
                          const void *value, slt_error *err)
{
    return slt_dataset_put(block->n->to, place, block->start, block->sizes, value, err);
}

static slt_status put_names(const netcdf_block *block, const netcdf_names *names,
                            const slt_result *results, size_t count, slt_error *err)
{
    size_t hint = 0;
    slt_status status = SLT_OK;
    for (size_t i = 0; i < count && !status; i++) {
        char text[SLT_QUANTITY_TEXT_MAX];
        slt_quantity_text(&results[i].quantity, text);
        const size_t at = find_name(names, text, hint);
        hint = at + 1;
        if (slt_real_finite(results[i].value))
            status = put_one(block, names->list[at].place, &results[i].value, err);
    }
    return status;
}

static slt_status put_run(const netcdf_block *block, const slt_tables_run *run,
                          slt_error *err)
{
    const netcdf_study *n = block->n;
    char digest[SLT_DIGEST_TEXT_MAX];
    const char *status_name = slt_run_status_name(run->end->status), *experiment = digest;
    const int64_t number = (int64_t)run->run, step = (int64_t)run->end->step;
    slt_digest_text(slt_trace_experiment(run->trace), digest);
    slt_status status = put_one(block, n->number, &number, err);
    if (!status)
        status = put_one(block, n->status, &status_name, err);
    if (!status)
        status = put_one(block, n->step, &step, err);
    return status ? status : put_one(block, n->experiment, &experiment, err);
}

static slt_status put_records(netcdf_block *block, const slt_trace *trace, slt_error *err)
{
    netcdf_study *n = block->n;
    slt_status status = SLT_OK;
    for (size_t i = 0; i < slt_trace_records(trace) && !status; i++) {
        const slt_record *record = slt_trace_record(trace, i);
        if (record->kind == SLT_RECORD_TABLE) {
            netcdf_block own = block_of(n, 0);
            memcpy(own.start, block->start, n->grid * sizeof *own.start);
            status =
                put_names(&own, &n->results, record->results, record->result_count, err);
        } else if (record->kind == SLT_RECORD_CHECKPOINT) {
            const int64_t step = (int64_t)record->step;
            status = put_one(block, n->checkpoint_step, &step, err);
            if (!status)
                status = put_names(block, &n->metrics, record->metrics,
                                   record->metric_count, err);
            block->start[n->grid]++;
        }
    }
    return status;
}

/* nbeta (loss - init_loss), and the losses, of one chain. */
static slt_status put_draws(const netcdf_block *block, const netcdf_estimate *of,
                            const slt_record *chain, slt_error *err)
{
    slt_real *losses = slt_world.malloc((2 * chain->loss_count + 1) * sizeof *losses);
    if (!losses)
        return slt_fail(err, SLT_RESOURCE, "no memory for the draws of a chain");
    slt_real *values = losses + chain->loss_count;
    for (size_t i = 0; i < chain->loss_count; i++) {
        losses[i] = slt_tables_loss(chain, i);
        values[i] = slt_real_mul(chain->nbeta, slt_real_sub(losses[i], chain->init_loss));
    }
    slt_status status = put_one(block, of->llc, values, err);
    if (!status)
        status = put_one(block, of->loss, losses, err);
    for (size_t i = 0; i < chain->energy_count; i++)
        values[i].bits = slt_load_le64(chain->energies + 8 * i);
    if (!status && chain->energy_count)
        status = put_one(block, of->energy, values, err);
    free(losses);
    return status;
}

/* Where a loss is a mean or a sum over samples: what each adds to -nbeta times it. */
static slt_status put_likelihood(netcdf_block block, size_t at, const netcdf_estimate *of,
                                 const slt_record *chain, slt_error *err)
{
    const netcdf_study *n = block.n;
    const slt_real share = slt_observe_share(&n->run->llc[chain->llc], n->run);
    const slt_real scale = slt_real_neg(slt_real_mul(chain->nbeta, share));
    slt_real *values = slt_world.malloc((chain->observed_count + 1) * sizeof *values);
    if (!values)
        return slt_fail(err, SLT_RESOURCE, "no memory for the losses of samples");
    for (size_t i = 0; i < chain->observed_count; i++)
        values[i] = slt_real_mul(scale, slt_tables_observed(chain, i));
    block.sizes[at + 2] = (size_t)chain->observed_samples;
    block.sizes[at + 1] = chain->observed_count / block.sizes[at + 2];
    const slt_status status = put_one(&block, of->likelihood, values, err);
    free(values);
    return status;
}

static slt_status put_measured(netcdf_block block, size_t at, const netcdf_estimate *of,
                               const slt_record *chain, slt_error *err)
{
    const slt_observables_spec *asked = &block.n->run->llc[chain->llc].observables;
    const size_t metrics = asked->metric_count, draws = chain->measured_count / metrics;
    slt_real *values = slt_world.malloc((draws + 1) * sizeof *values);
    slt_status status = SLT_OK;
    if (!values)
        return slt_fail(err, SLT_RESOURCE, "no memory for the metrics of a chain");
    block.sizes[at + 1] = draws;
    for (size_t m = 0; m < metrics && !status; m++) {
        char text[SLT_QUANTITY_TEXT_MAX];
        const slt_quantity metric =
            slt_quantity_named(SLT_QUANTITY_METRIC, asked->metrics[m]);
        slt_quantity_text(&metric, text);
        for (size_t i = 0; i < draws; i++)
            values[i].bits = slt_load_le64(chain->measured + 8 * (i * metrics + m));
        status = put_one(&block,
                         of->measured.list[find_name(&of->measured, text, m)].place,
                         values, err);
    }
    free(values);
    return status;
}

static slt_status put_chain(netcdf_block block, size_t at, const netcdf_estimate *of,
                            const slt_record *chain, slt_error *err)
{
    block.start[at] = chain->chain;
    slt_status status = put_one(&block, of->nbeta, &chain->nbeta, err);
    if (!status)
        status = put_one(&block, of->init_loss, &chain->init_loss, err);
    if (!status && chain->has_acceptance)
        status = put_one(&block, of->acceptance, &chain->acceptance, err);
    if (!status && chain->has_adapted_lr)
        status = put_one(&block, of->adapted_lr, &chain->adapted_lr, err);
    if (!status && chain->observed_count)
        status = put_likelihood(block, at, of, chain, err);
    if (!status && chain->measured_count)
        status = put_measured(block, at, of, chain, err);
    block.sizes[at + 1] = chain->loss_count;
    if (!status && chain->loss_count)
        status = put_draws(&block, of, chain, err);
    return status;
}

static slt_status put_diagnostics(const netcdf_block *block, const netcdf_estimate *of,
                                  const slt_estimate *e, slt_error *err)
{
    const int64_t step = (int64_t)e->at_step;
    const char *settled = slt_tables_settled(e);
    slt_real numbers[SLT_TABLES_NUMBERS];
    slt_tables_number(e, numbers);
    slt_status status = put_one(block, of->at_step, &step, err);
    for (size_t i = 0; i < SLT_TABLES_NUMBERS && !status; i++)
        if (slt_real_finite(numbers[i]))
            status = put_one(block, of->numbers[i], &numbers[i], err);
    if (!status && settled)
        status = put_one(block, of->settled, &settled, err);
    return status;
}

static slt_status put_estimate(netcdf_block block, size_t step, const slt_estimate *e,
                               slt_error *err)
{
    const netcdf_study *n = block.n;
    const netcdf_estimate *of = &n->estimates[e->llc];
    size_t at = n->grid;
    if (of->steps > 1)
        block.start[at++] = step;
    slt_status status = put_diagnostics(&block, of, e, err);
    for (size_t c = 0; c < e->chains && !status; c++)
        status = put_chain(block, at, of, e->chain[c], err);
    return status;
}

static slt_status put_all(void *context, const slt_tables_run *run, slt_error *err)
{
    netcdf_study *n = context;
    size_t steps[ESTIMATES_MAX] = {0};
    slt_estimates all = {0};
    netcdf_block block = block_of(n, run->run), records = block;
    slt_status status = slt_manifest_run(n->study.manifest, run->run, n->run, err);
    if (!status)
        status = put_run(&block, run, err);
    if (!status)
        status = put_records(&records, run->trace, err);
    if (!status)
        status = slt_tables_estimates(run, &all, err);
    for (size_t i = 0; i < all.count && !status; i++)
        status = put_estimate(block, steps[all.list[i].llc]++, &all.list[i], err);
    slt_estimates_free(&all);
    return status;
}

/* No axis is called as a variable or a dimension is. */
static slt_status name_axes(netcdf_study *n, slt_error *err)
{
    static const char *const own[] = {
        "run",        "status",     "last_step", "experiment", "checkpoint",  "at_step",
        "chain",      "draw",       "llc",       "loss",       "nbeta",       "init_loss",
        "acceptance", "adapted_lr", "energy",    "settled",    "observation", "target"};
    const size_t owned = sizeof own / sizeof *own;
    size_t count = 0, measured = 0;
    for (size_t e = 0; e < ESTIMATES_MAX; e++)
        measured += n->estimates[e].measured.count;
    const char **columns = slt_world.malloc(
        (owned + SLT_TABLES_NUMBERS + n->results.count + n->metrics.count + measured +
         1) *
        sizeof *columns);
    if (!columns)
        return slt_fail(err, SLT_RESOURCE, "no memory for the names of variables");
    for (size_t i = 0; i < owned; i++)
        columns[count++] = own[i];
    for (size_t i = 0; i < SLT_TABLES_NUMBERS; i++)
        columns[count++] = slt_tables_numbers[i];
    for (size_t i = 0; i < n->results.count; i++)
        columns[count++] = n->results.list[i].name;
    for (size_t i = 0; i < n->metrics.count; i++)
        columns[count++] = n->metrics.list[i].name;
    for (size_t e = 0; e < ESTIMATES_MAX; e++)
        for (size_t i = 0; i < n->estimates[e].measured.count; i++)
            columns[count++] = n->estimates[e].measured.list[i].name;
    columns[count] = NULL;
    slt_status status = slt_tables_name_axes(&n->study, columns, err);
    free(columns);
    return status;
}

slt_status slt_tables_netcdf(slt_manifest *manifest, const slt_traces *traces,
                             const char *file, slt_error *err)
{
    netcdf_study *n = slt_world.calloc(1, sizeof *n);
    slt_error own;
    if (!n)
        return slt_fail(err, SLT_RESOURCE, "no memory for a data set");
    n->run = slt_run_spec_create();
    slt_status status = n->run ? slt_tables_study_of(manifest, traces, &n->study, err)
                               : slt_fail(err, SLT_RESOURCE, "no memory for a run");
    if (!status)
        status = slt_tables_walk(&n->study, note_run, n, err);
    if (!status)
        status = name_axes(n, err);
    if (!status)
        status = slt_dataset_open(file, &n->to, err);
    if (!status)
        status = define_all(n, err);
    if (!status)
        status = slt_tables_walk(&n->study, put_all, n, err);
    slt_status ended = slt_dataset_close(n->to, &own);
    if (!status && ended)
        status = slt_fail(err, ended, "%s", own.text);
    free(n->results.list);
    free(n->metrics.list);
    for (size_t i = 0; i < ESTIMATES_MAX; i++)
        free(n->estimates[i].measured.list);
    free(n->run);
    free(n);
    return status;
}
