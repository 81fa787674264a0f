#include "net/loss_squares.h"

#include "base/schema_rows.h"
#include "num/scalar.h"

slt_real slt_loss_divisor(const slt_loss_spec *spec, size_t rows, size_t cols)
{
    uint64_t samples = spec->mean_samples ? rows : 1;
    uint64_t outputs = spec->mean_outputs ? cols : 1;
    return slt_real_from_u64(samples * outputs);
}

slt_real slt_loss_curvature(const slt_loss_spec *spec, size_t rows, size_t cols)
{
    return slt_real_div(slt_real_mul(slt_real_from_u64(2), spec->factor),
                        slt_loss_divisor(spec, rows, cols));
}

slt_real slt_loss_of_sum(const slt_loss_spec *spec, size_t rows, size_t cols,
                         slt_real sum)
{
    return slt_real_div(slt_real_mul(spec->factor, sum),
                        slt_loss_divisor(spec, rows, cols));
}

_Static_assert(offsetof(slt_loss_spec, mean_outputs) ==
                   offsetof(slt_loss_spec, mean_samples) + sizeof(bool),
               "mean_over fills two flags");
const slt_schema slt_loss_mean_over = {
    .key = "mean_over",
    .type = SLT_SCHEMA_SET,
    .offset = offsetof(slt_loss_spec, mean_samples),
    WORDS("samples", "outputs"),
    PRESET_LIST(2, TEXT_VALUE("samples"), TEXT_VALUE("outputs")),
    .meaning = "which numbers divide the sum: samples of the batch, width of the "
               "output"};

const slt_schema slt_loss_factor = {.key = "factor",
                                    .type = SLT_SCHEMA_REAL,
                                    AT(slt_loss_spec, factor),
                                    .range = SLT_RANGE_POSITIVE,
                                    PRESET(REAL_VALUE(0x3ff0000000000000)),
                                    .also = "scale|coefficient|weight",
                                    .meaning = "what the sum is multiplied by"};
