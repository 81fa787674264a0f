#include "manifest/expression.h"

#include <stdio.h>
#include <string.h>

#include "num/scalar.h"

#define DEPTH_MAX 32

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* A parser that latches its first error. */
typedef struct expression_parser {
    const char *text, *at;
    const slt_expression_names *names;
    bool dry; /* only the syntax and names are checked */
    bool absent;
    int depth;
    slt_status status;
    slt_error *err;
} expression_parser;

static slt_real parse_sum(expression_parser *p);

static slt_real parse_fail(expression_parser *p, const char *at, const char *expected)
{
    if (!p->status)
        p->status = slt_fail(p->err, SLT_FORMAT, "column %zu of '%s': %s",
                             (size_t)(at - p->text) + 1, p->text, expected);
    return slt_real_of(0);
}

static char parse_peek(expression_parser *p)
{
    while (*p->at == ' ')
        p->at++;
    return p->status ? 0 : *p->at;
}

static bool parse_accept(expression_parser *p, char wanted)
{
    if (parse_peek(p) != wanted)
        return false;
    p->at++;
    return true;
}

static void parse_expect(expression_parser *p, char wanted)
{
    char message[16];
    snprintf(message, sizeof message, "expected '%c'", wanted);
    if (!parse_accept(p, wanted))
        parse_fail(p, p->at, message);
}

static slt_real parse_number(expression_parser *p)
{
    char text[64];
    slt_real value;
    const char *from = p->at;
    size_t size = strspn(from, DIGITS ".");
    if (from[size] == 'e' || from[size] == 'E') {
        size++;
        size += from[size] == '+' || from[size] == '-';
        size += strspn(from + size, DIGITS);
    }
    if (size >= sizeof text)
        return parse_fail(p, from, "expected a shorter number");
    memcpy(text, from, size);
    text[size] = 0;
    p->at += size;
    return slt_real_parse(text, &value) ? value
                                        : parse_fail(p, from, "expected a number");
}

/* ---- Functions --------------------------------------------------------------------- */

static slt_real absolute(slt_real value)
{
    return slt_real_less(value, slt_real_of(0)) ? slt_real_neg(value) : value;
}

/* a unless b is larger, and a unless b is smaller; a comparison with NaN is false. */
static slt_real larger(slt_real a, slt_real b)
{
    return slt_real_less(a, b) ? b : a;
}

static slt_real smaller(slt_real a, slt_real b)
{
    return slt_real_less(b, a) ? b : a;
}

static bool is_nan(slt_real a)
{
    return a.bits << 1 > UINT64_C(0x7ff0000000000000) << 1;
}

/* 1 or 0; 0 where either is NaN. */
static slt_real above(slt_real a, slt_real b)
{
    return slt_real_from_u64(slt_real_less(b, a));
}

static slt_real at_least(slt_real a, slt_real b)
{
    return slt_real_from_u64(!slt_real_less(a, b) && !is_nan(a) && !is_nan(b));
}

/* Calls of one number, of two, of any number of them. */
static const struct {
    const char *name;
    slt_real (*one)(slt_real);
    slt_real (*two)(slt_real, slt_real);
    slt_real (*many)(slt_real, slt_real);
    slt_function_set functions;
} calls[] = {
    {"abs", absolute, NULL, NULL, 0},
    {"min", NULL, NULL, smaller, 0},
    {"max", NULL, NULL, larger, 0},
    {"above", NULL, above, NULL, 0},
    {"at_least", NULL, at_least, NULL, 0},
    {"ln", slt_real_log, NULL, NULL, (slt_function_set)1 << SLT_FN_log},
    {"exp", slt_real_exp, NULL, NULL, (slt_function_set)1 << SLT_FN_exp},
    {"sqrt", slt_real_sqrt, NULL, NULL, 0},
};
#define CALLS (sizeof calls / sizeof *calls)

static size_t find_call(const char *name, size_t size)
{
    size_t i = 0;
    while (i < CALLS &&
           (strlen(calls[i].name) != size || strncmp(calls[i].name, name, size) != 0))
        i++;
    return i;
}

static slt_real parse_call(expression_parser *p, const char *from, size_t size)
{
    size_t call = find_call(from, size);
    if (call == CALLS)
        return parse_fail(
            p, from,
            "expected abs, min, max, above, at_least, ln, exp or sqrt before '('");
    slt_real value = parse_sum(p);
    if (calls[call].one && !p->dry)
        value = calls[call].one(value);
    if (calls[call].two) {
        parse_expect(p, ',');
        value = calls[call].two(value, parse_sum(p));
    }
    while (calls[call].many && parse_accept(p, ',')) {
        slt_real other = parse_sum(p);
        value = calls[call].many(value, other);
    }
    parse_expect(p, ')');
    return value;
}

static slt_real parse_name(expression_parser *p)
{
    const char *from = p->at;
    slt_error why = {.text = "unknown name"};
    slt_real value = {0};
    size_t size = strspn(from, LETTERS DIGITS "_");
    p->at += size;
    if (parse_accept(p, '('))
        return parse_call(p, from, size);
    size = 0;
    slt_expression_name found =
        p->names->find(p->names->context, from, &size, &value, &why);
    if (found == SLT_NAME_UNKNOWN)
        return parse_fail(p, from + size, why.text);
    p->at = from + size;
    p->absent |= found == SLT_NAME_ABSENT;
    return value;
}

/* ---- The grammar ------------------------------------------------------------------- */

static slt_real parse_term(expression_parser *p)
{
    char c = parse_peek(p);
    if (parse_accept(p, '(')) {
        slt_real value = parse_sum(p);
        parse_expect(p, ')');
        return value;
    }
    if (c && strchr(DIGITS ".", c))
        return parse_number(p);
    if (c && strchr(LETTERS "_", c))
        return parse_name(p);
    return parse_fail(p, p->at, "expected a number, a name or '('");
}

static slt_real parse_sign(expression_parser *p)
{
    return parse_accept(p, '-') ? slt_real_neg(parse_term(p)) : parse_term(p);
}

static slt_real parse_product(expression_parser *p)
{
    slt_real value = parse_sign(p);
    for (;;) {
        if (parse_accept(p, '*'))
            value = slt_real_mul(value, parse_sign(p));
        else if (parse_accept(p, '/'))
            value = slt_real_div(value, parse_sign(p));
        else
            return value;
    }
}

static slt_real parse_sum(expression_parser *p)
{
    if (++p->depth > DEPTH_MAX)
        return parse_fail(p, p->at, "expected fewer parentheses inside each other");
    slt_real value = parse_product(p);
    for (;;) {
        if (parse_accept(p, '+'))
            value = slt_real_add(value, parse_product(p));
        else if (parse_accept(p, '-'))
            value = slt_real_sub(value, parse_product(p));
        else
            break;
    }
    p->depth--;
    return value;
}

static slt_real parse_all(expression_parser *p)
{
    slt_real value = parse_sum(p);
    if (parse_peek(p))
        parse_fail(p, p->at, "expected the end of the expression");
    return value;
}

slt_status slt_expression_value(const char *text, const slt_expression_names *names,
                                slt_real *value, bool *absent, slt_error *err)
{
    expression_parser p = {.text = text, .at = text, .names = names, .err = err};
    *value = parse_all(&p);
    *absent = p.absent;
    return p.status;
}

slt_status slt_expression_check(const char *text, const slt_expression_names *names,
                                slt_error *err)
{
    expression_parser p = {
        .text = text, .at = text, .names = names, .dry = true, .err = err};
    parse_all(&p);
    return p.status;
}

slt_function_set slt_expression_functions(const char *text)
{
    slt_function_set functions = 0;
    while (*text) {
        size_t size = strspn(text, LETTERS DIGITS "_");
        size_t gap = strspn(text + size, " ");
        size_t call = text[size + gap] == '(' ? find_call(text, size) : CALLS;
        if (call < CALLS)
            functions |= calls[call].functions;
        text += size ? size : 1;
    }
    return functions;
}
