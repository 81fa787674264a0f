/* Nothing in a golden is free: each word of each line changed, each line left out,
 * doubled or swapped, the root made anew, is found by every kind of verification that
 * judges it. */
#include "page_sample.h"
#include "study_sample.h"
#include "traces_sample.h"

#include <sys/stat.h>
#include <unistd.h>

#include <sltrace/check.h>

#include "base/io.h"
#include "base/sha256.h"

/* Four runs, of which the two of the greater rate diverge; a measure, two claims. */
static const char manifest_text[] = SAMPLE_HEAD("test/forged")
    "sweep:\n  rank: [1, 2]\n  rate: [1e-2, 1e9]\n"
    "run:\n  arithmetic: f64\n  seed: 3\n"
    "  data: {kind: linear-teacher, samples: 8, inputs: 4, outputs: 4, rank: $rank}\n"
    "  model:\n    weights:\n"
    "      W1: {shape: [$rank, 4], init: {kind: normal, std: 0.1}}\n"
    "      W2: {shape: [4, $rank], init: {kind: normal, std: 0.1}}\n"
    "    ops:\n"
    "      - {op: linear, in: x, weight: W1, out: h}\n"
    "      - {op: gelu, in: h, out: g}\n"
    "      - {op: linear, in: g, weight: W2, out: y}\n"
    "    loss: {op: mse, in: y}\n"
    "  train:\n    optimizer: {kind: sgd, lr: $rate}\n    steps: 12\n"
    "    checkpoints: {every: 3, state: all}\n"
    "  llc:\n"
    "    - {at: last, lr: 1e-3, localization: 1, num_chains: 2, num_draws: 6}\n"
    "figure:\n"
    "  measures: {llc: {result: llc/mean}, double: {value: llc * 2}}\n"
    "  rows:\n"
    "    - {name: llc, by: rank, value: llc/mean}\n"
    "    - {name: double, by: rank, value: double}\n"
    "    - {name: loss, by: rank, value: loss}\n"
    "  claims:\n"
    "    - {id: first, says: \"a line\", value: \"row[llc,1].value\", expect: 6,\n"
    "       tolerance: 1000, basis: test}\n"
    "    - {id: second, says: \"a line\", value: \"row[double,2].value\", expect: 1,\n"
    "       tolerance: 0.5, basis: test}\n";

/* What verifies: everything, and what is judged of a run in each way. */
typedef struct mode {
    const char *name;
    slt_verify_options options;
    bool judged[4]; /* runs that are done again */
} mode;

static slt_error err;
static char root[] = "/tmp/slt-forged-XXXXXX";
static char golden_path[128], data_path[128], traces_path[128];
static char *good; /* the golden's text */
static char *said;
static mode modes[5];

static void fail(void)
{
    tap_bail(err.text);
}

static void put(const char *path, const void *bytes, size_t size)
{
    if (slt_io_replace(path, bytes, size, &err))
        fail();
}

static slt_status verify(const mode *m)
{
    return page_verify(golden_path, &m->options, &said, &err);
}

/* As comments: they are test lines themselves. */
static void show(void)
{
    for (const char *line = said; *line; line += strcspn(line, "\n") + 1)
        tap_note("%.*s", (int)strcspn(line, "\n"), line);
}

/* Records the study of a manifest's text as the golden; returns its text. */
static char *record(const char *text, slt_study_counts *counts)
{
    char path[128], folder[128], *made = NULL;
    slt_manifest *manifest = NULL;
    slt_golden *golden = NULL;
    slt_figure *figure = NULL;
    size_t size;
    snprintf(path, sizeof path, "%s/x.yaml", root);
    snprintf(folder, sizeof folder, "%s/out", root);
    put(path, text, strlen(text));
    slt_study_options options = {.out = folder, .jobs = 1};
    if (slt_manifest_open(path, &manifest, &err) ||
        slt_study_run(manifest, &options, counts, &err) ||
        sample_golden(manifest, folder, golden_path, &golden, &figure, &err) ||
        slt_golden_write(golden, &made, &size, &err))
        fail();
    const char *csv = slt_figure_csv(figure, &size);
    put(data_path, csv, size);
    put(golden_path, made, strlen(made));
    slt_figure_free(figure);
    slt_golden_free(golden);
    slt_manifest_free(manifest);
    return made;
}

static void prepare(void)
{
    slt_study_counts counts;
    snprintf(golden_path, sizeof golden_path, "%s/x.golden", root);
    snprintf(data_path, sizeof data_path, "%s/x.csv", root);
    snprintf(traces_path, sizeof traces_path, "%s/out/traces", root);
    good = record(manifest_text, &counts);
    TAP_OK(counts.diverged == 2, "two runs diverge");
    const char *math = strstr(good, "\nmath ");
    TAP_OK(math && strstr(math, " erf:") && strstr(math, " exp:") &&
               strstr(math, " log:") && strstr(math, " sincospi:"),
           "every function that the runs call has a fingerprint");
    const mode all[] = {
        {"full", {.jobs = 1}, {true, true, true, true}},
        {"--only", {.jobs = 1, .only = "1,2"}, {false, true, true, false}},
        {"--sample", {.jobs = 1, .sample = 2}, {true, false, false, true}},
        {"--traces", {.jobs = 1, .traces = traces_path}, {true, true, true, true}},
        {"--segments",
         {.jobs = 1, .traces = traces_path, .segments = true},
         {true, true, true, true}}};
    memcpy(modes, all, sizeof modes);
}

/* ---- Forging ----------------------------------------------------------------------- */

/* The text with another root: that of what stands before it. */
static char *seal(const char *text)
{
    const char *line = strstr(text, "\nroot sha256:");
    char *sealed = strdup(text), digest[SLT_SHA256_TEXT_MAX];
    if (!line)
        return sealed;
    slt_sha256_of(text, (size_t)(line - text) + 1, digest);
    memcpy(sealed + (line - text) + strlen("\nroot sha256:"), digest, 64);
    return sealed;
}

static void forge(const char *text)
{
    char *sealed = seal(text);
    put(golden_path, sealed, strlen(sealed));
    free(sealed);
}

/* Text with `size` bytes at `at` replaced by `with`; to be freed. */
static char *splice(const char *text, size_t at, size_t size, const char *with)
{
    char *made;
    if (asprintf(&made, "%.*s%s%s", (int)at, text, with, text + at + size) < 0)
        tap_bail("no memory");
    return made;
}

/* Another word of the same kind. */
static void change_word(const char *word, char other[4096])
{
    size_t size = strlen(word);
    char last = word[size - 1];
    if (!strcmp(word, "done") || !strcmp(word, "diverged")) {
        snprintf(other, 4096, "%s", *word == 'd' && word[1] == 'o' ? "diverged" : "done");
        return;
    }
    snprintf(other, 4096, "%s", word);
    if (!strcmp(word, "llc/mean") || !strcmp(word, "loss")) /* another result */
        snprintf(other, 4096, word[1] == 'l' ? "llc/std" : "step");
    else if (!strcmp(word, "-") || (size > 6 && word[1 + (*word == '-')] == '.'))
        snprintf(other, 4096, "1.5"); /* as long as it need be */
    else
        other[size - 1] = strchr("9fz", last) ? '1' : (char)(last + 1);
}

/* ---- One line ---------------------------------------------------------------------- */

/* The run whose line, or trail, stands at `line` of the golden; -1: no run's. */
static int run_of_line(const char *line)
{
    if (!strncmp(line, " trail", 6)) {
        while (line[-2] != '\n') /* to the line before */
            line--;
        line--;
    }
    return *line >= '0' && *line <= '9' ? *line - '0' : -1;
}

static bool is_last_word(const char *line, size_t word)
{
    size_t blanks = 0;
    for (; *line != '\n'; line++)
        blanks += *line == ' ';
    return word == blanks;
}

/* The field that a word of a line tells; NULL where a change makes the golden malformed,
 * "" for one that is not told by name (exit status beside it). */
static const char *field_of(const char *line, size_t word, slt_status *expected)
{
    static const char *const run_fields[] = {"run",   "rank",   "rate", "status",
                                             "experiment", "chain", "sha256",
                                             "llc/mean", "loss"};
    static const char *const claim_fields[] = {NULL, "claim", NULL, "value",
                                               NULL, "expect", NULL, "tolerance"};
    *expected = SLT_DIFFERS;
    if (*line >= '0' && *line <= '9') {
        bool base = *line == '0' && word == 4; /* of the `base` line */
        return word == 0 || base ? NULL : run_fields[word];
    }
    if (!strncmp(line, " trail", 6)) /* its end is the chain's */
        return word < 2 || is_last_word(line, word) ? NULL : "trail";
    if (word == 0)
        return NULL; /* the line's own word */
    if (!strncmp(line, "name ", 5))
        return "name";
    if (!strncmp(line, "manifest ", 9)) {
        *expected = SLT_FILE; /* not there */
        return "";
    }
    if (!strncmp(line, "numerics ", 9)) {
        *expected = SLT_UNFIT;
        return "";
    }
    if (!strncmp(line, "math ", 5))
        return "math";
    if (!strncmp(line, "columns ", 8))
        return word == 2 || word == 3 ? "sweep axis" : word > 7 ? "columns" : NULL;
    if (!strncmp(line, "data ", 5))
        return "data";
    if (!strncmp(line, "claim ", 6))
        return claim_fields[word];
    return NULL; /* format, base, runs, root: they follow from others */
}

static bool names(const char *field)
{
    char plain[64], quoted[64];
    snprintf(plain, sizeof plain, "field: %s", field);
    snprintf(quoted, sizeof quoted, "field: \"%s", field);
    if (strstr(said, plain) || strstr(said, quoted))
        return true;
    const char *claim = strstr(said, "field: \"claim ");
    return claim && strstr(claim, field);
}

/* A change of what only a rerun tells of a run is found where that run is judged. */
static bool is_judged(const mode *m, const char *line, size_t word)
{
    int run = run_of_line(line);
    bool of_manifest = *line != ' ' && word <= 2;
    bool experiment = *line != ' ' && word == 4;
    return run < 0 || of_manifest || experiment || m->judged[run];
}

static void try_word(const char *line, size_t word, size_t at, size_t size)
{
    char text[4096], other[4096];
    slt_status expected;
    snprintf(text, sizeof text, "%.*s", (int)size, good + at);
    change_word(text, other);
    const char *field = field_of(line, word, &expected);
    char *forged = splice(good, at, size, other);
    if (strncmp(line, "root ", 5) != 0)
        forge(forged);
    else
        put(golden_path, forged, strlen(forged));
    free(forged);
    for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
        if (!is_judged(&modes[m], line, word))
            continue;
        slt_status status = verify(&modes[m]);
        bool found = field ? slt_status_exit(status) == slt_status_exit(expected)
                           : slt_status_exit(status) == 2 || status == SLT_DIFFERS;
        if (field && *field)
            found &= names(field) && strstr(said, "not ok ");
        TAP_OK(found, "%s: %.*s: word %zu, %.16s -> %.16s: %s", modes[m].name,
               (int)strcspn(line, "\n") > 24 ? 24 : (int)strcspn(line, "\n"), line, word,
               text, other, slt_status_text(status));
        if (!found)
            show();
    }
}

static void try_words(void)
{
    for (const char *line = good; *line; line = strchr(line, '\n') + 1) {
        const char *end = strchr(line, '\n');
        size_t word = 0;
        for (const char *at = line; at < end; word++) {
            size_t size = strcspn(at, " \n");
            if (size)
                try_word(line, word, (size_t)(at - good), size);
            at += size + 1;
        }
    }
}

/* The last chain hash and the end of the trail changed alike contradict nothing. */
static void try_chain(void)
{
    const char *run = strstr(good, "\n1 ") + 1;
    const char *chain = run;
    for (int word = 0; word < 5; word++)
        chain = strchr(chain, ' ') + 1;
    const char *end = strchr(strchr(run, '\n') + 1, '\n');
    char digit[2] = {*chain == '0' ? '1' : '0', 0};
    char *once = splice(good, (size_t)(chain - good), 1, digit);
    char *twice = splice(once, (size_t)(end - 8 - good), 1, digit);
    forge(twice);
    for (size_t m = 0; m < sizeof modes / sizeof *modes; m++)
        if (modes[m].judged[1])
            TAP_OK(verify(&modes[m]) == SLT_DIFFERS && (names("chain") || names("trail")),
                   "%s: the chain and the trail's end: %s", modes[m].name, err.text);
    free(once);
    free(twice);
}

/* ---- Whole lines ------------------------------------------------------------------- */

static void never_ok(const char *what, const char *line)
{
    for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
        slt_status status = verify(&modes[m]);
        TAP_OK(status != SLT_OK, "%s: %s: %.6s: %s", modes[m].name, what, line,
               slt_status_text(status));
        TAP_OK(strstr(said, "\nnot ok "), "and a test fails");
    }
}

static void try_lines(void)
{
    for (const char *line = good; *line; line = strchr(line, '\n') + 1) {
        const char *end = strchr(line, '\n') + 1, *last = strchr(end, '\n');
        size_t at = (size_t)(line - good), size = (size_t)(end - line);
        char *copy = strndup(line, size);
        char *without = splice(good, at, size, "");
        char *doubled = splice(good, at, 0, copy);
        forge(without);
        never_ok("left out", line);
        forge(doubled);
        never_ok("doubled", line);
        if (last) {
            char *behind = splice(without, at + (size_t)(last + 1 - end), 0, copy);
            forge(behind);
            never_ok("behind the next", line);
            free(behind);
        }
        free(copy);
        free(without);
        free(doubled);
    }
}

/* All claims gone together. */
static void try_no_claims(void)
{
    const char *claims = strstr(good, "\nclaim ") + 1;
    char *without = splice(good, (size_t)(claims - good), strlen(claims), "");
    forge(without);
    for (size_t m = 0; m < sizeof modes / sizeof *modes; m++)
        TAP_OK(verify(&modes[m]) == SLT_DIFFERS && names("claim"), "%s: no claims: %s",
               modes[m].name, err.text);
    free(without);
}

/* ---- The file beside it ------------------------------------------------------------ */

static void try_data(void)
{
    slt_buffer csv = {0};
    forge(good);
    if (slt_io_read(data_path, 1 << 20, &csv, &err))
        fail();
    csv.data[csv.size / 2] ^= 1;
    put(data_path, csv.data, csv.size);
    for (size_t m = 0; m < sizeof modes / sizeof *modes; m++)
        TAP_OK(verify(&modes[m]) == SLT_DIFFERS && names("data"), "%s: another file: %s",
               modes[m].name, err.text);
    unlink(data_path);
    for (size_t m = 0; m < sizeof modes / sizeof *modes; m++)
        TAP_OK(verify(&modes[m]) == SLT_DIFFERS && names("data") &&
                   strstr(said, "no such file"),
               "%s: no file: %s", modes[m].name, err.text);
    if (symlink("x.csv", data_path)) /* a circle: leads nowhere, so not into the tree */
        fail();
    for (size_t m = 0; m < sizeof modes / sizeof *modes; m++)
        TAP_OK(verify(&modes[m]) == SLT_FILE && strstr(said, "verdict: trouble") &&
                   strstr(said, "leads out of"),
               "%s: an unreadable file: %s", modes[m].name, err.text);
    unlink(data_path);
    csv.data[csv.size / 2] ^= 1;
    put(data_path, csv.data, csv.size);
    slt_buffer_free(&csv);
}

/* Data and their SHA-256 that fit one another, and not the runs. */
static void try_both(void)
{
    slt_buffer csv = {0};
    char digest[SLT_SHA256_TEXT_MAX];
    if (slt_io_read(data_path, 1 << 20, &csv, &err))
        fail();
    const char *text = slt_buffer_text(&csv), *value = strstr(text, "llc,1,") + 6;
    char *other = splice(text, (size_t)(value - text), strcspn(value, ","), "1.5");
    put(data_path, other, strlen(other));
    slt_sha256_of(other, strlen(other), digest);
    free(other);
    const char *sha256 = strstr(strstr(good, "\ndata "), "sha256:") + 7;
    char *forged = splice(good, (size_t)(sha256 - good), 64, digest);
    forge(forged);
    TAP_OK(verify(&modes[0]) == SLT_DIFFERS && names("data") &&
               strstr(err.text, "figure data: "),
           "full: data: %s", err.text);
    TAP_OK(verify(&modes[1]) == SLT_DIFFERS && names("claim first value") &&
               strstr(err.text, "claim first value is "),
           "--only: the claims do not follow from them: %s", err.text);
    free(forged);
    slt_buffer_free(&csv);
}

/* Claims in a golden whose manifest has none. */
static void try_claims(void)
{
    static const char one[] = "claim first value 1 expect 1 tolerance 0\n";
    slt_study_counts counts;
    const char *asked = strstr(manifest_text, "  claims:");
    char *text = strndup(manifest_text, (size_t)(asked - manifest_text));
    char *plain = record(text, &counts);
    char *more = splice(plain, strlen(plain), 0, one);
    for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
        forge(plain);
        TAP_OK(!verify(&modes[m]), "%s: without claims: %s", modes[m].name, err.text);
        forge(more);
        TAP_OK(verify(&modes[m]) == SLT_DIFFERS && names("claim"), "%s: a claim: %s",
               modes[m].name, err.text);
    }
    free(text);
    free(plain);
    free(more);
}

/* What a manifest without a figure does not ask for. */
static void try_bare(void)
{
    static const char data[] = "data x.csv sha256:" /* of nothing */
                               "e3b0c44298fc1c149afbf4c8996fb924"
                               "27ae41e4649b934ca495991b7852b855\n";
    slt_study_counts counts;
    char *text = strndup(manifest_text, (size_t)(strstr(manifest_text, "figure:") -
                                                 manifest_text));
    char *bare = record(text, &counts);
    char *with_data = splice(bare, (size_t)(strstr(bare, "\nroot ") + 1 - bare), 0, data);
    char *with_claim = splice(bare, strlen(bare), 0,
                              "claim first value 1 expect 1 tolerance 0\n");
    for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
        forge(bare);
        TAP_OK(!verify(&modes[m]), "%s: without a figure: %s", modes[m].name, err.text);
        forge(with_data);
        TAP_OK(verify(&modes[m]) == SLT_DIFFERS && names("data"), "%s: data: %s",
               modes[m].name, err.text);
        forge(with_claim);
        TAP_OK(verify(&modes[m]) == SLT_DIFFERS && names("claim"), "%s: a claim: %s",
               modes[m].name, err.text);
    }
    free(text);
    free(bare);
    free(with_data);
    free(with_claim);
}

int main(void)
{
    if (slt_start(NULL, &err) || !mkdtemp(root))
        tap_bail("cannot start");
    prepare();
    forge(good);
    for (size_t m = 0; m < sizeof modes / sizeof *modes; m++)
        TAP_OK(!verify(&modes[m]), "%s: the golden itself: %s", modes[m].name, err.text);
    try_words();
    try_chain();
    try_lines();
    try_no_claims();
    try_data();
    try_both();
    try_claims();
    try_bare();
    free(said);
    free(good);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", root);
    TAP_OK(system(command) == 0, "removed");
    return tap_done();
}
