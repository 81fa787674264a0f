/* Completion for zsh, made from the command tables: a function for each command that
 * calls _arguments. */
#include "cli/cli.h"

#include <string.h>

/* A text inside single quotes in which brackets, colons and backslashes stand for
 * themselves. */
static void put_escaped(FILE *out, const char *text, int length)
{
    for (int i = 0; i < length; i++)
        if (text[i] == '\'')
            fputs("'\\''", out);
        else
            fprintf(out, "%s%c", strchr("[]:\\", text[i]) ? "\\" : "", text[i]);
}

static void put_action(FILE *out, const char *complete)
{
    if (!complete)
        fputs(" ", out);
    else if (strcmp(complete, "file") == 0)
        fputs("_files", out);
    else if (strcmp(complete, "folder") == 0)
        fputs("_files -/", out);
    else
        fprintf(out, "(%s)", complete);
}

/* '(-j --jobs)'{-j+,--jobs=}'[Help]:N: ' */
static void put_option(FILE *out, const cli_option *option)
{
    const bool takes = option->argument != NULL;
    fputs(" \\\n        ", out);
    if (option->letter)
        fprintf(out, "'(-%c --%s)'{-%c%s,--%s%s}'", option->letter, option->name,
                option->letter, takes ? "+" : "", option->name, takes ? "=" : "");
    else
        fprintf(out, "'--%s%s", option->name, takes ? "=" : "");
    fputc('[', out);
    put_escaped(out, option->help, cli_sentence(option->help));
    fputc(']', out);
    if (takes) {
        fputc(':', out);
        put_escaped(out, option->argument, (int)strlen(option->argument));
        fputc(':', out);
        put_action(out, option->complete);
    }
    fputc('\'', out);
}

static void put_options(FILE *out, const cli_command *command)
{
    const cli_option *option;
    for (size_t i = 0; (option = cli_option_at(command, i)); i++)
        put_option(out, option);
}

/* 'run:train, estimate' ... */
static void put_names(FILE *out, const cli_command *const *commands, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fprintf(out, " \\\n        '%s:", cli_last_name(commands[i]));
        put_escaped(out, commands[i]->summary, (int)strlen(commands[i]->summary));
        fputc('\'', out);
    }
}

/* "*.yaml *.golden" of ".yaml .golden". */
static void put_patterns(FILE *out, const char *suffix)
{
    for (const char *at = suffix; *at; at += strspn(at, " ")) {
        const int length = (int)strcspn(at, " ");
        fprintf(out, "%s*%.*s", at == suffix ? "" : " ", length, at);
        at += length;
    }
}

static void put_operands(FILE *out, const cli_command *command)
{
    if (command->explains)
        fputs(" \\\n        '*:command:_sltrace_commands'", out);
    else if (command->operands_max > 0 && command->suffix) {
        fputs(" \\\n        '*:file:_files -g \"", out);
        put_patterns(out, command->suffix);
        fputs("\"'", out);
    } else if (command->operands_max > 0)
        fputs(" \\\n        '*:file:_files'", out);
}

/* A function that completes what stands behind a word: `name` is that of the function,
 * `list` of one that offers the commands. */
static void put_parent(FILE *out, const char *name, const cli_command *command,
                       const cli_command *const *commands, size_t count)
{
    fprintf(out, "%s_commands() {\n    local -a names=(", name);
    put_names(out, commands, count);
    fprintf(out,
            "\n    )\n    _describe command names\n}\n"
            "%s() {\n    local context state line curcontext=$curcontext\n"
            "    _arguments -C",
            name);
    put_options(out, command);
    fprintf(out,
            " \\\n        '1:command:%s_commands' '*:: :->rest' && return\n"
            "    (( $+functions[%s_$words[1]] )) && %s_$words[1]\n}\n",
            name, name, name);
}

static void put_command(FILE *out, const char *parent, const cli_command *command)
{
    char name[80];
    snprintf(name, sizeof name, "%s_%s", parent, cli_last_name(command));
    for (size_t i = 0; i < command->child_count; i++)
        put_command(out, name, command->children[i]);
    if (command->children) {
        put_parent(out, name, command, command->children, command->child_count);
        return;
    }
    fprintf(out, "%s() {\n    _arguments", name);
    put_options(out, command);
    put_operands(out, command);
    fputs("\n}\n", out);
}

void cli_complete_zsh(FILE *out)
{
    fputs("#compdef sltrace\n"
          "# zsh completion for sltrace, made by the program from its option tables\n",
          out);
    for (size_t i = 0; i < cli_command_count; i++)
        put_command(out, "_sltrace", cli_commands[i]);
    put_parent(out, "_sltrace", NULL, cli_commands, cli_command_count);
    fputs("_sltrace \"$@\"\n", out);
}
