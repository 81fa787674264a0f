#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include <sltrace/manifest.h>
#include <sltrace/system.h>

static slt_status new_run(const cli_call *call, slt_error *err)
{
    const char *name = cli_value(call, "name");
    char *text = NULL;
    slt_status status = slt_manifest_template(name ? name : "mine/first", &text, err);
    if (status)
        return status;
    const char *path = call->operand_count == 1 ? call->operands[0] : "-";
    status = slt_output_write(path, text, strlen(text), false, err);
    free(text);
    return status;
}

static const cli_option options[] = {
    {"name", 0, "A/B", "The manifest's name; by default mine/first.", NULL},
};

const cli_command cli_new = {
    .name = "new",
    .operands = "[FILE]",
    .operands_max = 1,
    .suffix = ".yaml",
    .summary = "a commented manifest to start from",
    .details =
        "Writes a complete small manifest in which every field is explained, to FILE, "
        "or to standard output without one or where it is -. An existing file is never "
        "overwritten. What a "
        "manifest may hold is told by sltrace-manifest(5).",
    .examples = "sltrace new fig1.yaml\n"
                "sltrace new --name me/figure1 manifests/me/figure1.yaml",
    CLI_OPTIONS(options),
    .run = new_run,
};
