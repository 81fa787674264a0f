/* figure.chains: the course, the ranks and the autocorrelation of the chains of an
 * estimate. */
#include "figure/figure.h"

#include "num/scalar.h"

/* The series of one chain. */
typedef struct chain_rows {
    slt_figure *figure;
    const slt_chains_spec *spec;
    const slt_chain_curves *curves;
    slt_chains_show show;
    size_t chain;
} chain_rows;

static slt_status add_row(const chain_rows *c, slt_real x, slt_real value,
                          const slt_real *error, uint64_t n, slt_error *err)
{
    const slt_table_origin origin = {.part = SLT_TABLE_CHAINS,
                                     .item = (size_t)(c->spec - c->figure->spec->chains),
                                     .metric = c->show};
    char text[SLT_REAL_TEXT_MAX];
    if (!slt_real_finite(value))
        return SLT_OK;
    slt_real_text(x, text);
    return slt_figure_add(c->figure, origin, text, value, error, &n, err,
                          "chain.%s.%s.%zu", c->spec->name, slt_chains_words[c->show],
                          c->chain);
}

static slt_status add_course(const chain_rows *c, slt_error *err)
{
    const slt_chain_curves *of = c->curves;
    slt_status status = SLT_OK;
    for (size_t i = 0; i < of->points && !status; i++)
        status = add_row(c, slt_real_from_u64(i * of->part),
                         of->course[c->chain * of->points + i], NULL,
                         slt_chain_part(of, i), err);
    return status;
}

static slt_status add_ranks(const chain_rows *c, slt_error *err)
{
    const slt_chain_curves *of = c->curves;
    const slt_real sd = slt_chain_share_sd(of);
    slt_status status = SLT_OK;
    for (size_t i = 0; i < of->bins && !status; i++) {
        const uint64_t count = of->ranks[c->chain * of->bins + i];
        status = add_row(
            c, slt_real_div(slt_real_from_u64(i), slt_real_from_u64(of->bins)),
            slt_chain_share(of, count), slt_real_finite(sd) ? &sd : NULL, count, err);
    }
    return status;
}

static slt_status add_rho(const chain_rows *c, slt_error *err)
{
    const slt_chain_curves *of = c->curves;
    slt_status status = SLT_OK;
    for (size_t i = 0; i < of->lags && !status; i++)
        status =
            add_row(c, slt_real_from_u64(i * of->lag), of->rho[c->chain * of->lags + i],
                    NULL, of->draws - i * of->lag, err);
    return status;
}

slt_status slt_figure_add_chains_of(slt_figure *figure, const slt_chains_spec *spec,
                                    const slt_chain_curves *curves, slt_error *err)
{
    static slt_status (*const adders[SLT_CHAINS_SHOWN])(
        const chain_rows *, slt_error *) = {add_course, add_ranks, add_rho};
    slt_status status = SLT_OK;
    for (size_t show = 0; show < SLT_CHAINS_SHOWN; show++)
        for (size_t chain = 0; chain < curves->chains && !status; chain++) {
            const chain_rows c = {figure, spec, curves, (slt_chains_show)show, chain};
            if (slt_chains_shows(spec, c.show))
                status = adders[show](&c, err);
        }
    return status;
}

slt_status slt_figure_add_chains(slt_figure *figure, const slt_measures *measures,
                                 slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < figure->spec->chain_count && !status; i++) {
        const slt_chains_spec *spec = &figure->spec->chains[i];
        const slt_chain_curves *curves =
            slt_outcome_chains(&measures->outcomes[spec->run], spec);
        if (curves)
            status = slt_figure_add_chains_of(figure, spec, curves, err);
    }
    return status;
}
