/* Which files a file may name: those of its tree, whatever leads out of it. */
#include "tap.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/io.h"
#include "base/tree.h"

static char top[] = "/tmp/sltrace-tree-XXXXXX";

/* TOP/NAME, with a part of it in each call; the last two stay valid. */
static const char *at(const char *name)
{
    static char paths[2][256];
    static int which;
    which = !which;
    snprintf(paths[which], sizeof paths[which], "%s/%s", top, name);
    return paths[which];
}

static void folder(const char *name)
{
    if (mkdir(at(name), 0755))
        tap_bail(name);
}

static void file(const char *name)
{
    if (slt_io_replace(at(name), name, strlen(name), NULL))
        tap_bail(name);
}

static void link_to(const char *target, const char *name)
{
    if (symlink(target, at(name)))
        tap_bail(name);
}

static void names(const char *where, const char *named, const char *path)
{
    slt_buffer found = {0};
    slt_error err = {0};
    slt_status status = slt_tree_name(*where ? at(where) : "", named, &found, &err);
    if (!TAP_OK(!status && strcmp(slt_buffer_text(&found), path) == 0,
                "%s may name %s", *where ? where : "the working folder", named))
        tap_note("found %s, %s", slt_buffer_text(&found), err.text);
    slt_buffer_free(&found);
}

static void refuses(const char *where, const char *named, const char *words)
{
    slt_buffer found = {0};
    slt_error err = {0};
    slt_status status = slt_tree_name(*where ? at(where) : "", named, &found, &err);
    if (!TAP_OK(status == SLT_FILE && strstr(err.text, words) &&
                    strstr(err.text, "--root DIR") && strstr(err.text, "--allow-outside"),
                "%s may not name %s", *where ? where : "the working folder", named))
        tap_note("status %d, %s", (int)status, err.text);
    slt_buffer_free(&found);
}

static void make(void)
{
    static const char *const folders[] = {
        "repo",     "repo/.git",  "repo/golden",  "repo/manifests", "tree",
        "tree/sub", "tree/other", "tree/sub/low", "repo2"};
    static const char *const files[] = {"secret",         "repo/manifests/x.yaml",
                                        "tree/other/x",   "tree/sub/x",
                                        "repo-secret",    "tree/sub/low/.git",
                                        "tree/sub/low/y", "tree/top"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        folder(folders[i]);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        file(files[i]);
    link_to("../../secret", "repo/golden/out");
    link_to("../manifests/x.yaml", "repo/golden/in");
    link_to("../..", "repo/golden/up");
    link_to("nowhere", "repo/golden/dangling");
    link_to("loop", "repo/golden/loop");
    link_to("repo", "alias");
}

/* The nearest folder above with a .git, which is a file in a further work tree. */
static void test_work_tree(void)
{
    char path[300];
    snprintf(path, sizeof path, "%s/repo/golden/../manifests/x.yaml", top);
    names("repo/golden", "../manifests/x.yaml", path);
    snprintf(path, sizeof path, "%s/alias/golden/in", top);
    names("alias/golden", "in", path);
    snprintf(path, sizeof path, "%s/repo/golden/missing/deep", top);
    names("repo/golden", "missing/deep", path);
    snprintf(path, sizeof path, "%s/repo/golden/dangling", top);
    names("repo/golden", "dangling", path);
    refuses("repo/golden", "../../secret", "leads out of");
    refuses("repo/golden", "../../repo-secret", "leads out of");
    refuses("repo/golden", "../../nothing", "leads out of");
    refuses("repo/golden", "../../../../../../etc/passwd", "leads out of");
    refuses("repo/golden", "out", "leads out of");
    refuses("repo/golden", "up/secret", "leads out of");
    refuses("repo/golden", "up/nothing", "leads out of");
    refuses("alias/golden", "../../secret", "leads out of");
    refuses("repo/golden", "/etc/passwd", "an absolute path");
    refuses("repo/golden", at("repo/manifests/x.yaml"), "an absolute path");
    snprintf(path, sizeof path, "%s/tree/sub/low/y", top);
    names("tree/sub/low", "y", path);
    refuses("tree/sub/low", "../x", "tree/sub/low, but");
}

/* In FOLDER a folder by a path of 3000 bytes, and a link to it. */
static bool link_deep(const char *folder, const char *link)
{
    slt_buffer path = {0};
    bool made = chdir(folder) == 0;
    for (int i = 0; i < 12 && made; i++) {
        slt_buffer_printf(&path, "%s%0249d", i ? "/" : "", 0);
        made = mkdir(slt_buffer_text(&path), 0755) == 0;
    }
    made = made && symlink(slt_buffer_text(&path), link) == 0;
    slt_buffer_free(&path);
    return made;
}

/* The system opens by links what lies too deep for a path: a link there leads anywhere.
 */
static void test_too_deep(void)
{
    bool made = link_deep(at("repo/golden"), "deep") && link_deep("deep", "deeper");
    made = made && chdir("deeper") == 0 && symlink(at("secret"), "out") == 0;
    int fd = open(at("repo/golden/deep/deeper/out"), O_RDONLY);
    TAP_OK(made && fd >= 0, "a file out of the tree, by a folder too deep for a path");
    close(fd);
    refuses("repo/golden", "deep/deeper/out", "leads out of");
    refuses("repo/golden", "loop", "leads out of");
}

/* Without one: the working folder where it lies above, else the file's own folder. */
static void test_working_folder(void)
{
    char path[300];
    if (chdir(at("repo2")))
        tap_bail("chdir");
    snprintf(path, sizeof path, "%s/tree/sub/x", top);
    names("tree/sub", "x", path);
    refuses("tree/sub", "../other/x", "tree/sub, but");
    if (chdir(at("tree")))
        tap_bail("chdir");
    snprintf(path, sizeof path, "%s/tree/sub/../other/x", top);
    names("tree/sub", "../other/x", path);
    refuses("tree/sub", "../../secret", "tree, but");
    names("", "other/x", "other/x");
    refuses("", "../secret", "tree, but");
    if (chdir(at("tree/sub")))
        tap_bail("chdir");
    refuses("tree", "../secret", "tree, but");
}

static void test_beside(void)
{
    slt_buffer path = {0};
    slt_error err = {0};
    if (chdir(at("tree")))
        tap_bail("chdir");
    TAP_OK(!slt_tree_name_beside("top", "sub/x", &path, &err), "beside a bare name");
    TAP_EQ_TEXT(slt_buffer_text(&path), "sub/x", "without a folder before it");
    slt_buffer_clear(&path);
    TAP_OK(!slt_tree_name_beside("sub/g", "../other/x", &path, &err), "beside a path");
    TAP_EQ_TEXT(slt_buffer_text(&path), "sub/../other/x", "from its folder");
    slt_buffer_free(&path);
}

static void test_kinds(void)
{
    slt_error err;
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    snprintf(name.sun_path, sizeof name.sun_path, "%s/socket", top);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    bool bound = bind(fd, (struct sockaddr *)&name, sizeof name) == 0;
    mkfifo(at("fifo"), 0600);
    const char *const odd[] = {"/dev/zero", "/proc/self/environ", "/proc/cpuinfo",
                               "/sys/kernel/mm/transparent_hugepage/enabled", top};
    slt_buffer bytes = {0};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        TAP_OK(access(odd[i], R_OK) ||
                   (slt_io_read(odd[i], 4096, &bytes, &err) == SLT_FILE && !bytes.size),
               "no ordinary file: %s", odd[i]);
    TAP_OK(slt_io_read(at("fifo"), 4096, &bytes, &err) == SLT_FILE, "%s", err.text);
    TAP_OK(!bound || slt_io_read(at("socket"), 9, &bytes, &err) == SLT_FILE, "%s",
           err.text);
    slt_buffer_free(&bytes);
    close(fd);
}

/* Last: these hold for the process. */
static void test_asked(void)
{
    char path[300];
    slt_error err = {0};
    TAP_OK(slt_files_within(at("nowhere"), &err) == SLT_FILE, "%s", err.text);
    TAP_OK(slt_files_within(at("secret"), &err) == SLT_FILE, "%s", err.text);
    TAP_OK(slt_files_within(at("alias"), &err) == SLT_OK, "a link to a folder");
    refuses("tree/sub", "x", "repo, but");
    snprintf(path, sizeof path, "%s/tree/sub/../../repo/golden/in", top);
    names("tree/sub", "../../repo/golden/in", path);
    slt_files_anywhere();
    names("tree/sub", "/etc/passwd", "/etc/passwd");
    snprintf(path, sizeof path, "%s/repo/golden/out", top);
    names("repo/golden", "out", path);
}

int main(void)
{
    char command[64];
    if (!mkdtemp(top))
        tap_bail("no temporary folder");
    make();
    test_work_tree();
    test_too_deep();
    test_working_folder();
    test_beside();
    test_kinds();
    test_asked();
    snprintf(command, sizeof command, "rm -r %s", top);
    TAP_OK(chdir("/") == 0 && system(command) == 0, "nothing is left");
    return tap_done();
}
