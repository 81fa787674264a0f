/* fan-in: U(-1/sqrt(fan), 1/sqrt(fan)), both ends in binary64; fan is `fan_in`, or the
 * weight's number of columns where that is 0. */
#include "net/init_internal.h"
#include "num/scalar.h"

static slt_status fill_fan_in(const slt_init_site *site, slt_tensor *weight,
                              slt_error *err)
{
    (void)err;
    slt_real fan =
        slt_real_from_u64(site->spec->fan_in ? site->spec->fan_in : weight->cols);
    slt_real bound = slt_real_div(slt_real_from_u64(1), slt_real_sqrt(fan));
    slt_draw_uniform(slt_init_stream(site), weight, slt_real_neg(bound), bound);
    return SLT_OK;
}

static const slt_schema field_fan_in = {
    .key = "fan_in",
    .type = SLT_SCHEMA_INT,
    AT(slt_init_spec, fan_in),
    .least = 1,
    .most = WIDTH_MAX,
    .optional = true,
    .meaning = "the fan; the weight's number of columns where absent"};

const slt_init_type slt_init_kind_fan_in = {
    .name = "fan-in",
    .meaning = "uniform on +-1/sqrt(fan_in)",
    .fields = FIELD_LIST(&field_fan_in),
    .fill = fill_fan_in,
};
