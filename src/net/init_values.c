/* values: the elements themselves, row by row. */
#include "net/init_internal.h"

static slt_status check_values(const slt_weight_spec *weight,
                               const slt_init_teacher *teacher, slt_error *err)
{
    (void)teacher;
    const size_t count = weight->rows * weight->cols;
    if (weight->init.value_count == count ||
        (weight->init.rest_given && weight->init.value_count < count))
        return SLT_OK;
    return slt_fail(err, SLT_FORMAT,
                    "expected %zu values for shape [%zu, %zu], found %zu", count,
                    weight->rows, weight->cols, weight->init.value_count);
}

static slt_status fill_values(const slt_init_site *site, slt_tensor *weight,
                              slt_error *err)
{
    (void)err;
    for (size_t i = 0; i < slt_tensor_count(weight); i++)
        slt_tensor_set(weight, i,
                       i < site->spec->value_count ? site->spec->values[i]
                                                   : site->spec->rest);
    return SLT_OK;
}

static const slt_schema value_item = {.type = SLT_SCHEMA_REAL, ITEM(slt_real)};

static const slt_schema field_values = {.key = "values",
                                        .type = SLT_SCHEMA_LIST,
                                        .offset = offsetof(slt_init_spec, values),
                                        COUNT(slt_init_spec, value_count),
                                        ONE(value_item),
                                        .least = 1,
                                        .most = SLT_INIT_VALUES_MAX,
                                        .also = "elements|numbers",
                                        .sample = "[0, 1]",
                                        .meaning = "every element, row by row"};

static const slt_schema field_rest = {.key = "rest",
                                      .type = SLT_SCHEMA_REAL,
                                      .optional = true,
                                      AT(slt_init_spec, rest),
                                      FLAG(slt_init_spec, rest_given),
                                      .also = "others|fill",
                                      .meaning = "that of all elements behind `values`, "
                                                 "which may then be fewer; absent: none"};

const slt_init_type slt_init_kind_values = {
    .name = "values",
    .meaning = "the elements as written",
    .fields = FIELD_LIST(&field_values, &field_rest),
    .check = check_values,
    .fill = fill_values,
};
