#include "trace/trace_write.h"

#include <sltrace/numerics.h>

#include "codec/pack.h"
#include "num/math.h"

static size_t count_functions(slt_function_set functions)
{
    size_t count = 0;
    for (int f = 0; f < SLT_FN_COUNT; f++)
        count += functions >> f & 1;
    return count;
}

void slt_trace_write_header(slt_trace_writer *writer, const uint8_t *canonical,
                            size_t size, slt_function_set functions,
                            slt_arithmetic arithmetic)
{
    slt_record about = {.kind = SLT_RECORD_HEADER};
    slt_buffer *out = slt_trace_begin(writer, &about);
    slt_pack_map(out, 3);
    slt_pack_text(out, "numerics");
    slt_pack_uint(out, SLT_NUMERICS_REVISION);
    slt_pack_text(out, "run");
    slt_pack_bin(out, canonical, size);
    slt_pack_text(out, "functions");
    slt_pack_map(out, count_functions(functions));
    for (int f = 0; f < SLT_FN_COUNT; f++)
        if (functions >> f & 1) {
            char fingerprint[SLT_FINGERPRINT_MAX];
            slt_fingerprint((slt_function)f, arithmetic, fingerprint);
            slt_pack_text(out, slt_function_name((slt_function)f));
            slt_pack_text(out, fingerprint);
        }
    slt_trace_finish(writer);
}
