#include "cli/plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/study.h>
#include <sltrace/system.h>

#include "base/world.h"
#include "cli/cli.h"
#include "cli/manifest.h"
#include "cli/progress.h"
#include "cli/shards.h"

/* Where a sweep has more runs, this many, spread evenly over it, are looked at and stand
 * for the others. */
enum { PLANNED_MAX = 20000 };
/* Memory of the program itself and its libraries, as measured. */
enum { PROGRAM_BYTES = 7000000 };

/* Sums over the runs, and the smallest and largest where runs differ. */
typedef struct plan {
    size_t runs, planned;
    slt_plan total, least, most;
    const char *sampler; /* of all runs; NULL: several */
    double seconds;      /* on one processor */
} plan;

static void plan_widen(uint64_t value, uint64_t *least, uint64_t *most, uint64_t *total)
{
    *least = value < *least ? value : *least;
    *most = value > *most ? value : *most;
    *total += value;
}

/* Scales a sum over the `of` runs that were looked at to all runs. */
static void plan_extend(uint64_t *total, const plan *all)
{
    *total = *total / all->planned * all->runs +
             *total % all->planned * all->runs / all->planned;
}

static void extend_totals(plan *all)
{
    slt_plan *c = &all->total;
    uint64_t *const totals[] = {&c->parameters, &c->steps,      &c->checkpoints,
                                &c->updates,    &c->draws,      &c->work,
                                &c->beside_ns,  &c->trace_bytes};
    for (size_t i = 0; i < sizeof totals / sizeof *totals; i++)
        plan_extend(totals[i], all);
}

static slt_status make_plan(slt_manifest *manifest, plan *all, slt_error *err)
{
    *all = (plan){0};
    memset(&all->least, 0xff, sizeof all->least);
    uint64_t speed = 0;
    all->runs = slt_manifest_runs(manifest);
    all->planned = all->runs < PLANNED_MAX ? all->runs : PLANNED_MAX;
    for (size_t i = 0; i < all->planned; i++) {
        const size_t run =
            i ? (size_t)((uint64_t)i * (all->runs - 1) / (all->planned - 1)) : 0;
        slt_plan one;
        slt_status status = slt_study_plan(manifest, run, &one, err);
        if (status == SLT_OK && run == 0)
            status = slt_study_speed(manifest, run, &speed, err);
        if (status)
            return status;
        if (run == 0)
            all->sampler = one.sampler;
        else if (all->sampler && (!one.sampler || strcmp(all->sampler, one.sampler) != 0))
            all->sampler = NULL;
        slt_plan *a = &all->least, *b = &all->most, *c = &all->total;
        plan_widen(one.parameters, &a->parameters, &b->parameters, &c->parameters);
        plan_widen(one.steps, &a->steps, &b->steps, &c->steps);
        plan_widen(one.checkpoints, &a->checkpoints, &b->checkpoints, &c->checkpoints);
        plan_widen(one.updates, &a->updates, &b->updates, &c->updates);
        plan_widen(one.draws, &a->draws, &b->draws, &c->draws);
        plan_widen(one.work, &a->work, &b->work, &c->work);
        plan_widen(one.beside_ns, &a->beside_ns, &b->beside_ns, &c->beside_ns);
        plan_widen(one.trace_bytes, &a->trace_bytes, &b->trace_bytes, &c->trace_bytes);
        if (one.memory_bytes >= b->memory_bytes) {
            b->memory_bytes = one.memory_bytes;
            b->memory = one.memory;
            b->together = one.together;
        }
    }
    extend_totals(all);
    all->seconds = speed ? (double)all->total.work / (double)speed +
                               (double)all->total.beside_ns * 1e-9
                         : 0;
    return SLT_OK;
}

static void size_text(uint64_t bytes, char text[32])
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
    double size = (double)bytes;
    int unit = 0;
    for (; size >= 1000 && unit < 4; unit++)
        size /= 1000;
    snprintf(text, 32, unit ? "%.1f %s" : "%.0f %s", size, units[unit]);
}

static void print_range(const char *name, uint64_t least, uint64_t most, const char *note)
{
    if (least == most)
        printf("%-12s%" PRIu64 "%s\n", name, least, note);
    else
        printf("%-12s%" PRIu64 " to %" PRIu64 "%s\n", name, least, most, note);
}

/* The run that takes most memory, and what takes it. */
static void print_memory(const slt_plan *most)
{
    const slt_plan_memory *m = &most->memory;
    const struct {
        const char *name;
        uint64_t bytes;
    } parts[] = {{"data", m->data},        {"state", m->state},
                 {"network", m->values},   {"kept for estimates", m->kept},
                 {"chains", m->chains},    {"writing", m->writing},
                 {"planting", m->planting}};
    char text[32];
    size_text(most->memory_bytes, text);
    printf("memory      about %s", text);
    const char *before = ": ";
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].bytes < most->memory_bytes / 100)
            continue;
        size_text(parts[i].bytes, text);
        printf("%s%s %s", before, parts[i].name, text);
        before = ", ";
    }
    putchar('\n');
}

/* As many runs are in memory as there are threads, or more where one thread computes
 * several side by side. */
static uint64_t memory_of_jobs(const plan *all, unsigned jobs)
{
    uint64_t at_once = jobs * all->most.together, bytes;
    if (at_once > all->runs)
        at_once = all->runs;
    if (__builtin_mul_overflow(at_once, all->most.memory_bytes, &bytes) ||
        __builtin_add_overflow(bytes, PROGRAM_BYTES, &bytes))
        return UINT64_MAX;
    return bytes;
}

static void print_plan(const slt_manifest *manifest, const plan *all)
{
    char text[32], jobs_text[32], found[SLT_PROCESSORS_TEXT_MAX];
    printf("manifest    %s\nruns        %zu\n", slt_manifest_name(manifest),
           slt_manifest_runs(manifest));
    for (size_t axis = 0; axis < slt_manifest_axes(manifest); axis++)
        printf("%s%s", axis ? ", " : "axes        ", slt_manifest_axis(manifest, axis));
    if (slt_manifest_axes(manifest))
        putchar('\n');
    size_t checked = slt_manifest_checked(manifest);
    if (checked < all->runs)
        printf(
            "checked     %zu of them, spread evenly; each other one before it is used\n",
            checked);
    if (all->planned < all->runs)
        printf("of one run, by %zu of them:\n", all->planned);
    else
        puts("of one run:");
    const slt_plan *least = &all->least, *most = &all->most;
    print_range("parameters", least->parameters, most->parameters, "");
    print_range("steps", least->steps, most->steps, most->steps ? " at most" : "");
    print_range("checkpoints", least->checkpoints, most->checkpoints, " at most");
    snprintf(text, sizeof text, " of %s%schains", all->sampler ? all->sampler : "",
             all->sampler ? " " : "");
    print_range("updates", least->updates, most->updates, text);
    print_range("draws", least->draws, most->draws, "");
    print_memory(most);
    size_text(all->total.trace_bytes, text);
    printf("of all runs:\ndisk        about %s\n", text);
    const slt_processors here = slt_processors_here();
    size_text(memory_of_jobs(all, here.jobs), text);
    printf("memory      about %s with --jobs %u\n", text, here.jobs);
    cli_duration(all->seconds, text);
    cli_duration(all->seconds / here.jobs, jobs_text);
    printf("time        about %s on one processor, %s on the %u here\n", text, jobs_text,
           here.jobs);
    slt_processors_print(&here, found);
    printf("processors  %s\n", found);
}

/* ---- Files of weights and of data -------------------------------------------------- */

/* How many runs have their files looked at: a sweep may have millions. */
#define FILE_RUNS_MAX 100

/* The different files, each listed once. */
typedef struct file_list {
    slt_study_file files[FILE_RUNS_MAX];
    size_t count;
    slt_json *json; /* where they are listed; NULL: as text on stdout */
} file_list;

static bool is_told(const file_list *list, const slt_study_file *file)
{
    for (size_t i = 0; i < list->count; i++)
        if (!strcmp(list->files[i].name, file->name) &&
            list->files[i].of_data == file->of_data &&
            !strcmp(list->files[i].file, file->file) &&
            !strcmp(list->files[i].sha256, file->sha256))
            return true;
    return list->count == FILE_RUNS_MAX;
}

static void print_file(const slt_study_file *file)
{
    const bool own = file->of_data && strncmp(file->name, "other_data.", 11) != 0;
    printf("file        %s%s: ", own ? "data." : "", file->name);
    cli_put(*file->file ? file->file : file->sha256, ": ");
    if (file->status == SLT_OK)
        printf("%s, %zu x %zu, its SHA-256 as given\n", file->holds, file->rows,
               file->cols);
    else
        puts("no run starts from it");
}

static void put_file(slt_json *json, const slt_study_file *file)
{
    slt_json_open(json, '{');
    slt_json_key_text(json, file->of_data ? "data" : "weight", file->name);
    slt_json_key_text(json, "file", file->file);
    slt_json_key_text(json, "sha256", file->sha256);
    slt_json_key_text(json, "holds", file->holds);
    slt_json_key_text(json, "status", slt_status_text(file->status));
    slt_json_close(json, '}');
}

/* Lists the files of a run; *wrong becomes the error of the first that it cannot start
 * from. */
static slt_status tell_files(slt_manifest *manifest, size_t run, file_list *list,
                             slt_error *wrong, slt_error *err)
{
    for (size_t index = 0;; index++) {
        slt_study_file *file = &list->files[list->count];
        slt_study_file one;
        slt_status status = slt_study_file_look(manifest, run, index, &one, err);
        if (status || !one.name[0])
            return status;
        if (is_told(list, &one))
            continue;
        list->json ? put_file(list->json, &one) : print_file(&one);
        *file = one;
        list->count++;
        if (one.status && !wrong->status)
            *wrong = one.wrong;
    }
}

static slt_status tell_all_files(slt_manifest *manifest, slt_json *json, slt_error *err)
{
    file_list *list = slt_world.calloc(1, sizeof *list);
    slt_error wrong = {0};
    size_t runs = slt_manifest_runs(manifest);
    slt_status status = SLT_OK;
    if (!list)
        return slt_fail(err, SLT_RESOURCE, "no memory for the plan's files");
    list->json = json;
    for (size_t run = 0; run < runs && run < FILE_RUNS_MAX && !status; run++)
        status = tell_files(manifest, run, list, &wrong, err);
    if (!status)
        status = slt_error_copy(err, &wrong);
    free(list);
    return status;
}

/* ---- JSON -------------------------------------------------------------------------- */

static void put_plan(slt_json *json, const slt_manifest *manifest, const plan *all)
{
    const slt_plan *total = &all->total;
    slt_json_begin(json, "sltrace.plan/1");
    slt_json_key_text(json, "manifest", slt_manifest_name(manifest));
    slt_json_key_uint(json, "runs", slt_manifest_runs(manifest));
    slt_json_key_open(json, "axes", '[');
    for (size_t axis = 0; axis < slt_manifest_axes(manifest); axis++)
        slt_json_text(json, slt_manifest_axis(manifest, axis));
    slt_json_close(json, ']');
    slt_json_key_uint(json, "parameters", total->parameters);
    slt_json_key_uint(json, "steps", total->steps);
    slt_json_key_uint(json, "checkpoints", total->checkpoints);
    slt_json_key_uint(json, "updates", total->updates);
    slt_json_key_uint(json, "draws", total->draws);
    slt_json_key_uint(json, "multiply_adds", total->work);
    slt_json_key_uint(json, "trace_bytes", total->trace_bytes);
    slt_json_key_uint(json, "memory_bytes", all->most.memory_bytes);
    slt_json_key_real(json, "seconds", slt_real_of(all->seconds));
    slt_json_key_uint(json, "checked", slt_manifest_checked(manifest));
    slt_json_key_uint(json, "planned", all->planned);
}

slt_status cli_show_plan(const char *path, size_t shards, slt_json *json, slt_error *err)
{
    slt_manifest *manifest = NULL;
    plan all;
    slt_status status = cli_open_manifest(path, &manifest, err);
    if (status == SLT_OK)
        status = make_plan(manifest, &all, err);
    if (status == SLT_OK && json) {
        put_plan(json, manifest, &all);
        slt_json_key_open(json, "files", '[');
        status = tell_all_files(manifest, json, err);
        slt_json_close(json, ']');
    } else if (status == SLT_OK) {
        print_plan(manifest, &all);
        status = tell_all_files(manifest, NULL, err);
    }
    if (status == SLT_OK && shards)
        status = cli_show_shards(manifest, shards, all.seconds, json, err);
    slt_manifest_free(manifest);
    return status;
}
