/* Reads estimates from CSV. */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "audit/estimates_rows.h"
#include "base/buffer.h"
#include "base/escape.h"

enum { RUN, SOURCE, LLC, MCSE, COLUMNS };
static const char *const names[COLUMNS] = {"run", "source", "llc", "mcse"};

#define NAMES "the 4 columns run, source, llc and mcse, each once"

typedef struct reader {
    const char *path, *at, *end;
    const atomic_int *cancel;
    size_t line;              /* the line of `at` */
    size_t begun;             /* the line on which the row begins */
    size_t fields;            /* how many in each row */
    size_t field_of[COLUMNS]; /* in which field a column is; SIZE_MAX: not found yet */
    slt_buffer column[COLUMNS],
        other; /* text of this row's columns, and of any other field */
    slt_error *err;
} reader;

static slt_status csv_wrong(const reader *r, size_t line, const char *what)
{
    return slt_fail(r->err, SLT_FORMAT, "%s:%zu: %s", r->path, line, what);
}

/* "expected WHAT, found 'TEXT'", with control characters escaped. */
static slt_status csv_unexpected(const reader *r, const char *what, const char *text)
{
    slt_buffer word = {0};
    size_t size = strlen(text);
    slt_escape_word(&word, text, size < 60 ? size : 60);
    slt_status status =
        slt_fail(r->err, SLT_FORMAT, "%s:%zu: expected %s, found %s", r->path, r->begun,
                 what, size ? slt_buffer_text(&word) : "nothing");
    slt_buffer_free(&word);
    return status;
}

/* ---- Fields ------------------------------------------------------------------------ */

static void csv_skip_blanks(reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t'))
        r->at++;
}

/* Whether `at` is at the end of a line: LF, CRLF or the end of the text. */
static bool csv_at_line_end(const reader *r)
{
    return r->at == r->end || *r->at == '\n' ||
           (*r->at == '\r' && r->at + 1 < r->end && r->at[1] == '\n') ||
           (*r->at == '\r' && r->at + 1 == r->end);
}

static slt_status csv_read_quoted(reader *r, slt_buffer *field)
{
    size_t opened = r->line;
    for (r->at++; r->at < r->end; r->at++) {
        if (*r->at == '"' && (r->at + 1 == r->end || r->at[1] != '"')) {
            r->at++;
            return SLT_OK;
        }
        r->at += *r->at == '"';
        r->line += *r->at == '\n';
        if (!*r->at)
            return csv_wrong(r, r->line, "a NUL byte");
        slt_buffer_byte(field, (uint8_t)*r->at);
    }
    return csv_wrong(r, opened, "a quote that is never closed");
}

static slt_status csv_read_plain(reader *r, slt_buffer *field)
{
    for (; !csv_at_line_end(r) && *r->at != ','; r->at++) {
        if (!*r->at)
            return csv_wrong(r, r->line, "a NUL byte");
        if (*r->at == '"')
            return csv_wrong(r, r->line,
                             "a quote within a field that has none around it");
        if (*r->at == '\r')
            return csv_wrong(r, r->line, "a carriage return within a line");
        slt_buffer_byte(field, (uint8_t)*r->at);
    }
    while (field->size && strchr(" \t", field->data[field->size - 1]))
        field->size--;
    return SLT_OK;
}

static slt_status csv_read_field(reader *r, slt_buffer *field)
{
    slt_buffer_clear(field);
    csv_skip_blanks(r);
    bool quoted = r->at < r->end && *r->at == '"';
    slt_status status = quoted ? csv_read_quoted(r, field) : csv_read_plain(r, field);
    if (status)
        return status;
    csv_skip_blanks(r);
    if (field->failed)
        return slt_fail(r->err, SLT_RESOURCE, "no memory for estimates");
    if (!csv_at_line_end(r) && *r->at != ',')
        return csv_wrong(r, r->line, "expected a comma behind a closing quote");
    return SLT_OK;
}

/* The buffer that takes a field of a row. */
static slt_buffer *csv_buffer_of(reader *r, size_t field)
{
    for (size_t column = 0; column < COLUMNS; column++)
        if (r->field_of[column] == field)
            return &r->column[column];
    return &r->other;
}

/* Reads a row, which must have as many fields as there are names. */
static slt_status csv_read_fields(reader *r)
{
    size_t count = 0;
    r->begun = r->line;
    for (bool more = true; more; count++) {
        if (count == r->fields)
            break;
        slt_status status = csv_read_field(r, csv_buffer_of(r, count));
        if (status)
            return status;
        more = !csv_at_line_end(r);
        r->at += more;
        if (more && count + 1 == r->fields)
            return slt_fail(r->err, SLT_FORMAT,
                            "%s:%zu: more than the %zu fields of "
                            "line 1",
                            r->path, r->begun, r->fields);
    }
    if (count < r->fields)
        return slt_fail(r->err, SLT_FORMAT, "%s:%zu: fewer than the %zu fields of line 1",
                        r->path, r->begun, r->fields);
    return SLT_OK;
}

static void csv_end_line(reader *r)
{
    while (r->at < r->end && *r->at != '\n')
        r->at++;
    r->at += r->at < r->end;
    r->line++;
}

/* ---- Rows -------------------------------------------------------------------------- */

/* Reads the names in line 1; other names than ours are ignored. */
static slt_status csv_read_names(reader *r)
{
    r->begun = r->line;
    for (size_t i = 0; i < COLUMNS; i++)
        r->field_of[i] = SIZE_MAX;
    for (bool more = true; more; r->fields++) {
        slt_status status = csv_read_field(r, &r->other);
        if (status)
            return status;
        const char *name = slt_buffer_text(&r->other);
        size_t column = 0;
        while (column < COLUMNS && strcmp(names[column], name) != 0)
            column++;
        if (column < COLUMNS && r->field_of[column] != SIZE_MAX)
            return slt_fail(r->err, SLT_FORMAT,
                            "%s:%zu: expected " NAMES ", found two %s", r->path, r->begun,
                            name);
        if (column < COLUMNS)
            r->field_of[column] = r->fields;
        more = !csv_at_line_end(r);
        r->at += more;
    }
    for (size_t i = 0; i < COLUMNS; i++)
        if (r->field_of[i] == SIZE_MAX)
            return slt_fail(r->err, SLT_FORMAT, "%s:%zu: expected " NAMES ", found no %s",
                            r->path, r->begun, names[i]);
    csv_end_line(r);
    return SLT_OK;
}

static const char *csv_text_of(reader *r, size_t column)
{
    return slt_buffer_text(&r->column[column]);
}

/* Reads a whole number, written as an integer or as a decimal ("3.0"). */
static slt_status csv_read_run(reader *r, slt_row *row)
{
    const char *text = csv_text_of(r, RUN);
    char *end;
    slt_real decimal;
    errno = 0;
    row->run = strtoull(text, &end, 10);
    if (*text >= '0' && *text <= '9' && !*end && !errno)
        return SLT_OK;
    if (*end != '.' || errno || !slt_real_parse(text, &decimal) ||
        end[1 + strspn(end + 1, "0")] || *text < '0' || *text > '9')
        return csv_unexpected(r, "the number of a run", text);
    return SLT_OK;
}

/* Whether the text stands for a missing number, in upper or lower case. */
static bool csv_is_absent(const char *text)
{
    static const char *const words[] = {"", "na", "nan", "null", "none"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(text, words[i]) == 0)
            return true;
    return false;
}

static slt_status csv_read_numbers(reader *r, slt_row *row)
{
    const char *llc = csv_text_of(r, LLC), *mcse = csv_text_of(r, MCSE);
    row->llc = row->mcse = slt_real_absent();
    row->kind = csv_is_absent(llc) ? SLT_ROW_NONE : SLT_ROW_ESTIMATE;
    if (row->kind == SLT_ROW_ESTIMATE && !slt_real_parse(llc, &row->llc))
        return csv_unexpected(r, "a decimal number as llc, or nothing", llc);
    if (csv_is_absent(mcse))
        return SLT_OK;
    if (!slt_real_parse(mcse, &row->mcse) || row->mcse.bits >> 63 ||
        !slt_real_finite(row->mcse))
        return csv_unexpected(r, "a decimal number from 0 on as mcse, or nothing", mcse);
    return SLT_OK;
}

static slt_status csv_read_row(reader *r, slt_rows *rows)
{
    slt_row row = {0};
    slt_status status = csv_read_fields(r);
    if (status)
        return status;
    row.line = r->begun;
    status = csv_read_run(r, &row);
    if (!status && !*csv_text_of(r, SOURCE))
        status = csv_unexpected(r, "the name of a source", "");
    if (!status)
        status = csv_read_numbers(r, &row);
    if (!status)
        status = slt_rows_source(rows, csv_text_of(r, SOURCE), &row.source, r->err);
    if (!status)
        status = slt_rows_add(rows, &row, r->path, r->err);
    if (!status)
        csv_end_line(r);
    return status;
}

static slt_status csv_read_all(reader *r, slt_rows *rows)
{
    slt_status status = csv_read_names(r);
    while (!status && r->at < r->end) {
        if (r->cancel && *r->cancel)
            return slt_fail(r->err, SLT_INTERRUPTED, "%s: not read whole", r->path);
        csv_skip_blanks(r);
        if (csv_at_line_end(r))
            csv_end_line(r);
        else
            status = csv_read_row(r, rows);
    }
    if (!status && !rows->count)
        status = csv_wrong(r, r->line, "expected rows, found none");
    return status;
}

slt_status slt_rows_parse(const char *text, size_t size, const char *path,
                          const atomic_int *cancel, slt_rows *rows, slt_error *err)
{
    reader r = {.path = path,
                .at = text,
                .end = text + size,
                .cancel = cancel,
                .line = 1,
                .err = err};
    *rows = (slt_rows){0};
    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        r.at += 3;
    slt_status status = csv_read_all(&r, rows);
    for (size_t i = 0; i < COLUMNS; i++)
        slt_buffer_free(&r.column[i]);
    slt_buffer_free(&r.other);
    if (status)
        slt_rows_free(rows);
    return status;
}
