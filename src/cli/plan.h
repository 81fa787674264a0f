/* What the runs of a manifest will take: for `sltrace show MANIFEST`. */
#ifndef SLT_CLI_PLAN_H
#define SLT_CLI_PLAN_H

#include <stdbool.h>

#include <sltrace/status.h>

slt_status cli_show_plan(const char *path, bool json, slt_error *err);

#endif
