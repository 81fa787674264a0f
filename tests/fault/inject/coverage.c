#include "coverage.h"

#include <string.h>

#include "cli/cli.h"
#include "scenarios.h"
#include "tap.h"

/* Whether `text` begins with `word`, which ends there at a blank or the end. */
static bool begins(const char *text, const char *word)
{
    size_t length = strlen(word);
    return strncmp(text, word, length) == 0 && (!text[length] || text[length] == ' ');
}

static bool gives(const char *line, const cli_option *option)
{
    for (const char *at = line; at; at = (at = strchr(at, ' ')) ? at + 1 : NULL)
        if ((strncmp(at, "--", 2) == 0 && begins(at + 2, option->name)) ||
            (option->letter && at[0] == '-' && at[1] == option->letter))
            return true;
    return false;
}

/* Whether a scenario of the command has the option; of any command: NULL. */
static bool occurs(const cli_command *command, const cli_option *option)
{
    for (size_t i = 0; i < scenario_count; i++) {
        const char *line = scenarios[i].command;
        if ((!command || begins(line, command->name)) && (!option || gives(line, option)))
            return true;
    }
    return false;
}

static size_t miss(const char *command, const char *option)
{
    tap_note("no scenario: %s %s", command, option);
    return 1;
}

static size_t missing_of(const cli_command *command)
{
    size_t missing = 0;
    for (size_t i = 0; i < command->child_count; i++)
        missing += missing_of(command->children[i]);
    if (!occurs(command, NULL))
        missing += miss(command->name, "");
    for (size_t i = 0; i < command->option_count; i++)
        if (!occurs(command, &command->options[i]))
            missing += miss(command->name, command->options[i].name);
    if (command->json && !command->children &&
        !occurs(command, &(cli_option){.name = "json"}))
        missing += miss(command->name, "json");
    return missing;
}

size_t coverage_missing(void)
{
    size_t missing = 0;
    for (size_t i = 0; i < cli_command_count; i++)
        missing += missing_of(cli_commands[i]);
    /* What commands share is in a scenario of one of them. */
    for (size_t i = 0; i < cli_common_count(NULL); i++)
        if (!occurs(NULL, &cli_common[i]))
            missing += miss("", cli_common[i].name);
    for (size_t i = 0; i < cli_naming_count(cli_commands[0]); i++)
        if (!occurs(NULL, &cli_naming[i]))
            missing += miss("", cli_naming[i].name);
    return missing;
}
