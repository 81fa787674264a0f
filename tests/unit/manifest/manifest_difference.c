/* Where the run of a manifest differs from the canonical form of another. */
#include "manifest_sample.h"
#include "tap.h"

#include "manifest/canonical.h"

static slt_error err;

/* The first line of a text, for names of tests. */
static int first_line(const char *text)
{
    return (int)strcspn(text, "\n");
}

static void differs(const char *old, const char *replacement, const char *field,
                    const char *ours, const char *theirs, int line)
{
    slt_manifest *a = NULL, *b = NULL;
    char f[128] = "", x[128] = "", y[128] = "";
    const uint8_t *bytes;
    size_t size;
    int at = -1;
    if (open_with("x", "x", &a, &err) || open_with(old, replacement, &b, &err) ||
        slt_manifest_canonical(b, 0, &bytes, &size, &err)) {
        TAP_OK(false, "%s: %s", replacement, err.text);
        return;
    }
    bool found = slt_manifest_difference(a, 0, bytes, size, f, sizeof f, x, sizeof x, y,
                                         sizeof y, &at);
    bool right = found == (*field != 0) && strcmp(f, field) == 0 &&
                 strcmp(x, ours) == 0 && strcmp(y, theirs) == 0 && at == line;
    if (!TAP_OK(right, "difference by %.*s", first_line(replacement), replacement))
        tap_note("got %s: '%s' and '%s', line %d", f, x, y, at);
    slt_manifest_free(a);
    slt_manifest_free(b);
}

static void test_difference(void)
{
    differs("x", "x", "", "", "", 0);
    differs("samples: 24", "samples: 25", "run.data.samples", "24", "25", 9);
    differs("from: 5", "from: 6", "run.seed", "5", "6", 8);
    differs("lr: 1e-2}", "lr: 1e-2, eps: 1e-6}", "run.train.optimizer.eps", "1e-8",
            "0.000001", 0);
    differs("lr: 1e-2}", "lr: 2e-2}", "run.train.optimizer.lr", "0.01", "0.02", 19);
    differs("lr: 1e-2}", "lr: 0.01}", "", "", "", 0);
    differs("kind: adam", "kind: sgd", "run.train.optimizer.kind", "adam", "sgd", 19);
    differs("batch: full", "batch: {size: 8}", "run.train.batch", "full", "{size: 8}",
            20);
    differs("steps: 100", "steps: 100\n    stop: {loss_below: 1}", "run.train.stop",
            "(absent)", "{loss_below: 1}", 0);
    differs("out: y}\n", "out: h2}\n      - {op: relu, in: h2, out: y}\n",
            "run.model.ops[1].out", "y", "h2", 16);
    differs("at: [0, 50]", "at: [0]", "run.train.checkpoints.at[1]", "50", "(absent)",
            22);
    differs("at: [0, 50]", "at: [0, 50, 60]", "run.train.checkpoints.at[2]", "(absent)",
            "60", 0);
    differs("W1: {shape", "W0: {shape: [4]}\n      W1: {shape", "run.model.weights", "W1",
            "W0", 12);
    differs("    ops:", "      W3: {shape: [4]}\n    ops:", "run.model.weights.W3",
            "(absent)", "{shape: [4]}", 0);
    differs("{kind: normal, std: 0.1}}\n      W2", "{kind: normal, std: 0.2}}\n      W2",
            "run.model.weights.W1.init.std", "0.1", "0.2", 12);
    differs("W1: {shape: [$rank, 6], init: {kind: normal, std: 0.1}}\n"
            "      W2: {shape: [5, $rank], init: {kind: normal, std: 0.1}}\n"
            "    ops:\n      - {op: linear, in: x, weight: W1,",
            "W0: {shape: [$rank, 6], init: {kind: normal, std: 0.1}}\n"
            "      W2: {shape: [5, $rank], init: {kind: normal, std: 0.1}}\n"
            "    ops:\n      - {op: linear, in: x, weight: W0,",
            "run.model.weights", "W1", "W0", 12);
    differs("localization: 1,", "localization: 1, nbeta: 3,", "run.llc[0].nbeta",
            "n/ln(n)", "3", 0);
}

/* What is no run at all differs, and why is said. */
static void test_foreign(void)
{
    slt_manifest *a = NULL;
    char f[128] = "", x[128] = "", y[128] = "";
    int at;
    if (open_with("x", "x", &a, &err))
        tap_bail(err.text);
    TAP_OK(slt_manifest_difference(a, 1, (const uint8_t *)"\x80", 1, f, sizeof f, x,
                                   sizeof x, y, sizeof y, &at) &&
               !strcmp(f, "run") && !strcmp(x, "run 1") && *y,
           "%s: %s and %s", f, x, y);
    slt_manifest_free(a);
}

/* Of canonical forms alone: equal ones, different ones, one that is none. */
static void test_canonical(void)
{
    slt_manifest *a = NULL, *b = NULL;
    slt_buffer field = {0}, x = {0}, y = {0};
    const uint8_t *one, *other;
    size_t size, other_size;
    bool differ = true;
    if (open_with("x", "x", &a, &err) ||
        open_with("steps: 100", "steps: 101", &b, &err) ||
        slt_manifest_canonical(a, 0, &one, &size, &err) ||
        slt_manifest_canonical(b, 0, &other, &other_size, &err))
        tap_bail(err.text);
    TAP_OK(
        !slt_canonical_difference(one, size, one, size, &field, &x, &y, &differ, &err) &&
            !differ && !field.size && !x.size && !y.size,
        "equal ones differ nowhere");
    TAP_OK(!slt_canonical_difference(one, size, other, other_size, &field, &x, &y,
                                     &differ, &err) &&
               differ,
           "different ones do");
    TAP_EQ_TEXT(slt_buffer_text(&field), "run.train.steps", "there");
    TAP_EQ_TEXT(slt_buffer_text(&x), "100", "the one");
    TAP_EQ_TEXT(slt_buffer_text(&y), "101", "the other");
    slt_buffer_free(&field);
    slt_buffer_free(&x);
    slt_buffer_free(&y);
    TAP_OK(slt_canonical_difference(one, size, other, other_size - 1, &field, &x, &y,
                                    &differ, &err) == SLT_FORMAT &&
               !differ && !field.size && !x.size && !y.size,
           "to one that is cut off nothing is compared: %s", err.text);
    TAP_OK(slt_canonical_difference(one, size - 1, other, other_size, &field, &x, &y,
                                    &differ, &err) == SLT_FORMAT &&
               !field.size,
           "nor from one");
    slt_manifest_free(a);
    slt_manifest_free(b);
}

/* Of two edits of the sample, the second as its canonical form. */
static void between(const char *const ours[2], const char *const theirs[2],
                    const char *field, const char *one, const char *other)
{
    slt_manifest *a = NULL, *b = NULL;
    slt_buffer f = {0}, x = {0}, y = {0};
    const uint8_t *bytes, *again;
    size_t size, again_size;
    bool differ = false;
    if (open_with(ours[0], ours[1], &a, &err) ||
        open_with(theirs[0], theirs[1], &b, &err) ||
        slt_manifest_canonical(a, 0, &bytes, &size, &err) ||
        slt_manifest_canonical(b, 0, &again, &again_size, &err) ||
        slt_canonical_difference(bytes, size, again, again_size, &f, &x, &y, &differ,
                                 &err))
        tap_bail(err.text);
    TAP_EQ_TEXT(slt_buffer_text(&f), field, "the field of two edits");
    TAP_EQ_TEXT(slt_buffer_text(&x), one, "what the first has");
    TAP_EQ_TEXT(slt_buffer_text(&y), other, "what the second has");
    slt_buffer_free(&f);
    slt_buffer_free(&x);
    slt_buffer_free(&y);
    slt_manifest_free(a);
    slt_manifest_free(b);
}

/* What the first has more, and sets of as many words. */
static void test_edits(void)
{
#define EDIT(...) (const char *const[]){__VA_ARGS__}
#define MARKS(more) "steps: 100\n    marks: {a: {metric: loss, below: 1}" more "}"
    between(EDIT("steps: 100", MARKS(", b: {metric: loss, below: 2}")),
            EDIT("steps: 100", MARKS("")), "run.train.marks.b",
            "{metric: loss, below: 2}", "(absent)");
    between(EDIT("in: y}", "in: y, mean_over: [samples]}"),
            EDIT("in: y}", "in: y, mean_over: [outputs]}"), "run.model.loss.mean_over",
            "[samples]", "[outputs]");
#undef EDIT
#undef MARKS
}

int main(void)
{
    test_difference();
    test_foreign();
    test_canonical();
    test_edits();
    return tap_done();
}
