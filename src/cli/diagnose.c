#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sltrace/page.h>

#include "base/world.h"
#include "cli/paths.h"

/* A line on a terminal, taken away before anything else is printed. */
static void diagnose_tell(void *context, unsigned percent)
{
    (void)context;
    fprintf(stderr, "\rruns the chains again: %u%%", percent);
    slt_world.fflush(stderr);
}

static void diagnose_clear(bool live)
{
    if (live)
        fprintf(stderr, "\r%30s\r", "");
}

/* ---- Pictures ---------------------------------------------------------------------- */

/* A page that also draws the chains of each estimate: FOLDER/STEM.llc.STEP.svg. */
typedef struct drawing {
    slt_diagnosis_page page;
    const char *folder;
    char stem[256]; /* of the trace's name */
    slt_status status;
    slt_error *err; /* of the first that failed */
} drawing;

static void drawing_begin(void *context, const char *path)
{
    drawing *d = context;
    cli_stem(path, d->stem);
    d->page.begin(d->page.context, path);
}

static slt_status draw_to(const drawing *d, const slt_diagnosed_estimate *told,
                          const char *path)
{
    char *svg = NULL;
    size_t size = 0;
    slt_error why;
    const slt_status drawn = slt_diagnosis_draw(told, &svg, &size, &why);
    return cli_put_picture(path, svg, size, drawn, &why, d->err);
}

static void drawing_estimate(void *context, const slt_diagnosed_estimate *told)
{
    drawing *d = context;
    char name[SLT_DIAGNOSIS_NAME_MAX], path[CLI_PATH_MAX];
    d->page.estimate(d->page.context, told);
    if (d->status)
        return;
    d->status = slt_diagnosis_name(told, name, d->err);
    if (!d->status)
        d->status = cli_path(path, d->err, "%s/%s.%s.svg", d->folder, d->stem, name);
    if (!d->status)
        d->status = draw_to(d, told, path);
}

static void drawing_temperatures(void *context, const slt_temperatures *found,
                                 size_t count)
{
    drawing *d = context;
    d->page.temperatures(d->page.context, found, count);
}

static void drawing_end(void *context)
{
    drawing *d = context;
    if (d->page.end)
        d->page.end(d->page.context);
}

/* ---- The command ------------------------------------------------------------------- */

static slt_status diagnose_run(const cli_call *call, slt_error *err)
{
    const bool live =
        cli_given(call, "stein") && !cli_is_quiet() && slt_world.isatty(STDERR_FILENO);
    slt_diagnosis_options options = {.stein = cli_given(call, "stein"),
                                     .progress = live ? diagnose_tell : NULL};
    slt_status status = cli_jobs(call, &options.jobs, err);
    drawing d = {.folder = cli_value(call, "out"), .err = err};
    if (!status && d.folder)
        status = cli_check_stems(call, "--out: the pictures", err);
    if (!status && d.folder)
        status = cli_make_folder(d.folder, err);
    if (status)
        return status;
    options.cancel = cli_cancel_on_signals();
    d.page =
        call->json ? slt_diagnosis_json_begin(call->json) : slt_diagnosis_text(stdout);
    const slt_diagnosis_page drawn = {.context = &d,
                                      .begin = drawing_begin,
                                      .estimate = drawing_estimate,
                                      .temperatures = drawing_temperatures,
                                      .end = drawing_end};
    for (int i = 0; i < call->operand_count && !status; i++) {
        status =
            slt_diagnosis(call->operands[i], &options, d.folder ? &drawn : &d.page, err);
        diagnose_clear(live);
        status = status ? status : d.status;
    }
    if (call->json)
        slt_diagnosis_json_end(call->json);
    return status;
}

static const cli_option options[] = {
    {"stein", 0, NULL,
     "Also the Stein ratios of chains that did not record them, by running these again.",
     NULL},
    {"out", 0, "DIR",
     "Also draw the chains of each estimate: DIR/TRACE.llc.STEP.svg (with gnuplot).",
     NULL},
    {"jobs", 'j', "N", cli_jobs_help, NULL},
};

const cli_command cli_diagnose = {
    .name = "diagnose",
    .operands = "TRACE...",
    .operands_min = 1,
    .operands_max = 65535,
    .suffix = ".trace",
    .summary = "each estimate of a trace in words: whether its chains have settled",
    .details =
        "For each estimate: its mean and Monte Carlo standard error, R-hat, effective "
        "sample sizes, drift; whether the chains have settled, in words; and what to "
        "change where they have not.\n\n"
        "Where the estimate asks for it (stein: true), or with --stein, also the Stein "
        "ratio of each chain,\n\n"
        "  E[(w-w*).(nbeta grad L + gamma (w-w*))] / d\n\n"
        "over its draws, with its two terms apart: the drift of the loss and the pull of "
        "localization. It is 0 where chains begin, 1 + step where they have settled, and "
        "what lies between tells how far they have spread. step is what a step of finite "
        "size adds. The error is that of the chain's own draws, by 16 batches of them; "
        "beside the mean it is that over the chains. The ratio changes no verdict.\n\n"
        "With --out each estimate has a picture of its chains: their course draw by "
        "draw; "
        "the ranks of each chain's draws among those of all, which lie at 1 where chains "
        "are alike; and their autocorrelation.\n\n"
        "With --stein the run is done again, from the last state that the trace stores "
        "before its chains, or from its start; every checkpoint and chain must be the "
        "trace's, else the exit status is 1. Chains that have not settled do not change "
        "the exit status.",
    .examples = "sltrace diagnose sltrace-out/smoke/linear/traces/000000.trace\n"
                "sltrace diagnose --stein 000057.trace\n"
                "sltrace diagnose --out pictures 000057.trace",
    CLI_OPTIONS(options),
    .names = true,
    .json = true,
    .run = diagnose_run,
};
