/* Predictions as text. */
#include <sltrace/page.h>

#include <inttypes.h>
#include <math.h>

#include "base/world.h"
#include "audit/predict.h"
#include "report/audit_text_internal.h"

static const char *number(slt_real value, char text[32])
{
    return slt_audit_number(value, "%.5g", text);
}

/* Directions: a weight of the quadrature where the spectrum is sampled. */
static const char *directions_text(const slt_predicted *p, slt_real count, char text[32])
{
    return slt_audit_number(count, p->spectrum->probes ? "about %.2g" : "%.0f", text);
}

static void print_measured(FILE *out, const slt_estimate *e)
{
    char name[24], mean[32], mcse[32];
    snprintf(name, sizeof name, e->llc ? "llc%" PRIu32 : "llc", e->llc + 1);
    fprintf(out, "%s at step %" PRIu64 ": ", name, e->at_step);
    if (e->whole)
        fprintf(out, "%s, MCSE %s, settled: %s\n", number(e->found.llc, mean),
                slt_audit_number(e->found.mcse, "%.2g", mcse),
                slt_settled_text(e->found.settled));
    else
        fprintf(out, "%zu of %zu chains diverged or overflowed\n", e->ended_early,
                e->chains);
}

static void print_llc(FILE *out, const slt_predicted *p)
{
    const slt_prediction *q = &p->prediction;
    char llc[32], error[32], coarse[32], limit[32], curved[32], sloped[32];
    fprintf(out, "  the quadratic gives   %s", number(q->llc, llc));
    if (p->spectrum->probes)
        fprintf(out, ", standard error %s; by half of the steps %s",
                slt_audit_number(q->error, "%.2g", error), number(q->coarse, coarse));
    fprintf(out, "\n    of it               curvature %s, the slope at w* %s\n",
            number(q->curved, curved), number(q->sloped, sloped));
    fprintf(out, "    long chains         %s\n",
            slt_real_finite(q->stationary) ? number(q->stationary, limit) : "no limit");
}

/* What is not in the law. */
static void print_noise(FILE *out, const slt_prediction *q)
{
    static const char *const says[] = {
        [SLT_BATCH_NOISE_ADDED] = "about", [SLT_BATCH_NOISE_BOUND] = "at most"};
    char noisy[32];
    if (q->noise != SLT_BATCH_NOISE_NONE)
        fprintf(out, "    not in it           the noise of batches' gradients, %s %s\n",
                says[q->noise], number(q->noisy, noisy));
}

static void print_terms(FILE *out, const char *what, slt_real drift, slt_real pull)
{
    char sum[32], terms[2][32];
    const slt_real both = slt_real_of(slt_real_double(drift) + slt_real_double(pull));
    fprintf(out, "%s%s: drift %s, pull %s\n", what, slt_audit_number(both, "%.3g", sum),
            slt_audit_number(drift, "%.3g", terms[0]),
            slt_audit_number(pull, "%.3g", terms[1]));
}

static void print_stein(FILE *out, const slt_predicted *p)
{
    const slt_stein_found *measured = &p->estimate->found.stein;
    print_terms(out, "  its Stein ratio       ", p->prediction.stein_drift,
                p->prediction.stein_pull);
    if (p->estimate->whole && measured->asked)
        print_terms(out, "    measured            ", measured->drift, measured->pull);
}

static void print_spectrum(FILE *out, const slt_predicted *p)
{
    const slt_prediction *q = &p->prediction;
    const slt_spectrum *s = p->spectrum;
    char trace[32], least[32], largest[32], slope[32], count[32];
    fprintf(out,
            "  curvatures            of %zu directions %s to %s, trace %s; slope %s\n",
            s->size, slt_audit_number(q->least, "%.3g", least),
            slt_audit_number(q->largest, "%.3g", largest),
            slt_audit_number(q->trace, "%.5g", trace),
            slt_audit_number(s->slope, "%.3g", slope));
    if (s->probes)
        fprintf(out,
                "    found by            %zu probes, %zu Lanczos steps, %zu products\n",
                s->probes, s->steps, s->products);
    else
        fprintf(out, "    found by            LAPACK, exact, %zu products\n",
                s->products);
    if (slt_real_double(q->growing) > 0)
        fprintf(out,
                "    run away            along %s: curvature below -localization / "
                "nbeta\n",
                directions_text(p, q->growing, count));
    if (slt_real_double(q->unstable) > 0)
        fprintf(out, "    run away            along %s: the step is too large\n",
                directions_text(p, q->unstable, count));
}

static void print_departure(FILE *out, const slt_predicted *p)
{
    const slt_departure *d = &p->departure;
    char found[32], expected[32], apart[32];
    if (slt_real_finite(d->apart))
        fprintf(out, "  apart by              %s standard errors\n",
                slt_audit_number(d->apart, "%.2g", apart));
    if (!d->known) {
        fprintf(out, "  left the quadratic    not known: the trace does not hold the "
                     "losses of whole chains\n");
        return;
    }
    if (d->left)
        fprintf(out,
                "  left the quadratic    at draw %" PRIu64 " (of 0 to %" PRIu64
                "): loss %s above w*, expected %s\n",
                d->draw, p->run->llc[p->estimate->llc].num_draws - 1,
                slt_audit_number(d->found, "%.4g", found),
                slt_audit_number(d->expected, "%.4g", expected));
    else
        fprintf(out,
                "  left the quadratic    no: within %d standard deviations of its law\n",
                SLT_DEPARTURE_SIGMAS);
    fprintf(out, "    at the last draw    loss %s above w*, expected %s\n",
            slt_audit_number(d->last_found, "%.4g", found),
            slt_audit_number(d->last_expected, "%.4g", expected));
}

static void text_estimate(void *context, const slt_predicted *p)
{
    FILE *out = context;
    print_measured(out, p->estimate);
    if (p->status) {
        fprintf(out, "  no prediction: %s\n", p->error.text);
        return;
    }
    print_llc(out, p);
    print_noise(out, &p->prediction);
    print_stein(out, p);
    print_spectrum(out, p);
    print_departure(out, p);
    slt_world.fflush(out);
}

slt_predict_page slt_predict_text(FILE *out)
{
    return (slt_predict_page){.context = out, .estimate = text_estimate};
}
