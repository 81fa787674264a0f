/* A calibration as the document sltrace.calibrate/1. */
#include "audit/calibrate.h"

#include "codec/json.h"
#include "report/picture/svg_calibrate.h"

static void put_buffer(slt_json *json, const char *key, const slt_buffer *text)
{
    slt_json_key(json, key);
    slt_json_bytes(json, text->data, text->size);
}

static void put_settings(slt_json *json, const slt_calibrate_grid *grid,
                         const slt_calibrate_cell *cell)
{
    slt_json_key_uint(json, "run", cell->run);
    for (size_t a = SLT_CALIBRATE_AXES; a-- > 0;)
        slt_json_key_text(json, slt_calibrate_fields[a],
                          grid->axis[a].text[cell->place[a]]);
}

static void put_cell(slt_json *json, const slt_calibrate_grid *grid,
                     const slt_calibrate_cell *cell)
{
    const slt_diagnostics *found = &cell->found;
    slt_json_open(json, '{');
    put_settings(json, grid, cell);
    slt_json_key_text(json, "status", slt_run_status_name(cell->status));
    if (cell->status == SLT_RUN_DONE) {
        slt_json_key_real(json, "mean", cell->mean);
        slt_json_key_real(json, "mcse", found->mcse);
        slt_json_key_real(json, "nbeta_value", cell->nbeta);
        slt_json_key_real(json, "rhat", found->rhat);
        slt_json_key_real(json, "ess_bulk", found->ess_bulk);
        slt_json_key_real(json, "ess_tail", found->ess_tail);
        slt_json_key_real(json, "drift", found->drift);
        slt_json_key_real(json, "negative_share", found->negative_share);
        slt_json_key_real(json, "stein", found->stein.ratio);
        slt_json_key_real(json, "stein_error", found->stein.error);
        slt_json_key_real(json, "step", found->stein.step);
        slt_json_key_real(json, "acceptance",
                          cell->has_acceptance ? cell->acceptance : slt_real_absent());
    }
    slt_json_key_bool(json, "settled", cell->settled);
    slt_json_key_bool(json, "plateau", cell->plateau);
    slt_json_key_real(json, "error_estimate", cell->error);
    slt_json_close(json, '}');
}

static void put_grid(slt_json *json, const slt_calibrate_grid *grid)
{
    slt_json_open(json, '{');
    slt_json_key_text(json, "sampler", grid->sampler);
    slt_json_key_text(json, "manifest", grid->manifest);
    slt_json_key_text(json, "folder", grid->folder);
    slt_json_key_text(json, "picture", grid->picture);
    slt_json_key_open(json, "cells", '[');
    for (size_t i = 0; i < grid->count; i++)
        put_cell(json, grid, &grid->cells[i]);
    slt_json_close(json, ']');
    slt_json_close(json, '}');
}

static void put_chosen(slt_json *json, const slt_calibration *found)
{
    if (!found->chosen) {
        slt_json_key_null(json, "recommended");
        return;
    }
    slt_json_key_open(json, "recommended", '{');
    slt_json_key_text(json, "sampler", found->chosen_grid->sampler);
    put_settings(json, found->chosen_grid, found->chosen);
    slt_json_key_text(json, "file", found->recommended);
    put_buffer(json, "lines", &found->lines);
    slt_json_close(json, '}');
}

static slt_status json_calibrated(void *context, const slt_calibration *found,
                                  slt_error *err)
{
    slt_json *json = context;
    slt_status status = slt_svg_calibrate(found, err);
    if (status)
        return status;
    slt_json_begin(json, "sltrace.calibrate/1");
    slt_json_key_text(json, "name", found->name);
    slt_json_key_uint(json, "run", found->run);
    slt_json_key_text(json, "label", found->label);
    slt_json_key_uint(json, "estimate", found->llc + 1);
    slt_json_key_uint(json, "at_step", found->step);
    slt_json_key_uint(json, "computed", found->counts.computed);
    slt_json_key_uint(json, "kept", found->counts.kept);
    slt_json_key_open(json, "grids", '[');
    for (size_t g = 0; g < found->grid_count; g++)
        put_grid(json, &found->grids[g]);
    slt_json_close(json, ']');
    put_chosen(json, found);
    put_buffer(json, "words", &found->words);
    put_buffer(json, "to_change", &found->advice);
    return SLT_OK;
}

slt_calibrate_page slt_calibrate_json(slt_json *json)
{
    return (slt_calibrate_page){.context = json, .found = json_calibrated};
}
