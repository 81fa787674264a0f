/* Several errors of a manifest at once: which, in which order, and no error twice under
 * another name. */
#include "manifest_sample.h"
#include "tap.h"

static slt_manifest_errors found;
static slt_error err;

/* Opens the sample with edits "old\nnew\n...": pairs, applied one by one. */
static void open_edited(const char *const edits[][2], size_t count)
{
    char *text = strdup(manifest_sample), name[] = "/tmp/sltrace-findings-XXXXXX";
    for (size_t i = 0; i < count; i++) {
        char *at = strstr(text, edits[i][0]), *with = NULL;
        if (!at || asprintf(&with, "%.*s%s%s", (int)(at - text), text, edits[i][1],
                            at + strlen(edits[i][0])) < 0)
            abort();
        free(text);
        text = with;
    }
    slt_manifest *manifest = NULL;
    int fd = mkstemp(name);
    FILE *file = fdopen(fd, "w");
    fputs(text, file);
    fclose(file);
    slt_status status = slt_manifest_open_all(name, &manifest, &found, &err);
    TAP_OK(status == SLT_FORMAT && !strcmp(err.text, found.text[0]),
           "refused, the message is the first of %zu", found.count);
    slt_status once = slt_manifest_parse(text, strlen(text), name, &manifest, &err);
    char more[32];
    snprintf(more, sizeof more, " (and %zu more)", found.count - 1);
    TAP_OK(once == SLT_FORMAT &&
               !strncmp(err.text, found.text[0], strlen(found.text[0])) &&
               !strcmp(err.text + strlen(found.text[0]), found.count > 1 ? more : ""),
           "one message says how many more there are: %s", err.text);
    remove(name);
    free(text);
}

/* The findings, without the file's name, are these and no others. */
static void expects(const char *const *wanted, size_t count)
{
    bool same = found.count == count;
    for (size_t i = 0; i < count && i < SLT_MANIFEST_ERRORS_MAX && same; i++) {
        const char *place = strchr(found.text[i], ':');
        same = place && strncmp(place + 1, wanted[i], strlen(wanted[i])) == 0;
    }
    if (!TAP_OK(same, "%zu errors: %s ...", count, wanted[0]))
        for (size_t i = 0; i < found.count && i < SLT_MANIFEST_ERRORS_MAX; i++)
            tap_note("%s", found.text[i]);
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void test_order(void)
{
    static const char *const edits[][2] = {
        {"by: rank", "by: ranks"},         {"samples: 24", "samples: none"},
        {"test/sample", "Test"},           {"batch: full", "batches: full"},
        {"num_draws: 40", "num_draws: 0"}, {"run.train: why", "run.train: 3"},
        {"count: 4", "count: -4"},         {"error: sd", "error: std"},
    };
    static const char *const wanted[] = {
        "5:26: sweep.seed.count: expected a whole number from 1",
        "2:7: name: expected words of a-z",
        "9:41: run.data.samples: expected",
        "20:5: run.train.batches: unknown key; did you mean 'batch'?",
        "24:56: run.llc[0].num_draws: expected",
        "28:45: figure.rows.error: expected sd, se or none, found the text 'std'",
        "28:14: figure.rows.by: expected the name of a sweep axis",
    };
    open_edited(edits, COUNT(edits));
    expects(wanted, COUNT(wanted));
}

/* Faults that one fault brings about are not told. */
static void test_causes(void)
{
    static const struct {
        const char *edits[2][2];
        const char *wanted[4];
        size_t count;
    } cases[] = {
        {{{"sweep:", "swepe:"}, {"f32", "f32"}},
         {"3:1: swepe: unknown key; did you mean 'sweep'?"},
         1},
        {{{"rank: [1, 3]", "rank: []"}, {"f32", "f31"}},
         {"4:9: sweep.rank: expected at least one value",
          "7:15: run.arithmetic: expected"},
         2},
        {{{"rank: $rank", "rank: $rnak"}, {"f32", "f31"}},
         {"9:74: run.data.rank: the text '$rnak' names no axis of the sweep",
          "7:15: run.arithmetic: expected"},
         2},
        {{{"kind: linear-teacher", "kind: teacher"}, {"f32", "f31"}},
         {"7:15: run.arithmetic: expected", "9:16: run.data.kind: expected"},
         2},
        {{{"shape: [5, $rank]", "shap: [5, $rank]"}, {"f32", "f32"}},
         {"13:12: run.model.weights.W2.shap: unknown key; did you mean 'shape'?"},
         1},
        {{{"samples: 24, inputs: 6, ", ""}, {"f32", "f32"}},
         {"9:9: run.data: missing key 'samples'", "9:9: run.data: missing key 'inputs'"},
         2},
        {{{"{from: 5, count: 4}", "{from: 16777214, count: 4}"},
          {"f32\n  seed: $seed\n  data: {kind: linear-teacher, samples: 24",
           "f31\n  seed: $seed\n  data: {kind: linear-teacher, samples: $seed"}},
         {"7:15: run.arithmetic: expected",
          "9:41: run.data.samples: expected a whole number from 1 to 16777216, found "
          "16777217 ($seed in run 3)"},
         2},
        {{{"samples: 24", "samples: 24, samples_: 3"}, {"[1, 3]", "[1, 0]"}},
         {"9:45: run.data.samples_: unknown key", "9:87: run.data.rank: expected"},
         2},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        open_edited(cases[i].edits, 2);
        expects(cases[i].wanted, cases[i].count);
    }
}

/* Rules look at several fields; those of parts that do not rest on each other go on. */
static void test_rules(void)
{
    static const char *const edits[][2] = {
        {"[5, $rank]", "[4, $rank]"},
        {"at: [0, 50]", "at: [50, 0]"},
        {"at: last, lr", "at: 7, lr"},
    };
    static const char *const wanted[] = {
        "17:11: run.model.loss: ",
        "22:39: run.train.checkpoints.at[1]: steps must ascend",
        "24:7: run.llc[0]: at: step 7 is no checkpoint",
    };
    open_edited(edits, COUNT(edits));
    expects(wanted, COUNT(wanted));
}

/* Ten are kept, those of run before those of figure, however many there are. */
static void test_many(void)
{
    char claims[8000] = "  claims:\n";
    size_t used = strlen(claims);
    for (int i = 0; i < 60; i++)
        used += (size_t)snprintf(claims + used, sizeof claims - used,
                                 "    - {ident%d: x}\n", i);
    snprintf(claims + used, sizeof claims - used, "  rows: {by: rank");
    const char *const edits[][2] = {{"  rows: {by: rank", claims}, {"f32", "f31"}};
    open_edited(edits, 2);
    TAP_OK(found.count == 61, "61 errors, found %zu", found.count);
    TAP_OK(strstr(found.text[0], "run.arithmetic") != NULL, "run's is the first");
    TAP_OK(strstr(found.text[9], "figure.claims[8]") != NULL, "and nine others: %s",
           found.text[9]);
}

/* A failure that is no error of the schema is one finding too. */
static void test_others(void)
{
    slt_manifest *manifest = NULL;
    slt_status status = slt_manifest_open_all("/nonexistent", &manifest, &found, &err);
    TAP_OK(status == SLT_FILE && found.count == 1 && !strcmp(found.text[0], err.text),
           "a file that is not there");
}

int main(void)
{
    test_order();
    test_causes();
    test_rules();
    test_many();
    test_others();
    return tap_done();
}
