#include "cli/cli.h"

/* A row each: cli_NAME of a file of this folder, in the order of --help: what a user does
 * first stands first. */
#define COMMANDS(X)                                                                      \
    X(run)                                                                               \
    X(status)                                                                            \
    X(merge)                                                                             \
    X(slurm)                                                                             \
    X(verify)                                                                            \
    X(replay)                                                                            \
    X(record)                                                                            \
    X(bundle)                                                                            \
    X(figure)                                                                            \
    X(show)                                                                              \
    X(summary)                                                                           \
    X(diagnose)                                                                          \
    X(influence)                                                                         \
    X(predict)                                                                           \
    X(calibrate)                                                                         \
    X(rank)                                                                              \
    X(export)                                                                            \
    X(audit)                                                                             \
    X(theory)                                                                            \
    X(doctor)                                                                            \
    X(new)                                                                               \
    X(help)

#define DECLARE(name) extern const cli_command cli_##name;
COMMANDS(DECLARE)

#define ROW(name) &cli_##name,
const cli_command *const cli_commands[] = {COMMANDS(ROW)};
const size_t cli_command_count = sizeof cli_commands / sizeof *cli_commands;
