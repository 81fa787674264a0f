#include "figure/figure.h"

#include <stdarg.h>

slt_status slt_figure_add(slt_figure *figure, slt_table_origin origin, const char *x,
                          slt_real value, const slt_real *error, const uint64_t *n,
                          slt_error *err, const char *series, ...)
{
    slt_buffer name = {0};
    va_list arguments;
    va_start(arguments, series);
    slt_buffer_vprintf(&name, series, arguments);
    va_end(arguments);
    slt_table_row row = {.series = (char *)(uintptr_t)slt_buffer_text(&name),
                         .x = (char *)(uintptr_t)x,
                         .origin = origin,
                         .value = value,
                         .error = error ? *error : (slt_real){0},
                         .has_error = error,
                         .n = n ? *n : 0,
                         .has_n = n};
    slt_status status = name.failed
                            ? slt_fail(err, SLT_RESOURCE, "no memory for the figure")
                            : slt_table_add(&figure->table, &row, err);
    slt_buffer_free(&name);
    return status;
}
