#include "cli/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sltrace/show.h>

#include "cli/paths.h"

static slt_status copy_out(const char *path, slt_error *err)
{
    char block[65536];
    size_t size;
    FILE *file = fopen(path, "rb");
    if (!file)
        return slt_fail(err, SLT_FILE, "%s: %s", path, strerror(errno));
    while ((size = fread(block, 1, sizeof block, file)) > 0)
        fwrite(block, 1, size, stdout);
    fclose(file);
    return SLT_OK;
}

/* To standard output by way of a temporary file: nothing is written where a trace turns
 * out to be damaged. */
static slt_status csv_out(const char *const *traces, size_t count, slt_error *err)
{
    const char *folder = getenv("TMPDIR");
    char path[CLI_PATH_MAX];
    slt_status status =
        cli_path(path, err, "%s/sltrace-csv-XXXXXX", folder && *folder ? folder : "/tmp");
    if (status)
        return status;
    int fd = mkstemp(path);
    if (fd < 0)
        return slt_fail(err, SLT_FILE, "%s: %s", path, strerror(errno));
    close(fd);
    status = slt_export_csv(traces, count, path, err);
    if (status == SLT_OK)
        status = copy_out(path, err);
    unlink(path);
    return status;
}

static slt_status run(const cli_call *call, slt_error *err)
{
    const char *csv = cli_value(call, "csv"), *npy = cli_value(call, "npy");
    const char *const *traces = (const char *const *)call->operands;
    size_t count = (size_t)call->operand_count, files = 1;
    if (!csv == !npy)
        return slt_fail(err, SLT_USAGE,
                        "export: give either --csv FILE or --npy DIR; see sltrace export "
                        "--help");
    slt_status status;
    if (csv && strcmp(csv, "-") == 0)
        return csv_out(traces, count, err);
    if (csv) {
        status = slt_export_csv(traces, count, csv, err);
    } else {
        char inside[CLI_PATH_MAX];
        status = cli_path(inside, err, "%s/", npy);
        if (status == SLT_OK)
            status = cli_make_parents(inside, err);
        if (status == SLT_OK)
            status = slt_export_npy(traces, count, npy, &files, err);
    }
    if (status == SLT_OK)
        printf("%zu %s written from %zu %s\n", files, files == 1 ? "file" : "files",
               count, count == 1 ? "trace" : "traces");
    return status;
}

static const cli_option options[] = {
    {"csv", 0, "FILE", "Write one table of all numbers to FILE; - is standard output.",
     "file"},
    {"npy", 0, "DIR", "Write NumPy arrays of tensors, losses and metrics.", "folder"},
};

const cli_command cli_export = {
    .name = "export",
    .operands = "TRACE...",
    .operands_min = 1,
    .operands_max = 65535,
    .suffix = ".trace",
    .summary = "the numbers of traces as CSV or NumPy arrays",
    .details =
        "Checks each trace as sltrace show does and writes its numbers, exactly: a real "
        "is "
        "the shortest decimal that reads back to the same bits.\n\n"
        "The CSV has one number a row and the columns trace, record, kind, step, llc, "
        "chain, draw, name, value. Checkpoints give their metrics, chains init_loss, "
        "nbeta, acceptance and a row per draw named loss, tables their results; what "
        "does "
        "not apply is empty, and so is the value of a number that is not finite.\n\n"
        "With --npy a trace 000057.trace gives files in DIR:\n\n"
        "  000057-step1400-W1.npy    a stored tensor; moments are m.W1 and v.W1\n"
        "  000057-llc0-chain2.npy    the losses of a chain\n\n"
        "f32 and f64 tensors keep their type; a fixed one is int64 with .fracF in its "
        "name, and a value is element * 2^-F. Two traces must not have one file name.",
    .examples = "sltrace export sltrace-out/smoke/linear/traces/*.trace --csv all.csv\n"
                "sltrace export 000057.trace --npy arrays",
    CLI_OPTIONS(options),
    .run = run,
};
