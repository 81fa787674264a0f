/* Keys that the command line names. */
#ifndef SLT_CLI_KEYS_H
#define SLT_CLI_KEYS_H

#include <sltrace/signature.h>

#include "cli/cli.h"

/* Reads the secret key in the file that an option names, and asks for its password where
 * it is encrypted: on the terminal, without showing it, or from the first line of
 * standard input where that is none. */
slt_status cli_secret_key(const cli_call *call, const char *option, slt_secret_key *key,
                          slt_error *err);

#endif
