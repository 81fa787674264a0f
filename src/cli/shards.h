/* How `run --shard` divides the runs of a manifest, for `sltrace show --shards N`. */
#ifndef SLT_CLI_SHARDS_H
#define SLT_CLI_SHARDS_H

#include <sltrace/json.h>
#include <sltrace/manifest.h>

/* All runs take `seconds` together. */
slt_status cli_show_shards(slt_manifest *manifest, size_t shards, double seconds,
                           slt_json *json, slt_error *err);

#endif
