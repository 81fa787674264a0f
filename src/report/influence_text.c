/* What losses of single samples say, as text and as CSV. */
#include <sltrace/influence.h>

#include <inttypes.h>
#include <string.h>

#include "base/escape.h"
#include "report/audit_text_internal.h"
#include "base/fpenv.h"
#include "report/influence_numbers.h"

/* Samples that are shown one by one. */
#define SAMPLES_SHOWN 10

/* ---- Text -------------------------------------------------------------------------- */

static void print_sum(FILE *out, const char *name, slt_predictive_sum of, const char *end)
{
    char sum[32], error[32];
    fprintf(out, "%s %s (se %s)%s", name, slt_audit_number(of.sum, "%.5g", sum),
            slt_audit_number(of.error, "%.2g", error), end);
}

static void print_predictions(FILE *out, const slt_influence *found)
{
    if (!found->sample) {
        fprintf(out, "  samples count differently in the loss: no prediction\n");
        return;
    }
    print_sum(out, "  WAIC: elpd", found->elpd_waic, ", ");
    print_sum(out, "p", found->p_waic, "\n");
    print_sum(out, "  LOO:  elpd", found->elpd_loo, ", ");
    print_sum(out, "p", found->p_loo, "; ");
    fprintf(out, "Pareto k above 0.7: %zu of %zu samples\n", found->doubtful,
            found->samples);
}

static void print_sample(FILE *out, const slt_influence *found, size_t at, size_t sample)
{
    const slt_covariance *c = &found->covariance[at];
    const slt_covariance influence = slt_influence_change(found, at);
    char value[32], error[32], change[32], of_change[32], k[32];
    fprintf(out, "  %8zu %13s %10s %13s %10s %8s", sample,
            slt_audit_number(c->value, "%.5g", value),
            slt_audit_number(c->error, "%.2g", error),
            slt_audit_number(influence.value, "%.5g", change),
            slt_audit_number(influence.error, "%.2g", of_change),
            found->sample
                ? slt_audit_number(found->sample[sample].pareto_k, "%.2f", k)
                : "-");
    if (found->susceptibility)
        fprintf(out, " %14s %10s",
                slt_audit_number(found->susceptibility[at].value, "%.5g", value),
                slt_audit_number(found->susceptibility[at].error, "%.2g", error));
    fputs("\n", out);
}

static void print_observable(FILE *out, const slt_influence *found, size_t number)
{
    const size_t first = number * found->samples;
    const slt_covariance *row = found->covariance + first;
    char name[SLT_INFLUENCE_OBSERVABLE_MAX];
    slt_influence_observable(found, number, name);
    if (found->first == SLT_OBSERVABLE_MEAN)
        snprintf(name, sizeof name, "the mean loss");
    fprintf(out, "  of %s%s with the losses of samples, the largest first:\n",
            found->metrics || found->first == SLT_OBSERVABLE_MEAN ? ""
                                                                  : "the loss of sample ",
            name);
    fprintf(out, "  %8s %13s %10s %13s %10s %8s", "sample", "covariance", "MCSE",
            "influence", "MCSE", "Pareto k");
    if (found->susceptibility)
        fprintf(out, " %14s %10s", "susceptibility", "MCSE");
    fputs("\n", out);
    size_t sample = slt_influence_next(row, found->samples, found->samples);
    for (size_t i = 0; i < SAMPLES_SHOWN && sample < found->samples; i++) {
        print_sample(out, found, first + sample, sample);
        sample = slt_influence_next(row, found->samples, sample);
    }
}

static void text_estimate(void *context, const slt_influence *found)
{
    FILE *out = context;
    slt_buffer name = {0};
    char temperature[32];
    slt_escape_line(&name, found->trace, strlen(found->trace));
    fprintf(out, "%s: estimate %" PRIu32 " at step %" PRIu64 ": ", slt_buffer_text(&name),
            found->llc + 1, found->at_step);
    slt_buffer_free(&name);
    fprintf(out, "%zu chain%s, %zu draws of the losses of %zu samples of %s\n",
            found->chains, found->chains == 1 ? "" : "s", found->draws, found->samples,
            found->of_validation ? "validation" : "train");
    if (!found->whole) {
        fprintf(out,
                "  a chain ended early, or a loss is not finite: nothing is known\n");
        return;
    }
    fprintf(out, "  inverse temperature of a sample %s\n",
            slt_audit_number(found->temperature, "%.5g", temperature));
    print_predictions(out, found);
    for (size_t i = 0; i < found->observables; i++)
        print_observable(out, found, i);
}

slt_influence_page slt_influence_text(FILE *out)
{
    return (slt_influence_page){.context = out, .estimate = text_estimate};
}

/* ---- CSV --------------------------------------------------------------------------- */

static void put_real(slt_buffer *line, slt_real value)
{
    char text[SLT_REAL_TEXT_MAX] = "";
    if (slt_real_finite(value))
        slt_real_text(value, text);
    slt_buffer_printf(line, ",%s", text);
}

static void put_row(slt_buffer *line, const slt_influence *found, size_t number,
                    size_t sample)
{
    slt_real pair[SLT_INFLUENCE_PAIR], of_sample[SLT_INFLUENCE_SAMPLE];
    char observable[SLT_INFLUENCE_OBSERVABLE_MAX];
    slt_escape_csv(line, found->trace);
    slt_buffer_printf(line, ",%" PRIu32 ",%" PRIu64 ",", found->llc + 1, found->at_step);
    slt_influence_observable(found, number, observable);
    slt_escape_csv(line, observable);
    slt_buffer_printf(line, ",%zu", sample);
    slt_influence_pair(found, number * found->samples + sample, pair);
    slt_influence_sample(found, sample, of_sample);
    for (size_t i = 0; i < SLT_INFLUENCE_PAIR; i++)
        put_real(line, pair[i]);
    for (size_t i = 0; i < SLT_INFLUENCE_SAMPLE; i++)
        put_real(line, of_sample[i]);
    slt_buffer_printf(line, "\n");
}

static void csv_estimate(void *context, const slt_influence *found)
{
    FILE *out = context;
    slt_buffer line = {0};
    for (size_t row = 0; row < found->observables && found->covariance; row++)
        for (size_t i = 0; i < found->samples; i++) {
            put_row(&line, found, row, i);
            fputs(slt_buffer_text(&line), out);
            slt_buffer_clear(&line);
        }
    slt_buffer_free(&line);
}

slt_influence_page slt_influence_csv(FILE *out)
{
    SLT_FPENV_ENTERED;
    fputs("trace,estimate,at_step,observable,sample", out);
    for (size_t i = 0; i < SLT_INFLUENCE_PAIR; i++)
        fprintf(out, ",%s", slt_influence_pair_names[i]);
    for (size_t i = 0; i < SLT_INFLUENCE_SAMPLE; i++)
        fprintf(out, ",%s", slt_influence_sample_names[i]);
    fputs("\n", out);
    return (slt_influence_page){.context = out, .estimate = csv_estimate};
}
