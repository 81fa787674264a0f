#include "cli/commands.h"

/* In the order of --help: what a user does first stands first. */
const cli_command *const cli_commands[] = {
    &cli_run,     &cli_verify, &cli_replay, &cli_record, &cli_figure, &cli_show,
    &cli_summary, &cli_export, &cli_audit,  &cli_theory, &cli_doctor, &cli_new,
};
const size_t cli_command_count = sizeof cli_commands / sizeof *cli_commands;
