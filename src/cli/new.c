#include "cli/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/manifest.h>

/* fopen's "x" never opens a file that is there already. */
static slt_status write_new(const char *path, const char *text, slt_error *err)
{
    FILE *file = fopen(path, "wx");
    if (!file)
        return slt_fail(err, SLT_FILE, "%s: %s", path,
                        errno == EEXIST ? "exists already; nothing is overwritten"
                                        : strerror(errno));
    bool written = fputs(text, file) >= 0;
    if (fclose(file) != 0 || !written)
        return slt_fail(err, SLT_FILE, "%s: %s", path, strerror(errno));
    return SLT_OK;
}

static slt_status run(const cli_call *call, slt_error *err)
{
    const char *name = cli_value(call, "name");
    char *text = NULL;
    slt_status status = slt_manifest_template(name ? name : "mine/first", &text, err);
    if (status)
        return status;
    if (call->operand_count == 1)
        status = write_new(call->operands[0], text, err);
    else
        fputs(text, stdout);
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
        "Writes a complete small manifest in which every field is explained, to FILE "
        "or to standard output. An existing file is never overwritten. What a "
        "manifest may hold is told by sltrace-manifest(5).",
    .examples = "sltrace new fig1.yaml\n"
                "sltrace new --name me/figure1 manifests/me/figure1.yaml",
    CLI_OPTIONS(options),
    .run = run,
};
