/* What kind of file an operand is, so that a message can say that it belongs to another
 * command. */
#ifndef SLT_CLI_KINDS_H
#define SLT_CLI_KINDS_H

#include "cli/cli.h"

enum { CLI_HEAD = 16 };

/* Reads the first bytes of an ordinary file; a shorter file is filled up with zeros. */
slt_status cli_read_head(const char *path, char head[CLI_HEAD], slt_error *err);

/* SLT_USAGE where an operand is clearly of a kind that the command does not read; the
 * message names the commands that do.  In case of doubt it is left to the command to
 * find out. */
slt_status cli_check_kinds(const cli_call *call, slt_error *err);

#endif
