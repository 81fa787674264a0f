/* First values of weights. */
#ifndef SLT_NET_INIT_H
#define SLT_NET_INIT_H

#include "base/schema.h"
#include "net/model.h"
#include "net/params.h"
#include "num/draw.h"
#include "num/math.h"
#include "num/modular.h"

/* What first values are made from, beside their specs. */
typedef struct slt_init_source {
    slt_seed seed;
    /* The data's teacher: W1* [rank, inputs], ... to the last, [outputs, rank], so many
     * factors; or A [1, terms] and no factors.  NULL if the data has none. */
    const slt_tensor *teacher;
    size_t factors;
    const char *folder; /* files are relative to it; NULL or "": the working directory */
} slt_init_source;

/* Gives every owned weight its first value, in order; frozen ones too.  Draws are
 * SLT_DRAW_INIT with tensor = the weight's index.  SLT_FORMAT if a file's size or
 * SHA-256 is not the one given, a weight does not fit the teacher, or a value does not
 * fit fixed point; SLT_FILE if a file cannot be read.  Messages name the weight. */
slt_status slt_params_init(const slt_model_spec *model, const slt_init_source *source,
                           slt_params *params, slt_error *err);

/* The same for one owned weight, without the data's teacher. */
slt_status slt_params_init_one(const slt_model_spec *model, const slt_init_source *source,
                               size_t index, slt_tensor *weight, slt_error *err);

/* The shape of the data's teacher: that of its factors, else `terms` coefficients; all 0
 * where the data has no teacher. */
typedef struct slt_init_teacher {
    size_t factors, rank, inputs, outputs, terms;
} slt_init_teacher;
/* Whether the init's own fields, the weight's shape and the data's teacher go together;
 * SLT_FORMAT in words that do not name the weight. */
slt_status slt_init_check(const slt_weight_spec *weight, const slt_init_teacher *teacher,
                          slt_error *err);
/* Writes what an element of a weight's first value would be without rounding, where its
 * init defines that beyond what is stored (cosines); false where it does not.  index: of
 * the weight; `tensor` gives its shape alone. */
bool slt_init_exact(const slt_init_spec *spec, const slt_init_source *source,
                    size_t index, const slt_tensor *tensor, size_t element,
                    slt_modular_number *number);
/* Whether the elements are those of the spec's file. */
bool slt_init_from_file(const slt_init_spec *spec);
/* Whether it draws at c1 = 1 too, so that trials could not draw it anew. */
bool slt_init_draws_apart(const slt_init_spec *spec);
/* Functions with a fingerprint that it calls. */
slt_function_set slt_init_functions(const slt_init_spec *spec, slt_arithmetic arithmetic);

/* The table: word, meaning and fields by number; NULL past the last. */
const char *slt_init_name(size_t kind);
const char *slt_init_meaning(size_t kind);
const slt_schema *const *slt_init_fields(size_t kind);
/* The word of a weight that says none. */
extern const char slt_init_default[];

#endif
