/* Finished traces in folders, by the experiment that their headers name. */
#include <sltrace/numerics.h>
#include <sltrace/study.h>
#include <sltrace/system.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/fpenv.h"
#include "base/world.h"
#include "codec/digest.h"
#include "codec/experiments.h"
#include "num/math.h"
#include "run/run_list.h"
#include "run/store.h"
#include "run/traces.h"
#include "trace/trace_peek.h"

struct slt_traces {
    char **folders;
    size_t folder_count;
    slt_experiments experiments;
    char **paths; /* of their traces */
    size_t capacity;
};

static slt_status no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for the list of traces");
}

const char *slt_traces_find(const slt_traces *traces, slt_digest experiment)
{
    size_t found = slt_experiments_find(&traces->experiments, experiment);
    return found == SIZE_MAX ? NULL : traces->paths[found];
}

/* ---- A run's trace ----------------------------------------------------------------- */

slt_status slt_traces_load(const slt_traces *traces, slt_digest experiment,
                           slt_trace **trace, slt_error *err)
{
    SLT_FPENV_ENTERED;
    const char *path = slt_traces_find(traces, experiment);
    *trace = NULL;
    slt_status status = slt_trace_open(path, trace, err);
    if (status || slt_digest_equal(slt_trace_experiment(*trace), experiment))
        return status;
    slt_trace_free(*trace);
    *trace = NULL;
    return slt_fail(err, SLT_FORMAT,
                    "%s: another run's by now: a program changes this folder meanwhile",
                    path);
}

slt_status slt_traces_require_ours(const slt_trace *trace, const char *path,
                                   slt_error *err)
{
    if (slt_trace_numerics(trace) != SLT_NUMERICS_REVISION)
        return slt_fail(err, SLT_UNFIT,
                        "%s: made with numerics revision %u, this program has %d", path,
                        slt_trace_numerics(trace), SLT_NUMERICS_REVISION);
    for (size_t i = 0; i < slt_trace_functions(trace); i++) {
        const char *fingerprint, *name = slt_trace_function(trace, i, &fingerprint);
        const slt_function function = slt_function_find(name);
        const char *expected =
            function == SLT_FN_COUNT ? "none" : slt_fingerprint_expected(function);
        if (strcmp(expected, fingerprint) != 0)
            return slt_fail(err, SLT_FORMAT,
                            "%s: made with another %s than that of numerics revision "
                            "%d: %s, expected %s",
                            path, name, SLT_NUMERICS_REVISION, fingerprint, expected);
    }
    return SLT_OK;
}

/* ---- Looking into folders ---------------------------------------------------------- */

slt_status slt_traces_require_equal(const char *a, const char *b, slt_error *err)
{
    slt_buffer one = {0}, other = {0};
    slt_status status = slt_io_read(a, SLT_TRACE_BYTES_MAX, &one, err);
    if (!status)
        status = slt_io_read(b, SLT_TRACE_BYTES_MAX, &other, err);
    if (!status && (one.size != other.size || memcmp(one.data, other.data, one.size)))
        status = slt_fail(err, SLT_DIFFERS,
                          "%s and %s are traces of one run with different bytes: at most "
                          "one of them can be right (sltrace audit tells them apart)",
                          a, b);
    slt_buffer_free(&one);
    slt_buffer_free(&other);
    return status;
}

/* Keeps a path for one experiment more. */
static bool traces_keep(slt_traces *traces, slt_digest experiment, const char *path)
{
    size_t count = traces->experiments.count;
    if (count == traces->capacity) {
        size_t capacity = count ? 2 * count : 64;
        char **paths = slt_world.realloc(traces->paths, capacity * sizeof *paths);
        if (!paths)
            return false;
        traces->paths = paths;
        traces->capacity = capacity;
    }
    traces->paths[count] = slt_world.strdup(path);
    if (!traces->paths[count])
        return false;
    if (slt_experiments_add(&traces->experiments, experiment))
        return true;
    free(traces->paths[count]);
    return false;
}

static slt_status traces_add(slt_traces *traces, const char *path, slt_error *err)
{
    slt_digest experiment;
    slt_status status = slt_trace_peek(path, &experiment, err);
    if (status == SLT_FORMAT) /* it is named where its run is asked for */
        return SLT_OK;
    if (status)
        return status;
    const char *there = slt_traces_find(traces, experiment);
    if (there)
        return slt_traces_require_equal(there, path, err);
    return traces_keep(traces, experiment, path) ? SLT_OK : no_memory(err);
}

int slt_traces_filter(const struct dirent *item)
{
    const char *dot = strrchr(item->d_name, '.');
    return dot && dot != item->d_name && !strcmp(dot, ".trace");
}

static slt_status add_folder(slt_traces *traces, const char *folder, slt_error *err)
{
    struct dirent **items;
    char path[SLT_FILE_PATH_MAX];
    slt_status status = SLT_OK;
    int count = slt_world.scandir(folder, &items, slt_traces_filter, alphasort);
    if (count < 0 && (errno == ENOENT || errno == ENOTDIR))
        return SLT_OK;
    if (count < 0)
        return slt_fail(err, SLT_FILE, "%s: cannot list: %s", folder, strerror(errno));
    for (int i = 0; i < count; i++) {
        if (!status)
            status = slt_path_print(path, err, "%s/%s", folder, items[i]->d_name);
        if (!status)
            status = traces_add(traces, path, err);
        free(items[i]);
    }
    free(items);
    return status;
}

static slt_status add_study(slt_traces *traces, const char *folder, slt_error *err)
{
    char inner[SLT_FILE_PATH_MAX];
    slt_status status = slt_path_print(inner, err, "%s/traces", folder);
    traces->folders[traces->folder_count] = slt_world.strdup(folder);
    if (!traces->folders[traces->folder_count++])
        return no_memory(err);
    if (!status)
        status = add_folder(traces, inner, err);
    return status ? status : add_folder(traces, folder, err);
}

slt_status slt_traces_open(const slt_manifest *manifest, const char *const *folders,
                           size_t count, slt_traces **out, slt_error *err)
{
    SLT_FPENV_ENTERED;
    char own[SLT_FILE_PATH_MAX];
    slt_traces *traces = slt_world.calloc(1, sizeof *traces);
    slt_status status = traces ? SLT_OK : no_memory(err);
    *out = NULL;
    if (!status &&
        !(traces->folders = slt_world.calloc(count + 1, sizeof *traces->folders)))
        status = no_memory(err);
    if (!status && !count && !(status = slt_store_default(manifest, own, err)))
        status = add_study(traces, own, err);
    for (size_t i = 0; i < count && !status; i++)
        status = add_study(traces, folders[i], err);
    if (status)
        slt_traces_free(traces);
    else
        *out = traces;
    return status;
}

void slt_traces_free(slt_traces *traces)
{
    if (!traces)
        return;
    for (size_t i = 0; i < traces->experiments.count; i++)
        free(traces->paths[i]);
    for (size_t i = 0; i < traces->folder_count; i++)
        free(traces->folders[i]);
    free(traces->folders);
    free(traces->paths);
    slt_experiments_free(&traces->experiments);
    free(traces);
}

/* ---- What is missing --------------------------------------------------------------- */

/* Why a file that has the run's number is not its trace; SLT_OK if there is none. */
static slt_status explain_file(const char *path, slt_manifest *manifest, size_t run,
                               slt_error *err)
{
    slt_trace *trace = NULL;
    bool there;
    slt_status status = slt_files_look(path, &there, err);
    if (status || !there)
        return status;
    status = slt_trace_open(path, &trace, err);
    if (!status)
        status = slt_store_refuse_other(manifest, run, path, trace, err);
    slt_trace_free(trace);
    return status;
}

static slt_status explain(const slt_traces *traces, slt_manifest *manifest, size_t run,
                          slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < traces->folder_count && !status; i++) {
        char path[SLT_FILE_PATH_MAX];
        status = slt_store_trace_path(traces->folders[i], run, path, err);
        if (!status)
            status = explain_file(path, manifest, run, err);
    }
    return status;
}

/* Runs without a trace, how many and the first. */
static size_t list_missing(const slt_traces *traces, slt_manifest *manifest,
                           slt_run_list *list, size_t *first)
{
    size_t missing = 0;
    for (size_t run = 0; run < slt_manifest_runs(manifest); run++) {
        if (slt_traces_find(traces, slt_manifest_experiment(manifest, run)))
            continue;
        *first = missing++ ? *first : run;
        slt_run_list_add(list, run);
    }
    return missing;
}

slt_status slt_traces_complete(const slt_traces *traces, slt_manifest *manifest,
                               slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_run_list list = {0};
    slt_buffer folders = {0};
    size_t first = 0, missing = list_missing(traces, manifest, &list, &first);
    slt_status status = missing ? explain(traces, manifest, first, err) : SLT_OK;
    for (size_t i = 0; i < traces->folder_count && folders.size < 400; i++)
        slt_buffer_printf(&folders, "%s%s", i ? ", " : "", traces->folders[i]);
    if (missing && !status)
        status = slt_fail(err, SLT_FILE,
                          "%s: %zu of %zu runs are missing: %s; sltrace run makes them",
                          slt_buffer_text(&folders), missing, slt_manifest_runs(manifest),
                          slt_run_list_text(&list));
    slt_buffer_free(&folders);
    slt_run_list_free(&list);
    return status;
}
