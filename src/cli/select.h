/* Runs of a manifest as a command line names them. */
#ifndef SLT_CLI_SELECT_H
#define SLT_CLI_SELECT_H

#include <sltrace/manifest.h>
#include <sltrace/study.h>

#include "cli/cli.h"
#include "cli/paths.h"

/* More tasks than any job system has in an array. */
#define CLI_SHARDS_MAX 1000000

/* The runs that all --only options select together, all runs where there are none: a
 * malloc'ed array, and their number in *count. */
slt_status cli_select(const cli_call *call, const slt_manifest *manifest, bool **selected,
                      size_t *count, slt_error *err);

/* Where --shard K/N is given, leaves of the selected runs those of shard K, and their
 * number in *count. */
slt_status cli_keep_shard(const cli_call *call, slt_manifest *manifest, bool *selected,
                          size_t *count, slt_error *err);

/* The folder of a study: --out as given, else sltrace-out/NAME. */
slt_status cli_study_folder(const slt_manifest *manifest, const char *given,
                            char path[CLI_PATH_MAX], slt_error *err);

/* Collects the values of all --from options, in order; returns how many. */
size_t cli_from_folders(const cli_call *call, const char *from[CLI_AGAIN_MAX + 1]);

/* Opens the traces in all folders given by --from, else those in the study's own
 * folder. */
slt_status cli_find_traces(const cli_call *call, const slt_manifest *manifest,
                           slt_traces **traces, slt_error *err);

#endif
