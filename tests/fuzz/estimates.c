/* CSV of estimates from elsewhere: what is taken, written again from its rows, is read as
 * the same rows; and where the other reader of CSV takes the bytes too, both have as many
 * rows with the same runs. */
#include "fuzz.h"

#include "audit/estimates_rows.h"
#include "codec/csv_table.h"

static void seed(size_t n, slt_buffer *bytes)
{
    static const char *const texts[] = {
        "run,source,llc,mcse\n0,a,1.5,0.25\n1,a,NA,\n2,a,-0.5,nan\n0,b,3,0\n",
        "\xef\xbb\xbfmcse , run,\"source\",other,llc\r\n0.5,3.0,\"x, "
        "\"\"y\"\"\",,2e-3\r\n"
        "\r\nNone,4, z ,\"a\nb\",Null\r\n",
        "run,source,llc,mcse\n18446744073709551615,s,1e308,5e-324",
    };
    slt_buffer_append(bytes, texts[n], strlen(texts[n]));
}

static void write_rows(const slt_rows *rows, slt_buffer *out)
{
    char text[SLT_REAL_TEXT_MAX];
    slt_buffer_printf(out, "run,source,llc,mcse\n");
    for (size_t i = 0; i < rows->count; i++) {
        const slt_row *row = &rows->rows[i];
        slt_buffer_printf(out, "%" PRIu64 ",\"", row->run);
        for (const char *c = rows->sources[row->source]; *c; c++)
            slt_buffer_printf(out, *c == '"' ? "\"\"" : "%c", *c);
        slt_buffer_printf(out, "\",");
        if (row->kind == SLT_ROW_ESTIMATE) {
            slt_real_text(row->llc, text);
            slt_buffer_printf(out, "%s", text);
        }
        slt_buffer_byte(out, ',');
        if (slt_real_finite(row->mcse)) {
            slt_real_text(row->mcse, text);
            slt_buffer_printf(out, "%s", text);
        }
        slt_buffer_byte(out, '\n');
    }
}

static bool same_rows(const slt_rows *a, const slt_rows *b)
{
    bool same = a->count == b->count && a->source_count == b->source_count;
    for (size_t i = 0; same && i < a->count; i++) {
        const slt_row *x = &a->rows[i], *y = &b->rows[i];
        same = x->run == y->run && x->source == y->source && x->kind == y->kind &&
               x->llc.bits == y->llc.bits && x->mcse.bits == y->mcse.bits;
    }
    for (size_t i = 0; same && i < a->source_count; i++)
        same = !strcmp(a->sources[i], b->sources[i]);
    return same;
}

/* The table counts lines of blanks as rows, and knows no byte order mark and no blanks
 * around quotes. */
static void check_table(const slt_rows *rows, const uint8_t *bytes, size_t size)
{
    slt_csv_table table;
    const bool marked = size >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3);
    const char *text = (const char *)bytes + (marked ? 3 : 0);
    if (slt_csv_table_read(text, size - (marked ? 3 : 0), "x", &table, NULL))
        return;
    const size_t run = slt_csv_table_column(&table, "run", 3);
    if (run != SIZE_MAX && table.columns > 1) {
        FUZZ_REQUIRE(table.lines == rows->count, "%zu rows, the other reader has %zu",
                     rows->count, table.lines);
        for (size_t i = 0; i < rows->count; i++)
            FUZZ_REQUIRE(strtoull(slt_csv_table_cell(&table, i, run), NULL, 10) ==
                             rows->rows[i].run,
                         "row %zu is of another run", i);
    }
    slt_csv_table_free(&table);
}

static void check_again(const slt_rows *rows)
{
    slt_rows again;
    slt_buffer text = {0};
    slt_error err = {0};
    write_rows(rows, &text);
    const slt_status status =
        slt_rows_parse((const char *)text.data, text.size, "y", NULL, &again, &err);
    FUZZ_REQUIRE(!status && same_rows(rows, &again), "written again: %s",
                 status ? err.text : "other rows");
    slt_rows_free(&again);
    slt_buffer_free(&text);
}

static bool check(const uint8_t *bytes, size_t size)
{
    slt_rows rows;
    slt_error err = {0};
    slt_status status = slt_rows_parse((const char *)bytes, size, "x", NULL, &rows, &err);
    if (status) {
        FUZZ_REFUSED(status, err, "x:");
        FUZZ_REQUIRE(!rows.rows && !rows.sources, "refused, and rows are left");
        return false;
    }
    for (size_t i = 0; i < rows.count; i++)
        FUZZ_REQUIRE((rows.rows[i].kind == SLT_ROW_NONE) !=
                         slt_real_finite(rows.rows[i].llc),
                     "row %zu: an estimate that is none", i);
    if (fuzz_looks_closer()) {
        check_table(&rows, bytes, size);
        check_again(&rows);
    }
    slt_rows_free(&rows);
    return true;
}

static slt_status reread(const uint8_t *bytes, size_t size, slt_buffer *said)
{
    slt_rows rows;
    slt_status status = slt_rows_parse((const char *)bytes, size, "x", NULL, &rows, NULL);
    if (!status)
        write_rows(&rows, said);
    slt_rows_free(&rows);
    return status;
}

static const fuzz_target fuzz_this = {.name = "estimates",
                                      .mutants = 50000,
                                      .seeds = 3,
                                      .seed = seed,
                                      .check = check,
                                      .reread = reread};

FUZZ_MAIN
