/* The runs of a figure: whether their chains have settled, and the table of runs beside a
 * golden. */
#include <sltrace/summary.h>

#include "base/fpenv.h"
#include "codec/json.h"
#include "figure/figure.h"
#include "report/runs_text.h"

char *slt_figure_chains(const slt_figure *figure)
{
    SLT_FPENV_ENTERED;
    slt_buffer out = {0};
    const slt_chain_summary summary = slt_chain_summary_of(&figure->runs);
    if (!figure->has_runs)
        return NULL;
    if (figure->runs.estimate_count)
        slt_chain_summary_print(&summary, &figure->runs, "", &out);
    return slt_buffer_take(&out);
}

void slt_figure_chains_json(const slt_figure *figure, slt_json *json)
{
    SLT_FPENV_ENTERED;
    if (!figure->has_runs) {
        slt_json_null(json);
        return;
    }
    slt_json_open(json, '{');
    slt_runs_json_sums(&figure->runs, json);
    slt_json_close(json, '}');
}

slt_status slt_golden_runs(const slt_golden *golden, const slt_figure *figure, char **csv,
                           size_t *size, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_buffer out = {0};
    slt_runs_print(&figure->runs, golden, &out);
    *size = out.size;
    *csv = slt_buffer_take(&out);
    return *csv ? SLT_OK : slt_fail(err, SLT_RESOURCE, "no memory for the table of runs");
}

char *slt_golden_runs_path(const char *golden)
{
    return slt_runs_path(golden);
}
