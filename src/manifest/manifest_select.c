/* Finds which runs `--only` selects. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/fpenv.h"
#include "base/world.h"
#include "manifest/manifest_internal.h"

typedef struct selection {
    const slt_manifest *manifest;
    bool *selected;
    slt_error *err;
    size_t conditions, numbers;
    bool asked[SLT_GOLDEN_AXES_MAX]; /* axes with a condition */
} selection;

static slt_status select_fail(const selection *s, const char *what, const char *term)
{
    return slt_fail(s->err, SLT_USAGE, "--only %.60s: %s (%s has runs 0 to %zu)", term,
                    what, s->manifest->path, s->manifest->sweep.runs - 1);
}

/* Reads a run number at *at and moves *at after it. */
static bool read_number(const char **at, size_t *number)
{
    size_t value = 0;
    if (!isdigit((unsigned char)**at))
        return false;
    for (; isdigit((unsigned char)**at); ++*at)
        if (__builtin_mul_overflow(value, (size_t)10, &value) ||
            __builtin_add_overflow(value, (size_t)(**at - '0'), &value))
            return false;
    *number = value;
    return true;
}

static slt_status select_numbers(selection *s, const char *term)
{
    const char *at = term;
    size_t first, last;
    bool fine = read_number(&at, &first);
    last = first;
    if (fine && *at == '-') {
        at++;
        fine = read_number(&at, &last);
    }
    if (!fine || *at)
        return select_fail(s, "expected N, N-M or AXIS=VALUE", term);
    if (last < first)
        return select_fail(s, "the range runs backwards", term);
    if (last >= s->manifest->sweep.runs)
        return select_fail(s, "no such run", term);
    for (size_t run = first; run <= last; run++)
        s->selected[run] = true;
    s->numbers++;
    return SLT_OK;
}

/* The word by which goldens write the value spelt so: "1e0" is 1, "a b" is a%20b. */
static bool canonical_word(const char *spelling, slt_buffer *out)
{
    slt_value value = {.kind = SLT_VALUE_TEXT, .text = slt_world.strdup(spelling)};
    if (!value.text)
        return false;
    slt_value_resolve_plain(&value);
    slt_sweep_print_scalar(&value, out);
    free(value.text);
    return !out->failed;
}

/* Marks the axis's values that are written so as wanted; false if there is none. */
static bool mark_value(const slt_sweep *sweep, size_t axis, const char *text,
                       bool *wanted)
{
    slt_buffer value = {0};
    bool found = false;
    for (size_t i = 0; i < sweep->axes[axis].count; i++) {
        slt_buffer_clear(&value);
        slt_sweep_print_value(&sweep->axes[axis], i, &value);
        bool same = strcmp(slt_buffer_text(&value), text) == 0;
        wanted[i] |= same;
        found |= same;
    }
    slt_buffer_free(&value);
    return found;
}

static slt_status mark_condition(selection *s, const char *term,
                                 bool *wanted[SLT_GOLDEN_AXES_MAX])
{
    const slt_sweep *sweep = &s->manifest->sweep;
    const char *equals = strchr(term, '=');
    size_t length = (size_t)(equals - term), axis = 0;
    while (axis < sweep->axis_count &&
           (strncmp(sweep->names[axis], term, length) != 0 || sweep->names[axis][length]))
        axis++;
    if (axis == sweep->axis_count)
        return select_fail(s, "no such sweep axis", term);
    if (!wanted[axis])
        wanted[axis] = slt_world.calloc(sweep->axes[axis].count, sizeof(bool));
    slt_buffer text = {0};
    slt_status status = SLT_OK;
    if (!wanted[axis] || !canonical_word(equals + 1, &text))
        status = slt_fail(s->err, SLT_RESOURCE, "out of memory for --only");
    else if (!mark_value(sweep, axis, slt_buffer_text(&text), wanted[axis]) &&
             !mark_value(sweep, axis, equals + 1, wanted[axis])) /* as labels have it */
        status = select_fail(s, "the axis never has this value", term);
    slt_buffer_free(&text);
    s->asked[axis] = true;
    s->conditions++;
    return status;
}

/* Selects the runs that satisfy all conditions; false if there is none, which is possible
 * if axes go along with each other. */
static bool select_conditions(selection *s, bool *wanted[SLT_GOLDEN_AXES_MAX])
{
    const slt_sweep *sweep = &s->manifest->sweep;
    bool any = false;
    for (size_t run = 0; run < sweep->runs; run++) {
        bool all = true;
        for (size_t axis = 0; axis < sweep->axis_count; axis++)
            all &= !s->asked[axis] || wanted[axis][slt_sweep_index(sweep, run, axis)];
        s->selected[run] = all;
        any |= all;
    }
    return any;
}

static slt_status select_terms(selection *s, const char *only, char *terms,
                               bool *wanted[SLT_GOLDEN_AXES_MAX])
{
    slt_status status = SLT_OK;
    for (char *term = terms; term && !status;) {
        char *next = strchr(term, ',');
        if (next)
            *next++ = 0;
        status =
            strchr(term, '=') ? mark_condition(s, term, wanted) : select_numbers(s, term);
        if (!status && s->conditions && s->numbers)
            status = select_fail(s, "run numbers and conditions do not mix", term);
        term = next;
    }
    if (!status && s->conditions && !select_conditions(s, wanted))
        status = select_fail(s, "no run has these values together", only);
    return status;
}

slt_status slt_manifest_select(const slt_manifest *manifest, const char *only,
                               bool *selected, slt_error *err)
{
    SLT_FPENV_ENTERED;
    selection s = {.manifest = manifest, .selected = selected, .err = err};
    bool *wanted[SLT_GOLDEN_AXES_MAX] = {NULL};
    char *terms = slt_world.strdup(only);
    if (!terms)
        return slt_fail(err, SLT_RESOURCE, "out of memory for --only");
    memset(selected, 0, manifest->sweep.runs * sizeof *selected);
    slt_status status = select_terms(&s, only, terms, wanted);
    for (size_t axis = 0; axis < SLT_GOLDEN_AXES_MAX; axis++)
        free(wanted[axis]);
    free(terms);
    return status;
}
