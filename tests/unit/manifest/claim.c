/* record: claim.c: of what kind a claim is, and what becomes of it. */
#include "manifest_sample.h"
#include "tap.h"

#include "manifest/claim.h"

static slt_error err;

static slt_claim claim_of(const char *value, double expect, slt_claim_by by)
{
    const slt_claim_spec spec = {.id = "it",
                                 .says = "",
                                 .value = value,
                                 .basis = "",
                                 .expect = slt_real_of(expect),
                                 .by = by};
    slt_claim claim;
    slt_claim_of_spec(&spec, &claim);
    return claim;
}

static void test_kinds(void)
{
    static const struct {
        const char *value;
        slt_claim_by by;
        slt_claim_kind kind;
    } cases[] = {
        {"fit.quadratic.a2", SLT_CLAIM_BY_PAPER, SLT_CLAIM_RESULT},
        {"row[model=a,1].value / row[b,1].value", SLT_CLAIM_BY_PAPER, SLT_CLAIM_RESULT},
        {"setting[run.llc[0].lr]", SLT_CLAIM_BY_PAPER, SLT_CLAIM_SETTING},
        {" 2 * setting[run.llc[0].lr] - 1.5e-3", SLT_CLAIM_BY_PAPER, SLT_CLAIM_SETTING},
        {"ln(setting[run.llc[0].lr])", SLT_CLAIM_BY_PAPER, SLT_CLAIM_SETTING},
        {"max(setting[run.data.p], rows.count)", SLT_CLAIM_BY_PAPER, SLT_CLAIM_RESULT},
        {"setting[run.data.p] + ln (rows.min)", SLT_CLAIM_BY_PAPER, SLT_CLAIM_RESULT},
        {"summary.llc/mean.max", SLT_CLAIM_BY_PAPER, SLT_CLAIM_RESULT},
        {"e + 1", SLT_CLAIM_BY_PAPER, SLT_CLAIM_RESULT},
        {"setting[run.seed] * 1E+2 + 1e2 - 2e-1", SLT_CLAIM_BY_PAPER, SLT_CLAIM_SETTING},
        {"setting[run.seed] * 1e", SLT_CLAIM_BY_PAPER, SLT_CLAIM_RESULT},
        {"setting[run.llc[0].lr", SLT_CLAIM_BY_PAPER, SLT_CLAIM_SETTING},
        {"setting[run.llc[0].lr]", SLT_CLAIM_BY_OURS, SLT_CLAIM_CHECK},
        {"rows.max", SLT_CLAIM_BY_OURS, SLT_CLAIM_CHECK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        slt_claim claim = claim_of(cases[i].value, 1, cases[i].by);
        TAP_OK(claim.kind == cases[i].kind, "%s by %s: %s", cases[i].value,
               cases[i].by == SLT_CLAIM_BY_OURS ? "ours" : "paper",
               slt_claim_kind_name(claim.kind));
    }
}

static void test_questions(void)
{
    static const struct {
        const char *value;
        double expect;
        bool question;
    } cases[] = {
        {"max(0, rows.min - 5)", 0, true},
        {" min( 0 , rows.min, rows.max ) ", 0, true},
        {"max(-3, a.b / a.c)", -3, true},
        {"max(0.0, rows.min)", 0, true},
        {"max(0, rows.min)", 1, false},
        {"max(0, rows.min)", -1, false},
        {"max(, rows.min)", 0, false},
        {"max(0.00000000000000000000000000000000000000, rows.min)", 0, false},
        {"max(0, rows.min) + 1", 0, false},
        {"max(0, (1) + 2) - max(1, 3)", 0, false},
        {"max(0)", 0, false},
        {"max(0 - 1, rows.min)", 0, false},
        {"max(rows.min, 0)", 0, false},
        {"rows.min", 0, false},
        {"max(", 0, false},
        {"", 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        slt_claim claim = claim_of(cases[i].value, cases[i].expect, SLT_CLAIM_BY_PAPER);
        TAP_OK(claim.question == cases[i].question, "'%s' for %g is %s question",
               cases[i].value, cases[i].expect, cases[i].question ? "a" : "no");
    }
}

static const char *verdict(slt_claim_kind kind, bool question, double value,
                           double tolerance)
{
    const slt_claim claim = {.value = slt_real_of(value),
                             .expect = slt_real_of(2),
                             .tolerance = slt_real_of(tolerance),
                             .kind = kind,
                             .question = question};
    return slt_claim_verdict(&claim);
}

static void test_verdicts(void)
{
    TAP_EQ_TEXT(verdict(SLT_CLAIM_RESULT, false, 2.5, 0.5), "reproduced", "at the edge");
    TAP_EQ_TEXT(verdict(SLT_CLAIM_RESULT, false, 1.5, 0.5), "reproduced", "at the other");
    TAP_EQ_TEXT(verdict(SLT_CLAIM_RESULT, false, 2.5000001, 0.5), "not reproduced",
                "beyond");
    TAP_EQ_TEXT(verdict(SLT_CLAIM_RESULT, false, __builtin_nan(""), 0.5),
                "not reproduced", "no number reproduces nothing");
    TAP_EQ_TEXT(verdict(SLT_CLAIM_RESULT, false, __builtin_inf(), 0.5), "not reproduced",
                "nor does infinity");
    TAP_EQ_TEXT(verdict(SLT_CLAIM_RESULT, true, 2, 0), "yes, as printed", "yes");
    TAP_EQ_TEXT(verdict(SLT_CLAIM_RESULT, true, 3, 0), "no, other than printed", "no");
    TAP_EQ_TEXT(verdict(SLT_CLAIM_SETTING, false, 2, 0), "as printed", "a setting");
    TAP_EQ_TEXT(verdict(SLT_CLAIM_SETTING, false, 3, 0), "not as printed", "another");
    TAP_EQ_TEXT(verdict(SLT_CLAIM_CHECK, true, 2, 0), "holds", "a check");
    TAP_EQ_TEXT(verdict(SLT_CLAIM_CHECK, false, 3, 0), "does not hold", "that fails");
    TAP_EQ_TEXT(verdict(SLT_CLAIM_UNKNOWN, false, 2, 0), "within its tolerance", "?");
    TAP_EQ_TEXT(verdict(SLT_CLAIM_UNKNOWN, false, 3, 0), "outside its tolerance", "?");
}

static void test_counts(void)
{
    slt_claim claims[] = {claim_of("rows.min", 0, SLT_CLAIM_BY_PAPER),
                          claim_of("rows.min", 1, SLT_CLAIM_BY_PAPER),
                          claim_of("setting[x]", 0, SLT_CLAIM_BY_PAPER),
                          claim_of("rows.min", 0, SLT_CLAIM_BY_OURS),
                          claim_of("rows.min", 1, SLT_CLAIM_BY_OURS)};
    char *all = slt_claims_counted(claims, 5), *two = slt_claims_counted(claims + 3, 2);
    char *none = slt_claims_counted(NULL, 0);
    TAP_EQ_TEXT(all,
                "1 of 2 results reproduced, 1 of 1 setting as printed, "
                "1 of 2 checks hold",
                "each kind by itself");
    TAP_EQ_TEXT(two, "1 of 2 checks hold", "a kind that is not there is not told");
    TAP_EQ_TEXT(none, "no claims", "none");
    free(all);
    free(two);
    free(none);
}

static void test_expected(void)
{
    slt_claim result = claim_of("rows.min", 87.342, SLT_CLAIM_BY_PAPER);
    slt_claim exact = claim_of("max(0, rows.min)", 0, SLT_CLAIM_BY_PAPER);
    slt_claim loose = claim_of("max(0, rows.min)", 0, SLT_CLAIM_BY_PAPER);
    result.tolerance = slt_real_of(3);
    loose.tolerance = slt_real_of(0.05);
    char *texts[] = {slt_claim_expected(&result), slt_claim_expected(&exact),
                     slt_claim_expected(&loose)};
    TAP_EQ_TEXT(texts[0], "87.342 within 3", "a number");
    TAP_EQ_TEXT(texts[1], "yes", "a question");
    TAP_EQ_TEXT(texts[2], "yes, 0.05 beyond the bound allowed", "with room");
    for (size_t i = 0; i < 3; i++)
        free(texts[i]);
}

/* The one claim of a golden. */
static slt_claim held_claim(slt_golden_claim *held, const slt_manifest *manifest)
{
    const slt_golden golden = {.claims = held, .claim_count = 1};
    slt_claim *claims = slt_claims_of_golden(&golden, manifest);
    if (!claims)
        tap_bail("no claims");
    slt_claim claim = *claims;
    free(claims);
    return claim;
}

/* A golden says what a claim's numbers are; its manifest, of what kind it is. */
static void test_golden(void)
{
    slt_manifest *manifest = NULL;
    slt_claim claim;
    slt_golden_claim held = {(char[]){"ours"}, (char[]){"2"}, (char[]){"2"},
                             (char[]){"0"}};
    if (open_with("error: sd}\n",
                  "error: sd}\n  claims:\n    - {id: ours, by: ours, says: s, value: "
                  "rows.min, expect: 2, tolerance: 0, basis: b}\n",
                  &manifest, &err))
        tap_bail(err.text);
    claim = held_claim(&held, manifest);
    TAP_OK(claim.kind == SLT_CLAIM_CHECK && claim.value.bits == slt_real_of(2).bits,
           "the manifest's kind, the golden's value");
    claim = held_claim(&held, NULL);
    TAP_OK(claim.kind == SLT_CLAIM_UNKNOWN && !strcmp(claim.id, "ours"),
           "without a manifest of no known kind");
    held.tolerance = (char[]){"1"};
    claim = held_claim(&held, manifest);
    TAP_OK(claim.kind == SLT_CLAIM_UNKNOWN, "with another tolerance of no known kind");
    held.tolerance = (char[]){"0"};
    held.expect = (char[]){"3"};
    claim = held_claim(&held, manifest);
    TAP_OK(claim.kind == SLT_CLAIM_UNKNOWN && claim.expect.bits == slt_real_of(3).bits,
           "nor where the manifest expects another number");
    held.id = (char[]){"other"};
    claim = held_claim(&held, manifest);
    TAP_OK(claim.kind == SLT_CLAIM_UNKNOWN, "nor where it has no such claim");
    slt_manifest_free(manifest);
}

int main(void)
{
    test_kinds();
    test_questions();
    test_verdicts();
    test_counts();
    test_expected();
    test_golden();
    return tap_done();
}
