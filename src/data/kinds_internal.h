/* What the files of the kinds of data share. */
#ifndef SLT_DATA_KINDS_INTERNAL_H
#define SLT_DATA_KINDS_INTERNAL_H

#include "base/schema_rows.h"
#include "data/data.h"

/* What samples are drawn from: everything but the tensor in the counter of a stream, the
 * teacher, and tables of the batch's rows that hold what is between. */
#define SLT_DATA_ROOM_MAX 4
typedef struct slt_data_draws {
    uint64_t seed;
    slt_purpose purpose;
    uint32_t chain, step, ordinal;
    bool validation; /* for validation */
    const slt_tensor *teacher;
    slt_tensor *room;
} slt_data_draws;

/* All that the program knows of a kind. */
typedef struct slt_data_type {
    const char *name;    /* the manifest's word */
    const char *meaning; /* of this word */
    /* The fields of `data` that it has, NULL-terminated. */
    const slt_schema *const *fields;
    /* Whether their values are compatible; *field: the one that is wrong.  NULL:
     * always. */
    slt_status (*fit)(const slt_data_spec *spec, const char **field, slt_error *err);
    bool factors; /* the teacher is W1*, W2*, ... */
    bool signs;   /* slt_data_signs */
    /* The kind's own part of slt_data_check; `samples` has been checked before, unless
     * the kind computes its number of samples. */
    slt_status (*check)(const slt_data_spec *spec, slt_error *err);
    size_t (*samples)(const slt_data_spec *spec); /* NULL: spec->samples */
    /* NULL: spec->validation of what is drawn, else no validation samples */
    size_t (*validation)(const slt_data_spec *spec);
    size_t (*terms)(const slt_data_spec *spec); /* NULL: no teacher A */
    /* Fills in all but the number of rows of the tensors, which is shape->rows. */
    void (*shape)(const slt_data_spec *spec, slt_arithmetic arithmetic, slt_batch *shape);
    /* Of data whose samples are drawn, each by itself: makes the teacher (NULL: none),
     * the columns of each table of the room (NULL: no tables; 0: not needed), and a batch
     * of samples, any number of rows: all inputs, and the target unless it is x. */
    slt_status (*teach)(const slt_data_spec *spec, slt_seed seed, slt_data *data,
                        slt_error *err);
    void (*room)(const slt_data_spec *spec, size_t cols[SLT_DATA_ROOM_MAX]);
    void (*draw)(const slt_data_spec *spec, const slt_data_draws *draws,
                 slt_batch *batch);
    bool target_is_x;
    /* In place of them, for other data: fills data->train, which is allocated in its
     * shape, and makes validation samples and teacher if the kind has them. */
    slt_status (*make)(const slt_data_spec *spec, slt_seed seed, slt_data *data,
                       slt_error *err);
    /* In place of make, for what is read from files: these, slt_data_hashed, how many
     * files there are, and slt_data_look. */
    slt_status (*read)(const slt_data_spec *spec, const char *folder,
                       slt_arithmetic arithmetic, slt_data *data, slt_error *err);
    slt_status (*hashed)(const slt_data_spec *spec, const char *folder,
                         const char **field, slt_error *err);
    size_t (*files)(const slt_data_spec *spec);
    slt_status (*look)(const slt_data_spec *spec, const char *folder,
                       slt_arithmetic arithmetic, size_t index, slt_data_found *file,
                       slt_error *err);
    slt_function_set (*functions)(const slt_data_spec *spec, slt_arithmetic arithmetic);
    /* slt_data_error and the functions it calls; NULL: the kind has no law of the
     * classes. error_check: NULL where every size will do. */
    slt_real (*error)(const slt_data_spec *spec, const slt_tensor *weight, slt_real bias);
    slt_status (*error_check)(const slt_data_spec *spec, slt_error *err);
    /* Trials side by side; NULL: not known. */
    bool (*goes_abreast)(const slt_data_spec *spec);
    slt_status (*make_abreast)(const slt_data_spec *spec, slt_seed seed, slt_tensor *x,
                               slt_error *err);
    void (*bound_errors)(const slt_data_spec *spec, const slt_tensor *weight,
                         const slt_tensor *bias, bool near, size_t count, slt_real *low,
                         slt_real *high);
    slt_function_set error_functions;
} slt_data_type;

/* Fields that several kinds have. */
extern const slt_schema slt_data_field_samples, slt_data_field_inputs,
    slt_data_field_outputs, slt_data_field_rank, slt_data_field_noise_std,
    slt_data_field_gap, slt_data_field_validation;

/* SLT_FORMAT unless 1 <= size <= most. */
slt_status slt_data_check_size(const char *field, size_t size, size_t most,
                               slt_error *err);
/* SLT_FORMAT if rows x cols is above SLT_DATA_ELEMENTS_MAX; rows is at least 1. */
slt_status slt_data_check_table(const char *what, size_t rows, size_t cols,
                                slt_error *err);
/* Both of these checks, for kinds that have inputs and outputs. */
slt_status slt_data_check_widths(const slt_data_spec *spec, slt_error *err);

/* Adds an input of numbers to a shape. */
void slt_data_add_input(slt_batch *shape, slt_arithmetic arithmetic, const char *name,
                        size_t cols);
/* One input x and a target, both of numbers. */
void slt_data_shape_numbers(slt_batch *shape, slt_arithmetic arithmetic, size_t inputs,
                            size_t outputs);
/* Turns a shape into a batch of zeros. */
slt_status slt_data_create_batch(slt_batch *batch, slt_error *err);

/* Two classes: in the first half of the samples the target is 1, in the rest -1.
 * slt_data_halves: SLT_FORMAT unless their number is even. */
slt_status slt_data_halves(const slt_data_spec *spec, const char **field, slt_error *err);
void slt_data_put_signs(slt_tensor *target, size_t positive);
/* The error of a model that answers everything alike, with the sign of `bias`. */
slt_real slt_data_error_alike(slt_real bias);

/* The stream of a data set's tensor; and of what samples are drawn from. */
slt_stream slt_data_stream(slt_seed seed, uint32_t tensor);
slt_stream slt_data_draws_stream(const slt_data_draws *draws, uint32_t tensor);
/* Tables for a kind that draws, of so many rows; freed one by one. */
slt_status slt_data_create_room(const slt_data_spec *spec, slt_arithmetic arithmetic,
                                size_t rows, slt_tensor room[SLT_DATA_ROOM_MAX],
                                slt_error *err);
void slt_data_free_room(slt_tensor room[SLT_DATA_ROOM_MAX]);
/* Draws a batch of samples.  The batch has its tables, what was in them does not matter.
 */
void slt_data_draw(const slt_data_spec *spec, const slt_data_draws *draws,
                   slt_batch *batch);
/* Adds to y normals of the stream with standard deviation std, which `noise` then holds;
 * nothing if std is 0, and then noise need not be there. */
void slt_data_add_noise(slt_stream stream, slt_real std, slt_tensor *noise,
                        slt_tensor *y);
/* slt_functions_of_normals if std > 0. */
slt_function_set slt_data_noise_functions(slt_real std, slt_arithmetic arithmetic);

#endif
