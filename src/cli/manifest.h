/* Opening the manifest that a command is given. */
#ifndef SLT_CLI_MANIFEST_H
#define SLT_CLI_MANIFEST_H

#include <sltrace/manifest.h>

/* slt_manifest_open_all, whose findings are remembered for cli_findings. */
slt_status cli_open_manifest(const char *path, slt_manifest **manifest, slt_error *err);

/* The messages of a command that failed with this error: its own, or where that is the
 * first of several errors of a manifest, all that were remembered.  Returns how many are
 * in texts; *others is how many more there are. */
size_t cli_findings(const slt_error *err, const char *texts[SLT_MANIFEST_ERRORS_MAX],
                    size_t *others);

#endif
