#include "learn/diagnostics.h"

#include <math.h>

#include "base/assert.h"

/* The means of one or several chains, quarter by quarter. */
typedef struct quarter_table {
    const slt_real (*quarters)[4];
    size_t chains;
    uint64_t draws;
    double nbeta, init_loss;
} quarter_table;

static double draws_in(const quarter_table *table, size_t quarter)
{
    uint64_t from = quarter * table->draws / 4, to = (quarter + 1) * table->draws / 4;
    return (double)(to - from);
}

/* The LLC of one chain from quarters [from, to), each weighing as many draws as it has.
 */
static double chain_llc(const quarter_table *table, size_t chain, size_t from, size_t to)
{
    double sum = 0, count = 0;
    for (size_t q = from; q < to; q++) {
        double draws = draws_in(table, q);
        if (draws > 0)
            sum +=
                draws * (slt_real_double(table->quarters[chain][q]) - table->init_loss);
        count += draws;
    }
    return count > 0 ? table->nbeta * sum / count : NAN;
}

static double llc(const quarter_table *table, size_t from, size_t to)
{
    double sum = 0;
    for (size_t i = 0; i < table->chains; i++)
        sum += chain_llc(table, i, from, to);
    return sum / (double)table->chains;
}

static double error_between_chains(const quarter_table *table)
{
    const double chains = (double)table->chains;
    double mean = llc(table, 0, 4), sum = 0;
    for (size_t i = 0; i < table->chains; i++) {
        double away = chain_llc(table, i, 0, 4) - mean;
        sum += away * away;
    }
    return sqrt(sum / (chains - 1) / chains);
}

void slt_diagnose_quarters(const slt_real (*quarters)[4], size_t chains, uint64_t draws,
                           slt_real nbeta, slt_real init_loss, slt_diagnostics *out)
{
    const quarter_table table = {quarters, chains, draws, slt_real_double(nbeta),
                                 slt_real_double(init_loss)};
    SLT_ASSERT(chains >= 1 && draws >= 1);
    *out = (slt_diagnostics){
        .llc = slt_real_of(llc(&table, 0, 4)),
        .mcse = slt_real_of(chains >= 2 ? error_between_chains(&table) : NAN),
        .rhat = slt_real_of(NAN),
        .ess = slt_real_of(NAN),
        .negative_share = slt_real_of(NAN),
        .no_losses = true,
        .drift = slt_real_of(llc(&table, 2, 4) - llc(&table, 0, 2))};
    for (size_t q = 0; q < 4; q++)
        out->quarters[q] = slt_real_of(llc(&table, q, q + 1));
}
