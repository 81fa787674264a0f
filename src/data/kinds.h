/* The kinds of data, one file each.  Each fills data->train, which is there in its shape,
 * and makes the teacher where it has one. */
#ifndef SLT_DATA_KINDS_H
#define SLT_DATA_KINDS_H

#include "data/data.h"

slt_status slt_data_linear_teacher(const slt_data_spec *spec, uint64_t seed,
                                   slt_data *data, slt_error *err);
slt_status slt_data_modular_addition(const slt_data_spec *spec, uint64_t seed,
                                     slt_data *data, slt_error *err);
void slt_data_constant(const slt_data_spec *spec, slt_data *data);

#endif
