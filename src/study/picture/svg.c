#include "study/picture/svg_parts.h"

slt_status slt_figure_svg(const slt_figure *figure, const char *path, slt_error *err)
{
    slt_buffer script = {0};
    if (!figure->part || (!figure->table.data_count && !slt_svg_panels(figure)))
        return slt_fail(err, SLT_UNFIT, "no picture: the figure has no rows");
    slt_status status = slt_svg_script(figure, &script, err);
    if (!status)
        status = slt_gnuplot(&script, path, err);
    slt_buffer_free(&script);
    return status;
}
