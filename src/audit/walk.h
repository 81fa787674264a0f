/* Computes a stretch of a run again, either correctly or with a deliberate fault of the
 * floating-point environment. */
#ifndef SLT_AUDIT_WALK_H
#define SLT_AUDIT_WALK_H

#include "audit/side.h"
#include "base/fpenv.h"
#include "run/execute.h"
#include "verify/step_lines.h"

/* A stretch: from just after record `from`, which stores the state (SIZE_MAX: from the
 * start), until record `end` is written. */
typedef struct slt_audit_stretch {
    const slt_audit_side *side; /* the trace with the run and the state to start from */
    const slt_run_spec *run;
    size_t from, end;
    uint64_t from_step, to_step; /* of training; to_step: the last step */
    const slt_audit_options
        *options; /* cancel and progress; a walk with `tells` set reports progress */
} slt_audit_stretch;

typedef struct slt_audit_walk {
    slt_fpenv_fault fault;
    slt_pool *pool; /* NULL: this thread only, as a fault needs */
    FILE *write;    /* gets a line for each step (verify/step_lines.h); may be NULL */
    slt_step_lines
        *beside;   /* stop at the first step that differs from these lines; may be NULL */
    bool tells;    /* report progress, as of one run */
    bool has_stop; /* stop at the state of this step */
    uint64_t stop;
    /* The result. */
    slt_status status; /* SLT_OK also if it stopped as asked */
    slt_error error;
    bool reached;      /* the end of the stretch */
    slt_digest bodies; /* slt_audit_bodies_digest of what was computed */
    bool parted; /* differs from `beside`; difference.tensors is freed with the walk */
    slt_step_difference difference;
    bool stopped; /* at `stop`, or where it differed; execution.state is of there */
    slt_execution execution;
} slt_audit_walk;

/* A digest of the bodies of the records after `from` (SIZE_MAX: after the header) up to
 * `end`; false if the trace has no such record. */
bool slt_audit_bodies_digest(const slt_audit_side *side, size_t from, size_t end,
                             slt_digest *passed);

/* Computes the stretch and fills in the result. The floating-point environment of this
 * thread is restored afterwards. */
void slt_audit_walk_go(const slt_audit_stretch *stretch, slt_audit_walk *walk);
void slt_audit_walk_free(slt_audit_walk *walk);

#endif
