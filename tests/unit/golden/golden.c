#include "golden_sample.h"

#include "base/buffer.h"
#include "base/sha256.h"

static char *text;
static size_t size;
static slt_error err;

/* Reads `bytes` and returns what was said, "" where they are a golden. */
static const char *judge(const char *bytes, size_t count)
{
    slt_golden *golden = NULL;
    err.text[0] = 0;
    if (slt_golden_parse(bytes, count, "x", &golden, &err) == SLT_OK)
        slt_golden_free(golden);
    return err.text;
}

static void test_write(void)
{
    slt_golden *golden = golden_sample();
    TAP_OK(slt_golden_write(golden, &text, &size, &err) == SLT_OK, "write");
    const char *head =
        "sltrace-golden 1\nname smoke/x\n"
        "manifest ../../manifests/smoke/x.yaml\nnumerics 1\n"
        "math logf:0123456789abcdef sincospif:fedcba9876543210\n"
        "runs 4\ncolumns run rank optimizer status experiment chain sha256 "
        "llc/mean llc/std\n0 1 adam done ";
    TAP_OK(strncmp(text, head, strlen(head)) == 0, "the head");
    TAP_OK(strstr(text, " 98.7109375 -0\n trail 0:00000000 1:9e3779b9 2:") != NULL,
           "a run's results and trail");
    TAP_OK(strstr(text, "\n1 7 0.001 diverged ") != NULL, "a diverged run");
    TAP_OK(strstr(text, " 49.35546875 -\n") != NULL, "a run without a result");
    TAP_OK(strstr(text, "\ndata x.csv sha256:aaaa") != NULL, "data");
    const char *root = strstr(text, "root sha256:");
    char want[65];
    slt_sha256_of(text, (size_t)(root - text), want);
    TAP_OK(strncmp(root + 12, want, 64) == 0, "root covers all above it");
    TAP_EQ_TEXT(root + 12 + 64, "\nclaim a2 value -0.4207 expect -0.429 tolerance 0.02\n",
                "the claim follows");
    slt_golden_free(golden);
}

static void test_read(void)
{
    slt_golden *golden = NULL;
    char *again = NULL;
    size_t again_size = 0;
    TAP_OK(slt_golden_parse(text, size, "dir/x.golden", &golden, &err) == SLT_OK, "read");
    TAP_EQ_TEXT(golden->path, "dir/x.golden", "path");
    TAP_EQ_U64(golden->run_count, 4, "runs");
    TAP_EQ_TEXT(golden->runs[3].values[0], "19", "a value");
    TAP_EQ_TEXT(golden->axes[1], "optimizer", "an axis");
    TAP_OK(golden->runs[1].status == SLT_RUN_DIVERGED, "a status");
    TAP_OK(!golden->runs[1].has_result[1] && golden->runs[0].has_result[1], "-");
    TAP_EQ_U64(golden->runs[2].trail_count, SLT_TRAIL_MAX, "a long trail");
    TAP_EQ_U64(golden->runs[2].trail_record[63], 999, "its last record");
    TAP_EQ_U64(golden->runs[2].trail_record[1], 15, "floor(999 / 63)");
    TAP_EQ_TEXT(golden->claims[0].expect, "-0.429", "a claim");
    TAP_OK(slt_golden_write(golden, &again, &again_size, &err) == SLT_OK &&
               again_size == size && memcmp(again, text, size) == 0,
           "written again, the same");
    free(again);
    slt_golden_free(golden);
}

/* Without functions, axes, results, data or claims. */
static void test_bare(void)
{
    slt_golden *golden = golden_sample();
    char *bare = NULL;
    size_t bare_size = 0;
    golden->function_count = 0;
    golden->axis_count = 0;
    golden->result_count = 0;
    free(golden->data);
    golden->data = NULL;
    size_t claims = golden->claim_count;
    golden->claim_count = 0;
    TAP_OK(slt_golden_write(golden, &bare, &bare_size, &err) == SLT_OK, "a bare golden");
    TAP_OK(!strstr(bare, "math") && strstr(bare, "columns run status experiment chain "
                                                 "sha256\n"),
           "no empty lines");
    TAP_EQ_TEXT(judge(bare, bare_size), "", "is read");
    free(bare);
    golden->claim_count = claims;
    slt_golden_free(golden);
}

/* With the canonical bytes of run 0. */
static void test_base(void)
{
    static const uint8_t base[] = {0x81, 0xa1, 'a', 0xff};
    slt_golden *golden = golden_sample(), *again = NULL;
    char *based = NULL;
    size_t based_size = 0;
    golden->base = malloc(sizeof base);
    golden->base_size = sizeof base;
    memcpy(golden->base, base, sizeof base);
    TAP_OK(slt_golden_write(golden, &based, &based_size, &err) == SLT_FORMAT &&
               strstr(err.text, "run 0 to be the base's experiment"),
           "%s", err.text);
    golden->runs[0].experiment = slt_digest_of(base, sizeof base);
    TAP_OK(slt_golden_write(golden, &based, &based_size, &err) == SLT_OK &&
               strstr(based, "\nbase 81a161ff\nruns "),
           "a golden with a base");
    TAP_OK(slt_golden_parse(based, based_size, "x", &again, &err) == SLT_OK &&
               again->base_size == sizeof base &&
               memcmp(again->base, base, sizeof base) == 0,
           "is read");
    golden->base[3] = 0xc1;
    TAP_OK(slt_golden_write(golden, &based, &based_size, &err) == SLT_FORMAT &&
               strstr(err.text, "a base of canonical msgpack"),
           "%s", err.text);
    free(based);
    slt_golden_free(again);
    slt_golden_free(golden);
}

/* nil of a trace: a run that did not end well has no estimate. */
static void test_not_finite(void)
{
    slt_golden *golden = golden_sample();
    char *out = NULL;
    size_t out_size = 0;
    golden->runs[0].results[0] = (slt_real){0x7ff8000000000000};
    TAP_OK(slt_golden_write(golden, &out, &out_size, &err) == SLT_OK &&
               strstr(out, " - -0\n trail 0:00000000"),
           "a result that is not finite is none");
    free(out);
    slt_golden_free(golden);
}

/* The golden with `from` replaced by `to`, its root put right where `root` is said. */
static const char *changed(const char *from, const char *to, bool root)
{
    const char *at = strstr(text, from);
    slt_buffer bytes = {0};
    slt_buffer_append(&bytes, text, (size_t)(at - text));
    slt_buffer_append(&bytes, to, strlen(to));
    slt_buffer_append(&bytes, at + strlen(from),
                      size - (size_t)(at - text) - strlen(from));
    char *line = strstr((char *)slt_buffer_text(&bytes), "root sha256:");
    if (root && line) {
        char right[65];
        slt_sha256_of(bytes.data, (size_t)(line - (char *)bytes.data), right);
        memcpy(line + 12, right, 64);
    }
    const char *said = judge((char *)bytes.data, bytes.size);
    slt_buffer_free(&bytes);
    return said;
}

#define REFUSES(from, to, part)                                                          \
    do {                                                                                 \
        const char *said_ = changed(from, to, true);                                     \
        if (!TAP_OK(strstr(said_, part) != NULL, "%s", part))                            \
            tap_note("said '%s'", said_);                                                \
    } while (0)

static void test_refusals(void)
{
    TAP_OK(strstr(changed("98.7109375", "98.7109376", false), "x:17: expected sha256:") !=
               NULL,
           "a changed result breaks the root: %s", err.text);
    REFUSES("98.7109375", "98.71093750", "x:8: expected the text exactly");
    REFUSES("98.7109375", "98.7x", "x:8: expected a number or -, found '98.7x'");
    REFUSES("98.7109375", "1e999", "x:8: expected a number or -");
    REFUSES("sltrace-golden 1", "sltrace-golden 2", "x:1: expected format 1");
    REFUSES("sltrace-golden 1", "golden 1", "x:1: not a golden: expected");
    REFUSES("numerics 1", "numerics 01", "x:4: expected the numerics revision");
    REFUSES("numerics 1", "numerics  1", "x:4: expected the numerics revision");
    REFUSES("numerics 1", "numerics 1 ", "x:4: expected the text exactly");
    REFUSES("numerics 1", "numerics 1 2", "x:4: expected the end of the line, found '2'");
    REFUSES("numerics 1", "numerics 99999999999", "x:4: expected the numerics revision");
    REFUSES("numerics 1", "numerics 4294967296", "x:4: expected the numerics revision");
    REFUSES("numerics 1\n", "numerics 1\r\n", "x:4: expected LF line ends, found CR LF");
    REFUSES("numerics 1\n", "numerics 1\n\n", "x:5: expected runs");
    REFUSES("smoke/x\n", "smoke/\xc3\xa4\n",
            "x:2: expected printable ASCII, found byte 0xc3");
    REFUSES("manifest ../../", "manifest /", "the manifest's path relative to the");
    REFUSES("data x.csv", "data ../x.csv", "x:1: expected the data file beside");
    REFUSES("data x.csv", "data /x.csv", "x:1: expected the data file beside");
    REFUSES("\nruns 4", "\nbase 8\nruns 4", "x:6: expected pairs of hex digits");
    REFUSES("\nruns 4", "\nbase 8G\nruns 4", "x:6: expected pairs of hex digits");
    REFUSES("\nruns 4", "\nbase G8\nruns 4", "x:6: expected pairs of hex digits");
    REFUSES("llc/mean llc/std",
            "llc-chain/0 llc-chain/1 llc-chain/2 llc-chain/3 llc-chain/4 llc-chain/5 "
            "llc-chain/6 llc-chain/7 llc-chain/8 llc-chain/9 llc-chain/10 llc-chain/11 "
            "llc-chain/12 llc-chain/13 llc-chain/14 llc-chain/15 llc-chain/16",
            "x:7: expected at most 16 results");
    REFUSES("logf:", "z:", "x:1: expected functions sorted by name");
    REFUSES("sincospif:", "logf:", "x:1: expected functions sorted by name");
    REFUSES("logf:0123456789abcdef", "logf:0123456789abcde",
            "x:5: expected NAME:FINGERPRINT");
    REFUSES("logf:0123456789abcdef", "logf:0123456789abcdeF", "fingerprints of 16 hex");
    REFUSES("logf:", "abcdefghijklmnopqrstuvwx:", "x:5: expected NAME:FINGERPRINT");
    REFUSES("logf:0123456789abcdef", "logf", "x:5: expected NAME:FINGERPRINT");
    REFUSES("runs 4", "runs 3", "x:14: expected 'root', found '3'");
    REFUSES("runs 4", "runs 5", "x:16: expected a run's number");
    REFUSES("runs 4", "runs 4294967295", "x:16: expected a run's number");
    REFUSES("columns run rank", "columns run", "x:8:");
    REFUSES("llc/mean llc/std", "llc/mean llc/",
            "x:7: expected a metric or a result, such as loss, llc/mean or mark/NAME, "
            "found 'llc/'");
    REFUSES("columns run rank", "columns run a b c d e f g h",
            "x:7: expected at most 8 axes");
    REFUSES("run rank optimizer", "run rank rank",
            "x:1: expected columns of different names");
    REFUSES("\n1 7 0.001", "\n0 7 0.001", "x:11: expected runs in rising order");
    REFUSES(" diverged ", " exploded ", "x:10: expected a status, found 'exploded'");
    REFUSES(" 1:9e3779b9", "", "x:9: expected a trail of evenly spaced records");
    REFUSES(" 1:9e3779b9", " 1:9e3779b", "x:9: expected at most 64 of RECORD:HASH");
    REFUSES("\n trail", "\ntrail", "x:9: expected ' trail'");
    REFUSES("data x.csv sha256:", "data x.csv md5:", "x:16: expected sha256:");
    REFUSES("value -0.4207", "value -.4207", "x:18: expected a claim's value as the");
    REFUSES("expect -0.429", "expect many", "x:18: expected what a claim expects");
    REFUSES("claim a2", "verdict a2", "x:18: expected 'claim', found 'verdict'");
    TAP_EQ_TEXT(changed("expect -0.429", "expect -0.43", false), "",
                "claims are outside the root");
}

static void test_ends(void)
{
    TAP_OK(strstr(judge(text, size - 1), "x:18: expected a line end") != NULL, "%s",
           err.text);
    TAP_OK(strstr(judge("", 0), "x:0: expected sltrace-golden 1, found the end") != NULL,
           "%s", err.text);
    size_t found = 0, claim = (size_t)(strstr(text, "claim a2") - text);
    for (size_t cut = 0; cut < size; cut++)
        found += judge(text, cut)[0] != 0;
    TAP_EQ_U64(found, size - 1, "every truncation is found but that of whole claims");
    TAP_EQ_TEXT(judge(text, claim), "", "a golden without claims is one");
}

/* Everything that the root covers is found where one bit flips. */
static void test_bits(void)
{
    size_t covered = (size_t)(strstr(text, "claim a2") - text), found = 0;
    for (size_t i = 0; i < 8 * covered; i++) {
        text[i / 8] = (char)(text[i / 8] ^ 1 << i % 8);
        found += judge(text, size)[0] != 0;
        text[i / 8] = (char)(text[i / 8] ^ 1 << i % 8);
    }
    TAP_EQ_U64(found, 8 * covered, "every flipped bit");
}

static void refuses_to_write(slt_golden *golden, const char *part)
{
    char *out = NULL;
    size_t out_size;
    err.text[0] = 0;
    TAP_OK(slt_golden_write(golden, &out, &out_size, &err) == SLT_FORMAT &&
               strstr(err.text, part),
           "%s", err.text);
    slt_golden_free(golden);
}

static void put(char **field, const char *with)
{
    free(*field);
    *field = with ? strdup(with) : NULL;
}

/* A golden made by hand, with one thing wrong. */
static void test_writing_refused(void)
{
    slt_golden *golden;
#define REFUSES_TO_WRITE(change, part)                                                   \
    golden = golden_sample();                                                            \
    change;                                                                              \
    refuses_to_write(golden, part)
    REFUSES_TO_WRITE(put(&golden->name, NULL), "a name of printable ASCII");
    REFUSES_TO_WRITE(put(&golden->name, ""), "a name of printable ASCII");
    REFUSES_TO_WRITE(put(&golden->name, "a\x7f"), "a name of printable ASCII");
    REFUSES_TO_WRITE(put(&golden->manifest, NULL), "the manifest's path");
    REFUSES_TO_WRITE(put(&golden->manifest, ""), "the manifest's path");
    REFUSES_TO_WRITE(put(&golden->axes[1], "a b"), "axis names of printable ASCII");
    REFUSES_TO_WRITE(put(&golden->axes[1], "status"), "no axis called status");
    REFUSES_TO_WRITE(golden->results[1] = golden->results[0], "columns of different");
    REFUSES_TO_WRITE(put(&golden->data, ""), "the data file's name");
    REFUSES_TO_WRITE(memcpy(golden->functions[0].name, "lo f", 5), "names without ':'");
    REFUSES_TO_WRITE(memcpy(golden->functions[0].name, "lo:f", 5), "names without ':'");
    REFUSES_TO_WRITE(golden->functions[0].fingerprint[15] = 0, "of 16 hex digits");
    REFUSES_TO_WRITE(golden->runs[2].values[1][0] = '\n', "run 2: expected sweep values");
    REFUSES_TO_WRITE(golden->runs[3].trail_hash[golden->runs[3].trail_count - 1]++,
                     "to end with the last chain hash");
    REFUSES_TO_WRITE(golden->runs[0].trail_count = 0, "a trail of 1 to 64 hashes");
    REFUSES_TO_WRITE(golden->runs[0].trail_count = SLT_TRAIL_MAX + 1, "of 1 to 64");
    REFUSES_TO_WRITE(golden->runs[2].trail_record[63] = UINT32_MAX, "below 2^32 - 1");
    REFUSES_TO_WRITE(put(&golden->claims[0].id, "a 2"), "a claim's id of printable");
    REFUSES_TO_WRITE(put(&golden->claims[0].value, NULL), "a claim's value to be");
    REFUSES_TO_WRITE(put(&golden->claims[0].value, "x"), "a claim's value to be");
    REFUSES_TO_WRITE(put(&golden->claims[0].expect, "1 2"), "what a claim expects");
    REFUSES_TO_WRITE(put(&golden->claims[0].tolerance, "1 2"), "a claim's tolerance");
    REFUSES_TO_WRITE(put(&golden->claims[0].tolerance, "x"), "a claim's tolerance");
}

static void test_trail(void)
{
    uint64_t picked[SLT_TRAIL_MAX];
    TAP_EQ_U64(slt_trail_pick(0, picked), 0, "no records");
    TAP_OK(slt_trail_pick(1, picked) == 1 && picked[0] == 0, "one");
    TAP_OK(slt_trail_pick(64, picked) == 64 && picked[63] == 63 && picked[31] == 31,
           "64");
    TAP_OK(slt_trail_pick(65, picked) == 64 && picked[63] == 64 && picked[62] == 62,
           "65");
    bool rising = true;
    for (size_t records = 65; records < 5000; records += 7) {
        slt_trail_pick(records, picked);
        for (size_t i = 1; i < SLT_TRAIL_MAX; i++)
            rising = rising && picked[i] > picked[i - 1];
        rising = rising && picked[0] == 0 && picked[63] == records - 1;
    }
    TAP_OK(rising, "evenly spaced, ends included");
}

static void test_no_file(void)
{
    slt_golden *golden = NULL;
    TAP_OK(slt_golden_open("/nonexistent.golden", &golden, &err) == SLT_FILE && !golden &&
               strstr(err.text, "/nonexistent.golden"),
           "no file: %s", err.text);
}

int main(void)
{
    test_no_file();
    test_write();
    test_read();
    test_bare();
    test_base();
    test_not_finite();
    test_refusals();
    test_ends();
    test_bits();
    test_writing_refused();
    test_trail();
    free(text);
    return tap_done();
}
