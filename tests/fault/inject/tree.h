/* Folders: copied, removed, and what their files hold. */
#ifndef SLT_TESTS_INJECT_TREE_H
#define SLT_TESTS_INJECT_TREE_H

#include <stddef.h>
#include <stdint.h>

enum { TREE_FILES_MAX = 512 };

typedef struct tree {
    size_t count;
    struct tree_file {
        char path[200]; /* below the folder */
        uint64_t hash;
    } files[TREE_FILES_MAX];
} tree;

void tree_remove(const char *folder);
/* Makes the folder `to`, if need be. */
void tree_copy(const char *from, const char *to);
void tree_copy_file(const char *from, const char *to);

/* What commands leave behind: all files but provenance, which tells the time, and locks,
 * which are empty. */
void tree_list(const char *folder, tree *t);
/* The hash of a file; NULL: there is none of this path. */
const uint64_t *tree_find(const tree *t, const char *path);
/* The first file of one tree that the other lacks or has with other bytes, or NULL. */
const char *tree_first_lost(const tree *t, const tree *in);

#endif
