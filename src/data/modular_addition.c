/* modular-addition: the sum of two numbers below p, modulo p; all p^2 pairs, row-major,
 * shuffled by SLT_DRAW_SPLIT: the first train, the others validate.  As two inputs of one
 * index, or as one of three tokens, of which the last is the equals sign. */
#include "data/kinds_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "num/scalar.h"

#define TOKENS 3

/* Pair k = a p + b. */
static void put_pair(const slt_data_spec *spec, uint32_t pair, slt_batch *batch,
                     size_t row)
{
    const int32_t p = (int32_t)spec->p, a = (int32_t)pair / p, b = (int32_t)pair % p;
    int32_t *first = batch->input[0].data;
    ((int32_t *)batch->target.data)[row] = (a + b) % p;
    if (!spec->tokens) {
        first[row] = a;
        ((int32_t *)batch->input[1].data)[row] = b;
        return;
    }
    memcpy(first + TOKENS * row, (int32_t[TOKENS]){a, b, p}, TOKENS * sizeof *first);
}

/* floor(train_fraction * p^2), found by comparisons: exact, and without a conversion. */
static size_t modular_addition_samples(const slt_data_spec *spec)
{
    uint64_t low = 0, high = (uint64_t)spec->p * spec->p;
    slt_real share = slt_real_mul(spec->train_fraction, slt_real_from_u64(high));
    while (low < high) {
        uint64_t middle = low + (high - low + 1) / 2;
        if (slt_real_less(share, slt_real_from_u64(middle)))
            high = middle - 1;
        else
            low = middle;
    }
    return (size_t)low;
}

static size_t modular_addition_validation(const slt_data_spec *spec)
{
    return spec->p * spec->p - modular_addition_samples(spec);
}

static slt_status modular_addition_check(const slt_data_spec *spec, slt_error *err)
{
    if (spec->p < 2 || spec->p > SLT_MODULUS_MAX)
        return slt_fail(err, SLT_FORMAT, "data.p: expected 2 to %zu, found %zu",
                        SLT_MODULUS_MAX, spec->p);
    if (slt_real_less(slt_real_from_u64(1), spec->train_fraction) ||
        modular_addition_samples(spec) < 1)
        return slt_fail(err, SLT_FORMAT,
                        "data.train_fraction: expected at most 1, and one pair of %zu at "
                        "least",
                        spec->p * spec->p);
    return SLT_OK;
}

static void modular_addition_shape(const slt_data_spec *spec, slt_arithmetic arithmetic,
                                   slt_batch *shape)
{
    (void)arithmetic;
    const slt_tensor index = {.arithmetic = SLT_INDEX, .rows = shape->rows, .cols = 1};
    *shape = (slt_batch){.rows = shape->rows,
                         .inputs = 2,
                         .input_name = {"a", "b"},
                         .input = {index, index},
                         .target = index,
                         .input_range = {spec->p, spec->p},
                         .target_range = spec->p};
    if (!spec->tokens)
        return;
    shape->inputs = 1;
    snprintf(shape->input_name[0], sizeof shape->input_name[0], "x");
    shape->input[0].cols = TOKENS;
    shape->input_range[0] = spec->p + 1;
}

/* Nothing if every pair trains. */
static slt_status create_validation(const slt_data_spec *spec, slt_data *data,
                                    slt_error *err)
{
    size_t rows = modular_addition_validation(spec);
    if (rows == 0)
        return SLT_OK;
    data->validation.rows = rows;
    modular_addition_shape(spec, SLT_INDEX, &data->validation);
    return slt_data_create_batch(&data->validation, err);
}

static void put_pairs(const slt_data_spec *spec, const uint32_t *order, slt_data *data)
{
    for (size_t i = 0; i < data->train.rows; i++)
        put_pair(spec, order[i], &data->train, i);
    for (size_t i = 0; i < data->validation.rows; i++)
        put_pair(spec, order[data->train.rows + i], &data->validation, i);
}

static slt_status modular_addition_make(const slt_data_spec *spec, slt_seed seed,
                                        slt_data *data, slt_error *err)
{
    size_t pairs = spec->p * spec->p;
    slt_status status = create_validation(spec, data, err);
    if (status != SLT_OK)
        return status;
    uint32_t *order = slt_world.calloc(pairs, sizeof *order);
    if (!order)
        return slt_fail(err, SLT_RESOURCE, "out of memory for %zu pairs", pairs);
    slt_draw_shuffle(slt_stream_of(seed.key, SLT_DRAW_SPLIT, 0, 0, seed.trial, 0), pairs,
                     pairs, order);
    put_pairs(spec, order, data);
    free(order);
    return SLT_OK;
}

static const slt_schema field_p = {.key = "p",
                                   .type = SLT_SCHEMA_INT,
                                   AT(slt_data_spec, p),
                                   .least = 2,
                                   .most = SLT_MODULUS_MAX,
                                   .also = "modulus|mod",
                                   .meaning =
                                       "the modulus: there are p^2 pairs and p classes"};

static const slt_schema field_train_fraction = {
    .key = "train_fraction",
    .type = SLT_SCHEMA_REAL,
    AT(slt_data_spec, train_fraction),
    .range = SLT_RANGE_POSITIVE,
    .also = "fraction|train_share|split",
    .meaning = "share of the pairs that train, at most 1; the others are for "
               "validation"};

static const slt_schema field_tokens = {
    .key = "tokens",
    .type = SLT_SCHEMA_BOOL,
    AT(slt_data_spec, tokens),
    PRESET_NO,
    .also = "sequence|equals",
    .meaning = "one input x of three tokens, a, b and the equals sign, which is p, in "
               "place of two of one index; data.shape: [3, 1] makes them positions"};

const slt_data_type slt_data_modular_addition = {
    .name = "modular-addition",
    .meaning = "indices a and b below p, target (a + b) mod p",
    .fields = FIELD_LIST(&field_p, &field_train_fraction, &field_tokens),
    .check = modular_addition_check,
    .samples = modular_addition_samples,
    .validation = modular_addition_validation,
    .shape = modular_addition_shape,
    .make = modular_addition_make,
};
