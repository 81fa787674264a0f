/* What tallies of trials give rows beside their value: an error, and of how many trials
 * it is. */
#include "figure/figure.h"

#include "num/convert.h"
#include "num/scalar.h"

/* Half of Wilson's interval of a share p of n at one standard deviation, which is 0 for
 * no share: the root of p (1 - p) / n + 1 / (4 n n), over 1 + 1 / n. */
static slt_real error_of_share(slt_real p, slt_real n)
{
    const slt_real one = slt_real_of(1);
    const slt_real spread = slt_real_div(slt_real_mul(p, slt_real_sub(one, p)), n);
    const slt_real least =
        slt_real_div(one, slt_real_mul(slt_real_mul(slt_real_of(4), n), n));
    return slt_real_div(slt_real_sqrt(slt_real_add(spread, least)),
                        slt_real_add(one, slt_real_div(one, n)));
}

static const slt_real *find_part(const slt_outcome *outcome, slt_quantity quantity,
                                 slt_quantity_kind kind)
{
    quantity.kind = kind;
    return slt_outcome_find(outcome, &quantity);
}

/* A whole number that is not negative, below 2^53. */
static bool count_of(const slt_real *value, uint64_t *n)
{
    int64_t nearest = 0;
    const bool fine = value && slt_real_to_fixed(*value, 0, &nearest) && nearest > 0;
    *n = (uint64_t)nearest;
    return fine;
}

static bool error_of_mean(const slt_outcome *outcome, const slt_quantity *quantity,
                          slt_rows_error kind, slt_real *error)
{
    const slt_real *sd = find_part(outcome, *quantity, SLT_QUANTITY_TALLY_STD);
    const slt_real *n = find_part(outcome, *quantity, SLT_QUANTITY_TALLY_TRIALS);
    if (!sd || !n)
        return false;
    *error = kind == SLT_ROWS_SE ? slt_real_div(*sd, slt_real_sqrt(*n)) : *sd;
    return true;
}

slt_alone slt_figure_alone(const slt_outcome *outcome, const slt_quantity *quantity,
                           slt_rows_error kind)
{
    const slt_quantity done = {.kind = SLT_QUANTITY_TRIALS_DONE};
    const slt_real one = slt_real_of(1);
    slt_alone found = {.n = 1};
    if (kind == SLT_ROWS_NO_ERROR)
        return found;
    if (quantity->kind == SLT_QUANTITY_TALLY_MEAN) {
        if (!count_of(find_part(outcome, *quantity, SLT_QUANTITY_TALLY_TRIALS), &found.n))
            found.n = 1;
        found.has_error = error_of_mean(outcome, quantity, kind, &found.error);
    } else if (quantity->kind == SLT_QUANTITY_TALLY_SHARE) {
        const slt_real *p = slt_outcome_find(outcome, quantity);
        const slt_real *n = slt_outcome_find(outcome, &done);
        if (!p || !count_of(n, &found.n))
            return (slt_alone){.n = 1};
        found.has_error = true;
        found.error = kind == SLT_ROWS_SE
                          ? error_of_share(*p, *n)
                          : slt_real_sqrt(slt_real_mul(*p, slt_real_sub(one, *p)));
    }
    return found;
}
