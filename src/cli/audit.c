#include "cli/cli.h"

#include <string.h>

#include <sltrace/page.h>
#include <sltrace/system.h>

#include "cli/keys.h"
#include "cli/paths.h"
#include "cli/progress.h"

/* What the three forms share. */
typedef struct reporting {
    slt_audit_options options;
    slt_audit_page pages[2]; /* what is attested; what is printed */
    slt_audit_text text;
    slt_attestation attest; /* its path NULL: nothing is attested */
    slt_secret_key key;
    bool prints;
} reporting;

static slt_status audit_read_common(const cli_call *call, reporting *r, slt_error *err)
{
    const char *attest = cli_value(call, "attest");
    bool alone = attest && strcmp(attest, "-") == 0;
    r->attest.path = attest;
    if (cli_given(call, "sign") && !attest)
        return slt_fail(err, SLT_USAGE, "audit: --sign goes with --attest");
    if (call->json && alone)
        return slt_fail(err, SLT_USAGE,
                        "audit: --attest - does not go with --json: each of them takes "
                        "standard output for itself");
    r->prints = !alone;
    r->options.cancel = cli_cancel_on_signals();
    return cli_jobs(call, &r->options.jobs, err);
}

/* Opens the pages. Called only after the rest of the command line was checked. */
static slt_status audit_open_pages(const cli_call *call, reporting *r, slt_error *err)
{
    slt_audit_options *options = &r->options;
    slt_status status = SLT_OK;
    if (r->attest.path)
        status = slt_audit_attest_page(&r->attest, &r->pages[options->page_count++], err);
    if (!status && cli_given(call, "sign")) {
        r->attest.key = &r->key;
        status = cli_secret_key(call, "sign", &r->key, err);
    }
    r->text =
        (slt_audit_text){stdout, options->progress, options->progress_context, false};
    if (r->prints)
        r->pages[options->page_count++] =
            call->json ? slt_audit_json_page(call->json) : slt_audit_text_page(&r->text);
    options->pages = r->pages;
    return status;
}

static slt_status audit_traces(const cli_call *call, reporting *r, slt_error *err)
{
    const slt_audit_traces_options more = {.steps = cli_value(call, "steps"),
                                           .provenance = cli_value(call, "provenance"),
                                           .program = cli_value(call, "program")};
    if (call->operand_count < 2)
        return slt_fail(err, SLT_USAGE,
                        "audit: expected two traces or more, found one; see sltrace "
                        "audit --help");
    slt_status status = audit_open_pages(call, r, err);
    return status
               ? status
               : slt_audit_traces((const char *const *)call->operands,
                                  (size_t)call->operand_count, &more, &r->options, err);
}

/* Finds the golden: --golden, or the one where `sltrace record` puts a manifest's. */
static slt_status audit_find_golden(const cli_call *call, const char *manifest,
                                    char path[CLI_PATH_MAX], const char **golden,
                                    slt_error *err)
{
    *golden = cli_value(call, "golden");
    if (*golden)
        return SLT_OK;
    slt_status status = cli_golden_path(manifest, path, err);
    bool there = false;
    if (!status)
        status = slt_files_look(path, &there, err);
    if (there)
        *golden = path;
    return status;
}

static slt_status audit_against(const cli_call *call, reporting *r, slt_error *err)
{
    char path[CLI_PATH_MAX];
    slt_audit_against_options more = {.only = cli_value(call, "only"),
                                      .against = cli_value(call, "against"),
                                      .keep = cli_value(call, "keep")};
    if (call->operand_count != 1)
        return slt_fail(err, SLT_USAGE,
                        "audit: --against takes one manifest, found %d operands",
                        call->operand_count);
    slt_status status =
        audit_find_golden(call, call->operands[0], path, &more.golden, err);
    if (!status)
        status = audit_open_pages(call, r, err);
    return status ? status
                  : slt_audit_against(call->operands[0], &more, &r->options, err);
}

static slt_status audit_estimates(const cli_call *call, reporting *r, slt_error *err)
{
    const slt_audit_estimates_options more = {.from = cli_value(call, "from"),
                                              .result = cli_value(call, "result"),
                                              .over = cli_value(call, "over"),
                                              .only = cli_value(call, "only")};
    if (call->operand_count != 1)
        return slt_fail(err, SLT_USAGE,
                        "audit: --estimates takes one golden, found %d operands",
                        call->operand_count);
    slt_status status = audit_open_pages(call, r, err);
    return status ? status
                  : slt_audit_estimates(cli_value(call, "estimates"), call->operands[0],
                                        &more, &r->options, err);
}

/* The form of an audit is chosen by the option that only it has; the last form has
 * none. */
typedef struct form {
    const char *option;
    const char *takes; /* the options that only this form takes, between blanks */
    slt_status (*run)(const cli_call *call, reporting *r, slt_error *err);
} form;

static const form forms[] = {
    {"against", " against only golden keep ", audit_against},
    {"estimates", " estimates from result over only ", audit_estimates},
    {NULL, " steps provenance program ", audit_traces},
};
enum { FORMS = sizeof forms / sizeof *forms };

static const form *audit_choose_form(const cli_call *call)
{
    size_t i = 0;
    while (forms[i].option && !cli_given(call, forms[i].option))
        i++;
    return &forms[i];
}

static bool form_takes(const form *one, const char *option)
{
    char word[64];
    snprintf(word, sizeof word, " %s ", option);
    return strstr(one->takes, word) != NULL;
}

/* Refuses options of the other forms, which would be ignored. */
static slt_status audit_refuse_foreign(const cli_call *call, const form *chosen,
                                       slt_error *err)
{
    for (size_t i = 0; i < call->command->option_count; i++) {
        const char *name = call->command->options[i].name;
        for (size_t f = 0; f < FORMS; f++)
            if (&forms[f] != chosen && form_takes(&forms[f], name) &&
                !form_takes(chosen, name) && cli_given(call, name))
                return slt_fail(err, SLT_USAGE,
                                "audit: --%s does not go with this form; see sltrace "
                                "audit --help",
                                name);
    }
    return SLT_OK;
}

/* Shows progress; removes its line before text of the report is printed. */
static void audit_tell_progress(void *context, const slt_progress *state)
{
    if (state)
        cli_progress_tell(context, state);
    else
        cli_progress_end(context);
}

static slt_status audit_run(const cli_call *call, slt_error *err)
{
    const form *chosen = audit_choose_form(call);
    reporting all = {0};
    cli_progress progress;
    slt_status status = audit_refuse_foreign(call, chosen, err);
    if (status == SLT_OK)
        status = audit_read_common(call, &all, err);
    if (status)
        return status;
    all.options.progress = audit_tell_progress;
    all.options.progress_context = &progress;
    cli_progress_begin(&progress);
    status = chosen->run(call, &all, err);
    slt_secret_key_forget(&all.key);
    cli_progress_end(&progress);
    return status;
}

static const cli_option options[] = {
    {"attest", 0, "FILE",
     "Write what was found to this new file as an in-toto statement with the SHA-256 of "
     "every file compared; - is standard output, without a report.",
     "file"},
    {"sign", 0, "KEYFILE", cli_sign_help, "file"},
    {"steps", 0, "A,B",
     "For each trace, in their order, the file that sltrace replay --steps wrote where "
     "it "
     "was made.",
     "file"},
    {"provenance", 0, "A,B",
     "For each trace the JSON file that tells where and with what it was computed; by "
     "default DIR/provenance/NAME.json of DIR/traces/NAME.trace.",
     "file"},
    {"program", 0, "PATH",
     "Another build of sltrace, the one that made a trace: it is run to replay the "
     "stretch where they part.",
     "file"},
    {"jobs", 'j', "N", cli_jobs_help, NULL},
    {"against", 0, "LIST",
     "Do the runs of a manifest again by each of these, separated by commas: f32, f64 or "
     "fixed (the run in that arithmetic, with the same draws); openblas:CORETYPE or "
     "openblas:auto (the manifest's arithmetic with matrix products by OpenBLAS and its "
     "kernels for a CPU: Haswell, SkylakeX, Prescott, ...); isa:NAME (our kernels of an "
     "instruction set).",
     NULL},
    {"only", 0, "LIST", cli_only_help, NULL},
    {"golden", 0, "FILE",
     "Compare our own run with this golden too; by default with the one where sltrace "
     "record puts it, if it is there.",
     "file"},
    {"keep", 0, "DIR",
     "Keep the traces in this folder as RUN-BACKEND.trace; else they are removed. Those "
     "by OpenBLAS are not reproducible and belong into no golden.",
     "folder"},
    {"estimates", 0, "FILE",
     "Judge the LLCs in this file against those of a golden: CSV with the columns run, "
     "source, llc and mcse (which may be empty), another golden, or the folder of a "
     "study, whose traces give Monte Carlo errors too.",
     "file"},
    {"from", 0, "DIR",
     "The folder of the golden's study: the Monte Carlo errors of ours come from its "
     "traces. Else from llc/std, where the golden has that column.",
     "folder"},
    {"result", 0, "NAME", "The golden's column that is compared; by default llc/mean.",
     NULL},
    {"over", 0, "AXIS",
     "Runs that differ on this axis of the sweep alone form groups; by default seed.",
     NULL},
};

const cli_command cli_audit = {
    .name = "audit",
    .operands = "TRACE TRACE... | MANIFEST | GOLDEN",
    .operands_min = 1,
    .operands_max = 65535,
    .suffix = ".trace .yaml .golden",
    .summary = "find where runs part, and what it does to the LLC",
    .details =
        "Compares traces of one run from several places with the first of them. Where "
        "all bytes are the same it says so. Else it names the first record that differs "
        "and replays the stretch before it on this machine: as it should be, and with "
        "each fault that a build or a library can bring into a run: flush to zero, "
        "denormals are zero, another rounding. So it tells which of the two this machine "
        "computes, and where a fault makes the other, with which one, and the first "
        "step, "
        "tensor and element in which they part, in units in the last place.\n\n"
        "What no fault makes, only the build that made it can follow: --program runs it "
        "as a child. Or --steps reads what each place's own sltrace replay --steps "
        "wrote; "
        "hashes of tensors do not tell the element.\n\n"
        "The learning coefficients stand side by side, each with its Monte Carlo "
        "standard error (MCSE) and R-hat, with the number of MCSE that they lie apart "
        "and a verdict: identical, equal within Monte Carlo error (at most 3 MCSE), or "
        "different. Whatever that verdict is, the exit status is 1 where bits differ.\n\n"
        "The provenance that run writes beside each trace is compared field by field: "
        "libraries and flags, compiler, floating-point environment, kernels and CPU "
        "before what cannot change bits. That no difference there changed any is what "
        "identical traces show.\n\n"
        "With --against a manifest's runs are done again in child processes by other "
        "back ends, and compared with ours: the first step that differs, how far the "
        "weights go, and what becomes of the LLC. Its difference is given in MCSE of "
        "both taken for independent, on which the verdict rests, and in MCSE of the "
        "differences chain by chain, which share their noise. Another arithmetic always "
        "differs in bits: the exit status, 1, tells of bits, the verdict of statistics. "
        "A back end that is not to be had here is told, and the exit status is 3 where "
        "nothing else differs.\n\n"
        "With --estimates LLCs from elsewhere are judged against those of a golden: a "
        "line a run with the difference in MCSE of both and a verdict, a summary for "
        "each source, and the mean differences of groups, judged by the spread within. "
        "Runs of a golden or a study are found by their settings, whatever their number; "
        "one with other settings is told by the first field that differs. Here no bits "
        "are compared: the exit status is 0 where every run of the golden (or of --only) "
        "was judged and agrees within 3 errors, 1 where a run, or a group of at least 4, "
        "does not, and 3 where one is missing, has no estimate or other settings, or "
        "there is no error to judge by.\n\n"
        "--attest writes what was found as an in-toto statement with the predicate "
        "https://in-toto.io/attestation/test-result/v0.1; its subjects are the traces "
        "with their SHA-256. With --sign it stands in a DSSE envelope, signed by "
        "Ed25519.",
    .examples = "sltrace audit here/000057.trace there/000057.trace\n"
                "sltrace audit a.trace b.trace --steps a.steps,b.steps\n"
                "sltrace audit a.trace b.trace --attest audit.json --json\n"
                "sltrace audit fig6.yaml --only 57 --against f64,openblas:Haswell\n"
                "sltrace audit --estimates theirs.csv fig6.golden",
    CLI_OPTIONS(options),
    .json = true,
    .names = true,
    .run = audit_run,
};
