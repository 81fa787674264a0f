#include "manifest/rules_restrict.h"

#include <stdio.h>
#include <string.h>

#include "manifest/suggest.h"

/* ---- Weights ----------------------------------------------------------------------- */

/* "; did you mean 'W1'?", or nothing. */
static const char *meant(const slt_suggestion *near, char text[2 * SLT_NAME_MAX])
{
    *text = 0;
    if (near->best)
        snprintf(text, 2 * SLT_NAME_MAX, "; did you mean '%s'?", near->best);
    return text;
}

/* Whether the name is that of a weight whose numbers can move; the error says what it is
 * instead. */
static slt_status check_weight(const slt_model_spec *model, const char *name,
                               slt_error *err)
{
    const size_t weight = slt_model_weight(model, name);
    slt_suggestion near = slt_suggestion_for(name);
    char text[2 * SLT_NAME_MAX];
    for (size_t i = 0; i < model->weight_count; i++)
        slt_suggestion_offer(&near, model->weights[i].name, NULL);
    if (weight == model->weight_count)
        return slt_fail(err, SLT_FORMAT, "there is no weight '%s'%s", name,
                        meant(&near, text));
    if (model->weights[weight].tied[0])
        return slt_fail(err, SLT_FORMAT,
                        "weight %s is tied: expected %s, whose numbers "
                        "it shares",
                        name, model->weights[weight].tied);
    if (!model->weights[weight].trainable)
        return slt_fail(err, SLT_FORMAT, "weight %s does not move: trainable is false",
                        name);
    return SLT_OK;
}

/* ---- Blocks ------------------------------------------------------------------------ */

static bool lies_within(slt_range range, size_t size)
{
    return range.from < size && range.count <= size - range.from;
}

static bool ranges_meet(slt_range a, slt_range b)
{
    const slt_range first = a.from < b.from ? a : b, second = a.from < b.from ? b : a;
    return !first.count || second.from - first.from < first.count;
}

static bool parts_meet(const slt_block_part *a, const slt_block_part *b)
{
    return !strcmp(a->weight, b->weight) && ranges_meet(a->rows, b->rows) &&
           ranges_meet(a->columns, b->columns);
}

static slt_status check_part(const slt_model_spec *model, const slt_block_spec *block,
                             size_t index, slt_error *err)
{
    const slt_block_part *part = &block->parts[index];
    slt_status status = check_weight(model, part->weight, err);
    if (status)
        return status;
    const slt_weight_spec *weight =
        &model->weights[slt_model_weight(model, part->weight)];
    if (!lies_within(part->rows, weight->rows))
        return slt_fail(err, SLT_FORMAT, "rows: expected some of the %zu rows of %s",
                        weight->rows, weight->name);
    if (!lies_within(part->columns, weight->cols))
        return slt_fail(err, SLT_FORMAT,
                        "columns: expected some of the %zu columns of %s", weight->cols,
                        weight->name);
    for (size_t i = 0; i < index; i++)
        if (parts_meet(&block->parts[i], part))
            return slt_fail(err, SLT_FORMAT, "it has numbers of %s that of[%zu] has too",
                            weight->name, i);
    return SLT_OK;
}

slt_status slt_rules_check_blocks(const slt_rules *rules)
{
    const slt_model_spec *model = &rules->spec->model;
    slt_error inner = {0};
    for (size_t i = 0; i < model->block_count; i++)
        for (size_t j = 0; j < model->blocks[i].part_count; j++)
            if (check_part(model, &model->blocks[i], j, &inner))
                return slt_rules_fail_in(rules, "model.blocks", model->blocks[i].name,
                                         "of[%zu]: %s", j, inner.text);
    return SLT_OK;
}

/* ---- Estimates --------------------------------------------------------------------- */

static slt_status check_block(const slt_model_spec *model, const char *name,
                              slt_error *err)
{
    slt_suggestion near = slt_suggestion_for(name);
    char text[2 * SLT_NAME_MAX];
    for (size_t i = 0; i < model->block_count; i++)
        slt_suggestion_offer(&near, model->blocks[i].name, NULL);
    return slt_model_block(model, name) < model->block_count
               ? SLT_OK
               : slt_fail(err, SLT_FORMAT, "model.blocks has no block '%s'%s", name,
                          meant(&near, text));
}

typedef slt_status name_check(const slt_model_spec *model, const char *name,
                              slt_error *err);

/* Names that `check` takes, each once. */
static slt_status check_names(const slt_model_spec *model,
                              const char (*names)[SLT_NAME_MAX], size_t count,
                              name_check *check, slt_error *err)
{
    slt_status status = SLT_OK;
    for (size_t i = 0; i < count && !status; i++) {
        status = check(model, names[i], err);
        for (size_t j = 0; j < i && !status; j++)
            if (!strcmp(names[i], names[j]))
                status = slt_fail(err, SLT_FORMAT, "%s is named twice", names[i]);
    }
    return status;
}

slt_status slt_rules_check_restrict(const slt_rules *rules, size_t index)
{
    const slt_model_spec *model = &rules->spec->model;
    const slt_restrict_spec *to = &rules->spec->llc[index].restricted;
    const slt_value *written =
        slt_value_get(&slt_rules_find(rules, "llc")->items[index], "restrict");
    slt_error inner = {0};
    if (!written || written->kind != SLT_VALUE_MAP)
        return SLT_OK;
    if (!to->weight_count && !to->block_count)
        return slt_rules_fail_item(rules, "llc", index,
                                   "restrict: expected weights or blocks");
    if (check_names(model, to->weights, to->weight_count, check_weight, &inner))
        return slt_rules_fail_item(rules, "llc", index, "restrict.weights: %s",
                                   inner.text);
    if (check_names(model, to->blocks, to->block_count, check_block, &inner))
        return slt_rules_fail_item(rules, "llc", index, "restrict.blocks: %s",
                                   inner.text);
    return SLT_OK;
}
