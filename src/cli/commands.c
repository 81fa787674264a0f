#include "cli/commands.h"

/* In the order of --help: what a user does first stands first. */
const cli_command *const cli_commands[] = {
    &cli_theory,
};
const size_t cli_command_count = sizeof cli_commands / sizeof *cli_commands;
