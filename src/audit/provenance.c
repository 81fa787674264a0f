#include "audit/provenance.h"

#include <sltrace/system.h>

#include "base/escape.h"

#include <stdlib.h>
#include <string.h>

#include "base/world.h"
#include "codec/yaml.h"
#include "run/files.h"

/* ---- Reading ----------------------------------------------------------------------- */

/* Sets *found to the path that a format gives (the folder as "%.*s", the name likewise,
 * as malloc'ed text); NULL if no such file exists. */
static slt_status provenance_find_by(const char *trace, const char *format, char **found,
                                     slt_error *err)
{
    const char *slash = strrchr(trace, '/');
    const char *name = slash ? slash + 1 : trace;
    size_t size = strlen(name);
    char path[SLT_FILE_PATH_MAX];
    bool there = false;
    slt_status status = SLT_OK;
    *found = NULL;
    if (size > 6 && !strcmp(name + size - 6, ".trace"))
        size -= 6;
    int length = snprintf(path, sizeof path, format, slash ? (int)(slash - trace) + 1 : 0,
                          trace, (int)size, name);
    if (length > 0 && length < (int)sizeof path)
        status = slt_files_look(path, &there, err);
    if (there && !(*found = slt_world.strdup(path)))
        status = slt_fail(err, SLT_RESOURCE, "no memory for a path");
    return status;
}

static slt_status provenance_find_sidecar(const char *trace, const char *given,
                                          char **found, slt_error *err)
{
    slt_status status = SLT_OK;
    *found = given ? slt_world.strdup(given) : NULL;
    if (given)
        return *found ? SLT_OK : slt_fail(err, SLT_RESOURCE, "no memory for a path");
    status = provenance_find_by(trace, "%.*s../provenance/%.*s.json", found, err);
    if (!status && !*found)
        status = provenance_find_by(trace, "%.*s%.*s.json", found, err);
    return status;
}

slt_status slt_audit_read_sidecar(slt_audit *audit, const char *trace, const char *given,
                                  slt_audit_sidecar *sidecar, slt_error *err)
{
    slt_buffer text = {0};
    char sha256[SLT_SHA256_TEXT_MAX];
    *sidecar = (slt_audit_sidecar){0};
    slt_status status = provenance_find_sidecar(trace, given, &sidecar->path, err);
    if (status || !sidecar->path)
        return status;
    status = slt_io_read(sidecar->path, SLT_YAML_BYTES_MAX, &text, err);
    /* JSON is YAML in one of its two styles. */
    if (!status)
        status = slt_yaml_parse(slt_buffer_text(&text), text.size, sidecar->path,
                                &sidecar->value, err);
    slt_sha256_of(text.data, text.size, sha256);
    slt_buffer_free(&text);
    if (!status && sidecar->value.kind != SLT_VALUE_MAP)
        status = slt_fail(err, SLT_FORMAT, "%s: expected a JSON object", sidecar->path);
    if (!status)
        slt_audit_add_configuration(audit, sidecar->path, sha256);
    return status;
}

void slt_audit_sidecar_free(slt_audit_sidecar *sidecar)
{
    free(sidecar->path);
    slt_value_free(&sidecar->value);
    *sidecar = (slt_audit_sidecar){0};
}

/* ---- Fields ------------------------------------------------------------------------ */

/* Fields in order of how likely they change bits. One that is not listed comes after
 * first_fields and before last_fields. */
static const char *const first_fields[] = {
    "libraries", "loaded",  "flags",       "link_flags",   "fixed_flags",
    "compiler",  "floats",  "environment", "isa",          "cpu",
    "numerics",  "sltrace", "machine",     "fingerprints", "system"};
static const char *const last_fields[] = {"release", "host", "resumed", "started",
                                          "finished"};
enum {
    FIRST = sizeof first_fields / sizeof *first_fields,
    LAST = sizeof last_fields / sizeof *last_fields
};

/* The rank of a field. "schema" and "digest" come last: they describe the file and not
 * what made it. */
static size_t provenance_rank_of(const char *key)
{
    if (!strcmp(key, "schema") || !strcmp(key, "digest"))
        return FIRST + LAST + 1;
    for (size_t i = 0; i < FIRST; i++)
        if (!strcmp(first_fields[i], key))
            return i;
    for (size_t i = 0; i < LAST; i++)
        if (!strcmp(last_fields[i], key))
            return FIRST + 1 + i;
    return FIRST;
}

typedef struct telling {
    slt_audit *audit;
    slt_audit_pair *pair;
    slt_buffer names; /* names of those that can change bits */
    size_t rank;
} telling;

static void provenance_print_value(const slt_value *value, slt_buffer *out)
{
    if (value)
        slt_value_print(value, out);
}

static void provenance_add_field(telling *t, const char *name, char *reference,
                                 char *found)
{
    slt_audit_pair *pair = t->pair;
    slt_audit_field *longer =
        slt_world.realloc(pair->fields, (pair->field_count + 1) * sizeof *longer);
    char *own = slt_world.strdup(name);
    pair->fields = longer ? longer : pair->fields;
    if (!longer || !own) {
        t->audit->failed = true;
        free(own);
        free(reference);
        free(found);
        return;
    }
    longer[pair->field_count++] = (slt_audit_field){own, reference, found};
}

static void provenance_compare_field(telling *t, const char *name, const slt_value *a,
                                     const slt_value *b)
{
    slt_buffer x = {0}, y = {0};
    provenance_print_value(a, &x);
    provenance_print_value(b, &y);
    t->audit->failed |= x.failed || y.failed;
    bool same =
        !a == !b && x.size == y.size && (!x.size || !memcmp(x.data, y.data, x.size));
    if (!same) {
        provenance_add_field(t, name, a ? slt_buffer_take(&x) : NULL,
                             b ? slt_buffer_take(&y) : NULL);
        if (t->rank <= FIRST)
            slt_buffer_printf(&t->names, "%s%s", t->names.size ? ", " : "", name);
    }
    slt_buffer_free(&x);
    slt_buffer_free(&y);
}

/* Compares two maps member by member; one of them may be absent. */
static void provenance_compare_members(telling *t, const char *name, const slt_value *a,
                                       const slt_value *b)
{
    for (int side = 0; side < 2; side++) {
        const slt_value *from = side ? b : a, *other = side ? a : b;
        for (size_t i = 0; from && i < from->count; i++) {
            const slt_value *match = other ? slt_value_get(other, from->keys[i]) : NULL;
            slt_buffer path = {0};
            if (side && match)
                continue;
            slt_buffer_printf(&path, "%s.%s", name, from->keys[i]);
            provenance_compare_field(t, slt_buffer_text(&path),
                                     side ? match : &from->items[i],
                                     side ? &from->items[i] : match);
            slt_buffer_free(&path);
        }
    }
}

static bool provenance_is_map(const slt_value *value)
{
    return !value || value->kind == SLT_VALUE_MAP;
}

static void provenance_compare_key(telling *t, const char *key, const slt_value *a,
                                   const slt_value *b)
{
    const slt_value *x = slt_value_get(a, key), *y = slt_value_get(b, key);
    if (provenance_is_map(x) && provenance_is_map(y))
        provenance_compare_members(t, key, x, y);
    else
        provenance_compare_field(t, key, x, y);
}

/* Compares all fields of one rank that either side has, in the order of the files. */
static void provenance_compare_rank(telling *t, const slt_value *a, const slt_value *b)
{
    for (size_t i = 0; i < a->count; i++)
        if (provenance_rank_of(a->keys[i]) == t->rank)
            provenance_compare_key(t, a->keys[i], a, b);
    for (size_t i = 0; i < b->count; i++)
        if (provenance_rank_of(b->keys[i]) == t->rank && !slt_value_get(a, b->keys[i]))
            provenance_compare_key(t, b->keys[i], a, b);
}

/* ---- The whole --------------------------------------------------------------------- */

slt_status slt_audit_compare_sidecars(slt_audit *audit, slt_audit_pair *pair,
                                      const slt_audit_sidecar *a,
                                      const slt_audit_sidecar *b, slt_error *err)
{
    telling t = {.audit = audit, .pair = pair};
    slt_buffer name = {0};
    pair->has_reference = a->path != NULL;
    pair->has_provenance = a->path && b->path;
    for (; pair->has_provenance && t.rank <= FIRST + LAST; t.rank++)
        provenance_compare_rank(&t, &a->value, &b->value);
    slt_audit_tell(audit, pair, SLT_PAIR_PROVENANCE, pair);
    if (!pair->has_provenance)
        return SLT_OK;
    slt_buffer_printf(&name, "%s: provenance", pair->sides[1]->path);
    slt_audit_judge(
        audit, pair->identical || !t.names.size ? SLT_AUDIT_PASSED : SLT_AUDIT_WARNED,
        slt_buffer_text(&name), "%s%s",
        t.names.size ? "differs in " : "nothing that can change bits differs",
        slt_buffer_text(&t.names));
    bool failed = name.failed || t.names.failed;
    slt_buffer_free(&name);
    slt_buffer_free(&t.names);
    return failed ? slt_fail(err, SLT_RESOURCE, "no memory for the provenance") : SLT_OK;
}
