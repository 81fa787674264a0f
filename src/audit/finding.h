/* Where two traces of one run part between two of their records, found by replaying that
 * stretch. */
#ifndef SLT_AUDIT_FINDING_H
#define SLT_AUDIT_FINDING_H

#include "audit/walk.h"
#include "verify/compare.h"

/* Of two sides, 0 the reference and 1 the other one. */
typedef struct slt_audit_finding {
    slt_audit_stretch stretch;
    slt_run_spec *run;
    uint64_t from_step, to_step; /* checkpoints at its ends; from 0 where it is whole */
    bool to_checkpoint;          /* the stretch ends at one */
    bool replayed;               /* else `refused` says why this machine could not */
    slt_error refused;
    bool by[2][SLT_FPENV_FAULTS]; /* replayed so, the side's next record comes out */
    const char *isa[2];           /* or with these kernels, which no side should need */
    const char *source;           /* of what follows: "conditions", "program", "steps";
                                     NULL: nothing more is known */
    bool program_agrees;          /* the program given makes the side's record */
    bool same_steps;              /* no step of the stretch differs, its end does */
    bool has_step;
    slt_step_difference first; /* the first step that differs */
    bool has_element;
    size_t row, column;
    uint64_t ulp;
    bool has_draw; /* of the chain that differs: its first loss that does */
    uint64_t draw;
} slt_audit_finding;

/* The least fault that explains a side, SLT_FPENV_FAULTS where none does. */
slt_fpenv_fault slt_audit_cause(const slt_audit_finding *finding, int side);

/* What this machine cannot do is in the finding; a status is trouble.  steps: files from
 * the places of a and b, or NULL; program: another sltrace, or NULL. */
slt_status slt_audit_find(const slt_audit_side *a, const slt_audit_side *b,
                          const slt_difference *difference, const char *const steps[2],
                          const char *program, const slt_audit_options *options,
                          slt_audit_finding *finding, slt_error *err);
void slt_audit_finding_free(slt_audit_finding *finding);

/* Whether a fault explains a side. */
bool slt_audit_explained(const slt_audit_finding *finding, int side);
/* "step 10: tensor W, element [2, 0], 1 ulp"; clauses for a message. */
void slt_audit_first_words(const slt_audit_finding *finding, slt_buffer *out);
void slt_audit_reason_words(const slt_audit_finding *finding, slt_buffer *out);

/* ---- Ways to find the first step (explain.c, program.c) ---------------- */

/* Replays the stretch with every fault, and as this machine does it, whose steps go into
 * `steps`; fills `by` and `isa`. */
slt_status slt_audit_explain(slt_audit_finding *finding, const slt_audit_side *a,
                             const slt_audit_side *b, size_t jobs, FILE *steps,
                             slt_error *err);
/* Where both sides are explained: the first step, tensor and element, or draw. */
slt_status slt_audit_locate(slt_audit_finding *finding, const slt_difference *difference,
                            FILE *steps, slt_error *err);
/* Notes the first element in which the tensor `first.first` of two states differs. */
void slt_audit_note_element(slt_audit_finding *finding, const slt_tensor *ours,
                            const slt_tensor *theirs);

/* Lets another program replay the stretch of a side's trace and compares its steps with
 * ours. */
slt_status slt_audit_ask_program(slt_audit_finding *finding, const char *program,
                                 const slt_audit_side *side, FILE *steps, slt_error *err);

#endif
