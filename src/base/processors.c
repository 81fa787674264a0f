#include "base/processors.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/world.h"

enum { PATH_ROOM = 4096, CPUS_MAX = 1 << 16 };

/* ---- Affinity ---------------------------------------------------------------------- */

/* The kernel refuses a set that is smaller than its own, so the set grows until it
 * fits. */
static unsigned count_allowed(void)
{
    for (int cpus = CPU_SETSIZE; cpus <= CPUS_MAX; cpus *= 2) {
        size_t size = CPU_ALLOC_SIZE(cpus);
        cpu_set_t *set = slt_world.malloc(size);
        if (!set)
            return 0;
        int got = slt_world.sched_getaffinity(0, size, set);
        unsigned count = got ? 0 : (unsigned)CPU_COUNT_S(size, set);
        free(set);
        if (!got || errno != EINVAL)
            return count;
    }
    return 0;
}

/* ---- Cgroups ----------------------------------------------------------------------- */

/* Reads the first `size - 1` bytes of a file; "" if it cannot be read. */
static void read_text(const char *path, char *text, size_t size)
{
    FILE *file = slt_world.fopen(path, "r");
    size_t got = file ? slt_world.fread(text, 1, size - 1, file) : 0;
    text[got] = 0;
    if (file)
        slt_world.fclose(file);
}

static void read_beside(const char *folder, const char *name, char text[64])
{
    char path[PATH_ROOM + 32];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    read_text(path, text, 64);
}

/* The quota of one cgroup; 0 if it has none or does not tell. */
static unsigned quota_at(const char *folder)
{
    char text[64], period[64];
    long long share = 0, of = 0;
    read_beside(folder, "cpu.max", text);
    if (sscanf(text, "%lld %lld", &share, &of) != 2) {
        read_beside(folder, "cpu.cfs_quota_us", text);
        read_beside(folder, "cpu.cfs_period_us", period);
        if (sscanf(text, "%lld", &share) != 1 || sscanf(period, "%lld", &of) != 1)
            return 0;
    }
    if (share <= 0 || of <= 0 || share > LLONG_MAX / 1000)
        return 0;
    long long quota = share * 1000 / of;
    return quota < UINT_MAX ? (unsigned)quota + !quota : UINT_MAX;
}

/* The smallest quota from a cgroup up to the mount, which in a container may be the only
 * one. */
static unsigned least_above(const char *mount, const char *group)
{
    char folder[PATH_ROOM];
    unsigned least = 0;
    size_t root = strlen(mount);
    int length = snprintf(folder, sizeof folder, "%s%s", mount, group);
    if (length < 0 || length >= (int)sizeof folder)
        return 0;
    for (;;) {
        unsigned quota = quota_at(folder);
        if (quota && (!least || quota < least))
            least = quota;
        char *slash = strrchr(folder + root, '/');
        if (!slash)
            return least;
        *slash = 0;
    }
}

static bool lists_cpu(const char *controllers)
{
    for (const char *at = controllers; (at = strstr(at, "cpu")); at += 3)
        if ((at == controllers || at[-1] == ',') && (at[3] == 0 || at[3] == ','))
            return true;
    return false;
}

/* A line of /proc/self/cgroup is number:controllers:path; version 2's has no
 * controllers. */
static unsigned quota_of_line(char *line, const char *mount)
{
    char below[PATH_ROOM];
    char *controllers = strchr(line, ':');
    char *group = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!group)
        return 0;
    *group++ = 0;
    controllers++;
    if (*controllers && !lists_cpu(controllers))
        return 0;
    /* Version 2 is mounted alone, or as "unified" beside version 1. */
    bool one = !*controllers;
    snprintf(below, sizeof below, "%s/%s", mount, controllers);
    unsigned quota = least_above(one ? mount : below, group);
    snprintf(below, sizeof below, "%s/%s", mount, one ? "unified" : "cpu");
    return quota ? quota : least_above(below, group);
}

unsigned slt_cgroup_quota(const char *membership, const char *mount)
{
    unsigned least = 0;
    char *text = slt_world.strdup(membership), *rest = NULL;
    for (char *line = text ? strtok_r(text, "\n", &rest) : NULL; line;
         line = strtok_r(NULL, "\n", &rest)) {
        unsigned quota = quota_of_line(line, mount);
        if (quota && (!least || quota < least))
            least = quota;
    }
    free(text);
    return least;
}

/* ---- Together ---------------------------------------------------------------------- */

unsigned slt_processors_usable(unsigned online, unsigned allowed, unsigned quota)
{
    unsigned jobs = online;
    if (allowed && (allowed < jobs || !jobs))
        jobs = allowed;
    if (quota && quota / 1000 < jobs)
        jobs = quota / 1000;
    return jobs ? jobs : 1;
}

slt_processors slt_processors_here(void)
{
    char membership[8192];
    long online = slt_world.sysconf(_SC_NPROCESSORS_ONLN);
    slt_processors found = {.online = online > 0 ? (unsigned)online : 1,
                            .allowed = count_allowed()};
    read_text("/proc/self/cgroup", membership, sizeof membership);
    found.quota = slt_cgroup_quota(membership, "/sys/fs/cgroup");
    if (!found.allowed)
        found.allowed = found.online;
    found.jobs = slt_processors_usable(found.online, found.allowed, found.quota);
    return found;
}

void slt_processors_print(const slt_processors *found, char text[SLT_PROCESSORS_TEXT_MAX])
{
    char quota[48] = "no cgroup quota";
    if (found->quota)
        snprintf(quota, sizeof quota, "cgroup quota %u.%02u", found->quota / 1000,
                 found->quota % 1000 / 10);
    snprintf(text, SLT_PROCESSORS_TEXT_MAX,
             "%u online, %u by affinity, %s: --jobs %u by default", found->online,
             found->allowed, quota, found->jobs);
}
