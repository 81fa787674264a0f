/* The loss of a manifest's run at its first weights and after training, its gradient, and
 * how it curves along that gradient:
 *
 *     loss_and_gradient MANIFEST [RUN] */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <sltrace/sltrace.h>

static double dot(const double *a, const double *b, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += a[i] * b[i];
    return sum;
}

static slt_status tell(slt_core *core, const char *when, slt_error *err)
{
    const size_t count = slt_core_parameters(core);
    double *gradient = calloc(2 * count + 1, sizeof *gradient);
    double *product = gradient + count, loss;
    if (!gradient)
        return slt_fail(err, SLT_RESOURCE, "no memory for a gradient");
    slt_status status = slt_core_gradient(core, &loss, gradient, count, err);
    if (!status)
        status = slt_core_hessian_vector(core, gradient, product, count, err);
    if (!status) {
        const double square = dot(gradient, gradient, count);
        printf("%s: loss %.17g, |gradient| %.6g, curvature along it %.6g\n", when, loss,
               sqrt(square), square > 0 ? dot(gradient, product, count) / square : 0);
    }
    free(gradient);
    return status;
}

int main(int argc, char **argv)
{
    slt_error err;
    slt_core *core = NULL;
    slt_core_trained end;
    slt_core_options options = slt_core_defaults();
    if (argc < 2) {
        fprintf(stderr, "usage: loss_and_gradient MANIFEST [RUN]\n");
        return 2;
    }
    options.run = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    slt_status status = slt_start(NULL, &err);
    if (!status)
        status = slt_core_open(argv[1], &options, &core, &err);
    if (!status)
        status = tell(core, "at first", &err);
    if (!status)
        status = slt_core_train(core, UINT64_MAX, &end, &err);
    if (!status)
        status = tell(core, "trained", &err);
    if (status)
        fprintf(stderr, "loss_and_gradient: %s\n", err.text);
    slt_core_free(core);
    return slt_status_exit(status);
}
