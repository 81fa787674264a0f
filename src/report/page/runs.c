/* Whether the chains of a figure have settled: in total, and a row for each run. */
#include "report/page/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"

#define RUNS_SHOWN 1000

/* ---- In all ------------------------------------------------------------------------ */

/* Writes the lines of the text report, the first one large. */
static void put_settled(slt_html *page, const slt_runs *runs)
{
    slt_buffer text = {0};
    const slt_chain_summary chains = slt_chain_summary_of(runs);
    slt_chain_summary_print(&chains, runs, "", &text);
    const char *at = slt_buffer_text(&text), *end = at + strcspn(at, "\n");
    slt_html_open(page, "p", NULL);
    slt_html_open(page, "strong", NULL);
    slt_html_print(page, "%.*s", (int)(end - at), at);
    slt_html_close(page, "strong");
    slt_html_print(page,
                   " (R-hat at most %.2f, both effective sample sizes at least %d, drift "
                   "at most %d Monte Carlo standard errors, MCSE).",
                   SLT_SETTLED_RHAT, SLT_SETTLED_ESS, SLT_SETTLED_MCSE);
    slt_html_close(page, "p");
    for (at = end + 1; end[0] && *at; at = end + 1) {
        end = at + strcspn(at, "\n");
        slt_html_open(page, "p", NULL);
        slt_html_print(page, "%.*s", (int)(end - at), at);
        slt_html_close(page, "p");
    }
    slt_buffer_free(&text);
}

/* ---- Run by run -------------------------------------------------------------------- */

static void put_sum(slt_html *page, const slt_summed *sum, const char *format)
    __attribute__((format(printf, 3, 0)));
static void put_sum(slt_html *page, const slt_summed *sum, const char *format)
{
    slt_buffer text = {0};
    if (sum->known)
        slt_buffer_printf(&text, format, slt_real_double(sum->value));
    slt_html_element(page, "td", sum->known ? slt_buffer_text(&text) : "\xe2\x80\x93",
                     "class", "number", NULL);
    slt_buffer_free(&text);
}

static void put_ess(slt_html *page, const slt_summed *sum)
{
    char text[SLT_ESS_TEXT_MAX];
    slt_html_element(page, "td",
                     sum->known ? slt_ess_text(sum->value, text) : "\xe2\x80\x93",
                     "class", "number", NULL);
}

static void put_counts(slt_html *page, const slt_runs_run *run,
                       const slt_chain_summary *of)
{
    slt_html_open(page, "td", NULL);
    if (run->status != SLT_RUN_DONE)
        slt_html_print(page, "%s at step %" PRIu64, slt_run_status_name(run->status),
                       run->step);
    else if (of->estimates || of->broken)
        slt_html_print(page, "%zu of %zu", of->settled, of->estimates + of->broken);
    if (of->unknown)
        slt_html_print(page, ", not known of %zu", of->unknown);
    if (of->broken)
        slt_html_print(page, ", %zu ended early", of->broken);
    slt_html_close(page, "td");
}

/* Writes the estimates of run `run`, which begin at *at; *at is moved past them. */
static void put_run(slt_html *page, const slt_runs *runs, size_t run, bool stein,
                    size_t *at)
{
    slt_chain_summary of = {0};
    slt_buffer name = {0};
    for (; *at < runs->estimate_count && runs->estimates[*at].run == run; ++*at)
        slt_chain_summary_add(&of, runs, &runs->estimates[*at]);
    slt_runs_name(runs, run, &name);
    slt_html_open(page, "tr", NULL);
    slt_html_element(page, "th", slt_buffer_text(&name), "scope", "row", NULL);
    put_counts(page, &runs->list[run], &of);
    put_sum(page, &of.worst_rhat, "%.4f");
    put_ess(page, &of.least_bulk);
    put_ess(page, &of.least_tail);
    put_sum(page, &of.largest_drift, "%.1f");
    put_sum(page, &of.mean_mcse, "%.3g");
    if (stein)
        put_sum(page, &of.least_stein, "%.3g");
    slt_html_close(page, "tr");
    slt_buffer_free(&name);
}

static void put_table(slt_html *page, const slt_runs *runs)
{
    static const char *const names[] = {"Run",
                                        "Settled",
                                        ">Worst R-hat",
                                        ">Least ESS",
                                        ">Least ESS of the tails",
                                        ">Largest drift, in MCSE",
                                        ">Mean MCSE",
                                        ">Least Stein ratio"};
    const bool stein = slt_runs_have_stein(runs);
    size_t shown = runs->count < RUNS_SHOWN ? runs->count : RUNS_SHOWN, at = 0;
    slt_html_open(page, "details", NULL);
    slt_html_open(page, "summary", NULL);
    slt_html_print(page, "%zu runs, one by one", runs->count);
    slt_html_close(page, "summary");
    slt_report_open_table(page, NULL,
                          "How many estimates of each run have settled, and the worst of "
                          "what tells so");
    slt_report_put_head(page, names, sizeof names / sizeof *names - !stein);
    slt_html_open(page, "tbody", NULL);
    for (size_t run = 0; run < shown; run++)
        put_run(page, runs, run, stein, &at);
    slt_html_close(page, "tbody");
    slt_report_close_table(page);
    if (shown < runs->count) {
        slt_html_open(page, "p", NULL);
        slt_html_print(page, "And %zu runs more.", runs->count - shown);
        slt_html_close(page, "p");
    }
    slt_html_close(page, "details");
}

/* ---- Where it is from -------------------------------------------------------------- */

static void put_source(slt_html *page, const slt_report_part *part)
{
    char *path = slt_runs_path(part->path);
    slt_buffer command = {0};
    slt_buffer_printf(&command, "sltrace summary ");
    slt_escape_shell(&command, part->path);
    page->out->failed |= !path | command.failed;
    slt_html_open(page, "p", "class", "soft", NULL);
    slt_html_text(page, "As ");
    slt_html_element(page, "code", path ? path : "", NULL);
    slt_html_text(page, " tells, estimate by estimate; it was written with the golden, "
                        "agrees with its runs and results, and is in no hash. ");
    slt_html_element(page, "code", slt_buffer_text(&command), NULL);
    slt_html_text(page, " prints it.");
    slt_html_close(page, "p");
    slt_buffer_free(&command);
    free(path);
}

static void put_ask_for_traces(slt_html *page)
{
    slt_html_text(page, "Not told here: no table of runs is beside the golden (sltrace "
                        "record writes it), and this report was made without traces. "
                        "Where sltrace run has made them, ");
    slt_html_element(page, "code", "sltrace figure FOLDER --from sltrace-out", NULL);
    slt_html_text(page, " tells.");
}

/* Writes why there is nothing to show, or not what was asked for. */
static void put_reasons(slt_html *page, const slt_report_part *part)
{
    const slt_figure *figure = part->figure;
    if (part->wrong_runs.status) {
        slt_html_open(page, "p", "class", "alert", NULL);
        slt_html_print(page, "\xe2\x9c\x97 The table of runs is not believed: %s",
                       part->wrong_runs.text);
        slt_html_close(page, "p");
    }
    bool has_none = figure->has_runs && !figure->runs.estimate_count;
    if (figure->has_runs && !has_none && !part->no_chains.status)
        return;
    slt_html_open(page, "p", NULL);
    if (part->no_chains.status)
        slt_html_print(page, "Not told by traces: %s", part->no_chains.text);
    else if (has_none)
        slt_html_text(page, "No run has an estimate.");
    else if (!figure->has_runs && !part->wrong_runs.status)
        put_ask_for_traces(page);
    slt_html_close(page, "p");
}

void slt_report_put_runs(slt_html *page, const slt_report_part *part)
{
    if (!part->figure)
        return;
    const slt_figure *figure = part->figure;
    slt_report_put_heading(page, part, "chains", "Whether the chains have settled");
    if (figure->has_runs && figure->runs.estimate_count) {
        put_settled(page, &figure->runs);
        put_table(page, &figure->runs);
    }
    if (part->of_table)
        put_source(page, part);
    put_reasons(page, part);
}
