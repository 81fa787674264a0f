/* A disk in memory that forked processes share: files and folders as programs see them
 * now, and as they would be found after a power cut.
 *
 * Until something is synced it is a change that the disk may do or leave: the model is
 * POSIX's, which is harsher than any file system here.
 *
 *   names   a name that was made, renamed or removed is sure once its folder is synced.
 *           Of those that are not, any are kept, the later ones without the earlier too.
 *           A rename inside a folder is kept whole or not at all; from one folder into
 *           another the new name may be kept without the loss of the old one.
 *   bytes   are sure once their file is synced.  Of writes that are not, any are kept,
 *           each whole, in part, or some of its sectors; where bytes behind them are
 *           kept, those that are not are zeros or anything.
 *
 * What was synced and not written over since is always there.  All memory is of one
 * arena at one address, and whoever calls has the disk for himself (schedule.h). */
#ifndef SLT_TESTS_SIMULATE_DISK_H
#define SLT_TESTS_SIMULATE_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#define DISK_ROOT "/disk" /* where programs see it; also their current folder */

enum { DISK_NAME_MAX = 120, DISK_PATH_MAX = 512, DISK_SECTOR = 512 };

typedef struct disk_node disk_node;

typedef struct disk_entry {
    struct disk_entry *next;
    disk_node *node;
    char name[DISK_NAME_MAX];
} disk_entry;

typedef struct disk_bytes {
    uint8_t *data;
    size_t size, room;
} disk_bytes;

/* A write that is not synced: of `size` bytes, or, without data, a cut to that size. */
typedef struct disk_write {
    struct disk_write *next;
    size_t at, size;
    const uint8_t *data;
} disk_write;

struct disk_node {
    bool folder;
    unsigned number;
    disk_node *above;          /* of a folder */
    disk_entry *names, *found; /* of a folder: now, and after a cut */
    mode_t mode, sure_mode;
    disk_bytes bytes, sure;
    disk_write *first, *last; /* since the last sync */
};

/* Memory that all processes share, for as long as the disk is not set back. */
void *disk_memory(size_t size);
/* Maps the arena and makes an empty disk. */
void disk_begin(void);
/* Gives the process, and those it forks from now on, a disk of their own. */
void disk_separate(void);
/* Remembers the disk as it is, all of it synced; and sets it back to what was remembered.
 * What was remembered later is forgotten. */
typedef struct disk_mark disk_mark;
disk_mark *disk_keep(void);
void disk_set_back(const disk_mark *to);

/* ---- Names ------------------------------------------------------------------------- */

/* Whether a path is one of the disk: below DISK_ROOT, or relative. */
bool disk_has(const char *path);
/* What a path leads to; NULL and errno where there is nothing. */
disk_node *disk_find(const char *path);
/* The folder that a path's last name is or would be in, and the name. */
disk_node *disk_folder_of(const char *path, char name[DISK_NAME_MAX]);
disk_node *disk_look(const disk_node *folder, const char *name);
/* The path of a folder, from DISK_ROOT on. */
void disk_path_of(const disk_node *folder, char path[DISK_PATH_MAX]);

/* Each is a change until it is synced; the caller has looked whether it may be done. */
disk_node *disk_make(disk_node *folder, const char *name, bool is_folder, mode_t mode);
void disk_link(disk_node *folder, const char *name, disk_node *node);
void disk_remove(disk_node *folder, const char *name);
void disk_rename(disk_node *from, const char *name, disk_node *to, const char *as);

/* ---- Bytes ------------------------------------------------------------------------- */

void disk_put(disk_node *file, size_t at, const void *bytes, size_t size);
void disk_cut_off(disk_node *file, size_t size);

/* ---- What is sure ------------------------------------------------------------------ */

/* A file's bytes, or a folder's names. */
void disk_sync(disk_node *node);
void disk_sync_all(void);

typedef enum disk_loss {
    DISK_LOSES_SOME, /* by the draws */
    DISK_LOSES_ALL,  /* whatever is not synced */
    DISK_LOSES_BYTES /* all bytes that are not synced, and no name */
} disk_loss;
/* The power goes.  What is lost follows from *state; each loss is told. */
void disk_power_cut(disk_loss loss, uint64_t *state, void (*tell)(const char *text));

/* Calls what(context, path below the root, file) for every file, in order of path. */
void disk_walk(void *context,
               void (*what)(void *context, const char *path, disk_node *file));

#endif
