/* What the doctor says on a machine that is fit, and that it knows the fingerprints. */
#include "tap.h"

#include <sltrace/check.h>

#include "num/fingerprints_1.h"
#include "num/math.h"

static const slt_doctor_line *find(const slt_doctor_line *lines, size_t count,
                                   const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(lines[i].name, name) == 0)
            return &lines[i];
    return NULL;
}

static void test_table(void)
{
    static const char *const table[] = {
#define SLT_ROW(name, hex) #name " " hex "\n",
        SLT_FINGERPRINT_MAP(SLT_ROW)
#undef SLT_ROW
    };
    char row[80];
    size_t rows = 0, equal = 0;
    FILE *file = fopen(SLT_SOURCE_DIR "/tests/kat/fingerprints.txt", "r");
    if (!file)
        tap_bail("tests/kat/fingerprints.txt is missing");
    while (fgets(row, sizeof row, file)) {
        if (row[0] == '#')
            continue;
        for (size_t i = 0; i < SLT_FN_COUNT; i++)
            equal += strcmp(table[i], row) == 0;
        rows++;
    }
    fclose(file);
    TAP_EQ_U64(rows, SLT_FN_COUNT, "a known answer a function");
    TAP_EQ_U64(equal, SLT_FN_COUNT, "the doctor's table holds the known answers");
}

int main(void)
{
    slt_doctor_line lines[SLT_DOCTOR_LINES_MAX];
    size_t count = slt_doctor(lines);
    static const char *const names[] = {
        "sltrace", "fp environment", "cpu",     "instruction sets", "byte order",
        "sleef",   "libraries",      "gnuplot", "disk",             "processors",
#ifdef SLT_FLOAT
        "fma"
#else
        "floats"
#endif
    };
    test_table();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const slt_doctor_line *line = find(lines, count, names[i]);
        TAP_OK(line && line->text[0], "a finding: %s: %s", names[i],
               line ? line->text : "none");
    }
    size_t functions = 0, here = 0, bad = 0;
    bool floats = slt_num_available(SLT_F64, NULL) == SLT_OK;
    for (int f = 0; f < SLT_FN_COUNT; f++) {
        functions += find(lines, count, slt_function_name((slt_function)f)) != NULL;
        here += slt_function_here((slt_function)f);
    }
    for (size_t i = 0; i < count; i++)
        bad += !lines[i].fine;
    TAP_EQ_U64(functions, here, "a finding a function");
    TAP_OK(here == SLT_FN_COUNT || !floats, "all of them where there are floats");
    TAP_EQ_U64(bad, floats ? 0 : 1, "nothing is wrong but the lack of floats");
    return tap_done();
}
