/* How many processors this process may use, by its affinity mask and its cgroup's
 * quota. */
#ifndef SLT_BASE_PROCESSORS_H
#define SLT_BASE_PROCESSORS_H

#include <sltrace/system.h>

/* The smallest CPU quota of a cgroup and those above it, in thousandths of a processor;
 * 0 if there is none.  `membership` is the text of /proc/self/cgroup, `mount` the
 * folder where cgroups are mounted.  Version 2 of cgroups has cpu.max, version 1
 * cpu.cfs_quota_us and cpu.cfs_period_us. */
unsigned slt_cgroup_quota(const char *membership, const char *mount);

/* The smallest of the three, rounded down, but at least 1: a quota of 2.5 processors
 * gives 2. */
unsigned slt_processors_usable(unsigned online, unsigned allowed, unsigned quota);

#endif
