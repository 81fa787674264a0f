/* A model is data: named weights, a list of ops over named values, and a loss. */
#ifndef SLT_NET_MODEL_H
#define SLT_NET_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include <sltrace/real.h>
#include <sltrace/status.h>

#include "array/format.h"
#include "net/init_kinds.h"
#include "net/plant_kinds.h"
#include "num/ops.h"

#define SLT_NAME_MAX 64 /* with the NUL; [A-Za-z_][A-Za-z0-9_.]* */
#define SLT_WEIGHT_AXES_MAX 4
#define SLT_WEIGHTS_MAX 1024
#define SLT_OPS_MAX 1024
#define SLT_BLOCKS_MAX 256
#define SLT_BLOCK_PARTS_MAX 32
#define SLT_OP_INPUTS_MAX 4
#define SLT_LOSSES_MAX 16 /* beside the one that is trained */
#define SLT_PATH_MAX 1024

/* Where a weight's first value comes from. */
#define SLT_INIT_KIND(constant, name) SLT_INIT_##constant,
typedef enum slt_init_kind { SLT_INIT_KINDS(SLT_INIT_KIND) } slt_init_kind;
#undef SLT_INIT_KIND

/* Of raw elements in a file. */
typedef enum slt_init_elements {
    SLT_INIT_TYPE_NAMED, /* as the file's name says, else that of the run */
    SLT_INIT_TYPE_F32,
    SLT_INIT_TYPE_F64,
    SLT_INIT_TYPE_FIXED
} slt_init_elements;

/* Of waves that solve modular addition (init_fourier.c): which weight, which phases, what
 * the output's weight is multiplied by. */
typedef enum slt_init_part {
    SLT_INIT_PART_A,
    SLT_INIT_PART_B,
    SLT_INIT_PART_V
} slt_init_part;
typedef enum slt_init_family {
    SLT_INIT_FAMILY_ONE_PARAMETER,
    SLT_INIT_FAMILY_GRID,
    SLT_INIT_FAMILY_RANDOM
} slt_init_family;
typedef enum slt_init_scale { SLT_INIT_SCALE_UNIT, SLT_INIT_SCALE_INPUTS } slt_init_scale;

#define SLT_INIT_VALUES_MAX 64

typedef struct slt_init_spec {
    slt_init_kind kind;
    slt_real value, std, lo, hi;
    size_t fan_in;
    char factor[SLT_NAME_MAX];
    char file[SLT_PATH_MAX]; /* relative to the manifest */
    char sha256[65];
    slt_init_elements type;
    char tensor[SLT_MEMBER_MAX]; /* of a file of several; "": it has one */
    bool transpose;
    size_t permuted;                          /* 0: the axes stand as in the file */
    size_t permute[SLT_ARRAY_DIMENSIONS_MAX]; /* axis i is the file's axis permute[i] */
    size_t corners;
    slt_real length, noise;
    slt_init_part part;
    slt_init_family family;
    size_t phases; /* 0: the family's own number */
    slt_init_scale scale;
    size_t value_count;
    slt_real values[SLT_INIT_VALUES_MAX]; /* of the first elements, row by row */
    bool rest_given;
    slt_real rest; /* of all the others */
} slt_init_spec;

typedef struct slt_weight_spec {
    char name[SLT_NAME_MAX];
    size_t rows, cols; /* the first axis by all others; of a shape [n] one row */
    size_t axis[SLT_WEIGHT_AXES_MAX]; /* as written, of which there are so many */
    int dimensions;
    slt_init_spec init;
    bool trainable;
    char tied[SLT_NAME_MAX]; /* shares the storage of that earlier weight; "" if own */
} slt_weight_spec;

/* Weights of an op beside its weight and its bias: those with which a string begins and
 * ends, and one that reads out what the op makes. */
typedef enum slt_op_further {
    SLT_OP_LEFT,
    SLT_OP_RIGHT,
    SLT_OP_READOUT,
    SLT_OP_FURTHER /* how many there are */
} slt_op_further;

/* Of ops that are known in an exact and an approximate form. */
typedef enum slt_op_form { SLT_FORM_EXACT, SLT_FORM_TANH } slt_op_form;

/* What a row of scores sees: all of it, or no more than what precedes it. */
typedef enum slt_mask { SLT_MASK_NONE, SLT_MASK_CAUSAL } slt_mask;

/* Of the two axes of an image: one number for both (count is not 2), or one for each. */
typedef struct slt_op_pair {
    size_t count;
    size_t number[2];
} slt_op_pair;

/* Members that are no op's own are 0 or "" where an op has no such field. */
typedef struct slt_op_spec {
    char op[SLT_NAME_MAX];
    char in[SLT_OP_INPUTS_MAX][SLT_NAME_MAX];
    size_t inputs;
    char out[SLT_NAME_MAX];
    char weight[SLT_NAME_MAX]; /* "" if the op takes none */
    char bias[SLT_NAME_MAX];
    bool transpose; /* use the weight's transpose */
    char further[SLT_OP_FURTHER][SLT_NAME_MAX]; /* "", a weight, or a word of the op's */
    /* attention */
    slt_attention_norm norm;
    slt_attention_features features;
    bool balanced; /* readout_norm: tokens */
    /* scale */
    slt_real factor;
    /* gelu */
    slt_op_form form;
    /* reshape: positions, then width */
    size_t shape[SLT_WEIGHT_AXES_MAX], shape_axes;
    /* layernorm, rmsnorm */
    slt_real eps;
    /* select */
    bool selects_one, selects_last; /* `at`: that position, or the last */
    size_t at, from, count; /* else `count` positions from one on; 0: to the last */
    size_t every;           /* that of each so many that follow one another; 0: of all */
    /* softmax, dot-attention, rotary */
    slt_mask mask;
    /* conv2d and pools; stride 0: none is given */
    slt_op_pair window, stride, padding, dilation;
    size_t heads;
    bool scale_given; /* else it goes by the columns of a head */
    slt_real scale;
    slt_real base;
    bool neighbours; /* pairs of columns next to each other, else half a head apart */
} slt_op_spec;

typedef struct slt_loss_spec {
    char op[SLT_NAME_MAX]; /* "mse", "cross-entropy" */
    char in[SLT_NAME_MAX];
    char target[SLT_NAME_MAX]; /* name of the data's target, default "y*" -> target */
    /* Of sums of squares: what the sum is divided by, and a factor before it. */
    bool mean_samples, mean_outputs;
    slt_real factor;
    slt_centre centre; /* of mse-classes */
    bool last;         /* of the positions of a sample it looks at the last alone */
    /* cross-entropy: rows of this class are not looked at */
    bool ignores;
    size_t ignored;
} slt_loss_spec;

/* What plants weights (net/plant.h), and its parameters. */
#define SLT_PLANT_KIND(constant, name) SLT_PLANT_##constant,
typedef enum slt_plant_kind { SLT_PLANT_KINDS(SLT_PLANT_KIND) } slt_plant_kind;
#undef SLT_PLANT_KIND

/* Sums of the output's weight over its classes. */
typedef enum slt_plant_sums {
    SLT_PLANT_SUMS_FREE,
    SLT_PLANT_SUMS_ZERO,
    SLT_PLANT_SUMS_KEPT
} slt_plant_sums;

typedef struct slt_plant_spec {
    bool given;
    slt_plant_kind kind;
    char weights[SLT_WEIGHTS_MAX][SLT_NAME_MAX];
    size_t weight_count;
    slt_real loss;
    uint64_t steps;
    slt_plant_sums sums;
    char weight[SLT_NAME_MAX];
    slt_real tolerance;
} slt_plant_spec;

/* Rows or columns that follow one another; count 0: to the last. */
typedef struct slt_range {
    size_t from, count;
} slt_range;

/* Part of a weight: where its rows and its columns meet. */
typedef struct slt_block_part {
    char weight[SLT_NAME_MAX];
    slt_range rows, columns;
} slt_block_part;

/* Parts of weights under one name, such as the columns and rows of an attention head. */
typedef struct slt_block_spec {
    char name[SLT_NAME_MAX];
    slt_block_part parts[SLT_BLOCK_PARTS_MAX];
    size_t part_count;
} slt_block_spec;

typedef struct slt_model_spec {
    size_t weight_count, op_count, block_count;
    slt_loss_spec loss;
    slt_plant_spec plant;
    slt_loss_spec others[SLT_LOSSES_MAX]; /* of the same values: measured, not trained */
    size_t other_count;
    char read[SLT_NAME_MAX]; /* a value that slt_net_value has whole after slt_net_loss,
                                as those that losses are of; "": none */
    /* As many as the counts say; the rest is megabytes that nobody touches.  These are
     * the last members, of slt_run_spec too. */
    slt_op_spec ops[SLT_OPS_MAX];
    slt_weight_spec weights[SLT_WEIGHTS_MAX];
    slt_block_spec blocks[SLT_BLOCKS_MAX];
} slt_model_spec;

/* *to = *from, without what lies beyond the counts. */
void slt_model_spec_copy(const slt_model_spec *from, slt_model_spec *to);
/* Of two that the schema filled. */
bool slt_model_spec_equal(const slt_model_spec *a, const slt_model_spec *b);
/* Index of the weight called name, ties not followed; weight_count if there is none. */
size_t slt_model_weight(const slt_model_spec *model, const char *name);
/* Likewise of a block; block_count. */
size_t slt_model_block(const slt_model_spec *model, const char *name);
/* Index of the weight whose storage weight `index` shares; index itself where it is not
 * tied.  Needs ties to earlier weights only (slt_model_check). */
size_t slt_model_owner(const slt_model_spec *model, size_t index);
/* Number of trainable numbers, tied ones once. */
size_t slt_model_parameters(const slt_model_spec *model);

/* Whether the weights make sense without their ops: names that are given, well formed
 * and different; sizes of at least 1 whose product is at most SLT_WEIGHT_ELEMENTS_MAX; a
 * tie to an earlier weight of the same shape that is trainable if the tied one is said to
 * be and not otherwise.  SLT_FORMAT naming the weight. */
#define SLT_WEIGHT_ELEMENTS_MAX ((size_t)1 << 28)
slt_status slt_model_check(const slt_model_spec *model, slt_error *err);
/* [A-Za-z_][A-Za-z0-9_.]*, shorter than SLT_NAME_MAX. */
bool slt_name_valid(const char *name);

#endif
