/* figure: expr.c and table.c: expressions of claims over figure data. */
#include "figure/expr.h"

#include "tap.h"

static slt_table table;
static slt_error err;

static void add(slt_table_part part, const char *series, const char *x, double value,
                double error, uint64_t n)
{
    slt_table_row row = {.series = (char *)series,
                         .x = (char *)x,
                         .origin = {.part = part},
                         .value = slt_real_of(value),
                         .error = slt_real_of(error),
                         .has_error = error > 0,
                         .has_n = n > 0,
                         .n = n};
    slt_table_add(&table, &row, NULL);
}

static void gives(const char *text, double expected)
{
    slt_real value;
    slt_status status = slt_expr_value(text, &table, NULL, &value, &err);
    if (!TAP_OK(!status && slt_real_double(value) == expected, "%s = %g", text, expected))
        tap_note("got %g %s", slt_real_double(value), status ? err.text : "");
}

static void refuses(const char *text, const char *part)
{
    slt_real value;
    err.text[0] = 0;
    slt_status status = slt_expr_value(text, &table, NULL, &value, &err);
    if (!TAP_OK(status == SLT_FORMAT && strstr(err.text, part), "'%.40s' is refused: %s",
                text, part))
        tap_note("said '%s'", err.text);
}

static void test_arithmetic(void)
{
    gives("1 + 2 * 3", 7);
    gives("(1 + 2) * 3", 9);
    gives("8 / 4 / 2", 1);
    gives("8 - 4 - 2", 2);
    gives("-2 * -3", 6);
    gives("1.5e1", 15);
    gives("2e-1 * 10", 2);
    gives("abs(-3)", 3);
    gives("abs(0 - 0)", 0);
    gives("min(3, 1, 2)", 1);
    gives("max(3, 1, 2)", 3);
    gives("0.1 + 0.2", 0.1 + 0.2);
    gives("at_least(1, 2)", 0);
    gives("at_least(2, 2)", 1);
    gives("at_least(0 / 0, 2)", 0);
    gives("at_least(2, 0 / 0)", 0);
}

static void test_names(void)
{
    gives("fit.quadratic.a2", -0.4);
    gives("fit.quadratic.a2.error", 0.01);
    gives("abs(fit.quadratic.a2) * 10", 0.4 * 10);
    gives("status.diverged", 3);
    gives("summary.llc/mean.min * 2", 50);
    gives("summary.llc-chain/0.max - 1", 8);
    gives("row[b,2].value", 40);
    gives("row[a,2].error", 2);
    gives("row[a,2].n", 10);
    gives("row[7].value", 70);
    gives("row[slope.nu[D=5 seed=0],0.1].value * 2", 6);
    gives("rows.mean", 36);
    gives("rows.min", 10);
    gives("rows.max", 70);
    gives("rows.first", 10);
    gives("rows.last", 70);
    gives("rows.count", 5);
    gives("row[7].value / row[a,1].value", 7);
}

static void test_refusals(void)
{
    char deep[200];
    memset(deep, '(', 100);
    memcpy(deep + 100, "1", 2);
    refuses("", "column 1");
    refuses("1 +", "column 4");
    refuses("1 2", "column 3");
    refuses("(1", "expected ')'");
    refuses(deep, "fewer parentheses");
    refuses("fit.cubic.a3", "no such name");
    refuses("fit.quadratic.r2.error", "no error");
    refuses("row[2].value", "or several");
    refuses("row[9].value", "no such row");
    refuses("row[7].error", "no error");
    refuses("row[7].colour", "expected .value");
    refuses("row[7", "expected row[X]");
    refuses("row[slope.nu[D=5 seed=0],0.1.value", "expected row[X]");
    refuses("row[7]", "expected .value");
    refuses("rows.median", "expected rows.mean");
    refuses("summary.loss.min", "no such name");
    refuses("sin(1)", "expected abs");
    refuses("1 / 0", "not finite");
    refuses("1..2", "expected a number");
    refuses("status.diverged; 1", "expected the end");
}

int main(void)
{
    add(SLT_TABLE_ROWS, "a", "1", 10, 1, 10);
    add(SLT_TABLE_ROWS, "a", "2", 20, 2, 10);
    add(SLT_TABLE_ROWS, "b", "2", 40, 0, 10);
    add(SLT_TABLE_ROWS, "b", "3", 40, 0, 10);
    add(SLT_TABLE_ROWS, "b", "7", 70, 0, 1);
    add(SLT_TABLE_SLOPE, "slope.nu[D=5 seed=0]", "0.1", 3, 0, 3);
    add(SLT_TABLE_FIT, "fit.quadratic.a2", "", -0.4, 0.01, 5);
    add(SLT_TABLE_FIT, "fit.quadratic.r2", "", 0.99, 0, 5);
    add(SLT_TABLE_SUMMARY, "summary.llc/mean.min", "", 25, 0, 5);
    add(SLT_TABLE_SUMMARY, "summary.llc-chain/0.max", "", 9, 0, 5);
    add(SLT_TABLE_STATUS, "status.diverged", "", 3, 0, 0);
    test_arithmetic();
    test_names();
    test_refusals();
    slt_table_free(&table);
    return tap_done();
}
