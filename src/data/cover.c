#include "data/cover.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"

static size_t index_at(const slt_tensor *tensor, size_t element)
{
    return (size_t)((const int32_t *)tensor->data)[element];
}

/* Which symbols a tensor has. */
static slt_status find_symbols(const slt_tensor *tensor, size_t range,
                               slt_cover_symbols *symbols, slt_error *err)
{
    bool *seen = slt_world.calloc(range + 1, sizeof *seen);
    symbols->range = range;
    symbols->missing = slt_world.calloc(range + 1, sizeof *symbols->missing);
    slt_status status = SLT_OK;
    if (!seen || !symbols->missing)
        status = slt_fail(err, SLT_RESOURCE, "no memory for %zu symbols", range);
    for (size_t e = 0; e < slt_tensor_count(tensor) && !status; e++)
        seen[index_at(tensor, e)] = true;
    for (size_t i = 0; i < range && !status; i++)
        if (!seen[i])
            symbols->missing[symbols->absent++] = (uint32_t)i;
    free(seen);
    return status;
}

/* ---- Components -------------------------------------------------------------------- */

/* The vertex that stands for a vertex's component; paths are halved on the way. */
static size_t root_of(size_t *parent, size_t vertex)
{
    while (parent[vertex] != vertex)
        vertex = parent[vertex] = parent[parent[vertex]];
    return vertex;
}

/* Joins a sample's symbols; first[i] is the vertex of symbol 0 of input i. */
static void join_sample(const slt_batch *batch, size_t sample, const size_t *first,
                        size_t *parent)
{
    size_t joined = SIZE_MAX;
    for (size_t i = 0; i < batch->inputs; i++) {
        const slt_tensor *input = &batch->input[i];
        for (size_t c = 0; input->arithmetic == SLT_INDEX && c < input->cols; c++) {
            size_t root =
                root_of(parent, first[i] + index_at(input, sample * input->cols + c));
            if (joined != SIZE_MAX)
                parent[root] = root_of(parent, joined);
            joined = root;
        }
    }
}

/* A symbol that no sample has is a component by itself, and not counted. */
static slt_status count_components(const slt_batch *batch, slt_cover *cover,
                                   slt_error *err)
{
    size_t first[SLT_INPUTS_MAX], vertices = 0, absent = 0;
    for (size_t i = 0; i < batch->inputs; i++) {
        first[i] = vertices;
        if (batch->input[i].arithmetic == SLT_INDEX)
            vertices += batch->input_range[i];
    }
    size_t *parent = slt_world.calloc(vertices + 1, sizeof *parent);
    if (!parent)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu symbols", vertices);
    for (size_t v = 0; v < vertices; v++)
        parent[v] = v;
    for (size_t sample = 0; sample < batch->rows; sample++)
        join_sample(batch, sample, first, parent);
    for (size_t i = 0; i < cover->inputs; i++)
        absent += cover->input[i].absent;
    for (size_t v = 0; v < vertices; v++)
        cover->components += parent[v] == v;
    cover->components -= absent;
    free(parent);
    return SLT_OK;
}

/* ---- The whole --------------------------------------------------------------------- */

slt_status slt_cover_find(const slt_batch *batch, slt_cover *cover, slt_error *err)
{
    slt_status status = SLT_OK;
    *cover = (slt_cover){.inputs = 0};
    for (size_t i = 0; i < batch->inputs && !status; i++) {
        if (batch->input[i].arithmetic != SLT_INDEX)
            continue;
        slt_cover_symbols *symbols = &cover->input[cover->inputs++];
        memcpy(symbols->name, batch->input_name[i], sizeof symbols->name);
        status = find_symbols(&batch->input[i], batch->input_range[i], symbols, err);
    }
    if (!status && batch->target.arithmetic == SLT_INDEX)
        status = find_symbols(&batch->target, batch->target_range, &cover->target, err);
    if (!status && cover->inputs > 1)
        status = count_components(batch, cover, err);
    if (status)
        slt_cover_free(cover);
    return status;
}

void slt_cover_free(slt_cover *cover)
{
    for (size_t i = 0; i < cover->inputs; i++)
        free(cover->input[i].missing);
    free(cover->target.missing);
    *cover = (slt_cover){.inputs = 0};
}
