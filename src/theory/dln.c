#include "theory/rational.h"

#include <inttypes.h>

/* Aoyagi 2023, theorem 1.  M_j = width_j - r; S holds the l + 1 smallest M_j, l such that
 * max S < min rest, sum S >= l max S and sum S < l min rest. */
enum { WIDTHS_MAX = 1024, WIDEST = INT32_MAX };

typedef struct core {
    int64_t sorted[WIDTHS_MAX]; /* M_j, ascending */
    size_t count;
    int64_t l;
    int64_t sum; /* over S */
} core;

static slt_status check_network(const int64_t *widths, size_t count, int64_t rank,
                                slt_error *err)
{
    if (count < 2 || count > WIDTHS_MAX)
        return slt_fail(
            err, SLT_USAGE,
            "theory dln: 2 to %d widths are needed, input first; there are %zu",
            WIDTHS_MAX, count);
    for (size_t j = 0; j < count; j++) {
        if (widths[j] < 1 || widths[j] > WIDEST)
            return slt_fail(err, SLT_USAGE,
                            "theory dln: width %zu must lie between 1 and %d; it is "
                            "%" PRId64,
                            j, WIDEST, widths[j]);
        if (rank < 0 || rank > widths[j])
            return slt_fail(err, SLT_USAGE,
                            "theory dln: rank must lie between 0 and the smallest width; "
                            "it is %" PRId64 " and width %zu is %" PRId64,
                            rank, j, widths[j]);
    }
    return SLT_OK;
}

static void sort_excess(const int64_t *widths, size_t count, int64_t rank, core *net)
{
    net->count = count;
    for (size_t j = 0; j < count; j++) {
        size_t at = j;
        int64_t excess = widths[j] - rank;
        for (; at > 0 && net->sorted[at - 1] > excess; at--)
            net->sorted[at] = net->sorted[at - 1];
        net->sorted[at] = excess;
    }
}

/* WIDTHS_MAX times WIDEST stays far inside int64, so these sums need no check. */
static bool find_smallest(core *net)
{
    int64_t sum = net->sorted[0];
    for (size_t l = 1; l < net->count; l++) {
        int64_t most = net->sorted[l], scale = (int64_t)l;
        sum += most;
        bool whole = l + 1 == net->count;
        bool apart =
            whole || (most < net->sorted[l + 1] && sum < scale * net->sorted[l + 1]);
        if (apart && sum >= scale * most) {
            net->l = scale;
            net->sum = sum;
            return true;
        }
    }
    return false;
}

/* sum_{i<j} M_i M_j over S. */
static slt_exact pair_products(const core *net)
{
    slt_exact total = slt_exact_of(0), before = slt_exact_of(net->sorted[0]);
    for (int64_t j = 1; j <= net->l; j++) {
        slt_exact excess = slt_exact_of(net->sorted[j]);
        total = slt_exact_add(total, slt_exact_mul(before, excess));
        before = slt_exact_add(before, excess);
    }
    return total;
}

/* a (l - a) / (4 l) - (l (l - 1) / 4) (sum / l)^2 + 1/2 sum_{i<j} M_i M_j. */
static slt_exact core_lambda(const core *net, int64_t a)
{
    int64_t l = net->l;
    slt_exact mean = slt_exact_div(slt_exact_of(net->sum), l);
    slt_exact spread = slt_exact_div(slt_exact_of(a * (l - a)), 4 * l);
    slt_exact square = slt_exact_mul(slt_exact_div(slt_exact_of(l * (l - 1)), 4),
                                     slt_exact_mul(mean, mean));
    return slt_exact_add(slt_exact_sub(spread, square),
                         slt_exact_div(pair_products(net), 2));
}

slt_status slt_theory_dln(const int64_t *widths, size_t count, int64_t rank,
                          slt_lambda *result, slt_error *err)
{
    slt_status status = check_network(widths, count, rank, err);
    if (status)
        return status;
    core net = {.count = 0};
    sort_excess(widths, count, rank, &net);
    if (!find_smallest(&net))
        return slt_fail(err, SLT_USAGE, "theory dln: no set of widths meets theorem 1");
    int64_t ceiling = (net.sum + net.l - 1) / net.l;
    int64_t a = net.sum - (ceiling - 1) * net.l;
    slt_exact r = slt_exact_of(rank);
    slt_exact ends = slt_exact_of(widths[0] + widths[count - 1] - rank);
    slt_exact value =
        slt_exact_add(slt_exact_div(slt_exact_mul(r, ends), 2), core_lambda(&net, a));
    return slt_exact_result(value, a * (net.l - a) + 1, "dln", result, err);
}
