/* Optimisers: from a gradient and a state to the next state. */
#ifndef SLT_LEARN_OPTIMIZER_H
#define SLT_LEARN_OPTIMIZER_H

#include "base/schema.h"
#include "learn/train.h"

/* All that the program knows of an optimiser. */
typedef struct slt_optimizer_type {
    const char *name;                /* the manifest's word */
    const char *meaning;             /* of this word */
    const slt_schema *const *fields; /* of `optimizer`, besides `kind` */
    slt_slot_type slots[SLT_SLOTS_MAX];
    /* How many of these, from the first, it keeps; NULL: none. */
    size_t (*slot_count)(const slt_optimizer_spec *optimizer);
    /* Numbers that every update multiplies by a factor, in binary64, before it steps: at
     * update t they are factor^(t + 1). */
    size_t power_count;
    slt_real (*factor)(const slt_optimizer_spec *optimizer, size_t power);
    /* Update t = state->step of the weights that move, in manifest order, and of their
     * slots.  The gradient may be overwritten.  Returns whether weights and slots are
     * finite (fixed: nothing overflowed). */
    bool (*update)(const slt_optimizer_spec *optimizer, const slt_params *gradient,
                   slt_state *state);
    /* In place of `update`: an optimiser whose checkpoints stand at times follows a path
     * that `make` makes of the run, its data and the first weights, all borrowed, and
     * `drop` frees; where *path is not NULL, it is one that was made of a run of the same
     * form, and is made anew.  `reach` sets the weights to those of a time, +infinity
     * among them, a function of the time alone; returns whether they are finite. */
    slt_status (*make)(const slt_run_spec *run, const slt_data *data,
                       const slt_params *first, void **path, slt_error *err);
    void (*drop)(void *path);
    bool (*reach)(void *path, slt_real time, slt_params *weights);
    uint64_t (*bytes)(const slt_run_spec *run); /* of a path; saturates */
    /* About how many multiply-adds `make` and `reach` take; saturate. */
    void (*path_work)(const slt_run_spec *run, uint64_t *make, uint64_t *reach);
    /* Ends of paths side by side (num/abreast.h): whether there is that for a run whose
     * model is a plane, and the weight or the bias that moves, from the data's x, the
     * plane's weight at first and the targets: a bias equal in every bit to what `reach`
     * gives, a weight up to 2^-36 of its length, or NaN.  NULL: not known. */
    bool (*ends_abreast)(const slt_run_spec *run, const slt_net_plane *plane);
    void (*end_abreast)(const slt_run_spec *run, const slt_net_plane *plane,
                        const slt_tensor *weight, const slt_tensor *x,
                        const slt_tensor *targets, slt_tensor *moved);
    /* SLT_FORMAT, with the path of the field that is to blame, where it cannot train the
     * run, whose model and data go together.  NULL: it trains any. */
    slt_status (*fit)(const slt_run_spec *run, const char **field, slt_error *err);
    /* Whether `update` treats every number independently, so that members of an ensemble
     * can share a tensor. */
    bool in_lanes;
    unsigned work; /* multiply-adds that an update of one number costs */
    slt_function_set (*functions)(slt_arithmetic arithmetic); /* NULL: none */
} slt_optimizer_type;

const slt_optimizer_type *slt_optimizer_of(const slt_optimizer_spec *optimizer);
/* The table: word, meaning and own fields by number; NULL past the last. */
const char *slt_optimizer_name(size_t kind);
const char *slt_optimizer_meaning(size_t kind);
const slt_schema *const *slt_optimizer_fields(size_t kind);
/* Fields that several of them have. */
extern const slt_schema slt_optimizer_field_lr, slt_optimizer_field_weight_decay,
    slt_optimizer_field_decay, slt_optimizer_field_schedule, slt_optimizer_field_l1;
/* The one that a manifest begins with. */
extern const char slt_optimizer_sample[];
/* Whether its checkpoints stand at times. */
bool slt_optimizer_has_times(const slt_optimizer_spec *optimizer);
size_t slt_optimizer_slot_count(const slt_optimizer_spec *optimizer);
slt_function_set slt_optimizer_functions(const slt_optimizer_spec *optimizer,
                                         slt_arithmetic arithmetic);

/* One update, first of all l1 times the signs of the weights added to the gradient where
 * l1 is not 0, with the coefficients of docs/spec/09-training.md; then tied weights
 * look like their owners again, and the step is counted unless a number left the finite
 * ones (fixed: overflowed), which is returned as false. */
bool slt_optimizer_update(const slt_optimizer_spec *optimizer, slt_params *gradient,
                          slt_state *state);
/* Multiplies state->powers by their factors, as one update does. */
void slt_optimizer_powers(const slt_optimizer_spec *optimizer, slt_real *powers);

#endif
