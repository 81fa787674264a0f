#include "tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

static uint64_t hash_file(const char *path)
{
    uint8_t bytes[16384];
    uint64_t hash = 0xcbf29ce484222325;
    ssize_t got;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while ((got = read(fd, bytes, sizeof bytes)) > 0)
        for (ssize_t i = 0; i < got; i++)
            hash = (hash ^ bytes[i]) * 0x100000001b3;
    close(fd);
    return hash;
}

/* Every file below a folder: what(context, its path, the part of it below the top); then
 * the folder it lies in, without such a part. */
static void walk(const char *folder, size_t top, void *context,
                 void (*what)(void *context, const char *path, const char *below))
{
    DIR *all = opendir(folder);
    char path[512];
    for (struct dirent *entry; all && (entry = readdir(all));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_type == DT_DIR) {
            walk(path, top, context, what);
            what(context, path, NULL);
        } else {
            what(context, path, path + top);
        }
    }
    if (all)
        closedir(all);
}

static void remove_one(void *context, const char *path, const char *below)
{
    (void)context;
    if (below)
        unlink(path);
    else
        rmdir(path);
}

void tree_remove(const char *folder)
{
    walk(folder, 0, NULL, remove_one);
    rmdir(folder);
}

static void make_parents(char *path)
{
    for (char *at = path + 1; (at = strchr(at, '/')); at++) {
        *at = 0;
        mkdir(path, 0777);
        *at = '/';
    }
}

void tree_copy_file(const char *from, const char *to)
{
    uint8_t bytes[16384];
    char path[512];
    ssize_t got;
    snprintf(path, sizeof path, "%s", to);
    int in = open(from, O_RDONLY | O_CLOEXEC);
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (out < 0) {
        make_parents(path);
        out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    }
    while ((got = read(in, bytes, sizeof bytes)) > 0)
        if (write(out, bytes, (size_t)got) != got)
            tap_bail("cannot copy");
    close(in);
    close(out);
}

static void copy_one(void *context, const char *path, const char *below)
{
    char to[512];
    snprintf(to, sizeof to, "%s%s", (const char *)context, below ? below : "");
    if (below)
        tree_copy_file(path, to);
}

void tree_copy(const char *from, const char *to)
{
    char path[512];
    snprintf(path, sizeof path, "%s", to);
    mkdir(path, 0777);
    walk(from, strlen(from), path, copy_one);
}

static bool is_result(const char *path)
{
    return !strstr(path, "/provenance/") && !strstr(path, "/lock");
}

static void list_one(void *context, const char *path, const char *below)
{
    tree *t = context;
    if (!below || !is_result(below))
        return;
    if (t->count == TREE_FILES_MAX)
        tap_bail("too many files");
    snprintf(t->files[t->count].path, sizeof t->files[0].path, "%s", below);
    t->files[t->count++].hash = hash_file(path);
}

void tree_list(const char *folder, tree *t)
{
    t->count = 0;
    walk(folder, strlen(folder), t, list_one);
}

const uint64_t *tree_find(const tree *t, const char *path)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->files[i].path, path) == 0)
            return &t->files[i].hash;
    return NULL;
}

const char *tree_first_lost(const tree *t, const tree *in)
{
    for (size_t i = 0; i < t->count; i++) {
        const uint64_t *other = tree_find(in, t->files[i].path);
        if (!other || *other != t->files[i].hash)
            return t->files[i].path;
    }
    return NULL;
}
