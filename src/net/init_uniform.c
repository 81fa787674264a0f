/* uniform: U[lo, hi], by 32-bit midpoints. */
#include "net/init_internal.h"
#include "num/scalar.h"

static slt_status check_uniform(const slt_weight_spec *weight,
                                const slt_init_teacher *teacher, slt_error *err)
{
    (void)teacher;
    if (!slt_real_less(weight->init.lo, weight->init.hi))
        return slt_fail(err, SLT_FORMAT, "init uniform needs lo below hi");
    return SLT_OK;
}

static slt_status fill_uniform(const slt_init_site *site, slt_tensor *weight,
                               slt_error *err)
{
    (void)err;
    slt_draw_uniform(slt_init_stream(site), weight, site->spec->lo, site->spec->hi);
    return SLT_OK;
}

static const slt_schema field_lo = {.key = "lo",
                                    .type = SLT_SCHEMA_REAL,
                                    AT(slt_init_spec, lo),
                                    .also = "low|min",
                                    .meaning = "lower end"};

static const slt_schema field_hi = {.key = "hi",
                                    .type = SLT_SCHEMA_REAL,
                                    AT(slt_init_spec, hi),
                                    .also = "high|max",
                                    .meaning = "upper end, above lo"};

const slt_init_type slt_init_kind_uniform = {
    .name = "uniform",
    .meaning = " on [lo, hi]",
    .fields = FIELD_LIST(&field_lo, &field_hi),
    .check = check_uniform,
    .fill = fill_uniform,
};
