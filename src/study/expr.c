#include "study/expr.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "num/scalar.h"

#define DEPTH_MAX 32
#define NAME_MAX_SIZE 128

/* A parser that latches its first error. */
typedef struct parser {
    const char *text, *at;
    const slt_table *table;
    int depth;
    slt_status status;
    slt_error *err;
} parser;

static slt_real parse_sum(parser *p);

static slt_real fail(parser *p, const char *at, const char *expected)
{
    if (!p->status)
        p->status = slt_fail(p->err, SLT_FORMAT, "column %zu of '%s': %s",
                             (size_t)(at - p->text) + 1, p->text, expected);
    return slt_real_of(0);
}

static char next(parser *p)
{
    while (*p->at == ' ')
        p->at++;
    return p->status ? 0 : *p->at;
}

static bool accept(parser *p, char wanted)
{
    if (next(p) != wanted || !wanted)
        return false;
    p->at++;
    return true;
}

static void expect(parser *p, char wanted)
{
    char message[16];
    snprintf(message, sizeof message, "expected '%c'", wanted);
    if (!accept(p, wanted))
        fail(p, p->at, message);
}

static slt_real parse_number(parser *p)
{
    char text[64];
    slt_real value;
    const char *from = p->at;
    size_t size = strspn(from, "0123456789.");
    if (from[size] == 'e' || from[size] == 'E') {
        size++;
        size += from[size] == '+' || from[size] == '-';
        size += strspn(from + size, "0123456789");
    }
    if (size >= sizeof text)
        return fail(p, from, "expected a shorter number");
    memcpy(text, from, size);
    text[size] = 0;
    p->at += size;
    return slt_real_parse(text, &value) ? value : fail(p, from, "expected a number");
}

/* ---- Names ------------------------------------------------------------------------- */

static slt_real absolute(slt_real value)
{
    return slt_real_less(value, slt_real_of(0)) ? slt_real_neg(value) : value;
}

static slt_real smaller(slt_real a, slt_real b)
{
    return slt_real_less(b, a) ? b : a;
}

static slt_real larger(slt_real a, slt_real b)
{
    return slt_real_less(a, b) ? b : a;
}

static slt_real of_row(parser *p, const char *from, const slt_table_row *row,
                       const char *member)
{
    if (!row)
        return fail(p, from, "no such row in the figure's data, or several");
    if (!strcmp(member, "value"))
        return row->value;
    if (!strcmp(member, "error"))
        return row->has_error ? row->error : fail(p, from, "that row has no error");
    if (!strcmp(member, "n"))
        return row->has_n ? slt_real_from_u64(row->n)
                          : fail(p, from, "that row has no n");
    return fail(p, from, "expected .value, .error or .n");
}

/* row[X].member or row[SERIES,X].member; text is what stands between the brackets. */
static slt_real of_bracket(parser *p, const char *from, char *text, const char *member)
{
    char *comma = strrchr(text, ',');
    if (comma)
        *comma = 0;
    const slt_table_row *row =
        slt_table_at(p->table, comma ? text : NULL, comma ? comma + 1 : text);
    return of_row(p, from, row, member);
}

static slt_real mean_of_rows(parser *p, const char *from)
{
    size_t count = p->table->data_count;
    slt_real *values = calloc(count, sizeof *values);
    if (!values)
        return fail(p, from, "no memory for the rows");
    for (size_t i = 0; i < count; i++)
        values[i] = p->table->rows[i].value;
    slt_real mean = slt_real_mean(values, count);
    free(values);
    return mean;
}

static slt_real of_rows(parser *p, const char *from, const char *member)
{
    const slt_table *table = p->table;
    size_t count = table->data_count;
    if (!strcmp(member, "count"))
        return slt_real_from_u64(count);
    if (!count)
        return fail(p, from, "the figure has no rows");
    if (!strcmp(member, "first"))
        return table->rows[0].value;
    if (!strcmp(member, "last"))
        return table->rows[count - 1].value;
    if (!strcmp(member, "mean"))
        return mean_of_rows(p, from);
    bool least = !strcmp(member, "min");
    if (!least && strcmp(member, "max"))
        return fail(p, from, "expected rows.mean, min, max, first, last or count");
    slt_real value = table->rows[0].value;
    for (size_t i = 1; i < count; i++)
        value = (least ? smaller : larger)(value, table->rows[i].value);
    return value;
}

static slt_real of_name(parser *p, const char *from, char *name)
{
    if (!strncmp(name, "rows.", 5))
        return of_rows(p, from, name + 5);
    const slt_table_row *row = slt_table_named(p->table, name);
    if (row)
        return row->value;
    char *dot = strrchr(name, '.');
    if (dot && !strcmp(dot, ".error")) {
        *dot = 0;
        return of_row(p, from, slt_table_named(p->table, name), "error");
    }
    return fail(p, from, "no such name in the figure's data");
}

static slt_real parse_bracket(parser *p, const char *from)
{
    char inside[NAME_MAX_SIZE], member[16];
    size_t size = strcspn(++p->at, "]");
    if (!p->at[size] || size >= sizeof inside)
        return fail(p, from, "expected row[X].value");
    memcpy(inside, p->at, size);
    inside[size] = 0;
    p->at += size + 1;
    if (*p->at != '.')
        return fail(p, p->at, "expected .value, .error or .n");
    size = strspn(++p->at, "abcdefghijklmnopqrstuvwxyz");
    if (size >= sizeof member)
        return fail(p, p->at, "expected .value, .error or .n");
    memcpy(member, p->at, size);
    member[size] = 0;
    p->at += size;
    return of_bracket(p, from, inside, member);
}

static slt_real parse_call(parser *p, const char *from, const char *name)
{
    bool one = !strcmp(name, "abs"), least = !strcmp(name, "min");
    if (!one && !least && strcmp(name, "max"))
        return fail(p, from, "expected abs, min or max before '('");
    slt_real value = parse_sum(p);
    if (one)
        value = absolute(value);
    while (!one && accept(p, ','))
        value = (least ? smaller : larger)(value, parse_sum(p));
    expect(p, ')');
    return value;
}

/* A result's name may hold what is an operator elsewhere: the longest name of the data
 * that stands here. */
static const slt_table_row *find_summary(const parser *p)
{
    const slt_table_row *found = NULL;
    size_t longest = 0;
    for (size_t i = p->table->data_count; i < p->table->count; i++) {
        const slt_table_row *row = &p->table->rows[i];
        size_t size = strlen(row->series);
        if (size > longest && !strncmp(row->series, "summary.", 8) &&
            !strncmp(p->at, row->series, size)) {
            longest = size;
            found = row;
        }
    }
    return found;
}

static slt_real parse_name(parser *p)
{
    char name[NAME_MAX_SIZE];
    const char *from = p->at;
    const slt_table_row *summary = find_summary(p);
    if (summary) {
        p->at += strlen(summary->series);
        return summary->value;
    }
    size_t size = 0;
    while (isalnum((unsigned char)from[size]) || from[size] == '_' || from[size] == '.')
        size++;
    if (size >= sizeof name)
        return fail(p, from, "expected a shorter name");
    memcpy(name, from, size);
    name[size] = 0;
    p->at += size;
    if (*p->at == '[' && !strcmp(name, "row"))
        return parse_bracket(p, from);
    return accept(p, '(') ? parse_call(p, from, name) : of_name(p, from, name);
}

/* ---- The grammar ------------------------------------------------------------------- */

static slt_real parse_term(parser *p)
{
    char c = next(p);
    if (accept(p, '(')) {
        slt_real value = parse_sum(p);
        expect(p, ')');
        return value;
    }
    if (isdigit((unsigned char)c) || c == '.')
        return parse_number(p);
    if (isalpha((unsigned char)c))
        return parse_name(p);
    return fail(p, p->at, "expected a number, a name or '('");
}

static slt_real parse_sign(parser *p)
{
    return accept(p, '-') ? slt_real_neg(parse_term(p)) : parse_term(p);
}

static slt_real parse_product(parser *p)
{
    slt_real value = parse_sign(p);
    for (;;) {
        if (accept(p, '*'))
            value = slt_real_mul(value, parse_sign(p));
        else if (accept(p, '/'))
            value = slt_real_div(value, parse_sign(p));
        else
            return value;
    }
}

static slt_real parse_sum(parser *p)
{
    if (++p->depth > DEPTH_MAX)
        return fail(p, p->at, "expected fewer parentheses inside each other");
    slt_real value = parse_product(p);
    for (;;) {
        if (accept(p, '+'))
            value = slt_real_add(value, parse_product(p));
        else if (accept(p, '-'))
            value = slt_real_sub(value, parse_product(p));
        else
            break;
    }
    p->depth--;
    return value;
}

slt_status slt_expr_value(const char *text, const slt_table *table, slt_real *value,
                          slt_error *err)
{
    parser p = {.text = text, .at = text, .table = table, .err = err};
    *value = parse_sum(&p);
    if (next(&p))
        fail(&p, p.at, "expected the end of the expression");
    if (!p.status && !slt_real_finite(*value))
        fail(&p, text, "its value is not finite");
    return p.status;
}
