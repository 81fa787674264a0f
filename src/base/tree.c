#include "base/tree.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/world.h"

static char root[PATH_MAX]; /* what --root says; "": the nearest .git decides */
static bool anywhere;
static char data[PATH_MAX]; /* what --data says; "": nothing */

/* The resolved path of a folder, which must exist. */
static slt_status resolve_folder(const char *folder, char path[PATH_MAX], slt_error *err)
{
    struct stat info;
    char whole[PATH_MAX];
    if (!slt_world.realpath(folder, whole) || slt_world.stat(whole, &info) != 0)
        return slt_fail(err, SLT_FILE, "%s: %s", folder, strerror(errno));
    if (!S_ISDIR(info.st_mode))
        return slt_fail(err, SLT_FILE, "%s: expected a folder", folder);
    memcpy(path, whole, PATH_MAX);
    return SLT_OK;
}

slt_status slt_files_within(const char *folder, slt_error *err)
{
    return resolve_folder(folder, root, err);
}

slt_status slt_files_from(const char *folder, slt_error *err)
{
    return resolve_folder(folder, data, err);
}

const char *slt_tree_data(void)
{
    return *data ? data : NULL;
}

void slt_files_anywhere(void)
{
    anywhere = true;
}

/* ---- The tree of a folder ---------------------------------------------------------- */

/* Whether path lies in tree; both must be free of links and dots. */
static bool holds(const char *tree, const char *path)
{
    size_t length = strlen(tree);
    if (strncmp(tree, path, length) != 0)
        return false;
    return tree[length - 1] == '/' || path[length] == 0 || path[length] == '/';
}

static slt_status tree_fail(slt_error *err, const char *path)
{
    return slt_fail(err, SLT_FILE, "%s: cannot tell which tree it belongs to: %s", path,
                    strerror(errno));
}

/* *top: whether a folder is the top of a git work tree: it has a .git, which is a folder
 * or, in further work trees and submodules, a file. */
static slt_status look_for_git(const char *folder, bool *top, slt_error *err)
{
    char path[PATH_MAX + 8];
    struct stat info;
    snprintf(path, sizeof path, "%s/.git", folder);
    *top = slt_world.lstat(path, &info) == 0;
    if (*top || errno == ENOENT || errno == ENOTDIR || errno == EACCES ||
        errno == ENAMETOOLONG)
        return SLT_OK;
    return tree_fail(err, folder);
}

/* Cuts off the last part of path; false at "/". */
static bool go_up(char *path)
{
    char *slash = strrchr(path, '/');
    if (!slash || !path[1])
        return false;
    slash[slash == path] = 0;
    return true;
}

static slt_status find_tree(const char *folder, char tree[PATH_MAX], slt_error *err)
{
    bool top;
    slt_status status;
    if (*root) {
        memcpy(tree, root, PATH_MAX);
        return SLT_OK;
    }
    snprintf(tree, PATH_MAX, "%s", folder);
    do {
        status = look_for_git(tree, &top, err);
    } while (!status && !top && go_up(tree));
    if (status || top)
        return status;
    bool here = slt_world.getcwd(tree, PATH_MAX) != NULL;
    if (!here && errno != ENOENT && errno != EACCES && errno != ERANGE)
        return tree_fail(err, folder);
    if (!here || !holds(tree, folder))
        snprintf(tree, PATH_MAX, "%s", folder);
    return SLT_OK;
}

/* ---- What it holds ----------------------------------------------------------------- */

/* Resolves a path; where nothing is there, or may not be looked at, the nearest existing
 * folder above it.  *found is false if that is too long or leads in a circle: the system
 * may be able to open files that no path of PATH_MAX bytes names. */
static slt_status find_place(const char *path, char place[PATH_MAX], bool *found,
                             slt_error *err)
{
    char above[PATH_MAX];
    int length = snprintf(above, sizeof above, "%s%s", *path == '/' ? "" : "./", path);
    *found = length >= 0 && length < (int)sizeof above;
    while (*found && !slt_world.realpath(above, place)) {
        if (errno == ENOENT || errno == ENOTDIR || errno == EACCES)
            *found = go_up(above);
        else if (errno == ENAMETOOLONG || errno == ELOOP)
            *found = false;
        else
            return tree_fail(err, path);
    }
    return SLT_OK;
}

static slt_status check_inside(const char *folder, const char *named, const char *path,
                               slt_error *err)
{
    static const char rule[] = "a golden, manifest or trace names files of its own tree "
                               "alone (--root DIR says which that is, --allow-outside "
                               "allows any file)";
    char whole[PATH_MAX], tree[PATH_MAX], place[PATH_MAX];
    if (*named == '/')
        return slt_fail(err, SLT_FILE, "%s: an absolute path, but %s", named, rule);
    if (!slt_world.realpath(folder && *folder ? folder : ".", whole))
        return slt_fail(err, SLT_FILE, "%s: %s", folder, strerror(errno));
    bool found;
    slt_status status = find_tree(whole, tree, err);
    if (!status)
        status = find_place(path, place, &found, err);
    if (status || (found && holds(tree, place)))
        return status;
    return slt_fail(err, SLT_FILE, "%s: leads out of %s, but %s", path, tree, rule);
}

slt_status slt_tree_name(const char *folder, const char *named, slt_buffer *path,
                         slt_error *err)
{
    size_t begin = path->size;
    bool alone = *named == '/' || !folder || !*folder;
    slt_buffer_printf(path, "%s%s%s", alone ? "" : folder,
                      alone || folder[strlen(folder) - 1] == '/' ? "" : "/", named);
    const char *text = slt_buffer_text(path);
    if (path->failed)
        return slt_fail(err, SLT_RESOURCE, "no memory for a path");
    return anywhere ? SLT_OK : check_inside(folder, named, text + begin, err);
}

slt_status slt_tree_name_beside(const char *namer, const char *named, slt_buffer *path,
                                slt_error *err)
{
    slt_buffer folder = {0};
    const char *slash = strrchr(namer, '/');
    if (slash)
        slt_buffer_append(&folder, namer, (size_t)(slash - namer) + 1);
    const char *text = slt_buffer_text(&folder);
    slt_status status = folder.failed
                            ? slt_fail(err, SLT_RESOURCE, "no memory for a path")
                            : slt_tree_name(text, named, path, err);
    slt_buffer_free(&folder);
    return status;
}
