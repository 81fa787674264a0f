/* What losses of single samples say, as netCDF-4: a group for each estimate. */
#include <sltrace/influence.h>

#include <stdlib.h>

#include "base/fpenv.h"
#include "base/io.h"
#include "base/world.h"
#include "report/influence_numbers.h"
#include "report/tables/dataset.h"

struct slt_influence_file {
    slt_io_output output;
    slt_dataset *to;
};

/* The group at hand. */
typedef struct group {
    const slt_influence *found;
    slt_dataset *to;
    int dimensions[2]; /* of, sample */
} group;

slt_status slt_influence_file_begin(const char *path, slt_influence_file **file,
                                    slt_error *err)
{
    SLT_FPENV_ENTERED;
    *file = slt_world.calloc(1, sizeof **file);
    if (!*file)
        return slt_fail(err, SLT_RESOURCE, "%s: no memory for a data set", path);
    slt_status status = SLT_OK;
    slt_io_output *output = &(*file)->output;
    slt_io_begin(output, path);
    if (!output->failed && !output->temporary)
        status = slt_fail(err, SLT_USAGE, "%s: not an ordinary file", path);
    else if (!output->failed)
        status = slt_dataset_open(output->temporary, &(*file)->to, err);
    if (!status && !output->failed)
        return SLT_OK;
    const slt_status ended = slt_io_end(output, false, status ? NULL : err);
    free(*file);
    *file = NULL;
    return status ? status : ended;
}

slt_status slt_influence_file_end(slt_influence_file *file, bool keep, slt_error *err)
{
    SLT_FPENV_ENTERED;
    if (!file)
        return SLT_OK;
    const slt_status closed = slt_dataset_close(file->to, keep ? err : NULL);
    const slt_status ended =
        slt_io_end(&file->output, keep && !closed, keep && !closed ? err : NULL);
    free(file);
    return closed ? closed : ended;
}

/* ---- A group ----------------------------------------------------------------------- */

/* A dimension with its coordinates, which count from `first`. */
static slt_status put_dimension(group *g, size_t number, const char *name, size_t size,
                                int64_t first, slt_error *err)
{
    const size_t one = 1;
    slt_dataset_place place;
    slt_status status =
        slt_dataset_dimension(g->to, name, size, &g->dimensions[number], err);
    if (!status)
        status = slt_dataset_variable(g->to, name, SLT_DATASET_WHOLE,
                                      &g->dimensions[number], 1, false, &place, err);
    for (size_t i = 0; i < size && !status; i++) {
        const int64_t value = first + (int64_t)i;
        status = slt_dataset_put(g->to, place, &i, &one, &value, err);
    }
    return status;
}

/* Their names. */
static slt_status put_metrics(const group *g, slt_error *err)
{
    const size_t start = 0;
    slt_dataset_place place;
    slt_status status = slt_dataset_variable(g->to, "metric", SLT_DATASET_TEXT,
                                             g->dimensions, 1, false, &place, err);
    return status ? status
                  : slt_dataset_put(g->to, place, &start, &g->found->observables,
                                    g->found->metrics, err);
}

static slt_status put_scalars(const group *g, slt_error *err)
{
    const slt_influence *found = g->found;
    const int64_t at_step = (int64_t)found->at_step, draws = (int64_t)found->draws;
    const int64_t chains = (int64_t)found->chains;
    const struct {
        const char *name;
        slt_dataset_type type;
        const void *value;
    } scalars[] = {{"at_step", SLT_DATASET_WHOLE, &at_step},
                   {"chains", SLT_DATASET_WHOLE, &chains},
                   {"draws", SLT_DATASET_WHOLE, &draws},
                   {"nbeta", SLT_DATASET_REAL, &found->nbeta},
                   {"temperature", SLT_DATASET_REAL, &found->temperature}};
    const size_t one = 1, none = 0;
    slt_status status = SLT_OK;
    for (size_t i = 0; i < sizeof scalars / sizeof *scalars && !status; i++) {
        slt_dataset_place place;
        status = slt_dataset_variable(g->to, scalars[i].name, scalars[i].type, NULL, 0,
                                      false, &place, err);
        if (!status)
            status = slt_dataset_put(g->to, place, &none, &one, scalars[i].value, err);
    }
    return status;
}

/* Number `number` of each pair, or of each sample; row: a place for those of a row. */
static slt_status put_column(const group *g, bool of_pair, size_t number, slt_real *row,
                             slt_error *err)
{
    const slt_influence *found = g->found;
    const size_t rows = of_pair ? found->observables : 1;
    const size_t sizes[] = {1, found->samples};
    slt_dataset_place place;
    slt_status status = slt_dataset_variable(
        g->to, slt_influence_number_name(of_pair, number), SLT_DATASET_REAL,
        of_pair ? g->dimensions : g->dimensions + 1, of_pair ? 2 : 1, true, &place, err);
    for (size_t r = 0; r < rows && !status; r++) {
        const size_t start[] = {r, 0};
        for (size_t i = 0; i < found->samples; i++)
            row[i] = slt_influence_number(found, of_pair, number, r * found->samples + i);
        status = slt_dataset_put(g->to, place, of_pair ? start : start + 1,
                                 of_pair ? sizes : sizes + 1, row, err);
    }
    return status;
}

static slt_status put_columns(const group *g, slt_error *err)
{
    slt_status status = SLT_OK;
    slt_real *row = slt_world.calloc(g->found->samples, sizeof *row);
    if (!row)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu samples",
                        g->found->samples);
    for (size_t i = 0; i < slt_influence_pairs(g->found) && !status; i++)
        status = put_column(g, true, i, row, err);
    for (size_t i = 0; i < SLT_INFLUENCE_SAMPLE && !status; i++)
        status = put_column(g, false, i, row, err);
    free(row);
    return status;
}

slt_status slt_influence_file_put(slt_influence_file *file, const slt_influence *found,
                                  slt_error *err)
{
    SLT_FPENV_ENTERED;
    group g = {.found = found, .to = file->to};
    char name[SLT_INFLUENCE_NAME_MAX];
    if (!found->covariance)
        return SLT_OK;
    slt_status status = slt_influence_name(found, name, err);
    if (!status)
        status = slt_dataset_group(g.to, name, err);
    if (!status)
        status =
            put_dimension(&g, 0, "of", found->observables,
                          found->metrics                        ? 0
                          : found->first == SLT_OBSERVABLE_MEAN ? -1
                                                                : (int64_t)found->first,
                          err);
    if (!status)
        status = put_dimension(&g, 1, "sample", found->samples, 0, err);
    if (!status)
        status = slt_dataset_describe(g.to, NULL, "of",
                                      found->metrics
                                          ? "the number of the metric"
                                          : "the sample whose loss is the observable; "
                                            "-1: the mean loss of all",
                                      err);
    if (!status && found->metrics)
        status = put_metrics(&g, err);
    if (!status)
        status = put_scalars(&g, err);
    return status ? status : put_columns(&g, err);
}
