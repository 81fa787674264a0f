#include "cli/cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sltrace/check.h>
#include <sltrace/show.h>
#include <sltrace/system.h>
#include <sltrace/tables.h>

#include "base/world.h"
#include "cli/manifest.h"
#include "cli/paths.h"
#include "cli/select.h"

/* What is written, by its option: of traces or of a study, text or not, a file or a
 * folder of files. */
typedef struct export_form {
    const char *option;
    bool study, folder, text;
    slt_tables_form tables; /* of a study */
} export_form;

static const export_form forms[] = {
    {.option = "csv", .text = true},
    {.option = "npy", .folder = true},
    {.option = "safetensors", .folder = true},
    {.option = "draws", .study = true, .text = true, .tables = SLT_TABLES_DRAWS},
    {.option = "sqlite", .study = true, .tables = SLT_TABLES_SQLITE},
    {.option = "netcdf", .study = true, .tables = SLT_TABLES_NETCDF},
};

/* The form that is asked for; NULL where there is none, or several are. */
static const export_form *form_of(const cli_call *call)
{
    const export_form *found = NULL;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (!cli_given(call, forms[i].option))
            continue;
        if (found)
            return NULL;
        found = &forms[i];
    }
    return found;
}

/* ---- Standard output --------------------------------------------------------------- */

static slt_status copy_out(int fd, slt_error *err)
{
    char block[65536];
    ssize_t size;
    slt_world.lseek(fd, 0, SEEK_SET);
    while ((size = slt_world.read(fd, block, sizeof block)) > 0)
        slt_world.fwrite(block, 1, (size_t)size, stdout);
    return size == 0
               ? SLT_OK
               : slt_fail(err, SLT_FILE, "reading the table again: %s", strerror(errno));
}

typedef slt_status (*export_call)(const cli_call *call, const char *path, bool over,
                                  slt_error *err);

/* Writes to standard output by way of a nameless file, so that nothing is printed where
 * a trace turns out to be damaged. */
static slt_status print_table(const cli_call *call, export_call put, slt_error *err)
{
    const char *folder = slt_world.getenv("TMPDIR");
    char path[CLI_PATH_MAX];
    slt_status status =
        cli_path(path, err, "%s/sltrace-csv-XXXXXX", folder && *folder ? folder : "/tmp");
    if (status)
        return status;
    int fd = slt_world.mkstemp(path);
    if (fd < 0)
        return slt_fail(err, SLT_FILE, "%s: %s", path, strerror(errno));
    slt_world.unlink(path);
    status = cli_path(path, err, "/proc/self/fd/%d", fd);
    if (status == SLT_OK)
        status = put(call, path, true, err);
    if (status == SLT_OK)
        status = copy_out(fd, err);
    slt_world.close(fd);
    return status;
}

/* ---- Traces ------------------------------------------------------------------------ */

static slt_status write_numbers(const cli_call *call, const char *path, bool over,
                                slt_error *err)
{
    return slt_export_csv((const char *const *)call->operands,
                          (size_t)call->operand_count, path, over, err);
}

static slt_status write_arrays(const cli_call *call, const char *folder,
                               const slt_inputs_options *inputs, size_t *files,
                               slt_error *err)
{
    const char *const *traces = (const char *const *)call->operands;
    const size_t count = (size_t)call->operand_count;
    size_t more = 0;
    if (cli_given(call, "safetensors"))
        return slt_export_safetensors(traces, count, folder, files, err);
    slt_status status = slt_export_npy(traces, count, folder, files, err);
    if (status || !cli_given(call, "inputs"))
        return status;
    status = slt_export_inputs(traces, count, folder, inputs, &more, err);
    *files += more;
    return status;
}

/* Writes all files or none; where none, a folder that was made for them is removed
 * too. */
static slt_status folder_out(const cli_call *call, const char *folder, size_t *files,
                             slt_error *err)
{
    bool there = true;
    const char *inner = NULL;
    uint64_t chain = 0;
    slt_inputs_options inputs = {.cancel = cli_cancel_on_signals()};
    slt_status status = cli_number(call, "inputs", 0, UINT32_MAX, &inputs.updates, err);
    if (status == SLT_OK)
        status = slt_files_look(folder, &there, err);
    if (status == SLT_OK)
        status = cli_number(call, "chain", 0, UINT32_MAX, &chain, err);
    inputs.chain = (uint32_t)chain;
    if (status == SLT_OK)
        status = cli_make_folder(folder, err);
    if (status == SLT_OK)
        status = slt_staging_begin(folder, &inner, err);
    if (status == SLT_OK)
        status = write_arrays(call, inner, &inputs, files, err);
    slt_status ended = slt_staging_end(folder, status == SLT_OK, cli_given(call, "force"),
                                       status ? NULL : err);
    status = status ? status : ended;
    if (status && !there)
        slt_world.rmdir(folder);
    return status;
}

/* ---- A study ----------------------------------------------------------------------- */

static slt_status write_study(const cli_call *call, const char *path, bool over,
                              slt_error *err)
{
    slt_manifest *manifest = NULL;
    slt_traces *traces = NULL;
    slt_status status = cli_open_manifest(call->operands[0], &manifest, err);
    if (status == SLT_OK)
        status = cli_find_traces(call, manifest, &traces, err);
    if (status == SLT_OK)
        status =
            slt_tables_write(manifest, traces, form_of(call)->tables, path, over, err);
    slt_traces_free(traces);
    slt_manifest_free(manifest);
    return status;
}

/* ---- The command ------------------------------------------------------------------- */

/* Traces or a manifest, as the form takes them; a file of another name is tried. */
static slt_status check_operands(const cli_call *call, const export_form *form,
                                 slt_error *err)
{
    if (form->study && call->operand_count != 1)
        return slt_fail(err, SLT_USAGE, "export: --%s takes one manifest, found %d files",
                        form->option, call->operand_count);
    for (int i = 0; i < call->operand_count; i++) {
        const char *path = call->operands[i];
        if (form->study && slt_files_end_in(path, ".trace"))
            return slt_fail(err, SLT_USAGE,
                            "%s: is a trace, but export --%s takes a manifest; of traces "
                            "--csv, --npy or --safetensors tell",
                            path, form->option);
        if (!form->study && slt_files_end_in(path, ".yaml"))
            return slt_fail(err, SLT_USAGE,
                            "%s: is a manifest, but export --%s takes traces; of a "
                            "manifest --draws, --sqlite or --netcdf tell",
                            path, form->option);
    }
    return SLT_OK;
}

static slt_status check_options(const cli_call *call, const export_form *form,
                                slt_error *err)
{
    if (!form)
        return slt_fail(err, SLT_USAGE,
                        "export: give either --csv FILE, --npy DIR or --safetensors DIR, "
                        "of traces, or --draws, --sqlite or --netcdf FILE, of a "
                        "manifest; see sltrace export --help");
    if (!form->text && strcmp(cli_value(call, form->option), "-") == 0)
        return slt_fail(err, SLT_USAGE,
                        "export: --%s: expected a %s, found standard output",
                        form->option, form->folder ? "folder" : "file");
    if (cli_given(call, "inputs") && strcmp(form->option, "npy") != 0)
        return slt_fail(err, SLT_USAGE, "export: --inputs goes with --npy DIR");
    if (cli_given(call, "chain") && !cli_given(call, "inputs"))
        return slt_fail(err, SLT_USAGE, "export: --chain goes with --inputs N");
    if (cli_given(call, "from") && !form->study)
        return slt_fail(err, SLT_USAGE,
                        "export: --from goes with --draws, --sqlite or --netcdf");
    return check_operands(call, form, err);
}

static slt_status export_run(const cli_call *call, slt_error *err)
{
    const export_form *form = form_of(call);
    size_t files = 1;
    slt_status status = check_options(call, form, err);
    if (status != SLT_OK)
        return status;
    const char *to = cli_value(call, form->option);
    export_call put = form->study ? write_study : write_numbers;
    if (strcmp(to, "-") == 0)
        return print_table(call, put, err);
    status = form->folder ? folder_out(call, to, &files, err)
                          : put(call, to, cli_given(call, "force"), err);
    if (status != SLT_OK)
        return status;
    printf("%zu %s written", files, files == 1 ? "file" : "files");
    if (!form->study)
        printf(" from %d %s", call->operand_count,
               call->operand_count == 1 ? "trace" : "traces");
    putchar('\n');
    return SLT_OK;
}

static const cli_option options[] = {
    {"csv", 0, "FILE", "Write one table of all numbers to FILE; - is standard output.",
     "file"},
    {"npy", 0, "DIR", "Write NumPy arrays of tensors, losses and metrics.", "folder"},
    {"safetensors", 0, "DIR", "Write the weights of stored checkpoints as safetensors.",
     "folder"},
    {"inputs", 0, "N",
     "With --npy: also the data, and of the first N updates of training and of a chain "
     "of each estimate the batches, the noise and the weights.",
     NULL},
    {"chain", 0, "C", "With --inputs: of chain C, by default 0.", NULL},
    {"draws", 0, "FILE",
     "Of a manifest: one row a draw of a chain, with the axes of the sweep; - is "
     "standard "
     "output.",
     "file"},
    {"sqlite", 0, "FILE",
     "Of a manifest: a database of runs, checkpoints, estimates, chains, losses and "
     "claims.",
     "file"},
    {"netcdf", 0, "FILE",
     "Of a manifest: a grid over the axes of the sweep, as ArviZ and xarray read it.",
     "file"},
    {"from", 0, "DIR",
     "Of a manifest: folder of the study, or of traces; by default sltrace-out/NAME. "
     "Given again, runs are gathered from all of these folders.",
     "folder"},
    {"force", 0, NULL, "Replace files that are there already.", NULL},
};

const cli_command cli_export = {
    .name = "export",
    .operands = "TRACE... | MANIFEST",
    .operands_min = 1,
    .operands_max = 65535,
    .suffix = ".trace .yaml",
    .summary = "the numbers of traces or of a study, for other programs",
    .details =
        "Checks each trace as sltrace show does and writes its numbers, exactly: a real "
        "is "
        "the shortest decimal that reads back to the same bits.\n\n"
        "The CSV has one number a row and the columns trace, record, kind, step, llc, "
        "chain, draw, name, value. Checkpoints give their metrics, chains init_loss, "
        "nbeta, acceptance, swap/I of each pair I of replicas and a row per draw named "
        "loss, one named loss/I of each "
        "sample I whose loss is recorded there, tables their results; what does not "
        "apply is empty, and so is the value of a number that is not finite.\n\n"
        "With --npy a trace 000057.trace gives files in DIR:\n\n"
        "  000057-step1400-W1.npy    a stored tensor; moments are m.W1 and v.W1\n"
        "  000057-llc0-chain2.npy    the losses of a chain\n"
        "  000057-llc0-chain2-samples.npy\n"
        "                            those of single samples: draws x samples\n\n"
        "f32 and f64 tensors keep their type; a fixed one is int64 with .fracF in its "
        "name, and a value is element * 2^-F. Two traces must not have one file name. "
        "The "
        "files appear together, when all are whole; where one of them is there already "
        "none is written, unless with --force.\n\n"
        "With --safetensors each stored checkpoint gives one file, "
        "000057-step1400.safetensors, of its weights by their names, without moments: "
        "F32 "
        "or F64, of fixed point F64, each number the nearest. A manifest's init "
        "and PyTorch read it.\n\n"
        "With --inputs N the run is computed again, from the trace alone, and what "
        "another "
        "program needs to follow it is written beside:\n\n"
        "  000057-data-x.npy                  the training data: inputs and target\n"
        "  000057-validation-x.npy            the same, where there is a validation set\n"
        "  000057-other.code-x.npy            and other data, where there are some\n"
        "  000057-train-weight.W1.npy         N + 1 x rows x columns: W1 at first and\n"
        "                                     after each of the first N updates\n"
        "  000057-train-batches.npy           N x size, int32: row numbers of the data\n"
        "  000057-train-losses.npy            N: of each batch, before its update\n"
        "  000057-llc0-chain2-weight.W1.npy   as above; first the weights that the\n"
        "  000057-llc0-chain2-batches.npy     estimate stands at\n"
        "  000057-llc0-chain2-noise.W1.npy    N x rows x columns standard normals\n"
        "  000057-llc0-chain2-losses.npy      those recorded in the first N updates\n\n"
        "Row numbers come in the order of the batch, a short one filled up with -1; "
        "where "
        "every batch is the whole data there is no such file. Of an estimate at several "
        "checkpoints the first is taken. A run of fewer updates gives fewer, and a "
        "trace at most 1 GiB. What is computed on the way is compared with "
        "the trace: exit status 1 where it differs, 3 where this machine cannot tell.\n\n"
        "A manifest is a whole study, of which all runs must be there. --draws writes "
        "the columns run, one an axis of the sweep, estimate, at_step, chain, draw, "
        "loss. --sqlite writes the tables study, runs, results, checkpoints, estimates, "
        "chains, losses and claims, and the view draws, with the same columns. --netcdf "
        "writes the groups posterior and sample_stats with the dimensions of the sweep, "
        "chain and draw, beside results, checkpoints and estimate; those of a second "
        "estimate are posterior2 and so on. An axis that is called as something else is "
        "there becomes sweep_NAME. The libraries libsqlite3 and libnetcdf are loaded "
        "when they are asked for: exit status 3 where they are not installed.",
    .examples = "sltrace export sltrace-out/smoke/linear/traces/*.trace --csv all.csv\n"
                "sltrace export 000057.trace --npy arrays\n"
                "sltrace export 000057.trace --npy arrays --inputs 200\n"
                "sltrace export 000057.trace --safetensors checkpoints\n"
                "sltrace export manifests/smoke/linear.yaml --sqlite linear.db",
    CLI_OPTIONS(options),
    .repeats = " from ",
    .names = true,
    .run = export_run,
};
