/* Files of one folder that appear together: written into a folder inside it, which goes
 * with whatever is in it where that does not come to its end. */
#ifndef SLT_BASE_STAGING_H
#define SLT_BASE_STAGING_H

/* From a signal handler, by way of slt_files_abandon. */
void slt_staging_abandon(void);

#endif
