/* Paths into the run.  Every pin must name a field that the run has, written or by
 * default; claims may ask for the number at a path. */
#include "manifest/manifest_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "manifest/suggest.h"
#include "num/scalar.h"

/* Where a pin's path has led so far. */
typedef struct path_cursor {
    const slt_schema_walk *walk;
    const slt_schema_path *pin; /* for messages */
    const slt_value *place;
    const slt_schema *row;
    const slt_value *value;
} path_cursor;

static slt_status fail_unknown(const path_cursor *at, const char *key)
{
    slt_suggestion near = slt_suggestion_for(key);
    if (at->row->type == SLT_SCHEMA_LIST)
        return slt_schema_fail(at->walk, at->pin, at->place,
                               "a list is here: expected [0], [1], ..., found '%.40s'",
                               key);
    const slt_schema *field;
    for (slt_schema_fields all = {.row = at->row};
         at->row->type == SLT_SCHEMA_MAP && (field = slt_schema_next(&all));)
        slt_suggestion_offer(&near, field->key, field->also);
    return slt_schema_fail(at->walk, at->pin, at->place, "no field '%.40s'%s%s%s", key,
                           near.best ? "; did you mean '" : "",
                           near.best ? near.best : "", near.best ? "'?" : "");
}

static slt_status enter_field(path_cursor *at, const char *key)
{
    at->row = slt_schema_choose(at->row, at->value);
    if (at->row->type == SLT_SCHEMA_NAMED) {
        const slt_value *item = slt_value_get(at->value, key);
        if (!item)
            return slt_schema_fail(at->walk, at->pin, at->place,
                                   "nothing here is called '%.40s'", key);
        at->row = &at->row->fields[0];
        at->value = item;
        return SLT_OK;
    }
    const slt_schema *field =
        at->row->type == SLT_SCHEMA_MAP
            ? slt_schema_field_in(at->walk, at->row, at->value, key)
            : NULL;
    if (!field)
        return fail_unknown(at, key);
    const slt_value *value = slt_schema_value(at->walk, at->row, field, at->value);
    if (!value)
        return slt_schema_fail(at->walk, at->pin, at->place,
                               "this manifest has no '%.40s' here, and no default", key);
    at->row = field;
    at->value = value;
    return SLT_OK;
}

static slt_status enter_item(path_cursor *at, const char *digits)
{
    char *end;
    size_t index = strtoul(digits, &end, 10);
    const slt_value *items;
    at->row = slt_schema_choose(at->row, at->value);
    if (*digits < '0' || *digits > '9' || *end || at->row->type != SLT_SCHEMA_LIST)
        return slt_schema_fail(at->walk, at->pin, at->place,
                               "no list is here for [%.20s]", digits);
    if (index >= slt_schema_items(at->value, &items))
        return slt_schema_fail(at->walk, at->pin, at->place, "no item [%.20s] is here",
                               digits);
    at->value = slt_schema_resolve(at->walk, &items[index]);
    at->row = &at->row->fields[0];
    return SLT_OK;
}

/* Splits a path like "a.b[2].c" into steps, modifying it, and follows them from `run`. */
static slt_status follow_path(path_cursor *at, char *path)
{
    slt_status status = SLT_OK;
    bool first = true;
    for (char *key = path; key && !status;) {
        char *next = strpbrk(key, ".[");
        char stop = next ? *next : 0;
        if (next)
            *next++ = 0;
        size_t length = strlen(key);
        if (first)
            status = strcmp(key, "run") == 0
                         ? SLT_OK
                         : slt_schema_fail(at->walk, at->pin, at->place,
                                           "expected a path that begins with run");
        else if (length && key[length - 1] == ']') {
            key[length - 1] = 0;
            status = enter_item(at, key);
        } else
            status = enter_field(at, key);
        /* After "]" comes "." or another "[". */
        if (stop == '.' && length && !*next)
            status = fail_unknown(at, "");
        first = false;
        key = next;
    }
    return status;
}

static slt_status check_pin(const slt_manifest *manifest, const slt_schema_walk *walk,
                            size_t index)
{
    const slt_value *pins = manifest->pins;
    const slt_value place = {.line = pins->key_lines[index],
                             .column = pins->key_columns[index]};
    const slt_schema_path up = {NULL, "pins", 0}, pin = {&up, pins->keys[index], 0};
    if (pins->items[index].kind != SLT_VALUE_TEXT)
        return slt_schema_fail(walk, &pin, &pins->items[index],
                               "expected the reason, as text");
    path_cursor at = {walk, &pin, &place, &slt_schema_run, manifest->run};
    char *copy = slt_world.strdup(pins->keys[index]);
    if (!copy)
        return slt_fail(walk->err, SLT_RESOURCE, "%s: out of memory", manifest->path);
    slt_status status = follow_path(&at, copy);
    free(copy);
    return status;
}

slt_status slt_manifest_check_pins(const slt_manifest *manifest,
                                   slt_manifest_errors *found, slt_error *err)
{
    static const slt_schema_path path = {NULL, "pins", 0};
    slt_manifest_walk walk;
    const slt_value *pins = manifest->pins;
    if (!pins)
        return SLT_OK;
    slt_manifest_walk_init(&walk, manifest, 0, err);
    walk.walk.found = found;
    if (pins->kind != SLT_VALUE_MAP)
        return slt_schema_fail(&walk.walk, &path, pins,
                               "expected a map of path to reason");
    slt_status status = SLT_OK;
    for (size_t i = 0; i < pins->count && slt_schema_goes_on(&walk.walk, status); i++)
        status = slt_status_worse(status, check_pin(manifest, &walk.walk, i));
    return status;
}

/* A number's value; false for others and for whole numbers above 2^53, which are not
 * exact. */
static bool number_of(const slt_value *value, slt_real *number)
{
    if (value->kind == SLT_VALUE_REAL)
        *number = value->real;
    else if (value->kind == SLT_VALUE_INT && value->magnitude >> 53 == 0)
        *number = value->negative ? slt_real_neg(slt_real_from_u64(value->magnitude))
                                  : slt_real_from_u64(value->magnitude);
    else
        return false;
    return true;
}

slt_status slt_manifest_setting(const slt_manifest *manifest, const char *path,
                                slt_real *number, slt_error *err)
{
    static const slt_value nowhere = {0};
    slt_manifest_walk walk;
    const slt_schema_path pin = {NULL, "setting", 0};
    slt_manifest_walk_init(&walk, manifest, 0, err);
    path_cursor at = {&walk.walk, &pin, &nowhere, &slt_schema_run, manifest->run};
    char *copy = slt_world.strdup(path);
    if (!copy)
        return slt_fail(err, SLT_RESOURCE, "out of memory");
    slt_status status = follow_path(&at, copy);
    free(copy);
    if (status)
        return slt_fail(err, status, "no setting %s", path);
    if (!number_of(slt_schema_resolve(&walk.walk, at.value), number))
        return slt_fail(err, SLT_FORMAT, "%s is no number", path);
    return SLT_OK;
}
