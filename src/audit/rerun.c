/* Runs a trace's run again in another arithmetic, as a study of one run with a manifest
 * of its own. */
#include "audit/rerun.h"

#include <stdlib.h>
#include <string.h>

#include <sltrace/show.h>
#include <sltrace/system.h>

#include "base/escape.h"
#include "base/fpenv.h"
#include "base/later.h"
#include "base/world.h"
#include "codec/npy.h"
#include "manifest/canonical.h"
#include "manifest/manifest.h"
#include "manifest/manifest_write.h"
#include "manifest/name.h"
#include "run/store.h"

typedef struct rerun {
    const slt_rerun_options *options;
    const char *path;
    const slt_rerun_page *page;
    slt_arithmetic arithmetic;
    slt_trace *trace;
    slt_run_spec *from, *to; /* the trace's run, and the same in the other arithmetic */
    slt_rerun_files files;
    slt_buffer text; /* the manifest */
    char name[128];
    char folder[SLT_FILE_PATH_MAX], manifest[SLT_FILE_PATH_MAX];
} rerun;

/* ---- The manifest ------------------------------------------------------------------ */

/* Makes the study's name, "000057-fixed"; characters that a name must not have become
 * "_". */
static slt_status rerun_make_name(rerun *r, slt_error *err)
{
    size_t length;
    const char *stem = slt_npy_stem(r->path, &length);
    snprintf(r->name, sizeof r->name, "%.*s-%s", length < 100 ? (int)length : 100, stem,
             slt_arithmetic_name(r->arithmetic));
    for (char *c = r->name; *c; c++) {
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789._-", *c))
            *c = '_';
    }
    if (!slt_manifest_name_valid(r->name))
        return slt_fail(err, SLT_USAGE, "%s: no name for a manifest comes of it",
                        r->path);
    slt_status status =
        r->options->out ? slt_path_print(r->folder, err, "%s", r->options->out)
                        : slt_path_print(r->folder, err, SLT_STUDY_ROOM "/%s", r->name);
    return status ? status
                  : slt_path_print(r->manifest, err, "%s/%s.yaml", r->folder, r->name);
}

static slt_status rerun_print_comment(const rerun *r, slt_buffer *comment, slt_error *err)
{
    char sha256[65];
    size_t length;
    const char *stem = slt_npy_stem(r->path, &length);
    slt_trace_sha256(r->trace, sha256);
    slt_buffer_printf(
        comment, "The run of a trace of arithmetic %s, in %s.  The trace was ",
        slt_arithmetic_name(r->from->arithmetic), slt_arithmetic_name(r->arithmetic));
    slt_escape_line(comment, stem, length < 100 ? length : 100);
    slt_buffer_printf(comment,
                      ".trace,\nSHA-256 %s.\n"
                      "What its manifest cites and why it chose its values a trace does "
                      "not tell.",
                      sha256);
    slt_buffer_text(comment);
    return comment->failed ? slt_fail(err, SLT_RESOURCE, "no memory for a manifest")
                           : SLT_OK;
}

static slt_status rerun_write_text(rerun *r, slt_error *err)
{
    size_t size;
    const uint8_t *canonical = slt_trace_run(r->trace, &size);
    slt_converted_init inits[SLT_WEIGHTS_MAX];
    slt_buffer comment = {0};
    slt_status status = slt_canonical_decode(canonical, size, r->from, err);
    if (!status)
        status = slt_rerun_convert(r->from, r->arithmetic, &r->files, err);
    for (size_t i = 0; i < r->files.count && !status; i++) {
        const slt_rerun_file *file = &r->files.list[i];
        inits[i] = (slt_converted_init){file->weight, file->name, file->sha256};
    }
    if (!status)
        status = rerun_print_comment(r, &comment, err);
    if (!status)
        status = slt_manifest_write_converted(r->name, slt_buffer_text(&comment),
                                              canonical, size, r->arithmetic, inits,
                                              r->files.count, &r->text, err);
    slt_buffer_free(&comment);
    return status;
}

/* Checks, before anything is written, that the other arithmetic accepts the run (the
 * message names the line of the new manifest) and that this machine can compute it. */
static slt_status rerun_check(rerun *r, slt_error *err)
{
    char label[SLT_ERROR_TEXT_MAX / 2];
    slt_manifest *manifest = NULL;
    snprintf(label, sizeof label, "%.200s in %s", r->path,
             slt_arithmetic_name(r->arithmetic));
    slt_status status = slt_manifest_parse((const char *)r->text.data, r->text.size,
                                           label, &manifest, err);
    if (!status)
        status = slt_manifest_run(manifest, 0, r->to, err);
    if (!status)
        status = slt_num_available(r->to->arithmetic, err);
    slt_manifest_free(manifest);
    return status;
}

/* ---- Files ------------------------------------------------------------------------- */

/* Writes a file. If it exists already, it must be the same, as when an interrupted run is
 * continued. */
static slt_status rerun_put_file(const char *path, const slt_buffer *bytes,
                                 slt_error *err)
{
    bool there, same;
    slt_status status =
        slt_files_compare(path, bytes->data, bytes->size, &there, &same, err);
    if (status || same)
        return status;
    if (!there)
        return slt_io_replace_by(path, SLT_FILE_DRAFT, bytes->data, bytes->size, err);
    return slt_fail(err, SLT_FILE,
                    "%s: is there already, and another; choose another --out", path);
}

static slt_status rerun_refuse_other_study(const rerun *r, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    slt_status status = slt_path_print(path, err, "%s/experiment", r->folder);
    bool study = false, manifest = false;
    if (!status)
        status = slt_files_look(path, &study, err);
    if (!status)
        status = slt_files_look(r->manifest, &manifest, err);
    if (!status && study && !manifest)
        status =
            slt_fail(err, SLT_FILE,
                     "%s: the folder of another study; choose another --out", r->folder);
    return status;
}

static slt_status rerun_put_files(const rerun *r, slt_error *err)
{
    slt_status status = rerun_refuse_other_study(r, err);
    if (!status)
        status = slt_folder_make(r->folder, err);
    if (!status)
        status = rerun_put_file(r->manifest, &r->text, err);
    for (size_t i = 0; i < r->files.count && !status; i++) {
        char path[SLT_FILE_PATH_MAX];
        status = slt_path_print(path, err, "%s/%s", r->folder, r->files.list[i].name);
        if (!status)
            status = rerun_put_file(path, &r->files.list[i].bytes, err);
    }
    return status;
}

/* ---- The whole --------------------------------------------------------------------- */

static slt_status rerun_compute(const rerun *r, slt_error *err)
{
    slt_manifest *manifest = NULL;
    slt_study_counts counts;
    slt_study_options options = {.out = r->folder,
                                 .jobs = r->options->jobs ? r->options->jobs : 1,
                                 .progress = r->options->progress,
                                 .progress_context = r->options->progress_context,
                                 .cancel = r->options->cancel};
    slt_status status = slt_manifest_open(r->manifest, &manifest, err);
    if (!status)
        status = slt_study_run(manifest, &options, &counts, err);
    slt_manifest_free(manifest);
    return status;
}

static slt_status rerun_tell_outcome(const rerun *r, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    slt_trace *again = NULL;
    slt_status status = slt_store_trace_path(r->folder, 0, path, err);
    if (!status)
        status = slt_trace_open(path, &again, err);
    slt_rerun_found found = {.manifest = r->manifest,
                             .path = path,
                             .traces = {r->trace, again},
                             .arithmetic = {slt_arithmetic_name(r->from->arithmetic),
                                            slt_arithmetic_name(r->arithmetic)}};
    if (!status)
        status = slt_rerun_compare(&found, err);
    if (!status && r->page && r->page->found)
        r->page->found(r->page->context, &found);
    slt_rerun_found_free(&found);
    slt_trace_free(again);
    return status;
}

static slt_status rerun_run(rerun *r, slt_error *err)
{
    slt_status status = rerun_make_name(r, err);
    if (!status)
        status = rerun_write_text(r, err);
    if (!status)
        status = rerun_check(r, err);
    if (!status)
        status = rerun_put_files(r, err);
    if (!status)
        status = rerun_compute(r, err);
    return status ? status : rerun_tell_outcome(r, err);
}

static slt_status rerun_find_arithmetic(const char *name, slt_arithmetic *found,
                                        slt_error *err)
{
    for (slt_arithmetic a = SLT_F32; a <= SLT_FIXED; a++)
        if (strcmp(slt_arithmetic_name(a), name) == 0) {
            *found = a;
            return SLT_OK;
        }
    return slt_fail(err, SLT_USAGE,
                    "expected an arithmetic, f32, f64 or fixed; found '%.40s'", name);
}

slt_status slt_rerun(const char *trace_path, const slt_rerun_options *options,
                     const slt_rerun_page *page, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_status unknown = SLT_CHECK_PAGE(options, page, err);
    if (unknown)
        return unknown;
    rerun *r = slt_world.calloc(1, sizeof *r);
    slt_status status = SLT_OK;
    if (!r)
        return slt_fail(err, SLT_RESOURCE, "no memory for a run");
    *r = (rerun){.options = options, .path = trace_path, .page = page};
    r->from = slt_world.calloc(1, sizeof *r->from);
    r->to = slt_world.calloc(1, sizeof *r->to);
    if (!r->from || !r->to)
        status = slt_fail(err, SLT_RESOURCE, "no memory for a run");
    if (!status)
        status = rerun_find_arithmetic(options->arithmetic, &r->arithmetic, err);
    if (!status)
        status = slt_trace_open(trace_path, &r->trace, err);
    if (!status)
        status = rerun_run(r, err);
    slt_rerun_files_free(&r->files);
    slt_buffer_free(&r->text);
    slt_trace_free(r->trace);
    free(r->from);
    free(r->to);
    free(r);
    return status;
}
