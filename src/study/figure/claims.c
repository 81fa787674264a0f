#include "study/figure/figure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "num/scalar.h"
#include "study/figure/expr.h"

static bool within(slt_real value, slt_real expect, slt_real tolerance)
{
    slt_real difference = slt_real_sub(value, expect);
    if (slt_real_less(difference, slt_real_of(0)))
        difference = slt_real_neg(difference);
    return slt_real_finite(difference) && !slt_real_less(tolerance, difference);
}

static slt_status make_claim(const slt_figure *figure, const slt_value *spec,
                             slt_claim *claim, slt_error *err)
{
    slt_error inner;
    snprintf(claim->id, sizeof claim->id, "%s", slt_figure_text(spec, "id", ""));
    snprintf(claim->says, sizeof claim->says, "%s", slt_figure_text(spec, "says", ""));
    snprintf(claim->basis, sizeof claim->basis, "%s", slt_figure_text(spec, "basis", ""));
    snprintf(claim->note, sizeof claim->note, "%s", slt_figure_text(spec, "note", ""));
    claim->ours = !strcmp(slt_figure_text(spec, "by", "paper"), "ours");
    if (!slt_real_parse(slt_figure_text(spec, "expect", ""), &claim->expect) ||
        !slt_real_parse(slt_figure_text(spec, "tolerance", ""), &claim->tolerance))
        return slt_fail(err, SLT_FORMAT, "%s:%d: claim %s: expected two numbers",
                        slt_manifest_path(figure->manifest), spec->line, claim->id);
    const slt_value *value = slt_value_get(spec, "value");
    slt_status status = slt_expr_value(value->text, &figure->table, figure->manifest,
                                       &claim->value, &inner);
    if (status)
        return slt_fail(err, status, "%s:%d:%d: claim %s: %s",
                        slt_manifest_path(figure->manifest), value->line, value->column,
                        claim->id, inner.text);
    claim->reproduced = within(claim->value, claim->expect, claim->tolerance);
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

const char *slt_claim_verdict(const slt_claim *claim)
{
    if (claim->ours)
        return claim->reproduced ? "holds" : "does not hold";
    return claim->reproduced ? "reproduced" : "not reproduced";
}
