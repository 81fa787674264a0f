/* Lists of numbers as option arguments: "5,5,5,5", "1*20,0.5". */
#ifndef SLT_CLI_LISTS_H
#define SLT_CLI_LISTS_H

#include "cli/cli.h"

#define CLI_LIST_MAX 4096

/* Reads the option --name as whole numbers separated by commas; N*COUNT stands for COUNT
 * times N.  Puts *count numbers, at most CLI_LIST_MAX, into list; none where the option
 * was not given. */
slt_status cli_integers(const cli_call *call, const char *name, int64_t *list,
                        size_t *count, slt_error *err);
/* The same for real numbers. */
slt_status cli_reals(const cli_call *call, const char *name, double *list, size_t *count,
                     slt_error *err);
/* Reads the option --name as one finite real number; *value is unchanged where it was
 * not given. */
slt_status cli_real(const cli_call *call, const char *name, double *value,
                    slt_error *err);

#endif
