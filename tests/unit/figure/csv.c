/* figure: csv.c: figure data as text and back. */
#include "figure/table.h"

#include "tap.h"

static slt_error err;

static void add(slt_table *table, slt_table_part part, const char *series, const char *x,
                double value, bool has_error)
{
    slt_table_row row = {.series = (char *)series,
                         .x = (char *)x,
                         .origin = {.part = part},
                         .value = slt_real_of(value),
                         .error = slt_real_of(0.5),
                         .has_error = has_error,
                         .has_n = has_error,
                         .n = 10};
    slt_table_add(table, &row, NULL);
}

static const char sample[] = "series,x,value,error,n\n"
                             "llc/mean,1,98.7109375,0.5,10\n"
                             "\"a, \"\"b\"\"\",adam,-0,,\n"
                             "fit.linear.a1,,1e+21,0.5,10\n";

static void test_print(void)
{
    slt_table table = {0};
    slt_buffer csv = {0};
    add(&table, SLT_TABLE_ROWS, "llc/mean", "1", 98.7109375, true);
    add(&table, SLT_TABLE_ROWS, "a, \"b\"", "adam", -0.0, false);
    add(&table, SLT_TABLE_FIT, "fit.linear.a1", "", 1e21, true);
    slt_table_print(&table, &csv);
    TAP_EQ_TEXT(slt_buffer_text(&csv), sample, "text of a table");
    TAP_EQ_U64(table.data_count, 2, "rows with an x are data");
    slt_buffer_free(&csv);
    slt_table_free(&table);
}

static void test_parse(void)
{
    slt_table table;
    TAP_OK(!slt_table_parse(sample, sizeof sample - 1, "x", &table, &err), "is read: %s",
           err.text);
    TAP_EQ_U64(table.count, 3, "rows");
    TAP_EQ_TEXT(table.rows[1].series, "a, \"b\"", "a quoted field");
    TAP_OK(table.rows[1].value.bits == (uint64_t)1 << 63, "minus zero");
    TAP_OK(!table.rows[1].has_error && !table.rows[1].has_n, "empty fields");
    TAP_EQ_U64(table.rows[2].n, 10, "n");
    slt_table_free(&table);
}

static void refuses(const char *text, const char *part)
{
    slt_table table;
    err.text[0] = 0;
    slt_status status = slt_table_parse(text, strlen(text), "x", &table, &err);
    if (!TAP_OK(status == SLT_FORMAT && strstr(err.text, part), "refused: %s", part))
        tap_note("said '%s'", err.text);
    if (!status)
        slt_table_free(&table);
}

#define HEAD "series,x,value,error,n\n"

/* Every proper prefix that does not end in a whole line. */
static void test_truncated(void)
{
    size_t accepted = 0;
    for (size_t size = 0; size < sizeof sample - 1; size++) {
        slt_table table;
        bool line = size >= sizeof HEAD - 1 && sample[size - 1] == '\n';
        slt_status status = slt_table_parse(sample, size, "x", &table, &err);
        accepted += !status && !line;
        if (!status)
            slt_table_free(&table);
    }
    TAP_EQ_U64(accepted, 0, "no text cut inside a line is read");
}

int main(void)
{
    test_print();
    test_parse();
    test_truncated();
    refuses("", "x:1");
    refuses("series,x,value\n", "x:1");
    refuses("series,x,value,error,m\na,1,2,3,4\n", "x:1");
    refuses(HEAD "fit.linear.a1,,1,,\na,1,2,3,4\n", "x:3: expected rows, points");
    refuses(HEAD "a,1,2,3\n", "x:2");
    refuses(HEAD "a,1,2,3,4,5\n", "x:2");
    refuses(HEAD "a,1,two,3,4\n", "x:2");
    refuses(HEAD "a,1,2,3,four\n", "x:2");
    refuses(HEAD "a,1,2.0,3,4\n", "x:2");
    refuses(HEAD "a,1,2,3,4\r\n", "x:2");
    refuses(HEAD "a,1,2,3,04\n", "x:2");
    refuses(HEAD "a,1,2,3,4\na,1,nan,3,4\n", "x:3");
    refuses(HEAD "\"a,1,2,3,4\n", "x:2");
    return tap_done();
}
