/* The files that a run's weights start from and that its data are in, for `sltrace
 * show`. */
#include <sltrace/study.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fpenv.h"
#include "base/world.h"
#include "manifest/manifest.h"
#include "net/init.h"
#include "net/init_file.h"

/* The index-th owned weight that starts from a file; NULL behind the last. */
static const slt_weight_spec *find_weight(const slt_model_spec *model, size_t index)
{
    for (size_t i = 0; i < model->weight_count; i++) {
        const slt_weight_spec *weight = &model->weights[i];
        if (slt_model_owner(model, i) == i && slt_init_from_file(&weight->init) &&
            index-- == 0)
            return weight;
    }
    return NULL;
}

static void look_at_weight(const slt_run_spec *spec, const slt_weight_spec *weight,
                           slt_study_file *file)
{
    char holds[SLT_INIT_HOLDS_MAX];
    file->rows = weight->rows;
    file->cols = weight->cols;
    snprintf(file->name, sizeof file->name, "%s", weight->name);
    snprintf(file->file, sizeof file->file, "%s", weight->init.file);
    snprintf(file->sha256, sizeof file->sha256, "%s", weight->init.sha256);
    file->status =
        slt_init_file_look(&weight->init, spec->folder, weight->rows, weight->cols,
                           spec->arithmetic, holds, &file->wrong);
    snprintf(file->holds, sizeof file->holds, "%s", holds);
}

/* File `index` of the run's data, or behind them of its other data. */
static void look_at_data(const slt_run_spec *spec, size_t index, slt_study_file *file)
{
    slt_data_found data;
    const slt_data_spec *of = &spec->data;
    for (size_t i = 0; i < spec->other_count && index >= slt_data_files(of); i++) {
        index -= slt_data_files(of);
        of = &spec->other[i];
    }
    file->status =
        slt_data_look(of, spec->folder, spec->arithmetic, index, &data, &file->wrong);
    if (!data.array)
        return;
    file->of_data = true;
    file->rows = data.samples;
    file->cols = data.numbers;
    snprintf(file->name, sizeof file->name, "%s%.31s%s%s", *of->name ? "other_data." : "",
             of->name, of->name[0] ? "." : "", data.array);
    snprintf(file->file, sizeof file->file, "%s", data.rows->file);
    snprintf(file->sha256, sizeof file->sha256, "%s", data.rows->sha256);
    snprintf(file->holds, sizeof file->holds, "%s", data.holds);
}

static size_t count_weights(const slt_model_spec *model)
{
    size_t count = 0;
    while (find_weight(model, count))
        count++;
    return count;
}

slt_status slt_study_file_look(slt_manifest *manifest, size_t run, size_t index,
                               slt_study_file *file, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_run_spec *spec = slt_run_spec_create();
    *file = (slt_study_file){0};
    if (!spec)
        return slt_fail(err, SLT_RESOURCE, "no memory for a run");
    slt_status status = slt_manifest_run(manifest, run, spec, err);
    const slt_weight_spec *weight = status ? NULL : find_weight(&spec->model, index);
    if (weight)
        look_at_weight(spec, weight, file);
    else if (!status)
        look_at_data(spec, index - count_weights(&spec->model), file);
    free(spec);
    return status;
}
