/* inertial: Langevin dynamics along a velocity u, the mean of the gradients so far:
 * u = inertia u + g, then an SGLD step with (1 - inertia) u in the place of g. */
#include "learn/sampler.h"

#include "base/schema_rows.h"
#include "num/members.h"
#include "num/scalar.h"

typedef struct inertial {
    slt_real inertia;
} inertial;

typedef struct inertial_steps {
    bool still;          /* no inertia: the velocity is never made */
    slt_sgd_step gather; /* of rate 0: it moves the velocity alone */
    slt_sgld_step move;
} inertial_steps;

static inertial_steps steps_of(const slt_sampler *sampler)
{
    const slt_real inertia =
        ((const inertial *)(const void *)sampler->spec->own)->inertia;
    inertial_steps steps = {
        .still = inertia.bits == 0, .gather.momentum = inertia, .move = sampler->step};
    steps.move.nbeta =
        slt_real_mul(sampler->step.nbeta, slt_real_sub(slt_real_of(1), inertia));
    return steps;
}

static bool inertial_step(const slt_sampler *sampler, slt_stream noise,
                          const slt_step_tensors *at)
{
    const inertial_steps steps = steps_of(sampler);
    slt_tensor *u = at->slot[0];
    const bool fine = slt_num_sgd(&steps.gather, at->gradient, u, at->weight);
    return slt_num_sgld(&steps.move, noise, steps.still ? at->gradient : u, at->centre,
                        at->weight) &&
           fine;
}

static bool inertial_step_members(const slt_sampler *sampler, const slt_stream *noise,
                                  const slt_step_tensors *at)
{
    const inertial_steps steps = steps_of(sampler);
    slt_tensor *u = at->slot[0];
    const bool fine = slt_num_sgd(&steps.gather, at->gradient, u, at->weight);
    return slt_members_sgld(&steps.move, noise, steps.still ? at->gradient : u,
                            at->centre, at->weight) &&
           fine;
}

static const slt_schema field_inertia = {
    .key = "inertia",
    .type = SLT_SCHEMA_REAL,
    OWN(slt_llc_spec, inertial, inertia),
    .range = SLT_RANGE_FRACTION,
    PRESET(REAL_VALUE(0x3fe0000000000000)),
    .meaning = "what is left of the velocity after an update"};

const slt_sampler_type slt_sampler_inertial = {
    .name = "inertial",
    .meaning = "a toy",
    .fields = FIELD_LIST(&field_inertia),
    .slots = {{.name = "u", .anchored = true}},
    .step = inertial_step,
    .step_members = inertial_step_members,
    .work = 120,
};
