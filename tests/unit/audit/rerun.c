/* Runs again in another arithmetic: the trace is the one that a manifest with that
 * arithmetic gives, init files come along, and what cannot be is refused. */
#include "study_sample.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sltrace/page.h>
#include <sltrace/system.h>

#include "base/endian.h"
#include "base/io.h"
#include "base/sha256.h"

#define PATH_SIZE 512

static char folder[] = "/tmp/sltrace-rerun-XXXXXX";
static slt_error err;
static slt_status status;

#define RERUN_MANIFEST                                                                   \
    SAMPLE_HEAD("test/rerun")                                                            \
    "sweep:\n  arithmetic: [f32, f64, fixed]\n"                                          \
    "run:\n  arithmetic: $arithmetic\n  seed: 5\n" SAMPLE_DATA SAMPLE_NET "  train:\n"   \
    "    optimizer: {kind: adam, lr: 1e-2}\n    steps: 20\n"                             \
    "    checkpoints: {every: 5, state: all}\n"                                          \
    "  llc:\n"                                                                           \
    "    - {at: 10, lr: 1e-4, localization: 1, num_chains: 2, num_draws: 20}\n"          \
    "    - {at: last, lr: 1e-4, localization: 1, num_draws: 20}\n"

static const char *in_folder(const char *name)
{
    static char paths[8][PATH_SIZE];
    static int next;
    char *path = paths[next++ % 8];
    snprintf(path, PATH_SIZE, "%s/%.460s", folder, name);
    return path;
}

static void remove_all(const char *path)
{
    DIR *dir = opendir(path);
    if (!dir) {
        unlink(path);
        return;
    }
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        char below[PATH_SIZE];
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        if (snprintf(below, sizeof below, "%s/%s", path, entry->d_name) < PATH_SIZE)
            remove_all(below);
    }
    closedir(dir);
    rmdir(path);
}

static void put(const char *name, const slt_buffer *bytes)
{
    if (slt_io_replace(in_folder(name), bytes->data, bytes->size, &err))
        tap_bail(err.text);
}

/* What is told; the study in FOLDER/out. */
static const char *rerun(const char *arithmetic)
{
    static char text[2048];
    FILE *out = tmpfile();
    slt_rerun_options options = {
        .arithmetic = arithmetic, .out = in_folder("out"), .jobs = 2};
    err.text[0] = 0;
    const slt_rerun_page page = slt_rerun_text(out);
    status = slt_rerun(in_folder("Run 7.trace"), &options, &page, &err);
    rewind(out);
    text[fread(text, 1, sizeof text - 1, out)] = 0;
    fclose(out);
    return text;
}

static bool is_trace(const slt_buffer *want)
{
    slt_buffer bytes = {0};
    bool same =
        !slt_io_read(in_folder("out/traces/000000.trace"), 1 << 24, &bytes, &err) &&
        bytes.size == want->size && !memcmp(bytes.data, want->data, want->size);
    slt_buffer_free(&bytes);
    return same;
}

static void test_arithmetic(size_t from, size_t to)
{
    static const char *const names[] = {"f32", "f64", "fixed"};
    char name[64], line[64];
    slt_manifest *manifest = NULL;
    slt_buffer bytes = sample_bytes(RERUN_MANIFEST, from, NULL);
    slt_buffer want = sample_bytes(RERUN_MANIFEST, to, NULL);
    put("Run 7.trace", &bytes);
    const char *text = rerun(names[to]);
    TAP_OK(!status, "%s again in %s: %s", names[from], names[to], err.text);
    TAP_OK(is_trace(&want), "the trace of a manifest in that arithmetic");
    snprintf(line, sizeof line, "%s: done after 20 updates\n", names[to]);
    TAP_OK(strstr(text, line) != NULL, "how it ended");
    TAP_OK(strstr(text, "LLC 0 at step 10: ") && strstr(text, "LLC 1 at step 20: ") &&
               strstr(text, from == to ? "identical" : "MCSE apart"),
           "and both estimates");
    snprintf(name, sizeof name, "out/run_7-%s.yaml", names[to]);
    TAP_OK(!slt_manifest_open(in_folder(name), &manifest, &err) &&
               slt_manifest_runs(manifest) == 1,
           "a manifest of one run: %s", name);
    slt_manifest_free(manifest);
    rerun(names[to]);
    TAP_OK(!status && is_trace(&want), "and once more, from what is there");
    remove_all(in_folder("out"));
    slt_buffer_free(&bytes);
    slt_buffer_free(&want);
}

/* A manifest whose weight W2 comes from a file of f64 that holds `value` and zeros. */
static char *init_manifest(const char *arithmetic, slt_real value)
{
    char *text = NULL, sha256[SLT_SHA256_TEXT_MAX];
    size_t size;
    uint8_t numbers[6 * 8] = {0};
    slt_store_le64(numbers, value.bits);
    slt_sha256_of(numbers, sizeof numbers, sha256);
    slt_buffer bytes = {0};
    slt_buffer_append(&bytes, numbers, sizeof numbers);
    put("W2.bin", &bytes);
    slt_buffer_free(&bytes);
    FILE *out = open_memstream(&text, &size);
    fprintf(out,
            SAMPLE_HEAD("test/init") "run:\n  arithmetic: %s\n  seed: 5\n" SAMPLE_DATA
                                     "  model:\n    weights:\n"
                                     "      W1: {shape: [2, 4], init: {kind: zero}}\n"
                                     "      W2: {shape: [3, 2], init: {kind: file, "
                                     "file: '%s', sha256: '%s'}}\n"
                                     "    ops:\n"
                                     "      - {op: linear, in: x, weight: W1, out: h}\n"
                                     "      - {op: linear, in: h, weight: W2, out: y}\n"
                                     "    loss: {op: mse, in: y}\n",
            arithmetic, in_folder("W2.bin"), sha256);
    fclose(out);
    return text;
}

static void test_init_file(void)
{
    slt_buffer converted = {0};
    char *text = init_manifest("f64", slt_real_of(-1.5));
    slt_buffer bytes = sample_bytes(text, 0, NULL);
    put("Run 7.trace", &bytes);
    rerun("f32");
    TAP_OK(!status, "with an init file: %s", err.text);
    TAP_OK(!slt_io_read(in_folder("out/init-W2.f32"), 100, &converted, &err) &&
               converted.size == 24 && slt_load_le32(converted.data) == 0xbfc00000,
           "which is there in f32");
    remove_all(in_folder("out"));
    rerun("fixed");
    slt_buffer_clear(&converted);
    TAP_OK(!status && !slt_io_read(in_folder("out/init-W2.fixed"), 100, &converted, &err),
           "and in integers: %s", err.text);
    TAP_OK(converted.size == 56 && slt_load_le64(converted.data) == 48 &&
               slt_load_le64(converted.data + 8) == (uint64_t)(-3 * (INT64_C(1) << 47)),
           "exactly");
    remove_all(in_folder("out"));
    free(text);
    slt_buffer_free(&bytes);
    slt_buffer_free(&converted);
}

static bool told(const char *words)
{
    return strstr(err.text, words) != NULL;
}

static void test_refusals(void)
{
    struct stat about;
    char *text = init_manifest("f64", slt_real_of(1e300));
    slt_buffer bytes = sample_bytes(text, 0, NULL);
    put("Run 7.trace", &bytes);
    rerun("f32");
    TAP_OK(status == SLT_FORMAT && told("weight W2") && told("does not fit into f32"),
           "%s", err.text);
    unlink(in_folder("W2.bin"));
    rerun("fixed");
    TAP_OK(status == SLT_FILE && told("W2.bin"), "an init file that is gone");
    rerun("f16");
    TAP_OK(status == SLT_USAGE && told("found 'f16'"), "an arithmetic that is none");
    TAP_OK(stat(in_folder("out"), &about) != 0, "and nothing was written");
    slt_buffer_free(&bytes);
    free(text);
    bytes = sample_bytes(RERUN_MANIFEST, 0, NULL);
    put("Run 7.trace", &bytes);
    rerun("fixed");
    rerun("f64");
    TAP_OK(status == SLT_FILE && told("another study"), "a folder of another study");
    put("out/run_7-fixed.yaml", &bytes);
    rerun("fixed");
    TAP_OK(status == SLT_FILE && told("is there already"), "another manifest");
    remove_all(in_folder("out"));
    slt_buffer_free(&bytes);
}

int main(void)
{
    slt_files_anywhere(); /* the files here are our own */
    if (slt_start(NULL, &err) || !mkdtemp(folder))
        tap_bail(err.text);
    test_arithmetic(0, 2);
    test_arithmetic(0, 1);
    test_arithmetic(2, 0);
    test_arithmetic(1, 1);
    test_init_file();
    test_refusals();
    remove_all(folder);
    return tap_done();
}
