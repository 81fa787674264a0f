/* What is known of a run once all back ends have computed it. */
#include "audit/against_internal.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/world.h"
#include "codec/digest.h"
#include "run/outcome.h"

static slt_status against_find_loss(slt_against_side *side, slt_error *err)
{
    slt_outcome outcome;
    slt_status status = slt_outcome_of_trace(side->trace, NULL, 0, &outcome, err);
    if (status)
        return status;
    const slt_real *loss =
        slt_outcome_find(&outcome, &(slt_quantity){.kind = SLT_QUANTITY_LOSS});
    side->loss = loss ? *loss : slt_real_of((double)NAN);
    slt_outcome_free(&outcome);
    return SLT_OK;
}

static slt_status against_read_side(slt_against_side *side, slt_error *err)
{
    slt_status status = slt_trace_open(side->child->task.trace, &side->trace, err);
    if (status)
        return status;
    const slt_record *end =
        slt_trace_record(side->trace, slt_trace_records(side->trace) - 1);
    side->status = end->status;
    side->end_step = end->step;
    slt_trace_sha256(side->trace, side->sha256);
    return against_find_loss(side, err);
}

/* Whether units in the last place are those of binary32, the coarser arithmetic. */
static bool against_is_narrow(const slt_against_side *a, const slt_against_side *b)
{
    return a->arithmetic == SLT_F32 || b->arithmetic == SLT_F32;
}

static slt_status against_compare_side(const slt_against *against,
                                       const slt_against_run *run, slt_against_side *side,
                                       slt_error *err)
{
    slt_against_side *ours = &run->sides[0];
    slt_status status = slt_divergence_find(
        against->folder, ours->child->task.name, side->child->task.name, run->spec,
        against_is_narrow(ours, side), &side->divergence, err);
    return status ? status
                  : slt_estimate_pairs_find(ours->trace, side->trace, &side->pairs, err);
}

static void against_compare_golden(const slt_against *against, slt_against_run *run)
{
    const slt_golden *golden = against->golden;
    for (size_t i = 0; golden && i < golden->run_count; i++) {
        const slt_golden_run *one = &golden->runs[i];
        if (one->run != run->run ||
            !slt_digest_equal(one->experiment, slt_trace_experiment(run->sides[0].trace)))
            continue;
        run->golden = golden->path;
        run->golden_same = strcmp(one->sha256, run->sides[0].sha256) == 0;
    }
}

slt_status slt_against_find(slt_against *against, slt_against_run *run, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t b = 0; b < against->backend_count && !status; b++) {
        slt_against_side *side = &run->sides[b];
        const slt_backend *backend = &against->backends[b];
        side->child = &run->children[b];
        side->arithmetic = backend->kind == SLT_BACKEND_ARITHMETIC
                               ? backend->arithmetic
                               : run->spec->arithmetic;
        side->alike = b;
        if (side->child->state != SLT_CHILD_DONE)
            continue;
        status = against_read_side(side, err);
        for (size_t i = 0; i < b && side->alike == b; i++)
            if (run->sides[i].trace && strcmp(run->sides[i].sha256, side->sha256) == 0)
                side->alike = i;
    }
    if (!status && run->sides[0].trace)
        against_compare_golden(against, run);
    for (size_t b = 0; b < against->backend_count && !status; b++)
        if (run->sides[0].trace && run->sides[b].trace)
            status = against_compare_side(against, run, &run->sides[b], err);
    return status;
}

static void against_remove_file(const char *folder, const char *name, const char *suffix)
{
    char path[SLT_FILE_PATH_MAX];
    if (slt_path_print(path, NULL, "%s/%s.%s", folder, name, suffix) == SLT_OK)
        slt_world.unlink(path);
}

void slt_against_forget(slt_against *against, slt_against_run *run)
{
    for (size_t b = 0; b < against->backend_count; b++) {
        slt_against_side *side = &run->sides[b];
        const char *name = run->children[b].task.name;
        slt_divergence_free(&side->divergence);
        slt_estimate_pairs_free(&side->pairs);
        slt_trace_free(side->trace);
        side->trace = NULL;
        against_remove_file(against->folder, name, "steps");
        against_remove_file(against->folder, name, "weights");
        against_remove_file(against->folder, name, "trace");
    }
}

slt_agreement slt_against_worst(const slt_against_side *side)
{
    slt_agreement worst = SLT_AGREE_IDENTICAL;
    for (size_t i = 0; i < side->pairs.count; i++)
        if (side->pairs.list[i].last)
            worst = slt_agreement_worse(worst, side->pairs.list[i].agreement);
    return worst;
}
