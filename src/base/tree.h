/* Which files a file may name.  A golden, a manifest or a trace may be a stranger's, and
 * what it names is read and told of: it names files of its own tree only. */
#ifndef SLT_BASE_TREE_H
#define SLT_BASE_TREE_H

#include <sltrace/system.h>

#include "base/buffer.h"

/* Appends folder/named, by which messages call the file ("" or NULL: the working folder,
 * and no prefix).  SLT_FILE where `named` is absolute or leads out of the folder's tree,
 * by a link or by "..", whether anything is there or not. */
slt_status slt_tree_name(const char *folder, const char *named, slt_buffer *path,
                         slt_error *err);

/* The same, named by the file `namer`, from the folder that it lies in. */
slt_status slt_tree_name_beside(const char *namer, const char *named, slt_buffer *path,
                                slt_error *err);

#endif
