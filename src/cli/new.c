#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include <sltrace/manifest.h>
#include <sltrace/system.h>

/* What a manifest at `path` has to call a file: its path from the manifest's folder. */
static slt_status name_beside(const char *path, const char *file, const char **named,
                              slt_error *err)
{
    const char *slash = strrchr(path, '/');
    const size_t folder = slash ? (size_t)(slash - path) + 1 : 0;
    *named = file + folder;
    if (strncmp(path, file, folder) == 0 && **named != '/')
        return SLT_OK;
    return slt_fail(
        err, SLT_USAGE,
        "new: %s: expected a file in the folder of the manifest, as a manifest "
        "names files relative to it",
        file);
}

static slt_status make_text(const cli_call *call, const char *path, char **text,
                            slt_error *err)
{
    const char *name = cli_value(call, "name"), *from = cli_value(call, "from");
    const char *like = cli_value(call, "like"), *named;
    const bool brief = cli_given(call, "brief");
    if (!!from + !!like + brief > 1)
        return slt_fail(err, SLT_USAGE,
                        "new: --brief, --like and --from do not go together");
    if (like || brief)
        return slt_manifest_start(like, name ? name : "mine/first", text, err);
    if (!from)
        return slt_manifest_template(name ? name : "mine/first", text, err);
    if (name)
        return slt_fail(err, SLT_USAGE, "new: --name does not go with --from");
    slt_status status = name_beside(path, from, &named, err);
    return status ? status : slt_manifest_weights(from, named, text, err);
}

static slt_status new_run(const cli_call *call, slt_error *err)
{
    const char *path = call->operand_count == 1 ? call->operands[0] : "-";
    char *text = NULL;
    slt_status status = make_text(call, path, &text, err);
    if (status)
        return status;
    status = slt_output_write(path, text, strlen(text), false, err);
    free(text);
    return status;
}

#define WORD(kind, meaning) #kind " "
#define TOLD(kind, meaning) " " #kind ": " meaning "."

static const cli_option options[] = {
    {"name", 0, "A/B", "The manifest's name; by default mine/first.", NULL},
    {"brief", 0, NULL, "A short manifest, with few comments.", NULL},
    {"like", 0, "KIND",
     "A manifest of this kind, which runs in seconds." SLT_MANIFEST_KINDS(TOLD),
     SLT_MANIFEST_KINDS(WORD)},
    {"from", 0, "FILE",
     "Write the weights' part of a manifest, which starts them from this safetensors "
     "file.",
     "file"},
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
        "manifest may hold is told by sltrace-manifest(5).\n\n"
        "With --from the part run.model.weights is written, a weight for each tensor of "
        "the file by its name, shape and the file's SHA-256; a letter that a name cannot "
        "have becomes _. Data, operations, loss and training are to be added.",
    .examples = "sltrace new fig1.yaml\n"
                "sltrace new --like mlp fig1.yaml\n"
                "sltrace new --name me/figure1 manifests/me/figure1.yaml\n"
                "sltrace new --from m.safetensors weights.yaml",
    CLI_OPTIONS(options),
    .run = new_run,
};
