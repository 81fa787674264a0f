#include "simulate/disk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "simulate/draw.h"
#include "tap.h"

enum { ARENA_BYTES = 1 << 28, NODES_MAX = 8192, WALK_MAX = 1024 };

/* A change of names that is not synced: removes `gone` (if it is still `node`'s) and then
 * sets `set`, either of which may be missing. */
typedef struct change {
    struct change *next;
    const struct change *after; /* not kept without that one */
    disk_node *node;
    disk_node *from, *to; /* NULL: nothing is removed, nothing set */
    char gone[DISK_NAME_MAX], set[DISK_NAME_MAX];
    bool kept;
} change;

struct disk_mark {
    size_t used;
    uint8_t *image;
};

/* At the start of the arena. */
typedef struct disk {
    size_t used;
    unsigned nodes;
    disk_node *root;
    change *changes, *last;
    disk_node *all[]; /* one for each number */
} disk;

static disk *d;

/* ---- Memory ------------------------------------------------------------------------ */

void *disk_memory(size_t size)
{
    size_t at = d->used;
    size = (size + 15) & ~(size_t)15;
    if (size > ARENA_BYTES - at)
        tap_bail("the simulated disk is full");
    d->used += size;
    return memset((uint8_t *)d + at, 0, size);
}

static disk_node *new_node(bool folder, mode_t mode)
{
    disk_node *node = disk_memory(sizeof *node);
    if (d->nodes == NODES_MAX)
        tap_bail("too many files on the simulated disk");
    *node = (disk_node){
        .folder = folder, .number = d->nodes, .mode = mode, .sure_mode = mode};
    d->all[d->nodes++] = node;
    return node;
}

void disk_begin(void)
{
    d = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (d == MAP_FAILED)
        tap_bail("no memory for a disk");
    d->used = sizeof *d + NODES_MAX * sizeof d->all[0];
    d->root = new_node(true, 0777);
    d->root->above = d->root;
}

void disk_separate(void)
{
    if (mmap(d, ARENA_BYTES, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) != d)
        tap_bail("no memory for a disk");
}

disk_mark *disk_keep(void)
{
    disk_sync_all();
    disk_mark *mark = malloc(sizeof *mark);
    uint8_t *image = malloc(d->used);
    if (!mark || !image)
        tap_bail("no memory for a disk");
    *mark = (disk_mark){.used = d->used, .image = memcpy(image, d, d->used)};
    return mark;
}

void disk_set_back(const disk_mark *to)
{
    memcpy(d, to->image, to->used);
}

/* ---- Names ------------------------------------------------------------------------- */

bool disk_has(const char *path)
{
    size_t length = sizeof DISK_ROOT - 1;
    return *path != '/' || (strncmp(path, DISK_ROOT, length) == 0 &&
                            (!path[length] || path[length] == '/'));
}

static disk_entry **place_of(disk_entry **list, const char *name)
{
    while (*list && strcmp((*list)->name, name) != 0)
        list = &(*list)->next;
    return list;
}

disk_node *disk_look(const disk_node *folder, const char *name)
{
    for (const disk_entry *e = folder->names; e; e = e->next)
        if (strcmp(e->name, name) == 0)
            return e->node;
    return NULL;
}

/* One name on from a folder. */
static disk_node *step(disk_node *at, const char *name)
{
    if (!at->folder)
        return errno = ENOTDIR, NULL;
    if (!*name || strcmp(name, ".") == 0)
        return at;
    if (strcmp(name, "..") == 0)
        return at->above;
    disk_node *next = disk_look(at, name);
    if (!next)
        errno = ENOENT;
    return next;
}

/* The length of the first name of a path, without slashes before and behind it. */
static const char *next_name(const char **path, size_t *length)
{
    const char *name = *path + strspn(*path, "/");
    *length = strcspn(name, "/");
    *path = name + *length;
    *path += strspn(*path, "/");
    return name;
}

disk_node *disk_folder_of(const char *path, char name[DISK_NAME_MAX])
{
    disk_node *at = d->root;
    if (*path == '/')
        path += sizeof DISK_ROOT - 1;
    for (;;) {
        size_t length;
        const char *part = next_name(&path, &length);
        if (length >= DISK_NAME_MAX)
            return errno = ENAMETOOLONG, NULL;
        snprintf(name, DISK_NAME_MAX, "%.*s", (int)length, part);
        if (!*path)
            return at->folder ? at : (errno = ENOTDIR, NULL);
        if (!(at = step(at, name)))
            return NULL;
    }
}

disk_node *disk_find(const char *path)
{
    char name[DISK_NAME_MAX];
    if (!*path)
        return errno = ENOENT, NULL;
    disk_node *folder = disk_folder_of(path, name);
    return folder ? step(folder, name) : NULL;
}

void disk_path_of(const disk_node *folder, char path[DISK_PATH_MAX])
{
    char below[DISK_PATH_MAX] = "", longer[DISK_PATH_MAX];
    for (; folder != folder->above; folder = folder->above)
        for (const disk_entry *e = folder->above->names; e; e = e->next)
            if (e->node == folder) {
                snprintf(longer, sizeof longer, "/%s%.300s", e->name, below);
                memcpy(below, longer, sizeof below);
            }
    snprintf(path, DISK_PATH_MAX, DISK_ROOT "%.500s", below);
}

/* ---- Changes of names -------------------------------------------------------------- */

static void put_entry(disk_entry **list, const char *name, disk_node *node)
{
    disk_entry **place = place_of(list, name);
    if (!*place) {
        *place = disk_memory(sizeof **place);
        snprintf((*place)->name, sizeof(*place)->name, "%s", name);
    }
    (*place)->node = node;
}

static void drop_entry(disk_entry **list, const char *name, const disk_node *node)
{
    disk_entry **place = place_of(list, name);
    if (*place && (*place)->node == node)
        *place = (*place)->next;
}

static change *note(disk_node *node, disk_node *from, const char *gone, disk_node *to,
                    const char *set)
{
    change *c = disk_memory(sizeof *c);
    *c = (change){.node = node, .from = from, .to = to};
    snprintf(c->gone, sizeof c->gone, "%s", gone);
    snprintf(c->set, sizeof c->set, "%s", set);
    *(d->last ? &d->last->next : &d->changes) = c;
    d->last = c;
    if (from)
        drop_entry(&from->names, gone, node);
    if (to)
        put_entry(&to->names, set, node);
    if (to && node->folder)
        node->above = to;
    return c;
}

disk_node *disk_make(disk_node *folder, const char *name, bool is_folder, mode_t mode)
{
    disk_node *node = new_node(is_folder, mode);
    note(node, NULL, "", folder, name);
    return node;
}

void disk_link(disk_node *folder, const char *name, disk_node *node)
{
    note(node, NULL, "", folder, name);
}

void disk_remove(disk_node *folder, const char *name)
{
    note(disk_look(folder, name), folder, name, NULL, "");
}

void disk_rename(disk_node *from, const char *name, disk_node *to, const char *as)
{
    disk_node *node = disk_look(from, name);
    if (from == to) {
        note(node, from, name, to, as);
        return;
    }
    const change *set = note(node, NULL, "", to, as);
    note(node, from, name, NULL, "")->after = set;
}

static void carry_out(change *c)
{
    if (c->from)
        drop_entry(&c->from->found, c->gone, c->node);
    if (c->to)
        put_entry(&c->to->found, c->set, c->node);
    c->kept = true;
}

/* ---- Bytes ------------------------------------------------------------------------- */

static void make_room(disk_bytes *bytes, size_t size)
{
    if (size <= bytes->room)
        return;
    size_t room = bytes->room ? 2 * bytes->room : 1024;
    room = room < size ? size : room;
    uint8_t *data = disk_memory(room);
    memcpy(data, bytes->data ? bytes->data : (const uint8_t *)"", bytes->size);
    bytes->data = data;
    bytes->room = room;
}

static void write_bytes(disk_bytes *bytes, size_t at, const uint8_t *from, size_t size)
{
    make_room(bytes, at + size);
    if (at > bytes->size)
        memset(bytes->data + bytes->size, 0, at - bytes->size);
    memcpy(bytes->data + at, from, size);
    bytes->size = at + size > bytes->size ? at + size : bytes->size;
}

static void set_size(disk_bytes *bytes, size_t size)
{
    make_room(bytes, size);
    if (size > bytes->size)
        memset(bytes->data + bytes->size, 0, size - bytes->size);
    bytes->size = size;
}

static void note_write(disk_node *file, size_t at, const void *bytes, size_t size)
{
    disk_write *w = disk_memory(sizeof *w);
    *w = (disk_write){.at = at, .size = size};
    if (bytes)
        w->data = memcpy(disk_memory(size), bytes, size);
    *(file->last ? &file->last->next : &file->first) = w;
    file->last = w;
}

void disk_put(disk_node *file, size_t at, const void *bytes, size_t size)
{
    if (!size)
        return;
    note_write(file, at, bytes, size);
    write_bytes(&file->bytes, at, bytes, size);
}

void disk_cut_off(disk_node *file, size_t size)
{
    note_write(file, 0, NULL, size);
    set_size(&file->bytes, size);
}

/* ---- What is sure ------------------------------------------------------------------ */

static void copy_bytes(disk_bytes *to, const disk_bytes *from)
{
    to->size = 0;
    if (from->size)
        write_bytes(to, 0, from->data, from->size);
}

static void forget_changes(void)
{
    change **place = &d->changes;
    d->last = NULL;
    while (*place)
        if ((*place)->kept) {
            *place = (*place)->next;
        } else {
            d->last = *place;
            place = &(*place)->next;
        }
}

static void sync_names(const disk_node *folder)
{
    for (change *c = d->changes; c; c = c->next)
        if (!folder || c->from == folder || c->to == folder) {
            if (c->after && !c->after->kept)
                carry_out((change *)(uintptr_t)c->after);
            carry_out(c);
        }
    forget_changes();
}

static void sync_bytes(disk_node *file)
{
    if (file->first)
        copy_bytes(&file->sure, &file->bytes);
    file->first = file->last = NULL;
    file->sure_mode = file->mode;
}

void disk_sync(disk_node *node)
{
    if (node->folder)
        sync_names(node);
    else
        sync_bytes(node);
}

void disk_sync_all(void)
{
    for (unsigned i = 0; i < d->nodes; i++)
        if (!d->all[i]->folder)
            sync_bytes(d->all[i]);
    sync_names(NULL);
}

/* ---- A power cut ------------------------------------------------------------------- */

typedef struct cut {
    disk_loss loss;
    uint64_t *state;
    void (*tell)(const char *text);
} cut;

static void cut_tell(const cut *c, const char *what, const char *name, size_t size)
{
    char text[2 * DISK_NAME_MAX];
    snprintf(text, sizeof text, "%s %.*s %zu", what, DISK_NAME_MAX, name, size);
    c->tell(text);
}

static void cut_names(const cut *c)
{
    static const unsigned chances[] = {0, 250, 500, 750, 1000};
    unsigned chance = chances[draw_below(c->state, 5)];
    for (change *one = d->changes; one; one = one->next) {
        bool keep = c->loss == DISK_LOSES_BYTES ||
                    (c->loss == DISK_LOSES_SOME && draw_chance(c->state, chance));
        if (one->after && !one->after->kept)
            keep = false;
        if (keep)
            carry_out(one);
        else
            cut_tell(c, one->to ? "lost: the name" : "lost: the end of the name",
                     one->to ? one->set : one->gone, one->node->number);
    }
    d->changes = d->last = NULL;
}

/* A sector that is not kept: as it was, or, behind the end, zeros or anything, where the
 * disk has counted what it has not written. */
static void lose_sector(const cut *c, disk_node *file, size_t at, size_t size)
{
    uint8_t bytes[DISK_SECTOR] = {0};
    unsigned how = (unsigned)draw_below(c->state, 3);
    if (!how || at < file->sure.size)
        return;
    for (size_t i = 0; i < size && how == 2; i++)
        bytes[i] = (uint8_t)draw(c->state);
    write_bytes(&file->sure, at, bytes, size);
}

static void keep_sectors(const cut *c, disk_node *file, const disk_write *w)
{
    for (size_t done = 0, size; done < w->size; done += size) {
        size_t at = w->at + done;
        size = DISK_SECTOR - at % DISK_SECTOR;
        size = size < w->size - done ? size : w->size - done;
        if (draw_chance(c->state, 500))
            write_bytes(&file->sure, at, w->data + done, size);
        else
            lose_sector(c, file, at, size);
    }
}

static void keep_write(const cut *c, disk_node *file, const disk_write *w, unsigned how)
{
    if (!w->data) {
        if (how != 3 || draw_chance(c->state, 500))
            set_size(&file->sure, w->size);
    } else if (how == 1) {
        write_bytes(&file->sure, w->at, w->data, w->size);
    } else if (how == 2) {
        size_t part = draw_below(c->state, w->size + 1);
        write_bytes(&file->sure, w->at, w->data, part);
    } else {
        keep_sectors(c, file, w);
    }
}

/* how: 0 nothing is kept, 1 all, 2 the first writes and a part of the next, 3 some. */
static void cut_bytes(const cut *c, disk_node *file, const char *name)
{
    if (!file->first && file->mode == file->sure_mode)
        return;
    unsigned how = c->loss == DISK_LOSES_SOME ? (unsigned)draw_below(c->state, 4) : 0;
    size_t count = 0, whole, i = 0;
    for (const disk_write *w = file->first; w; w = w->next)
        count++;
    whole = how == 2 ? draw_below(c->state, count) : count;
    for (const disk_write *w = how ? file->first : NULL; w && i <= whole; w = w->next)
        keep_write(c, file, w, how == 2 && i++ < whole ? 1 : how);
    if (how != 1)
        cut_tell(c, "lost: bytes of", name, count);
    if (how)
        file->sure_mode = file->mode;
    file->first = file->last = NULL;
}

/* Goes through what is found, and makes that what is there. */
static void restart(const cut *c, disk_node *folder)
{
    folder->names = NULL;
    for (const disk_entry *e = folder->found; e; e = e->next) {
        disk_node *node = e->node;
        put_entry(&folder->names, e->name, node);
        if (node->folder) {
            node->above = folder;
            restart(c, node);
            continue;
        }
        cut_bytes(c, node, e->name);
        copy_bytes(&node->bytes, &node->sure);
        node->mode = node->sure_mode;
    }
}

void disk_power_cut(disk_loss loss, uint64_t *state, void (*tell)(const char *text))
{
    const cut c = {loss, state, tell};
    cut_names(&c);
    restart(&c, d->root);
}

/* ---- All files --------------------------------------------------------------------- */

typedef struct visit {
    char path[DISK_PATH_MAX];
    disk_node *file;
} visit;

static visit *visits;
static size_t visit_count;

static void gather(const disk_node *folder, const char *path)
{
    for (const disk_entry *e = folder->names; e; e = e->next) {
        char below[DISK_PATH_MAX];
        snprintf(below, sizeof below, "%.*s%s%s", DISK_PATH_MAX - DISK_NAME_MAX - 2, path,
                 *path ? "/" : "", e->name);
        if (e->node->folder) {
            gather(e->node, below);
            continue;
        }
        if (visit_count == WALK_MAX)
            tap_bail("too many files on the simulated disk");
        memcpy(visits[visit_count].path, below, sizeof below);
        visits[visit_count++].file = e->node;
    }
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const visit *)a)->path, ((const visit *)b)->path);
}

void disk_walk(void *context,
               void (*what)(void *context, const char *path, disk_node *file))
{
    if (!visits && !(visits = malloc(WALK_MAX * sizeof *visits)))
        tap_bail("no memory");
    visit_count = 0;
    gather(d->root, "");
    qsort(visits, visit_count, sizeof *visits, by_path);
    for (size_t i = 0; i < visit_count; i++)
        what(context, visits[i].path, visits[i].file);
}
