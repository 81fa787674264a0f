#include "report/runs_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "run/run_list.h"

#define LABEL_MAX 40

/* ---- A line an estimate ------------------------------------------------------------ */

static void put_label(const char *label, int width, slt_buffer *out)
{
    slt_buffer shown = {0};
    slt_escape_line(&shown, label, strlen(label));
    slt_buffer_printf(out, "  %-*s", width, slt_buffer_text(&shown));
    slt_buffer_free(&shown);
}

static int label_width(const slt_runs *runs)
{
    size_t width = 0;
    for (size_t i = 0; i < runs->count; i++) {
        size_t length = strlen(runs->list[i].label);
        width = length > width ? length : width;
    }
    return (int)(width > LABEL_MAX ? LABEL_MAX : width);
}

/* Prints a number; format takes a double and prints at least `width` characters. */
static void put_number(slt_real value, const char *format, int width, slt_buffer *out)
    __attribute__((format(printf, 2, 0)));
static void put_number(slt_real value, const char *format, int width, slt_buffer *out)
{
    if (slt_real_finite(value))
        slt_buffer_printf(out, format, slt_real_double(value));
    else
        slt_buffer_printf(out, " %*s", width, "-");
}

static void put_estimate(const slt_runs *runs, const slt_runs_estimate *e, int width,
                         bool stein, slt_buffer *out)
{
    const slt_runs_run *run = &runs->list[e->run];
    const slt_diagnostics *found = &e->found;
    char name[24], bulk[SLT_ESS_TEXT_MAX], tail[SLT_ESS_TEXT_MAX];
    snprintf(name, sizeof name, e->llc ? "llc%" PRIu32 : "llc", e->llc + 1);
    slt_buffer_printf(out, "%6" PRIu64, run->number);
    put_label(run->label, width, out);
    slt_buffer_printf(out, "  %-5s %8" PRIu64, name, e->at_step);
    if (!e->whole) {
        slt_buffer_printf(out, "  %zu of %zu chains diverged or overflowed\n",
                          e->ended_early, e->chains);
        return;
    }
    put_number(e->mean, " %11.5g", 11, out);
    put_number(found->mcse, " %9.3g", 9, out);
    put_number(e->sd, " %9.3g", 9, out);
    put_number(found->rhat, " %8.4f", 8, out);
    slt_buffer_printf(out, " %8s %8s", slt_ess_text(found->ess_bulk, bulk),
                      slt_ess_text(found->ess_tail, tail));
    put_number(slt_runs_drift(e), " %9.1f", 9, out);
    put_number(slt_real_of(100 * slt_real_double(found->negative_share)), " %7.1f%%", 8,
               out);
    if (stein)
        put_number(found->stein.asked ? found->stein.ratio : slt_real_absent(), " %8.4f",
                   8, out);
    slt_buffer_printf(out, "  %s\n", slt_settled_text(found->settled));
}

static void put_estimates(const slt_runs *runs, slt_buffer *out)
{
    const int width = label_width(runs);
    const bool stein = slt_runs_have_stein(runs);
    if (!runs->estimate_count)
        return;
    slt_buffer_printf(out, "%6s  %-*s  %-5s %8s %11s %9s %9s %8s %8s %8s %9s %8s%s  %s\n",
                      "run", width, "", "", "step", "mean", "MCSE", "sd", "R-hat",
                      "ESS_bulk", "ESS_tail", "drift", "negative",
                      stein ? "    Stein" : "", "settled");
    for (size_t i = 0; i < runs->estimate_count; i++)
        put_estimate(runs, &runs->estimates[i], width, stein, out);
    slt_buffer_byte(out, '\n');
}

/* ---- How runs ended ---------------------------------------------------------------- */

typedef enum run_end {
    ENDED_DONE,
    ENDED_DIVERGED,
    ENDED_OVERFLOW,
    ENDED_MISSING
} run_end;
#define ENDS 4
static const char *const end_words[ENDS] = {"done", "diverged", "overflow", "missing"};

static run_end end_of(const slt_runs_run *run)
{
    static const run_end ends[] = {[SLT_RUN_DONE] = ENDED_DONE,
                                   [SLT_RUN_DIVERGED] = ENDED_DIVERGED,
                                   [SLT_RUN_OVERFLOW] = ENDED_OVERFLOW};
    return run->missing ? ENDED_MISSING : ends[run->status];
}

static size_t count_end(const slt_runs *runs, run_end end)
{
    size_t count = 0;
    for (size_t i = 0; i < runs->count; i++)
        count += end_of(&runs->list[i]) == end;
    return count;
}

static void name_runs(const slt_runs *runs, run_end end, slt_buffer *out)
{
    size_t named = 0, count = count_end(runs, end);
    if (!count)
        return;
    slt_buffer_printf(out, "%s: ", end_words[end]);
    for (size_t i = 0; i < runs->count && named < SLT_RUNS_NAMED; i++) {
        const slt_runs_run *run = &runs->list[i];
        if (end_of(run) != end)
            continue;
        slt_buffer_printf(out, "%s", named++ ? ", " : "");
        slt_runs_name(runs, i, out);
        if (!run->missing)
            slt_buffer_printf(out, " at step %" PRIu64, run->step);
    }
    if (count > named)
        slt_buffer_printf(out, ", and %zu more", count - named);
    slt_buffer_byte(out, '\n');
}

static void put_ends(const slt_runs *runs, slt_buffer *out)
{
    slt_buffer_printf(out, "runs: %zu of %zu done", count_end(runs, ENDED_DONE),
                      runs->count);
    for (run_end end = ENDED_DIVERGED; end < ENDS; end++)
        if (count_end(runs, end))
            slt_buffer_printf(out, ", %zu %s", count_end(runs, end), end_words[end]);
    slt_buffer_byte(out, '\n');
    for (run_end end = ENDED_DIVERGED; end < ENDS; end++)
        name_runs(runs, end, out);
}

/* ---- The text ---------------------------------------------------------------------- */

void slt_runs_text(const slt_runs_source *source, slt_buffer *out)
{
    const slt_runs *runs = source->runs;
    const slt_chain_summary summary = slt_chain_summary_of(runs);
    slt_buffer lines = {0};
    put_estimates(runs, out);
    put_ends(runs, &lines);
    if (runs->estimate_count)
        slt_chain_summary_print(&summary, runs, "", &lines);
    else
        slt_buffer_printf(&lines, "no estimates\n");
    if (source->table)
        slt_buffer_printf(&lines,
                          "as %s tells, which agrees with the golden and is in no hash\n",
                          source->table);
    slt_escape_lines(out, slt_buffer_text(&lines), lines.size);
    out->failed |= lines.failed;
    slt_buffer_free(&lines);
}
