/* Weights planted where the data want them: after all weights have their first values,
 * some are solved for together, in binary64 whatever the run's arithmetic, and rounded to
 * it once.  The solution starts from first values in binary64 too, so that runs of
 * several arithmetics start at one point, rounded in as many ways.  A run in `fixed`
 * solves in integers, with the bits of hardware. */
#ifndef SLT_NET_PLANT_H
#define SLT_NET_PLANT_H

#include "net/batch.h"
#include "net/init.h"

/* Whether the model's plant, data and model go together; else SLT_FORMAT, and *field
 * names the field that is wrong.  A run in `fixed` solves in integers, so no function may
 * be called that they do not have.  SLT_OK where the model has no plant. */
slt_status slt_plant_check(const slt_model_spec *model, const slt_batch *shape,
                           slt_arithmetic arithmetic, const char **field,
                           slt_error *err);

/* Writes the planted weights; nothing where the model has none.  train: all training
 * samples.  SLT_FORMAT where no solution is found, or one does not fit fixed point. */
slt_status slt_plant(const slt_model_spec *model, const slt_init_source *source,
                     const slt_batch *train, slt_params *params, slt_error *err);

/* Bytes that slt_plant takes, 0 where the model has no plant; saturates.  The model has
 * passed slt_plant_check with this shape, whose rows are those of the training set. */
slt_status slt_plant_bytes(const slt_model_spec *model, const slt_batch *shape,
                           uint64_t *bytes, slt_error *err);

/* Functions with a fingerprint that it calls. */
slt_function_set slt_plant_functions(const slt_model_spec *model);

/* The table: word, meaning and fields by number; NULL past the last. */
const char *slt_plant_name(size_t kind);
const char *slt_plant_meaning(size_t kind);
const slt_schema *const *slt_plant_fields(size_t kind);

#endif
