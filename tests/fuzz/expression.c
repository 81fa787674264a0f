/* Expressions of figures and claims: checking and computing agree on what is one; a value
 * is that of the expression in parentheses, negated twice and with other blanks; and one
 * that calls ln or exp says so. */
#include "fuzz.h"

#include "manifest/expression.h"

#define TEXT_MAX 2000

static void seed(size_t n, slt_buffer *bytes)
{
    static const char *const texts[] = {
        "1 + 2*x - (3 - y)/4e-1",
        "min(x, y, 2) + max(abs(-x), sqrt(2), 1e3)",
        "above(x, y)*at_least(y, 1.5) - none",
        "ln(2)/exp(-x) + fit.a1",
        "((((((((1))))))))",
        "-(1/0) + ln(0)*0",
    };
    slt_buffer_append(bytes, texts[n], strlen(texts[n]));
}

static slt_expression_name find(void *context, const char *text, size_t *size,
                                slt_real *value, slt_error *why)
{
    (void)context;
    *size = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._");
    *value = slt_real_of(*text == 'x' ? 0.1 : -2.5);
    if (*size == 4 && !strncmp(text, "none", 4))
        return SLT_NAME_ABSENT;
    if (*size && strchr("xyf", *text))
        return SLT_NAME_KNOWN;
    slt_fail(why, SLT_FORMAT, "unknown");
    *size = 0;
    return SLT_NAME_UNKNOWN;
}

static const slt_expression_names names = {NULL, find};

static bool is_nan(slt_real a)
{
    return a.bits << 1 > UINT64_C(0x7ff0000000000000) << 1;
}

/* That the text between two others has the same value. */
static void check_same(const char *before, const char *text, const char *behind,
                       slt_real value)
{
    slt_buffer longer = {0};
    slt_real other;
    bool absent;
    slt_error err = {0};
    slt_buffer_printf(&longer, "%s%s%s", before, text, behind);
    slt_status status =
        slt_expression_value(slt_buffer_text(&longer), &names, &other, &absent, &err);
    const bool deep = strstr(err.text, "fewer parentheses") != NULL;
    FUZZ_REQUIRE(!status || deep, "%s...%s: %s", before, behind, err.text);
    FUZZ_REQUIRE(status || other.bits == value.bits || (is_nan(other) && is_nan(value)),
                 "%s...%s has another value", before, behind);
    slt_buffer_free(&longer);
}

/* That a syntax error names a column of the text. */
static void check_refused(const char *text, const slt_error *err)
{
    size_t column = 0;
    FUZZ_REQUIRE(sscanf(err->text, "column %zu of '", &column) == 1 && column >= 1 &&
                     column <= strlen(text) + 1,
                 "%s", err->text);
}

static bool check(const uint8_t *bytes, size_t size)
{
    char text[TEXT_MAX];
    slt_real value;
    bool absent;
    slt_error err = {0}, checked = {0};
    if (size >= TEXT_MAX)
        return false;
    memcpy(text, bytes, size);
    text[size] = 0;
    slt_status status = slt_expression_value(text, &names, &value, &absent, &err);
    FUZZ_REQUIRE(slt_expression_check(text, &names, &checked) == status &&
                     !strcmp(err.text, checked.text),
                 "computed: %s; checked: %s", err.text, checked.text);
    const slt_function_set functions = slt_expression_functions(text);
    if (status) {
        check_refused(text, &err);
        return false;
    }
    FUZZ_REQUIRE(functions || (!strstr(text, "ln(") && !strstr(text, "exp(")),
                 "it calls no function");
    check_same("(", text, ")", value);
    check_same("-(-(", text, "))", value);
    check_same("  ", text, "  ", value);
    return true;
}

static const fuzz_target fuzz_this = {
    .name = "expression", .mutants = 100000, .seeds = 6, .seed = seed, .check = check};

FUZZ_MAIN
