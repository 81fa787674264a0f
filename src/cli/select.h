/* Runs of a manifest as a command line names them. */
#ifndef SLT_CLI_SELECT_H
#define SLT_CLI_SELECT_H

#include <sltrace/manifest.h>

#include "cli/cli.h"
#include "cli/paths.h"

/* --only as a set of runs (malloc'ed), all where it is absent; *count of them. */
slt_status cli_select(const cli_call *call, const slt_manifest *manifest, bool **selected,
                      size_t *count, slt_error *err);

/* The folder of a study: --from or --out as given, else sltrace-out/NAME. */
slt_status cli_study_folder(const slt_manifest *manifest, const char *given,
                            char path[CLI_PATH_MAX], slt_error *err);

/* A set of runs as --only takes it: "3,57,190-199"; cut with "..." where it is long. */
void cli_run_list(const bool *selected, size_t runs, char *text, size_t size);

#endif
