#include "figure/figure.h"

#include <stdlib.h>

#include "figure/expr.h"
#include "manifest/claim.h"

static slt_status make_claim(const slt_figure *figure, const slt_value *spec,
                             slt_claim *claim, slt_error *err)
{
    slt_error inner;
    slt_status status = slt_claim_of_manifest(spec, claim, &inner);
    if (status)
        return slt_fail(err, status, "%s:%d: %s", slt_manifest_path(figure->manifest),
                        spec->line, inner.text);
    const slt_value *value = slt_value_get(spec, "value");
    status = slt_expr_value(value->text, &figure->table, figure->manifest, &claim->value,
                            &inner);
    if (status)
        return slt_fail(err, status, "%s:%d:%d: claim %s: %s",
                        slt_manifest_path(figure->manifest), value->line, value->column,
                        claim->id, inner.text);
    return SLT_OK;
}

slt_status slt_claims_make(slt_figure *figure, slt_error *err)
{
    const slt_value *claims = slt_value_get(figure->part, "claims");
    slt_status status = SLT_OK;
    if (!claims || !claims->count)
        return SLT_OK;
    figure->claims = calloc(claims->count, sizeof *figure->claims);
    if (!figure->claims)
        return slt_fail(err, SLT_RESOURCE, "no memory for the claims");
    for (size_t i = 0; i < claims->count && !status; i++) {
        status = make_claim(figure, &claims->items[i], &figure->claims[i], err);
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
