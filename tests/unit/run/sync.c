/* run/sync.c: a disk that fails to sync, a system that has no syncfs. */
#include "study_sample.h"

#include <dirent.h>
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <sltrace/study.h>

static slt_error err;
static char root[] = "/tmp/slt-sync-XXXXXX", folder[64];
static int reason; /* why syncfs fails, 0: it does not */
static size_t groups, each, parts, provenances, names;

int syncfs(int fd)
{
    groups++;
    errno = reason;
    return reason ? -1 : (int)syscall(SYS_syncfs, fd);
}

/* What is synced by itself, by its name. */
int fsync(int fd)
{
    char link[32], path[256];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    path[size > 0 ? size : 0] = 0;
    const char *end = strrchr(path, '.') ? strrchr(path, '.') : path;
    each++;
    parts += !strcmp(end, ".part");
    provenances += !strcmp(end, ".json");
    names += strlen(path) > 7 && !strcmp(path + strlen(path) - 7, "/traces");
    return (int)syscall(SYS_fsync, fd);
}

static slt_status run(slt_study_counts *counts)
{
    slt_manifest *manifest = sample_open(SAMPLE_MANIFEST);
    slt_study_options options = {.out = folder, .jobs = 1};
    groups = each = parts = provenances = names = 0;
    slt_status status = slt_study_run(manifest, &options, counts, &err);
    slt_manifest_free(manifest);
    return status;
}

/* Files in traces/ whose names end so. */
static size_t count(const char *end)
{
    char path[96];
    size_t found = 0;
    snprintf(path, sizeof path, "%s/traces", folder);
    DIR *open_folder = opendir(path);
    for (struct dirent *entry; open_folder && (entry = readdir(open_folder));) {
        size_t length = strlen(entry->d_name), size = strlen(end);
        found += length > size && !strcmp(entry->d_name + length - size, end);
    }
    if (open_folder)
        closedir(open_folder);
    return found;
}

int main(void)
{
    slt_study_counts counts;
    if (slt_start(NULL, &err) || !mkdtemp(root))
        tap_bail("cannot start");
    snprintf(folder, sizeof folder, "%s/a", root);
    reason = EIO;
    TAP_OK(run(&counts) == SLT_FILE && strstr(err.text, "cannot sync"), "told: %s",
           err.text);
    TAP_OK(count(".trace") == 0 && count(".part") == 2, "no run has its final name");
    reason = 0;
    TAP_OK(!run(&counts) && counts.kept == 2 && counts.computed == 0,
           "once the disk does, they have it, and are not computed again");
    TAP_OK(count(".trace") == 2 && count(".part") == 0, "two traces, no part");
    TAP_EQ_U64(groups, 1, "synced together");
    TAP_OK(names >= 1, "and their names");
    TAP_OK(!run(&counts) && groups + parts + provenances == 0 && names == 1,
           "nothing new: only the names, which a program that was killed may have given");
    snprintf(folder, sizeof folder, "%s/b", root);
    reason = ENOSYS;
    TAP_OK(!run(&counts) && counts.computed == 2 && count(".trace") == 2,
           "without syncfs: the same");
    TAP_OK(groups == 1 && parts == 2 && provenances == 2 && names >= 1,
           "each trace and provenance by itself, and their names");
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", root);
    TAP_OK(system(command) == 0, "removed");
    return tap_done();
}
