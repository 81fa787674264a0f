/* Several folders of one study become one.  All traces are looked at before anything is
 * placed; what is placed has its name at once and is never written again, so that an
 * error or a signal loses nothing, and the same command goes on. */
#include <sltrace/study.h>
#include <sltrace/system.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fpenv.h"
#include "base/world.h"
#include "codec/digest.h"
#include "run/provenance.h"
#include "run/store.h"
#include "run/traces.h"

#define NONE SIZE_MAX
#define EXPERIMENT_BYTES_MAX 65536

/* A run's finished trace: which folder it is taken from, and its provenance. */
typedef struct choice {
    size_t trace, provenance;
    slt_digest experiment;
} choice;

typedef struct merge {
    const slt_study_options *options;
    const char *const *folders; /* and, behind the last, OUT */
    size_t folder_count;
    slt_manifest *manifest; /* may be NULL */
    slt_store store;        /* of OUT */
    slt_buffer experiment;  /* the file that all folders must have */
    size_t runs;
    choice *choices; /* by run */
    slt_merge_counts *counts;
} merge;

static const char *folder_of(const merge *m, size_t folder)
{
    return folder < m->folder_count ? m->folders[folder] : m->options->out;
}

static slt_status provenance_path(const merge *m, size_t folder, size_t run,
                                  char path[SLT_FILE_PATH_MAX], slt_error *err)
{
    return slt_store_provenance_path(folder_of(m, folder), run, path, err);
}

static slt_status refuse_cancelled(const merge *m, slt_error *err)
{
    if (m->options->cancel && *m->options->cancel)
        return slt_fail(err, SLT_INTERRUPTED,
                        "stopped; what is in %s already is whole: the same command goes "
                        "on",
                        m->options->out);
    return SLT_OK;
}

/* ---- One trace --------------------------------------------------------------------- */

static slt_status check_trace(const merge *m, size_t run, const char *path,
                              slt_digest *experiment, slt_error *err)
{
    slt_trace *trace = NULL;
    slt_status status = slt_trace_open(path, &trace, err);
    if (!status)
        status = slt_traces_require_ours(trace, path, err);
    if (!status && m->manifest)
        status = slt_store_refuse_other(m->manifest, run, path, trace, err);
    if (!status)
        *experiment = slt_trace_experiment(trace);
    slt_trace_free(trace);
    return status;
}

/* A second trace of one number. */
static slt_status check_twin(const merge *m, const choice *one, size_t run,
                             const char *path, slt_digest experiment, slt_error *err)
{
    char other[SLT_FILE_PATH_MAX];
    slt_status status = slt_store_trace_path(folder_of(m, one->trace), run, other, err);
    if (status)
        return status;
    if (!slt_digest_equal(one->experiment, experiment))
        return slt_fail(err, SLT_FORMAT,
                        "%s and %s have one number, but are of two runs: one of the "
                        "folders is of another experiment",
                        other, path);
    return slt_traces_require_equal(other, path, err);
}

/* Whether a folder has the provenance of a run, whole. */
static slt_status look_provenance(const merge *m, size_t folder, size_t run, bool *whole,
                                  slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    slt_buffer json = {0};
    bool there = false;
    slt_status status = provenance_path(m, folder, run, path, err);
    if (!status)
        status = slt_files_look(path, &there, err);
    if (!status && there)
        status = slt_io_read(path, SLT_PROVENANCE_BYTES_MAX, &json, err);
    *whole = slt_provenance_whole(json.data, json.size);
    slt_buffer_free(&json);
    if (!status && there && !*whole)
        slt_store_remark(&m->store, "%.400s: not whole, so it is left where it is", path);
    return status;
}

static slt_status add_trace(merge *m, size_t folder, size_t run, const char *path,
                            slt_error *err)
{
    choice *one = &m->choices[run];
    slt_digest experiment;
    bool whole = false;
    slt_status status = check_trace(m, run, path, &experiment, err);
    if (!status && one->trace != NONE)
        status = check_twin(m, one, run, path, experiment, err);
    const bool own = folder == m->folder_count;
    if (!status && (own || one->provenance == NONE))
        status = look_provenance(m, folder, run, &whole, err);
    if (status)
        return status;
    m->counts->twice += one->trace != NONE && !own;
    one->experiment = experiment;
    if (own || one->trace == NONE)
        one->trace = folder;
    if (whole)
        one->provenance = folder;
    return SLT_OK;
}

/* ---- One folder -------------------------------------------------------------------- */

static int is_of_run(const struct dirent *entry)
{
    const char *end = strstr(entry->d_name, ".trace");
    return end && (!end[6] || !strcmp(end + 6, ".part"));
}

static slt_status add_entry(merge *m, size_t folder, const char *name, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX], stem[256];
    const char *inner = folder_of(m, folder), *end = strstr(name, ".trace");
    snprintf(stem, sizeof stem, "%.*s", (int)(end - name), name);
    const size_t run = slt_store_number_of(stem);
    if (end[6]) {
        m->counts->unfinished += folder < m->folder_count;
        return SLT_OK;
    }
    slt_status status = slt_path_print(path, err, "%s/traces/%s", inner, name);
    if (status)
        return status;
    if (run == NONE) {
        slt_store_remark(
            &m->store, "%.400s: its name is no number, so it is left where it is", path);
        return SLT_OK;
    }
    if (run >= m->runs)
        return slt_fail(err, SLT_FORMAT, "%s: the study has runs 0 to %zu", path,
                        m->runs - 1);
    return add_trace(m, folder, run, path, err);
}

static slt_status add_traces(merge *m, size_t folder, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    struct dirent **entries;
    slt_status status = slt_path_print(path, err, "%s/traces", folder_of(m, folder));
    if (status)
        return status;
    const int count = slt_world.scandir(path, &entries, is_of_run, alphasort);
    if (count < 0)
        return errno == ENOENT ? SLT_OK
                               : slt_fail(err, SLT_FILE, "%s: cannot list: %s", path,
                                          strerror(errno));
    for (int i = 0; i < count; i++) {
        if (!status)
            status = refuse_cancelled(m, err);
        if (!status)
            status = add_entry(m, folder, entries[i]->d_name, err);
        free(entries[i]);
    }
    free(entries);
    return status;
}

static slt_status refuse_study(const char *folder, const char *first, slt_error *err)
{
    const slt_store_about ours = slt_store_about_of(first),
                          theirs = slt_store_about_of(folder);
    if (strcmp(ours.name, theirs.name) != 0)
        return slt_fail(err, SLT_FORMAT,
                        "%s: the folder of experiment '%s', expected '%s' as in %s",
                        folder, theirs.name, ours.name, first);
    return slt_fail(
        err, SLT_FORMAT,
        "%s: the folder of another experiment '%s' than %s is: its manifest "
        "has other runs or another order of them (sltrace run of one manifest "
        "in both numbers them alike)",
        folder, theirs.name, first);
}

/* Reads the file that says whose folder it is. */
static slt_status read_experiment(const char *folder, slt_buffer *text, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    slt_status status = slt_path_print(path, err, "%s/experiment", folder);
    bool there = false;
    if (!status)
        status = slt_files_look(path, &there, err);
    if (!status && !there)
        status =
            slt_fail(err, SLT_FILE, "%s: not the folder of a study: no %s", folder, path);
    return status ? status : slt_io_read(path, EXPERIMENT_BYTES_MAX, text, err);
}

static slt_status add_folder(merge *m, size_t folder, slt_error *err)
{
    slt_buffer text = {0};
    const char *path = folder_of(m, folder);
    slt_status status = read_experiment(path, &text, err);
    if (!status && strcmp(slt_buffer_text(&text), slt_buffer_text(&m->experiment)) != 0)
        status = refuse_study(path, m->folders[0], err);
    slt_buffer_free(&text);
    return status ? status : add_traces(m, folder, err);
}

/* ---- Placing ----------------------------------------------------------------------- */

static bool cannot_link(int number)
{
    return number == EXDEV || number == EPERM || number == EACCES || number == EMLINK ||
           number == ENOTSUP || number == ENOSYS;
}

static slt_status copy_file(const char *from, const char *to, size_t size_max,
                            slt_error *err)
{
    slt_buffer bytes = {0};
    slt_status status = slt_io_read(from, size_max, &bytes, err);
    if (!status)
        status = slt_io_replace_by(to, SLT_FILE_DRAFT, bytes.data, bytes.size, err);
    slt_buffer_free(&bytes);
    return status;
}

/* Links `from` at `to`, where nothing is, or copies it; a symbolic link is followed. */
static slt_status place_file(const char *from, const char *to, size_t size_max,
                             bool *linked, slt_error *err)
{
    struct stat about = {.st_mode = 0};
    *linked = slt_world.lstat(from, &about) == 0 && S_ISREG(about.st_mode) &&
              slt_world.link(from, to) == 0;
    if (*linked)
        return SLT_OK;
    if (S_ISREG(about.st_mode) && !cannot_link(errno))
        return slt_fail(err, SLT_FILE, "%s: cannot link to %s: %s", to, from,
                        strerror(errno));
    return copy_file(from, to, size_max, err);
}

/* One that stands there is of a run that was not finished. */
static slt_status place_provenance(const merge *m, size_t run, slt_error *err)
{
    char from[SLT_FILE_PATH_MAX], to[SLT_FILE_PATH_MAX];
    const size_t folder = m->choices[run].provenance;
    bool linked;
    if (folder == NONE || folder == m->folder_count)
        return SLT_OK;
    slt_status status = provenance_path(m, folder, run, from, err);
    if (!status)
        status = provenance_path(m, m->folder_count, run, to, err);
    if (!status)
        status = slt_file_remove(to, err);
    return status ? status : place_file(from, to, SLT_PROVENANCE_BYTES_MAX, &linked, err);
}

static slt_status place_trace(const merge *m, size_t run, slt_error *err)
{
    char from[SLT_FILE_PATH_MAX], to[SLT_FILE_PATH_MAX];
    const choice *one = &m->choices[run];
    slt_digest experiment;
    bool linked = false;
    if (one->trace == NONE || one->trace == m->folder_count) {
        m->counts->kept += one->trace != NONE;
        m->counts->missing += one->trace == NONE;
        return SLT_OK;
    }
    slt_status status = slt_store_trace_path(folder_of(m, one->trace), run, from, err);
    if (!status)
        status = slt_store_trace_path(m->options->out, run, to, err);
    if (!status)
        status = place_file(from, to, SLT_TRACE_BYTES_MAX, &linked, err);
    if (!status && !linked) /* read twice: it may have changed between */
        status = check_trace(m, run, to, &experiment, err);
    m->counts->linked += !status && linked;
    m->counts->copied += !status && !linked;
    return status;
}

static slt_status place_all(const merge *m, const char *name,
                            slt_status (*place)(const merge *, size_t, slt_error *),
                            slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    slt_status status = slt_path_print(path, err, "%s/%s", m->options->out, name);
    if (!status)
        status = slt_folder_make_one(path, err);
    for (size_t run = 0; run < m->runs && !status; run++) {
        status = refuse_cancelled(m, err);
        if (!status)
            status = place(m, run, err);
    }
    return status ? status : slt_folder_sync(path, err);
}

/* The provenance before the traces: where a trace is, all is. */
static slt_status place_runs(const merge *m, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    slt_status status = slt_path_print(path, err, "%s/experiment", m->options->out);
    if (!status)
        status = slt_io_replace_by(path, SLT_FILE_DRAFT, m->experiment.data,
                                   m->experiment.size, err);
    if (!status)
        status = place_all(m, "provenance", place_provenance, err);
    return status ? status : place_all(m, "traces", place_trace, err);
}

/* ---- All of it --------------------------------------------------------------------- */

static slt_status lock_out(merge *m, slt_error *err)
{
    bool got = false;
    slt_status status = slt_path_print(m->store.out, err, "%s", m->options->out);
    if (!status)
        status = slt_folder_make(m->store.out, err);
    if (!status)
        status = slt_store_open_lock(&m->store, err);
    if (!status)
        status = slt_store_join(&m->store, true, &got, err);
    if (!status && !got)
        status = slt_fail(err, SLT_RESOURCE,
                          "%s: another program computes here; merge when it has ended",
                          m->store.out);
    return status;
}

/* What is in OUT already, which may be nothing. */
static slt_status add_out(merge *m, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    bool there = false;
    slt_status status = slt_path_print(path, err, "%s/experiment", m->options->out);
    if (!status)
        status = slt_files_look(path, &there, err);
    if (status)
        return status;
    return there ? add_folder(m, m->folder_count, err)
                 : add_traces(m, m->folder_count, err);
}

static slt_status begin_merge(merge *m, slt_error *err)
{
    slt_status status = read_experiment(m->folders[0], &m->experiment, err);
    if (status)
        return status;
    slt_buffer_text(&m->experiment);
    const slt_store_about about = slt_store_about_of(m->folders[0]);
    if (!about.runs || about.runs > SIZE_MAX / sizeof *m->choices - 1)
        return slt_fail(err, SLT_FORMAT, "%s/experiment: expected a number of runs",
                        m->folders[0]);
    if (m->manifest && (strcmp(about.name, slt_manifest_name(m->manifest)) != 0 ||
                        about.runs != slt_manifest_runs(m->manifest)))
        return slt_fail(err, SLT_FORMAT,
                        "%s: the folder of experiment '%s' of %zu runs, expected '%s' of "
                        "%zu runs",
                        m->folders[0], about.name, (size_t)about.runs,
                        slt_manifest_name(m->manifest), slt_manifest_runs(m->manifest));
    m->runs = (size_t)about.runs;
    snprintf(m->counts->name, sizeof m->counts->name, "%s", about.name);
    m->counts->runs = m->runs;
    m->choices = slt_world.calloc(m->runs, sizeof *m->choices);
    if (!m->choices || m->experiment.failed)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu runs", m->runs);
    for (size_t run = 0; run < m->runs; run++)
        m->choices[run].trace = m->choices[run].provenance = NONE;
    return SLT_OK;
}

slt_status slt_study_merge(const slt_study_options *options, const char *const *folders,
                           size_t count, slt_manifest *manifest, slt_merge_counts *counts,
                           slt_error *err)
{
    SLT_FPENV_ENTERED;
    merge m = {.options = options,
               .folders = folders,
               .folder_count = count,
               .manifest = manifest,
               .store = {.lock = -1, .options = options},
               .counts = counts};
    *counts = (slt_merge_counts){.runs = 0};
    slt_status status = begin_merge(&m, err);
    for (size_t i = 0; i < count && !status; i++)
        status = add_folder(&m, i, err);
    if (!status)
        status = lock_out(&m, err);
    if (!status)
        status = add_out(&m, err);
    if (!status)
        status = place_runs(&m, err);
    slt_store_close(&m.store);
    slt_buffer_free(&m.experiment);
    free(m.choices);
    return status;
}
