#include "run/store.h"

#include <sltrace/system.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/world.h"
#include "codec/digest.h"
#include "manifest/manifest.h"

#define EXPERIMENT_BYTES_MAX 65536

slt_status slt_store_default(const slt_manifest *manifest, char out[SLT_FILE_PATH_MAX],
                             slt_error *err)
{
    return slt_path_print(out, err, SLT_STUDY_ROOM "/%s", slt_manifest_name(manifest));
}

slt_status slt_store_trace_path(const char *out, size_t run, char path[SLT_FILE_PATH_MAX],
                                slt_error *err)
{
    return slt_path_print(path, err, "%s/traces/%06zu.trace", out, run);
}

slt_status slt_store_provenance_path(const char *out, size_t run,
                                     char path[SLT_FILE_PATH_MAX], slt_error *err)
{
    return slt_path_print(path, err, "%s/provenance/%06zu.json", out, run);
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

void slt_store_remark(const slt_store *store, const char *format, ...)
{
    char text[512];
    va_list arguments;
    if (!store->options->remark)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    store->options->remark(store->options->progress_context, text);
}

slt_status slt_store_set_aside(const slt_store *store, size_t run, const char *why,
                               slt_error *err)
{
    char path[SLT_FILE_PATH_MAX], aside[SLT_FILE_PATH_MAX];
    slt_status status = slt_store_trace_path(store->out, run, path, err);
    if (!status)
        status = slt_path_print(aside, err, "%s.damaged", path);
    if (!status && slt_world.rename(path, aside))
        status = slt_fail(err, SLT_FILE, "%s: cannot rename into place: %s", aside,
                          strerror(errno));
    if (!status)
        slt_store_remark(store,
                         "%.300s; it is now %06zu.trace.damaged, and run %zu is made "
                         "again",
                         why, run, run);
    return status;
}

/* ---- Whose folder it is ------------------------------------------------------------ */

/* Whose runs these are, and which run has which number. */
static void print_numbering(const slt_manifest *manifest, slt_buffer *text)
{
    slt_digest numbering;
    char digest[SLT_DIGEST_TEXT_MAX];
    text->failed |= !slt_manifest_numbering(manifest, &numbering);
    slt_digest_text(numbering, digest);
    slt_buffer_printf(text, "sltrace-study 2\nname %s\nruns %zu\nnumbering %s\n",
                      slt_manifest_name(manifest), slt_manifest_runs(manifest), digest);
}

static slt_store_about read_about(const char *text)
{
    slt_store_about about = {.runs = 0};
    const char *name = strstr(text, "\nname "), *runs = strstr(text, "\nruns ");
    size_t size = name ? strcspn(name + 6, "\n") : 0;
    snprintf(about.name, sizeof about.name, "%.*s", size < 255 ? (int)size : 255,
             name ? name + 6 : "");
    if (runs)
        about.runs = strtoull(runs + 6, NULL, 10);
    return about;
}

slt_store_about slt_store_about_of(const char *out)
{
    char path[SLT_FILE_PATH_MAX];
    slt_buffer bytes = {0};
    slt_store_about about = {.runs = 0};
    if (!slt_path_print(path, NULL, "%s/experiment", out) &&
        !slt_io_read(path, EXPERIMENT_BYTES_MAX, &bytes, NULL))
        about = read_about(slt_buffer_text(&bytes));
    slt_buffer_free(&bytes);
    return about;
}

/* Renames all files of the folder to the numbers that this manifest gives the runs; the
 * caller has entered the folder. */
static slt_status store_settle(const slt_store *store, slt_manifest *manifest,
                               slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    slt_buffer ours = {0}, theirs = {0};
    slt_status status = slt_path_print(path, err, "%s/experiment", store->out);
    print_numbering(manifest, &ours);
    bool there = false;
    if (!status)
        status = slt_files_look(path, &there, err);
    if (there)
        status = slt_io_read(path, EXPERIMENT_BYTES_MAX, &theirs, err);
    const slt_store_about about = read_about(slt_buffer_text(&theirs));
    bool renamed = strcmp(slt_buffer_text(&theirs), slt_buffer_text(&ours)) != 0;
    if (!status && (ours.failed || theirs.failed))
        status = slt_fail(err, SLT_RESOURCE, "%s: no memory", path);
    if (!status && there && strcmp(about.name, slt_manifest_name(manifest)) != 0)
        status = slt_fail(err, SLT_FORMAT,
                          "%s: the folder of experiment '%s', expected '%s'; choose "
                          "another --out",
                          store->out, about.name, slt_manifest_name(manifest));
    if (!status)
        status = slt_store_number(store, manifest, renamed, err);
    if (!status && renamed)
        status = slt_io_replace_by(path, SLT_FILE_DRAFT, ours.data, ours.size, err);
    slt_buffer_free(&ours);
    slt_buffer_free(&theirs);
    return status;
}

/* ---- Opening ----------------------------------------------------------------------- */

static slt_status make_folders(const slt_store *store, slt_error *err)
{
    static const char *const names[] = {"traces", "provenance", "resume"};
    slt_status status = SLT_OK;
    for (size_t i = 0; i < sizeof names / sizeof *names && !status; i++) {
        char path[SLT_FILE_PATH_MAX];
        status = slt_path_print(path, err, "%s/%s", store->out, names[i]);
        if (!status)
            status = slt_folder_make_one(path, err);
    }
    return status;
}

slt_status slt_store_open(slt_manifest *manifest, const slt_study_options *options,
                          slt_store *store, slt_error *err)
{
    const char *out = options->out;
    bool got;
    *store = (slt_store){.lock = -1, .options = options};
    slt_status status = out ? slt_path_print(store->out, err, "%s", out)
                            : slt_store_default(manifest, store->out, err);
    if (!status)
        status = slt_folder_make(store->out, err);
    if (!status)
        status = slt_store_open_lock(store, err);
    if (!status)
        status = slt_store_enter(store, err);
    if (!status)
        status = slt_store_join(store, false, &got, err);
    if (!status && !got)
        status = slt_fail(err, SLT_RESOURCE,
                          "%s: another program has this folder for itself", store->out);
    if (!status)
        status = store_settle(store, manifest, err);
    if (!status)
        status = make_folders(store, err);
    if (status)
        slt_store_close(store);
    else
        slt_store_leave(store);
    return status;
}

void slt_store_close(slt_store *store)
{
    char path[SLT_FILE_PATH_MAX];
    if (store->lock < 0)
        return;
    if (!slt_path_print(path, NULL, "%s/resume", store->out) && slt_store_is_last(store))
        slt_world.rmdir(path); /* fails if something is left to resume */
    slt_world.close(store->lock);
    store->lock = -1;
}
