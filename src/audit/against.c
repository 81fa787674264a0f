#include "audit/against_internal.h"

#include <sltrace/system.h>

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fpenv.h"
#include "base/io.h"
#include "base/world.h"
#include "manifest/manifest.h"

#define MANIFEST_BYTES_MAX (1u << 20)
#define GOLDEN_BYTES_MAX (64u << 20)

/* ---- What is asked for ------------------------------------------------------------- */

static slt_status against_add_configuration(slt_against *a, const char *path,
                                            size_t size_max, slt_error *err)
{
    char sha256[SLT_SHA256_TEXT_MAX];
    slt_buffer bytes = {0};
    slt_status status = slt_io_read(path, size_max, &bytes, err);
    if (!status) {
        slt_sha256_of(bytes.data, bytes.size, sha256);
        slt_audit_add_configuration(&a->audit, path, sha256);
    }
    slt_buffer_free(&bytes);
    return status;
}

static slt_status against_open_golden(slt_against *a, slt_error *err)
{
    const char *path = a->more->golden;
    if (!path)
        return SLT_OK;
    slt_status status = slt_golden_open(path, &a->golden, err);
    return status ? status : against_add_configuration(a, path, GOLDEN_BYTES_MAX, err);
}

static slt_status against_load_run(slt_against *a, size_t run, slt_against_run *loaded,
                                   slt_error *err)
{
    *loaded = (slt_against_run){
        .run = run,
        .label = slt_manifest_label(a->manifest, run),
        .spec = slt_run_spec_create(),
        .sides = slt_world.calloc(a->backend_count, sizeof *loaded->sides),
        .left = a->backend_count};
    if (!loaded->spec || !loaded->sides)
        return slt_fail(err, SLT_RESOURCE, "no memory for run %zu", run);
    slt_status status = slt_manifest_run(a->manifest, run, loaded->spec, err);
    return status ? status
                  : slt_manifest_canonical(a->manifest, run, &loaded->canonical,
                                           &loaded->size, err);
}

static slt_status against_select_runs(slt_against *a, bool *selected, slt_error *err)
{
    size_t runs = slt_manifest_runs(a->manifest);
    slt_status status = SLT_OK;
    memset(selected, true, runs * sizeof *selected);
    if (a->more->only)
        status = slt_manifest_select(a->manifest, a->more->only, selected, err);
    a->runs = slt_world.calloc(runs + 1, sizeof *a->runs);
    if (!status && !a->runs)
        status = slt_fail(err, SLT_RESOURCE, "no memory for %zu runs", runs);
    for (size_t run = 0; run < runs && !status; run++)
        if (selected[run])
            status = against_load_run(a, run, &a->runs[a->run_count++], err);
    return status;
}

static slt_status against_load_runs(slt_against *a, slt_error *err)
{
    bool *selected =
        slt_world.calloc(slt_manifest_runs(a->manifest) + 1, sizeof *selected);
    slt_status status = selected ? against_select_runs(a, selected, err)
                                 : slt_fail(err, SLT_RESOURCE, "no memory for the runs");
    free(selected);
    return status;
}

/* ---- Folders ----------------------------------------------------------------------- */

static slt_status against_make_folder(slt_against *a, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    slt_status status =
        slt_path_print(path, err, "%s/sltrace-audit-XXXXXX", slt_io_temporary());
    if (status)
        return status;
    if (!slt_world.mkdtemp(path))
        return slt_fail(err, SLT_FILE, "%s: cannot be made: %s", path, strerror(errno));
    memcpy(a->folder, path, sizeof a->folder);
    return a->more->keep ? slt_folder_make(a->more->keep, err) : SLT_OK;
}

static void against_remove_folder(slt_against *a)
{
    char path[SLT_FILE_PATH_MAX];
    DIR *folder = *a->folder ? slt_world.opendir(a->folder) : NULL;
    if (!folder)
        return;
    for (struct dirent *entry; (entry = slt_world.readdir(folder));)
        if (entry->d_name[0] != '.' &&
            slt_path_print(path, NULL, "%s/%s", a->folder, entry->d_name) == SLT_OK)
            slt_world.unlink(path);
    slt_world.closedir(folder);
    slt_world.rmdir(a->folder);
}

/* Removes files of traces that were not completed. */
static void against_remove_parts(const slt_against *a)
{
    for (size_t i = 0; a->children && i < a->run_count * a->backend_count; i++) {
        const slt_child *child = &a->children[i];
        if (child->state == SLT_CHILD_RUNNING || child->state == SLT_CHILD_FAILED)
            slt_world.unlink(child->task.trace);
    }
}

/* ---- Children ---------------------------------------------------------------------- */

static slt_status against_set_task(const slt_against *a, const slt_against_run *run,
                                   const slt_backend *backend, slt_child_task *task,
                                   slt_error *err)
{
    char name[sizeof backend->name];
    const char *folder = a->more->keep ? a->more->keep : a->folder;
    slt_backend_file_name(backend, name);
    *task = (slt_child_task){.backend = backend,
                             .run = run->spec,
                             .canonical = run->canonical,
                             .size = run->size,
                             .folder = a->folder};
    snprintf(task->name, sizeof task->name, "%06zu-%s", run->run, name);
    slt_status status =
        slt_path_print(task->trace, err, "%s/%s.trace", folder, task->name);
    bool there = false;
    if (!status)
        status = slt_files_look(task->trace, &there, err);
    if (there)
        status = slt_fail(err, SLT_FILE, "%s: exists already; nothing is overwritten",
                          task->trace);
    return status;
}

static slt_status against_set_tasks(slt_against *a, slt_error *err)
{
    slt_status status = SLT_OK;
    a->children =
        slt_world.calloc(a->run_count * a->backend_count + 1, sizeof *a->children);
    if (!a->children)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu runs", a->run_count);
    for (size_t r = 0; r < a->run_count; r++) {
        a->runs[r].children = a->children + r * a->backend_count;
        for (size_t b = 0; b < a->backend_count && !status; b++)
            status = against_set_task(a, &a->runs[r], &a->backends[b],
                                      &a->runs[r].children[b].task, err);
    }
    return status;
}

/* ---- Verdicts ---------------------------------------------------------------------- */

/* Notes a status and its message, if it is worse than those before. */
static void against_note(slt_against *a, slt_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void against_note(slt_against *a, slt_status status, const char *format, ...)
{
    va_list arguments;
    if (slt_status_worse(a->worst, status) == a->worst)
        return;
    a->worst = status;
    va_start(arguments, format);
    vsnprintf(a->error.text, sizeof a->error.text, format, arguments);
    va_end(arguments);
    a->error.status = status;
}

static void against_judge_failed(slt_against *a, const slt_against_run *run,
                                 const slt_child *child, const char *name)
{
    bool unfit = child->error.status == SLT_UNFIT;
    slt_audit_judge(&a->audit, unfit ? SLT_AUDIT_WARNED : SLT_AUDIT_FAILED, name,
                    "not judged: %s", child->error.text);
    against_note(a, child->error.status, "run %zu: %s: %s", run->run,
                 child->task.backend->name, child->error.text);
}

static void against_judge_bits(slt_against *a, const slt_against_run *run,
                               const slt_against_side *side, const char *name)
{
    bool same = side->alike == 0;
    slt_audit_judge(&a->audit, same ? SLT_AUDIT_PASSED : SLT_AUDIT_FAILED, name, "%s",
                    same ? "identical" : "other bits");
    a->judged++;
    a->differing += !same;
    if (!same)
        against_note(a, SLT_DIFFERS, "run %zu: %s", run->run,
                     side->child->task.backend->name);
}

static void against_judge_llc(slt_against *a, const slt_against_side *side,
                              const char *name)
{
    slt_agreement agreement = slt_against_worst(side);
    if (!side->pairs.count)
        return;
    a->agreements[agreement]++;
    slt_audit_judge(&a->audit, slt_agreement_state(agreement), name, "%s",
                    slt_agreement_text(agreement));
}

static void against_judge_golden(slt_against *a, const slt_against_run *run)
{
    char name[64];
    if (!run->golden)
        return;
    snprintf(name, sizeof name, "run %zu: golden", run->run);
    slt_audit_judge(&a->audit, run->golden_same ? SLT_AUDIT_PASSED : SLT_AUDIT_FAILED,
                    name, "ours %s that of %s", run->golden_same ? "is" : "is not",
                    run->golden);
    if (!run->golden_same)
        against_note(a, SLT_DIFFERS,
                     "run %zu: ours is not that of %s; see sltrace verify", run->run,
                     run->golden);
}

static void against_judge_run(slt_against *a, const slt_against_run *run)
{
    char name[128];
    if (run->children[0].state == SLT_CHILD_DONE)
        against_judge_golden(a, run);
    for (size_t b = 0; b < a->backend_count; b++) {
        const slt_against_side *side = &run->sides[b];
        snprintf(name, sizeof name, "run %zu: %s", run->run, a->backends[b].name);
        if (side->child->state != SLT_CHILD_DONE) {
            against_judge_failed(a, run, side->child, name);
            continue;
        }
        slt_audit_add_subject(&a->audit, side->child->task.name, side->sha256);
        if (b == 0 || run->children[0].state != SLT_CHILD_DONE)
            continue;
        against_judge_bits(a, run, side, name);
        snprintf(name, sizeof name, "run %zu: %s: LLC", run->run, a->backends[b].name);
        against_judge_llc(a, side, name);
    }
}

static void against_sum_up(slt_against *a)
{
    slt_buffer words = {0};
    slt_buffer_printf(&words, "%zu of %zu computations differ from ours in bits",
                      a->differing, a->judged);
    const char *before = "; their LLC: ";
    for (int i = 0; i <= SLT_AGREE_UNKNOWN; i++)
        if (a->agreements[i]) {
            slt_buffer_printf(&words, "%s%zu %s", before, a->agreements[i],
                              slt_agreement_text((slt_agreement)i));
            before = ", ";
        }
    slt_fail(&a->error, SLT_DIFFERS, "%s", slt_buffer_text(&words));
    slt_buffer_free(&words);
}

/* ---- Runs in their order ----------------------------------------------------------- */

static slt_status against_tell_run(slt_against *a, slt_against_run *run, slt_error *err)
{
    slt_status status = slt_against_find(a, run, err);
    if (!status) {
        against_judge_run(a, run);
        slt_audit_tell(&a->audit, run, a, run);
    }
    slt_against_forget(a, run);
    return status;
}

static slt_status against_child_ended(void *context, size_t index, slt_error *err)
{
    slt_against *a = context;
    slt_status status = SLT_OK;
    a->runs[index / a->backend_count].left--;
    while (!status && a->told < a->run_count && a->runs[a->told].left == 0)
        status = against_tell_run(a, &a->runs[a->told++], err);
    return status;
}

static slt_status against_compute(slt_against *a, slt_error *err)
{
    const slt_children_call call = {against_child_ended, a};
    slt_audit_tell(&a->audit, against, a);
    slt_status status = slt_children_run(a->children, a->run_count * a->backend_count,
                                         a->audit.options, &call, err);
    slt_audit_tell(&a->audit, against_end, a);
    if (status || !a->worst)
        return status;
    if (a->worst == SLT_DIFFERS && a->differing)
        against_sum_up(a);
    if (err)
        *err = a->error;
    return a->worst;
}

static slt_status against_audit(slt_against *a, const char *manifest, slt_error *err)
{
    slt_status status =
        slt_backend_read(a->more->against, a->backends, &a->backend_count, err);
    if (!status)
        status = slt_manifest_open(manifest, &a->manifest, err);
    if (!status)
        status = against_add_configuration(a, manifest, MANIFEST_BYTES_MAX, err);
    if (!status)
        status = against_open_golden(a, err);
    if (!status)
        status = against_load_runs(a, err);
    if (!status)
        status = against_make_folder(a, err);
    if (!status)
        status = against_set_tasks(a, err);
    return status ? status : against_compute(a, err);
}

slt_status slt_audit_against(const char *manifest, const slt_audit_against_options *more,
                             const slt_audit_options *options, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_status unknown = slt_audit_check(options, err);
    if (unknown)
        return unknown;
    slt_against *a = slt_world.calloc(1, sizeof *a);
    if (!a)
        return slt_fail(err, SLT_RESOURCE, "no memory for an audit");
    a->more = more;
    slt_audit_begin(&a->audit, "against", options);
    slt_status status = against_audit(a, manifest, err);
    status = slt_audit_end(&a->audit, status, err);
    against_remove_parts(a);
    against_remove_folder(a);
    for (size_t i = 0; i < a->run_count; i++) {
        free(a->runs[i].spec);
        free(a->runs[i].sides);
    }
    free(a->runs);
    free(a->children);
    slt_golden_free(a->golden);
    slt_manifest_free(a->manifest);
    free(a);
    return status;
}
