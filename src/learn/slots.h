/* Slots: tensors that an optimiser or a sampler keeps beside the weights, one for each
 * weight.  Its row lists them; code that stores, hashes, compares or plans them follows
 * that list. */
#ifndef SLT_LEARN_SLOTS_H
#define SLT_LEARN_SLOTS_H

#include <sltrace/trace.h>

#include "net/params.h"

#define SLT_SLOTS_MAX 16

typedef struct slt_slot_type {
    const char *name; /* "m": the slot of weight W1 is called m/W1; at most 6 letters */
    bool anchored;    /* fixed: its numbers have the exponent of the weights */
    bool squares;     /* its numbers are never negative */
} slt_slot_type;

typedef struct slt_slots {
    size_t count;
    const slt_slot_type *type; /* of each, in a row */
    slt_params slot[SLT_SLOTS_MAX];
} slt_slots;

/* slt_params_create, or slt_ensemble_params. */
typedef slt_status slt_params_maker(const slt_model_spec *model,
                                    slt_arithmetic arithmetic, slt_params *params,
                                    slt_error *err);

/* Creates them, all zero; on failure frees those already made. */
slt_status slt_slots_create(const slt_model_spec *model, slt_arithmetic arithmetic,
                            slt_params_maker *make, const slt_slot_type *types,
                            size_t count, slt_slots *slots, slt_error *err);
void slt_slots_free(slt_slots *slots);
void slt_slots_copy(slt_slots *to, const slt_slots *from);

/* "W1", "m/W1": what a trace calls a weight's tensor and those of its slots. */
#define SLT_STATE_NAME_MAX SLT_TENSOR_NAME_MAX
_Static_assert(SLT_STATE_NAME_MAX == SLT_NAME_MAX + 8, "a slot, a slash, a weight");
void slt_slot_name(const slt_slot_type *type, const char *weight,
                   char name[SLT_STATE_NAME_MAX]);

/* Iterates over the tensors of weights and slots in the order of a checkpoint: every
 * weight that is not a view of another, then slot by slot those of the trained
 * weights. */
typedef struct slt_tensor_walk {
    const slt_model_spec *model;
    const slt_params *weights;
    const slt_slots *slots;
    size_t group, next;        /* group 0: the weights; then slot group - 1 */
    const slt_slot_type *type; /* of the current tensor; NULL for a weight */
    size_t weight;
    const slt_tensor *tensor;
    char name[SLT_STATE_NAME_MAX];
} slt_tensor_walk;
slt_tensor_walk slt_tensors_of(const slt_model_spec *model, const slt_params *weights,
                               const slt_slots *slots);
/* Moves to the next tensor; false if there is none. */
bool slt_tensors_next(slt_tensor_walk *walk);
/* The tensor of that name; NULL if there is none. */
const slt_tensor *slt_tensors_find(const slt_model_spec *model, const slt_params *weights,
                                   const slt_slots *slots, const char *name);

#endif
