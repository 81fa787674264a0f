/* slt_real_text and slt_real_parse. */
#include <sltrace/real.h>

#include <fenv.h>
#include <locale.h>

#include "tap.h"

typedef struct row {
    uint64_t bits;
    const char *text;
} row;

static const row shortest[] = {
    {0x0000000000000000, "0"},
    {0x8000000000000000, "-0"},
    {0x3ff0000000000000, "1"},
    {0xbff8000000000000, "-1.5"},
    {0x3fb999999999999a, "0.1"},
    {0x3fd3333333333334, "0.30000000000000004"},
    {0x3eb0c6f7a0b5ed8d, "0.000001"},
    {0x3ea421f5f40d8376, "6e-7"},
    {0x3e7ad7f29abcaf48, "1e-7"},
    {0x444b1ae4d6e2ef50, "1e+21"},
    {0x444b1ae4d6e2ef4f, "999999999999999900000"},
    {0x4340000000000000, "9007199254740992"},
    {0x4340000000000001, "9007199254740994"},
    {0x44b52d02c7e14af6, "1e+23"},
    {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
    {0x44b52d02c7e14af5, "9.999999999999997e+22"},
    {0x3d30000000000000, "5.684341886080802e-14"}, /* 2^-44: the gap below is half */
    {0x0000000000000001, "5e-324"},
    {0x0000000000000002, "1e-323"},
    {0x000fffffffffffff, "2.225073858507201e-308"},
    {0x0010000000000000, "2.2250738585072014e-308"},
    {0x7fefffffffffffff, "1.7976931348623157e+308"},
    {0x400921fb54442d18, "3.141592653589793"},
    {0x3f50624dd2f1a9fc, "0.001"},
};

static void test_shortest(void)
{
    for (size_t i = 0; i < sizeof shortest / sizeof *shortest; i++) {
        char text[SLT_REAL_TEXT_MAX];
        slt_real back = {~UINT64_C(0)};
        slt_real_text((slt_real){shortest[i].bits}, text);
        TAP_EQ_TEXT(text, shortest[i].text, shortest[i].text);
        TAP_OK(slt_real_parse(text, &back) && back.bits == shortest[i].bits,
               "%s reads back", shortest[i].text);
    }
}

static void test_not_finite(void)
{
    static const row rows[] = {{0x7ff0000000000000, "inf"},
                               {0xfff0000000000000, "-inf"},
                               {0x7ff8000000000000, "nan"},
                               {0xfff8000000000001, "nan"}};
    for (int i = 0; i < 4; i++) {
        char text[SLT_REAL_TEXT_MAX];
        slt_real_text((slt_real){rows[i].bits}, text);
        TAP_EQ_TEXT(text, rows[i].text, rows[i].text);
    }
}

static const row readable[] = {
    {0x3ff0000000000000, "1."},
    {0x3fe0000000000000, ".5"},
    {0xbfe0000000000000, "-.5"},
    {0x4024000000000000, "1e1"},
    {0x4024000000000000, "1.0E+1"},
    {0x0000000000000000, "0e99999999999999999999"},
    {0x8000000000000000, "-0.0"},
    {0x0000000000000000, "1e-400"},
    {0x0000000000000000, "2.4703282292062327e-324"},
    {0x0000000000000001, "2.4703282292062328e-324"},
    {0x0000000000000001, "7.4109846876186981e-324"},
    {0x000fffffffffffff, "2.2250738585072011e-308"},
    {0x7fefffffffffffff, "1.797693134862315807e308"},
    {0x4340000000000000, "9007199254740993"},
    {0x4340000000000001, "9007199254740993.00000000000000000000000000000000001"},
    {0x4340000000000002, "9007199254740995"},
    {0x3ff0000000000000, "1.00000000000000011102230246251565404236316680908203125"},
    {0x3ff0000000000001, "1.00000000000000011102230246251565404236316680908203126"},
};

static void test_readable(void)
{
    for (size_t i = 0; i < sizeof readable / sizeof *readable; i++) {
        slt_real got = {~UINT64_C(0)};
        bool ok = slt_real_parse(readable[i].text, &got);
        if (!TAP_OK(ok && got.bits == readable[i].bits, "reads %s", readable[i].text))
            tap_note("got %016" PRIx64, got.bits);
    }
}

static void test_refused(void)
{
    static const char *const texts[] = {"",
                                        "-",
                                        "+1",
                                        ".",
                                        "-.",
                                        "e5",
                                        "1e",
                                        "1e+",
                                        "01",
                                        "-00",
                                        " 1",
                                        "1 ",
                                        "1,5",
                                        "0x10",
                                        "inf",
                                        "nan",
                                        "1e5.0",
                                        "--1",
                                        "1..0",
                                        "1.0f",
                                        "1e309",
                                        "-1e309",
                                        "1.7976931348623159e308",
                                        "1e99999999999999999999"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        slt_real got = {42};
        TAP_OK(!slt_real_parse(texts[i], &got) && got.bits == 42, "refuses '%s'",
               texts[i]);
    }
}

/* Digits far beyond any binary64, and zeros undone by the exponent. */
static void test_long(void)
{
    enum { SIZE = 200000 };
    char *text = malloc(SIZE + 32);
    slt_real got;
    memset(text, '0', SIZE);
    text[1] = '.';
    memcpy(text + SIZE, "1e199999", 9);
    TAP_OK(slt_real_parse(text, &got) && got.bits == slt_real_of(1).bits,
           "many zeros and as large an exponent");
    memcpy(text, "9007199254740993.", 17);
    TAP_OK(!slt_real_parse(text, &got), "an exponent that is too large for its zeros");
    memcpy(text + SIZE, "1", 2);
    TAP_OK(slt_real_parse(text, &got) && got.bits == 0x4340000000000001,
           "a far digit breaks a tie");
    free(text);
}

static uint64_t next_bits(void)
{
    static uint64_t state = 0x9e3779b97f4a7c15;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static int count_digits(const char *text)
{
    size_t end = strcspn(text, "e");
    if (!strchr(text, '.'))
        while (end && text[end - 1] == '0')
            end--;
    int count = 0;
    for (size_t i = 0; i < end; i++)
        if (text[i] != '.' && text[i] != '-' && (count || text[i] != '0'))
            count++;
    return count;
}

/* The C library reads and writes correctly rounded too: what it prints with enough
 * digits reads back, and the shortest text has no more digits than that needs. */
static bool agrees(slt_real x)
{
    char text[SLT_REAL_TEXT_MAX], digits[40];
    slt_real back;
    slt_real_text(x, text);
    double value = slt_real_double(x);
    int precision = -1;
    do
        snprintf(digits, sizeof digits, "%.*e", ++precision, value);
    while (slt_real_of(strtod(digits, NULL)).bits != x.bits);
    return slt_real_of(strtod(text, NULL)).bits == x.bits &&
           count_digits(text) <= precision + 1 && slt_real_parse(text, &back) &&
           back.bits == x.bits && slt_real_parse(digits, &back) && back.bits == x.bits;
}

static void test_against_libc(void)
{
    int bad = 0;
    for (int i = 0; i < 20000; i++) {
        slt_real x = {next_bits()};
        if (i % 2) /* ordinary sizes */
            x.bits = (x.bits & 0x800fffffffffffff) | (uint64_t)(1013 + i % 21) << 52;
        if (i % 16 == 2) /* powers of two */
            x.bits &= 0xfff0000000000000;
        bad += slt_real_finite(x) && x.bits << 1 && !agrees(x);
    }
    TAP_OK(bad == 0, "random numbers: both ways as strtod and printf have them");
}

static void test_surroundings(void)
{
    static const int modes[] = {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    for (int i = 0; i < 3; i++) {
        char text[SLT_REAL_TEXT_MAX];
        slt_real got = {0};
        fesetround(modes[i]);
        slt_real_text((slt_real){0x3fd3333333333334}, text);
        bool ok = slt_real_parse("0.1", &got);
        fesetround(FE_TONEAREST);
        TAP_OK(ok && got.bits == 0x3fb999999999999a &&
                   !strcmp(text, "0.30000000000000004"),
               "the rounding mode takes no part");
    }
    static const char *const locales[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8"};
    for (int i = 0; i < 3; i++) {
        if (!setlocale(LC_ALL, locales[i]))
            continue;
        char text[SLT_REAL_TEXT_MAX];
        slt_real_text(slt_real_of(0.5), text);
        TAP_EQ_TEXT(text, "0.5", locales[i]);
    }
    setlocale(LC_ALL, "C");
}

int main(void)
{
    test_shortest();
    test_not_finite();
    test_readable();
    test_refused();
    test_long();
    test_against_libc();
    test_surroundings();
    return tap_done();
}
