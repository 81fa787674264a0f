/* The files that are made from the tables: man pages, shell completion, and
 * docs/manifest.md. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include <sltrace/manifest.h>
#include <sltrace/system.h>

typedef void (*writer)(const void *subject, FILE *out);

static void write_manual(const void *command, FILE *out)
{
    cli_manual(command, out);
}

/* Of the shells. */
static const struct {
    const char *name;
    void (*write)(FILE *out);
} completions[] = {{"sltrace.bash", cli_complete_bash},
                   {"sltrace.fish", cli_complete_fish},
                   {"_sltrace", cli_complete_zsh}};

static void write_completion(const void *index, FILE *out)
{
    completions[*(const size_t *)index].write(out);
}

static void write_text(const void *text, FILE *out)
{
    fputs(text, out);
}

static slt_status write_file(const char *folder, const char *name, writer print,
                             const void *subject, slt_error *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    slt_output *file;
    FILE *stream;
    slt_status status = slt_output_begin(path, true, &file, &stream, err);
    if (status)
        return status;
    print(subject, stream);
    return slt_output_end(file, true, err);
}

/* The pages of the manifest's fields are made from the schema, in the library. */
static slt_status write_manifest(const char *folder, const char *name,
                                 slt_status (*make)(char **text, slt_error *err),
                                 slt_error *err)
{
    char *text = NULL;
    slt_status status = make(&text, err);
    if (status == SLT_OK)
        status = write_file(folder, name, write_text, text, err);
    free(text);
    return status;
}

slt_status cli_generate(const char *folder, slt_error *err)
{
    slt_status status = write_file(folder, "sltrace.1", write_manual, NULL, err);
    for (size_t i = 0; i < cli_command_count && status == SLT_OK; i++) {
        char name[64];
        snprintf(name, sizeof name, "sltrace-%s.1", cli_commands[i]->name);
        status = write_file(folder, name, write_manual, cli_commands[i], err);
    }
    if (status == SLT_OK)
        status = write_manifest(folder, "sltrace-manifest.5", slt_manifest_manual, err);
    if (status == SLT_OK)
        status = write_manifest(folder, "manifest.md", slt_manifest_markdown, err);
    for (size_t i = 0; i < sizeof completions / sizeof *completions && !status; i++)
        status = write_file(folder, completions[i].name, write_completion, &i, err);
    return status;
}
