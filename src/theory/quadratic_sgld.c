#include <sltrace/theory.h>

#include <math.h>

#include "base/fpenv.h"

/* One direction of curvature h under w' = w - (lr/2)(nbeta h + gamma) w + sqrt(lr) N:
 * v(t) = v (1 - q^t), q = (1 - lr A / 2)^2, A = nbeta h + gamma, v = lr / (1 - q). */
typedef struct direction {
    double decay; /* q */
    double mean;  /* of v(t) over the recorded draws */
    double limit; /* v; infinite where the step is unstable */
} direction;

/* The mean of q^(burnin + between j) over j < draws. */
static double mean_power(double q, double draws, double burnin, double between)
{
    double stride = pow(q, between);
    if (stride == 1)
        return 1;
    return pow(q, burnin) * (1 - pow(stride, draws)) / ((1 - stride) * draws);
}

static direction follow(double slope, double lr, double draws, double burnin,
                        double between)
{
    double pull = lr * slope / 2;
    /* 1 - (1 - a)^2 without cancellation */
    double loss = pull * (2 - pull);
    direction out = {.decay = 1 - loss};
    out.limit = loss > 0 ? lr / loss : INFINITY;
    if (loss == 0) /* a free walk: v(t) = lr t */
        out.mean = lr * (burnin + between * (draws - 1) / 2);
    else
        out.mean = lr / loss * (1 - mean_power(out.decay, draws, burnin, between));
    return out;
}

double slt_theory_quadratic_sgld(const double *curvatures, size_t count, double nbeta,
                                 double localization, double lr, uint64_t draws,
                                 uint64_t burnin, uint64_t between, double *stationary)
{
    SLT_FPENV_ENTERED;
    volatile double estimate = 0, limit = 0;
    for (size_t i = 0; i < count; i++) {
        double h = curvatures[i];
        if (h ==
            0) /* a flat direction adds nothing to the loss however far it is walked */
            continue;
        direction one = follow(nbeta * h + localization, lr, (double)draws,
                               (double)burnin, (double)between);
        estimate += nbeta * h * one.mean / 2;
        limit += nbeta * h * one.limit / 2;
    }
    if (stationary)
        *stationary = limit;
    return estimate;
}
