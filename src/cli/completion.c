/* Bash completion, made from the command tables. */
#include "cli/cli.h"

#include <string.h>

/* A case for every option whose argument can be completed. */
static void put_arguments(FILE *out, const cli_command *command)
{
    size_t i = 0;
    for (const cli_option *option; (option = cli_option_at(command, i)); i++) {
        if (!option->argument)
            continue;
        fprintf(out, "        --%s", option->name);
        if (option->letter)
            fprintf(out, "|-%c", option->letter);
        fputs(") ", out);
        if (!option->complete)
            fputs("return ;;\n", out);
        else if (strcmp(option->complete, "file") == 0)
            fputs("_sltrace_files; return ;;\n", out);
        else if (strcmp(option->complete, "folder") == 0)
            fputs("_sltrace_folders; return ;;\n", out);
        else
            fprintf(out, "_sltrace_words '%s'; return ;;\n", option->complete);
    }
}

static void put_words(FILE *out, const cli_command *command)
{
    size_t i = 0;
    for (const cli_option *option; (option = cli_option_at(command, i)); i++)
        fprintf(out, "%s--%s", i ? " " : "", option->name);
}

static void put_commands(FILE *out)
{
    for (size_t i = 0; i < cli_command_count; i++)
        fprintf(out, "%s%s", i ? " " : "", cli_commands[i]->name);
}

static void put_operands(FILE *out, const cli_command *command)
{
    if (command->children) {
        fputs("            _sltrace_words '", out);
        for (size_t i = 0; i < command->child_count; i++)
            fprintf(out, "%s%s", i ? " " : "", cli_last_name(command->children[i]));
        fputs("'\n", out);
    } else if (command->explains) {
        fputs("            _sltrace_words '", out);
        put_commands(out);
        fputs("'\n", out);
    } else if (command->operands_max > 0) {
        fprintf(out, "            _sltrace_files '%s'\n",
                command->suffix ? command->suffix : "");
    }
}

/* `pattern`: what "$command $sub" looks like. */
static void put_command(FILE *out, const cli_command *command, const char *pattern)
{
    fprintf(out, "    %s)\n        case $before in\n", pattern);
    put_arguments(out, command);
    fputs(
        "        esac\n        if [[ $word == -* ]]; then\n            _sltrace_words '",
        out);
    put_words(out, command);
    fputs("'\n        else\n            :\n", out);
    put_operands(out, command);
    fputs("        fi ;;\n", out);
    for (size_t i = 0; i < command->child_count; i++) {
        const cli_command *child = command->children[i];
        char below[80];
        snprintf(below, sizeof below, "'%s'", child->name);
        put_command(out, child, below);
    }
}

static const char frame_head[] =
    "# bash completion for sltrace, made by the program from its option tables\n"
    "_sltrace_words() { COMPREPLY=($(compgen -W \"$1\" -- \"$word\")); }\n"
    "_sltrace_folders() { compopt -o filenames; COMPREPLY=($(compgen -d -- \"$word\")); "
    "}\n"
    "_sltrace_files() {\n"
    "    local IFS=$'\\n' suffix\n"
    "    compopt -o filenames\n"
    "    COMPREPLY=($(compgen -d -- \"$word\"))\n"
    "    [[ -n ${1-} ]] || COMPREPLY=($(compgen -f -- \"$word\"))\n"
    "    IFS=' '\n"
    "    for suffix in ${1-}; do\n"
    "        local IFS=$'\\n'\n"
    "        COMPREPLY+=($(compgen -f -X \"!*$suffix\" -- \"$word\"))\n"
    "    done\n"
    "}\n"
    "_sltrace() {\n"
    "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
    "    local command= i=1\n"
    "    while ((i < COMP_CWORD)) && [[ ${COMP_WORDS[i]} == -* ]]; do\n"
    "        [[ ${COMP_WORDS[i]} != --isa ]] || ((i++))\n"
    "        ((i++))\n"
    "    done\n"
    "    ((i >= COMP_CWORD)) || command=${COMP_WORDS[i]}\n"
    "    if [[ $command == theory ]] && ((i + 1 < COMP_CWORD)); then\n"
    "        command+=\" ${COMP_WORDS[i+1]}\"\n"
    "    fi\n"
    "    COMPREPLY=()\n"
    "    case $command in\n";

const char *cli_last_name(const cli_command *command)
{
    const char *blank = strrchr(command->name, ' ');
    return blank ? blank + 1 : command->name;
}

int cli_sentence(const char *help)
{
    const char *stop = strstr(help, ". ");
    const size_t length = stop ? (size_t)(stop - help) : strlen(help);
    return (int)(length - (!stop && length && help[length - 1] == '.'));
}

void cli_complete_bash(FILE *out)
{
    fputs(frame_head, out);
    fputs("    '')\n        case $before in\n", out);
    put_arguments(out, NULL);
    fputs("        esac\n        _sltrace_words '", out);
    put_commands(out);
    fputc(' ', out);
    put_words(out, NULL);
    fputs("' ;;\n", out);
    for (size_t i = 0; i < cli_command_count; i++)
        put_command(out, cli_commands[i], cli_commands[i]->name);
    fputs("    esac\n}\ncomplete -F _sltrace sltrace\n", out);
}
