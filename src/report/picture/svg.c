#include "report/picture/svg.h"

#include <stdlib.h>
#include <string.h>

#include "base/fpenv.h"
#include "base/io.h"
#include "report/picture/svg_internal.h"

static void but_data(slt_error *err)
{
    const slt_error trouble = *err;
    slt_fail(err, trouble.status, "%s; the CSV holds all its data", trouble.text);
}

slt_status slt_figure_draw(const slt_figure *figure, slt_buffer *svg, slt_error *err)
{
    slt_buffer script = {0};
    if (!figure->spec || (!figure->table.data_count && !slt_svg_panels(figure)))
        return slt_fail(err, SLT_UNFIT, "no picture: the figure has no rows");
    slt_status status = slt_figure_theory_status(figure, err);
    if (!status)
        status = slt_svg_script(figure, &script, err);
    if (!status) {
        status = slt_gnuplot(&script, svg, err);
        if (status && err)
            but_data(err);
    }
    slt_buffer_free(&script);
    return status;
}

slt_status slt_figure_svg(const slt_figure *figure, const char *path, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_buffer svg = {0};
    slt_status status = slt_figure_draw(figure, &svg, err);
    if (!status)
        status = slt_io_replace(path, svg.data, svg.size, err);
    slt_buffer_free(&svg);
    return status;
}

/* ---- What it does not show --------------------------------------------------------- */

static void tell_hidden(const slt_svg_panel *panel, size_t index, size_t hidden,
                        slt_buffer *out)
{
    const char *between = out->size ? "\n" : "";
    if (hidden)
        slt_buffer_printf(out,
                          "%spanel %zu: %zu not above 0, not drawn on a logarithmic axis",
                          between, index + 1, hidden);
    else if (panel->flat)
        slt_buffer_printf(out, "%spanel %zu: nothing above 0, not a logarithmic axis",
                          between, index + 1);
}

slt_status slt_figure_hidden(const slt_figure *figure, size_t *hidden, char **text,
                             slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_buffer out = {0};
    slt_status status = SLT_OK;
    *hidden = 0;
    for (size_t i = 0; i < slt_svg_panels(figure) && !status; i++) {
        slt_svg_panel panel;
        status = slt_svg_panel_open(figure, i, &panel, err);
        if (status)
            break;
        size_t here = slt_svg_hidden(&panel);
        *hidden += here;
        tell_hidden(&panel, i, here, &out);
        slt_svg_panel_free(&panel);
    }
    *text = status ? NULL : slt_buffer_take(&out);
    if (!status && !*text)
        status = slt_fail(err, SLT_RESOURCE, "no memory for what the picture lacks");
    slt_buffer_free(&out);
    return status;
}
