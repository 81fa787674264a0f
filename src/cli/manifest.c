/* Opens manifests and remembers all errors of one. */
#include "cli/manifest.h"

#include <string.h>

#include "cli/cli.h"

static slt_manifest_errors found;

slt_status cli_open_manifest(const char *path, slt_manifest **manifest, slt_error *err)
{
    return slt_manifest_open_all(path, manifest, &found, err);
}

size_t cli_findings(const slt_error *err, const char *texts[SLT_MANIFEST_ERRORS_MAX],
                    size_t *others)
{
    size_t kept =
        found.count < SLT_MANIFEST_ERRORS_MAX ? found.count : SLT_MANIFEST_ERRORS_MAX;
    *others = found.count - kept;
    for (size_t i = 0; i < kept; i++)
        texts[i] = found.text[i];
    if (kept && strcmp(found.text[0], err->text) == 0)
        return kept;
    texts[0] = err->text; /* the error is not about a manifest */
    *others = 0;
    return 1;
}
