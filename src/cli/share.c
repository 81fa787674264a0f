#include "cli/paths.h"

#include <limits.h>
#include <string.h>

#include <sltrace/system.h>

#include "base/world.h"

#define PROGRAM "verify.wasm"

/* A folder counts where the program is in it. */
static slt_status share_try(const char *folder, bool *found, slt_error *err)
{
    char path[CLI_PATH_MAX];
    slt_status status = cli_path(path, err, "%s/" PROGRAM, folder);
    return status ? status : slt_files_look(path, found, err);
}

slt_status cli_share(char folder[CLI_PATH_MAX], slt_error *err)
{
    static const char *const places[] = {"../share/sltrace", "share/sltrace"};
    const char *named = slt_world.getenv("SLTRACE_SHARE");
    char program[PATH_MAX];
    bool found = false;
    slt_status status = SLT_OK;
    if (named && *named) {
        status = cli_path(folder, err, "%s", named);
        if (!status)
            status = share_try(folder, &found, err);
        if (!status && !found)
            status = slt_fail(err, SLT_FILE,
                              "%s: expected " PROGRAM " in the folder that SLTRACE_SHARE "
                              "names; tools/wasm/wasm makes it",
                              folder);
        return status;
    }
    if (slt_world.realpath("/proc/self/exe", program)) {
        *strrchr(program, '/') = 0;
        for (size_t i = 0; i < 2 && !status && !found; i++) {
            status = cli_path(folder, err, "%s/%s", program, places[i]);
            if (!status)
                status = share_try(folder, &found, err);
        }
    }
    if (status || found)
        return status;
    return slt_fail(err, SLT_FILE,
                    "--verify-in-page: " PROGRAM
                    ", the program that such a page carries, is "
                    "not installed: tools/wasm/wasm makes it in a tree of sltrace, and "
                    "SLTRACE_SHARE names the folder that has it");
}
