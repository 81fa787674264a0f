/* Opening the manifest that a command is given. */
#ifndef SLT_CLI_MANIFEST_H
#define SLT_CLI_MANIFEST_H

#include <sltrace/manifest.h>

/* slt_manifest_open_all; what it finds is remembered. */
slt_status cli_open_manifest(const char *path, slt_manifest **manifest, slt_error *err);

/* What a command that failed with this error has to say: its message, or where that is
 * the first of several of a manifest, these: how many of them are in texts; *others are
 * not. */
size_t cli_findings(const slt_error *err, const char *texts[SLT_MANIFEST_ERRORS_MAX],
                    size_t *others);

#endif
