/* figure.references: points that others published, from a CSV file beside the manifest.
 */
#include "figure/figure.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/sha256.h"
#include "base/tree.h"
#include "codec/csv_table.h"
#include "manifest/expression.h"
#include "num/convert.h"
#include "num/scalar.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

/* The file of a reference, and the line that is being looked at. */
typedef struct reference {
    const slt_reference_spec *spec;
    slt_buffer path;
    slt_csv_table table;
    size_t line;
} reference;

/* ---- The file ---------------------------------------------------------------------- */

static slt_status read_file(reference *r, slt_error *err)
{
    slt_buffer bytes = {0};
    char found[SLT_SHA256_TEXT_MAX];
    const char *path = slt_buffer_text(&r->path);
    slt_status status = slt_io_read(path, SLT_FIGURE_REFERENCE_MAX, &bytes, err);
    if (!status)
        slt_sha256_of(bytes.data, bytes.size, found);
    if (!status && strcmp(found, r->spec->sha256))
        status = slt_fail(err, SLT_FORMAT, "%s: expected SHA-256 %s, found %s", path,
                          r->spec->sha256, found);
    if (!status)
        status = slt_csv_table_read((const char *)bytes.data, bytes.size, path, &r->table,
                                    err);
    slt_buffer_free(&bytes);
    return status;
}

/* ---- Its lines --------------------------------------------------------------------- */

static slt_expression_name find_column(void *context, const char *text, size_t *size,
                                       slt_real *value, slt_error *why)
{
    const reference *r = context;
    const size_t length = strspn(text, LETTERS);
    const size_t column = slt_csv_table_column(&r->table, text, length);
    *size = 0;
    if (column == SIZE_MAX) {
        slt_fail(why, SLT_FORMAT, "no column of the file has this name");
        return SLT_NAME_UNKNOWN;
    }
    const char *cell = slt_csv_table_cell(&r->table, r->line, column);
    if (*cell && !slt_real_parse(cell, value)) {
        slt_fail(why, SLT_FORMAT, "expected a number, found '%.40s'", cell);
        return SLT_NAME_UNKNOWN;
    }
    *size = length;
    return *cell ? SLT_NAME_KNOWN : SLT_NAME_ABSENT;
}

/* An expression over the columns in this line; absent where one of its cells is empty. */
static slt_status value_of(reference *r, const char *text, slt_real *value,
                           slt_error *err)
{
    const slt_expression_names names = {r, find_column};
    slt_error inner;
    bool absent;
    *value = slt_real_absent();
    if (!text)
        return SLT_OK;
    if (slt_expression_value(text, &names, value, &absent, &inner))
        return slt_fail(err, SLT_FORMAT, "%s:%zu: %s", slt_buffer_text(&r->path),
                        r->table.line[r->line + 1], inner.text);
    if (absent || !slt_real_finite(*value))
        *value = slt_real_absent();
    return SLT_OK;
}

static slt_status selects(reference *r, bool *selected, slt_error *err)
{
    *selected = true;
    for (size_t i = 0; i < r->spec->cell_count; i++) {
        const slt_cell_spec *cell = &r->spec->cells[i];
        const size_t column =
            slt_csv_table_column(&r->table, cell->column, strlen(cell->column));
        if (column == SIZE_MAX)
            return slt_fail(err, SLT_FORMAT, "%s:%zu: where: no column is called %s",
                            slt_buffer_text(&r->path), r->table.line[0], cell->column);
        *selected &= !strcmp(slt_csv_table_cell(&r->table, r->line, column), cell->text);
    }
    return SLT_OK;
}

/* How many a value is of: a whole number. */
static slt_status count_of(reference *r, slt_real value, uint64_t *n, slt_error *err)
{
    int64_t nearest = 0;
    const bool whole = !slt_real_less(value, slt_real_of(0)) &&
                       slt_real_less(value, slt_real_of(0x1p53)) &&
                       slt_real_to_fixed(value, 0, &nearest) &&
                       !slt_real_less(value, slt_real_from_u64((uint64_t)nearest)) &&
                       !slt_real_less(slt_real_from_u64((uint64_t)nearest), value);
    *n = (uint64_t)nearest;
    return whole ? SLT_OK
                 : slt_fail(err, SLT_FORMAT, "%s:%zu: n: expected a whole number",
                            slt_buffer_text(&r->path), r->table.line[r->line + 1]);
}

/* Adds the point of a line, if it has both x and y. */
static slt_status add_line(slt_figure *figure, reference *r, bool *any, slt_error *err)
{
    const slt_table_origin origin = {.part = SLT_TABLE_REFERENCE,
                                     .item =
                                         (size_t)(r->spec - figure->spec->references)};
    const char *const texts[] = {r->spec->x, r->spec->y, r->spec->error, r->spec->n};
    slt_real value[4];
    slt_status status = SLT_OK;
    uint64_t n = 0;
    char x[SLT_REAL_TEXT_MAX];
    for (size_t i = 0; i < 4 && !status; i++)
        status = value_of(r, texts[i], &value[i], err);
    if (status || !slt_real_finite(value[0]) || !slt_real_finite(value[1]))
        return status;
    const bool has_n = slt_real_finite(value[3]);
    if (has_n)
        status = count_of(r, value[3], &n, err);
    *any = true;
    slt_real_text(value[0], x);
    return status ? status
                  : slt_figure_add(figure, origin, x, value[1],
                                   slt_real_finite(value[2]) ? &value[2] : NULL,
                                   has_n ? &n : NULL, err, "reference.%s", r->spec->name);
}

static slt_status add_lines(slt_figure *figure, reference *r, slt_error *err)
{
    bool any = false, selected = false;
    slt_status status = SLT_OK;
    for (r->line = 0; r->line < r->table.lines && !status; r->line++) {
        status = selects(r, &selected, err);
        if (!status && selected)
            status = add_line(figure, r, &any, err);
    }
    if (!status && !any)
        status = slt_fail(err, SLT_FORMAT, "%s: no line of it has x and y%s",
                          slt_buffer_text(&r->path),
                          r->spec->cell_count ? ", of those that `where` selects" : "");
    return status;
}

static slt_status make_reference(slt_figure *figure, const slt_reference_spec *spec,
                                 slt_error *err)
{
    reference r = {.spec = spec};
    slt_status status = slt_tree_name_beside(slt_manifest_path(figure->manifest),
                                             spec->file, &r.path, err);
    if (!status)
        status = read_file(&r, err);
    if (!status)
        status = add_lines(figure, &r, err);
    slt_csv_table_free(&r.table);
    slt_buffer_free(&r.path);
    return status;
}

slt_status slt_reference_rows(slt_figure *figure, const slt_measures *measures,
                              slt_error *err)
{
    slt_status status = SLT_OK;
    (void)measures;
    for (size_t i = 0; i < figure->spec->reference_count && !status; i++) {
        const slt_reference_spec *spec = &figure->spec->references[i];
        slt_error inner;
        status = make_reference(figure, spec, &inner);
        if (status)
            status = slt_fail(err, status, "%s:%d: figure.references.%s: %s",
                              slt_manifest_path(figure->manifest), spec->place.line,
                              spec->name, inner.text);
    }
    return status;
}
