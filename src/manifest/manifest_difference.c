/* The first field in which a run differs from another's canonical form. */
#include <stdio.h>
#include <string.h>

#include "base/fpenv.h"
#include "manifest/canonical.h"
#include "manifest/manifest_internal.h"

/* The difference found. */
typedef struct difference_found {
    slt_schema_path path;
    slt_buffer field, ours, theirs;
    int line;
} difference_found;

static void print_side(const slt_schema_walk *walk, const slt_value *value,
                       slt_buffer *out)
{
    if (!value) {
        slt_buffer_printf(out, "(absent)");
        return;
    }
    slt_value_print(slt_schema_resolve(walk, value), out);
}

static void note_difference(const slt_schema_walk *walk, const slt_schema_path *path,
                            const slt_value *ours, const slt_value *theirs,
                            difference_found *out)
{
    slt_schema_path_print(path, &out->field);
    print_side(walk, ours, &out->ours);
    print_side(walk, theirs, &out->theirs);
    out->line = ours ? ours->line : 0;
}

static void difference_descend(const slt_schema_walk *walk, const slt_schema *row,
                               const slt_schema_path *path, const slt_value *ours,
                               const slt_value *theirs, difference_found *out);

/* Like slt_schema_value but unresolved, so that the value has its line in the
 * manifest. */
static const slt_value *placed_value(const slt_schema_walk *walk, const slt_schema *row,
                                     const slt_schema *field, const slt_value *map)
{
    const slt_value *value = slt_schema_value(walk, row, field, map);
    const slt_value *given = value ? slt_value_get(map, field->key) : NULL;
    return given ? given : value;
}

static void difference_descend_map(const slt_schema_walk *walk, const slt_schema *row,
                                   const slt_schema_path *path, const slt_value *ours,
                                   const slt_value *theirs, difference_found *out)
{
    const slt_schema *field;
    for (slt_schema_fields at = {.row = row}; (field = slt_schema_next(&at));) {
        const slt_schema_path here = {path, field->key, 0};
        const slt_value *a = placed_value(walk, row, field, ours);
        const slt_value *b = placed_value(walk, row, field, theirs);
        if (slt_schema_equal(walk, field, a, b))
            continue;
        difference_descend(walk, field, &here, a, b, out);
        return;
    }
}

static void difference_descend_items(const slt_schema_walk *walk, const slt_schema *row,
                                     const slt_schema_path *path, const slt_value *ours,
                                     const slt_value *theirs, difference_found *out)
{
    for (size_t i = 0; i < ours->count || i < theirs->count; i++) {
        const slt_value *a = i < ours->count ? &ours->items[i] : NULL;
        const slt_value *b = i < theirs->count ? &theirs->items[i] : NULL;
        bool named = row->type == SLT_SCHEMA_NAMED;
        const char *key = !named ? NULL : a ? ours->keys[i] : theirs->keys[i];
        const slt_schema_path here = {path, key, i};
        if (named && a && b && strcmp(ours->keys[i], theirs->keys[i]) != 0) {
            const slt_value x = {.kind = SLT_VALUE_TEXT,
                                 .text = ours->keys[i],
                                 .line = ours->key_lines[i]};
            const slt_value y = {.kind = SLT_VALUE_TEXT, .text = theirs->keys[i]};
            note_difference(walk, path, &x, &y, out);
            return;
        }
        if (slt_schema_equal(walk, &row->fields[0], a, b))
            continue;
        difference_descend(walk, &row->fields[0], &here, a, b, out);
        return;
    }
}

/* Finds the first difference between two values that differ, the second of a canonical
 * form: there an item is in its list. */
static void difference_descend(const slt_schema_walk *walk, const slt_schema *row,
                               const slt_schema_path *path, const slt_value *ours,
                               const slt_value *theirs, difference_found *out)
{
    const slt_value *a = slt_schema_resolve(walk, ours);
    const slt_value *b = slt_schema_resolve(walk, theirs);
    const slt_schema *chosen = a ? slt_schema_choose(row, a) : NULL;
    bool alike = a && b && a->kind == b->kind; /* which chooses one row */
    if (alike && chosen->type == SLT_SCHEMA_MAP)
        difference_descend_map(walk, chosen, path, a, b, out);
    else if (alike &&
             (chosen->type == SLT_SCHEMA_NAMED || chosen->type == SLT_SCHEMA_LIST))
        difference_descend_items(walk, chosen, path, a, b, out);
    else
        note_difference(walk, path, ours, theirs, out);
}

static void copy_and_free(slt_buffer *text, char *to, size_t max)
{
    snprintf(to, max, "%s", slt_buffer_text(text));
    slt_buffer_free(text);
}

bool slt_manifest_difference(slt_manifest *manifest, size_t run, const uint8_t *canonical,
                             size_t size, char *field, size_t field_max, char *ours,
                             size_t ours_max, char *theirs, size_t theirs_max, int *line)
{
    SLT_FPENV_ENTERED;
    static const slt_schema_path path = {NULL, "run", 0};
    slt_manifest_walk walk;
    slt_value other;
    slt_error err = {0};
    difference_found out = {0};
    slt_manifest_walk_init(&walk, manifest, run, NULL);
    if (slt_canonical_read(canonical, size, &other, &err)) {
        slt_buffer_printf(&out.field, "run");
        slt_buffer_printf(&out.ours, "run %zu", run);
        slt_buffer_printf(&out.theirs, "%s", err.text);
    } else {
        if (!slt_schema_equal(&walk.walk, &slt_schema_run, manifest->run, &other))
            difference_descend(&walk.walk, &slt_schema_run, &path, manifest->run, &other,
                               &out);
        slt_value_free(&other);
    }
    bool differs = out.field.size > 0;
    copy_and_free(&out.field, field, field_max);
    copy_and_free(&out.ours, ours, ours_max);
    copy_and_free(&out.theirs, theirs, theirs_max);
    *line = out.line;
    return differs;
}

slt_status slt_canonical_difference(const uint8_t *ours, size_t ours_size,
                                    const uint8_t *theirs, size_t theirs_size,
                                    slt_buffer *field, slt_buffer *a, slt_buffer *b,
                                    bool *differs, slt_error *err)
{
    static const slt_schema_path path = {NULL, "run", 0};
    const slt_schema_walk walk = {0};
    slt_value x, y = {0};
    difference_found out = {0};
    slt_status status = slt_canonical_read(ours, ours_size, &x, err);
    if (status)
        return status;
    status = slt_canonical_read(theirs, theirs_size, &y, err);
    *differs = !status && !slt_schema_equal(&walk, &slt_schema_run, &x, &y);
    if (*differs)
        difference_descend(&walk, &slt_schema_run, &path, &x, &y, &out);
    *field = out.field;
    *a = out.ours;
    *b = out.theirs;
    slt_value_free(&x);
    slt_value_free(&y);
    return status;
}
