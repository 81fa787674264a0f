/* A calibration in lines. */
#include "audit/calibrate.h"

#include <inttypes.h>

#include "base/escape.h"
#include "report/audit_text_internal.h"
#include "report/picture/svg_calibrate.h"

/* The first fault of a cell in a word; of one without, how far it came. */
static const char *calibrate_word(const slt_calibration *found,
                                  const slt_calibrate_cell *cell)
{
    static const char *const words[SLT_CALIBRATE_FAULTS] = {
        [SLT_CALIBRATE_RHAT] = "R-hat",   [SLT_CALIBRATE_ESS] = "ESS",
        [SLT_CALIBRATE_DRIFT] = "drift",  [SLT_CALIBRATE_NEGATIVE] = "negative",
        [SLT_CALIBRATE_SPREAD] = "Stein", [SLT_CALIBRATE_STEP] = "step"};
    if (cell->status != SLT_RUN_DONE)
        return slt_run_status_name(cell->status);
    for (size_t f = 0; f < SLT_CALIBRATE_FAULTS; f++)
        if (cell->fault[f])
            return words[f];
    return cell == found->chosen ? "recommended" : cell->plateau ? "plateau" : "settled";
}

static void calibrate_print_grid(const slt_calibration *found,
                                 const slt_calibrate_grid *grid, FILE *out)
{
    const char *const form = "%-8s %12s %12s %12s %10s %8s %7s %7s %8s %8s  %s\n";
    fprintf(out, form, grid->sampler, "lr", "nbeta", "localization", "LLC", "MCSE",
            "R-hat", "ESS", "Stein", "negative", "judged");
    for (size_t i = 0; i < grid->count; i++) {
        const slt_calibrate_cell *c = &grid->cells[i];
        const slt_diagnostics *d = &c->found;
        const bool done = c->status == SLT_RUN_DONE;
        const slt_real none = slt_real_absent();
        char run[24], mean[32], mcse[32], rhat[32], ess[SLT_ESS_TEXT_MAX], stein[32],
            share[32];
        snprintf(run, sizeof run, "%zu", c->run);
        fprintf(out, form, run,
                grid->axis[SLT_CALIBRATE_LR].text[c->place[SLT_CALIBRATE_LR]],
                grid->axis[SLT_CALIBRATE_NBETA].text[c->place[SLT_CALIBRATE_NBETA]],
                grid->axis[SLT_CALIBRATE_LOCALIZATION]
                    .text[c->place[SLT_CALIBRATE_LOCALIZATION]],
                slt_audit_number(done ? c->mean : none, "%.5g", mean),
                slt_audit_number(done ? d->mcse : none, "%.2g", mcse),
                slt_audit_number(done ? d->rhat : none, "%.4f", rhat),
                slt_ess_text(done ? d->ess_bulk : none, ess),
                slt_audit_number(done && d->stein.asked ? d->stein.ratio : none, "%.3f",
                                 stein),
                slt_audit_number(done ? d->negative_share : none, "%.3f", share),
                calibrate_word(found, c));
    }
}

static void calibrate_print_text(slt_buffer text, FILE *out)
{
    fputs(slt_buffer_text(&text), out);
}

static slt_status text_calibrated(void *context, const slt_calibration *found,
                                  slt_error *err)
{
    FILE *out = context;
    slt_status status = slt_svg_calibrate(found, err);
    if (status)
        return status;
    fprintf(out, "%s: run %zu%s%s%s, estimate %zu, w* of step %" PRIu64 "\n", found->name,
            found->run, *found->label ? " (" : "", found->label, *found->label ? ")" : "",
            found->llc + 1, found->step);
    for (size_t g = 0; g < found->grid_count; g++)
        calibrate_print_grid(found, &found->grids[g], out);
    if (found->chosen) {
        calibrate_print_text(found->words, out);
        fputc('\n', out);
    }
    if (found->advice.size) {
        calibrate_print_text(found->advice, out);
        fputc('\n', out);
    }
    calibrate_print_text(found->lines, out);
    return SLT_OK;
}

slt_calibrate_page slt_calibrate_text(FILE *out)
{
    return (slt_calibrate_page){.context = out, .found = text_calibrated};
}
