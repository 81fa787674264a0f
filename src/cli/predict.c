#include "cli/cli.h"

#include <inttypes.h>
#include <unistd.h>

#include <sltrace/page.h>

#include "base/world.h"

/* A line on a terminal, taken away before anything else is printed. */
typedef struct predict_line {
    bool live;
    int width;
    uint64_t step;
    unsigned percent;
} predict_line;

static void predict_clear(predict_line *line)
{
    if (line->width)
        fprintf(stderr, "\r%*s\r", line->width, "");
    line->width = 0;
}

static void predict_tell(void *context, uint64_t step, unsigned percent)
{
    predict_line *line = context;
    if (!line->live || (line->width && line->step == step && line->percent == percent))
        return;
    line->step = step;
    line->percent = percent;
    line->width = fprintf(stderr, "\rstep %" PRIu64 ": %u%%", step, percent) - 1;
    slt_world.fflush(stderr);
    if (percent >= 99)
        predict_clear(line);
}

static slt_status predict_read(const cli_call *call, slt_predict_options *options,
                               slt_error *err)
{
    uint64_t probes = 0, steps = 0;
    options->has_estimate = cli_given(call, "estimate");
    options->has_step = cli_given(call, "step");
    options->exact = cli_given(call, "exact");
    options->sample = cli_given(call, "probes") || cli_given(call, "lanczos");
    if (options->exact && options->sample)
        return slt_fail(err, SLT_USAGE,
                        "predict: --exact does not go with --probes or --lanczos");
    slt_status status = cli_number(call, "estimate", 1, 64, &options->estimate, err);
    if (!status)
        status = cli_number(call, "step", 0, UINT32_MAX, &options->step, err);
    if (!status)
        status = cli_number(call, "probes", 1, 10000, &probes, err);
    if (!status)
        status = cli_number(call, "lanczos", 2, 4096, &steps, err);
    options->probes = (size_t)probes;
    options->steps = (size_t)steps;
    return status;
}

static slt_status predict_run(const cli_call *call, slt_error *err)
{
    predict_line line = {.live = !cli_is_quiet() && slt_world.isatty(STDERR_FILENO)};
    slt_predict_options options = {.progress = predict_tell, .progress_context = &line};
    slt_status status = predict_read(call, &options, err);
    if (status)
        return status;
    options.cancel = cli_cancel_on_signals();
    const slt_predict_page page =
        call->json ? slt_predict_json(call->json) : slt_predict_text(stdout);
    status = slt_predict(call->operands[0], &options, &page, err);
    predict_clear(&line);
    return status;
}

static const cli_option options[] = {
    {"estimate", 0, "N", "Only the estimate of this number, from 1.", NULL},
    {"step", 0, "STEP", "Only the estimates at the checkpoint of this step.", NULL},
    {"probes", 0, "N",
     "Random vectors that the spectrum is sampled with, by default 8; their spread is "
     "the standard error.",
     NULL},
    {"lanczos", 0, "N", "Lanczos steps of each, by default 64.", NULL},
    {"exact", 0, NULL,
     "All curvatures, by LAPACK, of at most 4096 weights; the default up to 1024.", NULL},
};

const cli_command cli_predict = {
    .name = "predict",
    .operands = "TRACE",
    .operands_min = 1,
    .operands_max = 1,
    .suffix = ".trace",
    .summary = "what SGLD must give if the loss were quadratic at w*; where it was not",
    .details =
        "For each estimate of a trace: what its chains must give in expectation, at "
        "their "
        "nbeta, step size, localization, burn-in and number of draws, if the loss were "
        "its "
        "quadratic approximation at w*, the weights that they start from. The weights "
        "come from the last state that the trace stores before, or from training again; "
        "every checkpoint on the way must be the trace's. The gradient and the spectrum "
        "of the Hessian of the training loss are taken there, in binary64:\n\n"
        "  a_i = lr (nbeta h_i + gamma) / 2\n"
        "  v_i(t) = lr (1 - (1-a_i)^(2t)) / (1 - (1-a_i)^2)\n"
        "  m_i(t) = -(lr nbeta g_i / 2) (1 - (1-a_i)^t) / a_i\n"
        "  predicted = nbeta mean over draws of sum_i g_i m_i + h_i (m_i^2 + v_i) / 2\n\n"
        "with the curvatures h_i and the gradient's parts g_i along them. Up to 1024 "
        "weights (4096 with --exact) the sum is over all curvatures, from as many "
        "products of the Hessian; beyond, and where no LAPACK is installed, it is "
        "sampled by Lanczos quadrature, with a standard error. Where curvature is "
        "negative the formula still holds: chains run away, at a finite speed.\n\n"
        "Beside it stand the limit of long chains; the Stein ratio to expect; what the "
        "noise of mini batches' gradients adds, which is not in the prediction; and "
        "where the chains left the quadratic: at the first of 3 draws in a row at which "
        "their mean loss, each less that of its batch at w*, lies more than 5 standard "
        "deviations from the expected loss. An estimate that meets its prediction tells "
        "curvature, step size and length; what it has beyond is the loss's own shape. "
        "The numbers are advisory: none reaches a hash, and the exit status does not "
        "depend on them.",
    .examples = "sltrace predict sltrace-out/smoke/linear/traces/000000.trace\n"
                "sltrace predict 000057.trace --step 100 --probes 16 --lanczos 100",
    CLI_OPTIONS(options),
    .json = true,
    .names = true,
    .run = predict_run,
};
