#include "cli/cli.h"

#include <string.h>

#include "base/world.h"

enum { HELP_COLUMN = 22 };

static const char program_summary[] =
    "Trains small networks and estimates local learning coefficients so that every bit "
    "of a run is a function of its manifest, and judges runs against published hashes.";

const char cli_first_steps[] =
    "sltrace new fig1.yaml                           # a manifest to start from\n"
    "sltrace show fig1.yaml                          # check it; what it would do\n"
    "sltrace run fig1.yaml                           # train, estimate, write traces\n"
    "sltrace figure fig1.yaml                        # data, picture, report\n"
    "sltrace record fig1.yaml --golden fig1.golden   # the hashes to publish\n"
    "sltrace verify fig1.golden                      # what a reader does";

static const char exit_words[] =
    "0 identical or done, 1 differs, 2 trouble (usage, file, resource), 3 cannot judge "
    "here; of several, 2 over 1 over 3 over 0. After a signal: that signal (in a shell "
    "130, 143, ...).";

static void print_usage(const cli_command *command, FILE *out)
{
    if (!command) {
        fputs("Usage: sltrace [OPTION]... COMMAND [ARGUMENT]...\n", out);
        return;
    }
    fprintf(out, "Usage: sltrace %s%s%s%s\n", command->name,
            command->option_count ? " [OPTION]..." : "", *command->operands ? " " : "",
            command->operands);
}

static void print_option(FILE *out, const cli_option *option)
{
    int column = option->letter
                     ? fprintf(out, "  -%c, --%s", option->letter, option->name)
                     : fprintf(out, "      --%s", option->name);
    if (option->argument)
        column += fprintf(out, " %s", option->argument);
    if (column >= HELP_COLUMN - 1)
        fputc('\n', out);
    else
        fprintf(out, "%*s", HELP_COLUMN - column, "");
    if (column >= HELP_COLUMN - 1)
        fprintf(out, "%*s", HELP_COLUMN, "");
    cli_wrap_on(out, HELP_COLUMN, option->help);
}

static void print_options(FILE *out, const char *heading, const cli_option *options,
                          size_t count)
{
    if (count == 0)
        return;
    fprintf(out, "\n%s\n", heading);
    for (size_t i = 0; i < count; i++)
        print_option(out, &options[i]);
}

static void print_details(FILE *out, const char *text)
{
    const char *start;
    size_t length;
    bool verbatim;
    while (cli_paragraph(&text, &start, &length, &verbatim)) {
        char paragraph[4096];
        snprintf(paragraph, sizeof paragraph, "%.*s", (int)length, start);
        fputc('\n', out);
        if (verbatim)
            fprintf(out, "%s\n", paragraph);
        else
            cli_wrap(out, 0, paragraph);
    }
}

static void print_names(FILE *out, const cli_command *const *commands, size_t count,
                        size_t prefix)
{
    for (size_t i = 0; i < count; i++)
        fprintf(out, "  %-15s %s\n", commands[i]->name + prefix, commands[i]->summary);
}

static void print_examples(FILE *out, const char *examples)
{
    fputs("\nExamples:\n", out);
    while (*examples) {
        int length = (int)strcspn(examples, "\n");
        fprintf(out, "  %.*s\n", length, examples);
        examples += length + (examples[length] == '\n');
    }
}

static void help_program(FILE *out)
{
    print_usage(NULL, out);
    cli_wrap(out, 0, program_summary);
    fputs("\nCommands:\n", out);
    print_names(out, cli_commands, cli_command_count, 0);
    print_options(out, "Options of every command:", cli_common, cli_common_count(NULL));
    print_examples(out, cli_first_steps);
    fputs("\nExit status:\n", out);
    cli_wrap(out, 2, exit_words);
    fputs("\nsltrace help COMMAND tells more about a command.\n", out);
}

void cli_explain(const cli_command *command, FILE *out)
{
    if (!command) {
        help_program(out);
        return;
    }
    print_usage(command, out);
    print_details(out, command->details);
    if (command->children) {
        fprintf(out, "\n%s:\n", command->operands);
        print_names(out, command->children, command->child_count,
                    strlen(command->name) + 1);
    }
    print_options(out, "Options:", command->options, command->option_count);
    print_options(out, "What files may name:", cli_naming, cli_naming_count(command));
    print_options(out, "Options of every command:", cli_common,
                  cli_common_count(command));
    if (command->examples)
        print_examples(out, command->examples);
    fputs("\nExit status:\n", out);
    cli_wrap(out, 2, exit_words);
}

/* ---- sltrace help ------------------------------------------------------------------ */

static slt_status help_run(const cli_call *call, slt_error *err)
{
    const cli_command *command = NULL;
    for (int i = 0; i < call->operand_count; i++) {
        if (command && !command->children)
            return slt_fail(err, SLT_USAGE, "%s has no commands below it", command->name);
        command = cli_find_command(command, call->operands[i], err);
        if (!command)
            return SLT_USAGE;
    }
    cli_explain(command, stdout);
    return SLT_OK;
}

const cli_command cli_help = {
    .name = "help",
    .operands = "[COMMAND]...",
    .operands_min = 0,
    .operands_max = 2,
    .summary = "tell about a command",
    .details = "Shows what sltrace COMMAND --help does, and without a command all of "
               "them.",
    .examples = "sltrace help verify\nsltrace help theory rrr",
    .starts = true,
    .explains = true,
    .run = help_run,
};
