/* Data sets: pure functions of the run. */
#ifndef SLT_DATA_DATA_H
#define SLT_DATA_DATA_H

#include "array/format.h"
#include "base/schema.h"
#include "base/sha256.h"
#include "data/kinds.h"
#include "net/batch.h"
#include "num/draw.h"
#include "num/math.h"

#define SLT_DATA_KIND(constant, name) SLT_DATA_##constant,
typedef enum slt_data_kind { SLT_DATA_KINDS(SLT_DATA_KIND) } slt_data_kind;

#define SLT_AMPLITUDES_MAX 64
#define SLT_DATA_OWN_MAX 28
#define SLT_TEACHER_MAX 16 /* its factors, at most */

/* Where the samples of an array are: rows first, first + 1, ... of a file's array. */
typedef struct slt_data_rows {
    char file[SLT_PATH_MAX]; /* "": any file that has the SHA-256 */
    char sha256[SLT_SHA256_TEXT_MAX];
    char member[SLT_MEMBER_MAX]; /* of a .npz file; "": it has one array */
    size_t first;
} slt_data_rows;

/* Data of kind file: an array of inputs, or one of targets. */
typedef struct slt_data_array {
    slt_data_rows train, validation;
    size_t width; /* numbers in a row; 0: whole numbers below range */
    size_t range;
    slt_real scale, shift; /* of numbers */
    size_t name_count;     /* of whole numbers: inputs of a row; 0: one, x */
    char names[SLT_INPUTS_MAX][SLT_NAME_MAX];
} slt_data_array;

typedef struct slt_data_spec {
    char name[SLT_NAME_MAX]; /* of a run's other data; "": its own */
    slt_data_kind kind;
    size_t samples, inputs, outputs;
    size_t rank;
    size_t depth; /* linear-teacher: factors of the teacher */
    slt_real teacher_std, noise_std;
    slt_real x_value, target_value;
    size_t p;
    slt_real train_fraction;
    bool tokens; /* one input of three tokens */
    size_t features;
    bool value_uniform; /* one-hot: u ~ U[0, 1]; else 1 */
    size_t degree;
    slt_real scale; /* polynomial: t ~ U[-scale, scale] */
    size_t order;
    size_t amplitude_count;
    slt_real amplitudes[SLT_AMPLITUDES_MAX]; /* of sin(pi k x), k = 1, 2, ... */
    slt_real gap;             /* of two classes: how far each lies from 0 */
    slt_data_array x, target; /* of files */
    size_t validation;        /* samples for validation, of files or drawn; 0: none */
    /* Axes of x and of the target: positions, then the width; none given: 0 of them. */
    size_t shape[SLT_WEIGHT_AXES_MAX], shape_axes;
    size_t target_shape[SLT_WEIGHT_AXES_MAX], target_axes;
    uint64_t own[SLT_DATA_OWN_MAX]; /* a kind's other parameters, as its file lays them */
} slt_data_spec;

/* The whole training set as one batch (inputs and a target) and, if a teacher makes the
 * targets, its weights in the run's arithmetic: for a linear teacher teacher[0] = W1*
 * (rank x inputs), ... to W_depth* (outputs x rank), rank x rank between; for polynomial
 * and sinusoid teacher[0] = A, one row of slt_data_terms numbers, and no teacher[1]. Each
 * kind's file begins with its definition. */
typedef struct slt_data {
    const slt_data_spec *spec; /* borrowed */
    slt_batch train;
    slt_batch validation; /* no rows if there are no validation samples */
    slt_tensor teacher[SLT_TEACHER_MAX];
    const struct slt_data *other; /* those of the run's other data, borrowed */
} slt_data;

/* Whether sizes are usable: each at least 1, samples at most SLT_SAMPLES_MAX, each table
 * at most SLT_DATA_ELEMENTS_MAX numbers.  SLT_FORMAT naming the field. */
#define SLT_SAMPLES_MAX ((size_t)1 << 24)
#define SLT_DATA_ELEMENTS_MAX ((size_t)1 << 28)
#define SLT_ORDER_MAX ((size_t)1024)
#define SLT_MODULUS_MAX ((size_t)4096) /* its square is SLT_SAMPLES_MAX */
slt_status slt_data_check(const slt_data_spec *spec, slt_error *err);
/* Whether the values of the fields are compatible; else SLT_FORMAT, and *field names the
 * field that is wrong. */
slt_status slt_data_fit(const slt_data_spec *spec, const char **field, slt_error *err);
/* SLT_FORMAT, likewise, where a file is named without its SHA-256: the message has the
 * one that the file has.  Files are relative to folder. */
slt_status slt_data_hashed(const slt_data_spec *spec, const char *folder,
                           const char **field, slt_error *err);
/* The table: word, meaning and fields by number; NULL past the last kind. */
const char *slt_data_name(size_t kind);
const char *slt_data_meaning(size_t kind);
const slt_schema *const *slt_data_fields(size_t kind);
/* Whether the target is one column of signs, -1 and 1, so that a model that compares with
 * it has an error. */
bool slt_data_signs(const slt_data_spec *spec);
/* The share of samples that the kind's law would give, however it was drawn from, for
 * which sgn(weight . x + bias) is not the target: exact but for rounding.  weight has as
 * many elements as x has columns.  Needs slt_data_error_check, which gives SLT_FORMAT
 * where the kind has no such law, or not so many columns. */
slt_status slt_data_error_check(const slt_data_spec *spec, slt_error *err);
slt_real slt_data_error(const slt_data_spec *spec, const slt_tensor *weight,
                        slt_real bias);
/* The fingerprinted functions that it calls. */
slt_function_set slt_data_error_functions(const slt_data_spec *spec);
/* Trials side by side: x has a row for each number of the data's x and a column for each
 * trial, that of the seed and those after it; SLT_F64, equal in every bit to what
 * slt_data_make makes.  Needs slt_data_goes_abreast, and floats by hardware. */
bool slt_data_goes_abreast(const slt_data_spec *spec);
slt_status slt_data_make_abreast(const slt_data_spec *spec, slt_seed seed, slt_tensor *x,
                                 slt_error *err);
/* Bounds, for each column of weight and bias (no data: no bias), of slt_data_error; a
 * tensor of one column is the same for all.  near: each weight is known within 2^-36 of
 * their length only.  Bounds that cannot be told at little cost are 0 and 1. */
void slt_data_bound_errors(const slt_data_spec *spec, const slt_tensor *weight,
                           const slt_tensor *bias, bool near, size_t count, slt_real *low,
                           slt_real *high);
/* How many factors the teacher has, W1*, W2*, ...; 0: it has none. */
size_t slt_data_factors(const slt_data_spec *spec);
/* Coefficients of the teacher A; 0 for kinds that have none.  Needs slt_data_check. */
size_t slt_data_terms(const slt_data_spec *spec);
/* Number of training samples; for modular addition floor(train_fraction * p^2), the
 * product rounded to binary64.  Needs slt_data_check. */
size_t slt_data_samples(const slt_data_spec *spec);
/* Number of validation samples, 0 if there are none.  Needs slt_data_check. */
size_t slt_data_validation(const slt_data_spec *spec);
/* What the training set will look like: rows, names, widths and positions, with no data
 * behind them (nothing to free), for slt_net_check and slt_net_create.  Needs
 * slt_data_check. */
void slt_data_shape(const slt_data_spec *spec, slt_arithmetic arithmetic,
                    slt_batch *shape);
/* Positions of a sample in a loss's target, which is called so in slt_loss_spec: 1 where
 * there are none.  Needs slt_data_check. */
size_t slt_data_target_positions(const slt_data_spec *spec, const char *target);

/* Checks sizes before it allocates; the spec must outlive the data.  Files are relative
 * to folder (array/named.h); SLT_FILE or SLT_FORMAT where one is not there or not what
 * the spec says. */
slt_status slt_data_make(const slt_data_spec *spec, const char *folder,
                         slt_arithmetic arithmetic, slt_seed seed, slt_data *data,
                         slt_error *err);
/* How many files the data are read from. */
size_t slt_data_files(const slt_data_spec *spec);
/* One of them. */
#define SLT_DATA_HOLDS_MAX 64
typedef struct slt_data_found {
    const char *array; /* "x", "target", "validation.x"; NULL: no file of that index */
    const slt_data_rows *rows;
    char holds[SLT_DATA_HOLDS_MAX]; /* ".npy of |u1"; "": not known */
    size_t numbers;                 /* in a row */
    size_t samples;                 /* that are taken */
} slt_data_found;
/* Looks at file `index` as slt_data_make reads it, and says in *file what it finds; the
 * status is whether data can be made of it. */
slt_status slt_data_look(const slt_data_spec *spec, const char *folder,
                         slt_arithmetic arithmetic, size_t index, slt_data_found *file,
                         slt_error *err);
void slt_data_free(slt_data *data);
slt_function_set slt_data_functions(const slt_data_spec *spec, slt_arithmetic arithmetic);

/* Whether batches of `rows` samples can be drawn anew for each step: the kind's samples
 * are drawn, each by itself, and no table of a batch is too large.  SLT_FORMAT. */
slt_status slt_data_check_stream(const slt_data_spec *spec, size_t rows, slt_error *err);
/* Numbers that a sample takes beside its own while it is drawn. */
size_t slt_data_room_numbers(const slt_data_spec *spec);

/* How batches are taken.  Pure in (key, purpose, chain, ordinal, step). */
typedef enum slt_batch_order {
    SLT_BATCH_FULL,        /* all samples, in order */
    SLT_BATCH_FRESH,       /* each step the first `size` of a fresh shuffle: c1 = step */
    SLT_BATCH_EPOCHS,      /* consecutive pieces of a shuffle per epoch: c1 = epoch */
    SLT_BATCH_REPLACEMENT, /* each step `size` independent samples: c1 = step */
    SLT_BATCH_STREAM /* each step `size` new samples, none of the training set: c1 = step
                      */
} slt_batch_order;

typedef struct slt_batch_spec {
    slt_batch_order order;
    size_t size;
    bool keep_short; /* epochs: keep the short last batch (default) or drop it */
} slt_batch_spec;

/* SLT_FORMAT unless batches of spec can be taken from so many samples of the data: 1 <=
 * size <= samples (for full batches the size does not matter; for a stream:
 * slt_data_check_stream). */
slt_status slt_batcher_check(const slt_batch_spec *spec, const slt_data_spec *data,
                             size_t samples, slt_error *err);
/* Rows of the largest batch. */
size_t slt_batcher_rows_max(const slt_batch_spec *spec, size_t samples);

/* A batcher owns the gathered or drawn batch and the current permutation; `data` is
 * borrowed and must outlive it.  ordinal is the stream's c3: 0 in training, the
 * estimate's ordinal + 1 in a chain. */
typedef struct slt_batcher slt_batcher;
slt_status slt_batcher_create(const slt_batch_spec *spec, const slt_data *data,
                              uint64_t seed, slt_purpose purpose, uint32_t chain,
                              uint32_t ordinal, slt_batcher **batcher, slt_error *err);
void slt_batcher_free(slt_batcher *batcher);
/* The batch of a step; full batches are the training set itself.  Steps may be asked for
 * in any order; a step (for epochs, its epoch) must be below 2^32.  Valid until the next
 * call. */
const slt_batch *slt_batcher_at(slt_batcher *batcher, uint64_t step);
/* The numbers of the samples in that batch, *rows of them, for callers that gather them
 * themselves; NULL for full batches, which have all samples in order.  Not of a stream.
 * Valid until the next call. */
const uint32_t *slt_batcher_samples(slt_batcher *batcher, uint64_t step, size_t *rows);

#endif
