#include "report/tables/dataset.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/library.h"
#include "base/world.h"

/* Of netcdf.h. */
enum { NC_NETCDF4 = 0x1000, NC_GLOBAL = -1, NC_FILL = 0 };

static struct {
    int (*create)(const char *file, int mode, int *group);
    int (*close)(int file);
    int (*make_group)(int file, const char *name, int *group);
    int (*make_dimension)(int group, const char *name, size_t size, int *dimension);
    int (*make_variable)(int group, const char *name, int type, int count,
                         const int *dimensions, int *variable);
    int (*fill)(int group, int variable, int mode, const void *value);
    int (*describe)(int group, int variable, const char *name, size_t size,
                    const char *text);
    int (*put)(int group, int variable, const size_t *start, const size_t *sizes,
               const void *values);
    const char *(*message)(int error);
    slt_error wrong; /* if it cannot be used */
} netcdf;
static pthread_once_t netcdf_once = PTHREAD_ONCE_INIT;

static void netcdf_find(void)
{
    static const char *const names[] = {"libnetcdf.so.19", "libnetcdf.so.22",
                                        "libnetcdf.so.18", NULL};
    const slt_library_symbol wanted[] = {
        {"nc_create", &netcdf.create},         {"nc_close", &netcdf.close},
        {"nc_def_grp", &netcdf.make_group},    {"nc_def_dim", &netcdf.make_dimension},
        {"nc_def_var", &netcdf.make_variable}, {"nc_def_var_fill", &netcdf.fill},
        {"nc_put_att_text", &netcdf.describe}, {"nc_put_vara", &netcdf.put},
        {"nc_strerror", &netcdf.message},
    };
    slt_library_find(names, wanted, sizeof wanted / sizeof *wanted,
                     "no netCDF (libnetcdf.so.18, .19 or .22) is installed",
                     &netcdf.wrong);
}

struct slt_dataset {
    const char *name;
    int file, group; /* the group that things are being put into */
};

static slt_status dataset_end(const slt_dataset *dataset, int error, slt_error *err)
{
    return error ? slt_fail(err, SLT_FILE, "%s: netCDF: %s", dataset->name,
                            netcdf.message(error))
                 : SLT_OK;
}

slt_status slt_dataset_open(const char *file, slt_dataset **out, slt_error *err)
{
    *out = NULL;
    slt_world.pthread_once(&netcdf_once, netcdf_find);
    if (netcdf.wrong.status)
        return slt_error_copy(err, &netcdf.wrong);
    slt_dataset *dataset = slt_world.calloc(1, sizeof *dataset);
    if (!dataset)
        return slt_fail(err, SLT_RESOURCE, "%s: no memory for a data set", file);
    dataset->name = file;
    slt_status status =
        dataset_end(dataset, netcdf.create(file, NC_NETCDF4, &dataset->file), err);
    dataset->group = dataset->file;
    if (status)
        free(dataset);
    else
        *out = dataset;
    return status;
}

slt_status slt_dataset_close(slt_dataset *dataset, slt_error *err)
{
    if (!dataset)
        return SLT_OK;
    slt_status status = dataset_end(dataset, netcdf.close(dataset->file), err);
    free(dataset);
    return status;
}

slt_status slt_dataset_group(slt_dataset *dataset, const char *name, slt_error *err)
{
    return dataset_end(dataset, netcdf.make_group(dataset->file, name, &dataset->group),
                       err);
}

slt_status slt_dataset_dimension(slt_dataset *dataset, const char *name, size_t size,
                                 int *dimension, slt_error *err)
{
    return dataset_end(dataset,
                       netcdf.make_dimension(dataset->group, name, size, dimension), err);
}

slt_status slt_dataset_variable(slt_dataset *dataset, const char *name,
                                slt_dataset_type type, const int *dimensions,
                                size_t count, bool missing, slt_dataset_place *place,
                                slt_error *err)
{
    const slt_real absent = slt_real_absent();
    const int64_t none = -1;
    place->group = dataset->group;
    int error = netcdf.make_variable(dataset->group, name, (int)type, (int)count,
                                     dimensions, &place->variable);
    if (!error && missing)
        error = netcdf.fill(place->group, place->variable, NC_FILL,
                            type == SLT_DATASET_REAL ? (const void *)&absent
                                                     : (const void *)&none);
    return dataset_end(dataset, error, err);
}

slt_status slt_dataset_describe(slt_dataset *dataset, const slt_dataset_place *variable,
                                const char *name, const char *text, slt_error *err)
{
    int error =
        variable ? netcdf.describe(variable->group, variable->variable, name,
                                   strlen(text), text)
                 : netcdf.describe(dataset->group, NC_GLOBAL, name, strlen(text), text);
    return dataset_end(dataset, error, err);
}

slt_status slt_dataset_put(slt_dataset *dataset, slt_dataset_place place,
                           const size_t *start, const size_t *sizes, const void *values,
                           slt_error *err)
{
    return dataset_end(
        dataset, netcdf.put(place.group, place.variable, start, sizes, values), err);
}
