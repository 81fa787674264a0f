/* CSV of anyone (references of figures): what is taken, written with quotes around each
 * field and read again, has the same cells; and each line says where it is. */
#include "fuzz.h"

#include "codec/csv_table.h"

static void seed(size_t n, slt_buffer *bytes)
{
    static const char *const texts[] = {
        "rank,llc,err\n1,2.5,0.1\n2,3.5,\n\n3,-1e-3,0.2\n",
        "a,\"b,c\",\"d\"\"e\"\r\n\"x\ny\",2,3\r\n4,,\"\"\r\n",
        "x\n1\n\n\n2",
        "n,caf\xc3\xa9\n1,\"\r\"\n",
    };
    slt_buffer_append(bytes, texts[n], strlen(texts[n]));
}

static void write_cell(slt_buffer *out, const char *cell)
{
    slt_buffer_byte(out, '"');
    for (; *cell; cell++) {
        slt_buffer_byte(out, (uint8_t)*cell);
        if (*cell == '"')
            slt_buffer_byte(out, '"');
    }
    slt_buffer_byte(out, '"');
}

static void write_table(const slt_csv_table *table, slt_buffer *out)
{
    for (size_t i = 0; i < (table->lines + 1) * table->columns; i++) {
        write_cell(out, table->cells[i]);
        slt_buffer_byte(out, (i + 1) % table->columns ? ',' : '\n');
    }
}

static bool same_cells(const slt_csv_table *a, const slt_csv_table *b)
{
    bool same = a->columns == b->columns && a->lines == b->lines;
    for (size_t i = 0; same && i < (a->lines + 1) * a->columns; i++)
        same = !strcmp(a->cells[i], b->cells[i]);
    return same;
}

static bool check(const uint8_t *bytes, size_t size)
{
    slt_csv_table table, again;
    slt_buffer text = {0};
    slt_error err = {0};
    slt_status status = slt_csv_table_read((const char *)bytes, size, "x", &table, &err);
    if (status) {
        FUZZ_REFUSED(status, err, "x:");
        return false;
    }
    size_t lines = 1;
    for (size_t i = 0; i < size; i++)
        lines += bytes[i] == '\n';
    for (size_t i = 0; i <= table.lines; i++)
        FUZZ_REQUIRE(table.line[i] > (i ? table.line[i - 1] : 0) &&
                         table.line[i] <= lines,
                     "row %zu is said to be on line %zu", i, table.line[i]);
    for (size_t c = 0; c < table.columns; c++)
        FUZZ_REQUIRE(
            slt_csv_table_column(&table, table.cells[c], strlen(table.cells[c])) == c,
            "column %zu is not found", c);
    write_table(&table, &text);
    status = slt_csv_table_read((const char *)text.data, text.size, "y", &again, &err);
    FUZZ_REQUIRE(!status && same_cells(&table, &again), "written again: %s",
                 status ? err.text : "other cells");
    slt_csv_table_free(&again);
    slt_csv_table_free(&table);
    slt_buffer_free(&text);
    return true;
}

static slt_status reread(const uint8_t *bytes, size_t size, slt_buffer *said)
{
    slt_csv_table table;
    slt_status status = slt_csv_table_read((const char *)bytes, size, "x", &table, NULL);
    if (!status)
        write_table(&table, said);
    slt_csv_table_free(&table);
    return status;
}

static const fuzz_target fuzz_this = {.name = "reference",
                                      .mutants = 50000,
                                      .seeds = 4,
                                      .seed = seed,
                                      .check = check,
                                      .reread = reread};

FUZZ_MAIN
