/* The picture of an estimate's chains: the panels of chains that a figure may have, below
 * one another. */
#include <inttypes.h>
#include <stdlib.h>

#include <sltrace/page.h>

#include "base/fpenv.h"
#include "base/world.h"
#include "figure/runs/runs.h"
#include "learn/diagnostics_curves.h"
#include "report/picture/svg_internal.h"
#include "verify/diagnosis.h"

/* A figure of nothing but these chains, in the three panels of chains. */
typedef struct chains_figure {
    slt_chains_spec chains;
    slt_panel_spec panels[SLT_CHAINS_SHOWN];
    slt_figure_spec spec;
    slt_theory theory; /* none */
    slt_figure figure;
} chains_figure;

static void open_figure(chains_figure *f, const char *title)
{
    static const slt_panel_kind kinds[SLT_CHAINS_SHOWN] = {
        SLT_PANEL_TRACE, SLT_PANEL_RANKS, SLT_PANEL_AUTOCORRELATION};
    for (size_t i = 0; i < SLT_CHAINS_SHOWN; i++)
        f->panels[i] = (slt_panel_spec){
            .kind = kinds[i], .name = f->chains.name, .chains = &f->chains};
    f->spec = (slt_figure_spec){.chains = &f->chains,
                                .chain_count = 1,
                                .panels = f->panels,
                                .panel_count = SLT_CHAINS_SHOWN,
                                .columns = 1,
                                .title = title};
    f->theory.made = true;
    f->figure.spec = &f->spec;
    f->figure.theory = &f->theory;
}

static slt_status draw_curves(const slt_chain_curves *curves, const char *title,
                              slt_buffer *svg, slt_error *err)
{
    chains_figure *f = slt_world.calloc(1, sizeof *f);
    slt_buffer script = {0};
    if (!f)
        return slt_fail(err, SLT_RESOURCE, "no memory for a picture");
    open_figure(f, title);
    slt_status status = slt_figure_add_chains_of(&f->figure, &f->chains, curves, err);
    if (!status)
        status = slt_svg_script(&f->figure, &script, err);
    if (!status)
        status = slt_gnuplot(&script, svg, err);
    slt_buffer_free(&script);
    slt_table_free(&f->figure.table);
    free(f);
    return status;
}

/* ---- Of an estimate ---------------------------------------------------------------- */

slt_status slt_diagnosis_name(const slt_diagnosed_estimate *told,
                              char name[SLT_DIAGNOSIS_NAME_MAX], slt_error *err)
{
    slt_buffer text = {0};
    slt_runs_name_llc(told->estimate->llc, &text);
    slt_buffer_printf(&text, ".%" PRIu64, told->estimate->at_step);
    snprintf(name, SLT_DIAGNOSIS_NAME_MAX, "%s", slt_buffer_text(&text));
    const slt_status status =
        text.failed ? slt_fail(err, SLT_RESOURCE, "no memory for a name") : SLT_OK;
    slt_buffer_free(&text);
    return status;
}

static void print_title(const slt_estimate *e, slt_buffer *title)
{
    const slt_runs_estimate named = {.llc = e->llc, .at_step = e->at_step};
    char ess[SLT_ESS_TEXT_MAX];
    slt_runs_name_estimate(&named, title);
    slt_buffer_printf(title, ": %.5g, R-hat %.4f, ESS %s", slt_real_double(e->mean),
                      slt_real_double(e->found.rhat),
                      slt_ess_text(e->found.ess_bulk, ess));
}

static slt_status draw_estimate(const slt_diagnosed_estimate *told, slt_buffer *svg,
                                slt_error *err)
{
    const slt_diagnosed of = slt_estimate_diagnosed(told->estimate, told->spec);
    const slt_real **losses = NULL;
    slt_chain_wanted wanted = {0};
    slt_chain_curves curves = {0};
    slt_buffer title = {0};
    print_title(told->estimate, &title);
    const char *text = slt_buffer_text(&title);
    slt_status status = title.failed
                            ? slt_fail(err, SLT_RESOURCE, "no memory for a picture")
                            : slt_estimate_losses(told->estimate, &losses, err);
    if (!status)
        status = slt_chain_lags(&of, losses, &wanted.lags, err);
    if (!status)
        status = slt_chain_curves_find(&of, losses, wanted, &curves, err);
    if (!status)
        status = draw_curves(&curves, text, svg, err);
    free(losses);
    slt_chain_curves_free(&curves);
    slt_buffer_free(&title);
    return status;
}

slt_status slt_diagnosis_draw(const slt_diagnosed_estimate *told, char **svg,
                              size_t *size, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_buffer drawn = {0};
    *svg = NULL;
    if (!told->estimate->whole)
        return slt_fail(err, SLT_UNFIT, "no picture: a chain ended early");
    if (!slt_estimate_has_losses(told->estimate))
        return slt_fail(err, SLT_UNFIT,
                        "no picture: the losses of chains were not stored");
    slt_status status = draw_estimate(told, &drawn, err);
    *size = drawn.size;
    *svg = status ? NULL : slt_buffer_take(&drawn);
    if (!status && !*svg)
        status = slt_fail(err, SLT_RESOURCE, "no memory for a picture");
    slt_buffer_free(&drawn);
    return status;
}
