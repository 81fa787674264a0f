/* Reads runs to sum up from a trace, from the traces of a folder, or from the table
 * beside a golden. */
#include <sltrace/summary.h>
#include <sltrace/system.h>

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fpenv.h"
#include "base/world.h"
#include "report/runs_text.h"
#include "run/store.h"
#include "run/traces.h"

/* What is known of the runs while they are read. */
typedef struct source {
    const char *path;
    slt_runs runs;
    char name[256]; /* of the study; "" if it is not known */
    char *table;
} source;

/* ---- Traces ------------------------------------------------------------------------ */

/* Names a run by its file: "x/traces/000057.trace" is run 57 without a label; any other
 * file name is the label. */
static void name_run(const char *path, uint64_t place, uint64_t *number, char label[256])
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t digits = strspn(name, "0123456789");
    *number = place;
    label[0] = 0;
    if (digits && digits < 19 && !strcmp(name + digits, ".trace"))
        *number = strtoull(name, NULL, 10);
    else
        snprintf(label, 256, "%s", name);
}

static slt_status add_trace(source *s, const char *path, slt_error *err)
{
    slt_trace *trace = NULL;
    uint64_t number;
    char label[256];
    slt_error wrong;
    name_run(path, s->runs.count, &number, label);
    slt_status status = slt_trace_open(path, &trace, err);
    if (status)
        return status;
    status = slt_runs_add(&s->runs, number, label, trace, &wrong);
    slt_trace_free(trace);
    return status ? slt_fail(err, status, "%s: %s", path, wrong.text) : SLT_OK;
}

/* Adds the traces of a folder in order of name. If some cannot be read, the first of them
 * is reported after all others were added. */
static slt_status add_folder(source *s, const char *folder, size_t *found, slt_error *err)
{
    struct dirent **items;
    slt_status first = SLT_OK;
    int count = slt_world.scandir(folder, &items, slt_traces_filter, versionsort);
    if (count < 0 && (errno == ENOENT || errno == ENOTDIR))
        return SLT_OK;
    if (count < 0)
        return slt_fail(err, SLT_FILE, "%s: cannot list: %s", folder, strerror(errno));
    *found += (size_t)count;
    for (int i = 0; i < count; i++) {
        char path[SLT_FILE_PATH_MAX];
        slt_error wrong;
        slt_status status =
            slt_path_print(path, &wrong, "%s/%s", folder, items[i]->d_name);
        if (!status)
            status = add_trace(s, path, &wrong);
        if (status && !first) {
            first = status;
            *err = wrong;
        }
        free(items[i]);
    }
    free(items);
    return first;
}

/* ---- A study's folder -------------------------------------------------------------- */

/* Inserts the runs that have no trace; those that have one are in order. */
static slt_status add_missing(source *s, uint64_t runs, slt_error *err)
{
    slt_runs all = {0};
    size_t *place = slt_world.calloc(s->runs.count + 1, sizeof *place);
    slt_status status =
        place ? SLT_OK : slt_fail(err, SLT_RESOURCE, "no memory for the summary");
    uint64_t next = 0;
    for (size_t i = 0; i <= s->runs.count && !status; i++) {
        const slt_runs_run *run = i < s->runs.count ? &s->runs.list[i] : NULL;
        uint64_t until = !run ? runs : *run->label ? 0 : run->number;
        for (; next < until && next < runs && !status; next++)
            status = slt_runs_add(&all, next, "", NULL, err);
        if (!run || status)
            continue;
        next += next == until && !*run->label;
        place[i] = all.count;
        status = slt_runs_add(&all, run->number, run->label, NULL, err);
        if (!status) {
            all.list[place[i]].missing = false;
            all.list[place[i]].status = run->status;
            all.list[place[i]].step = run->step;
        }
    }
    for (size_t i = 0; i < s->runs.estimate_count && !status; i++)
        s->runs.estimates[i].run = place[s->runs.estimates[i].run];
    free(place);
    if (status) {
        slt_runs_free(&all);
        return status;
    }
    all.estimates = s->runs.estimates;
    all.estimate_count = s->runs.estimate_count;
    s->runs.estimates = NULL;
    slt_runs_free(&s->runs);
    s->runs = all;
    return SLT_OK;
}

static slt_status read_folder(source *s, slt_error *err)
{
    char traces[SLT_FILE_PATH_MAX];
    slt_error missing;
    size_t found = 0;
    slt_status status = slt_path_print(traces, err, "%s/traces", s->path);
    if (!status)
        status = add_folder(s, traces, &found, err);
    if (!status)
        status = add_folder(s, s->path, &found, err);
    if (!found && !status)
        return slt_fail(err, SLT_FILE, "%s: no traces are in this folder", s->path);
    const slt_store_about about = slt_store_about_of(s->path);
    snprintf(s->name, sizeof s->name, "%s", about.name);
    slt_status absent = add_missing(s, about.runs, &missing);
    if (absent && !status)
        *err = missing;
    return status ? status : absent;
}

/* ---- A golden ---------------------------------------------------------------------- */

/* If the golden's manifest can be read, checks that the estimates are those that it asks
 * for. */
static slt_status check_manifest(const source *s, const slt_golden *golden,
                                 slt_error *err)
{
    slt_manifest *manifest = NULL;
    slt_status status = slt_golden_manifest_at_hand(golden, &manifest, err);
    if (!status && manifest)
        status = slt_runs_check(&s->runs, golden, manifest, err);
    slt_manifest_free(manifest);
    return status;
}

static slt_status read_golden(source *s, slt_error *err)
{
    slt_golden *golden = NULL;
    bool there;
    slt_status status = slt_golden_open(s->path, &golden, err);
    if (status)
        return status;
    snprintf(s->name, sizeof s->name, "%s", golden->name);
    s->table = slt_runs_path(s->path);
    status = slt_runs_read(golden, &s->runs, &there, err);
    if (!status && !there)
        status =
            slt_fail(err, SLT_FILE,
                     "%s: it is not beside the golden, so nothing is known of the "
                     "chains; sltrace record writes it, sltrace summary DIR tells of "
                     "traces",
                     s->table ? s->table : s->path);
    if (!status && (status = check_manifest(s, golden, err)))
        slt_runs_free(&s->runs);
    slt_golden_free(golden);
    return status;
}

/* ---- Any of them ------------------------------------------------------------------- */

static slt_status read_source(source *s, slt_error *err)
{
    struct stat info;
    if (slt_world.stat(s->path, &info))
        return slt_fail(err, SLT_FILE, "%s: %s", s->path, strerror(errno));
    if (S_ISDIR(info.st_mode))
        return read_folder(s, err);
    return slt_files_end_in(s->path, ".golden") ? read_golden(s, err)
                                          : add_trace(s, s->path, err);
}

slt_status slt_summary(const char *path, slt_json *json, char **text, slt_error *err)
{
    SLT_FPENV_ENTERED;
    source s = {.path = path};
    slt_buffer out = {0};
    *text = NULL;
    slt_status status = read_source(&s, err);
    const slt_runs_source found = {&s.runs, path, s.name, s.table};
    if (s.runs.count && json)
        slt_runs_json(&found, json);
    else if (s.runs.count)
        slt_runs_text(&found, &out);
    if (s.runs.count && !json && !(*text = slt_buffer_take(&out)) && !status)
        status = slt_fail(err, SLT_RESOURCE, "no memory for the summary");
    slt_runs_free(&s.runs);
    free(s.table);
    return status;
}
