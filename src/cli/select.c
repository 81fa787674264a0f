#include "cli/select.h"

#include <stdlib.h>
#include <string.h>

slt_status cli_select(const cli_call *call, const slt_manifest *manifest, bool **selected,
                      size_t *count, slt_error *err)
{
    size_t runs = slt_manifest_runs(manifest);
    const char *only = cli_value(call, "only");
    bool *set = calloc(runs ? runs : 1, sizeof *set);
    if (!set)
        return slt_fail(err, SLT_RESOURCE, "out of memory for %zu runs", runs);
    slt_status status = SLT_OK;
    if (only)
        status = slt_manifest_select(manifest, only, set, err);
    else
        memset(set, true, runs * sizeof *set);
    if (status) {
        free(set);
        return status;
    }
    *count = 0;
    for (size_t run = 0; run < runs; run++)
        *count += set[run];
    *selected = set;
    return SLT_OK;
}

void cli_run_list(const bool *selected, size_t runs, char *text, size_t size)
{
    size_t used = 0;
    text[0] = 0;
    for (size_t run = 0; run < runs; run++) {
        if (!selected[run])
            continue;
        size_t last = run;
        while (last + 1 < runs && selected[last + 1])
            last++;
        if (size - used < 48) {
            snprintf(text + used, size - used, ",...");
            return;
        }
        const char *comma = used ? "," : "";
        used +=
            (size_t)(last == run ? snprintf(text + used, size - used, "%s%zu", comma, run)
                                 : snprintf(text + used, size - used, "%s%zu-%zu", comma,
                                            run, last));
        run = last;
    }
}

slt_status cli_study_folder(const slt_manifest *manifest, const char *given,
                            char path[CLI_PATH_MAX], slt_error *err)
{
    return given ? cli_path(path, err, "%s", given)
                 : cli_path(path, err, "sltrace-out/%s", slt_manifest_name(manifest));
}
