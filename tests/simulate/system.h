/* The system behind the table of base/world.h, simulated: what is below DISK_ROOT is on
 * the disk of disk.h, threads, locks and the clock are those of schedule.h, and each call
 * is a door.  What is elsewhere, /proc and /dev, and memory, are the real system's. */
#ifndef SLT_TESTS_SIMULATE_SYSTEM_H
#define SLT_TESTS_SIMULATE_SYSTEM_H

#include <stdbool.h>

/* Makes the memory that all processes share. */
void system_begin(void);
/* Nobody has a lock, and nothing is open. */
void system_restart(bool has_syncfs);
/* The process has ended: its locks are free. */
void system_end_process(unsigned process);
/* Puts it behind the table, in the process that is to run with it. */
void system_enter(void);

#endif
