/* Which files a file may name.  Goldens, manifests and traces may come from strangers,
 * and the files that they name are read and quoted in messages; so they may name files
 * of their own tree only (sltrace/system.h). */
#ifndef SLT_BASE_TREE_H
#define SLT_BASE_TREE_H

#include <sltrace/system.h>

#include "base/buffer.h"

/* Appends folder/named, which is also what messages call the file, to *path.  An empty
 * or NULL folder is the working folder and adds no prefix.  SLT_FILE where `named` is
 * absolute or leads out of the folder's tree by ".." or by a symbolic link, whether or
 * not anything is there. */
slt_status slt_tree_name(const char *folder, const char *named, slt_buffer *path,
                         slt_error *err);

/* The same for a name in the file `namer`, relative to the folder that this lies in. */
slt_status slt_tree_name_beside(const char *namer, const char *named, slt_buffer *path,
                                slt_error *err);

/* The folder of slt_files_from, NULL where there is none. */
const char *slt_tree_data(void);

#endif
