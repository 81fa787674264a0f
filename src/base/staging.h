/* Several files that appear together in a folder: they are written into a folder inside
 * it, which is removed with its content unless the set is finished. */
#ifndef SLT_BASE_STAGING_H
#define SLT_BASE_STAGING_H

#include <stdbool.h>

/* Whether the file is one of a set that is not finished. */
bool slt_staging_holds(const char *path);
/* Removes an unfinished set.  A signal handler may call it, through slt_files_abandon. */
void slt_staging_abandon(void);

#endif
