/* Figure data: what is taken is what is written of its rows; the other reader of CSV has
 * the same fields; and what is looked up by name is there. */
#include "fuzz.h"

#include "base/escape.h"
#include "codec/csv_table.h"
#include "figure/table.h"

static void seed(size_t n, slt_buffer *bytes)
{
    static const char *const texts[] = {
        "series,x,value,error,n\na=1,1,2.5,0.5,4\na=1,2,-3,,\n\"b, c\",x y,1e-300,0,1\n"
        "points.p,1,1,,\nhist.h,0.5,3,,3\ncurve.c.loss,10,0.25,,\nchain.w.ranks.0,0,1,0."
        "5,2\nslope.f,1,2,0.1,9\n"
        "reference.r,1,1,,\nratio.q,1,1,,\nfit.linear.a1,,-0.5,0.25,10\n"
        "stat.i.mean,,1,,\nstatus.done,,3,,3\n",
        "series,x,value,error,n\n\"q\"\"uote\",\"l\n\",-0,,18446744073709551615\n"
        "summary.llc,,1,,\nbootstrap.b.low,,1,,\ncluster.k.0,,1,,\nhist.h.width,,1,,\n"
        "compare.c.max,,1,,\nother,,1,,\n",
        "series,x,value,error,n\n",
    };
    slt_buffer_append(bytes, texts[n], strlen(texts[n]));
}

/* Whether a cell is what a field of figure data says. */
static bool is_cell(const char *cell, const char *text)
{
    char *copy = strdup(cell);
    bool same = copy && !strcmp(slt_escape_csv_restore(copy), text);
    free(copy);
    return same;
}

static void check_table(const slt_table *rows, const uint8_t *bytes, size_t size)
{
    slt_csv_table table;
    slt_error err = {0};
    slt_status status = slt_csv_table_read((const char *)bytes, size, "x", &table, &err);
    FUZZ_REQUIRE(!status, "the other reader refuses: %s", err.text);
    if (status)
        return;
    FUZZ_REQUIRE(table.columns == 5 && table.lines == rows->count,
                 "the other reader has %zu x %zu", table.lines, table.columns);
    for (size_t i = 0; i < rows->count && i < table.lines; i++) {
        const slt_table_row *row = &rows->rows[i];
        slt_real value;
        FUZZ_REQUIRE(is_cell(slt_csv_table_cell(&table, i, 0), row->series) &&
                         is_cell(slt_csv_table_cell(&table, i, 1), row->x) &&
                         slt_real_parse(slt_csv_table_cell(&table, i, 2), &value) &&
                         value.bits == row->value.bits &&
                         !*slt_csv_table_cell(&table, i, 3) == !row->has_error &&
                         !*slt_csv_table_cell(&table, i, 4) == !row->has_n,
                     "row %zu differs in the other reader", i);
    }
    slt_csv_table_free(&table);
}

static void check_names(const slt_table *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        const slt_table_row *row = &rows->rows[i];
        const slt_table_row *named = slt_table_named(rows, row->series);
        const slt_table_row *at = slt_table_at(rows, row->series, row->x);
        FUZZ_REQUIRE(*row->x || (named && !strcmp(named->series, row->series)),
                     "row %zu is not found by its name", i);
        FUZZ_REQUIRE(!at || at == row || i >= rows->data_count,
                     "row %zu: another is found", i);
    }
}

static bool check(const uint8_t *bytes, size_t size)
{
    slt_table table;
    slt_buffer again = {0};
    slt_error err = {0};
    slt_status status = slt_table_parse((const char *)bytes, size, "x", &table, &err);
    if (status) {
        FUZZ_REFUSED(status, err, "x:");
        return false;
    }
    if (fuzz_looks_closer()) {
        slt_table_print(&table, &again);
        FUZZ_REQUIRE(fuzz_same(&again, bytes, size), "written again it is other bytes");
        check_table(&table, bytes, size);
        check_names(&table);
    }
    slt_buffer_free(&again);
    slt_table_free(&table);
    return true;
}

static slt_status reread(const uint8_t *bytes, size_t size, slt_buffer *said)
{
    slt_table table;
    slt_status status = slt_table_parse((const char *)bytes, size, "x", &table, NULL);
    if (!status)
        slt_table_print(&table, said);
    slt_table_free(&table);
    return status;
}

static const fuzz_target fuzz_this = {.name = "figure",
                                      .mutants = 50000,
                                      .seeds = 3,
                                      .seed = seed,
                                      .check = check,
                                      .reread = reread};

FUZZ_MAIN
