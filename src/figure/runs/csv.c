/* Writes the table of runs as CSV.  Results are the golden's decimals; advisory numbers
 * have five digits, so that machines whose libm differs in the last bit write the
 * same. */
#include "figure/runs/runs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "figure/runs/columns.h"

static void runs_put_header(const slt_golden *golden, size_t cells, slt_buffer *csv)
{
    static const char *const names[] = {SLT_RUNS_ESTIMATE_COLUMNS,
                                        SLT_RUNS_STEIN_COLUMNS};
    char name[SLT_QUANTITY_TEXT_MAX];
    slt_buffer_printf(csv, "run");
    for (size_t i = 0; i < golden->axis_count; i++) {
        slt_buffer_byte(csv, ',');
        slt_escape_csv(csv, golden->axes[i]);
    }
    slt_buffer_printf(csv, ",status,step");
    for (size_t i = 0; i < golden->result_count; i++) {
        slt_buffer_byte(csv, ',');
        slt_quantity_text(&golden->results[i], name);
        slt_escape_csv(csv, name);
    }
    for (size_t i = 0; i < cells; i++)
        slt_buffer_printf(csv, ",%s", names[i]);
    slt_buffer_byte(csv, '\n');
}

/* Results are written only in the first row of a run: repeated for each of many
 * estimates, they would make up most of the file. */
static void runs_put_run(const slt_runs_run *run, const slt_golden *golden, size_t at,
                         bool first, slt_buffer *csv)
{
    const slt_golden_run *held = &golden->runs[at];
    char text[SLT_REAL_TEXT_MAX];
    slt_buffer_printf(csv, "%" PRIu64, held->run);
    for (size_t i = 0; i < golden->axis_count; i++) {
        slt_buffer_byte(csv, ',');
        slt_escape_csv(csv, held->values[i]);
    }
    slt_buffer_printf(csv, ",%s,%" PRIu64, slt_run_status_name(held->status), run->step);
    for (size_t i = 0; i < golden->result_count; i++) {
        slt_buffer_byte(csv, ',');
        if (first && held->has_result[i]) {
            slt_real_text(held->results[i], text);
            slt_buffer_printf(csv, "%s", text);
        }
    }
}

static void runs_put_number(slt_real value, slt_buffer *csv)
{
    slt_buffer_byte(csv, ',');
    if (slt_real_finite(value))
        slt_buffer_printf(csv, "%.5g", slt_real_double(value));
}

static void runs_put_empty(size_t cells, slt_buffer *csv)
{
    for (size_t i = 0; i < cells; i++)
        slt_buffer_byte(csv, ',');
}

static void runs_put_stein(const slt_stein_found *stein, slt_buffer *csv)
{
    const slt_real numbers[] = {stein->ratio, stein->error, stein->drift, stein->pull,
                                stein->step};
    for (size_t i = 0; i < SLT_RUNS_STEIN_CELLS; i++)
        runs_put_number(stein->asked ? numbers[i] : slt_real_absent(), csv);
}

/* The cells of a whole estimate, or those of one with a chain that ended early. */
static void runs_put_estimate(const slt_runs_estimate *e, size_t cells, slt_buffer *csv)
{
    const slt_diagnostics *found = &e->found;
    slt_buffer_printf(csv, ",%" PRIu32 ",%" PRIu64 ",%zu,%zu", e->llc + 1, e->at_step,
                      e->chains, e->ended_early);
    if (!e->whole) {
        runs_put_empty(SLT_RUNS_ESTIMATE_CELLS - 4, csv);
        slt_buffer_printf(csv, SLT_RUNS_ENDED);
        runs_put_empty(cells - SLT_RUNS_ESTIMATE_CELLS, csv);
        slt_buffer_byte(csv, '\n');
        return;
    }
    slt_buffer_printf(csv, ",%zu,%" PRIu64 ",%s,%s", found->constant, found->draws,
                      found->no_losses ? "no" : "yes",
                      slt_runs_baselines[found->baseline]);
    const slt_real numbers[] = {e->mean,
                                e->sd,
                                found->rhat,
                                found->ess_bulk,
                                found->ess_tail,
                                found->mcse,
                                found->mcse_chains,
                                found->drift,
                                found->negative_share};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        runs_put_number(numbers[i], csv);
    slt_buffer_printf(csv, ",%s", slt_runs_settled[found->settled]);
    if (cells > SLT_RUNS_ESTIMATE_CELLS)
        runs_put_stein(&found->stein, csv);
    slt_buffer_byte(csv, '\n');
}

void slt_runs_print(const slt_runs *runs, const slt_golden *golden, slt_buffer *csv)
{
    const size_t cells =
        SLT_RUNS_ESTIMATE_CELLS + (slt_runs_have_stein(runs) ? SLT_RUNS_STEIN_CELLS : 0);
    runs_put_header(golden, cells, csv);
    for (size_t run = 0, at = 0; run < runs->count; run++) {
        size_t first = at;
        for (; at < runs->estimate_count && runs->estimates[at].run == run; at++) {
            runs_put_run(&runs->list[run], golden, run, at == first, csv);
            runs_put_estimate(&runs->estimates[at], cells, csv);
        }
        if (at == first) {
            runs_put_run(&runs->list[run], golden, run, true, csv);
            runs_put_empty(cells, csv);
            slt_buffer_byte(csv, '\n');
        }
    }
}

char *slt_runs_path(const char *golden)
{
    slt_buffer path = {0};
    const char *slash = strrchr(golden, '/'), *name = slash ? slash + 1 : golden;
    const char *dot = strrchr(name, '.');
    size_t size = dot && dot > name ? (size_t)(dot - golden) : strlen(golden);
    slt_buffer_append(&path, golden, size);
    slt_buffer_printf(&path, ".runs.csv");
    return slt_buffer_take(&path);
}
