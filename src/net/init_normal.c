/* normal: N(0, std^2). */
#include "net/init_internal.h"

static slt_status fill_normal(const slt_init_site *site, slt_tensor *weight,
                              slt_error *err)
{
    (void)err;
    slt_draw_normal(slt_init_stream(site), weight, site->spec->std);
    return SLT_OK;
}

static slt_function_set functions_of_normal(const slt_init_spec *spec,
                                            slt_arithmetic arithmetic)
{
    (void)spec;
    return slt_functions_of_normals(arithmetic);
}

static const slt_schema field_std = {.key = "std",
                                     .type = SLT_SCHEMA_REAL,
                                     AT(slt_init_spec, std),
                                     .range = SLT_RANGE_NOT_NEGATIVE,
                                     .also = "sigma|stddev|scale",
                                     .meaning = "standard deviation"};

const slt_init_type slt_init_kind_normal = {
    .name = "normal",
    .meaning = "N(0, std^2)",
    .fields = FIELD_LIST(&field_std),
    .fill = fill_normal,
    .functions = functions_of_normal,
};
