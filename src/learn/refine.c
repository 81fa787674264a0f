#include "learn/refine.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/world.h"

/* ---- Parts ------------------------------------------------------------------------- */

static slt_range range_of(slt_range written, size_t size)
{
    SLT_ASSERT(written.from < size && written.count <= size - written.from);
    if (!written.count)
        written.count = size - written.from;
    return written;
}

/* Appends what is named of the weight of that index, with room for all of it. */
static void add_part(const slt_model_spec *model, size_t weight, slt_range rows,
                     slt_range columns, slt_refinement *refined)
{
    refined->parts[refined->part_count++] =
        (slt_refined_part){.weight = weight,
                           .rows = range_of(rows, model->weights[weight].rows),
                           .columns = range_of(columns, model->weights[weight].cols)};
}

static void add_parts(const slt_model_spec *model, const slt_restrict_spec *spec,
                      size_t weight, slt_refinement *refined)
{
    const slt_range all = {0};
    for (size_t i = 0; i < spec->weight_count; i++)
        if (slt_model_weight(model, spec->weights[i]) == weight)
            add_part(model, weight, all, all, refined);
    for (size_t i = 0; i < spec->block_count; i++) {
        const slt_block_spec *block =
            &model->blocks[slt_model_block(model, spec->blocks[i])];
        for (size_t j = 0; j < block->part_count; j++)
            if (slt_model_weight(model, block->parts[j].weight) == weight)
                add_part(model, weight, block->parts[j].rows, block->parts[j].columns,
                         refined);
    }
}

static size_t most_parts(const slt_model_spec *model, const slt_restrict_spec *spec)
{
    size_t count = spec->weight_count;
    for (size_t i = 0; i < spec->block_count; i++)
        count += model->blocks[slt_model_block(model, spec->blocks[i])].part_count;
    return count;
}

/* ---- Columns of a row -------------------------------------------------------------- */

/* Parts of one weight, whose columns are so many. */
typedef struct parts_of {
    const slt_refined_part *part;
    size_t count, columns;
} parts_of;

/* The columns of the row from `column` on that are alike end before the result: *moves
 * says whether they move. */
static size_t alike_until(const parts_of *of, size_t row, size_t column, bool *moves)
{
    size_t stays = of->columns, moved = column;
    for (size_t i = 0; i < of->count; i++) {
        const slt_range rows = of->part[i].rows, columns = of->part[i].columns;
        if (row < rows.from || row - rows.from >= rows.count)
            continue;
        if (columns.from > column)
            stays = columns.from < stays ? columns.from : stays;
        else if (columns.from + columns.count > moved)
            moved = columns.from + columns.count;
    }
    *moves = moved > column;
    return *moves ? moved : stays;
}

static uint64_t count_moving(const parts_of *of, size_t rows)
{
    uint64_t count = 0;
    for (size_t row = 0; row < rows && of->count; row++)
        for (size_t column = 0, next; column < of->columns; column = next) {
            bool moves;
            next = alike_until(of, row, column, &moves);
            count += moves ? next - column : 0;
        }
    return count;
}

/* ---- All weights ------------------------------------------------------------------- */

/* Parts are kept of weights alone that move in part. */
static void refine_weight(const slt_restrict_spec *spec, size_t weight,
                          slt_refinement *refined)
{
    const slt_weight_spec *of = &refined->model->weights[weight];
    const size_t first = refined->part_count;
    add_parts(refined->model, spec, weight, refined);
    const parts_of parts = {refined->parts + first, refined->part_count - first,
                            of->cols};
    const uint64_t moving = count_moving(&parts, of->rows);
    refined->moving += moving;
    if (!moving || moving == of->rows * of->cols)
        refined->part_count = first;
    refined->own->weights[weight].trainable = moving > 0;
}

slt_status slt_refine_create(const slt_model_spec *model, const slt_restrict_spec *spec,
                             slt_refinement *refined, slt_error *err)
{
    *refined = (slt_refinement){.model = model, .moving = slt_model_parameters(model)};
    const size_t most = most_parts(model, spec);
    if (!most)
        return SLT_OK;
    refined->own = slt_world.malloc(sizeof *refined->own);
    refined->parts = slt_world.calloc(most, sizeof *refined->parts);
    if (!refined->own || !refined->parts) {
        slt_refine_free(refined);
        return slt_fail(err, SLT_RESOURCE, "no memory for a model's blocks");
    }
    slt_model_spec_copy(model, refined->own);
    refined->model = refined->own;
    refined->moving = 0;
    for (size_t i = 0; i < model->weight_count; i++) {
        const size_t owner = slt_model_owner(model, i);
        if (owner == i)
            refine_weight(spec, i, refined);
        refined->own->weights[i].trainable = refined->own->weights[owner].trainable;
    }
    return SLT_OK;
}

void slt_refine_free(slt_refinement *refined)
{
    free(refined->parts);
    free(refined->own);
    *refined = (slt_refinement){0};
}

/* ---- Numbers that stay ------------------------------------------------------------- */

/* Zeros where `from` is NULL. */
static void keep_weight(const parts_of *of, const slt_tensor *from, slt_tensor *to)
{
    const size_t members = to->cols / of->columns;
    const size_t size = members * slt_arithmetic_size(to->arithmetic);
    for (size_t row = 0; row < to->rows; row++)
        for (size_t column = 0, next; column < of->columns; column = next) {
            const size_t at = (row * of->columns + column) * size;
            bool moves;
            next = alike_until(of, row, column, &moves);
            if (moves)
                continue;
            if (from)
                memcpy((char *)to->data + at, (const char *)from->data + at,
                       (next - column) * size);
            else
                memset((char *)to->data + at, 0, (next - column) * size);
        }
}

static void keep_numbers(const slt_refinement *refined, const slt_params *from,
                         slt_params *to)
{
    const slt_refined_part *parts = refined->parts;
    for (size_t first = 0, end; first < refined->part_count; first = end) {
        const size_t weight = parts[first].weight;
        for (end = first; end < refined->part_count && parts[end].weight == weight;)
            end++;
        const parts_of of = {parts + first, end - first,
                             refined->model->weights[weight].cols};
        keep_weight(&of, from ? &from->tensor[weight] : NULL, &to->tensor[weight]);
    }
}

void slt_refine_gradient(const slt_refinement *refined, slt_params *gradient)
{
    keep_numbers(refined, NULL, gradient);
}

void slt_refine_weights(const slt_refinement *refined, const slt_params *start,
                        slt_params *weights)
{
    keep_numbers(refined, start, weights);
}
