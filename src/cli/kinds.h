/* What kind of file an operand is, so that one given to the wrong command is told. */
#ifndef SLT_CLI_KINDS_H
#define SLT_CLI_KINDS_H

#include "cli/cli.h"

enum { CLI_HEAD = 16 };

/* The first bytes of an ordinary file, zeros behind its end. */
slt_status cli_read_head(const char *path, char head[CLI_HEAD], slt_error *err);

/* SLT_USAGE where an operand is plainly of a kind that the command does not read, naming
 * the commands that do.  What cannot be told is left to the command. */
slt_status cli_check_kinds(const cli_call *call, slt_error *err);

#endif
