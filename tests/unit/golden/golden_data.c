/* Figure data beside a golden: read with their hash checked. */
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

#include <sltrace/golden.h>

static char folder[] = "/tmp/sltrace-golden-data-XXXXXX";

static void write_data(const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/data.csv", folder);
    FILE *file = fopen(path, "wb");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        tap_bail("cannot write the data");
}

/* 64 MiB are data, a byte more is not; a hole in a file costs nothing. */
static void test_largest(const slt_golden *golden)
{
    char path[256], *csv = NULL;
    size_t size = 0;
    slt_error err = {.status = SLT_OK};
    snprintf(path, sizeof path, "%s/data.csv", folder);
    for (int over = 0; over < 2; over++) {
        if (truncate(path, (64 << 20) + over) != 0)
            tap_bail("truncate");
        slt_status status = slt_golden_data(golden, &csv, &size, &err);
        TAP_OK(status == (over ? SLT_FILE : SLT_DIFFERS), "64 MiB and %d: %s", over,
               err.text);
    }
}

int main(void)
{
    char path[256], *csv = NULL;
    size_t size = 0;
    slt_error err = {.status = SLT_OK};
    if (!mkdtemp(folder))
        tap_bail("mkdtemp");
    snprintf(path, sizeof path, "%s/some.golden", folder);
    /* SHA-256 of "abc" (FIPS 180-2, appendix B.1). */
    slt_golden golden = {
        .path = path,
        .data = "data.csv",
        .data_sha256 =
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"};
    TAP_OK(slt_golden_data(&golden, &csv, &size, &err) == SLT_FILE &&
               strstr(err.text, "data.csv"),
           "missing data are named: %s", err.text);
    write_data("abc");
    TAP_OK(slt_golden_data(&golden, &csv, &size, &err) == SLT_OK && size == 3, "read");
    TAP_EQ_TEXT(csv, "abc", "the bytes, with a NUL");
    free(csv);
    write_data("abd");
    TAP_OK(slt_golden_data(&golden, &csv, &size, &err) == SLT_DIFFERS &&
               strstr(err.text, "expected SHA-256 ba7816bf"),
           "other data: %s", err.text);
    TAP_OK(!strstr(err.text, "CR LF"), "and nothing else is said of them");
    /* SHA-256 of "a\nb\n". */
    snprintf(golden.data_sha256, sizeof golden.data_sha256,
             "911169ddaaf146aff539f58c26c489af3b892dff0fe283c1c264c65ae5aa59a2");
    write_data("a\nb\n");
    TAP_OK(slt_golden_data(&golden, &csv, &size, &err) == SLT_OK && size == 4, "lines");
    free(csv);
    write_data("a\r\nb\r\n");
    TAP_OK(slt_golden_data(&golden, &csv, &size, &err) == SLT_DIFFERS &&
               strstr(err.text, "the same but for CR LF line ends"),
           "lines that git has rewritten: %s", err.text);
    write_data("a\r\nc\r\n");
    TAP_OK(slt_golden_data(&golden, &csv, &size, &err) == SLT_DIFFERS &&
               !strstr(err.text, "CR LF"),
           "other lines: %s", err.text);
    test_largest(&golden);
    slt_manifest *manifest = NULL;
    golden.manifest = "x.yaml";
    TAP_OK(slt_golden_manifest(&golden, &manifest, &err) == SLT_FILE && !manifest &&
               strstr(err.text, "/x.yaml"),
           "no manifest: %s", err.text);
    golden.data = "/etc/passwd";
    slt_status status = slt_golden_manifest(&golden, &manifest, &err);
    TAP_OK(status && strstr(err.text, "/etc/passwd: an absolute path"),
           "data elsewhere are refused with the manifest: %s", err.text);
    golden.data = NULL;
    TAP_OK(slt_golden_data(&golden, &csv, &size, &err) == SLT_FORMAT, "no data named");
    snprintf(path, sizeof path, "%s/data.csv", folder);
    unlink(path);
    rmdir(folder);
    return tap_done();
}
