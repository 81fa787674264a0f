/* Lists of numbers as option arguments: "5,5,5,5", "1*20,0.5". */
#ifndef SLT_CLI_LISTS_H
#define SLT_CLI_LISTS_H

#include "cli/cli.h"

#define CLI_LIST_MAX 4096

/* Reads --name as whole numbers separated by commas; N*COUNT repeats.  *count numbers, at
 * most CLI_LIST_MAX, into list. An absent option gives none. */
slt_status cli_integers(const cli_call *call, const char *name, int64_t *list,
                        size_t *count, slt_error *err);
/* The same for real numbers. */
slt_status cli_reals(const cli_call *call, const char *name, double *list, size_t *count,
                     slt_error *err);
/* One finite real number; *value is kept where the option is absent. */
slt_status cli_real(const cli_call *call, const char *name, double *value,
                    slt_error *err);

#endif
