#include "figure/runs/runs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "run/run_list.h"

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the table of runs");
}

static slt_status add_estimates(slt_runs *runs, size_t run, const slt_trace *trace,
                                slt_error *err)
{
    slt_estimates all;
    slt_status status = slt_estimates_of_trace(trace, &all, err);
    slt_runs_estimate *more =
        status ? NULL
               : slt_world.realloc(runs->estimates,
                                   (runs->estimate_count + all.count + 1) * sizeof *more);
    if (!status && !more)
        status = no_memory(err);
    if (more)
        runs->estimates = more;
    for (size_t i = 0; i < all.count && !status; i++) {
        const slt_estimate *e = &all.list[i];
        more[runs->estimate_count++] = (slt_runs_estimate){.run = run,
                                                           .llc = e->llc,
                                                           .at_step = e->at_step,
                                                           .chains = e->chains,
                                                           .ended_early = e->ended_early,
                                                           .whole = e->whole,
                                                           .mean = e->mean,
                                                           .sd = e->sd,
                                                           .found = e->found};
    }
    slt_estimates_free(&all);
    return status;
}

slt_status slt_runs_add(slt_runs *runs, uint64_t number, const char *label,
                        const slt_trace *trace, slt_error *err)
{
    slt_error wrong;
    slt_runs_run *list = slt_world.realloc(runs->list, (runs->count + 1) * sizeof *list);
    if (list)
        runs->list = list;
    slt_runs_run run = {.number = number,
                        .label = list ? slt_world.strdup(label) : NULL,
                        .missing = !trace};
    if (!run.label)
        return no_memory(err);
    if (trace) {
        const slt_record *end = slt_trace_record(trace, slt_trace_records(trace) - 1);
        run.status = end->status;
        run.step = end->step;
    }
    list[runs->count++] = run;
    slt_status status =
        trace ? add_estimates(runs, runs->count - 1, trace, &wrong) : SLT_OK;
    return status ? slt_fail(err, status, "run %" PRIu64 ": %s", number, wrong.text)
                  : SLT_OK;
}

void slt_runs_free(slt_runs *runs)
{
    for (size_t i = 0; i < runs->count; i++)
        free(runs->list[i].label);
    free(runs->list);
    free(runs->estimates);
    *runs = (slt_runs){0};
}

bool slt_runs_have_stein(const slt_runs *runs)
{
    for (size_t i = 0; i < runs->estimate_count; i++)
        if (runs->estimates[i].found.stein.asked)
            return true;
    return false;
}

void slt_runs_name(const slt_runs *runs, size_t run, slt_buffer *out)
{
    slt_run_print(runs->list[run].number, runs->list[run].label, out);
}

void slt_runs_name_llc(uint32_t llc, slt_buffer *out)
{
    slt_buffer_printf(out, "llc");
    if (llc)
        slt_buffer_printf(out, "%" PRIu32, llc + 1);
}

void slt_runs_name_estimate(const slt_runs_estimate *e, slt_buffer *out)
{
    slt_runs_name_llc(e->llc, out);
    slt_buffer_printf(out, " at step %" PRIu64, e->at_step);
}
