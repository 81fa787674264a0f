/* codec/csv_table.c: tables of anyone, and what is no table. */
#include "tap.h"

#include "codec/csv_table.h"

static void refuses(const char *csv, size_t size, const char *part)
{
    slt_csv_table table;
    slt_error err = {0};
    const slt_status status = slt_csv_table_read(csv, size, "t.csv", &table, &err);
    if (!TAP_OK(status == SLT_FORMAT && strstr(err.text, part), "refuses: %s", part))
        tap_note("said '%s'", err.text);
}

static void test_reads(void)
{
    static const char csv[] =
        "a,\"b \"\"c\"\"\",d\r\n1,\"x,y\",\n\n\"two\nlines\",,\"\"\r\n"
        "4,5,6";
    slt_csv_table t;
    slt_error err;
    if (slt_csv_table_read(csv, sizeof csv - 1, "t.csv", &t, &err))
        tap_bail(err.text);
    TAP_EQ_U64(t.columns, 3, "columns");
    TAP_EQ_U64(t.lines, 3, "lines, the header and blank ones aside");
    TAP_EQ_U64(slt_csv_table_column(&t, "b \"c\"", 5), 1, "a quoted name");
    TAP_EQ_U64(slt_csv_table_column(&t, "dx", 1), 2, "a name by its size");
    TAP_EQ_U64(slt_csv_table_column(&t, "e", 1), SIZE_MAX, "none of that name");
    TAP_EQ_TEXT(slt_csv_table_cell(&t, 0, 1), "x,y", "a comma");
    TAP_EQ_TEXT(slt_csv_table_cell(&t, 0, 2), "", "an empty cell");
    TAP_EQ_TEXT(slt_csv_table_cell(&t, 1, 0), "two\nlines", "a line end");
    TAP_EQ_TEXT(slt_csv_table_cell(&t, 2, 2), "6", "a last line without an end");
    TAP_EQ_U64(t.line[2], 4, "where a line begins");
    TAP_EQ_U64(t.line[3], 6, "behind one of two lines");
    slt_csv_table_free(&t);
}

static void test_refuses(void)
{
    refuses("", 0, "t.csv:1: expected a header");
    refuses("\n\n", 2, "expected a header");
    refuses("a,b\n1,2\n1\n", 10,
            "t.csv:3: expected 2 fields, as the header has, found 1");
    refuses("a,b\n1,2,3\n", 10, "t.csv:2: expected 2 fields, as the header has, found 3");
    refuses("a,b,a\n", 6, "t.csv:1: two columns have one name");
    refuses("a\n\"1\n2\n", 8, "t.csv:2: expected CSV");
    refuses("a\n1\"2\n", 6, "t.csv:2: expected CSV");
    refuses("a\n\"1\"2\n", 8, "t.csv:2: expected CSV");
    refuses("a\n1\0\n", 5, "or a NUL");
    refuses("a\n1\r2\n", 6, "t.csv:2: expected CSV");
    char many[2 * SLT_CSV_COLUMNS_MAX + 2];
    for (size_t i = 0; i < sizeof many - 1; i++)
        many[i] = i % 2 ? ',' : 'a';
    many[sizeof many - 1] = 0;
    refuses(many, strlen(many), "expected at most 64 columns, found 65");
}

int main(void)
{
    test_reads();
    test_refuses();
    return tap_done();
}
