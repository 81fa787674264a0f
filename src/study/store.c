#include "study/store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "record/digest.h"

slt_status slt_store_default(const slt_manifest *manifest, char out[SLT_FILE_PATH_MAX],
                             slt_error *err)
{
    return slt_path_print(out, err, "sltrace-out/%s", slt_manifest_name(manifest));
}

slt_status slt_store_trace_path(const char *out, size_t run, char path[SLT_FILE_PATH_MAX],
                                slt_error *err)
{
    return slt_path_print(path, err, "%s/traces/%06zu.trace", out, run);
}

/* ---- Whose folder it is ------------------------------------------------------------ */

static void experiment_text(slt_manifest *manifest, slt_buffer *text)
{
    slt_buffer all = {0};
    char root[SLT_DIGEST_TEXT_MAX];
    size_t runs = slt_manifest_runs(manifest);
    for (size_t run = 0; run < runs; run++) {
        slt_digest digest = slt_manifest_experiment(manifest, run);
        slt_buffer_append(&all, digest.bytes, sizeof digest.bytes);
    }
    slt_digest_text(slt_digest_of(all.data, all.size), root);
    slt_buffer_printf(text, "sltrace-study 1\nname %s\nruns %zu\nroot %s\n",
                      slt_manifest_name(manifest), runs, root);
    text->failed |= all.failed;
    slt_buffer_free(&all);
}

/* The text after "name " in the folder's experiment file. */
static bool named(const slt_buffer *text, const char *name, char found[256])
{
    const char *at = text->size ? strstr((const char *)text->data, "name ") : NULL;
    size_t size = at ? strcspn(at + 5, "\n") : 0;
    snprintf(found, 256, "%.*s", size < 255 ? (int)size : 255, at ? at + 5 : "");
    return strcmp(found, name) == 0;
}

slt_status slt_store_refuse_other(slt_manifest *manifest, size_t run, const char *path,
                                  const slt_trace *trace, slt_error *err)
{
    char field[256], ours[256], theirs[256];
    size_t size;
    int line;
    const uint8_t *canonical = slt_trace_run(trace, &size);
    if (!slt_manifest_difference(manifest, run, canonical, size, field, sizeof field,
                                 ours, sizeof ours, theirs, sizeof theirs, &line))
        return SLT_OK;
    return slt_fail(err, SLT_FORMAT,
                    "%s: another experiment: %s is %s there, expected %s (%s:%d)", path,
                    field, theirs, ours, slt_manifest_path(manifest), line);
}

/* Of a manifest with the folder's name but other runs: refused where a finished run is
 * not the manifest's, so that a sweep can still be lengthened at its end. */
static slt_status compare_finished(slt_manifest *manifest, const char *out,
                                   slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t run = 0; run < slt_manifest_runs(manifest) && !status; run++) {
        char path[SLT_FILE_PATH_MAX];
        slt_trace *trace = NULL;
        status = slt_store_trace_path(out, run, path, err);
        if (status || !slt_file_exists(path))
            continue;
        status = slt_trace_open(path, &trace, err);
        if (!status)
            status = slt_store_refuse_other(manifest, run, path, trace, err);
        slt_trace_free(trace);
    }
    return status;
}

static slt_status check_experiment(slt_manifest *manifest, const char *out,
                                   slt_error *err)
{
    char path[SLT_FILE_PATH_MAX], found[256];
    slt_buffer ours = {0}, theirs = {0};
    slt_status status = slt_path_print(path, err, "%s/experiment", out);
    experiment_text(manifest, &ours);
    bool there = !status && slt_file_exists(path);
    if (there)
        status = slt_io_read(path, 65536, &theirs, err);
    const char *text = slt_buffer_text(&theirs);
    const char *wanted = slt_buffer_text(&ours);
    if (!status && (ours.failed || theirs.failed))
        status = slt_fail(err, SLT_RESOURCE, "%s: no memory", path);
    if (!status && there && !named(&theirs, slt_manifest_name(manifest), found))
        status = slt_fail(err, SLT_FORMAT,
                          "%s: the folder of experiment '%s', expected '%s'; choose "
                          "another --out",
                          out, found, slt_manifest_name(manifest));
    if (!status && there && strcmp(text, wanted))
        status = compare_finished(manifest, out, err);
    if (!status && (!there || strcmp(text, wanted)))
        status = slt_file_replace(path, ours.data, ours.size, err);
    slt_buffer_free(&ours);
    slt_buffer_free(&theirs);
    return status;
}

/* ---- The lock ---------------------------------------------------------------------- */

static slt_status take_lock(slt_store *store, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    slt_status status = slt_path_print(path, err, "%s/lock", store->out);
    if (status)
        return status;
    store->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (store->lock < 0)
        return slt_fail(err, SLT_FILE, "%s: cannot open: %s", path, strerror(errno));
    if (flock(store->lock, LOCK_EX | LOCK_NB) == 0)
        return SLT_OK;
    int reason = errno;
    close(store->lock);
    store->lock = -1;
    if (reason == EWOULDBLOCK)
        return slt_fail(err, SLT_RESOURCE,
                        "%s: another sltrace is writing into this folder", store->out);
    return slt_fail(err, SLT_FILE, "%s: cannot lock: %s", path, strerror(reason));
}

static slt_status make_folders(const slt_store *store, slt_error *err)
{
    static const char *const names[] = {"", "/traces", "/provenance", "/resume"};
    slt_status status = SLT_OK;
    for (size_t i = 0; i < sizeof names / sizeof *names && !status; i++) {
        char path[SLT_FILE_PATH_MAX];
        status = slt_path_print(path, err, "%s%s", store->out, names[i]);
        if (!status)
            status = slt_folder_make(path, err);
    }
    return status;
}

slt_status slt_store_open(slt_manifest *manifest, const char *out, slt_store *store,
                          slt_error *err)
{
    store->lock = -1;
    slt_status status = out ? slt_path_print(store->out, err, "%s", out)
                            : slt_store_default(manifest, store->out, err);
    if (!status)
        status = slt_folder_make(store->out, err);
    if (!status)
        status = take_lock(store, err);
    if (!status)
        status = check_experiment(manifest, store->out, err);
    if (!status)
        status = make_folders(store, err);
    if (status)
        slt_store_close(store);
    return status;
}

void slt_store_close(slt_store *store)
{
    char path[SLT_FILE_PATH_MAX];
    if (store->lock < 0)
        return;
    if (!slt_path_print(path, NULL, "%s/resume", store->out))
        rmdir(path); /* stays where something is left to resume */
    close(store->lock);
    store->lock = -1;
}
