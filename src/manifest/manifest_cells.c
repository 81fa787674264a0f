#include "manifest/manifest_cells.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "codec/value.h"
#include "codec/yaml.h"
#include "learn/sampler.h"
#include "manifest/manifest_internal.h"
#include "manifest/manifest_write.h"

/* ---- Values ------------------------------------------------------------------------ */

static slt_status cells_no_memory(slt_error *err)
{
    return slt_fail(err, SLT_RESOURCE, "no memory for a manifest");
}

/* Copies a value with the axes of a run replaced by their values; NULL bound: none has
 * any.  *to is zeroed; what it owns is the caller's to free, after an error too. */
static slt_status cells_copy(const slt_value *from, const slt_value *bound, slt_value *to,
                             slt_error *err)
{
    slt_status status = SLT_OK;
    if (from->axis > 0 && bound)
        from = &bound[from->axis - 1];
    *to = *from;
    to->axis = 0;
    to->items = NULL;
    to->keys = NULL;
    to->key_lines = to->key_columns = NULL;
    to->count = 0;
    to->text = from->text ? slt_world.strdup(from->text) : NULL;
    if (from->text && !to->text)
        return cells_no_memory(err);
    for (size_t i = 0; i < from->count && !status; i++) {
        slt_value *item = from->keys ? slt_value_append_key(to, from->keys[i], 0, 0)
                                     : slt_value_append(to);
        status =
            item ? cells_copy(&from->items[i], bound, item, err) : cells_no_memory(err);
    }
    return status;
}

static slt_value *cells_member(const slt_value *map, const char *key)
{
    return (slt_value *)(uintptr_t)slt_value_get(map, key);
}

static void cells_drop(slt_value *map, const char *key)
{
    for (size_t i = 0; i < map->count; i++)
        if (strcmp(map->keys[i], key) == 0) {
            slt_value_drop(map, i);
            return;
        }
}

/* The member, emptied; made where there is none.  NULL if memory is short. */
static slt_value *cells_renew(slt_value *map, const char *key)
{
    slt_value *member = cells_member(map, key);
    if (!member)
        return slt_value_append_key(map, key, 0, 0);
    slt_value_free(member);
    return member;
}

/* A scalar as YAML reads the text. */
static bool cells_fill(slt_value *value, const char *text)
{
    if (!value)
        return false;
    value->kind = SLT_VALUE_TEXT;
    value->text = slt_world.strdup(text);
    if (value->text)
        slt_value_resolve_plain(value);
    return value->text != NULL;
}

static slt_status cells_put(slt_value *map, const char *key, const char *text,
                            slt_error *err)
{
    return cells_fill(cells_renew(map, key), text) ? SLT_OK : cells_no_memory(err);
}

/* ---- The run ----------------------------------------------------------------------- */

/* The estimate as the manifest has it, unbound. */
static const slt_value *cells_estimate(const slt_manifest *manifest, size_t llc)
{
    return &slt_value_get(manifest->run, "llc")->items[llc];
}

/* The step of the estimate's checkpoint, as text; NULL where it is the last, or one of
 * several. */
static const char *cells_step(const slt_value *estimate, const slt_value *bound)
{
    const slt_value *at = slt_value_get(estimate, "at");
    if (at->axis > 0)
        at = &bound[at->axis - 1];
    if (at->kind == SLT_VALUE_LIST)
        at = &at->items[at->count - 1];
    if (at->axis > 0)
        at = &bound[at->axis - 1];
    return at->kind == SLT_VALUE_INT ? at->text : NULL;
}

static slt_status cells_cut(const slt_manifest *manifest, slt_value *train,
                            const char *step, slt_error *err)
{
    slt_value *checkpoints = cells_member(train, "checkpoints");
    if (!cells_member(train, "steps"))
        return slt_fail(err, SLT_FORMAT,
                        "%s: checkpoints stand at times: expected an estimate at: last, "
                        "found at: %s",
                        manifest->path, step);
    cells_drop(train, "stop");
    if (checkpoints)
        cells_drop(checkpoints, "at");
    return cells_put(train, "steps", step, err);
}

/* Which checkpoints hold the state; NULL: none. */
static slt_status cells_state(slt_value *train, const char *state, slt_error *err)
{
    slt_value *checkpoints = cells_member(train, "checkpoints");
    if (!checkpoints && state)
        checkpoints = slt_value_append_key(train, "checkpoints", 0, 0);
    if (!checkpoints)
        return state ? cells_no_memory(err) : SLT_OK;
    checkpoints->kind = SLT_VALUE_MAP;
    if (state)
        return cells_put(checkpoints, "state", state, err);
    cells_drop(checkpoints, "state");
    if (!checkpoints->count)
        cells_drop(train, "checkpoints");
    return SLT_OK;
}

/* The run with its axes bound, without estimates. */
static slt_status cells_run(const slt_manifest *manifest, const slt_cells_spec *spec,
                            const char *state, slt_value *run, slt_error *err)
{
    slt_value bound[SLT_GOLDEN_AXES_MAX];
    slt_sweep_values(&manifest->sweep, spec->run, bound);
    slt_status status = cells_copy(manifest->run, bound, run, err);
    if (!status)
        status = slt_manifest_check_texts(run, err);
    if (status)
        return status;
    const char *step = cells_step(cells_estimate(manifest, spec->llc), bound);
    slt_value *train = cells_member(run, "train");
    cells_drop(run, "llc");
    if (!train)
        return SLT_OK;
    if (step)
        status = cells_cut(manifest, train, step, err);
    return status ? status : cells_state(train, state, err);
}

/* ---- The estimate ------------------------------------------------------------------ */

/* Whether the field is one of a sampler's own; whose: of this sampler. */
static bool cells_owned(const char *field, const char *sampler, bool *whose)
{
    bool owned = false;
    *whose = false;
    for (size_t kind = 0; slt_sampler_name(kind); kind++) {
        const slt_schema *const *fields = slt_sampler_fields(kind);
        for (size_t i = 0; fields && fields[i]; i++) {
            const bool same = strcmp(fields[i]->key, field) == 0;
            owned = owned || same;
            *whose = *whose || (same && strcmp(slt_sampler_name(kind), sampler) == 0);
        }
    }
    return owned;
}

static void cells_drop_others(slt_value *estimate)
{
    const slt_value *word = slt_value_get(estimate, "sampler");
    const char *sampler = word ? word->text : slt_sampler_default;
    for (size_t i = 0; i < estimate->count;) {
        bool own;
        if (cells_owned(estimate->keys[i], sampler, &own) && !own)
            slt_value_drop(estimate, i);
        else
            i++;
    }
}

/* One item "FIELD=VALUE". */
static slt_status cells_set(slt_value *estimate, const char *item, slt_error *err)
{
    char field[SLT_NAME_MAX];
    const char *sign = strchr(item, '=');
    const size_t length = sign ? (size_t)(sign - item) : 0;
    if (!length || length >= sizeof field || !sign[1])
        return slt_fail(err, SLT_USAGE,
                        "--set: expected FIELD=VALUE, such as num_draws=2000; found "
                        "'%.80s'",
                        item);
    snprintf(field, sizeof field, "%.*s", (int)length, item);
    slt_value *value = cells_renew(estimate, field);
    slt_value read = {0};
    if (!value)
        return cells_no_memory(err);
    slt_status status = slt_yaml_parse(sign + 1, strlen(sign + 1), "--set", &read, err);
    if (!status)
        *value = read;
    return status ? status : slt_manifest_check_texts(value, err);
}

/* The estimate with what is asked for, its axes bound. */
static slt_status cells_estimate_of(const slt_manifest *manifest,
                                    const slt_cells_spec *spec, slt_value *estimate,
                                    slt_error *err)
{
    slt_value bound[SLT_GOLDEN_AXES_MAX];
    slt_sweep_values(&manifest->sweep, spec->run, bound);
    slt_status status =
        cells_copy(cells_estimate(manifest, spec->llc), bound, estimate, err);
    if (!status && slt_value_get(estimate, "tempering"))
        status = slt_fail(err, SLT_FORMAT,
                          "llc[%zu]: tempering: its ladder is for one nbeta and lr: "
                          "calibrate an estimate without it",
                          spec->llc);
    for (size_t i = 0; i < spec->set_count && !status; i++)
        status = cells_set(estimate, spec->set[i], err);
    if (!status && spec->sampler)
        status = cells_put(estimate, "sampler", spec->sampler, err);
    if (!status)
        cells_drop_others(estimate);
    return status;
}

/* What an estimate at a checkpoint of its own choice has, or what only costs time. */
static void cells_drop_rest(slt_value *estimate)
{
    static const char *const rest[] = {
        "from",           "when",          "store_losses", "hessian_probes",
        "hessian_method", "hessian_batch", "observables"};
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++)
        cells_drop(estimate, rest[i]);
}

/* The axes: fields of the estimate, and what they go through. */
static slt_status cells_sweep(const slt_cells_spec *spec, slt_value *estimate,
                              slt_value *sweep, slt_error *err)
{
    slt_status status = SLT_OK;
    sweep->kind = SLT_VALUE_MAP;
    for (size_t i = 0; i < spec->axis_count && !status; i++) {
        const slt_cells_axis *axis = &spec->axes[i];
        char name[SLT_NAME_MAX];
        snprintf(name, sizeof name, "$%.60s", axis->field);
        slt_value *list = slt_value_append_key(sweep, axis->field, 0, 0);
        if (!list)
            return cells_no_memory(err);
        list->kind = SLT_VALUE_LIST;
        status = cells_put(estimate, axis->field, name, err);
        for (size_t v = 0; v < axis->count && !status; v++)
            if (!cells_fill(slt_value_append(list), axis->values[v]))
                status = cells_no_memory(err);
    }
    return status;
}

/* ---- The whole --------------------------------------------------------------------- */

static slt_status cells_write(const slt_manifest *manifest, const slt_cells_spec *spec,
                              const char *what, const slt_value *sweep,
                              const slt_value *run, slt_buffer *out, slt_error *err)
{
    slt_buffer name = {0}, comment = {0};
    const char *label = slt_manifest_label(manifest, spec->run);
    slt_buffer_printf(&name, "%s-%s", manifest->name, what);
    slt_buffer_printf(&comment, "sltrace calibrate made this of run %zu of %s%s%s.\n",
                      spec->run, manifest->name, *label ? ": " : "", label);
    slt_buffer_printf(&comment, "Files that it names are relative to that manifest.");
    slt_status status = slt_manifest_write_swept(
        slt_buffer_text(&name), slt_buffer_text(&comment), sweep, run, out, err);
    if (!status && (name.failed || comment.failed))
        status = cells_no_memory(err);
    slt_buffer_free(&name);
    slt_buffer_free(&comment);
    return status;
}

bool slt_manifest_cells_trains(const slt_manifest *manifest)
{
    return slt_value_get(manifest->run, "train") != NULL;
}

slt_status slt_manifest_cells_training(const slt_manifest *manifest,
                                       const slt_cells_spec *spec, slt_buffer *out,
                                       slt_error *err)
{
    const slt_value none = {.kind = SLT_VALUE_MAP};
    slt_value run = {0};
    slt_status status = cells_run(manifest, spec, "last", &run, err);
    if (!status)
        status = cells_write(manifest, spec, "training", &none, &run, out, err);
    slt_value_free(&run);
    return status;
}

slt_status slt_manifest_cells_write(const slt_manifest *manifest,
                                    const slt_cells_spec *spec, slt_buffer *out,
                                    slt_error *err)
{
    slt_value run = {0}, sweep = {0};
    slt_status status = cells_run(manifest, spec, NULL, &run, err);
    slt_value *list = status ? NULL : slt_value_append_key(&run, "llc", 0, 0);
    slt_value *estimate = list ? slt_value_append(list) : NULL;
    if (!status && !estimate)
        status = cells_no_memory(err);
    if (!status) {
        list->kind = SLT_VALUE_LIST;
        status = cells_estimate_of(manifest, spec, estimate, err);
    }
    if (!status) {
        cells_drop_rest(estimate);
        status = cells_put(estimate, "at", "last", err);
    }
    if (!status)
        status = cells_put(estimate, "stein", "true", err);
    if (!status)
        status = cells_sweep(spec, estimate, &sweep, err);
    const slt_value *word = status ? NULL : slt_value_get(estimate, "sampler");
    if (!status)
        status = cells_write(manifest, spec, word ? word->text : slt_sampler_default,
                             &sweep, &run, out, err);
    slt_value_free(&sweep);
    slt_value_free(&run);
    return status;
}

slt_status slt_manifest_cells_lines(const slt_manifest *manifest,
                                    const slt_cells_spec *spec, slt_buffer *out,
                                    slt_error *err)
{
    slt_value list = {.kind = SLT_VALUE_LIST};
    slt_value *estimate = slt_value_append(&list);
    slt_status status = estimate ? cells_estimate_of(manifest, spec, estimate, err)
                                 : cells_no_memory(err);
    for (size_t i = 0; i < spec->axis_count && !status; i++)
        status = cells_put(estimate, spec->axes[i].field, spec->axes[i].values[0], err);
    if (!status)
        slt_manifest_write_list(2, &list, out);
    if (!status && out->failed)
        status = cells_no_memory(err);
    slt_value_free(&list);
    return status;
}
