#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include <sltrace/calibrate.h>

#include "base/world.h"
#include "cli/manifest.h"
#include "cli/paths.h"
#include "cli/progress.h"
#include "cli/select.h"

/* ---- The grid ---------------------------------------------------------------------- */

static slt_status points_refuse(const char *name, const char *text, slt_error *err)
{
    return slt_fail(
        err, SLT_USAGE,
        "--%s: expected A:B:N, 2 to %d numbers from A up to B above 0 in equal "
        "ratios, or one number; found '%.80s'",
        name, SLT_CALIBRATE_POINTS_MAX, text);
}

/* The x above 0 with x^n = power, by halving: in the same steps everywhere. */
static double root_of(double power, size_t n)
{
    double low = 0, high = power > 1 ? power : 1;
    for (;;) {
        const double middle = low + (high - low) / 2;
        double product = 1;
        if (middle <= low || middle >= high)
            return low;
        for (size_t i = 0; i < n; i++)
            product *= middle;
        if (product <= power)
            low = middle;
        else
            high = middle;
    }
}

/* Writes a number of three digits as manifests do. */
static void print_rounded(double value, char text[SLT_REAL_TEXT_MAX])
{
    char digits[32];
    slt_real rounded = slt_real_of(value);
    snprintf(digits, sizeof digits, "%.2e", value);
    slt_real_parse(digits, &rounded);
    slt_real_text(rounded, text);
}

static bool read_part(const char *from, size_t length, slt_real *real)
{
    char text[64];
    if (!length || length >= sizeof text)
        return false;
    snprintf(text, sizeof text, "%.*s", (int)length, from);
    return slt_real_parse(text, real);
}

static bool read_count(const char *text, size_t *count)
{
    char *end;
    const unsigned long number = strtoul(text, &end, 10);
    *count = number;
    return *text >= '0' && *text <= '9' && !*end && number >= 2 &&
           number <= SLT_CALIBRATE_POINTS_MAX;
}

static slt_status read_points(const cli_call *call, const char *name,
                              slt_calibrate_points *points, slt_error *err)
{
    const char *text = cli_value(call, name);
    slt_real from, to;
    if (!text)
        return SLT_OK;
    const char *second = strchr(text, ':'),
               *third = second ? strchr(second + 1, ':') : NULL;
    points->count = 1;
    if (!second && slt_real_parse(text, &from)) {
        slt_real_text(from, points->text[0]);
        return SLT_OK;
    }
    if (!third || !read_part(text, (size_t)(second - text), &from) ||
        !read_part(second + 1, (size_t)(third - second - 1), &to) ||
        !read_count(third + 1, &points->count))
        return points_refuse(name, text, err);
    const double low = slt_real_double(from), high = slt_real_double(to);
    if (low <= 0 || high <= low || high / low > 1e300)
        return points_refuse(name, text, err);
    const double ratio = root_of(high / low, points->count - 1);
    double at = low;
    slt_real_text(from, points->text[0]);
    slt_real_text(to, points->text[points->count - 1]);
    for (size_t i = 1; i + 1 < points->count; i++)
        print_rounded(at *= ratio, points->text[i]);
    for (size_t i = 1; i < points->count; i++) {
        slt_real a, b;
        if (slt_real_parse(points->text[i - 1], &a) &&
            slt_real_parse(points->text[i], &b) &&
            slt_real_double(a) < slt_real_double(b))
            continue;
        return slt_fail(err, SLT_USAGE,
                        "--%s: %s: the points, rounded to three digits, are not %zu "
                        "different ones: fewer",
                        name, text, points->count);
    }
    return SLT_OK;
}

/* ---- The command ------------------------------------------------------------------- */

static slt_status select_one(const cli_call *call, const slt_manifest *manifest,
                             size_t *run, slt_error *err)
{
    bool *selected;
    size_t count;
    slt_status status = cli_select(call, manifest, &selected, &count, err);
    if (status)
        return status;
    *run = 0;
    while (!selected[*run])
        ++*run;
    free(selected);
    if (count > 1 && cli_given(call, "only"))
        return slt_fail(err, SLT_USAGE, "--only: expected one run, found %zu", count);
    return SLT_OK;
}

static size_t gather_values(const cli_call *call, const char *name,
                            const char *values[CLI_AGAIN_MAX + 1])
{
    size_t count = 0;
    while ((values[count] = cli_value_at(call, name, count)))
        count++;
    return count;
}

static slt_status calibrate_ask(const cli_call *call, const slt_manifest *manifest,
                                slt_calibrate_options *options, slt_error *err)
{
    uint64_t llc = 1;
    slt_status status = cli_jobs(call, &options->jobs, err);
    if (!status)
        status = cli_number(call, "llc", 1, 64, &llc, err);
    if (!status)
        status = select_one(call, manifest, &options->run, err);
    if (!status)
        status = read_points(call, "lr", &options->lr, err);
    if (!status)
        status = read_points(call, "nbeta", &options->nbeta, err);
    if (!status)
        status = read_points(call, "localization", &options->localization, err);
    options->llc = (size_t)llc - 1;
    return status;
}

static slt_status calibrate_manifest(const cli_call *call, slt_manifest *manifest,
                                     slt_error *err)
{
    const char *samplers[CLI_AGAIN_MAX + 1], *set[CLI_AGAIN_MAX + 1];
    cli_progress progress;
    slt_calibrate_options options = {.samplers = samplers,
                                     .sampler_count =
                                         gather_values(call, "sampler", samplers),
                                     .set = set,
                                     .set_count = gather_values(call, "set", set),
                                     .out = cli_value(call, "out"),
                                     .progress = cli_progress_tell,
                                     .remark = cli_progress_remark,
                                     .progress_context = &progress};
    slt_status status = calibrate_ask(call, manifest, &options, err);
    if (status)
        return status;
    options.cancel = cli_save_on_signals();
    const slt_calibrate_page page =
        call->json ? slt_calibrate_json(call->json) : slt_calibrate_text(stdout);
    cli_progress_begin(&progress);
    status = slt_calibrate(manifest, &options, &page, err);
    cli_progress_end(&progress);
    if (status == SLT_INTERRUPTED)
        slt_fail(err, status,
                 "interrupted; nothing is lost: the same command goes on from here");
    return status;
}

static slt_status calibrate_run(const cli_call *call, slt_error *err)
{
    slt_manifest *manifest = NULL;
    slt_status status = cli_required(call, "out", err);
    if (!status)
        status = cli_open_manifest(call->operands[0], &manifest, err);
    if (!status)
        status = calibrate_manifest(call, manifest, err);
    slt_manifest_free(manifest);
    return status;
}

static const cli_option options[] = {
    {"lr", 0, "A:B:N",
     "N step sizes from A to B in equal ratios, both included, the others rounded to "
     "three digits; or one. By default the estimate's own.",
     NULL},
    {"nbeta", 0, "A:B:N", "The same of nbeta.", NULL},
    {"localization", 0, "A:B:N", "The same of the localization.", NULL},
    {"sampler", 0, "WORD", "A grid with this sampler; may be given again.", NULL},
    {"set", 0, "FIELD=VALUE",
     "Another field of the estimate in place of the manifest's, such as num_draws=2000; "
     "a field that one sampler alone has goes to that one.",
     NULL},
    {"llc", 0, "K", "Which estimate of the run, from 1; by default the first.", NULL},
    {"only", 0, "RUN",
     "Which run of the manifest: its number, or sweep values that leave one; by default "
     "run 0.",
     NULL},
    {"jobs", 'j', "N", cli_jobs_help, NULL},
    {"out", 0, "DIR", "Folder of the calibration; required.", "folder"},
};

const cli_command cli_calibrate = {
    .name = "calibrate",
    .operands = "MANIFEST",
    .operands_min = 1,
    .operands_max = 1,
    .suffix = ".yaml",
    .summary = "a grid of settings for an LLC estimate; recommends some",
    .details =
        "Makes one estimate of a run at every point of a grid of its settings, draws "
        "heat maps and recommends the settings whose chains have settled, whose LLC is "
        "that of their neighbours, and whose error is the least of these; the lines for "
        "the manifest are printed.\n\n"
        "The run is trained once, up to the step that the estimate stands at or, where "
        "that is no number, to its end; all chains start there. A cell is a run as "
        "`run` makes it, in DIR/SAMPLER, a study of the manifest DIR/SAMPLER.yaml: "
        "show, diagnose, verify and replay read its traces.\n\n"
        "DIR/SAMPLER.svg has the LLC, R-hat, the Stein ratio, the share of draws below "
        "the loss at w* and, where the sampler records one, the acceptance. Cells with "
        "chains that diverged are hatched. DIR/recommended.yaml has the lines.\n\n"
        "What is there already is kept: after Ctrl-C or a crash the same command goes "
        "on, and a larger grid adds to a smaller one.\n\n"
        "A cell has settled where R-hat is at most 1.01, both ESS are at least 100, the "
        "drift is at most 6 MCSE, at most 5 % of the draws are below the loss at w* "
        "(not asked of losses of mini batches), the Stein ratio is not below that of "
        "settled chains, and the step adds at most 10 % to it. Neighbours that have "
        "settled and whose LLCs are the same within twice their errors make a plateau. "
        "Where there is none the exit status is 1, and the message says what to change.",
    .examples =
        "sltrace calibrate study.yaml --lr 1e-5:1e-2:7 --nbeta 10:1000:5 --out grid\n"
        "sltrace calibrate study.yaml --only rank=53,seed=0 --lr 1e-5:1e-3:5 \\\n"
        "    --localization 1:100:3 --set num_burnin_steps=2000 --out grid",
    CLI_OPTIONS(options),
    .repeats = " only sampler set ",
    .json = true,
    .names = true,
    .run = calibrate_run,
};
