#include "audit/backend.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char known[] = "f32, f64, fixed, openblas:CORETYPE, openblas:auto, isa:NAME";

static slt_status backend_refuse(const char *text, int length, slt_error *err)
{
    return slt_fail(err, SLT_USAGE, "--against: '%.*s' is none of %s", length, text,
                    known);
}

static bool backend_find_arithmetic(slt_backend *backend)
{
    for (int a = SLT_F32; a <= SLT_FIXED; a++)
        if (strcmp(backend->name, slt_arithmetic_name((slt_arithmetic)a)) == 0) {
            backend->kind = SLT_BACKEND_ARITHMETIC;
            backend->arithmetic = (slt_arithmetic)a;
            return true;
        }
    return false;
}

/* Whether the text can be a core type. It goes into the environment and into a file's
 * name, so only letters, digits and "_" are allowed. */
static bool backend_is_core(const char *text)
{
    return *text && text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
                                      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] == 0;
}

/* The text after "prefix:"; NULL if the name does not begin with that. */
static const char *backend_text_after(const slt_backend *backend, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(backend->name, prefix, length) == 0 ? backend->name + length : NULL;
}

static slt_status backend_read_one(const char *text, size_t length, slt_backend *backend,
                                   slt_error *err)
{
    *backend = (slt_backend){0};
    if (length == 0 || length >= sizeof backend->name)
        return backend_refuse(text, length < 60 ? (int)length : 60, err);
    memcpy(backend->name, text, length);
    if (backend_find_arithmetic(backend))
        return SLT_OK;
    const char *core = backend_text_after(backend, "openblas:"),
               *isa = backend_text_after(backend, "isa:");
    backend->kind = core ? SLT_BACKEND_OPENBLAS : SLT_BACKEND_ISA;
    backend->core = core;
    if (core && backend_is_core(core))
        return SLT_OK;
    if (isa)
        return slt_isa_parse(isa, &backend->isa, err);
    return backend_refuse(text, (int)length, err);
}

static bool backend_is_known(const slt_backend *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].name, name) == 0)
            return true;
    return false;
}

slt_status slt_backend_read(const char *text, slt_backend list[SLT_BACKENDS_MAX],
                            size_t *count, slt_error *err)
{
    list[0] = (slt_backend){.name = "ours", .kind = SLT_BACKEND_OURS};
    *count = 1;
    for (const char *end;; text = end + 1) {
        end = text + strcspn(text, ",");
        if (*count == SLT_BACKENDS_MAX)
            return slt_fail(err, SLT_USAGE, "--against: more than %d back ends",
                            SLT_BACKENDS_MAX - 1);
        slt_backend *one = &list[*count];
        slt_status status = backend_read_one(text, (size_t)(end - text), one, err);
        if (status)
            return status;
        if (backend_is_known(list, *count, one->name))
            return slt_fail(err, SLT_USAGE, "--against: %s is given twice", one->name);
        ++*count;
        if (!*end)
            return SLT_OK;
    }
}

void slt_backend_file_name(const slt_backend *backend, char name[40])
{
    memcpy(name, backend->name, sizeof backend->name);
    char *colon = strchr(name, ':');
    if (colon)
        *colon = '-';
}
