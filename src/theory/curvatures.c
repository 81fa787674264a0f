#include "theory/curvatures.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/world.h"
#include "theory/spectrum.h"

/* ---- All --------------------------------------------------------------------------- */

/* The matrix, made symmetric again where its products are rounded. */
static slt_status fill_matrix(const slt_theory_matrix *matrix, double *entries,
                              double *unit, slt_error *err)
{
    const size_t size = matrix->size;
    slt_status status = SLT_OK;
    for (size_t i = 0; i < size && !status; i++) {
        unit[i] = 1;
        status = matrix->apply(matrix->context, unit, entries + i * size, err);
        unit[i] = 0;
    }
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < i; j++)
            entries[i * size + j] = entries[j * size + i] =
                (entries[i * size + j] + entries[j * size + i]) / 2;
    return status;
}

static void fill_list(const double *values, const double *vectors, const double *gradient,
                      size_t size, slt_curvature *list)
{
    for (size_t k = 0; k < size; k++) {
        double along = 0;
        for (size_t i = 0; i < size; i++)
            along += vectors[k * size + i] * gradient[i];
        list[k] =
            (slt_curvature){.value = values[k], .directions = 1, .slope = along * along};
    }
}

slt_status slt_theory_curvatures_all(const slt_theory_matrix *matrix,
                                     const double *gradient, slt_curvature *list,
                                     slt_error *err)
{
    const size_t size = matrix->size;
    const bool fits = size <= SLT_SPECTRUM_MAX;
    double *entries = fits ? slt_world.calloc(size * size, sizeof *entries) : NULL;
    double *values = slt_world.calloc(size, sizeof *values),
           *unit = slt_world.calloc(size, sizeof *unit);
    slt_status status = SLT_OK;
    if (!entries || !values || !unit)
        status = slt_fail(err, SLT_RESOURCE, "no memory for a Hessian of %zu x %zu", size,
                          size);
    if (!status)
        status = fill_matrix(matrix, entries, unit, err);
    if (!status)
        status = slt_theory_symmetric(entries, size, true, values, err);
    if (!status)
        fill_list(values, entries, gradient, size, list);
    free(unit);
    free(values);
    free(entries);
    return status;
}

/* ---- Sampled ----------------------------------------------------------------------- */

static slt_status add_nodes(const slt_tridiagonal *found, size_t steps,
                            const slt_curvature *whole, slt_curvatures *to,
                            slt_error *err)
{
    double *node = slt_world.calloc(steps, sizeof *node),
           *weight = slt_world.calloc(steps, sizeof *weight);
    slt_status status = SLT_OK;
    if (!node || !weight)
        status = slt_fail(err, SLT_RESOURCE, "no memory for %zu curvatures", steps);
    if (!status)
        status = slt_tridiagonal_gauss(found, steps, node, weight, err);
    for (size_t k = 0; k < steps && !status; k++)
        to->list[to->count++] =
            (slt_curvature){.value = node[k],
                            .directions = whole->directions * weight[k],
                            .slope = whole->slope * weight[k],
                            .noise = whole->noise * weight[k]};
    free(weight);
    free(node);
    return status;
}

slt_status slt_theory_curvatures_add(const slt_theory_matrix *matrix, const double *start,
                                     const slt_curvature *whole, size_t *steps,
                                     slt_curvatures *all, slt_curvatures *half,
                                     slt_error *err)
{
    slt_tridiagonal found;
    slt_status status = slt_theory_lanczos(matrix, start, *steps, &found, err);
    if (!status)
        status = add_nodes(&found, found.steps, whole, all, err);
    if (!status && half)
        status = add_nodes(&found, (found.steps + 1) / 2, whole, half, err);
    *steps = found.steps;
    slt_tridiagonal_free(&found);
    return status;
}
