#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>

#include <sltrace/bundle.h>
#include <sltrace/page.h>
#include <sltrace/system.h>

#include "cli/keys.h"
#include "cli/progress.h"

/* Reads digits up to *end; false if there are none, or too many. */
static bool verify_read_digits(const char *text, char **end, uint64_t *number)
{
    errno = 0;
    *number = strtoull(text, end, 10);
    return *text >= '0' && *text <= '9' && errno == 0;
}

/* Reads N:KEY, where KEY is any text. */
static slt_status verify_read_spot(const char *text, slt_verify_options *options,
                                   slt_error *err)
{
    char *end;
    uint64_t number;
    if (!verify_read_digits(text, &end, &number) || !number || number > SIZE_MAX ||
        *end != ':' || !end[1])
        return slt_fail(err, SLT_USAGE,
                        "--spot: expected N:KEY with N at least 1 and a number or text "
                        "of yours as KEY, found '%s'",
                        text);
    options->spot = (size_t)number;
    options->spot_key = end + 1;
    return SLT_OK;
}

static slt_status verify_spot_alone(const cli_call *call, slt_error *err)
{
    if (cli_given(call, "only") || cli_given(call, "sample") ||
        cli_given(call, "segments"))
        return slt_fail(err, SLT_USAGE,
                        "verify: --spot draws from all runs by itself: without --only, "
                        "--sample and --segments");
    if (cli_given(call, "traces"))
        return SLT_OK;
    return slt_fail(err, SLT_USAGE,
                    "verify: --spot goes with --traces DIR: the stretches that it draws "
                    "are those of the publisher's traces");
}

/* Reads N or N:KEY. */
static slt_status verify_read_sample(const char *text, slt_verify_options *options,
                                     slt_error *err)
{
    char *end;
    uint64_t number;
    bool good =
        verify_read_digits(text, &end, &number) && number > 0 && number <= SIZE_MAX;
    options->sample = (size_t)number;
    options->keyed = good && *end == ':';
    if (options->keyed)
        good = verify_read_digits(end + 1, &end, &options->key);
    if (good && *end == 0)
        return SLT_OK;
    return slt_fail(err, SLT_USAGE,
                    "--sample: expected N or N:KEY with N at least 1, found '%s'", text);
}

/* The tree that a bundle's files may name is the bundle. */
static slt_status verify_check_bundles(const cli_call *call, slt_error *err)
{
    if (!cli_given(call, "root") && !cli_given(call, "allow-outside"))
        return SLT_OK;
    for (int i = 0; i < call->operand_count; i++)
        if (slt_files_end_in(call->operands[i], ".tar"))
            return slt_fail(err, SLT_USAGE,
                            "%s: a bundle is a tree of its own: without --root and "
                            "--allow-outside",
                            call->operands[i]);
    return SLT_OK;
}

static slt_status verify_read_options(const cli_call *call, slt_verify_options *options,
                                      slt_public_key *signer, slt_error *err)
{
    const char *sample = cli_value(call, "sample");
    options->only = cli_value(call, "only");
    options->traces = cli_value(call, "traces");
    options->manifest = cli_value(call, "manifest");
    options->segments = cli_given(call, "segments");
    const char *junit = cli_value(call, "junit");
    if (junit && !slt_files_end_in(junit, ".xml"))
        return slt_fail(err, SLT_USAGE,
                        "verify: --junit: expected a file whose name ends in .xml, found "
                        "'%s'",
                        junit);
    if (options->only && sample)
        return slt_fail(err, SLT_USAGE, "verify: give --only or --sample, not both");
    if (options->manifest && call->operand_count > 1)
        return slt_fail(err, SLT_USAGE, "verify: --manifest goes with one golden");
    if (options->segments && !options->traces)
        return slt_fail(err, SLT_USAGE,
                        "verify: --segments goes with --traces DIR: the states that its "
                        "pieces begin at are in the publisher's traces");
    slt_status status = sample ? verify_read_sample(sample, options, err) : SLT_OK;
    if (!status && cli_given(call, "spot"))
        status = verify_read_spot(cli_value(call, "spot"), options, err);
    if (!status && options->spot)
        status = verify_spot_alone(call, err);
    if (!status && cli_given(call, "public-key")) {
        options->signer = signer;
        status = slt_public_key_read(cli_value(call, "public-key"), signer, err);
    }
    if (!status)
        status = verify_check_bundles(call, err);
    return status ? status : cli_jobs(call, &options->jobs, err);
}

static slt_status verify_check_attest(const cli_call *call, slt_error *err)
{
    const char *attest = cli_value(call, "attest");
    if (cli_given(call, "sign") && !attest)
        return slt_fail(err, SLT_USAGE, "verify: --sign goes with --attest");
    if (attest && call->operand_count > 1)
        return slt_fail(err, SLT_USAGE,
                        "verify: --attest goes with one golden: a statement is of one");
    if (attest && call->json && !strcmp(attest, "-"))
        return slt_fail(err, SLT_USAGE,
                        "verify: --attest - does not go with --json: each of them takes "
                        "standard output for itself");
    return SLT_OK;
}

/* What is told: on standard output, unless a statement has it for itself, in a report of
 * JUnit, and in a statement, if these are asked for. */
enum { VERIFY_PAGES_MAX = 3 };
typedef struct verify_pages {
    slt_verify_page pages[VERIFY_PAGES_MAX];
    size_t count;
} verify_pages;

/* Pages before whose lines that of progress is taken away. */
typedef struct screen {
    const verify_pages *told;
    const char *path; /* of the golden, or of the bundle that it is in, as given */
    cli_progress progress;
} screen;

#define SCREEN_CALL(call, parameters, ...)                                               \
    static void screen_##call parameters                                                 \
    {                                                                                    \
        screen *s = context;                                                             \
        cli_progress_end(&s->progress);                                                  \
        for (size_t i = 0; i < s->told->count; i++)                                      \
            if (s->told->pages[i].call)                                                  \
                s->told->pages[i].call(s->told->pages[i].context, __VA_ARGS__);          \
    }
SCREEN_CALL(begin, (void *context, const char *path), ((void)path, s->path))
SCREEN_CALL(refused, (void *context, const char *path, const slt_error *why),
            ((void)path, s->path), why)
SCREEN_CALL(mismatch,
            (void *context, const slt_verify_plan *plan, const char *manifest,
             const slt_mismatch *mismatch),
            plan, manifest, mismatch)
SCREEN_CALL(plan, (void *context, const slt_verify_plan *plan), plan)
SCREEN_CALL(run,
            (void *context, const slt_golden *golden, const slt_run_verdict *verdict),
            golden, verdict)
SCREEN_CALL(spot, (void *context, const slt_spot *spot), spot)
SCREEN_CALL(part,
            (void *context, const slt_golden *golden, const slt_part_verdict *verdict),
            golden, verdict)
SCREEN_CALL(claim, (void *context, const slt_claim *claim), claim)

static slt_status screen_end(void *context, const slt_verify_result *result,
                             slt_error *err)
{
    screen *s = context;
    slt_status worst = SLT_OK;
    cli_progress_end(&s->progress);
    for (size_t i = 0; i < s->told->count; i++) {
        const slt_verify_page *page = &s->told->pages[i];
        slt_status status = page->end(page->context, result, worst ? NULL : err);
        worst = worst ? worst : status;
    }
    return worst;
}

static void verify_tell_refusal(const slt_verify_page *page, const char *path,
                                const slt_error *why)
{
    const slt_verify_result result = {.error = *why};
    page->begin(page->context, path);
    page->refused(page->context, path, why);
    page->end(page->context, &result, NULL);
}

/* A bundle is a tree of its own, so it is verified where nothing else is. */
static slt_status verify_bundle(const char *path, const slt_verify_options *options,
                                const slt_verify_page *page, slt_error *err)
{
    char *golden = NULL;
    slt_status status = slt_bundle_open(path, &golden, err);
    if (status) {
        verify_tell_refusal(page, path, err);
        return status;
    }
    status = slt_verify(golden, options, page, NULL, err);
    slt_bundle_close(golden);
    return status;
}

static slt_status verify_one(const char *golden, slt_verify_options *options,
                             const verify_pages *told, slt_error *err)
{
    screen s = {.told = told, .path = golden};
    const slt_verify_page shown = {.context = &s,
                                   .begin = screen_begin,
                                   .refused = screen_refused,
                                   .mismatch = screen_mismatch,
                                   .plan = screen_plan,
                                   .run = screen_run,
                                   .spot = screen_spot,
                                   .part = screen_part,
                                   .claim = screen_claim,
                                   .end = screen_end};
    options->progress = cli_progress_tell;
    options->progress_context = &s.progress;
    cli_progress_begin(&s.progress);
    slt_status status = slt_files_end_in(golden, ".tar")
                            ? verify_bundle(golden, options, &shown, err)
                            : slt_verify(golden, options, &shown, NULL, err);
    cli_progress_end(&s.progress);
    return status;
}

static slt_status verify_all(const cli_call *call, slt_verify_options *options,
                             const verify_pages *told)
{
    slt_status worst = SLT_OK;
    options->cancel = cli_cancel_on_signals();
    for (int i = 0; i < call->operand_count && !*options->cancel; i++) {
        slt_error one = {.status = SLT_OK};
        slt_status status = verify_one(call->operands[i], options, told, &one);
        if (status && one.text[0])
            cli_complain(one.text);
        worst = slt_status_worse(worst, status);
    }
    return worst;
}

/* What is told beside standard output; NULL where it is not. */
typedef struct verify_files {
    slt_junit *junit;
    slt_verify_attest *attest;
    slt_secret_key key; /* of the statement */
} verify_files;

static slt_status verify_tell(const cli_call *call, slt_verify_options *options,
                              const verify_files *files, slt_error *err)
{
    slt_tap *tap = NULL;
    verify_pages told = {.count = 0};
    const bool alone = files->attest && !strcmp(cli_value(call, "attest"), "-");
    slt_status status =
        call->json || alone
            ? SLT_OK
            : slt_tap_begin(stdout, (size_t)call->operand_count, &tap, err);
    if (status)
        return status;
    if (!alone)
        told.pages[told.count++] =
            tap ? slt_tap_page(tap) : slt_verify_json_begin(call->json);
    if (files->junit)
        told.pages[told.count++] = slt_junit_page(files->junit);
    if (files->attest)
        told.pages[told.count++] = slt_verify_attest_page(files->attest);
    status = verify_all(call, options, &told);
    if (tap)
        slt_tap_end(tap);
    else if (!alone)
        slt_verify_json_end(call->json);
    return status;
}

/* A report of JUnit is of all goldens: an interruption leaves none. */
static slt_status verify_with_junit(const cli_call *call, slt_verify_options *options,
                                    verify_files *files, slt_error *err)
{
    slt_output *file = NULL;
    FILE *stream = NULL;
    slt_status status =
        slt_output_begin(cli_value(call, "junit"), true, &file, &stream, err);
    if (!status)
        status = slt_junit_begin(&files->junit, err);
    if (!files->junit) {
        slt_output_end(file, false, NULL);
        return status;
    }
    status = verify_tell(call, options, files, err);
    bool keep = options->cancel && !*options->cancel;
    slt_status ended = slt_junit_end(files->junit, keep ? stream : NULL, err);
    slt_status closed = slt_output_end(file, keep && !ended, ended ? NULL : err);
    return slt_status_worse(status, slt_status_worse(ended, closed));
}

/* The key, of which a password may be asked for, is read before anything is computed. */
static slt_status verify_open_attest(const cli_call *call, verify_files *files,
                                     slt_error *err)
{
    slt_attestation to = {.path = cli_value(call, "attest")};
    slt_status status = SLT_OK;
    if (!to.path)
        return SLT_OK;
    if (cli_given(call, "sign")) {
        to.key = &files->key;
        status = cli_secret_key(call, "sign", &files->key, err);
    }
    return status ? status : slt_verify_attest_begin(&to, &files->attest, err);
}

static slt_status verify_run(const cli_call *call, slt_error *err)
{
    slt_verify_options options = {.jobs = 1};
    slt_public_key signer;
    slt_status status = verify_read_options(call, &options, &signer, err);
    verify_files files = {.junit = NULL};
    if (!status)
        status = verify_check_attest(call, err);
    if (!status)
        status = verify_open_attest(call, &files, err);
    if (!status)
        status = cli_given(call, "junit") ? verify_with_junit(call, &options, &files, err)
                                          : verify_tell(call, &options, &files, err);
    slt_verify_attest_free(files.attest);
    slt_secret_key_forget(&files.key);
    return status;
}

static const cli_option options[] = {
    {"only", 0, "LIST", cli_only_help, NULL},
    {"sample", 0, "N[:KEY]",
     "Judge N runs, evenly spread with both ends; with :KEY, N runs drawn by that key.",
     NULL},
    {"spot", 0, "N:KEY",
     "Spot check, with --traces: every trace must be the golden's; then N stretches "
     "between states that the traces store are done again, drawn from all of them by "
     "KEY, "
     "any text that its publisher could not know beforehand.",
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
    {"junit", 0, "FILE",
     "Also write the verdicts as a report of JUnit, the XML that GitLab and Jenkins "
     "show, when all goldens are judged; the name of FILE ends in .xml.",
     "file"},
    {"attest", 0, "FILE",
     "Of one golden: write what was found, when and on what machine to this new file as "
     "an in-toto statement; - is standard output, without a report. Named "
     "GOLDEN.verified it is told by sltrace figure FOLDER.",
     "file"},
    {"sign", 0, "KEYFILE", cli_sign_help, "file"},
    {"manifest", 0, "FILE",
     "Use this manifest instead of the one that the golden names; it must describe the "
     "same runs.",
     "file"},
    {"public-key", 0, "KEY",
     "Judge only goldens that this key of minisign signed: the key's 56 characters, or "
     "the file that has them. The signature of X.golden is X.golden.minisig; where there "
     "is none, or one that does not hold, the golden is refused before it is read.",
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
        "pieces give the trace's bytes the run is the golden's. Blocks of trials need no "
        "states. Another run whose trace stores none is verified whole, and a comment "
        "says so.\n\n"
        "With --spot the publisher's traces of all runs are read and must be the "
        "golden's, figure data and claims are made of them, and N of the stretches that "
        "their stored states divide them into (a stretch of training, a block of trials, "
        "an estimate at one checkpoint) are done again. The report ends with what this "
        "shows: how likely somebody who changed 1 % of the stretches would have been "
        "caught, and how many changed ones would have been with probability 0.95.\n\n"
        "With --public-key a golden counts only if that key signed it. One that is not "
        "signed, signed by another key or forged is not ok, with exit status 1, and the "
        "line says which. The signature covers the golden, and through it the figure "
        "data and every run; its trusted comment is shown.\n\n"
        "In place of a golden stands a bundle (sltrace bundle), whose name ends in .tar: "
        "it is unpacked into a private folder, which is removed afterwards.\n\n"
        "With several goldens the reports stand indented below one line a golden.\n\n"
        "With --junit a report of JUnit is written too: a suite a golden, a case a line "
        "of TAP. What differs, or is not signed by the key, is a failure; what is in "
        "trouble, or cannot be judged here, an error; what --only, --sample or --spot "
        "left out is one skipped case. The same verdicts give the same bytes.",
    .examples = "sltrace verify fig1.golden --attest fig1.golden.verified\n"
                "sltrace verify golden/lakkapragada2025/fig6.golden --sample 3\n"
                "sltrace verify long.golden --traces ref --segments --jobs 8\n"
                "sltrace verify long.golden --traces ref --spot 40:\"beacon of today\"\n"
                "sltrace verify fig1.golden --sample 4 --junit report.xml\n"
                "prove -e 'sltrace verify --sample 2' golden/*/*.golden",
    CLI_OPTIONS(options),
    .json = true,
    .names = true,
    .run = verify_run,
};
