#include "cli/commands.h"

/* In the order of --help: what a user does first stands first. */
const cli_command *const cli_commands[] = {
    &cli_export,
    &cli_theory,
    &cli_doctor,
};
const size_t cli_command_count = sizeof cli_commands / sizeof *cli_commands;
