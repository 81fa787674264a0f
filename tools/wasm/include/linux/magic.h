/* The kernel's numbers of file systems that src/base/io.c knows: there are none here. */
#define PROC_SUPER_MAGIC 0x9fa0
#define SYSFS_MAGIC 0x62656572
