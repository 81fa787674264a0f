/* Checks values against the schema. */
#include "manifest/schema.h"

#include <string.h>

#include "base/utf8.h"
#include "learn/quantity.h"
#include "manifest/suggest.h"
#include "net/model.h"

/* The value being checked, for messages. */
typedef struct check_site {
    const slt_schema_walk *walk;
    const slt_schema_path *path;
    const slt_value *at; /* as written, with its line and column */
} check_site;

static slt_status check_visit(const slt_schema_walk *walk, const slt_schema *row,
                              const slt_schema_path *path, const slt_value *at)
{
    return at->axis > 0 && walk->visit ? walk->visit(walk->context, walk, row, path, at)
                                       : SLT_OK;
}

static slt_status fail_expected(const check_site *site, const slt_schema *row,
                                const slt_value *found)
{
    slt_buffer expected = {0}, words = {0};
    slt_schema_print_expected(row, &expected);
    slt_schema_print_found(found, &words);
    slt_status status =
        slt_schema_fail(site->walk, site->path, site->at, "expected %s, found %s",
                        slt_buffer_text(&expected), slt_buffer_text(&words));
    slt_buffer_free(&expected);
    slt_buffer_free(&words);
    return status;
}

static bool real_in_range(slt_schema_range range, slt_real real)
{
    const uint64_t one = UINT64_C(0x3ff0000000000000);
    bool negative = real.bits >> 63, zero = !(real.bits << 1);
    if (!slt_real_finite(real))
        return false;
    switch (range) {
    case SLT_RANGE_POSITIVE:
        return !negative && !zero;
    case SLT_RANGE_NOT_NEGATIVE:
        return !negative || zero;
    case SLT_RANGE_FRACTION:
        return (!negative && real.bits < one) || zero;
    default:
        return true;
    }
}

/* A name that says nothing of weights and values is one of theirs without dots, and
 * shorter. */
static bool is_name(const char *text)
{
    return slt_name_valid(text) && strlen(text) < 32 && !strchr(text, '.');
}

static bool is_all_of(const char *text, const char *letters, uint64_t least,
                      uint64_t most)
{
    size_t length = strlen(text);
    return length >= least && length <= most && strspn(text, letters) == length;
}

static bool is_printable(const char *text, uint64_t most)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return false;
    return length > 0 && length <= most && slt_utf8_valid((const uint8_t *)text, length);
}

static bool is_metric(const slt_schema *row, const char *text)
{
    slt_quantity quantity;
    return !slt_quantity_read(text, &quantity, NULL) &&
           (row->results ? slt_quantity_is_of_training(&quantity)
                         : slt_quantity_is_metric(&quantity));
}

/* If no axis is known and there are errors, `sweep` is what is wrong: any name may then
 * be an axis. */
static bool is_axis(const slt_schema_walk *walk, const char *name)
{
    if (!walk->axis_count && walk->found && walk->found->count)
        return true;
    for (size_t i = 0; i < walk->axis_count; i++)
        if (strcmp(walk->axes[i], name) == 0)
            return true;
    return false;
}

static bool text_fits(const check_site *site, const slt_schema *row, const char *text)
{
    switch (row->type) {
    case SLT_SCHEMA_NAME:
        return is_name(text);
    case SLT_SCHEMA_TENSOR_NAME:
        return slt_name_valid(text);
    case SLT_SCHEMA_ID:
        return is_all_of(text, "abcdefghijklmnopqrstuvwxyz0123456789_-", 1, row->most);
    case SLT_SCHEMA_HEX:
        return is_all_of(text, "0123456789abcdef", row->most, row->most);
    case SLT_SCHEMA_AXIS:
        return is_axis(site->walk, text);
    case SLT_SCHEMA_AXIS_REFERENCE:
        return *text == '$' && is_axis(site->walk, text + 1);
    default:
        return is_printable(text, row->most);
    }
}

static bool scalar_fits(const check_site *site, const slt_schema *row,
                        const slt_value *value)
{
    switch (row->type) {
    case SLT_SCHEMA_INT:
        return value->kind == SLT_VALUE_INT && (!value->negative || !value->magnitude) &&
               value->magnitude >= row->least && value->magnitude <= row->most;
    case SLT_SCHEMA_REAL:
        return (value->kind == SLT_VALUE_REAL || value->kind == SLT_VALUE_INT) &&
               real_in_range(row->range, value->real);
    case SLT_SCHEMA_BOOL:
        return value->kind == SLT_VALUE_BOOL;
    case SLT_SCHEMA_SCALAR:
        return value->kind == SLT_VALUE_INT || value->kind == SLT_VALUE_REAL ||
               value->kind == SLT_VALUE_TEXT;
    default:
        return value->kind == SLT_VALUE_TEXT && text_fits(site, row, value->text);
    }
}

/* The nearest of the row's words, or why there is none. */
static slt_suggestion nearest_word(const slt_schema *row, const char *wanted)
{
    slt_suggestion near = slt_suggestion_for(wanted);
    const char *word;
    for (size_t i = 0; (word = slt_schema_word(row, i)) != NULL; i++)
        slt_suggestion_offer(&near, word, NULL);
    for (const slt_schema_absent *none = row->absent; none && none->words; none++)
        slt_suggestion_refuse(&near, none->words, none->why);
    return near;
}

/* whole: the row with everything that may be here, of which `row` is an alternative. */
static slt_status check_word(const check_site *site, const slt_schema *whole,
                             const slt_schema *row, const slt_value *value)
{
    if (value->kind != SLT_VALUE_TEXT)
        return fail_expected(site, whole, value);
    if (slt_schema_word_index(row, value->text) != SIZE_MAX)
        return SLT_OK;
    const slt_suggestion near = nearest_word(row, value->text);
    slt_buffer words = {0}, found = {0};
    slt_schema_print_expected(whole, &words);
    slt_schema_print_found(value, &found);
    slt_status status = slt_schema_fail(
        site->walk, site->path, site->at, "expected %s, found %s%s%s%s",
        slt_buffer_text(&words), slt_buffer_text(&found),
        near.best  ? "; did you mean '"
        : near.why ? "; "
                   : "",
        near.best  ? near.best
        : near.why ? near.why
                   : "",
        near.best ? "'?" : "");
    slt_buffer_free(&words);
    slt_buffer_free(&found);
    return status;
}

/* settled: the map's kind is known, so that others' fields are not offered. */
static slt_status fail_key(const check_site *map, const slt_schema *row,
                           const slt_value *value, size_t i, bool settled)
{
    const char *key = map->at->keys[i];
    slt_value at = {.line = map->at->key_lines[i], .column = map->at->key_columns[i]};
    slt_schema_path path = {map->path, key, 0};
    const slt_schema *known = slt_schema_field(row, key);
    slt_suggestion near = slt_suggestion_for(key);
    slt_buffer all = {0};
    if (known)
        slt_schema_print_when(row, known, &all);
    const slt_schema *field;
    slt_schema_fields of = {.row = row, .walk = map->walk, .map = settled ? value : NULL};
    while (!known && (field = slt_schema_next(&of))) {
        slt_suggestion_offer(&near, field->key, field->also);
        slt_buffer_printf(&all, "%s%s", all.size ? ", " : "", field->key);
    }
    slt_status status =
        known ? slt_schema_fail(map->walk, &path, &at, "only with %s",
                                slt_buffer_text(&all))
        : near.best
            ? slt_schema_fail(map->walk, &path, &at, "unknown key; did you mean '%s'?",
                              near.best)
            : slt_schema_fail(map->walk, &path, &at, "unknown key; known here: %s",
                              slt_buffer_text(&all));
    slt_buffer_free(&all);
    return status;
}

/* Checks the tags of a map (kind, order), on which other fields depend; *settled is false
 * if one is wrong. */
static slt_status check_tags(const check_site *map, const slt_schema *row,
                             const slt_value *value, bool *settled)
{
    slt_status status = SLT_OK;
    const slt_schema *field;
    for (slt_schema_fields at = {.row = row};
         slt_schema_goes_on(map->walk, status) && (field = slt_schema_next(&at));) {
        const slt_value *tag =
            field->type == SLT_SCHEMA_WORD ? slt_value_get(value, field->key) : NULL;
        slt_schema_path path = {map->path, field->key, 0};
        if (!tag || slt_schema_field_in(map->walk, row, value, field->key) != field)
            continue;
        slt_status one = slt_schema_check(map->walk, field, &path, tag);
        *settled &= !one && tag->axis >= 0;
        status = slt_status_worse(status, one);
    }
    return status;
}

static slt_status check_missing(const check_site *map, const slt_schema *row,
                                const slt_value *value, bool settled)
{
    slt_status status = SLT_OK;
    const slt_schema *field;
    for (slt_schema_fields at = {.row = row};
         slt_schema_goes_on(map->walk, status) && (field = slt_schema_next(&at));) {
        if (field->optional || field->preset || slt_value_get(value, field->key) ||
            (slt_schema_conditional(row, field) && !settled) ||
            !slt_schema_applies(map->walk, row, field, value))
            continue;
        slt_buffer meaning = {0};
        slt_schema_print_meaning(field, &meaning);
        status = slt_schema_fail(map->walk, map->path, map->at, "missing key '%s': %s",
                                 field->key, slt_buffer_text(&meaning));
        slt_buffer_free(&meaning);
    }
    return status;
}

static slt_status check_entry(const check_site *site, const slt_schema *row,
                              const slt_value *value, size_t i, bool settled,
                              bool *unknown)
{
    const slt_schema *field =
        slt_schema_field_in(site->walk, row, value, value->keys[i]);
    if (field && !settled && slt_schema_conditional(row, field))
        return SLT_OK;
    if (!field || (!slt_schema_applies(site->walk, row, field, value))) {
        *unknown = true;
        return fail_key(site, row, value, i, settled);
    }
    slt_schema_path path = {site->path, field->key, 0};
    if (field->type == SLT_SCHEMA_WORD) /* a tag, already checked */
        return SLT_OK;
    return slt_schema_check(site->walk, field, &path, &value->items[i]);
}

/* If there is an unknown key, missing ones are not reported: it may be one, misspelt. */
static slt_status check_map(const check_site *site, const slt_schema *row,
                            const slt_value *value)
{
    bool settled = true, unknown = false;
    if (value->kind != SLT_VALUE_MAP)
        return fail_expected(site, row, value);
    slt_status status = check_tags(site, row, value, &settled);
    for (size_t i = 0; i < value->count && slt_schema_goes_on(site->walk, status); i++)
        status =
            slt_status_worse(status, check_entry(site, row, value, i, settled, &unknown));
    if (!slt_schema_goes_on(site->walk, status) || unknown)
        return status;
    return slt_status_worse(status, check_missing(site, row, value, settled));
}

static slt_status check_list(const check_site *site, const slt_schema *row,
                             const slt_value *value)
{
    const slt_value *items;
    slt_status status = SLT_OK;
    if (value->kind != SLT_VALUE_LIST && !row->lone)
        return fail_expected(site, row, value);
    size_t count =
        slt_schema_items(value->kind == SLT_VALUE_LIST ? value : site->at, &items);
    if (count < row->least || count > row->most)
        return fail_expected(site, row, value);
    for (size_t i = 0; i < count && slt_schema_goes_on(site->walk, status); i++) {
        slt_schema_path item = {site->path, NULL, i};
        const slt_schema_path *path = value->kind == SLT_VALUE_LIST ? &item : site->path;
        status = slt_status_worse(
            status, slt_schema_check(site->walk, &row->fields[0], path, &items[i]));
    }
    return status;
}

static slt_status check_set(const check_site *site, const slt_schema *row,
                            const slt_value *value)
{
    uint64_t seen = 0;
    if (value->kind != SLT_VALUE_LIST)
        return fail_expected(site, row, value);
    for (size_t i = 0; i < value->count; i++) {
        slt_schema_path path = {site->path, NULL, i};
        const slt_value *word = slt_schema_resolve(site->walk, &value->items[i]);
        check_site item = {site->walk, &path, &value->items[i]};
        if (item.at->axis < 0)
            continue;
        slt_status status = check_visit(site->walk, row, &path, item.at);
        if (!status)
            status = check_word(&item, row, row, word);
        if (status)
            return status;
        uint64_t bit = UINT64_C(1) << slt_schema_word_index(row, word->text);
        if (seen & bit)
            return slt_schema_fail(site->walk, &path, item.at, "%s is named twice",
                                   word->text);
        seen |= bit;
    }
    return SLT_OK;
}

static slt_status fail_name(const check_site *site, const slt_schema *name,
                            const slt_schema_path *path, const slt_value *item)
{
    slt_buffer expected = {0};
    slt_schema_print_expected(name, &expected);
    slt_status status = slt_schema_fail(site->walk, path, item, "expected %s",
                                        slt_buffer_text(&expected));
    slt_buffer_free(&expected);
    return status;
}

static slt_status check_named(const check_site *site, const slt_schema *row,
                              const slt_value *value)
{
    slt_status status = SLT_OK;
    if (value->kind != SLT_VALUE_MAP)
        return fail_expected(site, row, value);
    if (value->count < row->least || value->count > row->most)
        return slt_schema_fail(
            site->walk, site->path, site->at, "expected %llu to %llu entries, found %zu",
            (unsigned long long)row->least, (unsigned long long)row->most, value->count);
    const slt_schema name = {.type =
                                 row->tensors ? SLT_SCHEMA_TENSOR_NAME : SLT_SCHEMA_NAME};
    for (size_t i = 0; i < value->count && slt_schema_goes_on(site->walk, status); i++) {
        slt_schema_path path = {site->path, value->keys[i], 0};
        const slt_value *item = &value->items[i];
        slt_status one = text_fits(site, &name, value->keys[i])
                             ? slt_schema_check(site->walk, &row->fields[0], &path, item)
                             : fail_name(site, &name, &path, item);
        status = slt_status_worse(status, one);
    }
    return status;
}

static slt_status check_where(const check_site *site, const slt_schema *row,
                              const slt_value *value)
{
    static const slt_schema scalar = {.type = SLT_SCHEMA_SCALAR};
    if (value->kind != SLT_VALUE_MAP)
        return fail_expected(site, row, value);
    for (size_t i = 0; i < value->count; i++) {
        slt_schema_path path = {site->path, value->keys[i], 0};
        if (!is_axis(site->walk, value->keys[i]))
            return slt_schema_fail(site->walk, &path, &value->items[i],
                                   "no sweep axis has this name");
        slt_status status =
            slt_schema_check(site->walk, &scalar, &path, &value->items[i]);
        if (status)
            return status;
    }
    return SLT_OK;
}

slt_status slt_schema_check(const slt_schema_walk *walk, const slt_schema *row,
                            const slt_schema_path *path, const slt_value *at)
{
    const check_site site = {walk, path, at};
    if (at->axis < 0) /* already reported */
        return SLT_OK;
    slt_status status = check_visit(walk, row, path, at);
    if (status)
        return status;
    const slt_value *value = slt_schema_resolve(walk, at);
    const slt_schema *chosen = slt_schema_choose(row, value);
    switch (chosen ? chosen->type : SLT_SCHEMA_EITHER) {
    case SLT_SCHEMA_APART:
        return SLT_OK;
    case SLT_SCHEMA_EITHER:
        return fail_expected(&site, row, value);
    case SLT_SCHEMA_WORD:
        return check_word(&site, row, chosen, value);
    case SLT_SCHEMA_METRIC:
        return value->kind == SLT_VALUE_TEXT && is_metric(chosen, value->text)
                   ? SLT_OK
                   : check_word(&site, row, chosen, value);
    case SLT_SCHEMA_MAP:
        return check_map(&site, chosen, value);
    case SLT_SCHEMA_LIST:
        return check_list(&site, chosen, value);
    case SLT_SCHEMA_SET:
        return check_set(&site, chosen, value);
    case SLT_SCHEMA_NAMED:
        return check_named(&site, chosen, value);
    case SLT_SCHEMA_WHERE:
        return check_where(&site, chosen, value);
    default:
        return scalar_fits(&site, chosen, value) ? SLT_OK
                                                 : fail_expected(&site, chosen, value);
    }
}
