/* Processors that a process may use: affinity, and quotas of made-up cgroups. */
#include "tap.h"

#include <sched.h>
#include <sys/stat.h>

#include "base/processors.h"

static char mount[] = "/tmp/sltrace-cgroup-XXXXXX";

static void put(const char *folder, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", mount, folder);
    mkdir(path, 0700);
    snprintf(path, sizeof path, "%s/%s/%s", mount, folder, name);
    FILE *file = fopen(path, "w");
    if (!file)
        tap_bail("cannot write a made-up cgroup");
    fputs(text, file);
    fclose(file);
}

static bool quota_is(const char *membership, unsigned expected)
{
    return slt_cgroup_quota(membership, mount) == expected;
}

static void test_version_2(void)
{
    put(".", "cpu.max", "max 100000\n");
    put("job", "cpu.max", "250000 100000\n");
    put("job/step", "cpu.max", "max 100000\n");
    put("job/step/task", "cpu.max", "800000 100000\n");
    TAP_OK(quota_is("0::/\n", 0), "max is no quota");
    TAP_OK(quota_is("0::/job\n", 2500), "a quota");
    TAP_OK(quota_is("0::/job/step\n", 2500), "one of a cgroup above");
    TAP_OK(quota_is("0::/job/step/task\n", 2500), "the least of both");
    TAP_OK(quota_is("0::/elsewhere/deep\n", 0), "a path that is not seen here");
    put(".", "cpu.max", "150000 100000\n");
    TAP_OK(quota_is("0::/elsewhere/deep\n", 1500), "then the mount's, in a container");
    put(".", "cpu.max", "max 100000\n");
    put("job/step", "cpu.max", "100 100000\n");
    TAP_OK(quota_is("0::/job/step\n", 1), "a tiny quota");
}

static void test_version_1(void)
{
    put("cpu,cpuacct", "cpu.cfs_quota_us", "-1\n");
    put("cpu,cpuacct", "cpu.cfs_period_us", "100000\n");
    put("cpu,cpuacct/docker", "cpu.cfs_quota_us", "300000\n");
    put("cpu,cpuacct/docker", "cpu.cfs_period_us", "100000\n");
    put("cpuset", "cpu.cfs_quota_us", "1\n");
    put("cpuset", "cpu.cfs_period_us", "1\n");
    TAP_OK(quota_is("3:cpuset:/\n2:cpu,cpuacct:/\n", 0), "-1 is no quota");
    TAP_OK(quota_is("3:cpuset:/\n2:cpu,cpuacct:/docker/abc\n0::/\n", 3000),
           "a quota above");
    TAP_OK(quota_is("4:cpuset:/\n", 0), "cpuset is not cpu");
}

static void test_text(void)
{
    static const char *const odd[] = {"", "\n", "0", "0:", "::", ":::::\n", "0::"};
    size_t zero = 0;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        zero += quota_is(odd[i], 0);
    TAP_EQ_U64(zero, sizeof odd / sizeof *odd, "text that is no membership has no quota");
}

static void test_usable(void)
{
    TAP_EQ_U64(slt_processors_usable(64, 64, 0), 64, "no limit");
    TAP_EQ_U64(slt_processors_usable(64, 8, 0), 8, "affinity");
    TAP_EQ_U64(slt_processors_usable(64, 8, 2500), 2, "quota, whole");
    TAP_EQ_U64(slt_processors_usable(64, 8, 500), 1, "at least one");
    TAP_EQ_U64(slt_processors_usable(2, 2, 64000), 2, "a quota above what there is");
}

static void test_here(void)
{
    cpu_set_t before, one;
    slt_processors here = slt_processors_here();
    TAP_OK(here.jobs >= 1 && here.jobs <= here.online, "here: %u of %u", here.jobs,
           here.online);
    if (sched_getaffinity(0, sizeof before, &before))
        return;
    CPU_ZERO(&one);
    for (int cpu = 0; cpu < CPU_SETSIZE && !CPU_COUNT(&one); cpu++)
        if (CPU_ISSET(cpu, &before))
            CPU_SET(cpu, &one);
    if (sched_setaffinity(0, sizeof one, &one))
        return;
    here = slt_processors_here();
    TAP_EQ_U64(here.allowed, 1, "bound to one processor");
    TAP_EQ_U64(here.jobs, 1, "one job");
    sched_setaffinity(0, sizeof before, &before);
}

int main(void)
{
    if (!mkdtemp(mount))
        tap_bail("no temporary folder");
    test_version_2();
    test_version_1();
    test_text();
    test_usable();
    test_here();
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", mount);
    TAP_OK(system(command) == 0, "nothing is left");
    return tap_done();
}
