/* Texts made of the schema: the manifest of sltrace new and the manual page. */
#include "manifest_sample.h"
#include "tap.h"

static slt_error err;

static void test_texts(void)
{
    char *text = NULL;
    slt_manifest *m = NULL;
    TAP_OK(slt_manifest_template("my/figure", &text, &err) == SLT_OK, "a new manifest");
    if (text &&
        !TAP_OK(slt_manifest_parse(text, strlen(text), "new.yaml", &m, &err) == SLT_OK,
                "parses"))
        tap_note("%s", err.text);
    if (m) {
        TAP_EQ_TEXT(slt_manifest_name(m), "my/figure", "under its name");
        TAP_EQ_U64(slt_manifest_runs(m), 2, "and has runs");
    }
    TAP_OK(text && strstr(text, "#momentum: 0\n") && strstr(text, "#nbeta: n/ln(n)\n"),
           "defaults are shown");
    size_t longest = 0;
    for (const char *line = text; line && *line; line += strspn(line, "\n")) {
        const size_t columns = strcspn(line, "\n");
        if (!strncmp(line + strspn(line, " "), "# ", 2) && columns > longest)
            longest = columns;
        line += columns;
    }
    TAP_OK(longest > 70 && longest <= 88, "comments are lines of at most 88: %zu",
           longest);
    slt_manifest_free(m);
    free(text);
    TAP_OK(slt_manifest_template("Bad Name", &text, &err) == SLT_USAGE, "a bad name");
    TAP_OK(slt_manifest_manual(&text, &err) == SLT_OK && strncmp(text, ".TH ", 4) == 0,
           "the manual page");
    TAP_OK(strstr(text, "run.train.optimizer.momentum: a number from 0 to below 1; with "
                        "kind=sgd; default 0\n"),
           "it tells a field");
    free(text);
}

int main(void)
{
    test_texts();
    return tap_done();
}
