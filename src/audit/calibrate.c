/* The LLC estimate of one run over a grid of settings: its training once, then a study
 * of each sampler's cells. */
#include "audit/calibrate.h"

#include <stdlib.h>
#include <string.h>

#include <sltrace/system.h>

#include "base/fpenv.h"
#include "base/later.h"
#include "base/world.h"
#include "figure/estimates.h"
#include "learn/sampler.h"
#include "manifest/manifest.h"
#include "manifest/manifest_cells.h"
#include "run/store.h"

const char *const slt_calibrate_fields[SLT_CALIBRATE_AXES] = {
    [SLT_CALIBRATE_LOCALIZATION] = "localization",
    [SLT_CALIBRATE_NBETA] = "nbeta",
    [SLT_CALIBRATE_LR] = "lr"};

typedef struct calibrate_work {
    slt_manifest *manifest;
    const slt_calibrate_options *options;
    slt_run_spec *spec;
    slt_calibration found;
    slt_manifest *training, *cells[SLT_CALIBRATE_GRIDS_MAX];
    slt_buffer training_text, text[SLT_CALIBRATE_GRIDS_MAX];
    char folder[SLT_FILE_PATH_MAX]; /* of the training */
    slt_trace *trained;
} calibrate_work;

/* ---- What is asked for ------------------------------------------------------------- */

/* The axes that the grid has; values are borrowed from the options. */
typedef struct calibrate_axes {
    slt_cells_axis axis[SLT_CALIBRATE_AXES];
    const char *text[SLT_CALIBRATE_AXES][SLT_CALIBRATE_POINTS_MAX];
    size_t count;
} calibrate_axes;

static const slt_calibrate_points *calibrate_points(const slt_calibrate_options *options,
                                                    size_t axis)
{
    return axis == SLT_CALIBRATE_LOCALIZATION ? &options->localization
           : axis == SLT_CALIBRATE_NBETA      ? &options->nbeta
                                              : &options->lr;
}

static void calibrate_fill_axes(const slt_calibrate_options *options,
                                calibrate_axes *axes)
{
    axes->count = 0;
    for (size_t a = 0; a < SLT_CALIBRATE_AXES; a++) {
        const slt_calibrate_points *points = calibrate_points(options, a);
        if (!points->count)
            continue;
        for (size_t i = 0; i < points->count; i++)
            axes->text[a][i] = points->text[i];
        axes->axis[axes->count++] =
            (slt_cells_axis){slt_calibrate_fields[a], axes->text[a], points->count};
    }
}

static slt_cells_spec calibrate_spec(const calibrate_work *w, const calibrate_axes *axes,
                                     size_t grid)
{
    const slt_calibrate_options *options = w->options;
    return (slt_cells_spec){.run = options->run,
                            .llc = options->llc,
                            .sampler =
                                options->sampler_count ? options->samplers[grid] : NULL,
                            .axes = axes->axis,
                            .axis_count = axes->count,
                            .set = options->set,
                            .set_count = options->set_count};
}

static slt_status calibrate_check(calibrate_work *w, slt_error *err)
{
    const slt_calibrate_options *o = w->options;
    size_t cells = o->sampler_count ? o->sampler_count : 1, points = 1;
    slt_status status = slt_manifest_run(w->manifest, o->run, w->spec, err);
    if (status)
        return status;
    if (o->llc >= w->spec->llc_count)
        return slt_fail(err, SLT_USAGE,
                        "%s: expected an estimate up to %zu in run.llc, found %zu",
                        slt_manifest_path(w->manifest), w->spec->llc_count, o->llc + 1);
    for (size_t a = 0; a < SLT_CALIBRATE_AXES; a++) {
        const size_t count = calibrate_points(o, a)->count;
        points *= count ? count : 1;
    }
    cells *= points;
    if (points < 2)
        return slt_fail(err, SLT_USAGE,
                        "expected an axis of several points, such as --lr 1e-5:1e-2:7");
    if (cells > SLT_CALIBRATE_CELLS_MAX)
        return slt_fail(err, SLT_USAGE, "expected at most %d cells, found %zu",
                        SLT_CALIBRATE_CELLS_MAX, cells);
    return SLT_OK;
}

/* ---- Manifests --------------------------------------------------------------------- */

/* Reads a manifest as if it lay beside the one that it was made of, so that its files are
 * found. */
static slt_status calibrate_read(const calibrate_work *w, const slt_buffer *text,
                                 const char *what, slt_manifest **manifest,
                                 slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    const char *from = slt_manifest_path(w->manifest), *slash = strrchr(from, '/');
    slt_status status = slt_path_print(path, err, "%.*s(%s of the calibration)",
                                       slash ? (int)(slash + 1 - from) : 0, from, what);
    return status ? status
                  : slt_manifest_parse((const char *)text->data, text->size, path,
                                       manifest, err);
}

static slt_status calibrate_name_grid(calibrate_work *w, slt_calibrate_grid *grid,
                                      slt_error *err)
{
    const char *out = w->options->out;
    grid->sampler = slt_sampler_name(grid->spec.sampler);
    slt_status status = slt_path_print(grid->folder, err, "%s/%s", out, grid->sampler);
    if (!status)
        status = slt_path_print(grid->manifest, err, "%s/%s.yaml", out, grid->sampler);
    if (!status)
        status = slt_path_print(grid->picture, err, "%s/%s.svg", out, grid->sampler);
    return status;
}

/* The values of an axis that is not in the grid: the estimate's own. */
static void calibrate_own_point(const slt_llc_spec *spec, size_t axis,
                                slt_calibrate_points *points)
{
    static const char *const of[] = {
        [SLT_NBETA_SAMPLES] = "n/ln(n)", [SLT_NBETA_BATCH] = "batch/ln(batch)"};
    points->count = 1;
    if (axis == SLT_CALIBRATE_NBETA && spec->nbeta_of != SLT_NBETA_GIVEN)
        snprintf(points->text[0], sizeof points->text[0], "%s", of[spec->nbeta_of]);
    else if (axis == SLT_CALIBRATE_LOCALIZATION && spec->prior.given)
        snprintf(points->text[0], sizeof points->text[0], "prior");
    else
        slt_real_text(axis == SLT_CALIBRATE_NBETA ? spec->nbeta
                      : axis == SLT_CALIBRATE_LR  ? spec->lr
                                                  : spec->localization,
                      points->text[0]);
}

static slt_status calibrate_open_grid(calibrate_work *w, const calibrate_axes *axes,
                                      size_t index, slt_error *err)
{
    slt_calibrate_grid *grid = &w->found.grids[index];
    const slt_cells_spec spec = calibrate_spec(w, axes, index);
    slt_status status =
        slt_manifest_cells_write(w->manifest, &spec, &w->text[index], err);
    if (!status)
        status = calibrate_read(w, &w->text[index], "a grid", &w->cells[index], err);
    if (!status)
        status = slt_manifest_run(w->cells[index], 0, w->spec, err);
    if (status)
        return status;
    grid->spec = w->spec->llc[0];
    grid->count = slt_manifest_runs(w->cells[index]);
    if (grid->spec.adapt.given && calibrate_points(w->options, SLT_CALIBRATE_LR)->count)
        return slt_fail(err, SLT_USAGE,
                        "--lr: the chains of %s adapt lr, which is what a calibration "
                        "would find: take --lr or adapt away",
                        slt_sampler_name(grid->spec.sampler));
    for (size_t a = 0; a < SLT_CALIBRATE_AXES; a++) {
        grid->axis[a] = *calibrate_points(w->options, a);
        if (!grid->axis[a].count)
            calibrate_own_point(&grid->spec, a, &grid->axis[a]);
    }
    grid->cells = slt_world.calloc(grid->count, sizeof *grid->cells);
    if (!grid->cells)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu cells", grid->count);
    for (size_t i = 0; i < index; i++)
        if (w->found.grids[i].spec.sampler == grid->spec.sampler)
            return slt_fail(err, SLT_USAGE, "--sampler: %s is there twice",
                            w->found.grids[i].sampler);
    return calibrate_name_grid(w, grid, err);
}

static slt_status calibrate_open(calibrate_work *w, slt_error *err)
{
    calibrate_axes axes;
    slt_calibration *found = &w->found;
    calibrate_fill_axes(w->options, &axes);
    const size_t grids = w->options->sampler_count ? w->options->sampler_count : 1;
    const slt_cells_spec spec = calibrate_spec(w, &axes, 0);
    if (grids > SLT_CALIBRATE_GRIDS_MAX)
        return slt_fail(err, SLT_USAGE, "--sampler: expected at most %d",
                        SLT_CALIBRATE_GRIDS_MAX);
    found->grids = slt_world.calloc(grids, sizeof *found->grids);
    if (!found->grids)
        return slt_fail(err, SLT_RESOURCE, "no memory for %zu grids", grids);
    found->grid_count = grids;
    slt_status status = SLT_OK;
    if (slt_manifest_cells_trains(w->manifest)) {
        status = slt_manifest_cells_training(w->manifest, &spec, &w->training_text, err);
        if (!status)
            status = calibrate_read(w, &w->training_text, "training", &w->training, err);
    }
    for (size_t i = 0; i < grids && !status; i++)
        status = calibrate_open_grid(w, &axes, i, err);
    if (!status)
        status = slt_path_print(w->folder, err, "%s/training", w->options->out);
    if (!status)
        status = slt_path_print(found->recommended, err, "%s/recommended.yaml",
                                w->options->out);
    return status;
}

/* ---- Computing --------------------------------------------------------------------- */

static slt_status calibrate_refuse_study(const calibrate_work *w, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    bool study = false;
    slt_status status = slt_path_print(path, err, "%s/experiment", w->options->out);
    if (!status)
        status = slt_files_look(path, &study, err);
    if (!status && study)
        status =
            slt_fail(err, SLT_FILE, "%s: the folder of a study; choose another --out",
                     w->options->out);
    return status;
}

static slt_study_options calibrate_study(const calibrate_work *w, const char *folder)
{
    return (slt_study_options){.out = folder,
                               .jobs = w->options->jobs,
                               .progress = w->options->progress,
                               .remark = w->options->remark,
                               .progress_context = w->options->progress_context,
                               .cancel = w->options->cancel};
}

static slt_status calibrate_put(const char *path, const slt_buffer *text, slt_error *err)
{
    return slt_io_replace_by(path, SLT_FILE_DRAFT, text->data, text->size, err);
}

static slt_status calibrate_train(calibrate_work *w, slt_error *err)
{
    char path[SLT_FILE_PATH_MAX];
    slt_study_counts counts;
    const slt_study_options options = calibrate_study(w, w->folder);
    if (!w->training)
        return SLT_OK;
    slt_status status = slt_study_run(w->training, &options, &counts, err);
    if (!status)
        status = slt_store_trace_path(w->folder, 0, path, err);
    if (!status)
        status = slt_trace_open(path, &w->trained, err);
    if (status)
        return status;
    const slt_record *end =
        slt_trace_record(w->trained, slt_trace_records(w->trained) - 1);
    if (end->status != SLT_RUN_DONE)
        return slt_fail(err, SLT_USAGE,
                        "%s: the training of run %zu ends early: there is no w* to make "
                        "estimates at",
                        slt_manifest_path(w->manifest), w->options->run);
    status = slt_path_print(path, err, "%s.yaml", w->folder);
    return status ? status : calibrate_put(path, &w->training_text, err);
}

static slt_status calibrate_run_grid(calibrate_work *w, size_t index, slt_error *err)
{
    const slt_calibrate_grid *grid = &w->found.grids[index];
    slt_study_counts counts;
    slt_study_options options = calibrate_study(w, grid->folder);
    options.trained = w->trained;
    slt_status status = slt_study_run(w->cells[index], &options, &counts, err);
    w->found.counts.kept += counts.kept;
    w->found.counts.computed += counts.computed;
    w->found.counts.diverged += counts.diverged;
    w->found.counts.overflowed += counts.overflowed;
    return status ? status : calibrate_put(grid->manifest, &w->text[index], err);
}

/* ---- Reading ----------------------------------------------------------------------- */

static void calibrate_take(const slt_estimate *estimate, slt_calibrate_cell *cell)
{
    const slt_record *first = estimate->chain[0];
    slt_real share[SLT_LLC_CHAINS_MAX];
    cell->mean = estimate->mean;
    cell->nbeta = first->nbeta;
    cell->found = estimate->found;
    cell->has_acceptance = first->has_acceptance;
    for (size_t i = 0; i < estimate->chains && cell->has_acceptance; i++)
        share[i] = estimate->chain[i]->acceptance;
    if (cell->has_acceptance)
        cell->acceptance = slt_real_mean(share, estimate->chains);
}

static slt_status calibrate_read_cell(const slt_calibrate_grid *grid, size_t run,
                                      uint64_t *step, slt_error *err)
{
    slt_calibrate_cell *cell = &grid->cells[run];
    char path[SLT_FILE_PATH_MAX];
    slt_trace *trace = NULL;
    slt_estimates estimates = {0};
    slt_status status = slt_store_trace_path(grid->folder, run, path, err);
    if (!status)
        status = slt_trace_open(path, &trace, err);
    if (!status)
        status = slt_estimates_of_trace(trace, &estimates, err);
    if (!status && estimates.count != 1)
        status = slt_fail(err, SLT_FORMAT, "%s: expected one estimate, found %zu", path,
                          estimates.count);
    if (!status) {
        cell->run = run;
        cell->status = slt_trace_record(trace, slt_trace_records(trace) - 1)->status;
        *step = estimates.list[0].at_step;
        if (estimates.list[0].whole)
            calibrate_take(&estimates.list[0], cell);
    }
    slt_estimates_free(&estimates);
    slt_trace_free(trace);
    return status;
}

static slt_status calibrate_read_grid(calibrate_work *w, slt_calibrate_grid *grid,
                                      slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t run = 0; run < grid->count && !status; run++) {
        size_t rest = run;
        for (size_t a = SLT_CALIBRATE_AXES; a-- > 0;) {
            grid->cells[run].place[a] = rest % grid->axis[a].count;
            rest /= grid->axis[a].count;
        }
        status = calibrate_read_cell(grid, run, &w->found.step, err);
    }
    return status;
}

/* ---- The lines --------------------------------------------------------------------- */

/* The estimate with the settings of the chosen cell. */
static slt_status calibrate_print_lines(calibrate_work *w, slt_error *err)
{
    slt_calibration *found = &w->found;
    const slt_calibrate_cell *cell = found->chosen;
    calibrate_axes axes;
    calibrate_fill_axes(w->options, &axes);
    for (size_t a = 0; a < SLT_CALIBRATE_AXES; a++)
        if (calibrate_points(w->options, a)->count)
            axes.text[a][0] = calibrate_points(w->options, a)->text[cell->place[a]];
    const slt_cells_spec spec =
        calibrate_spec(w, &axes, (size_t)(found->chosen_grid - found->grids));
    slt_buffer_printf(&found->lines, "  llc:\n");
    return slt_manifest_cells_lines(w->manifest, &spec, &found->lines, err);
}

static void calibrate_print_comment(const char *words, slt_buffer *out)
{
    for (const char *line = words; *line;) {
        const size_t length = strcspn(line, "\n");
        slt_buffer_printf(out, "# %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

/* The file of the lines; where there are none, that of an earlier grid goes. */
static slt_status calibrate_write_lines(calibrate_work *w, slt_error *err)
{
    slt_calibration *found = &w->found;
    slt_buffer text = {0};
    if (!found->chosen)
        return slt_file_remove(found->recommended, err);
    slt_status status = calibrate_print_lines(w, err);
    calibrate_print_comment(slt_buffer_text(&found->words), &text);
    slt_buffer_append(&text, found->lines.data, found->lines.size);
    if (!status && text.failed)
        status = slt_fail(err, SLT_RESOURCE, "no memory for a recommendation");
    if (!status)
        status = calibrate_put(found->recommended, &text, err);
    slt_buffer_free(&text);
    return status;
}

/* ---- The whole --------------------------------------------------------------------- */

static slt_status calibrate_compute(calibrate_work *w, slt_error *err)
{
    slt_status status = calibrate_refuse_study(w, err);
    if (!status)
        status = calibrate_train(w, err);
    for (size_t i = 0; i < w->found.grid_count && !status; i++)
        status = calibrate_run_grid(w, i, err);
    for (size_t i = 0; i < w->found.grid_count && !status; i++)
        status = calibrate_read_grid(w, &w->found.grids[i], err);
    return status;
}

static slt_status calibrate_tell(calibrate_work *w, const slt_calibrate_page *page,
                                 slt_error *err)
{
    slt_calibration *found = &w->found;
    slt_status status = slt_calibrate_judge(found, err);
    if (!status)
        status = calibrate_write_lines(w, err);
    if (!status && page && page->found)
        status = page->found(page->context, found, err);
    if (!status)
        status = slt_folder_sync(w->options->out, err);
    if (status || found->chosen)
        return status;
    return slt_fail(err, SLT_DIFFERS, "no settings to recommend: %s",
                    slt_buffer_text(&found->words));
}

static void calibrate_free(calibrate_work *w)
{
    for (size_t i = 0; i < w->found.grid_count; i++)
        free(w->found.grids[i].cells);
    for (size_t i = 0; i < SLT_CALIBRATE_GRIDS_MAX; i++) {
        slt_manifest_free(w->cells[i]);
        slt_buffer_free(&w->text[i]);
    }
    slt_manifest_free(w->training);
    slt_buffer_free(&w->training_text);
    slt_buffer_free(&w->found.lines);
    slt_buffer_free(&w->found.words);
    slt_buffer_free(&w->found.advice);
    slt_trace_free(w->trained);
    free(w->found.grids);
    free(w->spec);
    free(w);
}

slt_status slt_calibrate(slt_manifest *manifest, const slt_calibrate_options *options,
                         const slt_calibrate_page *page, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_status unknown = SLT_CHECK_PAGE(options, page, err);
    if (unknown)
        return unknown;
    calibrate_work *w = slt_world.calloc(1, sizeof *w);
    if (!w)
        return slt_fail(err, SLT_RESOURCE, "no memory for a calibration");
    w->manifest = manifest;
    w->options = options;
    w->spec = slt_run_spec_create();
    w->found = (slt_calibration){.name = slt_manifest_name(manifest),
                                 .label = slt_manifest_label(manifest, options->run),
                                 .run = options->run,
                                 .llc = options->llc,
                                 .out = options->out};
    const bool labelled = *w->found.label || !slt_manifest_axes(manifest);
    slt_status status =
        w->spec && labelled ? SLT_OK : slt_fail(err, SLT_RESOURCE, "no memory for a run");
    if (!status)
        status = calibrate_check(w, err);
    if (!status)
        status = calibrate_open(w, err);
    if (!status)
        status = calibrate_compute(w, err);
    if (!status)
        status = calibrate_tell(w, page, err);
    calibrate_free(w);
    return status;
}
