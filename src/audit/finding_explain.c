/* Which fault produces each side's record, and where replays with two faults first
 * differ. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audit/finding.h"
#include "base/cpu.h"
#include "base/world.h"
#include "codec/digest.h"
#include "num/math.h"
#include "verify/state_check.h"

/* ---- All conditions ---------------------------------------------------------------- */

typedef struct trial {
    const slt_audit_stretch *stretch;
    slt_audit_walk walk[SLT_FPENV_FAULTS];
    size_t count;
} trial;

static void explain_try_one(void *context, size_t index)
{
    trial *t = context;
    slt_audit_walk_go(t->stretch, &t->walk[index]);
}

/* Whether a walk gave a side's records. */
static bool explain_gives(const slt_audit_walk *walk, const slt_audit_finding *finding,
                          const slt_audit_side *side)
{
    slt_digest bodies;
    return walk->reached &&
           slt_audit_bodies_digest(side, finding->stretch.from, finding->stretch.end,
                                   &bodies) &&
           slt_digest_equal(walk->bodies, bodies);
}

static void explain_note(slt_audit_finding *finding, const slt_audit_side *const sides[2],
                         const slt_audit_walk *walk)
{
    for (int side = 0; side < 2; side++)
        finding->by[side][walk->fault] = explain_gives(walk, finding, sides[side]);
}

/* Notes which replays gave which side's records. A replay with a fault may fail in any
 * way, and that is ignored. If the replay without a fault cannot be made (an init file is
 * missing, or a stored state is one that no run reaches), that is the finding. An
 * interruption ends the audit, and so does running out of memory or of disk. */
static slt_status explain_note_all(slt_audit_finding *finding,
                                   const slt_audit_side *const sides[2], const trial *t,
                                   slt_error *err)
{
    for (size_t i = 0; i < t->count; i++) {
        const slt_audit_walk *walk = &t->walk[i];
        if (walk->status == SLT_INTERRUPTED || walk->status == SLT_RESOURCE)
            return slt_fail(err, walk->status, "%s", walk->error.text);
        if (!i && walk->status) {
            finding->replayed = false;
            finding->refused = walk->error;
            return SLT_OK;
        }
        explain_note(finding, sides, walk);
    }
    return SLT_OK;
}

static slt_status explain_try_all(slt_audit_finding *finding,
                                  const slt_audit_side *const sides[2], size_t jobs,
                                  FILE *steps, slt_error *err)
{
    trial t = {.stretch = &finding->stretch,
               .count = finding->run->arithmetic == SLT_FIXED ? 1 : SLT_FPENV_FAULTS};
    slt_pool *pool;
    slt_status status = slt_pool_create(jobs ? jobs : 1, &pool, err);
    if (status)
        return status;
    for (size_t i = 0; i < t.count; i++)
        t.walk[i].fault = (slt_fpenv_fault)i;
    t.walk[0].write = steps;
    t.walk[0].tells = true;
    slt_pool_each(pool, t.count, explain_try_one, &t);
    slt_pool_free(pool);
    status = explain_note_all(finding, sides, &t, err);
    for (size_t i = 0; i < t.count; i++)
        slt_audit_walk_free(&t.walk[i]);
    return status;
}

/* ---- Other kernels ----------------------------------------------------------------- */

/* Tries the kernels for older CPUs. They must give the same bits; if they do not, that is
 * the finding. */
static slt_status explain_try_kernels(slt_audit_finding *finding,
                                      const slt_audit_side *const sides[2],
                                      slt_error *err)
{
    slt_isa used = slt_num_isa(), last = used;
    slt_status status = SLT_OK;
    for (slt_isa isa = used; isa-- > SLT_ISA_SCALAR && !status;) {
        slt_audit_walk walk = {0};
        slt_num_start(isa);
        if (slt_num_isa() == last)
            continue;
        last = slt_num_isa();
        slt_audit_walk_go(&finding->stretch, &walk);
        for (int side = 0; side < 2; side++)
            if (!slt_audit_explained(finding, side) && !finding->isa[side] &&
                explain_gives(&walk, finding, sides[side]))
                finding->isa[side] = slt_isa_name(last);
        if (walk.status == SLT_INTERRUPTED || walk.status == SLT_RESOURCE)
            status = slt_fail(err, walk.status, "%s", walk.error.text);
        slt_audit_walk_free(&walk);
    }
    slt_num_start(used);
    return status;
}

slt_status slt_audit_explain(slt_audit_finding *finding, const slt_audit_side *a,
                             const slt_audit_side *b, size_t jobs, FILE *steps,
                             slt_error *err)
{
    const slt_audit_side *const sides[2] = {a, b};
    slt_status status = explain_try_all(finding, sides, jobs, steps, err);
    bool both = slt_audit_explained(finding, 0) && slt_audit_explained(finding, 1);
    if (!status && finding->replayed && !both)
        status = explain_try_kernels(finding, sides, err);
    return status;
}

/* ---- Where they part --------------------------------------------------------------- */

/* Compares the losses of the chain with which the stretch ends. */
static void explain_note_draw(slt_audit_finding *finding,
                              const slt_difference *difference, const slt_execution *ours,
                              const slt_execution *theirs)
{
    size_t chain = difference->chain;
    if (chain >= ours->chain_count || chain >= theirs->chain_count)
        return;
    const slt_chain *a = &ours->chains[chain], *b = &theirs->chains[chain];
    uint64_t count = a->draws < b->draws ? a->draws : b->draws;
    for (uint64_t draw = 0; draw < count && !finding->has_draw; draw++) {
        finding->has_draw = a->losses[draw].bits != b->losses[draw].bits;
        finding->draw = draw;
        finding->ulp = slt_compare_ulp(a->losses[draw], b->losses[draw]);
    }
}

/* Notes the first tensor of two states that differs, and its first element that does. */
static void explain_note_state(slt_audit_finding *finding, const slt_state *ours,
                               const slt_state *theirs)
{
    const slt_model_spec *model = &finding->run->model;
    slt_buffer x = {0}, y = {0};
    slt_real none = {0};
    if (!finding->has_step) {
        slt_step_line_print(model, ours, none, &x);
        slt_step_line_print(model, theirs, none, &y);
        finding->has_step = slt_step_lines_part(slt_buffer_text(&x), slt_buffer_text(&y),
                                                &finding->first);
        slt_buffer_free(&x);
        slt_buffer_free(&y);
    }
    const slt_tensor *a = slt_state_tensor(model, ours, finding->first.first);
    const slt_tensor *b = slt_state_tensor(model, theirs, finding->first.first);
    if (a && b)
        slt_audit_note_element(finding, a, b);
}

/* Two walks over the same stretch. */
typedef struct pair {
    slt_audit_walk ours, theirs;
} pair;

static void explain_free_pair(pair *p)
{
    slt_audit_walk_free(&p->ours);
    slt_audit_walk_free(&p->theirs);
}

static slt_status explain_status_of(const slt_audit_walk *walk, slt_error *err)
{
    return walk->status ? slt_fail(err, walk->status, "%s", walk->error.text) : SLT_OK;
}

/* Compares the initial states of the run, before any step. */
static slt_status explain_locate_start(slt_audit_finding *finding, pair *p,
                                       slt_error *err)
{
    p->ours.has_stop = p->theirs.has_stop = true;
    slt_audit_walk_go(&finding->stretch, &p->ours);
    slt_audit_walk_go(&finding->stretch, &p->theirs);
    slt_status status = explain_status_of(&p->ours, err);
    if (!status)
        status = explain_status_of(&p->theirs, err);
    if (!status && p->ours.stopped && p->theirs.stopped)
        explain_note_state(finding, &p->ours.execution.state, &p->theirs.execution.state);
    return status;
}

/* Finds the first step that differs. steps: the step lines of p->ours. */
static slt_status explain_locate_step(slt_audit_finding *finding, pair *p, FILE *steps,
                                      const slt_difference *difference, slt_error *err)
{
    slt_step_lines beside = {.file = steps, .path = "the steps replayed"};
    p->theirs.beside = &beside;
    slt_audit_walk_go(&finding->stretch, &p->theirs);
    free(beside.line);
    p->theirs.beside = NULL;
    slt_status status = explain_status_of(&p->theirs, err);
    if (status)
        return status;
    finding->same_steps = !p->theirs.parted;
    if (p->theirs.parted) {
        p->ours.has_stop = true;
        p->ours.stop = p->theirs.difference.step;
    }
    slt_audit_walk_go(&finding->stretch, &p->ours);
    status = explain_status_of(&p->ours, err);
    if (status)
        return status;
    if (finding->same_steps) {
        explain_note_draw(finding, difference, &p->ours.execution, &p->theirs.execution);
        return SLT_OK;
    }
    finding->has_step = true;
    finding->first = p->theirs.difference;
    p->theirs.parted = false; /* its list of tensors now belongs to the finding */
    if (p->ours.stopped)
        explain_note_state(finding, &p->ours.execution.state, &p->theirs.execution.state);
    return SLT_OK;
}

/* Writes the step lines of a walk to the file *kept. */
static slt_status explain_write_steps(const slt_audit_finding *finding,
                                      slt_fpenv_fault fault, FILE **kept, slt_error *err)
{
    slt_audit_walk walk = {.fault = fault, .write = slt_world.tmpfile()};
    *kept = walk.write;
    if (!walk.write)
        return slt_fail(err, SLT_FILE, "no temporary file for the hashes of steps");
    slt_audit_walk_go(&finding->stretch, &walk);
    slt_status status = explain_status_of(&walk, err);
    slt_audit_walk_free(&walk);
    return status;
}

/* Finds the first step that differs. steps: the step lines of the walk without a fault,
 * used if that is ours. */
static slt_status explain_locate_behind(slt_audit_finding *finding, pair *p,
                                        const slt_difference *difference, FILE *steps,
                                        slt_error *err)
{
    FILE *own = NULL;
    slt_status status = SLT_OK;
    if (p->ours.fault != SLT_FPENV_RIGHT)
        status = explain_write_steps(finding, p->ours.fault, &own, err);
    steps = own ? own : steps;
    if (!status && slt_world.fseeko(steps, 0, SEEK_SET))
        status = slt_fail(err, SLT_FILE, "the steps replayed: %s", strerror(errno));
    if (!status)
        status = explain_locate_step(finding, p, steps, difference, err);
    if (own)
        slt_world.fclose(own);
    return status;
}

slt_status slt_audit_locate(slt_audit_finding *finding, const slt_difference *difference,
                            FILE *steps, slt_error *err)
{
    slt_fpenv_fault a = slt_audit_cause(finding, 0), b = slt_audit_cause(finding, 1);
    /* `steps` holds the steps without a fault, so `ours` is that walk if possible. */
    slt_fpenv_fault ours = b == SLT_FPENV_RIGHT ? b : a;
    slt_fpenv_fault theirs = b == SLT_FPENV_RIGHT ? a : b;
    slt_status status = SLT_OK;
    pair p = {.ours.fault = ours, .theirs.fault = theirs};
    finding->source = "conditions";
    if (finding->stretch.from == SIZE_MAX)
        status = explain_locate_start(finding, &p, err);
    explain_free_pair(&p);
    if (status || finding->has_step)
        return status;
    p = (pair){.ours.fault = ours, .theirs.fault = theirs};
    status = explain_locate_behind(finding, &p, difference, steps, err);
    explain_free_pair(&p);
    return status;
}
