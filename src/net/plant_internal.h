/* A row of the table of what plants weights (plant_kinds.h); for the files plant_*.c. */
#ifndef SLT_NET_PLANT_INTERNAL_H
#define SLT_NET_PLANT_INTERNAL_H

#include "base/schema_rows.h"
#include "net/plant.h"
#include "net/program.h"

/* Everything in binary64, but indices. */
typedef struct slt_plant_site {
    const slt_model_spec *model; /* planted weights are its trainable ones */
    const slt_batch *train;
    slt_params *weights; /* with their first values; the planted ones are written */
} slt_plant_site;

typedef struct slt_plant_type {
    const char *name;                /* the manifest's word ... */
    const char *meaning;             /* ... and what the manual says of it */
    const slt_schema *const *fields; /* of the manifest; NULL-terminated */
    /* Whether it plants an untied weight. */
    bool (*plants)(const slt_model_spec *model, size_t weight);
    /* slt_plant_check of a model whose names are known; the program has the planted
     * weights alone as trainable ones. */
    slt_status (*check)(const slt_plant_spec *spec, const slt_program *program,
                        const char **field, slt_error *err);
    slt_status (*solve)(const slt_plant_site *site, slt_error *err);
    /* What solve takes; `weights` are the bytes of all weights in binary64. */
    slt_status (*bytes)(const slt_model_spec *model, const slt_batch *shape,
                        uint64_t weights, uint64_t *bytes, slt_error *err);
} slt_plant_type;

/* The op that makes the loss's value of a weight [outputs, inputs] and nothing else:
 * linear in the weight, row by row of it.  NULL where there is none. */
const slt_program_op *slt_plant_last(const slt_program *program);

#endif
