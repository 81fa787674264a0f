/* Every command there is; commands.c lists those that work. */
#ifndef SLT_CLI_COMMANDS_H
#define SLT_CLI_COMMANDS_H

#include "cli/cli.h"

extern const cli_command cli_run, cli_verify, cli_replay, cli_record, cli_figure,
    cli_show, cli_summary, cli_export, cli_audit, cli_theory, cli_doctor, cli_new;

#endif
