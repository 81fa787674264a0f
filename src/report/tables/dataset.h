/* A netCDF-4 file being written, by the libnetcdf that is installed. */
#ifndef SLT_REPORT_TABLES_DATASET_H
#define SLT_REPORT_TABLES_DATASET_H

#include <stdbool.h>
#include <stddef.h>

#include <sltrace/real.h>
#include <sltrace/status.h>

typedef struct slt_dataset slt_dataset;

/* The types of variables: int64_t, slt_real, const char *. */
typedef enum slt_dataset_type {
    SLT_DATASET_WHOLE = 10,
    SLT_DATASET_REAL = 6,
    SLT_DATASET_TEXT = 12
} slt_dataset_type;

#define SLT_DATASET_DIMS_MAX 12

/* Replaces the content of a file by an empty data set.  SLT_UNFIT without the library. */
slt_status slt_dataset_open(const char *file, slt_dataset **dataset, slt_error *err);
/* SLT_FILE where not everything was written.  Does nothing for NULL. */
slt_status slt_dataset_close(slt_dataset *dataset, slt_error *err);

/* Begins a group; what follows is in it. */
slt_status slt_dataset_group(slt_dataset *dataset, const char *name, slt_error *err);
/* A dimension of the group, size >= 1. */
slt_status slt_dataset_dimension(slt_dataset *dataset, const char *name, size_t size,
                                 int *dimension, slt_error *err);
/* A variable of the group over `count` of its dimensions.  *place is what
 * slt_dataset_put takes.  Where values may be `missing`, NaN and -1 stand for them. */
typedef struct slt_dataset_place {
    int group, variable;
} slt_dataset_place;
slt_status slt_dataset_variable(slt_dataset *dataset, const char *name,
                                slt_dataset_type type, const int *dimensions,
                                size_t count, bool missing, slt_dataset_place *place,
                                slt_error *err);
/* An attribute: of the group, or of a variable of it. */
slt_status slt_dataset_describe(slt_dataset *dataset, const slt_dataset_place *variable,
                                const char *name, const char *text, slt_error *err);
/* Writes a block of a variable: `sizes` from `start` on in each of its dimensions. */
slt_status slt_dataset_put(slt_dataset *dataset, slt_dataset_place place,
                           const size_t *start, const size_t *sizes, const void *values,
                           slt_error *err);

#endif
