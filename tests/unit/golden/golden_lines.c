/* Two goldens line by line: which fields differ, what each says of the first, and the
 * names of the others, each once. */
#include "golden/golden_lines.h"

#include "golden_sample.h"

static slt_golden *ours, *theirs;

/* The difference in a line, and its names as "field: golden, found; more". */
static void expect(slt_golden_line line, size_t index, size_t count, const char *want,
                   const char *name)
{
    slt_golden_difference d = {0};
    slt_error err = {0};
    char got[1024] = "";
    slt_status status = slt_golden_compare_line(ours, theirs, line, index, &d, &err);
    if (d.count)
        snprintf(got, sizeof got, "%s: %s, %s; %s", d.field, d.golden, d.found, d.more);
    TAP_OK(status == SLT_OK, "%s: compared", name);
    TAP_EQ_U64(d.count, count, name);
    TAP_EQ_TEXT(got, want, name);
}

static void test_equal(void)
{
    for (int line = SLT_GOLDEN_FORMAT; line <= SLT_GOLDEN_CLAIM; line++)
        expect((slt_golden_line)line, 0, 0, "", "equal lines");
}

static void test_run(void)
{
    slt_golden_run *run = &theirs->runs[1];
    run->results[0] = slt_real_of(0.5);
    expect(SLT_GOLDEN_RUN, 1, 1, "llc/mean: 49.35546875, 0.5; ", "a result");
    expect(SLT_GOLDEN_RUN, 0, 0, "", "another run");
    run->has_result[1] = true;
    run->sha256[0] = 'f';
    run->sha256[1] = 0;
    expect(SLT_GOLDEN_RUN, 1, 3,
           "sha256: 1111111111111111111111111111111111111111111111111111111111111111, f; "
           "llc/mean, llc/std",
           "a sum and two results");
}

static void test_trail(void)
{
    theirs->runs[0].trail_hash[1] ^= 1;
    expect(SLT_GOLDEN_TRAIL, 0, 1, "trail: 1:9e3779b9, 1:9e3779b8; ", "a record");
    theirs->runs[0].trail_hash[0] ^= 1;
    expect(SLT_GOLDEN_TRAIL, 0, 2, "trail: 0:00000000, 0:00000001; ",
           "two records, one name");
    theirs->runs[1].trail_count--;
    ours->runs[2].trail_count = 2;
    theirs->runs[2].trail_count = 3;
    slt_golden_difference d = {0};
    slt_golden_compare_line(ours, theirs, SLT_GOLDEN_TRAIL, 1, &d, NULL);
    TAP_OK(d.count == 1 && strcmp(d.found, "(none)") == 0 && strchr(d.golden, ':'),
           "a shorter trail: %s, %s", d.golden, d.found);
    d = (slt_golden_difference){0};
    slt_golden_compare_line(ours, theirs, SLT_GOLDEN_TRAIL, 2, &d, NULL);
    TAP_OK(d.count == 1 && strcmp(d.golden, "(none)") == 0 && strchr(d.found, ':'),
           "a longer trail: %s, %s", d.golden, d.found);
}

/* What a golden has in its head: functions, and run 0 in canonical bytes. */
static void test_head(void)
{
    static const uint8_t base[] = {0x81, 0xa1, 'a', 0xff};
    slt_golden_function *math = theirs->functions;
    math[0].fingerprint[0] = 'f';
    expect(SLT_GOLDEN_MATH, 0, 1, "math: logf:0123456789abcdef, logf:f123456789abcdef; ",
           "a fingerprint");
    snprintf(math[1].name, sizeof math[1].name, "tanhf");
    expect(SLT_GOLDEN_MATH, 0, 2, "math: logf:0123456789abcdef, logf:f123456789abcdef; ",
           "and a name");
    for (int i = 0; i < 2; i++) {
        slt_golden *golden = i ? theirs : ours;
        golden->base = malloc(sizeof base);
        golden->base_size = sizeof base;
        memcpy(golden->base, base, sizeof base);
    }
    expect(SLT_GOLDEN_BASE, 0, 0, "", "one base");
    theirs->base[3] = 0;
    expect(SLT_GOLDEN_BASE, 0, 1, "base: 81a161ff, 81a16100; ", "other bytes");
    theirs->base_size = 3;
    expect(SLT_GOLDEN_BASE, 0, 1, "base: 81a161ff, 81a161; ", "fewer bytes");
    theirs->runs[3].trail_record[1]++;
    expect(SLT_GOLDEN_TRAIL, 3, 1, "trail: 1:9e3779b9, 2:9e3779b9; ", "another record");
}

static void test_tail(void)
{
    free(theirs->claims[0].value);
    theirs->claims[0].value = strdup("-0.5");
    expect(SLT_GOLDEN_CLAIM, 0, 1, "claim a2 value: -0.4207, -0.5; ", "a claim's value");
    free(theirs->claims[0].tolerance);
    theirs->claims[0].tolerance = strdup("1");
    expect(SLT_GOLDEN_CLAIM, 0, 2, "claim a2 value: -0.4207, -0.5; claim a2 tolerance",
           "and its tolerance");
    theirs->data_sha256[63] = 'b';
    char want[200];
    snprintf(want, sizeof want, "data: sha256:%s, sha256:%s; ", ours->data_sha256,
             theirs->data_sha256);
    expect(SLT_GOLDEN_DATA, 0, 1, want, "other data");
    free(theirs->data);
    theirs->data = NULL;
    expect(SLT_GOLDEN_DATA, 0, 3, "data: data, (none); ", "no data");
    theirs->claim_count = 0;
    expect(SLT_GOLDEN_CLAIM, 0, 8,
           "claim: claim, (none); claim a2 value, claim a2 expect, claim a2 tolerance",
           "no claim");
    theirs->claim_count = 1;
}

/* With an axis less, what was an axis stands beside a status. */
static void test_axes(void)
{
    theirs->axis_count--;
    slt_golden_difference d = {0};
    slt_error err = {0};
    TAP_OK(!slt_golden_compare_line(ours, theirs, SLT_GOLDEN_RUN, 3, &d, &err) &&
               !strcmp(d.field, ours->axes[1]) &&
               !strcmp(d.golden, ours->runs[3].values[1]) &&
               !strcmp(d.found, slt_run_status_name(theirs->runs[3].status)),
           "%s: %s, %s", d.field, d.golden, d.found);
    TAP_OK(strstr(d.more, "status, experiment, chain, sha256"),
           "all behind it differ: %s", d.more);
    theirs->axis_count++;
}

/* More names than there is room for are cut, and nothing behind them is written. */
static void test_room(void)
{
    struct {
        slt_golden_difference d;
        char behind[512];
    } told = {.behind = {0}};
    bool clean = true;
    char names[256] = "";
    for (int i = 0; i < 2; i++) {
        free(ours->axes[i]);
        free(theirs->axes[i]);
        ours->axes[i] = malloc(300);
        theirs->axes[i] = malloc(300);
        if (!ours->axes[i] || !theirs->axes[i])
            tap_bail("no memory");
        memset(ours->axes[i], 'a' + i, 299);
        memset(theirs->axes[i], 'a' + i, 299);
        ours->axes[i][299] = theirs->axes[i][299] = 0;
    }
    memset(names, 'b', 255);
    ours->runs[3].sha256[0] = 'x';
    for (int i = 0; i < 2; i++) {
        free(ours->runs[3].values[i]);
        ours->runs[3].values[i] = strdup("7.5");
    }
    slt_golden_compare_line(ours, theirs, SLT_GOLDEN_RUN, 3, &told.d, NULL);
    for (size_t i = 0; i < sizeof told.behind; i++)
        clean &= told.behind[i] == 0;
    TAP_EQ_U64(told.d.count, 3, "two axes of long names and a sum");
    TAP_EQ_TEXT(told.d.more, names, "the second of which leaves no room for the sum");
    TAP_OK(clean, "nothing is written behind them");
}

int main(void)
{
    ours = golden_sample();
    theirs = golden_sample();
    test_equal();
    test_run();
    test_trail();
    test_head();
    test_tail();
    test_axes();
    test_room();
    slt_golden_free(ours);
    slt_golden_free(theirs);
    return tap_done();
}
