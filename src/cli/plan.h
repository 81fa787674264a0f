/* What the runs of a manifest will take, as `sltrace show MANIFEST` prints it. */
#ifndef SLT_CLI_PLAN_H
#define SLT_CLI_PLAN_H

#include <sltrace/json.h>

/* Adds it to the document in json or, where that is NULL, prints text.  shards: how
 * `run --shard` divides the runs over so many; 0: that is not asked. */
slt_status cli_show_plan(const char *path, size_t shards, slt_json *json, slt_error *err);

#endif
