/* What the runs of a manifest will take: for `sltrace show MANIFEST`. */
#ifndef SLT_CLI_PLAN_H
#define SLT_CLI_PLAN_H

#include <sltrace/json.h>

/* In a document begun in json, or where that is NULL in text. */
slt_status cli_show_plan(const char *path, slt_json *json, slt_error *err);

#endif
