#include "forged_sample.h"

#include <unistd.h>

#include "stages.h"
#include "tree.h"

static void stage_folder(char path[160], const char *root, stage at)
{
    snprintf(path, 160, "%s/stage%d", root, (int)at);
}

void stage_begin(const worker *w, const char *root, stage at)
{
    char from[160];
    stage_folder(from, root, at);
    tree_remove(w->folder);
    tree_copy(from, w->folder);
}

static void keep_stage(const worker *w, const char *root, stage at)
{
    char to[160];
    stage_folder(to, root, at);
    tree_copy(w->folder, to);
}

static void within(char path[512], const worker *w, const char *name)
{
    snprintf(path, 512, "%s/%s", w->folder, name);
}

static void copy_within(const worker *w, const char *from, const char *to)
{
    char a[512], b[512];
    within(a, w, from);
    within(b, w, to);
    tree_copy(a, b);
}

static void copy_file_within(const worker *w, const char *from, const char *to)
{
    char a[512], b[512];
    within(a, w, from);
    within(b, w, to);
    tree_copy_file(a, b);
}

static void remove_within(const worker *w, const char *name)
{
    char path[512];
    within(path, w, name);
    tree_remove(path);
}

static void prepare(worker *w, const char *command)
{
    worker_run(w, command, &worker_no_fault, &w->got);
    if (outcome_exit(&w->got) != 0)
        tap_bail(w->got.err);
}

/* A run dies when it has written five eighths of what it writes. */
static void half_run(worker *w, const char *folder, const char *command)
{
    prepare(w, command);
    long writes = w->seen->calls[WORLD_write];
    remove_within(w, folder);
    worker_run(w, command, &(world_fault){WORLD_write, writes * 5 / 8, WORLD_DIES, 0},
               &w->got);
    if (outcome_exit(&w->got) != 0)
        tap_bail(w->got.err);
}

/* The trace of the small study's run as another machine could have made it, by a process
 * of its own, so that no command is begun in one that has computed. */
static void forge_trace(const worker *w)
{
    char from[512], to[512];
    slt_error err = {0};
    slt_buffer manifest = {0};
    within(from, w, "small.yaml");
    within(to, w, "forged/traces/000000.trace");
    pid_t child = fork();
    if (child == 0) {
        if (slt_start(NULL, &err) || slt_io_read(from, SIZE_MAX, &manifest, &err))
            tap_bail(err.text);
        slt_buffer bytes = forged_bytes(slt_buffer_text(&manifest), 0, 3, false);
        if (slt_io_replace(to, bytes.data, bytes.size, &err))
            tap_bail(err.text);
        _exit(0);
    }
    if (child < 0 || worker_await(child))
        tap_bail("cannot forge a trace");
}

static void record_all(worker *w)
{
    prepare(w, "record --from out --golden study.golden study.yaml");
    prepare(w, "run -j1 --out tiny small.yaml");
    prepare(w, "record --from tiny --golden small.golden small.yaml");
    prepare(w, "record --from tiny --golden signed.golden --sign plain.key small.yaml");
    prepare(w, "bundle --out bundled.tar signed.golden");
    prepare(w, "run -j1 --out trials trials.yaml");
    prepare(w, "record --from trials --golden trials.golden trials.yaml");
    prepare(w, "run -j1 --out flow flow.yaml");
    prepare(w, "record --from flow --golden flow.golden flow.yaml");
    prepare(w, "run -j1 --out shelf shelf.yaml");
    prepare(w, "run -j1 --out files files.yaml");
    copy_within(w, "tiny", "forged");
    forge_trace(w);
    prepare(w, "record --from forged --golden forged.golden small.yaml");
    prepare(w, "replay -j1 --steps here.steps tiny/traces/000000.trace");
    prepare(w, "run -j1 --out fixed fixed.yaml");
    copy_file_within(w, "fixed.yaml", "pages/fixed.yaml");
    prepare(w, "record --from fixed --golden pages/fixed.golden pages/fixed.yaml");
    copy_file_within(w, "study.yaml", "goldens/study.yaml");
    prepare(w, "record --from out --golden goldens/study.golden goldens/study.yaml");
    prepare(w, "verify --attest goldens/study.golden.verified --sign plain.key "
               "goldens/study.golden");
}

void stages_make(worker *w, const char *root)
{
    tree_copy(SLT_SOURCE_DIR "/tests/fault/inject/files", w->folder);
    keep_stage(w, root, WRITTEN);
    half_run(w, "out", "run -j1 --out out study.yaml");
    half_run(w, "trials", "run -j1 --out trials trials.yaml");
    keep_stage(w, root, HALF_RUN);
    remove_within(w, "trials");
    prepare(w, "run -j1 --out out study.yaml");
    copy_within(w, "out", "other");
    keep_stage(w, root, RUN);
    record_all(w);
    keep_stage(w, root, RECORDED);
}
