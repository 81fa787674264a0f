/* A stretch of a run computed again, as this machine does it or with a fault on purpose.
 */
#ifndef SLT_AUDIT_WALK_H
#define SLT_AUDIT_WALK_H

#include "audit/side.h"
#include "base/fpenv.h"
#include "run/execute.h"
#include "verify/step_lines.h"

/* From behind record `from` (which holds the state; SIZE_MAX: from the start) until
 * record `end` is written. */
typedef struct slt_audit_stretch {
    const slt_audit_side *side; /* whose run it is, and the state that it begins with */
    const slt_run_spec *run;
    size_t from, end;
    uint64_t from_step, to_step;      /* of training; to_step: how far it goes */
    const slt_audit_options *options; /* cancel, and progress told by whom `tells` */
} slt_audit_stretch;

typedef struct slt_audit_walk {
    slt_fpenv_fault fault;
    slt_pool *pool;         /* NULL: this thread alone, as a fault asks */
    FILE *write;            /* takes a line a step (steps.h); may be NULL */
    slt_step_lines *beside; /* stops at the first step that parts from it; may be NULL */
    bool tells;             /* progress, as one run */
    bool has_stop;          /* stops at the state of this step */
    uint64_t stop;
    /* What came of it. */
    slt_status status; /* SLT_OK also where it stopped as asked */
    slt_error error;
    bool reached;      /* the end */
    slt_digest bodies; /* slt_audit_bodies_digest of what was computed */
    bool parted;       /* from `beside`; difference->tensors is freed with the walk */
    slt_step_difference difference;
    bool stopped; /* at stop, or where it parted: execution.state is the one there */
    slt_execution execution;
} slt_audit_walk;

/* Of the records behind `from` (behind the header, where that is SIZE_MAX) until `end`,
 * what their bodies say; false where a trace has no such record. */
bool slt_audit_bodies_digest(const slt_audit_side *side, size_t from, size_t end,
                             slt_digest *passed);

/* Fills in what came of it, in this thread's environment, which is as before after. */
void slt_audit_walk_go(const slt_audit_stretch *stretch, slt_audit_walk *walk);
void slt_audit_walk_free(slt_audit_walk *walk);

#endif
