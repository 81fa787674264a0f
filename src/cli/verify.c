#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>

#include <sltrace/check.h>

#include "cli/progress.h"
#include "cli/tap.h"

/* Digits up to *end; false where there are none or too many. */
static bool read_digits(const char *text, char **end, uint64_t *number)
{
    errno = 0;
    *number = strtoull(text, end, 10);
    return *text >= '0' && *text <= '9' && errno == 0;
}

/* N or N:KEY. */
static slt_status read_sample(const char *text, slt_verify_options *options,
                              slt_error *err)
{
    char *end;
    uint64_t number;
    bool good = read_digits(text, &end, &number) && number > 0 && number <= SIZE_MAX;
    options->sample = (size_t)number;
    options->keyed = good && *end == ':';
    if (options->keyed)
        good = read_digits(end + 1, &end, &options->key);
    if (good && *end == 0)
        return SLT_OK;
    return slt_fail(err, SLT_USAGE,
                    "--sample: expected N or N:KEY with N at least 1, found '%s'", text);
}

static slt_status read_options(const cli_call *call, slt_verify_options *options,
                               slt_error *err)
{
    const char *sample = cli_value(call, "sample");
    options->only = cli_value(call, "only");
    options->traces = cli_value(call, "traces");
    options->manifest = cli_value(call, "manifest");
    options->segments = cli_given(call, "segments");
    if (options->only && sample)
        return slt_fail(err, SLT_USAGE, "verify: give --only or --sample, not both");
    if (options->manifest && call->operand_count > 1)
        return slt_fail(err, SLT_USAGE, "verify: --manifest goes with one golden");
    if (options->segments && !options->traces)
        return slt_fail(err, SLT_USAGE,
                        "verify: --segments goes with --traces DIR: the states that its "
                        "pieces begin at are in the publisher's traces");
    slt_status status = sample ? read_sample(sample, options, err) : SLT_OK;
    return status ? status : cli_jobs(call, &options->jobs, err);
}

/* Of all goldens: the worst verdict, and whether this machine could judge any. */
typedef struct verdicts {
    slt_verify_options options;
    int goldens; /* looked at */
    int unfit;   /* of these, those that the machine kept from being judged */
    slt_error first_unfit;
    slt_status worst;
} verdicts;

static slt_status verify_one(verdicts *v, const char *golden, FILE *out,
                             slt_verify_result *result, slt_error *err)
{
    cli_progress progress;
    v->options.progress = cli_progress_tell;
    v->options.progress_context = &progress;
    cli_progress_begin(&progress);
    if (out == stdout && progress.live)
        progress.live = false; /* a line a run is progress enough */
    slt_status status = slt_verify(golden, &v->options, out, result, err);
    cli_progress_end(&progress);
    if (result->unfit_machine && !v->unfit++)
        v->first_unfit = *err;
    v->goldens++;
    return status;
}

/* Several goldens are one TAP document: each golden's report is indented below its name.
 */
static slt_status verify_nested(verdicts *v, const char *golden,
                                slt_verify_result *result, slt_error *err)
{
    FILE *indented = cli_tap_indent(stdout);
    if (!indented)
        return slt_fail(err, SLT_RESOURCE, "verify: out of memory");
    cli_tap_text("# Subtest: ", golden, "");
    slt_status status = verify_one(v, golden, indented, result, err);
    fclose(indented);
    printf("%sok %d", status ? "not " : "", v->goldens);
    cli_tap_text(" - ", golden, status == SLT_UNFIT ? " # not judged" : "");
    return status;
}

static void put_test(void *context, const slt_verify_test *test)
{
    slt_json *json = context;
    slt_json_open(json, '{');
    slt_json_key_bool(json, "ok", test->ok);
    slt_json_key_text(json, "name", test->name);
    slt_json_key_text(json, "note", test->note);
    slt_json_key_text(json, "diagnostic", test->diagnostic);
    slt_json_close(json, '}');
}

static void put_counts(slt_json *json, const slt_verify_result *result)
{
    slt_json_key_uint(json, "runs", result->runs);
    slt_json_key_uint(json, "judged", result->judged);
    slt_json_key_uint(json, "identical", result->identical);
    slt_json_key_uint(json, "differ", result->differ);
    slt_json_key_uint(json, "not_judged", result->not_judged);
    slt_json_key_uint(json, "trouble", result->trouble);
    slt_json_key_uint(json, "diverged", result->diverged);
    slt_json_key_uint(json, "overflowed", result->overflowed);
    slt_json_key_text(json, "runs_sha256",
                      *result->runs_sha256 ? result->runs_sha256 : NULL);
}

static slt_status verify_json(verdicts *v, const char *golden, slt_json *json,
                              slt_verify_result *result, slt_error *err)
{
    v->options.test = put_test;
    v->options.test_context = json;
    slt_json_open(json, '{');
    slt_json_key_text(json, "golden", golden);
    slt_json_key_open(json, "tests", '[');
    slt_status status = verify_one(v, golden, NULL, result, err);
    slt_json_close(json, ']');
    put_counts(json, result);
    slt_json_key_text(json, "status", slt_status_text(status));
    slt_json_key_uint(json, "exit", (uint64_t)slt_status_exit(status));
    slt_json_key_text(json, "message", status ? err->text : NULL);
    slt_json_close(json, '}');
    return status;
}

/* `Bail out!` stops a harness before it looks at anything else: only where this machine
 * could judge none of the goldens, as what is installed on it is wrong. */
static void end_report(const verdicts *v, slt_json *json)
{
    if (json)
        slt_json_close(json, ']');
    else if (v->unfit && v->unfit == v->goldens)
        cli_tap_text("Bail out! ", v->first_unfit.text, "");
}

static slt_status run(const cli_call *call, slt_error *err)
{
    verdicts v = {.options = {.jobs = 1}};
    slt_status status = read_options(call, &v.options, err);
    if (status)
        return status;
    slt_json *json = call->json;
    bool many = call->operand_count > 1;
    v.options.cancel = cli_cancel_on_signals();
    if (json) {
        slt_json_begin(json, "sltrace.verify/1");
        slt_json_key_open(json, "goldens", '[');
    } else if (many)
        printf("TAP version 13\n1..%d\n", call->operand_count);
    for (int i = 0; i < call->operand_count && !*v.options.cancel; i++) {
        slt_error one = {.status = SLT_OK};
        slt_verify_result result = {0};
        const char *golden = call->operands[i];
        status = json   ? verify_json(&v, golden, json, &result, &one)
                 : many ? verify_nested(&v, golden, &result, &one)
                        : verify_one(&v, golden, stdout, &result, &one);
        if (status && one.text[0])
            cli_complain(one.text);
        v.worst = slt_status_worse(v.worst, status);
    }
    end_report(&v, json);
    return v.worst;
}

static const cli_option options[] = {
    {"only", 0, "LIST", cli_only_help, NULL},
    {"sample", 0, "N[:KEY]",
     "Judge N runs, evenly spread with both ends; with :KEY, N runs drawn by that key.",
     NULL},
    {"jobs", 'j', "N", cli_jobs_help, NULL},
    {"traces", 0, "DIR",
     "Folder of the publisher's traces, or of the study that holds them: a difference is "
     "then told with its record, step, tensor and element, and not only as a stretch "
     "between two hashes of the golden.",
     "folder"},
    {"segments", 0, NULL,
     "With --traces: divide each run at the states that its trace stores, and do the "
     "pieces side by side on all jobs.",
     NULL},
    {"manifest", 0, "FILE",
     "Use this manifest instead of the one that the golden names; it must describe the "
     "same runs.",
     "file"},
};

const cli_command cli_verify = {
    .name = "verify",
    .operands = "GOLDEN...",
    .operands_min = 1,
    .operands_max = 65535,
    .suffix = ".golden",
    .summary = "run again and compare every bit with goldens",
    .details =
        "Checks a golden's own root hash and that its manifest is the one it was made "
        "from; does its runs again; and makes of both the golden that record would "
        "write, which must be this one in every field: hashes, status and named results "
        "of each run judged, figure data, claims. The report is TAP version 13 on "
        "standard output, one line a run, as prove reads it. With --only and --sample "
        "the file of figure data must be the one that the golden states, and the claims "
        "must follow from it; that the data follow from all runs is left unjudged, and a "
        "comment says so.\n\n"
        "A run that differs is located: between two hashes that the golden holds, or to "
        "the record, step, tensor and element where --traces has the publisher's trace. "
        "A "
        "run that cannot be judged here is not ok, never skipped; neither is a golden "
        "that cannot be read. Where what is installed keeps this machine from judging "
        "any golden given, the report ends with Bail out! and why: sltrace doctor tells "
        "more. A run that ended early is marked (# diverged at step 10) and counted.\n\n"
        "With --segments a long run takes all jobs: each stretch of training between two "
        "states that the publisher's trace stores is done by itself and must end in the "
        "next one, and the estimates begin at the states where they stand. When all "
        "pieces give the trace's bytes the run is the golden's. A run whose trace stores "
        "no states is verified whole, and a comment says so.\n\n"
        "With several goldens the reports stand indented below one line a golden.",
    .examples = "sltrace verify golden/lakkapragada2025/fig6.golden --sample 3\n"
                "sltrace verify long.golden --traces ref --segments --jobs 8\n"
                "prove -e 'sltrace verify --sample 2' golden/*/*.golden",
    CLI_OPTIONS(options),
    .json = true,
    .names = true,
    .run = run,
};
