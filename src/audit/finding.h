/* Where two traces of one run first differ between two of their records, found by
 * replaying that stretch of the run. */
#ifndef SLT_AUDIT_FINDING_H
#define SLT_AUDIT_FINDING_H

#include "audit/walk.h"
#include "verify/compare.h"

/* What was found about two sides: 0 is the reference, 1 the other. */
typedef struct slt_audit_finding {
    slt_audit_stretch stretch;
    slt_run_spec *run;
    uint64_t from_step,
        to_step;        /* of the stretch; from_step is 0 if it begins at the start */
    bool to_checkpoint; /* the stretch ends at a checkpoint */
    bool replayed;      /* if not, `refused` says why this machine could not */
    slt_error refused;
    bool by[2][SLT_FPENV_FAULTS]; /* replaying with this fault gives the side's next
                                     record */
    const char
        *isa[2]; /* or replaying with these kernels does, which should never be needed */
    const char *source; /* what the rest was found by: "conditions", "program" or "steps";
                           NULL if nothing more is known */
    bool program_agrees; /* the other program makes the side's record too */
    bool same_steps;     /* no step of the stretch differs, only its end */
    bool has_step;
    slt_step_difference first; /* the first step that differs */
    bool has_element;
    size_t row, column;
    uint64_t ulp;
    bool has_draw; /* the first loss that differs in the chain that differs is known */
    uint64_t draw;
} slt_audit_finding;

/* The first fault that explains a side; SLT_FPENV_FAULTS if none does. */
slt_fpenv_fault slt_audit_cause(const slt_audit_finding *finding, int side);

/* Finds where a and b first differ. If this machine cannot replay the run, the finding
 * says so; a status means an error. steps: two files of `replay --steps`, made where a
 * and b were made, or NULL; program: another sltrace, or NULL. */
slt_status slt_audit_find(const slt_audit_side *a, const slt_audit_side *b,
                          const slt_difference *difference, const char *const steps[2],
                          const char *program, const slt_audit_options *options,
                          slt_audit_finding *finding, slt_error *err);
void slt_audit_finding_free(slt_audit_finding *finding);

/* Whether a fault explains a side. */
bool slt_audit_explained(const slt_audit_finding *finding, int side);
/* "step 10: tensor W, element [2, 0], 1 ulp"; and the clauses of a message that say
 * why. */
void slt_audit_first_words(const slt_audit_finding *finding, slt_buffer *out);
void slt_audit_reason_words(const slt_audit_finding *finding, slt_buffer *out);

/* ---- Ways to find the first step (finding_explain.c, finding_program.c) ------------ */

/* Replays the stretch with every fault and without one, and fills `by` and `isa`. The
 * steps of the replay without a fault are written to `steps`. */
slt_status slt_audit_explain(slt_audit_finding *finding, const slt_audit_side *a,
                             const slt_audit_side *b, size_t jobs, FILE *steps,
                             slt_error *err);
/* If both sides are explained, finds the first step, tensor and element, or draw, that
 * differs. */
slt_status slt_audit_locate(slt_audit_finding *finding, const slt_difference *difference,
                            FILE *steps, slt_error *err);
/* Notes the first element that differs in the tensor `first.first` of two states. */
void slt_audit_note_element(slt_audit_finding *finding, const slt_tensor *ours,
                            const slt_tensor *theirs);

/* Has another program replay the stretch of a side's trace, and compares its steps with
 * ours. */
slt_status slt_audit_ask_program(slt_audit_finding *finding, const char *program,
                                 const slt_audit_side *side, FILE *steps, slt_error *err);

#endif
