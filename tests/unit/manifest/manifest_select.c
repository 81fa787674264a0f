/* The runs that --only chooses. */
#include "manifest_sample.h"
#include "tap.h"

static slt_error err;

static void selects(slt_manifest *m, const char *only, const char *want)
{
    bool selected[8];
    char got[9] = {0};
    slt_status status = slt_manifest_select(m, only, selected, &err);
    for (size_t i = 0; i < 8 && !status; i++)
        got[i] = selected[i] ? 'x' : '.';
    if (!TAP_OK(status ? !*want : strcmp(got, want) == 0, "--only %s", only))
        tap_note("got '%s', want '%s'; %s", got, want, err.text);
}

static void test_select(void)
{
    slt_manifest *m = NULL;
    if (open_with("x", "x", &m, &err))
        return;
    selects(m, "3", "...x....");
    selects(m, "0,2-4,7", "x.xxx..x");
    selects(m, "rank=3", "....xxxx");
    selects(m, "rank=3,seed=7", "......x.");
    selects(m, "rank=1,seed=7,seed=8", "..xx....");
    selects(m, "rank=3,rank=1,seed=5", "x...x...");
    selects(m, "8", "");
    selects(m, "4-2", "");
    selects(m, "", "");
    selects(m, "3,", "");
    selects(m, "rank=2", "");
    selects(m, "rnk=1", "");
    selects(m, "ran=1", "");
    selects(m, "3,rank=1", "");
    selects(m, "99999999999999999999999", "");
    selects(m, "18446744073709551616", "");
    selects(m, "18446744073709551620", "");
    selects(m, "3x", "");
    selects(m, "3-", "");
    TAP_OK(slt_manifest_select(m, "8", (bool[8]){0}, &err) == SLT_USAGE &&
               strstr(err.text, "runs 0 to 7"),
           "an unknown run: %s", err.text);
    slt_manifest_free(m);
}

/* Axes that go along have not all values together. */
static void test_along(void)
{
    slt_manifest *m = NULL;
    slt_buffer whole = {0};
    char *text = sample_with("  rank: [1, 3]\n",
                             "  rank: [1, 3]\n  std: {with: rank, values: [0.1, 0.2]}\n");
    const char *at = strstr(text, "std: 0.1}");
    slt_buffer_printf(&whole, "%.*s$std%s", (int)(at + 5 - text), text, at + 8);
    if (slt_manifest_parse((char *)whole.data, whole.size, "m.yaml", &m, &err))
        tap_bail(err.text);
    selects(m, "rank=3,std=0.2", "....xxxx");
    selects(m, "rank=3,std=0.1", "");
    slt_manifest_free(m);
    slt_buffer_free(&whole);
    free(text);
}

int main(void)
{
    test_select();
    test_along();
    return tap_done();
}
