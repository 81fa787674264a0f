/* Folders that are there to stay.  A name is sure to survive a power cut once its folder
 * is synced. */
#ifndef SLT_BASE_FOLDER_H
#define SLT_BASE_FOLDER_H

#include <sltrace/status.h>

/* Makes the folder and the folders above it, and syncs their names. */
slt_status slt_folder_make(const char *path, slt_error *err);
/* The same in a folder that is there. */
slt_status slt_folder_make_one(const char *path, slt_error *err);
/* Syncs the names in the folder.  One that may not be read cannot be synced, which is no
 * error; nor is a file system that knows no such thing. */
slt_status slt_folder_sync(const char *path, slt_error *err);
/* The same for the folder that the file or folder at `path` is in. */
slt_status slt_folder_sync_above(const char *path, slt_error *err);

#endif
