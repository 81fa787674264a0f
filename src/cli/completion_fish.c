/* Completion for fish, made from the command tables. */
#include "cli/cli.h"

#include <string.h>

/* A text between single quotes, of which fish undoes two escapes. */
static void put_quoted(FILE *out, const char *text, int length)
{
    fputc('\'', out);
    for (int i = 0; i < length; i++) {
        if (text[i] == '\'' || text[i] == '\\')
            fputc('\\', out);
        fputc(text[i], out);
    }
    fputc('\'', out);
}

static void put_option(FILE *out, const char *where, const cli_option *option)
{
    fprintf(out, "complete -c sltrace -n '%s' -l %s", where, option->name);
    if (option->letter)
        fprintf(out, " -s %c", option->letter);
    if (option->argument && option->complete && !strcmp(option->complete, "file"))
        fputs(" -r -F", out);
    else if (option->argument && option->complete && !strcmp(option->complete, "folder"))
        fputs(" -x -a '(__fish_complete_directories)'", out);
    else if (option->argument && option->complete)
        fprintf(out, " -x -a '%s'", option->complete);
    else if (option->argument)
        fputs(" -x", out);
    fputs(" -d ", out);
    put_quoted(out, option->help, cli_sentence(option->help));
    fputc('\n', out);
}

static void put_name(FILE *out, const char *where, const cli_command *command)
{
    fprintf(out, "complete -c sltrace -n '%s' -a %s -d ", where, cli_last_name(command));
    put_quoted(out, command->summary, (int)strlen(command->summary));
    fputc('\n', out);
}

/* Files that end in one of the suffixes, and folders. */
static void put_operands(FILE *out, const char *where, const cli_command *command)
{
    if (!command->suffix) {
        fprintf(out, "complete -c sltrace -n '%s' -F\n", where);
        return;
    }
    for (const char *at = command->suffix; *at; at += strspn(at, " ")) {
        const int length = (int)strcspn(at, " ");
        fprintf(out,
                "complete -c sltrace -n '%s' -k -a '(__fish_complete_suffix %.*s)'\n",
                where, length, at);
        at += length;
    }
}

static void put_command(FILE *out, const char *where, const cli_command *command)
{
    const cli_option *option;
    for (size_t i = 0; (option = cli_option_at(command, i)); i++)
        put_option(out, where, option);
    for (size_t i = 0; command->explains && i < cli_command_count; i++)
        put_name(out, where, cli_commands[i]);
    if (!command->children && !command->explains && command->operands_max > 0)
        put_operands(out, where, command);
    for (size_t i = 0; i < command->child_count; i++) {
        const cli_command *child = command->children[i];
        char below[160];
        put_name(out, where, child);
        snprintf(below, sizeof below, "%s; and __fish_seen_subcommand_from %s", where,
                 cli_last_name(child));
        put_command(out, below, child);
    }
}

void cli_complete_fish(FILE *out)
{
    static const char none[] = "__fish_use_subcommand";
    const cli_option *option;
    fputs("# fish completion for sltrace, made by the program from its option tables\n"
          "complete -c sltrace -f\n",
          out);
    for (size_t i = 0; (option = cli_option_at(NULL, i)); i++)
        put_option(out, none, option);
    for (size_t i = 0; i < cli_command_count; i++) {
        char where[80];
        put_name(out, none, cli_commands[i]);
        snprintf(where, sizeof where, "__fish_seen_subcommand_from %s",
                 cli_commands[i]->name);
        put_command(out, where, cli_commands[i]);
    }
}
