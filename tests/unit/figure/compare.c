/* figure/reference.c, compare.c: points of a file, ratios to them and sums of squares, by
 * hand. */
#include "outcome_sample.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/sha256.h"

static const char points[] = "which,x,y,wide,of,word\n"
                             "a,1,4,2,40,one\n"
                             "a,2,8,0,60,two\n"
                             "b,1,.5,,100,\n"
                             "b,2,.25,,300,\n"
                             "c,1,1,,,\n"
                             "c,1.5,,,,\n"
                             "c,2,3,,,\n"
                             "d,3,1,1,10,\n"
                             "e,1,2,,2.5,\n";

static char digest[SLT_SHA256_TEXT_MAX];

static void write_points(void)
{
    FILE *file = fopen("p.csv", "wb");
    if (!file || fwrite(points, 1, strlen(points), file) != strlen(points) ||
        fclose(file))
        tap_bail("cannot write p.csv");
    slt_sha256_of(points, strlen(points), digest);
}

/* llc/mean is 2, 6 at a = 1 and 5, 11 at a = 2: 4 with a standard error of 2, 8 with 3.
 */
static void fill(outcome_sample *s)
{
    static const double y[OUTCOME_RUNS] = {2, 6, 5, 11};
    static const double loss[OUTCOME_RUNS] = {0.1, 0.1, 0.9, 2.9};
    for (size_t run = 0; run < OUTCOME_RUNS; run++) {
        outcome_result(s, run, "llc/mean", y[run]);
        outcome_result(s, run, "loss", loss[run]);
    }
}

#define REFERENCE "csv: p.csv, sha256: %s, source: made up"
#define A "{name: a, " REFERENCE ", where: {which: a}, x: x, y: y, error: wide, n: of}"

static char text[4096];

/* The figure with its one digest put in wherever one is wanted. */
static const char *with_digest(const char *figure)
{
    size_t size = 0;
    for (const char *at = figure; *at; at++) {
        const bool digest_here = at[0] == '%' && at[1] == 's';
        size += (size_t)snprintf(text + size, sizeof text - size, "%.*s",
                                 digest_here ? 64 : 1, digest_here ? digest : at);
        at += digest_here;
    }
    return text;
}

static outcome_sample *open_figure(const char *figure)
{
    outcome_sample *s = calloc(1, sizeof *s);
    outcome_open(s, with_digest(figure));
    fill(s);
    if (outcome_make(s))
        tap_bail(s->err.text);
    return s;
}

static void close_figure(outcome_sample *s)
{
    outcome_close(s);
    free(s);
}

static bool near(double a, double b)
{
    return a - b < 1e-12 && b - a < 1e-12;
}

static void test_references(void)
{
    outcome_gives(fill,
                  with_digest("  references:\n    - " A "\n"
                              "    - {name: c, " REFERENCE
                              ", where: {which: c}, x: 2 * x, y: abs(y - 4)}\n"),
                  "reference.a,1,4,2,40\nreference.a,2,8,0,60\n"
                  "reference.c,2,3,,\nreference.c,4,1,,\n",
                  "points of the lines selected, by expressions; none of an empty cell");
    static const struct {
        const char *figure, *part;
    } wrong[] = {
        {"  references: [{name: a, " REFERENCE ", where: {which: z}, x: x, y: y}]\n",
         "p.csv: no line of it has x and y, of those that `where` selects"},
        {"  references: [{name: a, " REFERENCE ", where: {who: a}, x: x, y: y}]\n",
         "p.csv:1: where: no column is called who"},
        {"  references: [{name: a, " REFERENCE ", x: z, y: y}]\n",
         "p.csv:2: column 1 of 'z': no column of the file has this name"},
        {"  references: [{name: a, " REFERENCE ", x: 2 * word, y: y}]\n",
         "p.csv:2: column 5 of '2 * word': expected a number, found 'one'"},
        {"  references: [{name: a, " REFERENCE
         ", where: {which: e}, x: x, y: y, n: of}]\n",
         "p.csv:10: n: expected a whole number"},
        {"  references: [{name: a, csv: q.csv, sha256: %s, source: s, x: x, y: y}]\n",
         "q.csv: cannot open"},
        {"  references: [{name: a, csv: ../p.csv, sha256: %s, source: s, x: x, y: y}]\n",
         "figure.references.a: ../p.csv"},
        {"  references: [{name: a, csv: p.csv, sha256: "
         "0000000000000000000000000000000000000000000000000000000000000000, source: s, "
         "x: x, y: y}]\n",
         "p.csv: expected SHA-256 0000"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        outcome_sample *s = calloc(1, sizeof *s);
        outcome_open(s, with_digest(wrong[i].figure));
        fill(s);
        if (!TAP_OK(outcome_make(s) && strstr(s->err.text, wrong[i].part), "refuses: %s",
                    wrong[i].part))
            tap_note("said '%s'", s->err.text);
        close_figure(s);
    }
}

#define ROWS                                                                             \
    "  rows: [{name: r, by: a, error: se}, {name: l, by: a, value: loss, error: "        \
    "none}]\n"

static void test_ratios(void)
{
    outcome_sample *s =
        open_figure(ROWS "  references:\n    - " A "\n    - {name: c, " REFERENCE
                         ", where: {which: c}, x: x, y: y - 1}\n"
                         "    - {name: d, " REFERENCE ", x: x, y: y, where: {which: d}}\n"
                         "  comparisons:\n"
                         "    - {name: own, of: r, reference: a}\n"
                         "    - {name: at, of: r, reference: c, at: [0.5, 1.25, 2]}\n");
    TAP_OK(near(outcome_named(s, "compare.own.least"), 1) &&
               near(outcome_named(s, "compare.own.greatest"), 1),
           "ours is theirs");
    TAP_OK(near(outcome_named(s, "compare.at.count"), 2), "one place is beyond ours");
    TAP_OK(near(outcome_named(s, "compare.at.greatest"), 5 / 0.5),
           "both are read off straight lines");
    TAP_OK(near(outcome_named(s, "compare.at.least"), 4), "or are at the place");
    TAP_OK(slt_table_at(&s->figure->table, "ratio.at", "1.25") != NULL &&
               !slt_table_at(&s->figure->table, "ratio.at", "0.5"),
           "a row for each place");
    TAP_OK(!slt_table_named(&s->figure->table, "compare.own.chi2"),
           "no sum of squares where none is asked for");
    close_figure(s);
    outcome_refuses(fill,
                    with_digest(ROWS "  references: [{name: d, " REFERENCE
                                     ", x: x, y: y, where: {which: d}}]\n"
                                     "  comparisons: [{name: n, of: r, reference: d}]\n"),
                    "figure.comparisons.n: r and reference d have no x in common");
    outcome_refuses(fill,
                    with_digest("  references: [" A "]\n"
                                "  comparisons: [{name: n, of: r, reference: a}]\n"),
                    "the figure's data have no series 'r'");
    outcome_refuses(
        fill,
        with_digest("  measures: {m: {result: llc/mean}}\n"
                    "  points: [{name: p, x: a, y: m}]\n"
                    "  references: [" A "]\n"
                    "  comparisons: [{name: n, of: points.p, reference: a}]\n"),
        "points.p has two rows at x = 1");
}

#define CHI2(of, reference, kind)                                                        \
    "  comparisons: [{name: n, of: " of ", reference: " reference ", chi2: " kind "}]\n"
#define B                                                                                \
    "{name: b, " REFERENCE                                                               \
    ", where: {which: b}, x: x, y: y, n: of}, {name: s, " REFERENCE                      \
    ", where: {which: b}, x: x, y: y}, {name: far, " REFERENCE                           \
    ", where: {which: d}, x: x, y: y, error: wide}, {name: c, " REFERENCE                \
    ", where: {which: c}, x: x, y: y}"

static double chi2(const char *figure)
{
    outcome_sample *s = open_figure(figure);
    const double found = outcome_named(s, "compare.n.chi2");
    close_figure(s);
    return found;
}

static void test_squares(void)
{
    TAP_OK(near(chi2(ROWS "  references: [" A ", " B "]\n" CHI2("r", "c", "given")),
                9.0 / 4 + 25.0 / 9),
           "by the errors that there are");
    outcome_refuses(fill,
                    with_digest(ROWS "  references: [" B "]\n" CHI2("l", "c", "given")),
                    "no error at x = 1, of l and reference c");
    outcome_refuses(fill,
                    with_digest(ROWS "  references: [" B "]\n" CHI2("r", "far", "given")),
                    "no two values at x = 3");
    /* shares .1 of 2 and 1.9 of 2 */
    outcome_refuses(
        fill, with_digest(ROWS "  references: [" B "]\n" CHI2("l", "b", "binomial")),
        "not two shares from 0 to 1 at x = 2");
    outcome_refuses(
        fill, with_digest(ROWS "  references: [" B "]\n" CHI2("l", "s", "binomial")),
        "not both n at x = 1");
    const double p = (0.1 * 2 + 0.5 * 100) / 102, d = 0.1 - 0.5;
    TAP_OK(
        near(chi2("  rows: {by: a, value: loss, where: {a: 1}}\n  references: [{name: "
                  "b, " REFERENCE ", where: {which: b, x: 1}, x: x, y: y, n: of}]\n" CHI2(
                      "loss", "b", "binomial")),
             d * d / (p * (1 - p) * (1 / 2.0 + 1 / 100.0))),
        "of shares, by the share of both together");
    /* 4 and 8 where 1 and 3 are expected in proportion: 3 and 9 */
    TAP_OK(near(chi2(ROWS "  references: [" B "]\n" CHI2("r", "c", "counts")),
                1.0 / 3 + 1.0 / 9),
           "of counts, by the expected ones");
    outcome_refuses(fill,
                    with_digest(ROWS "  references: [{name: z, " REFERENCE
                                     ", where: {which: a}, x: x, y: y - 4}]\n" CHI2(
                                         "r", "z", "counts")),
                    "nothing is expected at x = 1");
    /* 4 and 8 where 1 and 3 are */
    const double first = log(4), second = log(8.0 / 3);
    TAP_OK(near(chi2(ROWS "  references: [" B "]\n" CHI2("r", "c", "logs")),
                first * first + second * second),
           "of logarithms");
    outcome_refuses(fill,
                    with_digest(ROWS "  references: [{name: z, " REFERENCE
                                     ", where: {which: a}, x: x, y: y - 4}]\n" CHI2(
                                         "r", "z", "logs")),
                    "no ratio above 0 at x = 1");
}

int main(void)
{
    slt_error err;
    char folder[] = "/tmp/sltrace-compare-XXXXXX";
    if (slt_start(NULL, &err) || !mkdtemp(folder) || chdir(folder))
        tap_bail("cannot begin");
    write_points();
    test_references();
    test_ratios();
    test_squares();
    unlink("p.csv");
    if (chdir("/") || rmdir(folder))
        tap_note("%s is left", folder);
    return tap_done();
}
