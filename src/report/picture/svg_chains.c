/* Panels of chains: a line a chain, from blue to orange in the order of the chains. */
#include "report/picture/svg_internal.h"

#include "num/scalar.h"

bool slt_svg_is_chains(const slt_svg_panel *panel)
{
    return slt_panel_show(panel->kind) != SLT_CHAINS_SHOWN;
}

const char *slt_svg_chains_x(const slt_svg_panel *panel)
{
    static const char *const labels[SLT_CHAINS_SHOWN] = {
        [SLT_CHAINS_TRACE] = "draw",
        [SLT_CHAINS_RANKS] = "rank among the draws of all chains, as a share",
        [SLT_CHAINS_AUTOCORRELATION] = "lag in draws"};
    return labels[slt_panel_show(panel->kind)];
}

const char *slt_svg_chains_y(const slt_svg_panel *panel)
{
    if (panel->kind == SLT_PANEL_TRACE)
        return panel->spec->chains->of_loss ? "loss" : "nbeta (loss - loss at w*)";
    return panel->kind == SLT_PANEL_RANKS ? "share of draws, 1 if alike"
                                          : "autocorrelation";
}

uint64_t slt_svg_chains_part(const slt_svg_panel *panel)
{
    return panel->kind == SLT_PANEL_TRACE && panel->count
               ? panel->figure->table.rows[panel->series->from].n
               : 1;
}

const slt_level_spec *slt_svg_chains_level(const slt_svg_panel *panel)
{
    static const slt_level_spec zero = {.value = {0}, .label = ""};
    static const slt_level_spec one = {.value = {UINT64_C(0x3ff) << 52}, .label = ""};
    if (panel->kind == SLT_PANEL_RANKS)
        return &one;
    const bool has_zero =
        panel->kind == SLT_PANEL_AUTOCORRELATION ||
        (panel->kind == SLT_PANEL_TRACE && !panel->spec->chains->of_loss);
    return has_zero && !panel->log_y ? &zero : NULL;
}

bool slt_svg_chains_band(const slt_svg_panel *panel, slt_real *low, slt_real *high)
{
    const slt_real one = slt_real_of(1);
    if (panel->kind != SLT_PANEL_RANKS || !panel->count)
        return false;
    const slt_table_row *row = &panel->figure->table.rows[panel->series->from];
    const slt_real reach = slt_real_mul(slt_real_of(2), row->error);
    *low = slt_real_sub(one, reach);
    *high = slt_real_add(one, reach);
    return row->has_error;
}

static int mixed(int from, int to, double share)
{
    return (int)(from + (to - from) * share + .5);
}

/* The colour of one chain of several. */
static void print_colour(size_t chain, size_t chains, slt_buffer *out)
{
    static const int colours[3][3] = {{11, 79, 138}, {143, 169, 191}, {199, 91, 18}};
    const double place = chains > 1 ? 2 * (double)chain / (double)(chains - 1) : 0;
    const int half = place < 1 ? 0 : 1;
    slt_buffer_printf(out, "'#");
    for (int i = 0; i < 3; i++)
        slt_buffer_printf(
            out, "%02x",
            (unsigned)mixed(colours[half][i], colours[half + 1][i], place - half));
    slt_buffer_printf(out, "'");
}

void slt_svg_chains_line(const slt_svg_panel *panel, size_t s, slt_buffer *out)
{
    const slt_svg_series *series = &panel->series[s];
    if (panel->kind == SLT_PANEL_RANKS) /* the middle of a bin */
        slt_buffer_printf(out, "($1 + %.17g):2 with histeps",
                          .5 / (double)(series->end - series->from));
    else
        slt_buffer_printf(out, "1:2 with lines");
    slt_buffer_printf(out, " lw 1 lc rgb ");
    print_colour(s, panel->count, out);
}
