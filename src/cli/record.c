#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/study.h>
#include <sltrace/summary.h>
#include <sltrace/system.h>

#include "base/world.h"
#include "cli/keys.h"
#include "cli/manifest.h"
#include "cli/paths.h"
#include "cli/select.h"

static slt_status refuse_old(const char *golden, const char *force, slt_error *err)
{
    if (force && strspn(force, " \t\n") == strlen(force))
        return slt_fail(err, SLT_USAGE, "--force: the reason must not be empty");
    bool there = false;
    slt_status status = force ? SLT_OK : slt_files_look(golden, &there, err);
    if (status || !there)
        return status;
    return slt_fail(err, SLT_FILE,
                    "%s: exists already; a golden is replaced only with --force REASON",
                    golden);
}

/* One of the files that appear together. */
typedef struct output {
    char path[CLI_PATH_MAX];
    slt_output *file;
} output;

/* Writes a file under a temporary name, which it keeps until all of them are complete.  A
 * file that holds these bytes already, as one does where recording ended early, stays. */
static slt_status record_file(output *to, bool over, const void *bytes, size_t size,
                              slt_error *err)
{
    FILE *stream;
    bool there, same = false;
    slt_status status =
        over ? SLT_OK : slt_files_compare(to->path, bytes, size, &there, &same, err);
    if (status || same)
        return status;
    status = slt_output_begin(to->path, over, &to->file, &stream, err);
    if (status)
        return status;
    bool whole = slt_world.fwrite(bytes, 1, size, stream) == size;
    if (slt_world.fflush(stream) == 0 && whole)
        return SLT_OK;
    return slt_fail(err, SLT_FILE, "%s: cannot write: %s", to->path, strerror(errno));
}

/* Writes the table of runs, which no hash contains. */
static slt_status put_runs(output *to, bool over, const slt_golden *golden,
                           const slt_figure *figure, const char *path, slt_error *err)
{
    char *csv = NULL, *name = slt_golden_runs_path(path);
    size_t size;
    slt_status status = name ? slt_golden_runs(golden, figure, &csv, &size, err)
                             : slt_fail(err, SLT_RESOURCE, "out of memory");
    if (status == SLT_OK)
        status = cli_path(to->path, err, "%s", name);
    if (status == SLT_OK)
        status = record_file(to, over, csv, size, err);
    free(csv);
    free(name);
    return status;
}

/* The signature of a golden's text, which says the golden's name and root. */
static slt_status put_signature(output *to, bool over, const slt_golden *golden,
                                const slt_secret_key *key, const char *path,
                                const char *text, size_t size, slt_error *err)
{
    char comment[SLT_SIGNATURE_COMMENT_MAX], *signature = NULL;
    snprintf(comment, sizeof comment, "golden %.400s root sha256:%s", golden->name,
             golden->root);
    slt_status status = slt_sign(key, text, size, comment, &signature, err);
    if (status == SLT_OK)
        status = cli_path(to->path, err, "%s" SLT_SIGNATURE_SUFFIX, path);
    if (status == SLT_OK)
        status = record_file(to, over, signature, strlen(signature), err);
    free(signature);
    return status;
}

/* The golden comes last: where it is, all is.  key NULL: it is not signed. */
static slt_status write_all(slt_golden *golden, const slt_figure *figure,
                            const slt_secret_key *key, const char *path, bool over,
                            slt_error *err)
{
    char *text = NULL;
    size_t size, data_size;
    enum { DATA, RUNS, SIGNATURE, GOLDEN, FILES };
    output files[FILES] = {{.file = NULL}};
    slt_status status = slt_golden_write(golden, &text, &size, err);
    if (status == SLT_OK)
        status = cli_path(files[GOLDEN].path, err, "%s", path);
    if (status == SLT_OK)
        status = record_file(&files[GOLDEN], over, text, size, err);
    if (status == SLT_OK && golden->data) {
        const char *data = slt_figure_csv(figure, &data_size);
        status = cli_beside(path, golden->data, files[DATA].path, err);
        if (status == SLT_OK)
            status = record_file(&files[DATA], over, data, data_size, err);
    }
    if (status == SLT_OK)
        status = put_runs(&files[RUNS], over, golden, figure, path, err);
    if (status == SLT_OK && key)
        status =
            put_signature(&files[SIGNATURE], over, golden, key, path, text, size, err);
    for (size_t i = 0; i < FILES; i++) {
        slt_status ended =
            slt_output_end(files[i].file, status == SLT_OK, status ? NULL : err);
        status = status ? status : ended;
    }
    free(text);
    return status;
}

/* Prints the runs that ended with this status, as --only takes them; nothing where none
 * did. */
static void print_runs_of(const slt_golden *golden, slt_run_status status)
{
    const char *between = " ";
    for (size_t run = 0; run < golden->run_count; run++) {
        size_t last = run;
        if (golden->runs[run].status != status)
            continue;
        while (last + 1 < golden->run_count && golden->runs[last + 1].status == status)
            last++;
        if (*between == ' ')
            printf(" %s", slt_run_status_name(status));
        printf("%s%zu", between, run);
        if (last > run)
            printf("-%zu", last);
        between = ",";
        run = last;
    }
}

static size_t count_early(const slt_golden *golden)
{
    size_t count = 0;
    for (size_t run = 0; run < golden->run_count; run++)
        count += golden->runs[run].status != SLT_RUN_DONE;
    return count;
}

/* A golden without a single result is usually a mistake. */
static slt_status refuse_early(const slt_golden *golden, const char *force,
                               slt_error *err)
{
    size_t early = count_early(golden);
    if (force || early < golden->run_count)
        return SLT_OK;
    return slt_fail(err, SLT_FORMAT,
                    "%s: all %zu runs ended early (diverged or overflowed), so there is "
                    "no result to record; --force REASON records that",
                    golden->name, early);
}

static void print_early(const slt_golden *golden)
{
    size_t early = count_early(golden);
    if (!early)
        return;
    printf("ended early: %zu of %zu runs:", early, golden->run_count);
    print_runs_of(golden, SLT_RUN_DIVERGED);
    print_runs_of(golden, SLT_RUN_OVERFLOW);
    putchar('\n');
}

static void put_early(slt_json *json, const slt_golden *golden)
{
    slt_json_key_open(json, "ended_early", '[');
    for (size_t run = 0; run < golden->run_count; run++) {
        if (golden->runs[run].status == SLT_RUN_DONE)
            continue;
        slt_json_open(json, '{');
        slt_json_key_uint(json, "run", run);
        slt_json_key_text(json, "status", slt_run_status_name(golden->runs[run].status));
        slt_json_close(json, '}');
    }
    slt_json_close(json, ']');
}

static void put_result(slt_json *json, const slt_golden *golden, const char *path,
                       const char *digest, const char *force)
{
    slt_json_begin(json, "sltrace.record/1");
    slt_json_key_text(json, "golden", path);
    slt_json_key_uint(json, "runs", golden->run_count);
    slt_json_key_text(json, "runs_sha256", digest);
    slt_json_key_text(json, "root", golden->root);
    slt_json_key_text(json, "data", golden->data);
    put_early(json, golden);
    slt_json_key_text(json, "reason", force);
}

static slt_status print_result(const cli_call *call, const slt_golden *golden,
                               const char *path, slt_error *err)
{
    const char *force = cli_value(call, "force");
    char digest[65];
    slt_status status = slt_golden_digest_runs(golden, digest, err);
    if (status != SLT_OK)
        return status;
    if (call->json) {
        put_result(call->json, golden, path, digest, force);
        return SLT_OK;
    }
    fputs("recorded ", stdout);
    cli_put(path, ": ");
    printf("%zu runs, root %s\nruns sha256:%s\n", golden->run_count, golden->root,
           digest);
    print_early(golden);
    if (force) {
        fputs("reason: ", stdout);
        cli_put(force, "\n");
    }
    return SLT_OK;
}

/* A signature that is there already and not made anew is of what the golden was before.
 */
static slt_status tell_stale(const cli_call *call, const char *path, slt_error *err)
{
    char signature[CLI_PATH_MAX];
    bool there = false;
    if (cli_given(call, "sign"))
        return SLT_OK;
    slt_status status = cli_path(signature, err, "%s" SLT_SIGNATURE_SUFFIX, path);
    if (status == SLT_OK)
        status = slt_files_look(signature, &there, err);
    if (there)
        cli_say("%s is older than this golden: sign it again, or remove it", signature);
    return status;
}

static slt_status record(const cli_call *call, slt_manifest *manifest, slt_error *err)
{
    char path[CLI_PATH_MAX];
    const char *given = cli_value(call, "golden"), *force = cli_value(call, "force");
    slt_golden *golden = NULL;
    slt_figure *figure = NULL;
    slt_traces *traces = NULL;
    slt_secret_key key = {.number = {0}};
    const bool signs = cli_given(call, "sign");
    if (given && strcmp(given, "-") == 0)
        return slt_fail(err, SLT_USAGE,
                        "record: --golden: expected a file, found standard output; the "
                        "figure data lie beside the golden");
    slt_status status = given ? cli_path(path, err, "%s", given)
                              : cli_golden_path(slt_manifest_path(manifest), path, err);
    if (status == SLT_OK)
        status = refuse_old(path, force, err);
    if (status == SLT_OK && signs)
        status = cli_secret_key(call, "sign", &key, err);
    if (status == SLT_OK)
        status = cli_find_traces(call, manifest, &traces, err);
    if (status == SLT_OK)
        status = slt_traces_complete(traces, manifest, err);
    if (status == SLT_OK)
        status = slt_files_make_parents(path, err);
    if (status == SLT_OK)
        status = slt_study_golden(manifest, traces, path, &golden, &figure, err);
    if (status == SLT_OK)
        status = refuse_early(golden, force, err);
    if (status == SLT_OK)
        status = write_all(golden, figure, signs ? &key : NULL, path,
                           cli_given(call, "force"), err);
    if (status == SLT_OK)
        status = print_result(call, golden, path, err);
    if (status == SLT_OK)
        status = tell_stale(call, path, err);
    slt_secret_key_forget(&key);
    slt_golden_free(golden);
    slt_figure_free(figure);
    slt_traces_free(traces);
    return status;
}

static slt_status record_run(const cli_call *call, slt_error *err)
{
    slt_manifest *manifest = NULL;
    slt_status status = cli_open_manifest(call->operands[0], &manifest, err);
    if (status == SLT_OK)
        status = record(call, manifest, err);
    slt_manifest_free(manifest);
    return status;
}

static const cli_option options[] = {
    {"from", 0, "DIR",
     "Folder of the study, or of traces; by default sltrace-out/NAME. Given again, runs "
     "are gathered from all of these folders.",
     "folder"},
    {"golden", 0, "FILE", "Write this golden instead of the default place.", "file"},
    {"force", 0, "REASON",
     "Replace a golden that is there already, or record a study of which every run ended "
     "early. The reason, which must not be empty, is printed: put it into the commit "
     "message and the changelog.",
     NULL},
    {"sign", 0, "KEYFILE",
     "Sign the golden with this secret key of minisign: FILE.golden.minisig appears "
     "with it. An encrypted key's password is asked for on the terminal, or is the first "
     "line of standard input.",
     "file"},
};

const cli_command cli_record = {
    .name = "record",
    .operands = "MANIFEST",
    .operands_min = 1,
    .operands_max = 1,
    .suffix = ".yaml",
    .summary = "write the golden and the figure data of a finished study",
    .details =
        "Reads the traces of all runs, makes the figure's data and claims, and writes "
        "the golden and beside it the data as CSV, and as NAME.runs.csv a table of all "
        "runs and estimates that tells whether their chains have settled. Of "
        "X/manifests/A/B.yaml the golden is "
        "X/golden/A/B.golden; of a manifest elsewhere it lies beside it. Runs without a "
        "finished trace are named, and nothing is written.\n\n"
        "A run is known by its settings, not by its number or the name of its file, so "
        "--from takes the folders of several machines. The same run in two of them must "
        "be the same bytes: else both files are named, and the exit status is 1.\n\n"
        "Runs that ended early, as they diverged or overflowed, are counted and named; "
        "where all did there is no result, and the golden is written only with --force. "
        "The digest of the runs is over the golden's run lines alone: two who recorded "
        "the same runs under other names compare that line.\n\n"
        "A golden is never replaced without --force and a reason. Keep git from changing "
        "its line ends and the CSV's: a .gitattributes with *.golden -text and *.csv "
        "-text "
        "does.",
    .examples = "sltrace run fig1.yaml && sltrace record fig1.yaml\n"
                "sltrace record fig1.yaml --from host1/fig1 --from host2/fig1\n"
                "sltrace record fig1.yaml --sign ~/.minisign/minisign.key\n"
                "sltrace record manifests/me/fig1.yaml --force 'numerics revision 2'",
    CLI_OPTIONS(options),
    .repeats = " from ",
    .json = true,
    .names = true,
    .run = record_run,
};
