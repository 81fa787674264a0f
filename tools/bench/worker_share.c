/* share: what of a whole run went into its trace.
 *
 * The linker puts the functions below, by the name __wrap_X, in the place of those that
 * write, hash and keep records (bench.cmake lists them), so that the library itself knows
 * of no clock.  Only the outermost counts.  Both clocks are read: what a run waits for, a
 * file system first of all, is on the wall's alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sltrace/study.h>

#include "run/store.h"
#include "trace/trace_writer.h"
#include "worker.h"

enum { SHARE_TRACE, SHARE_FILES, SHARE_METRICS, SHARES };
static const char *const share_names[SHARES] = {"trace", "files", "metrics"};
typedef struct instant {
    double cpu, wall;
} instant;

static instant shares[SHARES];
static int depth;

static instant look(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (instant){cpu_seconds(), (double)now.tv_sec + 1e-9 * (double)now.tv_nsec};
}

static void add_since(instant *sum, instant start)
{
    instant now = look();
    sum->cpu += now.cpu - start.cpu;
    sum->wall += now.wall - start.wall;
}

static instant enter(void)
{
    return depth++ ? (instant){0} : look();
}

static void leave(int share, instant entered)
{
    if (--depth == 0)
        add_since(&shares[share], entered);
}

/* WRAP(share, function, parameters, arguments): of one that returns nothing; WRAP_STATUS:
 * of one that returns a status. */
#define WRAP(share, name, parameters, arguments)                                         \
    void __real_##name parameters;                                                       \
    void __wrap_##name parameters;                                                       \
    void __wrap_##name parameters                                                        \
    {                                                                                    \
        instant entered = enter();                                                       \
        __real_##name arguments;                                                         \
        leave(share, entered);                                                           \
    }
#define WRAP_STATUS(share, type, name, parameters, arguments)                            \
    type __real_##name parameters;                                                       \
    type __wrap_##name parameters;                                                       \
    type __wrap_##name parameters                                                        \
    {                                                                                    \
        instant entered = enter();                                                       \
        type result = __real_##name arguments;                                           \
        leave(share, entered);                                                           \
        return result;                                                                   \
    }

WRAP(SHARE_TRACE, slt_trace_write_header,
     (slt_trace_writer * writer, const uint8_t *canonical, size_t size,
      slt_function_set functions, slt_arithmetic arithmetic),
     (writer, canonical, size, functions, arithmetic))
WRAP(SHARE_TRACE, slt_trace_write_checkpoint,
     (slt_trace_writer * writer, const slt_model_spec *model, const slt_state *state,
      const slt_metrics *metrics, slt_trace_tensors tensors),
     (writer, model, state, metrics, tensors))
WRAP(SHARE_TRACE, slt_trace_write_chain,
     (slt_trace_writer * writer, const slt_model_spec *model, const slt_llc_spec *spec,
      uint32_t llc, uint32_t chain, uint64_t at_step, const slt_llc_setup *setup,
      const slt_chain *result, bool store_losses),
     (writer, model, spec, llc, chain, at_step, setup, result, store_losses))
WRAP(SHARE_TRACE, slt_trace_write_table,
     (slt_trace_writer * writer, const slt_result *results, size_t count),
     (writer, results, count))
WRAP(SHARE_TRACE, slt_trace_write_end,
     (slt_trace_writer * writer, slt_run_status status, const char *tensor,
      uint64_t step),
     (writer, status, tensor, step))
WRAP_STATUS(SHARE_TRACE, slt_status, slt_execution_note,
            (slt_execution * execution, uint64_t step, const slt_metrics *metrics,
             const slt_params *weights, slt_error *err),
            (execution, step, metrics, weights, err))
WRAP_STATUS(SHARE_FILES, slt_status, slt_run_files_open,
            (slt_run_files * files, slt_digest experiment, slt_digest head,
             slt_execution *execution, slt_trace_writer *writer, bool *resumed,
             slt_error *err),
            (files, experiment, head, execution, writer, resumed, err))
WRAP_STATUS(SHARE_FILES, slt_status, slt_run_files_append,
            (slt_run_files * files, slt_trace_writer *writer, slt_error *err),
            (files, writer, err))
WRAP_STATUS(SHARE_FILES, slt_status, slt_run_files_snapshot,
            (slt_run_files * files, slt_digest experiment, const slt_execution *execution,
             const slt_trace_writer *writer, slt_error *err),
            (files, experiment, execution, writer, err))
WRAP_STATUS(SHARE_FILES, slt_status, slt_run_files_finish,
            (slt_run_files * files, const slt_buffer *provenance, slt_error *err),
            (files, provenance, err))
WRAP_STATUS(SHARE_METRICS, slt_step_result, slt_train_metrics,
            (slt_trainer * trainer, const slt_state *state, slt_metrics *metrics),
            (trainer, state, metrics))

/* Does one run into the folder, as `sltrace run --jobs 1` does. */
static instant do_run(const char *path, const char *only, const char *folder)
{
    slt_error err;
    slt_manifest *manifest;
    need(slt_manifest_open(path, &manifest, &err), &err);
    bool *selected = take_memory(slt_manifest_runs(manifest) * sizeof *selected);
    need(slt_manifest_select(manifest, only, selected, &err), &err);
    slt_study_options options = {.out = folder, .selected = selected, .jobs = 1};
    slt_study_counts counts = {0};
    instant took = {0}, start = look();
    need(slt_study_run(manifest, &options, &counts, &err), &err);
    add_since(&took, start);
    free(selected);
    slt_manifest_free(manifest);
    return took;
}

static void print_instant(const char *name, instant took)
{
    printf("\"%s\": {\"cpu\": %.9g, \"wall\": %.9g}", name, took.cpu, took.wall);
}

void print_shares(const char *manifest, const char *run, const char *folder)
{
    memset(shares, 0, sizeof shares);
    instant whole = do_run(manifest, run, folder);
    putchar('{');
    for (int i = 0; i < SHARES; i++) {
        print_instant(share_names[i], shares[i]);
        fputs(", ", stdout);
    }
    print_instant("run", whole);
    puts("}");
}
