/* Reads the table of runs beside a golden and checks it against the golden. */
#include "figure/runs/runs.h"

#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/io.h"
#include "base/tree.h"
#include "base/world.h"
#include "codec/csv.h"
#include "figure/runs/columns.h"
#include "learn/quantity.h"

#define TABLE_SIZE_MAX ((size_t)64 << 20)
#define OWN_CELLS 3 /* run, status, step */
#define CELLS_MAX                                                                        \
    (OWN_CELLS + SLT_GOLDEN_AXES_MAX + SLT_GOLDEN_RESULTS_MAX +                          \
     SLT_RUNS_ESTIMATE_CELLS + SLT_RUNS_STEIN_CELLS)

typedef struct runs_reader {
    const slt_golden *golden;
    slt_runs *runs;
    const char *name, *at, *end;
    size_t line, cells;            /* of each line */
    bool stein;                    /* each has the cells of a Stein ratio */
    size_t run_line, run_estimate; /* where the run that is being read begins */
    slt_buffer cell[CELLS_MAX];
    slt_error *err;
} runs_reader;

static slt_status reader_fail(const runs_reader *r, slt_status status, const char *column,
                              const char *expected, const char *found)
{
    slt_buffer text = {0};
    slt_escape_line(&text, found, strlen(found));
    slt_fail(r->err, status, "%s:%zu: %s: expected %s, found %s", r->name, r->line,
             column, *expected ? expected : "nothing",
             text.size ? slt_buffer_text(&text) : "nothing");
    slt_buffer_free(&text);
    return status;
}

static const char *reader_cell(runs_reader *r, size_t i)
{
    return slt_escape_csv_restore(slt_buffer_text(&r->cell[i]));
}

/* ---- Lines ------------------------------------------------------------------------- */

static slt_status read_line(runs_reader *r)
{
    r->line++;
    for (size_t i = 0; i < r->cells; i++) {
        char expected[32];
        bool whole = slt_csv_read(&r->at, r->end, &r->cell[i]);
        if (r->cell[i].failed)
            return slt_fail(r->err, SLT_RESOURCE, "%s: no memory", r->name);
        if (!whole || *r->at != (i + 1 < r->cells ? ',' : '\n')) {
            snprintf(expected, sizeof expected, "%zu cells", r->cells);
            return reader_fail(r, SLT_FORMAT, "line", expected, "another line");
        }
        r->at++;
    }
    return SLT_OK;
}

static slt_status reader_expect(runs_reader *r, size_t i, const char *column,
                                const char *expected)
{
    return strcmp(reader_cell(r, i), expected)
               ? reader_fail(r, SLT_DIFFERS, column, expected, reader_cell(r, i))
               : SLT_OK;
}

static const char *column_name(const slt_golden *golden, size_t i,
                               char name[SLT_QUANTITY_TEXT_MAX])
{
    slt_quantity_text(&golden->results[i], name);
    return name;
}

static slt_status read_header(runs_reader *r)
{
    static const char *const last[] = {SLT_RUNS_ESTIMATE_COLUMNS, SLT_RUNS_STEIN_COLUMNS};
    const slt_golden *g = r->golden;
    char name[SLT_QUANTITY_TEXT_MAX];
    size_t at = 0;
    slt_status status = read_line(r);
    if (!status)
        status = reader_expect(r, at++, "column", "run");
    for (size_t i = 0; i < g->axis_count && !status; i++)
        status = reader_expect(r, at++, "column", g->axes[i]);
    if (!status)
        status = reader_expect(r, at++, "column", "status");
    if (!status)
        status = reader_expect(r, at++, "column", "step");
    for (size_t i = 0; i < g->result_count && !status; i++)
        status = reader_expect(r, at++, "column", column_name(g, i, name));
    for (size_t i = 0; at < r->cells && !status; i++)
        status = reader_expect(r, at++, "column", last[i]);
    return status;
}

/* ---- Cells ------------------------------------------------------------------------- */

static slt_status read_count(runs_reader *r, size_t i, const char *column,
                             uint64_t *count)
{
    const char *text = reader_cell(r, i);
    char *rest;
    errno = 0;
    *count = strtoull(text, &rest, 10);
    if (*text < '0' || *text > '9' || *rest || errno)
        return reader_fail(r, SLT_FORMAT, column, "a whole number", text);
    return SLT_OK;
}

static slt_status read_real(runs_reader *r, size_t i, const char *column, slt_real *real)
{
    *real = slt_real_absent();
    if (!*reader_cell(r, i) || slt_real_parse(reader_cell(r, i), real))
        return SLT_OK;
    return reader_fail(r, SLT_FORMAT, column, "a number or nothing", reader_cell(r, i));
}

static slt_status read_word(runs_reader *r, size_t i, const char *column,
                            const char *const *words, size_t count, size_t *word)
{
    for (*word = 0; *word < count; ++*word)
        if (!strcmp(reader_cell(r, i), words[*word]))
            return SLT_OK;
    return reader_fail(r, SLT_FORMAT, column, words[0], reader_cell(r, i));
}

/* ---- Runs -------------------------------------------------------------------------- */

/* The cells that repeat the golden must agree with it: the results are in the run's first
 * row. */
static slt_status check_run(runs_reader *r, const slt_golden_run *run, bool first)
{
    char text[SLT_REAL_TEXT_MAX], name[SLT_QUANTITY_TEXT_MAX];
    size_t at = 1;
    snprintf(text, sizeof text, "%" PRIu64, run->run);
    slt_status status = reader_expect(r, 0, "run", text);
    for (size_t i = 0; i < r->golden->axis_count && !status; i++)
        status = reader_expect(r, at++, r->golden->axes[i], run->values[i]);
    if (!status)
        status = reader_expect(r, at, "status", slt_run_status_name(run->status));
    at += 2;
    for (size_t i = 0; i < r->golden->result_count && !status; i++) {
        *text = 0;
        if (first && run->has_result[i])
            slt_real_text(run->results[i], text);
        status = reader_expect(r, at++, column_name(r->golden, i, name), text);
    }
    return status;
}

static slt_status add_run(runs_reader *r, const slt_golden_run *run)
{
    slt_buffer label = {0};
    for (size_t i = 0; i < r->golden->axis_count; i++)
        slt_buffer_printf(&label, "%s%s=%s", i ? " " : "", r->golden->axes[i],
                          run->values[i]);
    const char *text = slt_buffer_text(&label);
    slt_status status =
        label.failed ? slt_fail(r->err, SLT_RESOURCE, "no memory for the table of runs")
                     : slt_runs_add(r->runs, run->run, text, NULL, r->err);
    slt_buffer_free(&label);
    if (status)
        return status;
    slt_runs_run *added = &r->runs->list[r->runs->count - 1];
    added->missing = false;
    added->status = run->status;
    return read_count(r, 2 + r->golden->axis_count, "step", &added->step);
}

/* ---- Estimates --------------------------------------------------------------------- */

static slt_status read_found(runs_reader *r, size_t at, slt_runs_estimate *e)
{
    static const char *const losses[] = {"no", "yes"};
    slt_diagnostics *found = &e->found;
    uint64_t constant = 0;
    size_t stored = 0, baseline = 0, settled = 0;
    const struct {
        const char *column;
        slt_real *value;
    } numbers[] = {{"mean", &e->mean},
                   {"sd", &e->sd},
                   {"rhat", &found->rhat},
                   {"ess_bulk", &found->ess_bulk},
                   {"ess_tail", &found->ess_tail},
                   {"mcse", &found->mcse},
                   {"mcse_chains", &found->mcse_chains},
                   {"drift", &found->drift},
                   {"negative_share", &found->negative_share}};
    slt_status status = read_count(r, at++, "constant", &constant);
    if (!status)
        status = read_count(r, at++, "draws", &found->draws);
    if (!status)
        status = read_word(r, at++, "losses", losses, 2, &stored);
    if (!status)
        status = read_word(r, at++, "baseline", slt_runs_baselines, 3, &baseline);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && !status; i++)
        status = read_real(r, at++, numbers[i].column, numbers[i].value);
    if (!status)
        status = read_word(r, at, "settled", slt_runs_settled, 3, &settled);
    found->chains = e->chains;
    found->constant = (size_t)constant;
    found->no_losses = !stored;
    found->baseline = (slt_baseline)baseline;
    found->settled = (slt_settled)settled;
    found->llc = e->mean;
    return status;
}

/* An estimate without a Stein ratio, or whose ratio is not finite, has no cells of it. */
static slt_status read_stein(runs_reader *r, size_t at, slt_stein_found *stein)
{
    slt_real *const numbers[] = {&stein->ratio, &stein->error, &stein->drift,
                                 &stein->pull, &stein->step};
    static const char *const columns[] = {SLT_RUNS_STEIN_COLUMNS};
    slt_status status = SLT_OK;
    for (size_t i = 0; i < SLT_RUNS_STEIN_CELLS && !status; i++) {
        status = read_real(r, at + i, columns[i], numbers[i]);
        stein->asked |= slt_real_finite(*numbers[i]);
    }
    return status;
}

/* The numbers in the file are rounded, but the verdict was made from the exact ones. This
 * bounds their relative error, with a margin. */
#define ROUNDING 1e-4

static slt_real real_times(slt_real value, double factor)
{
    return slt_real_of(slt_real_double(value) * factor);
}

/* Whether the verdict follows from the numbers, or from numbers that are better or worse
 * by at most the rounding. */
static bool is_verdict_of(const slt_diagnostics *found)
{
    for (int side = -1; side <= 1; side++) {
        slt_diagnostics near = *found;
        double more = 1 + side * ROUNDING, less = 1 - side * ROUNDING;
        near.rhat = real_times(found->rhat, less);
        near.ess_bulk = real_times(found->ess_bulk, more);
        near.ess_tail = real_times(found->ess_tail, more);
        near.drift = real_times(found->drift, less);
        near.mcse_chains = real_times(found->mcse_chains, more);
        if (slt_settled_of(&near) == found->settled)
            return true;
    }
    return false;
}

/* The column of a number that no chains can give; NULL if there is none. */
static const char *impossible_number(const slt_runs_estimate *e)
{
    const slt_diagnostics *found = &e->found;
    const struct {
        const char *column;
        slt_real value;
        double least, most;
    } numbers[] = {{"sd", e->sd, 0, INFINITY},
                   {"rhat", found->rhat, DBL_MIN, INFINITY},
                   {"ess_bulk", found->ess_bulk, DBL_MIN, INFINITY},
                   {"ess_tail", found->ess_tail, DBL_MIN, INFINITY},
                   {"mcse", found->mcse, DBL_MIN, INFINITY},
                   {"mcse_chains", found->mcse_chains, DBL_MIN, INFINITY},
                   {"negative_share", found->negative_share, 0, 1}};
    if (found->constant > e->chains)
        return "constant";
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const double value = slt_real_double(numbers[i].value);
        if (value < numbers[i].least || value > numbers[i].most)
            return numbers[i].column;
    }
    return NULL;
}

/* The column of an error that cannot be right; NULL if there is none.  mcse_chains is
 * known only if every chain moved, and is the error of a mean over the chains with this
 * sd; mcse is known only if the error of the baseline is known too. */
static const char *impossible_error(const slt_runs_estimate *e)
{
    const slt_diagnostics *found = &e->found;
    const double sd = slt_real_double(e->sd), mean = slt_real_double(e->mean);
    const double chains = slt_real_double(found->mcse_chains);
    const double off = sd - chains * sqrt((double)e->chains);
    const bool known = slt_real_finite(found->mcse);
    if (e->chains > 1 && fabs(off) > 2 * ROUNDING * sd + 1e-6 * fabs(mean))
        return "mcse_chains";
    if (found->constant && slt_real_finite(found->mcse_chains))
        return "mcse_chains";
    if (known && (found->constant || found->baseline == SLT_BASELINE_UNKNOWN))
        return "mcse";
    if (found->baseline == SLT_BASELINE_EXACT &&
        found->mcse.bits != found->mcse_chains.bits)
        return "mcse";
    return NULL;
}

/* The same of the Stein ratio, which is the sum of its terms. */
static const char *impossible_stein(const slt_stein_found *stein)
{
    const double ratio = slt_real_double(stein->ratio);
    const double drift = slt_real_double(stein->drift);
    const double pull = slt_real_double(stein->pull);
    if (!stein->asked)
        return NULL;
    if (slt_real_double(stein->error) < DBL_MIN)
        return "stein_error";
    if (pull < 0)
        return "stein_pull";
    return fabs(ratio - drift - pull) > ROUNDING * (fabs(drift) + pull) ? "stein" : NULL;
}

static slt_status check_numbers(runs_reader *r, const slt_runs_estimate *e)
{
    const char *column = impossible_number(e);
    column = column ? column : impossible_stein(&e->found.stein);
    if (column)
        return reader_fail(r, SLT_DIFFERS, column, "what chains give", "another number");
    column = impossible_error(e);
    if (column)
        return reader_fail(r, SLT_DIFFERS, column, "the error of chains with this sd",
                           "another one");
    if (is_verdict_of(&e->found))
        return SLT_OK;
    return reader_fail(r, SLT_DIFFERS, "settled", "the verdict of the numbers before it",
                       slt_runs_settled[e->found.settled]);
}

/* Whether no earlier estimate of the run has the same llc and step. */
static bool is_new(const slt_runs *runs, const slt_runs_estimate *e)
{
    for (size_t i = runs->estimate_count; i-- && runs->estimates[i].run == e->run;)
        if (runs->estimates[i].llc == e->llc && runs->estimates[i].at_step == e->at_step)
            return false;
    return true;
}

static slt_status add_estimate(runs_reader *r, size_t run, size_t at)
{
    uint64_t llc = 0, chains = 0, ended = 0;
    slt_runs_estimate e = {
        .run = run, .mean = slt_real_absent(), .sd = slt_real_absent()};
    slt_status status = read_count(r, at, "estimate", &llc);
    if (!status)
        status = read_count(r, at + 1, "at_step", &e.at_step);
    if (!status)
        status = read_count(r, at + 2, "chains", &chains);
    if (!status)
        status = read_count(r, at + 3, "ended_early", &ended);
    if (!status && (llc < 1 || llc > UINT32_MAX || ended > chains))
        status = reader_fail(r, SLT_FORMAT, "estimate", "one from 1, of chains",
                             reader_cell(r, at));
    e.llc = (uint32_t)(llc - 1);
    e.chains = (size_t)chains;
    e.ended_early = (size_t)ended;
    e.whole = !ended;
    if (!status && e.whole)
        status = read_found(r, at + 4, &e);
    if (!status && e.whole && r->stein)
        status = read_stein(r, at + SLT_RUNS_ESTIMATE_CELLS, &e.found.stein);
    if (!status && e.whole)
        status = check_numbers(r, &e);
    if (!status && !is_new(r->runs, &e))
        status = reader_fail(r, SLT_DIFFERS, "estimate", "one that is not there yet",
                             reader_cell(r, at));
    slt_runs_estimate *list =
        status ? NULL
               : slt_world.realloc(r->runs->estimates,
                                   (r->runs->estimate_count + 1) * sizeof *list);
    if (!status && !list)
        status = slt_fail(r->err, SLT_RESOURCE, "no memory for the table of runs");
    if (status)
        return status;
    r->runs->estimates = list;
    list[r->runs->estimate_count++] = e;
    return SLT_OK;
}

/* ---- Results ----------------------------------------------------------------------- */

/* Whether two numbers are the same when rounded as in the file. */
static bool is_near(slt_real rounded, slt_real exact)
{
    char a[32], b[32];
    snprintf(a, sizeof a, "%.5g", slt_real_double(rounded));
    snprintf(b, sizeof b, "%.5g", slt_real_double(exact));
    return !strcmp(a, b);
}

/* The last whole estimate `llc` of the run read last; NULL if there is none. */
static const slt_runs_estimate *find_last(const slt_runs *runs, uint32_t llc)
{
    for (size_t i = runs->estimate_count;
         i-- && runs->estimates[i].run + 1 == runs->count;)
        if (runs->estimates[i].llc == llc && runs->estimates[i].whole)
            return &runs->estimates[i];
    return NULL;
}

/* Whether an estimate's rows repeat this result of the golden, and its value there; not
 * finite if they do not have it. */
static bool repeats(const slt_runs_estimate *e, const slt_quantity *of, slt_real *value)
{
    static const slt_runs_estimate nothing;
    const slt_stein_found *stein = e ? &e->found.stein : &nothing.found.stein;
    const struct {
        slt_quantity_kind kind;
        bool known;
        slt_real value;
    } cells[] = {{SLT_QUANTITY_LLC_MEAN, e, e ? e->mean : slt_real_absent()},
                 {SLT_QUANTITY_STEIN_MEAN, stein->asked, stein->ratio},
                 {SLT_QUANTITY_STEIN_DRIFT, stein->asked, stein->drift},
                 {SLT_QUANTITY_STEIN_PULL, stein->asked, stein->pull},
                 {SLT_QUANTITY_STEIN_STEP, stein->asked, stein->step}};
    for (size_t i = 0; i < sizeof cells / sizeof *cells && !of->at_step; i++) {
        if (cells[i].kind != of->kind)
            continue;
        *value = cells[i].known ? cells[i].value : slt_real_absent();
        return true;
    }
    return false;
}

/* For each result of an estimate that the golden has for the run read last and the table
 * repeats, that estimate must be there, with that number.  The run's first row and its
 * first estimate share a line. */
static slt_status check_results(runs_reader *r)
{
    const slt_golden_run *held = &r->golden->runs[r->runs->count - 1];
    for (size_t i = 0; i < r->golden->result_count; i++) {
        char text[SLT_REAL_TEXT_MAX], value[SLT_REAL_TEXT_MAX] = "";
        char name[SLT_QUANTITY_TEXT_MAX];
        slt_real here;
        const slt_quantity *column = &r->golden->results[i];
        const slt_runs_estimate *found = find_last(r->runs, column->estimate);
        if (!held->has_result[i] || !repeats(found, column, &here))
            continue;
        if (found && is_near(here, held->results[i]))
            continue;
        r->line = r->run_line;
        if (found)
            r->line += (size_t)(found - &r->runs->estimates[r->run_estimate]);
        if (slt_real_finite(here))
            slt_real_text(here, value);
        slt_real_text(held->results[i], text);
        return reader_fail(r, SLT_DIFFERS, column_name(r->golden, i, name), text, value);
    }
    return SLT_OK;
}

/* ---- The table --------------------------------------------------------------------- */

/* Whether the line just read begins another run. */
static bool begins_run(runs_reader *r)
{
    char number[24];
    if (!r->runs->count)
        return true;
    snprintf(number, sizeof number, "%" PRIu64, r->runs->list[r->runs->count - 1].number);
    return strcmp(reader_cell(r, 0), number) != 0;
}

static slt_status read_row(runs_reader *r)
{
    const slt_golden *g = r->golden;
    size_t first = OWN_CELLS + g->axis_count + g->result_count;
    bool begins = begins_run(r);
    slt_status status = SLT_OK;
    if (begins && r->runs->count)
        status = check_results(r);
    if (!status && begins && r->runs->count == g->run_count)
        status = reader_fail(r, SLT_DIFFERS, "run", "no more runs", reader_cell(r, 0));
    size_t run = r->runs->count - !begins;
    if (!status)
        status = check_run(r, &g->runs[run], begins);
    if (!status && begins) {
        r->run_line = r->line;
        r->run_estimate = r->runs->estimate_count;
        status = add_run(r, &g->runs[run]);
    }
    return status || !*reader_cell(r, first) ? status : add_estimate(r, run, first);
}

static slt_status read_rows(runs_reader *r)
{
    slt_status status = read_header(r);
    while (!status && r->at < r->end) {
        status = read_line(r);
        if (!status)
            status = read_row(r);
    }
    if (!status && r->runs->count)
        status = check_results(r);
    if (!status && r->runs->count < r->golden->run_count) {
        char expected[32], found[32];
        snprintf(expected, sizeof expected, "%zu runs", r->golden->run_count);
        snprintf(found, sizeof found, "%zu", r->runs->count);
        status = reader_fail(r, SLT_DIFFERS, "end", expected, found);
    }
    return status;
}

/* Whether the first line ends with the columns of a Stein ratio. */
static bool has_stein(const char *csv, size_t size)
{
    static const char *const columns[] = {SLT_RUNS_STEIN_COLUMNS};
    const char *last = columns[SLT_RUNS_STEIN_CELLS - 1];
    const char *end = memchr(csv, '\n', size);
    const size_t line = end ? (size_t)(end - csv) : 0;
    return line >= strlen(last) && !memcmp(end - strlen(last), last, strlen(last));
}

slt_status slt_runs_parse(const char *csv, size_t size, const char *name,
                          const slt_golden *golden, slt_runs *runs, slt_error *err)
{
    runs_reader r = {.golden = golden,
                     .runs = runs,
                     .name = name,
                     .at = csv,
                     .end = csv + size,
                     .err = err,
                     .stein = has_stein(csv, size),
                     .cells = OWN_CELLS + golden->axis_count + golden->result_count +
                              SLT_RUNS_ESTIMATE_CELLS};
    if (r.stein)
        r.cells += SLT_RUNS_STEIN_CELLS;
    slt_buffer again = {0};
    *runs = (slt_runs){0};
    slt_status status = read_rows(&r);
    if (!status) {
        slt_runs_print(runs, golden, &again);
        status = slt_csv_require_same(csv, size, &again, name, "a table of runs", err);
    }
    for (size_t i = 0; i < CELLS_MAX; i++)
        slt_buffer_free(&r.cell[i]);
    if (status)
        slt_runs_free(runs);
    return status;
}

slt_status slt_runs_read(const slt_golden *golden, slt_runs *runs, bool *there,
                         slt_error *err)
{
    slt_buffer path = {0}, bytes = {0};
    char *beside = slt_runs_path(golden->path);
    *runs = (slt_runs){0};
    *there = false;
    if (!beside)
        return slt_fail(err, SLT_RESOURCE, "no memory for the table of runs");
    const char *slash = strrchr(beside, '/');
    errno = 0;
    bool lacks = slt_world.access(beside, F_OK) && errno == ENOENT;
    slt_status status =
        slt_tree_name_beside(golden->path, slash ? slash + 1 : beside, &path, err);
    const char *name = slt_buffer_text(&path);
    if (!status && !lacks)
        status = slt_io_read(name, TABLE_SIZE_MAX, &bytes, err);
    if (!status && !lacks)
        status =
            slt_runs_parse((const char *)bytes.data, bytes.size, name, golden, runs, err);
    *there = !status && !lacks;
    slt_buffer_free(&bytes);
    slt_buffer_free(&path);
    free(beside);
    return status;
}
