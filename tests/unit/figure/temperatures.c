/* study: temperatures.c: learning coefficients by the slope of the loss over 1 / nbeta,
 * of losses whose law is known: the crossing (w1 w2)^2 under the uniform prior on [-1,
 * 1]^2, lambda 1/2 and m 2, by quadrature, and a line. */
#include "figure/temperatures.h"

#include <math.h>
#include <stdlib.h>

#include "tap.h"

static slt_error err;

/* nbeta E K of the crossing by quadrature, at nbeta = 10^2 to 10^6. */
static const double crossing[] = {0.3477625200007939, 0.387276630671618,
                                  0.41050546742393834, 0.42579654116514654,
                                  0.4366248537923667};

enum { MOST = 8 };
static slt_record records[MOST];
static const slt_record *chains[MOST];
static slt_estimate list[MOST];
static slt_run_spec *run;

/* Estimate i at nbeta, with the mean loss above `base` times nbeta. */
static void put(size_t i, double nbeta, double base, double llc, double error)
{
    records[i] =
        (slt_record){.nbeta = slt_real_of(nbeta), .init_loss = slt_real_of(base)};
    chains[i] = &records[i];
    list[i] = (slt_estimate){.chain = &chains[i],
                             .chains = 1,
                             .llc = (uint32_t)i,
                             .at_step = 40,
                             .whole = true,
                             .found = {.llc = slt_real_of(llc),
                                       .mcse = slt_real_absent(),
                                       .mcse_chains = slt_real_of(error)}};
}

static void put_crossing(void)
{
    slt_run_spec_clear(run);
    run->llc_count = MOST;
    for (size_t i = 0; i < 5; i++)
        put(i, pow(10, (double)i + 2), 0, crossing[i], .002);
}

static size_t find(size_t count, slt_temperatures *first)
{
    const slt_estimates all = {.list = list, .count = count};
    slt_temperatures_list found;
    if (slt_temperatures_find(&all, run, &found, &err))
        tap_bail(err.text);
    const size_t groups = found.count;
    if (groups)
        *first = found.list[0];
    slt_temperatures_free(&found);
    return groups;
}

static bool near(slt_real got, double want, double share)
{
    return fabs(slt_real_double(got) / want - 1) <= share;
}

/* The expected numbers are those of numpy.linalg.lstsq. */
static void test_crossing(void)
{
    slt_temperatures t;
    put_crossing();
    TAP_EQ_U64(find(5, &t), 1, "a group");
    TAP_EQ_U64(t.count, 5, "of all five");
    TAP_OK(near(t.line.lambda, .39066803138873596, 1e-9) &&
               near(t.line.lambda_error, .0010289881818143169, 1e-9),
           "a line: lambda %.17g", slt_real_double(t.line.lambda));
    TAP_OK(near(t.line.loss, 4.916376213678684e-08, 1e-6) &&
               near(t.line.loss_error, 2.289354179277664e-09, 1e-6) &&
               near(t.line.misfit, 262.5383073309917, 1e-6),
           "its loss, and how ill it fits: %.17g", slt_real_double(t.line.misfit));
    TAP_OK(t.line.multiplicity.bits == slt_real_of(1).bits &&
               t.line.multiplicity_error.bits == 0,
           "its multiplicity is 1");
    TAP_OK(t.has_bent && near(t.bent.lambda, .47489410184170144, 1e-7) &&
               near(t.bent.lambda_error, .0031766724282371287, 1e-7),
           "bent: lambda %.17g", slt_real_double(t.bent.lambda));
    TAP_OK(near(t.bent.multiplicity, 1.5901409364226546, 1e-6) &&
               near(t.bent.multiplicity_error, .021057728861969507, 1e-6) &&
               near(t.bent.misfit, 1.109697011563082, 1e-4),
           "and a multiplicity %.17g, misfit %.17g", slt_real_double(t.bent.multiplicity),
           slt_real_double(t.bent.misfit));
}

static void test_line(void)
{
    slt_temperatures t;
    slt_run_spec_clear(run);
    put(0, 10, 3, 2 + 10 * .5, .01);
    put(1, 1000, 3.5, 2, .01);
    TAP_EQ_U64(find(2, &t), 1, "two estimates whose losses at w* differ");
    TAP_OK(near(t.line.lambda, 2, 1e-12) && near(t.line.loss, 3.5, 1e-14),
           "are on one line: lambda %.17g", slt_real_double(t.line.lambda));
    const double error = sqrt(.001 * .001 + .00001 * .00001) / (.1 - .001);
    TAP_OK(near(t.line.lambda_error, error, 1e-12), "its error is that of two losses");
    TAP_OK(!slt_real_finite(t.line.misfit), "two points fit any line");
    TAP_OK(!t.has_bent, "and tell no multiplicity");
    put(2, 10, 3, 2 + 10 * .5, .01);
    TAP_OK(find(3, &t) == 1 && t.count == 3 && !t.has_bent &&
               near(t.line.lambda, 2, 1e-9),
           "a third at the nbeta of the first tells none either");
    put(2, 2, 3.5, 2, .01);
    TAP_OK(find(3, &t) == 1 && !t.has_bent && near(t.line.lambda, 2, 1e-9),
           "nor one whose nbeta is below e");
    put(2, 100, 3.5, 2, .01);
    TAP_OK(find(3, &t) == 1 && t.has_bent && near(t.bent.lambda, 2, 1e-6) &&
               near(t.bent.multiplicity, 1, 1e-6),
           "one in between does");
}

/* How many groups there are, and of how many estimates the first is. */
static void expect(size_t groups, size_t count, const char *name)
{
    slt_temperatures t = {0};
    const size_t found = find(5, &t);
    TAP_OK(found == groups && (!groups || t.count == count), "%s: %zu of %zu", name,
           found, t.count);
}

static void test_groups(void)
{
    put_crossing();
    list[4].whole = false;
    expect(1, 4, "one that ended early is left out");
    put_crossing();
    list[4].found.mcse_chains = slt_real_absent();
    expect(1, 4, "one whose error is not known is");
    put_crossing();
    records[4].nbeta = slt_real_of(0);
    expect(1, 4, "one whose nbeta is 0 is");
    put_crossing();
    list[3].at_step = list[4].at_step = 50;
    expect(2, 3, "steps make groups");
    list[3].at_step = 60;
    expect(1, 3, "one estimate makes none");
    put_crossing();
    run->llc[0].localization = run->llc[1].localization = slt_real_of(1);
    expect(2, 2, "another localization is another target");
    put_crossing();
    run->llc[0].prior.given = run->llc[1].prior.given = true;
    expect(2, 2, "a prior is");
    put_crossing();
    run->llc[0].noise_level = run->llc[1].noise_level = slt_real_of(2);
    expect(2, 2, "another noise is");
    put_crossing();
    run->llc[0].has_box = run->llc[1].has_box = true;
    expect(2, 2, "a box is");
    run->llc[0].box = slt_real_of(1);
    expect(1, 3, "and another box");
    put_crossing();
    run->llc[2].orthogonal = run->llc[3].orthogonal = true;
    expect(2, 3, "another restriction is");
    put_crossing();
    run->llc[2].restricted.weight_count = 1;
    run->llc[2].restricted.weights[0][0] = 'W';
    expect(1, 4, "and other weights are");
    put_crossing();
    run->llc[2].sampler = SLT_SAMPLER_MALA;
    run->llc[2].lr = slt_real_of(3);
    run->llc[2].num_draws = 3;
    expect(1, 5, "another way to sample is none");
    for (size_t i = 0; i < 5; i++)
        records[i].nbeta = slt_real_of(7);
    expect(0, 0, "one nbeta makes no group");
}

static void test_wbic(void)
{
    const slt_llc_spec usual = {.nbeta_of = SLT_NBETA_SAMPLES};
    slt_run_spec_clear(run);
    run->data.samples = 200;
    put(0, 1, 3, 2, .01);
    records[0].nbeta = slt_llc_nbeta(&usual, slt_data_samples(&run->data));
    TAP_OK(near(slt_temperatures_wbic(&list[0], run), 600 + 2 * log(200), 1e-14),
           "n times the mean loss at n / ln n");
    list[0].whole = false;
    TAP_OK(!slt_real_finite(slt_temperatures_wbic(&list[0], run)),
           "not of broken chains");
    list[0].whole = true;
    records[0].nbeta.bits++;
    TAP_OK(!slt_real_finite(slt_temperatures_wbic(&list[0], run)),
           "nor at another nbeta");
}

int main(void)
{
    run = slt_run_spec_create();
    if (!run)
        tap_bail("no memory");
    test_crossing();
    test_line();
    test_groups();
    test_wbic();
    free(run);
    return tap_done();
}
