#include "cli/plan.h"

#include <inttypes.h>
#include <stdio.h>

#include <sltrace/study.h>
#include <sltrace/system.h>

#include "cli/json.h"
#include "cli/manifest.h"
#include "cli/progress.h"

/* Of more runs so many are looked at, spread evenly, and stand for the others. */
enum { PLANNED_MAX = 20000 };

/* Sums over runs, and the extremes where runs differ. */
typedef struct plan {
    size_t runs, planned;
    slt_plan total, least, most;
    double seconds; /* on one processor */
} plan;

static void widen(uint64_t value, uint64_t *least, uint64_t *most, uint64_t *total)
{
    *least = value < *least ? value : *least;
    *most = value > *most ? value : *most;
    *total += value;
}

/* From the sum over `of` runs to that over all. */
static void extend(uint64_t *total, const plan *all)
{
    *total = *total / all->planned * all->runs +
             *total % all->planned * all->runs / all->planned;
}

static void extend_totals(plan *all)
{
    slt_plan *c = &all->total;
    uint64_t *const totals[] = {&c->parameters, &c->steps,       &c->checkpoints,
                                &c->updates,    &c->draws,       &c->work,
                                &c->beside_ns,  &c->trace_bytes, &c->kept_bytes};
    for (size_t i = 0; i < sizeof totals / sizeof *totals; i++)
        extend(totals[i], all);
}

static slt_status make_plan(slt_manifest *manifest, plan *all, slt_error *err)
{
    *all = (plan){.least = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX,
                            UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};
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
        slt_plan *a = &all->least, *b = &all->most, *c = &all->total;
        widen(one.parameters, &a->parameters, &b->parameters, &c->parameters);
        widen(one.steps, &a->steps, &b->steps, &c->steps);
        widen(one.checkpoints, &a->checkpoints, &b->checkpoints, &c->checkpoints);
        widen(one.updates, &a->updates, &b->updates, &c->updates);
        widen(one.draws, &a->draws, &b->draws, &c->draws);
        widen(one.work, &a->work, &b->work, &c->work);
        widen(one.beside_ns, &a->beside_ns, &b->beside_ns, &c->beside_ns);
        widen(one.trace_bytes, &a->trace_bytes, &b->trace_bytes, &c->trace_bytes);
        widen(one.kept_bytes, &a->kept_bytes, &b->kept_bytes, &c->kept_bytes);
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
    print_range("updates", least->updates, most->updates, " of SGLD chains");
    print_range("draws", least->draws, most->draws, "");
    if (most->kept_bytes) {
        size_text(most->kept_bytes, text);
        printf("memory      %s of weights kept for estimates\n", text);
    }
    size_text(all->total.trace_bytes, text);
    printf("of all runs:\ndisk        about %s\n", text);
    const slt_processors here = slt_processors_here();
    cli_duration(all->seconds, text);
    cli_duration(all->seconds / here.jobs, jobs_text);
    printf("time        about %s on one processor, %s on the %u here\n", text, jobs_text,
           here.jobs);
    slt_processors_print(&here, found);
    printf("processors  %s\n", found);
}

static void put_whole(const char *name, uint64_t number)
{
    cli_json_key(stdout, true, name);
    cli_json_uint(stdout, number);
}

static void put_plan(const slt_manifest *manifest, const plan *all)
{
    fputs("{\"manifest\":", stdout);
    cli_json_text(stdout, slt_manifest_name(manifest));
    printf(",\"runs\":%zu,\"axes\":[", slt_manifest_runs(manifest));
    for (size_t axis = 0; axis < slt_manifest_axes(manifest); axis++) {
        fputs(axis ? "," : "", stdout);
        cli_json_text(stdout, slt_manifest_axis(manifest, axis));
    }
    const slt_plan *total = &all->total;
    putchar(']');
    put_whole("parameters", total->parameters);
    put_whole("steps", total->steps);
    put_whole("checkpoints", total->checkpoints);
    put_whole("updates", total->updates);
    put_whole("draws", total->draws);
    put_whole("multiply_adds", total->work);
    put_whole("trace_bytes", total->trace_bytes);
    put_whole("kept_bytes", all->most.kept_bytes);
    cli_json_key(stdout, true, "seconds");
    cli_json_real(stdout, slt_real_of(all->seconds));
    printf(",\"checked\":%zu,\"planned\":%zu}\n", slt_manifest_checked(manifest),
           all->planned);
}

slt_status cli_show_plan(const char *path, bool json, slt_error *err)
{
    slt_manifest *manifest = NULL;
    plan all;
    slt_status status = cli_open_manifest(path, &manifest, err);
    if (status == SLT_OK)
        status = make_plan(manifest, &all, err);
    if (status == SLT_OK)
        json ? put_plan(manifest, &all) : print_plan(manifest, &all);
    slt_manifest_free(manifest);
    return status;
}
