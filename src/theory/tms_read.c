/* Weights of a toy model of superposition from a text file. */
#include <sltrace/theory.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <sltrace/real.h>

#include "base/buffer.h"
#include "base/fpenv.h"
#include "base/io.h"

/* Cubes of products of such weights stay finite, and the longest file is one of
 * 1025 x 1024 numbers of at most 32 bytes. */
#define ENTRY_MAX 1e30
#define FILE_MAX ((size_t)SLT_TMS_SIZE_MAX * (SLT_TMS_SIZE_MAX + 1) * 32)

typedef struct reader {
    const char *path;
    size_t line, columns, rows;
    slt_buffer values; /* doubles */
} reader;

static slt_status read_number(reader *r, const char *line, const char *word,
                              slt_error *err)
{
    slt_real real;
    if (!slt_real_parse(word, &real) || !(fabs(slt_real_double(real)) <= ENTRY_MAX))
        return slt_fail(err, SLT_FORMAT,
                        "%s:%zu:%zu: expected a number of size at most 1e30, found "
                        "'%.40s'",
                        r->path, r->line, (size_t)(word - line) + 1, word);
    double value = slt_real_double(real);
    slt_buffer_append(&r->values, &value, sizeof value);
    return SLT_OK;
}

/* Reads the numbers of one line, which it cuts into words in place. */
static slt_status read_row(reader *r, char *line, slt_error *err)
{
    static const char between[] = ", \t\r";
    char *rest = line, *word;
    size_t count = 0;
    if (line[strspn(line, between)] == '#')
        return SLT_OK;
    while ((word = strtok_r(count ? NULL : line, between, &rest))) {
        if (++count > SLT_TMS_SIZE_MAX)
            return slt_fail(err, SLT_FORMAT, "%s:%zu: expected at most %d numbers",
                            r->path, r->line, SLT_TMS_SIZE_MAX);
        slt_status status = read_number(r, line, word, err);
        if (status)
            return status;
    }
    if (count == 0)
        return SLT_OK;
    if (r->rows > 0 && count != r->columns)
        return slt_fail(err, SLT_FORMAT,
                        "%s:%zu: expected %zu numbers as in the first row, found %zu",
                        r->path, r->line, r->columns, count);
    r->columns = count;
    if (++r->rows > SLT_TMS_SIZE_MAX + 1)
        return slt_fail(err, SLT_FORMAT, "%s:%zu: expected at most %d rows of W, then b",
                        r->path, r->line, SLT_TMS_SIZE_MAX);
    return SLT_OK;
}

static slt_status read_rows(reader *r, char *text, size_t size, slt_error *err)
{
    const char *zero = memchr(text, 0, size);
    if (zero)
        return slt_fail(err, SLT_FORMAT, "%s: byte %zu: expected text, found a NUL",
                        r->path, (size_t)(zero - text));
    slt_status status = SLT_OK;
    for (char *line = text, *next; line && status == SLT_OK; line = next) {
        r->line++;
        next = strchr(line, '\n');
        if (next)
            *next++ = 0;
        status = read_row(r, line, err);
    }
    if (status == SLT_OK && r->rows < 2)
        status = slt_fail(err, SLT_FORMAT,
                          "%s: expected at least two rows, W and then b; found %zu",
                          r->path, r->rows);
    return status;
}

slt_status slt_theory_tms_read(const char *path, slt_tms *net, slt_error *err)
{
    SLT_FPENV_ENTERED;
    slt_buffer bytes = {0};
    reader r = {.path = path};
    slt_status status = slt_io_read(path, FILE_MAX, &bytes, err);
    if (status == SLT_OK) {
        slt_buffer_byte(&bytes, 0);
        status = bytes.failed ? SLT_OK
                              : read_rows(&r, (char *)bytes.data, bytes.size - 1, err);
    }
    if (status == SLT_OK && (bytes.failed || r.values.failed))
        status = slt_fail(err, SLT_RESOURCE, "%s: out of memory", path);
    slt_buffer_free(&bytes);
    if (status)
        slt_buffer_free(&r.values);
    else
        *net = (slt_tms){r.columns, r.rows - 1, (void *)r.values.data};
    return status;
}

void slt_theory_tms_free(slt_tms *net)
{
    free(net->values);
    net->values = NULL;
}
