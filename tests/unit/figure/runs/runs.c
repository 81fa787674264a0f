/* figure/runs: the table of runs as a file, there and back, with what traces seldom hold.
 */
#include "golden_sample.h"

#include <unistd.h>

#include "base/io.h"
#include "figure/runs/runs.h"

static slt_error err;

static const slt_real absent = {UINT64_C(0x7ff8000000000000)};

static slt_runs_estimate estimate(size_t run, uint32_t llc, slt_real mean)
{
    return (slt_runs_estimate){.run = run,
                               .llc = llc,
                               .at_step = 50,
                               .chains = 4,
                               .whole = true,
                               .mean = mean,
                               .sd = slt_real_of(0.123456789),
                               .found = {.rhat = slt_real_of(1.0),
                                         .ess_bulk = slt_real_of(400),
                                         .ess_tail = slt_real_of(123456.7),
                                         .mcse = slt_real_of(0.0617283945),
                                         .mcse_chains = slt_real_of(0.0617283945),
                                         .drift = slt_real_of(0),
                                         .negative_share = slt_real_of(0.25),
                                         .draws = 1000,
                                         .settled = SLT_SETTLED_YES}};
}

/* Of the four runs of the sample golden: one that is settled, with a second estimate
 * whose losses are not stored; one with a chain that ended early; one constant; one
 * without. */
static void fill(const slt_golden *golden, slt_runs *runs, slt_runs_estimate list[4])
{
    for (size_t i = 0; i < 4; i++)
        if (slt_runs_add(runs, i, "", NULL, &err))
            tap_bail(err.text);
    TAP_OK(runs->list[0].missing && runs->list[3].missing, "without a trace");
    list[0] = estimate(0, 0, golden->runs[0].results[0]);
    list[1] = estimate(0, 1, slt_real_of(-3));
    list[1].found.rhat = list[1].found.ess_bulk = list[1].found.ess_tail = absent;
    list[1].found.no_losses = true;
    list[1].found.baseline = SLT_BASELINE_UNKNOWN;
    list[1].found.mcse = absent;
    list[1].found.settled = SLT_SETTLED_UNKNOWN;
    list[2] = estimate(1, 0, golden->runs[1].results[0]);
    list[2].found.constant = 4;
    list[2].found.rhat = list[2].found.mcse = list[2].found.mcse_chains = absent;
    list[2].found.settled = SLT_SETTLED_UNKNOWN;
    list[3] = (slt_runs_estimate){.run = 2, .at_step = 50, .chains = 4, .ended_early = 3};
    runs->estimates = list;
    runs->estimate_count = 4;
}

static void test_round(slt_golden *golden, const char *text, size_t size)
{
    slt_runs back;
    slt_buffer again = {0};
    slt_status status = slt_runs_parse(text, size, "x", golden, &back, &err);
    TAP_OK(status == SLT_OK, "read back: %s", status ? err.text : "");
    if (status)
        return;
    slt_runs_print(&back, golden, &again);
    TAP_EQ_TEXT(slt_buffer_text(&again), text, "to the same text");
    TAP_OK(back.count == 4 && back.estimate_count == 4 && !back.list[3].missing &&
               !strcmp(back.list[2].label, "rank=13 optimizer=adam"),
           "with labels of the golden: %s", back.list[2].label);
    slt_chain_summary all = slt_chain_summary_of(&back);
    TAP_OK(all.estimates == 3 && all.settled == 1 && all.unknown == 2 &&
               all.broken == 1 && all.ended_early.chains == 3 &&
               all.constant.chains == 4 && all.no_losses == 1 && all.no_mcse == 2,
           "summed up as before");
    slt_buffer_free(&again);
    slt_runs_free(&back);
}

/* One that is known not to have settled is worse than one of which it is not known, and
 * that than a settled one, whatever their R-hats; of equals the larger R-hat is. */
static void test_worst(void)
{
    static const struct {
        double rhat;
        slt_settled settled;
    } cases[] = {{1.009, SLT_SETTLED_YES},
                 {1.008, SLT_SETTLED_UNKNOWN},
                 {1.001, SLT_SETTLED_NO},
                 {1.002, SLT_SETTLED_NO}};
    slt_runs_run run = {.label = (char[]){""}};
    slt_runs_estimate list[4];
    slt_runs runs = {.list = &run, .count = 1, .estimates = list};
    for (size_t i = 0; i < 4; i++) {
        list[i] = estimate(0, (uint32_t)i, slt_real_of(1));
        list[i].found.rhat = slt_real_of(cases[i].rhat);
        list[i].found.settled = cases[i].settled;
        runs.estimate_count = i + 1;
        TAP_OK(slt_chain_summary_of(&runs).worst == &list[i], "%s, R-hat %g, is worse",
               slt_settled_text(cases[i].settled), cases[i].rhat);
    }
    for (size_t i = 0; i < 2; i++) { /* the other way round */
        slt_runs_estimate first = list[i];
        list[i] = list[3 - i];
        list[3 - i] = first;
    }
    TAP_OK(slt_chain_summary_of(&runs).worst == &list[0], "in any order");
    runs.estimate_count = 2;
    list[0].found.settled = list[1].found.settled = SLT_SETTLED_UNKNOWN;
    list[0].found.rhat = list[1].found.rhat = slt_real_of(1.5);
    TAP_OK(slt_chain_summary_of(&runs).worst == &list[0], "of equal ones the first");
    list[0].found.rhat = absent;
    TAP_OK(slt_chain_summary_of(&runs).worst == &list[1], "an R-hat before none");
    list[1].found.rhat = absent;
    TAP_OK(slt_chain_summary_of(&runs).worst == &list[0], "of two without the first");
    list[0].found.rhat = slt_real_of(1.5);
    TAP_OK(slt_chain_summary_of(&runs).worst == &list[0], "none after an R-hat");
}

/* The table with another text for the first that stands in it. */
static void contradicts(slt_golden *golden, const char *text, const char *from,
                        const char *to, const char *column, slt_status want)
{
    const char *place = strstr(text, from);
    slt_runs back;
    slt_buffer changed = {0};
    if (!place)
        tap_bail(from);
    slt_buffer_append(&changed, text, (size_t)(place - text));
    slt_buffer_printf(&changed, "%s%s", to, place + strlen(from));
    err.text[0] = 0;
    slt_status status =
        slt_runs_parse(slt_buffer_text(&changed), changed.size, "x", golden, &back, &err);
    TAP_OK(status == want && strstr(err.text, column), "%s for %s: %s", to, from,
           err.text);
    TAP_OK(!status || (!back.list && !back.count && !back.estimates), "nothing is left");
    if (!status)
        slt_runs_free(&back);
    slt_buffer_free(&changed);
}

/* What no chains give, however well it goes together with the golden. */
static void test_impossible(slt_golden *golden, const char *text)
{
    static const struct {
        const char *from, *to, *column;
    } cases[] = {
        {"0.12346,1,400,", "0.12346,-1,400,", "rhat"},
        {"0.12346,1,400,", "0.12346,0,400,", "rhat"},
        {",400,1.2346e+05,0.061728,0.061728,0,0.25,yes",
         ",-400,1.2346e+05,0.061728,0.061728,0,0.25,no", "ess_bulk"},
        {"1.2346e+05,0.061728,0.061728,0,0.25,yes",
         "-1.2346e+05,0.061728,0.061728,0,0.25,no", "ess_tail"},
        {"98.711,0.12346,", "98.711,-0.12346,", "sd"},
        {"98.711,0.12346,", "98.711,0.12,", "mcse_chains"},
        {"0.061728,0.061728,", "0,0,", "mcse"},
        {"0.061728,0.061728,", "-1,0.061728,", "mcse"},
        {"0.061728,0.061728,", "0.06,0.061728,", "mcse"},
        {"0.061728,0.061728,0,0.25,yes", ",0.061728,0,0.25,unknown", "mcse"},
        {"0.061728,0.061728,", "0.061728,0.0617,", "mcse"},
        {"0.061728,0.061728,", "0.6,0.6,", "mcse_chains"},
        {"0.25,yes", "2,yes", "negative_share"},
        {"0.25,yes", "-0.25,yes", "negative_share"},
        {",4,0,0,1000,yes,exact,98.711", ",4,0,5,1000,yes,exact,98.711", "constant"},
        {",4,0,0,1000,yes,exact,98.711", ",4,0,1,1000,yes,exact,98.711", "mcse_chains"},
        {"-3,0.12346,,,,,", "-3,0.12346,,,,0.061728,", "mcse"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        contradicts(golden, text, cases[i].from, cases[i].to, cases[i].column,
                    SLT_DIFFERS);
}

/* Cells that are no such number or word: the first is told. */
static void test_cells(slt_golden *golden, const char *text)
{
    static const struct {
        const char *from, *to, *column;
    } cases[] = {
        {",4,0,0,1000,yes,exact,", ",4,0,0x0,1000,yes,exact,", "constant"},
        {",4,0,0,1000,yes,exact,", ",4,0,,1e3,maybe,exact,", "constant"},
        {",4,0,0,1000,yes,exact,", ",4,0,0,1e3,yes,exact,", "draws"},
        {",4,0,0,1000,yes,exact,", ",4,0,0,-1,maybe,exact,", "draws"},
        {",4,0,0,1000,yes,exact,", ",4,0,0,1000,maybe,exactly,", "losses"},
        {",4,0,0,1000,yes,exact,", ",4,0,0,1000,yes,exactly,", "baseline"},
        {",4,0,0,1000,yes,exact,98.711,", ",4,0,0,1000,yes,exact,x,", "mean"},
        {"0.25,yes", "0.25,often", "settled"},
        {"98.7109375,-0,1,50,4,0,", "98.7109375,-0,0,50,4,0,", "one from 1, of chains"},
        {"98.7109375,-0,1,50,4,0,", "98.7109375,-0,4294967296,50,4,0,",
         "one from 1, of chains"},
        {"98.7109375,-0,1,50,4,0,", "98.7109375,-0,1,50,4,5,", "one from 1, of chains"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        contradicts(golden, text, cases[i].from, cases[i].to, cases[i].column,
                    SLT_FORMAT);
}

/* The mean of an estimate beside the golden's number of the same run. */
static void test_means(slt_golden *golden, const char *text)
{
    contradicts(golden, text, "exact,98.711,", "exact,98.811,", "x:2:", SLT_DIFFERS);
    contradicts(golden, text, "exact,98.711,", "exact,98.811,",
                "expected 98.7109375, found 98.811", SLT_DIFFERS);
    contradicts(golden, text, "\n0,1,adam,done,0,98.7109375,-0,1,50",
                "\n0,1,adam,done,0,98.7109375,-0,3,50", "found", SLT_DIFFERS);
}

/* A Stein ratio of one estimate, and the same number in the golden: five columns more, of
 * which the other rows have nothing. */
static void test_stein(slt_golden *golden, slt_runs *runs)
{
    slt_buffer csv = {0};
    runs->estimates[0].found.stein = (slt_stein_found){.asked = true,
                                                       .ratio = slt_real_of(.25),
                                                       .error = slt_real_of(.03125),
                                                       .drift = slt_real_of(-.5),
                                                       .pull = slt_real_of(.75),
                                                       .step = slt_real_of(.0625)};
    golden->results[1] = (slt_quantity){.kind = SLT_QUANTITY_STEIN_MEAN};
    for (size_t i = 0; i < 4; i++)
        golden->runs[i].has_result[1] = i == 0;
    golden->runs[0].results[1] = slt_real_of(.25);
    TAP_OK(slt_runs_have_stein(runs), "an estimate has a Stein ratio");
    slt_runs_print(runs, golden, &csv);
    const char *text = slt_buffer_text(&csv);
    TAP_OK(strstr(text, ",settled,stein,stein_error,stein_drift,stein_pull,stein_step\n"),
           "its columns");
    TAP_OK(strstr(text, ",0.25,yes,0.25,0.03125,-0.5,0.75,0.0625\n"), "its numbers");
    TAP_OK(strstr(text, ",0.25,unknown,,,,,\n") && strstr(text, ",ended,,,,,\n") &&
               strstr(text, "\n3,19,0.001,done,0,,,,,,,,,,,,,,,,,,,,,,,,,\n"),
           "of the others nothing");
    slt_runs back;
    TAP_OK(slt_runs_parse(text, csv.size, "x", golden, &back, &err) == SLT_OK,
           "read back: %s", err.text);
    TAP_OK(back.estimate_count == 4 && back.estimates[0].found.stein.asked &&
               back.estimates[0].found.stein.step.bits == slt_real_of(.0625).bits &&
               !back.estimates[1].found.stein.asked,
           "as they were");
    const slt_chain_summary all = slt_chain_summary_of(&back);
    TAP_OK(all.least_stein.known == 1 &&
               all.least_stein.value.bits == slt_real_of(.25).bits,
           "summed up");
    slt_runs_free(&back);
    contradicts(golden, text, ",0.03125,-0.5,", ",0.03125,-0.6,",
                "stein: expected what chains give", SLT_DIFFERS);
    contradicts(golden, text, ",0.03125,-0.5,", ",0,-0.5,", "stein_error", SLT_DIFFERS);
    contradicts(golden, text, ",yes,0.25,0.03125,-0.5,0.75,", ",yes,-0.25,0.1,0.5,-0.75,",
                "stein_pull", SLT_DIFFERS);
    contradicts(golden, text, ",yes,0.25,0.03125,-0.5,", ",yes,0.5,0.03125,-0.25,",
                "stein/mean: expected 0.25, found 0.5", SLT_DIFFERS);
    contradicts(golden, text, ",yes,0.25,0.03125,-0.5,0.75,0.0625", ",yes,,,,,",
                "stein/mean: expected 0.25, found nothing", SLT_DIFFERS);
    contradicts(golden, text, ",0.0625\n", ",x\n", "stein_step", SLT_FORMAT);
    contradicts(golden, text, ",stein_pull,", ",pull,", "stein_pull", SLT_DIFFERS);
    slt_buffer_free(&csv);
}

/* Beside a golden, or not there. */
static void test_beside(slt_golden *golden, const char *text, size_t size)
{
    char folder[] = "/tmp/sltrace-runs-XXXXXX", path[64], table[64], *old = golden->path;
    bool there = true;
    slt_runs back;
    if (!mkdtemp(folder))
        tap_bail("no folder");
    snprintf(path, sizeof path, "%s/x.golden", folder);
    snprintf(table, sizeof table, "%s/x.runs.csv", folder);
    golden->path = path;
    err.text[0] = 0;
    TAP_OK(slt_runs_read(golden, &back, &there, &err) == SLT_OK && !there && !back.count,
           "a golden without a table: %s", err.text);
    slt_runs_free(&back);
    if (slt_io_replace(table, text, size, &err))
        tap_bail(err.text);
    TAP_OK(slt_runs_read(golden, &back, &there, &err) == SLT_OK && there &&
               back.count == 4,
           "with one: %s", err.text);
    slt_runs_free(&back);
    if (slt_io_replace(table, text, size - 1, &err))
        tap_bail(err.text);
    TAP_OK(slt_runs_read(golden, &back, &there, &err) == SLT_FORMAT && !there,
           "with one that is cut off: %s", err.text);
    unlink(table);
    rmdir(folder);
    golden->path = old;
}

/* Labels are from outside. */
static void test_names(void)
{
    slt_runs_run run = {.number = 3, .label = (char[]){"file=a\nb\x1b[2J"}};
    const slt_runs runs = {.list = &run, .count = 1};
    slt_buffer name = {0};
    slt_runs_name(&runs, 0, &name);
    TAP_EQ_TEXT(slt_buffer_text(&name), "run 3 (file=a\\x0ab\\x1b[2J)",
                "a label stays on its line");
    slt_buffer_free(&name);
}

int main(void)
{
    slt_golden *golden = golden_sample();
    slt_runs runs = {0};
    slt_runs_estimate list[4];
    slt_buffer csv = {0};
    /* Results of runs without an estimate are none. */
    for (size_t i = 2; i < 4; i++)
        golden->runs[i].has_result[0] = false;
    fill(golden, &runs, list);
    slt_runs_print(&runs, golden, &csv);
    const char *text = slt_buffer_text(&csv);
    TAP_OK(strstr(text,
                  "\n0,1,adam,done,0,98.7109375,-0,1,50,4,0,0,1000,yes,exact,98.711,"
                  "0.12346,1,400,1.2346e+05,0.061728,0.061728,0,0.25,yes\n"),
           "a settled estimate, in five digits");
    TAP_OK(strstr(text, "\n0,1,adam,done,0,,,2,50,4,0,0,1000,no,unknown,-3,0.12346,,,,,"
                        "0.061728,0,0.25,unknown\n"),
           "one without losses: what is not known is empty");
    TAP_OK(strstr(text, "\n2,13,adam,overflow,0,,-2e-9,1,50,4,3,,,,,,,,,,,,,,ended\n"),
           "one with chains that ended early");
    TAP_OK(
        strstr(text, "\n3,19,0.001,done,0,,-3.0000000000000004e-9,,,,,,,,,,,,,,,,,,\n"),
        "a run without an estimate");
    tap_note("%s", text);
    test_round(golden, text, csv.size);
    test_impossible(golden, text);
    test_cells(golden, text);
    test_means(golden, text);
    test_beside(golden, text, csv.size);
    golden->axes[1][0] = '=';
    slt_buffer_clear(&csv);
    slt_runs_print(&runs, golden, &csv);
    text = slt_buffer_text(&csv);
    TAP_OK(strstr(text, ",'=ptimizer,"), "names are escaped");
    slt_runs back;
    TAP_OK(slt_runs_parse(text, csv.size, "x", golden, &back, &err) == SLT_OK,
           "and read");
    slt_runs_free(&back);
    slt_buffer_free(&csv);
    test_stein(golden, &runs);
    test_worst();
    test_names();
    runs.estimates = NULL;
    slt_runs_free(&runs);
    slt_golden_free(golden);
    return tap_done();
}
