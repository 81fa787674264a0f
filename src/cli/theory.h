/* The commands below `sltrace theory`. */
#ifndef SLT_CLI_THEORY_H
#define SLT_CLI_THEORY_H

#include "cli/cli.h"

extern const cli_command cli_theory_rrr, cli_theory_dln, cli_theory_crossing,
    cli_theory_quadratic_sgld, cli_theory_volume, cli_theory_tms;

#endif
