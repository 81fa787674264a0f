/* Closed forms of lambda: against printed values, each other, and properties. */
#include "tap.h"

#include <sltrace/theory.h>

#include "theory/rational.h"

static void expect(slt_status status, const slt_lambda *got, const char *value, int64_t m,
                   const char *name)
{
    char text[SLT_RATIONAL_TEXT_MAX] = "";
    if (status == SLT_OK)
        slt_rational_text(got->lambda, text);
    if (!TAP_OK(status == SLT_OK && strcmp(text, value) == 0 &&
                    (m == 0 || got->multiplicity == m),
                "%s is %s", name, value))
        tap_note("status %d, %s, m %" PRId64, status, text, got->multiplicity);
}

static void test_rrr(void)
{
    static const char *const printed[] = {"13/2", "8", "19/2", "21/2"};
    for (int64_t r = 0; r < 4; r++) {
        slt_lambda got = {{0, 1}, 0};
        char name[64];
        snprintf(name, sizeof name, "rrr (5,3,5) rank %" PRId64, r);
        expect(slt_theory_rrr(5, 3, 5, r, &got, NULL), &got, printed[r], r % 2 ? 1 : 2,
               name);
    }
    slt_lambda got = {{0, 1}, 0};
    expect(slt_theory_rrr(100, 53, 100, 53, &got, NULL), &got, "7791/2", 1,
           "rrr (100,53,100) rank 53");
    expect(slt_theory_rrr(2, 3, 9, 1, &got, NULL), &got, "6", 1, "rrr wide output");
    expect(slt_theory_rrr(9, 3, 2, 1, &got, NULL), &got, "6", 1, "rrr wide input");
    expect(slt_theory_rrr(2, 9, 3, 1, &got, NULL), &got, "3", 1, "rrr wide hidden layer");
}

static void test_dln(void)
{
    slt_lambda got = {{0, 1}, 0};
    expect(slt_theory_dln((const int64_t[]){5, 5, 5, 5}, 4, 2, &got, NULL), &got, "11", 1,
           "dln 5,5,5,5 rank 2");
    expect(slt_theory_dln((const int64_t[]){4, 4, 4, 4, 4}, 5, 1, &got, NULL), &got,
           "13/2", 0, "dln 4,4,4,4,4 rank 1");
    expect(slt_theory_dln((const int64_t[]){10, 10, 10}, 3, 0, &got, NULL), &got, "75/2",
           0, "dln 10,10,10 rank 0");
    expect(slt_theory_dln((const int64_t[]){3, 7}, 2, 2, &got, NULL), &got, "21/2", 1,
           "dln 3,7: one matrix is regular, in out / 2");
}

static bool same(const slt_lambda *a, const slt_lambda *b)
{
    return a->lambda.numerator == b->lambda.numerator &&
           a->lambda.denominator == b->lambda.denominator &&
           a->multiplicity == b->multiplicity;
}

/* 2 lambda is at most the number of parameters, and at least that of the rank-r
 * matrices' manifold, r (M + N - r). */
static bool within_bounds(const slt_lambda *got, int64_t m, int64_t h, int64_t n,
                          int64_t r)
{
    int64_t twice = 2 * got->lambda.numerator, d = got->lambda.denominator;
    return twice <= h * (m + n) * d && twice >= r * (m + n - r) * d;
}

/* All sizes up to 9. */
static void test_rrr_is_dln(void)
{
    int cases = 0, equal = 0, symmetric = 0, bounded = 0;
    for (int64_t m = 1; m <= 9; m++)
        for (int64_t h = 1; h <= 9; h++)
            for (int64_t n = 1; n <= 9; n++)
                for (int64_t r = 0; r <= m && r <= h && r <= n; r++) {
                    slt_lambda rrr, dln, turned;
                    const int64_t widths[] = {m, h, n};
                    cases++;
                    if (slt_theory_rrr(m, h, n, r, &rrr, NULL) ||
                        slt_theory_dln(widths, 3, r, &dln, NULL) ||
                        slt_theory_rrr(n, h, m, r, &turned, NULL))
                        continue;
                    equal += same(&rrr, &dln);
                    symmetric += same(&rrr, &turned);
                    bounded += within_bounds(&rrr, m, h, n, r);
                }
    TAP_EQ_U64(cases, 2754, "cases with sizes up to 9");
    TAP_EQ_U64(equal, 2754, "dln equals rrr, in multiplicity too");
    TAP_EQ_U64(symmetric, 2754, "rrr is symmetric in input and output");
    TAP_EQ_U64(bounded, 2754, "rrr lies between codimension and dimension, halved");
}

/* Where the truth is 0 no layer is special; else the inner ones can be exchanged. */
static void test_dln_symmetry(void)
{
    int wrong = 0, cases = 0;
    for (int64_t a = 1; a <= 5; a++)
        for (int64_t b = 1; b <= 5; b++)
            for (int64_t c = 1; c <= 5; c++)
                for (int64_t d = 1; d <= 5; d++)
                    for (int64_t r = 0; r <= 1; r++) {
                        slt_lambda one, other, cycled;
                        cases++;
                        wrong +=
                            slt_theory_dln((int64_t[]){a, b, c, d}, 4, r, &one, NULL) ||
                            slt_theory_dln((int64_t[]){d, c, b, a}, 4, r, &other, NULL) ||
                            slt_theory_dln((int64_t[]){b, c, d, a}, 4, r, &cycled,
                                           NULL) ||
                            !same(&one, &other) || (r == 0 && !same(&one, &cycled));
                    }
    TAP_OK(wrong == 0, "dln is symmetric: %d of %d cases differ", wrong, cases);
    slt_lambda lean, idle;
    TAP_OK(slt_theory_dln((int64_t[]){3, 3, 3}, 3, 1, &lean, NULL) == SLT_OK &&
               slt_theory_dln((int64_t[]){3, 3, 50, 3}, 4, 1, &idle, NULL) == SLT_OK &&
               same(&lean, &idle),
           "a layer far wider than the others changes nothing");
}

static void test_crossing(void)
{
    slt_lambda got = {{0, 1}, 0};
    const int64_t zero[4] = {0};
    expect(slt_theory_crossing((int64_t[]){1}, zero, 1, &got, NULL), &got, "1/2", 1,
           "w^2");
    expect(slt_theory_crossing((int64_t[]){1, 1}, zero, 2, &got, NULL), &got, "1/2", 2,
           "w1^2 w2^2");
    expect(slt_theory_crossing((int64_t[]){2, 1, 0}, zero, 3, &got, NULL), &got, "1/4", 1,
           "w1^4 w2^2, w3 free");
    expect(slt_theory_crossing((int64_t[]){1, 2, 3}, (int64_t[]){0, 1, 2}, 3, &got, NULL),
           &got, "1/2", 3, "equal ratios through the prior");
    expect(slt_theory_crossing((int64_t[]){1, 3}, (int64_t[]){5, 1}, 2, &got, NULL), &got,
           "1/3", 1, "a prior that vanishes");
}

static void refused(slt_status status, slt_status want, const slt_error *err,
                    const char *part, const char *name)
{
    if (!TAP_OK(status == want && strstr(err->text, part) != NULL, "refused: %s", name))
        tap_note("status %d: %s", status, err->text);
}

static void test_refusals(void)
{
    slt_error err = {0};
    slt_lambda got;
    int64_t many[1025];
    for (int i = 0; i < 1025; i++)
        many[i] = 3;
    refused(slt_theory_rrr(5, 3, 5, 4, &got, &err), SLT_USAGE, &err, "it is 4",
            "rank above hidden");
    refused(slt_theory_rrr(5, 3, 5, -1, &got, &err), SLT_USAGE, &err, "rank", "rank -1");
    refused(slt_theory_rrr(0, 3, 5, 0, &got, &err), SLT_USAGE, &err, "between 1", "in 0");
    refused(slt_theory_rrr(5, 3, INT64_MAX, 0, &got, &err), SLT_USAGE, &err, "between 1",
            "out 2^63-1");
    refused(slt_theory_rrr(INT32_MAX, INT32_MAX, INT32_MAX, 0, &got, &err), SLT_RESOURCE,
            &err, "64-bit", "a formula beyond 64 bits");
    refused(slt_theory_dln(many, 1, 1, &got, &err), SLT_USAGE, &err, "widths", "1 width");
    refused(slt_theory_dln(many, 1025, 1, &got, &err), SLT_USAGE, &err, "widths",
            "1025 widths");
    refused(slt_theory_dln(many, 4, 4, &got, &err), SLT_USAGE, &err, "rank",
            "rank above a width");
    for (int i = 0; i < 1024; i++)
        many[i] = INT32_MAX;
    refused(slt_theory_dln(many, 1024, 0, &got, &err), SLT_RESOURCE, &err, "64-bit",
            "1024 of the widest layers");
    refused(slt_theory_crossing((int64_t[]){0}, (int64_t[]){0}, 1, &got, &err), SLT_USAGE,
            &err, "constant", "k all 0");
    refused(slt_theory_crossing((int64_t[]){-1}, (int64_t[]){0}, 1, &got, &err),
            SLT_USAGE, &err, "between", "k below 0");
}

int main(void)
{
    test_rrr();
    test_dln();
    test_rrr_is_dln();
    test_dln_symmetry();
    test_crossing();
    test_refusals();
    return tap_done();
}
