/* How many processors a process may use: affinity mask and cgroup quota. */
#ifndef SLT_BASE_PROCESSORS_H
#define SLT_BASE_PROCESSORS_H

#include <sltrace/system.h>

/* The least CPU quota, in thousandths of a processor, of a cgroup and those above it; 0:
 * none. `membership` is the text of /proc/self/cgroup, `mount` where cgroups are mounted.
 * Version 2 has cpu.max, version 1 cpu.cfs_quota_us over cpu.cfs_period_us. */
unsigned slt_cgroup_quota(const char *membership, const char *mount);

/* The least of the three, whole and at least 1: a quota of 2.5 serves 2. */
unsigned slt_processors_usable(unsigned online, unsigned allowed, unsigned quota);

#endif
