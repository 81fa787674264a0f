#include "audit/finding.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "manifest/manifest.h"
#include "verify/replay_start.h"
#include "verify/fingerprints.h"

/* ---- The stretch ------------------------------------------------------------------- */

/* The last checkpoint before record `end`; SIZE_MAX if there is none. */
static size_t search_last_checkpoint(const slt_trace *trace, size_t end)
{
    for (size_t i = end; i-- > 0;)
        if (slt_trace_record(trace, i)->kind == SLT_RECORD_CHECKPOINT)
            return i;
    return SIZE_MAX;
}

static void search_choose_stretch(slt_audit_finding *finding, const slt_audit_side *a,
                                  const slt_difference *difference)
{
    slt_audit_stretch *stretch = &finding->stretch;
    size_t limit = search_last_checkpoint(a->trace, difference->record);
    finding->to_checkpoint = difference->record_kind == SLT_RECORD_CHECKPOINT;
    finding->to_step = difference->step;
    stretch->to_step =
        finding->to_checkpoint ? difference->step : finding->run->train.steps;
    stretch->run = finding->run;
    stretch->end = difference->record;
    stretch->from = SIZE_MAX;
    if (limit == SIZE_MAX)
        return;
    if (!finding->to_checkpoint)
        limit = slt_replay_start_limit(a->trace, finding->run, limit);
    stretch->from = slt_replay_start_state(a->trace, limit);
    if (stretch->from != SIZE_MAX)
        finding->from_step = slt_trace_record(a->trace, stretch->from)->step;
    stretch->from_step = finding->from_step;
}

/* If this machine cannot replay the run as side a's header states it, for instance
 * because its functions differ, side b is used. */
static void search_choose_side(slt_audit_finding *finding, const slt_audit_side *a,
                               const slt_audit_side *b)
{
    slt_audit_stretch *stretch = &finding->stretch;
    stretch->side = a;
    finding->replayed =
        !slt_trace_judgeable(a->trace, a->path, finding->run, &finding->refused);
    if (finding->replayed || slt_trace_judgeable(b->trace, b->path, finding->run, NULL))
        return;
    stretch->side = b;
    finding->replayed = true;
}

static slt_status search_prepare(slt_audit_finding *finding, const slt_audit_side *a,
                                 const slt_audit_side *b,
                                 const slt_difference *difference, slt_error *err)
{
    size_t size;
    const uint8_t *canonical = slt_trace_run(a->trace, &size);
    finding->run = slt_world.calloc(1, sizeof *finding->run);
    if (!finding->run)
        return slt_fail(err, SLT_RESOURCE, "no memory for a run");
    slt_status status = slt_canonical_decode(canonical, size, finding->run, err);
    if (!status)
        search_choose_stretch(finding, a, difference);
    if (!status)
        search_choose_side(finding, a, b);
    return status;
}

/* ---- Steps from elsewhere ---------------------------------------------------------- */

static slt_status search_open_steps(const char *path, slt_step_lines *steps,
                                    slt_error *err)
{
    *steps = (slt_step_lines){.file = slt_world.fopen(path, "r"), .path = path};
    return steps->file ? SLT_OK
                       : slt_fail(err, SLT_FILE, "%s: %s", path, strerror(errno));
}

/* Compares the step files of the two sides. */
static slt_status search_compare_files(slt_audit_finding *finding,
                                       const char *const paths[2], slt_error *err)
{
    slt_step_lines a = {0}, b = {0};
    uint64_t common;
    bool found;
    slt_status status = search_open_steps(paths[0], &a, err);
    if (!status)
        status = search_open_steps(paths[1], &b, err);
    if (!status)
        status = slt_step_lines_compare(&a, &b, &found, &common, &finding->first, err);
    slt_step_lines_free(&a);
    slt_step_lines_free(&b);
    if (status)
        return status;
    if (!common)
        return slt_fail(err, SLT_USAGE, "%s and %s have no step in common", paths[0],
                        paths[1]);
    finding->source = "steps";
    finding->has_step = found;
    finding->same_steps = !found;
    return SLT_OK;
}

/* ---- The whole --------------------------------------------------------------------- */

/* The side that another program may have made; NULL if it has no checkpoint to replay
 * to. */
static const slt_audit_side *search_foreign_side(const slt_audit_finding *finding,
                                                 const slt_audit_side *a,
                                                 const slt_audit_side *b)
{
    const slt_audit_side *side = slt_audit_explained(finding, 1) ? a : b;
    bool has = finding->to_checkpoint &&
               slt_replay_start_checkpoint(side->trace, finding->to_step) != SIZE_MAX;
    return has ? side : NULL;
}

static slt_status search_replay(slt_audit_finding *finding, const slt_audit_side *a,
                                const slt_audit_side *b, const slt_difference *difference,
                                const char *program, size_t jobs, slt_error *err)
{
    FILE *steps = slt_world.tmpfile();
    if (!steps)
        return slt_fail(err, SLT_FILE, "no temporary file for the hashes of steps: %s",
                        strerror(errno));
    slt_status status = slt_audit_explain(finding, a, b, jobs, steps, err);
    bool both = slt_audit_explained(finding, 0) && slt_audit_explained(finding, 1);
    const slt_audit_side *side = search_foreign_side(finding, a, b);
    /* If a chain's losses differ, the traces already name the draw. */
    if (!status && both && difference->kind != SLT_DIFFERENT_DRAW)
        status = slt_audit_locate(finding, difference, steps, err);
    else if (!status && finding->replayed && !both && program && side)
        status = slt_audit_ask_program(finding, program, side, steps, err);
    slt_world.fclose(steps);
    return status;
}

slt_status slt_audit_find(const slt_audit_side *a, const slt_audit_side *b,
                          const slt_difference *difference, const char *const steps[2],
                          const char *program, const slt_audit_options *options,
                          slt_audit_finding *finding, slt_error *err)
{
    *finding = (slt_audit_finding){.stretch.options = options};
    slt_status status = search_prepare(finding, a, b, difference, err);
    if (!status && finding->replayed && difference->kind != SLT_SAME)
        status = search_replay(finding, a, b, difference, program, options->jobs, err);
    if (!status && !finding->source && steps)
        status = search_compare_files(finding, steps, err);
    return status;
}
