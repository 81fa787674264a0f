#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include <sltrace/bundle.h>

#include "cli/paths.h"

static slt_status bundle_run(const cli_call *call, slt_error *err)
{
    char own[CLI_PATH_MAX], stem[256];
    const char *golden = call->operands[0], *out = cli_value(call, "out");
    slt_bundle made;
    cli_stem(golden, stem);
    slt_status status = out ? SLT_OK : cli_path(own, err, "%s.tar", stem);
    if (!status)
        status = slt_bundle_write(golden, (const char *const *)call->operands + 1,
                                  (size_t)call->operand_count - 1, out ? out : own, &made,
                                  err);
    if (status)
        return status;
    if (call->json) {
        slt_json_begin(call->json, "sltrace.bundle/1");
        slt_json_key_text(call->json, "bundle", out ? out : own);
        slt_json_key_uint(call->json, "files", made.files);
        slt_json_key_uint(call->json, "bytes", made.bytes);
        slt_json_key_text(call->json, "sha256", made.sha256);
        return SLT_OK;
    }
    printf("%s: %zu files, %zu bytes\nsha256:%s\n", out ? out : own, made.files,
           made.bytes, made.sha256);
    return SLT_OK;
}

static const cli_option options[] = {
    {"out", 0, "FILE", "The bundle; by default NAME.tar here, of NAME.golden.", "file"},
};

const cli_command cli_bundle = {
    .name = "bundle",
    .operands = "GOLDEN [FILE...]",
    .operands_min = 1,
    .operands_max = 10000,
    .suffix = ".golden",
    .summary = "put a golden and all that it takes to verify it in one file",
    .details =
        "Writes a tar file of the golden, its signature, figure data and table of runs "
        "where they lie beside it, its manifest, and the files that this names; and of "
        "further FILEs, such as the pictures of the figure. Names are relative to the "
        "nearest folder that has them all.\n\n"
        "The bytes follow from names and contents alone: the archive is ustar, sorted, "
        "with time, owner and group 0 and mode 0644, as GNU tar makes it. Its SHA-256 is "
        "printed. sltrace verify takes the bundle in place of the golden.",
    .examples = "sltrace bundle fig1.golden figure/fig1.svg\n"
                "sltrace verify fig1.tar --public-key fig1.pub",
    CLI_OPTIONS(options),
    .json = true,
    .names = true,
    .run = bundle_run,
};
