#include "figure/figure.h"

#include <stdlib.h>

#include "base/world.h"
#include "figure/expr.h"
#include "manifest/claim.h"

static slt_status make_claim(const slt_figure *figure, const slt_claim_spec *spec,
                             slt_claim *claim, slt_error *err)
{
    slt_error inner;
    slt_claim_of_spec(spec, claim);
    slt_status status = slt_expr_value(spec->value, &figure->table, figure->manifest,
                                       &claim->value, &inner);
    if (status)
        return slt_fail(err, status, "%s:%d:%d: claim %s: %s",
                        slt_manifest_path(figure->manifest), spec->value_place.line,
                        spec->value_place.column, claim->id, inner.text);
    return SLT_OK;
}

slt_status slt_claims_make(slt_figure *figure, slt_error *err)
{
    const slt_figure_spec *spec = figure->spec;
    slt_status status = SLT_OK;
    if (!spec->claim_count)
        return SLT_OK;
    figure->claims = slt_world.calloc(spec->claim_count, sizeof *figure->claims);
    if (!figure->claims)
        return slt_fail(err, SLT_RESOURCE, "no memory for the claims");
    for (size_t i = 0; i < spec->claim_count && !status; i++) {
        status = make_claim(figure, &spec->claims[i], &figure->claims[i], err);
        figure->claim_count += !status;
    }
    return status;
}

size_t slt_figure_claims(const slt_figure *figure)
{
    return figure->claim_count;
}

const slt_claim *slt_figure_claim(const slt_figure *figure, size_t index)
{
    return &figure->claims[index];
}
