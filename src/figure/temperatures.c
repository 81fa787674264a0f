#include "figure/temperatures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "data/data.h"
#include "num/linalg.h"

enum { UNKNOWNS_MAX = 3 };

/* ---- Groups ------------------------------------------------------------------------ */

static double nbeta_of(const slt_estimate *e)
{
    return slt_real_double(e->chain[0]->nbeta);
}

static double mean_loss(const slt_estimate *e)
{
    return slt_real_double(e->chain[0]->init_loss) +
           slt_real_double(e->found.llc) / nbeta_of(e);
}

/* Of the mean loss, whose baseline cancels. */
static double error_of(const slt_estimate *e)
{
    return slt_real_double(e->found.mcse_chains) / nbeta_of(e);
}

static bool is_point(const slt_estimate *e)
{
    return e->whole && nbeta_of(e) > 0 && isfinite(mean_loss(e)) && error_of(e) > 0;
}

/* Whether chains of both have the same stationary law but for nbeta. */
static bool targets_alike(const slt_llc_spec *a, const slt_llc_spec *b)
{
    return a->loss_on == b->loss_on && !strcmp(a->other, b->other) &&
           a->localization.bits == b->localization.bits &&
           a->prior.given == b->prior.given &&
           a->noise_level.bits == b->noise_level.bits && a->has_box == b->has_box &&
           a->box.bits == b->box.bits && a->orthogonal == b->orthogonal &&
           !memcmp(&a->restricted, &b->restricted, sizeof a->restricted);
}

static void collect(const slt_estimates *all, const slt_run_spec *run, size_t first,
                    slt_temperatures *group)
{
    const slt_estimate *head = &all->list[first];
    *group = (slt_temperatures){.at_step = head->at_step};
    for (size_t i = first; i < all->count && group->count < SLT_LLC_MAX; i++) {
        const slt_estimate *e = &all->list[i];
        if (e->at_step == head->at_step && is_point(e) &&
            targets_alike(&run->llc[e->llc], &run->llc[head->llc]))
            group->estimate[group->count++] = e;
    }
}

/* Whether an earlier estimate has that one in its group. */
static bool is_taken(const slt_estimates *all, const slt_run_spec *run, size_t at)
{
    const slt_estimate *e = &all->list[at];
    for (size_t i = 0; i < at; i++)
        if (all->list[i].at_step == e->at_step && is_point(&all->list[i]) &&
            targets_alike(&run->llc[all->list[i].llc], &run->llc[e->llc]))
            return true;
    return false;
}

/* ---- Least squares ----------------------------------------------------------------- */

/* Rows of an estimate each, over its error. */
typedef struct points {
    slt_tensor a, b;
    size_t unknowns;
} points;

static void fill_points(const slt_temperatures *group, points *p)
{
    for (size_t i = 0; i < group->count; i++) {
        const slt_estimate *e = group->estimate[i];
        const double nbeta = nbeta_of(e), error = error_of(e);
        const double column[UNKNOWNS_MAX] = {1, 1 / nbeta, -1 / (nbeta * log(nbeta))};
        for (size_t j = 0; j < p->unknowns; j++)
            slt_tensor_set(&p->a, i * p->unknowns + j, slt_real_of(column[j] / error));
        slt_tensor_set(&p->b, i, slt_real_of(mean_loss(e) / error));
    }
}

/* The solution is linear in b, whose elements have errors of 1: the errors of x are the
 * lengths of its solutions for one element of b at a time. */
static slt_status find_errors(points *p, double squares[UNKNOWNS_MAX], slt_error *err)
{
    const size_t rows = slt_tensor_count(&p->b);
    slt_status status = SLT_OK;
    for (size_t i = 0; i < rows && !status; i++) {
        slt_real x[UNKNOWNS_MAX];
        slt_least_squares fit = {.x = x};
        for (size_t j = 0; j < rows; j++)
            slt_tensor_set(&p->b, j, slt_real_of(i == j));
        status = slt_num_least_squares(&p->a, &p->b, &fit, err);
        for (size_t j = 0; j < p->unknowns && !status; j++)
            squares[j] += slt_real_double(x[j]) * slt_real_double(x[j]);
    }
    return status;
}

static slt_status solve_points(points *p, slt_temperature_law *law, slt_error *err)
{
    slt_real x[UNKNOWNS_MAX] = {{0}};
    double squares[UNKNOWNS_MAX] = {0};
    slt_least_squares fit = {.x = x};
    slt_status status = slt_num_least_squares(&p->a, &p->b, &fit, err);
    if (!status)
        status = find_errors(p, squares, err);
    if (status)
        return status;
    const size_t spare = slt_tensor_count(&p->b) - p->unknowns;
    *law = (slt_temperature_law){
        .loss = x[0],
        .loss_error = slt_real_of(sqrt(squares[0])),
        .lambda = x[1],
        .lambda_error = slt_real_of(sqrt(squares[1])),
        .multiplicity = slt_real_of(1 + slt_real_double(x[2])),
        .multiplicity_error = slt_real_of(sqrt(squares[2])),
        .misfit = spare ? slt_real_of(slt_real_double(fit.rss) / (double)spare)
                        : slt_real_absent()};
    return SLT_OK;
}

static slt_status fit_law(const slt_temperatures *group, size_t unknowns,
                          slt_temperature_law *law, slt_error *err)
{
    points p = {.unknowns = unknowns};
    slt_status status = slt_tensor_create(&p.a, SLT_F64, group->count, unknowns, err);
    if (!status)
        status = slt_tensor_create(&p.b, SLT_F64, group->count, 1, err);
    if (!status) {
        fill_points(group, &p);
        status = solve_points(&p, law, err);
    }
    slt_tensor_free(&p.a);
    slt_tensor_free(&p.b);
    return status;
}

/* Below e, where ln nbeta is 1, the law has no second term. */
static bool may_bend(const slt_temperatures *group)
{
    for (size_t i = 0; i < group->count; i++)
        if (!(log(nbeta_of(group->estimate[i])) > 1))
            return false;
    return true;
}

/* SLT_FORMAT for estimates of one nbeta, or of some that are too near one another; of two
 * there is no bend. */
static slt_status fit_group(slt_temperatures *group, slt_error *err)
{
    slt_status status = fit_law(group, 2, &group->line, err);
    if (status || !may_bend(group))
        return status;
    status = fit_law(group, UNKNOWNS_MAX, &group->bent, err);
    group->has_bent = !status;
    return status == SLT_FORMAT ? SLT_OK : status;
}

/* ---- The whole --------------------------------------------------------------------- */

static slt_status add_group(const slt_temperatures *group, slt_temperatures_list *found,
                            slt_error *err)
{
    slt_temperatures *list =
        slt_world.realloc(found->list, (found->count + 1) * sizeof *list);
    if (!list)
        return slt_fail(err, SLT_RESOURCE, "no memory for groups of estimates");
    found->list = list;
    list[found->count++] = *group;
    return SLT_OK;
}

slt_status slt_temperatures_find(const slt_estimates *all, const slt_run_spec *run,
                                 slt_temperatures_list *found, slt_error *err)
{
    slt_status status = SLT_OK;
    *found = (slt_temperatures_list){0};
    for (size_t i = 0; i < all->count && !status; i++) {
        slt_temperatures group;
        if (!is_point(&all->list[i]) || is_taken(all, run, i))
            continue;
        collect(all, run, i, &group);
        status = fit_group(&group, err);
        if (!status)
            status = add_group(&group, found, err);
        else if (status == SLT_FORMAT)
            status = SLT_OK;
    }
    return status;
}

void slt_temperatures_free(slt_temperatures_list *found)
{
    free(found->list);
    *found = (slt_temperatures_list){0};
}

slt_real slt_temperatures_wbic(const slt_estimate *e, const slt_run_spec *run)
{
    const slt_llc_spec at_n = {.nbeta_of = SLT_NBETA_SAMPLES};
    const size_t samples = slt_llc_samples(&run->llc[e->llc], run);
    if (!e->whole || e->chain[0]->nbeta.bits != slt_llc_nbeta(&at_n, samples).bits)
        return slt_real_absent();
    return slt_real_of((double)samples * mean_loss(e));
}
